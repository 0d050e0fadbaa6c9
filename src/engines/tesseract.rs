//! Tesseract through leptess: the one place that names it.

use std::path::{Path, PathBuf};

use leptess::Variable;
use leptess::tesseract::TessApi;

use super::{EngineError, Ocr, Print};
use crate::domain::confidence::Probability;
use crate::domain::geometry::Rect;
use crate::domain::identity::Digest;
use crate::domain::text::{Line, PageText, Word};

const NAME: &str = "Tesseract";

/// The language that letters are read in.
const LANGUAGE: &str = "eng";

/// Full automatic page segmentation, without orientation: the command line's
/// default. leptess's own default, 6, gives 2.5 % wrong characters on the rendered
/// letters where 3 gives 0.9 %.
const PAGE_SEGMENTATION: &str = "3";

/// Where Debian, Ubuntu and most others keep Tesseract's data.
const DATA_FOLDERS: [&str; 4] = [
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
];

/// The engine for print.
#[derive(Debug)]
pub struct Tesseract {
    api: TessApi,
}

impl Tesseract {
    /// Opens the engine with its data folder; `None` takes the system's.
    pub fn open(tessdata: Option<&Path>) -> Result<Self, EngineError> {
        let folder = data_folder(tessdata)?;
        let mut api = TessApi::new(folder.to_str(), LANGUAGE)
            .map_err(|_| unusable(format!("{} does not load", folder.display())))?;
        let mode = api.raw.set_variable(
            Variable::TesseditPagesegMode.as_cstr(),
            &std::ffi::CString::new(PAGE_SEGMENTATION).unwrap_or_default(),
        );
        mode.map_err(|_| unusable("page segmentation cannot be set".to_owned()))?;
        Ok(Self { api })
    }
}

impl Ocr for Tesseract {
    fn read(&mut self, page: &Print<'_>) -> Result<PageText, EngineError> {
        let gave_up = || EngineError::GaveUp { engine: NAME };
        self.api.raw.set_image_2(page.pix.as_ref());
        self.api
            .set_source_resolution(i32::try_from(page.dpi).unwrap_or(300));
        if self.api.recognize() != 0 {
            return Err(gave_up());
        }
        let tsv = self.api.get_tsv_text(0).map_err(|_| gave_up())?;
        Ok(lines_of(&tsv))
    }
}

/// The hash of the model's file.
pub(super) fn model_digest(tessdata: Option<&Path>) -> Result<Digest, EngineError> {
    let file = model_file(&data_folder(tessdata)?);
    let bytes =
        std::fs::read(&file).map_err(|error| unusable(format!("{}: {error}", file.display())))?;
    Ok(Digest::of(&bytes))
}

fn model_file(folder: &Path) -> PathBuf {
    folder.join(format!("{LANGUAGE}.traineddata"))
}

/// The folder that holds the model: the named one, TESSDATA_PREFIX, or a usual one.
fn data_folder(named: Option<&Path>) -> Result<PathBuf, EngineError> {
    let prefix = std::env::var_os("TESSDATA_PREFIX").map(PathBuf::from);
    let places: Vec<PathBuf> = match (named, prefix) {
        (Some(named), _) => vec![named.to_owned()],
        (None, Some(prefix)) => vec![prefix],
        (None, None) => DATA_FOLDERS.map(PathBuf::from).to_vec(),
    };
    let found = places.iter().find(|folder| model_file(folder).is_file());
    found.cloned().ok_or_else(|| {
        let first = places.first().map(|folder| model_file(folder));
        unusable(format!(
            "{} is missing; install tesseract-ocr-eng or mend models.dir",
            first.unwrap_or_default().display()
        ))
    })
}

fn unusable(what: String) -> EngineError {
    EngineError::Unusable { engine: NAME, what }
}

/// The words of Tesseract's TSV: level 5 rows, grouped by block, paragraph, line.
fn lines_of(tsv: &str) -> PageText {
    let mut lines: Vec<((u32, u32, u32), Vec<Word>)> = Vec::new();
    for row in tsv.lines() {
        let Some((line, word)) = word_of(row) else {
            continue;
        };
        match lines.last_mut() {
            Some((last, words)) if *last == line => words.push(word),
            _ => lines.push((line, vec![word])),
        }
    }
    PageText {
        lines: lines
            .into_iter()
            .filter_map(|((block, ..), words)| Line::new(words, block.saturating_sub(1)))
            .collect(),
    }
}

/// One row: level, page, block, paragraph, line, word, left, top, width, height,
/// confidence in percent, text.
fn word_of(row: &str) -> Option<((u32, u32, u32), Word)> {
    let mut columns = row.splitn(12, '\t');
    if columns.next()? != "5" {
        return None;
    }
    let mut number = || columns.next()?.parse::<u32>().ok();
    let _page = number()?;
    let line = (number()?, number()?, number()?);
    let _word = number()?;
    let bounds = Rect::new(number()?, number()?, number()?, number()?);
    let confidence: f64 = columns.next()?.parse().ok()?;
    let text = columns.next()?.trim();
    (!text.is_empty()).then(|| {
        let word = Word {
            text: text.to_owned(),
            confidence: Probability::clamped(confidence / 100.0),
            bounds,
        };
        (line, word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_lines() {
        let tsv = "4\t1\t1\t1\t1\t0\t10\t20\t90\t30\t-1\t\n\
                   5\t1\t1\t1\t1\t1\t10\t20\t30\t30\t96.5\tDear\n\
                   5\t1\t1\t1\t1\t2\t50\t20\t40\t30\t91\tSirs,\n\
                   5\t1\t1\t1\t2\t1\t10\t60\t40\t30\t90\t \n\
                   5\t1\t2\t1\t1\t1\t10\t90\t40\t30\t80\tYours\n";
        let text = lines_of(tsv);
        assert_eq!(text.text(), "Dear Sirs,\nYours");
        assert_eq!(text.lines[0].bounds(), Rect::new(10, 20, 80, 30));
        assert_eq!(text.lines[1].block, 1);
    }

    #[test]
    fn a_missing_model_says_what_to_do() {
        let error = Tesseract::open(Some(Path::new("/nowhere"))).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("/nowhere/eng.traineddata is missing")
        );
    }
}

//! Tesseract through leptess: the one place that names it.
//!
//! A plain page is read line by line ([`by_line`]); any other is left to Tesseract's
//! own layout analysis ([`by_page`]). Both cost one engine and one loaded model.

mod by_line;
mod by_page;
mod model;
mod pronoun;
mod tsv;

use std::path::Path;

use leptess::Variable;
use leptess::tesseract::TessApi;

pub(super) use model::model_digest;

use super::{EngineError, Ocr, Print};
use crate::domain::text::PageText;
use crate::imaging::pix::{Depth, Pix, PixError};
use crate::imaging::printed::PrintedPage;

const NAME: &str = "Tesseract";

/// The language that letters are read in.
const LANGUAGE: &str = "eng";

/// The engine for print.
#[derive(Debug)]
pub struct Tesseract {
    api: TessApi,
}

/// How Tesseract looks for text on the image that it gets.
#[derive(Debug, Clone, Copy)]
enum Segmentation {
    /// Full automatic page segmentation, without orientation: the command line's
    /// default. leptess's own default, 6, gives 2.5 % wrong characters on the rendered
    /// letters where 3 gives 0.9 %.
    Page,
    /// The image is a line, and all of it goes to the network as it is.
    RawLine,
}

impl Tesseract {
    /// Opens the engine with its data folder; `None` takes the system's.
    pub fn open(tessdata: Option<&Path>) -> Result<Self, EngineError> {
        let folder = model::data_folder(tessdata)?;
        let api = TessApi::new(folder.to_str(), LANGUAGE)
            .map_err(|_| unusable(format!("{} does not load", folder.display())))?;
        let mut engine = Self { api };
        engine.segment(Segmentation::Page)?;
        // Paper is white here: a doubtful line need not be read again in negative.
        engine.set(Variable::TesseditDoInvert, c"0")?;
        Ok(engine)
    }

    fn segment(&mut self, by: Segmentation) -> Result<(), EngineError> {
        let mode = match by {
            Segmentation::Page => c"3",
            Segmentation::RawLine => c"13",
        };
        self.set(Variable::TesseditPagesegMode, mode)
    }

    fn set(&mut self, variable: Variable, value: &std::ffi::CStr) -> Result<(), EngineError> {
        let name = variable.as_cstr();
        let set = self.api.raw.set_variable(name, value);
        set.map_err(|_| unusable(format!("its variable {name:?} cannot be set")))
    }

    /// Reads an image as it is.
    fn recognise(&mut self, image: &Pix, dpi: u32) -> Result<PageText, EngineError> {
        self.api.raw.set_image_2(image.as_ref());
        let dpi = i32::try_from(dpi).unwrap_or(300);
        self.api.set_source_resolution(dpi);
        if self.api.recognize() != 0 {
            return Err(gave_up());
        }
        let tsv = self.api.get_tsv_text(0).map_err(|_| gave_up())?;
        Ok(tsv::lines_of(&tsv))
    }
}

impl Tesseract {
    /// Reads a page with Tesseract's layout analysis alone: the yardstick for reading by
    /// line.
    pub fn read_by_layout(&mut self, page: &Print<'_>) -> Result<PageText, EngineError> {
        self.segment(Segmentation::Page)?;
        self.recognise(page.pix, page.dpi)
    }
}

impl Ocr for Tesseract {
    fn read(&mut self, page: &Print<'_>) -> Result<PageText, EngineError> {
        let grey = match page.pix.depth() {
            Depth::Colour => Some(page.pix.to_grey()?),
            Depth::Bitonal | Depth::Grey => None,
        };
        let pix = grey.as_ref().unwrap_or(page.pix);
        let Some(printed) = PrintedPage::of(pix)? else {
            return Ok(PageText::default());
        };
        let mut text = match &printed.lines {
            Ok(lines) => by_line::read(self, &printed, lines)?,
            Err(_) => by_page::read(self, &printed, page.dpi)?,
        };
        pronoun::restore(&mut text);
        Ok(text)
    }
}

impl From<PixError> for EngineError {
    fn from(_: PixError) -> Self {
        gave_up()
    }
}

fn gave_up() -> EngineError {
    EngineError::GaveUp { engine: NAME }
}

fn unusable(what: String) -> EngineError {
    EngineError::Unusable { engine: NAME, what }
}

#[cfg(test)]
mod tests {
    use super::*;

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

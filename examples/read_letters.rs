//! Reads the pages of a folder and compares them with their truth: how fast, how well.
//!
//! `OMP_THREAD_LIMIT=1 cargo run --release --example read_letters -- PAGES TRUTH [line] [words]`
//! where `TRUTH/NAME.txt` or `.hocr` is the text of `PAGES/NAME.*`. Each page is read
//! line by line and, as a yardstick unless `line` is said, by layout analysis alone; `words` lists every word
//! with its confidence instead.

#![expect(clippy::print_stdout, reason = "a measuring tool speaks on stdout")]

use std::error::Error;
use std::path::{Path, PathBuf};

use postroom::domain::limits::Limits;
use postroom::domain::text::PageText;
use postroom::engines::tesseract::Tesseract;
use postroom::engines::{Ocr, Print};
use postroom::imaging::pix::Pix;
use postroom::imaging::printed::PrintedPage;
use postroom::pipeline::{open, prepare};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [pages, truth, rest @ ..] = arguments.as_slice() else {
        return Err("usage: read_letters PAGES TRUTH [line] [words]".into());
    };
    let mut engine = Tesseract::open(None)?;
    let mut files: Vec<PathBuf> = std::fs::read_dir(pages)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    files.sort();
    let mut totals = [Score::default(), Score::default()];
    for file in files {
        let name = file
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let (Some(pix), Some(truth)) = (picture(&file)?, truth_of(Path::new(truth), &name)) else {
            continue;
        };
        let way = PrintedPage::of(&pix)?.map(|printed| printed.lines.map(|lines| lines.len()));
        let page = Print {
            pix: &pix,
            dpi: 300,
            x_height: None,
        };
        let by_line = Score::of(&truth, || engine.read(&page))?;
        let by_page = if rest.iter().any(|word| word == "line") {
            Score::default()
        } else {
            Score::of(&truth, || engine.read_by_layout(&page))?
        };
        if !rest.iter().any(|word| word == "words") {
            println!("{name:24} {way:?}: {by_line} | layout alone {by_page}");
        } else {
            for (way, score) in [("line", &by_line), ("page", &by_page)] {
                for word in score.text.words() {
                    let (b, c) = (word.bounds, word.confidence.get());
                    println!(
                        "{name}\t{way}\t{}\t{}\t{}\t{}\t{c:.3}\t{}",
                        b.x, b.y, b.w, b.h, word.text
                    );
                }
            }
        }
        totals[0].add(&by_line);
        totals[1].add(&by_page);
    }
    println!("all: {} | layout alone {}", totals[0], totals[1]);
    Ok(())
}

#[derive(Default)]
struct Score {
    pages: u32,
    seconds: f64,
    wrong: usize,
    characters: usize,
    text: PageText,
}

impl Score {
    fn of<E: Error + 'static>(
        truth: &str,
        read: impl FnOnce() -> Result<PageText, E>,
    ) -> Result<Self, Box<dyn Error>> {
        let start = cpu_seconds()?;
        let text = read()?;
        let seconds = cpu_seconds()? - start;
        let truth = plain(truth);
        Ok(Self {
            pages: 1,
            seconds,
            wrong: distance(&plain(&text.text()), &truth),
            characters: truth.len(),
            text,
        })
    }

    fn add(&mut self, other: &Self) {
        self.pages += other.pages;
        self.seconds += other.seconds;
        self.wrong += other.wrong;
        self.characters += other.characters;
    }
}

impl std::fmt::Display for Score {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let share = 100.0 * self.wrong as f64 / self.characters.max(1) as f64;
        let seconds = self.seconds / f64::from(self.pages.max(1));
        write!(f, "{seconds:.3} s, {} wrong, {share:.2} %", self.wrong)
    }
}

/// The page, level, bitonal or grey, as the pipeline prepares it; `None` when the file
/// is no page.
fn picture(file: &Path) -> Result<Option<Pix>, Box<dyn Error>> {
    let bytes = std::fs::read(file)?;
    let page = open::open(&bytes, &Limits::default())
        .and_then(|scan| scan.page(1))
        .and_then(prepare::prepare);
    Ok(page.ok().map(|page| page.straightened))
}

fn truth_of(folder: &Path, name: &str) -> Option<String> {
    let read = |ending: &str| std::fs::read_to_string(folder.join(format!("{name}{ending}"))).ok();
    let hocr = || {
        read(".truth.hocr")
            .or_else(|| read(".hocr"))
            .map(|hocr| words_of(&hocr))
    };
    read(".txt").or_else(hocr)
}

/// The words of an hOCR file.
fn words_of(hocr: &str) -> String {
    let words = hocr.split("ocrx_word").skip(1).filter_map(|rest| {
        let inner = rest.split_once('>')?.1.split("</span>").next()?;
        Some(
            inner
                .replace("&amp;", "&")
                .replace("&quot;", "\"")
                .replace("&#39;", "'"),
        )
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Characters with single spaces and plain quotes.
fn plain(text: &str) -> Vec<char> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let plain = |c| match c {
        '\u{2018}' | '\u{2019}' => '\'',
        '\u{201c}' | '\u{201d}' => '"',
        '\u{2013}' | '\u{2014}' => '-',
        other => other,
    };
    words.join(" ").chars().map(plain).collect()
}

/// How many characters to insert, delete or change.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = corner + usize::from(x != y);
            corner = row[j + 1];
            row[j + 1] = change.min(corner + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

/// Seconds of CPU that this thread has had.
fn cpu_seconds() -> Result<f64, Box<dyn Error>> {
    let statistics = std::fs::read_to_string("/proc/self/schedstat")?;
    let nanoseconds = statistics.split(' ').next().unwrap_or_default();
    Ok(nanoseconds.parse::<f64>()? / 1e9)
}

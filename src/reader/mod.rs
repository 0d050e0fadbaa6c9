//! The reader: a child process of this same binary that decodes and reads pages,
//! so that a hostile or broken file costs a page and never the night.
//!
//! The parent holds a [`pool::Reader`] for each core and speaks with it over two
//! pipes in the frames of [`wire`]. The child ([`child::serve`]) opens its models,
//! closes the door behind itself ([`sandbox`]) and only then takes a scan.

pub mod child;
pub mod pool;
mod process;
mod room;
pub mod sandbox;
mod wire;
mod wire_card;

use std::path::PathBuf;

use crate::domain::limits::Limits;
use crate::domain::page::PageOutcome;

/// What a reader is started with.
#[derive(Debug, Clone)]
pub struct ReaderSetup {
    /// The program to start: this binary, as a rule.
    pub program: PathBuf,
    /// Tesseract's data folder; `None` takes the system's.
    pub tessdata: Option<PathBuf>,
    /// A script for the fake engine in place of Tesseract; for tests only.
    pub fake_script: Option<PathBuf>,
    /// The form files by which cards are known, as TOML.
    pub forms: Vec<String>,
    /// What a page and a scan may cost.
    pub limits: Limits,
}

/// Takes these bytes for answers of a reader, as its parent does, until they make no
/// sense: for `tests/fuzz`.
#[doc(hidden)]
pub fn take_answers(mut bytes: &[u8]) {
    while let Ok(answer) = wire::receive(&mut bytes) {
        if let wire::Answer::Page(page) = answer {
            let _ = PageOutcome::try_from(*page);
        }
    }
}

/// The limits as one command-line argument.
fn limits_to_text(limits: &Limits) -> String {
    let Limits {
        scan_bytes,
        scan_pages,
        page_pixels,
        page_decoded_bytes,
        page_seconds,
        reader_memory,
    } = limits;
    format!(
        "{scan_bytes},{scan_pages},{page_pixels},{page_decoded_bytes},{page_seconds},{reader_memory}"
    )
}

/// The limits from that argument; `None` when it is something else.
pub fn limits_from_text(text: &str) -> Option<Limits> {
    let numbers: Vec<u64> = text
        .split(',')
        .map(|n| n.parse().ok())
        .collect::<Option<_>>()?;
    let [
        scan_bytes,
        scan_pages,
        page_pixels,
        page_decoded_bytes,
        page_seconds,
        reader_memory,
    ] = numbers.try_into().ok()?;
    Some(Limits {
        scan_bytes,
        scan_pages: scan_pages.try_into().ok()?,
        page_pixels,
        page_decoded_bytes,
        page_seconds: page_seconds.try_into().ok()?,
        reader_memory,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_survive_the_command_line() {
        let limits = Limits::default();
        assert_eq!(limits_from_text(&limits_to_text(&limits)), Some(limits));
        assert_eq!(limits_from_text("1,2,3"), None);
    }
}

//! Pages that belong together.

use super::page::{PageKind, PageOutcome, ReadPage};
use super::rejection::Rejection;

/// One document of a scan: its pages in order, the bad ones marked missing.
/// At least one of its pages was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// 1, 2, ... within the scan.
    pub ordinal: u32,
    /// Its pages in scan order, blank backs and missing ones included.
    pub pages: Vec<PageOutcome>,
}

impl Document {
    /// Its pages that carry the letter's own text, with their numbers.
    pub fn letter_pages(&self) -> impl Iterator<Item = (u32, &ReadPage)> {
        self.pages.iter().filter_map(|page| match &page.result {
            Ok(read) if read.kind == PageKind::Letter => Some((page.number, read)),
            _ => None,
        })
    }

    /// Its pages that could not be read, with the reason.
    pub fn missing(&self) -> impl Iterator<Item = (u32, &Rejection)> {
        self.pages
            .iter()
            .filter_map(|page| page.result.as_ref().err().map(|why| (page.number, why)))
    }
}

/// How well a document could be read as print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Legibility {
    /// Print, read with confidence.
    Clear,
    /// Print in parts, or read with doubts.
    Poor,
    /// Handwritten, a drawing, a photograph: not readable as print.
    Unreadable,
}

named!(Legibility {
    Clear => "clear",
    Poor => "poor",
    Unreadable => "unreadable",
});

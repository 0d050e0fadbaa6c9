//! Pages that belong together.

/// One document of a scan: which of its pages, in order, belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// 1, 2, ... within the scan.
    pub ordinal: u32,
    /// The numbers of its pages in the scan, from 1: blank backs, enclosures and
    /// pages that could not be read included.
    pub pages: Vec<u32>,
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

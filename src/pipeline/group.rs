//! From pages to documents.
//!
//! Without separators a scan is one document; so far only blank scans have none.

use crate::domain::document::Document;
use crate::domain::letter::LetterPage;
use crate::domain::page::{PageKind, PageOutcome};

use super::read;

/// Marks the pages of print that are enclosures (receipts, envelopes) and not
/// part of the letter itself.
pub fn mark_enclosures(pages: &mut [PageOutcome]) {
    for page in pages {
        let number = page.number;
        if let Ok(read) = &mut page.result
            && read.kind == PageKind::Letter
            && read::is_enclosure(&LetterPage::of(number, read))
        {
            read.kind = PageKind::Other;
        }
    }
}

/// The documents of one scan. A scan of blank pages has none; a page that could
/// not be read belongs to the document around it.
pub fn group(pages: &[PageOutcome]) -> Vec<Document> {
    let says_something = |page: &PageOutcome| match &page.result {
        Ok(read) => read.kind != PageKind::Blank,
        Err(_) => true,
    };
    if !pages.iter().any(says_something) {
        return Vec::new();
    }
    vec![Document {
        ordinal: 1,
        pages: pages.iter().map(|page| page.number).collect(),
    }]
}

/// The pages of a document that carry the letter's own text, and the numbers of
/// those that could not be read.
pub fn letter_pages(document: &Document, pages: &[PageOutcome]) -> (Vec<LetterPage>, Vec<u32>) {
    let mut letter = Vec::new();
    let mut missing = Vec::new();
    for page in pages
        .iter()
        .filter(|page| document.pages.contains(&page.number))
    {
        match &page.result {
            Ok(read) if read.kind == PageKind::Letter => {
                letter.push(LetterPage::of(page.number, read));
            }
            Ok(_) => {}
            Err(_) => missing.push(page.number),
        }
    }
    (letter, missing)
}

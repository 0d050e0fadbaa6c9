//! From pages to documents.
//!
//! Separators part a scan; what lies between two of them is parted by `stacks`.

use crate::domain::document::Document;
use crate::domain::letter::LetterPage;
use crate::domain::page::{PageKind, PageOutcome};

use super::{read, stacks};

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

/// The documents of one scan. A page that could not be read belongs to the document
/// around it. Blank pages alone are a document too, which nobody can read as print:
/// what the scanner took for an empty sheet may be a letter in faint pencil.
pub fn group(pages: &[PageOutcome]) -> Vec<Document> {
    let is = |page: &PageOutcome, kind| page.result.as_ref().is_ok_and(|read| read.kind == kind);
    let between = pages.split(|page| is(page, PageKind::Separator));
    let mut documents: Vec<Vec<u32>> = Vec::new();
    for (separators, pages) in between.enumerate() {
        let (back, pages) = match pages {
            [first, rest @ ..] if separators > 0 && is(first, PageKind::Blank) => {
                (Some(first.number), rest)
            }
            _ => (None, pages),
        };
        let mut own = stacks::documents(pages);
        match (back, own.first_mut(), documents.last_mut()) {
            // The blank back of the separator is seen with what it lies on.
            (Some(back), Some(after), _) => after.insert(0, back),
            (Some(back), None, Some(before)) => before.push(back),
            (Some(back), None, None) => own.push(vec![back]),
            (None, ..) => {}
        }
        documents.append(&mut own);
    }
    (1..)
        .zip(documents)
        .map(|(ordinal, pages)| Document { ordinal, pages })
        .collect()
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

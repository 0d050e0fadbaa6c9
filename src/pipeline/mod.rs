//! The line from scan to draft, in two halves with a process boundary between:
//!
//! ```text
//! ScanFile -> RawPage -> PreparedPage -> ReadPage       in a reader, page by page
//! Document -> LetterReading -> CheckedLetter -> CaseDraft     in the parent, text only
//! ```
//!
//! Nothing here opens a file, a socket or a clock.

pub mod cards;
pub mod check;
pub mod classify;
pub mod draft;
pub mod group;
pub mod open;
pub mod prepare;
pub mod read;
pub mod separators;
#[cfg(test)]
mod shared_data;
pub mod transcribe;

use crate::domain::case::{CaseDraft, Receipt};
use crate::domain::document::Document;
use crate::domain::page::{PageOutcome, ReadPage};
use crate::domain::rejection::Rejection;
use crate::engines::Engines;
use crate::gazetteer::Gazetteer;
use crate::rules::Rules;
use open::RawPage;
use read::{Company, Known};

/// What documents are read against; shared by the whole night.
#[derive(Debug)]
pub struct Desk {
    /// Our own addresses: never the sender's.
    pub companies: Vec<Company>,
    /// Postcode data.
    pub gazetteer: Gazetteer,
    /// Topics, priorities, teams, deadlines.
    pub rules: Rules,
}

impl Desk {
    fn known(&self) -> Known<'_> {
        Known {
            companies: &self.companies,
            references: self.rules.references(),
            gazetteer: &self.gazetteer,
        }
    }
}

/// One page, from its encoded image to its words.
pub fn read_page(raw: RawPage, engines: &mut Engines) -> Result<ReadPage, Rejection> {
    let page = prepare::prepare(raw)?;
    let text = transcribe::transcribe(&page, engines)?;
    let kind = classify::classify(&page);
    page.into_read(kind, text)
}

/// One document, from the words of its pages to a draft that a case can take.
pub fn draft_letter(
    document: &Document,
    pages: &[PageOutcome],
    receipt: Receipt,
    desk: &Desk,
) -> CaseDraft {
    let (letter, missing) = group::letter_pages(document, pages);
    let reading = read::read_letter(&letter, &desk.known());
    let checked = check::check(reading, &desk.gazetteer, receipt.day);
    draft::draft(checked, missing, receipt, &desk.rules)
}

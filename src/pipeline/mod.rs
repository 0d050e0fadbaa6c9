//! The line from scan to draft, in two halves with a process boundary between:
//!
//! ```text
//! ScanFile -> RawPage -> PreparedPage -> ReadPage       in a reader, page by page
//! Document -> LetterReading -> CheckedLetter -> CaseDraft     in the parent, text only
//! ```
//!
//! A page that is a side of a card, or a separator, leaves the first line at its
//! beginning: it is never read as print.
//!
//! Nothing here opens a file, a socket or a clock.

pub mod cards;
pub mod check;
pub mod classify;
mod decipher;
pub mod draft;
pub mod draft_card;
pub mod group;
pub mod open;
pub mod prepare;
pub mod read;
pub mod separators;
#[cfg(test)]
pub mod shared_data;
pub mod sorting;
pub mod stacks;
pub mod transcribe;

use crate::acceptance::Acceptance;
use crate::domain::case::{CaseDraft, Receipt};
use crate::domain::document::Document;
use crate::domain::form::Form;
use crate::domain::page::{PageKind, PageOutcome, ReadPage};
use crate::domain::rejection::Rejection;
use crate::engines::Engines;
use crate::gazetteer::Gazetteer;
use crate::lexicon::Lexicons;
use crate::rules::Rules;
use cards::Look;
use open::RawPage;
use read::{Company, Known};
use sorting::Sorter;

/// What documents are read against; shared by the whole night.
#[derive(Debug)]
pub struct Desk {
    /// Our own addresses: never the sender's.
    pub companies: Vec<Company>,
    /// Postcode data.
    pub gazetteer: Gazetteer,
    /// What people write in the other fields of cards.
    pub lexicons: Lexicons,
    /// Topics, priorities, teams, deadlines.
    pub rules: Rules,
    /// The forms that cards are read by.
    pub forms: Vec<Form>,
    /// What is accepted of what was read off cards.
    pub acceptance: Acceptance,
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

/// One page, from its encoded image to its words, or to what is ticked on it.
pub fn read_page(
    raw: RawPage,
    engines: &mut Engines,
    sorter: &dyn Sorter,
) -> Result<ReadPage, Rejection> {
    let looked = sorter
        .look(&raw, &mut *engines.ocr)
        .map_err(|error| prepare::unprepared(&error))?;
    let turn = raw.turn;
    let case = match looked {
        Look::Card(turn, side) => return prepare::keep(raw, turn, PageKind::Card, Some(side)),
        Look::Separator => return prepare::keep(raw, turn, PageKind::Separator, None),
        Look::Unread(why) => return Err(why),
        Look::Neither(case) => case,
    };
    let page = prepare::prepare(raw)?;
    let text = transcribe::transcribe(&page, engines)?;
    let kind = classify::classify(&page);
    page.into_read(kind, text, case)
}

/// One document, from what was read of its pages to a draft that can be filed.
pub fn draft(
    document: &Document,
    pages: &[PageOutcome],
    receipt: Receipt,
    desk: &Desk,
) -> CaseDraft {
    match stacks::has_a_card(document, pages) {
        true => draft_card::draft_card(document, pages, receipt, desk),
        false => draft_letter(document, pages, receipt, desk),
    }
}

/// One letter, from the words of its pages to a draft that a case can take.
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

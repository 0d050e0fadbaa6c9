//! Replies by post: a letter as a PDF for the printer, its address where a window
//! envelope shows it, its case in a code that a machine reads when it comes back.
//!
//! Nothing here opens a file: a letter goes in, bytes come out. docs/replies.md shows
//! the layout.

mod address;
mod body;
mod lines;
mod print;
mod sheet;

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::domain::form::Colour;
use crate::domain::grammar::case_reference::CaseReference;
use crate::forms::draw::Drawing;
use crate::forms::{self, NotDrawn};

/// What is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostLetter {
    /// Who writes: the company's name, then its postal address, line by line.
    pub from: Vec<String>,
    /// How else the company is reached: telephone, e-mail, web, line by line.
    pub contact: Vec<String>,
    /// To whom: the name first, then the address, line by line.
    pub to: Vec<String>,
    /// The case that it belongs to.
    pub reference: CaseReference,
    /// The day on which it is written.
    pub date: Date,
    /// What it is about, in one line.
    pub subject: String,
    /// The letter itself from the salutation on. A line break in a paragraph is one on paper; a line
    /// that begins with `- ` is an item of a list.
    pub paragraphs: Vec<String>,
    /// The close ("Yours sincerely,"), then who signs, line by line. Between the two is
    /// room for a pen.
    pub signature: Vec<String>,
    /// The language it is written in, as `en`: for who has the PDF read aloud.
    pub language: String,
}

/// A letter that cannot be printed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PostError {
    /// There is nobody to send it to.
    #[error(
        "the letter of case {case} has no address, so it cannot go by post; enter the customer's \
         address on the case, or reply by e-mail"
    )]
    NoAddress {
        /// Its case.
        case: CaseReference,
    },
    /// Part of the address would be hidden.
    #[error(
        "the letter of case {case} has an address that does not fit the window of its envelope, \
         however small it is printed; shorten the address on the case"
    )]
    AddressTooLong {
        /// Its case.
        case: CaseReference,
    },
    /// The program failed.
    #[error("the letter of case {case}: {why}")]
    NotDrawn {
        /// Its case.
        case: CaseReference,
        /// Why.
        why: NotDrawn,
    },
    /// The same, of letters that are printed together.
    #[error("the letters to print: {0}")]
    NoneDrawn(NotDrawn),
}

/// The letter as a PDF.
pub fn letter(letter: &PostLetter) -> Result<Vec<u8>, PostError> {
    let pages = print::pages(letter)?.into_iter();
    let title = format!("{} {}", letter.reference, letter.subject);
    forms::write_titled(pages, INK, &lines::one_line(&title), &letter.language).map_err(|why| {
        PostError::NotDrawn {
            case: letter.reference,
            why,
        }
    })
}

/// Many letters as one PDF. Each begins on a new sheet, also where the printer prints on
/// both sides: an empty page follows a letter of an odd number of pages. Of no letters it
/// is one empty page.
pub fn collected(letters: &[PostLetter]) -> Result<Vec<u8>, PostError> {
    let mut pages: Vec<Drawing> = Vec::new();
    for letter in letters {
        if !pages.len().is_multiple_of(2) {
            pages.push(sheet::empty());
        }
        pages.extend(print::pages(letter)?);
    }
    if pages.is_empty() {
        pages.push(sheet::empty());
    }
    let language = letters.first().map_or("en", |letter| &letter.language);
    forms::write_titled(pages.into_iter(), INK, "Letters to print", language)
        .map_err(PostError::NoneDrawn)
}

/// The letters and signs in it that the typeface lacks. What is printed in their place
/// shows: the same letter without its accent, else [`lines::LACKING`]. A person should
/// see such a letter before it goes.
pub fn replaced(letter: &PostLetter) -> BTreeSet<char> {
    let texts = [
        &letter.from,
        &letter.contact,
        &letter.to,
        &letter.paragraphs,
        &letter.signature,
    ];
    let texts = texts.into_iter().flatten().chain([&letter.subject]);
    texts
        .flat_map(|text| lines::Printable::of(text).lacking)
        .collect()
}

/// Fold marks are printed in grey, all else in black.
const INK: Colour = Colour::DropOut([150; 3]);

#[cfg(test)]
mod tests;

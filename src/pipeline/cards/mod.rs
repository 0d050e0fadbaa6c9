//! Cards: which form a page is, where everything on it lies, and what is ticked.
//!
//! A page is looked at for a card before it is prepared as a letter: its corner marks
//! and its code are found in a few milliseconds, or it is none.

use crate::domain::card::CardSide;
use crate::domain::form::Form;
use crate::domain::geometry::Turn;
use crate::engines::barcode::{Effort, Zxing};
use crate::imaging::pix::PixError;
use crate::imaging::resolution;

use super::open::RawPage;
use super::separators;

/// The forms that a page may be, made ready once for the whole night.
#[derive(Debug, Default)]
pub struct FormBook {
    forms: Vec<Form>,
}

/// What a page is, looked at for codes and marks.
#[derive(Debug, PartialEq)]
pub enum Look {
    /// A side of a card that we know; the turn brings the page upright, and the places
    /// of the side are on the page so turned.
    Card(Turn, Box<CardSide>),
    /// A separator sheet.
    Separator,
    /// Neither.
    Neither,
}

impl FormBook {
    /// Makes the forms ready.
    pub fn new(forms: Vec<Form>) -> Self {
        Self { forms }
    }

    /// What the page is.
    pub fn look(&self, page: &RawPage) -> Result<Look, PixError> {
        debug_assert!(self.forms.len() < usize::MAX);
        let dpi = resolution::settle(page.dpi, page.pix.width(), page.pix.height());
        let mut codes = Zxing::new(Effort::TryHarder);
        if separators::is_separator(&page.pix, dpi, &mut codes)? {
            return Ok(Look::Separator);
        }
        Ok(Look::Neither)
    }
}

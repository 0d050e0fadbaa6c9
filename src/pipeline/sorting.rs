//! What is done with a page before it is read: whoever looks for cards and separators.

use super::cards::{FormBook, Look};
use super::open::RawPage;
use crate::engines::scripted_cards::{ScriptedCards, Sheet};
use crate::imaging::pix::PixError;

/// Tells cards and separators from all other pages.
pub trait Sorter {
    /// What the page is.
    fn look(&self, page: &RawPage) -> Result<Look, PixError>;
}

impl Sorter for FormBook {
    fn look(&self, page: &RawPage) -> Result<Look, PixError> {
        Self::look(self, page)
    }
}

/// The fake: what the script says of a page's height.
impl Sorter for ScriptedCards {
    fn look(&self, page: &RawPage) -> Result<Look, PixError> {
        Ok(match self.sheet(page.pix.height()) {
            Some(Sheet::Card(turn, side)) => Look::Card(*turn, Box::new(side.clone())),
            Some(Sheet::Separator) => Look::Separator,
            None => Look::Neither,
        })
    }
}

//! What is done with a page before it is read: whoever looks for cards and separators.

use super::cards::{FormBook, Look, NotLooked};
use super::open::RawPage;
use crate::engines::scripted_cards::{ScriptedCards, Sheet};

/// Tells cards and separators from all other pages.
pub trait Sorter {
    /// What the page is.
    fn look(&self, page: &RawPage) -> Result<Look, NotLooked>;
}

impl Sorter for FormBook {
    fn look(&self, page: &RawPage) -> Result<Look, NotLooked> {
        Self::look(self, page)
    }
}

/// The fake: what the script says of a page's height.
impl Sorter for ScriptedCards {
    fn look(&self, page: &RawPage) -> Result<Look, NotLooked> {
        Ok(match self.sheet(page.pix.height()) {
            Some(Sheet::Card(turn, side)) => Look::Card(*turn, Box::new(side.clone())),
            Some(Sheet::Separator) => Look::Separator,
            None => Look::Neither,
        })
    }
}

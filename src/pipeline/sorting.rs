//! What is done with a page before it is read: whoever looks for cards and separators.

use super::cards::{FormBook, Look, NotLooked};
use super::open::RawPage;
use crate::engines::Ocr;
use crate::engines::scripted_cards::{ScriptedCards, Sheet};

/// Tells cards and separators from all other pages.
pub trait Sorter {
    /// What the page is; what is printed on a card in figures is read by this engine.
    fn look(&self, page: &RawPage, print: &mut dyn Ocr) -> Result<Look, NotLooked>;
}

impl Sorter for FormBook {
    fn look(&self, page: &RawPage, print: &mut dyn Ocr) -> Result<Look, NotLooked> {
        self.look_and_read(page, Some(print))
    }
}

/// The fake: what the script says of a page's height.
impl Sorter for ScriptedCards {
    fn look(&self, page: &RawPage, _: &mut dyn Ocr) -> Result<Look, NotLooked> {
        Ok(match self.sheet(page.pix.height()) {
            Some(Sheet::Card(turn, side)) => Look::Card(*turn, Box::new(side.clone())),
            Some(Sheet::Separator) => Look::Separator,
            None => Look::Neither(None),
        })
    }
}

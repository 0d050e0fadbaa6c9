//! Mixed stacks: which pages between two separators are one letter or one card.
//!
//! A card is the sides of one form that follow each other, each with a higher number
//! than the one before, so a new front is a new card. A side that is one by its code alone, and
//! could not be read, is a document of its own. Blank pages belong to what they
//! follow. All other pages that follow each other are one letter. No page is ever left
//! out or counted twice.

use crate::domain::document::Document;
use crate::domain::page::{PageKind, PageOutcome};

/// The documents of a run of pages without a separator: the numbers of their pages.
pub fn documents(pages: &[PageOutcome]) -> Vec<Vec<u32>> {
    let mut stack = Stack::default();
    for (at, page) in pages.iter().enumerate() {
        stack.lay(page.number, sheet(page), pages[at + 1..].iter().map(sheet));
    }
    let documents = stack.documents.into_iter();
    documents.map(|document| document.pages).collect()
}

/// Whether any page of a document is a side of a card, be it one that could not be read.
pub fn has_a_card(document: &Document, pages: &[PageOutcome]) -> bool {
    let mut pages = pages.iter();
    let is_side = |page| matches!(sheet(page), Sheet::Side(_) | Sheet::Unread);
    pages.any(|page| document.pages.contains(&page.number) && is_side(page))
}

/// What a page counts for.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Sheet<'a> {
    Side(Side<'a>),
    Paper,
    Blank,
    /// A card by its code that could not be read.
    Unread,
    /// It could not be read: it may be anything.
    Lost,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Side<'a> {
    form: (&'a str, u32),
    number: u32,
}

#[derive(Debug, Default)]
struct Stack<'a> {
    documents: Vec<Lying<'a>>,
}

/// A document that may grow.
#[derive(Debug)]
struct Lying<'a> {
    pages: Vec<u32>,
    kind: Kind<'a>,
    /// Whether its last page is a side.
    ends_with_side: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind<'a> {
    Letter,
    /// A card, with the last side that was seen of it.
    Card(Side<'a>),
    /// A side that could not be read: nothing but blank and lost pages follows it.
    Unread,
    /// Blank and lost pages so far.
    Anything,
}

impl<'a> Stack<'a> {
    fn lay(
        &mut self,
        page: u32,
        sheet: Sheet<'a>,
        mut next: impl Iterator<Item = Sheet<'a>> + Clone,
    ) {
        let after = self.documents.last();
        let kind = after.map(|document| document.kind);
        let begins = match (sheet, after) {
            (_, None) | (Sheet::Unread, Some(_)) => true,
            (Sheet::Side(side), Some(after)) => !after.takes(side),
            (Sheet::Paper, Some(after)) => matches!(after.kind, Kind::Card(_) | Kind::Unread),
            (Sheet::Blank, Some(_)) => false,
            (Sheet::Lost, Some(after)) => {
                let next = next.find(|sheet| *sheet != Sheet::Lost);
                matches!((next, after.kind), (Some(Sheet::Side(back)), Kind::Card(card))
                    if back.number > 1 && !card.misses(back))
            }
        };
        if begins {
            self.documents.push(Lying {
                pages: Vec::new(),
                kind: Kind::Anything,
                ends_with_side: false,
            });
        }
        if let Some(document) = self.documents.last_mut() {
            document.pages.push(page);
            document.ends_with_side = matches!(sheet, Sheet::Side(_));
            document.kind = match (sheet, kind.filter(|_| !begins)) {
                (Sheet::Side(side), _) => Kind::Card(side),
                (Sheet::Paper, _) => Kind::Letter,
                (Sheet::Unread, _) => Kind::Unread,
                (Sheet::Blank | Sheet::Lost, kind) => kind.unwrap_or(Kind::Anything),
            };
        }
    }
}

impl Lying<'_> {
    /// Whether a side is of the same card: the next one of a card that ends with a side,
    /// or a back whose front may be among pages that could not be read.
    fn takes(&self, side: Side<'_>) -> bool {
        match self.kind {
            Kind::Card(last) => self.ends_with_side && last.misses(side),
            Kind::Anything => side.number > 1,
            Kind::Letter | Kind::Unread => false,
        }
    }
}

impl Side<'_> {
    /// Whether another side of the same form could follow on the same card.
    fn misses(self, other: Side<'_>) -> bool {
        self.form == other.form && other.number > self.number
    }
}

fn sheet(page: &PageOutcome) -> Sheet<'_> {
    let read = match &page.result {
        Ok(read) => read,
        Err(why) if why.code.is_of_a_card() => return Sheet::Unread,
        Err(_) => return Sheet::Lost,
    };
    match (&read.card, read.kind) {
        (Some(card), _) => Sheet::Side(Side {
            form: (&card.form, card.version),
            number: card.side,
        }),
        (None, PageKind::Blank) => Sheet::Blank,
        (None, _) => Sheet::Paper,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rejection::{Rejection, RejectionCode};
    use crate::pipeline::group;
    use crate::store::testing::{card_page, lost_page, page, separator_page};
    use proptest::prelude::*;

    /// `a1` is the front of a card of form a, `L` print, `_` blank, `x` lost, `?` a card that
    /// could not be read, `|` a separator.
    fn pages(stack: &str) -> Vec<PageOutcome> {
        let pages = (1..).zip(stack.split(' ').filter(|word| !word.is_empty()));
        let page = |(number, word): (u32, &str)| match word {
            "L" => page(number, "Dear Sirs, it broke."),
            "_" => page(number, ""),
            "x" => lost_page(number),
            "?" => PageOutcome {
                number,
                result: Err(Rejection::new(
                    RejectionCode::UnknownForm,
                    "of a form to come",
                )),
            },
            "|" => separator_page(number),
            side => card_page(number, &side[..1], side[1..].parse().unwrap()),
        };
        pages.map(page).collect()
    }

    fn grouped(stack: &str) -> String {
        let words: Vec<&str> = stack.split(' ').collect();
        let documents = group::group(&pages(stack)).into_iter().map(|document| {
            let own = document.pages.iter();
            let own: Vec<&str> = own.map(|page| words[*page as usize - 1]).collect();
            own.join(" ")
        });
        documents.collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn letters_and_cards_are_told_apart() {
        for (stack, documents) in [
            ("a1 a2 a1 a2", "a1 a2, a1 a2"),
            ("a1 a1 a1", "a1, a1, a1"),
            ("a1 b1 b2 a1", "a1, b1 b2, a1"),
            ("a1 b2", "a1, b2"),
            ("a1 _ a1 _", "a1 _, a1 _"),
            ("L L a1 a2 L L", "L L, a1 a2, L L"),
            ("L _ L a1", "L _ L, a1"),
            ("_ L", "_ L"),
            ("_ a1", "_, a1"),
            ("a1 _ a2", "a1 _, a2"),
            ("L | a1 | L", "L, a1, L"),
            ("a1 | a2", "a1, a2"),
            ("| |", ""),
            // Sheets scanned on both sides: the backs of separators are theirs.
            ("a1 _ | _ a1 _ | _", "a1 _, a1 _"),
            ("L | _ L", "L, _ L"),
            ("| _ |", "_"),
            // Cards that could not be read are nobody's missing pages.
            ("L ? L", "L, ?, L"),
            ("a1 a2 ? ? _ a2 L", "a1 a2, ?, ? _, a2, L"),
        ] {
            assert_eq!(grouped(stack), documents, "{stack}");
        }
    }

    #[test]
    fn a_card_that_could_not_be_read_is_no_letter() {
        let pages = pages("? _ L");
        let documents = group::group(&pages);
        assert!(has_a_card(&documents[0], &pages));
        assert!(!has_a_card(&documents[1], &pages));
    }

    #[test]
    fn a_lost_page_belongs_where_it_is_missed() {
        for (stack, documents) in [
            ("L x L", "L x L"),
            ("x L", "x L"),
            ("a1 x b1", "a1 x, b1"),
            // The front of the second card, or a page of the letter.
            ("a1 a2 x a2", "a1 a2, x a2"),
            ("a1 a2 x x b2", "a1 a2, x x b2"),
            ("a1 a2 x L", "a1 a2 x, L"),
            ("x a2", "x a2"),
            ("x a1", "x, a1"),
            // Nobody knows whose back that is: it joins no front across the gap.
            ("a1 x a2", "a1 x, a2"),
        ] {
            assert_eq!(grouped(stack), documents, "{stack}");
        }
    }

    proptest! {
        #[test]
        fn every_page_is_in_one_document_or_separates(
            words in prop::collection::vec(
                prop::sample::select(vec!["L", "_", "x", "?", "|", "a1", "a2", "b1", "b2"]), 0..30)
        ) {
            let pages = pages(&words.join(" "));
            let documents = group::group(&pages);
            let mut seen: Vec<u32> = documents.iter().flat_map(|d| d.pages.clone()).collect();
            let separators = (1..).zip(&words).filter(|(_, word)| **word == "|");
            let separators: Vec<u32> = separators.map(|(number, _)| number).collect();
            // Where every separator is the front of a sheet, a blank back goes with it.
            let is_back = |at: usize| at > 0 && words[at] == "_" && words[at - 1] == "|";
            let backs = (0..words.len()).filter(|at| is_back(*at)).map(|at| at as u32 + 1);
            let backs = backs.filter(|number| !seen.contains(number)).collect::<Vec<_>>();
            prop_assert!(backs.is_empty() || backs.len() == separators.len());
            seen.extend(separators.into_iter().chain(backs));
            seen.sort_unstable();
            let all: Vec<u32> = (1..=pages.len() as u32).collect();
            prop_assert_eq!(seen, all);
            let ordinals: Vec<u32> = documents.iter().map(|d| d.ordinal).collect();
            prop_assert_eq!(ordinals, (1..=documents.len() as u32).collect::<Vec<_>>());
            for document in &documents {
                let sides = document.pages.iter().filter_map(|number| {
                    pages[*number as usize - 1].result.as_ref().ok()?.card.as_ref()
                });
                let sides: Vec<_> = sides.map(|side| (side.form.clone(), side.side)).collect();
                prop_assert!(sides.windows(2).all(|two| two[0].0 == two[1].0 && two[0].1 < two[1].1));
                let print = document.pages.iter().any(|number| {
                    let page = pages[*number as usize - 1].result.as_ref();
                    page.is_ok_and(|read| read.kind == PageKind::Letter)
                });
                prop_assert!(sides.is_empty() || !print, "a letter on a card");
            }
        }
    }
}

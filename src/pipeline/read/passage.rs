//! Words joined into a text that remembers where each of them stands.

use std::ops::Range;

use regex::Regex;

use crate::domain::confidence::Probability;
use crate::domain::field::{Found, Place};
use crate::domain::geometry::Rect;
use crate::domain::text::Word;

/// Words with one space between them, and their places.
#[derive(Debug, Clone, Default)]
pub(super) struct Passage<'a> {
    text: String,
    words: Vec<(Range<usize>, u32, &'a Word)>,
}

/// A piece cut out of a passage.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cut {
    /// The characters.
    pub text: String,
    /// Where they stand.
    pub place: Option<Place>,
    /// The lowest confidence of their words.
    pub confidence: Probability,
}

impl<'a> Passage<'a> {
    /// Appends a word of a page.
    pub(super) fn push(&mut self, page: u32, word: &'a Word) {
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        let start = self.text.len();
        self.text.push_str(&word.text);
        self.words.push((start..self.text.len(), page, word));
    }

    /// Appends all words of another passage.
    pub(super) fn append(&mut self, other: &Self) {
        for (_, page, word) in &other.words {
            self.push(*page, word);
        }
    }

    /// The text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Its words.
    pub(super) fn words(&self) -> impl Iterator<Item = &'a Word> + '_ {
        self.words.iter().map(|(_, _, word)| *word)
    }

    /// The piece at a range of the text, without white space around it.
    pub(super) fn cut(&self, range: Range<usize>) -> Cut {
        let piece = &self.text[range.clone()];
        let start = range.start + (piece.len() - piece.trim_start().len());
        let end = start + piece.trim().len();
        let touched: Vec<_> = self
            .words
            .iter()
            .filter(|(at, ..)| at.start < end && start < at.end)
            .collect();
        let page = touched.first().map(|(_, page, _)| *page);
        let bounds = Rect::around(
            touched
                .iter()
                .filter(|(_, on, _)| Some(*on) == page)
                .map(|(_, _, word)| word.bounds),
        );
        Cut {
            text: piece.trim().to_owned(),
            place: page
                .zip(bounds)
                .map(|(page, bounds)| Place { page, bounds }),
            confidence: touched
                .iter()
                .map(|(_, _, word)| word.confidence)
                .fold(Probability::ONE, Probability::weakest),
        }
    }

    /// The first group of a pattern's first match.
    pub(super) fn group(&self, pattern: &Regex) -> Option<Cut> {
        let found = pattern.captures(&self.text)?.get(1)?;
        Some(self.cut(found.range()))
    }
}

impl Cut {
    /// Both pieces as one, with `glue` between their characters. The box holds
    /// both when they stand on the same page.
    pub(super) fn join(self, glue: &str, other: Self) -> Self {
        let place = match (self.place, other.place) {
            (Some(a), Some(b)) if a.page == b.page => Some(Place {
                page: a.page,
                bounds: a.bounds.union(&b.bounds),
            }),
            (a, b) => a.or(b),
        };
        Self {
            text: format!("{}{glue}{}", self.text, other.text),
            place,
            confidence: self.confidence.weakest(other.confidence),
        }
    }

    /// Found as it stands: `firm` is how often the rule that cut it is right.
    pub(super) fn found(self, firm: f64, reason: impl Into<String>) -> Found {
        let value = self.text.clone();
        self.found_as(value, firm, reason)
    }

    /// Found, with another standard form.
    pub(super) fn found_as(self, value: String, firm: f64, reason: impl Into<String>) -> Found {
        Found {
            as_read: self.text,
            value,
            probability: self.confidence.and(Probability::clamped(firm)),
            place: self.place,
            reason: reason.into(),
            doubt: None,
        }
    }
}

//! Printed text as it was read: words with boxes and confidences, in lines.

use super::confidence::Probability;
use super::geometry::Rect;

/// One word as read.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    /// The characters as read, without white space.
    pub text: String,
    /// How sure the engine is of the whole word.
    pub confidence: Probability,
    /// Where it stands on the page image.
    pub bounds: Rect,
}

/// One printed line, left to right. Never without a word.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    words: Vec<Word>,
    /// Which block of the page's layout it belongs to, counted from 0.
    pub block: u32,
}

impl Line {
    /// A line of these words; `None` when there are none.
    pub fn new(words: Vec<Word>, block: u32) -> Option<Self> {
        (!words.is_empty()).then_some(Self { words, block })
    }

    /// Its words, left to right; at least one.
    pub fn words(&self) -> &[Word] {
        &self.words
    }

    /// Its words with one space between them.
    pub fn text(&self) -> String {
        let words: Vec<&str> = self.words.iter().map(|w| w.text.as_str()).collect();
        words.join(" ")
    }

    /// The box around its words.
    pub fn bounds(&self) -> Rect {
        Rect::around(self.words.iter().map(|w| w.bounds)).unwrap_or_default()
    }
}

/// All the text of one page, in reading order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PageText {
    /// The lines, top to bottom within each block.
    pub lines: Vec<Line>,
}

impl PageText {
    /// All words in reading order.
    pub fn words(&self) -> impl Iterator<Item = &Word> {
        self.lines.iter().flat_map(|line| line.words())
    }

    /// The lines as read, one a line, a line feed after each but the last.
    pub fn text(&self) -> String {
        let lines: Vec<String> = self.lines.iter().map(Line::text).collect();
        lines.join("\n")
    }
}

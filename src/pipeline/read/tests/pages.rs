//! Pages for tests: from Tesseract's TSV, and laid out from plain text.

use crate::domain::confidence::Probability;
use crate::domain::geometry::{PageSize, Rect};
use crate::domain::letter::LetterPage;
use crate::domain::text::{Line, PageText, Word};

/// A page from Tesseract's TSV: level, page, block, paragraph, line and word
/// numbers, left, top, width, height, confidence, text.
pub(super) fn from_tsv(tsv: &str) -> LetterPage {
    let mut size = PageSize {
        width: 0,
        height: 0,
        dpi: 300,
    };
    let mut lines: Vec<(Vec<Word>, u32, [u32; 3])> = Vec::new();
    for row in tsv.lines().skip(1) {
        let columns: Vec<&str> = row.split('\t').collect();
        let number = |at: usize| {
            columns
                .get(at)
                .and_then(|c| c.parse::<u32>().ok())
                .unwrap_or(0)
        };
        let bounds = Rect::new(number(6), number(7), number(8), number(9));
        if number(0) == 1 {
            (size.width, size.height) = (bounds.w, bounds.h);
        }
        let text = columns.get(11).copied().unwrap_or_default().trim();
        if number(0) != 5 || text.is_empty() {
            continue;
        }
        let line = [number(2), number(3), number(4)];
        let confidence = columns[10].parse::<f64>().unwrap_or(0.0) / 100.0;
        let word = Word {
            text: text.to_owned(),
            confidence: Probability::clamped(confidence),
            bounds,
        };
        match lines.last_mut() {
            Some((words, _, at)) if *at == line => words.push(word),
            _ => lines.push((vec![word], number(2).saturating_sub(1), line)),
        }
    }
    let lines = lines
        .into_iter()
        .filter_map(|(words, block, _)| Line::new(words, block));
    LetterPage {
        number: 1,
        size,
        text: PageText {
            lines: lines.collect(),
        },
    }
}

/// The width of a typed character, the height of a row and the distance between
/// rows, in pixels of a 300 dpi page: ten characters an inch, six lines an inch.
const CHARACTER: u32 = 25;
const HEIGHT: u32 = 34;
const PITCH: u32 = 50;
const MARGIN: u32 = 200;

/// A page as a typewriter would set it: every character of the text has its place,
/// every line its row, and every word is read for certain.
pub(in super::super) fn typed(text: &str) -> LetterPage {
    typed_as(text, 1, 0.96)
}

/// The same for a page of this number, read with this confidence.
pub(super) fn typed_as(text: &str, number: u32, confidence: f64) -> LetterPage {
    let mut block = 0;
    let mut lines = Vec::new();
    for (at, line) in (0u32..).zip(text.lines()) {
        if line.trim().is_empty() {
            block += 1;
        }
        let mut words = Vec::new();
        let mut column = 0;
        for piece in line.split(' ') {
            let width = u32::try_from(piece.chars().count()).unwrap();
            if width > 0 {
                words.push(Word {
                    text: piece.to_owned(),
                    confidence: Probability::clamped(confidence),
                    bounds: Rect::new(
                        MARGIN + column * CHARACTER,
                        MARGIN + at * PITCH,
                        width * CHARACTER,
                        HEIGHT,
                    ),
                });
            }
            column += width + 1;
        }
        lines.extend(Line::new(words, block));
    }
    LetterPage {
        number,
        size: PageSize {
            width: 2480,
            height: 3508,
            dpi: 300,
        },
        text: PageText { lines },
    }
}

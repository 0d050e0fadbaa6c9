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

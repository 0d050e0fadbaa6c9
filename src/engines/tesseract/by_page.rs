//! Pages that are no plain letters, by Tesseract's own layout analysis.

use super::{Segmentation, Tesseract};
use crate::domain::confidence::Probability;
use crate::domain::text::{Line, PageText, Word};
use crate::engines::EngineError;
use crate::imaging::printed::PrintedPage;

/// What a word's confidence by page is worth by line: the confidence with which as many
/// words are wrong there. Between two steps the way is straight.
///
/// From the share of wrong words at each confidence, 44 letters and small print in G4,
/// November 2026, in percent by line and by page: 0.97 and more 0.0 and 0.1, 0.96 0.1 and
/// 0.3, 0.95 0.4 and 2.1, 0.94 0.1 and 6.2, 0.92 1.7 and 6.7, 0.90 2.3 and 10.2, 0.85 5.2
/// and 22.2, 0.80 13.2 and 25.7, 0.70 25.4 and 33.3, 0.60 26 and 53.8, 0.50 31.2 and 52.3,
/// 0.30 45.3 and 60.6, below 52.4 and 81.7. Each step stands in the middle of its
/// span; below 0.7 by page more are wrong than by line at any confidence, so the lowest
/// steps are a guess.
const WORTH_BY_LINE: [(f64, f64); 13] = [
    (0.0, 0.0),
    (0.15, 0.05),
    (0.40, 0.10),
    (0.60, 0.15),
    (0.75, 0.53),
    (0.825, 0.73),
    (0.875, 0.77),
    (0.91, 0.845),
    (0.93, 0.865),
    (0.945, 0.87),
    (0.955, 0.917),
    (0.965, 0.957),
    (1.0, 1.0),
];

/// Reads the cleaned page.
pub(super) fn read(
    engine: &mut Tesseract,
    printed: &PrintedPage<'_>,
    dpi: u32,
) -> Result<PageText, EngineError> {
    engine.segment(Segmentation::Page)?;
    let cleaned = printed.cleaned()?;
    let text = engine.recognise(&cleaned, dpi)?;
    let lines = text.lines.iter().filter_map(as_by_line).collect();
    Ok(PageText { lines })
}

/// The line with its confidences on the scale of reading by line.
fn as_by_line(line: &Line) -> Option<Line> {
    let words = line.words().iter().map(|word| Word {
        confidence: worth_by_line(word.confidence),
        ..word.clone()
    });
    Line::new(words.collect(), line.block)
}

fn worth_by_line(by_page: Probability) -> Probability {
    let value = by_page.get();
    let steps = WORTH_BY_LINE.windows(2);
    let between = steps.map(|two| (two[0], two[1]));
    let worth = between
        .take_while(|((from, _), _)| *from <= value)
        .last()
        .map_or(0.0, |((from, low), (to, high))| {
            low + (high - low) * (value - from) / (to - from)
        });
    Probability::clamped(worth)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worth(by_page: f64) -> f64 {
        worth_by_line(Probability::clamped(by_page)).get()
    }

    #[test]
    fn a_higher_confidence_is_never_worth_less() {
        assert_eq!(worth(0.0), 0.0);
        assert_eq!(worth(1.0), 1.0);
        let all: Vec<f64> = (0..=1_000).map(|n| worth(f64::from(n) / 1_000.0)).collect();
        assert!(all.windows(2).all(|two| two[0] < two[1]));
    }

    #[test]
    fn layout_analysis_is_never_surer_than_it_says() {
        assert!((worth(0.955) - 0.917).abs() < 1e-9);
        assert!((worth(0.93) - 0.865).abs() < 1e-9);
        for n in 0..=1_000 {
            let by_page = f64::from(n) / 1_000.0;
            assert!(worth(by_page) <= by_page + 1e-9, "{by_page}");
        }
    }
}

//! Plain pages, line by line: each line is drawn as a strip that goes to the network
//! as it is.

use super::{Segmentation, Tesseract};
use crate::domain::geometry::Rect;
use crate::domain::text::{Line, PageText, Word};
use crate::engines::EngineError;
use crate::imaging::lines::TextLine;
use crate::imaging::printed::PrintedPage;

/// The height of small letters on the strip in pixels: time grows with it. CPU seconds a
/// page and wrong characters, November 2026, on letters and small print, G4 and grey each:
/// at 10 0.705, 0.684, 0.738, 0.689 s and 120, 74, 216, 32 wrong; at 9.5 0.650, 0.648,
/// 0.708, 0.676 s and 123, 92, 220, 38 wrong, on a busy machine; but 40 postcodes of 44 on
/// the sample night, where 10 passes its test (one run each). At 9 178 are wrong on letters in G4, and reading again what is doubtful
/// costs more than it saves. Gaps and margins cut closer than `line_image` does save one
/// column in a hundred and cost a fifth more wrong characters on small print.
const X_HEIGHT: f32 = 10.0;

/// A doubtful line is drawn larger and read again, its small letters this high: a guess.
const LARGER_X_HEIGHT: f32 = 14.0;

/// A line is doubtful when the mean confidence of its characters is below this: a guess.
const DOUBTFUL: f64 = 0.80;

/// The resolution that strips are said to have; nothing depends on it.
const STRIP_DPI: u32 = 300;

/// Reads these lines.
pub(super) fn read(
    engine: &mut Tesseract,
    printed: &PrintedPage<'_>,
    lines: &[TextLine],
) -> Result<PageText, EngineError> {
    engine.segment(Segmentation::RawLine)?;
    let mut text = PageText::default();
    for line in lines {
        let mut reading = read_line(engine, printed, line, X_HEIGHT)?;
        if reading.confidence() < DOUBTFUL {
            let second = read_line(engine, printed, line, LARGER_X_HEIGHT)?;
            if second.confidence() > reading.confidence() {
                reading = second;
            }
        }
        text.lines.extend(reading.place(printed, line));
    }
    Ok(text)
}

/// What the network read in a strip, with its rough columns on the page.
struct Reading {
    words: Vec<Word>,
    columns: Vec<(f32, f32)>,
}

fn read_line(
    engine: &mut Tesseract,
    printed: &PrintedPage<'_>,
    line: &TextLine,
    x_height: f32,
) -> Result<Reading, EngineError> {
    let strip = printed.strip(line, x_height);
    let read = engine.recognise(&strip.to_pix()?, STRIP_DPI)?;
    let words: Vec<Word> = read.words().cloned().collect();
    let columns = columns(&words)
        .into_iter()
        .map(|(from, to)| (strip.page_x(from), strip.page_x(to)))
        .collect();
    Ok(Reading { words, columns })
}

/// The words' columns on the strip. In raw-line mode the last letter of a word may
/// claim all that follows; a word ends where the next begins at the latest.
fn columns(words: &[Word]) -> Vec<(f32, f32)> {
    let next = words.iter().skip(1).map(|word| Some(word.bounds.x));
    let next = next.chain(std::iter::once(None));
    words
        .iter()
        .zip(next)
        .map(|(Word { bounds, .. }, next)| {
            let end = next.map_or(bounds.right(), |next| {
                bounds.right().min(next.saturating_sub(1)).max(bounds.x + 1)
            });
            (bounds.x as f32, end as f32)
        })
        .collect()
}

impl Reading {
    /// The mean confidence, each word weighed by its length; 0 without words.
    fn confidence(&self) -> f64 {
        let weigh = |word: &Word| (word.text.chars().count() as f64, word.confidence.get());
        let (length, sum) = self.words.iter().map(weigh).fold(
            (0.0, 0.0),
            |(length, sum), (characters, confidence)| {
                (length + characters, sum + characters * confidence)
            },
        );
        if length > 0.0 { sum / length } else { 0.0 }
    }

    /// The line of words in their boxes on the page.
    fn place(self, printed: &PrintedPage<'_>, line: &TextLine) -> Option<Line> {
        let boxes: Vec<Rect> = printed.word_boxes(line, &self.columns);
        let words = self.words.into_iter().zip(boxes);
        let words = words.map(|(word, bounds)| Word { bounds, ..word });
        Line::new(words.collect(), line.block)
    }
}

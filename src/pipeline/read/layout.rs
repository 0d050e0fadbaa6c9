//! The parts of a letter by their places on the paper: heading, salutation, body,
//! closing, and what follows it.
//!
//! Boxes are those of the page as scanned, so a skewed page is levelled first by
//! the slope of its own lines, and a line that runs across two columns is split
//! where the gap is too wide for a space.

use crate::domain::letter::LetterPage;
use crate::domain::text::{Line, Word};

use super::passage::Passage;
use super::pattern::pattern;

/// One printed line of one column, levelled.
#[derive(Debug, Clone)]
pub(super) struct Row<'a> {
    /// The page's number in its scan.
    pub page: u32,
    /// Its words.
    pub passage: Passage<'a>,
    /// Its left edge.
    pub left: f64,
    /// Its right edge.
    pub right: f64,
    /// Its levelled top edge.
    pub top: f64,
    /// Its levelled bottom edge.
    pub bottom: f64,
}

impl Row<'_> {
    /// Its characters.
    pub(super) fn text(&self) -> &str {
        self.passage.text()
    }

    /// The height of its middle.
    pub(super) fn middle(&self) -> f64 {
        f64::midpoint(self.top, self.bottom)
    }

    /// Whether the two share a column.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        self.left < other.right && other.left < self.right
    }
}

/// The rows of a letter, sorted into its parts.
#[derive(Debug, Clone, Default)]
pub(super) struct Layout<'a> {
    /// Everything above the salutation, top to bottom.
    pub heading: Vec<Row<'a>>,
    /// `Dear ...`
    pub salutation: Option<Row<'a>>,
    /// What is between salutation and closing, in reading order.
    pub body: Vec<Row<'a>>,
    /// `Yours ...`
    pub closing: Option<Row<'a>>,
    /// What follows the closing, in reading order.
    pub tail: Vec<Row<'a>>,
    /// The width of the first page in pixels.
    pub width: f64,
    /// The usual height of a row in pixels.
    pub height: f64,
}

/// A gap that no space between words of a line has, justified ones included, in
/// row heights: 1.9 was the widest on the justified letters of November 2026, and
/// columns are 5 and more apart.
const COLUMN_GAP: f64 = 3.0;
/// A slope beyond this is no skew (5 degrees are allowed for, in pixels a pixel).
const STEEPEST: f64 = 0.12;
/// A line of running text has at least so many words ...
const TEXT_WORDS: usize = 8;
/// ... and spans at least this share of the page.
const TEXT_SPAN: f64 = 0.45;
/// A closing has at most so many words: `Yours sincerely and with best wishes,`.
const CLOSING_WORDS: usize = 6;

pattern!(
    SALUTATION,
    r"(?i)^\W{0,2}(?:dear\b|to whom(?:so\w+)? it may|(?:sirs?|madam|gentlemen)\W{0,2}$|(?:good (?:morning|afternoon|day|evening)|hello|hi)\b.{0,30}$)"
);
pattern!(
    CLOSING,
    r"(?ix)^\W{0,2}(?:yours\b|youts\b|(?:with\s)?(?:my\s)?(?:kind(?:est)?|best|warm(?:est)?)\s(?:personal\s)?(?:regards|wishes)
    |regards\b|sincerely\b|faithfully\b|respectfully\b|cordially\b|(?:with\s)?(?:many\s)?thanks\W*$|thank\syou\W*$|in\s(?:disgust|anticipation)\b)"
);

/// Sorts the rows of a letter's pages.
pub(super) fn lay_out<'a>(pages: &[&'a LetterPage]) -> Layout<'a> {
    let mut layout = Layout {
        width: pages.first().map_or(0.0, |page| f64::from(page.size.width)),
        ..Layout::default()
    };
    let rows: Vec<Vec<Row<'a>>> = pages.iter().map(|page| rows(page)).collect();
    layout.height = usual_height(rows.iter().flatten());
    let closing = closing(&rows);
    for (page, rows) in rows.into_iter().enumerate() {
        let closing = closing.filter(|(on, _)| *on <= page);
        let closing_row = closing.map(|(on, at)| if on == page { Some(at) } else { None });
        if page == 0 {
            first_page(&mut layout, rows, closing_row.flatten());
        } else {
            later_page(&mut layout, rows, closing_row);
        }
    }
    layout
}

fn first_page<'a>(layout: &mut Layout<'a>, rows: Vec<Row<'a>>, closing: Option<usize>) {
    let salutation = rows
        .iter()
        .take(closing.unwrap_or(rows.len()))
        .position(|row| SALUTATION.is_match(row.text()));
    let start = match salutation {
        Some(at) => rows[at].top,
        None => body_top(&rows, layout.width, layout.height),
    };
    let end = closing.map(|at| rows[at].middle());
    for (at, row) in rows.into_iter().enumerate() {
        if salutation == Some(at) {
            layout.salutation = Some(row);
        } else if closing == Some(at) {
            layout.closing = Some(row);
        } else if row.middle() < start {
            layout.heading.push(row);
        } else if end.is_some_and(|end| row.middle() > end) {
            layout.tail.push(row);
        } else {
            layout.body.push(row);
        }
    }
    layout
        .heading
        .sort_by(|a, b| a.middle().total_cmp(&b.middle()));
}

/// A page after the first: `closing` is `None` before the closing, `Some(None)`
/// after it, and the closing's row on its own page.
fn later_page<'a>(layout: &mut Layout<'a>, rows: Vec<Row<'a>>, closing: Option<Option<usize>>) {
    let end = match closing {
        None => f64::INFINITY,
        Some(None) => f64::NEG_INFINITY,
        Some(Some(at)) => rows[at].middle(),
    };
    for (at, row) in rows.into_iter().enumerate() {
        if closing == Some(Some(at)) {
            layout.closing = Some(row);
        } else if row.middle() > end {
            layout.tail.push(row);
        } else {
            layout.body.push(row);
        }
    }
}

/// The last closing: page and row.
fn closing(pages: &[Vec<Row<'_>>]) -> Option<(usize, usize)> {
    let all = pages.iter().enumerate().flat_map(|(page, rows)| {
        rows.iter()
            .enumerate()
            .map(move |(at, row)| (page, at, row))
    });
    let closings: Vec<_> = all
        .filter(|(_, _, row)| {
            row.passage.words().count() <= CLOSING_WORDS && CLOSING.is_match(row.text())
        })
        .collect();
    let yours = |text: &str| text.to_lowercase().contains("yours");
    closings
        .iter()
        .rfind(|(_, _, row)| yours(row.text()))
        .or_else(|| closings.last())
        .map(|(page, at, _)| (*page, *at))
}

/// Where running text begins when nobody is greeted.
fn body_top(rows: &[Row<'_>], width: f64, height: f64) -> f64 {
    let runs = |row: &Row<'_>| {
        row.passage.words().count() >= TEXT_WORDS && row.right - row.left >= TEXT_SPAN * width
    };
    let text = |row: &&Row<'_>| {
        let next = |other: &Row<'_>| {
            let below = other.middle() - row.middle();
            below > 0.5 * height && below < 3.0 * height && other.right - other.left > 0.0
        };
        runs(row) && rows.iter().any(|other| next(other) && other.overlaps(row))
    };
    rows.iter()
        .filter(text)
        .map(|row| row.top)
        .min_by(f64::total_cmp)
        .unwrap_or(f64::INFINITY)
}

fn usual_height<'r, 'a: 'r>(rows: impl Iterator<Item = &'r Row<'a>>) -> f64 {
    let heights = rows.map(|row| row.bottom - row.top).collect();
    median(heights).unwrap_or(1.0).max(1.0)
}

/// The rows of one page in reading order.
fn rows(page: &LetterPage) -> Vec<Row<'_>> {
    let slope = slope(&page.text.lines);
    let lines = page.text.lines.iter();
    lines
        .flat_map(columns)
        .filter_map(|words| Some(row(page.number, trimmed(&words)?, slope)))
        .collect()
}

/// The slope of the page's lines in pixels down a pixel across.
fn slope(lines: &[Line]) -> f64 {
    let slopes = lines
        .iter()
        .filter(|line| line.words().len() >= 4)
        .filter_map(|line| {
            let (first, last) = (line.words().first()?, line.words().last()?);
            let across = f64::from(last.bounds.x) - f64::from(first.bounds.x);
            let down = f64::from(last.bounds.bottom()) - f64::from(first.bounds.bottom());
            let slope = down / across;
            (across > 0.0 && slope.abs() < STEEPEST).then_some(slope)
        });
    median(slopes.collect()).unwrap_or(0.0)
}

fn median(mut numbers: Vec<f64>) -> Option<f64> {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied()
}

/// A line's words, parted where two columns meet.
fn columns(line: &Line) -> Vec<Vec<&Word>> {
    let height = median(line.words().iter().map(|w| f64::from(w.bounds.h)).collect());
    let widest = COLUMN_GAP * height.unwrap_or(0.0);
    let mut columns: Vec<Vec<&Word>> = Vec::new();
    let mut right = f64::NEG_INFINITY;
    for word in line.words() {
        let gap = f64::from(word.bounds.x) - right;
        match columns.last_mut() {
            Some(column) if gap <= widest => column.push(word),
            _ => columns.push(vec![word]),
        }
        right = f64::from(word.bounds.right());
    }
    columns
}

/// Words without the specks around them; `None` when there are only specks.
fn trimmed<'w, 'a>(words: &'w [&'a Word]) -> Option<&'w [&'a Word]> {
    let spoken = |word: &&Word| word.text.chars().any(char::is_alphanumeric);
    // What stands for a thin digit may open a row: `| High Street`.
    let digit = |word: &&Word| matches!(word.text.as_str(), "|" | "]" | "!");
    let last = words.iter().rposition(spoken)?;
    let first = words.iter().position(|word| spoken(word) || digit(word))?;
    words.get(first..=last)
}

fn row<'a>(page: u32, words: &[&'a Word], slope: f64) -> Row<'a> {
    let mut passage = Passage::default();
    for word in words {
        passage.push(page, word);
    }
    let left = words.iter().map(|w| f64::from(w.bounds.x));
    let right = words.iter().map(|w| f64::from(w.bounds.right()));
    // A raised speck would stretch the row: the middle word's height is its height.
    let level = |y: u32, word: &Word| f64::from(y) - slope * f64::from(word.bounds.x);
    let tops = words.iter().map(|w| level(w.bounds.y, w)).collect();
    let bottoms = words.iter().map(|w| level(w.bounds.bottom(), w)).collect();
    Row {
        page,
        passage,
        left: left.fold(f64::INFINITY, f64::min),
        right: right.fold(f64::NEG_INFINITY, f64::max),
        top: median(tops).unwrap_or(0.0),
        bottom: median(bottoms).unwrap_or(0.0),
    }
}

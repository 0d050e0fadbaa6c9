//! Whether a page is plain enough to be read line by line.
//!
//! The check errs to caution: a page that is wrongly called fancy costs time, one
//! that is wrongly called plain costs text.

use super::{Measure, TextLine, leftover, quantile};
use crate::imaging::components::{Component, Components};

/// Why a page must be read with full layout analysis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotPlain {
    /// Too few letters, or letters too small or too large to measure.
    LittleText,
    /// Too much ink to be text at all.
    Noise,
    /// Rules: a form or a table.
    Rules,
    /// Letters that touch the rule under them.
    Underlined,
    /// A picture, a stamp or a filled box.
    Picture,
    /// Letters that fell into no line.
    Scattered,
    /// Words too large, too small or too grown together for any line.
    Leftover,
    /// Text side by side.
    Columns,
    /// Lines that overlap, or a wrong idea of their height.
    Crowded,
}

/// X-heights in pixels that lines are found by.
const X_HEIGHTS: std::ops::RangeInclusive<f32> = 8.0..=70.0;

/// With fewer letters or lines, layout analysis costs next to nothing.
const MIN_LETTERS: usize = 40;
const MIN_LINES: usize = 3;

/// More letters than these are no page of a letter: an A4 page in 6 pt has 15,000.
const MAX_LETTERS: usize = 20_000;

/// A letter has a fold mark or a rule under its letterhead, a form has more.
const MAX_RULES: usize = 2;

/// A piece of ink with this share of the page's area is a picture.
const PICTURE: f32 = 0.004;

/// This share of the letters may stand outside lines.
const MAX_SCATTERED: f32 = 0.1;

/// Lines with a neighbour on the same row: up to twelve, or a fifth of all and two.
const MAX_BESIDE: usize = 12;
const MAX_BESIDE_SHARE: f32 = 0.2;

/// Lines closer than this, in x-heights, are not lines.
const MIN_PITCH: f32 = 1.35;

/// The quick checks, before any work that grows faster than the page.
pub(super) fn worth_a_look(ink: &Components, measure: &Measure) -> Result<(), NotPlain> {
    let letters = ink.all.iter().filter(|c| measure.letter_like(c)).count();
    if !X_HEIGHTS.contains(&measure.x_height) || letters < MIN_LETTERS {
        return Err(NotPlain::LittleText);
    }
    if letters > MAX_LETTERS {
        return Err(NotPlain::Noise);
    }
    let x = measure.x_height;
    let inner = || ink.all.iter().filter(|c| !ink.at_edge(c));
    if inner().filter(|c| is_rule(c, measure)).count() > MAX_RULES {
        return Err(NotPlain::Rules);
    }
    leftover::underlined(ink, measure)?;
    if inner().any(|c| is_picture(c, ink, x)) {
        return Err(NotPlain::Picture);
    }
    Ok(())
}

/// Whether a piece is long and, but for the slope of the page, thin.
fn is_rule(c: &Component, measure: &Measure) -> bool {
    let (x, slope) = (measure.x_height, measure.slope.abs());
    let (w, h) = (
        c.width() - slope * c.height(),
        c.height() - slope * c.width(),
    );
    (w > 20.0 * x && h < 2.0 * x) || (h > 10.0 * x && w < 2.0 * x)
}

fn is_picture(c: &Component, ink: &Components, x: f32) -> bool {
    let page = ink.width as f32 * ink.height as f32;
    c.ink as f32 > PICTURE * page || (c.width() > 0.3 * ink.width as f32 && c.height() > 6.0 * x)
}

/// The checks of the lines that were found.
pub(super) fn check(
    ink: &Components,
    measure: &Measure,
    lines: &[TextLine],
) -> Result<(), NotPlain> {
    if lines.len() < MIN_LINES {
        return Err(NotPlain::LittleText);
    }
    leftover::words(ink, measure, lines)?;
    let x = measure.x_height;
    if scattered(ink, measure, lines) > MAX_SCATTERED {
        return Err(NotPlain::Scattered);
    }
    let beside = count_beside(lines, x);
    if beside > MAX_BESIDE || beside as f32 > MAX_BESIDE_SHARE * lines.len() as f32 + 2.0 {
        return Err(NotPlain::Columns);
    }
    let mut baselines: Vec<f32> = lines.iter().map(|line| line.baseline).collect();
    baselines.sort_by(f32::total_cmp);
    let mut pitches: Vec<f32> = baselines.windows(2).map(|two| two[1] - two[0]).collect();
    if quantile(&mut pitches, 0.5) < MIN_PITCH * x {
        return Err(NotPlain::Crowded);
    }
    Ok(())
}

/// The share of what may be letters that stands in no line.
fn scattered(ink: &Components, measure: &Measure, lines: &[TextLine]) -> f32 {
    let mut placed = vec![false; ink.all.len()];
    for piece in lines.iter().flat_map(|line| &line.pieces) {
        placed[*piece] = true;
    }
    let x = measure.x_height;
    let (mut letters, mut loose) = (0_u32, 0_u32);
    for (c, placed) in ink.all.iter().zip(placed) {
        let (w, h) = (c.width(), c.height());
        let sized = (0.62 * x..=3.6 * x).contains(&h) && (0.1 * x..12.0 * x).contains(&w);
        if sized && !ink.at_edge(c) {
            letters += 1;
            loose += u32::from(!placed);
        }
    }
    loose as f32 / letters.max(1) as f32
}

/// How many lines have another beside them.
fn count_beside(lines: &[TextLine], x: f32) -> usize {
    let beside = |a: &TextLine, b: &TextLine| {
        (a.baseline - b.baseline).abs() < 1.3 * x && (a.right < b.left || b.right < a.left)
    };
    let has_neighbour = |a: &&TextLine| lines.iter().any(|b| beside(a, b));
    lines.iter().filter(has_neighbour).count()
}

impl Components {
    /// Whether a component touches the edge of the page: the scanner's lid, not print.
    pub(in crate::imaging) fn at_edge(&self, c: &Component) -> bool {
        const EDGE: i32 = 2;
        c.left <= EDGE
            || c.top <= EDGE
            || c.right >= self.width - EDGE
            || c.bottom >= self.height - EDGE
    }
}

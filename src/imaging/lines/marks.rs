//! Small marks: dots and stops belong to lines, specks do not.

use super::{Measure, TextLine};
use crate::imaging::components::{Component, Components};

/// A mark with both sides under this is dirt, in x-heights.
const DIRT: f32 = 0.07;

/// Marks smaller than this are tiny (x-heights): only the dot over a stem or a stop close
/// behind a letter is kept.
const TINY: f32 = 0.16;

/// Anything smaller than this on both sides, in x-heights, is a mark, not a letter.
const MARK: f32 = 0.42;

/// A mark this near to a letter, in x-heights, is a chip of it.
const CHIP: f32 = 0.11;

/// Letters reach this high, in x-heights.
const LETTER: f32 = 0.6;

/// When more marks than this share of the letters look like specks, the print is broken
/// and they are its pieces: all are kept.
const BROKEN_PRINT: f32 = 0.06;

/// How many pieces to each side can be a mark's partner.
const NEIGHBOURS: usize = 12;

/// Puts each small piece into the line that it stands in or next to.
pub(super) fn attach(ink: &Components, measure: &Measure, lines: &mut [TextLine]) {
    let mut placed = vec![false; ink.all.len()];
    for piece in lines.iter().flat_map(|line| &line.pieces) {
        placed[*piece] = true;
    }
    let small =
        |c: &Component| c.height() <= 2.5 * measure.x_height && c.width() <= 8.0 * measure.x_height;
    let spans: Vec<Span> = lines.iter().map(Span::of).collect();
    for (number, c) in ink.all.iter().enumerate() {
        if placed[number] || !small(c) {
            continue;
        }
        let home = spans
            .iter()
            .enumerate()
            .filter_map(|(line, span)| Some((line, span.distance(c, measure)?)))
            .min_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((line, _)) = home
            && c.extent() >= DIRT * lines[line].x_height
        {
            lines[line].pieces.push(number);
        }
    }
    for line in lines {
        line.pieces.sort_by_key(|i| (ink.all[*i].left, *i));
    }
}

/// Where a line stood before marks came to it.
struct Span {
    left: i32,
    right: i32,
    baseline: f32,
    x: f32,
}

impl Span {
    fn of(line: &TextLine) -> Self {
        Self {
            left: line.left,
            right: line.right,
            baseline: line.baseline,
            x: line.x_height,
        }
    }

    /// How far a mark is from the line's middle; `None` when it is too far to belong to it.
    fn distance(&self, c: &Component, measure: &Measure) -> Option<f32> {
        let (top, bottom) = measure.level(c);
        let x = self.x;
        if top < self.baseline - 1.75 * x || bottom > self.baseline + 0.75 * x {
            return None;
        }
        let gap = (self.left - c.right).max(c.left - self.right).max(0) as f32;
        let middle = self.baseline - 0.5 * x;
        (gap <= 1.6 * x).then(|| gap + ((top + bottom) * 0.5 - middle).abs())
    }
}

/// Drops what is too small and too oddly placed to be written, unless the print is broken.
pub(super) fn drop_specks(ink: &Components, measure: &Measure, lines: &mut [TextLine]) {
    let mut letters = 0_usize;
    let mut specks = 0_usize;
    let mut kept = Vec::with_capacity(lines.len());
    for line in &*lines {
        let view = View { ink, measure, line };
        let written: Vec<usize> = (0..line.pieces.len())
            .filter(|place| view.plausible(*place))
            .map(|place| line.pieces[place])
            .collect();
        let tall = |i: &&usize| ink.all[**i].height() >= LETTER * line.x_height;
        letters += line.pieces.iter().filter(tall).count();
        specks += line.pieces.len() - written.len();
        kept.push(written);
    }
    let broken = specks as f32 > BROKEN_PRINT * letters as f32;
    for (line, written) in lines.iter_mut().zip(kept) {
        if !broken {
            line.pieces = written;
        }
        let pieces = line.pieces.iter().map(|i| &ink.all[*i]);
        line.left = pieces.clone().map(|c| c.left).min().unwrap_or(line.left);
        line.right = pieces.map(|c| c.right).max().unwrap_or(line.right);
    }
}

/// A line whose marks are judged.
struct View<'a> {
    ink: &'a Components,
    measure: &'a Measure,
    line: &'a TextLine,
}

/// A mark in x-heights of its line, heights from the baseline down.
struct Mark<'a> {
    c: &'a Component,
    width: f32,
    height: f32,
    top: f32,
    bottom: f32,
}

impl Mark<'_> {
    fn tiny(&self) -> bool {
        self.width.max(self.height) < TINY
    }

    /// A full stop or a comma by its place alone.
    fn is_stop(&self) -> bool {
        let hangs = self.top < 0.1 && self.bottom < 0.5;
        !self.tiny() && self.bottom > -0.2 && (self.bottom < 0.25 || hangs)
    }

    fn is_apostrophe(&self) -> bool {
        self.bottom <= -0.6 && self.height >= 1.3 * self.width && self.height >= 0.25
    }

    fn is_dash(&self) -> bool {
        let long = self.width >= 1.5 * self.height && self.width >= 0.22;
        long && self.bottom < -0.2 && self.top > -0.8
    }
}

impl View<'_> {
    fn mark(&self, place: usize) -> Mark<'_> {
        let c = &self.ink.all[self.line.pieces[place]];
        let x = self.line.x_height;
        let (top, bottom) = self.measure.level(c);
        Mark {
            c,
            width: c.width() / x,
            height: c.height() / x,
            top: (top - self.line.baseline) / x,
            bottom: (bottom - self.line.baseline) / x,
        }
    }

    /// Whether a piece is written: a letter, or a mark where marks are made.
    fn plausible(&self, place: usize) -> bool {
        let mark = self.mark(place);
        let x = self.line.x_height;
        let large = mark.width.max(mark.height) >= MARK;
        if large || mark.c.ink as f32 >= 0.09 * x * x {
            return true;
        }
        mark.is_stop()
            || mark.is_apostrophe()
            || mark.is_dash()
            || self.is_tiny_stop(place, &mark)
            || self.has_partner(place, &mark)
    }

    /// A tiny stop stands on the baseline, close behind a letter, with no letter close
    /// behind it.
    fn is_tiny_stop(&self, place: usize, mark: &Mark<'_>) -> bool {
        if !mark.tiny() || mark.bottom.abs() > 0.13 {
            return false;
        }
        let x = self.line.x_height;
        let tall = |i: &&usize| self.ink.all[**i].height() >= LETTER * x;
        let behind = |i: &usize| {
            let letter = &self.ink.all[*i];
            let gap = (mark.c.left - letter.right) as f32 / x;
            let foot = self.measure.level(letter).1 - self.line.baseline;
            (-0.05..=0.42).contains(&gap) && foot > -0.2 * x
        };
        let close = |i: &usize| ((self.ink.all[*i].left - mark.c.right) as f32) < 0.12 * x;
        let pieces = &self.line.pieces;
        let before = &pieces[place.saturating_sub(8)..place];
        let after = &pieces[place + 1..(place + 8).min(pieces.len())];
        before.iter().filter(tall).any(behind) && !after.iter().filter(tall).any(close)
    }

    /// Over a stem, over another dot, or a chip of a letter.
    fn has_partner(&self, place: usize, mark: &Mark<'_>) -> bool {
        let pieces = &self.line.pieces;
        let near = place.saturating_sub(NEIGHBOURS)..(place + NEIGHBOURS).min(pieces.len());
        near.filter(|other| *other != place)
            .map(|other| &self.ink.all[pieces[other]])
            .any(|other| self.are_partners(mark, other))
    }

    fn are_partners(&self, mark: &Mark<'_>, other: &Component) -> bool {
        let x = self.line.x_height;
        let overlap = (mark.c.right.min(other.right) - mark.c.left.max(other.left)) as f32;
        let below = (other.top - mark.c.bottom) as f32;
        let gap = (mark.c.top.max(other.top) - mark.c.bottom.min(other.bottom)) as f32;
        let over_stem = if mark.tiny() {
            overlap >= mark.c.width()
                && other.width() <= 0.55 * x
                && below > 0.0
                && below < 0.65 * x
                && mark.bottom < -1.05
                && (mark.c.middle() - other.middle()).abs() < 0.3 * x
                && other.height() > LETTER * x
        } else {
            overlap >= 0.5 * mark.c.width()
                && (-1.0..0.75 * x).contains(&below)
                && mark.bottom < -0.6
                && other.width() < 1.1 * x
        };
        let is_letter = other.extent() >= MARK * x;
        let over_dot = !is_letter
            && overlap >= 0.4 * mark.c.width()
            && below >= 0.0
            && mark.bottom < -0.4
            && other.extent() >= 0.6 * mark.c.extent();
        let chip = is_letter
            && (-overlap).max(0.0) <= CHIP * x
            && gap <= CHIP * x
            && gap.max(-overlap) >= 0.0;
        over_stem || over_dot || chip
    }
}

//! Printed frames and lines, taken out of a scan without the strokes that cross them.

use std::ops::Range;

use crate::domain::geometry::Area;
use crate::imaging::warp::{Patch, middle};

/// How far a line may lie from where the form has it, in pixels (0.35 mm).
const STRAY: isize = 3;
/// How far a line's end may stand out beyond its corner, mm.
const BLOT: f64 = 0.3;
/// How much more ink a line must have, of 255, to be taken for the one that is meant
/// although it is a pixel further off.
const NEARER: i32 = 12;
/// A line is there when its median is at least this, of 255.
const LINE: u8 = 60;
/// Rows beside a line's middle that may belong to it, with this much ink: half of two
/// frames side by side, and its blurred edge.
const BESIDE: usize = 2;
const EDGE: u8 = 25;
/// Ink on both sides of a line within this many pixels is a stroke that crosses it.
const SLANT: isize = 3;
/// What counts as a stroke's ink.
const STROKE: u8 = 100;

impl Patch {
    /// Takes the frame of a box out; the ink of the frame lies outside the box and is
    /// `thick` mm.
    pub fn drop_frame(&mut self, inside: &Area, thick: f64) {
        let Area { x, y, w, h } = *inside;
        // A line's ends blot a little beyond the corner.
        let beyond = thick + BLOT;
        let (left, wide) = (x - beyond, w + 2.0 * beyond);
        let (top, tall) = (y - beyond, h + 2.0 * beyond);
        self.drop(&Area::new(left, y - thick, wide, thick), false, beyond);
        self.drop(
            &Area::new(left, inside.bottom(), wide, thick),
            false,
            beyond,
        );
        self.drop(&Area::new(x - thick, top, thick, tall), true, beyond);
        self.drop(&Area::new(inside.right(), top, thick, tall), true, beyond);
    }

    /// Whether the frame of a box can be seen: three of its four lines.
    pub fn has_frame(&mut self, inside: &Area, thick: f64) -> bool {
        let Area { x, y, w, h } = *inside;
        let lines = [
            (Area::new(x, y - thick, w, thick), false),
            (Area::new(x, inside.bottom(), w, thick), false),
            (Area::new(x - thick, y, thick, h), true),
            (Area::new(inside.right(), y, thick, h), true),
        ];
        let seen = lines.iter().filter(|(line, upright)| {
            let (columns, rows) = self.pixels_of(line);
            let middle = self.pixel_of(middle(line));
            let (along, across) = if *upright {
                (rows, middle.x)
            } else {
                (columns, middle.y)
            };
            let strip = self.strip(*upright);
            let along = along.start as isize..along.end as isize;
            strip.line(&along, across as isize).is_some()
        });
        seen.count() >= 3
    }

    fn strip(&mut self, upright: bool) -> Strip<'_> {
        Strip {
            width: self.width as isize,
            height: self.height as isize,
            ink: &mut self.ink,
            upright,
        }
    }

    /// Takes the line out that an open field is written on.
    pub fn drop_line(&mut self, line: &Area) {
        self.drop(line, false, 0.0);
    }

    /// Takes one printed line out, across or `upright`, piece by piece: a long line
    /// may wander. Other lines begin within `corner` mm of its ends.
    fn drop(&mut self, line: &Area, upright: bool, corner: f64) {
        const PIECE: usize = 64;
        let (columns, rows) = self.pixels_of(line);
        let middle = self.pixel_of(middle(line));
        let (along, across) = if upright {
            (rows, middle.x)
        } else {
            (columns, middle.y)
        };
        let corner = (corner * self.density).ceil() as usize;
        let open = (along.start + corner) as isize..along.end.saturating_sub(corner) as isize;
        let mut strip = self.strip(upright);
        let pieces = along.len().div_ceil(PIECE).max(1);
        let end = |piece: usize| (along.start + along.len() * piece / pieces) as isize;
        for piece in 0..pieces {
            strip.drop(end(piece)..end(piece + 1), across as isize, &open);
        }
    }
}

/// A patch seen along a line: the first coordinate counts along it, the second over it.
struct Strip<'a> {
    width: isize,
    height: isize,
    ink: &'a mut [u8],
    upright: bool,
}

impl Strip<'_> {
    fn place(&self, along: isize, over: isize) -> Option<usize> {
        let (x, y) = if self.upright {
            (over, along)
        } else {
            (along, over)
        };
        let inside = x >= 0 && y >= 0 && x < self.width && y < self.height;
        inside.then_some((y * self.width + x) as usize)
    }

    fn ink(&self, along: isize, over: isize) -> u8 {
        self.place(along, over).map_or(0, |place| self.ink[place])
    }

    /// What most of a row has in common.
    fn median(&self, along: &Range<isize>, over: isize) -> u8 {
        let mut ink: Vec<u8> = along.clone().map(|at| self.ink(at, over)).collect();
        let half = ink.len() / 2;
        if ink.is_empty() {
            0
        } else {
            *ink.select_nth_unstable(half).1
        }
    }

    /// The rows of a line near where it should be, each with its ink; none when there
    /// is no line.
    fn line(&self, along: &Range<isize>, over: isize) -> Option<Vec<(isize, u8)>> {
        let first = over - 2 * STRAY;
        let medians: Vec<u8> = (first..=over + 2 * STRAY)
            .map(|row| self.median(along, row))
            .collect();
        let near = (STRAY as usize)..=(3 * STRAY as usize);
        let close =
            |at: usize| i32::from(medians[at]) - NEARER * (at as i32 - 2 * STRAY as i32).abs();
        let peak = near.max_by_key(|at| close(*at))?;
        let (mut top, mut bottom) = (peak, peak);
        let belongs = |at: usize| at.abs_diff(peak) <= BESIDE && medians[at] > EDGE;
        while top > 0 && belongs(top - 1) {
            top -= 1;
        }
        while bottom + 1 < medians.len() && belongs(bottom + 1) {
            bottom += 1;
        }
        let rows = (top..=bottom).map(|at| (first + at as isize, medians[at]));
        (medians[peak] >= LINE).then(|| rows.collect())
    }

    /// Takes a line out; strokes may cross it in its open part.
    fn drop(&mut self, along: Range<isize>, over: isize, open: &Range<isize>) {
        let Some(rows) = self.line(&along, over) else {
            return;
        };
        let (before, after) = (rows[0].0 - 1, rows[rows.len() - 1].0 + 1);
        let crossed: Vec<bool> = along
            .clone()
            .map(|at| open.contains(&at) && self.crossed(at, before, after))
            .collect();
        for (at, _) in along.zip(crossed).filter(|(_, crossed)| !crossed) {
            for (row, ink) in &rows {
                if let Some(place) = self.place(at, *row) {
                    let left = self.ink[place].saturating_sub(*ink);
                    self.ink[place] = if left > STROKE { left } else { 0 };
                }
            }
        }
    }

    /// Whether a stroke goes through the line here, upright or slanting.
    fn crossed(&self, at: isize, before: isize, after: isize) -> bool {
        (-SLANT..=SLANT)
            .any(|off| self.ink(at + off, before) >= STROKE && self.ink(at - off, after) >= STROKE)
    }
}

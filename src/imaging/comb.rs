//! Boxes and combs taken out of a scan, and what is written in them shared out, each
//! character whole to the box it stands in.
//!
//! Method: a printed line is what most of its length has in common (the median across
//! it); it is taken off, except where a stroke goes on beyond it on both sides. What is
//! left falls into connected pieces; a piece belongs to the box that has most of it, and
//! only one that fills two boxes is cut between them.

use std::collections::BTreeMap;
use std::ops::Range;

use super::components::{Component, Components, Run};
use super::pix::PixError;
use super::plane::packed;
use super::warp::{Patch, Point, middle};
use crate::domain::geometry::Area;

/// Pixels to a mm at which boxes are cut: 203 dpi.
pub const DENSITY: f64 = 8.0;

/// How far a line may lie from where the form has it, in pixels (0.35 mm).
const STRAY: isize = 3;
/// How far a line's end may stand out beyond its corner, mm.
const BLOT: f64 = 0.3;
/// A line is there when its median is at least this, of 255.
const LINE: u8 = 60;
/// Rows beside a line that belong to it: its blurred edge.
const EDGE: u8 = 25;
/// Ink on both sides of a line within this many pixels is a stroke that crosses it.
const SLANT: isize = 3;
/// What counts as a stroke's ink.
const STROKE: u8 = 100;

/// Ink from which a pixel belongs to a piece, of 255.
const INK: u8 = 96;
/// Writing may run over its box by this much, mm.
const OVER: f64 = 0.9;
/// Margin around a cut box, mm: where its own strokes may end.
pub const MARGIN: f64 = 1.2;
/// Smaller pieces are specks, in squared mm: three specks of the scanner's at 300 dpi.
const SPECK: f64 = 0.03;
/// A piece of which less than this share lies in the row is beside it.
const OURS: f64 = 0.4;
/// A piece is cut when the second box has this share of it, and more than the tail of
/// a stroke (squared mm).
const DIVIDED: f64 = 0.25;
const STROKE_AREA: f64 = 0.5;

/// What stands in one box.
#[derive(Debug, Clone, PartialEq)]
pub struct Cut {
    /// The box and a margin around it, with this box's ink alone.
    pub patch: Patch,
    /// Ink in squared mm, specks left out.
    pub ink: f64,
}

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
        let mut strip = Strip {
            width: self.width as isize,
            height: self.height as isize,
            ink: &mut self.ink,
            upright,
        };
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

    /// Takes a line out; strokes may cross it in its open part.
    fn drop(&mut self, along: Range<isize>, over: isize, open: &Range<isize>) {
        let medians: Vec<u8> = (-2 * STRAY..=2 * STRAY)
            .map(|off| self.median(&along, over + off))
            .collect();
        let near = (STRAY as usize)..=(3 * STRAY as usize);
        let Some(peak) = near
            .max_by_key(|at| medians[*at])
            .filter(|at| medians[*at] >= LINE)
        else {
            return;
        };
        let (mut first, mut last) = (peak, peak);
        while first > 0 && peak - first < STRAY as usize && medians[first - 1] > EDGE {
            first -= 1;
        }
        while last + 1 < medians.len() && last - peak < STRAY as usize && medians[last + 1] > EDGE {
            last += 1;
        }
        let row = |at: usize| over + at as isize - 2 * STRAY;
        let crossed: Vec<bool> = along
            .clone()
            .map(|at| open.contains(&at) && self.crossed(at, row(first) - 1, row(last) + 1))
            .collect();
        for (at, crossed) in along.zip(crossed) {
            for line in first..=last {
                if let Some(place) = self.place(at, row(line)).filter(|_| !crossed) {
                    let left = self.ink[place].saturating_sub(medians[line]);
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

/// The ink of a row of boxes, shared out among them. The row's frames must be out of it.
pub fn cut(row: &Patch, boxes: &[Area]) -> Result<Vec<Cut>, PixError> {
    let mut owners = Owners::new(row, boxes);
    if let Some(pieces) = Components::of(&packed(&row.ink, row.width, INK)?)? {
        owners.share_out(&pieces);
    }
    let each = boxes.iter().enumerate();
    Ok(each
        .map(|(number, place)| owners.cut(number, place))
        .collect())
}

/// Whose each pixel of a row is.
struct Owners<'a> {
    row: &'a Patch,
    /// The first column of each box's cell, and the end of the last.
    cells: Vec<i32>,
    /// Rows in which a box's writing may stand.
    rows: Range<i32>,
    /// The number of each pixel's box, from 1; 0 is nobody's.
    owner: Vec<u16>,
    /// Pixels of ink of each box.
    ink: Vec<u32>,
}

impl<'a> Owners<'a> {
    fn new(row: &'a Patch, boxes: &[Area]) -> Self {
        let column = |x: f64| row.pixel_of(Point::new(x, 0.0)).x.round() as i32;
        let line = |y: f64| row.pixel_of(Point::new(0.0, y)).y.round() as i32;
        let between = boxes
            .windows(2)
            .map(|two| column((two[0].right() + two[1].x) / 2.0));
        let first = boxes.iter().take(1).map(|place| column(place.x - OVER));
        let last = boxes.last().map(|place| column(place.right() + OVER));
        let (top, bottom) = boxes
            .first()
            .map_or((0.0, 0.0), |place| (place.y, place.bottom()));
        Self {
            row,
            cells: first.chain(between).chain(last).collect(),
            rows: line(top - OVER)..line(bottom + OVER),
            owner: vec![0; row.ink.len()],
            ink: vec![0; boxes.len()],
        }
    }

    /// The cell of a column.
    fn cell(&self, column: i32) -> Option<usize> {
        let after = self.cells.partition_point(|start| *start <= column);
        (after > 0 && after < self.cells.len()).then(|| after - 1)
    }

    /// The parts of a run, each within one cell.
    fn parts(&self, run: &Run) -> Vec<(usize, Range<i32>)> {
        let (mut parts, mut from) = (Vec::new(), run.from);
        while from < run.to {
            let after = self.cells.partition_point(|start| *start <= from);
            let to = self
                .cells
                .get(after)
                .map_or(run.to, |next| run.to.min(*next));
            if let Some(cell) = self.cell(from) {
                parts.push((cell, from..to));
            }
            from = to;
        }
        parts
    }

    fn share_out(&mut self, pieces: &Components) {
        let mut shares = vec![BTreeMap::<usize, u32>::new(); pieces.all.len()];
        for run in pieces.runs.iter().filter(|run| self.rows.contains(&run.y)) {
            for (cell, columns) in self.parts(run) {
                *shares[run.component as usize].entry(cell).or_default() += columns.len() as u32;
            }
        }
        let fates: Vec<Fate> = pieces
            .all
            .iter()
            .zip(&shares)
            .map(|(piece, shares)| self.fate(piece, shares))
            .collect();
        for run in &pieces.runs {
            match fates[run.component as usize] {
                Fate::Nobody => {}
                Fate::Whole(cell) => self.give(run.y, run.from..run.to, cell),
                Fate::Divided => {
                    for (cell, columns) in self.parts(run) {
                        self.give(run.y, columns, cell);
                    }
                }
            }
        }
    }

    fn fate(&self, piece: &Component, shares: &BTreeMap<usize, u32>) -> Fate {
        let square = self.row.density * self.row.density;
        let inside: u32 = shares.values().sum();
        if f64::from(piece.ink) < SPECK * square || f64::from(inside) < OURS * f64::from(piece.ink)
        {
            return Fate::Nobody;
        }
        let mut ordered: Vec<_> = shares.iter().map(|(cell, ink)| (*ink, *cell)).collect();
        ordered.sort_unstable_by(|a, b| b.cmp(a));
        let second = ordered.get(1).map_or(0.0, |(ink, _)| f64::from(*ink));
        if second > DIVIDED * f64::from(inside) && second > STROKE_AREA * square {
            return Fate::Divided;
        }
        ordered
            .first()
            .map_or(Fate::Nobody, |(_, cell)| Fate::Whole(*cell))
    }

    fn give(&mut self, y: i32, columns: Range<i32>, cell: usize) {
        let start = y.unsigned_abs() as usize * self.row.width;
        self.ink[cell] += columns.len() as u32;
        for column in columns {
            self.owner[start + column.unsigned_abs() as usize] = cell as u16 + 1;
        }
    }

    /// The box with its own ink, the soft edges of its strokes too.
    fn cut(&self, number: usize, place: &Area) -> Cut {
        let around = Area::new(
            place.x - MARGIN,
            place.y - MARGIN,
            place.w + 2.0 * MARGIN,
            place.h + 2.0 * MARGIN,
        );
        let mut patch = Patch::blank(&around, self.row.density);
        let first = self.row.pixel_of(patch.corner);
        let (left, top) = (first.x.round() as isize, first.y.round() as isize);
        let (width, height) = (
            self.row.width as isize,
            self.row.ink.len() / self.row.width.max(1),
        );
        let mine = number as u16 + 1;
        let owner = |x: isize, y: isize| {
            let inside = x >= 0 && y >= 0 && x < width && y < height as isize;
            if inside {
                self.owner[(y * width + x) as usize]
            } else {
                0
            }
        };
        for (at, pixel) in patch.ink.iter_mut().enumerate() {
            let (x, y) = (
                left + (at % patch.width) as isize,
                top + (at / patch.width) as isize,
            );
            let beside = [(x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)];
            let here = owner(x, y);
            let edge = here == 0 && beside.iter().any(|(x, y)| owner(*x, *y) == mine);
            if here == mine || (edge && x >= 0 && y >= 0 && x < width && y < height as isize) {
                *pixel = self.row.ink[(y * width + x) as usize];
            }
        }
        Cut {
            patch,
            ink: f64::from(self.ink[number]) / (self.row.density * self.row.density),
        }
    }
}

/// Whose a connected piece of ink is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// A speck, or something beside the boxes.
    Nobody,
    /// One box's, with what runs over its edges.
    Whole(usize),
    /// Two characters that touch: each box has what lies in it.
    Divided,
}

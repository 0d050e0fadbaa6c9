//! Boxes and combs taken out of a scan, and what is written in them shared out, each
//! character whole to the box it stands in.
//!
//! Method: a printed line is what most of its length has in common (the median across
//! it); it is taken off, except where a stroke goes on beyond it on both sides. What is
//! left falls into connected pieces; a piece belongs to the box that has most of it, and
//! only one that fills two boxes is cut between them.

mod frames;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::Range;

use super::components::{Component, Components, Run};
use super::pix::PixError;
use super::plane::packed;
use super::warp::{Patch, Point};
use crate::domain::geometry::Area;

/// Pixels to a mm at which boxes are cut: 203 dpi.
pub const DENSITY: f64 = 8.0;

/// Ink from which a pixel belongs to a piece, of 255.
const INK: u8 = 64;
/// Writing may run over its box by this much, mm.
const OVER: f64 = 0.9;
/// Margin around a cut box, mm: where its own strokes may end.
pub const MARGIN: f64 = 1.2;
/// Smaller pieces are specks, in squared mm; the dot of a fine pen has 0.12.
const SPECK: f64 = 0.1;
/// Pieces smaller than this (squared mm) that come no nearer to the middle of any box
/// than this (mm) are what is left of its frame.
const REST: f64 = 0.35;
const BESIDE_FRAME: f64 = 0.45;
/// A piece through the whole row, thinner than this in mm, is a streak of the scanner's
/// or a fold.
const THIN: f64 = 0.5;
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
    /// The part of it well within the box, where no frame was.
    pub inner: f64,
    /// The longer side of its largest piece, mm.
    pub extent: f64,
    /// Specks well within the box, in squared mm; all of it, where there were too many
    /// pieces to tell apart.
    pub specks: f64,
}

/// The ink of a row of boxes, shared out among them. The row's frames must be out of it.
pub fn cut(row: &Patch, boxes: &[Area]) -> Result<Vec<Cut>, PixError> {
    let mut owners = Owners::new(row, boxes);
    if let Some(pieces) = Components::of(&packed(&row.ink, row.width, INK)?)? {
        owners.share_out(&pieces);
    } else {
        owners.specks.fill(u32::MAX);
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
    /// The columns and rows of each box that lie well within its frame.
    boxes: Vec<(Range<i32>, Range<i32>)>,
    /// The number of each pixel's box, from 1; 0 is nobody's.
    owner: Vec<u16>,
    /// Pixels of ink of each box, and those of them well within it.
    ink: Vec<u32>,
    inner: Vec<u32>,
    /// The longer side of each box's largest piece, in pixels.
    extent: Vec<f32>,
    /// Pixels of specks well within each box.
    specks: Vec<u32>,
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
            boxes: boxes
                .iter()
                .map(|place| {
                    let columns =
                        column(place.x + BESIDE_FRAME)..column(place.right() - BESIDE_FRAME);
                    (
                        columns,
                        line(place.y + BESIDE_FRAME)..line(place.bottom() - BESIDE_FRAME),
                    )
                })
                .collect(),
            owner: vec![0; row.ink.len()],
            ink: vec![0; boxes.len()],
            inner: vec![0; boxes.len()],
            extent: vec![0.0; boxes.len()],
            specks: vec![0; boxes.len()],
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
        for ((piece, fate), shares) in pieces.all.iter().zip(&fates).zip(&shares) {
            let boxes: Vec<usize> = match fate {
                Fate::Nobody => Vec::new(),
                Fate::Whole(cell) => vec![*cell],
                Fate::Divided => shares.keys().copied().collect(),
            };
            for cell in boxes {
                self.extent[cell] = self.extent[cell].max(piece.extent());
            }
        }
        for run in &pieces.runs {
            match fates[run.component as usize] {
                Fate::Nobody => self.drop_speck(run, &pieces.all[run.component as usize]),
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
        let ink = f64::from(piece.ink);
        if ink < SPECK * square
            || f64::from(inside) < OURS * ink
            || (ink < REST * square && !self.within_a_box(piece))
            || self.is_streak(piece)
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

    /// Whether a piece reaches into a box, beyond where its frame was.
    fn within_a_box(&self, piece: &Component) -> bool {
        self.boxes.iter().any(|(columns, rows)| {
            let across = piece.left < columns.end && piece.right > columns.start;
            across && piece.top < rows.end && piece.bottom > rows.start
        })
    }

    /// Whether a piece is a thin line through the whole row, up and down or along.
    fn is_streak(&self, piece: &Component) -> bool {
        let thin = |length: f32| f64::from(length) < THIN * self.row.density;
        let height = self.row.ink.len() / self.row.width.max(1);
        let cells = self.cells.windows(2).map(|cell| cell[1] - cell[0]);
        let three = cells.max().unwrap_or(0) * 3;
        // A single box is as wide as its row.
        let long = three.min(self.row.width as i32 - 4);
        (thin(piece.width()) && piece.height() as usize + 4 > height)
            || (thin(piece.height()) && piece.right - piece.left > long)
    }

    /// Counts a run of a speck in the box that it lies in.
    fn drop_speck(&mut self, run: &Run, piece: &Component) {
        let within = |(columns, rows): &(Range<i32>, Range<i32>)| {
            rows.contains(&run.y) && columns.contains(&run.from)
        };
        if !self.is_streak(piece)
            && let Some(cell) = self.boxes.iter().position(within)
        {
            self.specks[cell] += (run.to - run.from).unsigned_abs();
        }
    }

    fn give(&mut self, y: i32, columns: Range<i32>, cell: usize) {
        let start = y.unsigned_abs() as usize * self.row.width;
        self.ink[cell] += columns.len() as u32;
        let (across, down) = &self.boxes[cell];
        if down.contains(&y) {
            let within = columns.end.min(across.end) - columns.start.max(across.start);
            self.inner[cell] += within.max(0).unsigned_abs();
        }
        for column in columns {
            self.owner[start + column.unsigned_abs() as usize] = cell as u16 + 1;
        }
    }

    /// The box with its own ink, the soft edges of its strokes too.
    fn cut(&self, number: usize, place: &Area) -> Cut {
        let mut patch = Patch::blank(&place.grown(MARGIN), self.row.density);
        let first = self.row.pixel_of(patch.corner);
        let (left, top) = (first.x.round() as isize, first.y.round() as isize);
        let (width, height) = (
            self.row.width as isize,
            self.row.ink.len() / self.row.width.max(1),
        );
        let mine = number as u16 + 1;
        // Most boxes of a card are empty.
        let pixels = if self.ink[number] > 0 {
            patch.ink.len()
        } else {
            0
        };
        let owner = |x: isize, y: isize| {
            let inside = x >= 0 && y >= 0 && x < width && y < height as isize;
            if inside {
                self.owner[(y * width + x) as usize]
            } else {
                0
            }
        };
        for (at, pixel) in patch.ink.iter_mut().enumerate().take(pixels) {
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
        let square = self.row.density * self.row.density;
        Cut {
            patch,
            ink: f64::from(self.ink[number]) / square,
            inner: f64::from(self.inner[number]) / square,
            extent: f64::from(self.extent[number]) / self.row.density,
            specks: f64::from(self.specks[number]) / square,
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

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
        let three = self
            .cells
            .windows(2)
            .map(|cell| cell[1] - cell[0])
            .max()
            .unwrap_or(0)
            * 3;
        (thin(piece.width()) && piece.height() as usize + 4 > height)
            || (thin(piece.height()) && piece.right - piece.left > three)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Three boxes of 5 x 6 mm, each with its frame, 1 mm apart.
    fn boxes() -> Vec<Area> {
        (0..3)
            .map(|at| Area::new(2.0 + 6.0 * f64::from(at), 2.0, 5.0, 6.0))
            .collect()
    }

    fn fill(patch: &mut Patch, x: f64, y: f64, w: f64, h: f64) {
        let (columns, rows) = patch.pixels_of(&Area::new(x, y, w, h));
        for row in rows {
            let start = row * patch.width;
            patch.ink[start + columns.start..start + columns.end].fill(255);
        }
    }

    const THICK: f64 = 0.25;

    /// The row with its frames printed, `off` mm to the right of where they should be.
    fn printed(off: f64) -> Patch {
        let mut patch = Patch::blank(&Area::new(0.0, 0.0, 22.0, 10.0), DENSITY);
        for Area { x, y, w, h } in boxes() {
            let (left, wide) = (x + off - THICK, w + 2.0 * THICK);
            fill(&mut patch, left, y - THICK, wide, THICK);
            fill(&mut patch, left, y + h, wide, THICK);
            fill(&mut patch, left, y - THICK, THICK, h + 2.0 * THICK);
            fill(&mut patch, x + off + w, y - THICK, THICK, h + 2.0 * THICK);
        }
        patch
    }

    fn without_frames(mut patch: Patch) -> Patch {
        for place in boxes() {
            patch.drop_frame(&place, THICK);
        }
        patch
    }

    /// Ink of each box in squared mm.
    fn inks(patch: Patch) -> Vec<f64> {
        let cuts = cut(&without_frames(patch), &boxes()).unwrap();
        cuts.iter().map(|cut| cut.ink).collect()
    }

    #[test]
    fn frames_go_whole_even_a_little_out_of_place() {
        for off in [-0.25, 0.0, 0.25] {
            let patch = printed(off);
            assert!(patch.clone().has_frame(&boxes()[1], THICK));
            let left = without_frames(patch);
            assert!(left.ink.iter().all(|ink| *ink == 0), "{off}");
            assert!(!left.clone().has_frame(&boxes()[1], THICK));
        }
    }

    #[test]
    fn a_stroke_across_a_frame_stays_whole_and_with_its_box() {
        let mut patch = printed(0.0);
        // From the middle of the first box up over its edge, and one down.
        fill(&mut patch, 4.0, 1.3, 0.5, 4.0);
        fill(&mut patch, 10.0, 6.0, 0.5, 2.6);
        let ink = inks(patch);
        assert!((ink[0] - 2.0).abs() < 0.1, "{ink:?}");
        assert!((ink[1] - 1.3).abs() < 0.1, "{ink:?}");
        assert!(ink[2] == 0.0);
    }

    #[test]
    fn what_runs_over_to_the_neighbour_travels_with_its_character() {
        let mut patch = printed(0.0);
        // Mostly in the second box, with a tail in the third.
        fill(&mut patch, 9.0, 5.0, 5.8, 0.4);
        let cuts = cut(&without_frames(patch), &boxes()).unwrap();
        assert!(cuts[1].ink > 2.0 && cuts[2].ink == 0.0 && cuts[0].ink == 0.0);
        let seen = cuts[1].patch.ink.iter().filter(|ink| **ink > 0).count() as f64;
        assert!(
            seen / (DENSITY * DENSITY) > 1.9,
            "it is in the picture, to the margin"
        );
    }

    #[test]
    fn characters_that_touch_are_divided() {
        let mut patch = printed(0.0);
        fill(&mut patch, 3.0, 5.0, 9.0, 0.5);
        let ink = inks(patch);
        assert!(ink[0] > 1.5 && ink[1] > 1.5, "{ink:?}");
    }

    #[test]
    fn specks_streaks_and_strays_are_nobodys() {
        let mut patch = printed(0.0);
        fill(&mut patch, 5.0, 5.0, 0.25, 0.25);
        fill(&mut patch, 10.0, 0.0, 0.2, 10.0);
        fill(&mut patch, 0.0, 9.2, 5.0, 0.6);
        assert_eq!(inks(patch), [0.0; 3]);
    }

    #[test]
    fn without_a_frame_strokes_in_its_place_stay() {
        let mut patch = Patch::blank(&Area::new(0.0, 0.0, 22.0, 10.0), DENSITY);
        fill(&mut patch, 1.6, 1.5, 0.5, 7.0);
        assert!(!patch.has_frame(&boxes()[0], THICK), "one line is no frame");
    }
}

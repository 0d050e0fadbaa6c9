//! Pieces of print that can be found again on a scan, each to a fraction of a tenth of
//! a millimetre: words, codes, corners of boxes.
//!
//! Method: the places of a blank sheet whose gradients go in all directions (Shi and
//! Tomasi 1994), each searched around where it is expected by normalised correlation,
//! over the pixels in and beside its print alone, so that handwriting next to it does
//! not count; between pixels by a parabola.

use std::collections::BTreeSet;

use super::plane::Plane;
use super::warp::{Patch, Point, Warp, middle};
use crate::domain::geometry::Area;

/// Pixels to a mm at which print is compared: 152 dpi.
pub const DENSITY: f64 = 6.0;

/// Size of a piece in mm: a word of a caption, the corner of a box.
const WIDTH: f64 = 9.0;
const HEIGHT: f64 = 6.0;
/// Candidates are tried every so many pixels; two pieces share at most a fifth.
const STRIDE: usize = 8;
const OVERLAP: f64 = 0.8;
/// The smaller eigenvalue of a piece's summed gradients, in squared ink: a third of
/// what the corner of one box has.
const STRUCTURE: f64 = 3.0e5;
/// No sheet needs more: a piece costs 0.05 ms.
const MOST: usize = 110;
/// The best piece of each square of this side, in mm, comes first: by strength alone an
/// A4 form's 110 were all in its combs, and its box to sign in, 40 mm below them, lay up
/// to 0.5 mm off (severity 3, 9 of 100 cards; November 2026).
const SQUARE: f64 = 30.0;
/// What counts as print, and how far beside it is looked, in pixels (0.35 mm).
const PRINT: u8 = 70;
const BESIDE: usize = 2;
/// A piece is found from this correlation on.
const FOUND: f32 = 0.6;

/// The first look goes in steps of so many pixels.
const COARSE: usize = 2;
/// What a piece's fit is taken down by for each pixel that it lies off: next to a row of
/// boxes the same lines come again 0.8 mm further on.
const OFF: f32 = 0.01;

/// A piece of print of a blank sheet.
#[derive(Debug, Clone)]
pub struct Anchor {
    /// Its middle on the sheet, mm.
    pub middle: Point,
    area: Area,
    /// The pixels in and beside the print, in runs along the rows.
    runs: Vec<Run>,
    /// The print as it is, and softened, for a first look: a line thinner than the
    /// steps of the search would be stepped over.
    sharp: Wanted,
    soft: Wanted,
}

/// What is looked for in the pixels of a piece.
#[derive(Debug, Clone)]
struct Wanted {
    /// How much darker each pixel is than their mean.
    ink: Vec<i16>,
    norm: f32,
    /// Their sum, which is not quite nothing, for they are whole numbers.
    rest_of_mean: f32,
}

/// Pixels beside each other.
#[derive(Debug, Clone, Copy)]
struct Run {
    column: usize,
    row: usize,
    length: usize,
}

/// Where a piece of print was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sighting {
    /// Its middle on the sheet, mm.
    pub middle: Point,
    /// How far from there it was found, mm.
    pub shift: Point,
    /// How well it fits, to 1.
    pub score: f64,
}

/// The pieces of a blank sheet, drawn with [`DENSITY`] pixels to a mm, that are best
/// found again.
pub fn anchors(blank: &Patch) -> Vec<Anchor> {
    let mut places = candidates(blank);
    places.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut apart: Vec<Point> = Vec::new();
    for (_, corner) in places {
        let is_apart = |other: &Point| {
            (other.x - corner.x).abs() > OVERLAP * WIDTH
                || (other.y - corner.y).abs() > OVERLAP * HEIGHT
        };
        if apart.iter().all(is_apart) {
            apart.push(corner);
        }
    }
    let (first, others) = best_of_squares(apart);
    let soft = blank.softened();
    let chosen = first.into_iter().chain(others).take(MOST);
    let areas = chosen.map(|corner| Area::new(corner.x, corner.y, WIDTH, HEIGHT));
    areas
        .filter_map(|area| Anchor::of(blank, &soft, area))
        .collect()
}

/// The first place in each square, and the others, both in order.
fn best_of_squares(places: Vec<Point>) -> (Vec<Point>, Vec<Point>) {
    let mut taken = BTreeSet::new();
    places.into_iter().partition(|corner| {
        let square = |at: f64| (at / SQUARE) as u32;
        taken.insert((square(corner.x), square(corner.y)))
    })
}

/// Places with structure in both directions, by how much.
fn candidates(blank: &Patch) -> Vec<(f64, Point)> {
    let tensor = Tensor::of(blank);
    let (width, height) = ((WIDTH * DENSITY) as usize, (HEIGHT * DENSITY) as usize);
    let tops = (0..blank.height.saturating_sub(height)).step_by(STRIDE);
    let corners = tops.flat_map(|top| {
        let lefts = (0..blank.width.saturating_sub(width)).step_by(STRIDE);
        lefts.map(move |left| (left, top))
    });
    let measured = corners.map(|(left, top)| {
        let corner = Point::new(left as f64 / DENSITY, top as f64 / DENSITY);
        (tensor.smaller_eigenvalue(left, top, width, height), corner)
    });
    measured.filter(|(value, _)| *value > STRUCTURE).collect()
}

/// Sums of squared gradients over every rectangle from the corner.
struct Tensor {
    width: usize,
    sums: Vec<[f64; 3]>,
}

impl Tensor {
    fn of(blank: &Patch) -> Self {
        let Patch { width, height, .. } = *blank;
        let ink = |x: usize, y: usize| f64::from(blank.ink[y * width + x]);
        let mut sums = vec![[0.0; 3]; (width + 1) * (height + 1)];
        for y in 0..height {
            let mut row = [0.0; 3];
            for x in 0..width {
                if x > 0 && y > 0 && x + 1 < width && y + 1 < height {
                    let across = (ink(x + 1, y) - ink(x - 1, y)) / 2.0;
                    let down = (ink(x, y + 1) - ink(x, y - 1)) / 2.0;
                    row[0] += across * across;
                    row[1] += across * down;
                    row[2] += down * down;
                }
                let above = sums[y * (width + 1) + x + 1];
                let here = &mut sums[(y + 1) * (width + 1) + x + 1];
                *here = std::array::from_fn(|at| above[at] + row[at]);
            }
        }
        Self {
            width: width + 1,
            sums,
        }
    }

    fn smaller_eigenvalue(&self, left: usize, top: usize, width: usize, height: usize) -> f64 {
        let at = |x: usize, y: usize| self.sums[y * self.width + x];
        let corners = [
            at(left + width, top + height),
            at(left, top),
            at(left + width, top),
            at(left, top + height),
        ];
        let [xx, xy, yy]: [f64; 3] = std::array::from_fn(|part| {
            corners[0][part] + corners[1][part] - corners[2][part] - corners[3][part]
        });
        let (mean, half) = ((xx + yy) / 2.0, (xx - yy) / 2.0);
        mean - half.hypot(xy)
    }
}

impl Anchor {
    fn of(blank: &Patch, soft: &Patch, area: Area) -> Option<Self> {
        let (columns, rows) = blank.pixels_of(&area);
        let ink = |x: usize, y: usize| blank.ink[y * blank.width + x];
        let near_print = |x: usize, y: usize| {
            let across = x.saturating_sub(BESIDE)..(x + BESIDE + 1).min(blank.width);
            let mut down = y.saturating_sub(BESIDE)..(y + BESIDE + 1).min(blank.height);
            down.any(|y| across.clone().any(|x| ink(x, y) > PRINT))
        };
        let (mut runs, mut sharp_ink, mut soft_ink) = (Vec::new(), Vec::new(), Vec::new());
        for y in rows.clone() {
            let mut open: Option<Run> = None;
            for x in columns.clone() {
                if near_print(x, y) {
                    sharp_ink.push(ink(x, y));
                    soft_ink.push(soft.ink[y * blank.width + x]);
                    open.get_or_insert(Run {
                        column: x - columns.start,
                        row: y - rows.start,
                        length: 0,
                    })
                    .length += 1;
                } else {
                    runs.extend(open.take());
                }
            }
            runs.extend(open);
        }
        let (sharp, soft) = (Wanted::of(&sharp_ink), Wanted::of(&soft_ink));
        (sharp.norm > 0.0 && soft.norm > 0.0).then_some(Self {
            middle: middle(&area),
            area,
            runs,
            sharp,
            soft,
        })
    }

    /// Looks for the piece up to `reach` mm around where the warp has it.
    pub fn find(&self, plane: &Plane, warp: &Warp, reach: f64) -> Option<Sighting> {
        let steps = (reach * DENSITY).ceil() as usize;
        let margin = steps as f64 / DENSITY;
        let seen = warp.see(plane, &self.area.grown(margin), DENSITY);
        let softened = seen.softened();
        let soft = Search {
            seen: &softened,
            runs: &self.runs,
            wanted: &self.soft,
        };
        let search = Search {
            seen: &seen,
            runs: &self.runs,
            wanted: &self.sharp,
        };
        let all = || (0..=2 * steps).step_by(COARSE);
        let coarse = soft.best(all(), all, steps)?;
        let around = |at: usize| at.saturating_sub(COARSE)..=(at + COARSE).min(2 * steps);
        let (column, row) = search.best(around(coarse.0), || around(coarse.1), steps)?;
        let inside = |at: usize| at > 0 && at < 2 * steps;
        if !inside(column) || !inside(row) {
            return None;
        }
        let score = search.score(column, row);
        if score < FOUND {
            return None;
        }
        let between = |low: f32, high: f32| {
            let bend = low - 2.0 * score + high;
            if bend < 0.0 {
                f64::from((low - high) / (2.0 * bend))
            } else {
                0.0
            }
        };
        let across = between(search.score(column - 1, row), search.score(column + 1, row));
        let down = between(search.score(column, row - 1), search.score(column, row + 1));
        let shift = |at: usize, part: f64| (at as f64 + part - steps as f64) / DENSITY;
        Some(Sighting {
            middle: self.middle,
            shift: Point::new(shift(column, across), shift(row, down)),
            score: f64::from(score),
        })
    }
}

impl Wanted {
    fn of(ink: &[u8]) -> Self {
        let count = ink.len().max(1) as f32;
        let mean = ink.iter().map(|ink| f32::from(*ink)).sum::<f32>() / count;
        let ink: Vec<i16> = ink
            .iter()
            .map(|ink| i16::from(*ink) - mean.round() as i16)
            .collect();
        let squares = ink.iter().map(|ink| f32::from(*ink).powi(2));
        Self {
            norm: squares.sum::<f32>().sqrt(),
            rest_of_mean: ink.iter().map(|ink| f32::from(*ink)).sum(),
            ink,
        }
    }
}

/// One piece laid over one patch.
struct Search<'a> {
    seen: &'a Patch,
    runs: &'a [Run],
    wanted: &'a Wanted,
}

impl Search<'_> {
    /// The column and row where the piece fits best; of places where it fits alike the
    /// one nearer to the middle.
    fn best<I: Iterator<Item = usize>>(
        &self,
        columns: impl Iterator<Item = usize> + Clone,
        rows: impl Fn() -> I,
        middle: usize,
    ) -> Option<(usize, usize)> {
        let mut best = (0.0, None);
        for row in rows() {
            for column in columns.clone() {
                let off = column.abs_diff(middle) + row.abs_diff(middle);
                let score = self.score(column, row) - OFF * off as f32;
                if score > best.0 {
                    best = (score, Some((column, row)));
                }
            }
        }
        best.1
    }

    /// The correlation with the piece moved by so many columns and rows.
    fn score(&self, column: usize, row: usize) -> f32 {
        let Wanted {
            ink,
            norm,
            rest_of_mean,
        } = self.wanted;
        let (mut product, mut sum, mut squares) = (0_i32, 0_i32, 0_i32);
        let mut rest = ink.as_slice();
        for run in self.runs {
            let first = (row + run.row) * self.seen.width + column + run.column;
            let (now, later) = rest.split_at(run.length);
            rest = later;
            for (seen, wanted) in self.seen.ink[first..first + run.length].iter().zip(now) {
                let seen = i32::from(*seen);
                product += seen * i32::from(*wanted);
                sum += seen;
                squares += seen * seen;
            }
        }
        let (count, sum) = (ink.len() as f32, sum as f32);
        let spread = squares as f32 - sum * sum / count;
        if spread > 1.0 {
            (product as f32 - rest_of_mean * sum / count) / (norm * spread.sqrt())
        } else {
            0.0
        }
    }
}

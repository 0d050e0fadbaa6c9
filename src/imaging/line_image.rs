//! A line of text drawn as the strip that Tesseract's network reads.
//!
//! The network sees lines 36 pixels high. Drawn at that height from the page's own
//! pixels, levelled along its baseline, a line needs no scaling inside Tesseract, and
//! its letters can be given the size that reads best: smaller is faster, since the
//! network's work grows with the strip's width.

use super::components::Components;
use super::lines::{Measure, TextLine};
use super::pix::{Pix, PixError};
use super::raster::{Raster, Samples};
use super::threshold::InkLevels;

/// The height of the network's input in pixels.
pub const STRIP_HEIGHT: usize = 36;

/// The row of the strip on which the letters stand.
const BASELINE: f32 = 25.0;

/// Blank paper at both ends in pixels of the strip.
const MARGIN: f32 = 4.0;

/// Wider gaps between words are cut down to this many x-heights.
const MAX_GAP: f32 = 1.2;

/// No strip is narrower than this, in pixels.
const MIN_WIDTH: usize = 16;

/// On grey pages a letter's soft edge reaches this far beyond its ink, in pixels.
const SOFT_EDGE: i32 = 2;

/// A line's image, and the way from its columns back to the page.
#[derive(Debug)]
pub struct Strip {
    width: usize,
    /// How much ink each pixel holds, 0 to 1, row by row.
    ink: Vec<f32>,
    place: Place,
}

/// Where the strip's pixels lie on the page.
#[derive(Debug, Clone)]
struct Place {
    /// Pixels of the strip for a pixel of the page.
    scale: f32,
    /// The page's column at the strip's left edge.
    left: f32,
    /// The levelled page's row at the strip's top edge.
    top: f32,
    measure: Measure,
    cuts: Vec<Cut>,
}

/// A gap that was shortened.
#[derive(Debug, Clone, Copy)]
struct Cut {
    /// The page's column from which it counts, in the middle of the gap.
    from: f32,
    /// Columns of the page left out so far, with this one.
    left_out: f32,
}

impl Strip {
    /// Draws a line with its small letters `x_height` pixels high. `grey` is the grey page
    /// where there is one, with its levels.
    pub(super) fn draw(
        ink: &Components,
        measure: &Measure,
        line: &TextLine,
        x_height: f32,
        grey: Option<(&Pix, &InkLevels)>,
    ) -> Self {
        let place = Place::of(ink, measure, line, x_height);
        let width = place.strip_x(line.right as f32) + MARGIN;
        let width = (width.ceil() as usize).max(MIN_WIDTH);
        let mut strip = Self {
            width,
            ink: vec![0.0; width * STRIP_HEIGHT],
            place,
        };
        match grey {
            None => strip.draw_runs(ink, line),
            Some((page, levels)) => strip.draw_grey(ink, line, page, levels),
        }
        strip
    }

    /// The strip as a grey image, black on white.
    pub fn to_pix(&self) -> Result<Pix, PixError> {
        let shade = |ink: &f32| 255 - (ink * 255.0 + 0.5).min(255.0) as u8;
        let bytes: Vec<u8> = self.ink.iter().map(shade).collect();
        let raster = Raster::new(
            self.width as u32,
            STRIP_HEIGHT as u32,
            Samples::Grey,
            &bytes,
        );
        Pix::from_raster(&raster.ok_or(PixError("an empty strip"))?)
    }

    /// The page's column under a column of the strip.
    pub fn page_x(&self, strip_x: f32) -> f32 {
        let plain = self.place.left + strip_x / self.place.scale;
        let cuts = self.place.cuts.iter().rev();
        let passed = cuts
            .map(|cut| (cut.from, plain + cut.left_out))
            .find(|(from, x)| x >= from);
        passed.map_or(plain, |(_, x)| x)
    }

    /// Every run of the line's components, by the exact share of each pixel it covers.
    fn draw_runs(&mut self, ink: &Components, line: &TextLine) {
        let (from, to) = self.place.rows(line);
        let mine = membership(ink, line);
        for run in ink.rows(from, to) {
            if mine[run.component as usize] {
                self.cover(run.y, run.from, run.to, 1.0);
            }
        }
    }

    /// The grey page around the line's own ink; what other ink darkens stays out.
    fn draw_grey(&mut self, ink: &Components, line: &TextLine, page: &Pix, levels: &InkLevels) {
        let (from, to) = self.place.rows(line);
        let (from, to) = (from.max(0), to.min(ink.height));
        let left = (line.left - SOFT_EDGE).max(0);
        let right = (line.right + SOFT_EDGE).min(ink.width);
        let width = (right - left).max(0).unsigned_abs() as usize;
        let mine = membership(ink, line);
        let mut near = vec![false; width * (to - from).max(0).unsigned_abs() as usize];
        for run in ink
            .rows(from, to)
            .iter()
            .filter(|r| mine[r.component as usize])
        {
            let start = (run.from - SOFT_EDGE).max(left) - left;
            let end = (run.to + SOFT_EDGE).min(right) - left;
            for y in (run.y - SOFT_EDGE).max(from)..(run.y + SOFT_EDGE + 1).min(to) {
                let row = (y - from).unsigned_abs() as usize * width;
                near[row + start as usize..row + end as usize].fill(true);
            }
        }
        for (y, near) in (from..to).zip(near.chunks_exact(width.max(1))) {
            let words = page.row(y.unsigned_abs());
            for (x, _) in (left..right).zip(near).filter(|(_, near)| **near) {
                let word = words[x as usize / 4].to_be_bytes();
                let share = levels.ink(word[x as usize % 4]);
                if share > 0.0 {
                    self.cover(y, x, x + 1, share);
                }
            }
        }
    }

    /// Adds a run of the page, its ink weighed by `share`.
    fn cover(&mut self, y: i32, from: i32, to: i32, share: f32) {
        let place = &self.place;
        let fall = place.measure.slope * ((from + to) as f32 * 0.5 - place.measure.middle);
        let top = (y as f32 - fall - place.top) * place.scale;
        let bottom = top + place.scale;
        if bottom <= 0.0 || top >= STRIP_HEIGHT as f32 {
            return;
        }
        let middle = (from + to) as f32 * 0.5;
        let left_out = place.left_out(middle);
        let left = (from as f32 - left_out - place.left) * place.scale;
        let right = (to as f32 - left_out - place.left) * place.scale;
        let rows = top.max(0.0) as usize..=(bottom as usize).min(STRIP_HEIGHT - 1);
        let columns = left.max(0.0) as usize..=(right.max(0.0) as usize).min(self.width - 1);
        for row in rows {
            let tall = bottom.min(row as f32 + 1.0) - top.max(row as f32);
            if tall <= 0.0 {
                continue;
            }
            let pixels = &mut self.ink[row * self.width..(row + 1) * self.width];
            for column in columns.clone() {
                let wide = right.min(column as f32 + 1.0) - left.max(column as f32);
                pixels[column] += tall * wide.max(0.0) * share;
            }
        }
    }
}

/// Which components are the line's own.
fn membership(ink: &Components, line: &TextLine) -> Vec<bool> {
    let mut mine = vec![false; ink.all.len()];
    for piece in &line.pieces {
        mine[*piece] = true;
    }
    mine
}

impl Place {
    fn of(ink: &Components, measure: &Measure, line: &TextLine, x_height: f32) -> Self {
        let scale = x_height / line.x_height;
        let mut cuts: Vec<Cut> = Vec::new();
        let (mut right, mut left_out) = (line.left, 0.0);
        for component in line.pieces.iter().map(|i| &ink.all[*i]) {
            let gap = (component.left - right) as f32;
            let excess = gap - MAX_GAP * line.x_height;
            if excess > 0.0 {
                left_out += excess;
                let from = component.left as f32 - 0.5 * MAX_GAP * line.x_height;
                cuts.push(Cut { from, left_out });
            }
            right = right.max(component.right);
        }
        Self {
            scale,
            left: line.left as f32 - MARGIN / scale,
            top: line.baseline - BASELINE / scale,
            measure: *measure,
            cuts,
        }
    }

    /// Columns of the page left out before this one.
    fn left_out(&self, page_x: f32) -> f32 {
        let passed = self.cuts.iter().rev().find(|cut| page_x >= cut.from);
        passed.map_or(0.0, |cut| cut.left_out)
    }

    fn strip_x(&self, page_x: f32) -> f32 {
        (page_x - self.left_out(page_x) - self.left) * self.scale
    }

    /// The page's rows that the strip may show.
    fn rows(&self, line: &TextLine) -> (i32, i32) {
        let fall = |x: i32| self.measure.slope * (x as f32 - self.measure.middle);
        let (a, b) = (fall(line.left), fall(line.right));
        let bottom = self.top + STRIP_HEIGHT as f32 / self.scale;
        (
            (self.top + a.min(b)).floor() as i32 - 1,
            (bottom + a.max(b)).ceil() as i32 + 2,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::drawing::Canvas;
    use crate::imaging::printed::PrintedPage;

    /// Three lines, the second with a gap of five x-heights from column 152 to 252.
    fn letter() -> Canvas {
        let mut page = Canvas::new(1_200, 400);
        page.line(40, 80, 20, 20);
        page.line(40, 140, 6, 20);
        page.line(252, 140, 14, 20);
        page.line(40, 200, 20, 20);
        page
    }

    fn second_strip(page: &Pix) -> Strip {
        let printed = PrintedPage::of(page).unwrap().unwrap();
        let line = &printed.lines.as_ref().unwrap()[1];
        printed.strip(line, 10.0)
    }

    /// A pixel's brightness.
    fn shade(strip: &Pix, x: usize, y: u32) -> u8 {
        strip.grey_row(y).nth(x).unwrap()
    }

    #[test]
    fn letters_stand_on_the_baseline_at_half_their_size() {
        for page in [letter().pix(), letter().grey(40, 220)] {
            let strip = second_strip(&page).to_pix().unwrap();
            assert_eq!(strip.height() as usize, STRIP_HEIGHT);
            // The first letter's 12 by 20 pixels are columns 4 to 10, rows 15 to 25.
            assert!(shade(&strip, 6, 16) < 30 && shade(&strip, 6, 24) < 30);
            for (x, y) in [(6, 14), (6, 25), (2, 20), (11, 20)] {
                assert_eq!(shade(&strip, x, y), 255, "{x}, {y}");
            }
        }
    }

    #[test]
    fn a_wide_gap_is_cut_and_columns_find_their_way_back() {
        let strip = second_strip(&letter().pix());
        assert!((strip.page_x(4.0) - 40.0).abs() < 0.01);
        assert!((strip.page_x(60.0) - 152.0).abs() < 0.01);
        // 100 columns of gap became 24, so 12 on the strip.
        assert!((strip.page_x(72.0) - 252.0).abs() < 0.01);
    }
}

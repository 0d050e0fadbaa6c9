//! The printed blank, ready to be laid on any page: how much of each spot is covered
//! with black and with the form's colour.

use postroom::domain::form::{Form, Serial};
use postroom::domain::geometry::Area;
use postroom::forms::NotDrawn;
use postroom::forms::draw::{Drawing, draw};
use postroom::forms::raster::{Layer, raster};

use super::warp::Point;

/// Dots of the blank to a pixel of the page: enough that where a line falls between
/// pixels shows in their grey.
const FINE: f64 = 2.0;
/// Dots along a side of a cell of the map of where anything is printed.
const CELL: usize = 16;

/// One side of a form at the fineness for one resolution.
pub struct Blank {
    /// Dots to a mm.
    pub scale: f64,
    /// Where on the sheet its first dot lies, in dots.
    origin: Point,
    width: usize,
    height: usize,
    /// Coverage of black and of the form's colour, of 255, dot by dot.
    ink: Vec<[u8; 2]>,
    cells_across: usize,
    cells: Vec<bool>,
}

impl Blank {
    /// A side, counted from 0, for pages of so many dots an inch.
    pub fn of_form(form: &Form, side: usize, dpi: f64) -> Result<Self, NotDrawn> {
        Self::new(&draw(form, side), dpi)
    }

    /// A number in its place on the sheet, for pages of so many dots an inch.
    pub fn of_serial(serial: &Serial, number: &str, dpi: f64) -> Result<Self, NotDrawn> {
        let Area { x, y, w, h } = serial.place;
        let mut drawing = Drawing {
            width: w,
            height: h,
            shapes: Vec::new(),
        };
        let at_corner = Serial {
            place: Area::new(0.0, 0.0, w, h),
            ..serial.clone()
        };
        postroom::forms::number(&mut drawing, &at_corner, number);
        let mut blank = Self::new(&drawing, dpi)?;
        blank.origin = [x * blank.scale, y * blank.scale];
        Ok(blank)
    }

    /// Any drawing, for pages of so many dots an inch.
    pub fn new(drawing: &Drawing, dpi: f64) -> Result<Self, NotDrawn> {
        let fine = dpi * FINE;
        let black = raster(drawing, fine, Layer::Black)?;
        let form = raster(drawing, fine, Layer::Form)?;
        let (width, height) = (black.width as usize, black.height as usize);
        let dots = black.grey.iter().zip(&form.grey);
        let dots: Vec<[u8; 2]> = dots
            .map(|(black, form)| [255 - black, 255 - form])
            .collect();
        let ink = averaged(&dots, width, height);
        let cells_across = width.div_ceil(CELL);
        let mut cells = vec![false; cells_across * height.div_ceil(CELL)];
        for (y, row) in ink.chunks_exact(width).enumerate() {
            for (x, dot) in row.iter().enumerate() {
                if *dot != [0, 0] {
                    cells[y / CELL * cells_across + x / CELL] = true;
                }
            }
        }
        Ok(Self {
            scale: fine / 25.4,
            origin: [0.0; 2],
            width,
            height,
            ink,
            cells_across,
            cells,
        })
    }

    /// Whether anything is printed in a box of dots.
    pub fn printed(&self, [left, top, right, bottom]: [f64; 4]) -> bool {
        let [across, down] = self.origin;
        let (left, right) = (left - across, right - across);
        let (top, bottom) = (top - down, bottom - down);
        let cell = |dots: f64, side: usize| (dots.max(0.0) as usize).min(side - 1) / CELL;
        if right < 0.0 || bottom < 0.0 || left > self.width as f64 || top > self.height as f64 {
            return false;
        }
        let (from, to) = (cell(left, self.width), cell(right, self.width));
        (cell(top, self.height)..=cell(bottom, self.height)).any(|y| {
            let row = &self.cells[y * self.cells_across..][from..=to];
            row.contains(&true)
        })
    }

    /// Coverage with black and with the form's colour around a place in dots, of 1.
    pub fn at(&self, [x, y]: Point) -> [f32; 2] {
        // A dot's middle is half a dot from its corner.
        let (x, y) = (x - self.origin[0] - 0.5, y - self.origin[1] - 0.5);
        if x < 0.0 || y < 0.0 {
            return [0.0; 2];
        }
        let (left, top) = (x as usize, y as usize);
        if left + 1 >= self.width || top + 1 >= self.height {
            return [0.0; 2];
        }
        let (across, down) = ((x - left as f64) as f32, (y - top as f64) as f32);
        let first = top * self.width + left;
        let dots = [
            self.ink[first],
            self.ink[first + 1],
            self.ink[first + self.width],
            self.ink[first + self.width + 1],
        ];
        if dots == [[0, 0]; 4] {
            return [0.0; 2];
        }
        [0, 1].map(|part| {
            let [a, b, c, d] = dots.map(|dot| f32::from(dot[part]));
            let upper = a + (b - a) * across;
            let lower = c + (d - c) * across;
            (upper + (lower - upper) * down) / 255.0
        })
    }
}

/// The mean over a pixel of the page, two dots wide and high, around each dot: half of
/// the dot itself, a quarter of its neighbours, both ways.
fn averaged(dots: &[[u8; 2]], width: usize, height: usize) -> Vec<[u8; 2]> {
    let mean = |a: [u8; 2], b: [u8; 2], c: [u8; 2]| {
        [0, 1].map(|part| {
            let sum = u16::from(a[part]) + 2 * u16::from(b[part]) + u16::from(c[part]);
            ((sum + 2) / 4) as u8
        })
    };
    let mut across = vec![[0; 2]; dots.len()];
    for (from, to) in dots.chunks_exact(width).zip(across.chunks_exact_mut(width)) {
        for x in 0..width {
            to[x] = mean(
                from[x.saturating_sub(1)],
                from[x],
                from[(x + 1).min(width - 1)],
            );
        }
    }
    let mut both = vec![[0; 2]; dots.len()];
    for y in 0..height {
        let above = y.saturating_sub(1) * width;
        let below = (y + 1).min(height - 1) * width;
        for x in 0..width {
            both[y * width + x] = mean(across[above + x], across[y * width + x], across[below + x]);
        }
    }
    both
}

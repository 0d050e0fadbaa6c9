//! The page that grows under the scanner: paper, print and ink on its background.

use super::blank::Blank;
use super::corner::Corner;
use super::ink::Spot;
use super::warp::{Point, Warp};

/// The grey of paper.
pub const PAPER: f64 = 246.0;

/// Pixels of a page, upright, one plane for bitonal and grey, three for colour.
pub struct Page {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// Planes, row after row.
    pub planes: Vec<Vec<u8>>,
}

/// What lies under a sheet, and what a missing corner leaves of it.
pub struct Ground {
    /// Grey of the scanner's background.
    pub background: u8,
    /// A corner that is gone.
    pub corner: Option<Corner>,
}

impl Page {
    /// Paper as far as the eye reaches.
    pub fn new(width: usize, height: usize, planes: usize) -> Self {
        Self {
            width,
            height,
            planes: vec![vec![PAPER as u8; width * height]; planes],
        }
    }

    /// The value of each plane for a colour.
    pub fn tones(&self, rgb: [u8; 3]) -> Vec<f32> {
        match self.planes.len() {
            1 => vec![luminance(rgb)],
            _ => rgb.map(f32::from).to_vec(),
        }
    }

    /// Prints the blank where the squares lie on it; `tint` is how the form's colour
    /// looks in each plane.
    pub fn print(&mut self, blank: &Blank, squares: &Squares, tint: &[f32]) {
        for (square, corners) in squares.each() {
            let [left, top, right, bottom] = square;
            let dots = corners.map(|corner| corner.map(|mm| mm * blank.scale));
            let places = Places::new(square, dots);
            if !blank.printed(places.around(2.0)) {
                continue;
            }
            for y in top..bottom {
                for x in left..right {
                    let [black, form] = blank.at(places.at(x, y));
                    if black + form > 0.0 {
                        let at = y * self.width + x;
                        for (plane, tint) in self.planes.iter_mut().zip(tint) {
                            let paper = f32::from(plane[at]);
                            let printed = paper + (tint - paper) * form;
                            plane[at] = (printed + (25.0 - printed) * black) as u8;
                        }
                    }
                }
            }
        }
    }

    /// Lays ink of these tones over what is there, so strongly (of 1).
    pub fn lay(&mut self, spot: &Spot, tones: &[f32], strong: f64) {
        let strong = strong as f32 / 255.0;
        for (x, y, cover) in spot.pixels() {
            if x < 0 || y < 0 || x as usize >= self.width || y as usize >= self.height {
                continue;
            }
            let at = y as usize * self.width + x as usize;
            let part = f32::from(cover) * strong;
            for (plane, tone) in self.planes.iter_mut().zip(tones) {
                let under = f32::from(plane[at]);
                // Ink only darkens: a pale smudge leaves black print black.
                let inked = under + (tone - under).min(0.0) * part;
                plane[at] = inked as u8;
            }
        }
    }

    /// Cuts the sheet out: what is not paper is the scanner's background. `scale` is
    /// pixels to a mm.
    pub fn cut_out(&mut self, ground: &Ground, squares: &Squares, (size, scale): (Point, f64)) {
        for (square, corners) in squares.each() {
            let [left, top, right, bottom] = square;
            let places = Places::new(square, corners);
            let middle = places.at((left + right) / 2, (top + bottom) / 2);
            // From the middle of the square to its corners, and a little.
            let reach = (right - left).max(bottom - top) as f64 * 0.75 / scale + 0.1;
            let distance = ground.edge(middle, size);
            let folded = ground
                .corner
                .is_some_and(|corner| corner.near(middle, reach));
            if distance > reach && !folded {
                continue;
            }
            for y in top..bottom {
                let row = y * self.width;
                if distance < -reach {
                    for plane in &mut self.planes {
                        plane[row + left..row + right].fill(ground.background);
                    }
                    continue;
                }
                for x in left..right {
                    let mm = places.at(x, y);
                    let paper = (ground.edge(mm, size) * scale + 0.5).clamp(0.0, 1.0);
                    let flap = ground.corner.and_then(|corner| corner.flap(mm));
                    for plane in &mut self.planes {
                        let over = flap.unwrap_or_else(|| f64::from(plane[row + x]));
                        let ground = f64::from(ground.background);
                        plane[row + x] = (ground + (over - ground) * paper) as u8;
                    }
                }
            }
        }
    }
}

impl Ground {
    /// How far inside the sheet a place lies, mm.
    fn edge(&self, mm: Point, size: Point) -> f64 {
        let sides = mm[0].min(mm[1]).min(size[0] - mm[0]).min(size[1] - mm[1]);
        let corner = self.corner.as_ref();
        corner.map_or(sides, |corner| sides.min(corner.inside(mm)))
    }
}

/// The page in small squares, which the warp leaves nearly straight, and where the
/// corners of the squares lie on the sheet, mm.
pub struct Squares {
    width: usize,
    height: usize,
    side: usize,
    across: usize,
    corners: Vec<Point>,
}

impl Squares {
    /// For a page of this size.
    pub fn new(width: usize, height: usize, warp: &Warp) -> Self {
        let side = if warp.scale > 9.0 { 16 } else { 8 };
        let (across, down) = (width.div_ceil(side), height.div_ceil(side));
        let corner = |at: usize, most: usize| (at * side).min(most) as f64;
        let rows = (0..=down).flat_map(|row| (0..=across).map(move |column| (column, row)));
        let corners = rows.map(|(x, y)| warp.to_sheet([corner(x, width), corner(y, height)]));
        Self {
            width,
            height,
            side,
            across,
            corners: corners.collect(),
        }
    }

    /// One square after the other: its left, top, right and bottom, and its places.
    fn each(&self) -> impl Iterator<Item = ([usize; 4], [Point; 4])> + '_ {
        let down = self.height.div_ceil(self.side);
        let all = (0..down).flat_map(|row| (0..self.across).map(move |column| (column, row)));
        all.map(|(column, row)| {
            let (left, top) = (column * self.side, row * self.side);
            let right = (left + self.side).min(self.width);
            let bottom = (top + self.side).min(self.height);
            let first = row * (self.across + 1) + column;
            let next = first + self.across + 1;
            let corners = [first, first + 1, next, next + 1].map(|at| self.corners[at]);
            ([left, top, right, bottom], corners)
        })
    }
}

/// Where the pixels of a small square lie, between where its corners do.
struct Places {
    left: usize,
    top: usize,
    first: Point,
    corners: [Point; 4],
    across: Point,
    down: Point,
    both: Point,
}

impl Places {
    fn new([left, top, right, bottom]: [usize; 4], corners: [Point; 4]) -> Self {
        let (w, h) = ((right - left) as f64, (bottom - top) as f64);
        let [a, b, c, d] = corners;
        Self {
            left,
            top,
            first: a,
            corners,
            across: [0, 1].map(|i| (b[i] - a[i]) / w),
            down: [0, 1].map(|i| (c[i] - a[i]) / h),
            both: [0, 1].map(|i| (d[i] - b[i] - c[i] + a[i]) / (w * h)),
        }
    }

    /// The middle of a pixel.
    fn at(&self, x: usize, y: usize) -> Point {
        let (x, y) = ((x - self.left) as f64 + 0.5, (y - self.top) as f64 + 0.5);
        [0, 1].map(|i| self.first[i] + self.across[i] * x + (self.down[i] + self.both[i] * x) * y)
    }

    /// The box around all of them: left, top, right, bottom, wider by so much.
    fn around(&self, wider: f64) -> [f64; 4] {
        let least = |i: usize| self.corners.iter().fold(f64::MAX, |m, c| m.min(c[i])) - wider;
        let most = |i: usize| self.corners.iter().fold(f64::MIN, |m, c| m.max(c[i])) + wider;
        [least(0), least(1), most(0), most(1)]
    }
}

/// How bright a colour looks (ITU-R BT.601).
pub fn luminance([red, green, blue]: [u8; 3]) -> f32 {
    0.299 * f32::from(red) + 0.587 * f32::from(green) + 0.114 * f32::from(blue)
}

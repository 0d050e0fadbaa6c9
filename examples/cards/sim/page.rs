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

    /// Prints the blank where the warp puts it; `tint` is how the form's colour looks in
    /// each plane.
    pub fn print(&mut self, blank: &Blank, warp: &Warp, tint: &[f32]) {
        let dots = |point: Point| warp.to_sheet(point).map(|mm| mm * blank.scale);
        self.tiles(warp, |page, [left, top, right, bottom]| {
            let places = Places::new([left, top, right, bottom], dots);
            if !blank.printed(places.around(2.0)) {
                return;
            }
            for y in top..bottom {
                for x in left..right {
                    let [black, form] = blank.at(places.at(x, y));
                    if black + form > 0.0 {
                        let at = y * page.width + x;
                        for (plane, tint) in page.planes.iter_mut().zip(tint) {
                            let paper = f32::from(plane[at]);
                            let printed = paper + (tint - paper) * form;
                            plane[at] = (printed + (25.0 - printed) * black) as u8;
                        }
                    }
                }
            }
        });
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

    /// Cuts the sheet out: what is not paper is the scanner's background.
    pub fn cut_out(&mut self, ground: &Ground, warp: &Warp, size: Point) {
        let edge = |mm: Point| {
            let sides = mm[0].min(mm[1]).min(size[0] - mm[0]).min(size[1] - mm[1]);
            let corner = ground.corner.as_ref();
            corner.map_or(sides, |corner| sides.min(corner.inside(mm)))
        };
        let flap = |mm: Point| ground.corner.as_ref().and_then(|corner| corner.flap(mm));
        let near_corner = |mm: Point, reach: f64| {
            let corner = ground.corner.as_ref();
            corner.is_some_and(|corner| corner.inside(mm) < corner.depth() + reach)
        };
        self.tiles(warp, |page, tile| {
            let [left, top, right, bottom] = tile;
            let middle = [(left + right) as f64 / 2.0, (top + bottom) as f64 / 2.0];
            let reach = (right - left).max(bottom - top) as f64 / warp.scale + 0.5;
            let mm = warp.to_sheet(middle);
            let distance = edge(mm);
            if distance > reach && !near_corner(mm, reach) {
                return;
            }
            let beyond = distance < -reach;
            let places = Places::new(tile, |page| warp.to_sheet(page));
            for y in top..bottom {
                for x in left..right {
                    let at = y * page.width + x;
                    if beyond {
                        page.planes.iter_mut().for_each(|plane| plane[at] = ground.background);
                        continue;
                    }
                    let mm = places.at(x, y);
                    let paper = (edge(mm) * warp.scale + 0.5).clamp(0.0, 1.0);
                    for plane in &mut page.planes {
                        let over = flap(mm).unwrap_or_else(|| f64::from(plane[at]));
                        let ground = f64::from(ground.background);
                        plane[at] = (ground + (over - ground) * paper) as u8;
                    }
                }
            }
        });
    }

    /// Goes over the page in small squares, which the warp leaves nearly straight.
    fn tiles(&mut self, warp: &Warp, mut each: impl FnMut(&mut Self, [usize; 4])) {
        let side = if warp.scale > 9.0 { 16 } else { 8 };
        let (width, height) = (self.width, self.height);
        for top in (0..height).step_by(side) {
            for left in (0..width).step_by(side) {
                let tile = [
                    left,
                    top,
                    (left + side).min(width),
                    (top + side).min(height),
                ];
                each(self, tile);
            }
        }
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
    fn new([left, top, right, bottom]: [usize; 4], place: impl Fn(Point) -> Point) -> Self {
        let (w, h) = ((right - left) as f64, (bottom - top) as f64);
        let corner = |x: usize, y: usize| place([x as f64, y as f64]);
        let [a, b] = [corner(left, top), corner(right, top)];
        let [c, d] = [corner(left, bottom), corner(right, bottom)];
        Self {
            left,
            top,
            first: a,
            corners: [a, b, c, d],
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

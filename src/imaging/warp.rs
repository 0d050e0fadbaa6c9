//! Where the points of a sheet of paper lie on its scan, and the scan seen from the
//! sheet: a plane map from the corner marks, bent by what was found between them.

use super::plane::Plane;
use crate::domain::geometry::Area;

/// A point: mm on the sheet, or pixels of a plane.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Down.
    pub y: f64,
}

impl Point {
    /// A point from its two coordinates.
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    /// The distance to another point.
    pub fn distance(self, other: Self) -> f64 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    /// The vector from another point to this one.
    #[must_use]
    pub const fn from(self, other: Self) -> Self {
        Self::new(self.x - other.x, self.y - other.y)
    }

    /// This point moved by a vector.
    #[must_use]
    pub const fn moved(self, by: Self) -> Self {
        Self::new(self.x + by.x, self.y + by.y)
    }
}

/// The middle of a place on the sheet.
pub const fn middle(area: &Area) -> Point {
    Point::new(area.x + area.w / 2.0, area.y + area.h / 2.0)
}

/// A plane map with perspective: four pairs of points settle it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Homography([f64; 8]);

impl Homography {
    /// The map that takes each first point to its second; `None` when three of them
    /// lie on a line.
    pub fn of_four(pairs: &[(Point, Point); 4]) -> Option<Self> {
        let mut rows = [[0.0; 9]; 8];
        for (at, (from, to)) in pairs.iter().enumerate() {
            let Point { x, y } = *from;
            rows[2 * at] = [x, y, 1.0, 0.0, 0.0, 0.0, -to.x * x, -to.x * y, to.x];
            rows[2 * at + 1] = [0.0, 0.0, 0.0, x, y, 1.0, -to.y * x, -to.y * y, to.y];
        }
        solve(&mut rows).map(Self)
    }

    /// The affine map that takes each first point to its second.
    pub fn of_three(pairs: &[(Point, Point); 3]) -> Option<Self> {
        let mut rows = [[0.0; 4]; 3];
        let mut map = [0.0; 8];
        for down in [false, true] {
            for (row, (from, to)) in rows.iter_mut().zip(pairs) {
                *row = [from.x, from.y, 1.0, if down { to.y } else { to.x }];
            }
            let solved: [f64; 3] = solve(&mut rows)?;
            let first = usize::from(down) * 3;
            map[first..first + 3].copy_from_slice(&solved);
        }
        Some(Self(map))
    }

    /// Where a point goes.
    pub fn map(&self, point: Point) -> Point {
        let [a, b, c, d, e, f, g, h] = self.0;
        let scale = g * point.x + h * point.y + 1.0;
        Point::new(
            (a * point.x + b * point.y + c) / scale,
            (d * point.x + e * point.y + f) / scale,
        )
    }
}

/// Gauss's elimination with the largest pivot; `None` when there is no one answer.
pub(super) fn solve<const N: usize, const W: usize>(rows: &mut [[f64; W]; N]) -> Option<[f64; N]> {
    const NOTHING: f64 = 1e-12;
    for column in 0..N {
        let pivot = (column..N).max_by(|a, b| {
            let size = |row: &usize| rows[*row][column].abs();
            size(a).total_cmp(&size(b))
        })?;
        rows.swap(column, pivot);
        let scale = rows[column][column];
        if scale.abs() < NOTHING {
            return None;
        }
        rows[column].iter_mut().for_each(|value| *value /= scale);
        let settled = rows[column];
        for (at, row) in rows.iter_mut().enumerate() {
            let factor = row[column];
            if at != column && factor != 0.0 {
                row.iter_mut()
                    .zip(settled)
                    .for_each(|(value, by)| *value -= factor * by);
            }
        }
    }
    Some(std::array::from_fn(|at| rows[at][W - 1]))
}

/// Distance of the nodes of a [`Warp`], mm: between them the paper is taken for flat.
const STEP: f64 = 5.0;

/// A sheet's points on its scan: a grid of nodes with straight lines between.
#[derive(Debug, Clone)]
pub struct Warp {
    columns: usize,
    rows: usize,
    nodes: Vec<Point>,
}

impl Warp {
    /// A sheet of this size in mm whose points lie where `place` says.
    pub fn new(width: f64, height: f64, place: impl Fn(Point) -> Point) -> Self {
        let nodes_along = |length: f64| (length / STEP).ceil() as usize + 1;
        let (columns, rows) = (nodes_along(width), nodes_along(height));
        let node = |at: usize| {
            let (x, y) = (at % columns, at / columns);
            place(Point::new(x as f64 * STEP, y as f64 * STEP))
        };
        Self {
            columns,
            rows,
            nodes: (0..columns * rows).map(node).collect(),
        }
    }

    /// Where a point of the sheet lies on the plane; beyond the sheet's edges as if
    /// the paper went on.
    pub fn place(&self, point: Point) -> Point {
        let (x, y) = (point.x / STEP, point.y / STEP);
        let cell = |at: f64, count: usize| (at.max(0.0) as usize).min(count - 2);
        let (column, row) = (cell(x, self.columns), cell(y, self.rows));
        let (right, down) = (x - column as f64, y - row as f64);
        let first = row * self.columns + column;
        let across = |from: usize| {
            let (a, b) = (self.nodes[from], self.nodes[from + 1]);
            Point::new(a.x + (b.x - a.x) * right, a.y + (b.y - a.y) * right)
        };
        let (above, below) = (across(first), across(first + self.columns));
        Point::new(
            above.x + (below.x - above.x) * down,
            above.y + (below.y - above.y) * down,
        )
    }

    /// Where the corners of a place lie, from the top left one clockwise.
    pub fn corners(&self, area: &Area) -> [Point; 4] {
        let (right, bottom) = (area.right(), area.bottom());
        let corners = [
            (area.x, area.y),
            (right, area.y),
            (right, bottom),
            (area.x, bottom),
        ];
        corners.map(|(x, y)| self.place(Point::new(x, y)))
    }

    /// The scan of a place, upright and level, with `density` pixels to a mm.
    pub fn see(&self, plane: &Plane, area: &Area, density: f64) -> Patch {
        let mut patch = Patch::blank(area, density);
        let Patch { width, height, .. } = patch;
        // Straight pieces of at most half a node's distance.
        let piece = ((STEP / 2.0 * density) as usize).max(1);
        for row in 0..height {
            let y = area.y + (row as f64 + 0.5) / density;
            for first in (0..width).step_by(piece) {
                let last = (first + piece).min(width);
                let end =
                    |at: usize| self.place(Point::new(area.x + (at as f64 + 0.5) / density, y));
                let pixels = &mut patch.ink[row * width + first..row * width + last];
                plane.along(end(first), end(last), pixels);
            }
        }
        patch
    }
}

/// Ink from which a drawing counts as printed, of 255.
const PRINTED: u8 = 60;

/// A place on the sheet as pixels: ink from 0 to 255, row after row.
#[derive(Debug, Clone, PartialEq)]
pub struct Patch {
    /// Its top left corner on the sheet, mm.
    pub corner: Point,
    /// Pixels to a mm.
    pub density: f64,
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// The ink.
    pub ink: Vec<u8>,
}

impl Patch {
    /// Paper without ink.
    pub fn blank(area: &Area, density: f64) -> Self {
        let pixels = |length: f64| (length * density).round().max(1.0) as usize;
        let (width, height) = (pixels(area.w), pixels(area.h));
        Self {
            corner: Point::new(area.x, area.y),
            density,
            width,
            height,
            ink: vec![0; width * height],
        }
    }

    /// Each pixel the mean of the nine around it; the outermost stay as they are.
    #[must_use]
    pub fn softened(&self) -> Self {
        let mut soft = self.clone();
        let width = self.width;
        let mut sums = vec![0_u16; width];
        for y in 1..self.height.saturating_sub(1) {
            sums.fill(0);
            for row in self.ink[(y - 1) * width..(y + 2) * width].chunks(width) {
                sums.iter_mut()
                    .zip(row)
                    .for_each(|(sum, ink)| *sum += u16::from(*ink));
            }
            let inner = soft.ink[y * width..(y + 1) * width].iter_mut().skip(1);
            for (ink, three) in inner.zip(sums.windows(3)) {
                *ink = ((three[0] + three[1] + three[2]) / 9) as u8;
            }
        }
        soft
    }

    /// The column and row, as fractions, of a point on the sheet.
    pub fn pixel_of(&self, point: Point) -> Point {
        let at = point.from(self.corner);
        Point::new(at.x * self.density, at.y * self.density)
    }

    /// Takes off what is printed: the ink of a drawing of the whole sheet, and `around`
    /// mm beside it.
    pub fn drop_print(&mut self, print: &Self, around: f64) {
        let reach = around * print.density;
        let length = |pixels: usize| pixels as f64 / self.density;
        let (width, height) = (length(self.width), length(self.height));
        let area = Area::new(self.corner.x, self.corner.y, width, height).grown(around);
        let (columns, rows) = print.pixels_of(&area);
        for y in rows {
            for x in columns
                .clone()
                .filter(|x| print.ink[y * print.width + x] > PRINTED)
            {
                let middle = Point::new(x as f64 + 0.5, y as f64 + 0.5);
                let on_sheet = |offset: f64, at: f64| (at + offset) / print.density;
                let dropped = Area::new(
                    on_sheet(-reach, middle.x),
                    on_sheet(-reach, middle.y),
                    2.0 * reach / print.density,
                    2.0 * reach / print.density,
                );
                let (columns, rows) = self.pixels_of(&dropped);
                for row in rows {
                    let start = row * self.width;
                    self.ink[start + columns.start..start + columns.end].fill(0);
                }
            }
        }
    }

    /// The pixels that an area covers, cut to the patch: columns and rows.
    pub fn pixels_of(&self, area: &Area) -> (std::ops::Range<usize>, std::ops::Range<usize>) {
        let from = self.pixel_of(Point::new(area.x, area.y));
        let to = self.pixel_of(Point::new(area.right(), area.bottom()));
        let range = |from: f64, to: f64, end: usize| {
            let cut = |at: f64| (at.round().max(0.0) as usize).min(end);
            cut(from)..cut(to).max(cut(from))
        };
        (
            range(from.x, to.x, self.width),
            range(from.y, to.y, self.height),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQUARE: [Point; 4] = [
        Point::new(0.0, 0.0),
        Point::new(10.0, 0.0),
        Point::new(10.0, 20.0),
        Point::new(0.0, 20.0),
    ];

    #[test]
    fn four_points_settle_a_map() {
        let bent = [(3.0, 4.0), (105.0, 9.0), (98.0, 214.0), (1.0, 199.0)];
        let pairs = std::array::from_fn(|at| (SQUARE[at], Point::new(bent[at].0, bent[at].1)));
        let map = Homography::of_four(&pairs).unwrap();
        for (from, to) in pairs {
            assert!(map.map(from).distance(to) < 1e-9);
        }
        assert!(Homography::of_four(&pairs.map(|_| pairs[0])).is_none());
    }

    #[test]
    fn three_points_settle_an_affine_map() {
        let turned = |p: Point| Point::new(7.0 - 2.0 * p.y, 1.0 + 3.0 * p.x);
        let pairs = std::array::from_fn(|at| (SQUARE[at], turned(SQUARE[at])));
        let map = Homography::of_three(&pairs).unwrap();
        assert!(
            map.map(Point::new(4.0, 5.0))
                .distance(turned(Point::new(4.0, 5.0)))
                < 1e-9
        );
    }

    #[test]
    fn between_its_nodes_a_warp_is_straight() {
        let place = |p: Point| Point::new(6.0 * p.x + 0.5 * p.y, 100.0 - 6.0 * p.y);
        let warp = Warp::new(52.0, 31.0, place);
        for (x, y) in [(0.0, 0.0), (51.9, 30.9), (-3.0, 40.0), (17.3, 4.2)] {
            let point = Point::new(x, y);
            assert!(warp.place(point).distance(place(point)) < 1e-9, "{point:?}");
        }
    }
}

//! The finders of a QR code (ISO/IEC 18004, 6.3.3): dark, light, dark, light and dark as 1:1:3:1:1 across
//! and down. A page without three of them has no code that could be decoded, and to know that costs a
//! twentieth of looking for one.

use std::ops::RangeInclusive;

use super::plane::Plane;
use super::warp::Point;

/// The runs of a finder, in modules.
const RUNS: [f64; 5] = [1.0, 1.0, 3.0, 1.0, 1.0];
/// By so much of a module a run may be longer or shorter: ink spreads, and modules of a small code are
/// two pixels of the plane.
const SLACK: f64 = 0.75;
/// Rows between those that are cut: the heart of the smallest finder is five high.
const STEP: usize = 2;
/// Where a pixel is half ink.
const HALF: u8 = 128;

impl Plane {
    /// The middles of finders whose modules have this side, in pixels of the plane.
    pub fn finders(&self, module: RangeInclusive<f64>) -> Vec<Point> {
        let mut found: Vec<Point> = Vec::new();
        for y in (0..self.height).step_by(STEP) {
            let mut edges = Edges::default();
            for (x, ink) in self.row(y).iter().enumerate() {
                if !edges.pixel(x, *ink) || !edges.dark_ended() {
                    continue;
                }
                let Some((middle, side)) = edges.finder(&module) else {
                    continue;
                };
                let Some(down) = self.down(middle, y, side, &module) else {
                    continue;
                };
                let near = |other: &Point| {
                    (other.x - middle).abs() < 3.0 * side && (other.y - down).abs() < 3.0 * side
                };
                if !found.iter().any(near) {
                    found.push(Point::new(middle, down));
                }
            }
        }
        found
    }

    /// The middle of a finder from top to bottom, where one with modules like these is there.
    fn down(&self, x: f64, y: usize, side: f64, module: &RangeInclusive<f64>) -> Option<f64> {
        let reach = (side * 7.0) as usize;
        let (from, to) = (y.saturating_sub(reach), (y + reach).min(self.height));
        let x = (x as usize).min(self.width - 1);
        let mut edges = Edges::default();
        for at in from..to {
            if edges.pixel(at, self.row(at)[x])
                && edges.dark_ended()
                && let Some((middle, other)) = edges.finder(module)
                && (middle - y as f64).abs() < 2.0 * side
                && (0.6..1.7).contains(&(other / side))
            {
                return Some(middle);
            }
        }
        None
    }
}

/// The last edges along a line, to parts of a pixel.
#[derive(Debug, Default)]
struct Edges {
    before: u8,
    at: [f64; RUNS.len() + 1],
    dark: bool,
}

impl Edges {
    /// Takes the next pixel; says whether there is an edge before it.
    fn pixel(&mut self, at: usize, ink: u8) -> bool {
        let before = std::mem::replace(&mut self.before, ink);
        let dark = ink >= HALF;
        if dark == self.dark {
            return false;
        }
        self.dark = dark;
        let part = (f64::from(HALF) - f64::from(before)) / (f64::from(ink) - f64::from(before));
        self.at.rotate_left(1);
        self.at[RUNS.len()] = at as f64 - 0.5 + part;
        true
    }

    /// Whether the last edge is the end of a dark run.
    const fn dark_ended(&self) -> bool {
        !self.dark
    }

    /// The middle and the module of the finder that ends with the last edge.
    fn finder(&self, module: &RangeInclusive<f64>) -> Option<(f64, f64)> {
        let [first, .., last] = self.at;
        let side = (last - first) / RUNS.iter().sum::<f64>();
        let runs = self.at.windows(2).map(|edges| edges[1] - edges[0]);
        let fits = module.contains(&side)
            && runs
                .zip(RUNS)
                .all(|(run, modules)| (run / side - modules).abs() <= SLACK);
        fits.then(|| (f64::midpoint(self.at[2], self.at[3]), side))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::geometry::Rect;
    use crate::imaging::canvas::Canvas;

    fn finder(canvas: Canvas, left: u32, top: u32, module: u32) -> Canvas {
        let square = |inset: u32| {
            Rect::new(
                left + inset * module,
                top + inset * module,
                (7 - 2 * inset) * module,
                (7 - 2 * inset) * module,
            )
        };
        canvas
            .fill(square(0), 0)
            .fill(square(1), 255)
            .fill(square(2), 0)
    }

    #[test]
    fn finders_are_found_and_print_is_not() {
        let mut page = Canvas::new((900, 700)).print(60, 500, 10, 20);
        for (left, top) in [(100, 100), (181, 100), (100, 181)] {
            page = finder(page, left, top, 3);
        }
        // Lines with the right gaps are no finder from top to bottom.
        for (left, wide) in [(500, 3), (506, 9), (518, 3)] {
            page = page.fill(Rect::new(left, 100, wide, 200), 0);
        }
        let plane = Plane::of(&page.pix(), 240, None).unwrap();
        let found = plane.finders(1.5..=9.0);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!((found[0].x - 110.5).abs() < 1.0 && (found[0].y - 110.5).abs() < 1.0);
        assert!(plane.finders(4.0..=9.0).is_empty());
    }
}

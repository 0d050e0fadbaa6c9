//! The black squares in the corners of a card.

use super::components::{Component, Components};
use super::pix::PixError;
use super::plane::Plane;
use super::warp::Point;

/// A black square on a page, in pixels of its plane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mark {
    /// Its middle.
    pub middle: Point,
    /// Its side.
    pub side: f64,
    /// Whether it has the hole that tells which corner it is.
    pub hole: bool,
}

/// A hole takes this share of its square: half its side.
const HOLE: f64 = 0.25;
/// Sides of the box around a square, longer to shorter: an upright one stretched by
/// 4 %, and ragged edges.
const SQUARE: f64 = 1.25;
/// Ink to the box around it: a square turned by 6 degrees fills 0.83, one that is
/// printed badly or dirty less.
const FILLED: std::ops::RangeInclusive<f64> = 0.70..=1.1;
/// A page with more squares than this is no card but a pattern; the largest are kept.
const MOST: usize = 48;

impl Plane {
    /// The squares of this side on the plane.
    pub fn marks(&self, sides: std::ops::RangeInclusive<f64>) -> Result<Vec<Mark>, PixError> {
        let Some(ink) = Components::of(&self.inked()?)? else {
            return Ok(Vec::new());
        };
        let mut found: Vec<Option<Mark>> = ink
            .all
            .iter()
            .map(|piece| self.mark(piece).filter(|mark| sides.contains(&mark.side)))
            .collect();
        centre(&ink, &mut found);
        let mut marks: Vec<Mark> = found.into_iter().flatten().collect();
        marks.sort_by(|a, b| b.side.total_cmp(&a.side));
        marks.truncate(MOST);
        Ok(marks)
    }

    fn mark(&self, piece: &Component) -> Option<Mark> {
        const SMALLEST: f32 = 8.0;
        let (width, height) = (piece.width(), piece.height());
        let longer = f64::from(width.max(height) / width.min(height));
        if width.min(height) < SMALLEST || longer > SQUARE {
            return None;
        }
        let middle = Point::new(
            f64::from(piece.left + piece.right) / 2.0,
            f64::from(piece.top + piece.bottom) / 2.0,
        );
        let hole = self.ink_around(middle, f64::from(width) / 10.0) < 0.5;
        let filled = if hole { 1.0 - HOLE } else { 1.0 };
        let area = f64::from(piece.ink) / filled;
        let full = area / f64::from(width * height);
        FILLED.contains(&full).then(|| Mark {
            middle,
            side: area.sqrt(),
            hole,
        })
    }

    /// How much of a small square around a point is ink, from 0 to 1.
    fn ink_around(&self, middle: Point, reach: f64) -> f64 {
        let mut rows = [[0_u8; 5]; 5];
        for (row, down) in rows.iter_mut().zip([-1.0, -0.5, 0.0, 0.5, 1.0]) {
            let from = Point::new(middle.x - reach, middle.y + down * reach);
            let to = Point::new(middle.x + 1.5 * reach, from.y);
            self.along(from, to, row);
        }
        let ink: f64 = rows.as_flattened().iter().map(|ink| f64::from(*ink)).sum();
        ink / (25.0 * 255.0)
    }
}

/// Moves each mark's middle to where its ink has its own: a speck that touches a mark
/// makes its box larger, and hardly its ink.
fn centre(ink: &Components, marks: &mut [Option<Mark>]) {
    let mut sums = vec![[0.0; 3]; marks.len()];
    for run in &ink.runs {
        let number = run.component as usize;
        if marks[number].is_some() {
            let length = f64::from(run.to - run.from);
            let [count, across, down] = &mut sums[number];
            *count += length;
            *across += length * f64::from(run.from + run.to) / 2.0;
            *down += length * (f64::from(run.y) + 0.5);
        }
    }
    for (mark, [count, across, down]) in marks.iter_mut().zip(sums) {
        if let Some(mark) = mark {
            mark.middle = Point::new(across / count, down / count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::geometry::Rect;
    use crate::imaging::canvas::Canvas;

    #[test]
    fn squares_are_found_and_told_apart() {
        let page = Canvas::new((800, 600))
            .fill(Rect::new(60, 60, 48, 48), 20)
            .fill(Rect::new(600, 400, 48, 48), 20)
            .fill(Rect::new(612, 412, 24, 24), 245)
            // A bar, and a box that is only a frame.
            .fill(Rect::new(300, 100, 120, 48), 20)
            .fill(Rect::new(300, 300, 48, 48), 20)
            .fill(Rect::new(303, 303, 42, 42), 245)
            .print(60, 500, 10, 20);
        for turned in [0.0, 5.0] {
            let plane = Plane::of(&page.ink().rotated(turned).unwrap(), 300, None).unwrap();
            let mut marks = plane.marks(18.0..=30.0).unwrap();
            marks.sort_by_key(|mark| mark.hole);
            assert_eq!(marks.len(), 2, "{turned} {marks:?}");
            assert_eq!([marks[0].hole, marks[1].hole], [false, true]);
            assert!(marks.iter().all(|mark| (mark.side - 24.0).abs() < 1.0));
        }
    }
}

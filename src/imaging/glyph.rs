//! What is written in a box as a small picture of fixed size, whatever the size of the
//! box and of the writing: what the network for handprint is shown, and was trained on.

use super::warp::{Patch, Point};
use crate::domain::geometry::Area;

/// Pixels along a side of the picture.
pub const SIDE: usize = 32;
/// The picture is this much larger than the ink, so that every stroke has paper around it.
const AROUND: f64 = 1.25;
/// But it spans at least this much of the box's height, so that a dot stays a dot.
const LEAST: f64 = 0.7;
/// Ink from which a pixel counts when the extent of the writing is measured, of 255.
const INK: u8 = 90;

/// The writing in a box, and where the box lies around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GlyphPicture {
    /// Ink from 0 to 255, row after row.
    pub ink: Vec<u8>,
    /// The first column and row of the box in the picture, and those after its last:
    /// a dot is a full stop at its foot and an apostrophe at its head.
    pub place: [u8; 4],
}

/// The picture of what stands in a box; none when no ink does. The patch holds the ink of
/// this box alone.
pub fn glyph_picture(patch: &Patch, place: &Area) -> Option<GlyphPicture> {
    let (left, top, right, bottom) = extent(patch)?;
    let on_sheet = |x: usize, y: usize| {
        Point::new(
            patch.corner.x + x as f64 / patch.density,
            patch.corner.y + y as f64 / patch.density,
        )
    };
    let (from, to) = (on_sheet(left, top), on_sheet(right, bottom));
    let length = ((to.x - from.x).max(to.y - from.y) * AROUND).max(place.h * LEAST);
    let corner = Point::new(
        (from.x + to.x - length) / 2.0,
        (from.y + to.y - length) / 2.0,
    );
    let pixel = length / SIDE as f64;
    let column = |x: f64| ((x - corner.x) / pixel).round().clamp(0.0, SIDE as f64) as u8;
    let row = |y: f64| ((y - corner.y) / pixel).round().clamp(0.0, SIDE as f64) as u8;
    Some(GlyphPicture {
        ink: seen(patch, corner, pixel),
        place: [
            column(place.x),
            row(place.y),
            column(place.right()),
            row(place.bottom()),
        ],
    })
}

/// The first column and row with ink, and those after the last.
fn extent(patch: &Patch) -> Option<(usize, usize, usize, usize)> {
    let mut extent: Option<(usize, usize, usize, usize)> = None;
    for (y, row) in patch.ink.chunks(patch.width.max(1)).enumerate() {
        let Some(first) = row.iter().position(|ink| *ink >= INK) else {
            continue;
        };
        let last = row.iter().rposition(|ink| *ink >= INK).unwrap_or(first);
        let (left, top, right, _) = extent.unwrap_or((first, y, last + 1, y + 1));
        extent = Some((left.min(first), top, right.max(last + 1), y + 1));
    }
    extent
}

/// The mean ink of each of the picture's pixels, from its corner on.
fn seen(patch: &Patch, corner: Point, pixel: f64) -> Vec<u8> {
    const PARTS: usize = 3;
    let part = |at: usize| (at as f64 + 0.5) / PARTS as f64 * pixel;
    // The columns and rows of the patch that each part of the picture falls on.
    let places = |corner: f64, origin: f64, end: usize| -> Vec<Option<usize>> {
        (0..SIDE * PARTS)
            .map(|at| (corner + part(at) - origin) * patch.density)
            .map(|at| (at >= 0.0 && at < end as f64).then_some(at as usize))
            .collect()
    };
    let columns = places(corner.x, patch.corner.x, patch.width);
    let rows = places(corner.y, patch.corner.y, patch.height);
    let mut sums = vec![0_u32; SIDE * SIDE];
    for (down, row) in rows.iter().enumerate() {
        let Some(row) = row.map(|row| &patch.ink[row * patch.width..][..patch.width]) else {
            continue;
        };
        let sums = &mut sums[down / PARTS * SIDE..][..SIDE];
        for (right, column) in columns.iter().enumerate() {
            sums[right / PARTS] += column.map_or(0, |column| u32::from(row[column]));
        }
    }
    let mean = |sum: u32| (sum / (PARTS * PARTS) as u32) as u8;
    sums.into_iter().map(mean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Area = Area {
        x: 2.0,
        y: 2.0,
        w: 5.0,
        h: 6.0,
    };

    fn drawn(x: f64, y: f64, w: f64, h: f64) -> Patch {
        let mut patch = Patch::blank(&Area::new(0.8, 0.8, 7.4, 8.4), 8.0);
        let (columns, rows) = patch.pixels_of(&Area::new(x, y, w, h));
        for row in rows {
            let start = row * patch.width;
            patch.ink[start + columns.start..start + columns.end].fill(255);
        }
        patch
    }

    #[test]
    fn no_ink_is_no_picture() {
        assert_eq!(glyph_picture(&drawn(3.0, 3.0, 0.0, 0.0), &PLACE), None);
    }

    #[test]
    fn a_character_fills_the_picture_wherever_it_stands_and_however_large() {
        let pictures = [(3.0, 3.0, 4.0), (2.5, 3.5, 4.0), (3.0, 4.0, 3.6)].map(|(x, y, size)| {
            let picture = glyph_picture(&drawn(x, y, size / 2.0, size), &PLACE).unwrap();
            let inked: Vec<usize> = (0..SIDE * SIDE)
                .filter(|at| picture.ink[*at] > 127)
                .collect();
            (inked[0] / SIDE, inked[inked.len() - 1] / SIDE)
        });
        for (top, bottom) in pictures {
            assert!(
                (3..=4).contains(&top) && (27..=28).contains(&bottom),
                "{pictures:?}"
            );
        }
    }

    #[test]
    fn a_dot_stays_small_and_knows_where_it_stands() {
        let full_stop = glyph_picture(&drawn(4.0, 7.0, 0.5, 0.5), &PLACE).unwrap();
        let inked = full_stop.ink.iter().filter(|ink| **ink > 127).count();
        assert!((4..40).contains(&inked), "{inked}");
        let [_, top, _, bottom] = full_stop.place;
        assert_eq!((top, bottom < SIDE as u8), (0, true));
        let apostrophe = glyph_picture(&drawn(4.0, 2.5, 0.3, 1.2), &PLACE).unwrap();
        let [_, top, _, bottom] = apostrophe.place;
        assert_eq!((top > 0, bottom), (true, SIDE as u8));
    }
}

//! A box to tick as a small picture of fixed size, whatever the size of the box: what
//! the network that judges ticks is shown, and was trained on.

use super::warp::{Patch, Point, middle};
use crate::domain::geometry::Area;

/// Pixels along a side of the picture.
pub const SIDE: usize = 40;
/// How many sides of the box the picture spans: marks overshoot, and a line that
/// strikes a mark out ends beyond the box.
pub const SPAN: f64 = 2.4;

/// The picture of a box, its frame and print taken out: ink from 0 to 255.
pub fn tick_picture(patch: &Patch, place: &Area) -> Vec<u8> {
    const PARTS: usize = 3;
    let middle = middle(place);
    let at = |pixel: usize, part: usize, length: f64| {
        let along = (pixel as f64 + (part as f64 + 0.5) / PARTS as f64) / SIDE as f64;
        (along - 0.5) * SPAN * length
    };
    let pixels = (0..SIDE).flat_map(|y| (0..SIDE).map(move |x| (x, y)));
    let mean = pixels.map(|(x, y)| {
        let parts = (0..PARTS).flat_map(|down| (0..PARTS).map(move |right| (right, down)));
        let sum: u32 = parts
            .map(|(right, down)| {
                let x = middle.x + at(x, right, place.w);
                let y = middle.y + at(y, down, place.h);
                u32::from(ink(patch, Point::new(x, y)))
            })
            .sum();
        (sum / (PARTS * PARTS) as u32) as u8
    });
    mean.collect()
}

fn ink(patch: &Patch, point: Point) -> u8 {
    let Point { x, y } = patch.pixel_of(point);
    let inside = x >= 0.0 && y >= 0.0 && x < patch.width as f64 && y < patch.height as f64;
    if inside {
        patch.ink[y as usize * patch.width + x as usize]
    } else {
        0
    }
}

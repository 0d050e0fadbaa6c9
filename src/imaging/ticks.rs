//! What a box to tick holds, by the ink that is not the form's own.

use super::warp::Patch;
use crate::domain::geometry::Area;

/// The ink in and around a box to tick, frame and print taken out; lengths are in sides
/// of the box, areas in its area.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TickInk {
    /// Ink inside the box.
    pub inside: f64,
    /// Ink around it, within the patch.
    pub around: f64,
}

/// Measures a patch around a box.
pub fn tick_ink(patch: &Patch, place: &Area) -> TickInk {
    let (columns, rows) = patch.pixels_of(place);
    let area = (columns.len() * rows.len()).max(1) as f64;
    let ink = |x: usize, y: usize| f64::from(patch.ink[y * patch.width + x]) / 255.0;
    let all: f64 = patch.ink.iter().map(|ink| f64::from(*ink) / 255.0).sum();
    let inside = rows.flat_map(|y| columns.clone().map(move |x| (x, y)));
    let inside: f64 = inside.map(|(x, y)| ink(x, y)).sum();
    TickInk {
        inside: inside / area,
        around: (all - inside) / area,
    }
}

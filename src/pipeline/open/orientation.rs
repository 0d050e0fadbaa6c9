//! How a file says its image is to be held: EXIF's eight ways, of which TIFF and
//! JPEG share the numbers.

use crate::domain::geometry::Turn;

/// Mirror first, then turn, and the page stands as its maker saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Orientation {
    /// Left and right are exchanged.
    pub(super) mirrored: bool,
    /// Then clockwise.
    pub(super) turn: Turn,
}

impl Orientation {
    /// From EXIF's number; one that EXIF does not know means as it is.
    pub(super) const fn from_exif(number: u8) -> Self {
        let (mirrored, turn) = match number {
            2 => (true, Turn::None),
            3 => (false, Turn::Half),
            4 => (true, Turn::Half),
            5 => (true, Turn::ThreeQuarter),
            6 => (false, Turn::Quarter),
            7 => (true, Turn::Quarter),
            8 => (false, Turn::ThreeQuarter),
            _ => (false, Turn::None),
        };
        Self { mirrored, turn }
    }

    /// Only turned.
    pub(super) const fn turned(turn: Turn) -> Self {
        Self {
            mirrored: false,
            turn,
        }
    }
}

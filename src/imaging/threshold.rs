//! From grey or colour to ink and paper.
//!
//! Tesseract makes its own threshold of the page it reads; this one is for
//! measuring: skew, x-height, orientation.

use std::ptr;

use leptonica_sys as lept;

use super::pix::{Depth, Pix, PixError};

/// Side of the tiles that get a threshold of their own, in pixels: some ten lines of
/// print at 300 dpi, so that a tile has both ink and paper.
const TILE: i32 = 600;

/// How far a tile's threshold leans towards the valley of its histogram; Leptonica's
/// advice for print.
const SCORE_FRACTION: f32 = 0.1;

impl Pix {
    /// Ink is what is darker than `level`; a bitonal image stays as it is.
    pub fn threshold(self, level: u8) -> Result<Self, PixError> {
        let grey = match self.depth() {
            Depth::Bitonal => return Ok(self),
            Depth::Grey => self,
            Depth::Colour => self.to_grey()?,
        };
        // SAFETY: the image is alive and grey; the result is new.
        let raw = unsafe { lept::pixThresholdToBinary(grey.raw(), level.into()) };
        Self::own(raw, "pixThresholdToBinary")
    }

    /// An image of two tones as ink and paper, whatever the tones are.
    pub fn two_tone(self) -> Result<Self, PixError> {
        let grey = self.to_grey()?;
        let (mut darkest, mut brightest) = (u8::MAX, 0);
        for y in 0..grey.height() {
            for value in grey.grey_row(y) {
                darkest = darkest.min(value);
                brightest = brightest.max(value);
            }
        }
        if brightest - darkest < 2 {
            return grey.threshold(128);
        }
        grey.threshold(darkest + (brightest - darkest) / 2 + 1)
    }

    /// Ink and paper by Otsu's method, tile by tile.
    pub fn otsu(&self) -> Result<Self, PixError> {
        if self.depth() == Depth::Bitonal {
            return Ok(self.clone());
        }
        let grey = self.to_grey()?;
        let mut ink = ptr::null_mut();
        // SAFETY: the image is alive and grey; the result is written before the call
        // returns and is ours; no threshold image is asked for.
        unsafe {
            lept::pixOtsuAdaptiveThreshold(
                grey.raw(),
                TILE,
                TILE,
                0,
                0,
                SCORE_FRACTION,
                ptr::null_mut(),
                &mut ink,
            )
        };
        Self::own(ink, "pixOtsuAdaptiveThreshold")
    }
}

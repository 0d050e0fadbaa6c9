//! From grey or colour to ink and paper.
//!
//! Tesseract makes its own threshold of the page it reads; this one is for
//! measuring: skew, x-height, orientation.

use std::ptr;

use leptonica_sys as lept;

use super::pix::{Depth, Pix, PixError};

/// The tone that paper is brought to before a threshold is laid, of 255.
pub(super) const PAPER: u8 = 200;

/// Darker than this on [`PAPER`] is print: half way down, a little to the light side
/// so that thin strokes stay whole.
const PRINT_LEVEL: u8 = 130;

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

    /// Ink and paper for measuring print: the page's own light is evened out first.
    pub fn ink_and_paper(&self) -> Result<Self, PixError> {
        match self.depth() {
            Depth::Bitonal => Ok(self.clone()),
            _ => self.to_grey()?.on_even_paper()?.threshold(PRINT_LEVEL),
        }
    }

    /// A grey page with its paper brought to [`PAPER`], shadows and all; a page with
    /// too little paper to tell comes back as it is.
    pub(super) fn on_even_paper(self) -> Result<Self, PixError> {
        let (mask, picture) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: the image is alive and grey; null stands for no mask of
        // pictures; tiles and smoothing are Leptonica's own choice. A null result means that it cannot be.
        let raw = unsafe {
            lept::pixBackgroundNorm(
                self.raw(),
                mask,
                picture,
                10,
                15,
                60,
                40,
                PAPER.into(),
                2,
                1,
            )
        };
        Ok(Self::own(raw, "pixBackgroundNorm").unwrap_or(self))
    }
}

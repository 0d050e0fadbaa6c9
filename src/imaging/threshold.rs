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

/// Smaller letters than this say too little of a page at half its size (pixels): the
/// masks of [`orientation`](super::orientation) fit letters of 10 pixels and more.
const HALF_X_HEIGHT: f64 = 9.5;

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

    /// Ink and paper for measuring print, and its scale: the page's own light is evened
    /// out first. A grey page is measured at half its size, a quarter of the work, unless
    /// its print is small.
    pub fn ink_and_paper(&self) -> Result<(Self, f64), PixError> {
        if self.depth() == Depth::Bitonal {
            return Ok((self.clone(), 1.0));
        }
        let ink_at = |scale| -> Result<Self, PixError> {
            let grey = self.reduced_to_grey(scale)?;
            grey.on_even_paper()?.threshold(PRINT_LEVEL)
        };
        let half = ink_at(0.5)?;
        if half.x_height()?.is_some_and(|x| x >= HALF_X_HEIGHT) {
            return Ok((half, 0.5));
        }
        Ok((ink_at(1.0)?, 1.0))
    }

    /// A grey or colour page in grey, reduced by this factor, each pixel the mean of those
    /// under it: reduced first, for that is most of the work.
    pub(super) fn reduced_to_grey(&self, scale: f64) -> Result<Self, PixError> {
        // SAFETY: the image is alive and has 8 or 32 bits a pixel; the result is new.
        let raw = unsafe { lept::pixScaleAreaMap(self.raw(), scale as f32, scale as f32) };
        let small = Self::own(raw, "pixScaleAreaMap")?;
        match small.depth() {
            Depth::Colour => small.to_grey(),
            Depth::Bitonal | Depth::Grey => Ok(small),
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

/// How bright paper and ink are on a grey page, and how much ink each shade is.
#[derive(Debug, Clone)]
pub(super) struct InkLevels {
    threshold: u8,
    /// For each brightness the share of ink, 0 to 1.
    shares: [f32; 256],
}

/// The darkest of a letter's pixels, by share of the page, are full ink: a guess at how
/// much of a page is the inside of strokes.
const FULL_INK: f32 = 0.015;

/// Ink is at least this much darker than paper, of 255: a guess.
const MIN_CONTRAST: f32 = 40.0;

/// Between paper (0) and ink (1): what counts as ink, and where white and black begin.
/// With them 12 grey letters have 0.35 % wrong characters, November 2026; other values
/// were tried with the prototype only.
const THRESHOLD: f32 = 0.30;
const WHITE: f32 = 0.15;
const BLACK: f32 = 0.10;

impl InkLevels {
    /// Measures a grey page: paper is the commonest bright shade, ink the mean of the
    /// darkest pixels.
    pub(super) fn of(page: &Pix) -> Self {
        let mut counts = [0_u32; 256];
        for y in (0..page.height()).step_by(4) {
            for shade in page.grey_row(y).step_by(2) {
                counts[usize::from(shade)] += 1;
            }
        }
        let paper = (128..256).rev().max_by_key(|i| counts[*i]).unwrap_or(255) as f32;
        let ink = darkest(&counts).min(paper - MIN_CONTRAST);
        let range = paper - ink;
        let (white, black) = (paper - WHITE * range, ink + BLACK * range);
        let shares =
            std::array::from_fn(|i| ((white - i as f32) / (white - black)).clamp(0.0, 1.0));
        let threshold = (paper - THRESHOLD * range).clamp(1.0, 255.0) as u8;
        Self { threshold, shares }
    }

    /// What is darker than this is ink.
    pub(super) const fn threshold(&self) -> u8 {
        self.threshold
    }

    /// How much of a pixel of this brightness is ink.
    pub(super) fn ink(&self, shade: u8) -> f32 {
        self.shares[usize::from(shade)]
    }
}

/// The mean of the darkest pixels.
fn darkest(counts: &[u32; 256]) -> f32 {
    let wanted = counts.iter().sum::<u32>() as f32 * FULL_INK;
    let (mut pixels, mut sum) = (0.0, 0.0);
    for (shade, count) in counts.iter().enumerate() {
        if pixels >= wanted {
            break;
        }
        pixels += *count as f32;
        sum += *count as f32 * shade as f32;
    }
    if pixels > 0.0 { sum / pixels } else { 0.0 }
}

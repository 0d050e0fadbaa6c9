//! The one owner of a Leptonica image, so that nothing above ever sees a raw pointer.
//!
//! Every pixel that Postroom touches lives in a [`Pix`]: 1 bit a pixel (1 is ink),
//! 8 bits of grey (0 is black) or 32 bits of colour. Other depths are converted on
//! the way in, so that no later step has to ask.

use std::ptr::{self, NonNull};
use std::sync::Once;

use leptonica_plumbing::Pix as Plumbing;
use leptonica_sys as lept;

use super::raster::Raster;
use crate::domain::geometry::{Rect, Turn};

/// Leptonica could not do what was asked: the input is damaged or memory ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Leptonica: {0} failed")]
pub struct PixError(pub(super) &'static str);

impl PixError {
    /// An image of tiles without a tile.
    pub const NO_TILES: Self = Self("an image without tiles");
}

/// How many bits a pixel has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Depth {
    /// Black and white, 1 bit; a set bit is ink.
    Bitonal,
    /// 8 bits of grey, 0 is black.
    Grey,
    /// 32 bits: red, green, blue and an unused byte.
    Colour,
}

/// Leptonica's `PIX_SRC`: the destination takes the source's pixels.
const COPY: i32 = 0xc;

/// An image with a single owner; dropped, it is freed.
#[derive(Debug)]
pub struct Pix(Plumbing);

// SAFETY: a `Pix` is the only owner of its image (Leptonica's reference count is not
// atomic, and no clone that shares it ever leaves this module), so it may move to
// another thread. It is not `Sync`.
unsafe impl Send for Pix {}

impl Drop for Pix {
    fn drop(&mut self) {
        let mut raw = self.raw();
        // SAFETY: `raw` is the image that this value owns, and it is not used again.
        unsafe { lept::pixDestroy(&mut raw) };
    }
}

impl Clone for Pix {
    /// A deep copy: the two share nothing.
    fn clone(&self) -> Self {
        // SAFETY: a null destination asks for a new image; the source is alive.
        let copy = unsafe { lept::pixCopy(ptr::null_mut(), self.raw()) };
        Self::own(copy, "copy").unwrap_or_else(|_| {
            std::alloc::handle_alloc_error(std::alloc::Layout::new::<lept::Pix>())
        })
    }
}

impl AsRef<Plumbing> for Pix {
    /// The view that Tesseract's bindings take; it must not outlive this value.
    fn as_ref(&self) -> &Plumbing {
        &self.0
    }
}

impl Pix {
    /// Takes ownership of what a Leptonica call gave back.
    pub(super) fn own(raw: *mut lept::Pix, call: &'static str) -> Result<Self, PixError> {
        silence();
        match NonNull::new(raw) {
            // SAFETY: every caller passes an image fresh from Leptonica, owned by nobody else.
            Some(raw) => Ok(Self(unsafe { Plumbing::new_from_pointer(raw.as_ptr()) })),
            None => Err(PixError(call)),
        }
    }

    /// The pointer for a Leptonica call; never kept beyond it.
    pub(super) fn raw(&self) -> *mut lept::Pix {
        *self.0.as_ref()
    }

    /// A white page of this size.
    pub fn blank(width: u32, height: u32, depth: Depth) -> Result<Self, PixError> {
        silence();
        let (w, h) = (signed(width)?, signed(height)?);
        let bits = match depth {
            Depth::Bitonal => 1,
            Depth::Grey => 8,
            Depth::Colour => 32,
        };
        // SAFETY: pixCreate checks its arguments and gives back null when they are impossible.
        let pix = Self::own(unsafe { lept::pixCreate(w, h, bits) }, "pixCreate")?;
        if depth != Depth::Bitonal {
            // SAFETY: the image is alive and ours.
            unsafe { lept::pixSetAll(pix.raw()) };
        }
        Ok(pix)
    }

    /// Decodes the first page of a TIFF file in memory.
    pub fn from_tiff(bytes: &[u8]) -> Result<Self, PixError> {
        silence();
        // SAFETY: the slice outlives the call, which copies what it keeps.
        let raw = unsafe { lept::pixReadMemTiff(bytes.as_ptr(), bytes.len(), 0) };
        Self::own(raw, "pixReadMemTiff")?.normalised()
    }

    /// Builds an image from rows of samples.
    pub fn from_raster(raster: &Raster<'_>) -> Result<Self, PixError> {
        let mut pix = Self::blank(raster.width(), raster.height(), raster.depth())?;
        raster.pack(pix.words_mut());
        Ok(pix)
    }

    /// Width in pixels.
    pub fn width(&self) -> u32 {
        // SAFETY: the image is alive.
        unsafe { lept::pixGetWidth(self.raw()) }.unsigned_abs()
    }

    /// Height in pixels.
    pub fn height(&self) -> u32 {
        // SAFETY: the image is alive.
        unsafe { lept::pixGetHeight(self.raw()) }.unsigned_abs()
    }

    /// Bits a pixel.
    pub fn depth(&self) -> Depth {
        // SAFETY: the image is alive.
        match unsafe { lept::pixGetDepth(self.raw()) } {
            1 => Depth::Bitonal,
            8 => Depth::Grey,
            _ => Depth::Colour,
        }
    }

    /// Horizontal and vertical dots per inch as the file claims; 0 when it does not.
    pub fn resolution(&self) -> (u32, u32) {
        // SAFETY: the image is alive.
        let (x, y) = unsafe { (lept::pixGetXRes(self.raw()), lept::pixGetYRes(self.raw())) };
        (x.max(0).unsigned_abs(), y.max(0).unsigned_abs())
    }

    /// Says how many dots an inch has, in both directions.
    pub fn set_resolution(&mut self, dpi: u32) {
        let dpi = i32::try_from(dpi).unwrap_or(0);
        // SAFETY: the image is alive and we hold it exclusively.
        unsafe {
            lept::pixSetXRes(self.raw(), dpi);
            lept::pixSetYRes(self.raw(), dpi);
        }
    }

    /// One row as 32-bit words, the first pixel in the highest bits.
    pub(crate) fn row(&self, y: u32) -> &[u32] {
        let words = self.words_a_row();
        assert!(y < self.height(), "row {y} of {}", self.height());
        // SAFETY: Leptonica lays out height() rows of words_a_row() words, `y` is one of
        // them, and nobody changes them while `self` is borrowed.
        unsafe {
            let data = lept::pixGetData(self.raw());
            std::slice::from_raw_parts(data.add(y as usize * words), words)
        }
    }

    /// The grey values of one row of a grey image.
    pub(crate) fn grey_row(&self, y: u32) -> impl Iterator<Item = u8> + '_ {
        debug_assert_eq!(self.depth(), Depth::Grey);
        self.row(y)
            .iter()
            .flat_map(|word| word.to_be_bytes())
            .take(self.width() as usize)
    }

    /// 32-bit words in a row.
    fn words_a_row(&self) -> usize {
        // SAFETY: the image is alive.
        unsafe { lept::pixGetWpl(self.raw()) }.unsigned_abs() as usize
    }

    /// All words, row after row.
    fn words_mut(&mut self) -> &mut [u32] {
        let words = self.words_a_row() * self.height() as usize;
        // SAFETY: the block has exactly that many words, and we hold it exclusively.
        unsafe { std::slice::from_raw_parts_mut(lept::pixGetData(self.raw()), words) }
    }

    /// Makes paper of the columns `from..to` of a row of a bitonal image.
    pub(super) fn clear_run(&mut self, y: u32, from: i32, to: i32) {
        debug_assert_eq!(self.depth(), Depth::Bitonal);
        let first = self.words_a_row() * y as usize;
        let words = self.words_mut();
        for x in from.max(0).unsigned_abs()..to.max(0).unsigned_abs() {
            words[first + x as usize / 32] &= !(0x8000_0000 >> (x % 32));
        }
    }

    /// The part of the image inside `part`, cut to the image; an error when nothing is left.
    pub fn crop(&self, part: Rect) -> Result<Self, PixError> {
        let (x, y) = (signed(part.x)?, signed(part.y)?);
        let (w, h) = (signed(part.w)?, signed(part.h)?);
        // SAFETY: the box is made and freed here; the clip copies pixels.
        let raw = unsafe {
            let mut bounds = lept::boxCreate(x, y, w, h);
            let clip = lept::pixClipRectangle(self.raw(), bounds, ptr::null_mut());
            lept::boxDestroy(&mut bounds);
            clip
        };
        Self::own(raw, "pixClipRectangle")
    }

    /// Lays `part`, which must have the same depth, with its corner at this place; what
    /// sticks out is cut off.
    pub fn paste(&mut self, part: &Self, x: u32, y: u32) -> Result<(), PixError> {
        if self.depth() != part.depth() {
            return Err(PixError("paste of another depth"));
        }
        let (w, h) = (signed(part.width())?, signed(part.height())?);
        let (x, y) = (signed(x)?, signed(y)?);
        // SAFETY: both images are alive and we hold this one exclusively; the call
        // clips the rectangle to both.
        unsafe { lept::pixRasterop(self.raw(), x, y, w, h, COPY, part.raw(), 0, 0) };
        Ok(())
    }

    /// Turned clockwise by a multiple of 90 degrees.
    pub fn turned(self, turn: Turn) -> Result<Self, PixError> {
        let quarters = i32::from(turn.degrees() / 90);
        if quarters == 0 {
            return Ok(self);
        }
        // SAFETY: the image is alive; the result is new.
        let raw = unsafe { lept::pixRotateOrth(self.raw(), quarters) };
        Self::own(raw, "pixRotateOrth")
    }

    /// Mirrored left to right.
    pub fn mirrored(self) -> Result<Self, PixError> {
        // SAFETY: a null destination asks for a new image.
        let raw = unsafe { lept::pixFlipLR(ptr::null_mut(), self.raw()) };
        Self::own(raw, "pixFlipLR")
    }

    /// Scaled by these factors; bitonal stays bitonal.
    pub fn scaled(&self, x: f64, y: f64) -> Result<Self, PixError> {
        // SAFETY: the image is alive; the result is new.
        let raw = unsafe { lept::pixScale(self.raw(), x as f32, y as f32) };
        Self::own(raw, "pixScale")
    }

    /// Every pixel's brightness; bitonal becomes black and white in 8 bits.
    pub fn to_grey(&self) -> Result<Self, PixError> {
        // SAFETY: the image is alive; the result is new (for grey a copy).
        let raw = unsafe { lept::pixConvertTo8(self.raw(), 0) };
        Self::own(raw, "pixConvertTo8")
    }

    /// A bitonal image at half size in grey, the most that its pixels still tell.
    pub fn half_in_grey(&self) -> Result<Self, PixError> {
        // SAFETY: the image is alive; the call refuses what is not bitonal.
        let raw = unsafe { lept::pixScaleToGray2(self.raw()) };
        Self::own(raw, "pixScaleToGray2")
    }

    /// How many pixels of a bitonal image are ink.
    pub fn ink(&self) -> u64 {
        let mut count = 0;
        // SAFETY: the image is alive; the count is written before the call returns.
        unsafe { lept::pixCountPixels(self.raw(), &mut count, ptr::null_mut()) };
        u64::from(count.unsigned_abs())
    }

    /// Whether two images have the same size, depth and pixels.
    pub fn same_pixels(&self, other: &Self) -> bool {
        let mut same = 0;
        // SAFETY: both images are alive; the answer is written before the call returns.
        unsafe { lept::pixEqual(self.raw(), other.raw(), &mut same) };
        same == 1
    }

    /// Any other depth or a palette becomes the nearest of our three depths.
    fn normalised(self) -> Result<Self, PixError> {
        // SAFETY: the image is alive.
        let (depth, palette) = unsafe {
            (
                lept::pixGetDepth(self.raw()),
                lept::pixGetColormap(self.raw()),
            )
        };
        if palette.is_null() {
            return match depth {
                1 | 8 | 32 => Ok(self),
                // SAFETY: the image is alive; the results are new.
                2 | 4 | 16 => Self::own(unsafe { lept::pixConvertTo8(self.raw(), 0) }, "to grey"),
                // SAFETY: as above.
                _ => Self::own(unsafe { lept::pixConvertTo32(self.raw()) }, "to colour"),
            };
        }
        let based_on_source = lept::REMOVE_CMAP_BASED_ON_SRC as i32;
        // SAFETY: the image is alive; the result is new and has no palette.
        let raw = unsafe { lept::pixRemoveColormap(self.raw(), based_on_source) };
        Self::own(raw, "pixRemoveColormap")?.normalised()
    }
}

/// A size for a Leptonica call.
pub(super) fn signed(size: u32) -> Result<i32, PixError> {
    i32::try_from(size).map_err(|_| PixError("a size beyond 31 bits"))
}

/// Leptonica and libtiff speak on stderr unless told not to; errors are values here.
pub(super) fn silence() {
    static SILENCE: Once = Once::new();
    SILENCE.call_once(|| {
        // SAFETY: sets one process-wide number and takes no pointer.
        unsafe { lept::setMsgSeverity(lept::L_SEVERITY_NONE as i32) };
    });
}

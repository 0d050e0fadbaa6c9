//! Rows of samples as decoders give them, on their way into a [`Pix`](super::pix::Pix).

use super::pix::Depth;

/// Borrowed pixels, rows from top to bottom, each beginning on a whole byte.
/// Made only when there are enough bytes for the size.
#[derive(Debug, Clone, Copy)]
pub struct Raster<'a> {
    width: u32,
    height: u32,
    samples: Samples,
    bytes: &'a [u8],
}

/// What the bytes of a [`Raster`] mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Samples {
    /// One bit a pixel, the highest bit first, a set bit is ink.
    Ink,
    /// One bit a pixel, the highest bit first, a set bit is paper.
    Paper,
    /// One byte a pixel, 0 is black.
    Grey,
    /// Red, green, blue.
    Rgb,
    /// Red, green, blue, opacity; laid on white paper.
    Rgba,
}

impl<'a> Raster<'a> {
    /// Pixels of this size; `None` when the bytes are too few or the size is zero.
    pub fn new(width: u32, height: u32, samples: Samples, bytes: &'a [u8]) -> Option<Self> {
        let raster = Self {
            width,
            height,
            samples,
            bytes,
        };
        let needed = raster.bytes_a_row().checked_mul(height as usize)?;
        (width > 0 && height > 0 && bytes.len() >= needed).then_some(raster)
    }

    /// Width in pixels.
    pub const fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels.
    pub const fn height(&self) -> u32 {
        self.height
    }

    /// The depth of the image that these pixels make.
    pub const fn depth(&self) -> Depth {
        match self.samples {
            Samples::Ink | Samples::Paper => Depth::Bitonal,
            Samples::Grey => Depth::Grey,
            Samples::Rgb | Samples::Rgba => Depth::Colour,
        }
    }

    /// Writes the pixels in Leptonica's layout: rows of 32-bit words, the first pixel
    /// in the highest bits, the rest of the last word zero.
    pub(super) fn pack(&self, words: &mut [u32]) {
        let rows = self.bytes.chunks_exact(self.bytes_a_row());
        let words_a_row = words.len() / self.height as usize;
        for (row, words) in rows.zip(words.chunks_exact_mut(words_a_row)) {
            match self.samples {
                Samples::Ink => pack_bytes(row, words, |byte| byte),
                Samples::Paper => pack_bytes(row, words, |byte| !byte),
                Samples::Grey => pack_bytes(row, words, |byte| byte),
                Samples::Rgb => pack_rgb(row, words),
                Samples::Rgba => pack_rgba(row, words),
            }
            if self.depth() == Depth::Bitonal {
                clear_padding(words, self.width);
            }
        }
    }

    const fn bytes_a_row(&self) -> usize {
        let width = self.width as usize;
        match self.samples {
            Samples::Ink | Samples::Paper => width.div_ceil(8),
            Samples::Grey => width,
            Samples::Rgb => width * 3,
            Samples::Rgba => width * 4,
        }
    }
}

fn pack_bytes(row: &[u8], words: &mut [u32], value: impl Fn(u8) -> u8) {
    for (bytes, word) in row.chunks(4).zip(words) {
        let mut four = [0; 4];
        for (to, from) in four.iter_mut().zip(bytes) {
            *to = value(*from);
        }
        *word = u32::from_be_bytes(four);
    }
}

fn pack_rgb(row: &[u8], words: &mut [u32]) {
    for (pixel, word) in row.chunks_exact(3).zip(words) {
        *word = u32::from_be_bytes([pixel[0], pixel[1], pixel[2], 0]);
    }
}

fn pack_rgba(row: &[u8], words: &mut [u32]) {
    for (pixel, word) in row.chunks_exact(4).zip(words) {
        let on_white = |sample: u8| {
            let opacity = u32::from(pixel[3]);
            ((u32::from(sample) * opacity + 255 * (255 - opacity)) / 255) as u8
        };
        *word = u32::from_be_bytes([
            on_white(pixel[0]),
            on_white(pixel[1]),
            on_white(pixel[2]),
            0,
        ]);
    }
}

/// Bits beyond the width count as paper.
fn clear_padding(words: &mut [u32], width: u32) {
    let used = width % 32;
    let last = (width / 32) as usize;
    if used != 0 && last < words.len() {
        words[last] &= u32::MAX << (32 - used);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::pix::Pix;

    #[test]
    fn too_few_bytes_make_no_raster() {
        assert!(Raster::new(9, 2, Samples::Ink, &[0; 3]).is_none());
        assert!(Raster::new(9, 2, Samples::Ink, &[0; 4]).is_some());
        assert!(Raster::new(0, 2, Samples::Grey, &[0; 4]).is_none());
        assert!(Raster::new(u32::MAX, u32::MAX, Samples::Rgba, &[0; 4]).is_none());
    }

    #[test]
    fn paper_is_the_inverse_of_ink_within_the_width() {
        let ink = Raster::new(3, 1, Samples::Ink, &[0b1010_0000]).unwrap();
        let paper = Raster::new(3, 1, Samples::Paper, &[0b0101_1111]).unwrap();
        let (ink, paper) = (
            Pix::from_raster(&ink).unwrap(),
            Pix::from_raster(&paper).unwrap(),
        );
        assert_eq!(ink.ink(), 2);
        assert!(ink.same_pixels(&paper));
    }

    #[test]
    fn see_through_pixels_show_the_paper() {
        let raster = Raster::new(1, 1, Samples::Rgba, &[10, 20, 30, 0]).unwrap();
        let pix = Pix::from_raster(&raster).unwrap();
        assert_eq!(pix.row(0)[0], 0xffff_ff00);
    }
}

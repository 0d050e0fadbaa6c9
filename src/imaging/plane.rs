//! How much ink there is at each point of a page, at a resolution that is enough for
//! handwriting: what cards are registered, cut and judged on.

use leptonica_sys as lept;

use super::pix::{Depth, Pix, PixError};
use super::raster::{Raster, Samples};
use super::threshold::InkLevels;
use super::warp::Point;

/// A plane has from half of this to this many pixels an inch, less only when the page
/// has: strokes of a pen are four pixels wide and a box is thirty.
const FINEST: u32 = 240;

/// Ink from 0 (paper) to 255, row after row.
#[derive(Debug, Clone)]
pub struct Plane {
    /// Width in pixels of the plane.
    pub width: usize,
    /// Height in pixels of the plane.
    pub height: usize,
    /// Pixels of the page to one of the plane.
    pub reduction: f64,
    ink: Vec<u8>,
}

impl Plane {
    /// The ink of a page of so many dots an inch. What is printed in `dropped` (red,
    /// green, blue) is left out where the page has colour: the plane is then made from
    /// the channel in which that colour is lightest.
    pub fn of(page: &Pix, dpi: u32, dropped: Option<[u8; 3]>) -> Result<Self, PixError> {
        let mut reduction = 1;
        while dpi / reduction > FINEST {
            reduction *= 2;
        }
        let grey = match page.depth() {
            Depth::Bitonal if reduction == 1 => page.to_grey()?,
            Depth::Bitonal if reduction == 2 => page.half_in_grey()?,
            Depth::Bitonal => page.bits_to_grey(1.0 / f64::from(reduction))?,
            Depth::Grey => page.clone().reduced_by(reduction)?.on_even_paper()?,
            Depth::Colour => {
                let channel = dropped.map(lightest);
                page.channel(channel)?
                    .reduced_by(reduction)?
                    .on_even_paper()?
            }
        };
        let ink_of: [u8; 256] = if page.depth() == Depth::Bitonal {
            std::array::from_fn(|shade| 255 - shade as u8)
        } else {
            let levels = InkLevels::of(&grey);
            std::array::from_fn(|shade| (levels.ink(shade as u8) * 255.0) as u8)
        };
        let (width, height) = (grey.width() as usize, grey.height());
        let mut ink = Vec::with_capacity((width + 3) * height as usize);
        for y in 0..height {
            let words = grey.row(y).iter().flat_map(|word| word.to_be_bytes());
            ink.extend(words.map(|shade| ink_of[usize::from(shade)]));
            // Rows end with a whole word.
            ink.truncate(width * (y as usize + 1));
        }
        Ok(Self {
            width: grey.width() as usize,
            height: grey.height() as usize,
            reduction: f64::from(reduction),
            ink,
        })
    }

    /// The ink at evenly spaced points from one to another, in pixels from the top left
    /// corner of the plane, the last point left out; beyond the edges there is paper.
    /// Between the middles of four pixels it is their mean by distance.
    pub fn along(&self, from: Point, to: Point, ink: &mut [u8]) {
        // Fixed point with 16 bits behind the point: four times as fast as floats.
        let fixed = |at: f64| ((at - 0.5) * 65_536.0) as i64;
        let count = ink.len().max(1) as f64;
        let (mut x, mut y) = (fixed(from.x), fixed(from.y));
        let step = |length: f64| (length / count * 65_536.0) as i64;
        let (across, down) = (step(to.x - from.x), step(to.y - from.y));
        for pixel in ink {
            *pixel = self.at(
                (x >> 16) as isize,
                (y >> 16) as isize,
                x & 0xffff,
                y & 0xffff,
            );
            x += across;
            y += down;
        }
    }

    /// The ink between a pixel and its neighbours to the right and below, in parts of
    /// 65,536 of the way to them.
    #[inline]
    fn at(&self, left: isize, top: isize, right: i64, below: i64) -> u8 {
        let inside = left >= 0
            && top >= 0
            && left + 1 < self.width as isize
            && top + 1 < self.height as isize;
        let four = if inside {
            let first = top as usize * self.width + left as usize;
            let second = first + self.width;
            [
                self.ink[first],
                self.ink[first + 1],
                self.ink[second],
                self.ink[second + 1],
            ]
        } else {
            [
                self.pixel(left, top),
                self.pixel(left + 1, top),
                self.pixel(left, top + 1),
                self.pixel(left + 1, top + 1),
            ]
        };
        let [a, b, c, d] = four.map(i32::from);
        let (right, below) = ((right >> 8) as i32, (below >> 8) as i32);
        let upper = (a << 8) + (b - a) * right;
        let lower = (c << 8) + (d - c) * right;
        (((upper << 8) + (lower - upper) * below) >> 16) as u8
    }

    /// The ink of a row.
    pub(super) fn row(&self, y: usize) -> &[u8] {
        &self.ink[y * self.width..][..self.width]
    }

    fn pixel(&self, x: isize, y: isize) -> u8 {
        let inside = x >= 0 && y >= 0 && x < self.width as isize && y < self.height as isize;
        if inside {
            self.ink[y as usize * self.width + x as usize]
        } else {
            0
        }
    }

    /// The plane in black and white: ink is what has at least half.
    pub fn inked(&self) -> Result<Pix, PixError> {
        packed(&self.ink, self.width, 128)
    }
}

/// Bytes of ink as a bitonal image: set where there is at least `level`.
pub(super) fn packed(ink: &[u8], width: usize, level: u8) -> Result<Pix, PixError> {
    const NO_PIXELS: PixError = PixError("an image without pixels");
    if width == 0 {
        return Err(NO_PIXELS);
    }
    let (rows, bytes_a_row) = (ink.len() / width, width.div_ceil(8));
    let mut bits = vec![0_u8; bytes_a_row * rows];
    for (row, bits) in ink.chunks(width).zip(bits.chunks_mut(bytes_a_row)) {
        for (eight, byte) in row.chunks(8).zip(bits) {
            for (at, ink) in eight.iter().enumerate() {
                *byte |= u8::from(*ink >= level) << (7 - at);
            }
        }
    }
    let raster = Raster::new(width as u32, rows as u32, Samples::Ink, &bits);
    Pix::from_raster(&raster.ok_or(NO_PIXELS)?)
}

/// The channel in which a colour is lightest: 0 red, 1 green, 2 blue.
fn lightest(colour: [u8; 3]) -> usize {
    (0..3).max_by_key(|channel| colour[*channel]).unwrap_or(0)
}

impl Pix {
    /// A bitonal page in grey, reduced by a factor below 1.
    fn bits_to_grey(&self, scale: f64) -> Result<Self, PixError> {
        // SAFETY: the image is alive; the call refuses what is not bitonal.
        let raw = unsafe { lept::pixScaleToGray(self.raw(), scale as f32) };
        Self::own(raw, "pixScaleToGray")
    }

    fn reduced_by(self, reduction: u32) -> Result<Self, PixError> {
        match reduction {
            1 => Ok(self),
            reduction => self.reduced_to_grey(1.0 / f64::from(reduction)),
        }
    }

    /// One channel of a page in colour, or its brightness.
    fn channel(&self, channel: Option<usize>) -> Result<Self, PixError> {
        let Some(channel) = channel else {
            return self.to_grey();
        };
        // SAFETY: the image is alive and has 32 bits a pixel; Leptonica numbers the
        // channels 0 red, 1 green, 2 blue.
        let raw = unsafe { lept::pixGetRGBComponent(self.raw(), channel as i32) };
        Self::own(raw, "pixGetRGBComponent")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::geometry::Rect;
    use crate::imaging::canvas::Canvas;

    #[test]
    fn a_plane_is_the_same_ink_at_every_depth() {
        let page = || Canvas::new((400, 300)).fill(Rect::new(100, 60, 80, 40), 20);
        let bitonal = Plane::of(&page().ink(), 300, None).unwrap();
        let grey = Plane::of(&page().pix(), 300, None).unwrap();
        for plane in [bitonal, grey] {
            assert_eq!(
                (plane.width, plane.height, plane.reduction),
                (200, 150, 2.0)
            );
            let mut row = [0; 4];
            plane.along(Point::new(-10.0, 40.0), Point::new(110.0, 40.0), &mut row);
            assert!(row[0] == 0 && row[1] < 5 && row[3] > 250, "{row:?}");
            assert!(row[2].abs_diff(127) < 20, "an edge is half: {row:?}");
            plane.along(Point::new(60.0, 40.0), Point::new(60.0, 4_000.0), &mut row);
            assert!(row[0] > 250 && row[3] == 0, "{row:?}");
            assert_eq!(plane.inked().unwrap().ink(), 40 * 20);
        }
    }
}

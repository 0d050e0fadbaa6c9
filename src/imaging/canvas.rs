//! Paper for tests: grey pages drawn in code, with marks where a test wants them.

use super::pix::Pix;
use super::raster::{Raster, Samples};
use crate::domain::geometry::Rect;

/// A page being drawn; 0 is black, 255 white.
pub struct Canvas {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The pixels, row after row.
    pub grey: Vec<u8>,
}

/// A4 at 300 dpi.
pub const A4: (u32, u32) = (2480, 3508);

impl Canvas {
    /// White paper.
    pub fn new((width, height): (u32, u32)) -> Self {
        Self {
            width,
            height,
            grey: vec![245; (width * height) as usize],
        }
    }

    /// Fills a box, cut to the page.
    pub fn fill(mut self, part: Rect, tone: u8) -> Self {
        for y in part.y..part.bottom().min(self.height) {
            let row = (y * self.width) as usize;
            let (from, to) = (part.x.min(self.width), part.right().min(self.width));
            self.grey[row + from as usize..row + to as usize].fill(tone);
        }
        self
    }

    /// A filled disc.
    pub fn disc(mut self, x: u32, y: u32, radius: u32, tone: u8) -> Self {
        for row in y - radius..=y + radius {
            let dy = row.abs_diff(y);
            let half = f64::from(radius * radius - dy * dy).sqrt() as u32;
            self = self.fill(Rect::new(x - half, row, 2 * half + 1, 1), tone);
        }
        self
    }

    /// Specks of a few pixels, scattered by a fixed rule.
    pub fn speckle(mut self, count: u32, side: u32, tone: u8) -> Self {
        let mut state = 12_345_u64;
        for _ in 0..count {
            let mut next = |below: u32| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                (state >> 33) as u32 % below
            };
            let (x, y) = (next(self.width - side), next(self.height - side));
            self = self.fill(Rect::new(x, y, side, side), tone);
        }
        self
    }

    /// A line of letter-like shapes: bowls of x-height, some with an ascender.
    pub fn print(mut self, x: u32, y: u32, letters: u32, tone: u8) -> Self {
        for letter in 0..letters {
            let left = x + letter * 26 + (letter / 6) * 20;
            let rise = if letter % 3 == 0 { 10 } else { 0 };
            self = self
                .fill(Rect::new(left, y - rise, 4, 22 + rise), tone)
                .fill(Rect::new(left, y, 18, 4), tone)
                .fill(Rect::new(left + 14, y, 4, 22), tone);
        }
        self
    }

    /// The page in grey.
    pub fn pix(&self) -> Pix {
        let raster = Raster::new(self.width, self.height, Samples::Grey, &self.grey).unwrap();
        Pix::from_raster(&raster).unwrap()
    }

    /// The page in black and white.
    pub fn ink(&self) -> Pix {
        self.pix().threshold(128).unwrap()
    }
}

//! Draws small pages for exact tests.

use super::pix::{Depth, Pix};
use super::raster::{Raster, Samples};

/// A bitonal image from rows of `#` for ink.
pub(super) fn drawn(rows: &[&str]) -> Pix {
    let width = rows.first().map_or(0, |row| row.len());
    let mut canvas = Canvas::new(width, rows.len());
    for (y, row) in rows.iter().enumerate() {
        for (x, pixel) in row.bytes().enumerate() {
            if pixel == b'#' {
                canvas.fill(x, y, 1, 1);
            }
        }
    }
    canvas.pix()
}

/// Paper to draw on.
pub(super) struct Canvas {
    width: usize,
    height: usize,
    ink: Vec<bool>,
}

impl Canvas {
    pub(super) fn new(width: usize, height: usize) -> Self {
        let ink = vec![false; width * height];
        Self { width, height, ink }
    }

    /// A box of ink, cut to the paper.
    pub(super) fn fill(&mut self, x: usize, y: usize, w: usize, h: usize) {
        for row in y..(y + h).min(self.height) {
            for column in x..(x + w).min(self.width) {
                self.ink[row * self.width + column] = true;
            }
        }
    }

    /// A line of text: bars of x-height `x`, every third with an ascender, words of six.
    pub(super) fn line(&mut self, left: usize, baseline: usize, letters: usize, x: usize) {
        for n in 0..letters {
            let tall = if n % 3 == 2 { x * 7 / 5 } else { x };
            let at = left + n * x + n / 6 * x;
            self.fill(at, baseline - tall, x * 3 / 5, tall);
        }
    }

    pub(super) fn pix(&self) -> Pix {
        let grey: Vec<u8> = self.ink.iter().map(|ink| u8::from(!ink) * 255).collect();
        self.pack(&grey).threshold(128).unwrap()
    }

    /// In grey: ink and paper of these brightnesses.
    pub(super) fn grey(&self, ink: u8, paper: u8) -> Pix {
        let grey: Vec<u8> = self
            .ink
            .iter()
            .map(|set| if *set { ink } else { paper })
            .collect();
        self.pack(&grey)
    }

    fn pack(&self, grey: &[u8]) -> Pix {
        let raster =
            Raster::new(self.width as u32, self.height as u32, Samples::Grey, grey).unwrap();
        let pix = Pix::from_raster(&raster).unwrap();
        assert_eq!(pix.depth(), Depth::Grey);
        pix
    }
}

//! Whether there is anything on a page that somebody put there.
//!
//! Speckle, black edges of the scanner, punched holes, a fold and print that shines
//! through from the other side are nothing; a line of print or pencil is something.
//! When in doubt a page is *not* blank.

use leptonica_sys as lept;

use super::pix::{Depth, Pix, PixError};
use crate::domain::geometry::Rect;

/// Fine enough for a pencil's stroke, coarse enough to be quick.
const LOOK_DPI: f64 = 150.0;

/// Of [`PAPER`](super::threshold::PAPER); what is darker than this is a mark. Print that
/// shines through stays above 184, a hard pencil's line is at 160.
const MARK_LEVEL: u8 = 176;

/// Above so many specks a page, specks are taken off before anything is joined.
const HEAVY_SPECKLE: usize = 400;

/// Ink that hangs together with the edge, as a share of the page: more is a dark page.
const MAX_EDGE: f64 = 0.3;

/// Marks nearer to the edge are the scanner's, in millimetres.
const EDGE: f64 = 4.0;

/// A word, a stroke: one mark this long is something, in millimetres.
const WORD: f64 = 4.0;

/// ... and so are three marks as large as a letter.
const LETTER: f64 = 1.2;
const LETTERS: usize = 3;

/// Punched holes: their size and how far from the edge their middle lies, in millimetres.
const HOLE: std::ops::RangeInclusive<f64> = 4.0..=9.0;
const HOLE_WITHIN: f64 = 20.0;

/// A fold runs over most of the page and is thin, in shares and millimetres.
const FOLD_SPAN: f64 = 0.6;
const FOLD_BAND: f64 = 4.0;
const FOLD_THICKNESS: f64 = 0.8;

impl Pix {
    /// Whether a page of this resolution has nothing on it.
    pub fn is_blank(&self, dpi: u32) -> Result<bool, PixError> {
        let (marks, scale) = self.marks(f64::from(dpi))?;
        let sheet = Sheet {
            width: f64::from(marks.width()),
            height: f64::from(marks.height()),
            mm: f64::from(dpi) * scale / 25.4,
        };
        let inside = marks.without_edges()?;
        let edge_ink = marks.ink().saturating_sub(inside.ink());
        if edge_ink as f64 > MAX_EDGE * sheet.width * sheet.height {
            return Ok(false);
        }
        let inside = inside.without_heavy_speckle()?;
        let joined = inside.closed(sheet.pixels(1.2), sheet.pixels(0.5))?;
        let mut marks = joined.shapes()?;
        marks.retain(|mark| sheet.longest(mark) >= LETTER && !sheet.at_edge(mark));
        sheet.drop_folds(&mut marks, &inside);
        let mut letters = 0;
        for mark in &marks {
            if sheet.is_hole(mark, &inside)? {
                continue;
            }
            letters += 1;
            if sheet.longest(mark) >= WORD || letters >= LETTERS {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The page's marks as a bitonal image near [`LOOK_DPI`], and its scale.
    fn marks(&self, dpi: f64) -> Result<(Self, f64), PixError> {
        if self.depth() == Depth::Bitonal {
            let (mut page, mut scale) = (self.clone(), 1.0);
            while dpi * scale > 1.6 * LOOK_DPI {
                page = page.halved(2)?;
                scale /= 2.0;
            }
            return Ok((page, scale));
        }
        let scale = (LOOK_DPI / dpi).min(1.0);
        let even = self.reduced_to_grey(scale)?.on_even_paper()?;
        Ok((even.threshold(MARK_LEVEL)?, scale))
    }

    fn without_edges(&self) -> Result<Self, PixError> {
        // SAFETY: the image is alive and bitonal; the result is new.
        Self::own(
            unsafe { lept::pixRemoveBorderConnComps(self.raw(), 8) },
            "pixRemoveBorderConnComps",
        )
    }

    fn without_heavy_speckle(self) -> Result<Self, PixError> {
        let specks = self
            .shapes()?
            .iter()
            .filter(|shape| shape.w.max(shape.h) <= 2)
            .count();
        if specks > HEAVY_SPECKLE {
            self.despeckled(2)
        } else {
            Ok(self)
        }
    }
}

/// The page's measures while its marks are looked at.
struct Sheet {
    width: f64,
    height: f64,
    /// Pixels in a millimetre.
    mm: f64,
}

impl Sheet {
    fn pixels(&self, millimetres: f64) -> u32 {
        (millimetres * self.mm).round().max(1.0) as u32
    }

    /// The longer side in millimetres.
    fn longest(&self, mark: &Rect) -> f64 {
        f64::from(mark.w.max(mark.h)) / self.mm
    }

    /// Wholly within the strip along one edge.
    fn at_edge(&self, mark: &Rect) -> bool {
        let strip = EDGE * self.mm;
        f64::from(mark.right()) < strip
            || f64::from(mark.bottom()) < strip
            || f64::from(mark.x) > self.width - strip
            || f64::from(mark.y) > self.height - strip
    }

    fn is_hole(&self, mark: &Rect, ink: &Pix) -> Result<bool, PixError> {
        let (w, h) = (f64::from(mark.w), f64::from(mark.h));
        let round = HOLE.contains(&(w / self.mm))
            && HOLE.contains(&(h / self.mm))
            && (0.75..1.34).contains(&(w / h));
        let (x, y) = (f64::from(mark.x) + w / 2.0, f64::from(mark.y) + h / 2.0);
        let to_edge = x.min(y).min(self.width - x).min(self.height - y);
        if !round || to_edge > HOLE_WITHIN * self.mm {
            return Ok(false);
        }
        let disc = ink.crop(*mark)?.ink() as f64 > 0.6 * w * h;
        let core = Rect::new(
            mark.x + mark.w / 4,
            mark.y + mark.h / 4,
            mark.w / 2,
            mark.h / 2,
        );
        Ok(disc || ink.crop(core)?.ink() == 0)
    }

    /// Takes away thin marks that together run over most of the page in one line.
    fn drop_folds(&self, marks: &mut Vec<Rect>, ink: &Pix) {
        for across in [true, false] {
            let place = |mark: &Rect| {
                if across {
                    (mark.y, mark.bottom())
                } else {
                    (mark.x, mark.right())
                }
            };
            let along = |mark: &Rect| {
                if across {
                    (mark.x, mark.right())
                } else {
                    (mark.y, mark.bottom())
                }
            };
            let side = if across { self.width } else { self.height };
            let band = FOLD_BAND * self.mm;
            let thin: Vec<Rect> = marks
                .iter()
                .filter(|mark| self.is_thin(mark, across, ink))
                .copied()
                .collect();
            for seed in &thin {
                let start = f64::from(place(seed).0);
                let near = |mark: &Rect| {
                    f64::from(place(mark).0) >= start - band / 2.0
                        && f64::from(place(mark).1) <= start + band
                };
                let line: Vec<&Rect> = thin.iter().filter(|mark| near(mark)).collect();
                let length: u32 = line.iter().map(|mark| along(mark).1 - along(mark).0).sum();
                if f64::from(length) >= FOLD_SPAN * side {
                    marks.retain(|mark| !line.contains(&mark));
                    break;
                }
            }
        }
    }

    /// Long in the fold's direction, and thin on average even where it slopes.
    fn is_thin(&self, mark: &Rect, across: bool, ink: &Pix) -> bool {
        let (length, thickness) = if across {
            (mark.w, mark.h)
        } else {
            (mark.h, mark.w)
        };
        let slope_allowed = f64::from(thickness) <= FOLD_BAND * self.mm && length > 2 * thickness;
        let average = ink
            .crop(*mark)
            .map_or(f64::MAX, |part| part.ink() as f64 / f64::from(length));
        slope_allowed && average <= FOLD_THICKNESS * self.mm
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::canvas::{A4, Canvas};

    fn blank(page: &Pix) -> bool {
        page.is_blank(300).unwrap()
    }

    #[test]
    fn paper_alone_is_blank() {
        assert!(blank(&Canvas::new(A4).pix()));
        assert!(blank(&Canvas::new(A4).ink()));
    }

    #[test]
    fn speckle_is_nothing() {
        for (count, side) in [(8_000, 1), (1_500, 2), (300, 3), (60, 5)] {
            let page = Canvas::new(A4).speckle(count, side, 20);
            assert!(blank(&page.ink()), "{count} specks of {side} in ink");
            assert!(blank(&page.pix()), "{count} specks of {side} in grey");
        }
    }

    #[test]
    fn scanner_edges_holes_and_a_fold_are_nothing() {
        let page = Canvas::new(A4)
            .fill(Rect::new(0, 0, 70, 3508), 0)
            .fill(Rect::new(0, 0, 2480, 30), 0)
            .disc(180, 1300, 33, 0)
            .disc(180, 2240, 33, 0)
            .fill(Rect::new(100, 1754, 1100, 3), 60)
            .fill(Rect::new(1300, 1756, 1100, 3), 60);
        assert!(blank(&page.ink()));
        assert!(blank(&page.pix()));
    }

    #[test]
    fn print_from_the_other_side_is_nothing() {
        let mut page = Canvas::new(A4);
        for line in 0..40 {
            page = page.print(300, 300 + line * 60, 60, 228);
        }
        assert!(blank(&page.pix()));
    }

    #[test]
    fn one_short_line_of_print_is_something() {
        let page = Canvas::new(A4).print(300, 400, 7, 20);
        assert!(!blank(&page.ink()));
        assert!(!blank(&page.pix()));
        let dirty = Canvas::new(A4).speckle(8_000, 1, 20).print(300, 400, 7, 20);
        assert!(!blank(&dirty.ink()));
    }

    #[test]
    fn a_faint_pencil_line_is_something() {
        let mut page = Canvas::new(A4);
        for step in 0..90 {
            page = page.fill(Rect::new(500 + step * 4, 900 + (step % 9) * 3, 5, 4), 195);
        }
        assert!(!blank(&page.pix()));
        let ruled = Canvas::new(A4).fill(Rect::new(500, 900, 600, 4), 195);
        assert!(!blank(&ruled.pix()));
    }

    #[test]
    fn a_dark_page_is_not_blank() {
        assert!(!blank(
            &Canvas::new(A4).fill(Rect::new(0, 0, 2480, 1800), 40).pix()
        ));
    }
}

//! The slope of a page's lines, and the page turned level.
//!
//! Method: the sum of squared differences between neighbouring rows is largest when
//! the rows run along the text lines (Postl 1986, as in Leptonica's `pixFindSkew`).

use leptonica_sys as lept;

use super::pix::{Depth, Pix, PixError};

/// Feeders slope a sheet by up to 5 degrees; beyond 6 the measure fits pictures.
const MAX_DEGREES: f64 = 6.0;

/// Slopes that are tried; Leptonica trusts nothing found near the end of the range.
const SWEEP_DEGREES: f32 = 8.0;

/// Below it the page is left as it is: lines are drawn level one by one, and turning
/// costs time (54 ms a grey page) and sharpness. Letters that slope by up to 1.3 degrees,
/// wrong characters when all are turned and when none is, November 2026: 24 in G4 134 and
/// 120, 12 in grey 82 and 74, 20 in small print 233 and 216, 7 of them in grey 38 and 32.
/// On the sample night one reference was misread and accepted unturned at 1.1 degrees, so
/// the limit stands below that.
const MIN_DEGREES: f64 = 1.0;

/// The ratio of the best to the worst sum from which Leptonica trusts the angle; on
/// the 44 rendered letters it lies between 4 and 60, on noise at 1 to 2.
const MIN_CONFIDENCE: f64 = 3.0;

/// The slope of the lines on a page.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Skew {
    /// Degrees that the page must be turned clockwise to be level.
    pub degrees: f64,
    /// The best sum over the worst; under 3 means nothing.
    pub confidence: f64,
}

impl Skew {
    /// Whether it is worth turning the page.
    pub fn matters(self) -> bool {
        self.confidence >= MIN_CONFIDENCE
            && (MIN_DEGREES..=MAX_DEGREES).contains(&self.degrees.abs())
    }
}

impl Pix {
    /// Measures the slope of the lines of a bitonal page.
    pub fn skew(&self) -> Skew {
        let (mut degrees, mut confidence) = (0.0, 0.0);
        // SAFETY: the image is alive; the call refuses what is not bitonal and writes
        // both places before it returns. Reduction 4 for the sweep, 2 for the search.
        let failed = unsafe {
            lept::pixFindSkewSweepAndSearch(
                self.raw(),
                &mut degrees,
                &mut confidence,
                4,
                2,
                SWEEP_DEGREES,
                1.0,
                0.01,
            )
        };
        if failed != 0 {
            return Skew::default();
        }
        Skew {
            degrees: f64::from(degrees),
            confidence: f64::from(confidence),
        }
    }

    /// The page turned clockwise by this angle about its middle, grown so that no
    /// corner is lost; bitonal stays bitonal.
    pub fn rotated(&self, degrees: f64) -> Result<Self, PixError> {
        let method = match self.depth() {
            Depth::Bitonal => lept::L_ROTATE_SHEAR,
            Depth::Grey | Depth::Colour => lept::L_ROTATE_AREA_MAP,
        };
        let (w, h) = (self.width() as i32, self.height() as i32);
        // SAFETY: the image is alive; the result is new.
        let raw = unsafe {
            lept::pixRotate(
                self.raw(),
                degrees.to_radians() as f32,
                method as i32,
                lept::L_BRING_IN_WHITE as i32,
                w,
                h,
            )
        };
        Self::own(raw, "pixRotate")
    }
}

#[cfg(test)]
mod tests {
    use crate::imaging::canvas::{A4, Canvas};

    #[test]
    fn a_sloping_page_is_measured_and_levelled() {
        let mut page = Canvas::new(A4);
        for line in 0..30 {
            page = page.print(400, 500 + line * 60, 60, 20);
        }
        for slope in [-5.0, -1.7, 2.0, 5.0] {
            let sloping = page.ink().rotated(slope).unwrap();
            let skew = sloping.skew();
            assert!(skew.matters(), "{slope}: {skew:?}");
            assert!((skew.degrees + slope).abs() < 0.1, "{slope}: {skew:?}");
            let level = sloping.rotated(skew.degrees).unwrap().skew();
            assert!(
                !level.matters() || level.degrees.abs() < 0.15,
                "{slope}: {level:?}"
            );
        }
    }

    #[test]
    fn a_slight_slope_is_left() {
        let mut page = Canvas::new(A4);
        for line in 0..30 {
            page = page.print(400, 500 + line * 60, 60, 20);
        }
        let skew = page.ink().rotated(0.8).unwrap().skew();
        assert!(
            (skew.degrees + 0.8).abs() < 0.1 && !skew.matters(),
            "{skew:?}"
        );
    }

    #[test]
    fn a_page_without_lines_has_no_slope() {
        assert!(!Canvas::new(A4).ink().skew().matters());
        assert!(!Canvas::new(A4).speckle(4_000, 3, 0).ink().skew().matters());
    }
}

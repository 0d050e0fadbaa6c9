//! Which way up a page stands, told from the shapes of its print.
//!
//! Method: in English text more strokes rise above the x-height than hang below the
//! baseline; Leptonica counts both kinds by hit-or-miss masks (`pixOrientDetect`),
//! once as the page stands and once sideways. The masks fit letters of some 10 to 20
//! pixels, so the page is first brought to that size by its own x-height.

use leptonica_sys as lept;

use super::pix::{Pix, PixError};
use crate::domain::geometry::{Rect, Turn};

/// The x-height from which half the size serves the masks better. On 44 rendered
/// letters (November 2026) the right signal at the size so chosen is 20 to 44.
const HALVE_FROM: f64 = 19.0;

/// How strong the signal must be, in standard deviations of the count, and how many
/// times stronger than the one across it, which is noise. On 56 letters and printed
/// pages (November 2026), each turned four ways, this turned none wrongly; the noise
/// reaches 10 where the text's own signal is over 25.
const MIN_SIGNAL: f32 = 11.0;
const MIN_RATIO: f32 = 2.0;

/// A page is looked at in its fullest third first: as a rule enough letters to say that
/// it stands upright, in a third of the time (7 ms instead of 20 a page).
const BANDS: u32 = 3;

/// The surplus of strokes that point up, in standard deviations.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Signals {
    /// As the page stands.
    up: f32,
    /// With the page turned a quarter clockwise.
    left: f32,
}

impl Pix {
    /// The turn that brings a bitonal page upright. `None` when it stands upright
    /// already, and when the print does not say for sure: a wrong turn is worse than none.
    pub fn turn_to_upright(&self, x_height: Option<f64>) -> Result<Option<Turn>, PixError> {
        let Some(mut x_height) = x_height else {
            return Ok(None);
        };
        let mut halved: Option<Self> = None;
        while x_height >= HALVE_FROM {
            halved = Some(halved.as_ref().unwrap_or(self).halved(2)?);
            x_height /= 2.0;
        }
        halved.as_ref().unwrap_or(self).sure_turn()
    }

    fn sure_turn(&self) -> Result<Option<Turn>, PixError> {
        if decide(self.fullest_band()?.signals()?) == Some(Turn::None) {
            return Ok(None);
        }
        Ok(decide(self.signals()?).filter(|turn| *turn != Turn::None))
    }

    fn signals(&self) -> Result<Signals, PixError> {
        let (mut up, mut left) = (0.0, 0.0);
        // SAFETY: the image is alive; the call refuses what is not bitonal and writes
        // both places before it returns.
        let failed = unsafe { lept::pixOrientDetect(self.raw(), &mut up, &mut left, 0, 0) };
        if failed != 0 {
            return Err(PixError("pixOrientDetect"));
        }
        Ok(Signals { up, left })
    }

    /// The band across the page with the most ink.
    fn fullest_band(&self) -> Result<Self, PixError> {
        let height = self.height().div_ceil(BANDS);
        let mut fullest: Option<(u64, Self)> = None;
        for band in 0..BANDS {
            let part = Rect::new(0, band * height, self.width(), height);
            let part = self.crop(part)?;
            let ink = part.ink();
            if fullest.as_ref().is_none_or(|(most, _)| ink > *most) {
                fullest = Some((ink, part));
            }
        }
        fullest
            .map(|(_, part)| part)
            .ok_or(PixError("a page without bands"))
    }
}

/// The turn to upright, which may be none; `None` when unsure.
fn decide(Signals { up, left }: Signals) -> Option<Turn> {
    let (strong, weak) = if up.abs() > left.abs() {
        (up, left)
    } else {
        (left, up)
    };
    if strong.abs() < MIN_SIGNAL || strong.abs() < MIN_RATIO * weak.abs() {
        return None;
    }
    match (up.abs() > left.abs(), strong > 0.0) {
        (true, true) => Some(Turn::None),
        (true, false) => Some(Turn::Half),
        (false, true) => Some(Turn::Quarter),
        (false, false) => Some(Turn::ThreeQuarter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_strong_and_lonely_signal_turns_a_page() {
        let turn = |up, left| decide(Signals { up, left });
        assert_eq!(turn(30.0, -4.0), Some(Turn::None));
        assert_eq!(turn(-30.0, 4.0), Some(Turn::Half));
        assert_eq!(turn(-3.0, 30.0), Some(Turn::Quarter));
        assert_eq!(turn(-3.0, -30.0), Some(Turn::ThreeQuarter));
        assert_eq!(turn(-10.0, 0.0), None);
        assert_eq!(turn(-17.0, 9.0), None);
    }
}

//! How wide printed words are, and which letters the typeface has.

use std::sync::LazyLock;

use ttf_parser::Face;

use super::draw::POINT;
use super::pdf::{BOLD, REGULAR};
use crate::domain::form::Text;

/// The two faces that are printed in; the regular one first.
static FACES: LazyLock<[Option<Face<'static>>; 2]> =
    LazyLock::new(|| [REGULAR, BOLD].map(|font| Face::parse(font, 0).ok()));

/// What stands for a letter that the typeface lacks is about as wide as a figure, of
/// the size.
const LACKING: f64 = 0.556;

/// The width of a line of print, mm.
pub fn width(text: &Text) -> f64 {
    width_of(&text.text, text.size, text.bold)
}

/// The width of words in a size of so many points, mm.
pub fn width_of(words: &str, size: f64, bold: bool) -> f64 {
    let face = FACES[usize::from(bold)].as_ref();
    let share: f64 = words.chars().map(|sign| share(face, sign)).sum();
    share * size * POINT
}

/// Whether both faces can print a letter or sign.
pub fn has(sign: char) -> bool {
    let mut faces = FACES.iter().flatten();
    faces.all(|face| face.glyph_index(sign).is_some())
}

/// The width of a letter, of the size.
fn share(face: Option<&Face<'_>>, sign: char) -> f64 {
    let advance = face.and_then(|face| {
        let advance = face.glyph_hor_advance(face.glyph_index(sign)?)?;
        Some(f64::from(advance) / f64::from(face.units_per_em()))
    });
    advance.unwrap_or(LACKING)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_typeface_is_whole() {
        assert!(FACES.iter().all(Option::is_some));
        for sign in "AZaz09 ÀÿŁęŴŷŻő‘’“”–—•€£\u{a0}".chars() {
            assert!(has(sign), "{sign:?}");
        }
        assert!(!has('語') && !has('…') && !has('ș'));
    }

    #[test]
    fn letters_have_their_own_widths() {
        // Advance widths of Liberation Sans, in thousandths of the size.
        for (words, bold, thousandths) in [
            (" ", false, 278.0),
            ("m", false, 833.0),
            ("M", true, 833.0),
            ("@", true, 975.0),
            ("il", false, 444.0),
            ("Ł", false, 556.0),
        ] {
            let found = width_of(words, 10.0, bold) / POINT / 10.0 * 1000.0;
            assert!((found - thousandths).abs() < 1.0, "{words} {found}");
        }
    }
}

//! How wide printed words are, and which letters the typeface has.

use std::collections::HashMap;
use std::sync::LazyLock;

use ttf_parser::Face;

use super::draw::POINT;
use super::pdf::{BOLD, REGULAR};
use crate::domain::form::Text;

/// The advance width of each letter, of the size: in the regular face, and in the bold one.
static ADVANCES: LazyLock<[HashMap<char, f64>; 2]> =
    LazyLock::new(|| [REGULAR, BOLD].map(advances));

/// What stands for a letter that the typeface lacks is about as wide as a figure, of
/// the size.
const LACKING: f64 = 0.556;

/// The width of a line of print, mm.
pub fn width(text: &Text) -> f64 {
    width_of(&text.text, text.size, text.bold)
}

/// The width of words in a size of so many points, mm.
pub fn width_of(words: &str, size: f64, bold: bool) -> f64 {
    let advances = &ADVANCES[usize::from(bold)];
    let advance = |sign| advances.get(&sign).copied().unwrap_or(LACKING);
    let widths: f64 = words.chars().map(advance).sum();
    widths * size * POINT
}

/// Whether both faces can print a letter or sign.
pub fn has(sign: char) -> bool {
    ADVANCES.iter().all(|advances| advances.contains_key(&sign))
}

/// What a font says; nothing, if it is damaged, which a test rules out.
fn advances(font: &[u8]) -> HashMap<char, f64> {
    let Ok(face) = Face::parse(font, 0) else {
        return HashMap::new();
    };
    let size = f64::from(face.units_per_em());
    let mut signs = Vec::new();
    let tables = face.tables().cmap.into_iter();
    for table in tables.flat_map(|cmap| cmap.subtables) {
        if table.is_unicode() {
            table.codepoints(|code| signs.extend(char::from_u32(code)));
        }
    }
    let advance = |sign: char| {
        let glyph = face.glyph_index(sign)?;
        Some((sign, f64::from(face.glyph_hor_advance(glyph)?) / size))
    };
    signs.into_iter().filter_map(advance).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_typeface_is_whole() {
        assert!(ADVANCES.iter().all(|advances| advances.len() > 300));
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

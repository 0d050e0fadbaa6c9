//! The address in the window: as large as it fits, and never cut off.

use super::lines::{Printable, broken, one_line};
use super::sheet::ADDRESS;
use crate::domain::form::Text;
use crate::forms::draw::POINT;
use crate::forms::width::width_of;

/// The sizes it is printed in, points. Royal Mail asks for 10 to 12; smaller is better
/// than hidden.
const SIZES: [f64; 9] = [11.0, 10.5, 10.0, 9.5, 9.0, 8.5, 8.0, 7.5, 7.0];
/// Lines are broken rather than printed smaller than this, points.
const WHOLE_LINES: f64 = 9.0;
/// From line to line, of the size.
const LEADING: f64 = 1.17;
/// The height of a capital and the depth of a descender, of the size (Liberation Sans
/// has 0.729 and 0.212).
pub(super) const CAPITAL: f64 = 0.74;
pub(super) const DESCENDER: f64 = 0.22;

/// The lines of an address in their place; `None` when they do not fit it.
pub(super) fn placed(lines: &[String]) -> Option<Vec<Text>> {
    let lines = entries(lines);
    let whole = SIZES.iter().filter(|size| **size >= WHOLE_LINES);
    let whole = whole.map(|size| (lines.clone(), *size));
    let whole = whole.filter(|(lines, size)| {
        let fits = |line: &String| width_of(line, *size, false) <= ADDRESS.w;
        lines.iter().all(fits)
    });
    let split = |lines: &[String], size: f64| {
        let lines = lines.iter();
        lines
            .flat_map(|line| broken(line, ADDRESS.w, size, false))
            .collect::<Vec<_>>()
    };
    let broken_lines = SIZES.iter().map(|size| (split(&lines, *size), *size));
    let joined = joined(&lines);
    let joined_lines = SIZES.iter().map(|size| (split(&joined, *size), *size));
    let mut ways = whole.chain(broken_lines).chain(joined_lines);
    let (lines, size) = ways.find(|(lines, size)| height(lines.len(), *size) <= ADDRESS.h)?;
    let foot = |at: usize| ADDRESS.y + (CAPITAL + LEADING * at as f64) * size * POINT;
    let texts = lines.into_iter().enumerate().map(|(at, text)| Text {
        text,
        x: ADDRESS.x,
        y: foot(at),
        size,
        bold: false,
    });
    Some(texts.collect())
}

/// The lines that say something.
pub(super) fn entries(lines: &[String]) -> Vec<String> {
    let lines = lines.iter().flat_map(|line| {
        let printable = Printable::of(line).text;
        printable.lines().map(one_line).collect::<Vec<_>>()
    });
    lines.filter(|line| !line.is_empty()).collect()
}

fn height(lines: usize, size: f64) -> f64 {
    let between = lines.saturating_sub(1) as f64 * LEADING;
    (between + CAPITAL + DESCENDER) * size * POINT
}

/// The name, then everything up to the last line, then the last line: the postcode.
fn joined(lines: &[String]) -> Vec<String> {
    match lines {
        [name, between @ .., last] if !between.is_empty() => {
            vec![name.clone(), between.join(", "), last.clone()]
        }
        _ => lines.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::post::tests::ink;
    use proptest::prelude::*;

    fn address(lines: &[&str]) -> Vec<String> {
        lines.iter().map(|&line| line.to_owned()).collect()
    }

    fn inside(texts: &[Text]) -> bool {
        texts.iter().map(ink).all(|ink| {
            let beside = ink.x >= ADDRESS.x && ink.right() <= ADDRESS.right();
            let between = ink.y >= ADDRESS.y - 1e-9 && ink.bottom() <= ADDRESS.bottom() + 1e-9;
            beside && between
        })
    }

    #[test]
    fn an_ordinary_address_is_printed_large() {
        let lines = [
            "Mrs J Harris",
            "14 Elm Road",
            "",
            "Thorpe St Andrew",
            "Norwich",
            "NR7 0XX",
        ];
        let placed = placed(&address(&lines)).unwrap();
        assert_eq!(placed.len(), 5);
        assert_eq!(placed[0].size, 11.0);
        assert!(inside(&placed));
    }

    #[test]
    fn a_long_one_is_shrunk_then_broken_then_joined() {
        let size = |lines: &[&str]| {
            let placed = placed(&address(lines)).unwrap();
            assert!(inside(&placed));
            (placed.len(), placed[0].size)
        };
        let long = "Mrs Wilhelmina Featherstonehaugh-Cholmondeley";
        assert_eq!(size(&[long, "York", "YO1 1AA"]), (3, 9.5));
        let longer = format!("{long} and Partner");
        assert_eq!(size(&[&longer, "York", "YO1 1AA"]), (5, 11.0));
        assert_eq!(size(&["A", "B", "C", "D", "E", "F", "G"]), (7, 8.0));
        let nine = ["A", "B", "C", "D", "E", "F", "G", "H", "J", "K", "L", "M"];
        assert_eq!(size(&nine), (3, 11.0));
    }

    #[test]
    fn what_cannot_fit_is_not_cut_off() {
        let long = "Strasse ".repeat(200);
        assert_eq!(placed(&address(&["Name", &long, "1010 Wien"])), None);
    }

    proptest! {
        #[test]
        fn it_is_always_inside_and_always_whole(
            lines in prop::collection::vec("[A-Za-zÀ-ž0-9 ,.W]{0,90}", 0..10)
        ) {
            let letters = |text: &str| -> String {
                text.chars().filter(|sign| sign.is_alphanumeric()).collect()
            };
            if let Some(placed) = placed(&lines) {
                prop_assert!(inside(&placed));
                let printed: String = placed.iter().map(|text| text.text.as_str()).collect();
                let meant = Printable::of(&lines.concat()).text;
                prop_assert_eq!(letters(&printed), letters(&meant));
            }
        }
    }
}

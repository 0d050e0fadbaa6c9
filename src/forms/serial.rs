//! The numbers that a card carries before the customer gets it: in figures, or as a bar
//! code (Code 128, ISO/IEC 15417) with the figures under it.

use super::draw::{Drawing, POINT, Shape, Tone};
use super::width::width;
use crate::domain::form::{Serial, SerialKind, Text};
use crate::domain::geometry::Area;

/// Prints a number in its place; `None` when it has characters that cannot be printed so.
pub fn number(drawing: &mut Drawing, serial: &Serial, number: &str) -> Option<()> {
    let Area { x, y, w, h } = serial.place;
    let words = |y: f64, size: f64| Text {
        text: number.to_owned(),
        x,
        y,
        size,
        bold: false,
    };
    if number.is_empty() || !number.chars().all(|c| (' '..='~').contains(&c)) {
        return None;
    }
    match serial.kind {
        SerialKind::Printed => {
            // Figures are 0.75 of their size high, and about 0.6 of it wide.
            let fits = (h / 0.75).min(w / (0.6 * number.len() as f64));
            let size = (fits / POINT).min(LARGEST_FIGURES);
            let figures = words(y + h * 0.85, size);
            drawing.shapes.push(Shape::Words(figures));
        }
        SerialKind::Barcode => {
            // The bars are as far from both ends of the place, and the figures in their middle.
            let bars = Area::new(x, y, w, h - FIGURES);
            drawing.shapes.extend(code_128(number, bars));
            let size = (FIGURES / POINT) * 0.9;
            let mut figures = words(y + h - 0.3, size);
            figures.x += ((w - width(&figures)) / 2.0).max(0.0);
            drawing.shapes.push(Shape::Words(figures));
        }
    }
    Some(())
}

/// The figures under a bar code, mm.
pub const FIGURES: f64 = 3.0;
/// A printed number is no larger, in points.
const LARGEST_FIGURES: f64 = 14.0;
/// White at either end, in modules: ISO/IEC 15417, 4.4.
const QUIET: u32 = 10;

const START_B: usize = 104;
const START_C: usize = 105;

/// The bars of a text of ASCII characters, with their white at both ends, over the whole
/// place.
fn code_128(text: &str, place: Area) -> Vec<Shape> {
    let values = values(text);
    let widths: Vec<u32> = values
        .iter()
        .flat_map(|value| WIDTHS[*value].bytes())
        .map(|width| u32::from(width - b'0'))
        .collect();
    let modules: u32 = widths.iter().sum::<u32>() + 2 * QUIET;
    let module = place.w / f64::from(modules);
    let mut at = QUIET;
    let mut shapes = Vec::new();
    for (count, width) in widths.into_iter().enumerate() {
        if count % 2 == 0 {
            let x = place.x + f64::from(at) * module;
            let bar = Area::new(x, place.y, f64::from(width) * module, place.h);
            shapes.push(Shape::Filled(bar, Tone::Black));
        }
        at += width;
    }
    shapes
}

/// Start, characters, check character and stop. Figures go in pairs when they all do.
fn values(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let pairs = bytes.len().is_multiple_of(2) && bytes.iter().all(u8::is_ascii_digit);
    let mut values = if pairs {
        let pair = |pair: &[u8]| usize::from(pair[0] - b'0') * 10 + usize::from(pair[1] - b'0');
        std::iter::once(START_C)
            .chain(bytes.chunks_exact(2).map(pair))
            .collect()
    } else {
        let own = bytes.iter().map(|byte| usize::from(byte - b' '));
        std::iter::once(START_B).chain(own).collect::<Vec<_>>()
    };
    let weighted = values.iter().zip(std::iter::once(1).chain(1..));
    let sum: usize = weighted.map(|(value, weight)| value * weight).sum();
    values.push(sum % 103);
    values.push(WIDTHS.len() - 1);
    values
}

/// Bars and spaces of each value, in modules; the last is the stop.
const WIDTHS: [&str; 107] = [
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212",
    "221213", "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221",
    "223211", "221132", "221231", "213212", "223112", "312131", "311222", "321122", "321221",
    "312212", "322112", "322211", "212123", "212321", "232121", "111323", "131123", "131321",
    "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331", "132131",
    "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131",
    "311123", "311321", "331121", "312113", "312311", "332111", "314111", "221411", "431111",
    "111224", "111422", "121124", "121421", "141122", "141221", "112214", "112412", "122114",
    "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111", "111242",
    "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311",
    "113141", "114131", "311141", "411131", "211412", "211214", "211232", "2331112",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::form::FieldKind;

    #[test]
    fn the_table_is_the_standards() {
        let modules = |widths: &str| widths.bytes().map(|w| u32::from(w - b'0')).sum::<u32>();
        assert!(WIDTHS[..106].iter().all(|widths| modules(widths) == 11));
        assert_eq!(modules(WIDTHS[106]), 13);
        let mut sorted = WIDTHS.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), WIDTHS.len());
        // Bars of a character are an even number of modules, the spaces an odd one.
        for widths in &WIDTHS[..106] {
            let bars: u32 = widths.bytes().step_by(2).map(|w| u32::from(w - b'0')).sum();
            assert_eq!(bars % 2, 0, "{widths}");
        }
    }

    #[test]
    fn figures_stand_in_the_middle_under_their_bars() {
        let serial = Serial {
            name: "card".to_owned(),
            kind: SerialKind::Barcode,
            says: FieldKind::Number,
            check: None,
            place: Area::new(20.0, 30.0, 44.0, 11.0),
        };
        let mut drawing = Drawing {
            width: 100.0,
            height: 60.0,
            shapes: Vec::new(),
        };
        number(&mut drawing, &serial, "79927398713").unwrap();
        let Some((Shape::Words(figures), bars)) = drawing.shapes.split_last() else {
            panic!("no figures");
        };
        let middle = figures.x + width(figures) / 2.0;
        assert!((middle - 42.0).abs() < 0.01, "{middle}");
        let ends = bars.iter().map(|bar| match bar {
            Shape::Filled(bar, _) => (bar.x, bar.right()),
            Shape::Words(_) => panic!("words among the bars"),
        });
        let ends: Vec<(f64, f64)> = ends.collect();
        let middle = f64::midpoint(ends[0].0, ends[ends.len() - 1].1);
        assert!((middle - 42.0).abs() < 0.01, "{middle}");
    }

    #[test]
    fn figures_go_in_pairs() {
        // Start C, 12, 34, check (105 + 12 + 68) mod 103, stop.
        assert_eq!(values("1234"), [105, 12, 34, 82, 106]);
        // Start B, P, J, check (104 + 48 + 84) mod 103, stop.
        assert_eq!(values("PJ"), [104, 48, 42, 30, 106]);
    }
}

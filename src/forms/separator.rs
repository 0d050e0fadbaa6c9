//! Separator sheets: laid between documents in a stack, whatever the scanner.
//!
//! A large QR code says what the sheet is; a patch T beside it is for scanners that
//! split batches themselves (Kodak, *Patch Code Information*, A-61599).

use super::draw::{Drawing, Shape, Tone, qr};
use crate::domain::form::Text;
use crate::domain::geometry::{Area, INCH};

/// What the code on a separator sheet says.
pub const SEPARATOR_CODE: &str = "PRS1";

/// A4, in mm.
const WIDTH: f64 = 210.0;
const HEIGHT: f64 = 297.0;
/// Found at 150 dpi from across a crooked page: its 21 modules are 4 mm each.
const CODE: Area = Area::new(63.0, 106.0, 84.0, 84.0);

/// Bars and spaces of a patch code: 0.08 inches, the wide bars 0.20.
const NARROW: f64 = 0.08 * INCH;
const WIDE: f64 = 0.20 * INCH;
/// Patch T: narrow, wide, narrow, wide from the leading edge.
const PATCH_T: [f64; 4] = [NARROW, WIDE, NARROW, WIDE];
/// From the leading edge, and from the sides: at least 6 mm, at most 94 from the edge.
const PATCH_TOP: f64 = 15.0;
const PATCH_SIDE: f64 = 20.0;

/// One separator sheet.
pub fn separator() -> Drawing {
    let mut shapes = qr(SEPARATOR_CODE, CODE);
    // The sheet may be fed either way up: a patch at both ends, each from its own edge.
    for upside_down in [false, true] {
        let mut y = PATCH_TOP;
        for bar in PATCH_T {
            let top = if upside_down { HEIGHT - y - bar } else { y };
            let place = Area::new(PATCH_SIDE, top, WIDTH - 2.0 * PATCH_SIDE, bar);
            shapes.push(Shape::Filled(place, Tone::Black));
            y += bar + NARROW;
        }
    }
    let words = |text: &str, y: f64, size: f64, bold: bool| {
        Shape::Words(Text {
            text: text.to_owned(),
            x: CODE.x,
            y,
            size,
            bold,
        })
    };
    shapes.push(words("Separator sheet", 75.0, 26.0, true));
    let how = "Lay one between documents. It is counted, and never filed.";
    shapes.push(words(how, 88.0, 10.0, false));
    shapes.push(words(
        "Copy it as often as you like; keep it clean and flat.",
        205.0,
        10.0,
        false,
    ));
    Drawing {
        width: WIDTH,
        height: HEIGHT,
        shapes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_patch_is_within_its_specification() {
        let drawing = separator();
        let bars: Vec<Area> = drawing
            .shapes
            .iter()
            .filter_map(|shape| match shape {
                Shape::Filled(area, _) if area.w > 100.0 => Some(*area),
                _ => None,
            })
            .collect();
        assert_eq!(bars.len(), 8);
        let edges: Vec<f64> = bars[..4]
            .iter()
            .flat_map(|bar| [bar.y, bar.bottom()])
            .map(|edge| (edge - PATCH_TOP) / 25.4)
            .collect();
        // The zones of the specification, in inches.
        for (edge, zone) in edges[1..]
            .iter()
            .zip([0.08, 0.16, 0.36, 0.44, 0.52, 0.60, 0.80])
        {
            assert!((edge - zone).abs() < 0.01, "{edge} {zone}");
        }
        assert!(bars.iter().all(|bar| bar.w >= 50.8));
    }
}

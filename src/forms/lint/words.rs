//! Whether printed words have room: on the page, beside boxes, beside other words.

use super::{EDGE, Say, Weight};
use crate::domain::form::{Form, Side, Text};
use crate::domain::geometry::Area;
use crate::forms::draw::{POINT, Shape, draw};

/// Advice on every printed word of a side, counted from 0.
pub(super) fn words(form: &Form, side: usize, place: &dyn Fn(&str) -> String, say: Say<'_>) {
    let drawing = draw(form, side);
    let texts = drawing.shapes.iter().filter_map(|shape| match shape {
        Shape::Words(text) => Some(text),
        Shape::Filled(..) => None,
    });
    let texts: Vec<(&Text, Area)> = texts.map(|text| (text, area(text))).collect();
    let taken = taken(form, &form.sides[side]);
    for (at, (text, area)) in texts.iter().enumerate() {
        let start: String = text.text.chars().take(24).collect();
        let mut warn = |what: String| {
            say(Weight::Warning, place("words"), format!("'{start}' {what}"));
        };
        if area.right() > form.width - EDGE {
            warn(format!(
                "reaches to {:.0} mm of {:.0}, and is cut off: shorten it, or part it in two lines",
                area.right(),
                form.width
            ));
        }
        if let Some((name, _)) = taken.iter().find(|(_, place)| place.overlaps(area)) {
            warn(format!(
                "runs into {name}: print in a box is taken for ink of the customer's"
            ));
        }
        let other = texts[..at].iter().find(|(_, other)| other.overlaps(area));
        if let Some((other, _)) = other {
            let other: String = other.text.chars().take(24).collect();
            warn(format!("is printed over '{other}': nobody can read either"));
        }
        if let Some(odd) = text.text.chars().find(|sign| !is_in_the_font(*sign)) {
            warn(format!(
                "has '{odd}', which the font lacks and prints as nothing"
            ));
        }
    }
}

/// Where no word may stand.
fn taken(form: &Form, side: &Side) -> Vec<(String, Area)> {
    let marks = form.corner_marks().into_iter();
    let marks = marks.map(|mark| ("a corner mark".to_owned(), mark));
    side.places().into_iter().chain(marks).collect()
}

/// Height of a capital, of the size of the print.
const CAPITAL: f64 = 0.72;

/// What a line of print covers above its base line.
fn area(text: &Text) -> Area {
    let widths = if text.bold { &BOLD } else { &REGULAR };
    let width = |sign: char| {
        let at = (sign as usize).checked_sub(' ' as usize);
        // Letters with accents are about as wide as a figure.
        let known = at.and_then(|at| widths.get(at));
        f64::from(*known.unwrap_or(&556)) / 1000.0
    };
    let size = text.size * POINT;
    let width: f64 = text.text.chars().map(width).sum();
    Area::new(
        text.x,
        text.y - CAPITAL * size,
        width * size,
        CAPITAL * size,
    )
}

/// The fonts hold Latin letters, and the punctuation of their languages.
fn is_in_the_font(sign: char) -> bool {
    matches!(sign, ' '..='~' | '\u{a0}'..='\u{17f}') || PUNCTUATION.contains(&sign)
}

const PUNCTUATION: [char; 8] = [
    '\u{2013}', '\u{2014}', '\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}', '\u{2022}', '\u{20ac}',
];

/// Advance widths of the two fonts from the space on, in thousandths of the size.
const REGULAR: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];
const BOLD: [u16; 95] = [
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667,
    611, 778, 722, 278, 556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556,
    278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
];

//! Whether printed words have room: on the page, beside boxes, beside other words.

use super::{EDGE, Say, Weight};
use crate::domain::form::{Form, Side, Text};
use crate::domain::geometry::Area;
use crate::forms::draw::{POINT, words_of};
use crate::forms::width::width;

/// Advice on every printed word of a side.
pub(super) fn words(form: &Form, side: &Side, place: &dyn Fn(&str) -> String, say: Say<'_>) {
    let words = words_of(side);
    let texts: Vec<(&Text, Area)> = words.iter().map(|(_, text)| (text, area(text))).collect();
    let taken = taken(form, side);
    for (at, (text, area)) in texts.iter().enumerate() {
        let start: String = text.text.chars().take(24).collect();
        let (name, _) = &words[at];
        let mut warn = |what: String| {
            say(Weight::Warning, place(name), format!("'{start}' {what}"));
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
    let capital = CAPITAL * text.size * POINT;
    Area::new(text.x, text.y - capital, width(text), capital)
}

/// The fonts hold Latin letters, and the punctuation of their languages.
fn is_in_the_font(sign: char) -> bool {
    matches!(sign, ' '..='~' | '\u{a0}'..='\u{17f}') || PUNCTUATION.contains(&sign)
}

const PUNCTUATION: [char; 8] = [
    '\u{2013}', '\u{2014}', '\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}', '\u{2022}', '\u{20ac}',
];

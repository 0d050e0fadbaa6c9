//! Boxes filled in for a network to learn from: every character as often as it is needed
//! for that, blank boxes, characters struck out, and dirt.

use postroom::domain::form::{FormField, Side};
use postroom::domain::handprint::SIGNS;

use super::chance::Chance;
use super::fill::Filling;
use super::severity::Pen;
use super::ticks;
use super::truth::{Field, WrittenBox};

/// What a box's truth says when only dirt is in it.
pub const DIRT: &str = "\u{fffd}";

/// Weights of a character, nothing, a character struck out, dirt.
const KINDS: [f64; 4] = [0.86, 0.03, 0.06, 0.05];
/// Weights of a capital, a digit, punctuation: the share of each in training is divided
/// out later, so that they need not be what cards have.
const LETTER: f64 = 1.0;
const DIGIT: f64 = 1.1;
const PUNCTUATION: f64 = 0.5;
/// Characters struck out within their boxes; the others far beyond.
const NEATLY: f64 = 0.6;
/// Capitals written small all the same.
const SMALL: f64 = 0.12;
/// Fields in which characters come from fonts although there are real ones.
const FONTS: f64 = 0.2;

/// Fills every field of a side with whatever is to be learned; each field by another
/// hand with another pen.
pub fn fields(filling: &mut Filling<'_>, side: &Side) -> Vec<Field> {
    let real = filling.real;
    let fields = side.fields.iter().map(|field| {
        filling.writer = filling.faces.writer(filling.severity.tidy, filling.chance);
        filling.pen = Pen::draw(filling.severity, filling.chance);
        filling.real = real.filter(|_| !filling.chance.happens(FONTS));
        let boxes = boxes(filling, field);
        Field {
            name: field.name.clone(),
            meant: String::new(),
            departure: None,
            slip: None,
            boxes,
        }
    });
    fields.collect()
}

fn boxes(filling: &mut Filling<'_>, field: &FormField) -> Vec<WrittenBox> {
    let places = field.boxes.iter();
    let boxes = places.map(|place| match filling.chance.weighted(&KINDS) {
        0 => {
            let sign = sign(filling.chance);
            filling.sign(place, sign)
        }
        1 => filling.sign(place, ' '),
        2 => {
            let sign = sign(filling.chance);
            let written = filling.sign(place, sign);
            let strokes = match filling.chance.happens(NEATLY) {
                true => ticks::strike(place, filling.chance),
                false => ticks::strike_out(place, filling.pen.width, filling.chance),
            };
            strokes.iter().for_each(|stroke| filling.draw(stroke));
            WrittenBox {
                struck: true,
                ..written
            }
        }
        _ => {
            let strokes = ticks::dirt(place, filling.pen.width, filling.chance);
            strokes.iter().for_each(|stroke| filling.draw(stroke));
            WrittenBox {
                text: DIRT.to_owned(),
                ..filling.sign(place, ' ')
            }
        }
    });
    boxes.collect()
}

fn sign(chance: &mut Chance) -> char {
    let weights = SIGNS.map(|sign| match sign {
        'A'..='Z' => LETTER,
        '0'..='9' => DIGIT,
        _ => PUNCTUATION,
    });
    let sign = SIGNS[chance.weighted(&weights)];
    if chance.happens(SMALL) {
        sign.to_ascii_lowercase()
    } else {
        sign
    }
}

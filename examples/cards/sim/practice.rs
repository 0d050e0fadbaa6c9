//! Boxes filled in for a network to learn from: every character as often as it is needed
//! for that, blank boxes, characters struck out, and dirt.

use postroom::domain::form::{FormField, Side};
use postroom::domain::geometry::Area;
use postroom::domain::handprint::SIGNS;

use super::chance::Chance;
use super::fill::Filling;
use super::severity::Pen;
use super::ticks;
use super::truth::{Field, WrittenBox};

/// What a box's truth says when its character was struck out, and when only dirt is in it.
pub const STRUCK: &str = "\u{2588}";
pub const DIRT: &str = "\u{fffd}";

/// Weights of a character, nothing, a character struck out, dirt.
const KINDS: [f64; 4] = [0.86, 0.03, 0.06, 0.05];
/// Weights of a capital, a digit, punctuation: the share of each in training is divided
/// out later, so that they need not be what cards have.
const LETTER: f64 = 1.0;
const DIGIT: f64 = 1.1;
const PUNCTUATION: f64 = 0.5;
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
            draw(filling, place, ticks::strike_out);
            marked(written, STRUCK)
        }
        _ => {
            draw(filling, place, ticks::dirt);
            marked(filling.sign(place, ' '), DIRT)
        }
    });
    boxes.collect()
}

type Strokes = fn(&Area, f64, &mut Chance) -> Vec<ticks::Stroke>;

fn draw(filling: &mut Filling<'_>, place: &Area, strokes: Strokes) {
    for stroke in strokes(place, filling.pen.width, filling.chance) {
        filling.draw(&stroke);
    }
}

fn marked(written: WrittenBox, what: &str) -> WrittenBox {
    WrittenBox {
        text: what.to_owned(),
        ..written
    }
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

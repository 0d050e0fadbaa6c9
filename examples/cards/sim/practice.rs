//! Boxes filled in for a network to learn from: every character as often as it is needed
//! for that, blank boxes, characters struck out, and dirt.

use postroom::domain::form::{BoxStyle, FormField, Side};
use postroom::domain::geometry::Area;
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
const SMALL: f64 = 0.06;
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
        let boxes = match field.style {
            BoxStyle::Line => field
                .boxes
                .iter()
                .map(|place| line(filling, place))
                .collect(),
            BoxStyle::Separate | BoxStyle::Comb => boxes(filling, field),
        };
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

/// Words on an open line, character by character; as far as they fit.
fn line(filling: &mut Filling<'_>, place: &Area) -> WrittenBox {
    let words = words(filling.chance);
    let chance = &mut *filling.chance;
    let capital = chance.between(2.6, 4.6_f64.min(place.h * 0.5));
    let pitch = capital * chance.between(0.8, 1.4);
    let (mut x, foot) = (
        place.x + chance.between(0.5, 6.0),
        place.bottom() - place.h * chance.between(0.08, 0.2),
    );
    let drift = chance.either_way(0.02);
    let mut written = WrittenBox {
        place: *place,
        text: String::new(),
        ink: Vec::new(),
        faint: filling.pen.pencil,
        under: None,
        struck: false,
    };
    for sign in words.chars() {
        let wide = if "I1.'".contains(sign) { 0.6 } else { 1.0 };
        let wide = pitch * wide * filling.chance.between(0.85, 1.15);
        if x + wide > place.right() {
            break;
        }
        let height = capital / filling.writer.size;
        let down = foot - height * 0.85 + (x - place.x) * drift;
        let one = filling.sign(&Area::new(x, down, wide.min(capital * 1.2), height), sign);
        if sign == ' ' || !one.ink.is_empty() {
            written.text.push(sign);
            written.ink.extend(one.ink);
        }
        x += if sign == ' ' {
            wide * filling.chance.between(0.6, 1.2)
        } else {
            wide
        };
    }
    written.text = written.text.trim().to_uppercase();
    written
}

/// Words that mean nothing, so that no language is learnt from them: letters, figures, two
/// words, an e-mail address.
fn words(chance: &mut Chance) -> String {
    let word = |least: usize, more: usize, chance: &mut Chance| -> String {
        let length = least + chance.below(more);
        (0..length).map(|_| *chance.one_of(&LETTERS)).collect()
    };
    let text = match chance.weighted(&[0.45, 0.2, 0.15, 0.2]) {
        0 => word(2, 12, chance),
        1 => (0..4 + chance.below(8))
            .map(|_| char::from(b'0' + chance.below(10) as u8))
            .collect(),
        2 => format!(
            "{}{}{}@{}.{}",
            word(1, 6, chance),
            chance.one_of(&['.', '_', '-']),
            word(2, 5, chance),
            word(3, 5, chance),
            word(2, 2, chance)
        ),
        _ => format!(
            "{}{}{}",
            word(1, 7, chance),
            chance.one_of(&[' ', ' ', '-', '\'']),
            word(2, 7, chance)
        ),
    };
    match chance.happens(SMALL) {
        true => text.to_lowercase(),
        false => text,
    }
}

/// Letters about as often as names have them, the rare ones oftener.
const LETTERS: [char; 52] = [
    'A', 'A', 'A', 'A', 'B', 'B', 'C', 'C', 'D', 'D', 'E', 'E', 'E', 'E', 'F', 'F', 'G', 'G', 'H',
    'H', 'I', 'I', 'I', 'J', 'K', 'K', 'L', 'L', 'L', 'M', 'M', 'N', 'N', 'N', 'O', 'O', 'O', 'P',
    'P', 'Q', 'R', 'R', 'R', 'S', 'S', 'T', 'T', 'U', 'V', 'W', 'X', 'Y',
];

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

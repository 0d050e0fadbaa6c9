//! Form files as their designers may write them.

use super::*;
use crate::domain::form::{Channel, Colour};

mod advice;
mod consents;
mod mistakes;
mod schema;

use advice::ADVICE;
use mistakes::MISTAKES;

pub(super) const CARD: &str = r##"
id = "small-card"
title = "A small card"
version = 3
page = { width = 105, height = 148 }
colour = "#f0b0b0"

[[side]]
code = { x = 80, y = 12, size = 12 }

[[side.field]]
name = "postcode"
type = "postcode"
caption = "Postcode"
x = 10
y = 40
width = 5
height = 7
pitch = 6
count = 8
gaps = [{ after = 4, width = 2 }]

[[side.tick]]
name = "mailing"
choice = "single"
consent = { purpose = "marketing", channels = ["post", "email"], wording = "Yes, send me offers by post and e-mail at any time." }
[[side.tick.option]]
name = "yes"
caption = "Yes, send me offers by post and e-mail at any time."
x = 10
y = 60
"##;

/// The same, asking for what its consent needs: nothing is left to advise.
fn whole_card() -> String {
    let more = r##"
[[side.field]]
name = "house"
type = "house"
x = 70
y = 40
width = 5
height = 7
pitch = 6
count = 4

[[side.field]]
name = "email"
type = "email"
x = 10
y = 80
width = 4.5
height = 7
pitch = 5.5
count = 16
rows = 2
leading = 9

[[side.tick]]
"##;
    CARD.replace("[[side.tick]]\n", more.trim_start())
}

fn wrong(from: &str, to: &str) -> FormError {
    assert!(CARD.contains(from), "{from}");
    parse(&CARD.replacen(from, to, 1)).unwrap_err()
}

#[test]
fn a_card_is_read() {
    let form = parse(CARD).unwrap();
    assert_eq!(form.code(0), "PRF1/small-card/3/1");
    assert_eq!(form.colour, Colour::DropOut([0xf0, 0xb0, 0xb0]));
    let boxes = &form.sides[0].fields[0].boxes;
    let starts: Vec<f64> = boxes.iter().map(|place| place.x).collect();
    assert_eq!(starts, [10.0, 16.0, 22.0, 28.0, 36.0, 42.0, 48.0, 54.0]);
    let consent = form.sides[0].ticks[0].consent.as_ref().unwrap();
    assert_eq!(consent.channels, [Channel::Post, Channel::Email]);
    assert_eq!(lint(&parse(&whole_card()).unwrap()), []);
}

#[test]
fn mistakes_name_their_line() {
    for (from, to, line, what) in MISTAKES {
        let error = wrong(from, to);
        assert_eq!(error.line, *line, "{to}: {error}");
        assert!(error.to_string().contains(what), "{to}: {error}");
    }
}

#[test]
fn the_designer_is_told() {
    for (from, to, weight, what) in ADVICE {
        let card = whole_card();
        assert!(card.contains(from), "{from}");
        let advice = lint(&parse(&card.replacen(from, to, 1)).unwrap());
        let found = advice
            .iter()
            .any(|a| a.weight == *weight && a.text.contains(what));
        assert!(found, "{to}: {advice:?}");
    }
}

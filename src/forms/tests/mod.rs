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

fn wrong(from: &str, to: &str) -> Mistake {
    assert!(CARD.contains(from), "{from}");
    let error = parse(&CARD.replacen(from, to, 1)).unwrap_err();
    assert_eq!(error.mistakes.len(), 1, "{to}: {error:?}");
    error.mistakes[0].clone()
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
fn all_mistakes_are_named_in_order() {
    let card = CARD
        .replace("small-card", "Small Card")
        .replace("size = 12 }", "size = 7 }")
        .replace("type = \"postcode\"", "type = \"zip\"")
        .replace("\"single\"", "\"one-of\"");
    let far = "\n[[side.text]]\ntext = \"far\"\nx = 200\ny = 20\n";
    let error = parse(&format!("{card}{far}")).unwrap_err();
    let lines: Vec<usize> = error.mistakes.iter().map(|one| one.line).collect();
    assert_eq!(lines, [2, 9, 13, 25, 33], "{error:?}");
    let told = error.to_string();
    assert!(told.starts_with("line 2: id 'Small Card'"), "{told}");
    assert!(told.ends_with("; and 4 more, which `postroom forms check` lists"));
    // On no page nothing lies.
    let nowhere = CARD.replace("width = 105", "width = 10");
    assert_eq!(parse(&nowhere).unwrap_err().mistakes.len(), 1);
}

#[test]
fn advice_names_the_line_of_what_it_is_about() {
    let more = "\n[[side.text]]\ntext = \"small\"\nx = 10\ny = 120\nsize = 5\n\n[[side.text]]\n\
                text = \"large\"\nx = 10\ny = 120\n\n[[side.signature]]\nname = \"sign\"\n\
                x = 2\ny = 130\nwidth = 30\nheight = 9\n";
    let card = format!("{CARD}{more}")
        .replace("#f0b0b0", "#602020")
        .replace("version = 3", "version = 3\nmarks = { size = 2 }")
        .replace("size = 12 }", "size = 8 }")
        .replace("x = 10\ny = 60", "x = 10\ny = 49\nsize = 3");
    let form = parse(&card).unwrap();
    for (said, line) in [
        ("small for a mark", "marks ="),
        ("too dark", "colour ="),
        ("small for the code", "code ="),
        ("hasty pens", "[[side.tick.option]]"),
        ("runs into what is written", "[[side.tick.option]]"),
        ("by which 'email' could reach", "consent ="),
        ("many people cannot read it", "[[side.text]]"),
        ("small to sign in", "[[side.signature]]"),
        ("from the edge; a feeder", "[[side.signature]]"),
    ] {
        let advice = lint(&form);
        let advice = advice.iter().find(|advice| advice.text.contains(said));
        let advice = advice.unwrap_or_else(|| panic!("{said}"));
        let found = line_of(&card, advice).unwrap();
        let expected = card.lines().position(|text| text.starts_with(line));
        assert_eq!(Some(found - 1), expected, "{advice:?}");
    }
    let advice = lint(&form);
    let over = advice.iter().find(|one| one.text.contains("printed over"));
    let second = line_of(&card, over.unwrap()).unwrap();
    assert_eq!(card.lines().nth(second), Some("text = \"large\""));
    assert!(advice.iter().all(|one| line_of(&card, one).is_some()));
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

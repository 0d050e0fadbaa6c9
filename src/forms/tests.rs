//! Form files as their designers may write them.

use super::*;
use crate::domain::form::{Channel, Colour};

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
    assert_eq!(lint(&form), []);
}

#[test]
fn mistakes_name_their_line() {
    for (from, to, line, what) in [
        ("version = 3", "version = 3\ncolor = 1", 5, "color"),
        ("\"#f0b0b0\"", "\"pink\"", 6, "'pink' is neither"),
        ("width = 105", "width = 10.5", 5, "10.5 mm cannot be"),
        ("small-card", "Small Card", 2, "small letters"),
        ("x = 80", "x = 100", 9, "the code reaches from 100.0"),
        (
            "x = 80, y = 12",
            "x = 5, y = 5",
            9,
            "the code overlaps a corner mark",
        ),
        (
            "type = \"postcode\"",
            "type = \"zip\"",
            11,
            "'zip' is none of title",
        ),
        (
            "pitch = 6",
            "pitch = 4",
            11,
            "postcode box 2 overlaps postcode box 1",
        ),
        ("count = 8", "count = 30", 11, "off the page"),
        ("\"single\"", "\"one-of\"", 23, "one-of with 1 boxes"),
        ("[\"post\", \"email\"]", "[]", 26, "names its purpose"),
        ("\"email\"]", "\"fax\"]", 26, "'fax' is none of post"),
        (
            "name = \"mailing\"",
            "name = \"postcode\"",
            23,
            "two fields called",
        ),
        (
            "y = 60",
            "y = 42",
            27,
            "mailing.yes overlaps postcode box 1",
        ),
    ] {
        let error = wrong(from, to);
        assert_eq!(error.line, line, "{to}: {error}");
        assert!(error.to_string().contains(what), "{to}: {error}");
    }
}

#[test]
fn the_designer_is_told() {
    for (from, to, weight, what) in [
        (
            "Yes, send me offers.",
            "I do not want offers",
            Weight::Error,
            "given by a tick",
        ),
        (
            "width = 5\n",
            "width = 4\n",
            Weight::Warning,
            "write over edges",
        ),
        (
            "pitch = 6",
            "pitch = 5.2",
            Weight::Warning,
            "share their strokes",
        ),
        (
            "count = 8",
            "count = 6",
            Weight::Warning,
            "no full postcode",
        ),
        (
            "size = 12",
            "size = 8",
            Weight::Warning,
            "small for the code",
        ),
        (
            "y = 60\n",
            "y = 60\nsize = 3\n",
            Weight::Warning,
            "hasty pens",
        ),
        (
            "x = 10\ny = 40",
            "x = 2\ny = 40",
            Weight::Warning,
            "from the edge",
        ),
        ("#f0b0b0", "#602020", Weight::Warning, "too dark"),
    ] {
        assert!(CARD.contains(from), "{from}");
        let advice = lint(&parse(&CARD.replacen(from, to, 1)).unwrap());
        let found = advice
            .iter()
            .any(|a| a.weight == weight && a.text.contains(what));
        assert!(found, "{to}: {advice:?}");
    }
}

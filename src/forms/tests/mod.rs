//! Form files as their designers may write them.

use super::*;
use crate::domain::form::{Channel, Colour};

mod schema;

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
        ("id = \"small-card\"\n", "", 1, "missing field `id`"),
        (
            "colour =",
            "marks = { size = 0 }\ncolour =",
            6,
            "marks of 0 mm cannot be",
        ),
        ("version = 3", "version = -3", 4, "u32"),
        (
            "after = 4, width = 2",
            "after = 4, width = -2",
            11,
            "a gap of -2 mm",
        ),
        (
            "type = \"postcode\"",
            "type = \"postcode\"\ncheck = \"luhn\"",
            11,
            "a postcode has no check digit",
        ),
        (
            "type = \"postcode\"",
            "type = \"number\"\ncheck = \"crc\"",
            11,
            "'crc' is none of luhn, mod11",
        ),
        (
            "[[side.field]]",
            "[[side.text]]\ntext = \"far\"\nx = 200\ny = 20\n\n[[side.field]]",
            11,
            "'far' is off the page",
        ),
        (
            "[[side.field]]",
            "[[side.text]]\ntext = \"tiny\"\nx = 20\ny = 20\nsize = 1\n\n[[side.field]]",
            11,
            "print of 1 points",
        ),
        (
            "[[side.field]]",
            "[[side.signature]]\nname = \"sign\"\nx = 20\ny = 42\nwidth = 9\nheight = 9\n\n[[side.field]]",
            11,
            "sign overlaps postcode box 2",
        ),
        (
            "[[side.field]]",
            "[[side.serial]]\nname = \"card\"\nkind = \"barcode\"\nx = 90\ny = 130\nwidth = 40\nheight = 9\n\n[[side.field]]",
            11,
            "off the page of 105 x 148 mm",
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
            "wording = \"Yes, send",
            "wording = \"No, do not send",
            Weight::Error,
            "given by a tick",
        ),
        (
            "wording = \"Yes, send",
            "wording = \"By signing I agree that you send",
            Weight::Error,
            "what nobody ticked",
        ),
        (
            "wording = \"Yes, send me",
            "wording = \"Yes, I accept the terms and conditions, send me",
            Weight::Error,
            "bundled with nothing",
        ),
        (
            "wording = \"Yes, send me offers",
            "wording = \"Yes, send me offers of your partners",
            Weight::Error,
            "a purpose of its own",
        ),
        (
            "purpose = \"marketing\"",
            "purpose = \"marketing and research\"",
            Weight::Error,
            "more than one purpose",
        ),
        (
            "y = 60\n",
            "y = 60\n\n[[side.tick]]\nname = \"again\"\nchoice = \"single\"\nconsent = { purpose = \"marketing\", \
             channels = [\"post\"], wording = \"By post\" }\n[[side.tick.option]]\nname = \"yes\"\n\
             caption = \"By post\"\nx = 10\ny = 75\n",
            Weight::Error,
            "contradict each other",
        ),
        (
            "caption = \"Yes, send",
            "caption = \"Send",
            Weight::Warning,
            "does not stand on the form",
        ),
        (
            "post and e-mail at any time.\" }",
            "post.\" }",
            Weight::Warning,
            "does not name 'email'",
        ),
        (
            "caption = \"Yes, send me offers by post and e-mail at any time.\"",
            "caption = \"Yes\"",
            Weight::Warning,
            "can change their mind",
        ),
        (
            "type = \"email\"",
            "type = \"free_text\"",
            Weight::Warning,
            "by which 'email' could reach",
        ),
        (
            "type = \"email\"",
            "type = \"member_number\"",
            Weight::Warning,
            "makes another member's number",
        ),
        (
            "[[side.tick]]",
            "[[side.serial]]\nname = \"card\"\nkind = \"printed\"\nx = 10\ny = 120\nwidth = 40\nheight = 9\n\n\
             [[side.tick]]",
            Weight::Warning,
            "another card's number",
        ),
        (
            "[[side.tick]]",
            "[[side.serial]]\nname = \"card\"\nkind = \"barcode\"\nx = 10\ny = 120\nwidth = 20\nheight = 9\n\n\
             [[side.tick]]",
            Weight::Warning,
            "small for a bar code",
        ),
        (
            "[[side.tick]]",
            "[[side.signature]]\nname = \"sign\"\nx = 10\ny = 120\nwidth = 30\nheight = 9\n\n[[side.tick]]",
            Weight::Warning,
            "small to sign in",
        ),
        (
            "[[side.tick]]",
            "[[side.text]]\ntext = \"small\"\nx = 10\ny = 120\nsize = 5\n\n[[side.tick]]",
            Weight::Warning,
            "many people cannot read it",
        ),
        (
            "x = 80, y = 12",
            "x = 80, y = 27",
            Weight::Warning,
            "less than 2.3 mm from the code",
        ),
        (
            "page =",
            "marks = { size = 4, inset = 2 }\npage =",
            Weight::Warning,
            "may be cut off by a feeder",
        ),
        (
            "page =",
            "marks = { size = 2 }\npage =",
            Weight::Warning,
            "small for a mark",
        ),
        (
            "y = 60\n",
            "y = 49\n",
            Weight::Warning,
            "runs into what is written there",
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
        let card = whole_card();
        assert!(card.contains(from), "{from}");
        let advice = lint(&parse(&card.replacen(from, to, 1)).unwrap());
        let found = advice
            .iter()
            .any(|a| a.weight == weight && a.text.contains(what));
        assert!(found, "{to}: {advice:?}");
    }
}

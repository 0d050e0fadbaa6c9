//! What a designer may get wrong in the card of the tests: what is changed, the line that
//! is named, and what is said.

pub(super) const MISTAKES: &[(&str, &str, usize, &str)] = &[
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
];

//! What a designer should be told of the card of the tests: what is changed, how much it
//! weighs, and what is said.

use crate::forms::Weight;

pub(super) const ADVICE: &[(&str, &str, Weight, &str)] = &[
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
        Weight::Error,
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
    (
        "x = 80, y = 12",
        "x = 60, y = 54",
        Weight::Warning,
        "runs into the code",
    ),
    (
        "caption = \"Postcode\"",
        "caption = \"Postcode of the house in which you live, and not of the one where you work, please\"",
        Weight::Warning,
        "is cut off",
    ),
    (
        "[[side.tick]]",
        "[[side.text]]\ntext = \"Name\"\nx = 14\ny = 38.5\n\n[[side.tick]]",
        Weight::Warning,
        "is printed over 'Postcode'",
    ),
    (
        "caption = \"Postcode\"",
        "caption = \"\u{418}\u{43c}\u{44f}\"",
        Weight::Warning,
        "which the font lacks",
    ),
];

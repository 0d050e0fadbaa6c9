//! Letters that lead a careless reader astray, and texts that are no letters.

use proptest::prelude::*;

use super::super::is_enclosure;
use super::pages::{typed, typed_as};
use super::{checked, expect, typed_letter};
use crate::domain::confidence::Probability;
use crate::domain::document::Legibility;
use crate::domain::letter::LetterField;
use crate::domain::text::Line;
use crate::domain::verdict::Verdict;

/// A plain letter with this text between salutation and closing.
fn letter(body: &str) -> String {
    format!(
        "
14 Larch Road
Halifax
HX1 2AB

4 July 2026

Dear Sirs,

{body}

Yours faithfully,

Philippa Greenhalgh
"
    )
}

const PLAIN: &str = "sender_name: Philippa Greenhalgh
    street: 14 Larch Road
    town: Halifax
    postcode: HX1 2AB
    date: 2026-07-04
    salutation: Dear Sirs";

fn with(more: &str) -> String {
    format!("{PLAIN}\n{more}")
}

#[test]
fn the_body_speaks_of_others() {
    typed_letter(
        &letter(
            "I rang your helpline on 0345 496 0123 on 3 June 2026 and nobody answered.
My e-mail to help@shop.example of 5 June 2026 had no reply either. The parcel
was left next door at number 25, and the card for it was sent by mistake to
12 Wrong Street, Leeds, LS2 7AB, where nobody knows us.",
        ),
        PLAIN,
    );
}

#[test]
fn a_reference_only_mentioned_goes_to_review() {
    typed_letter(
        &letter(
            "My earlier letter of 3 June 2026 was answered by a printed card with nothing
on it but thanks, bearing the reference XQ/20418/77. The till receipt (number
QL/20417/38) is enclosed with this letter.",
        ),
        &with("reference: ?XQ/20418/77"),
    );
}

#[test]
fn order_receipt_and_card_numbers() {
    typed_letter(
        &letter(
            "I write to complain about a garden bench which I purchased from your
Hexham branch on 2 June 2026 for £58.00. The second one that you sent
(order no. QN/71503/64) came in green. Kindly credit the points that were
promised to card number 6318 2045 7791 3306 without further delay.",
        ),
        &with(
            "product: garden bench
            shop: Hexham
            order_number: QN/71503/64
            member_number: 6318 2045 7791 3306",
        ),
    );
}

/// A sentence, the product that it tells, and whether firmly.
const GOODS: &[(&str, &str, bool)] = &[
    (
        "On 2 May 2026 I ordered a three-drawer cabinet, number KX-204817, and paid for it in full.",
        "three-drawer cabinet",
        true,
    ),
    (
        "The garden spade which I bought in your Corby shop on 3 May 2026 has snapped clean in two.",
        "garden spade",
        true,
    ),
    (
        "Please cancel order KX-204817 for four table lamps, which has not been sent out yet by you.",
        "table lamps",
        true,
    ),
    (
        "The garden bench on order KX-204817 was to come in two parts and only one of them has.",
        "garden bench",
        true,
    ),
    (
        "My garden bench was to be delivered on Monday last, and all day long nobody came at all.",
        "garden bench",
        false,
    ),
    (
        "You sent me a letter with £30.00 for a garden bench in it and I never had any garden bench.",
        "garden bench",
        false,
    ),
    (
        "I ordered a white taxi and came to your Corby shop at once, but the doors were shut by then.",
        "white taxi",
        false,
    ),
    (
        "I bought a replacement bulb from the ironmonger since the one of yours had gone so soon.",
        "",
        false,
    ),
    (
        "I enclose the receipt for some small things which I bought in your Corby shop this week.",
        "",
        false,
    ),
    (
        "I bought two of them in your Corby shop and was charged for three, which is one too many.",
        "",
        false,
    ),
];

#[test]
fn what_was_bought_is_firm_or_for_a_person() {
    for &(sentence, product, firm) in GOODS {
        let letter = checked(&[typed(&letter(&wrapped(sentence)))], &[]);
        let field = &letter.fields[&LetterField::Product];
        let read = field.value.clone().unwrap_or_default();
        let accepted = field.verdict == Verdict::Accepted;
        assert_eq!((read.as_str(), accepted), (product, firm), "{sentence}");
    }
}

#[test]
fn a_misread_day_or_label_goes_to_a_person() {
    let body = "We were kept waiting at the counter for an hour or more on Monday last\nweek, and nobody said a word to us about it until we left the shop.";
    for (printed, date) in [
        ("4 July 2026", "2026-07-04"),
        ("1] June 2026", "2026-06-11"),
        ("47 June 2026", "2026-06-17"),
    ] {
        let text = letter(body).replace("4 July 2026", printed);
        let read = checked(&[typed(&text)], &[]);
        let field = &read.fields[&LetterField::Date];
        assert_eq!(field.value.as_deref(), Some(date), "{printed}");
        let sure = printed.starts_with("4 ");
        assert_eq!(field.verdict == Verdict::Accepted, sure, "{printed}");
    }
    for label in ["Your ref, KH/43749/25", "Your ret: KH/43749/25"] {
        let text = letter(body).replace("Dear Sirs", &format!("{label}\n\nDear Sirs"));
        let read = checked(&[typed(&text)], &[]);
        let value = read.fields[&LetterField::Reference].value.as_deref();
        assert_eq!(value, Some("KH/43749/25"), "{label}");
    }
}

#[test]
fn a_receipt_with_faded_pence_is_a_receipt() {
    let receipt = typed(
        "BLACKWOOD STORES LTD\n3 QUAY STREET HULL\nTEL 01482 960000\n01/07/2026 14:07 TILL 02\nOPERATOR 117\nKETTLE 1.7L 24,\nTEA TOWELS 9.\n2 ITEMS\nTOTAL 33.\nCARD **** 4417\nCHANGE 0.00\nREFUNDS WITHIN 28 DAYS\nTHANK YOU FOR SHOPPING",
    );
    assert!(is_enclosure(&receipt));
    let second_page = typed(
        "- 2 -\n1. Return what was taken on 1 May and on 3 August 2026.\n2. Send me a statement which shows the total.\nI enclose the receipt.\nIvy Penhaligon",
    );
    assert!(!is_enclosure(&second_page));
}

#[test]
fn ink_above_the_typed_name_is_not_the_name() {
    let text = letter(
        "We were kept waiting at the counter for an hour or more on Monday last\nweek, and nobody said a word to us about it until we left the shop.",
    );
    let text = text.replace("Philippa Greenhalgh", "P Greenbalg\n\nPhilippa Greenhalgh");
    for (confidence, height) in [(0.8, 34), (0.95, 80)] {
        let mut page = typed(&text);
        let lines = page.text.lines.iter_mut();
        for line in lines.filter(|line| line.text() == "P Greenbalg") {
            let ink = line.words().iter().map(|word| {
                let mut word = word.clone();
                word.confidence = Probability::clamped(confidence);
                word.bounds.h = height;
                word
            });
            *line = Line::new(ink.collect(), line.block).unwrap();
        }
        let letter = checked(&[page], &[]);
        let name = &letter.fields[&LetterField::SenderName];
        assert_eq!(name.value.as_deref(), Some("Philippa Greenhalgh"));
        assert_eq!(name.verdict, Verdict::Accepted);
    }
}

/// A sentence; the product and the shop that it tells for certain.
const SENTENCES: &[(&str, &str, &str)] = &[
    (
        "Further to our talk of 9 May 2026, I must make a formal complaint regarding a pair of garden shears bought at your Corby store.",
        "pair of garden shears",
        "Corby",
    ),
    (
        "I enclose the till receipt (number QL/20417/38) for a bread maker, bought from Stow on the Wold on 22 May 2026.",
        "bread maker",
        "Stow on the Wold",
    ),
    (
        "I am sorry to tell you that the toaster which I bought from your Hexham branch on 3 June 2026 gave up on its second morning.",
        "toaster",
        "Hexham",
    ),
    (
        "I bought a kettle from your Newcastle upon Tyne branch last week and it leaks.",
        "kettle",
        "Newcastle upon Tyne",
    ),
    (
        "My experience at Taunton on 11 June 2026 was most upsetting for us both.",
        "",
        "Taunton",
    ),
    (
        "Nothing has been the same with you since the Ludlow branch was rebuilt.",
        "",
        "",
    ),
    (
        "The item was bought by my late husband, who liked your shops a great deal.",
        "",
        "",
    ),
    (
        "I visited your Rhyl store last Tuesday and waited for an hour at the desk.",
        "",
        "Rhyl",
    ),
];

#[test]
fn products_and_shops_only_when_certain() {
    for &(sentence, product, shop) in SENTENCES {
        let letter = checked(&[typed(&letter(&wrapped(sentence)))], &[]);
        let value = |field| letter.fields[&field].value.clone().unwrap_or_default();
        let read = [value(LetterField::Product), value(LetterField::Shop)];
        assert_eq!(read, [product, shop], "{sentence}");
    }
}

fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        if lines
            .last()
            .is_some_and(|line| line.len() + word.len() > 70)
        {
            lines.push(String::new());
        }
        let line = lines.last_mut().unwrap();
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push("We look forward to an answer within the next fourteen days or so.".to_owned());
    lines.join("\n")
}

#[test]
fn the_writers_own_number_in_a_sentence() {
    typed_letter(
        &letter(
            "I telephoned your helpline on 0345 496 0123 without any success at all.
Please ring me on 01422 960123 in the evening, or write to me by e-mail;
my e-mail address is p.green@post.example and I read it every day.",
        ),
        &with("phone: 01422 960123\nemail: p.green@post.example"),
    );
}

#[test]
fn a_received_stamp_is_not_the_date() {
    typed_letter(
        "
14 Larch Road                                     RECEIVED
Halifax                                           8 JUL 2026
HX1 2AB                                           POST ROOM

Dear Sirs,

I write about the service at the counter last week, which was slow and
not at all what we have come to expect over the years.

Yours faithfully,

Philippa Greenhalgh
",
        "sender_name: Philippa Greenhalgh
        street: 14 Larch Road
        town: Halifax
        postcode: HX1 2AB
        salutation: Dear Sirs",
    );
}

#[test]
fn impossible_dates_stay_as_read() {
    for (printed, field) in [
        ("11 July 2026", "date: ?2026-07-11"),
        ("4 July 2023", "date: ?2023-07-04"),
        ("Tuesday 4th July 2026", "date: ?2026-07-04"),
        ("10 July 2026", "date: 2026-07-10"),
        ("10 July 2024", "date: 2024-07-10"),
        ("Halifax, 04/07/2026", "date: 2026-07-04"),
        ("4/vii/26", "date: 2026-07-04"),
    ] {
        let text = letter(
            "We were kept waiting at the counter for an hour or more on Monday last\nweek, and nobody said a word to us about it until we left the shop.",
        );
        let text = text.replace("4 July 2026", printed);
        typed_letter(&text, &PLAIN.replace("date: 2026-07-04", field));
    }
}

#[test]
fn a_misread_postcode_goes_to_review() {
    for (printed, fields) in [
        ("HXI 2AB", "postcode: ?HX1 2AB"),
        ("HX1 ZAB", "postcode: ?HX1 2AB"),
        ("LS1 2AB", "postcode: ?LS1 2AB\n    town: ?Halifax"),
    ] {
        let text = letter(
            "We were kept waiting at the counter for an hour or more on Monday last\nweek, and nobody said a word to us about it until we left the shop.",
        );
        let text = text.replace("HX1 2AB", printed);
        typed_letter(&text, &replaced(fields));
    }
}

/// [`PLAIN`] with other values for these fields.
fn replaced(fields: &str) -> String {
    let name = |line: &str| line.split(':').next().unwrap_or_default().trim().to_owned();
    let kept = PLAIN
        .lines()
        .filter(|line| fields.lines().all(|field| name(field) != name(line)));
    kept.chain(fields.lines()).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_clear_subject_line() {
    for (printed, subject) in [
        ("Re: Broken kettle", "Broken kettle"),
        ("COMPLAINT ABOUT A KETTLE", "COMPLAINT ABOUT A KETTLE"),
        ("Subject: Delivery of 3 June", "Delivery of 3 June"),
    ] {
        typed_letter(
            &letter(&format!(
                "{printed}\n\nWe were kept waiting at the counter for an hour or more on Monday last\nweek, and nobody said a word to us about it until we left the shop."
            )),
            &with(&format!("subject: {subject}")),
        );
    }
}

#[test]
fn scrawl_over_the_signature_is_no_name() {
    let text = letter(
        "We were kept waiting at the counter for an hour or more on Monday last\nweek, and nobody said a word to us about it until we left the shop.",
    );
    let mut page = typed(&text);
    let scrawl = typed_as("\nAy Mall\n", 1, 0.3).text.lines.remove(0);
    let end = page.text.lines.len() - 1;
    page.text.lines.insert(end, scrawl);
    page.text.lines[end] = Line::new(
        page.text.lines[end]
            .words()
            .iter()
            .cloned()
            .map(|mut word| {
                word.bounds.y = page.text.lines[end - 1].bounds().y + 25;
                word
            })
            .collect(),
        9,
    )
    .unwrap();
    expect(&checked(&[page], &[]), PLAIN);
}

#[test]
fn a_receipt_gives_no_sender() {
    let receipt = typed_as(
        "
BLACKWOOD STORES
12 Market Street
LEEDS LS1 1AA
VAT No 123 4567 89

KETTLE            19.99
TEA TOWELS         4.50
SUBTOTAL          24.49
TOTAL             24.49
VISA DEBIT        24.49
AUTH CODE 123456
03/06/2026  14:02
",
        2,
        0.9,
    );
    assert!(is_enclosure(&receipt));
    let text = letter(
        "We were kept waiting at the counter for an hour or more on Monday last\nweek, and nobody said a word to us about it until we left the shop.",
    );
    let page = typed(&text);
    assert!(!is_enclosure(&page));
    expect(&checked(&[page, receipt], &[]), PLAIN);
}

#[test]
fn what_is_no_print_gives_nothing_sure() {
    for page in [
        typed_as("aw ~~ vM wll\nIl] Wn fr\n' uJ wv\nrn MM rr", 1, 0.2),
        typed_as(&letter("Wr wnt t th shp nd th mn sd n t s"), 1, 0.3),
        typed(""),
    ] {
        let letter = checked(&[page], &[]);
        assert_eq!(letter.legibility, Legibility::Unreadable);
        assert!(
            letter
                .fields
                .values()
                .all(|field| field.verdict != Verdict::Accepted)
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_text_panics(text in "(?s)[ -~\n£•éŵ]{0,400}", confidence in 0.0f64..1.0) {
        let letter = checked(&[typed_as(&text, 1, confidence)], &[]);
        prop_assert_eq!(letter.fields.len(), LetterField::ALL.len());
    }

    #[test]
    fn no_letter_with_a_broken_line_panics(at in 0usize..400, noise in "[ -~\n]{0,12}") {
        let mut text = letter("Your card number 6318 2045 7791 3306 was bought at your Hexham branch.");
        let mut at = at.min(text.len());
        while !text.is_char_boundary(at) { at -= 1; }
        text.insert_str(at, &noise);
        let letter = checked(&[typed(&text)], &[]);
        prop_assert!(letter.fields.values().all(|field| field.probability.get() <= 1.0));
    }
}

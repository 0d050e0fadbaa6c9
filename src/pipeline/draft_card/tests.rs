//! What of a card is taken as it stands, and what goes to a person.

use super::*;
use crate::acceptance::{Evidence, OfKind, Targets};
use crate::domain::card_draft::Alternative;
use crate::domain::case::ReceiptOrigin;
use crate::domain::guarantee::Sequence;
use crate::domain::identity::Digest;
use crate::forms;
use crate::gazetteer::Gazetteer;
use crate::lexicon::Lexicons;
use crate::rules::Rules;
use crate::store::testing::{self, card_side, lost_page};

/// A number printed on the back, where one is asked for too.
const SERIAL: &str = r#"
[[side.serial]]
name = "card"
kind = "printed"
type = "member_number"
check = "luhn"
x = 14
y = 186
width = 46
height = 7

[[side.field]]
name = "old_postcode"
type = "postcode"
caption = "The postcode where you lived"
x = 14
y = 150
width = 5
height = 6.5
pitch = 6
count = 7

[[side.field]]
name = "new_postcode"
type = "postcode"
caption = "The postcode where you live now"
x = 14
y = 168
width = 5
height = 6.5
pitch = 6
count = 7
"#;

fn desk() -> Desk {
    let coupon = include_str!("../../../samples/forms/coupon-a6.toml");
    let loyalty = include_str!("../../../samples/forms/loyalty-a5.toml");
    let numbered = loyalty.replace("id = \"loyalty-a5\"", "id = \"numbered\"") + SERIAL;
    let mut lined = forms::parse(loyalty).unwrap();
    lined.id = "lined".to_owned();
    for field in &mut lined.sides[0].fields {
        if ["surname", "postcode", "member_number"].contains(&field.name.as_str()) {
            field.style = BoxStyle::Line;
        }
    }
    let forms = [coupon, loyalty, &numbered].map(|form| forms::parse(form).unwrap());
    Desk {
        companies: Vec::new(),
        gazetteer: Gazetteer::embedded(),
        lexicons: Lexicons::embedded(),
        rules: Rules::embedded(),
        forms: forms.into_iter().chain([lined]).collect(),
        acceptance: Acceptance::uncertified(),
    }
}

fn side(form: &str, ticks: &[(&str, TickState)], fields: &[(&str, &[Ink])]) -> CardSide {
    testing::side(form, 1, ticks, fields)
}

fn drafted(side: CardSide) -> (CaseDraft, CardDraft) {
    let document = Document {
        ordinal: 1,
        pages: vec![2],
    };
    let receipt = Receipt {
        day: jiff::civil::date(2026, 11, 20),
        origin: ReceiptOrigin::Today,
    };
    let pages = [lost_page(1), card_side(2, side)];
    let draft = draft_card(&document, &pages, receipt, &desk());
    let card = draft.card.clone().unwrap();
    (draft, card)
}

fn ticks_in_review(side: CardSide) -> Vec<String> {
    let (_, card) = drafted(side);
    let ticks = card.ticks.into_iter().map(|tick| tick.tick);
    let doubtful = ticks.filter(|tick| tick.verdict == Verdict::Review);
    doubtful.map(|tick| tick.name).collect()
}

const KETTLE: &str = "offer.kettle";
const TOASTER: &str = "offer.toaster";
const CONSENT: &str = "offers_post";

#[test]
fn two_marks_where_one_may_be_go_to_a_person() {
    use TickState::{Corrected, Empty, Marked, Unsure};
    for (kettle, toaster, doubtful) in [
        (Marked, Empty, &[] as &[&str]),
        (Marked, Marked, &[KETTLE, TOASTER]),
        (Marked, Unsure, &[KETTLE, TOASTER]),
        (Marked, Corrected, &[]),
        (Empty, Unsure, &[TOASTER]),
    ] {
        let ticks = [
            (KETTLE, kettle),
            (TOASTER, toaster),
            ("offer.voucher", Empty),
        ];
        let side = side("coupon-a6", &ticks, &[]);
        assert_eq!(ticks_in_review(side), doubtful, "{kettle:?} {toaster:?}");
    }
    // Of many-of any number may be marked.
    let many = [("interests.home", Marked), ("interests.books", Marked)];
    assert_eq!(ticks_in_review(side("loyalty-a5", &many, &[])), [""; 0]);
}

#[test]
fn a_consent_is_a_clean_mark_or_none() {
    for state in TickState::ALL {
        let (_, card) = drafted(side("coupon-a6", &[(CONSENT, state)], &[]));
        let tick = &card.ticks[0].tick;
        assert_eq!(tick.consents(), state == TickState::Marked, "{state:?}");
        let doubtful = matches!(state, TickState::Corrected | TickState::Unsure);
        assert_eq!(tick.verdict == Verdict::Review, doubtful, "{state:?}");
    }
}

#[test]
fn a_scan_that_lies_badly_is_never_trusted() {
    let mut bad = side(
        "coupon-a6",
        &[(CONSENT, TickState::Marked), (KETTLE, TickState::Empty)],
        &[("surname", &[Ink::Empty])],
    );
    bad.residual = MAX_RESIDUAL + 0.01;
    let (draft, card) = drafted(bad.clone());
    assert!(card.verdicts().all(|verdict| verdict == Verdict::Review));
    assert!(!card.ticks[0].tick.consents() && draft.in_review());
    assert_eq!(draft.legibility, Legibility::Poor);
    assert!(card.ticks[0].tick.reason.contains("0.41 mm"));
    // A form that nobody knows is no better.
    (bad.residual, bad.version) = (0.1, 9);
    let (_, card) = drafted(bad);
    assert!(card.verdicts().all(|verdict| verdict == Verdict::Review));
}

#[test]
fn a_number_on_the_card_is_a_field_before_what_is_written() {
    let written: [(&str, &[Ink]); 1] = [("surname", &[Ink::Empty])];
    let mut numbered = side("coupon-a6", &[], &written);
    numbered.serials.push(SerialSeen {
        name: "card".into(),
        number: Some("79927398713".into()),
        probability: Probability::clamped(0.999),
        verdict: Verdict::Accepted,
        reason: "decoded from its code".into(),
        place: crate::domain::geometry::Rect::new(1, 2, 30, 4),
    });
    let (draft, card) = drafted(numbered.clone());
    let names: Vec<&str> = card.fields.iter().map(|field| &*field.name).collect();
    assert_eq!(names, ["card", "surname"]);
    let field = &card.fields[0].field;
    assert_eq!(
        (field.value.as_deref(), field.verdict),
        (Some("79927398713"), Verdict::Accepted)
    );
    assert!(card.fields[0].is_serial() && !card.fields[1].is_serial());
    assert!(!draft.in_review());
    numbered.residual = MAX_RESIDUAL + 0.01;
    let (_, card) = drafted(numbered);
    assert_eq!(card.fields[0].field.verdict, Verdict::Review);
}

#[test]
fn a_number_on_the_card_comes_before_one_that_is_written() {
    const CARD: &str = "799273917";
    // What is written is rather 799274907, which is a number too.
    let drafted = |card: &str, verdict| {
        let written: [(&str, &[Ink]); 1] = [("member_number", &[Ink::Written; 9])];
        let mut both = testing::side("numbered", 2, &[], &written);
        for (sign, rather) in CARD.chars().zip("799274907".chars()) {
            let (share, rest) = if sign == rather {
                (0.99, '5')
            } else {
                (0.2, rather)
            };
            let signs = [(sign, share), (rest, 1.0 - share)];
            let signs = signs.map(|(sign, share): (char, f64)| (sign, share.ln()));
            both.fields[0].lattice.push(signs, None).unwrap();
        }
        both.serials.push(SerialSeen {
            name: "card".into(),
            number: Some(card.into()),
            probability: Probability::clamped(0.999),
            verdict,
            reason: "decoded from its code".into(),
            place: crate::domain::geometry::Rect::new(1, 2, 30, 4),
        });
        let field = drafted(both).1.fields.remove(1);
        (field.field.value, field.field.verdict, field.field.reason)
    };
    let same = drafted(CARD, Verdict::Accepted);
    assert_eq!(same.0.as_deref(), Some(CARD));
    assert_eq!(same.1, Verdict::Accepted, "{same:?}");
    let other = drafted("123456782", Verdict::Accepted);
    assert_ne!(other.0.as_deref(), Some("123456782"));
    assert_eq!(other.1, Verdict::Review, "{other:?}");
    assert_eq!(other.2, "another number, 123456782, is on the card already");
    // Figures come in the groups in which they are printed.
    let grouped = drafted("799 273 917", Verdict::Accepted);
    assert_eq!(grouped.1, Verdict::Accepted, "{grouped:?}");
    // A number that is doubtful itself settles nothing.
    let doubtful = drafted(CARD, Verdict::Review);
    assert_eq!(doubtful.1, Verdict::Review, "{doubtful:?}");
    assert!(doubtful.2.contains("not certified"), "{doubtful:?}");
}

#[test]
fn each_of_two_fields_of_a_kind_says_what_is_written_in_it() {
    let written: [(&str, &[Ink]); 2] = [
        ("old_postcode", &[Ink::Written; 7]),
        ("new_postcode", &[Ink::Written; 7]),
    ];
    let mut both = testing::side("numbered", 2, &[], &written);
    for (field, text) in both.fields.iter_mut().zip(["LS14AP", "SW1A1AA"]) {
        for sign in text.chars() {
            field.lattice.push([(sign, -0.001)], None).unwrap();
        }
    }
    let values: Vec<_> = drafted(both)
        .1
        .fields
        .into_iter()
        .map(|field| field.field.value)
        .collect();
    assert_eq!(
        values,
        [Some("LS1 4AP".to_owned()), Some("SW1A 1AA".to_owned())]
    );
}

#[test]
fn a_stray_stroke_is_no_value() {
    let mut stray = side(
        "loyalty-a5",
        &[],
        &[("member_number", &[Ink::Faint, Ink::Empty])],
    );
    let lattice = &mut stray.fields[0].lattice;
    lattice
        .push([('_', -0.1), ('0', -4.0)], Some(-2.5))
        .unwrap();
    lattice.push([], Some(0.0)).unwrap();
    let (_, card) = drafted(stray);
    let field = &card.fields[0].field;
    assert_eq!((&field.value, field.verdict), (&None, Verdict::Review));
    assert_eq!(field.reason, "there is something in it that cannot be read");
}

#[test]
fn what_is_read_has_a_value_and_its_doubtful_boxes() {
    let mut read = side("loyalty-a5", &[], &[("surname", &[Ink::Written; 5])]);
    let lattice = &mut read.fields[0].lattice;
    for sign in ['S', 'M', '1', 'T', 'H'] {
        let other = if sign == '1' { 'I' } else { 'X' };
        let shares = [(sign, 0.6_f64.ln()), (other, 0.4_f64.ln())];
        let sure = [(sign, 0.999_f64.ln()), (other, 0.001_f64.ln())];
        let signs = if sign == '1' { shares } else { sure };
        lattice.push(signs, None).unwrap();
    }
    let (_, card) = drafted(read);
    let field = &card.fields[0];
    assert_eq!(field.field.as_read.as_deref(), Some("SM1TH"));
    assert_eq!(field.field.value.as_deref(), Some("SMITH"));
    assert_eq!(field.doubtful, [3]);
    assert_eq!(field.alternatives[0].value, "SMITH");
    assert!(
        field
            .field
            .reason
            .starts_with("matched to the list of surnames")
    );
    // Its evidence is of a network, and this desk has none.
    assert_eq!(field.field.verdict, Verdict::Review);
}

/// A lattice of these characters and no others.
fn plainly(text: &str) -> Lattice {
    let mut lattice = Lattice::default();
    for sign in text.chars() {
        lattice.push([(sign, 0.0)], None).unwrap();
    }
    lattice
}

#[test]
fn what_stands_on_an_open_line_is_read_and_never_accepted() {
    let mut read = side("lined", &[], &[("surname", &[Ink::Written])]);
    read.fields[0].lattice = plainly("SMITH");
    let (_, card) = drafted(read);
    let field = &card.fields[0].field;
    assert_eq!(field.value.as_deref(), Some("SMITH"));
    assert_eq!(field.verdict, Verdict::Review);
    assert!(field.reason.ends_with(OPEN), "{}", field.reason);
}

#[test]
fn an_open_line_in_which_nothing_is_read_is_not_empty() {
    let mut read = side("lined", &[], &[("surname", &[Ink::Written])]);
    let lattice = &mut read.fields[0].lattice;
    lattice.push([], None).unwrap();
    lattice.skip(0, 0.0).unwrap();
    let (_, card) = drafted(read);
    assert_eq!(card.fields[0].field.verdict, Verdict::Review);
}

#[test]
fn an_open_line_makes_nothing_in_boxes_surer() {
    let town = |form: &str| {
        let written: [(&str, &[Ink]); 2] =
            [("postcode", &[Ink::Written]), ("town", &[Ink::Written; 6])];
        let mut read = side(form, &[], &written);
        read.fields[0].lattice = plainly("OX14AJ");
        let lattice = &mut read.fields[1].lattice;
        for sign in "OXFORD".chars() {
            let signs = [(sign, 0.5_f64.ln()), ('E', 0.5_f64.ln())];
            lattice.push(signs, None).unwrap();
        }
        let (_, card) = drafted(read);
        card.fields[1].alternatives.clone()
    };
    let alone = {
        let mut read = side("loyalty-a5", &[], &[("town", &[Ink::Written; 6])]);
        for sign in "OXFORD".chars() {
            let signs = [(sign, 0.5_f64.ln()), ('E', 0.5_f64.ln())];
            read.fields[0].lattice.push(signs, None).unwrap();
        }
        drafted(read).1.fields[0].alternatives.clone()
    };
    assert_eq!(town("lined"), alone);
    assert_ne!(town("loyalty-a5"), alone, "in boxes it does");
}

/// A town read off a card on which no postcode is written, box by box: the likeliest value.
fn town(text: &str) -> Alternative {
    let mut read = side("loyalty-a5", &[], &[("town", &[Ink::Written; 8])]);
    for sign in text.chars() {
        let other = if sign == 'O' { '0' } else { 'O' };
        let signs = [(sign, 0.45_f64.ln()), (other, 0.55_f64.ln())];
        let signs = if sign == 'O' {
            signs
        } else {
            [(sign, 0.99_f64.ln()), ('X', 0.01_f64.ln())]
        };
        let (signs, blank) = if sign == ' ' {
            (&[][..], Some(0.0))
        } else {
            (&signs[..], None)
        };
        read.fields[0]
            .lattice
            .push(signs.iter().copied(), blank)
            .unwrap();
    }
    let (_, card) = drafted(read);
    card.fields[0].alternatives[0].clone()
}

#[test]
fn a_town_is_read_without_a_postcode_and_no_digit_is_in_it() {
    let listed = town("OXFORD");
    assert_eq!(listed.value, "Oxford");
    assert!(listed.probability.get() > 0.9, "{listed:?}");
    let unlisted = town("OMBLOOT");
    assert_eq!(unlisted.value, "OMBLOOT");
    // What is broken off is for a person, however surely the beginning is a town.
    let broken = town("OXFORD &");
    assert!(broken.probability.get() <= 0.5, "{broken:?}");
}

#[test]
fn what_is_written_waits_and_a_comment_opens_a_case() {
    let written: [(&str, &[Ink]); 3] = [
        ("surname", &[Ink::Written, Ink::Empty]),
        ("street", &[Ink::Faint]),
        ("town", &[Ink::Empty, Ink::Empty]),
    ];
    let (draft, card) = drafted(side("loyalty-a5", &[], &written));
    let verdicts: Vec<Verdict> = card.verdicts().collect();
    assert_eq!(verdicts, [Verdict::Review, Verdict::Review, Verdict::Empty]);
    assert_eq!(card.fields[0].field.reason, "it could not be read");
    assert_eq!(card.fields[0].field.place.unwrap().page, 2);
    assert_eq!(card.fields[0].boxes.len(), 2);
    assert!(draft.in_review() && !draft.needs_a_case());
    let (draft, _) = drafted(side("loyalty-a5", &[], &[("comment", &[Ink::Empty])]));
    assert!(!draft.in_review() && !draft.needs_a_case());
    // A fleck of dirt opens no case; a person looks.
    let (draft, _) = drafted(side("loyalty-a5", &[], &[("comment", &[Ink::Faint])]));
    assert!(draft.in_review() && !draft.needs_a_case());
    let (draft, card) = drafted(side("loyalty-a5", &[], &[("comment", &[Ink::Written])]));
    assert!(draft.in_review() && draft.needs_a_case());
    assert!(card.fields[0].field.reason.contains("comment"));
}

#[test]
fn a_value_passes_by_evidence_alone() {
    let side = side("loyalty-a5", &[], &[]);
    let read = || testing::read_field(FieldKind::Surname, "Harris", 0.999, Verdict::Review);
    let mut card = read();
    judge(&mut card, &side, &Acceptance::uncertified());
    assert_eq!(card.field.verdict, Verdict::Review);
    let reason = &card.field.reason;
    assert!(
        reason.starts_with("a made-up reading; surname is not certified"),
        "{reason}"
    );

    let model = Digest::of(b"a network");
    let checked = OfKind {
        kind: FieldKind::Surname,
        sample: "made up".to_owned(),
        day: jiff::civil::date(2026, 11, 29),
        target: Targets::default().of(FieldKind::Surname),
        sequence: Sequence::of(&vec![(Probability::clamped(0.99), true); 2_000]),
    };
    let evidence = Evidence::written("", model, None, &[checked]);
    let evidence = Evidence::parse(&evidence).unwrap();
    let acceptance = Acceptance::new(Some(model), Targets::default(), evidence, Vec::new());
    judge(&mut card, &side, &acceptance);
    assert_eq!(card.field.verdict, Verdict::Accepted);
    assert!(card.field.reason.contains("0 of 2000 were wrong"));
    // What has no value is left to what was said of it.
    let mut unread = read();
    unread.field.value = None;
    judge(&mut unread, &side, &acceptance);
    assert_eq!(unread.field.reason, "a made-up reading");
    assert_eq!(unread.field.verdict, Verdict::Review);
}

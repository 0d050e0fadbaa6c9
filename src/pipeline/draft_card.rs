//! From the sides of a card to a draft that can be filed: the verdicts that hang on more
//! than one box, and what sends a card to a person.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::acceptance::{Acceptance, Calibration, Reading, Signs};
use crate::domain::card::{CardSide, Ink, MAX_RESIDUAL, SerialSeen, Tick, TickState, WrittenField};
use crate::domain::card_draft::{CardDraft, CardField, DraftSide, DraftSignature, DraftTick};
use crate::domain::case::{CaseDraft, Receipt};
use crate::domain::confidence::Probability;
use crate::domain::document::{Document, Legibility};
use crate::domain::field::{Field, Place};
use crate::domain::form::{Choice, FieldKind, Form, FormField};
use crate::domain::grammar::check_digit::CheckDigit;
use crate::domain::lattice::{Label, Lattice};
use crate::domain::page::PageOutcome;
use crate::domain::verdict::Verdict;
use crate::rules::Facts;

use super::Desk;
use super::decipher::{AS_READ, Asked, Deciphered, decipher};

/// A box is clear when its likeliest character has this share of it.
const CLEAR: f64 = 0.95;
/// A field with some ink is empty when it is so likely that none of it is writing.
const SURELY_EMPTY: f64 = 0.99;

/// Drafts a card. It has no text: the rules judge it as they judge a letter that says
/// nothing, in case somebody opens a case for it.
pub fn draft_card(
    document: &Document,
    pages: &[PageOutcome],
    receipt: Receipt,
    desk: &Desk,
) -> CaseDraft {
    let mut card = CardDraft::default();
    let (mut missing_pages, mut sides) = (Vec::new(), Vec::new());
    for page in pages {
        if !document.pages.contains(&page.number) {
            continue;
        }
        match &page.result {
            Ok(read) => sides.extend(read.card.as_ref().map(|side| (page.number, side))),
            Err(_) => missing_pages.push(page.number),
        }
    }
    let mut written = Vec::new();
    for (page, side) in sides {
        written.extend(add(&mut card, page, side, desk));
    }
    read(&mut card, &written, desk, receipt.day);
    let lies_badly = card.sides.iter().any(|side| side.residual > MAX_RESIDUAL);
    CaseDraft {
        receipt,
        text: String::new(),
        legibility: match lies_badly {
            true => Legibility::Poor,
            false => Legibility::Clear,
        },
        fields: BTreeMap::new(),
        judgement: desk.rules.judge(&Facts {
            text: "",
            addressee: None,
            salutation: None,
            subject: None,
            member_tier: None,
            received: receipt.day,
        }),
        card: Some(card),
        missing_pages,
        torn: None,
    }
}

/// A field of a card with what it was seen as, and whether that can be trusted.
struct Written<'a> {
    side: &'a CardSide,
    field: &'a WrittenField,
    check: Option<CheckDigit>,
    doubted: bool,
}

/// Adds what one page says to the card, and gives its fields to be read.
fn add<'a>(card: &mut CardDraft, page: u32, side: &'a CardSide, desk: &Desk) -> Vec<Written<'a>> {
    let mut forms = desk.forms.iter();
    let form = forms.find(|form| form.id == side.form && form.version == side.version);
    let doubt = match form {
        None => Some(format!(
            "the form {} version {} is not known any more",
            side.form, side.version
        )),
        Some(_) if side.residual > MAX_RESIDUAL => Some(format!(
            "the scan lies {:.2} mm off its form, more than {MAX_RESIDUAL} mm",
            side.residual
        )),
        Some(_) => None,
    };
    card.sides.push(DraftSide {
        page,
        form: side.form.clone(),
        version: side.version,
        side: side.side,
        recognised: side.recognised,
        residual: side.residual,
    });
    let serials = side.serials.iter();
    card.fields
        .extend(serials.map(|seen| serial(page, seen, form, doubt.as_deref())));
    let fields = side.fields.iter();
    card.fields
        .extend(fields.map(|written| field(page, written, form, doubt.as_deref())));
    let mut ticks = side.ticks.clone();
    for tick in &mut ticks {
        doubt_tick(tick, doubt.as_deref());
    }
    if let Some(form) = form {
        doubt_choices(&mut ticks, form);
    }
    let ticks = ticks.into_iter();
    card.ticks.extend(ticks.map(|tick| DraftTick {
        page,
        seen: tick.state,
        tick,
    }));
    let signatures = side.signatures.iter().cloned();
    card.signatures
        .extend(signatures.map(|signature| DraftSignature { page, signature }));
    let fields = side.fields.iter().map(|field| Written {
        side,
        field,
        check: form.and_then(|form| field_of(form, &field.name)?.check),
        doubted: doubt.is_some(),
    });
    fields.collect()
}

/// Reads what is written on all sides together, and decides what of it passes.
fn read(card: &mut CardDraft, written: &[Written<'_>], desk: &Desk, day: Date) {
    let mut readable: Vec<(&mut CardField, &Written<'_>)> = card
        .fields
        .iter_mut()
        .filter(|field| !field.is_serial())
        .zip(written)
        .filter(|(field, written)| {
            field.kind != FieldKind::FreeText
                && field.field.verdict != Verdict::Empty
                && written.field.lattice.boxes() > 0
        })
        .collect();
    let asked: Vec<Asked<'_>> = readable
        .iter()
        .map(|(field, written)| Asked {
            kind: field.kind,
            check: written.check,
            lattice: &written.field.lattice,
        })
        .collect();
    let read = decipher(&asked, desk, day);
    for ((field, written), read) in readable.iter_mut().zip(read) {
        let lattice = &written.field.lattice;
        field.doubtful = doubtful(lattice, &read);
        field.field.as_read = Some(read.as_read);
        field.alternatives = read.values;
        if written.doubted {
            continue;
        }
        let as_read = field.field.as_read.as_deref().unwrap_or_default();
        // A number of a lone dash is dirt whatever its check digit says.
        let says = as_read.chars().any(char::is_alphanumeric);
        let best = field.alternatives.first().filter(|_| says);
        let Some(best) = best else {
            nothing(&mut field.field, lattice.emptiness());
            continue;
        };
        let residual = written.side.residual;
        let changed = read.reason != AS_READ;
        let signs = Signs::of(&field.alternatives, lattice, residual, changed);
        field.field.value = Some(best.value.clone());
        field.field.probability = Calibration::embedded().probability(field.kind, &signs);
        field.field.reason = read.reason.to_owned();
        judge(field, written.side, &desk.acceptance);
    }
}

/// A field with some ink in it that says nothing.
fn nothing(field: &mut Field, emptiness: f64) {
    field.as_read = None;
    if emptiness >= SURELY_EMPTY {
        field.verdict = Verdict::Empty;
        field.reason = "only specks are in it".to_owned();
    } else {
        field.reason = "there is something in it that cannot be read".to_owned();
    }
}

/// The numbers, from 1, of the boxes in doubt: that may be several things, or that hold
/// another character than the value has there.
fn doubtful(lattice: &Lattice, read: &Deciphered) -> Vec<u32> {
    let value = read.values.first().map_or("", |best| &best.value);
    let plain = |text: &str| -> Vec<char> {
        text.to_uppercase()
            .chars()
            .filter(|sign| *sign != ' ')
            .collect()
    };
    let (value, as_read) = (plain(value), plain(&read.as_read));
    let comparable = value.len() == as_read.len();
    let mut signs = 0;
    let mut doubtful = Vec::new();
    for (number, (label, share)) in (1..).zip(lattice.likeliest()) {
        let mut other = false;
        if let Label::Sign(_) = label {
            other = comparable && value.get(signs) != as_read.get(signs);
            signs += 1;
        }
        if other || share < CLEAR {
            doubtful.push(number);
        }
    }
    doubtful
}

/// What is written in a field, before it is read.
fn field(page: u32, written: &WrittenField, form: Option<&Form>, doubt: Option<&str>) -> CardField {
    let kind = form.and_then(|form| Some(field_of(form, &written.name)?.kind));
    // A field that the form does not know is for a person to read.
    let kind = kind.unwrap_or(FieldKind::FreeText);
    let empty = written.boxes.iter().all(|place| place.ink == Ink::Empty);
    let (verdict, reason) = match (doubt, empty) {
        (Some(doubt), _) => (Verdict::Review, doubt.to_owned()),
        (None, true) => (Verdict::Empty, "nothing is written in it".to_owned()),
        (None, false) if kind == FieldKind::FreeText => (
            Verdict::Review,
            "a comment is written in it: read it".to_owned(),
        ),
        (None, false) => (Verdict::Review, "it could not be read".to_owned()),
    };
    CardField {
        name: written.name.clone(),
        kind,
        field: Field {
            place: Some(Place {
                page,
                bounds: written.place,
            }),
            verdict,
            probability: Probability::ZERO,
            ..Field::empty(reason)
        },
        boxes: written.boxes.clone(),
        alternatives: Vec::new(),
        doubtful: Vec::new(),
    }
}

/// A number that was on the card already.
fn serial(page: u32, seen: &SerialSeen, form: Option<&Form>, doubt: Option<&str>) -> CardField {
    let sides = form.map_or(&[][..], |form| &form.sides);
    let mut serials = sides.iter().flat_map(|side| &side.serials);
    let serial = serials.find(|serial| serial.name == seen.name);
    let (verdict, reason) = match doubt {
        Some(doubt) => (Verdict::Review, doubt.to_owned()),
        None => (seen.verdict, seen.reason.clone()),
    };
    CardField {
        name: seen.name.clone(),
        kind: serial.map_or(FieldKind::Number, |serial| serial.says),
        field: Field {
            as_read: seen.number.clone(),
            value: seen.number.clone(),
            probability: seen.probability,
            verdict,
            reason,
            place: Some(Place {
                page,
                bounds: seen.place,
            }),
        },
        boxes: Vec::new(),
        doubtful: Vec::new(),
        alternatives: Vec::new(),
    }
}

/// Accepts a value that was read, or sends it to a person; why it is that value stays in
/// front of the reason.
fn judge(card: &mut CardField, side: &CardSide, acceptance: &Acceptance) {
    if card.field.value.is_none() {
        return;
    }
    let (verdict, why) = acceptance.judge(&Reading {
        kind: card.kind,
        form: &side.form,
        version: side.version,
        residual: side.residual,
        probability: card.field.probability,
    });
    card.field.verdict = verdict;
    card.field.reason = match card.field.reason.is_empty() {
        true => why,
        false => format!("{}; {why}", card.field.reason),
    };
}

fn field_of<'f>(form: &'f Form, name: &str) -> Option<&'f FormField> {
    let mut fields = form.sides.iter().flat_map(|side| &side.fields);
    fields.find(|field| field.name == name)
}

/// Sends a tick to a person that is doubtful by itself.
fn doubt_tick(tick: &mut Tick, doubt: Option<&str>) {
    let clean = matches!(tick.state, TickState::Empty | TickState::Marked);
    if let Some(doubt) = doubt {
        review(tick, doubt);
    } else if tick.consent.is_some() && !clean {
        review(tick, "a consent that is not cleanly marked is none");
    } else if tick.state == TickState::Unsure {
        review(tick, "it may be marked or not");
    }
}

/// Of boxes of which one may be marked, two that are or may be go to a person.
fn doubt_choices(ticks: &mut [Tick], form: &Form) {
    let fields = form.sides.iter().flat_map(|side| &side.ticks);
    for field in fields.filter(|field| field.choice == Choice::OneOf) {
        let of_field = |tick: &Tick| {
            let option = tick.name.strip_prefix(&field.name);
            option.is_some_and(|option| option.starts_with('.'))
                && matches!(tick.state, TickState::Marked | TickState::Unsure)
        };
        if ticks.iter().filter(|tick| of_field(tick)).count() > 1 {
            for tick in ticks.iter_mut().filter(|tick| of_field(tick)) {
                review(tick, "more than one box is marked where one may be");
            }
        }
    }
}

/// Sends a tick to a person; a reason that it has already stays in front.
fn review(tick: &mut Tick, why: &str) {
    tick.reason = match tick.reason.is_empty() {
        true => why.to_owned(),
        false => format!("{}; {why}", tick.reason),
    };
    tick.verdict = Verdict::Review;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acceptance::{Evidence, OfKind, Targets};
    use crate::domain::case::ReceiptOrigin;
    use crate::domain::guarantee::Sequence;
    use crate::domain::identity::Digest;
    use crate::forms;
    use crate::gazetteer::Gazetteer;
    use crate::lexicon::Lexicons;
    use crate::rules::Rules;
    use crate::store::testing::{self, card_side, lost_page};

    fn desk() -> Desk {
        let coupon = include_str!("../../samples/forms/coupon-a6.toml");
        let loyalty = include_str!("../../samples/forms/loyalty-a5.toml");
        Desk {
            companies: Vec::new(),
            gazetteer: Gazetteer::embedded(),
            lexicons: Lexicons::embedded(),
            rules: Rules::embedded(),
            forms: [coupon, loyalty]
                .map(|form| forms::parse(form).unwrap())
                .to_vec(),
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
}

//! From the sides of a card to a draft that can be filed: the verdicts that hang on more
//! than one box, and what sends a card to a person.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::acceptance::{Acceptance, Calibration, Reading, Signs};
use crate::domain::card::{
    CardSide, Ink, MAX_RESIDUAL, SerialSeen, Tick, TickState, WrittenField, lies_badly,
};
use crate::domain::card_draft::{CardDraft, CardField, DraftSide, DraftSignature, DraftTick};
use crate::domain::case::{CaseDraft, Receipt};
use crate::domain::confidence::Probability;
use crate::domain::document::{Document, Legibility};
use crate::domain::field::{Field, Place};
use crate::domain::form::{BoxStyle, Choice, FieldKind, Form, FormField};
use crate::domain::grammar::check_digit::CheckDigit;
use crate::domain::lattice::{Label, Lattice};
use crate::domain::page::PageOutcome;
use crate::domain::verdict::Verdict;
use crate::lexicon::same_value;
use crate::rules::Facts;

use super::Desk;
use super::decipher::{AS_READ, Asked, Deciphered, decipher};

/// A box is clear when its likeliest character has this share of it.
const CLEAR: f64 = 0.95;
/// A field with some ink is empty when it is so likely that none of it is writing.
const SURELY_EMPTY: f64 = 0.99;
/// A number that is written is the one on the card when it can be read so, be it with so
/// small a share: of the numbers that somebody else has hardly one in a million can.
const MAY_BE_READ: f64 = 0.01;

/// Why no value of an open line passes.
const OPEN: &str = "what stands on an open line is for a person: thresholds are proven on boxes";

/// How the reason of a number ends that was held against the one on the card: its own reading
/// decided nothing.
pub const ON_THE_CARD: &str = "is on the card already";

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
    let off = card.sides.iter().any(|side| side.residual > MAX_RESIDUAL);
    CaseDraft {
        receipt,
        text: String::new(),
        legibility: match off {
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
    /// On an open line: the thresholds are proven on boxes.
    open: bool,
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
        Some(_) => lies_badly(side.residual),
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
    let fields = side.fields.iter().map(|field| {
        let on_form = form.and_then(|form| field_of(form, &field.name));
        Written {
            side,
            field,
            check: on_form.and_then(|on_form| on_form.check),
            open: on_form.is_some_and(|on_form| on_form.style == BoxStyle::Line),
            doubted: doubt.is_some(),
        }
    });
    fields.collect()
}

/// Reads what is written on all sides together, and decides what of it passes.
fn read(card: &mut CardDraft, written: &[Written<'_>], desk: &Desk, day: Date) {
    let printed = printed_member_number(card);
    let fields = card.fields.iter_mut().filter(|field| !field.is_serial());
    let readable = fields.zip(written).filter(|(field, written)| {
        field.kind != FieldKind::FreeText && field.is_written() && written.field.lattice.boxes() > 0
    });
    // What stands on open lines has no say in what is accepted of boxes.
    let (open, boxed): (Vec<_>, Vec<_>) = readable.partition(|(_, written)| written.open);
    for mut together in [open, boxed] {
        let asked = together.iter().map(|(field, written)| Asked {
            kind: field.kind,
            boxed: written.field.boxes.len() > 1,
            check: written.check,
            lattice: &written.field.lattice,
        });
        let read = decipher(&asked.collect::<Vec<_>>(), desk, day);
        for ((field, written), read) in together.iter_mut().zip(read) {
            take(field, written, read, printed.as_ref(), &desk.acceptance);
        }
    }
}

/// Takes what was read of a field, and decides whether it passes.
fn take(
    field: &mut CardField,
    written: &Written<'_>,
    read: Deciphered,
    printed: Option<&Field>,
    acceptance: &Acceptance,
) {
    let lattice = &written.field.lattice;
    field.doubtful = doubtful(lattice, &read);
    field.field.as_read = Some(read.as_read);
    field.alternatives = read.values;
    if written.doubted {
        return;
    }
    let as_read = field.field.as_read.as_deref().unwrap_or_default();
    // A number of a lone dash is dirt whatever its check digit says.
    let says = as_read.chars().any(char::is_alphanumeric);
    let Some(best) = field.alternatives.first().filter(|_| says) else {
        let emptiness = lattice.emptiness();
        return nothing(&mut field.field, if written.open { 0.0 } else { emptiness });
    };
    let residual = written.side.residual;
    let changed = read.reason != AS_READ;
    let signs = Signs::of(&field.alternatives, lattice, residual, changed);
    field.field.value = Some(best.value.clone());
    field.field.probability = Calibration::embedded().probability(field.kind, &signs);
    field.field.reason = read.reason.to_owned();
    match printed {
        _ if written.open => decide(&mut field.field, Verdict::Review, OPEN.to_owned()),
        Some(printed) if field.kind == FieldKind::MemberNumber => compare(field, printed),
        _ => judge(field, written.side, acceptance),
    }
}

/// The member number that was on the card already, if it is accepted; of several that
/// differ none.
fn printed_member_number(card: &CardDraft) -> Option<Field> {
    let serials = card.fields.iter().filter(|field| {
        field.is_serial()
            && field.kind == FieldKind::MemberNumber
            && field.field.verdict == Verdict::Accepted
    });
    let mut numbers = serials.map(|serial| &serial.field);
    let first = numbers.next()?;
    numbers
        .all(|other| is_same_number(first, other))
        .then(|| first.clone())
}

fn is_same_number(one: &Field, other: &Field) -> bool {
    let (one, other) = (one.value.as_deref(), other.value.as_deref());
    same_value(FieldKind::MemberNumber, one, other)
}

/// Holds a number that is written against the one on the card, which comes first.
fn compare(card: &mut CardField, printed: &Field) {
    let number = printed.value.as_deref();
    let mut readings = card.alternatives.iter();
    let same = readings.any(|reading| {
        let same = same_value(FieldKind::MemberNumber, Some(&reading.value), number);
        same && reading.probability.get() >= MAY_BE_READ
    });
    if same {
        card.field.value.clone_from(&printed.value);
        card.field.probability = printed.probability;
        card.field.verdict = Verdict::Accepted;
        card.field.reason = format!("the number that {ON_THE_CARD}");
    } else {
        card.field.verdict = Verdict::Review;
        let number = number.unwrap_or_default();
        card.field.reason = format!("another number, {number}, {ON_THE_CARD}");
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

/// Accepts a value that was read, or sends it to a person.
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
    decide(&mut card.field, verdict, why);
}

/// Why it is that value stays in front of why it passes or not.
fn decide(field: &mut Field, verdict: Verdict, why: String) {
    field.verdict = verdict;
    field.reason = match field.reason.is_empty() {
        true => why,
        false => format!("{}; {why}", field.reason),
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

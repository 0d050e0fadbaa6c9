//! From the sides of a card to a draft that can be filed: the verdicts that hang on more
//! than one box, and what sends a card to a person.

use std::collections::BTreeMap;

use crate::domain::card::{CardSide, Ink, MAX_RESIDUAL, Tick, TickState, WrittenField};
use crate::domain::card_draft::{CardDraft, CardField, DraftSide, DraftSignature, DraftTick};
use crate::domain::case::{CaseDraft, Receipt};
use crate::domain::confidence::Probability;
use crate::domain::document::{Document, Legibility};
use crate::domain::field::{Field, Place};
use crate::domain::form::{Choice, FieldKind, Form};
use crate::domain::page::PageOutcome;
use crate::domain::verdict::Verdict;
use crate::rules::Facts;

use super::Desk;

/// Drafts a card. It has no text: the rules judge it as they judge a letter that says
/// nothing, in case somebody opens a case for it.
pub fn draft_card(
    document: &Document,
    pages: &[PageOutcome],
    receipt: Receipt,
    desk: &Desk,
) -> CaseDraft {
    let mut card = CardDraft::default();
    let mut missing_pages = Vec::new();
    for page in pages {
        if !document.pages.contains(&page.number) {
            continue;
        }
        match &page.result {
            Ok(read) => {
                if let Some(side) = &read.card {
                    add(&mut card, page.number, side, &desk.forms);
                }
            }
            Err(_) => missing_pages.push(page.number),
        }
    }
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
    }
}

/// Adds what one page says to the card.
fn add(card: &mut CardDraft, page: u32, side: &CardSide, forms: &[Form]) {
    let mut forms = forms.iter();
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
}

/// What is written in a field, as far as it can be known without reading handprint.
fn field(page: u32, written: &WrittenField, form: Option<&Form>, doubt: Option<&str>) -> CardField {
    let kind = form.and_then(|form| kind_of(form, &written.name));
    // A field that the form does not know is for a person to read.
    let kind = kind.unwrap_or(FieldKind::FreeText);
    let empty = written.boxes.iter().all(|place| place.ink == Ink::Empty);
    let (verdict, reason) = match (doubt, empty) {
        (Some(doubt), _) => (Verdict::Review, doubt.to_owned()),
        (None, true) => (Verdict::Empty, "nothing is written in it".to_owned()),
        (None, false) if kind == FieldKind::FreeText => {
            (Verdict::Review, "a comment is written in it: read it".to_owned())
        }
        (None, false) => (Verdict::Review, "handprint is not read yet".to_owned()),
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
    }
}

fn kind_of(form: &Form, name: &str) -> Option<FieldKind> {
    let mut fields = form.sides.iter().flat_map(|side| &side.fields);
    fields.find(|field| field.name == name).map(|field| field.kind)
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

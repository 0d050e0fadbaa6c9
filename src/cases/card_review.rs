//! A person's decision on what stands on a card: the value of a field, and whether a box
//! is ticked. See [`super::review`].

use crate::domain::card::{Tick, TickState};
use crate::domain::card_draft::{CardDraft, CardField, DraftTick};
use crate::domain::field::{Field, Place};
use crate::domain::form::FieldKind;
use crate::domain::letter::LetterField;
use crate::lexicon::same_value;
use crate::store::change::Change;
use crate::store::events::{About, Actor, EventKind};
use crate::store::ids::DocumentId;
use crate::store::rekeying::Rekeyings;

use super::review::written_day;
use super::review::{
    Asked, Decision, FieldName, Question, SettleError, decided, standard, told, unknown,
};
use super::{rekeying, sender};

/// What a person can settle on a card, in the order in which it stands there.
pub(super) fn questions(card: CardDraft, rekeyings: &Rekeyings) -> Vec<Question> {
    let fields = card.fields.into_iter();
    let fields = fields.map(|field| Question::of_card(field, rekeyings));
    let ticks = card.ticks.iter();
    let ticks =
        ticks.map(|tick| Question::plain(FieldName::Card(tick.tick.name.clone()), as_field(tick)));
    fields.chain(ticks).collect()
}

/// A tick as a field: its state is its value, unless nobody can tell.
fn as_field(DraftTick { page, seen, tick }: &DraftTick) -> Field {
    let sure = tick.state != TickState::Unsure;
    Field {
        as_read: Some(seen.name().to_owned()),
        value: sure.then(|| tick.state.name().to_owned()),
        probability: tick.probability,
        verdict: tick.verdict,
        reason: tick.reason.clone(),
        place: Some(Place {
            page: *page,
            bounds: tick.place,
        }),
    }
}

/// Settles a field or a tick of a card.
pub(super) async fn settle(
    change: &mut Change,
    document: DocumentId,
    name: &str,
    decision: &Decision,
    actor: &Actor,
) -> Result<Field, SettleError> {
    let fields = change.card_fields_of(document).await?;
    let ticks = change.ticks_of(document).await?;
    let field = fields.iter().find(|field| field.name == name);
    let tick = ticks.iter().find(|tick| tick.tick.name == name);
    let rekeyings = change.rekeyings_of(document).await?;
    let after = match (field, tick) {
        (Some(field), _) if rekeyings.waiting.contains(name) => {
            rekeying::key(change, document, field, decision, actor).await?
        }
        (Some(field), _) => {
            let question = Question::of_card(field.clone(), &rekeyings);
            by_another(&question, &rekeyings, actor)?;
            settle_field(change, document, field, &question, decision, actor).await?
        }
        (None, Some(tick)) => settle_tick(change, document, tick, decision, actor).await?,
        (None, None) => {
            return Err(unknown(document, &FieldName::Card(name.to_owned())).into());
        }
    };
    change.refresh_document(document).await?;
    sender::refresh_holder(change, document, &fields).await?;
    Ok(after)
}

/// Refuses who keyed a field blind as its judge.
fn by_another(
    question: &Question,
    rekeyings: &Rekeyings,
    actor: &Actor,
) -> Result<(), SettleError> {
    let name = question.name.name();
    match rekeyings.keyed.get(name) {
        Some(keyed) if question.asked == Some(Asked::Contested) && keyed.by == actor.name() => {
            Err(SettleError::OwnKeying {
                field: name.to_owned(),
                by: keyed.by.clone(),
            })
        }
        _ => Ok(()),
    }
}

async fn settle_field(
    change: &mut Change,
    document: DocumentId,
    card: &CardField,
    question: &Question,
    decision: &Decision,
    actor: &Actor,
) -> Result<Field, SettleError> {
    let check = |value: &str| checked_field(card, value);
    let decided = decided(question, check, decision, actor)?;
    let after = Field {
        as_read: card.field.as_read.clone(),
        ..decided
    };
    let read = change.machine_value_of(document, &card.name).await?;
    let agrees = same_value(card.kind, read.as_deref(), after.value.as_deref());
    change
        .settle_card_field(document, &card.name, &after, agrees)
        .await?;
    tell(change, document, &card.name, &card.field, &after).await?;
    Ok(after)
}

async fn settle_tick(
    change: &mut Change,
    document: DocumentId,
    before: &DraftTick,
    decision: &Decision,
    actor: &Actor,
) -> Result<Field, SettleError> {
    let was = as_field(before);
    let name = &before.tick.name;
    let proposed = *decision == Decision::AsProposed;
    let check = |value: &str| match proposed {
        true => Ok(value.to_owned()),
        false => checked_tick(name, value),
    };
    let question = Question::plain(FieldName::Card(name.clone()), was.clone());
    let after = decided(&question, check, decision, actor)?;
    let state = after.value.as_deref().and_then(TickState::from_name);
    let settled = DraftTick {
        tick: Tick {
            // Rejected, it is what it was, and counts for nothing.
            state: state.unwrap_or(before.tick.state),
            probability: after.probability,
            verdict: after.verdict,
            reason: after.reason.clone(),
            ..before.tick.clone()
        },
        ..before.clone()
    };
    change.tick(document, &settled, Some(actor.name())).await?;
    tell(change, document, name, &was, &after).await?;
    Ok(after)
}

async fn tell(
    change: &mut Change,
    document: DocumentId,
    name: &str,
    before: &Field,
    after: &Field,
) -> Result<(), SettleError> {
    let about = About::document(document, change.case_of(document).await?);
    let detail = told(name, before, after);
    change.event(EventKind::FieldSettled, about, detail).await?;
    Ok(())
}

/// A value in the standard form of what a card calls so, or why it is none.
pub(super) fn checked(card: &CardDraft, name: &str, value: &str) -> Result<String, SettleError> {
    match card.fields.iter().find(|field| field.name == name) {
        Some(field) => checked_field(field, value),
        None => checked_tick(name, value),
    }
}

fn checked_tick(name: &str, value: &str) -> Result<String, SettleError> {
    let value = value.trim().to_lowercase();
    match TickState::from_name(&value) {
        Some(TickState::Empty | TickState::Marked) => Ok(value),
        _ => Err(SettleError::NotAValue {
            field: name.to_owned(),
            value,
            why: "a box to tick is `marked` or `empty`",
        }),
    }
}

pub(super) fn checked_field(card: &CardField, value: &str) -> Result<String, SettleError> {
    let value = value.trim();
    let standard = match card.kind {
        // Whatever could be printed or encoded there.
        _ if card.is_serial() => standard(LetterField::SenderName, value),
        FieldKind::Postcode => standard(LetterField::Postcode, value),
        FieldKind::Email => standard(LetterField::Email, value),
        FieldKind::Phone => standard(LetterField::Phone, value),
        FieldKind::MemberNumber => standard(LetterField::MemberNumber, value),
        FieldKind::DateOfBirth => written_day(value)
            .map(|day| day.to_string())
            .ok_or("a date is written 2026-11-22 or 22/11/2026"),
        FieldKind::Number => Some(value)
            .filter(|value| !value.is_empty() && value.chars().all(|sign| sign.is_ascii_digit()))
            .map(str::to_owned)
            .ok_or("it has digits alone"),
        FieldKind::Title
        | FieldKind::FirstName
        | FieldKind::Surname
        | FieldKind::House
        | FieldKind::Street
        | FieldKind::Town
        | FieldKind::County
        | FieldKind::FreeText => standard(LetterField::SenderName, value),
    };
    standard.map_err(|why| SettleError::NotAValue {
        field: card.name.clone(),
        value: value.to_owned(),
        why,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::confidence::Probability;
    use crate::domain::geometry::Rect;
    use crate::domain::verdict::Verdict;

    #[test]
    fn a_tick_is_marked_or_empty() {
        assert_eq!(checked_tick("offer", " Marked ").unwrap(), "marked");
        assert_eq!(checked_tick("offer", "empty").unwrap(), "empty");
        for odd in ["unsure", "corrected", "yes", ""] {
            let error = checked_tick("offer", odd).unwrap_err();
            assert!(error.to_string().contains("no offer"), "{error}");
        }
    }

    #[test]
    fn nobody_can_propose_what_is_unsure() {
        let tick = |state| DraftTick {
            page: 1,
            seen: state,
            tick: Tick {
                name: "offer".into(),
                consent: None,
                state,
                probability: Probability::ONE,
                verdict: Verdict::Review,
                reason: String::new(),
                place: Rect::default(),
            },
        };
        assert_eq!(as_field(&tick(TickState::Unsure)).value, None);
        let corrected = as_field(&tick(TickState::Corrected));
        assert_eq!(corrected.value.as_deref(), Some("corrected"));
    }
}

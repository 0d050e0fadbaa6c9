//! Blind re-keying: of the cards that the lot falls on, every accepted field is keyed again
//! by a person who does not see its value. What agrees is evidence that the machine was right; what does
//! not goes to a second person, and changes nothing until they decide.

use crate::domain::card_draft::CardField;
use crate::domain::confidence::Probability;
use crate::domain::field::Field;
use crate::domain::verdict::Verdict;
use crate::lexicon::same_value;
use crate::store::change::Change;
use crate::store::events::{About, Actor, EventKind};
use crate::store::ids::DocumentId;

use super::card_review::checked_field;
use super::review::{Decision, SettleError, told};

/// Takes what a person keyed blind, and gives it back as a field of its own.
pub(super) async fn key(
    change: &mut Change,
    document: DocumentId,
    card: &CardField,
    decision: &Decision,
    actor: &Actor,
) -> Result<Field, SettleError> {
    let value = match decision {
        Decision::Value(value) => Some(checked_field(card, value)?),
        Decision::Unreadable => None,
        // Nothing is proposed to who keys blind, and nothing numbered.
        Decision::AsProposed | Decision::Pick(_) => {
            return Err(SettleError::NothingProposed(card.name.clone()));
        }
    };
    let agrees = same_value(card.kind, card.field.value.as_deref(), value.as_deref());
    let difference = difference(value.as_deref(), actor);
    let difference = (!agrees).then_some(difference.as_str());
    change
        .rekey(document, &card.name, value.as_deref(), difference)
        .await?;
    let keyed = Field {
        as_read: None,
        value,
        probability: Probability::ZERO,
        verdict: match agrees {
            true => Verdict::Accepted,
            false => Verdict::Review,
        },
        reason: match difference {
            None => format!("keyed again by {actor}, the same"),
            Some(difference) => difference.to_owned(),
        },
        place: card.field.place,
    };
    let about = About::document(document, change.case_of(document).await?);
    let detail = told(&card.name, &card.field, &keyed);
    change.event(EventKind::FieldRekeyed, about, detail).await?;
    Ok(keyed)
}

fn difference(value: Option<&str>, actor: &Actor) -> String {
    match value {
        Some(_) => format!("{actor} keyed another value than was read: a second person decides"),
        None => format!("{actor} found unreadable what was read: a second person decides"),
    }
}

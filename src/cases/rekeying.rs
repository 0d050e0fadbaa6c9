//! Blind re-keying: of the cards that the lot falls on, every accepted field is keyed again
//! by a person who does not see its value. What agrees is evidence that the machine was right; what does
//! not goes to a second person, and changes nothing until they decide.

use crate::domain::card_draft::CardField;
use crate::domain::confidence::Probability;
use crate::domain::field::Field;
use crate::domain::form::FieldKind;
use crate::domain::verdict::Verdict;
use crate::gazetteer::same_name;
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
    let agrees = same(card.kind, card.field.value.as_deref(), value.as_deref());
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

/// Whether a field that has `value` says what was read before. Names are compared as people
/// copy them, without case, accents and points; what has a grammar by its letters and digits.
pub(super) fn same(kind: FieldKind, read: Option<&str>, value: Option<&str>) -> bool {
    let (Some(read), Some(value)) = (read, value) else {
        return false;
    };
    match kind {
        FieldKind::Title
        | FieldKind::FirstName
        | FieldKind::Surname
        | FieldKind::House
        | FieldKind::Street
        | FieldKind::Town
        | FieldKind::County => same_name(read, value),
        FieldKind::Postcode
        | FieldKind::Phone
        | FieldKind::DateOfBirth
        | FieldKind::MemberNumber
        | FieldKind::Number => signs(read).eq(signs(value)),
        FieldKind::Email | FieldKind::FreeText => {
            read.trim().to_lowercase() == value.trim().to_lowercase()
        }
    }
}

/// Its letters and digits.
fn signs(value: &str) -> impl Iterator<Item = char> {
    let signs = value.chars().filter(|sign| sign.is_alphanumeric());
    signs.map(|sign| sign.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_compared_by_what_they_mean() {
        for (kind, read, value, alike) in [
            (FieldKind::Surname, "OBRIEN", "O'Brien", true),
            (FieldKind::Surname, "HARRIS", "Harries", false),
            (FieldKind::Street, "Mill Road", "MILL RD.", true),
            (FieldKind::House, "14 A", "14a", true),
            (FieldKind::House, "14", "41", false),
            (FieldKind::Postcode, "LS6 3HN", "ls63hn", true),
            (FieldKind::Phone, "01632 960123", "01632960123", true),
            (FieldKind::DateOfBirth, "1980-04-03", "1980-04-03", true),
            (FieldKind::DateOfBirth, "1980-04-03", "1980-03-04", false),
            (FieldKind::Email, "Jo@Example.com", "jo@example.com", true),
            (
                FieldKind::Email,
                "jo.a@example.com",
                "joa@example.com",
                false,
            ),
        ] {
            assert_eq!(
                same(kind, Some(read), Some(value)),
                alike,
                "{read}, {value}"
            );
        }
        assert!(!same(FieldKind::Town, None, None));
        assert!(!same(FieldKind::Town, Some("Leeds"), None));
    }
}

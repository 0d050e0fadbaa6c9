//! The one door through which a person's decision on a field or a tick enters.

use std::str::FromStr;

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::domain::confidence::Probability;
use crate::domain::field::Field;
use crate::domain::grammar::date;
use crate::domain::grammar::email::EmailAddress;
use crate::domain::grammar::member_number::MemberNumber;
use crate::domain::grammar::phone::PhoneNumber;
use crate::domain::grammar::postcode::Postcode;
use crate::domain::letter::LetterField;
use crate::domain::verdict::Verdict;
use crate::store::Store;
use crate::store::change::Change;
use crate::store::error::{Result, StoreError};
use crate::store::events::{About, Actor, EventKind};
use crate::store::ids::DocumentId;

use super::{card_review, sender};

pub use super::importing::{Imported, import};
pub use crate::store::review::{
    Asked, Choice, FieldName, Question, ReviewCursor, ReviewItem, UnreadItem,
};

/// What a person decided on a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// This is what it says.
    Value(String),
    /// The value that the machine proposes is right.
    AsProposed,
    /// The choice of this number is right, from 1 as they are shown.
    Pick(u32),
    /// Nobody can tell, or there is nothing of the kind.
    Unreadable,
}

/// A field's decision as a person or a table gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// The document.
    pub document: DocumentId,
    /// The field.
    pub field: FieldName,
    /// What was decided.
    pub decision: Decision,
}

/// Why a decision was not taken.
#[derive(Debug, thiserror::Error)]
pub enum SettleError {
    /// The value is not written as such a field is.
    #[error("'{value}' is no {field}: {why}")]
    NotAValue {
        /// The field.
        field: String,
        /// What was given.
        value: String,
        /// What it must be.
        why: &'static str,
    },
    /// The field is no longer in review, and was decided otherwise.
    #[error(
        "{field} is no longer in review ({}: {}); `postroom review settle` can still change it",
        verdict.name(), value.as_deref().unwrap_or("no value")
    )]
    DecidedOtherwise {
        /// The field.
        field: String,
        /// How it was decided.
        verdict: Verdict,
        /// As what.
        value: Option<String>,
    },
    /// The machine proposes nothing that could be confirmed.
    #[error("there is no proposed {0} to confirm; give the value")]
    NothingProposed(String),
    /// There is no choice of that number.
    #[error("{field} has no choice {number}; {}", match of {
        0 => "none is shown: give the value".to_owned(),
        of => format!("`postroom review show` numbers them from 1 to {of}"),
    })]
    NoSuchChoice {
        /// The field.
        field: String,
        /// What was given.
        number: u32,
        /// How many there are.
        of: usize,
    },
    /// Who keyed a field blind does not decide whether they or the machine are right.
    #[error("{by} keyed {field} as another value than was read: another person must decide (--by)")]
    OwnKeying {
        /// The field.
        field: String,
        /// Who keyed it.
        by: String,
    },
    /// The store failed, or has no such document or field.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Fields and ticks in review and fields to be keyed blind, oldest document first, after
/// `after`, at most `limit`.
pub async fn list(
    store: &Store,
    after: Option<ReviewCursor>,
    limit: u32,
) -> Result<Vec<ReviewItem>> {
    store.fields_in_review(after, limit).await
}

/// Documents that cannot be read as print, or may lack pages, oldest first, after `after`, at most
/// `limit`: they leave this list when a person settles a field of theirs.
pub async fn unread(
    store: &Store,
    after: Option<DocumentId>,
    limit: u32,
) -> Result<Vec<UnreadItem>> {
    store.unread(after, limit).await
}

/// One field or tick of a document, in review or not.
pub async fn show(
    store: &Store,
    document: DocumentId,
    field: impl Into<FieldName>,
) -> Result<Question> {
    let field = field.into();
    let mut questions = fields_of(store, document).await?.into_iter();
    let found = questions.find(|question| question.name == field);
    found.ok_or_else(|| unknown(document, &field))
}

/// Everything on a document that can be settled: fields in the order of their type, those
/// of a card in the order in which they stand there.
pub async fn fields_of(store: &Store, document: DocumentId) -> Result<Vec<Question>> {
    let of_letter = store.fields_of(document).await?.into_iter();
    let of_letter = of_letter.map(|(name, field)| Question::plain(name.into(), field));
    let card = store.card_of(document).await?;
    let rekeyings = store.rekeyings_of(document).await?;
    let of_card = card_review::questions(card, &rekeyings);
    Ok(of_letter.chain(of_card).collect())
}

/// The same by its name alone, for who has it from a page: what waits for a person is meant before what
/// does not, and what stands on a card before what a letter would say.
pub async fn named(store: &Store, document: DocumentId, name: &str) -> Result<Question> {
    let questions = fields_of(store, document).await?.into_iter();
    let known = questions.filter(|question| question.name.name() == name);
    let meant = known.max_by_key(|question| {
        let on_card = matches!(question.name, FieldName::Card(_));
        (question.asked.is_some(), on_card)
    });
    meant.ok_or_else(|| unknown(document, &FieldName::Card(name.to_owned())))
}

/// Settles a field or a tick: the value becomes accepted or the field rejected, what was
/// read stays, and what hangs on it is worked out again.
pub async fn settle(
    store: &Store,
    document: DocumentId,
    field: impl Into<FieldName>,
    decision: &Decision,
    actor: &Actor,
) -> Result<Field, SettleError> {
    let mut change = store.change(actor).await?;
    let settled = settle_in(&mut change, document, field, decision, actor).await?;
    change.commit().await?;
    Ok(settled)
}

/// The same as a part of a change, by its actor.
pub async fn settle_in(
    change: &mut Change,
    document: DocumentId,
    field: impl Into<FieldName>,
    decision: &Decision,
    actor: &Actor,
) -> Result<Field, SettleError> {
    match field.into() {
        FieldName::Letter(field) => settle_letter(change, document, field, decision, actor).await,
        FieldName::Card(name) => {
            card_review::settle(change, document, &name, decision, actor).await
        }
    }
}

async fn settle_letter(
    change: &mut Change,
    document: DocumentId,
    field: LetterField,
    decision: &Decision,
    actor: &Actor,
) -> Result<Field, SettleError> {
    let case = change.case_of(document).await?;
    let fields = change.fields_of(document).await?;
    let before = fields.get(&field);
    let before = before.ok_or_else(|| unknown(document, &field.into()))?;
    let check = |value: &str| checked(field, value);
    let question = Question::plain(field.into(), before.clone());
    let after = decided(&question, check, decision, actor)?;
    if let (LetterField::Date, Some(day)) = (field, &after.value) {
        written_before(day, change.received_on(document).await?)?;
    }
    change
        .field(document, field, &after, Some(actor.name()))
        .await?;
    let about = About::document(document, case);
    let detail = told(field.name(), before, &after);
    change.event(EventKind::FieldSettled, about, detail).await?;
    change.refresh_document(document).await?;
    if let Some(case) = case {
        sender::refresh_customer(change, case, document, &fields).await?;
    }
    Ok(after)
}

/// A decision as history tells it.
pub(super) fn told(name: &str, before: &Field, after: &Field) -> Value {
    json!({
        "field": name,
        "before": { "value": before.value, "verdict": before.verdict.name() },
        "after": { "value": after.value, "verdict": after.verdict.name() },
    })
}

/// The value in its standard form, or why it is none of this field.
pub fn checked(field: LetterField, value: &str) -> Result<String, SettleError> {
    standard(field, value.trim()).map_err(|why| SettleError::NotAValue {
        field: field.name().to_owned(),
        value: value.trim().to_owned(),
        why,
    })
}

/// The same, with no more than the reason why not.
pub(super) fn standard(field: LetterField, value: &str) -> Result<String, &'static str> {
    if value.is_empty() || value.chars().any(char::is_control) {
        return Err("it must be one line with something on it");
    }
    match field {
        LetterField::Postcode => parsed::<Postcode>(value).ok_or("a postcode looks like LS6 3HN"),
        LetterField::Date => written_day(value)
            .map(|day| day.to_string())
            .ok_or("a date is written 2026-11-22 or 22/11/2026"),
        LetterField::Email => {
            parsed::<EmailAddress>(value).ok_or("an e-mail address looks like name@example.com")
        }
        LetterField::Phone => parsed::<PhoneNumber>(value)
            .or_else(|| is_foreign(value).then(|| value.to_owned()))
            .ok_or("a telephone number looks like 01632 960123, or +33 1 23 45 67 89 from abroad"),
        LetterField::MemberNumber => {
            parsed::<MemberNumber>(value).ok_or("a member number is 6 to 19 digits")
        }
        LetterField::OrderNumber | LetterField::Reference => Some(value.to_owned())
            .filter(|value| value.contains(|sign: char| sign.is_ascii_digit()))
            .ok_or("it has at least one digit"),
        _ => Some(value.to_owned())
            .filter(|value| value.contains(char::is_alphanumeric))
            .ok_or("it has at least one letter or digit"),
    }
}

/// The value as its grammar writes it.
fn parsed<T: FromStr + ToString>(value: &str) -> Option<String> {
    value.parse::<T>().ok().map(|value| value.to_string())
}

/// A number with another country's code: 7 to 15 digits, which is all that ITU-T E.164
/// says of one.
fn is_foreign(value: &str) -> bool {
    let Some(rest) = value.strip_prefix('+') else {
        return false;
    };
    let digits = rest.chars().filter(char::is_ascii_digit).count();
    let plain = |sign: char| sign.is_ascii_digit() || " -.()/".contains(sign);
    !rest.starts_with("44") && (7..=15).contains(&digits) && rest.chars().all(plain)
}

/// Years before its receipt in which a letter can have been written. Old ones are found
/// behind radiators; beyond this a digit of the year is wrong.
const OLDEST_LETTER: i16 = 50;

/// Refuses a day on which no letter of that receipt was written. What only seems odd,
/// a letter of some years ago, is for the person to say.
fn written_before(day: &str, received: Date) -> Result<(), SettleError> {
    let written = day.parse::<Date>();
    let oldest = i32::from(received.year()) - i32::from(OLDEST_LETTER);
    match written {
        Ok(day) if day <= received && i32::from(day.year()) >= oldest => Ok(()),
        _ => Err(SettleError::NotAValue {
            field: LetterField::Date.name().to_owned(),
            value: day.to_owned(),
            why: "a letter is written by the day of its receipt, and not over 50 years before",
        }),
    }
}

/// A day as machines or British people write it; spreadsheets turn the one into the
/// other by themselves.
pub(super) fn written_day(value: &str) -> Option<Date> {
    let machine = value.parse::<Date>().ok();
    let plain = || date::parse(value).filter(|written| written.oddity.is_none());
    machine.or_else(|| plain().map(|written| written.date))
}

/// What a field is after the decision; `check` brings a value into its standard form.
pub(super) fn decided(
    question: &Question,
    check: impl Fn(&str) -> Result<String, SettleError>,
    decision: &Decision,
    actor: &Actor,
) -> Result<Field, SettleError> {
    let before = &question.field;
    let value = match decision {
        Decision::Value(value) => Some(check(value)?),
        Decision::AsProposed => {
            let proposed = before.value.as_deref();
            let nothing = || SettleError::NothingProposed(question.name.name().to_owned());
            Some(check(proposed.ok_or_else(nothing)?)?)
        }
        Decision::Pick(number) => Some(check(picked(question, *number)?)?),
        Decision::Unreadable => None,
    };
    let (verdict, probability, reason) = match value {
        Some(_) => (
            Verdict::Accepted,
            Probability::ONE,
            format!("settled by {actor}"),
        ),
        None => (
            Verdict::Rejected,
            Probability::ZERO,
            format!("found unreadable by {actor}"),
        ),
    };
    Ok(Field {
        as_read: before.as_read.clone(),
        value,
        probability,
        verdict,
        reason,
        place: before.place,
    })
}

/// The value of the choice that was named by its number.
pub(super) fn picked(question: &Question, number: u32) -> Result<&str, SettleError> {
    let at = (number as usize).checked_sub(1);
    let choice = at.and_then(|at| question.choices.get(at));
    let choice = choice.ok_or_else(|| SettleError::NoSuchChoice {
        field: question.name.name().to_owned(),
        number,
        of: question.choices.len(),
    })?;
    Ok(&choice.value)
}

pub(super) fn unknown(document: DocumentId, field: &FieldName) -> StoreError {
    StoreError::Unknown {
        what: "field",
        name: format!("{} of document {document}", field.name()),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date as day;

    use super::*;

    #[test]
    fn values_are_written_as_their_grammars_write_them() {
        for (field, value, standard) in [
            (LetterField::Postcode, "ls63hn", "LS6 3HN"),
            (LetterField::Phone, "+44 (0)1632 960123", "01632 960123"),
            (LetterField::Phone, "+33 1 23 45 67 89", "+33 1 23 45 67 89"),
            (
                LetterField::MemberNumber,
                "6318-2045 7791 3306",
                "6318 2045 7791 3306",
            ),
            (LetterField::Email, "jo@example.com", "jo@example.com"),
            (LetterField::Reference, "KH/43749/25", "KH/43749/25"),
            (LetterField::Date, "22/11/2026", "2026-11-22"),
            (LetterField::SenderName, " D'Arcy ", "D'Arcy"),
        ] {
            assert_eq!(checked(field, value).unwrap(), standard);
        }
        for (field, value) in [
            (LetterField::Phone, "call me 123456 maybe"),
            (LetterField::Phone, "+44 1"),
            (LetterField::Phone, "+++++++++"),
            (LetterField::MemberNumber, "!!"),
            (LetterField::MemberNumber, "12345"),
            (LetterField::OrderNumber, "none"),
            (LetterField::Email, "jo@example"),
            (LetterField::Town, "?"),
            (LetterField::SenderName, "\u{1b}[2J"),
        ] {
            assert!(checked(field, value).is_err(), "{value}");
        }
    }

    #[test]
    fn a_letter_is_older_than_its_receipt_and_not_by_a_century() {
        let received = day(2026, 11, 20);
        for written in ["2026-11-20", "2021-11-04", "1976-01-01"] {
            assert!(written_before(written, received).is_ok(), "{written}");
        }
        for written in ["2026-11-21", "2126-11-22", "0226-11-22", "1926-11-20"] {
            assert!(written_before(written, received).is_err(), "{written}");
        }
    }
}

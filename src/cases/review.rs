//! The one door through which a person's decision on a field enters.

use jiff::civil::Date;
use serde_json::json;

use crate::domain::confidence::Probability;
use crate::domain::field::Field;
use crate::domain::grammar::date;
use crate::domain::grammar::postcode::Postcode;
use crate::domain::letter::LetterField;
use crate::domain::verdict::Verdict;
use crate::store::Store;
use crate::store::error::{Result, StoreError};
use crate::store::events::{About, Actor, EventKind};
use crate::store::ids::DocumentId;

use super::sender;

pub use crate::store::review::{ReviewCursor, ReviewItem, UnreadItem};

/// What a person decided on a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// This is what it says.
    Value(String),
    /// The value that the machine proposes is right.
    AsProposed,
    /// Nobody can tell, or there is nothing of the kind.
    Unreadable,
}

/// A field's decision as a person or a table gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// The document.
    pub document: DocumentId,
    /// The field.
    pub field: LetterField,
    /// What was decided.
    pub decision: Decision,
}

/// Why a decision was not taken.
#[derive(Debug, thiserror::Error)]
pub enum SettleError {
    /// The value is not written as such a field is.
    #[error("'{value}' is no {}: {why}", field.name())]
    NotAValue {
        /// The field.
        field: LetterField,
        /// What was given.
        value: String,
        /// What it must be.
        why: &'static str,
    },
    /// The field is no longer in review, and was decided otherwise.
    #[error(
        "{} is no longer in review ({}: {}); `postroom review settle` can still change it",
        field.name(), verdict.name(), value.as_deref().unwrap_or("no value")
    )]
    DecidedOtherwise {
        /// The field.
        field: LetterField,
        /// How it was decided.
        verdict: Verdict,
        /// As what.
        value: Option<String>,
    },
    /// The machine proposes nothing that could be confirmed.
    #[error("there is no proposed {} to confirm; give the value", .0.name())]
    NothingProposed(LetterField),
    /// The store failed, or has no such document or field.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Fields in review, oldest document first, after `after`, at most `limit`.
pub async fn list(
    store: &Store,
    after: Option<ReviewCursor>,
    limit: u32,
) -> Result<Vec<ReviewItem>> {
    store.fields_in_review(after, limit).await
}

/// Documents that cannot be read as print, oldest first, after `after`, at most
/// `limit`: they leave this list when a person settles a field of theirs.
pub async fn unread(
    store: &Store,
    after: Option<DocumentId>,
    limit: u32,
) -> Result<Vec<UnreadItem>> {
    store.unread(after, limit).await
}

/// One field of a document, in review or not.
pub async fn show(store: &Store, document: DocumentId, field: LetterField) -> Result<Field> {
    let found = store.fields_of(document).await?.remove(&field);
    found.ok_or_else(|| unknown(document, field))
}

/// Settles a field: the value becomes accepted or the field rejected, what was
/// read stays, and what hangs on it is worked out again.
pub async fn settle(
    store: &Store,
    document: DocumentId,
    field: LetterField,
    decision: &Decision,
    actor: &Actor,
) -> Result<Field, SettleError> {
    let mut change = store.change(actor).await?;
    let case = change.case_of(document).await?;
    let fields = change.fields_of(document).await?;
    let before = fields.get(&field).ok_or_else(|| unknown(document, field))?;
    let after = decided(field, before, decision, actor)?;
    change
        .field(document, field, &after, Some(actor.name()))
        .await?;
    let detail = json!({
        "field": field.name(),
        "before": { "value": before.value, "verdict": before.verdict.name() },
        "after": { "value": after.value, "verdict": after.verdict.name() },
    });
    let about = About::case(case).and(document);
    change.event(EventKind::FieldSettled, about, detail).await?;
    change.refresh_document(document).await?;
    sender::refresh_customer(&mut change, case, document, &fields).await?;
    change.commit().await?;
    Ok(after)
}

/// What came of a decision from a table that may be old.
#[derive(Debug, Clone, PartialEq)]
pub enum Imported {
    /// The field is settled by it.
    Settled(Field),
    /// It was decided the same way before: the table was imported twice.
    Already,
}

/// Settles a field by a decision from a table. One that was decided otherwise
/// meanwhile is refused, rather than one clerk overruled by an old table.
pub async fn import(
    store: &Store,
    settlement: &Settlement,
    actor: &Actor,
) -> Result<Imported, SettleError> {
    let Settlement {
        document,
        field,
        decision,
    } = settlement;
    let now = show(store, *document, *field).await?;
    if now.verdict == Verdict::Review {
        let settled = settle(store, *document, *field, decision, actor).await?;
        return Ok(Imported::Settled(settled));
    }
    let alike = match decision {
        Decision::Value(value) => now.value == Some(checked(*field, value)?),
        Decision::AsProposed => now.verdict == Verdict::Accepted,
        Decision::Unreadable => now.verdict == Verdict::Rejected,
    };
    if alike {
        return Ok(Imported::Already);
    }
    Err(SettleError::DecidedOtherwise {
        field: *field,
        verdict: now.verdict,
        value: now.value,
    })
}

/// The value in its standard form, or why it is none of this field.
pub fn checked(field: LetterField, value: &str) -> Result<String, SettleError> {
    let value = value.trim();
    let wrong = |why| SettleError::NotAValue {
        field,
        value: value.to_owned(),
        why,
    };
    if value.is_empty() || value.chars().any(char::is_control) {
        return Err(wrong("it must be one line with something on it"));
    }
    match field {
        LetterField::Postcode => value
            .parse::<Postcode>()
            .map(|code| code.to_string())
            .map_err(|_| wrong("a postcode looks like LS6 3HN")),
        LetterField::Date => written_day(value)
            .map(|day| day.to_string())
            .ok_or_else(|| wrong("a date is written 2026-11-22 or 22/11/2026")),
        LetterField::Email if !is_email(value) => {
            Err(wrong("an e-mail address looks like name@example.com"))
        }
        LetterField::Phone if value.chars().filter(char::is_ascii_digit).count() < PHONE_DIGITS => {
            Err(wrong("a telephone number has at least six digits"))
        }
        _ => Ok(value.to_owned()),
    }
}

/// The shortest number that is not a short code.
const PHONE_DIGITS: usize = 6;

/// A day as machines or British people write it; spreadsheets turn the one into the
/// other by themselves.
fn written_day(value: &str) -> Option<Date> {
    let machine = value.parse::<Date>().ok();
    let plain = || date::parse(value).filter(|written| written.oddity.is_none());
    machine.or_else(|| plain().map(|written| written.date))
}

fn decided(
    name: LetterField,
    before: &Field,
    decision: &Decision,
    actor: &Actor,
) -> Result<Field, SettleError> {
    let value = match decision {
        Decision::Value(value) => Some(checked(name, value)?),
        Decision::AsProposed => {
            let proposed = before.value.as_deref();
            Some(checked(
                name,
                proposed.ok_or(SettleError::NothingProposed(name))?,
            )?)
        }
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

fn is_email(value: &str) -> bool {
    match value.split_once('@') {
        Some((name, host)) => {
            !name.is_empty() && host.contains('.') && !host.contains('@') && !value.contains(' ')
        }
        None => false,
    }
}

fn unknown(document: DocumentId, field: LetterField) -> StoreError {
    StoreError::Unknown {
        what: "field",
        name: format!("{} of document {document}", field.name()),
    }
}

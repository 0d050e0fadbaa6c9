//! Decisions from a table that went out and came back: meanwhile others may have decided,
//! and a table may be taken twice.

use crate::domain::field::Field;
use crate::domain::verdict::Verdict;
use crate::store::Store;
use crate::store::events::Actor;

use super::card_review;
use super::review::{Decision, FieldName, SettleError, Settlement, checked, picked, settle, show};

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
    let now = show(store, *document, field.clone()).await?;
    if now.asked.is_some() {
        if keyed_so(store, settlement, actor).await? {
            return Ok(Imported::Already);
        }
        let settled = settle(store, *document, field.clone(), decision, actor).await?;
        return Ok(Imported::Settled(settled));
    }
    let alike = match decision {
        Decision::Value(value) => {
            now.field.value == Some(in_standard_form(store, settlement, value).await?)
        }
        Decision::AsProposed => now.field.verdict == Verdict::Accepted,
        Decision::Pick(number) => now.field.value.as_deref() == Some(picked(&now, *number)?),
        Decision::Unreadable => now.field.verdict == Verdict::Rejected,
    };
    let alike = alike || keyed_so(store, settlement, actor).await?;
    if alike {
        return Ok(Imported::Already);
    }
    Err(SettleError::DecidedOtherwise {
        field: field.name().to_owned(),
        verdict: now.field.verdict,
        value: now.field.value,
    })
}

/// Whether this person keyed the field just so before, blind: a table that is imported twice
/// must not make them the judge of their own keying.
async fn keyed_so(
    store: &Store,
    settlement: &Settlement,
    actor: &Actor,
) -> Result<bool, SettleError> {
    let rekeyings = store.rekeyings_of(settlement.document).await?;
    let keyed = rekeyings.keyed.get(settlement.field.name());
    let Some(keyed) = keyed.filter(|keyed| keyed.by == actor.name()) else {
        return Ok(false);
    };
    Ok(match &settlement.decision {
        Decision::Value(value) => {
            keyed.value == Some(in_standard_form(store, settlement, value).await?)
        }
        Decision::Unreadable => keyed.value.is_none(),
        Decision::AsProposed | Decision::Pick(_) => false,
    })
}

async fn in_standard_form(
    store: &Store,
    settlement: &Settlement,
    value: &str,
) -> Result<String, SettleError> {
    match &settlement.field {
        FieldName::Letter(field) => checked(*field, value),
        FieldName::Card(name) => {
            card_review::checked(&store.card_of(settlement.document).await?, name, value)
        }
    }
}

//! A person lays a document on another case. Where it lay stays in the history.

use serde_json::json;

use crate::domain::case::AttachedBy;
use crate::domain::grammar::case_reference::CaseReference;
use crate::store::Store;
use crate::store::change::Change;
use crate::store::documents::Attachment;
use crate::store::error::{Result, StoreError};
use crate::store::events::{About, Actor, EventKind};
use crate::store::ids::DocumentId;

use super::sender;

/// Where a document is moved to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destination {
    /// A case that exists.
    Case(CaseReference),
    /// A case of its own.
    NewCase,
}

/// Moves a document and says on which case it lies now. A case that this leaves
/// empty is closed; one that was closed and gets it is open again.
pub async fn move_document(
    store: &Store,
    document: DocumentId,
    to: Destination,
    reason: &str,
    actor: &Actor,
) -> Result<CaseReference> {
    let record = store.document(document).await?;
    let mut change = store.change(actor).await?;
    let from = change.case_of(document).await?;
    let case = match to {
        Destination::Case(case) if Some(case) == from => return Ok(case),
        Destination::Case(case) => {
            let known = change.case(case).await?;
            let known = known.ok_or_else(|| StoreError::Unknown {
                what: "case",
                name: case.to_string(),
            })?;
            change.press_case(&known, &record.judgement).await?;
            case
        }
        Destination::NewCase => {
            let case = change.open_case(&record.judgement).await?;
            if let Some(known) = change.record_of(document).await? {
                change.give_case(case, known).await?;
            } else if let Some(sender) = sender::sender(&change.fields_of(document).await?) {
                sender::give_customer(&mut change, case, &sender).await?;
            }
            case
        }
    };
    let why = match from {
        Some(from) => format!("moved from {from} by {actor}: {reason}"),
        None => format!("laid here by {actor}: {reason}"),
    };
    let by = AttachedBy::Person;
    lay(
        &mut change,
        document,
        from,
        &Attachment { case, by, why },
        reason,
    )
    .await?;
    change.commit().await?;
    Ok(case)
}

/// Lays a document on another case and tells both. The one that it leaves, if it lay on
/// any, is closed when it is empty now.
pub(super) async fn lay(
    change: &mut Change,
    document: DocumentId,
    from: Option<CaseReference>,
    to: &Attachment,
    reason: &str,
) -> Result<()> {
    change.attach(document, to).await?;
    change.move_notes(document, to.case).await?;
    let detail = json!({
        "from": from.map(|case| case.to_string()),
        "to": to.case.to_string(),
        "reason": reason,
    });
    for side in from.into_iter().chain([to.case]) {
        let about = About::case(side).and(document);
        change
            .event(EventKind::DocumentMoved, about, detail.clone())
            .await?;
    }
    if let Some(from) = from {
        change.close_if_empty(from).await?;
    }
    Ok(())
}

//! A filed scan is read again, because pages of it had been set aside: what is
//! readable now takes its place, and what people settled stays.

use serde_json::json;

use crate::store::Store;
use crate::store::change::Change;
use crate::store::error::Result;
use crate::store::events::{About, Actor, EventKind};
use crate::store::ids::DocumentId;

use super::filing::{Draft, FiledScan};
use super::sender;

/// Puts the new reading of a filed scan in place of the old one, and gives the
/// documents that have changed: none when no page of it could be mended.
pub async fn reread(store: &Store, scan: &FiledScan, actor: &Actor) -> Result<Vec<DocumentId>> {
    let kept = store.keep_pages(&scan.pages).await?;
    let mut change = store.change(actor).await?;
    let mut mended = Vec::new();
    for (outcome, page) in scan.pages.iter().zip(&kept) {
        if change.mend_page(scan.scan, page).await? {
            mended.push(outcome.number);
        }
    }
    let mut reread = Vec::new();
    for draft in &scan.documents {
        let pages = &draft.document.pages;
        if mended.iter().any(|number| pages.contains(number)) {
            reread.push(document(&mut change, scan, draft, &mended).await?);
        }
    }
    change.commit().await?;
    Ok(reread)
}

async fn document(
    change: &mut Change,
    scan: &FiledScan,
    Draft { document, draft }: &Draft,
    mended: &[u32],
) -> Result<DocumentId> {
    let id = change.document_in(scan.scan, document.ordinal).await?;
    let before = change.fields_of(id).await?;
    change.reread_document(id, draft, &scan.provenance).await?;
    let case = change.case_of(id).await?;
    let about = About {
        scan: Some(scan.scan),
        ..About::case(case).and(id)
    };
    let detail = json!({ "mended_pages": mended });
    change
        .event(EventKind::DocumentReread, about, detail)
        .await?;
    change.refresh_document(id).await?;
    sender::refresh_customer(change, case, id, &before).await?;
    Ok(id)
}

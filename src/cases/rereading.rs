//! A filed scan is read again, because pages of it had been set aside: what is
//! readable now takes its place, and what people settled stays.

use serde_json::{Value, json};

use crate::domain::case::Judgement;
use crate::store::Store;
use crate::store::change::Change;
use crate::store::error::Result;
use crate::store::events::{About, Actor, EventKind};
use crate::store::ids::{DocumentId, ScanId};
use crate::store::pages::MendedPage;

use super::filing::{Draft, FiledScan};
use super::sender;

/// Puts the new reading of a filed scan in place of the old one, and gives the
/// documents that have changed: none when no page of it could be mended.
pub async fn reread(store: &Store, scan: &FiledScan, actor: &Actor) -> Result<Vec<DocumentId>> {
    let kept = store.keep_pages(&scan.pages).await?;
    let mut change = store.change(actor).await?;
    let mut mended = Vec::new();
    for page in &kept {
        mended.extend(change.mend_page(scan.scan, page).await?);
    }
    let numbers: Vec<u32> = mended.iter().map(|page| page.number).collect();
    let mut reread = Vec::new();
    for draft in &scan.documents {
        let pages = &draft.document.pages;
        if numbers.iter().any(|number| pages.contains(number)) {
            reread.push(document(&mut change, scan, draft, &numbers).await?);
        }
    }
    // A page that turns out to be blank is in no draft, yet a document missed it.
    for MendedPage { number, document } in mended {
        let Some(id) = document.filter(|id| !reread.contains(id)) else {
            continue;
        };
        let detail = json!({ "mended_pages": [number] });
        tell(&mut change, scan.scan, id, detail).await?;
        change.refresh_document(id).await?;
        reread.push(id);
    }
    change.commit().await?;
    Ok(reread)
}

/// A document with its mended pages: judged by all that it says now, for what makes
/// it urgent may have stood on the page that was missing.
async fn document(
    change: &mut Change,
    scan: &FiledScan,
    Draft { document, draft }: &Draft,
    mended: &[u32],
) -> Result<DocumentId> {
    let id = change.document_in(scan.scan, document.ordinal).await?;
    let before = change.fields_of(id).await?;
    let detail = json!({
        "mended_pages": mended,
        "before": state(&change.judgement_of(id).await?),
        "after": state(&draft.judgement),
    });
    change.reread_document(id, draft, &scan.provenance).await?;
    tell(change, scan.scan, id, detail).await?;
    change.refresh_document(id).await?;
    let case = change.case_of(id).await?;
    if let Some(known) = change.case(case).await? {
        change.press_case(&known, &draft.judgement).await?;
    }
    sender::refresh_customer(change, case, id, &before).await?;
    Ok(id)
}

async fn tell(change: &mut Change, scan: ScanId, id: DocumentId, detail: Value) -> Result<()> {
    let about = About {
        scan: Some(scan),
        ..About::case(change.case_of(id).await?).and(id)
    };
    change.event(EventKind::DocumentReread, about, detail).await
}

fn state(judged: &Judgement) -> Value {
    json!({
        "topic": judged.topic.choice,
        "priority": judged.priority.choice.name(),
        "team": judged.team.choice,
        "deadline": judged.deadline.choice.to_string(),
    })
}

//! A filed scan is read again, because pages of it had been set aside: what is
//! readable now takes its place, and what people settled stays.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::domain::case::{AttachedBy, Judgement};
use crate::domain::letter::LetterField;
use crate::store::Store;
use crate::store::change::Change;
use crate::store::documents::Attachment;
use crate::store::error::Result;
use crate::store::events::{About, Actor, EventKind};
use crate::store::ids::{DocumentId, ScanId};
use crate::store::pages::MendedPage;

use super::filing::{self, Draft, FiledScan};
use super::matching::Decision;
use super::{moving, sender};

/// Puts the new reading of a filed scan in place of the old one, and gives the
/// documents that have changed: none when no page of it could be mended.
pub async fn reread(store: &Store, scan: &FiledScan, actor: &Actor) -> Result<Vec<DocumentId>> {
    let kept = store.keep_pages(&scan.pages).await?;
    let mut change = store.change(actor).await?;
    let mut mended = BTreeMap::<DocumentId, Vec<u32>>::new();
    for page in &kept {
        if let Some(MendedPage { number, document }) = change.mend_page(scan.scan, page).await?
            && let Some(document) = document
        {
            mended.entry(document).or_default().push(number);
        }
    }
    for (&id, pages) in &mended {
        // What was read may fall into other documents than it did that night: the
        // page says which of them is the new reading of the one that missed it.
        let has_one = |draft: &&Draft| {
            let mut pages = pages.iter();
            pages.any(|number| draft.document.pages.contains(number))
        };
        match scan.documents.iter().find(has_one) {
            Some(draft) => document(&mut change, scan, id, draft, pages).await?,
            // A page that turns out to be blank is in no document.
            None => tell(&mut change, scan.scan, id, json!({ "mended_pages": pages })).await?,
        }
        change.refresh_document(id).await?;
    }
    change.commit().await?;
    Ok(mended.into_keys().collect())
}

/// A document with its mended pages: judged by all that it says now, for what makes
/// it urgent, or tells which case it is about, may have stood on the page that was
/// missing.
async fn document(
    change: &mut Change,
    scan: &FiledScan,
    id: DocumentId,
    new: &Draft,
    mended: &[u32],
) -> Result<()> {
    let draft = &new.draft;
    let before = change.fields_of(id).await?;
    let detail = json!({
        "mended_pages": mended,
        "before": state(&change.judgement_of(id).await?),
        "after": state(&draft.judgement),
    });
    change.reread_document(id, draft, &scan.provenance).await?;
    tell(change, scan.scan, id, detail).await?;
    follow_reference(change, scan, id, new).await?;
    let case = change.case_of(id).await?;
    if let Some(known) = change.case(case).await? {
        change.press_case(&known, &draft.judgement).await?;
    }
    sender::refresh_customer(change, case, id, &before).await
}

/// Lays a document on the case that it turns out to quote, unless a reference or a
/// person laid it where it is. A reference that seems to be someone else's goes to
/// a person, as it does when a letter is filed.
async fn follow_reference(
    change: &mut Change,
    scan: &FiledScan,
    id: DocumentId,
    Draft { document, .. }: &Draft,
) -> Result<()> {
    let lies = change.attachment_of(id).await?;
    let mut fields = change.fields_of(id).await?;
    let sender = sender::sender(&fields);
    let text = filing::text_of(scan, document);
    match filing::decide(change, &text, sender.as_ref()).await? {
        Decision::Attach { case, by, why }
            if by == AttachedBy::Reference
                && case != lies.case
                && matches!(lies.by, AttachedBy::Opened | AttachedBy::Customer) =>
        {
            let reason = format!("read again: {why}");
            let to = Attachment { case, by, why };
            moving::lay(change, id, lies.case, &to, &reason).await
        }
        Decision::Open {
            doubt: Some(case),
            why,
            ..
        } if case != lies.case => {
            let name = LetterField::Reference;
            if change.settled_fields(id).await?.contains(&name) {
                return Ok(());
            }
            filing::doubt_reference(&mut fields, case, &why);
            change.field(id, name, &fields[&name], None).await
        }
        Decision::Attach { .. } | Decision::Open { .. } => Ok(()),
    }
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

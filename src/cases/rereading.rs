//! A filed scan is read again, because pages of it had been set aside: what is
//! readable now takes its place, and what people settled stays.

use std::collections::{BTreeMap, BTreeSet};
use std::slice::from_ref;

use serde_json::{Value, json};

use crate::domain::case::{AttachedBy, Judgement};
use crate::domain::field::Field;
use crate::domain::letter::LetterField;
use crate::store::change::Change;
use crate::store::documents::Attachment;
use crate::store::error::Result;
use crate::store::events::{About, Actor, EventKind};
use crate::store::fields::Fields;
use crate::store::ids::{DocumentId, ScanId};
use crate::store::pages::MendedPage;
use crate::store::{SourceFile, Store};

use super::filing::{self, Draft, FiledScan};
use super::matching::Decision;
use super::regrouping::{self, Reread};
use super::{moving, sender};

/// Puts the new reading of a filed scan in place of the old one, and gives the
/// documents that have changed: none when no page of it could be mended. `file` is
/// what was read now; where a person mended it, it takes the place of the old one.
pub async fn reread(
    store: &Store,
    scan: &FiledScan,
    file: SourceFile,
    actor: &Actor,
) -> Result<Vec<DocumentId>> {
    let kept = store.keep_pages(&scan.pages).await?;
    let mut change = store.change(actor).await?;
    let mut mended = BTreeMap::new();
    for page in &kept {
        if let Some(MendedPage { number, document }) = change.mend_page(scan.scan, page).await?
            && let Some(document) = document
        {
            mended.insert(number, document);
        }
    }
    let mut changed = BTreeSet::new();
    let any = !mended.is_empty();
    for (id, reread) in regrouping::regroup(&mut change, scan, mended).await? {
        match reread {
            Reread::Again { draft, mended } => {
                document(&mut change, scan, id, draft, &mended).await?;
            }
            // A page that turns out to be a separator is in no document.
            Reread::Kept { mended } => {
                tell(
                    &mut change,
                    scan.scan,
                    id,
                    json!({ "mended_pages": mended }),
                )
                .await?;
            }
            Reread::Parted => {}
        }
        change.refresh_document(id).await?;
        changed.insert(id);
    }
    if any {
        change.scan_mended(scan.scan, file, scan.listed).await?;
    }
    change.commit().await?;
    Ok(changed.into_iter().collect())
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
    let draft = regrouping::new_of(&new.draft, mended);
    let before = change.fields_of(id).await?;
    let card_before = change.card_fields_of(id).await?;
    let judged = change.judgement_of(id).await?;
    change.reread_document(id, &draft, &scan.provenance).await?;
    match draft.card {
        Some(_) => {
            // What was a letter until now had no lot; that of a card falls as it fell.
            change.draw(id, scan.blind).await?;
            lay_card(change, scan, id, new).await?;
        }
        None => follow_reference(change, scan, id, new).await?,
    }
    let detail = json!({
        "mended_pages": mended,
        "before": state(&judged),
        "after": state(&draft.judgement),
        "fields": changed(&before, &change.fields_of(id).await?),
    });
    tell(change, scan.scan, id, detail).await?;
    let Some(case) = change.case_of(id).await? else {
        return sender::refresh_holder(change, id, &card_before).await;
    };
    if let Some(known) = change.case(case).await? {
        change.press_case(&known, &draft.judgement).await?;
    }
    match draft.card {
        Some(_) => sender::refresh_holder(change, id, &card_before).await,
        None => sender::refresh_customer(change, case, id, &before).await,
    }
}

/// Lays a card on a case when there is a comment on the side that was missing.
async fn lay_card(
    change: &mut Change,
    scan: &FiledScan,
    id: DocumentId,
    new: &Draft,
) -> Result<()> {
    if !new.draft.needs_a_case() || change.case_of(id).await?.is_some() {
        return Ok(());
    }
    let mut draft = new.draft.clone();
    let (to, _) = filing::lay_on_a_case(change, from_ref(scan), &new.document, &mut draft).await?;
    change.attach(id, &to).await
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
    let Some(lies) = change.attachment_of(id).await? else {
        return Ok(());
    };
    let mut fields = change.fields_of(id).await?;
    let sender = sender::sender(&fields);
    let text = filing::pages_of(from_ref(scan), document);
    match filing::decide(change, &text, sender.as_ref()).await? {
        Decision::Attach { case, by, why }
            if by == AttachedBy::Reference
                && case != lies.case
                && matches!(lies.by, AttachedBy::Opened | AttachedBy::Customer) =>
        {
            let reason = format!("read again: {why}");
            let to = Attachment { case, by, why };
            moving::lay(change, id, Some(lies.case), &to, &reason).await
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

/// Every field that is another now, as it was and as it is.
fn changed(before: &Fields, after: &Fields) -> Value {
    let fields = after
        .iter()
        .filter(|(name, field)| before.get(name) != Some(field));
    let told = fields.map(|(name, field)| {
        let both = json!({ "before": before.get(name).map(told), "after": told(field) });
        (name.name().to_owned(), both)
    });
    told.collect::<serde_json::Map<_, _>>().into()
}

fn told(field: &Field) -> Value {
    json!({
        "as_read": field.as_read,
        "value": field.value,
        "verdict": field.verdict.name(),
        "reason": field.reason,
    })
}

async fn tell(change: &mut Change, scan: ScanId, id: DocumentId, detail: Value) -> Result<()> {
    let about = About {
        scan: Some(scan),
        ..About::document(id, change.case_of(id).await?)
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

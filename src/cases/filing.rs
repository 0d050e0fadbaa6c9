//! Files whole scans: images first, then one transaction, which is the only
//! moment at which anything becomes true.

use serde_json::json;

use crate::domain::card_draft::CardDraft;
use crate::domain::case::{AttachedBy, CaseDraft};
use crate::domain::confidence::Probability;
use crate::domain::document::Document;
use crate::domain::field::Field;
use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::letter::LetterField;
use crate::domain::page::PageOutcome;
use crate::domain::text::PageText;
use crate::domain::verdict::Verdict;
use crate::store::Store;
use crate::store::change::Change;
use crate::store::customers::Customer;
use crate::store::documents::{Attachment, Provenance};
use crate::store::error::Result;
use crate::store::events::{About, Actor, EventKind};
use crate::store::fields::Fields;
use crate::store::ids::{DocumentId, ScanId};
use crate::store::pages::{KeptPage, Position};

use super::matching::{self, Decision};
use super::{quoted, sender};

/// A scan that was read: all of its pages, and the documents they make.
#[derive(Debug, Clone, PartialEq)]
pub struct FiledScan {
    /// Its claim.
    pub scan: ScanId,
    /// How many pages the reader listed when it opened the file: counted apart from
    /// `pages`, so that one that gets lost on the way is noticed.
    pub listed: u32,
    /// Every page, read or not, in a document or not.
    pub pages: Vec<PageOutcome>,
    /// Its documents.
    pub documents: Vec<Draft>,
    /// What made the readings.
    pub provenance: Provenance,
}

/// A document of a scan and what was made of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Which pages it has.
    pub document: Document,
    /// What it says and asks for.
    pub draft: CaseDraft,
}

/// A document that lies on a case now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiledDocument {
    /// The scan that it came in.
    pub scan: ScanId,
    /// 1, 2, ... within the scan.
    pub ordinal: u32,
    /// Its id.
    pub document: DocumentId,
    /// Its case, and why; none for a card that needs no answer.
    pub attachment: Option<Attachment>,
    /// Whether it opened that case.
    pub new_case: bool,
    /// Whether a person must look at it.
    pub in_review: bool,
}

/// Documents that may share a transaction. A commit costs a few flushes of the
/// disk, which they then share; a longer one would keep other writers waiting.
pub const DOCUMENTS_A_CHANGE: usize = 32;

/// Files scans, in their order, up to 32 documents a transaction and never half
/// a scan. When it fails, what earlier transactions filed stays filed; the same
/// scans can be claimed again, and those already filed are refused.
pub async fn file(store: &Store, scans: &[FiledScan]) -> Result<Vec<FiledDocument>> {
    let mut filed = Vec::new();
    for together in shares(scans) {
        filed.append(&mut file_together(store, together).await?);
    }
    Ok(filed)
}

/// Cuts scans into runs of up to 32 documents; a larger scan has a run of its own.
fn shares(scans: &[FiledScan]) -> Vec<&[FiledScan]> {
    let mut shares = Vec::new();
    let (mut start, mut documents) = (0, 0);
    for (at, scan) in scans.iter().enumerate() {
        if documents + scan.documents.len() > DOCUMENTS_A_CHANGE && at > start {
            shares.push(&scans[start..at]);
            (start, documents) = (at, 0);
        }
        documents += scan.documents.len();
    }
    if start < scans.len() {
        shares.push(&scans[start..]);
    }
    shares
}

async fn file_together(store: &Store, scans: &[FiledScan]) -> Result<Vec<FiledDocument>> {
    let kept = store
        .keep_pages(scans.iter().flat_map(|scan| &scan.pages))
        .await?;
    let mut rest = kept.as_slice();
    let mut change = store.change(&Actor::postroom()).await?;
    let mut filed = Vec::new();
    for scan in scans {
        let (pages, others) = rest.split_at(scan.pages.len());
        filed.append(&mut file_scan(&mut change, scan, pages).await?);
        rest = others;
    }
    change.commit().await?;
    Ok(filed)
}

async fn file_scan(
    change: &mut Change,
    scan: &FiledScan,
    pages: &[KeptPage<'_>],
) -> Result<Vec<FiledDocument>> {
    change.scan_filed(scan.scan, scan.listed).await?;
    let mut filed = Vec::with_capacity(scan.documents.len());
    for draft in &scan.documents {
        filed.push(file_document(change, scan, draft).await?);
    }
    for (outcome, page) in scan.pages.iter().zip(pages) {
        let place = scan
            .documents
            .iter()
            .zip(&filed)
            .find_map(|(draft, filed)| {
                let at = draft
                    .document
                    .pages
                    .iter()
                    .position(|number| *number == outcome.number)?;
                Some(Position {
                    document: filed.document,
                    position: at as u32 + 1,
                })
            });
        change.page(scan.scan, page, place).await?;
    }
    Ok(filed)
}

pub(super) async fn file_document(
    change: &mut Change,
    scan: &FiledScan,
    Draft { document, draft }: &Draft,
) -> Result<FiledDocument> {
    let mut draft = draft.clone();
    draft.missing_pages = missing_of(scan, document);
    let (attachment, new_case) = match draft.needs_a_case() {
        true => {
            let (lies, new) = lay_on_a_case(change, scan, document, &mut draft).await?;
            (Some(lies), new)
        }
        false => (None, false),
    };
    let id = change
        .document(
            scan.scan,
            document.ordinal,
            &draft,
            attachment.as_ref(),
            &scan.provenance,
        )
        .await?;
    if let Some(card) = &draft.card {
        file_to_holder(change, id, card, attachment.as_ref()).await?;
    }
    let about = About {
        scan: Some(scan.scan),
        ..About::document(id, attachment.as_ref().map(|lies| lies.case))
    };
    let detail = match &attachment {
        Some(lies) => json!({ "by": lies.by.name(), "why": lies.why }),
        None => json!({ "why": "a card without a comment needs no case" }),
    };
    change
        .event(EventKind::DocumentFiled, about, detail)
        .await?;
    Ok(FiledDocument {
        scan: scan.scan,
        ordinal: document.ordinal,
        document: id,
        in_review: draft.in_review(),
        attachment,
        new_case,
    })
}

/// Files a card to the record of its holder, where that is known: who has its case, if it
/// lies on one.
async fn file_to_holder(
    change: &mut Change,
    document: DocumentId,
    card: &CardDraft,
    lies: Option<&Attachment>,
) -> Result<()> {
    let Some(holder) = sender::holder(&card.fields) else {
        return Ok(());
    };
    let case = match lies {
        Some(lies) => change.case(lies.case).await?,
        None => None,
    };
    match case.and_then(|case| case.customer) {
        Some((known, _)) => change.give_document(document, known).await,
        None => sender::give_card(change, document, &holder).await,
    }
}

/// Finds or opens the case of what needs an answer; says whether it opened one.
pub(super) async fn lay_on_a_case(
    change: &mut Change,
    scan: &FiledScan,
    document: &Document,
    draft: &mut CaseDraft,
) -> Result<(Attachment, bool)> {
    let sender = match &draft.card {
        Some(card) => sender::holder(&card.fields),
        None => sender::sender(&draft.fields),
    };
    let decision = decide(change, &text_of(scan, document), sender.as_ref()).await?;
    let new_case = matches!(decision, Decision::Open { .. });
    if let Decision::Open {
        doubt: Some(case),
        why,
        ..
    } = &decision
    {
        doubt_reference(&mut draft.fields, *case, why);
    }
    let attachment = settle_case(change, draft, decision, sender).await?;
    Ok((attachment, new_case))
}

/// Looks up what the decision needs, and decides.
pub(super) async fn decide(
    change: &mut Change,
    text: &[&PageText],
    sender: Option<&Customer>,
) -> Result<Decision> {
    let mut cases = Vec::new();
    for reference in quoted::references(text.iter().copied()) {
        cases.extend(change.case(reference).await?);
    }
    let keys = sender.map(|sender| &sender.keys);
    let known = match keys {
        Some(keys) => change.customers_at(&keys.postcode, &keys.house).await?,
        None => Vec::new(),
    };
    Ok(matching::decide(&cases, keys, &known))
}

/// Opens or joins the case, and sees that it has its customer.
async fn settle_case(
    change: &mut Change,
    draft: &CaseDraft,
    decision: Decision,
    sender: Option<Customer>,
) -> Result<Attachment> {
    match decision {
        Decision::Attach { case, by, why } => {
            if let Some(known) = change.case(case).await? {
                change.press_case(&known, &draft.judgement).await?;
                if let (None, Some(sender)) = (&known.customer, &sender) {
                    sender::give_customer(change, case, sender).await?;
                }
            }
            Ok(Attachment { case, by, why })
        }
        Decision::Open { customer, why, .. } => {
            let case = change.open_case(&draft.judgement).await?;
            match (customer, sender) {
                (Some(known), _) => change.give_case(case, known).await?,
                (None, Some(sender)) => sender::give_customer(change, case, &sender).await?,
                (None, None) => {}
            }
            let by = AttachedBy::Opened;
            Ok(Attachment { case, by, why })
        }
    }
}

/// Sends the reference that seems to be someone else's to a person.
pub(super) fn doubt_reference(fields: &mut Fields, case: CaseReference, why: &str) {
    let field = fields
        .entry(LetterField::Reference)
        .or_insert_with(|| Field::empty(""));
    if field.value.is_none() {
        field.value = Some(case.to_string());
        field.probability = Probability::clamped(0.5);
    }
    field.verdict = Verdict::Review;
    field.reason = why.to_owned();
}

/// The pages of a document that could not be read: what is on record decides
/// whether it is in review.
fn missing_of(scan: &FiledScan, document: &Document) -> Vec<u32> {
    let lost = scan.pages.iter().filter(|page| page.result.is_err());
    lost.map(|page| page.number)
        .filter(|number| document.pages.contains(number))
        .collect()
}

/// The words of a document's pages that were read.
pub(super) fn text_of<'a>(scan: &'a FiledScan, document: &Document) -> Vec<&'a PageText> {
    let pages = scan
        .pages
        .iter()
        .filter(|page| document.pages.contains(&page.number));
    pages
        .filter_map(|page| page.result.as_ref().ok())
        .map(|page| &page.text)
        .collect()
}

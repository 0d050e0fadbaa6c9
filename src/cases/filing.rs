//! Files whole scans: images first, then one transaction, which is the only
//! moment at which anything becomes true.

use serde_json::json;

use crate::domain::card_draft::CardDraft;
use crate::domain::case::{AttachedBy, CaseDraft};
use crate::domain::confidence::Probability;
use crate::domain::document::Document;
use crate::domain::field::Field;
use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::guarantee::Rate;
use crate::domain::letter::LetterField;
use crate::domain::page::{PageOutcome, ReadPage};
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
    /// Of so many of its cards the accepted fields are keyed again, blind.
    pub blind: Rate,
    /// The case of the message that it came with, where it came with one.
    pub came_with: Option<CaseReference>,
}

/// A document of a scan and what was made of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Which pages it has. Numbers count on from the scan in which it begins: those
    /// beyond that scan's pages are of the scans that follow it.
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
/// a scan or half a document. When it fails, what earlier transactions filed stays filed; the same
/// scans can be claimed again, and those already filed are refused.
pub async fn file(store: &Store, scans: &[FiledScan]) -> Result<Vec<FiledDocument>> {
    let mut filed = Vec::new();
    for together in shares(scans) {
        filed.append(&mut file_together(store, together).await?);
    }
    Ok(filed)
}

/// Cuts scans into runs of up to 32 documents; a larger bundle has a run of its own.
fn shares(scans: &[FiledScan]) -> Vec<&[FiledScan]> {
    let mut shares = Vec::new();
    let (mut start, mut end, mut documents) = (0, 0, 0);
    for bundle in bundles(scans) {
        let new: usize = bundle.iter().map(|scan| scan.documents.len()).sum();
        if documents + new > DOCUMENTS_A_CHANGE && end > start {
            shares.push(&scans[start..end]);
            (start, documents) = (end, 0);
        }
        end += bundle.len();
        documents += new;
    }
    if start < scans.len() {
        shares.push(&scans[start..]);
    }
    shares
}

/// Cuts scans where no document goes on from one into the next.
fn bundles(scans: &[FiledScan]) -> Vec<&[FiledScan]> {
    let mut bundles = Vec::new();
    // How many pages of the scans to come belong to documents that began before.
    let (mut start, mut reach) = (0, 0);
    for (at, scan) in scans.iter().enumerate() {
        let pages = scan
            .documents
            .iter()
            .flat_map(|draft| &draft.document.pages);
        reach = pages.copied().max().unwrap_or(0).max(reach);
        reach = reach.saturating_sub(scan.listed);
        if reach == 0 {
            bundles.push(&scans[start..=at]);
            start = at + 1;
        }
    }
    if start < scans.len() {
        bundles.push(&scans[start..]);
    }
    bundles
}

async fn file_together(store: &Store, scans: &[FiledScan]) -> Result<Vec<FiledDocument>> {
    let kept = store
        .keep_pages(scans.iter().flat_map(|scan| &scan.pages))
        .await?;
    let mut rest = kept.as_slice();
    let mut change = store.change(&Actor::postroom()).await?;
    let mut filed = Vec::new();
    for bundle in bundles(scans) {
        let pages = bundle.iter().map(|scan| scan.pages.len()).sum();
        let (pages, others) = rest.split_at(pages);
        filed.append(&mut file_bundle(&mut change, bundle, pages).await?);
        rest = others;
    }
    change.commit().await?;
    Ok(filed)
}

/// Files scans that share documents, or one that shares none.
async fn file_bundle(
    change: &mut Change,
    scans: &[FiledScan],
    pages: &[KeptPage<'_>],
) -> Result<Vec<FiledDocument>> {
    let mut filed = Vec::new();
    let mut laid: Vec<Laid<'_>> = Vec::new();
    let (mut before, mut rest) = (0, pages);
    for (at, scan) in scans.iter().enumerate() {
        change.scan_filed(scan.scan, scan.listed).await?;
        for draft in &scan.documents {
            let document = file_document(change, &scans[at..], draft).await?;
            laid.push(Laid {
                document: document.document,
                pages: &draft.document.pages,
                before,
            });
            filed.push(document);
        }
        let (own, others) = rest.split_at(scan.pages.len());
        for (outcome, page) in scan.pages.iter().zip(own) {
            let number = before + outcome.number;
            let place = laid.iter().find_map(|laid| laid.place(before, number));
            change.page(scan.scan, page, place).await?;
        }
        (before, rest) = (before + scan.listed, others);
    }
    Ok(filed)
}

/// A document while the pages of its bundle are filed.
struct Laid<'a> {
    document: DocumentId,
    pages: &'a [u32],
    /// How many pages the bundle has before the scan in which it begins.
    before: u32,
}

impl Laid<'_> {
    /// The place of a page, by its number in the bundle, whose scan has so many pages
    /// before it.
    fn place(&self, before: u32, number: u32) -> Option<Position> {
        let sheet = number - self.before;
        let at = self.pages.iter().position(|page| *page == sheet)?;
        Some(Position {
            document: self.document,
            position: at as u32 + 1,
            sheet: (before > self.before).then_some(sheet),
        })
    }
}

/// The pages of scans that follow each other, numbered on from the first.
fn sheets(scans: &[FiledScan]) -> impl Iterator<Item = (u32, &PageOutcome)> {
    let before = scans.iter().scan(0, |before, scan| {
        let own = *before;
        *before += scan.listed;
        Some(own)
    });
    scans.iter().zip(before).flat_map(|(scan, before)| {
        let pages = scan.pages.iter();
        pages.map(move |page| (before + page.number, page))
    })
}

/// Files a document that begins in the first of these scans.
pub(super) async fn file_document(
    change: &mut Change,
    scans: &[FiledScan],
    Draft { document, draft }: &Draft,
) -> Result<FiledDocument> {
    let scan = &scans[0];
    let mut draft = draft.clone();
    draft.missing_pages = missing_of(scans, document);
    let (attachment, new_case) = match draft.needs_a_case() {
        true => {
            let (lies, new) = lay_on_a_case(change, scans, document, &mut draft).await?;
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
        change.draw(id, scan.blind).await?;
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
    scans: &[FiledScan],
    document: &Document,
    draft: &mut CaseDraft,
) -> Result<(Attachment, bool)> {
    let sender = match &draft.card {
        Some(card) => sender::holder(&card.fields),
        None => sender::sender(&draft.fields),
    };
    let decision = match scans[0].came_with {
        Some(case) => Decision::Attach {
            case,
            by: AttachedBy::Message,
            why: format!("it came with a message on {case}"),
        },
        None => decide(change, &pages_of(scans, document), sender.as_ref()).await?,
    };
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
    pages: &[&ReadPage],
    sender: Option<&Customer>,
) -> Result<Decision> {
    let mut cases = Vec::new();
    // The code on a letter of ours that came back, then what was read.
    let codes = pages.iter().filter_map(|page| page.case);
    let read = quoted::references(pages.iter().map(|page| &page.text));
    for reference in codes.chain(read) {
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
fn missing_of(scans: &[FiledScan], document: &Document) -> Vec<u32> {
    let lost = sheets(scans).filter(|(_, page)| page.result.is_err());
    lost.map(|(number, _)| number)
        .filter(|number| document.pages.contains(number))
        .collect()
}

/// The pages of a document that were read.
pub(super) fn pages_of<'a>(scans: &'a [FiledScan], document: &Document) -> Vec<&'a ReadPage> {
    let pages = sheets(scans).filter(|(number, _)| document.pages.contains(number));
    pages
        .filter_map(|(_, page)| page.result.as_ref().ok())
        .collect()
}

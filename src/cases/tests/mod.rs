//! From drafts to cases and back, over both databases.

mod cards;
mod ends;
mod filing;
mod mail;
mod mail_back;
mod merging;
mod people;
mod rekeying;
mod retention;
mod station;
mod work;

use crate::cases::{self, Draft, FiledDocument, FiledScan};
use crate::domain::case::CaseDraft;
use crate::domain::document::Document;
use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::guarantee::Rate;
use crate::domain::letter::LetterField;
use crate::domain::page::PageOutcome;
use crate::domain::verdict::Verdict;
use crate::store::documents::{Attachment, DocumentRecord};
use crate::store::testing::{Bench, letter_from, page, provenance};
use crate::store::{Batch, ScanId};

const HARRIS: (&str, &str, &str) = ("Mary Harris", "14 Mill Lane", "LS6 3HN");

/// Where a letter lies: on a case, always.
trait Lies {
    fn lies(&self) -> &Attachment;
}

impl Lies for FiledDocument {
    fn lies(&self) -> &Attachment {
        self.attachment.as_ref().unwrap()
    }
}

impl Lies for DocumentRecord {
    fn lies(&self) -> &Attachment {
        self.attachment.as_ref().unwrap()
    }
}

fn from_harris(text: &str) -> CaseDraft {
    letter_from(HARRIS.0, HARRIS.1, HARRIS.2, text)
}

fn filed_scan(scan: ScanId, pages: Vec<PageOutcome>, draft: CaseDraft) -> FiledScan {
    let numbers = pages.iter().map(|page| page.number).collect();
    let document = Document {
        ordinal: 1,
        pages: numbers,
    };
    FiledScan {
        scan,
        listed: pages.len() as u32,
        pages,
        documents: vec![Draft { document, draft }],
        provenance: provenance(),
        blind: Rate::NONE,
        came_with: None,
    }
}

async fn night(bench: &Bench) -> Batch {
    bench.store.begin_batch("/scans").await.unwrap()
}

/// Files a one-page letter under this file name.
async fn file_letter(bench: &Bench, name: &str, draft: CaseDraft) -> FiledDocument {
    let batch = night(bench).await;
    let scan = bench.claim(&batch, name).await;
    let scan = filed_scan(scan, vec![page(1, &draft.text)], draft);
    cases::file(&bench.store, &[scan]).await.unwrap().remove(0)
}

fn doubt(draft: &mut CaseDraft, field: LetterField) {
    draft.fields.get_mut(&field).unwrap().verdict = Verdict::Review;
}

fn case(number: u64) -> CaseReference {
    CaseReference::new(number).unwrap()
}

//! Pages that could be read after all may fall into other documents than those around
//! which they were missed: a back that turns out to be the next card's front.

use std::collections::{BTreeMap, BTreeSet};
use std::slice::from_ref;

use crate::domain::card_draft::DraftSide;
use crate::domain::case::CaseDraft;
use crate::domain::document::Document;
use crate::store::change::Change;
use crate::store::error::Result;
use crate::store::ids::DocumentId;

use super::filing::{self, Draft, FiledScan};

/// What becomes of a document.
#[derive(Debug)]
pub(super) enum Reread<'a> {
    /// It is read again.
    Again {
        /// The new reading.
        draft: &'a Draft,
        /// The pages that it had missed.
        mended: Vec<u32>,
    },
    /// Its pages are there, and say nothing.
    Kept {
        /// The pages that it had missed.
        mended: Vec<u32>,
    },
    /// It is new, or what it missed was never its own.
    Parted,
}

/// What is on record of a scan: its documents with their pages that had been read
/// before, and the mended pages with the documents that had missed them.
struct Record {
    read: BTreeMap<DocumentId, BTreeSet<u32>>,
    mended: BTreeMap<u32, DocumentId>,
}

/// Finds for each mended page the document that it belongs to now, and lays it there;
/// `mended` are the pages and the documents that missed them. What is a document of its
/// own by now is filed.
pub(super) async fn regroup<'a>(
    change: &mut Change,
    scan: &'a FiledScan,
    mended: BTreeMap<u32, DocumentId>,
) -> Result<BTreeMap<DocumentId, Reread<'a>>> {
    let mut read = change.documents_in(scan.scan).await?;
    for pages in read.values_mut() {
        pages.retain(|page| !mended.contains_key(page));
    }
    let record = Record { read, mended };
    let mut reread = BTreeMap::new();
    for draft in &scan.documents {
        let (new, missed_by) = record.new_in(draft);
        let Some(missed_by) = missed_by else {
            continue;
        };
        let free = record.read.get(&missed_by).is_some_and(BTreeSet::is_empty);
        let id = match record.home(change, draft, &new).await? {
            // A document is never left without a page.
            _ if free && !reread.contains_key(&missed_by) => missed_by,
            Some(id) => id,
            None => file(change, scan, draft, &new).await?,
        };
        for page in &new {
            if record.mended.get(page) != Some(&id) {
                change.move_page(scan.scan, *page, id).await?;
            }
        }
        let known = record.read.contains_key(&id);
        let now = match known {
            true => Reread::Again { draft, mended: new },
            false => Reread::Parted,
        };
        reread.insert(id, now);
    }
    for (page, missed_by) in record.mended {
        let mut drafts = scan.documents.iter();
        let lost = drafts.any(|draft| draft.document.pages.contains(&page));
        match reread.entry(missed_by).or_insert(Reread::Parted) {
            Reread::Kept { mended } => mended.push(page),
            other @ Reread::Parted if !lost => *other = Reread::Kept { mended: vec![page] },
            Reread::Parted | Reread::Again { .. } => {}
        }
    }
    Ok(reread)
}

impl Record {
    /// The pages of a draft that were missed before, and the document that missed the
    /// first.
    fn new_in(&self, draft: &Draft) -> (Vec<u32>, Option<DocumentId>) {
        let pages = draft.document.pages.iter().copied();
        let new: Vec<u32> = pages
            .filter(|page| self.mended.contains_key(page))
            .collect();
        let missed_by = new.first().and_then(|page| self.mended.get(page));
        let missed_by = missed_by.copied();
        (new, missed_by)
    }

    /// The document on record that has the other pages of a draft, and can take the new
    /// ones: a letter takes those of a letter, a card the sides that it lacks.
    async fn home(
        &self,
        change: &mut Change,
        draft: &Draft,
        new: &[u32],
    ) -> Result<Option<DocumentId>> {
        for (id, read) in &self.read {
            let mut pages = draft.document.pages.iter();
            if !pages.any(|page| read.contains(page)) {
                continue;
            }
            let has = change.sides_of(*id).await?;
            let fits = match &draft.draft.card {
                None => has.is_empty(),
                Some(card) => {
                    let mut lacks = card.sides.iter().filter(|side| new.contains(&side.page));
                    !has.is_empty() && lacks.all(|side| has.iter().all(|had| follows(had, side)))
                }
            };
            if fits {
                return Ok(Some(*id));
            }
        }
        Ok(None)
    }
}

/// Whether two sides can be of one card.
fn follows(one: &DraftSide, other: &DraftSide) -> bool {
    (&one.form, one.version) == (&other.form, other.version) && one.side != other.side
}

/// What of a reading is new to a document on record: of a card the sides that it had
/// missed, for what was read of the others stays; of a letter all.
pub(super) fn new_of(draft: &CaseDraft, mended: &[u32]) -> CaseDraft {
    let mut draft = draft.clone();
    if let Some(card) = &mut draft.card {
        card.sides.retain(|side| mended.contains(&side.page));
        card.fields.retain(|field| {
            let place = field.field.place;
            place.is_some_and(|place| mended.contains(&place.page))
        });
        card.ticks.retain(|tick| mended.contains(&tick.page));
        card.signatures
            .retain(|signature| mended.contains(&signature.page));
    }
    draft
}

/// Files a document that nobody knew of, as the last of its scan, with its new pages.
async fn file(
    change: &mut Change,
    scan: &FiledScan,
    draft: &Draft,
    new: &[u32],
) -> Result<DocumentId> {
    let draft = Draft {
        document: Document {
            ordinal: change.next_ordinal(scan.scan).await?,
            pages: new.to_vec(),
        },
        draft: new_of(&draft.draft, new),
    };
    Ok(filing::file_document(change, from_ref(scan), &draft)
        .await?
        .document)
}

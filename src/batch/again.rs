//! Filed scans with pages that were set aside, read once more: because a person says
//! so, after a fault was mended or a limit raised, or by the next run itself where the
//! machine had been short of memory. What is readable now is put in its place; the
//! night's own sums are not touched.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use super::listing::Listing;
use super::plan::{Source, ToRead, hash, unreadable};
use super::waiting::Waiting;
use super::{BatchError, Night, Progress, readers};
use crate::cases;
use crate::domain::rejection::{Rejection, RejectionCode};
use crate::reader::pool::Reader;
use crate::store::aside::AsideRecord;
use crate::store::{Actor, DocumentId, ScanId, SourceFile, Store, StoreError};

/// A filed scan that lacks pages.
#[derive(Debug, Clone)]
pub struct Incomplete {
    /// The scan.
    pub scan: ScanId,
    /// Its name below the night's folder.
    pub name: String,
    /// Where its file lies now.
    pub path: PathBuf,
    /// A document that lacks a page: its day of receipt is kept.
    pub document: Option<DocumentId>,
    /// Whether a person named it: should the file hold other bytes now, it is the
    /// same paper, mended.
    pub named: bool,
}

/// Reads these scans again, one after the other. Of each: the documents that have
/// changed, none when nothing more could be read, or why it was not read at all.
pub fn read_again(
    night: &Night,
    store: &Store,
    runtime: &tokio::runtime::Runtime,
    scans: &[Incomplete],
    actor: &Actor,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<Vec<Result<Vec<DocumentId>, Rejection>>, BatchError> {
    let _lock = runtime.block_on(store.lock_intake())?;
    read_each(night, store, runtime, scans, actor, progress, stop)
}

/// Reads what a run finds of filed scans whose missing pages the machine had been too
/// short of resources for; what can be read now waits no longer.
pub(super) fn mend_by_itself(
    night: &Night,
    store: &Store,
    runtime: &tokio::runtime::Runtime,
    listing: &Listing,
    waiting: &mut Waiting,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<(), BatchError> {
    let mut starved: BTreeMap<ScanId, Incomplete> = BTreeMap::new();
    let pages = waiting.pages.iter();
    for aside in pages.filter(|aside| aside.rejection.code.is_want_of_resources()) {
        if let Some(file) = listing.scans.iter().find(|scan| scan.name == aside.path) {
            starved.entry(aside.scan).or_insert_with(|| Incomplete {
                scan: aside.scan,
                name: aside.path.clone(),
                path: file.path.clone(),
                document: aside.document,
                named: false,
            });
        }
    }
    if starved.is_empty() {
        return Ok(());
    }
    let starved: Vec<Incomplete> = starved.into_values().collect();
    let by = Actor::postroom();
    read_each(night, store, runtime, &starved, &by, progress, stop)?;
    let now = runtime.block_on(store.asides())?;
    let still = |was: &AsideRecord| {
        let mut now = now.iter();
        now.any(|now| (now.scan, now.page) == (was.scan, was.page))
    };
    waiting.pages.retain(still);
    Ok(())
}

fn read_each(
    night: &Night,
    store: &Store,
    runtime: &tokio::runtime::Runtime,
    scans: &[Incomplete],
    actor: &Actor,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<Vec<Result<Vec<DocumentId>, Rejection>>, BatchError> {
    let mut reader = Reader::new(&night.setup, stop);
    let mut results = Vec::with_capacity(scans.len());
    for scan in scans {
        let to_read = match same_as_filed(night, scan, store, runtime, stop)? {
            Ok(to_read) => to_read,
            Err(rejection) => {
                results.push(Err(rejection));
                continue;
            }
        };
        // Its documents cannot be drafted from this file alone.
        if runtime.block_on(store.shares_a_document(scan.scan))? {
            results.push(Err(shared()));
            continue;
        }
        let receipt = match scan.document {
            Some(document) => runtime.block_on(store.document(document))?.receipt,
            None => to_read.receipt,
        };
        let to_read = ToRead { receipt, ..to_read };
        let read = readers::read_scan(night, &mut reader, &to_read, progress)?;
        let file = SourceFile {
            digest: to_read.source.digest,
            bytes: to_read.source.bytes,
        };
        results.push(match read {
            Ok(read) => match runtime.block_on(cases::reread(store, &read, file, actor)) {
                Err(StoreError::OtherPages { .. }) => Err(other_file()),
                read => Ok(read?),
            },
            Err(rejection) => Err(rejection),
        });
    }
    Ok(results)
}

fn shared() -> Rejection {
    let reason = "the file shares a document with other files of its stack and is not read again \
                  by itself; settle the document by its paper, then discard the page with a reason";
    Rejection::new(RejectionCode::NotRead, reason)
}

fn other_file() -> Rejection {
    let reason = "the file is no longer the one that was filed; a run takes it in as a new scan, \
                  then discard this page with a reason";
    Rejection::new(RejectionCode::Changed, reason)
}

/// The scan, when its file still has the bytes that were filed.
fn same_as_filed(
    night: &Night,
    scan: &Incomplete,
    store: &Store,
    runtime: &tokio::runtime::Runtime,
    stop: &AtomicBool,
) -> Result<Result<ToRead, Rejection>, BatchError> {
    let hashed = hash(&scan.path, stop)?;
    let hashed = hashed.and_then(|digest| Ok((digest, scan.path.metadata()?.len())));
    let (digest, bytes) = match hashed {
        Ok(hashed) => hashed,
        Err(error) => return Ok(Err(unreadable(&error))),
    };
    let known = runtime.block_on(store.scans_by_digest(&[digest]))?;
    let filed = known.iter().find(|record| record.id == scan.scan);
    // A file of the same name that a run took in is a letter of its own.
    let mended = scan.named && known.is_empty();
    if filed.is_none() && !mended {
        return Ok(Err(other_file()));
    }
    Ok(Ok(ToRead {
        scan: scan.scan,
        source: Source {
            name: scan.name.clone(),
            path: scan.path.clone(),
            digest,
            bytes,
        },
        late: false,
        receipt: night.receipt(&scan.name, None, filed.and_then(|filed| filed.receipt)),
    }))
}

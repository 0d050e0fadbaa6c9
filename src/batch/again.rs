//! Filed scans with pages that were set aside, read once more because a person
//! says so: after a fault was mended or a limit raised. What is readable now is
//! put in its place; the night's own sums are not touched.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use super::plan::{ToRead, hash, unreadable};
use super::{BatchError, Night, Progress, readers};
use crate::cases;
use crate::domain::rejection::{Rejection, RejectionCode};
use crate::reader::pool::Reader;
use crate::store::{Actor, DocumentId, ScanId, Store};

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
    let mut reader = Reader::new(&night.setup, stop);
    let mut results = Vec::with_capacity(scans.len());
    for scan in scans {
        let to_read = match same_as_filed(scan, store, runtime, stop)? {
            Ok(to_read) => to_read,
            Err(rejection) => {
                results.push(Err(rejection));
                continue;
            }
        };
        let receipt = match scan.document {
            Some(document) => runtime.block_on(store.document(document))?.receipt,
            None => night.receipt(&scan.name, None),
        };
        let read = readers::read_scan(night, &mut reader, &to_read, receipt, progress)?;
        results.push(match read {
            Ok(read) => Ok(runtime.block_on(cases::reread(store, &read, actor))?),
            Err(rejection) => Err(rejection),
        });
    }
    Ok(results)
}

/// The scan, when its file still has the bytes that were filed.
fn same_as_filed(
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
    if known.iter().all(|record| record.id != scan.scan) {
        let reason =
            "the file is no longer the one that was filed; a run takes it in as a new scan";
        return Ok(Err(Rejection::new(RejectionCode::Changed, reason)));
    }
    Ok(Ok(ToRead {
        scan: scan.scan,
        name: scan.name.clone(),
        path: scan.path.clone(),
        digest,
        bytes,
    }))
}

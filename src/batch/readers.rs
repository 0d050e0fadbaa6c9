//! The reading side of a night: a rayon worker for each reader process.

use std::fs::File;
use std::io::Read as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::index::Index;
use super::plan::{Plan, ToRead, unreadable};
use super::{Night, Progress};
use crate::cases::{Draft, FiledScan};
use crate::domain::case::Receipt;
use crate::domain::identity::Digest;
use crate::domain::page::{PageOutcome, ReadPage};
use crate::domain::rejection::{Rejection, RejectionCode};
use crate::pipeline::{self, group};
use crate::reader::pool::{Reader, ReaderError};
use crate::reader::sandbox::Walls;
use crate::store::ScanId;

/// What came of one scan.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) scan: ScanId,
    pub(super) name: String,
    pub(super) result: Result<FiledScan, Rejection>,
}

/// Scans that may wait for the writer, for each reader: enough that a reader
/// never waits for a commit, few enough that their images stay a small part of
/// memory.
const WAITING: usize = 2;

/// Bytes of page images of one scan that are held until it is filed, 1 GiB: four
/// times the largest file that is taken in, so that only pages that share their
/// pixels in the file can reach it.
const MOST_IMAGES: usize = 1 << 30;

pub(super) fn channel(readers: usize) -> (SyncSender<Outcome>, Receiver<Outcome>) {
    sync_channel(readers * WAITING)
}

/// Starts one reader and ends it again, so that a missing engine stops the night
/// before it begins; says which walls hold. Nothing to read needs no engine.
pub(super) fn first_walls(
    night: &Night,
    stop: &AtomicBool,
    plan: &Plan,
) -> Result<Option<Walls>, ReaderError> {
    if plan.to_read.is_empty() {
        return Ok(None);
    }
    Reader::new(&night.setup, stop).start().map(Some)
}

/// Reads every planned scan and sends what came of it.
pub(super) fn read_all(
    night: &Night,
    plan: &Plan,
    index: &Option<Index>,
    results: SyncSender<Outcome>,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<(), ReaderError> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(night.readers)
        .build()
        .map_err(|e| ReaderError::Start(std::io::Error::other(e)))?;
    let readers: Vec<_> = (0..night.readers)
        .map(|_| Mutex::new(Reader::new(&night.setup, stop)))
        .collect();
    let own_reader = || &readers[rayon::current_thread_index().unwrap_or(0)];
    pool.install(|| {
        plan.to_read
            .par_iter()
            .with_max_len(1)
            .try_for_each(|scan| {
                if stop.load(Ordering::Relaxed) {
                    return Err(ReaderError::Interrupted);
                }
                let mut reader = own_reader().lock().unwrap_or_else(PoisonError::into_inner);
                let receipt = night.receipt(&scan.name, index.as_ref());
                let result = read_scan(night, &mut reader, scan, receipt, progress)?;
                progress.scan(scan.bytes, result.is_err());
                let outcome = Outcome {
                    scan: scan.scan,
                    name: scan.name.clone(),
                    result,
                };
                // The writer is gone only when the store failed; it says so itself.
                results.send(outcome).map_err(|_| ReaderError::Interrupted)
            })
    })
}

/// Reads a scan and drafts its documents; the inner error sets it aside.
pub(super) fn read_scan(
    night: &Night,
    reader: &mut Reader<'_>,
    scan: &ToRead,
    receipt: Receipt,
    progress: &dyn Progress,
) -> Result<Result<FiledScan, Rejection>, ReaderError> {
    let bytes = match take_in(scan, night.setup.limits.scan_bytes) {
        Ok(bytes) => bytes,
        Err(rejection) => return Ok(Err(rejection)),
    };
    let mut pages = Vec::new();
    let mut held = 0;
    let listed = reader.read(&bytes, |mut page| {
        held += page.result.as_ref().map_or(0, images);
        if held > MOST_IMAGES {
            page.result = Err(Rejection::new(
                RejectionCode::TooLarge,
                "the pages before it fill the room that a scan may have; scan it in smaller stacks",
            ));
        }
        progress.page(page.result.is_err());
        pages.push(page);
    });
    match listed {
        Ok(Ok(listed)) => Ok(draft_all(night, scan.scan, listed, pages, receipt)),
        Ok(Err(rejection)) => Ok(Err(rejection)),
        Err(ReaderError::Start(error)) => Ok(Err(Rejection::new(
            RejectionCode::NoReader,
            format!(
                "no reader process could be started: {error}; run again when the machine is less busy"
            ),
        ))),
        Err(error) => Err(error),
    }
}

/// Bytes of both images of a page.
fn images(page: &ReadPage) -> usize {
    let display = page.display.as_ref().map_or(0, |image| image.bytes.len());
    page.original.bytes.len() + display
}

/// The bytes of a scan, when they are still those that were planned.
fn take_in(scan: &ToRead, most: u64) -> Result<Vec<u8>, Rejection> {
    if scan.bytes > most {
        return Err(Rejection::new(
            RejectionCode::TooLarge,
            format!(
                "the file has more than {} MiB; split it and scan the parts",
                most >> 20
            ),
        ));
    }
    let mut bytes = Vec::new();
    // A file that grows meanwhile is not read on for ever.
    let read = File::open(&scan.path).and_then(|file| file.take(most + 1).read_to_end(&mut bytes));
    read.map_err(|error| unreadable(&error))?;
    if Digest::of(&bytes) == scan.digest {
        Ok(bytes)
    } else {
        Err(Rejection::new(
            RejectionCode::Changed,
            "the file changed while it was being taken in; it is read again by the next run",
        ))
    }
}

/// Groups the pages into documents and drafts each. A scan none of whose pages
/// could be read is set aside whole.
fn draft_all(
    night: &Night,
    scan: ScanId,
    listed: u32,
    mut pages: Vec<PageOutcome>,
    receipt: Receipt,
) -> Result<FiledScan, Rejection> {
    let mut lost = pages.iter().filter_map(|page| page.result.as_ref().err());
    if lost.clone().count() == pages.len() {
        return Err(lost.next().cloned().unwrap_or_else(|| {
            Rejection::new(
                RejectionCode::Damaged,
                "the file has no pages; scan it again",
            )
        }));
    }
    // Drafting is our own code on text from anywhere: a fault in it costs the scan.
    let drafted = catch_unwind(AssertUnwindSafe(|| {
        group::mark_enclosures(&mut pages);
        let documents = group::group(&pages).into_iter();
        documents
            .map(|document| {
                let draft = pipeline::draft_letter(&document, &pages, receipt, &night.desk);
                Draft { document, draft }
            })
            .collect()
    }));
    let documents = drafted.map_err(|_| {
        Rejection::new(
            RejectionCode::Fault,
            "the program failed on what it read; keep the paper and report this",
        )
    })?;
    Ok(FiledScan {
        scan,
        listed,
        pages,
        documents,
        provenance: night.provenance.clone(),
    })
}

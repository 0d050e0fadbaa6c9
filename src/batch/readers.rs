//! The reading side of a night: a rayon worker for each reader process.

use std::fs::File;
use std::io::Read as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::budget::{Budget, Room};
use super::plan::{Plan, ToRead, unreadable};
use super::{Night, Progress};
use crate::cases::{Draft, FiledScan};
use crate::domain::identity::Digest;
use crate::domain::page::{PageOutcome, ReadPage};
use crate::domain::rejection::{Rejection, RejectionCode};
use crate::pipeline::{self, group};
use crate::reader::pool::{Reader, ReaderError};
use crate::reader::sandbox::Walls;
use crate::store::ScanId;

/// What came of one scan.
#[derive(Debug)]
pub(super) struct Outcome<'a> {
    pub(super) scan: ScanId,
    pub(super) name: String,
    pub(super) result: Result<FiledScan, Rejection>,
    /// For its images, until they are committed.
    pub(super) room: Room<'a>,
}

/// Scans that may wait for the writer, for each reader: enough that a reader
/// never waits for a commit. What their images may take is [`Budget`]'s.
const WAITING: usize = 2;

/// Bytes of page images of one scan that are held until it is filed, 1 GiB: four
/// times the largest file that is taken in, so that only pages that share their
/// pixels in the file can reach it.
const MOST_IMAGES: usize = 1 << 30;

pub(super) fn channel<'a>(readers: usize) -> (SyncSender<Outcome<'a>>, Receiver<Outcome<'a>>) {
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

/// Reads every planned scan and sends what came of it; says which walls held around
/// every reader that was started.
pub(super) fn read_all<'a>(
    night: &Night,
    plan: &Plan,
    results: SyncSender<Outcome<'a>>,
    budget: &'a Budget,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<Option<Walls>, ReaderError> {
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
                let result = read_scan(night, &mut reader, scan, progress)?;
                progress.scan(scan.bytes, result.is_err());
                let bytes = result.as_ref().map_or(0, images_of);
                let outcome = Outcome {
                    scan: scan.scan,
                    name: scan.name.clone(),
                    result,
                    room: budget.take(bytes, stop).ok_or(ReaderError::Interrupted)?,
                };
                // The writer is gone only when the store failed; it says so itself.
                results.send(outcome).map_err(|_| ReaderError::Interrupted)
            })
    })?;
    let readers = readers.into_iter();
    let walls = readers.filter_map(|reader| {
        reader
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
            .walls()
    });
    Ok(walls.reduce(Walls::weakest))
}

/// Reads a scan and drafts its documents; the inner error sets it aside.
pub(super) fn read_scan(
    night: &Night,
    reader: &mut Reader<'_>,
    scan: &ToRead,
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
        Ok(Ok(listed)) => Ok(draft_all(night, scan, listed, pages)),
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

/// Bytes of the images of a scan.
fn images_of(scan: &FiledScan) -> usize {
    let read = scan
        .pages
        .iter()
        .filter_map(|page| page.result.as_ref().ok());
    read.map(images).sum()
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

/// Groups the pages into documents and drafts each. A file that is torn or foreign on
/// every page is set aside whole; of any other scan whose pages could be listed all are
/// filed, even when the readers died on each.
fn draft_all(
    night: &Night,
    scan: &ToRead,
    listed: u32,
    mut pages: Vec<PageOutcome>,
) -> Result<FiledScan, Rejection> {
    let of_the_file = |page: &PageOutcome| match &page.result {
        Err(rejection) if rejection.code.is_of_the_file() => Some(rejection.clone()),
        _ => None,
    };
    let faults: Option<Vec<Rejection>> = pages.iter().map(of_the_file).collect();
    if let Some(first) = faults.and_then(|faults| faults.into_iter().next()) {
        return Err(first);
    }
    // Drafting is our own code on text from anywhere: a fault in it costs the scan.
    let drafted = catch_unwind(AssertUnwindSafe(|| {
        group::mark_enclosures(&mut pages);
        let documents = group::group(&pages).into_iter();
        documents
            .map(|document| {
                let draft = pipeline::draft(&document, &pages, scan.receipt, &night.desk);
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
        scan: scan.scan,
        listed,
        pages,
        documents,
        provenance: night.provenance.clone(),
    })
}

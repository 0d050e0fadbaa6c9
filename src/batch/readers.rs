//! The reading side of a night: a rayon worker for each reader process.

use std::fs::File;
use std::io::Read as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::budget::{Budget, Room};
use super::bundle::{Bundle, fault};
use super::listing::Listing;
use super::plan::{Plan, Source, ToRead, unreadable};
use super::stacks::{self, Fate, Laid, Leaf, Ready, Stack};
use super::{Night, Progress};
use crate::cases::FiledScan;
use crate::domain::identity::Digest;
use crate::domain::page::{PageOutcome, ReadPage};
use crate::domain::rejection::{Rejection, RejectionCode};
use crate::pipeline::group;
use crate::pipeline::separators::is_separator_page;
use crate::reader::pool::{Reader, ReaderError};
use crate::reader::sandbox::Walls;

/// What came of scans that are filed together, or of one that is not filed.
#[derive(Debug)]
pub(super) struct Outcome<'a> {
    pub(super) scans: Vec<(&'a ToRead, Result<FiledScan, Rejection>)>,
    /// For their images, until they are committed.
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

/// Of a stack, so many files for each reader are read before the next are begun: what is
/// read ahead of the writer is bounded, and readers seldom wait for the slowest.
const AHEAD: usize = 8;

/// Bytes of files of a stack that are read ahead, 64 MiB: for colour scans fewer files.
const MOST_AHEAD: u64 = 64 << 20;

/// Reads every planned scan and sends what came of it; says which walls held around
/// every reader that was started.
pub(super) fn read_all<'a>(
    night: &Night,
    listing: &'a Listing,
    plan: &'a Plan,
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
    let room = Reading {
        night,
        readers: &readers,
        budget,
        progress,
        stop,
    };
    match night.stack {
        true => room.read_stacks(&pool, listing, plan, &results)?,
        false => pool.install(|| {
            let scans = plan.to_read.par_iter().with_max_len(1);
            scans.try_for_each(|scan| {
                let read = room.pages(&scan.source, progress)?;
                progress.scan(scan.source.bytes, read.is_err());
                room.send(drafted(night, scan, read), &results)
            })
        })?,
    }
    let readers = readers.into_iter();
    let walls = readers.filter_map(|reader| {
        reader
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
            .walls()
    });
    Ok(walls.reduce(Walls::weakest))
}

/// The pages of a file and how many the reader listed, or why it is set aside.
type Pages = Result<(u32, Vec<PageOutcome>), Rejection>;

/// What became of scans.
type Drafted<'a> = Vec<(&'a ToRead, Result<FiledScan, Rejection>)>;

/// What the workers share.
struct Reading<'r, 's, 'a> {
    night: &'r Night,
    /// One for each worker.
    readers: &'r [Mutex<Reader<'s>>],
    budget: &'a Budget,
    progress: &'r dyn Progress,
    stop: &'r AtomicBool,
}

impl<'a> Reading<'_, '_, 'a> {
    /// Reads stacks in their order, so many files at a time, and sends what is complete.
    fn read_stacks(
        &self,
        pool: &rayon::ThreadPool,
        listing: &'a Listing,
        plan: &'a Plan,
        results: &SyncSender<Outcome<'a>>,
    ) -> Result<(), ReaderError> {
        let leaves = stacks::leaves(listing, plan);
        let mut rest = leaves.as_slice();
        let mut stack = Stack::new(listing.whole, self.night.setup.limits.scan_pages);
        while !rest.is_empty() {
            let (now, later) = rest.split_at(ahead(rest, self.night.readers));
            rest = later;
            let laid: Vec<Laid<'a>> = pool.install(|| {
                let now = now.par_iter().with_max_len(1);
                now.map(|leaf| self.leaf(leaf)).collect::<Result<_, _>>()
            })?;
            for (leaf, laid) in now.iter().zip(laid) {
                stack.lay(leaf.folder, leaf.name, laid);
            }
            if rest.is_empty() {
                stack.end();
            }
            let drafted: Vec<Drafted<'a>> = pool.install(|| {
                let ready = stack.ready().into_par_iter();
                ready.map(|ready| ready.draft(self.night)).collect()
            });
            for drafted in drafted {
                self.send(drafted, results)?;
            }
        }
        Ok(())
    }

    /// Reads a file of a stack.
    fn leaf(&self, leaf: &Leaf<'a>) -> Result<Laid<'a>, ReaderError> {
        Ok(match leaf.fate {
            Fate::Settled => Laid::Settled,
            Fate::Aside => Laid::Aside,
            Fate::Read(scan) => {
                let read = self.pages(&scan.source, self.progress)?;
                self.progress.scan(scan.source.bytes, read.is_err());
                match read {
                    Ok((listed, pages)) => Laid::Pages(scan, listed, pages),
                    Err(rejection) => Laid::Rejected(scan, rejection),
                }
            }
            Fate::Copy(copy) => match self.pages(copy, &Unheard)? {
                Ok((_, pages)) if pages.iter().any(is_separator_page) => Laid::Separates,
                Ok(_) => Laid::Nothing,
                Err(_) => Laid::Aside,
            },
        })
    }

    /// Reads a file with the reader of this worker.
    fn pages(&self, source: &Source, progress: &dyn Progress) -> Result<Pages, ReaderError> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(ReaderError::Interrupted);
        }
        let own = &self.readers[rayon::current_thread_index().unwrap_or(0)];
        let mut reader = own.lock().unwrap_or_else(PoisonError::into_inner);
        read_pages(self.night, &mut reader, source, progress)
    }

    /// Hands scans on when there is room for their images.
    fn send(
        &self,
        scans: Drafted<'a>,
        results: &SyncSender<Outcome<'a>>,
    ) -> Result<(), ReaderError> {
        let filed = scans.iter().filter_map(|(_, result)| result.as_ref().ok());
        let bytes = filed.map(|scan| images_of(&scan.pages)).sum();
        let room = self.budget.take(bytes, self.stop);
        let room = room.ok_or(ReaderError::Interrupted)?;
        // The writer is gone only when the store failed; it says so itself.
        let sent = results.send(Outcome { scans, room });
        sent.map_err(|_| ReaderError::Interrupted)
    }
}

/// How many of these files are read at once.
fn ahead(leaves: &[Leaf<'_>], readers: usize) -> usize {
    let mut bytes = 0;
    let files = leaves.iter().take_while(|leaf| {
        bytes += leaf.bytes();
        bytes <= MOST_AHEAD
    });
    // A reader each at the least, as without stacks.
    let files = files.count().min(readers * AHEAD).max(readers);
    files.min(leaves.len())
}

/// Nobody counts the pages of copies.
struct Unheard;

impl Progress for Unheard {
    fn found(&self, _: u64) {}
    fn hashed(&self, _: u64) {}
    fn planned(&self, _: u64, _: u64) {}
    fn page(&self, _: bool) {}
    fn scan(&self, _: u64, _: bool) {}
}

impl<'a> Ready<'a> {
    fn draft(self, night: &Night) -> Drafted<'a> {
        match self {
            Self::Bundle(bundle) => bundle.draft(night),
            Self::Rejected(scan, rejection) => vec![(scan, Err(rejection))],
        }
    }
}

/// What becomes of a file by itself.
fn drafted<'a>(night: &Night, scan: &'a ToRead, read: Pages) -> Drafted<'a> {
    match read {
        Ok((listed, pages)) => {
            let mut bundle = Bundle::default();
            bundle.lay(scan, listed, pages);
            bundle.draft(night)
        }
        Err(rejection) => vec![(scan, Err(rejection))],
    }
}

/// Reads a scan and drafts its documents; the inner error sets it aside.
pub(super) fn read_scan(
    night: &Night,
    reader: &mut Reader<'_>,
    scan: &ToRead,
    progress: &dyn Progress,
) -> Result<Result<FiledScan, Rejection>, ReaderError> {
    let read = read_pages(night, reader, &scan.source, progress)?;
    let drafted = drafted(night, scan, read).pop();
    Ok(drafted.map_or_else(|| Err(fault()), |(_, result)| result))
}

/// Reads the pages of a file. One that is torn or foreign on every page is set aside
/// whole; of any other whose pages could be listed all are filed, even when the readers
/// died on each.
fn read_pages(
    night: &Night,
    reader: &mut Reader<'_>,
    source: &Source,
    progress: &dyn Progress,
) -> Result<Pages, ReaderError> {
    let bytes = match take_in(source, night.setup.limits.scan_bytes) {
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
        Ok(Ok(listed)) => Ok(whole(pages).map(|pages| (listed, pages))),
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

/// Bytes of the images of pages.
pub(super) fn images_of(pages: &[PageOutcome]) -> usize {
    let read = pages.iter().filter_map(|page| page.result.as_ref().ok());
    read.map(images).sum()
}

/// Bytes of both images of a page.
fn images(page: &ReadPage) -> usize {
    let display = page.display.as_ref().map_or(0, |image| image.bytes.len());
    page.original.bytes.len() + display
}

/// The bytes of a scan, when they are still those that were planned.
fn take_in(scan: &Source, most: u64) -> Result<Vec<u8>, Rejection> {
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

/// The pages of a file, with its enclosures marked, unless all of them say that the file
/// is torn or foreign.
fn whole(mut pages: Vec<PageOutcome>) -> Result<Vec<PageOutcome>, Rejection> {
    let of_the_file = |page: &PageOutcome| match &page.result {
        Err(rejection) if rejection.code.is_of_the_file() => Some(rejection.clone()),
        _ => None,
    };
    let faults: Option<Vec<Rejection>> = pages.iter().map(of_the_file).collect();
    if let Some(first) = faults.and_then(|faults| faults.into_iter().next()) {
        return Err(first);
    }
    // Our own code on text from anywhere: a fault in it costs the scan.
    let marked = catch_unwind(AssertUnwindSafe(|| {
        group::mark_enclosures(&mut pages);
        pages
    }));
    marked.map_err(|_| fault())
}

//! One nightly run: list, plan, read on every core, file with one writer, and
//! prove at the end that every sheet is accounted for.
//!
//! ```text
//! listing -> plan -> readers (rayon) -> group -> draft -> writer -> summary
//! ```
//!
//! With `--stack`, [`stacks`] joins files between the readers and the drafts.
//!
//! Many readers, one writer: each rayon worker owns a reader process and drafts
//! the documents of the scan it read; the writer alone speaks to the store.

pub mod again;
mod budget;
mod bundle;
pub mod expectation;
pub mod index;
pub mod listing;
mod plan;
mod readers;
mod stacks;
pub mod summary;
mod waiting;
mod writer;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use jiff::civil::Date;

use crate::domain::case::{Receipt, ReceiptOrigin};
use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::guarantee::Rate;
use crate::pipeline::Desk;
use crate::reader::{ReaderSetup, pool::ReaderError, sandbox::Walls};
use crate::store::{Actor, Provenance, Store, StoreError};
use budget::{Budget, MOST_WAITING};
use expectation::Expectation;
use index::{Found, Index};
use listing::ListingError;
use summary::Summary;

/// Everything one run needs to know.
#[derive(Debug)]
pub struct Night {
    /// The scanner's folder.
    pub folder: PathBuf,
    /// File names that are not scans.
    pub ignore: listing::Ignore,
    /// `--index`; `None` looks for `index.csv` in the folder.
    pub index: Option<PathBuf>,
    /// `--received`.
    pub received: Option<Date>,
    /// Today in the configured time zone.
    pub today: Date,
    /// What the scanner's counter says.
    pub expectation: Option<Expectation>,
    /// Whether the files of one folder are one stack, in which a document may go on from
    /// one file into the next.
    pub stack: bool,
    /// How many readers; one for each core as a rule.
    pub readers: usize,
    /// What each reader is started with.
    pub setup: ReaderSetup,
    /// What documents are read against.
    pub desk: Desk,
    /// The hashes kept with every reading.
    pub provenance: Provenance,
    /// Of so many cards the accepted fields are keyed again, blind.
    pub blind: Rate,
    /// The cases of the messages that files came with, by the files' names.
    pub came_with: BTreeMap<String, CaseReference>,
    /// What a person asked to try again.
    pub retry: Option<Retry>,
}

/// Scans that a person asked to try again.
#[derive(Debug, Clone)]
pub struct Retry {
    /// The scans, by their path.
    pub scans: Vec<String>,
    /// Of these, the ones that were named one by one: should such a file hold other
    /// bytes now, they are the same paper, mended.
    pub mended: Vec<String>,
    /// Who asked.
    pub by: Actor,
}

/// What stopped a run. Poor paper never does.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// The folder cannot be listed.
    #[error(transparent)]
    Listing(#[from] ListingError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No reader could be started, or its engine is missing.
    #[error(transparent)]
    Reader(#[from] ReaderError),
    /// The sums do not add up: a fault of the program, never of the paper.
    #[error(
        "the balance does not add up: {0}; keep the paper, run `postroom verify` and report this"
    )]
    Balance(String),
}

/// Hears how the run goes; the command line draws its bars from it.
pub trait Progress: Sync {
    /// Files of so many bytes were found, and are looked through for what is new.
    fn found(&self, bytes: u64);
    /// One of so many bytes was.
    fn hashed(&self, bytes: u64);
    /// So many scans are to be read; `bytes` in all.
    fn planned(&self, scans: u64, bytes: u64);
    /// A page was read or set aside.
    fn page(&self, aside: bool);
    /// A scan of so many bytes is done.
    fn scan(&self, bytes: u64, aside: bool);
}

/// Runs the night. `stop` ends it from outside, and is set by the run itself when
/// the store fails, so that the readers end.
pub fn run(
    night: &Night,
    store: &Store,
    runtime: &tokio::runtime::Runtime,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<Summary, BatchError> {
    let began = Instant::now();
    let mut lock = runtime.block_on(store.lock_intake())?;
    let mut listing = listing::list(&night.folder, &night.ignore, night.index.as_deref())?;
    if night.stack {
        listing.scans.sort_by(stacks::in_stacks);
    }
    let named = night.index.as_deref();
    let mut found = Found::of(&night.folder, named, &listing.scans, night.today);
    if !listing.whole {
        // What else the index has is not missing: it was not looked for.
        found = found.only(&listing.scans);
    }
    let Found { index, faults } = found;
    let hashed = plan::hash_all(&listing, progress, stop)?;
    let batch = runtime.block_on(store.begin_batch(&listing.folder))?;
    let planned = plan::plan(night, index.as_ref(), &listing, hashed, &batch, store);
    let mut plan = runtime.block_on(planned)?;
    progress.planned(plan.to_read.len() as u64, plan.bytes());
    again::mend_by_itself(
        night,
        store,
        runtime,
        &listing,
        &mut plan.waiting,
        progress,
        stop,
    )?;
    // What was filed before is no part of this run's sums.
    let before = runtime.block_on(store.on_record(&batch))?;

    let mut summary = Summary::begin(&batch, &listing, &plan);
    summary.evidence = night.desk.acceptance.told();
    let first = readers::first_walls(night, stop, &plan)?;
    let (results, incoming) = readers::channel(night.readers);
    let budget = Budget::new(MOST_WAITING);
    let walls = std::thread::scope(|scope| {
        let reading = scope
            .spawn(|| readers::read_all(night, &listing, &plan, results, &budget, progress, stop));
        let written = writer::write_all(incoming, store, runtime, &mut lock, &mut summary);
        if written.is_err() {
            // Nothing more can be filed: the readers need not finish their scans.
            stop.store(true, Ordering::Relaxed);
        }
        let read = reading
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        written
            .map_err(BatchError::from)
            .and(read.map_err(BatchError::from))
    });
    summary.sandbox = first.into_iter().chain(walls?).reduce(Walls::weakest);
    summary.compare(index.as_ref(), night.expectation.as_ref());
    let faults = faults.iter().map(ToString::to_string);
    summary.missing.extend(faults);
    summary.seconds = began.elapsed().as_secs_f64();
    let now = runtime.block_on(store.on_record(&batch))?;
    let proven = summary.balance();
    let proven = proven.and_then(|()| summary.prove(&now.since(&before)));
    proven.map_err(BatchError::Balance)?;
    runtime.block_on(lock.still_held())?;
    if let Some(Retry { mended, by, .. }) = &night.retry {
        let settled = store.settle_mended(&batch, &listing.folder, mended, by);
        runtime.block_on(settled)?;
    }
    runtime.block_on(store.finish_batch(&batch, &summary.to_json()))?;
    Ok(summary)
}

impl Night {
    /// The day of receipt of a scan: what the command line says, now or when it was
    /// first claimed, else the index, else the day of that first claim, else today.
    fn receipt(&self, path: &str, index: Option<&Index>, first: Option<Receipt>) -> Receipt {
        let of = |origin| move |day| Receipt { day, origin };
        let said = self.received.map(of(ReceiptOrigin::CommandLine));
        said.or_else(|| first.filter(|first| first.origin == ReceiptOrigin::CommandLine))
            .or_else(|| index?.received(path).map(of(ReceiptOrigin::Index)))
            .or(first)
            .unwrap_or_else(|| of(ReceiptOrigin::Today)(self.today))
    }
}

impl Retry {
    /// All names, and those of mended files.
    fn names(&self) -> (BTreeSet<&str>, BTreeSet<&str>) {
        let scans = self.scans.iter().map(String::as_str).collect();
        (scans, self.mended.iter().map(String::as_str).collect())
    }
}

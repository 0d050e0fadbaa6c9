//! One nightly run: list, plan, read on every core, file with one writer, and
//! prove at the end that every sheet is accounted for.
//!
//! ```text
//! listing -> plan -> readers (rayon) -> group -> draft -> writer -> summary
//! ```
//!
//! Many readers, one writer: each rayon worker owns a reader process and drafts
//! the documents of the scan it read; the writer alone speaks to the store.

pub mod again;
pub mod expectation;
pub mod index;
pub mod listing;
mod plan;
mod readers;
pub mod summary;
mod writer;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use jiff::civil::Date;

use crate::domain::case::{Receipt, ReceiptOrigin};
use crate::pipeline::Desk;
use crate::reader::{ReaderSetup, pool::ReaderError};
use crate::store::{Provenance, Store, StoreError};
use expectation::Expectation;
use index::{Index, IndexError};
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
    /// How many readers; one for each core as a rule.
    pub readers: usize,
    /// What each reader is started with.
    pub setup: ReaderSetup,
    /// What documents are read against.
    pub desk: Desk,
    /// The hashes kept with every reading.
    pub provenance: Provenance,
    /// Scans that a person asked to try again, by their path.
    pub retry: Vec<String>,
}

/// What stopped a run. Poor paper never does.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// The folder cannot be listed.
    #[error(transparent)]
    Listing(#[from] ListingError),
    /// The index file cannot be used.
    #[error(transparent)]
    Index(#[from] IndexError),
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
    let _lock = runtime.block_on(store.lock_intake())?;
    let listing = listing::list(&night.folder, &night.ignore, night.index.as_deref())?;
    let hashed = plan::hash_all(&listing, progress, stop)?;
    let mut index = Index::find(&night.folder, night.index.as_deref())?;
    if !listing.whole {
        // What else the index has is not missing: it was not looked for.
        index = index.map(|index| index.of(&listing.scans));
    }
    let batch = runtime.block_on(store.begin_batch(&listing.folder))?;
    let before = runtime.block_on(store.on_record(&batch))?;
    let plan = runtime.block_on(plan::plan(&listing, hashed, &batch, store, &night.retry))?;
    progress.planned(plan.to_read.len() as u64, plan.bytes());

    let mut summary = Summary::begin(&batch, &listing, &plan);
    let walls = readers::first_walls(night, stop, &plan)?;
    summary.sandbox = walls;
    let (results, incoming) = readers::channel(night.readers);
    let written = std::thread::scope(|scope| {
        let reading =
            scope.spawn(|| readers::read_all(night, &plan, &index, results, progress, stop));
        let written = writer::write_all(incoming, store, runtime, &mut summary);
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
    written?;
    summary.compare(index.as_ref(), night.expectation.as_ref());
    summary.seconds = began.elapsed().as_secs_f64();
    let now = runtime.block_on(store.on_record(&batch))?;
    let proven = summary.balance();
    let proven = proven.and_then(|()| summary.prove(&now.since(&before)));
    proven.map_err(BatchError::Balance)?;
    runtime.block_on(store.finish_batch(&batch, &summary.to_json()))?;
    Ok(summary)
}

impl Night {
    /// The day of receipt of a scan: the command line, else the index, else today.
    fn receipt(&self, path: &str, index: Option<&Index>) -> Receipt {
        let indexed = || index.and_then(|index| index.received(path));
        let (day, origin) = if let Some(day) = self.received {
            (day, ReceiptOrigin::CommandLine)
        } else if let Some(day) = indexed() {
            (day, ReceiptOrigin::Index)
        } else {
            (self.today, ReceiptOrigin::Today)
        };
        Receipt { day, origin }
    }
}

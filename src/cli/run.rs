//! `postroom run DIR`: the night.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, Result};
use clap::Args;
use jiff::civil::Date;

use super::exit::Exit;
use super::output;
use super::progress::Bars;
use super::settings::Settings;
use super::{Place, runtime};
use crate::batch::again::{self, Incomplete};
use crate::batch::expectation::Expectation;
use crate::batch::listing::Ignore;
use crate::batch::summary::Summary;
use crate::batch::{self, Night};
use crate::domain::rejection::Rejection;
use crate::engines;
use crate::reader::ReaderSetup;
use crate::store::{Actor, DocumentId, Provenance};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom run /scans/tonight --store /srv/postroom
  postroom run /scans/tonight --expect 412 --received 2026-11-20
  postroom run /scans/tonight --json > night.json

Run the same command again at any time: what is filed stays filed, the rest is done.")]
pub(super) struct RunArguments {
    /// The scanner's folder; every file below it is a scan
    dir: PathBuf,
    #[command(flatten)]
    options: RunOptions,
}

/// What `run` and `watch` share.
#[derive(Debug, Args)]
pub(super) struct RunOptions {
    /// Page images by the scanner's counter; a difference ends with exit 1
    #[arg(long, value_name = "N", conflicts_with = "expect_sheets")]
    expect: Option<u64>,
    /// Sheets of paper by the scanner's counter, scanned on one side or on both
    #[arg(long, value_name = "N")]
    expect_sheets: Option<u64>,
    // As an attribute: in a comment the brackets would be links.
    #[arg(
        long,
        value_name = "FILE",
        help = "The scanner's list: file[,pages][,serial][,received] [default: index.csv in DIR]"
    )]
    index: Option<PathBuf>,
    /// The day of receipt [default: the index's, else today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    received: Option<Date>,
    /// Gazetteer file, in place of gazetteer.files
    #[arg(long, value_name = "FILE")]
    gazetteer: Vec<PathBuf>,
    /// Folder of form files, in place of forms.dir
    #[arg(long, value_name = "DIR")]
    forms: Option<PathBuf>,
    /// Reader processes [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    readers: Option<u16>,
    /// A script for the fake engine; for tests
    #[arg(long, hide = true, value_name = "FILE")]
    fake_script: Option<PathBuf>,
}

pub(super) fn run(place: &Place, arguments: &RunArguments) -> Result<Exit> {
    let stop = stop_on_interrupt()?;
    let extra = Extra::default();
    let summary = run_once(place, &arguments.dir, &arguments.options, extra, &stop)?;
    if place.json {
        output::say(&format!("{}\n", summary.to_json()))?;
    } else {
        output::summary(&summary, place)?;
    }
    Ok(if summary.needs_a_person() {
        Exit::Look
    } else {
        Exit::Done
    })
}

/// What a run is told beside its options.
#[derive(Debug, Default)]
pub(super) struct Extra {
    /// Scans that a person wants tried again.
    pub(super) retry: Vec<String>,
    /// Files that the scanner has not finished.
    pub(super) unfinished: BTreeSet<PathBuf>,
}

/// One run over a folder.
pub(super) fn run_once(
    place: &Place,
    folder: &Path,
    options: &RunOptions,
    extra: Extra,
    stop: &AtomicBool,
) -> Result<Summary> {
    let settings = Settings::settle(place)?;
    let night = night(&settings, folder, options, extra)?;
    let runtime = runtime()?;
    let (store, created) = settings.create_or_open(&runtime)?;
    if created {
        eprintln!(
            "New store in {}; its postroom.toml holds every setting.",
            place.store
        );
    }
    let bars = Bars::new();
    let summary = batch::run(&night, &store, &runtime, &bars, stop);
    bars.finish();
    let summary = summary?;
    if summary.sandbox.is_some_and(|walls| !walls.all_hold()) {
        eprintln!(
            "Warning: this machine's kernel lacks a wall around the readers (see \"sandbox\" in --json)."
        );
    }
    Ok(summary)
}

/// Reads filed scans with missing pages once more.
pub(super) fn read_again(
    place: &Place,
    folder: &Path,
    options: &RunOptions,
    scans: &[Incomplete],
    actor: &Actor,
    stop: &AtomicBool,
) -> Result<Vec<Result<Vec<DocumentId>, Rejection>>> {
    let settings = Settings::settle(place)?;
    let night = night(&settings, folder, options, Extra::default())?;
    let runtime = runtime()?;
    let store = settings.open(&runtime)?;
    let bars = Bars::new();
    let read = again::read_again(&night, &store, &runtime, scans, actor, &bars, stop);
    bars.finish();
    Ok(read?)
}

fn night(settings: &Settings, folder: &Path, options: &RunOptions, extra: Extra) -> Result<Night> {
    let config = &settings.config;
    let desk = settings.desk(&options.gazetteer, options.forms.as_deref())?;
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    let readers = options.readers.map(usize::from).or(config.readers);
    let expectation = options.expect.map(Expectation::Pages);
    let expectation = expectation.or(options.expect_sheets.map(Expectation::Sheets));
    Ok(Night {
        folder: folder.to_owned(),
        ignore: Ignore::new(&config.ignore)
            .leaving(extra.unfinished)
            .but_store(settings.folder()),
        index: options.index.clone(),
        received: options.received,
        today: jiff::Timestamp::now()
            .to_zoned(config.time_zone.clone())
            .date(),
        expectation,
        readers: readers.unwrap_or_else(cores),
        setup: ReaderSetup {
            program: std::env::current_exe().context("this program's own file")?,
            tessdata: config.models.clone(),
            fake_script: options.fake_script.clone(),
            limits: config.limits,
        },
        provenance: Provenance {
            program: env!("CARGO_PKG_VERSION").to_owned(),
            model: engines::model_digest(config.models.as_deref())?,
            rules: desk.rules.digest(),
            gazetteer: desk.gazetteer.digest(),
        },
        desk,
        retry: extra.retry,
    })
}

/// Ctrl-C and termination end the run at the next page; what is filed stays filed.
pub(super) fn stop_on_interrupt() -> Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&stop);
    ctrlc::set_handler(move || asked.store(true, Ordering::Relaxed))
        .context("Ctrl-C cannot be listened for")?;
    Ok(stop)
}

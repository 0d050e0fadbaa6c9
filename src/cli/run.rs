//! `postroom run DIR`: the night.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, Result};
use clap::Args;
use jiff::civil::Date;
use tokio::runtime::Runtime;

use super::exit::{Exit, Misused};
use super::output::{self, tell};
use super::progress::Bars;
use super::settings::Settings;
use super::{Place, reply, runtime};
use crate::batch::again::{self, Incomplete};
use crate::batch::expectation::Expectation;
use crate::batch::summary::Summary;
use crate::batch::{self, Night, Retry};
use crate::domain::case::receipt_in_reason;
use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::identity::Digest;
use crate::domain::rejection::Rejection;
use crate::engines;
use crate::reader::ReaderSetup;
use crate::rules::Classifier;
use crate::store::{Actor, DocumentId, Provenance, Store};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom run /scans/tonight --store /srv/postroom
  postroom run /scans/tonight --expect 412 --received 2026-11-20
  postroom run /scans/tonight --json > night.json
  postroom run /scans/tonight --stack    # a file for each page

Run the same command again at any time: what is filed stays filed, the rest is done.")]
pub(super) struct RunArguments {
    /// The scanner's folder; every file below it is a scan
    dir: PathBuf,
    #[command(flatten)]
    counted: Counted,
    #[command(flatten)]
    options: RunOptions,
}

/// What the scanner's counter says of a whole folder.
#[derive(Debug, Args)]
struct Counted {
    /// Page images by the scanner's counter; a difference ends with exit 1
    #[arg(long, value_name = "N", conflicts_with = "expect_sheets")]
    expect: Option<u64>,
    /// Sheets of paper by the scanner's counter, scanned on one side or on both
    #[arg(long, value_name = "N")]
    expect_sheets: Option<u64>,
}

/// What `run`, `watch` and `aside retry` share.
#[derive(Debug, Default, Args)]
pub(super) struct RunOptions {
    // As an attribute: in a comment the brackets would be links.
    #[arg(
        long,
        value_name = "FILE",
        help = "The scanner's list: file[,pages][,serial][,received] [default: index.csv in DIR]"
    )]
    pub(super) index: Option<PathBuf>,
    /// The day of receipt, at most a year ago [default: the index's, else today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    received: Option<Date>,
    /// Let documents go on from one file of a folder into the next, in natural name order,
    /// until a separator comes
    #[arg(long)]
    pub(super) stack: bool,
    #[command(flatten)]
    pub(super) reading: ReadingOptions,
}

/// With what pages are read, be they of a folder or attached to an e-mail.
#[derive(Debug, Default, Clone, Args)]
pub(super) struct ReadingOptions {
    /// Gazetteer file, in place of gazetteer.files
    #[arg(long, value_name = "FILE")]
    gazetteer: Option<PathBuf>,
    /// Folder of form files, in place of forms.dir
    #[arg(long, value_name = "DIR")]
    forms: Option<PathBuf>,
    /// Reader processes [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    readers: Option<u16>,
    /// A script for the fake engine; for tests
    #[arg(long, hide = true, value_name = "FILE")]
    fake_script: Option<PathBuf>,
    /// What day it is; for tests
    #[arg(long, hide = true, value_name = "YYYY-MM-DD")]
    today: Option<Date>,
}

impl From<ReadingOptions> for RunOptions {
    /// A run over files that no scanner has a list of.
    fn from(reading: ReadingOptions) -> Self {
        Self {
            reading,
            ..Self::default()
        }
    }
}

impl ReadingOptions {
    /// Today where the post comes in.
    pub(super) fn today(&self, settings: &Settings) -> Date {
        self.today.unwrap_or_else(|| settings.today())
    }
}

pub(super) fn run(place: &Place, arguments: &RunArguments) -> Result<Exit> {
    let stop = Stop::on_interrupt()?;
    let pages = arguments.counted.expect.map(Expectation::Pages);
    let sheets = arguments.counted.expect_sheets.map(Expectation::Sheets);
    let extra = Extra {
        expectation: pages.or(sheets),
        ..Extra::default()
    };
    let summary = run_once(place, &arguments.dir, &arguments.options, extra, &stop.run)?;
    if place.json {
        output::say_exact(&format!("{}\n", summary.to_json()))?;
    } else {
        output::summary(&summary, place)?;
    }
    if summary.scans == 0 {
        tell!(
            "No scans below {}; is the disk mounted?",
            arguments.dir.display()
        );
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
    /// What a person wants tried again.
    pub(super) retry: Option<Retry>,
    /// The only files to take, when it is not the whole folder.
    pub(super) only: Option<BTreeSet<PathBuf>>,
    /// What the scanner's counter says.
    pub(super) expectation: Option<Expectation>,
    /// The cases of the messages that files came with, by the files' names.
    pub(super) came_with: BTreeMap<String, CaseReference>,
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
    warn_of_rules(&night);
    let runtime = runtime()?;
    let (store, created) = settings.create_or_open(&runtime)?;
    say_when_new(place, &settings, created);
    let summary = with_bars(&night, &store, &runtime, stop)?;
    reply::after(place, &settings, &runtime, &store, &options.reading);
    Ok(summary)
}

/// Rules that can never fire are told of, for they were written to.
pub(super) fn warn_of_rules(night: &Night) {
    for warning in night.desk.rules.warnings() {
        tell!("Warning: {warning}");
    }
}

/// Tells who began without a store that they have one now.
pub(super) fn say_when_new(place: &Place, settings: &Settings, created: bool) {
    if created {
        let store = output::new_store(place, &settings.config);
        tell!("{store}; its postroom.toml holds every setting.");
    }
}

/// A run, drawn for who waits for it.
pub(super) fn with_bars(
    night: &Night,
    store: &Store,
    runtime: &Runtime,
    stop: &AtomicBool,
) -> Result<Summary> {
    let bars = Bars::new();
    let summary = batch::run(night, store, runtime, &bars, stop);
    bars.finish();
    let summary = summary?;
    if summary.sandbox.is_some_and(|walls| !walls.all_hold()) {
        tell!(
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

/// Everything a run needs to know; an error is a wrong setting.
pub(super) fn night(
    settings: &Settings,
    folder: &Path,
    options: &RunOptions,
    extra: Extra,
) -> Result<Night> {
    let config = &settings.config;
    let reading = &options.reading;
    let today = reading.today(settings);
    if let Some(day) = options.received {
        receipt_in_reason(day, today).map_err(|why| {
            Misused(format!(
                "--received {day} {why}; give the day on which the post came in"
            ))
        })?;
    }
    let mut desk = settings.desk(reading.gazetteer.as_deref())?;
    let forms = settings.forms(reading.forms.as_deref())?;
    let texts: Vec<String> = forms.iter().map(|form| form.text.clone()).collect();
    desk.forms = forms.into_iter().map(|form| form.form).collect();
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    let readers = reading.readers.map(usize::from).or(config.readers);
    let ignore = settings.ignore();
    Ok(Night {
        folder: folder.to_owned(),
        ignore: match extra.only {
            Some(files) => ignore.taking_only(files),
            None => ignore,
        },
        index: options.index.clone(),
        received: options.received,
        today,
        expectation: extra.expectation,
        stack: options.stack || config.stack,
        readers: readers.unwrap_or_else(cores),
        setup: ReaderSetup {
            program: std::env::current_exe().context("this program's own file")?,
            tessdata: config.models.clone(),
            fake_script: reading.fake_script.clone(),
            forms: texts.clone(),
            limits: config.limits,
        },
        provenance: Provenance {
            program: env!("CARGO_PKG_VERSION").to_owned(),
            model: engines::model_digest(config.models.as_deref())?,
            rules: desk.rules.digest(),
            classifier: desk.rules.classifier().map(Classifier::digest),
            gazetteer: desk.gazetteer.digest(),
            forms: Digest::of(texts.concat().as_bytes()),
            handprint: Some(engines::handprint_digest()),
            thresholds: desk.acceptance.digest(),
            lexicons: desk.lexicons.digest(),
        },
        desk,
        blind: config.blind,
        came_with: extra.came_with,
        retry: extra.retry,
    })
}

/// Ctrl-C and termination end the run at the next page; what is filed stays filed.
pub(super) struct Stop {
    asked: Arc<AtomicBool>,
    /// Ends a run. One whose store fails sets it too, for its readers.
    pub(super) run: Arc<AtomicBool>,
}

impl Stop {
    pub(super) fn on_interrupt() -> Result<Self> {
        let (asked, run) = (Arc::default(), Arc::default());
        let stop = Self { asked, run };
        let (asked, run) = (Arc::clone(&stop.asked), Arc::clone(&stop.run));
        ctrlc::set_handler(move || {
            asked.store(true, Ordering::SeqCst);
            run.store(true, Ordering::SeqCst);
        })
        .context("Ctrl-C cannot be listened for")?;
        Ok(stop)
    }

    /// Whether the end was asked for.
    pub(super) fn asked(&self) -> bool {
        self.asked.load(Ordering::SeqCst)
    }

    /// What ends one more run, whatever became of the last; none when the end was
    /// asked for.
    pub(super) fn of_another_run(&self) -> Option<&AtomicBool> {
        self.run.store(false, Ordering::SeqCst);
        (!self.asked()).then_some(&self.run)
    }
}

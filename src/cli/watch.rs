//! `postroom watch DIR`: a hot folder.
//!
//! A file is complete when neither its size nor its time of change has moved for
//! a while; until then it is left alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use anyhow::Result;
use clap::Args;

use super::Place;
use super::exit::Exit;
use super::output;
use super::run::{self, Extra, RunOptions};
use super::settings::Settings;
use crate::batch::listing::{self, Ignore};

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  postroom watch /scans/hot --store /srv/postroom

Files that are still growing are left until they are complete. Ctrl-C ends it.")]
pub(super) struct WatchArguments {
    /// The folder that the scanner writes to
    dir: PathBuf,
    /// A file is complete when it has not changed for so long
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    settle: u64,
    #[command(flatten)]
    options: RunOptions,
}

/// How often the folder is looked at.
const GLANCE: Duration = Duration::from_secs(1);

pub(super) fn watch(place: &Place, arguments: &WatchArguments) -> Result<Exit> {
    let stop = run::stop_on_interrupt()?;
    let settings = Settings::settle(place)?;
    let ignore = Ignore::new(&settings.config.ignore);
    let mut seen = Seen::default();
    eprintln!("Watching {}. Ctrl-C ends it.", arguments.dir.display());
    while !stop.load(Ordering::Relaxed) {
        let unfinished = seen.look(&arguments.dir, &ignore, arguments.settle)?;
        if seen.something_new() {
            let extra = Extra {
                unfinished,
                ..Extra::default()
            };
            let summary = run::run_once(place, &arguments.dir, &arguments.options, extra, &stop)?;
            seen.taken();
            if place.json {
                output::say(&format!("{}\n", summary.to_json()))?;
            } else {
                output::summary(&summary, place)?;
            }
        }
        pause(&stop);
    }
    Ok(Exit::Done)
}

fn pause(stop: &AtomicBool) {
    let end = Instant::now() + GLANCE;
    while Instant::now() < end && !stop.load(Ordering::Relaxed) {
        std::thread::sleep(GLANCE / 10);
    }
}

/// The folder as it was at the last look.
#[derive(Default)]
struct Seen {
    files: BTreeMap<PathBuf, Sight>,
}

struct Sight {
    bytes: u64,
    changed: Option<SystemTime>,
    since: Instant,
    complete: bool,
    taken: bool,
}

impl Seen {
    /// Looks again; returns the files that are not complete yet.
    fn look(&mut self, dir: &Path, ignore: &Ignore, settle: u64) -> Result<BTreeSet<PathBuf>> {
        let now = Instant::now();
        let mut files = BTreeMap::new();
        for scan in listing::list(dir, ignore, None)?.scans {
            let metadata = std::fs::metadata(&scan.path);
            let changed = metadata.ok().and_then(|metadata| metadata.modified().ok());
            let fresh = || Sight {
                bytes: scan.bytes,
                changed,
                since: now,
                complete: false,
                taken: false,
            };
            let before = self.files.remove(&scan.path);
            let same = before.filter(|b| (b.bytes, b.changed) == (scan.bytes, changed));
            let mut sight = same.unwrap_or_else(fresh);
            sight.complete = now - sight.since >= Duration::from_secs(settle);
            files.insert(scan.path, sight);
        }
        self.files = files;
        let unfinished = self.files.iter().filter(|(_, sight)| !sight.complete);
        Ok(unfinished.map(|(path, _)| path.clone()).collect())
    }

    fn something_new(&self) -> bool {
        self.files
            .values()
            .any(|sight| sight.complete && !sight.taken)
    }

    fn taken(&mut self) {
        for sight in self.files.values_mut() {
            sight.taken = sight.complete;
        }
    }
}

//! `postroom watch DIR`: a hot folder.
//!
//! A file is complete when neither its size nor its times of change have moved for
//! a while. A run is handed the complete files and takes no other: what the
//! scanner begins meanwhile waits for its own turn.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::Args;
use tokio::runtime::Runtime;

use super::exit::Exit;
use super::output::{self, tell};
use super::run::{self, Extra, RunOptions, Stop};
use super::settings::Settings;
use super::{Place, message, runtime};
use crate::batch::BatchError;
use crate::batch::listing;
use crate::batch::summary::Summary;
use crate::domain::rejection::RejectionCode;
use crate::reader::pool::ReaderError;
use crate::store::{Store, StoreError};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom watch /scans/hot --store /srv/postroom

A file is taken once it is complete; each time the new ones alone are read, and one summary \
is printed. While another run is at work, or a store or disk fails, the watch says so once and \
waits. What failed for want of resources is tried again with the next new file, or in an hour.

Ctrl-C ends it: with 0, or with 130 when a run was at work; the next watch or run goes on.")]
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

/// The longest wait while something fails: whoever mends it sees the watch go on
/// before they have doubts.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// What failed for want of resources is tried again after so long, should nothing new
/// come before: a machine has had time to recover, and a log is not filled with one file.
const AGAIN: Duration = Duration::from_secs(3600);

pub(super) fn watch(place: &Place, arguments: &WatchArguments) -> Result<Exit> {
    let stop = Stop::on_interrupt()?;
    let mut hot = HotFolder::new(place, arguments)?;
    // What is wrong already now, a setting or the folder's name, ends the watch.
    run::warn_of_rules(&hot.night(None)?);
    hot.look()?;
    tell!("Watching {}. Ctrl-C ends it.", arguments.dir.display());
    let mut trouble = Trouble::default();
    while !stop.asked() {
        pause(&stop);
        if trouble.waits() {
            continue;
        }
        match hot.take_in(&stop) {
            Ok(()) => trouble.passed(),
            Err(error) if may_pass(&error) => trouble.met(&message(&error)),
            Err(error) => return Err(error),
        }
    }
    Ok(Exit::Done)
}

fn pause(stop: &Stop) {
    let end = Instant::now() + GLANCE;
    while Instant::now() < end && !stop.asked() {
        std::thread::sleep(GLANCE / 10);
    }
}

/// The folder, and where its post goes.
struct HotFolder<'a> {
    place: &'a Place,
    arguments: &'a WatchArguments,
    settings: Settings,
    runtime: Runtime,
    /// Whether the store is there, so that none is made in its place while its
    /// disk is away.
    store_made: bool,
    seen: Seen,
}

impl<'a> HotFolder<'a> {
    fn new(place: &'a Place, arguments: &'a WatchArguments) -> Result<Self> {
        let settings = Settings::settle(place)?;
        let stacks = arguments.options.stack || settings.config.stack;
        Ok(Self {
            place,
            arguments,
            settings,
            runtime: runtime()?,
            store_made: false,
            seen: Seen {
                stacks,
                ..Seen::default()
            },
        })
    }

    fn look(&mut self) -> Result<()> {
        let index = self.arguments.options.index.as_deref();
        let listing = listing::list(&self.arguments.dir, &self.settings.ignore(), index)?;
        self.seen.look(listing.scans);
        Ok(())
    }

    /// Files what is complete and new, and says so.
    fn take_in(&mut self, stop: &Stop) -> Result<()> {
        self.look()?;
        let settle = Duration::from_secs(self.arguments.settle);
        let files = self.seen.turn(settle);
        if files.is_empty() {
            return Ok(());
        }
        let night = self.night(Some(files.clone()))?;
        let store = self.open()?;
        let Some(stop) = stop.of_another_run() else {
            return Ok(());
        };
        let summary = run::with_bars(&night, &store, &self.runtime, stop)?;
        self.seen.taken(&files, &summary);
        if self.place.json {
            output::say_exact(&format!("{}\n", summary.to_json()))?;
        } else {
            output::summary(&summary, self.place)?;
        }
        Ok(())
    }

    fn night(&self, only: Option<BTreeSet<PathBuf>>) -> Result<crate::batch::Night> {
        let extra = Extra {
            only,
            ..Extra::default()
        };
        let WatchArguments { dir, options, .. } = self.arguments;
        run::night(&self.settings, dir, options, extra)
    }

    fn open(&mut self) -> Result<Store> {
        if self.store_made {
            return self.settings.open(&self.runtime);
        }
        let (store, created) = self.settings.create_or_open(&self.runtime)?;
        run::say_when_new(self.place, &self.settings, created);
        self.store_made = true;
        Ok(store)
    }
}

/// The files of the folder as they were at the last look.
#[derive(Default)]
struct Seen {
    files: BTreeMap<PathBuf, Sight>,
    /// Whether a folder's files are one stack, which is taken when none of them moves.
    stacks: bool,
}

struct Sight {
    name: String,
    /// None where nothing can be looked at; a run says why.
    signs: Option<Signs>,
    since: Instant,
    taken: bool,
    /// When it is tried again, having failed for want of resources; it goes along
    /// with any run before that.
    again: Option<Instant>,
}

/// Size and times, none of which moves while nobody writes. The time of the last
/// change of any kind is the kernel's own: copying tools cannot set it back, and it
/// tells of mended permissions too.
type Signs = (u64, [i64; 4]);

fn signs(path: &Path) -> Option<Signs> {
    let file = std::fs::symlink_metadata(path).ok()?;
    let times = [
        file.mtime(),
        file.mtime_nsec(),
        file.ctime(),
        file.ctime_nsec(),
    ];
    Some((file.len(), times))
}

impl Seen {
    fn look(&mut self, scans: Vec<listing::Listed>) {
        let now = Instant::now();
        let mut before = std::mem::take(&mut self.files);
        for scan in scans {
            let signs = signs(&scan.path);
            let same = before.remove(&scan.path);
            let same = same.filter(|sight| sight.signs == signs);
            let sight = same.unwrap_or(Sight {
                name: scan.name,
                signs,
                since: now,
                taken: false,
                again: None,
            });
            self.files.insert(scan.path, sight);
        }
    }

    /// The files that the next run takes: none while nothing new is complete and
    /// nothing is due again.
    fn turn(&self, settle: Duration) -> BTreeSet<PathBuf> {
        let new = |sight: &Sight| !sight.taken && sight.since.elapsed() >= settle;
        let moves = |sight: &Sight| !sight.taken && !new(sight);
        let moving = self
            .files
            .iter()
            .filter(|(_, sight)| self.stacks && moves(sight));
        let moving: BTreeSet<_> = moving.map(|(path, _)| path.parent()).collect();
        let due = |sight: &Sight| sight.again.is_some_and(|at| at <= Instant::now());
        let still = self
            .files
            .iter()
            .filter(|(path, _)| !moving.contains(&path.parent()));
        if !still.clone().any(|(_, sight)| new(sight) || due(sight)) {
            return BTreeSet::new();
        }
        let turn = |sight: &Sight| new(sight) || sight.again.is_some();
        let files = still.filter(|(_, sight)| turn(sight));
        files.map(|(path, _)| path.clone()).collect()
    }

    fn taken(&mut self, files: &BTreeSet<PathBuf>, summary: &Summary) {
        let wanting: BTreeSet<&str> = summary
            .aside
            .iter()
            .filter(|aside| aside.page.is_none())
            .filter(|aside| {
                RejectionCode::from_name(aside.code)
                    .is_some_and(RejectionCode::is_want_of_resources)
            })
            .map(|aside| aside.scan.as_str())
            .collect();
        for path in files {
            if let Some(sight) = self.files.get_mut(path) {
                let wants = wanting.contains(sight.name.as_str());
                sight.taken = true;
                sight.again = wants.then(|| Instant::now() + AGAIN);
            }
        }
    }
}

/// A failure that may pass: said once, and tried again after longer and longer.
#[derive(Default)]
struct Trouble {
    said: Option<String>,
    wait: Duration,
    until: Option<Instant>,
}

impl Trouble {
    fn waits(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() < until)
    }

    fn met(&mut self, what: &str) {
        if self.said.as_deref() != Some(what) {
            tell!("postroom: {what}\nThe watch waits and tries again.");
            self.said = Some(what.to_owned());
        }
        self.wait = (self.wait * 2).clamp(GLANCE, LONGEST_WAIT);
        self.until = Some(Instant::now() + self.wait);
    }

    fn passed(&mut self) {
        if self.said.is_some() {
            tell!("The watch goes on.");
        }
        *self = Self::default();
    }
}

/// Whether waiting may help. A wrong setting, an engine that is missing and a fault
/// of the program end the watch.
fn may_pass(error: &anyhow::Error) -> bool {
    let store = |error: &StoreError| {
        // Its disk is away: there was a store when the watch began.
        matches!(error, StoreError::Missing { .. }) || error.may_pass()
    };
    if let Some(error) = error.downcast_ref::<BatchError>() {
        match error {
            BatchError::Listing(_) => true,
            BatchError::Store(error) => store(error),
            BatchError::Reader(error) => matches!(error, ReaderError::Start(_)),
            BatchError::Balance(_) => false,
        }
    } else if let Some(error) = error.downcast_ref::<StoreError>() {
        store(error)
    } else {
        // The folder, the store's own folder, or where the summary is printed.
        error
            .chain()
            .any(<dyn std::error::Error>::is::<std::io::Error>)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::batch::listing::Ignore;
    use crate::batch::summary::Aside;

    #[test]
    fn waits_grow_to_a_minute_and_begin_anew() {
        let mut trouble = Trouble::default();
        let waits: Vec<u64> = (0..8)
            .map(|_| {
                trouble.met("the disk is full");
                trouble.wait.as_secs()
            })
            .collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert!(trouble.waits());
        trouble.passed();
        assert!(!trouble.waits());
        trouble.met("the disk is full");
        assert_eq!(trouble.wait.as_secs(), 1);
    }

    #[test]
    fn mended_permissions_make_a_file_new() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tif");
        std::fs::write(&path, "x").unwrap();
        let listed = || listing::list(folder.path(), &Ignore::new(&[]), None).unwrap();
        let mut seen = Seen::default();
        seen.look(listed().scans);
        let files = seen.turn(Duration::ZERO);
        assert_eq!(files.len(), 1);
        seen.taken(&files, &Summary::default());
        seen.look(listed().scans);
        assert!(seen.turn(Duration::ZERO).is_empty());
        assert!(seen.files[&path].again.is_none());
        // The kernel's clock of files ticks a few hundred times a second.
        std::thread::sleep(Duration::from_millis(30));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        seen.look(listed().scans);
        assert_eq!(seen.turn(Duration::ZERO), files);
    }

    #[test]
    fn a_stack_is_taken_when_none_of_its_files_moves() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("bag")).unwrap();
        let listed = || listing::list(folder.path(), &Ignore::new(&[]), None).unwrap();
        let paths = ["1.tif", "2.tif", "bag/1.tif"].map(|name| folder.path().join(name));
        let mut seen = Seen {
            stacks: true,
            ..Seen::default()
        };
        for path in &paths {
            std::fs::write(path, "x").unwrap();
        }
        seen.look(listed().scans);
        let settle = Duration::from_secs(60);
        let still = Instant::now().checked_sub(settle).unwrap();
        for path in [&paths[0], &paths[2]] {
            seen.files.get_mut(path).unwrap().since = still;
        }
        assert_eq!(seen.turn(settle), [paths[2].clone()].into());
        seen.files.get_mut(&paths[1]).unwrap().since = still;
        assert_eq!(seen.turn(settle), paths.into());
    }

    #[test]
    fn what_the_machine_had_no_room_for_goes_along_with_the_next_file() {
        let folder = tempfile::tempdir().unwrap();
        let listed = || listing::list(folder.path(), &Ignore::new(&[]), None).unwrap();
        std::fs::write(folder.path().join("a.tif"), "x").unwrap();
        let mut seen = Seen::default();
        seen.look(listed().scans);
        let first = seen.turn(Duration::ZERO);
        let mut summary = Summary::default();
        summary.aside.push(Aside {
            scan: "a.tif".into(),
            page: None,
            code: RejectionCode::NoReader.name(),
            reason: String::new(),
        });
        seen.taken(&first, &summary);
        assert!(seen.turn(Duration::ZERO).is_empty());
        std::fs::write(folder.path().join("b.tif"), "x").unwrap();
        seen.look(listed().scans);
        let both = seen.turn(Duration::ZERO);
        assert_eq!(both.len(), 2);
        seen.taken(&both, &Summary::default());
        assert!(seen.turn(Duration::ZERO).is_empty());
    }

    #[test]
    fn what_stays_wrong_ends_the_watch() {
        let busy = StoreError::Busy {
            place: "here".into(),
            holder: String::new(),
        };
        assert!(may_pass(&BatchError::Store(busy).into()));
        let fault = BatchError::Balance("2 scans, but 1 accounted for".into());
        assert!(!may_pass(&fault.into()));
        let engine = ReaderError::Engine("no such model".into());
        assert!(!may_pass(&BatchError::Reader(engine).into()));
        let stopped = BatchError::Reader(ReaderError::Interrupted);
        assert!(!may_pass(&stopped.into()));
        assert!(!may_pass(
            &super::super::exit::Unusable("rules".into()).into()
        ));
    }
}

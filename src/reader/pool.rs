//! The parent's side: one reader process a worker, its deadline, its memory, and
//! what a death costs.
//!
//! **The unit of loss is the page.** When a reader dies, hangs or outgrows its
//! memory, the page it was on is set aside with the reason, the reader is started
//! again and goes on with the next page. What the *machine* lacks costs no page: the
//! rest of the scan waits for a run that has it.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use super::ReaderSetup;
use super::process::{End, Process};
use super::sandbox::Walls;
use super::wire::Answer;
use crate::domain::limits::Limits;
use crate::domain::page::PageOutcome;
use crate::domain::rejection::{Rejection, RejectionCode};

/// After so many dead readers on one scan, the rest of it is set aside unread: a scan
/// that kills every reader must not hold up the night. Five hangs take five minutes.
const MAX_DEATHS: u32 = 5;

/// Why a scan could not be read at all. The machine failed, not the paper.
#[derive(Debug, thiserror::Error)]
pub enum ReaderError {
    /// The reader process could not be started or spoken to.
    #[error("a reader process could not be started: {0}; check memory and process limits")]
    Start(#[source] io::Error),
    /// The reader has no usable engine.
    #[error("{0}")]
    Engine(String),
    /// The run was interrupted.
    #[error("interrupted; run the same command again to go on")]
    Interrupted,
}

/// One reader process, started when it is first needed.
#[derive(Debug)]
pub struct Reader<'a> {
    setup: &'a ReaderSetup,
    stop: &'a AtomicBool,
    process: Option<Process>,
    walls: Option<Walls>,
}

impl<'a> Reader<'a> {
    /// A reader that is started at its first scan. `stop` ends it from outside.
    pub const fn new(setup: &'a ReaderSetup, stop: &'a AtomicBool) -> Self {
        Self {
            setup,
            stop,
            process: None,
            walls: None,
        }
    }

    /// Starts the process now and says which walls hold.
    pub fn start(&mut self) -> Result<Walls, ReaderError> {
        self.running().map(|process| process.walls)
    }

    /// The walls that held around every process started so far; `None` when none was.
    pub const fn walls(&self) -> Option<Walls> {
        self.walls
    }

    /// Reads every page of a scan, each handed to `on_page` as it comes, in order;
    /// gives how many pages were listed when it was opened. The inner error is the
    /// scan's: its pages cannot be listed, or the machine is too short of memory to read
    /// it now.
    pub fn read(
        &mut self,
        bytes: &[u8],
        mut on_page: impl FnMut(PageOutcome),
    ) -> Result<Result<u32, Rejection>, ReaderError> {
        let mut place = Place::default();
        let mut deaths = 0;
        let mut starved = false;
        while let Err(ending) = self.read_on(bytes, &mut place, &mut on_page)? {
            let rejection = ending.rejection(self.setup);
            tracing::info!(
                page = place.next,
                code = rejection.code.name(),
                "a scan broke off"
            );
            let lost = match ending {
                End::Refused(_) => return Ok(Err(rejection)),
                // Not this page's fault: it gets another chance, in a moment or, with
                // its whole scan, in another run.
                End::Starved if starved && place.next == 1 => return Ok(Err(rejection)),
                // What was read before is kept; the rest of the scan is missing.
                End::Starved if starved => {
                    while !place.is_at_the_end() {
                        on_page(place.lose(rejection.clone()));
                    }
                    break;
                }
                End::Starved => {
                    starved = true;
                    continue;
                }
                _ if place.pages.is_none() => return Ok(Err(rejection)),
                _ => rejection,
            };
            deaths += 1;
            on_page(place.lose(lost));
            if deaths == MAX_DEATHS {
                while !place.is_at_the_end() {
                    on_page(place.lose(not_read()));
                }
            }
            if place.is_at_the_end() {
                break;
            }
        }
        Ok(Ok(place.pages.unwrap_or(0)))
    }

    /// Reads on from this place to the end of the scan; the inner error says how the
    /// reading broke off, with the place at the page that it broke off at.
    fn read_on(
        &mut self,
        bytes: &[u8],
        place: &mut Place,
        on_page: &mut impl FnMut(PageOutcome),
    ) -> Result<Result<(), End>, ReaderError> {
        let stop = self.stop;
        let limits = self.setup.limits;
        let process = self.running()?;
        let mut read = || {
            process.ask(bytes, place.next, &limits, stop)?;
            loop {
                match process.answer(&limits, stop)? {
                    Answer::Opened { pages } => place.listed(pages, &limits)?,
                    Answer::Refused(rejection) => return Err(End::Refused(rejection.into())),
                    Answer::Page(page) => {
                        on_page(place.read(PageOutcome::try_from(*page).map_err(End::Pipe)?)?);
                    }
                    Answer::Ready(_) | Answer::Unusable { .. } => return Err(nonsense()),
                }
                if place.is_at_the_end() {
                    return Ok(());
                }
            }
        };
        match read() {
            Ok(()) => Ok(Ok(())),
            Err(End::Refused(rejection)) => Ok(Err(End::Refused(rejection))),
            Err(end) => {
                let gone = self.process.take();
                if stop.load(Ordering::Relaxed) {
                    return Err(ReaderError::Interrupted);
                }
                Ok(Err(match (end, gone) {
                    (end @ End::Pipe(_), Some(gone)) => gone.post_mortem(end),
                    (end, _) => end,
                }))
            }
        }
    }

    fn running(&mut self) -> Result<&mut Process, ReaderError> {
        if self.process.is_none() {
            let process = Process::start(self.setup, self.stop)?;
            let before = self.walls.unwrap_or(process.walls);
            self.walls = Some(before.weakest(process.walls));
            self.process = Some(process);
        }
        self.process
            .as_mut()
            .ok_or_else(|| ReaderError::Start(io::ErrorKind::NotConnected.into()))
    }
}

/// How far a scan is read. A reader is not trusted about numbers.
struct Place {
    /// The page that comes next, from 1.
    next: u32,
    /// How many there are, once a reader has listed them.
    pages: Option<u32>,
}

impl Default for Place {
    fn default() -> Self {
        Self {
            next: 1,
            pages: None,
        }
    }
}

impl Place {
    fn is_at_the_end(&self) -> bool {
        self.pages.is_some_and(|pages| self.next > pages)
    }

    /// Takes the number of pages: within the limits, and the same after a restart.
    fn listed(&mut self, pages: u32, limits: &Limits) -> Result<(), End> {
        let same = self.pages.is_none_or(|before| before == pages);
        if !same || !(1..=limits.scan_pages).contains(&pages) {
            return Err(nonsense());
        }
        self.pages = Some(pages);
        Ok(())
    }

    /// Takes the next page.
    fn read(&mut self, page: PageOutcome) -> Result<PageOutcome, End> {
        if self.pages.is_none() || page.number != self.next {
            return Err(nonsense());
        }
        self.next += 1;
        Ok(page)
    }

    /// Gives up the next page.
    const fn lose(&mut self, why: Rejection) -> PageOutcome {
        let number = self.next;
        self.next += 1;
        PageOutcome {
            number,
            result: Err(why),
        }
    }
}

/// What no reader in its right mind says.
fn nonsense() -> End {
    End::Pipe(io::ErrorKind::InvalidData.into())
}

/// For the pages that no reader saw any more.
fn not_read() -> Rejection {
    Rejection::new(
        RejectionCode::NotRead,
        format!(
            "not read: {MAX_DEATHS} readers had died on pages before it; scan it again without those pages"
        ),
    )
}

impl End {
    fn rejection(&self, setup: &ReaderSetup) -> Rejection {
        let limits = &setup.limits;
        match self {
            Self::Refused(rejection) => rejection.clone(),
            Self::Deadline => Rejection::new(
                RejectionCode::TooSlow,
                format!(
                    "reading it took longer than {} s and was ended; look at the page",
                    limits.page_seconds
                ),
            ),
            Self::Memory => Rejection::new(
                RejectionCode::TooMuchMemory,
                format!(
                    "reading it needed more than {} MiB and was ended; look at the page",
                    limits.reader_memory >> 20
                ),
            ),
            Self::Starved => Rejection::new(
                RejectionCode::OutOfMemory,
                "its readers were killed from outside, as the system does when memory runs out; \
                 run again when the machine is less busy, or with fewer readers",
            ),
            Self::Pipe(_) | Self::Stopped => Rejection::new(
                RejectionCode::ReaderCrashed,
                "the program that decodes it crashed on it; look at the page, scan it again",
            ),
        }
    }
}

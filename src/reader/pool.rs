//! The parent's side: one reader process a worker, its deadline, its memory, and
//! what a death costs.
//!
//! **The unit of loss is the page.** When a reader dies, hangs or outgrows its
//! memory, the page it was on is set aside with the reason, the reader is started
//! again and goes on with the next page.

use std::io::{self, Read, Write};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::Signal;

use super::sandbox::Walls;
use super::wire::{self, Answer, Request};
use super::{ReaderSetup, limits_to_text};
use crate::domain::page::PageOutcome;
use crate::domain::rejection::{Rejection, RejectionCode};

/// How often a waiting parent looks at the reader's memory and at Ctrl-C.
const GLANCE: Duration = Duration::from_millis(50);

/// A reader has this long to open its models (Tesseract takes 0.1 s here; a cold
/// disk on a busy machine has been seen to take seconds).
const START: Duration = Duration::from_secs(60);

/// After so many dead readers on one scan, the rest of it is set aside unread:
/// a scan that kills every reader must not hold up the night.
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
}

impl<'a> Reader<'a> {
    /// A reader that is started at its first scan. `stop` ends it from outside.
    pub const fn new(setup: &'a ReaderSetup, stop: &'a AtomicBool) -> Self {
        Self {
            setup,
            stop,
            process: None,
        }
    }

    /// Starts the process now and says which walls hold.
    pub fn start(&mut self) -> Result<Walls, ReaderError> {
        self.running().map(|process| process.walls)
    }

    /// Reads every page of a scan, each handed to `on_page` as it comes, in order;
    /// gives how many pages were listed when it was opened. The inner error is the scan's: its pages cannot be listed.
    pub fn read(
        &mut self,
        bytes: &[u8],
        mut on_page: impl FnMut(PageOutcome),
    ) -> Result<Result<u32, Rejection>, ReaderError> {
        let mut next = 1;
        let mut pages = None;
        let mut deaths = 0;
        while pages.is_none_or(|count| next <= count) {
            match self.read_from(bytes, &mut next, &mut pages, &mut on_page)? {
                Ok(()) => break,
                Err(Ending::Refused(rejection)) => return Ok(Err(rejection)),
                Err(Ending::Died(rejection)) => {
                    let Some(count) = pages else {
                        return Ok(Err(rejection));
                    };
                    deaths += 1;
                    let lost = if deaths < MAX_DEATHS {
                        next..=next
                    } else {
                        next..=count
                    };
                    for number in lost {
                        let result = Err(rejection.clone());
                        on_page(PageOutcome { number, result });
                        next = number + 1;
                    }
                }
            }
        }
        Ok(Ok(pages.unwrap_or(0)))
    }

    fn read_from(
        &mut self,
        bytes: &[u8],
        next: &mut u32,
        pages: &mut Option<u32>,
        on_page: &mut impl FnMut(PageOutcome),
    ) -> Result<Result<(), Ending>, ReaderError> {
        let stop = self.stop;
        let limits = &self.setup.limits;
        let deadline = Duration::from_secs(limits.page_seconds.into());
        let memory = limits.reader_memory;
        let most = limits.scan_pages;
        let process = self.running()?;
        let outcome = process
            .ask(bytes, *next, deadline, memory, stop)
            .and_then(|()| {
                loop {
                    match process.answer(deadline, memory, stop)? {
                        Answer::Opened { pages: count } => {
                            // A reader is not trusted about numbers: what it lists is
                            // within the limits and the same after a restart.
                            let same = pages.is_none_or(|before| before == count);
                            if !same || !(1..=most).contains(&count) {
                                return Err(End::Pipe(io::ErrorKind::InvalidData.into()));
                            }
                            *pages = Some(count);
                        }
                        Answer::Refused(rejection) => return Err(End::Refused(rejection.into())),
                        Answer::Page(page) => {
                            let page = PageOutcome::try_from(*page).map_err(End::Pipe)?;
                            if pages.is_none() || page.number != *next {
                                return Err(End::Pipe(io::ErrorKind::InvalidData.into()));
                            }
                            *next += 1;
                            on_page(page);
                        }
                        Answer::Ready(_) | Answer::Unusable { .. } => {
                            return Err(End::Pipe(io::ErrorKind::InvalidData.into()));
                        }
                    }
                    if pages.is_some_and(|count| *next > count) {
                        return Ok(());
                    }
                }
            });
        match outcome {
            Ok(()) => Ok(Ok(())),
            Err(End::Refused(rejection)) => Ok(Err(Ending::Refused(rejection))),
            Err(_) if stop.load(Ordering::Relaxed) => {
                self.process = None;
                Err(ReaderError::Interrupted)
            }
            Err(end) => {
                let gone = self.process.take();
                let killed = || gone.is_some_and(Process::was_killed);
                let end = match end {
                    End::Pipe(_) if killed() => End::Memory,
                    end => end,
                };
                let rejection = end.rejection(self.setup);
                tracing::info!(page = *next, code = rejection.code.name(), "a reader ended");
                Ok(Err(Ending::Died(rejection)))
            }
        }
    }

    fn running(&mut self) -> Result<&mut Process, ReaderError> {
        if self.process.is_none() {
            self.process = Some(Process::start(self.setup, self.stop)?);
        }
        self.process
            .as_mut()
            .ok_or_else(|| ReaderError::Start(io::ErrorKind::NotConnected.into()))
    }
}

/// How a scan's reading ended early, as its caller sees it.
enum Ending {
    /// The scan's pages cannot be listed.
    Refused(Rejection),
    /// The reader is gone; the page it was on is lost.
    Died(Rejection),
}

/// How it ended, as the pipe sees it.
enum End {
    Refused(Rejection),
    Pipe(io::Error),
    Deadline,
    Memory,
    Stopped,
}

impl End {
    fn rejection(self, setup: &ReaderSetup) -> Rejection {
        let limits = &setup.limits;
        match self {
            Self::Refused(rejection) => rejection,
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
            Self::Pipe(_) | Self::Stopped => Rejection::new(
                RejectionCode::ReaderCrashed,
                "the program that decodes it crashed on it; look at the page, scan it again",
            ),
        }
    }
}

/// A live reader. Dropping it kills the process.
#[derive(Debug)]
struct Process {
    child: Child,
    requests: ChildStdin,
    answers: ChildStdout,
    walls: Walls,
}

impl Process {
    fn start(setup: &ReaderSetup, stop: &AtomicBool) -> Result<Self, ReaderError> {
        let mut command = Command::new(&setup.program);
        command
            .arg("reader")
            .arg("--parent")
            .arg(std::process::id().to_string())
            .arg("--limits")
            .arg(limits_to_text(&setup.limits))
            // Read when libgomp loads, so it must be there before the start:
            // without it Tesseract is five to ten times slower on a busy machine.
            .env("OMP_THREAD_LIMIT", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Decoders chat about every odd file; the reason that counts comes
            // through the pipe.
            .stderr(Stdio::null())
            // Ctrl-C is for the parent alone: it ends the readers itself.
            .process_group(0);
        if let Some(folder) = &setup.tessdata {
            command.arg("--tessdata").arg(folder);
        }
        if let Some(script) = &setup.fake_script {
            command.arg("--fake-script").arg(script);
        }
        let mut child = command.spawn().map_err(ReaderError::Start)?;
        let missing = || ReaderError::Start(io::ErrorKind::BrokenPipe.into());
        let requests = child.stdin.take().ok_or_else(missing)?;
        let answers = child.stdout.take().ok_or_else(missing)?;
        let walls = Walls {
            no_network: false,
            no_writes: false,
            no_reads: false,
            memory_bound: false,
        };
        let mut process = Self {
            child,
            requests,
            answers,
            walls,
        };
        match process.answer(START, u64::MAX, stop) {
            Ok(Answer::Ready(walls)) => {
                process.walls = walls;
                Ok(process)
            }
            Ok(Answer::Unusable { what }) => Err(ReaderError::Engine(what)),
            Err(End::Stopped) => Err(ReaderError::Interrupted),
            Err(End::Pipe(error)) => Err(ReaderError::Start(error)),
            _ => Err(ReaderError::Start(io::ErrorKind::TimedOut.into())),
        }
    }

    fn ask(
        &mut self,
        bytes: &[u8],
        first_page: u32,
        within: Duration,
        memory: u64,
        stop: &AtomicBool,
    ) -> Result<(), End> {
        self.watched(within, memory, stop, |pipes| {
            wire::send(pipes, &Request::Scan { first_page })?;
            wire::send_raw(pipes, bytes)
        })
    }

    fn answer(&mut self, within: Duration, memory: u64, stop: &AtomicBool) -> Result<Answer, End> {
        self.watched(within, memory, stop, |pipes| wire::receive(pipes))
    }

    /// Speaks with the reader under its deadline and its memory limit.
    fn watched<T>(
        &mut self,
        within: Duration,
        memory: u64,
        stop: &AtomicBool,
        speak: impl FnOnce(&mut Watched<'_>) -> io::Result<T>,
    ) -> Result<T, End> {
        let mut pipes = Watched {
            process: self,
            deadline: Instant::now() + within,
            memory,
            stop,
            end: None,
        };
        let spoken = speak(&mut pipes);
        match pipes.end {
            Some(end) => Err(end),
            None => spoken.map_err(End::Pipe),
        }
    }

    /// Whether somebody else killed it: the kernel, as a rule, for want of memory.
    /// A process whose pipe has ended is gone in a moment.
    fn was_killed(mut self) -> bool {
        for _ in 0..20 {
            match self.child.try_wait() {
                Ok(None) => std::thread::sleep(GLANCE),
                Ok(Some(status)) => return status.signal() == Some(Signal::KILL.as_raw()),
                Err(_) => return false,
            }
        }
        false
    }

    /// Bytes of this process really in memory, as the kernel counts them.
    fn resident(&self) -> Option<u64> {
        let pages = std::fs::read_to_string(format!("/proc/{}/statm", self.child.id())).ok()?;
        let resident: u64 = pages.split_whitespace().nth(1)?.parse().ok()?;
        Some(resident * rustix::param::page_size() as u64)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Already dead is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A reader's pipes, used under its deadline and its memory limit.
struct Watched<'a> {
    process: &'a mut Process,
    deadline: Instant,
    memory: u64,
    stop: &'a AtomicBool,
    end: Option<End>,
}

impl Watched<'_> {
    fn over(&self) -> Option<End> {
        if self.stop.load(Ordering::Relaxed) {
            Some(End::Stopped)
        } else if Instant::now() >= self.deadline {
            Some(End::Deadline)
        } else if self
            .process
            .resident()
            .is_some_and(|bytes| bytes > self.memory)
        {
            Some(End::Memory)
        } else {
            None
        }
    }
}

impl Watched<'_> {
    /// Waits until the pipe is ready; an error when the reader's time, memory or
    /// run is over, however busy the pipe is.
    fn wait(&mut self, which: PollFlags) -> io::Result<()> {
        let glance = Timespec {
            tv_sec: 0,
            tv_nsec: GLANCE.subsec_nanos().into(),
        };
        loop {
            if let Some(end) = self.over() {
                self.end = Some(end);
                return Err(io::ErrorKind::TimedOut.into());
            }
            let pipe = match which {
                PollFlags::OUT => PollFd::new(&self.process.requests, which),
                _ => PollFd::new(&self.process.answers, which),
            };
            match poll(&mut [pipe], Some(&glance)) {
                Ok(0) | Err(rustix::io::Errno::INTR) => {}
                Ok(_) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
    }
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.wait(PollFlags::IN)?;
        self.process.answers.read(buffer)
    }
}

impl Write for Watched<'_> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.wait(PollFlags::OUT)?;
        // A pipe that is ready takes so much without blocking (PIPE_BUF).
        let most = buffer.len().min(4096);
        self.process.requests.write(&buffer[..most])
    }

    fn flush(&mut self) -> io::Result<()> {
        self.process.requests.flush()
    }
}

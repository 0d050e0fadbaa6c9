//! One live reader process: how it is started, spoken to under its deadline and its
//! memory limit, and how it ended.

use std::env;
use std::io::{self, Read, Write};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::Signal;

use super::pool::ReaderError;
use super::room::NO_ROOM;
use super::sandbox::Walls;
use super::wire::{self, Answer, Request};
use super::{ReaderSetup, limits_to_text};
use crate::domain::limits::Limits;
use crate::domain::rejection::Rejection;

/// How often a waiting parent looks at the reader's memory and at Ctrl-C.
const GLANCE: Duration = Duration::from_millis(50);

/// A reader has this long to open its models (Tesseract takes 0.1 s here; a cold
/// disk on a busy machine has been seen to take seconds).
const START: Duration = Duration::from_secs(60);

/// What a reader has of its parent's environment: where models and libraries lie, and in
/// which language paths are written. Everything else, secrets first, stays outside.
const KEPT: [&str; 5] = [
    "TESSDATA_PREFIX",
    "LD_LIBRARY_PATH",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
];

/// A live reader. Dropping it kills the process.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    requests: ChildStdin,
    answers: ChildStdout,
    /// The walls that it found around itself.
    pub(super) walls: Walls,
}

impl Process {
    /// Starts a reader and waits until its models are open and its walls are up.
    pub(super) fn start(setup: &ReaderSetup, stop: &AtomicBool) -> Result<Self, ReaderError> {
        let mut command = Command::new(&setup.program);
        command
            .arg("reader")
            .arg("--parent")
            .arg(std::process::id().to_string())
            .arg("--limits")
            .arg(limits_to_text(&setup.limits))
            // A process that decodes hostile files has no business with passwords.
            .env_clear()
            .envs(
                KEPT.iter()
                    .filter_map(|name| Some((name, env::var_os(name)?))),
            )
            // Read when libgomp loads, so it must be there before the start:
            // without it Tesseract is five to ten times slower on a busy machine.
            .env("OMP_THREAD_LIMIT", "1")
            // The same for the networks: the run has a reader for every core.
            .env("RTEN_NUM_THREADS", "1")
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
        let mut process = Self {
            child,
            requests,
            answers,
            walls: Walls::NONE,
        };
        let forms = setup.forms.clone();
        let opening = |pipes: &mut Watched<'_>| {
            wire::send(pipes, &Request::Begin { forms })?;
            wire::receive(pipes)
        };
        match process.watched(START, u64::MAX, stop, opening) {
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

    /// Sends a scan, to be read from this page on.
    pub(super) fn ask(
        &mut self,
        bytes: &[u8],
        first_page: u32,
        limits: &Limits,
        stop: &AtomicBool,
    ) -> Result<(), End> {
        let within = page_time(limits);
        self.watched(within, limits.reader_memory, stop, |pipes| {
            wire::send(pipes, &Request::Scan { first_page })?;
            wire::send_raw(pipes, bytes)
        })
    }

    /// Waits for the next answer.
    pub(super) fn answer(&mut self, limits: &Limits, stop: &AtomicBool) -> Result<Answer, End> {
        let within = page_time(limits);
        self.watched(within, limits.reader_memory, stop, |pipes| {
            wire::receive(pipes)
        })
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

    /// How its own end, seen as the end of its pipe, came about: somebody else killed it,
    /// the kernel, as a rule, for want of memory (its own limit it had not passed then,
    /// or the glance before would have ended it); it asked for more address space than
    /// it has; or anything else, which is `end`. A process whose pipe has ended is gone
    /// in a moment.
    pub(super) fn post_mortem(mut self, end: End) -> End {
        for _ in 0..20 {
            match self.child.try_wait() {
                Ok(None) => std::thread::sleep(GLANCE),
                Ok(Some(status)) if status.signal() == Some(Signal::KILL.as_raw()) => {
                    return End::Starved;
                }
                Ok(Some(status)) if status.code() == Some(NO_ROOM) => return End::Memory,
                Ok(Some(_)) | Err(_) => break,
            }
        }
        end
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

/// How the reading of a scan ended early.
pub(super) enum End {
    /// The scan's pages cannot be listed.
    Refused(Rejection),
    /// The pipe ended, or what came through it was no answer.
    Pipe(io::Error),
    /// It took too long.
    Deadline,
    /// It passed its own memory limit.
    Memory,
    /// It was killed from outside.
    Starved,
    /// The run was interrupted.
    Stopped,
}

fn page_time(limits: &Limits) -> Duration {
    Duration::from_secs(limits.page_seconds.into())
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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_reader_inherits_no_secrets() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("reader");
        let seen = folder.path().join("seen");
        let script = format!("#!/bin/sh\ncat /proc/$$/environ > '{}'\n", seen.display());
        fs::write(&program, script).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).unwrap();
        let setup = ReaderSetup {
            program,
            tessdata: None,
            fake_script: None,
            forms: Vec::new(),
            limits: Limits::default(),
        };
        // It ends without a word, as no reader does.
        assert!(Process::start(&setup, &AtomicBool::new(false)).is_err());
        let seen = fs::read(seen).unwrap();
        let mut names = seen
            .split(|byte| *byte == 0)
            .filter_map(|line| line.split(|byte| *byte == b'=').next())
            .map(|name| String::from_utf8_lossy(name).into_owned())
            .filter(|name| !name.is_empty());
        const SET: [&str; 2] = ["OMP_THREAD_LIMIT", "RTEN_NUM_THREADS"];
        assert!(SET.iter().all(|set| names.clone().any(|name| name == *set)));
        // Cargo sets this one for every test.
        assert!(env::var_os("CARGO_MANIFEST_DIR").is_some());
        let known = |name: &str| SET.contains(&name) || KEPT.contains(&name);
        assert_eq!(names.find(|name| !known(name)), None);
    }
}

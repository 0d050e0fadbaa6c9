//! The walls around a reader: it cannot change a file, open a socket, start a
//! process, signal one or grow without bound.
//!
//! Three walls, each alone enough for most of it: landlock (no path can be opened
//! at all once the models are open), seccomp (the system calls of [`calls`] are
//! refused), rlimits (no file grows by a byte, memory has an end). A kernel may
//! lack one; what really holds is then found out by trying ([`Walls`]), not by
//! believing.

mod calls;
#[cfg(test)]
mod tests;

use std::net::UdpSocket;
use std::path::Path;
use std::{fs, io};

use rustix::process::{Resource, Rlimit, Signal, getppid, getrlimit, setrlimit, test_kill_process};
use serde::{Deserialize, Serialize};

/// What a reader found it cannot do, tried after the walls went up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Walls {
    /// Opening a socket was refused.
    pub no_network: bool,
    /// Creating a file was refused.
    pub no_writes: bool,
    /// Opening a file outside was refused.
    pub no_reads: bool,
    /// Signalling another process was refused.
    pub no_signals: bool,
    /// Starting a process was refused.
    pub no_processes: bool,
    /// Memory has an upper bound.
    pub memory_bound: bool,
}

impl Walls {
    /// No wall at all.
    pub const NONE: Self = Self {
        no_network: false,
        no_writes: false,
        no_reads: false,
        no_signals: false,
        no_processes: false,
        memory_bound: false,
    };

    /// Nothing was left open.
    pub const fn all_hold(self) -> bool {
        self.no_network
            && self.no_writes
            && self.no_reads
            && self.no_signals
            && self.no_processes
            && self.memory_bound
    }

    /// What holds around both of two readers.
    #[must_use]
    pub const fn weakest(self, other: Self) -> Self {
        Self {
            no_network: self.no_network && other.no_network,
            no_writes: self.no_writes && other.no_writes,
            no_reads: self.no_reads && other.no_reads,
            no_signals: self.no_signals && other.no_signals,
            no_processes: self.no_processes && other.no_processes,
            memory_bound: self.memory_bound && other.memory_bound,
        }
    }
}

/// Puts the walls up around this process for good, and reports those that hold.
/// `memory` is the most address space in bytes.
pub fn enter(memory: u64) -> Walls {
    limit_resources(memory);
    close_the_file_system();
    // What the kernel refuses shows in the probe.
    let _ = calls::refuse();
    probe()
}

/// Ends this process when its parent ends, whatever it is doing then.
pub fn die_with_parent(parent: u32) -> io::Result<()> {
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    // The parent may have ended before the line above.
    let still_there =
        getppid().is_some_and(|pid| u32::try_from(pid.as_raw_nonzero().get()) == Ok(parent));
    if still_there {
        Ok(())
    } else {
        Err(io::Error::other("the parent is gone"))
    }
}

fn limit_resources(memory: u64) {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    let memory = Rlimit {
        current: Some(memory),
        maximum: Some(memory),
    };
    for (resource, limit) in [
        (Resource::As, memory),
        (Resource::Core, none),
        (Resource::Fsize, none),
    ] {
        // What the kernel refuses shows in the probe.
        let _ = setrlimit(resource, limit);
    }
}

/// Landlock with no rule at all: every path is closed from here on, and so is every
/// process outside. An older kernel does what it knows of it.
fn close_the_file_system() {
    use landlock::{ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, Scope};
    let _ = Ruleset::default()
        .handle_access(AccessFs::from_all(ABI::V6))
        .and_then(|rules| rules.handle_access(AccessNet::from_all(ABI::V6)))
        .and_then(|rules| rules.scope(Scope::from_all(ABI::V6)))
        .and_then(Ruleset::create)
        .and_then(|rules| rules.restrict_self());
}

/// Tries what must not work.
fn probe() -> Walls {
    let name = format!("postroom-probe-{}", std::process::id());
    let written = can_create(&std::env::temp_dir().join(name));
    Walls {
        no_network: UdpSocket::bind("127.0.0.1:0").is_err(),
        no_writes: !written,
        no_reads: fs::File::open("/etc/passwd").is_err(),
        no_signals: getppid().is_some_and(|parent| test_kill_process(parent).is_err()),
        no_processes: fork().is_err(),
        memory_bound: getrlimit(Resource::As).current.is_some(),
    }
}

/// Whether a file can be made there. What lies there already, a link that somebody
/// planted above all, is left alone, and proves no wall.
fn can_create(scratch: &Path) -> bool {
    match fs::File::create_new(scratch) {
        Ok(_) => {
            let _ = fs::remove_file(scratch);
            true
        }
        Err(error) => error.kind() == io::ErrorKind::AlreadyExists,
    }
}

/// Starts a process that ends at once.
fn fork() -> io::Result<()> {
    // SAFETY: the child calls nothing but `_exit`, which a child of a process with
    // threads may call.
    let child = unsafe { libc::fork() };
    match child {
        0 => {
            // SAFETY: ends this process without running anything of its parent's.
            unsafe { libc::_exit(0) }
        }
        1.. => {
            // SAFETY: waits for the child above; no status is asked for.
            unsafe { libc::waitpid(child, std::ptr::null_mut(), 0) };
            Ok(())
        }
        _ => Err(io::Error::last_os_error()),
    }
}

//! The walls around a reader: it cannot write a file, open a socket, start a
//! program or grow without bound.
//!
//! Three walls, each alone enough for most of it: landlock (no path can be opened
//! at all once the models are open), seccomp (the system calls themselves are
//! refused), rlimits (no file grows by a byte, memory has an end). A kernel may
//! lack one; what really holds is then found out by trying ([`Walls`]), not by
//! believing.

use std::net::UdpSocket;
use std::{fs, io};

use rustix::process::{Resource, Rlimit, Signal, getrlimit, setrlimit};
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
    /// Memory has an upper bound.
    pub memory_bound: bool,
}

impl Walls {
    /// Nothing was left open.
    pub const fn all_hold(self) -> bool {
        self.no_network && self.no_writes && self.no_reads && self.memory_bound
    }
}

/// Puts the walls up around this process for good, and reports those that hold.
/// `memory` is the most address space in bytes.
pub fn enter(memory: u64) -> Walls {
    limit_resources(memory);
    close_the_file_system();
    refuse_system_calls();
    probe()
}

/// Ends this process when its parent ends, whatever it is doing then.
pub fn die_with_parent(parent: u32) -> io::Result<()> {
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    // The parent may have ended before the line above.
    let still_there = rustix::process::getppid()
        .is_some_and(|pid| u32::try_from(pid.as_raw_nonzero().get()) == Ok(parent));
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

/// Landlock with no rule at all: every path is closed from here on.
fn close_the_file_system() {
    use landlock::{ABI, Access, AccessFs, Ruleset, RulesetAttr};
    let _ = Ruleset::default()
        .handle_access(AccessFs::from_all(ABI::V3))
        .and_then(Ruleset::create)
        .and_then(|ruleset| ruleset.restrict_self());
}

/// Seccomp: what a reader never needs is answered with "not permitted".
fn refuse_system_calls() {
    let refuse = || -> Result<(), seccompiler::Error> {
        use seccompiler::{SeccompAction, SeccompFilter};
        let arch = std::env::consts::ARCH.try_into()?;
        let denied = SeccompAction::Errno(libc::EPERM as u32);
        let filter = SeccompFilter::new(refused(), SeccompAction::Allow, denied, arch)?;
        let program: seccompiler::BpfProgram = filter.try_into()?;
        seccompiler::apply_filter(&program)
    };
    let _ = refuse();
}

fn refused() -> std::collections::BTreeMap<i64, Vec<seccompiler::SeccompRule>> {
    let always = [
        libc::SYS_socket,
        libc::SYS_socketpair,
        libc::SYS_connect,
        libc::SYS_bind,
        libc::SYS_listen,
        libc::SYS_sendto,
        libc::SYS_sendmsg,
        libc::SYS_execve,
        libc::SYS_execveat,
        libc::SYS_ptrace,
        libc::SYS_process_vm_readv,
        libc::SYS_process_vm_writev,
        libc::SYS_kill,
        libc::SYS_unlinkat,
        libc::SYS_renameat2,
        libc::SYS_mkdirat,
        libc::SYS_mknodat,
        libc::SYS_linkat,
        libc::SYS_symlinkat,
        libc::SYS_fchmodat,
        libc::SYS_fchownat,
        libc::SYS_mount,
        libc::SYS_umount2,
        libc::SYS_chroot,
        libc::SYS_bpf,
        libc::SYS_io_uring_setup,
        libc::SYS_openat2,
    ];
    let mut rules: std::collections::BTreeMap<i64, Vec<_>> =
        always.into_iter().map(|call| (call, Vec::new())).collect();
    rules.insert(libc::SYS_openat, opening_for_writing(2));
    #[cfg(target_arch = "x86_64")]
    {
        let legacy = [
            libc::SYS_creat,
            libc::SYS_unlink,
            libc::SYS_rename,
            libc::SYS_mkdir,
            libc::SYS_rmdir,
            libc::SYS_link,
            libc::SYS_symlink,
            libc::SYS_chmod,
            libc::SYS_chown,
            libc::SYS_mknod,
        ];
        rules.extend(legacy.into_iter().map(|call| (call, Vec::new())));
        rules.insert(libc::SYS_open, opening_for_writing(1));
    }
    rules
}

/// One rule for each way in which flags (argument `index`) ask to write.
fn opening_for_writing(index: u8) -> Vec<seccompiler::SeccompRule> {
    use seccompiler::{SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompRule};
    let asks = |mask: i32, value: i32| {
        let (mask, value) = (mask as u64, value as u64);
        let op = SeccompCmpOp::MaskedEq(mask);
        let condition = SeccompCondition::new(index, SeccompCmpArgLen::Dword, op, value).ok()?;
        SeccompRule::new(vec![condition]).ok()
    };
    [
        asks(libc::O_ACCMODE, libc::O_WRONLY),
        asks(libc::O_ACCMODE, libc::O_RDWR),
        asks(libc::O_CREAT, libc::O_CREAT),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Tries what must not work.
fn probe() -> Walls {
    let scratch = std::env::temp_dir().join(format!("postroom-probe-{}", std::process::id()));
    let written = fs::write(&scratch, b"x").is_ok();
    if written {
        let _ = fs::remove_file(&scratch);
    }
    Walls {
        no_network: UdpSocket::bind("127.0.0.1:0").is_err(),
        no_writes: !written,
        no_reads: fs::File::open("/etc/passwd").is_err(),
        memory_bound: getrlimit(Resource::As).current.is_some(),
    }
}

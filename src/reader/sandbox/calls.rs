//! The system calls that a reader is refused, by what each could do to the world.
//!
//! A reader decodes and recognises: it reads its pipe, writes its pipe, asks for
//! memory and may start threads. Everything below is refused although most readers
//! would never try: a file from outside may have taken the reader over.

use libc::c_long;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, sock_filter,
};

/// Calls that are refused for one reason, whatever their arguments.
pub(super) struct Group {
    /// The number that the caller gets.
    pub(super) errno: i32,
    /// Their numbers.
    pub(super) calls: &'static [c_long],
}

/// What is refused whole, group by group: what the calls would do stands above each.
pub(super) const GROUPS: [Group; 10] = [
    // Speak with other machines and programs.
    Group {
        errno: libc::EPERM,
        calls: &[
            libc::SYS_socket,
            libc::SYS_socketpair,
            libc::SYS_connect,
            libc::SYS_bind,
            libc::SYS_listen,
            libc::SYS_accept,
            libc::SYS_accept4,
            libc::SYS_sendto,
            libc::SYS_sendmsg,
            libc::SYS_sendmmsg,
            libc::SYS_shmget,
            libc::SYS_shmat,
            libc::SYS_semget,
            libc::SYS_msgget,
            libc::SYS_mq_open,
            libc::SYS_mq_unlink,
        ],
    },
    // Start a program.
    Group {
        errno: libc::EPERM,
        calls: &[libc::SYS_execve, libc::SYS_execveat],
    },
    // Start a process, or become another's.
    Group {
        errno: libc::EPERM,
        calls: &[
            #[cfg(target_arch = "x86_64")]
            libc::SYS_fork,
            #[cfg(target_arch = "x86_64")]
            libc::SYS_vfork,
            libc::SYS_unshare,
            libc::SYS_setns,
        ],
    },
    // Send a signal.
    Group {
        errno: libc::EPERM,
        calls: &[
            libc::SYS_kill,
            libc::SYS_tkill,
            libc::SYS_rt_sigqueueinfo,
            libc::SYS_rt_tgsigqueueinfo,
            libc::SYS_pidfd_open,
            libc::SYS_pidfd_send_signal,
        ],
    },
    // Look into other processes, or slow them down.
    Group {
        errno: libc::EPERM,
        calls: &[
            libc::SYS_ptrace,
            libc::SYS_process_vm_readv,
            libc::SYS_process_vm_writev,
            libc::SYS_process_madvise,
            libc::SYS_pidfd_getfd,
            libc::SYS_kcmp,
            libc::SYS_move_pages,
            libc::SYS_migrate_pages,
            libc::SYS_perf_event_open,
            libc::SYS_setpriority,
            libc::SYS_ioprio_set,
            libc::SYS_sched_setscheduler,
            libc::SYS_sched_setparam,
            libc::SYS_sched_setattr,
            libc::SYS_sched_setaffinity,
        ],
    },
    // Change what a file holds.
    Group {
        errno: libc::EPERM,
        calls: &[
            #[cfg(target_arch = "x86_64")]
            libc::SYS_creat,
            libc::SYS_truncate,
            libc::SYS_ftruncate,
            libc::SYS_fallocate,
            libc::SYS_copy_file_range,
            libc::SYS_memfd_create,
        ],
    },
    // Change where files are and whose they are.
    Group {
        errno: libc::EPERM,
        calls: &[
            libc::SYS_renameat2,
            libc::SYS_unlinkat,
            libc::SYS_linkat,
            libc::SYS_symlinkat,
            libc::SYS_mkdirat,
            libc::SYS_mknodat,
            libc::SYS_fchmod,
            libc::SYS_fchmodat,
            libc::SYS_fchmodat2,
            libc::SYS_fchown,
            libc::SYS_fchownat,
            libc::SYS_utimensat,
            libc::SYS_setxattr,
            libc::SYS_lsetxattr,
            libc::SYS_fsetxattr,
            libc::SYS_removexattr,
            libc::SYS_lremovexattr,
            libc::SYS_fremovexattr,
            libc::SYS_renameat,
            #[cfg(target_arch = "x86_64")]
            libc::SYS_rename,
            #[cfg(target_arch = "x86_64")]
            libc::SYS_unlink,
            #[cfg(target_arch = "x86_64")]
            libc::SYS_rmdir,
            #[cfg(target_arch = "x86_64")]
            libc::SYS_link,
            #[cfg(target_arch = "x86_64")]
            libc::SYS_symlink,
            #[cfg(target_arch = "x86_64")]
            libc::SYS_mkdir,
            #[cfg(target_arch = "x86_64")]
            libc::SYS_mknod,
            #[cfg(target_arch = "x86_64")]
            libc::SYS_chmod,
            #[cfg(target_arch = "x86_64")]
            libc::SYS_chown,
            #[cfg(target_arch = "x86_64")]
            libc::SYS_lchown,
            #[cfg(target_arch = "x86_64")]
            libc::SYS_utime,
            #[cfg(target_arch = "x86_64")]
            libc::SYS_utimes,
            #[cfg(target_arch = "x86_64")]
            libc::SYS_futimesat,
        ],
    },
    // Change the machine.
    Group {
        errno: libc::EPERM,
        calls: &[
            libc::SYS_mount,
            libc::SYS_umount2,
            libc::SYS_pivot_root,
            libc::SYS_chroot,
            libc::SYS_open_tree,
            libc::SYS_move_mount,
            libc::SYS_fsopen,
            libc::SYS_fsconfig,
            libc::SYS_fsmount,
            libc::SYS_fspick,
            libc::SYS_mount_setattr,
            libc::SYS_swapon,
            libc::SYS_swapoff,
            libc::SYS_quotactl,
            libc::SYS_acct,
            libc::SYS_reboot,
            libc::SYS_kexec_load,
            libc::SYS_init_module,
            libc::SYS_finit_module,
            libc::SYS_delete_module,
            libc::SYS_settimeofday,
            libc::SYS_clock_settime,
            libc::SYS_clock_adjtime,
            libc::SYS_adjtimex,
            libc::SYS_sethostname,
            libc::SYS_setdomainname,
            libc::SYS_syslog,
            libc::SYS_add_key,
            libc::SYS_request_key,
            libc::SYS_keyctl,
            libc::SYS_bpf,
            libc::SYS_userfaultfd,
            libc::SYS_open_by_handle_at,
            libc::SYS_io_uring_setup,
            libc::SYS_io_uring_enter,
            libc::SYS_io_uring_register,
        ],
    },
    // Take another identity, or wider limits. A new identity also forgets to end with
    // its parent.
    Group {
        errno: libc::EPERM,
        calls: &[
            libc::SYS_setuid,
            libc::SYS_setgid,
            libc::SYS_setreuid,
            libc::SYS_setregid,
            libc::SYS_setresuid,
            libc::SYS_setresgid,
            libc::SYS_setfsuid,
            libc::SYS_setfsgid,
            libc::SYS_setgroups,
            libc::SYS_capset,
            libc::SYS_personality,
            libc::SYS_setrlimit,
        ],
    },
    // Hand over arguments in memory, where a filter cannot see them. "No such call" makes
    // the C library take the older call, which the filter can judge.
    Group {
        errno: libc::ENOSYS,
        calls: &[libc::SYS_clone3, libc::SYS_openat2],
    },
];

/// No call that came after this one is on the lists above, and none is needed. On
/// x86-64 the numbers of the x32 kind lie beyond it too.
pub(super) const NEWEST: c_long = libc::SYS_fchmodat2;

/// Puts the filters up for every thread of this process, for good.
pub(super) fn refuse() -> seccompiler::Result<()> {
    let arch = std::env::consts::ARCH.try_into()?;
    for errno in [libc::EPERM, libc::ENOSYS] {
        let groups = GROUPS.iter().filter(|group| group.errno == errno);
        let mut rules: std::collections::BTreeMap<i64, Vec<SeccompRule>> = groups
            .flat_map(|group| group.calls)
            .map(|call| (*call, Vec::new()))
            .collect();
        if errno == libc::EPERM {
            rules.extend(refused_by_argument()?);
        }
        let answer = SeccompAction::Errno(errno as u32);
        let filter = SeccompFilter::new(rules, SeccompAction::Allow, answer, arch)?;
        let program: BpfProgram = filter.try_into()?;
        seccompiler::apply_filter_all_threads(&program)?;
    }
    seccompiler::apply_filter_all_threads(&nothing_newer())
}

/// Calls that are needed, but not with every argument.
fn refused_by_argument() -> Result<Vec<(i64, Vec<SeccompRule>)>, seccompiler::BackendError> {
    let own = u64::from(std::process::id());
    let thread = libc::CLONE_THREAD as u64;
    Ok(vec![
        (libc::SYS_openat, opening_for_writing(2)?),
        #[cfg(target_arch = "x86_64")]
        (libc::SYS_open, opening_for_writing(1)?),
        // A thread of this process may be started, a process may not.
        (
            libc::SYS_clone,
            vec![when(0, SeccompCmpOp::MaskedEq(thread), 0)?],
        ),
        // abort() signals its own thread.
        (libc::SYS_tgkill, vec![when(0, SeccompCmpOp::Ne, own)?]),
        // A file's owner is who gets its signals.
        (
            libc::SYS_fcntl,
            vec![
                when(1, SeccompCmpOp::Eq, libc::F_SETOWN as u64)?,
                when(1, SeccompCmpOp::Eq, F_SETOWN_EX)?,
            ],
        ),
        // Limits may be read, not set: the superuser could raise them again.
        (libc::SYS_prlimit64, vec![when_given(2)?]),
        // The reader ends with its parent, whatever it would rather do.
        (
            libc::SYS_prctl,
            vec![when(0, SeccompCmpOp::Eq, libc::PR_SET_PDEATHSIG as u64)?],
        ),
    ])
}

/// Not in `libc` for every architecture; the same on all.
const F_SETOWN_EX: u64 = 15;

/// One rule for each way in which flags (argument `index`) ask to change a file.
fn opening_for_writing(index: u8) -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
    [
        (libc::O_ACCMODE, libc::O_WRONLY),
        (libc::O_ACCMODE, libc::O_RDWR),
        (libc::O_CREAT, libc::O_CREAT),
        (libc::O_TRUNC, libc::O_TRUNC),
    ]
    .into_iter()
    .map(|(mask, value)| when(index, SeccompCmpOp::MaskedEq(mask as u64), value as u64))
    .collect()
}

/// Matches a call whose argument (32 bits of it) compares so.
fn when(
    index: u8,
    compare: SeccompCmpOp,
    value: u64,
) -> Result<SeccompRule, seccompiler::BackendError> {
    let condition = SeccompCondition::new(index, SeccompCmpArgLen::Dword, compare, value)?;
    SeccompRule::new(vec![condition])
}

/// Matches a call that is handed something through this pointer.
fn when_given(index: u8) -> Result<SeccompRule, seccompiler::BackendError> {
    let condition = SeccompCondition::new(index, SeccompCmpArgLen::Qword, SeccompCmpOp::Ne, 0)?;
    SeccompRule::new(vec![condition])
}

/// Four instructions: load the call's number, compare, "no such call", allow.
fn nothing_newer() -> [sock_filter; 4] {
    let step = |code: u32, jt, jf, k| sock_filter {
        code: code as u16,
        jt,
        jf,
        k,
    };
    let no_such_call = libc::SECCOMP_RET_ERRNO | libc::ENOSYS as u32;
    [
        step(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0, 0),
        step(
            libc::BPF_JMP | libc::BPF_JGT | libc::BPF_K,
            0,
            1,
            NEWEST as u32,
        ),
        step(libc::BPF_RET | libc::BPF_K, 0, 0, no_such_call),
        step(libc::BPF_RET | libc::BPF_K, 0, 0, libc::SECCOMP_RET_ALLOW),
    ]
}

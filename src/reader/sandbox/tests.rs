//! Each forbidden thing, tried twice: before the walls, where it works, and within
//! them, where it must not.
//!
//! Walls are for good, so both are tried in a process of their own: this test program
//! started once more, with the role it plays in an environment variable.

use std::ffi::CString;
use std::fs::{self, File};
use std::net::{TcpListener, UdpSocket};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::net::UnixStream;
use std::os::unix::process::{ExitStatusExt as _, parent_id};
use std::path::Path;
use std::process::{Command, Output};
use std::{io, thread};

use super::*;

/// The variable that names the role.
const ROLE: &str = "POSTROOM_TEST_WALLS";

/// Address space for a test program: plenty.
const MEMORY: u64 = 8 << 30;

type Attempt = (&'static str, Box<dyn Fn() -> io::Result<()>>);

#[test]
fn what_works_outside_is_refused_within() {
    let outside = play("outside");
    let within = play("within");
    let told = |output: &Output| String::from_utf8_lossy(&output.stdout).into_owned();
    for ran in [&outside, &within] {
        assert!(ran.status.success(), "{}", told(ran));
    }
    let (outside, within) = (told(&outside), told(&within));
    let folder = tempfile::tempdir().unwrap();
    for (name, _) in attempts(folder.path()) {
        assert!(
            outside.contains(&format!("{name}: done")),
            "{name}: {outside}"
        );
        assert!(
            within.contains(&format!("{name}: refused")),
            "{name}: {within}"
        );
    }
    assert!(
        within.contains("every call on the lists refused"),
        "{within}"
    );
    assert!(within.contains("a thread started"), "{within}");
}

#[test]
fn a_walled_process_that_aborts_is_gone() {
    let ran = play("abort");
    assert_eq!(ran.status.signal(), Some(libc::SIGABRT), "{ran:?}");
}

#[test]
fn the_weakest_wall_counts() {
    let whole = Walls {
        no_network: true,
        no_writes: true,
        no_reads: true,
        no_signals: true,
        no_processes: true,
        memory_bound: true,
    };
    assert!(whole.weakest(whole).all_hold());
    let open = Walls {
        no_reads: false,
        ..whole
    };
    assert_eq!(whole.weakest(open), open);
    assert_eq!(open.weakest(whole), open);
    assert_eq!(whole.weakest(Walls::NONE), Walls::NONE);
}

/// The other half of the tests above, in a process of its own.
#[test]
#[ignore = "started by the tests above, in a process of its own"]
fn role() {
    let folder = tempfile::tempdir().unwrap();
    let attempts = attempts(folder.path());
    match std::env::var(ROLE).as_deref() {
        Ok("outside") => try_all(&attempts),
        Ok("within") => {
            let walls = enter(MEMORY);
            println!("{walls:?}");
            try_all(&attempts);
            assert_every_call_is_refused();
            thread::spawn(|| println!("a thread started"))
                .join()
                .unwrap();
        }
        Ok("abort") => {
            enter(MEMORY);
            std::process::abort();
        }
        _ => println!("role: nothing to do without {ROLE}"),
    }
}

fn play(role: &str) -> Output {
    // A walled process cannot clean up behind itself.
    let folder = tempfile::tempdir().unwrap();
    Command::new(std::env::current_exe().unwrap())
        .args([
            "reader::sandbox::tests::role",
            "--exact",
            "--ignored",
            "--nocapture",
        ])
        .env(ROLE, role)
        .env("TMPDIR", folder.path())
        .output()
        .unwrap()
}

fn try_all(attempts: &[Attempt]) {
    for (name, attempt) in attempts {
        match attempt() {
            Ok(()) => println!("{name}: done"),
            Err(error) => println!("{name}: refused, {error}"),
        }
    }
}

/// The number that the table promises, for each call of it, whatever the kernel would
/// have said: arguments are null.
fn assert_every_call_is_refused() {
    for group in &calls::GROUPS {
        for number in group.calls {
            let error = call(*number, [0; 5]).unwrap_err();
            assert_eq!(error.raw_os_error(), Some(group.errno), "call {number}");
        }
    }
    for newer in [calls::NEWEST + 5, 0x4000_0000 | libc::SYS_getpid] {
        let error = call(newer, [0; 5]).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::ENOSYS), "{newer}");
    }
    println!("every call on the lists refused");
}

/// Everything that an unwalled reader could do to the world, and needs no special
/// rights for.
fn attempts(folder: &Path) -> Vec<Attempt> {
    let mut all = on_the_network();
    all.extend(on_processes());
    all.extend(on_contents(folder));
    all.extend(on_names(folder));
    all
}

fn on_the_network() -> Vec<Attempt> {
    vec![
        attempt("speak UDP", || UdpSocket::bind("127.0.0.1:0").map(drop)),
        attempt("listen on TCP", || {
            TcpListener::bind("127.0.0.1:0").map(drop)
        }),
        attempt("pair sockets", || UnixStream::pair().map(drop)),
    ]
}

fn on_processes() -> Vec<Attempt> {
    let parent = i64::from(parent_id());
    // Signal 0 does nothing but ask whether one could be sent.
    let signal = |number, thread| [i64::from(parent_id()), thread, number, 0, 0];
    vec![
        attempt("fork", fork),
        attempt("start a program", || {
            Command::new("true").status().map(drop)
        }),
        attempt("signal", move || call(libc::SYS_kill, [parent, 0, 0, 0, 0])),
        attempt("signal a thread", move || {
            call(libc::SYS_tgkill, signal(0, parent))
        }),
        attempt("signal any thread", move || {
            call(libc::SYS_tkill, [parent, 0, 0, 0, 0])
        }),
        attempt("queue a signal", move || {
            let mut info = [0i32; 32];
            info[2] = libc::SI_QUEUE;
            call(
                libc::SYS_rt_sigqueueinfo,
                [parent, 0, info.as_ptr() as i64, 0, 0],
            )
        }),
        attempt("hold a process", move || {
            call(libc::SYS_pidfd_open, [parent, 0, 0, 0, 0])
        }),
        attempt("slow a process", move || {
            call(libc::SYS_setpriority, [0, parent, 0, 0, 0])
        }),
        attempt("outlive its parent", || {
            call(libc::SYS_prctl, [libc::PR_SET_PDEATHSIG.into(), 0, 0, 0, 0])
        }),
        attempt("set a limit", || {
            let same = getrlimit(Resource::Stack);
            setrlimit(Resource::Stack, same).map_err(Into::into)
        }),
        attempt("take an identity", || {
            let own = i64::from(rustix::process::getuid().as_raw());
            call(libc::SYS_setuid, [own, 0, 0, 0, 0])
        }),
        attempt("own a pipe's signals", move || {
            call(libc::SYS_fcntl, [1, libc::F_SETOWN.into(), parent, 0, 0])
        }),
    ]
}

fn on_contents(folder: &Path) -> Vec<Attempt> {
    let file = folder.join("contents");
    fs::write(&file, "contents").unwrap();
    let path = c_path(&file);
    let open_at = |flags: i32| {
        let path = path.clone();
        move || {
            let at = [
                libc::AT_FDCWD.into(),
                path.as_ptr() as i64,
                flags.into(),
                0o600,
                0,
            ];
            call(libc::SYS_openat, at)
        }
    };
    let (path, new) = (path.clone(), folder.join("new"));
    vec![
        attempt("write a file", move || fs::write(&new, "x")),
        attempt("open for writing", open_at(libc::O_WRONLY)),
        attempt("open for both", open_at(libc::O_RDWR)),
        attempt("empty on opening", open_at(libc::O_RDONLY | libc::O_TRUNC)),
        attempt("truncate", move || {
            call(libc::SYS_truncate, [path.as_ptr() as i64, 0, 0, 0, 0])
        }),
        attempt("make memory a file", || {
            call(
                libc::SYS_memfd_create,
                [c"probe".as_ptr() as i64, 0, 0, 0, 0],
            )
        }),
    ]
}

fn on_names(folder: &Path) -> Vec<Attempt> {
    let at = |name: &str| {
        let path = folder.join(name);
        fs::write(&path, name).unwrap();
        path
    };
    let (old, gone, kept) = (at("old"), at("gone"), at("kept"));
    let (linked, soft, mode, owner) = (at("linked"), at("soft"), at("mode"), at("owner"));
    let (times, empty) = (at("times"), folder.join("empty"));
    fs::create_dir(&empty).unwrap();
    let [moved, hard, link, made, pipe] =
        ["moved", "hard", "link", "made", "pipe"].map(|name| folder.join(name));
    vec![
        attempt("rename", move || fs::rename(&old, &moved)),
        attempt("remove", move || fs::remove_file(&gone)),
        attempt("link", move || fs::hard_link(&linked, &hard)),
        attempt("link softly", move || symlink(&soft, &link)),
        attempt("make a folder", move || fs::create_dir(&made)),
        attempt("remove a folder", move || fs::remove_dir(&empty)),
        attempt("make a pipe", move || {
            let pipe = c_path(&pipe);
            let mode = i64::from(libc::S_IFIFO | 0o600);
            call(
                libc::SYS_mknodat,
                [libc::AT_FDCWD.into(), pipe.as_ptr() as i64, mode, 0, 0],
            )
        }),
        attempt("change a mode", move || {
            fs::set_permissions(&mode, fs::Permissions::from_mode(0o640))
        }),
        attempt("change an owner", move || {
            let own = rustix::process::getuid().as_raw();
            std::os::unix::fs::chown(&owner, Some(own), None)
        }),
        attempt("change times", move || {
            let path = c_path(&times);
            call(
                libc::SYS_utimensat,
                [libc::AT_FDCWD.into(), path.as_ptr() as i64, 0, 0, 0],
            )
        }),
        attempt("read a file", move || File::open(&kept).map(drop)),
    ]
}

fn attempt(name: &'static str, attempt: impl Fn() -> io::Result<()> + 'static) -> Attempt {
    (name, Box::new(attempt))
}

fn c_path(path: &Path) -> CString {
    CString::new(path.as_os_str().as_bytes()).unwrap()
}

/// A raw system call.
fn call(number: libc::c_long, arguments: [i64; 5]) -> io::Result<()> {
    let [a, b, c, d, e] = arguments;
    // SAFETY: callers hand over numbers, null, or what outlives the call; a call that
    // would change this process is made only where it is refused.
    match unsafe { libc::syscall(number, a, b, c, d, e) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

#[test]
fn the_probe_follows_no_link_that_somebody_planted() {
    let folder = tempfile::tempdir().unwrap();
    let (letter, scratch) = (folder.path().join("letter"), folder.path().join("probe"));
    fs::write(&letter, "Dear Sirs,").unwrap();
    symlink(&letter, &scratch).unwrap();
    // No wall is proven either.
    assert!(can_create(&scratch));
    assert_eq!(fs::read(&letter).unwrap(), b"Dear Sirs,");
    fs::remove_file(&scratch).unwrap();
    assert!(can_create(&scratch) && !scratch.exists());
    assert!(!can_create(&folder.path().join("nowhere/probe")));
}

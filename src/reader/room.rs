//! A reader that has no room left says so as it ends: its parent looks at its memory
//! many times a second, and a single great allocation falls between two looks.
//!
//! What asks for memory and cannot have it ends the process by `abort`, in Rust as in
//! C++. From there a signal handler ends it with a code of its own, when the address
//! space is why.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, Ordering};

/// The exit code of a reader that had no room: from sysexits.h, "an operating system
/// resource ran out", and no code of the program's own.
pub(super) const NO_ROOM: i32 = 71;

/// Less free address space than this is no room: 64 MiB, the size of the blocks in which
/// a reader's memory grows.
const SOME_ROOM: usize = 64 << 20;

/// Whether an allocation failed since the page was begun.
static REFUSED: AtomicBool = AtomicBool::new(false);

#[global_allocator]
static ALLOCATOR: Noting = Noting;

/// The system's allocator, which remembers that it had to refuse.
struct Noting;

// SAFETY: everything is the system allocator's own answer.
unsafe impl GlobalAlloc for Noting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        noted(unsafe { System.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        noted(unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as the caller promises.
        noted(unsafe { System.realloc(block, layout, size) })
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(block, layout) }
    }
}

fn noted(block: *mut u8) -> *mut u8 {
    if block.is_null() {
        REFUSED.store(true, Ordering::Relaxed);
    }
    block
}

/// From here on an `abort` for want of room is told from any other.
pub(super) fn tell_want_of_room() {
    let handler: extern "C" fn(libc::c_int) = aborted;
    // SAFETY: the handler calls only what a signal handler may call.
    unsafe { libc::signal(libc::SIGABRT, handler as libc::sighandler_t) };
}

/// Another page begins: what an earlier one was refused it has survived.
pub(super) fn begin_page() {
    REFUSED.store(false, Ordering::Relaxed);
}

/// Ends the process when there is no room. When it returns, `abort` goes on.
extern "C" fn aborted(_: libc::c_int) {
    if REFUSED.load(Ordering::Relaxed) || !has_room() {
        // SAFETY: ends this process without running anything else.
        unsafe { libc::_exit(NO_ROOM) }
    }
}

fn has_room() -> bool {
    let (access, kind) = (libc::PROT_NONE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
    // SAFETY: asks for fresh address space, which nobody uses; the process is ending.
    let block = unsafe { libc::mmap(std::ptr::null_mut(), SOME_ROOM, access, kind, -1, 0) };
    block != libc::MAP_FAILED
}

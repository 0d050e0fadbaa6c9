//! How much of what was read may wait for the writer.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Bytes of page images that may wait for their commit, over all readers, 256 MiB: a
/// night of bitonal letters holds under 10 MiB of it (November 2026), and a scan that
/// has more waits alone.
pub(super) const MOST_WAITING: usize = 256 << 20;

/// How often one who waits for room looks whether the run was ended.
const GLANCE: Duration = Duration::from_millis(100);

/// Bytes that may be held at a time.
#[derive(Debug)]
pub(super) struct Budget {
    most: usize,
    held: Mutex<usize>,
    freed: Condvar,
}

/// Room in a budget, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Room<'a> {
    budget: &'a Budget,
    bytes: usize,
}

impl Budget {
    pub(super) const fn new(most: usize) -> Self {
        Self {
            most,
            held: Mutex::new(0),
            freed: Condvar::new(),
        }
    }

    /// Waits until there is room for so many bytes; for more than the whole budget,
    /// until nothing else is held. `None` when the run was ended meanwhile.
    pub(super) fn take(&self, bytes: usize, stop: &AtomicBool) -> Option<Room<'_>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        while *held > 0 && *held + bytes > self.most {
            if stop.load(Ordering::Relaxed) {
                return None;
            }
            let waited = self.freed.wait_timeout(held, GLANCE);
            held = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        *held += bytes;
        Some(Room {
            budget: self,
            bytes,
        })
    }
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        let held = self.budget.held.lock();
        *held.unwrap_or_else(PoisonError::into_inner) -= self.bytes;
        self.budget.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_much_waits() {
        let (budget, go_on) = (Budget::new(10), AtomicBool::new(false));
        let ended = AtomicBool::new(true);
        // More than all of it, but alone.
        let large = budget.take(11, &go_on).unwrap();
        assert!(budget.take(1, &ended).is_none());
        std::thread::scope(|scope| {
            let waits = scope.spawn(|| budget.take(4, &go_on).map(|room| room.bytes));
            std::thread::sleep(Duration::from_millis(30));
            assert!(!waits.is_finished());
            drop(large);
            assert_eq!(waits.join().unwrap(), Some(4));
        });
        let _six = budget.take(6, &go_on).unwrap();
        assert!(budget.take(4, &ended).is_some());
        assert!(budget.take(5, &ended).is_none());
    }
}

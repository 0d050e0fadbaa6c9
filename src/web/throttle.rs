//! How often somebody may guess: a bucket for each key that fills by the guess and drains by time.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Buckets by key; what has drained is forgotten.
#[derive(Debug)]
pub(super) struct Throttle {
    /// How many guesses a bucket holds.
    room: f64,
    /// In how long one guess drains.
    drains: Duration,
    buckets: Mutex<HashMap<String, Bucket>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    level: f64,
    at: Instant,
}

/// Buckets that are kept before those that have drained are looked for: some megabytes.
const MOST_BUCKETS: usize = 50_000;

impl Throttle {
    /// Five wrong passwords at once, then one in three minutes: a thousand guesses take two days.
    pub(super) fn sign_ins() -> Self {
        Self::new(5.0, Duration::from_secs(180))
    }

    /// Ten questions for a case at once, then one in a minute.
    pub(super) fn guesses() -> Self {
        Self::new(10.0, Duration::from_secs(60))
    }

    pub(super) fn new(room: f64, drains: Duration) -> Self {
        Self {
            room,
            drains,
            buckets: Mutex::default(),
        }
    }

    /// Counts a guess; says whether there was room for it.
    pub(super) fn admits(&self, key: String) -> bool {
        self.admits_at(key, Instant::now())
    }

    /// Forgets the guesses of somebody who turned out to know.
    pub(super) fn forgive(&self, key: &str) {
        self.lock().remove(key);
    }

    fn admits_at(&self, key: String, now: Instant) -> bool {
        let mut buckets = self.lock();
        if buckets.len() >= MOST_BUCKETS {
            buckets.retain(|_, bucket| self.level(*bucket, now) > 0.0);
        }
        // Where even that leaves too many, somebody floods us with keys: nobody guesses any more.
        if buckets.len() >= MOST_BUCKETS && !buckets.contains_key(&key) {
            return false;
        }
        let bucket = buckets.entry(key).or_insert(Bucket {
            level: 0.0,
            at: now,
        });
        let level = self.level(*bucket, now);
        let admitted = level + 1.0 <= self.room;
        *bucket = Bucket {
            level: if admitted { level + 1.0 } else { level },
            at: now,
        };
        admitted
    }

    fn level(&self, bucket: Bucket, now: Instant) -> f64 {
        let drained = now.duration_since(bucket.at).as_secs_f64() / self.drains.as_secs_f64();
        (bucket.level - drained).max(0.0)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Bucket>> {
        // A bucket is whole at every moment: one who panicked holding the lock left nothing torn.
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guesses_run_out_and_come_back_with_time() {
        let throttle = Throttle::new(3.0, Duration::from_secs(60));
        let begin = Instant::now();
        let at = |seconds| begin + Duration::from_secs(seconds);
        for _ in 0..3 {
            assert!(throttle.admits_at("jo".to_owned(), begin));
        }
        assert!(!throttle.admits_at("jo".to_owned(), at(30)));
        assert!(throttle.admits_at("al".to_owned(), at(30)));
        assert!(throttle.admits_at("jo".to_owned(), at(61)));
        assert!(!throttle.admits_at("jo".to_owned(), at(62)));
        throttle.forgive("jo");
        assert!(throttle.admits_at("jo".to_owned(), at(62)));
    }
}

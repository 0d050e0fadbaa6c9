//! The bars that a waiting operator sees: pages, pages a second, time left, what
//! was set aside. Off when stderr is no terminal.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::batch::Progress;

/// Draws one run: first the look through the files, then their reading. The bar
/// counts bytes, because that is what is known before the
/// scans are opened; the message counts pages.
pub(super) struct Bars {
    bar: ProgressBar,
    scans: AtomicU64,
    pages: AtomicU64,
    aside: AtomicU64,
}

impl Bars {
    pub(super) fn new() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(5));
        // The template is a constant and well formed.
        if let Ok(style) = ProgressStyle::with_template(
            "{bar:30} {percent:>3} %  {msg}  {elapsed_precise} gone, {eta} left",
        ) {
            bar.set_style(style);
        }
        Self {
            bar,
            scans: AtomicU64::new(0),
            pages: AtomicU64::new(0),
            aside: AtomicU64::new(0),
        }
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn say(&self) {
        let pages = self.pages.load(Ordering::Relaxed);
        let rate = pages as f64 / self.bar.elapsed().as_secs_f64().max(0.001);
        let aside = self.aside.load(Ordering::Relaxed);
        let scans = self.scans.load(Ordering::Relaxed);
        self.bar.set_message(format!(
            "{pages} pages of {scans} scans, {rate:.1} pages/s, {aside} set aside"
        ));
    }
}

/// Counts what comes, where nobody knows how much that will be.
pub(super) struct Counting {
    bar: ProgressBar,
}

impl Counting {
    /// Of such things.
    pub(super) fn new(things: &'static str) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(5));
        // The template is a constant and well formed.
        if let Ok(style) = ProgressStyle::with_template(&format!(
            "{{pos}} {things}, {{per_sec}}, {{elapsed_precise}} gone"
        )) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { bar }
    }

    pub(super) fn set(&self, number: u64) {
        self.bar.set_position(number);
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Bars {
    fn found(&self, bytes: u64) {
        self.bar.set_length(bytes);
        self.bar.set_message("looking for what is new");
        self.bar.enable_steady_tick(Duration::from_millis(200));
    }

    fn hashed(&self, bytes: u64) {
        self.bar.inc(bytes);
    }

    fn planned(&self, _scans: u64, bytes: u64) {
        self.bar.reset();
        self.bar.set_length(bytes);
        self.say();
    }

    fn page(&self, aside: bool) {
        self.pages.fetch_add(1, Ordering::Relaxed);
        self.aside.fetch_add(u64::from(aside), Ordering::Relaxed);
        self.say();
    }

    fn scan(&self, bytes: u64, aside: bool) {
        self.scans.fetch_add(1, Ordering::Relaxed);
        self.aside.fetch_add(u64::from(aside), Ordering::Relaxed);
        self.bar.inc(bytes);
        self.say();
    }
}

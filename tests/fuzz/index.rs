//! The scanner's own list, `index.csv`.

#![no_main]

use std::fs;

use jiff::civil::date;
use libfuzzer_sys::fuzz_target;
use postroom::batch::index::Found;

fuzz_target!(|bytes: &[u8]| {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("index.csv"), bytes).unwrap();
    let _ = Found::of(folder.path(), None, &[], date(2026, 11, 22));
});

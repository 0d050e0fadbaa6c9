//! The scanner's own list, `index.csv`.

#![no_main]

use std::fs;

use libfuzzer_sys::fuzz_target;
use postroom::batch::index::Index;

fuzz_target!(|bytes: &[u8]| {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("index.csv"), bytes).unwrap();
    let _ = Index::find(folder.path(), None);
});

//! `postroom.toml`.

#![no_main]

use std::fs;

use libfuzzer_sys::fuzz_target;
use postroom::config::Config;

fuzz_target!(|bytes: &[u8]| {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("postroom.toml");
    fs::write(&path, bytes).unwrap();
    let _ = Config::load(Some(&path), None);
});

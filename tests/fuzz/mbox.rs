//! A mailbox file.

#![no_main]

use std::fs;

use libfuzzer_sys::fuzz_target;
use postroom::mail::{MailLimits, sources};

fuzz_target!(|bytes: &[u8]| {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mbox");
    fs::write(&path, bytes).unwrap();
    let limits = MailLimits {
        message_bytes: 1_000,
        ..MailLimits::default()
    };
    for raw in sources::open(&path, &limits).unwrap().flatten() {
        assert!(raw.bytes.len() <= 1_000);
    }
});

//! A night of nothing but broken, hostile and odd files, when they are there: all of
//! them are accounted for, and the run itself stays well.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::support::{Post, assert_balanced};

/// The most memory that the parent of such a night may have had, in kB. It holds a few
/// scans and their images at a time: 132 MiB over all 1,201 files, two readers (November
/// 2026).
const PARENT_MEMORY: u64 = 400 << 10;

#[test]
fn a_slice_of_the_broken_files_is_accounted_for() {
    // A prime, so that the slice goes through all folders and kinds.
    run_over_every(23);
}

#[test]
#[ignore = "1,201 files: some minutes"]
fn every_broken_file_is_accounted_for() {
    run_over_every(1);
}

fn run_over_every(step: usize) {
    let post = Post::new();
    let Some(archive) = shared("broken/scans-broken-and-odd.tar") else {
        return;
    };
    let unpacked = Command::new("tar")
        .arg("-xf")
        .arg(archive)
        .arg("-C")
        .arg(post.scans())
        .status();
    assert!(unpacked.unwrap().success());
    let files = files(&post.scans());
    let left_out = files.iter().enumerate().filter(|(at, _)| at % step != 0);
    left_out.for_each(|(_, file)| fs::remove_file(file).unwrap());
    let expected = files.len().div_ceil(step) as u64;

    let (code, summary, memory) = run_watched(&post);
    assert_eq!(code, Some(1), "a person must look: {summary}");
    assert_balanced(&summary);
    let count = |key: &str| summary[key].as_u64().unwrap();
    assert_eq!(count("scans") + count("ignored"), expected, "{summary}");
    assert!(memory < PARENT_MEMORY, "the parent took {memory} kB");
    let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
    for aside in summary["aside"].as_array().unwrap() {
        *codes.entry(aside["code"].as_str().unwrap()).or_default() += 1;
    }
    println!(
        "{expected} files: {} filed, {} duplicates, {} set aside, {} ignored; {} pages; \
         {} s, parent {} MiB; {codes:?}",
        count("filed"),
        count("duplicates"),
        count("set_aside"),
        count("ignored"),
        count("pages"),
        summary["seconds"],
        memory >> 10
    );
    for (code, why) in [
        ("fault", "our own code failed"),
        ("reader_crashed", "a decoder died"),
    ] {
        assert_eq!(codes.get(code), None, "{why}: {summary}");
    }
    post.assert_verified();
}

/// Runs with the real engine; exit code, summary and the parent's largest memory in kB.
fn run_watched(post: &Post) -> (Option<i32>, Value, u64) {
    let out = post.path("summary.json");
    let mut run = Command::new(crate::support::PROGRAM)
        .arg("run")
        .arg(post.scans())
        .arg("--store")
        .arg(post.path("store"))
        .arg("--json")
        .stdin(Stdio::null())
        .stdout(File::create(&out).unwrap())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut memory = 0;
    let status = loop {
        memory = memory.max(most_memory(run.id()));
        match run.try_wait().unwrap() {
            Some(status) => break status,
            None => thread::sleep(Duration::from_millis(50)),
        }
    };
    let summary = serde_json::from_str(&fs::read_to_string(out).unwrap());
    (status.code(), summary.unwrap(), memory)
}

/// The most memory that a process has had, in kB; 0 once it is gone.
fn most_memory(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok())
        .unwrap_or(0)
}

/// A file of the shared data; `None`, saying so, when it is not there.
fn shared(name: &str) -> Option<PathBuf> {
    let root = match std::env::var_os("POSTROOM_SHARED_DATA") {
        Some(root) => PathBuf::from(root),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
    };
    let file = root.join(name);
    if file.exists() {
        return Some(file);
    }
    println!("skipped: {} is not there", file.display());
    None
}

/// Every file below a folder, in order.
fn files(root: &Path) -> Vec<PathBuf> {
    let mut open = vec![root.to_owned()];
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let list = if path.is_dir() { &mut open } else { &mut found };
            list.push(path);
        }
    }
    found.sort();
    found
}

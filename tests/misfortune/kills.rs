//! What is killed from outside: a run, its readers, and readers whose run is gone.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use super::asides;
use crate::support::{Post, assert_balanced, databases, plain_letter};

/// On each database, so often a run is killed while it files, the next at a random moment,
/// and the one after that is let finish: twenty kills, each followed by a run.
const ROUNDS: u64 = 10;

/// Scans that are new in each round.
const NEW: u64 = 6;

/// In so many rounds at least a kill falls in mid-filing, after the first new blob and
/// before the last new row: with all six scans in one transaction there are blobs without
/// any row, else some scans are filed and some not.
const IN_MID_FILING: usize = 2;

#[test]
fn a_run_that_is_killed_is_finished_by_the_next() {
    for database in databases("a_run_that_is_killed_is_finished_by_the_next") {
        let mut post = Post::on(&database);
        let began = Instant::now();
        let mut random = Random(20_261_122);
        let mut resumed = 0;
        let mut in_mid_filing = 0;
        add_scans(&mut post, 0);
        let (_, usual) = finish(&post, NEW);
        for round in 1..=ROUNDS {
            add_scans(&mut post, round);
            kill_in_filing(&post, 1 + (random.next() * NEW as f64) as usize);
            let filed = post.letters().len() as u64;
            in_mid_filing += usize::from(filed < (round + 1) * NEW);
            kill_after(&post, usual.mul_f64(random.next()));
            let (summary, _) = finish(&post, (round + 1) * NEW);
            resumed += usize::from(summary["resumed"] == true);
        }
        println!(
            "{database:?}: {ROUNDS} rounds, {resumed} resumed, {in_mid_filing} cut in mid-filing, {:?}",
            began.elapsed()
        );
        assert!(
            in_mid_filing >= IN_MID_FILING,
            "{in_mid_filing} of {ROUNDS}"
        );
        let letters = post.letters();
        let scans = letters
            .iter()
            .map(|letter| letter["scan"].as_str().unwrap());
        let scans: BTreeSet<_> = scans.collect();
        let all = (ROUNDS + 1) * NEW;
        assert_eq!((letters.len() as u64, scans.len() as u64), (all, all));
        let cards = post.postroom(&["export", "cards"]).json();
        assert_eq!(cards.as_array().unwrap().len() as u64, all);
        post.assert_verified();
    }
}

/// A run that is let finish, with so many scans in the folder, and how long it took.
fn finish(post: &Post, scans: u64) -> (Value, Duration) {
    let began = Instant::now();
    let ran = post.run(&[]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let summary = ran.json();
    assert_balanced(&summary);
    let filed = count(&summary, "filed") + count(&summary, "already_filed");
    assert_eq!(filed, scans, "{summary}");
    (summary, began.elapsed())
}

fn add_scans(post: &mut Post, round: u64) {
    for index in 0..NEW {
        let letter = post.page(json!(["Dear Sirs,"]));
        let card = json!({ "form": "coupon-a6", "ticks": { "offer.kettle": "marked" } });
        let card = post.page(card);
        post.scan(&format!("{round:02}-{index}.tif"), &[letter, card]);
    }
}

fn kill_after(post: &Post, moment: Duration) {
    let mut run = start(post);
    thread::sleep(moment);
    let _ = run.kill();
    run.wait().unwrap();
}

/// Kills a run when so many new blobs are there: a scan's row follows its blobs.
fn kill_in_filing(post: &Post, blobs: usize) {
    let enough = count_blobs(&post.path("store/blobs")) + blobs;
    let mut run = start(post);
    while run.try_wait().unwrap().is_none() && count_blobs(&post.path("store/blobs")) < enough {
        thread::sleep(Duration::from_millis(2));
    }
    let _ = run.kill();
    run.wait().unwrap();
}

pub(super) fn count_blobs(folder: &Path) -> usize {
    let Ok(entries) = fs::read_dir(folder) else {
        return 0;
    };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    paths
        .map(|path| if path.is_dir() { count_blobs(&path) } else { 1 })
        .sum()
}

fn start(post: &Post) -> Child {
    let scans = post.scans();
    let mut command = post.command(&["run", scans.to_str().unwrap(), "--json"]);
    command
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap()
}

fn count(summary: &Value, key: &str) -> u64 {
    summary[key].as_u64().unwrap()
}

/// Numbers from 0 to 1, the same ones every time (Knuth's MMIX generator).
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = self.0.wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[test]
fn a_scan_whose_readers_are_killed_waits_for_the_next_run() {
    let mut post = Post::new();
    let page = post.page(json!("hang"));
    post.scan("large.tif", &[page]);
    let mut run = start(&post);
    let mut killed = 0;
    while run.try_wait().unwrap().is_none() {
        killed += usize::from(walled_reader_of(&run).is_some_and(|reader| kill_hanging(&reader)));
    }
    assert_eq!(run.wait().unwrap().code(), Some(1));
    assert_eq!(killed, 2, "the page gets a second chance");
    let listed = post.postroom(&["aside", "list", "--json"]).json();
    assert_eq!(listed[0]["code"], "out_of_memory", "{listed}");
    // The next run tries it again by itself.
    post.mend(page, json!(["Dear Sirs,"]));
    let ran = post.run(&[]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(
        (count(&ran.json(), "filed"), asides(&ran.json())),
        (1, vec![])
    );
}

#[test]
fn pages_read_before_the_readers_were_killed_are_kept() {
    let mut post = Post::new();
    let first = post.page(json!(plain_letter("Ada Mason", "LS6 3HN")));
    let second = post.page(json!("hang"));
    let third = post.page(json!(["and the last page."]));
    post.scan("large.tif", &[first, second, third]);
    let mut run = start(&post);
    let mut killed = 0;
    while run.try_wait().unwrap().is_none() {
        killed += usize::from(walled_reader_of(&run).is_some_and(|reader| kill_hanging(&reader)));
    }
    assert_eq!((run.wait().unwrap().code(), killed), (Some(1), 2));
    let letter = &post.letters()[0];
    assert_eq!(letter["missing_pages"], json!([2, 3]), "{letter}");
    let listed = post.postroom(&["aside", "list", "--json"]).json();
    assert_eq!(listed[0]["code"], "out_of_memory", "{listed}");
    // The next run tries them again by itself.
    post.mend(second, json!(["and a second page."]));
    let ran = post.run(&[]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_balanced(&ran.json());
    assert_eq!(
        (count(&ran.json(), "already_filed"), asides(&ran.json())),
        (1, vec![])
    );
    let letter = &post.letters()[0];
    assert_eq!(letter["missing_pages"], json!([]));
    assert!(letter["text"].as_str().unwrap().contains("second page"));
    post.assert_verified();
}

#[test]
fn readers_end_with_their_run() {
    let mut post = Post::new();
    let page = post.page(json!("hang"));
    post.scan("hang.tif", &[page]);
    let mut run = start(&post);
    let reader = loop {
        // The one that hangs, not the one that is started and ended first.
        match walled_reader_of(&run) {
            Some(reader) if hangs(&reader) => break reader,
            _ => thread::sleep(Duration::from_millis(20)),
        }
        assert_eq!(run.try_wait().unwrap(), None, "the run goes on");
    };
    run.kill().unwrap();
    run.wait().unwrap();
    let patience = Instant::now() + Duration::from_secs(2);
    while is_alive(&reader) {
        assert!(
            Instant::now() < patience,
            "reader {reader} outlives its run"
        );
        thread::sleep(Duration::from_millis(10));
    }
}

/// A reader of this run that has its walls up.
fn walled_reader_of(run: &Child) -> Option<String> {
    let parent = format!("PPid:\t{}\n", run.id());
    fs::read_dir("/proc").unwrap().find_map(|entry| {
        let entry = entry.ok()?;
        let status = fs::read_to_string(entry.path().join("status")).ok()?;
        let found = status.contains(&parent) && status.contains("Seccomp:\t2\n");
        found
            .then(|| entry.file_name().into_string().ok())
            .flatten()
    })
}

/// Whether it is still there after a while in which an idle one would be gone.
fn hangs(reader: &str) -> bool {
    thread::sleep(Duration::from_millis(500));
    is_alive(reader)
}

fn kill_hanging(reader: &str) -> bool {
    let process = Pid::from_raw(reader.parse().unwrap()).unwrap();
    hangs(reader) && kill_process(process, Signal::KILL).is_ok()
}

fn is_alive(process: &str) -> bool {
    // A process that nobody has waited for yet is gone all the same.
    fs::read_to_string(format!("/proc/{process}/status"))
        .is_ok_and(|status| !status.contains("State:\tZ"))
}

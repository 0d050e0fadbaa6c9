//! What is killed from outside: a run, its readers, and readers whose run is gone.

use std::collections::BTreeSet;
use std::fs;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::asides;
use crate::support::{Post, assert_balanced, databases};

/// Moments at which a run is killed, on each database.
const KILLS: u64 = 20;

/// Scans that are new to each run that is killed.
const NEW: u64 = 8;

/// So many of the kills fall in mid-filing at least, with some of the new scans filed
/// and some not: about half of them do (two cores, November 2026).
const IN_MID_FILING: usize = 4;

#[test]
fn a_run_that_is_killed_is_finished_by_the_next() {
    for database in databases("a_run_that_is_killed_is_finished_by_the_next") {
        let mut post = Post::on(&database);
        let began = Instant::now();
        add_scans(&mut post, 0);
        let mut usual = duration_of(&post);
        let mut random = Random(20_261_122);
        let mut resumed = 0;
        let mut in_mid_filing = 0;
        for round in 1..=KILLS {
            add_scans(&mut post, round);
            kill_after(&post, usual.mul_f64(random.next()));
            let ran = post.run(&[]);
            assert_eq!(ran.code, Some(0), "{ran:?}");
            let summary = ran.json();
            assert_balanced(&summary);
            let (filed, before) = (count(&summary, "filed"), count(&summary, "already_filed"));
            assert_eq!(filed + before, (round + 1) * NEW, "{summary}");
            resumed += usize::from(summary["resumed"] == true);
            in_mid_filing += usize::from((1..NEW).contains(&filed));
            if filed == NEW {
                usual = Duration::from_secs_f64(summary["seconds"].as_f64().unwrap());
            }
        }
        println!(
            "{database:?}: {KILLS} kills, {resumed} runs resumed, {in_mid_filing} cut in \
             mid-filing, {:?}",
            began.elapsed()
        );
        assert!(in_mid_filing >= IN_MID_FILING, "{in_mid_filing} of {KILLS}");
        let letters = post.letters();
        let scans: BTreeSet<_> = letters
            .iter()
            .map(|l| l["scan"].as_str().unwrap())
            .collect();
        let all = (KILLS + 1) * NEW;
        assert_eq!(
            (letters.len() as u64, scans.len() as u64),
            (all, all),
            "{database:?}"
        );
        post.assert_verified();
    }
}

fn add_scans(post: &mut Post, round: u64) {
    for index in 0..NEW {
        post.letter(&format!("{round:02}-{index}.tif"), &["Dear Sirs,"]);
    }
}

fn duration_of(post: &Post) -> Duration {
    let began = Instant::now();
    let ran = post.run(&[]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    began.elapsed()
}

fn kill_after(post: &Post, moment: Duration) {
    let mut run = start(post);
    thread::sleep(moment);
    let _ = run.kill();
    run.wait().unwrap();
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
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
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
    hangs(reader)
        && Command::new("kill")
            .args(["-9", reader])
            .status()
            .unwrap()
            .success()
}

fn is_alive(process: &str) -> bool {
    // A process that nobody has waited for yet is gone all the same.
    fs::read_to_string(format!("/proc/{process}/status"))
        .is_ok_and(|status| !status.contains("State:\tZ"))
}

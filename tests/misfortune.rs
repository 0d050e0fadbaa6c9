//! What can go wrong at night, one test for each: nothing is lost, nothing is
//! filed twice, and the morning says what happened.

mod broken;
mod kills;
mod mail;
mod servers;

use std::fs;
use std::process::Command;
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};

use crate::support::{Post, assert_balanced, plain_letter, tiff};

/// The aside list as (scan, page, code).
fn asides(summary: &Value) -> Vec<(String, Option<u64>, String)> {
    let aside = summary["aside"].as_array().unwrap().iter();
    aside
        .map(|line| {
            (
                line["scan"].as_str().unwrap().to_owned(),
                line["page"].as_u64(),
                line["code"].as_str().unwrap().to_owned(),
            )
        })
        .collect()
}

#[test]
fn a_reader_that_dies_costs_one_page() {
    let mut post = Post::new();
    let good = json!(plain_letter("Ada Mason", "LS6 3HN"));
    let pages = [good.clone(), json!("crash"), json!(["and a second page."])];
    let pages: Vec<u32> = pages.into_iter().map(|act| post.page(act)).collect();
    post.scan("three.tif", &pages);
    post.letter("after.tif", &["Dear Sirs,"]);
    let ran = post.run(&[]);
    let summary = ran.json();
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_balanced(&summary);
    assert_eq!(summary["filed"], 2);
    assert_eq!(summary["pages_aside"], 1);
    assert_eq!(
        asides(&summary),
        [("three.tif".into(), Some(2), "reader_crashed".into())]
    );
    let letter = &post.letters()[1];
    assert_eq!(letter["scan"], "three.tif");
    assert_eq!(letter["pages"], json!([1, 2, 3]));
    assert!(
        letter["text"]
            .as_str()
            .unwrap()
            .contains("and a second page.")
    );
    assert!(summary["in_review"].as_u64().unwrap() >= 1);
    post.assert_verified();
}

#[test]
fn a_scan_none_of_whose_pages_can_be_read_is_filed_for_a_person() {
    let mut post = Post::new();
    let page = post.page(json!("crash"));
    post.scan("deadly.tif", &[page]);
    let ran = post.run(&[]);
    assert_eq!(ran.code, Some(1));
    assert_balanced(&ran.json());
    assert_eq!(
        asides(&ran.json()),
        [("deadly.tif".into(), Some(1), "reader_crashed".into())]
    );
    assert_eq!(ran.json()["in_review"], 1);
    assert_eq!(post.letters()[0]["missing_pages"], json!([1]));
    post.assert_verified();
    // It waits for a person: the next run does not try it again.
    let again = post.run(&[]);
    assert_eq!(again.code, Some(1));
    assert_eq!(asides(&again.json()), asides(&ran.json()));
}

#[test]
fn a_scan_that_kills_reader_after_reader_is_given_up() {
    let mut post = Post::new();
    let first = post.page(json!(plain_letter("Ada Mason", "LS6 3HN")));
    let crash = post.page(json!("crash"));
    let after = post.page(json!(["and nobody read this."]));
    let pages = [vec![first], vec![crash; 5], vec![after; 2]].concat();
    post.scan("deadly.tif", &pages);
    let ran = post.run(&[]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let summary = ran.json();
    assert_balanced(&summary);
    let page = |number, code: &str| ("deadly.tif".to_owned(), Some(number), code.to_owned());
    let mut expected: Vec<_> = (2..=6).map(|n| page(n, "reader_crashed")).collect();
    expected.extend([page(7, "not_read"), page(8, "not_read")]);
    assert_eq!(asides(&summary), expected);
    assert_eq!(summary["letter_pages"], 1);
    let reason = summary["aside"][5]["reason"].as_str().unwrap();
    assert!(
        reason.contains("5 readers had died on pages before it"),
        "{reason}"
    );
}

#[test]
fn a_page_that_hangs_or_grows_is_ended() {
    let mut post = Post::new();
    // Time enough to grow in, on a busy machine.
    post.configure("[limits]\npage_seconds = 5\nreader_mebibytes = 400\n");
    let pages = [
        json!("hang"),
        json!("grow"),
        json!(["Dear Sirs, this is the last page."]),
    ];
    let pages: Vec<u32> = pages.into_iter().map(|act| post.page(act)).collect();
    post.scan("slow.tif", &pages);
    let ran = post.run(&[]);
    assert_balanced(&ran.json());
    assert_eq!(
        asides(&ran.json()),
        [
            ("slow.tif".into(), Some(1), "too_slow".into()),
            ("slow.tif".into(), Some(2), "too_much_memory".into()),
        ]
    );
    assert_eq!(ran.json()["letter_pages"], 1);
}

#[test]
fn torn_and_foreign_files_are_set_aside_with_a_reason() {
    let mut post = Post::new();
    post.letter("good.tif", &["Dear Sirs,"]);
    let whole = tiff(&[1650]);
    fs::write(post.scans().join("torn.tif"), &whole[..whole.len() / 2]).unwrap();
    fs::write(post.scans().join("empty.tif"), b"").unwrap();
    fs::write(post.scans().join("empty too.tif"), b"").unwrap();
    fs::write(
        post.scans().join("letter.pdf"),
        b"Dear Sirs, this is no PDF.",
    )
    .unwrap();
    let ran = post.run(&[]);
    assert_eq!(ran.code, Some(1));
    assert_balanced(&ran.json());
    let mut found = asides(&ran.json());
    found.sort();
    assert_eq!(
        found,
        [
            ("empty too.tif".into(), None, "empty".into()),
            ("empty.tif".into(), None, "empty".into()),
            ("letter.pdf".into(), None, "unsupported".into()),
            ("torn.tif".into(), None, "truncated".into()),
        ]
    );
    // A person deals with each.
    let ran = post.postroom(&[
        "aside",
        "discard",
        "letter.pdf",
        "--reason",
        "a note, not post",
    ]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    post.scan("torn.tif", &[1650]);
    let mended = post.postroom(&["aside", "retry", "torn.tif", "--json"]);
    assert_eq!(mended.json()[0]["filed"], 1, "{mended:?}");
    let ran = post.run(&[]);
    assert_balanced(&ran.json());
    assert_eq!(ran.json()["already_filed"], 2, "{ran:?}");
    assert!(
        asides(&ran.json())
            .iter()
            .all(|(scan, ..)| scan != "torn.tif")
    );
}

#[test]
fn readers_can_neither_write_nor_speak() {
    let mut post = Post::new();
    post.letter("a.tif", &["Dear Sirs,"]);
    let walls = &post.run(&[]).json()["sandbox"];
    assert_eq!(walls["no_network"], true, "{walls}");
    assert_eq!(walls["no_writes"], true, "{walls}");
    assert_eq!(walls["no_signals"], true, "{walls}");
    assert_eq!(walls["no_processes"], true, "{walls}");
    assert_eq!(walls["memory_bound"], true, "{walls}");
}

#[test]
fn a_store_that_fails_is_exit_5_and_the_next_run_goes_on() {
    let mut post = Post::new();
    for name in ["a.tif", "b.tif", "c.tif"] {
        post.letter(name, &["Dear Sirs,"]);
    }
    assert_eq!(post.postroom(&["init"]).code, Some(0));
    let blobs = post.path("store/blobs");
    let _ = fs::remove_dir_all(&blobs);
    fs::write(&blobs, "in the way").unwrap();
    let ran = post.run(&[]);
    assert_eq!(ran.code, Some(5), "{ran:?}");
    fs::remove_file(&blobs).unwrap();
    let ran = post.run(&[]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_balanced(&ran.json());
    assert_eq!(post.letters().len(), 3);
    post.assert_verified();
}

#[test]
fn a_full_disk_loses_nothing() {
    let mut post = Post::new();
    for index in 0..12 {
        post.letter(&format!("{index:02}.tif"), &["Dear Sirs,"]);
    }
    let store = post.path("store");
    fs::create_dir(&store).unwrap();
    let mount = |size: &str| {
        let options = format!("size={size}");
        let target = store.to_str().unwrap().to_owned();
        let arguments = ["-t", "tmpfs", "-o", &options, "none", &target];
        Command::new("mount")
            .args(arguments)
            .output()
            .is_ok_and(|o| o.status.success())
    };
    if !mount("1500k") {
        println!("a_full_disk_loses_nothing: skipped, no file system can be mounted here");
        return;
    }
    let full = post.run(&[]);
    let target = store.to_str().unwrap();
    let grown = Command::new("mount")
        .args(["-o", "remount,size=200m", target])
        .status();
    let rest = post.run(&[]);
    let letters = post.letters().len();
    post.assert_verified();
    let _ = Command::new("umount").arg(target).status();
    assert!(grown.unwrap().success());
    assert_eq!(full.code, Some(5), "{full:?}");
    assert_eq!(rest.code, Some(0), "{rest:?}");
    assert_balanced(&rest.json());
    assert_eq!(letters, 12);
}

#[test]
fn two_runs_do_not_meet() {
    let mut post = Post::new();
    post.configure("[limits]\npage_seconds = 3\n");
    let page = post.page(json!("hang"));
    post.scan("hang.tif", &[page]);
    let scans = post.scans();
    let mut first = post
        .command(&["run", scans.to_str().unwrap()])
        .spawn()
        .unwrap();
    thread::sleep(Duration::from_millis(1500));
    let second = post.run(&[]);
    assert_eq!(second.code, Some(5), "{second:?}");
    let holder = format!(
        "another run is taking in scans at {}",
        post.path("store").display()
    );
    assert!(second.stderr.contains(&holder), "{second:?}");
    assert!(
        second.stderr.contains("wait until it ends, or end it"),
        "{second:?}"
    );
    // Other commands work beside a run.
    assert_eq!(post.postroom(&["cases"]).code, Some(0));
    first.wait().unwrap();
}

#[test]
fn ctrl_c_loses_no_page() {
    let mut post = Post::new();
    let page = post.page(json!("hang"));
    post.scan("hang.tif", &[page]);
    let scans = post.scans();
    let mut command = post.command(&["run", scans.to_str().unwrap()]);
    // A group of its own, so that the signal reaches all that a terminal's would.
    let mut run = std::os::unix::process::CommandExt::process_group(&mut command, 0)
        .spawn()
        .unwrap();
    thread::sleep(Duration::from_millis(1500));
    let group = Pid::from_raw(run.id().cast_signed()).unwrap();
    kill_process_group(group, Signal::INT).unwrap();
    assert_eq!(run.wait().unwrap().code(), Some(130));
    let asides = post.postroom(&["aside", "list", "--json"]);
    assert_eq!(asides.json(), json!([]), "{asides:?}");
}

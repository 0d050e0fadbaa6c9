//! docs/errors.md names every reason for which something is set aside, every exit code
//! as the program names it itself, and what a person can do about a run that stops.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use crate::support::{PROGRAM, Post};

use postroom::domain::rejection::RejectionCode;
use serde_json::json;

#[test]
fn the_page_and_the_code_agree() {
    let page = include_str!("../docs/errors.md");
    let explained: BTreeSet<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .collect();
    let known: BTreeSet<&str> = RejectionCode::ALL
        .into_iter()
        .map(RejectionCode::name)
        .collect();
    assert_eq!(explained, known);
}

/// The row of the table of exit codes.
fn exit_row(code: i32) -> String {
    let page = include_str!("../docs/errors.md");
    let (_, table) = page.split_once("## Exit codes").unwrap();
    let row = format!("| {code} | ");
    let mut rows = table.lines().filter_map(|line| line.strip_prefix(&row));
    rows.next()
        .unwrap_or_else(|| panic!("no row for {code}"))
        .to_owned()
}

#[test]
fn the_program_names_the_exit_codes_of_the_page() {
    let help = Command::new(PROGRAM).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let (_, codes) = help.split_once("Exit codes:").unwrap();
    for code in [0, 1, 2, 3, 4, 5, 130] {
        assert!(codes.contains(&format!(" {code} ")), "{code}: {codes}");
        assert!(!exit_row(code).is_empty());
    }
}

#[test]
fn a_page_that_grabs_more_memory_than_there_is_is_told_as_such() {
    let mut post = Post::new();
    let first = post.page(json!(["Dear Sirs,"]));
    let (grab, crash) = (post.page(json!("grab")), post.page(json!("crash")));
    post.scan("a.tif", &[first, grab, crash]);
    let ran = post.run(&[]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let codes: Vec<_> = ran.json()["aside"]
        .as_array()
        .unwrap()
        .iter()
        .map(|aside| (aside["page"].clone(), aside["code"].clone()))
        .collect();
    assert_eq!(
        codes,
        [
            (json!(2), json!("too_much_memory")),
            (json!(3), json!("reader_crashed"))
        ]
    );
}

#[test]
fn what_stops_a_run_ends_with_the_code_of_its_row() {
    let mut post = Post::new();
    post.letter("a.tif", &["Dear Sirs,"]);
    assert_eq!(post.run(&[]).code, Some(0));
    // Another run is at work: it holds the lock of this store.
    let lock = fs::File::open(post.path("store/postroom.intake")).unwrap();
    lock.try_lock().unwrap();
    let busy = post.run(&[]);
    assert_eq!(busy.code, Some(5), "{busy:?}");
    assert!(
        busy.stderr.contains("another run") && busy.stderr.contains("wait"),
        "{busy:?}"
    );
    assert!(exit_row(5).contains("another run is at work"));
    assert!(include_str!("../docs/errors.md").contains("| another run is taking in scans |"));
    drop(lock);
    let gone = post.postroom(&["run", "/nowhere/at/all"]);
    assert_eq!(gone.code, Some(4), "{gone:?}");
    assert!(exit_row(4).contains("cannot be read"));
}

#[test]
fn the_faults_of_an_index_are_on_the_page() {
    let page = include_str!("../docs/errors.md");
    let (_, table) = page.split_once("## What is wrong with an index").unwrap();
    let says = table
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" |").next());
    let says: Vec<&str> = says.skip(1).collect();
    let list = "file,pages,received\nb.tif,,\nb.tif,,\n,1,\nc.tif,two,\nd.tif,,1/1/26\n\
                e.tif,,2126-01-01\nf.tif,,1926-01-01\n";
    let mut told = Vec::new();
    for index in [list, "name\n", ""] {
        let post = Post::new();
        let path = post.path("list.csv");
        if !index.is_empty() {
            fs::write(&path, index).unwrap();
        }
        let ran = post.run(&["--index", path.to_str().unwrap()]);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        let missing = ran.json()["missing"].as_array().unwrap().clone();
        let faults = missing.iter().filter_map(|fault| fault.as_str());
        told.extend(
            faults
                .filter(|fault| fault.contains("list.csv"))
                .map(str::to_owned),
        );
    }
    assert_eq!(told.len(), says.len(), "{told:#?}");
    for fault in &told {
        assert!(says.iter().any(|says| fault.contains(says)), "{fault}");
    }
}

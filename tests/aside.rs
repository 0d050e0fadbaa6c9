//! What was set aside: it waits where people see it, and leaves when it is settled.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use serde_json::json;

use crate::support::{Post, Ran, assert_balanced, plain_letter};

#[test]
fn what_was_set_aside_is_tried_again_or_put_away() {
    let mut post = Post::new();
    post.letter("good.tif", &["Dear Sirs,"]);
    fs::write(post.scans().join("torn.tif"), "II*\0").unwrap();
    fs::write(post.scans().join("notes.txt"), "not a scan").unwrap();
    let page = post.page(json!("crash"));
    let other = post.page(json!(["Dear Sirs,"]));
    post.scan("half.tif", &[other, page]);
    assert_eq!(post.run(&[]).code, Some(1));
    let listed = post.postroom(&["aside", "list", "--json"]).json();
    let lines: Vec<(&str, Option<u64>)> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line["scan"].as_str().unwrap(), line["page"].as_u64()))
        .collect();
    assert_eq!(lines.len(), 3, "{listed}");
    assert!(lines.contains(&("half.tif", Some(2))), "{listed}");
    let unknown = post.postroom(&["aside", "discard", "good.tif", "--reason", "x"]);
    assert_eq!(unknown.code, Some(2), "{unknown:?}");
    for name in ["notes.txt", "half.tif"] {
        let gone = post.postroom(&["aside", "discard", name, "--reason", "looked at"]);
        assert_eq!(gone.code, Some(0), "{gone:?}");
    }
    let still = post.postroom(&["aside", "retry", "torn.tif", "--json"]);
    assert_eq!(still.code, Some(1), "{still:?}");
    assert_eq!(still.json()[0]["set_aside"], 2);
    fs::remove_file(post.scans().join("torn.tif")).unwrap();
    let gone = post.postroom(&["aside", "retry"]);
    assert_eq!(gone.code, Some(1), "{gone:?}");
    assert!(gone.stderr.contains("torn.tif"), "{gone:?}");
    let away = post.postroom(&["aside", "discard", "torn.tif", "--reason", "scanned again"]);
    assert_eq!(away.code, Some(0), "{away:?}");
    assert_eq!(
        post.postroom(&["aside", "list", "--json"]).json(),
        json!([])
    );
    assert_eq!(post.run(&[]).code, Some(0));
    post.assert_verified();
}

#[test]
fn what_a_file_held_before_it_was_replaced_waits_no_longer() {
    let mut post = Post::new();
    let page = post.page(json!(["Dear Sirs,"]));
    post.scan("good.tif", &[page]);
    let torn = |name: &str| fs::write(post.scans().join(name), "II*\0").unwrap();
    let night = |code: i32, waiting: usize| {
        let ran = post.run(&[]);
        assert_eq!(ran.code, Some(code), "{ran:?}");
        assert_balanced(&ran.json());
        let asides = post.postroom(&["aside", "list", "--json"]).json();
        assert_eq!(asides.as_array().unwrap().len(), waiting, "{asides}");
    };
    torn("torn.tif");
    night(1, 1);
    // By a copy of a scan that is filed,
    post.scan("torn.tif", &[page]);
    night(0, 0);
    // and by what it held when it was filed itself.
    torn("good.tif");
    night(1, 1);
    post.scan("good.tif", &[page]);
    night(0, 0);
    post.assert_verified();
}

/// The program without the right of root to read everything; none where that right
/// cannot be given up.
fn run_without_privilege(post: &Post) -> Option<Ran> {
    let scans = post.scans();
    let mut run = post.command(&["run", scans.to_str().unwrap(), "--json"]);
    if rustix::process::getuid().is_root() {
        let mut humble = Command::new("setpriv");
        humble
            .arg("--bounding-set=-dac_override,-dac_read_search")
            .arg(run.get_program())
            .args(run.get_args());
        run = humble;
    }
    run.output().ok().map(Ran::from)
}

#[test]
fn a_file_that_cannot_be_read_waits_until_it_can() {
    let mut post = Post::new();
    let page = post.page(json!(["Dear Sirs,"]));
    let [other, third] = [["Dear Madam,"], ["Hello,"]].map(|lines| post.page(json!(lines)));
    post.scan("closed.tif", &[page]);
    post.scan("closed bag/a.tif", &[other]);
    post.scan("half closed/b.tif", &[third]);
    let lock = |name: &str, mode| {
        let path = post.scans().join(name);
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    lock("closed.tif", 0o000);
    lock("closed bag", 0o000);
    // Its files can be seen and not looked at.
    lock("half closed", 0o600);
    let asides = || {
        let listed = post.postroom(&["aside", "list", "--json"]).json();
        let lines = listed.as_array().unwrap().iter();
        let line = |line: &serde_json::Value| {
            assert_eq!(line["code"], "unreadable", "{listed}");
            line["scan"].as_str().unwrap().to_owned()
        };
        lines.map(line).collect::<Vec<String>>()
    };
    // The second night finds them again, and does not count them twice.
    for _ in 0..2 {
        let Some(ran) = run_without_privilege(&post) else {
            println!("a_file_that_cannot_be_read_waits_until_it_can: skipped, no setpriv");
            return;
        };
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert_balanced(&ran.json());
        assert_eq!(asides(), ["closed bag", "closed.tif", "half closed/b.tif"]);
    }
    let away = &["aside", "discard", "closed.tif", "--reason", "not post"];
    assert_eq!(post.postroom(away).code, Some(0));
    lock("closed bag", 0o700);
    lock("half closed", 0o700);
    let ran = run_without_privilege(&post).unwrap();
    // Nobody need look at what was put away.
    assert_eq!((ran.code, &ran.json()["filed"]), (Some(0), &json!(2)));
    assert_eq!(ran.json()["set_aside"], 1, "{ran:?}");
    assert_eq!(asides(), [""; 0]);
    lock("closed.tif", 0o600);
    let ran = run_without_privilege(&post).unwrap();
    assert_eq!((ran.code, &ran.json()["filed"]), (Some(0), &json!(1)));
    assert_eq!(asides(), [""; 0]);
    assert_eq!(post.letters().len(), 3);
    post.assert_verified();
}

#[test]
fn a_missing_page_that_can_be_read_after_all_takes_its_place() {
    let mut post = Post::new();
    let first = post.page(json!(plain_letter("Ada Mason", "LS6 3HN")));
    let second = post.page(json!("crash"));
    post.scan("half.tif", &[first, second]);
    assert_eq!(post.run(&["--received", "2026-11-20"]).code, Some(1));
    let still = post.postroom(&["aside", "retry"]);
    assert_eq!(still.code, Some(1), "{still:?}");
    assert!(still.stderr.contains("no more pages"), "{still:?}");
    post.mend(second, json!(["I enclose the receipt for the teapot."]));
    let mended = post.postroom(&["aside", "retry", "half.tif", "--json"]);
    assert_eq!(mended.code, Some(0), "{mended:?}");
    let letter = &post.letters()[0];
    assert_eq!(mended.json()[0]["mended_documents"], json!([letter["id"]]));
    assert_eq!(letter["missing_pages"], json!([]));
    assert_eq!(letter["received"], "2026-11-20");
    assert!(letter["text"].as_str().unwrap().contains("teapot"));
    let found = post.postroom(&["search", "teapot", "--json"]).json();
    assert_eq!(found[0]["document"], letter["id"]);
    let shown = post
        .postroom(&["show", letter["case"].as_str().unwrap()])
        .stdout;
    assert!(shown.contains("again"), "{shown}");
    // Nothing was filed twice, and the next run has nothing to do.
    let again = post.run(&[]);
    assert_eq!(
        (again.code, &again.json()["already_filed"]),
        (Some(0), &json!(1))
    );
    post.assert_verified();
}

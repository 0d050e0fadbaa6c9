//! What was set aside: it waits where people see it, and leaves when it is settled.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Post, Ran, assert_balanced, databases, plain_letter, tiff};

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

/// The aside list as (scan, whether its file is gone).
fn waiting(post: &Post) -> Vec<(String, bool)> {
    let listed = post.postroom(&["aside", "list", "--json"]).json();
    let lines = listed.as_array().unwrap().iter();
    lines
        .map(|line| {
            (
                line["scan"].as_str().unwrap().to_owned(),
                line["gone"].as_bool().unwrap(),
            )
        })
        .collect()
}

/// A run that ends so and adds up.
fn night(post: &Post, code: i32) -> Value {
    let ran = post.run(&[]);
    assert_eq!(ran.code, Some(code), "{ran:?}");
    assert_balanced(&ran.json());
    ran.json()
}

#[test]
fn a_mistaken_discard_is_undone_and_several_pages_are_not_discarded_at_once() {
    for database in databases("a_mistaken_discard_is_undone") {
        discards(Post::on(&database));
    }
}

fn discards(mut post: Post) {
    let page = post.page(json!(["Dear Madam,"]));
    let whole = tiff(&[page]);
    fs::write(post.scans().join("letter.tif"), &whole[..whole.len() / 2]).unwrap();
    let front = post.page(json!(["Dear Sirs,"]));
    let lost = [post.page(json!("crash")), post.page(json!("crash"))];
    post.scan("half.tif", &[front, lost[0], lost[1]]);
    assert_eq!(post.run(&[]).code, Some(1));
    let discard = |more: &[&str]| {
        let mut arguments = vec!["aside", "discard", "--reason", "checked"];
        arguments.extend(more);
        post.postroom(&arguments)
    };
    let several = discard(&["half.tif"]);
    assert_eq!(several.code, Some(2), "{several:?}");
    assert!(
        several.stderr.contains("page 2, page 3") && several.stderr.contains("--all"),
        "{several:?}"
    );
    assert_eq!(discard(&["half.tif", "--page", "2"]).code, Some(0));
    assert_eq!(discard(&["half.tif", "--all"]).code, Some(0));
    assert_eq!(discard(&["letter.tif"]).code, Some(0));
    assert_eq!(post.run(&[]).code, Some(0));
    fs::write(post.scans().join("letter.tif"), whole).unwrap();
    // Nobody asks for it any more, but who names it has it back.
    assert_eq!(post.postroom(&["aside", "retry"]).code, Some(0));
    assert_eq!(post.letters().len(), 1);
    let back = post.postroom(&["aside", "retry", "letter.tif", "--json"]);
    assert_eq!((back.code, &back.json()[0]["filed"]), (Some(0), &json!(1)));
    assert_eq!(post.letters().len(), 2);
    post.assert_verified();
}

#[test]
fn a_scan_in_a_folder_of_any_name_is_tried_again() {
    use std::os::unix::ffi::OsStrExt as _;
    let mut post = Post::new();
    let page = post.page(json!("crash"));
    let folder = post
        .path("")
        .join(std::ffi::OsStr::from_bytes(b"r\xe9ception\\x"));
    fs::create_dir(&folder).unwrap();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.tif");
    fs::write(folder.join(name), tiff(&[page])).unwrap();
    let run = |post: &Post| {
        let script = post.command(&["run", "."]);
        let arguments: Vec<_> = script.get_args().map(ToOwned::to_owned).collect();
        let mut run = Command::new(script.get_program());
        let ran = run.arg("run").arg(&folder).args(&arguments[2..]);
        Ran::from(ran.output().unwrap())
    };
    assert_eq!(run(&post).code, Some(1));
    post.mend(page, json!(["Dear Madam,"]));
    let back = post.postroom(&["aside", "retry", r"caf\xe9.tif", "--json"]);
    assert_eq!(back.code, Some(0), "{back:?}");
    let mended = back.json()[0]["mended_documents"].clone();
    assert_eq!(mended.as_array().map(Vec::len), Some(1), "{back:?}");
    // The scanner's list may have the name's bytes, or the name as we print it.
    for index in [&b"file,pages\ncaf\xe9.tif,1\n"[..], b"file\ncaf\\xe9.tif\n"] {
        fs::write(folder.join("index.csv"), index).unwrap();
        assert_eq!(run(&post).code, Some(0));
    }
}

#[test]
fn what_waits_is_not_forgotten_when_another_file_takes_its_name() {
    let mut post = Post::new();
    fs::write(post.scans().join("SCN_0001.tif"), "II*\0").unwrap();
    night(&post, 1);
    assert_eq!(waiting(&post), [("SCN_0001.tif".into(), false)]);
    // The scanner counts from one again: another letter, which says nothing of the first.
    post.letter("SCN_0001.tif", &["Dear Sirs,"]);
    for filed in [1, 0] {
        let summary = night(&post, 1);
        assert_eq!(
            (&summary["filed"], &summary["gone"]),
            (&json!(filed), &json!(1))
        );
        assert_eq!(waiting(&post), [("SCN_0001.tif".into(), true)]);
        let reason = summary["aside"][0]["reason"].as_str().unwrap();
        assert!(reason.contains("find the sheet"), "{reason}");
    }
    let listed = post.postroom(&["aside", "list"]).stdout;
    assert!(listed.contains("gone from the folder"), "{listed}");
    // Trying everything again says nothing of it either; a person's word does.
    let again = post.postroom(&["aside", "retry"]);
    assert_eq!(again.code, Some(1), "{again:?}");
    assert_eq!(waiting(&post), [("SCN_0001.tif".into(), true)]);
    let away = &[
        "aside",
        "discard",
        "SCN_0001.tif",
        "--reason",
        "scanned again",
    ];
    assert_eq!(post.postroom(away).code, Some(0));
    night(&post, 0);
    // When its own bytes come back it is gone no longer.
    fs::write(post.scans().join("SCN_0002.tif"), "II*\0torn").unwrap();
    night(&post, 1);
    fs::rename(post.path("scans/SCN_0002.tif"), post.path("kept")).unwrap();
    assert_eq!(night(&post, 1)["gone"], 1);
    fs::rename(post.path("kept"), post.path("scans/SCN_0002.tif")).unwrap();
    assert_eq!(night(&post, 1)["gone"], 0);
    assert_eq!(waiting(&post), [("SCN_0002.tif".into(), false)]);
    post.assert_verified();
}

#[test]
fn a_file_that_a_person_mended_and_tries_again_by_name_is_settled() {
    let mut post = Post::new();
    for name in ["torn.tif", "other.tif"] {
        fs::write(post.scans().join(name), format!("II*\0{name}")).unwrap();
    }
    night(&post, 1);
    for name in ["torn.tif", "other.tif"] {
        post.letter(name, &["Dear Sirs,", name]);
    }
    let mended = post.postroom(&["aside", "retry", "torn.tif"]);
    assert_eq!(mended.code, Some(1), "{mended:?}");
    // The run filed both, and of the other nobody said that it was mended.
    assert_eq!(post.letters().len(), 2);
    assert_eq!(waiting(&post), [("other.tif".into(), true)]);
    post.assert_verified();
}

#[test]
fn the_copy_of_what_was_set_aside_is_taken_up_when_that_is_gone() {
    let mut post = Post::new();
    let page = post.page(json!("crash"));
    for name in ["a.tif", "b.tif"] {
        fs::write(post.scans().join(name), "II*\0").unwrap();
        post.scan(&format!("of page {name}"), &[page]);
    }
    let summary = night(&post, 1);
    assert_eq!(summary["duplicates"], 2, "{summary}");
    fs::remove_file(post.scans().join("a.tif")).unwrap();
    let summary = night(&post, 1);
    assert_eq!(
        (&summary["set_aside"], &summary["gone"]),
        (&json!(1), &json!(0))
    );
    let waits = |name: &str| waiting(&post).contains(&(name.into(), false));
    assert!(waits("b.tif") && !waits("a.tif"));
    post.letter("b.tif", &["Dear Sirs,"]);
    let summary = night(&post, 1);
    assert_eq!(
        (&summary["filed"], &summary["gone"]),
        (&json!(1), &json!(1))
    );
    post.assert_verified();
}

#[test]
fn the_same_bytes_are_filed_once_whatever_became_of_them_before() {
    let mut post = Post::new();
    // Set aside for want of resources, then filed from elsewhere, then tried again.
    let page = post.page(json!(["Dear Sirs,"]));
    post.scan("z.tif", &[page]);
    let scans = post.scans();
    fs::rename(&scans, post.path("away")).unwrap();
    fs::create_dir(&scans).unwrap();
    fs::write(
        scans.join("z.tif"),
        fs::read(post.path("away/z.tif")).unwrap(),
    )
    .unwrap();
    kill_in_mid_run(&mut post, page);
    let elsewhere = post.path("away");
    let ran = post.postroom(&["run", elsewhere.to_str().unwrap(), "--json"]);
    assert_eq!(
        (ran.code, &ran.json()["filed"]),
        (Some(0), &json!(1)),
        "{ran:?}"
    );
    let summary = night(&post, 0);
    assert_eq!(
        (&summary["duplicates"], &summary["filed"]),
        (&json!(1), &json!(0))
    );
    // A copy that comes first in the list while the other is claimed.
    let page = post.page(json!(["Dear Madam,"]));
    post.scan("y.tif", &[page]);
    kill_in_mid_run(&mut post, page);
    post.scan("a.tif", &[page]);
    let summary = night(&post, 0);
    assert_eq!(
        (&summary["duplicates"], &summary["filed"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(post.letters().len(), 2);
    post.assert_verified();
}

/// A run that is killed while it reads this page.
fn kill_in_mid_run(post: &mut Post, page: u32) {
    post.mend(page, json!("hang"));
    let scans = post.scans();
    let mut run = post
        .command(&["run", scans.to_str().unwrap()])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    thread::sleep(Duration::from_millis(1500));
    run.kill().unwrap();
    run.wait().unwrap();
    post.mend(page, json!(["Dear Sirs,"]));
}

#[test]
fn a_scan_of_blank_pages_is_looked_at_by_a_person() {
    let mut post = Post::new();
    fs::write(post.scans().join("pencil.tif"), blank_page()).unwrap();
    post.letter("letter.tif", &["Dear Sirs,"]);
    let summary = night(&post, 0);
    assert_eq!(
        [
            &summary["blank"],
            &summary["letter_pages"],
            &summary["new_cases"]
        ],
        [&json!(1), &json!(1), &json!(2)],
        "{summary}"
    );
    let letters = post.letters();
    let pencil = letters.iter().find(|letter| letter["scan"] == "pencil.tif");
    let pencil = pencil.unwrap();
    assert_eq!(
        (&pencil["legibility"], &pencil["pages"]),
        (&json!("unreadable"), &json!([1]))
    );
    let listed = post.postroom(&["review", "list"]).stdout;
    assert!(listed.contains("pencil.tif"), "{listed}");
    post.assert_verified();
}

/// A scan of one page without ink.
fn blank_page() -> Vec<u8> {
    /// Where the pixels of a scan of one page begin.
    const PIXELS: usize = 8 + 2 + 11 * 12 + 4 + 16;
    let mut file = tiff(&[1999]);
    file[PIXELS..].fill(0);
    file
}

#[test]
fn what_is_set_aside_keeps_the_day_it_came_in() {
    let mut post = Post::new();
    post.configure("[limits]\npage_seconds = 2\n");
    let page = post.page(json!("hang"));
    let good = post.page(json!(["Dear Sirs,"]));
    post.scan("slow.tif", &[page]);
    fs::write(post.scans().join("torn.tif"), "II*\0").unwrap();
    let ran = post.run(&["--received", "2026-11-02"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    // Tried again weeks later, without a word of the day.
    post.mend(page, json!(["Dear Sirs,"]));
    post.scan("torn.tif", &[good]);
    let again = post.postroom(&["aside", "retry", "slow.tif", "torn.tif"]);
    assert_eq!(again.code, Some(0), "{again:?}");
    let letters = post.letters();
    assert_eq!(letters.len(), 2);
    for letter in letters {
        assert_eq!(letter["received"], "2026-11-02", "{letter}");
    }
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
        let line = |line: &Value| {
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

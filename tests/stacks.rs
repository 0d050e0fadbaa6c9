//! `--stack`: documents that go on from one file into the next, by the program itself
//! with the fake engine.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Post, assert_balanced, databases, plain_letter};

/// A file of these sheets, each by what the fake engine does on it.
fn file(post: &mut Post, name: &str, sheets: &[Value]) -> Vec<u32> {
    let pages: Vec<u32> = sheets
        .iter()
        .map(|sheet| post.page(sheet.clone()))
        .collect();
    post.scan(name, &pages);
    pages
}

fn letter(name: &str) -> Value {
    json!(plain_letter(name, "LS1 4AP"))
}

fn more(words: &str) -> Value {
    json!([words])
}

fn separator() -> Value {
    json!("separator")
}

/// Three letters over six files: names that sort by their numbers alone, a separator in
/// the middle of a file, one at the start of a file, and one that is a file.
fn stack(post: &mut Post) {
    file(post, "SCN_9.tif", &[letter("Jane Whitfield")]);
    file(
        post,
        "SCN_10.tif",
        &[
            more("on the second sheet"),
            separator(),
            letter("Ada Mason"),
        ],
    );
    file(post, "SCN_11.tif", &[more("as I said before")]);
    file(post, "SCN_12.tif", &[separator(), letter("Tom Harding")]);
    file(post, "SCN_13.tif", &[json!([]), more("and at last")]);
    file(post, "SCN_14.tif", &[separator()]);
}

/// Scan, ordinal, pages and signature of every letter, in the order of their scans.
fn told(post: &Post) -> Vec<(String, u64, Value)> {
    let letters = post.letters().into_iter();
    letters
        .map(|letter| {
            (
                letter["scan"].as_str().unwrap().to_owned(),
                letter["document"].as_u64().unwrap(),
                letter["pages"].clone(),
            )
        })
        .collect()
}

fn expected() -> Vec<(String, u64, Value)> {
    [
        ("SCN_9.tif", 1, json!([1, 2])),
        ("SCN_10.tif", 1, json!([3, 4])),
        ("SCN_12.tif", 1, json!([2, 3, 4])),
    ]
    .map(|(scan, document, pages)| (scan.to_owned(), document, pages))
    .to_vec()
}

fn count(summary: &Value, key: &str) -> u64 {
    summary[key].as_u64().unwrap()
}

#[test]
fn a_document_goes_on_in_the_next_file() {
    for database in databases("a_document_goes_on_in_the_next_file") {
        let mut post = Post::on(&database);
        stack(&mut post);
        let ran = post.run(&["--stack"]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let summary = ran.json();
        assert_balanced(&summary);
        for (key, number) in [
            ("filed", 6),
            ("letters", 3),
            ("letter_pages", 7),
            ("separators", 3),
            ("in_review", 0),
        ] {
            assert_eq!(count(&summary, key), number, "{key}: {summary:#}");
        }
        assert_eq!(told(&post), expected());
        let letters = post.letters();
        let first = &letters[0];
        assert!(
            first["text"]
                .as_str()
                .unwrap()
                .ends_with("\u{c}on the second sheet"),
            "{first}"
        );
        assert_eq!(first["page_images"].as_array().unwrap().len(), 2);
        assert_eq!(first["fields"]["sender_name"]["page"], 1);
        post.assert_verified();
        // Again: nothing is read, nothing is filed.
        let again = post.run(&["--stack"]).json();
        assert_eq!(
            (count(&again, "already_filed"), count(&again, "letters")),
            (6, 0)
        );
        assert_eq!(told(&post), expected());
    }
}

#[test]
fn without_the_flag_every_file_stays_by_itself() {
    let mut post = Post::new();
    stack(&mut post);
    let summary = post.run(&[]).json();
    assert_balanced(&summary);
    assert_eq!(count(&summary, "letters"), 6);
    post.assert_verified();
}

#[test]
fn folders_are_stacks_by_themselves_and_the_setting_is_the_flag() {
    let mut post = Post::new();
    post.configure("stack = true\n");
    for folder in ["", "bag/", "bag/inner/"] {
        file(
            &mut post,
            &format!("{folder}1.tif"),
            &[letter("Jane Whitfield")],
        );
        file(&mut post, &format!("{folder}2.tif"), &[more("and more")]);
    }
    let ran = post.run(&["--readers", "3"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_balanced(&ran.json());
    let told = told(&post);
    let scans: Vec<&str> = told.iter().map(|(scan, ..)| scan.as_str()).collect();
    assert_eq!(scans, ["1.tif", "bag/1.tif", "bag/inner/1.tif"]);
    assert!(told.iter().all(|(_, _, pages)| *pages == json!([1, 2])));
    post.assert_verified();
}

#[test]
fn fields_on_later_files_are_found_shown_and_settled() {
    for database in databases("fields_on_later_files_are_found_shown_and_settled") {
        let mut post = Post::on(&database);
        // The letter ends, and is signed, in the second file.
        let mut lines = plain_letter("Jane Whitfield", "LS1 4AP");
        let end = lines.split_off(lines.len() - 3);
        file(&mut post, "1.tif", &[separator(), json!(lines)]);
        file(&mut post, "2.tif", &[json!(end)]);
        // Its back is a file, and its front another.
        let front = json!({ "form": "loyalty-a5", "residual": 0.1, "fields": { "surname": ["written", "empty"] } });
        let back = json!({ "form": "loyalty-a5", "side": 2, "residual": 0.1, "fields": { "comment": ["written"] } });
        file(&mut post, "3.tif", &[front]);
        file(&mut post, "4.tif", &[back]);
        let ran = post.run(&["--stack"]);
        let summary = ran.json();
        assert_balanced(&summary);
        assert_eq!(
            (count(&summary, "letters"), count(&summary, "cards")),
            (1, 1),
            "{summary:#}"
        );
        post.assert_verified();

        let letter = &post.letters()[0];
        assert_eq!(letter["pages"], json!([2, 3]));
        assert_eq!(letter["fields"]["sender_name"]["page"], 3, "{letter:#}");
        let ran = post
            .postroom(&["export", "cards", "--format", "json"])
            .json();
        let card = &ran[0];
        assert_eq!(
            (&card["scan"], &card["pages"]),
            (&json!("3.tif"), &json!([1, 2]))
        );
        assert_eq!(card["fields"]["comment"]["page"], 2, "{card:#}");
        let id = card["id"].as_str().unwrap();
        let picture = post.path("comment.png");
        let picture = picture.to_str().unwrap();
        let shown = post.postroom(&["review", "show", id, "comment", "--image", picture]);
        assert_eq!(shown.code, Some(0), "{shown:?}");
        assert!(fs::read(picture).unwrap().starts_with(b"\x89PNG"));
        // The page by its number in the document; its image is that of the other file.
        let case = letter["case"].as_str().unwrap();
        let shown = post.postroom(&["show", case, "--image", picture, "--page", "3"]);
        assert_eq!(shown.code, Some(0), "{shown:?}");
        assert!(
            post.postroom(&["show", id])
                .stdout
                .contains("1 card, 2 card")
        );
        let settled = post.postroom(&["review", "settle", id, "surname", "Whitfield"]);
        assert_eq!(settled.code, Some(0), "{settled:?}");
        post.assert_verified();
    }
}

#[test]
fn what_is_set_aside_in_the_middle_is_told_of_on_both_sides() {
    for database in databases("what_is_set_aside_in_the_middle_is_told_of_on_both_sides") {
        let mut post = Post::on(&database);
        file(&mut post, "1.tif", &[letter("Jane Whitfield")]);
        fs::write(post.scans().join("2.tif"), b"II*\0 torn").unwrap();
        file(&mut post, "3.tif", &[more("and more")]);
        file(&mut post, "4.tif", &[separator()]);
        file(&mut post, "5.tif", &[letter("Ada Mason")]);
        let ran = post.run(&["--stack"]);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        let summary = ran.json();
        assert_balanced(&summary);
        assert_eq!(
            (count(&summary, "filed"), count(&summary, "set_aside")),
            (4, 1)
        );
        assert_eq!(count(&summary, "letters"), 3);
        let letters = post.letters();
        let doubtful: Vec<&Value> = letters
            .iter()
            .filter(|letter| letter["in_review"] == true)
            .map(|letter| &letter["scan"])
            .collect();
        assert!(doubtful.contains(&&json!("1.tif")) && doubtful.contains(&&json!("3.tif")));
        assert!(!doubtful.contains(&&json!("5.tif")), "{letters:#?}");
        let listed = post.postroom(&["review", "list"]);
        for said in [
            "next file of the stack, 2.tif",
            "file before it in the stack, 2.tif",
        ] {
            assert!(listed.stdout.contains(said), "{said}: {listed:?}");
        }
        post.assert_verified();
        // Mended and tried again it is a document by itself, which a person looks at.
        file(&mut post, "2.tif", &[letter("Jane Whitfield")]);
        let ran = post.postroom(&["aside", "retry", "2.tif", "--stack", "--json"]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let listed = post.postroom(&["review", "list"]);
        assert!(listed.stdout.contains("had been set aside"), "{listed:?}");
        assert_eq!(post.letters().len(), 4);
        post.assert_verified();
    }
}

#[test]
fn a_page_lost_in_a_stack_is_missed_and_not_read_by_itself() {
    for database in databases("a_page_lost_in_a_stack_is_missed_and_not_read_by_itself") {
        let mut post = Post::on(&database);
        file(&mut post, "1.tif", &[letter("Jane Whitfield")]);
        let lost = file(&mut post, "2.tif", &[json!("crash")])[0];
        file(&mut post, "3.tif", &[more("and more")]);
        let ran = post.run(&["--stack"]);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert_balanced(&ran.json());
        let letters = post.letters();
        assert_eq!(letters.len(), 1);
        let letter = &letters[0];
        assert_eq!(
            (&letter["pages"], &letter["missing_pages"]),
            (&json!([1, 2, 3]), &json!([2]))
        );
        post.mend(lost, more("it can be read"));
        let before = post.letters();
        let ran = post.postroom(&["aside", "retry", "2.tif", "--stack"]);
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(said.contains("shares a document"), "{ran:?}");
        assert_eq!(post.letters(), before);
        let ran = post.postroom(&["aside", "discard", "2.tif", "--reason", "seen on paper"]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert_eq!(post.run(&["--stack"]).code, Some(0));
        post.assert_verified();
    }
}

#[test]
fn copies_of_a_separator_separate_and_other_copies_do_not() {
    let mut post = Post::new();
    let (sheet, bare) = (post.page(separator()), post.page(json!([])));
    let letters: Vec<u32> = (0..6)
        .map(|_| post.page(letter("Jane Whitfield")))
        .collect();
    let files = [
        letters[0], bare, letters[1], sheet, letters[2], bare, letters[3], sheet, letters[4],
    ];
    for (name, page) in (1..).zip(files) {
        post.scan(&format!("{name}.tif"), &[page]);
    }
    let ran = post.run(&["--stack"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let summary = ran.json();
    assert_balanced(&summary);
    assert_eq!(
        (count(&summary, "duplicates"), count(&summary, "letters")),
        (2, 3)
    );
    let pages: Vec<Value> = told(&post).into_iter().map(|(_, _, pages)| pages).collect();
    assert_eq!(pages, [json!([1, 2, 3]), json!([1, 2]), json!([1])]);
    post.assert_verified();
}

/// Runs over this folder are cut off so often, each later in its filing than the one
/// before.
const KILLS: u32 = 4;

#[test]
fn a_run_that_is_killed_in_a_stack_is_finished_by_the_next() {
    for database in databases("a_run_that_is_killed_in_a_stack_is_finished_by_the_next") {
        let mut post = Post::on(&database);
        for sender in 0..12 {
            let first = 4 * sender;
            file(
                &mut post,
                &format!("{first}.tif"),
                &[separator(), letter("Jane Whitfield")],
            );
            file(&mut post, &format!("{}.tif", first + 1), &[more("two")]);
            file(&mut post, &format!("{}.tif", first + 2), &[more("three")]);
            file(&mut post, &format!("{}.tif", first + 3), &[more("four")]);
        }
        let mut cut = 0;
        for round in 0..KILLS {
            let before = images(&post.path("store/blobs"));
            let scans = post.scans();
            let arguments = ["run", scans.to_str().unwrap(), "--stack", "--readers", "1"];
            let mut run = post.command(&arguments);
            let mut run = run
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            // Images are kept just before the rows that name them.
            while run.try_wait().unwrap().is_none() && images(&post.path("store/blobs")) == before {
                thread::sleep(Duration::from_millis(2));
            }
            thread::sleep(Duration::from_millis(u64::from(30 * round)));
            cut += u32::from(run.try_wait().unwrap().is_none());
            run.kill().unwrap();
            run.wait().unwrap();
        }
        let ran = post.run(&["--stack"]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert_balanced(&ran.json());
        let before = count(&ran.json(), "already_filed");
        println!("{database:?}: {cut} of {KILLS} runs were cut off, {before} of 48 files filed");
        assert!(
            cut > 0 && before > 0 && before.is_multiple_of(4),
            "{before}"
        );
        let told = told(&post);
        let scans: Vec<String> = told.iter().map(|(scan, ..)| scan.clone()).collect();
        let expected: Vec<String> = (0..12)
            .map(|sender| format!("{}.tif", 4 * sender))
            .collect();
        assert_eq!(scans, expected);
        assert!(
            told.iter()
                .all(|(_, _, pages)| *pages == json!([2, 3, 4, 5])),
            "{told:?}"
        );
        post.assert_verified();
    }
}

/// How many images are kept below a folder.
fn images(folder: &Path) -> usize {
    let Ok(entries) = fs::read_dir(folder) else {
        return 0;
    };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    paths
        .map(|path| if path.is_dir() { images(&path) } else { 1 })
        .sum()
}

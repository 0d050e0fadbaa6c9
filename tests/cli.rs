//! A night as an operator types it, with the fake engine.

use std::fs;

use serde_json::json;

use crate::support::{Post, assert_balanced, plain_letter};

#[test]
fn a_night_from_scan_to_case() {
    let mut post = Post::new();
    let lines = plain_letter("Ada Mason", "LS6 3HN");
    let page = post.page(json!(lines));
    post.scan("bag 2/letter.tif", &[page]);
    fs::copy(
        post.scans().join("bag 2/letter.tif"),
        post.scans().join("copy.tif"),
    )
    .unwrap();
    fs::write(post.scans().join("Thumbs.db"), "x").unwrap();
    let ran = post.run(&["--received", "2026-11-20"]);
    let summary = ran.json();
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_balanced(&summary);
    for (key, count) in [
        ("scans", 2),
        ("filed", 1),
        ("duplicates", 1),
        ("ignored", 1),
        ("new_cases", 1),
    ] {
        assert_eq!(summary[key], count, "{key}: {summary}");
    }
    let letters = post.letters();
    let letter = &letters[0];
    assert_eq!(letter["scan"], "bag 2/letter.tif");
    assert_eq!(letter["received"], "2026-11-20");
    assert_eq!(letter["fields"]["postcode"]["value"], "LS6 3HN");
    assert_eq!(letter["fields"]["date"]["value"], "2026-11-04");
    assert_eq!(letter["fields"]["sender_name"]["value"], "Ada Mason");
    assert_eq!(letter["topic"], "goods");
    let case = letter["case"].as_str().unwrap();
    let shown = post.postroom(&["show", case]);
    assert_eq!(shown.code, Some(0), "{shown:?}");
    assert!(shown.stdout.contains("12 Orchard Drive"), "{shown:?}");
    let picture = post.path("page.png");
    let shown = post.postroom(&["show", case, "--image", picture.to_str().unwrap()]);
    assert_eq!(shown.code, Some(0), "{shown:?}");
    assert!(fs::read(&picture).unwrap().starts_with(b"\x89PNG"));
    let found = post.postroom(&["search", "cordless", "kettle"]);
    assert!(found.stdout.contains(case), "{found:?}");
    post.assert_verified();
}

#[test]
fn the_same_command_again_files_nothing_twice() {
    let mut post = Post::new();
    post.letter("a.tif", &["Dear Sirs,"]);
    assert_eq!(post.run(&[]).json()["filed"], 1);
    post.letter("b.tif", &["Dear Madam,"]);
    let again = post.run(&[]).json();
    assert_balanced(&again);
    assert_eq!(
        (&again["filed"], &again["already_filed"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(post.letters().len(), 2);
}

#[test]
fn a_count_or_an_index_that_differs_is_exit_1() {
    let mut post = Post::new();
    post.letter("a.tif", &["Dear Sirs,"]);
    assert_eq!(post.run(&["--expect", "1"]).code, Some(0));
    let short = post.run(&["--expect", "2"]);
    assert_eq!(short.code, Some(1));
    assert_eq!(short.json()["missing"].as_array().unwrap().len(), 1);
    assert_eq!(post.run(&["--expect-sheets", "1"]).code, Some(0));
    fs::write(
        post.scans().join("index.csv"),
        "file,pages,received\na.tif,1,2026-11-19\nb.tif,1,\n",
    )
    .unwrap();
    let ran = post.run(&[]);
    assert_eq!(ran.code, Some(1));
    assert_eq!(ran.json()["missing"], json!(["b.tif"]));
    assert_eq!(ran.json()["ignored"], 1);
}

#[test]
fn a_second_letter_joins_the_customers_case() {
    let mut post = Post::new();
    let first = plain_letter("Ada Mason", "LS6 3HN");
    let page = post.page(json!(first));
    post.scan("1.tif", &[page]);
    post.run(&[]);
    let case = post.letters()[0]["case"].as_str().unwrap().to_owned();
    let mut second = plain_letter("A Mason", "LS6 3HN");
    second[12] = "I wrote to you last week about a kettle and have heard nothing since from".into();
    let page = post.page(json!(second));
    post.scan("2.tif", &[page]);
    let mut third = plain_letter("Grace Weaver", "M1 2AB");
    third[0] = "7 Mill Lane".into();
    third[1] = "Manchester".into();
    third[10] = format!("Your ref: {case}");
    let page = post.page(json!(third));
    post.scan("3.tif", &[page]);
    let summary = post.run(&[]).json();
    assert_eq!(
        summary["attached"].as_u64().unwrap() + summary["new_cases"].as_u64().unwrap(),
        2
    );
    let letters = post.letters();
    let case_of = |scan: &str| {
        let letter = letters.iter().find(|l| l["scan"] == scan).unwrap();
        letter["case"].as_str().unwrap().to_owned()
    };
    assert_eq!(case_of("2.tif"), case, "{letters:#?}");
    // Another person's postcode and surname contradict the quoted reference.
    assert_ne!(case_of("3.tif"), case, "{letters:#?}");
}

#[test]
fn a_person_settles_a_field_and_moves_a_letter() {
    let mut post = Post::new();
    let mut lines = plain_letter("Ada Mason", "LS6 3HN");
    lines[4] = "4 November 2021".into();
    let page = post.page(json!(lines));
    post.scan("old.tif", &[page]);
    post.letter("other.tif", &["Dear Sirs,"]);
    post.run(&["--received", "2026-11-20"]);
    let listed = post.postroom(&["review", "list", "--json"]);
    let doubtful = listed.json();
    let date = doubtful
        .as_array()
        .unwrap()
        .iter()
        .find(|f| f["field"] == "date")
        .unwrap()
        .clone();
    assert_eq!(date["value"], "2021-11-04");
    let document = date["document"].as_str().unwrap();
    let wrong = post.postroom(&["review", "settle", document, "date", "yesterday"]);
    assert_eq!(wrong.code, Some(2), "{wrong:?}");
    let settled = post.postroom(&["review", "settle", document, "date", "2026-11-04"]);
    assert_eq!(settled.code, Some(0), "{settled:?}");
    let letters = post.letters();
    let letter = letters.iter().find(|l| l["scan"] == "old.tif").unwrap();
    assert_eq!(letter["fields"]["date"]["value"], "2026-11-04");
    assert_eq!(letter["fields"]["date"]["verdict"], "accepted");
    let other = letters.iter().find(|l| l["scan"] == "other.tif").unwrap();
    let target = other["case"].as_str().unwrap();
    let moved = post.postroom(&["cases", "move", document, target, "--reason", "same person"]);
    assert_eq!(moved.code, Some(0), "{moved:?}");
    let shown = post.postroom(&["show", target]).stdout;
    assert!(shown.contains("Ada Mason"), "{shown}");
    post.assert_verified();
}

#[test]
fn wrong_arguments_say_what_to_do() {
    let post = Post::new();
    assert_eq!(post.postroom(&["run"]).code, Some(2));
    let ran = post.postroom(&["run", "/nowhere/at/all"]);
    assert_eq!(ran.code, Some(4), "{ran:?}");
    assert!(ran.stderr.contains("/nowhere/at/all"), "{ran:?}");
    let ran = post.postroom(&["show", "PR-0000001-99"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    let mut post = Post::new();
    post.configure("[gazetteer]\nfiles = [\"/nowhere.gaz\"]\n");
    assert_eq!(post.run(&[]).code, Some(3));
    let mut post = Post::new();
    post.configure("[models]\ndir = \"/nowhere\"\n");
    post.letter("a.tif", &["Dear Sirs,"]);
    assert_eq!(post.run(&[]).code, Some(3));
    let mut post = Post::new();
    post.configure("ignroe = []\n");
    let ran = post.run(&[]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("line 1"), "{ran:?}");
}

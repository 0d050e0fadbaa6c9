//! A night as an operator types it, with the fake engine.

use std::fs;

use serde_json::json;

use crate::support::{Post, TODAY, assert_balanced, plain_letter};

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
fn the_counter_counts_every_image_that_can_be_counted() {
    let mut post = Post::new();
    post.sheet("a.tif", &["Dear Sirs,"]);
    let copy = post.scans().join("copy.tif");
    fs::copy(post.scans().join("a.tif"), copy).unwrap();
    let count = |option: &str, number: &str| {
        let ran = post.run(&[option, number]);
        let summary = ran.json();
        assert_balanced(&summary);
        let list = |key: &str| summary[key].as_array().unwrap().len();
        let found = summary["found"].as_u64().unwrap();
        (ran.code, found, list("missing"), list("surplus"))
    };
    // A blank back is an image; so are both of a copy, tonight and when all is filed.
    assert_eq!(count("--expect", "4"), (Some(0), 4, 0, 0));
    assert_eq!(count("--expect", "4"), (Some(0), 4, 0, 0));
    assert_eq!(count("--expect", "5"), (Some(1), 4, 1, 0));
    assert_eq!(count("--expect", "3"), (Some(1), 4, 0, 1));
    // Two sheets scanned on both sides, or four on one.
    for sheets in ["2", "4"] {
        assert_eq!(count("--expect-sheets", sheets), (Some(0), 4, 0, 0));
    }
    assert_eq!(count("--expect-sheets", "5"), (Some(1), 4, 1, 0));
    // Of a scan that is set aside nobody knows the pages, which is said.
    fs::write(post.scans().join("torn.tif"), "II*\0").unwrap();
    let short = post.run(&["--expect", "6"]);
    assert_eq!(short.code, Some(1), "{short:?}");
    assert_eq!(
        short.json()["missing"],
        json!([
            "6 page images expected, 4 page images found (1 scans are set aside, whose pages \
             cannot be counted)"
        ])
    );
    assert_eq!(count("--expect", "4"), (Some(1), 4, 0, 0));
}

#[test]
fn an_index_gives_days_of_receipt_and_pages_to_compare() {
    let mut post = Post::new();
    post.letter("a.tif", &["Dear Sirs,"]);
    post.sheet("b.tif", &["Dear Madam,"]);
    post.letter("c.tif", &["Hello,"]);
    let index = "File;Operator;Pages;Received\na.tif;JS;2;2026-11-19\nb.tif;JS;1;2026-11-18\n\
                 gone.tif;JS;1;\n";
    fs::write(post.scans().join("index.csv"), index).unwrap();
    let ran = post.run(&[]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let summary = ran.json();
    assert_balanced(&summary);
    assert_eq!(
        summary["missing"],
        json!(["gone.tif", "a.tif: 2 pages expected, 1 found"])
    );
    assert_eq!(
        summary["surplus"],
        json!(["c.tif", "b.tif: 1 pages expected, 2 found"])
    );
    assert_eq!(
        (&summary["filed"], &summary["ignored"]),
        (&json!(3), &json!(1))
    );
    let days: Vec<_> = post
        .letters()
        .iter()
        .map(|letter| {
            let text = |key: &str| letter[key].as_str().unwrap().to_owned();
            [text("scan"), text("received"), text("received_origin")].join(" ")
        })
        .collect();
    assert_eq!(
        days,
        [
            "a.tif 2026-11-19 index",
            "b.tif 2026-11-18 index",
            &format!("c.tif {TODAY} today"),
        ]
    );
}

#[test]
fn a_bad_index_stops_nothing() {
    for (index, says) in [
        ("name\na.tif\n", "no column 'file'"),
        ("file,received\na.tif,20/11/2026\n", "line 2: '20/11/2026'"),
        (
            "file,received\na.tif,2027-11-20\n",
            "line 2: '2027-11-20' is after today",
        ),
        ("file,pages\na.tif,two\n", "line 2: 'two' is no number"),
    ] {
        let mut post = Post::new();
        post.letter("a.tif", &["Dear Sirs,"]);
        fs::write(post.scans().join("index.csv"), index).unwrap();
        let ran = post.run(&[]);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        let summary = ran.json();
        assert_balanced(&summary);
        assert_eq!(summary["filed"], 1, "{summary}");
        assert_eq!(summary["surplus"], json!([]), "{summary}");
        let missing = summary["missing"].as_array().unwrap();
        assert!(missing[0].as_str().unwrap().contains(says), "{summary}");
        assert_eq!(missing.len(), 1, "{summary}");
        assert_eq!(post.letters()[0]["received"], TODAY);
    }
}

#[test]
fn a_day_of_receipt_that_cannot_be_meant_is_refused() {
    let mut post = Post::new();
    post.letter("a.tif", &["Dear Sirs,"]);
    for day in ["2026-11-23", "2126-11-20", "1926-11-20", "9999-12-31"] {
        let ran = post.run(&["--received", day]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(
            ran.stderr.contains(day) && ran.stderr.contains("give the day"),
            "{ran:?}"
        );
    }
    assert_eq!(post.run(&["--received", "2025-11-21"]).code, Some(0));
}

#[test]
fn an_empty_folder_is_told_of() {
    let post = Post::new();
    fs::write(post.scans().join("Thumbs.db"), "x").unwrap();
    let ran = post.run(&[]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stderr.contains("is the disk mounted?"), "{ran:?}");
}

#[test]
fn a_rule_that_can_never_fire_is_told_of() {
    let mut post = Post::new();
    let rules = post.path("rules.toml");
    fs::write(
        &rules,
        format!("{}\n", postroom::rules::Rules::embedded_text()),
    )
    .unwrap();
    post.configure("[rules]\nfile = \"rules.toml\"\n");
    let ran = post.run(&[]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(
        ran.stderr.contains("Warning") && ran.stderr.contains("member_tier"),
        "{ran:?}"
    );
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
    for (field, value) in [
        ("date", "0226-11-22"),
        ("date", "2126-11-22"),
        ("phone", "call me 123456 maybe"),
        ("member_number", "!!"),
    ] {
        let wrong = post.postroom(&["review", "settle", document, field, value]);
        assert_eq!(wrong.code, Some(2), "{wrong:?}");
    }
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
    post.letter("a.tif", &["Dear Sirs,"]);
    post.run(&[]);
    for (typed, said) in [
        ("PR-0000001-99", "check every digit"),
        (
            "PR-0000417-11",
            "there is no case PR-0000417-11 in this store; `postroom cases --all",
        ),
        ("abcdef012345", "nor the id of one document"),
        ("Mason", "`postroom search WORDS"),
    ] {
        let ran = post.postroom(&["show", typed]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.stderr.contains(said), "{ran:?}");
    }
    let mut post = Post::new();
    post.configure("[gazetteer]\nfiles = [\"/nowhere.gaz\"]\n");
    assert_eq!(post.run(&[]).code, Some(3));
    let mut post = Post::new();
    post.configure("[lexicons]\nsurnames = [\"/nowhere.csv\"]\n");
    let ran = post.run(&[]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(
        ran.stderr.contains("/nowhere.csv") && ran.stderr.contains("lexicons.surnames"),
        "{ran:?}"
    );
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

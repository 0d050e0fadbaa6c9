//! A classifier helps the rules with letters and e-mails alike, keeps quiet where it is not sure, and a
//! file that is none ends a run before anything is read.

use std::fs;

use serde_json::Value;

use crate::mailroom::{message, take_in};
use crate::support::Post;

const MODEL: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/golden/topics/topics.model"
);

/// No phrase of the rules says what this is about; the model's texts were such.
const OPEN: &str = "The box sits behind the hedge on the day that was agreed, and the dog found it there on our way to the next village.";

/// Nor this, and the model's texts say as much for one topic as for another.
const MIXED: &str = "The dog found it there though the path was swept, though we oil it each evening as the enclosed copy shows.";

fn helped() -> Post {
    let mut post = Post::new();
    post.configure(&format!("[rules]\nclassifier = \"{MODEL}\"\n"));
    post
}

#[test]
fn a_letter_and_an_email_have_the_topic_that_the_classifier_is_sure_of() {
    let mut post = helped();
    post.letter("a.tif", &[OPEN]);
    post.letter("b.tif", &[MIXED]);
    let ran = post.run(&[]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let letters = post.letters();
    let of = |scan: &str| -> &Value {
        let mut letters = letters.iter();
        letters
            .find(|letter| {
                letter["scan"]
                    .as_str()
                    .is_some_and(|path| path.ends_with(scan))
            })
            .unwrap()
    };
    let sure = of("a.tif");
    assert_eq!(sure["topic"], "delivery", "{sure:#}");
    let why = sure["topic_why"].as_str().unwrap();
    assert!(
        why.starts_with("by the classifier ") && why.contains(": delivery, 0.9"),
        "{why}"
    );
    // Team and deadline follow the topic.
    assert_eq!(sure["team"], "delivery", "{sure:#}");
    let quiet = of("b.tif");
    assert_eq!(quiet["topic"], "other", "{quiet:#}");
    let why = quiet["topic_why"].as_str().unwrap();
    assert!(why.contains("abstains"), "{why}");

    let header =
        "Message-ID: <one@mail.example>\nFrom: Ada Mason <ada@mail.example>\nSubject: Hello";
    take_in(&post, "one.eml", &message(header, OPEN));
    let cases = post
        .postroom(&["cases", "--topic", "delivery", "--json"])
        .json();
    assert_eq!(cases.as_array().unwrap().len(), 2, "{cases:#}");
    post.assert_verified();
}

#[test]
fn without_a_classifier_the_rules_decide_alone() {
    let mut post = Post::new();
    post.letter("a.tif", &[OPEN]);
    assert_eq!(post.run(&[]).code, Some(0));
    assert_eq!(post.letters()[0]["topic"], "other");
}

#[test]
fn a_file_that_is_no_model_ends_the_run_before_anything_is_read() {
    let whole = fs::read_to_string(MODEL).unwrap();
    for (text, says) in [
        (None, "mend its path in the configuration"),
        (Some("[rules]\n".to_owned()), "no model of topics"),
        (
            Some(whole.replace("hedge", "ledge")),
            "checksum does not fit",
        ),
        (
            Some(whole[..whole.len() / 2].to_owned()),
            "checksum does not fit",
        ),
    ] {
        let mut post = Post::new();
        let path = post.path("own.model");
        if let Some(text) = text {
            fs::write(&path, text).unwrap();
        }
        post.configure("[rules]\nclassifier = \"own.model\"\n");
        post.letter("a.tif", &[OPEN]);
        for ran in [post.run(&[]), post.postroom(&["rules", "check"])] {
            assert_eq!(ran.code, Some(3), "{ran:?}");
            assert!(
                ran.stderr.contains(says) && ran.stderr.contains("own.model"),
                "{ran:?}"
            );
        }
    }
}

#[test]
fn a_model_of_other_topics_names_the_one_that_the_rules_lack() {
    let mut post = helped();
    let rules = include_str!("../src/rules/default.toml").replace("\"delivery\"", "\"parcels\"");
    fs::write(post.path("own.toml"), rules).unwrap();
    post.configure("file = \"own.toml\"\n");
    let ran = post.postroom(&["rules", "check"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(
        ran.stderr.contains("'delivery'") && ran.stderr.contains("parcels"),
        "{ran:?}"
    );
}

#[test]
fn the_rules_explain_what_they_make_of_a_text() {
    let post = helped();
    let checked = post.postroom(&["rules", "check", "--json"]);
    assert_eq!(checked.code, Some(0), "{checked:?}");
    let model = checked.json()["classifier"].clone();
    assert_eq!(
        model["topics"],
        serde_json::json!(["billing", "delivery", "goods"])
    );
    let file = post.path("letter.txt");
    fs::write(&file, OPEN).unwrap();
    let file = file.to_str().unwrap();
    let told = post.postroom(&[
        "rules",
        "explain",
        file,
        "--received",
        "2026-11-20",
        "--json",
    ]);
    assert_eq!(told.code, Some(0), "{told:?}");
    let told = told.json();
    assert_eq!(told["topic"]["choice"], "delivery");
    assert_eq!(told["priority"]["choice"], "normal");
    assert_eq!(told["deadline"]["choice"], "2026-12-04");
    assert_eq!(told["classifier"]["sure"], true);
    assert_eq!(told["classifier"]["ranked"][0]["topic"], "delivery");
    let said = post.postroom(&["rules", "explain", file]);
    assert!(
        said.stdout.contains("The classifier says delivery 0.97"),
        "{said:?}"
    );
    let missing = post.postroom(&["rules", "explain", "nowhere.txt"]);
    assert_eq!(missing.code, Some(4), "{missing:?}");
}

//! The model that `scripts/train/golden_topics.py` wrote says here what it says there; no other
//! file is taken for a model.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::{Facts, Rules};
use super::{Classifier, ClassifierError, LEAST_WORDS};
use crate::domain::identity::Digest;

const MODEL: &[u8] = include_bytes!("../../../tests/golden/topics/topics.model");
const EXPECTED: &str = include_str!("../../../tests/golden/topics/expected.json");

fn model() -> Classifier {
    Classifier::parse(MODEL).unwrap()
}

/// The model with another body, its checksum made to fit.
fn with_body(body: &str) -> Vec<u8> {
    let digest = Digest::of(body.as_bytes());
    format!("postroom-topics\t1\t{digest}\n{body}").into_bytes()
}

fn body() -> String {
    let text = String::from_utf8(MODEL.to_vec()).unwrap();
    text.split_once('\n').unwrap().1.to_owned()
}

#[derive(serde::Deserialize)]
struct Expected {
    text: String,
    probabilities: BTreeMap<String, f64>,
}

#[test]
fn it_says_what_the_training_side_says() {
    let model = model();
    let expected: Vec<Expected> = serde_json::from_str(EXPECTED).unwrap();
    let mut compared = 0;
    for Expected {
        text,
        probabilities,
    } in expected
    {
        let Some(opinion) = model.opinion(&text) else {
            // The one text whose words the model does not know.
            assert_eq!(text, "Quartz sphinx.");
            continue;
        };
        for (topic, likely) in &opinion.ranked {
            let wanted = probabilities[*topic];
            assert!(
                (likely.get() - wanted).abs() < 1e-9,
                "{text}: {topic} {likely:?}, trained {wanted}"
            );
            compared += 1;
        }
        let best = probabilities.iter().max_by(|a, b| a.1.total_cmp(b.1));
        assert_eq!(opinion.first().0, best.unwrap().0);
    }
    assert_eq!(compared, 15);
}

#[test]
fn a_word_or_two_say_nothing() {
    let model = model();
    let words = "hinge squeaks lid wobbles lamp flickers drawer sticks handle loose motor hums";
    let words: Vec<&str> = words.split(' ').collect();
    assert_eq!(words.len(), LEAST_WORDS);
    assert!(model.opinion(&words.join(" ")).is_some());
    assert_eq!(model.opinion(&words[1..].join(" ")), None);
    // The same word again is no other word.
    assert_eq!(model.opinion(&"hinge ".repeat(50)), None);
    assert_eq!(model.opinion(""), None);
}

#[test]
fn another_file_is_told_as_such() {
    let text = String::from_utf8(MODEL.to_vec()).unwrap();
    let changed = text.replacen("wobbles", "hobbles", 1);
    let cut = &MODEL[..MODEL.len() / 2];
    let next = text.replacen("postroom-topics\t1", "postroom-topics\t2", 1);
    for (bytes, wanted) in [
        (&b""[..], ClassifierError::NotAModel),
        (b"\xff\xfe\n", ClassifierError::NotAModel),
        (b"[rules]\nfile = \"x\"\n", ClassifierError::NotAModel),
        (
            b"postroom-topics\n",
            ClassifierError::Version(String::new()),
        ),
        (next.as_bytes(), ClassifierError::Version("2".into())),
        (changed.as_bytes(), ClassifierError::Damaged),
        (cut, ClassifierError::Damaged),
    ] {
        assert_eq!(Classifier::parse(bytes).unwrap_err(), wanted);
    }
}

#[test]
fn nonsense_under_a_right_checksum_names_its_line() {
    let body = body();
    let last = body.lines().last().unwrap();
    let lines = body.lines().count();
    for (spoilt, line, says) in [
        (
            body.replacen("topics\t", "themes\t", 1),
            2,
            "'topics' is missing",
        ),
        (
            body.replacen("\tdelivery\t", "\tbilling\t", 1),
            2,
            "there twice",
        ),
        (
            body.replacen("\tbilling\tdelivery\tgoods", "\tgoods", 1),
            2,
            "fewer than two",
        ),
        (
            body.replacen("threshold\t0", "threshold\t7", 1),
            3,
            "no probability",
        ),
        (
            body.replacen("threshold\t0", "threshold\tNaN", 1),
            3,
            "no number",
        ),
        (
            body.replacen("constants\t", "constants\t1\t", 1),
            4,
            "3 numbers are wanted, 4",
        ),
        (format!("{body}{last}\n"), lines + 2, "there twice"),
        (format!("{body}word\n"), lines + 2, "without its numbers"),
        (format!("{body}word\t-1\t1\t1\t1\n"), lines + 2, "above 0"),
        (
            format!("{body}word\t1\t1\tinf\t1\n"),
            lines + 2,
            "too large",
        ),
        (
            format!("{body}word\t1\t1\t1e30\t1\n"),
            lines + 2,
            "too large",
        ),
    ] {
        match Classifier::parse(&with_body(&spoilt)).unwrap_err() {
            ClassifierError::Line { line: at, what } => {
                assert_eq!(at, line, "{what}");
                assert!(what.contains(says), "{what}, wanted {says}");
            }
            other => panic!("{other:?}, wanted {says}"),
        }
    }
    assert!(Classifier::parse(&with_body(&body)).is_ok());
}

#[test]
fn a_topic_that_the_rules_lack_is_named() {
    let body = body().replacen("\tgoods", "\tpianos", 1);
    let model = Classifier::parse(&with_body(&body)).unwrap();
    let error = Rules::embedded().helped_by(model).unwrap_err().to_string();
    assert!(
        error.contains("'pianos'") && error.contains("billing"),
        "{error}"
    );
}

/// Rules of a company that has few phrases, on this model's topics.
fn helped() -> Rules {
    Rules::embedded().helped_by(model()).unwrap()
}

fn judged(rules: &Rules, text: &str) -> (String, String) {
    let facts = Facts {
        text,
        addressee: None,
        salutation: None,
        subject: None,
        member_tier: None,
        received: jiff::civil::date(2026, 3, 2),
    };
    let topic = rules.judge(&facts).topic;
    (topic.choice, topic.why)
}

const OPEN: &str = "The box sits behind the hedge on the day that was agreed, and the dog found it there on \
                    our way to the next village.";

#[test]
fn it_is_heard_where_the_phrases_find_nothing_firm() {
    let (alone, why) = judged(&Rules::embedded(), OPEN);
    assert_eq!(alone, "other", "{why}");
    let (topic, why) = judged(&helped(), OPEN);
    assert_eq!(topic, "delivery", "{why}");
    let name = model().short_name();
    assert!(
        why.starts_with(&format!("by the classifier {name}: delivery, 0.9")),
        "{why}"
    );
    assert!(why.contains("by phrases: "), "{why}");
}

#[test]
fn it_abstains_where_it_is_not_sure() {
    let mixed = "The dog found it there though the path was swept, though we oil it each evening as \
                 the enclosed copy shows.";
    let (alone, of_phrases) = judged(&Rules::embedded(), mixed);
    let (topic, why) = judged(&helped(), mixed);
    assert_eq!((alone.as_str(), topic.as_str()), ("other", "other"));
    assert!(why.starts_with(&of_phrases), "{why}");
    assert!(
        why.contains("abstains: ") && why.contains("is needed"),
        "{why}"
    );
}

#[test]
fn it_never_speaks_against_what_phrases_are_sure_of() {
    let firm =
        format!("I was charged twice for my order and want a refund of the overcharge.\n{OPEN}");
    let alone = judged(&Rules::embedded(), &firm);
    assert_eq!(alone.0, "billing", "{}", alone.1);
    assert_eq!(judged(&helped(), &firm), alone);
}

#[test]
fn between_equals_it_chooses_one_of_them() {
    let rules = |body: &str, keeps: bool| {
        let topics = ["billing", "delivery", "goods"].map(|name| {
            let phrase = match name {
                "goods" => "zebra",
                _ => "the next village",
            };
            format!(
                "[[topic]]\nname = \"{name}\"\nwhy = \"w\"\nkeeps_ties = {keeps}\n[[topic.says]]\nweight = 9\nphrases = [\"{phrase}\"]\n"
            )
        });
        let embedded = super::super::EMBEDDED;
        let (head, rest) = embedded.split_once("[[topic]]").unwrap();
        let (_, tail) = rest.split_once("[[priority]]").unwrap();
        let other = "[[topic]]\nname = \"other\"\nwhy = \"w\"\n";
        let (tail, calendar) = tail.split_once("# --- Teams").unwrap();
        let (_, calendar) = calendar.split_once("[calendar]").unwrap();
        let ends = "[[team]]\nname = \"t\"\nwhy = \"w\"\n[[deadline]]\nname = \"d\"\nwhy = \"w\"\nworking_days = 5\n";
        let text = format!(
            "{head}{}{other}[[priority]]{tail}{ends}[calendar]{calendar}",
            topics.concat()
        );
        let model = Classifier::parse(&with_body(body)).unwrap();
        Rules::parse(&text).unwrap().helped_by(model).unwrap()
    };
    let (topic, why) = judged(&rules(&body(), false), OPEN);
    assert_eq!(topic, "delivery", "{why}");
    assert!(why.contains("a tie"), "{why}");
    // A model that calls the same text goods, which is none of the equals.
    let turned = body().replacen("\tdelivery\tgoods\n", "\tgoods\tdelivery\n", 1);
    let (topic, why) = judged(&rules(&turned, false), OPEN);
    assert_eq!(topic, "billing", "{why}");
    assert!(why.contains("which is none of the equals"), "{why}");
    // Where the first of them keeps its ties, nobody is asked.
    let (topic, why) = judged(&rules(&body(), true), OPEN);
    assert_eq!(topic, "billing", "{why}");
    assert!(!why.contains("classifier"), "{why}");
}

#[test]
fn priorities_are_the_rules_alone() {
    let text = format!("My solicitor will hear of it. My late husband was a customer.\n{OPEN}");
    let facts = |text| Facts {
        text,
        addressee: None,
        salutation: None,
        subject: None,
        member_tier: None,
        received: jiff::civil::date(2026, 3, 2),
    };
    let alone = Rules::embedded().judge(&facts(&text));
    let both = helped().judge(&facts(&text));
    assert_eq!(both.priority, alone.priority);
    assert_eq!(both.priority.choice.name(), "legal");
    assert_eq!(both.deadline.choice, alone.deadline.choice);
}

proptest! {
    #[test]
    fn no_bytes_are_too_much(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Classifier::parse(&bytes);
    }

    #[test]
    fn no_lines_are_too_much(lines in "(topics|threshold|constants|a|b c)?(\t(a|b|0|1|-3|1e9|nan|)){0,4}\n{0,6}", again in 0..6_usize) {
        let _ = Classifier::parse(&with_body(&lines.repeat(again)));
    }

    #[test]
    fn every_opinion_is_a_distribution(text in "((the|hinge|squeaks|lid|wobbles|lamp|sum|twelve|pounds|short|nobody|door|[a-zß-ü'’0-9 ]{1,12})[ .,\n]){0,60}") {
        if let Some(opinion) = model().opinion(&text) {
            let all: f64 = opinion.ranked.iter().map(|(_, likely)| likely.get()).sum();
            prop_assert!((all - 1.0).abs() < 1e-9);
            prop_assert!(opinion.ranked.windows(2).all(|two| two[0].1 >= two[1].1));
        }
    }
}

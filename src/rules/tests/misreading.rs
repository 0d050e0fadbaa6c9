//! Every priority phrase survives one slip of the reader.

use proptest::prelude::*;

use super::super::phrase::PhraseId;
use super::super::slips::{ANY_SLIP_LETTERS, LOOKALIKE_LETTERS};
use super::super::{EMBEDDED, Rules};

/// Shapes that no reader can tell apart: forgiven in any word.
const SAME_SHAPE: [(&str, &str); 12] = [
    ("m", "rn"),
    ("rn", "m"),
    ("cl", "d"),
    ("d", "cl"),
    ("w", "vv"),
    ("l", "1"),
    ("l", "I"),
    ("i", "l"),
    ("o", "0"),
    ("s", "5"),
    ("b", "8"),
    ("g", "9"),
];

/// Lookalikes: forgiven in words of some length.
const LOOKALIKES: [(&str, &str); 8] = [
    ("e", "c"),
    ("c", "e"),
    ("o", "c"),
    ("n", "u"),
    ("u", "n"),
    ("h", "b"),
    ("m", "in"),
    ("f", "t"),
];

/// One way to say every phrase of every priority rule.
fn samples(rules: &Rules) -> Vec<(PhraseId, String)> {
    let phrases = rules.priorities.iter().flat_map(|rule| &rule.phrases);
    phrases.map(|id| (*id, rules.book.sample(*id))).collect()
}

fn says(rules: &Rules, phrase: PhraseId, text: &str) -> bool {
    let words = rules.book.read(text);
    rules.book.said(&words).iter().any(|s| s.phrase == phrase)
}

/// Every text that one confusion makes of it.
fn misread(text: &str, confusions: &[(&str, &str)], letters: usize) -> Vec<String> {
    let mut all = Vec::new();
    let mut start = 0;
    for word in text.split(' ') {
        if word.len() >= letters && !word.contains(|c: char| c.is_ascii_digit()) {
            for (from, to) in confusions {
                for (at, _) in word.match_indices(from) {
                    let end = start + at + from.len();
                    all.push(format!("{}{to}{}", &text[..start + at], &text[end..]));
                }
            }
        }
        start += word.len() + 1;
    }
    all
}

#[test]
fn every_confusion_in_every_phrase() {
    let rules = Rules::embedded();
    let mut missed = Vec::new();
    let mut tried = 0;
    for (phrase, text) in samples(&rules) {
        assert!(says(&rules, phrase, &text), "{text}");
        let same = misread(&text, &SAME_SHAPE, 0);
        let alike = misread(&text, &LOOKALIKES, LOOKALIKE_LETTERS + 1);
        for read in same.into_iter().chain(alike) {
            tried += 1;
            if !says(&rules, phrase, &read) {
                missed.push(format!("{text} -> {read}"));
            }
        }
    }
    assert!(tried > 1000, "{tried}");
    assert!(
        missed.is_empty(),
        "{} of {tried}:\n{}",
        missed.len(),
        missed.join("\n")
    );
}

proptest! {
    #[test]
    fn breaks_and_capitals(which in 0usize..10_000, at in 0usize..10_000, tear in "\n|\u{c}| \n |-\n|  ") {
        let rules = embedded();
        let samples = samples(rules);
        let (phrase, text) = &samples[which % samples.len()];
        let spread = text.replace(' ', tear.trim_start_matches('-'));
        prop_assert!(says(rules, *phrase, &spread));
        prop_assert!(says(rules, *phrase, &text.to_uppercase()));
        let at = 1 + at % (text.len() - 1);
        let inside = text.as_bytes()[at - 1..=at].iter().all(u8::is_ascii_alphabetic);
        if inside {
            let torn = format!("{}-\n{}", &text[..at], &text[at..]);
            prop_assert!(says(rules, *phrase, &torn), "{}", torn);
        }
    }

    #[test]
    fn any_slip_in_a_long_word(which in 0usize..10_000, at in 0usize..100, letter in "[a-z]?") {
        let rules = embedded();
        let samples = samples(rules);
        let (phrase, text) = &samples[which % samples.len()];
        let long = text.split(' ').find(|w| w.len() > ANY_SLIP_LETTERS);
        if let Some(word) = long {
            let at = 2 + at % (word.len() - 2);
            let slipped = format!("{}{letter}{}", &word[..at], &word[at + 1..]);
            let read = text.replacen(word, &slipped, 1);
            prop_assert!(says(rules, *phrase, &read), "{}", read);
        }
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,200}") {
        let judged = embedded().judge(&super::facts(&text));
        prop_assert!(!judged.team.choice.is_empty());
    }
}

fn embedded() -> &'static Rules {
    static RULES: std::sync::LazyLock<Rules> =
        std::sync::LazyLock::new(|| Rules::parse(EMBEDDED).unwrap_or_else(|e| panic!("{e}")));
    &RULES
}

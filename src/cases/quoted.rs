//! Our own case references in a letter's text: `PR-0000417-11`.

use crate::domain::confidence::Probability;
use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::text::{Line, PageText, Word};

/// How sure the engine must be of every word of a reference. The check digits
/// refuse all but one misreading in a hundred by themselves; this only keeps
/// out scribble that happens to pass. Chosen, not measured.
const CONFIDENT: f64 = 0.5;

/// The words that a reference can fall into: `PR - 0000417 - 11`.
const MOST_WORDS: usize = 5;

/// The least digits among its characters: capitals that can be misread digits
/// (`PRODISZOLLI`) are no reference.
const LEAST_DIGITS: usize = 2;

/// The most references that are taken of one text: who names more matters than that writes about none
/// of them. Chosen, not measured.
pub const MOST: usize = 20;

/// Every case reference on these pages that was read with confidence and whose
/// check digits hold, in reading order, each once.
pub fn references<'a>(pages: impl IntoIterator<Item = &'a PageText>) -> Vec<CaseReference> {
    let mut found = Vec::new();
    for line in pages.into_iter().flat_map(|page| &page.lines) {
        for reference in on_line(line) {
            if !found.contains(&reference) {
                found.push(reference);
            }
        }
    }
    found
}

fn on_line(line: &Line) -> impl Iterator<Item = CaseReference> {
    let words = line.words();
    (0..words.len()).filter_map(|start| {
        let most = MOST_WORDS.min(words.len() - start);
        (1..=most).find_map(|count| reference(&words[start..start + count]))
    })
}

/// The reference that these words are together, if all were read with confidence.
fn reference(words: &[Word]) -> Option<CaseReference> {
    let sure = words
        .iter()
        .map(|word| word.confidence)
        .fold(Probability::ONE, Probability::weakest);
    if sure.get() < CONFIDENT {
        return None;
    }
    whole(words.iter().map(|word| word.text.as_str()))
}

/// The case references in a text that a machine made, an e-mail's subject or body: the first
/// [`MOST`], each once.
pub fn in_text(text: &str) -> Vec<CaseReference> {
    let mut found = Vec::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let runs = (0..words.len()).filter_map(|start| {
            let most = MOST_WORDS.min(words.len() - start);
            (1..=most).find_map(|count| whole(words[start..start + count].iter().copied()))
        });
        for reference in runs {
            if !found.contains(&reference) {
                found.push(reference);
            }
            if found.len() == MOST {
                return found;
            }
        }
    }
    found
}

/// The reference that these words are together.
fn whole<'a>(words: impl Iterator<Item = &'a str>) -> Option<CaseReference> {
    let text: String = words.collect();
    // `Ref:PR-0000417-11.` is one word to the engine.
    let text = text.rsplit([':', '(', '/', '#', '=', '[']).next()?;
    let digits = text.chars().filter(char::is_ascii_digit).count();
    if digits < LEAST_DIGITS {
        return None;
    }
    text.trim_end_matches(|sign: char| !sign.is_alphanumeric())
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::geometry::Rect;
    use proptest::prelude::*;

    fn page(text: &str, confidence: f64) -> PageText {
        let word = |text: &str| Word {
            text: text.into(),
            confidence: Probability::clamped(confidence),
            bounds: Rect::default(),
        };
        let lines = text
            .lines()
            .filter_map(|line| Line::new(line.split_whitespace().map(word).collect(), 0));
        PageText {
            lines: lines.collect(),
        }
    }

    fn found(text: &str) -> Vec<String> {
        references([&page(text, 0.9)])
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn anywhere_and_however_it_falls_apart() {
        for text in [
            "Your reference: PR-0000417-11.",
            "ref:PR-0000417-11, thank you",
            "our case (PR 0000417 11) is old",
            "PR - 0000417 - 11",
            "quoting pr-OOOO417-1I here",
        ] {
            assert_eq!(found(text), ["PR-0000417-11"], "{text}");
        }
    }

    #[test]
    fn nothing_that_is_none() {
        for text in [
            "PR-0000417-12",
            "PR-0000471-11",
            "PR PR-000041-11",
            "PRODISZOLLI",
            "XPR-0000417-11",
            "PR-0000417-112",
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
        assert!(references([&page("PR-0000417-11", 0.3)]).is_empty());
    }

    #[test]
    fn each_once_in_order() {
        let text = "PR-0000417-11 and PR-0000001-95\nPR-0000417-11";
        let second = CaseReference::new(1).unwrap().to_string();
        let text = text.replace("PR-0000001-95", &second);
        assert_eq!(found(&text), ["PR-0000417-11", second.as_str()]);
    }

    #[test]
    fn no_more_than_some_of_a_text() {
        let many = |of: std::ops::Range<u64>| -> Vec<CaseReference> {
            of.filter_map(CaseReference::new).collect()
        };
        let text: String = many(1..5_000)
            .iter()
            .map(|one| format!("{one}\n"))
            .collect();
        assert_eq!(in_text(&text), many(1..MOST as u64 + 1));
        assert_eq!(in_text(&text.replace('\n', " ")).len(), MOST);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[PRpr0-9OISB :./-]{0,60}") {
            let _ = found(&text);
        }
    }
}

//! Letters of every layout, and real pages where they are at hand.

mod layouts;
pub(super) mod pages;
mod score;
mod traps;
mod writers;

use std::sync::LazyLock;

use jiff::civil::date;
use regex::Regex;

use super::{Company, Known, default_references, read_letter};
use crate::domain::letter::{CheckedLetter, LetterPage};
use crate::domain::verdict::Verdict;
use crate::gazetteer::Gazetteer;
use crate::pipeline::check::check;

static GAZETTEER: LazyLock<Gazetteer> = LazyLock::new(Gazetteer::embedded);
static REFERENCES: LazyLock<Vec<Regex>> = LazyLock::new(default_references);

/// Reads and checks a letter that came in on 10 July 2026.
fn checked(pages: &[LetterPage], companies: &[Company]) -> CheckedLetter {
    let known = Known {
        companies,
        references: &REFERENCES,
        gazetteer: &GAZETTEER,
    };
    check(read_letter(pages, &known), &GAZETTEER, date(2026, 7, 10))
}

/// Holds a letter to these fields and no others, one `name: value` a line; a `?`
/// before the value says that a person must look at it.
fn expect(letter: &CheckedLetter, fields: &str) {
    let mut expected: Vec<&str> = fields
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .collect();
    expected.sort_unstable();
    let mut found: Vec<String> = letter
        .fields
        .iter()
        .filter_map(|(field, read)| {
            let doubt = if read.verdict == Verdict::Review {
                "?"
            } else {
                ""
            };
            Some(format!(
                "{}: {doubt}{}",
                field.name(),
                read.value.as_deref()?
            ))
        })
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        expected,
        "\n{}\n{:#?}",
        letter.text,
        letter
            .fields
            .values()
            .map(|f| &f.reason)
            .collect::<Vec<_>>()
    );
}

/// A letter on one typed page, no company configured.
fn typed_letter(text: &str, fields: &str) {
    expect(&checked(&[pages::typed(text)], &[]), fields);
}

//! Names that no list has are often a listed one with another letter: VOAKES beside
//! NOAKES, SMYTH beside SMITH. How they are spelled alone would make them so rare that
//! the listed neighbour, surely misread, is always the better explanation.

use super::signs::Sign;
use super::spelling::{LETTERS, Spelling};
use super::table::Table;

/// So many names of a list are looked at to learn how often a name has a neighbour.
const SAMPLE: usize = 256;
/// How much the spelling says of which variant it is: at 1 all that it says of a name, at
/// 0 nothing.
const FLATTENED: f64 = 0.5;

/// How often a variant of a listed name is this one: one
/// letter changed, left out or put in, as the spelling makes it likely; every listed
/// name has as many variants.
pub(super) fn share(name: &[Sign], table: &Table, spelling: &Spelling) -> f64 {
    if name.iter().any(|sign| usize::from(*sign) >= LETTERS) || table.share(name) > 0.0 {
        return 0.0;
    }
    let own = spelling.weight(name).powf(FLATTENED);
    let mut share = 0.0;
    each(name, |neighbour| {
        if table.share(neighbour) > 0.0 {
            let mut all = 0.0;
            each(neighbour, |variant| {
                all += spelling.weight(variant).powf(FLATTENED)
            });
            share += own / all;
        }
    });
    share / table.len() as f64
}

/// How often a name that a list lacks is one letter away from one that it has: as often
/// as the names of the list are from each other. (Of a fifth of the rarer names taken out
/// of a list of 3,706 British surnames 50 of 100 were, out of 21,148 first names 81.)
pub(super) fn often(table: &Table) -> f64 {
    let sample = (0..table.len()).step_by(table.len().div_ceil(SAMPLE));
    let has_neighbour = |at: &usize| {
        let mut has = false;
        each(table.name(*at), |text| has = has || table.share(text) > 0.0);
        has
    };
    let near = sample.clone().filter(has_neighbour).count();
    near as f64 / sample.count() as f64
}

/// Every text one letter away.
fn each(name: &[Sign], mut variant: impl FnMut(&[Sign])) {
    let mut text = Vec::with_capacity(name.len() + 1);
    for at in 0..=name.len() {
        let (before, after) = name.split_at(at);
        for letter in 0..LETTERS as Sign {
            let mut put = |rest: &[Sign]| {
                text.clear();
                text.extend_from_slice(before);
                text.push(letter);
                text.extend_from_slice(rest);
                variant(&text);
            };
            // Put in; a double letter only once, behind the one that is there.
            if before.last() != Some(&letter) {
                put(after);
            }
            if after.first().is_some_and(|own| *own != letter) {
                put(&after[1..]);
            }
        }
        if !after.is_empty() && after.first() != before.last() {
            text.clear();
            text.extend_from_slice(before);
            text.extend_from_slice(&after[1..]);
            variant(&text);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::lexicon::signs::{signs_of, text_of};

    #[test]
    fn every_text_one_letter_away_comes_once() {
        let mut found = Vec::new();
        each(&signs_of("ANNA").unwrap(), |text| found.push(text_of(text)));
        let different: HashSet<_> = found.iter().collect();
        assert_eq!(different.len(), found.len());
        assert_eq!(found.len(), 4 * 25 + 5 * 26 - 4 + 3);
        for text in ["ANA", "ANNE", "HANNA", "ANNNA", "ANNAH", "NNA"] {
            assert!(different.contains(&text.to_owned()), "{text}");
        }
        assert!(!different.contains(&"ANNA".to_owned()));
    }

    #[test]
    fn all_variants_together_are_what_they_should_be() {
        let table = Table::parse([&b"ANNA,5\nBERTHA,1\n"[..]]).unwrap();
        let spelling = Spelling::of(table.names());
        let mut sum = 0.0;
        for name in ["ANNA", "BERTHA"] {
            each(&signs_of(name).unwrap(), |variant| {
                sum += share(variant, &table, &spelling)
            });
        }
        assert!((sum - 1.0).abs() < 1e-9, "{sum}");
        assert_eq!(share(&signs_of("ANNA").unwrap(), &table, &spelling), 0.0);
        assert_eq!(
            share(&signs_of("EMMELINE").unwrap(), &table, &spelling),
            0.0
        );
    }

    #[test]
    fn neighbours_are_counted() {
        let table = Table::parse([&b"ANNA\nANNE\nBERTHA\nMAUD\n"[..]]).unwrap();
        assert!((often(&table) - 0.5).abs() < 1e-9);
    }
}

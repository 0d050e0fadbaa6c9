//! Telephone numbers, as the national numbering plan has them; the plans are data.

use std::sync::LazyLock;

use serde::Deserialize;

use super::automaton::{Automaton, State};
use super::numbers::CHANNEL;
use super::seen::Alphabet;
use super::signs::{Sign, Signs, sign_of};
use super::{ChangedBy, Value, Weighed};
use crate::domain::lattice::Lattice;
use crate::gazetteer::country::Country;

const PLANS: &str = include_str!("phones.toml");

const ALPHABET: Alphabet = Alphabet {
    spelled: Signs::of("0123456789+"),
    passed: Signs::of(" -./"),
};

/// A number is written with `+44` so often, and as often with 44 alone, its plus sign
/// being unread,
const ABROAD: f64 = 0.015;
/// with 0044,
const ABROAD_IN_DIGITS: f64 = 0.005;
/// without the leading 0,
const WITHOUT_TRUNK: f64 = 0.005;
/// or in no way that the plan knows: foreign, an extension behind it, a digit short. All
/// are estimates.
const OPEN: f64 = 0.02;
/// The shortest and the longest number outside the plan (ITU-T E.164).
const LENGTHS: std::ops::RangeInclusive<usize> = 5..=15;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    country: Vec<Plan>,
}

/// A country's numbering plan.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    code: String,
    trunk: String,
    calling: String,
    numbers: Vec<Kind>,
}

/// Numbers that begin alike.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kind {
    begins: String,
    length: usize,
    share: f64,
}

static KNOWN: LazyLock<Vec<(Automaton, Plan)>> = LazyLock::new(|| {
    // The file is part of the program, and a test reads all of it.
    let file: File = toml::from_str(PLANS).unwrap_or(File {
        country: Vec::new(),
    });
    let plans = file.country.into_iter();
    plans.map(|plan| (plan.automaton(), plan)).collect()
});

static ANY: LazyLock<Automaton> = LazyLock::new(|| any(1.0));

pub(super) fn read(lattice: &Lattice, country: &Country) -> Option<Weighed> {
    let known = KNOWN.iter().find(|(_, plan)| plan.code == country.code);
    let automaton = known.map_or(&*ANY, |(automaton, _)| automaton);
    let value = |signs: &[Sign], mass| {
        let value = Value::spelled(signs, mass, ChangedBy::Phone);
        let national = known.and_then(|(_, plan)| plan.national(&value.spelled));
        vec![match national {
            Some(national) => Value {
                value: national,
                ..value
            },
            None => value,
        }]
    };
    Weighed::of(lattice, ALPHABET, &CHANNEL, automaton, value)
}

const DIGITS: &str = "0123456789";

/// Digits of any number, so often of all.
fn any(share: f64) -> Automaton {
    let mut automaton = Automaton::default();
    let lengths = LENGTHS.count() as f64;
    let mut from = vec![Automaton::START];
    for length in 1..=*LENGTHS.end() {
        let weight = if length == 1 { share } else { 1.0 };
        let digits = layer(&mut automaton, DIGITS);
        link(&mut automaton, &from, &digits, weight);
        // Each length is alike: of all that begin so, one in so many ends here.
        for digit in digits.iter().filter(|_| LENGTHS.contains(&length)) {
            automaton.ends[*digit as usize] = 1.0 / lengths;
        }
        from = digits;
    }
    automaton
}

/// A state for each of these characters.
fn layer(automaton: &mut Automaton, signs: &str) -> Vec<State> {
    let signs = signs.bytes().filter_map(sign_of);
    signs.map(|sign| automaton.state(sign)).collect()
}

/// Steps from each to each; the weight is that of all together.
fn link(automaton: &mut Automaton, from: &[State], to: &[State], weight: f64) {
    for from in from {
        for state in to {
            automaton.step(*from, *state, weight / to.len() as f64);
        }
    }
}

impl Plan {
    fn automaton(&self) -> Automaton {
        let mut automaton = any(OPEN);
        // The last digits of all numbers are any, and shared.
        let longest = self
            .numbers
            .iter()
            .map(|kind| kind.length)
            .max()
            .unwrap_or(0);
        let mut lasts: Vec<Vec<State>> = Vec::new();
        for left in 0..longest {
            let digits = layer(&mut automaton, DIGITS);
            match left.checked_sub(1) {
                Some(next) => link(&mut automaton, &digits, &lasts[next], 1.0),
                None => digits
                    .iter()
                    .for_each(|digit| automaton.ends[*digit as usize] = 1.0),
            }
            lasts.push(digits);
        }
        let all: f64 = self.numbers.iter().map(|kind| kind.share).sum();
        for (before, share) in self.ways() {
            for kind in &self.numbers {
                let begins = kind
                    .begins
                    .strip_prefix(&self.trunk)
                    .unwrap_or(&kind.begins);
                let begins = classes(&before).into_iter().chain(classes(begins));
                let mut from = vec![Automaton::START];
                let mut weight = share * kind.share / all;
                for class in begins {
                    let next = layer(&mut automaton, &class);
                    link(&mut automaton, &from, &next, weight);
                    (from, weight) = (next, 1.0);
                }
                let left = kind.length.saturating_sub(classes(&kind.begins).len());
                if let Some(last) = left.checked_sub(1) {
                    link(&mut automaton, &from, &lasts[last], weight);
                }
            }
        }
        automaton
    }

    /// What stands before the number proper, each with how often.
    fn ways(&self) -> [(String, f64); 5] {
        let abroad = 2.0 * ABROAD + ABROAD_IN_DIGITS;
        [
            (self.trunk.clone(), 1.0 - OPEN - abroad - WITHOUT_TRUNK),
            (format!("+{}", self.calling), ABROAD),
            (self.calling.clone(), ABROAD),
            (format!("00{}", self.calling), ABROAD_IN_DIGITS),
            (String::new(), WITHOUT_TRUNK),
        ]
    }

    /// A number of the plan in its national form, however it was written.
    fn national(&self, written: &str) -> Option<String> {
        let ways = self.ways();
        let rests = ways
            .iter()
            .filter_map(|(before, _)| written.strip_prefix(before));
        let mut numbers = rests.map(|rest| format!("{}{rest}", self.trunk));
        numbers.find(|number| self.numbers.iter().any(|kind| kind.fits(number)))
    }
}

impl Kind {
    fn fits(&self, number: &str) -> bool {
        let classes = classes(&self.begins);
        let mut pairs = classes.iter().zip(number.chars());
        number.len() == self.length && pairs.all(|(class, sign)| class.contains(sign))
    }
}

/// The characters that may stand in each place: a class in brackets or one character.
fn classes(text: &str) -> Vec<String> {
    let (mut classes, mut rest) = (Vec::new(), text);
    while let Some(sign) = rest.chars().next() {
        let inside = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        let (class, after) = match inside {
            Some((inside, after)) => (class(inside), after),
            None => (sign.to_string(), &rest[sign.len_utf8()..]),
        };
        classes.push(class);
        rest = after;
    }
    classes
}

/// `1-57` is 1, 2, 3, 4, 5 and 7.
fn class(inside: &str) -> String {
    let signs: Vec<char> = inside.chars().collect();
    let (mut class, mut at) = (String::new(), 0);
    while at < signs.len() {
        match signs[at..] {
            [first, '-', last, ..] => {
                class.extend(first..=last);
                at += 3;
            }
            _ => {
                class.push(signs[at]);
                at += 1;
            }
        }
    }
    class
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::grammar::phone::PhoneNumber;
    use crate::lexicon::signs::signs_of;

    #[test]
    fn the_plans_of_the_file_are_all_understood() {
        let file: File = toml::from_str(PLANS).unwrap();
        assert_eq!(file.country[0].code, "GB");
        for plan in &file.country {
            assert!(Country::find(&plan.code).is_some(), "{}", plan.code);
            for kind in &plan.numbers {
                assert!(kind.begins.starts_with(&plan.trunk), "{}", kind.begins);
                assert!(kind.length > classes(&kind.begins).len() && kind.share > 0.0);
            }
        }
    }

    #[test]
    fn one_number_however_it_is_written() {
        let (automaton, plan) = &KNOWN[0];
        let weight = |text: &str| automaton.weight(&signs_of(text).unwrap());
        for (written, national) in [
            ("07700900123", "07700900123"),
            ("+447700900123", "07700900123"),
            ("00441632960123", "01632960123"),
            ("441632960123", "01632960123"),
            ("7700900123", "07700900123"),
            ("0169772123", "0169772123"),
        ] {
            assert_eq!(
                plan.national(written).as_deref(),
                Some(national),
                "{written}"
            );
            assert!(national.parse::<PhoneNumber>().is_ok());
            assert!(weight(written) > 1e-14, "{written}: {}", weight(written));
        }
        assert_eq!(plan.national("0770090012"), None);
        assert!(weight("07700900123") > 500.0 * weight("77009001234"));
        assert!(weight("0770090012") < weight("07700900123"));
        assert_eq!(weight("07"), 0.0);
    }

    #[test]
    fn all_numbers_together_are_one() {
        let mass: f64 = sum(&KNOWN[0].0, Automaton::START);
        assert!((mass - 1.0).abs() < 1e-9, "{mass}");
        assert!((sum(&ANY, Automaton::START) - 1.0).abs() < 1e-9);
    }

    fn sum(automaton: &Automaton, from: State) -> f64 {
        // States are numbered so that no two lead in a circle: follow all by layers.
        let mut ways = vec![(from, 1.0)];
        let mut total = 0.0;
        while !ways.is_empty() {
            total += ways
                .iter()
                .map(|(s, mass)| mass * automaton.ends[*s as usize])
                .sum::<f64>();
            ways = automaton
                .ahead(&ways)
                .into_iter()
                .flat_map(|(_, ways)| ways)
                .collect();
        }
        total
    }
}

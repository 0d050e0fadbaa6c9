//! E-mail addresses: the person's own name in the usual patterns or something else,
//! one @, a domain that many have or one made of words and a public suffix.
//!
//! Capitals and small letters are the same in the boxes; the value is in small letters.

use super::automaton::{Automaton, State};
use super::seen::Alphabet;
use super::signs::{Sign, Signs, sign_of, signs_of};
use super::spelling::{Memory, Spelling, Words};
use super::{ChangedBy, Context, Value, Weighed};
use crate::domain::lattice::Lattice;
use crate::gazetteer::decode::{Channel, Likely};

/// All that is known before the card is.
#[derive(Debug)]
pub(super) struct Email {
    /// Addresses of people of whose name nothing is known.
    unnamed: Automaton,
    /// The @ in it.
    at: State,
    spelling: Spelling,
    /// Words behind a name.
    behind: Words,
}

const ALPHABET: Alphabet = Alphabet {
    spelled: Signs::of(SIGNS),
    passed: Signs::of(" "),
};
const SIGNS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_+@'";
/// Written with care: one wrong character and no message arrives. Blank boxes count for
/// nothing. A surely wrong box as in names.
const CHANNEL: Channel = Channel {
    mistake: 0.003,
    transposed: 0.0001,
    omitted: 0.0002,
    extra: 0.0002,
    blank_inside: 0.05,
    blank_missing: 0.0005,
};

// The shares below are estimates: no open data says how people name their mailboxes.
/// The part before the @ is made of the person's own name so often,
const NAMED: f64 = 0.7;
/// else of words and digits, but for what is made of anything.
const ANYTHING: f64 = 0.03;
/// Patterns of first name `f`, its first letter `i`, and surname `s`; of 100.
const PATTERNS: [(&str, f64); 16] = [
    ("f.s", 22.0),
    ("fs", 22.0),
    ("f_s", 5.0),
    ("f-s", 1.5),
    ("is", 10.0),
    ("i.s", 7.0),
    ("i_s", 0.5),
    ("f", 10.0),
    ("s", 4.0),
    ("fi", 0.5),
    ("si", 1.5),
    ("s.f", 2.0),
    ("sf", 3.0),
    ("s.i", 0.5),
    ("fz", 4.0),
    ("f.z", 0.5),
];
/// A word of any kind stands before the name, or behind it, so often.
const WITH_WORD: f64 = 0.15;
/// Digits stand behind the name so often, one to four of them alike often.
const DIGITS_AFTER: f64 = 0.4;
const MOST_DIGITS: u32 = 4;
/// Of the first names and of the surnames that a card may have, so many are tried,
const NAMES_TRIED: usize = 3;
/// when they are so likely.
const LEAST_LIKELY: f64 = 0.01;
/// A word in a mailbox's name is followed by a mark and another so often.
const ANOTHER_WORD: f64 = 0.25;
/// What parts words there, and how often.
const WORD_MARKS: [(u8, f64); 3] = [(b'.', 0.7), (b'_', 0.2), (b'-', 0.1)];
/// The domain is one of the list so often.
const LISTED: f64 = 0.9;
/// A name of a domain has another word behind a dash so often.
const DASH: f64 = 0.1;
/// What other domains end with, and how often of 100.
const SUFFIXES: [(&str, f64); 18] = [
    ("CO.UK", 38.0),
    ("COM", 28.0),
    ("ORG.UK", 8.0),
    ("NET", 5.0),
    ("ORG", 4.0),
    ("AC.UK", 4.0),
    ("UK", 3.0),
    ("NHS.UK", 1.0),
    ("GOV.UK", 1.5),
    ("SCH.UK", 1.0),
    ("EU", 1.0),
    ("IE", 1.0),
    ("FR", 0.7),
    ("DE", 0.7),
    ("ME.UK", 1.0),
    ("LTD.UK", 0.3),
    ("INFO", 1.0),
    ("PL", 0.5),
];

impl Email {
    /// From the domains that many have (a row of domain and share each), and from how
    /// names are spelled.
    pub(super) fn new(domains: &str, spelling: Spelling) -> Self {
        let mut unnamed = Automaton::default();
        let at = unnamed.state(number_of(b'@'));
        let words = [(Automaton::START, 1.0 - ANYTHING)];
        mailbox(&mut unnamed, &spelling, &words, at);
        anything(&mut unnamed, at);
        listed(&mut unnamed, domains, at);
        other(&mut unnamed, &spelling, at);
        let behind = spelling.words(&mut unnamed, &[], Memory::One);
        let digits = digits(&mut unnamed, at);
        for (exit, ends) in &behind.exits {
            finish(&mut unnamed, *exit, *ends, &digits, at);
        }
        Self {
            unnamed,
            at,
            spelling,
            behind,
        }
    }

    pub(super) fn read(&self, lattice: &Lattice, context: &Context<'_>) -> Option<Weighed> {
        let automaton = self.with_names(context);
        let value = |signs: &[Sign], mass| {
            let value = Value::spelled(signs, mass, ChangedBy::Email);
            vec![Value {
                value: value.spelled.to_lowercase(),
                ..value
            }]
        };
        Weighed::of(lattice, ALPHABET, &CHANNEL, &automaton, value)
    }

    /// With the mailboxes that this card's names make likely.
    fn with_names(&self, context: &Context<'_>) -> Automaton {
        let mut automaton = self.unnamed.clone();
        let firsts = tried(context.first_names);
        let surnames = tried(context.surnames);
        let known = NAMED * sure(&firsts).max(sure(&surnames));
        automaton.weaken(Automaton::START, 1.0 - known);
        let digits = digits(&mut automaton, self.at);
        let before = [(Automaton::START, known * WITH_WORD / 2.0)];
        let before = self.spelling.words(&mut automaton, &before, Memory::One);
        let all: f64 = PATTERNS.iter().map(|(_, share)| share).sum();
        for (first, first_share) in &firsts {
            for (surname, surname_share) in &surnames {
                for (pattern, share) in PATTERNS {
                    let name = filled(pattern, first, surname);
                    let share = share / all * first_share * surname_share;
                    let Some((initial, rest)) = name.split_first().filter(|_| share > 0.0) else {
                        continue;
                    };
                    let begin = automaton.state(*initial);
                    automaton.step(
                        Automaton::START,
                        begin,
                        known * share * (1.0 - WITH_WORD / 2.0),
                    );
                    for (exit, ends) in &before.exits {
                        automaton.step(*exit, begin, ends * share);
                    }
                    let last = automaton.spell(begin, rest, 1.0);
                    self.spelling
                        .enter(&mut automaton, last, WITH_WORD / 2.0, &self.behind);
                    finish(
                        &mut automaton,
                        last,
                        1.0 - WITH_WORD / 2.0,
                        &digits,
                        self.at,
                    );
                }
            }
        }
        automaton
    }
}

/// The mailbox's name ends with a state, or with digits behind it.
fn finish(automaton: &mut Automaton, last: State, ends: f64, digits: &[State], at: State) {
    automaton.step(last, at, ends * (1.0 - DIGITS_AFTER));
    for digit in digits {
        automaton.step(last, *digit, ends * DIGITS_AFTER / digits.len() as f64);
    }
}

/// Names that a field may say, letters only, with their shares.
fn tried(names: &[Likely<String>]) -> Vec<(Vec<Sign>, f64)> {
    let letters = |name: &str| {
        name.bytes()
            .filter_map(sign_of)
            .filter(|sign| *sign < 26)
            .collect()
    };
    let first = names.iter().take(NAMES_TRIED);
    let first = first.map(|likely| (letters(&likely.value), likely.probability.get()));
    let mut tried: Vec<(Vec<Sign>, f64)> =
        first.filter(|(_, share)| *share >= LEAST_LIKELY).collect();
    if tried.is_empty() {
        tried.push((Vec::new(), 1.0));
    }
    tried
}

/// How sure it is that one of them is right.
fn sure(names: &[(Vec<Sign>, f64)]) -> f64 {
    let known = names.iter().filter(|(name, _)| !name.is_empty());
    known.map(|(_, share)| share).sum()
}

/// A pattern with the names in it; empty when a name that it needs is not known. `z` is
/// the first letter of the surname.
fn filled(pattern: &str, first: &[Sign], surname: &[Sign]) -> Vec<Sign> {
    let mut filled = Vec::new();
    for part in pattern.bytes() {
        let mark = [sign_of(part).unwrap_or_default()];
        let part = match part {
            b'f' => first,
            b'i' => &first[..first.len().min(1)],
            b's' => surname,
            b'z' => &surname[..surname.len().min(1)],
            _ => &mark[..],
        };
        if part.is_empty() {
            return Vec::new();
        }
        filled.extend_from_slice(part);
    }
    filled
}

/// One to four digits before the @; the states of the first.
fn digits(automaton: &mut Automaton, at: State) -> Vec<State> {
    let mut next: Vec<State> = Vec::new();
    for place in 0..MOST_DIGITS {
        // The last digits are made first: so many follow at most.
        let ends = if place == 0 {
            1.0
        } else {
            1.0 / f64::from(place + 1)
        };
        let states: Vec<State> = (b'0'..=b'9')
            .map(|digit| automaton.state(number_of(digit)))
            .collect();
        for state in &states {
            automaton.step(*state, at, ends);
            for next in &next {
                automaton.step(*state, *next, (1.0 - ends) / 10.0);
            }
        }
        next = states;
    }
    next
}

/// Words, marks between them, digits behind them.
fn mailbox(automaton: &mut Automaton, spelling: &Spelling, entries: &[(State, f64)], at: State) {
    let marks = WORD_MARKS.map(|(mark, share)| (automaton.state(number_of(mark)), share));
    let mut entries = entries.to_vec();
    entries.extend(marks.iter().map(|(mark, _)| (*mark, 1.0)));
    let digits = digits(automaton, at);
    for (exit, ends) in spelling.words(automaton, &entries, Memory::One).exits {
        for (mark, share) in marks {
            automaton.step(exit, mark, ends * ANOTHER_WORD * share);
        }
        finish(automaton, exit, ends * (1.0 - ANOTHER_WORD), &digits, at);
    }
}

/// Anything that may stand before an @: ten characters in the mean.
fn anything(automaton: &mut Automaton, at: State) {
    const GOES_ON: f64 = 0.9;
    let signs = ALPHABET
        .spelled
        .iter()
        .filter(|sign| *sign != number_of(b'@'));
    let states: Vec<State> = signs.map(|sign| automaton.state(sign)).collect();
    let each = 1.0 / states.len() as f64;
    for from in &states {
        automaton.step(Automaton::START, *from, ANYTHING * each);
        automaton.step(*from, at, 1.0 - GOES_ON);
        for to in &states {
            automaton.step(*from, *to, GOES_ON * each);
        }
    }
}

/// The domains that many have.
fn listed(automaton: &mut Automaton, domains: &str, at: State) {
    let rows = domains.lines().filter_map(|row| {
        let (domain, share) = row.split_once(',')?;
        Some((
            signs_of(&domain.to_uppercase())?,
            share.parse::<f64>().ok()?,
        ))
    });
    let rows: Vec<_> = rows.collect();
    let all: f64 = rows.iter().map(|(_, share)| share).sum();
    for (domain, share) in rows {
        let last = automaton.spell(at, &domain, LISTED * share / all);
        automaton.ends[last as usize] = 1.0;
    }
}

/// Other domains: words, a dot, a public suffix.
fn other(automaton: &mut Automaton, spelling: &Spelling, at: State) {
    let dot = automaton.state(number_of(b'.'));
    let dash = automaton.state(number_of(b'-'));
    let entries = [(at, 1.0 - LISTED), (dash, 1.0)];
    for (exit, ends) in spelling.words(automaton, &entries, Memory::One).exits {
        automaton.step(exit, dash, ends * DASH);
        automaton.step(exit, dot, ends * (1.0 - DASH));
    }
    let all: f64 = SUFFIXES.iter().map(|(_, share)| share).sum();
    for (suffix, share) in SUFFIXES {
        let suffix = signs_of(suffix).unwrap_or_default();
        let last = automaton.spell(dot, &suffix, share / all);
        automaton.ends[last as usize] = 1.0;
    }
}

/// The number of one of the characters above.
const fn number_of(byte: u8) -> Sign {
    match sign_of(byte) {
        Some(sign) => sign,
        None => 0,
    }
}

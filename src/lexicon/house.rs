//! House numbers and names: 12, 12A, 12-14, FLAT 2, ROSE COTTAGE.

use super::automaton::{Automaton, State};
use super::seen::Alphabet;
use super::signs::{Sign, Signs, sign_of, signs_of};
use super::spelling::{Memory, Spelling};
use super::{ChangedBy, Value, Weighed};
use crate::domain::lattice::Lattice;
use crate::gazetteer::decode::Channel;

const ALPHABET: Alphabet = Alphabet {
    spelled: Signs::of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -/"),
    passed: Signs::of(".'"),
};
/// Short as a postcode, with spaces that come and go. Estimates.
const CHANNEL: Channel = Channel {
    mistake: 0.003,
    transposed: 0.0002,
    omitted: 0.0002,
    extra: 0.0002,
    blank_inside: 0.1,
    blank_missing: 0.1,
};

// The shares below are estimates: nothing open counts what people write for a house.
/// Of 1,000 house numbers, so many have one, two, three and four digits.
const LENGTHS: [f64; 4] = [0.27, 0.52, 0.2, 0.01];
/// A letter follows a number so often,
const LETTER: f64 = 0.05;
/// or a dash and another number, or a stroke.
const RANGE: f64 = 0.01;
/// What is written for a house: a number, a flat with or without one, a name.
const KINDS: [f64; 3] = [0.82, 0.08, 0.10];
/// A house's name has another word so often after one,
const ANOTHER_WORD: f64 = 0.5;
/// and each word is a common one so often.
const COMMON: f64 = 0.7;
/// What a part of a building is called, and how often.
const PARTS: [(&str, f64); 5] = [
    ("FLAT", 0.8),
    ("APARTMENT", 0.05),
    ("APT", 0.08),
    ("UNIT", 0.04),
    ("ROOM", 0.03),
];

pub(super) fn read(lattice: &Lattice, houses: &Automaton) -> Option<Weighed> {
    let value = |signs: &[Sign], mass| vec![Value::spelled(signs, mass, ChangedBy::Houses)];
    Weighed::of(lattice, ALPHABET, &CHANNEL, houses, value)
}

/// What houses are called; the words are those of house names, commonest first.
pub(super) fn automaton(words: &str) -> Automaton {
    let mut automaton = Automaton::default();
    let numbered = number(&mut automaton, &[(Automaton::START, KINDS[0])]);
    let mut after_part = Vec::new();
    for (part, share) in PARTS {
        let part = signs_of(part).unwrap_or_default();
        let last = automaton.spell(Automaton::START, &part, KINDS[1] * share);
        let space = automaton.spell(last, &SPACE, 1.0);
        after_part.push((space, 0.9));
        // FLAT A
        let letters = letters(&mut automaton, &[(space, 0.1)]);
        end(&mut automaton, &letters);
    }
    let flats = number(&mut automaton, &after_part);
    // FLAT 2 is all, or the house's number or name follows.
    let mut spaces = vec![(Automaton::START, KINDS[2])];
    let after_flat = automaton.state(SPACE[0]);
    for (state, ends) in &flats {
        automaton.step(*state, after_flat, 0.4 * ends);
        automaton.ends[*state as usize] = 0.6 * ends;
    }
    let houses = number(&mut automaton, &[(after_flat, 0.6)]);
    end(&mut automaton, &houses);
    end(&mut automaton, &numbered);
    spaces.push((after_flat, 0.4));
    names(&mut automaton, words, &spaces);
    automaton
}

/// The space between two words.
const SPACE: [Sign; 1] = match sign_of(b' ') {
    Some(sign) => [sign],
    None => [0],
};

fn end(automaton: &mut Automaton, exits: &[(State, f64)]) {
    for (state, ends) in exits {
        automaton.ends[*state as usize] = *ends;
    }
}

/// Numbers with what may follow them; where they end and how often there.
fn number(automaton: &mut Automaton, entries: &[(State, f64)]) -> Vec<(State, f64)> {
    let plain = 1.0 - LETTER - RANGE;
    let numbers = digits(automaton, entries);
    let scaled = |share: f64| {
        numbers
            .iter()
            .map(move |(state, ends)| (*state, ends * share))
    };
    let mut exits: Vec<(State, f64)> = scaled(plain).collect();
    exits.extend(letters(automaton, &scaled(LETTER).collect::<Vec<_>>()));
    let mut after = Vec::new();
    for mark in [b'-', b'/'].into_iter().filter_map(sign_of) {
        let mark = automaton.state(mark);
        for (state, share) in scaled(RANGE / 2.0) {
            automaton.step(state, mark, share);
        }
        after.push((mark, 1.0));
    }
    exits.extend(digits(automaton, &after));
    exits
}

/// One to four digits, the first of them no nought.
fn digits(automaton: &mut Automaton, entries: &[(State, f64)]) -> Vec<(State, f64)> {
    let mut exits: Vec<(State, f64)> = Vec::new();
    let mut from = entries.to_vec();
    let mut left = 1.0;
    for (at, often) in LENGTHS.iter().enumerate() {
        let class = if at == 0 { b'1'..=b'9' } else { b'0'..=b'9' };
        let share = 1.0 / class.clone().count() as f64;
        let states: Vec<State> = class
            .filter_map(sign_of)
            .map(|sign| automaton.state(sign))
            .collect();
        for (from, weight) in &from {
            for to in &states {
                automaton.step(*from, *to, weight * share);
            }
        }
        let ends = often / left;
        exits.extend(states.iter().map(|state| (*state, ends)));
        from = states.iter().map(|state| (*state, 1.0 - ends)).collect();
        left -= often;
    }
    exits
}

/// A letter, the first ones of the alphabet oftener.
fn letters(automaton: &mut Automaton, entries: &[(State, f64)]) -> Vec<(State, f64)> {
    let letters = (b'A'..=b'Z').filter_map(sign_of).zip(0..);
    let states = letters.map(|(sign, at)| {
        let state = automaton.state(sign);
        for (from, weight) in entries {
            // Halved each time; what is left is spread over all.
            let share = 0.9 * 0.5f64.powi(at + 1) + 0.1 / 26.0;
            automaton.step(*from, state, weight * share);
        }
        (state, 1.0)
    });
    states.collect()
}

/// Names of common words and of others.
fn names(automaton: &mut Automaton, words: &str, entries: &[(State, f64)]) {
    let words: Vec<Vec<Sign>> = words.lines().filter_map(signs_of).collect();
    let words: Vec<Vec<Sign>> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let spelling = Spelling::of(words.iter().map(|word| &word[..]));
    let space = automaton.state(SPACE[0]);
    let mut entries = entries.to_vec();
    entries.push((space, 1.0));
    let others: Vec<_> = entries
        .iter()
        .map(|(from, share)| (*from, share * (1.0 - COMMON)))
        .collect();
    let mut exits = spelling.words(automaton, &others, Memory::One).exits;
    // The first is the commonest; the others follow by rank (Zipf 1949).
    let all: f64 = (1..=words.len()).map(|rank| 1.0 / rank as f64).sum();
    for (word, rank) in words.iter().zip(1..) {
        let first = automaton.state(word[0]);
        for (from, share) in &entries {
            automaton.step(*from, first, share * COMMON / f64::from(rank) / all);
        }
        exits.push((automaton.spell(first, &word[1..], 1.0), 1.0));
    }
    for (exit, ends) in exits {
        automaton.ends[exit as usize] = ends * (1.0 - ANOTHER_WORD);
        automaton.step(exit, space, ends * ANOTHER_WORD);
    }
}

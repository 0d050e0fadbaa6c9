//! How words of a language are spelled: the chance of each letter after the two before
//! it, or the one, learned from a list. It is what gives a name that no list has its due.
//!
//! Interpolated with shorter memories by Witten and Bell's method C (*The zero-frequency
//! problem*, 1991), down to every letter alike.

use super::automaton::{Automaton, State};
use super::signs::{Sign, sign_of};

/// The letters; they are the first of the signs.
pub(super) const LETTERS: usize = 26;
/// Beside them what stands before the first letter and after the last.
const EDGE: usize = LETTERS;
const SYMBOLS: usize = LETTERS + 1;

/// The chances of letters.
#[derive(Debug, Clone)]
pub(super) struct Spelling {
    /// By the two letters before, and the letter or the end.
    chances: Vec<[f64; SYMBOLS]>,
    /// By the letter before.
    short: Vec<[f64; SYMBOLS]>,
}

/// Words in an automaton.
#[derive(Debug, Clone)]
pub(super) struct Words {
    /// The states of their first letters.
    beginning: Vec<State>,
    /// Where they end, and how often there.
    pub(super) exits: Vec<(State, f64)>,
}

/// How many letters before it a letter depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Memory {
    /// The last one.
    One,
    /// The last two.
    Two,
}

impl Spelling {
    /// As these words are spelled, each counted once; what is no letter parts words.
    pub(super) fn of<'a>(words: impl Iterator<Item = &'a [Sign]>) -> Self {
        let mut counts = vec![[0.0; SYMBOLS]; SYMBOLS * SYMBOLS];
        let parts = words.flat_map(|word| word.split(|sign| usize::from(*sign) >= LETTERS));
        for part in parts.filter(|part| !part.is_empty()) {
            let (mut first, mut second) = (EDGE, EDGE);
            let letters = part.iter().map(|sign| usize::from(*sign));
            for letter in letters.chain([EDGE]) {
                counts[first * SYMBOLS + second][letter] += 1.0;
                (first, second) = (second, letter);
            }
        }
        let mut of_one = vec![[0.0; SYMBOLS]; SYMBOLS];
        let mut of_none = [0.0; SYMBOLS];
        for (context, row) in counts.iter().enumerate() {
            for (letter, count) in row.iter().enumerate() {
                of_one[context % SYMBOLS][letter] += count;
                of_none[letter] += count;
            }
        }
        let alike = [1.0 / SYMBOLS as f64; SYMBOLS];
        let none = interpolated(&of_none, &alike);
        let short: Vec<_> = of_one.iter().map(|row| interpolated(row, &none)).collect();
        let contexts = counts.iter().enumerate();
        let chances = contexts.map(|(at, row)| interpolated(row, &short[at % SYMBOLS]));
        Self {
            chances: chances.collect(),
            short,
        }
    }

    /// How often a word of letters is this one.
    pub(super) fn weight(&self, word: &[Sign]) -> f64 {
        let (mut first, mut second, mut weight) = (EDGE, EDGE, 1.0);
        for letter in word.iter().map(|sign| usize::from(*sign)).chain([EDGE]) {
            weight *= self.chances[first * SYMBOLS + second][letter];
            (first, second) = (second, letter);
        }
        weight
    }

    /// Adds words that begin from these states.
    pub(super) fn words(
        &self,
        automaton: &mut Automaton,
        entries: &[(State, f64)],
        memory: Memory,
    ) -> Words {
        let letters = 0..LETTERS as Sign;
        let contexts = match memory {
            Memory::One => EDGE..SYMBOLS,
            Memory::Two => 0..SYMBOLS,
        };
        // The states of each context: the last but one letter, and the last.
        let states: Vec<(usize, Vec<State>)> = contexts
            .map(|first| {
                (
                    first,
                    letters.clone().map(|sign| automaton.state(sign)).collect(),
                )
            })
            .collect();
        let row_after = |first: usize, second: usize| match memory {
            Memory::One => &self.short[second],
            Memory::Two => &self.chances[first * SYMBOLS + second],
        };
        let beginning = &states[states.len() - 1].1;
        let mut exits = Vec::new();
        for (first, of_first) in &states {
            for (second, from) in of_first.iter().enumerate() {
                let row = row_after(*first, second);
                let next = match memory {
                    Memory::One => beginning,
                    Memory::Two => &states[second].1,
                };
                for (letter, to) in next.iter().enumerate() {
                    automaton.step(*from, *to, row[letter]);
                }
                exits.push((*from, row[EDGE]));
            }
        }
        let words = Words {
            beginning: beginning.clone(),
            exits,
        };
        for (entry, share) in entries {
            self.enter(automaton, *entry, *share, &words);
        }
        words
    }

    /// Lets words begin from a state too.
    pub(super) fn enter(&self, automaton: &mut Automaton, from: State, share: f64, words: &Words) {
        let row = &self.chances[EDGE * SYMBOLS + EDGE];
        // A word has a letter.
        let some = 1.0 - row[EDGE];
        for (letter, to) in words.beginning.iter().enumerate() {
            automaton.step(from, *to, share * row[letter] / some);
        }
    }
}

/// The shares of counts, with as much of a broader distribution as there are kinds.
fn interpolated(counts: &[f64; SYMBOLS], broader: &[f64; SYMBOLS]) -> [f64; SYMBOLS] {
    let total: f64 = counts.iter().sum();
    let kinds = counts.iter().filter(|count| **count > 0.0).count().max(1) as f64;
    let mut shares = [0.0; SYMBOLS];
    for ((share, count), broader) in shares.iter_mut().zip(counts).zip(broader) {
        *share = (count + kinds * broader) / (total + kinds);
    }
    shares
}

/// An automaton of names: words, with a mark between two of them now and then.
pub(super) fn of_names(spelling: &Spelling, memory: Memory, marks: &str, joined: f64) -> Automaton {
    let mut automaton = Automaton::default();
    let marks: Vec<State> = marks
        .bytes()
        .filter_map(sign_of)
        .map(|sign| automaton.state(sign))
        .collect();
    let mut entries = vec![(Automaton::START, 1.0)];
    entries.extend(marks.iter().map(|mark| (*mark, 1.0)));
    for (exit, ends) in spelling.words(&mut automaton, &entries, memory).exits {
        automaton.ends[exit as usize] = ends * (1.0 - joined);
        for mark in &marks {
            automaton.step(exit, *mark, ends * joined / marks.len() as f64);
        }
    }
    automaton
}

//! Titles and counties: short lists with other spellings, and an open path.

use super::automaton::Automaton;
use super::names;
use super::seen::Alphabet;
use super::signs::{Sign, Signs, signs_of};
use super::spelling::{Memory, Spelling, of_names};
use super::{ChangedBy, Value, Weighed};
use crate::domain::lattice::Lattice;
use crate::gazetteer::decode::Channel;

/// A short list.
#[derive(Debug)]
pub(super) struct Listed {
    /// As written, what that may stand for, and how often it does.
    spellings: Vec<(Vec<Sign>, String, f64)>,
    automaton: Automaton,
    by: ChangedBy,
}

const ALPHABET: Alphabet = Alphabet {
    spelled: Signs::of("ABCDEFGHIJKLMNOPQRSTUVWXYZ &-"),
    passed: names::ALPHABET.passed,
};
/// As in names; a county is spelled as people think it is.
const CHANNEL: Channel = Channel {
    mistake: 0.004,
    transposed: 0.0003,
    omitted: 0.0006,
    extra: 0.0006,
    blank_inside: 0.002,
    blank_missing: 0.1,
};

/// As written, what that stands for, and how often it does: of rows of a value, its share and
/// its other spellings, each with how often it is used for the value.
pub(super) fn spellings(rows: &str) -> Vec<(Vec<Sign>, String, f64)> {
    let mut spellings = Vec::new();
    for row in rows.lines().filter(|row| !row.starts_with('#')) {
        let mut cells = row.split(',');
        let (Some(value), Some(share)) = (cells.next(), cells.next()) else {
            continue;
        };
        let share: f64 = share.parse().unwrap_or(0.0);
        let mut rest = 1.0;
        let others = cells.filter_map(|cell| cell.split_once('='));
        for (written, often) in others {
            let often: f64 = often.parse().unwrap_or(0.0);
            rest -= often;
            let written = signs_of(written).unwrap_or_default();
            spellings.push((written, value.to_owned(), share * often));
        }
        let own = signs_of(value).unwrap_or_default();
        spellings.push((own, value.to_owned(), share * rest));
    }
    spellings
}

impl Listed {
    /// Of rows of [`spellings`]; what is not listed comes so often of all.
    pub(super) fn parse(rows: &str, open: f64, by: ChangedBy) -> Self {
        let spellings = spellings(rows);
        let all: f64 = spellings.iter().map(|(.., share)| share).sum();
        let words = spellings.iter().map(|(written, ..)| &written[..]);
        let unlisted = of_names(&Spelling::of(words), Memory::One, " ", 0.3);
        let mut automaton = Automaton::default();
        for (written, _, share) in &spellings {
            let share = share / all * (1.0 - open);
            let last = automaton.spell(Automaton::START, written, share);
            automaton.ends[last as usize] = 1.0;
        }
        automaton.or(&unlisted, open);
        Self {
            spellings,
            automaton,
            by,
        }
    }

    pub(super) fn read(&self, lattice: &Lattice) -> Option<Weighed> {
        let values = |signs: &[Sign], mass| {
            let same = self
                .spellings
                .iter()
                .filter(|(written, ..)| written == signs);
            let all: f64 = same.clone().map(|(.., share)| share).sum();
            let listed = same.map(|(_, value, share)| Value {
                value: value.clone(),
                ..Value::spelled(signs, mass * share / all, self.by)
            });
            let listed: Vec<Value> = listed.collect();
            match listed.is_empty() {
                true => vec![Value::spelled(signs, mass, ChangedBy::Spelling)],
                false => listed,
            }
        };
        Weighed::of(lattice, ALPHABET, &CHANNEL, &self.automaton, values)
    }
}

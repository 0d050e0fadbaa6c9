//! First names and surnames: those of a list by their counts, one or several, and those
//! that it lacks by how they are spelled.
//!
//! The list is walked as a trie, and a branch is left when all its names together can
//! weigh next to nothing; what it could weigh at most is counted against the rest. The
//! open path is summed exactly ([`super::search`]).

use std::collections::HashMap;
use std::ops::Range;

use super::automaton::Automaton;
use super::search::Search;
use super::seen::{Alphabet, Front, Seen};
use super::signs::{Sign, Signs, sign_of};
use super::spelling::{Memory, Spelling, of_names};
use super::table::Table;
use super::{ChangedBy, Value, Weighed, variants};
use crate::domain::lattice::Lattice;
use crate::gazetteer::decode::Channel;

/// Names of one kind.
#[derive(Debug)]
pub(super) struct Names {
    table: Table,
    spelling: Spelling,
    unlisted: Automaton,
    /// How often a name is in no list,
    open: f64,
    /// and how often such a name is nearly one of the list.
    variants: f64,
    listed_by: ChangedBy,
}

pub(super) const ALPHABET: Alphabet = Alphabet {
    spelled: Signs::of("ABCDEFGHIJKLMNOPQRSTUVWXYZ '-"),
    passed: Signs::of("."),
};
/// People spell their own names right: nearly all slips are the reader's. A surely wrong
/// box was chosen on seed 11 of `examples/simulate_lexicon` (see `docs/benchmarks.md`), the
/// others are estimates.
pub(super) const CHANNEL: Channel = Channel {
    mistake: 0.003,
    transposed: 0.0002,
    omitted: 0.0003,
    extra: 0.0001,
    blank_inside: 0.005,
    blank_missing: 0.1,
};

/// Two names stand in one field so often: MARY ANN, SMITH-JONES. An estimate.
const JOINED: f64 = 0.05;
/// With a space or a dash, alike.
const MARKS: [u8; 2] = [b' ', b'-'];
/// At most so many names are joined.
const MOST_NAMES: usize = 3;
/// A branch of the list is left when it can weigh at most so much of what is known so far.
const LEAST: f64 = 1e-6;
/// A part of a likelihood below so much of that is not followed.
const FLOOR: f64 = 1e-4;
/// A text is weighed as a variant of a listed name when it would be worth so much of what
/// is known if every unlisted name were it: variants have a share of 1 in 1,000 at most.
const LEAST_VARIANT: f64 = 1e-2;
/// So many texts of the open path and twice as many of the list are weighed.
const RANKS: usize = 5;

impl Names {
    pub(super) fn new(table: Table, open: f64, listed_by: ChangedBy) -> Self {
        let spelling = Spelling::of(table.names());
        Self {
            unlisted: of_names(&spelling, Memory::Two, " -'", JOINED),
            variants: variants::often(&table),
            spelling,
            table,
            open,
            listed_by,
        }
    }

    pub(super) fn read(&self, lattice: &Lattice) -> Option<Weighed> {
        let seen = Seen::new(lattice, ALPHABET, &CHANNEL)?;
        let search = Search::new(&seen, &self.unlisted);
        let unlisted = search.best(RANKS);
        // What the open path finds is mostly what was read: is it listed, or nearly?
        let (mut known, mut variants) = (self.open * search.total, 0.0);
        let mut texts: HashMap<Vec<Sign>, Masses> = HashMap::new();
        for text in unlisted {
            let likelihood = seen.text(&text.signs);
            let mut masses = Masses {
                listed: 0.0,
                unlisted: self.open * text.mass,
            };
            known += (1.0 - self.open) * self.table.share(&text.signs) * likelihood;
            if self.open * likelihood > LEAST_VARIANT * known {
                let mass = self.open * self.variant(&text.signs) * likelihood;
                masses.unlisted += mass;
                variants += mass;
            }
            texts.insert(text.signs, masses);
        }
        let mut walk = Walk {
            table: &self.table,
            seen: &seen,
            aheads: seen.aheads(),
            known,
            listed: 0.0,
            found: HashMap::new(),
            left: 0.0,
            text: Vec::new(),
        };
        walk.on(0..self.table.len(), 0, &seen.start(), 1.0 - self.open, 1);
        let total = self.open * search.total + variants + walk.listed + walk.left;
        for (signs, mass) in walk.likeliest() {
            let texts = texts.entry(signs).or_insert_with_key(|signs| Masses {
                listed: 0.0,
                unlisted: self.open * self.unlisted.weight(signs) * seen.text(signs),
            });
            texts.listed = mass;
        }
        let values = texts.into_iter().map(|(signs, masses)| {
            let is_listed = masses.listed > masses.unlisted;
            let by = if is_listed {
                self.listed_by
            } else {
                ChangedBy::Spelling
            };
            Value::spelled(&signs, masses.listed + masses.unlisted, by)
        });
        Some(Weighed {
            alphabet: ALPHABET,
            values: values.collect(),
            total,
        })
    }

    /// How often an unlisted name is this one as a variant of a listed one.
    fn variant(&self, text: &[Sign]) -> f64 {
        self.variants * variants::share(text, &self.table, &self.spelling)
    }

    /// How often a text is written, before anything is read and but for variants.
    #[cfg(test)]
    pub(super) fn prior(&self, text: &[Sign]) -> f64 {
        fn listed(table: &Table, text: &[Sign], number: usize) -> f64 {
            let whole = (1.0 - JOINED) * table.share(text);
            let is_mark = |at: &usize| MARKS.iter().any(|mark| sign_of(*mark) == Some(text[*at]));
            let marks = (0..text.len())
                .filter(is_mark)
                .filter(|_| number < MOST_NAMES);
            let joined = marks.map(|at| {
                let after = listed(table, &text[at + 1..], number + 1);
                table.share(&text[..at]) * JOINED / MARKS.len() as f64 * after
            });
            whole + joined.sum::<f64>()
        }
        self.open * self.variant(text)
            + (1.0 - self.open) * listed(&self.table, text, 1)
            + self.open * self.unlisted.weight(text)
    }
}

/// What a text weighs as a name of the list and as another.
struct Masses {
    listed: f64,
    unlisted: f64,
}

/// What a lattice says of the names of a list.
struct Walk<'a> {
    table: &'a Table,
    seen: &'a Seen,
    aheads: Vec<Vec<f64>>,
    /// What all texts weigh at least, before the walk.
    known: f64,
    /// What was found weighs.
    listed: f64,
    found: HashMap<Vec<Sign>, f64>,
    /// What was left weighs at most.
    left: f64,
    text: Vec<Sign>,
}

impl Walk<'_> {
    /// The names that weigh most.
    fn likeliest(self) -> Vec<(Vec<Sign>, f64)> {
        let mut found: Vec<_> = self.found.into_iter().collect();
        found.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        found.truncate(2 * RANKS);
        found
    }

    /// All names of the range, which agree in their first `depth` characters, as the
    /// last of so many; `share` is how often a name stands there at all.
    fn on(&mut self, names: Range<usize>, depth: usize, front: &Front, share: f64, number: usize) {
        let mut rest = names;
        // Shorter names come first.
        if self.table.name(rest.start).len() == depth {
            self.ends(rest.start, front, share, number);
            rest.start += 1;
        }
        while !rest.is_empty() {
            let sign = self.table.name(rest.start)[depth];
            let group = rest.start..self.table.group_end(rest.clone(), depth, sign);
            rest.start = group.end;
            let of_group = share * self.table.count(group.clone()) / self.table.total();
            if let Some(next) = self.step(front, sign, of_group) {
                self.text.push(sign);
                self.on(group, depth + 1, &next, share, number);
                self.text.pop();
            }
        }
    }

    /// One character further, unless all that goes on so, which has this share, can weigh
    /// next to nothing.
    fn step(&mut self, front: &Front, sign: Sign, share: f64) -> Option<Front> {
        let most = share * front.times(&self.aheads[usize::from(sign)]);
        let least = LEAST * self.known.max(self.listed);
        if most <= least {
            self.left += most;
            return None;
        }
        Some(self.seen.step(front, sign, FLOOR * least / share))
    }

    /// A name ends here, and the text or another name follows.
    fn ends(&mut self, name: usize, front: &Front, share: f64, number: usize) {
        let share = share * self.table.count(name..name + 1) / self.table.total();
        let mass = share * (1.0 - JOINED) * self.seen.end(front);
        if mass > 0.0 {
            self.listed += mass;
            *self.found.entry(self.text.clone()).or_default() += mass;
        }
        if number == MOST_NAMES {
            return;
        }
        for mark in MARKS.into_iter().filter_map(sign_of) {
            let share = share * JOINED / MARKS.len() as f64;
            if let Some(next) = self.step(front, mark, share) {
                self.text.push(mark);
                self.on(0..self.table.len(), 0, &next, share, number + 1);
                self.text.pop();
            }
        }
    }
}

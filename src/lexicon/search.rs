//! A lattice and an automaton together: the sum over every text and every way to read
//! it, and the likeliest texts, each with all of its mass.
//!
//! The sum runs backwards over pairs of a node and a state. What it leaves at a pair is
//! the exact mass of everything that can still follow there, so that the mass of all
//! texts with a common beginning is known before any of them is spelled out. Beginnings
//! are taken up by that mass (best first; Hart, Nilsson and Raphael 1968): texts come
//! out in the order of their own.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::automaton::{Automaton, State};
use super::seen::{Front, Seen};
use super::signs::Sign;

/// Everything that the two can say together.
pub(super) struct Search<'a> {
    seen: &'a Seen,
    automaton: &'a Automaton,
    /// By node and state: the mass of what goes on from there.
    goes_on: Vec<f64>,
    /// The mass of all texts.
    pub(super) total: f64,
}

/// A text and its mass.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Text {
    pub(super) signs: Vec<Sign>,
    pub(super) mass: f64,
}

/// A beginning with all that can follow, or a whole text.
struct Beginning {
    mass: f64,
    signs: Vec<Sign>,
    front: Front,
    ways: Vec<(State, f64)>,
    is_whole: bool,
}

/// A beginning is left when it weighs at most so much of everything,
const LEAST: f64 = 1e-7;
/// and the search ends after so many: what is left then belongs to nobody.
const MOST: usize = 2_000;

impl<'a> Search<'a> {
    pub(super) fn new(seen: &'a Seen, automaton: &'a Automaton) -> Self {
        let states = automaton.len();
        let mut search = Self {
            seen,
            automaton,
            goes_on: vec![0.0; seen.nodes.len() * states],
            total: 0.0,
        };
        let mut after = vec![0.0; states];
        for (at, node) in seen.nodes.iter().enumerate().rev() {
            if node.arcs.is_empty() && node.silent.is_empty() {
                continue;
            }
            let mut here = search.spelled(at, &mut after);
            search.total += node.start * here[Automaton::START as usize];
            for silent in &node.silent {
                let there = &search.goes_on[silent.to * states..][..states];
                for (here, there) in here.iter_mut().zip(there) {
                    *here += silent.inside * there;
                }
            }
            search.goes_on[at * states..][..states].copy_from_slice(&here);
        }
        search
    }

    /// By state: the mass of what goes on with a character spelled right at a node.
    fn spelled(&self, at: usize, after: &mut [f64]) -> Vec<f64> {
        let (automaton, states) = (self.automaton, self.automaton.len());
        after.fill(0.0);
        for arc in &self.seen.nodes[at].arcs {
            let (end, there) = (
                self.seen.nodes[arc.to].end,
                &self.goes_on[arc.to * states..],
            );
            let signs = automaton.signs.iter().zip(&automaton.ends);
            for (((sign, ends), there), after) in signs.zip(there).zip(after.iter_mut()) {
                *after += arc.row[usize::from(*sign)] * (there + end * ends);
            }
        }
        let states = 0..states as State;
        let sum = |(to, weight): &(State, f64)| weight * after[*to as usize];
        states
            .map(|from| automaton.steps(from).iter().map(sum).sum())
            .collect()
    }

    /// The likeliest texts, at most so many, likeliest first.
    pub(super) fn best(&self, count: usize) -> Vec<Text> {
        let mut found = Vec::new();
        let mut waiting = BinaryHeap::from([Beginning {
            mass: self.total,
            signs: Vec::new(),
            front: self.seen.start(),
            ways: vec![(Automaton::START, 1.0)],
            is_whole: false,
        }]);
        for _ in 0..MOST {
            let Some(next) = waiting.pop() else { break };
            if !next.is_whole {
                self.go_on(&next, &mut waiting);
                continue;
            }
            let (signs, mass) = (next.signs, next.mass);
            found.push(Text { signs, mass });
            if found.len() == count {
                break;
            }
        }
        found
    }

    fn go_on(&self, from: &Beginning, waiting: &mut BinaryHeap<Beginning>) {
        let least = LEAST * self.total;
        let ends = self.ends(&from.ways) * self.seen.end(&from.front);
        if ends > least && !from.front.is_start() {
            waiting.push(Beginning {
                mass: ends,
                signs: from.signs.clone(),
                front: Front::default(),
                ways: Vec::new(),
                is_whole: true,
            });
        }
        for (sign, ways) in self.automaton.ahead(&from.ways) {
            let front = self.seen.step(&from.front, sign, 0.0);
            let mass = self.mass(&front, &ways);
            if mass > least {
                let signs = [&from.signs[..], &[sign]].concat();
                waiting.push(Beginning {
                    mass,
                    signs,
                    front,
                    ways,
                    is_whole: false,
                });
            }
        }
    }

    /// The mass of all texts that begin so.
    fn mass(&self, front: &Front, ways: &[(State, f64)]) -> f64 {
        let states = self.automaton.len();
        let of_node = |(at, mass): (usize, f64)| {
            let goes_on = &self.goes_on[at * states..][..states];
            let ways = ways
                .iter()
                .map(|(state, weight)| weight * goes_on[*state as usize]);
            mass * ways.sum::<f64>()
        };
        let goes_on: f64 = front.masses().map(of_node).sum();
        goes_on + self.ends(ways) * self.seen.end(front)
    }

    fn ends(&self, ways: &[(State, f64)]) -> f64 {
        let ends = &self.automaton.ends;
        ways.iter()
            .map(|(state, weight)| weight * ends[*state as usize])
            .sum()
    }
}

impl Ord for Beginning {
    /// Equal masses in the order of their texts, so that no answer depends on chance.
    fn cmp(&self, other: &Self) -> Ordering {
        let mass = self.mass.total_cmp(&other.mass);
        mass.then_with(|| other.signs.cmp(&self.signs))
            .then(self.is_whole.cmp(&other.is_whole))
    }
}

impl PartialOrd for Beginning {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Beginning {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Beginning {}

//! What may be written in a field and how often: texts as the ways through a graph.
//!
//! A state is entered by one character only. The weight of a text is the sum over its
//! ways of the product of their steps; the weights of all texts add up to 1, or less.

use std::collections::HashMap;
use std::hash::Hash;

use super::signs::{COUNT, Sign};

/// The number of a state.
pub(super) type State = u32;

/// A weighted automaton; its start is state 0.
#[derive(Debug, Clone)]
pub(super) struct Automaton {
    /// The character that leads to each state; of the start it means nothing.
    pub(super) signs: Vec<Sign>,
    /// How often a text ends in each state.
    pub(super) ends: Vec<f64>,
    steps: Vec<Vec<(State, f64)>>,
}

impl Default for Automaton {
    fn default() -> Self {
        Self {
            signs: vec![0],
            ends: vec![0.0],
            steps: vec![Vec::new()],
        }
    }
}

impl Automaton {
    /// Where every text begins.
    pub(super) const START: State = 0;

    /// A new state that this character leads to.
    pub(super) fn state(&mut self, sign: Sign) -> State {
        self.signs.push(sign);
        self.ends.push(0.0);
        self.steps.push(Vec::new());
        (self.signs.len() - 1) as State
    }

    /// A step from one state to another.
    pub(super) fn step(&mut self, from: State, to: State, weight: f64) {
        if weight > 0.0 {
            self.steps[from as usize].push((to, weight));
        }
    }

    /// The text goes on from a state with these characters, one way; the last state.
    pub(super) fn spell(&mut self, from: State, text: &[Sign], weight: f64) -> State {
        let mut at = from;
        for (place, sign) in text.iter().enumerate() {
            let next = self.state(*sign);
            self.step(at, next, if place == 0 { weight } else { 1.0 });
            at = next;
        }
        at
    }

    /// Every text of a grammar that is given by its steps: from a state, the characters
    /// that may follow, each with the state that it leads to and its weight; and how
    /// often a text ends in a state.
    pub(super) fn unfolded<S: Eq + Hash + Clone>(
        start: S,
        steps: impl Fn(&S) -> Vec<(Sign, S, f64)>,
        end: impl Fn(&S) -> f64,
    ) -> Self {
        let mut automaton = Self::default();
        automaton.ends[0] = end(&start);
        let mut known: HashMap<(Sign, S), State> = HashMap::new();
        let mut waiting = vec![(Self::START, start)];
        while let Some((from, state)) = waiting.pop() {
            for (sign, next, weight) in steps(&state) {
                let to = *known
                    .entry((sign, next))
                    .or_insert_with_key(|(sign, next)| {
                        let to = automaton.state(*sign);
                        automaton.ends[to as usize] = end(next);
                        waiting.push((to, next.clone()));
                        to
                    });
                automaton.step(from, to, weight);
            }
        }
        automaton
    }

    /// Another automaton's texts as well, so often of all; this one's as often as the
    /// weights of their beginnings say.
    pub(super) fn or(&mut self, other: &Self, share: f64) {
        let moved = |state: State| state + self.signs.len() as State - 1;
        let steps = other.steps.iter().map(|steps| {
            let steps = steps.iter().map(|(to, weight)| (moved(*to), *weight));
            steps.collect::<Vec<_>>()
        });
        let mut steps: Vec<_> = steps.collect();
        let beginnings = steps[0].iter().map(|(to, weight)| (*to, weight * share));
        self.steps[0].extend(beginnings.collect::<Vec<_>>());
        self.ends[0] += share * other.ends[0];
        self.steps.extend(steps.drain(1..));
        self.signs.extend(&other.signs[1..]);
        self.ends.extend(&other.ends[1..]);
    }

    /// What goes on from a state comes less often.
    pub(super) fn weaken(&mut self, from: State, by: f64) {
        self.steps[from as usize]
            .iter_mut()
            .for_each(|(_, weight)| *weight *= by);
    }

    /// How many states there are.
    pub(super) fn len(&self) -> usize {
        self.signs.len()
    }

    /// The steps from a state.
    pub(super) fn steps(&self, from: State) -> &[(State, f64)] {
        &self.steps[from as usize]
    }

    /// All ways of some beginning, one character further, by the character.
    pub(super) fn ahead(&self, ways: &[(State, f64)]) -> Vec<(Sign, Vec<(State, f64)>)> {
        let mut by_sign: Vec<Vec<(State, f64)>> = vec![Vec::new(); COUNT];
        for (from, mass) in ways {
            for (to, weight) in self.steps(*from) {
                let ways = &mut by_sign[usize::from(self.signs[*to as usize])];
                match ways.iter_mut().find(|(state, _)| state == to) {
                    Some((_, sum)) => *sum += mass * weight,
                    None => ways.push((*to, mass * weight)),
                }
            }
        }
        let numbered = (0..).zip(by_sign);
        numbered.filter(|(_, ways)| !ways.is_empty()).collect()
    }

    /// The weight of a text.
    pub(super) fn weight(&self, text: &[Sign]) -> f64 {
        let mut ways = vec![(Self::START, 1.0)];
        for sign in text {
            let ahead = self.ahead(&ways).into_iter();
            let next = ahead.filter(|(next, _)| next == sign).map(|(_, ways)| ways);
            ways = next.flatten().collect();
        }
        ways.iter()
            .map(|(state, mass)| mass * self.ends[*state as usize])
            .sum()
    }
}

//! A lattice with the slips that lie between pen and reader, over the characters that
//! a field may have: how likely is it, when this text was meant?
//!
//! The gazetteer's scorer answers the same for addresses, which it folds to capitals,
//! digits and spaces. Names keep their apostrophes and e-mail addresses are made of
//! marks, so this one has an alphabet for each field; and as it is put beside an
//! automaton ([`super::search`]), a slip is an edge like any other: nothing loops.

use super::draft;
use super::signs::{COUNT, Sign, Signs, plain, sign_of};
use crate::domain::lattice::Lattice;
use crate::gazetteer::decode::Channel;

/// What may be written in a field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Alphabet {
    /// What its texts are made of.
    pub(super) spelled: Signs,
    /// What may stand between and counts for nothing.
    pub(super) passed: Signs,
}

impl Alphabet {
    /// A text in capitals, without what counts for nothing.
    pub(super) fn plain(self, text: &str) -> String {
        let passed = |sign: &char| plain(*sign).is_some_and(|sign| self.passed.has(sign));
        let text = text
            .chars()
            .filter(|sign| !passed(sign))
            .flat_map(char::to_uppercase);
        let text: String = text.collect();
        let words: Vec<&str> = text.split_whitespace().collect();
        let has_spaces = sign_of(b' ').is_some_and(|space| self.spelled.has(space));
        words.join(if has_spaces { " " } else { "" })
    }
}

/// A lattice ready to be weighed. Every edge leads to a node of a higher number.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) nodes: Vec<Node>,
    pub(super) spelled: Signs,
}

/// A place between boxes, or within one.
#[derive(Debug, Clone, Default)]
pub(super) struct Node {
    /// What spells a character.
    pub(super) arcs: Vec<Arc>,
    /// What spells nothing.
    pub(super) silent: Vec<Silent>,
    /// How likely nothing is spelled before here,
    pub(super) start: f64,
    /// from here on,
    pub(super) end: f64,
    /// and at most anything from here on, whatever it is.
    pub(super) rest: f64,
}

/// An edge that spells a character.
#[derive(Debug, Clone)]
pub(super) struct Arc {
    pub(super) to: usize,
    /// How likely what is seen makes each character.
    pub(super) row: [f64; COUNT],
}

/// An edge that spells nothing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Silent {
    pub(super) to: usize,
    /// Its weight between two characters,
    pub(super) inside: f64,
    /// and before the first or after the last.
    pub(super) outside: f64,
}

/// How likely a text makes what lies before each node, its last character ending there.
/// Outside the span there is nothing.
#[derive(Debug, Clone, Default)]
pub(super) struct Front {
    mass: Vec<f64>,
    span: (usize, usize),
    /// Whether nothing is spelled yet: what is silent has been gone over already.
    is_start: bool,
}

impl Seen {
    /// `None` when nothing is written.
    pub(super) fn new(lattice: &Lattice, alphabet: Alphabet, channel: &Channel) -> Option<Self> {
        let mut seen = draft::drawn(lattice, alphabet, channel)?;
        seen.sum();
        Some(seen)
    }

    /// Before the first character.
    pub(super) fn start(&self) -> Front {
        Front {
            mass: self.nodes.iter().map(|node| node.start).collect(),
            span: (0, self.nodes.len()),
            is_start: true,
        }
    }

    /// One character further. What is not above the floor is dropped.
    pub(super) fn step(&self, front: &Front, sign: Sign, floor: f64) -> Front {
        let (sign, nodes) = (usize::from(sign), self.nodes.len());
        let mut next = vec![0.0; nodes];
        let mut passed = front.mass.clone();
        let (mut end, mut at) = (front.span.1, front.span.0);
        let mut span = (nodes, 0);
        while at < end {
            let mass = passed[at];
            if mass > floor {
                if !front.is_start {
                    for silent in &self.nodes[at].silent {
                        passed[silent.to] += mass * silent.inside;
                        end = end.max(silent.to + 1);
                    }
                }
                for arc in &self.nodes[at].arcs {
                    next[arc.to] += mass * arc.row[sign];
                    span = (span.0.min(arc.to), span.1.max(arc.to + 1));
                }
            }
            at += 1;
        }
        Front {
            mass: next,
            span: (span.0.min(span.1), span.1),
            is_start: false,
        }
    }

    /// How likely a text makes the whole lattice when it ends here.
    pub(super) fn end(&self, front: &Front) -> f64 {
        front
            .masses()
            .map(|(at, mass)| mass * self.nodes[at].end)
            .sum()
    }

    /// How likely a whole text makes the lattice.
    pub(super) fn text(&self, signs: &[Sign]) -> f64 {
        let all = signs.iter();
        let front = all.fold(self.start(), |front, sign| self.step(&front, *sign, 0.0));
        self.end(&front)
    }

    /// For each character and node, at least how likely any text that begins with it
    /// makes the lattice from there on.
    pub(super) fn aheads(&self) -> Vec<Vec<f64>> {
        let mut aheads = vec![vec![0.0; self.nodes.len()]; COUNT];
        for sign in self.spelled.iter().map(usize::from) {
            let ahead = &mut aheads[sign];
            for (at, node) in self.nodes.iter().enumerate().rev() {
                let arcs = node.arcs.iter();
                let spelled = arcs.map(|arc| arc.row[sign] * self.nodes[arc.to].rest);
                let silent = node.silent.iter().map(|edge| edge.inside * ahead[edge.to]);
                ahead[at] = spelled.chain(silent).sum();
            }
        }
        aheads
    }

    /// What nothing is worth before and after each node, and anything at most after it.
    fn sum(&mut self) {
        let nodes = self.nodes.len();
        self.nodes[0].start = 1.0;
        for at in 0..nodes {
            for edge in self.nodes[at].silent.clone() {
                self.nodes[edge.to].start += self.nodes[at].start * edge.outside;
            }
        }
        self.nodes[nodes - 1].end = 1.0;
        let mut goes_on = vec![0.0; nodes];
        for at in (0..nodes).rev() {
            let node = &self.nodes[at];
            let silent = node.silent.iter();
            let end: f64 = silent
                .map(|edge| edge.outside * self.nodes[edge.to].end)
                .sum();
            let passed = node
                .silent
                .iter()
                .map(|edge| edge.inside * goes_on[edge.to]);
            let spelled = node.arcs.iter().map(|arc| {
                let best = arc.row.iter().copied().fold(0.0, f64::max);
                best * self.nodes[arc.to].rest
            });
            goes_on[at] = passed.chain(spelled).sum();
            let node = &mut self.nodes[at];
            node.end += end;
            node.rest = node.end + goes_on[at];
        }
    }
}

impl Front {
    /// The nodes that have something, with it.
    pub(super) fn masses(&self) -> impl Iterator<Item = (usize, f64)> + '_ {
        let within = self.span.0..self.span.1;
        let masses = within.clone().zip(&self.mass[within]);
        masses
            .map(|(at, mass)| (at, *mass))
            .filter(|(_, mass)| *mass > 0.0)
    }

    /// Each node's mass times what follows it.
    pub(super) fn times(&self, rest: &[f64]) -> f64 {
        let within = self.span.0..self.span.1;
        let pairs = self.mass[within.clone()].iter().zip(&rest[within]);
        pairs.map(|(mass, rest)| mass * rest).sum()
    }

    /// Whether nothing is spelled yet.
    pub(super) const fn is_start(&self) -> bool {
        self.is_start
    }
}

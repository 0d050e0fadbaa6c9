//! A lattice's boxes as nodes and edges, and beside them what happens between pen and
//! reader: another character, two in the wrong order, one left out, one too many.

use super::seen::{Alphabet, Arc, Node, Seen, Silent};
use super::signs::{COUNT, Sign, Signs, plain, sign_of};
use crate::domain::lattice::{Label, Lattice};
use crate::gazetteer::decode::Channel;

/// A box of at least so much blank is taken for empty,
const EMPTY: f64 = 0.9;
/// and after the last one that is not, so many are looked at. A character further on
/// would stand beyond two blank boxes within a word.
const EMPTY_AFTER: usize = 2;

/// Where a name has a dash a blank box stands so often. An estimate.
pub(super) const BLANK_FOR_DASH: f64 = 0.02;
/// A mark that the field does not spell, such as the full stop after an initial or a stroke
/// between two groups of digits, has a box so often. An estimate: without it every character
/// that looks a little like such a mark could be left out for nothing.
pub(super) const PASSED: f64 = 0.02;

/// The edges of a lattice, slips included; `None` when nothing is written.
pub(super) fn drawn(lattice: &Lattice, alphabet: Alphabet, channel: &Channel) -> Option<Seen> {
    let shares = Shares::new(lattice);
    let mut boxes = (0..lattice.boxes()).rev();
    let last = boxes.find(|at| shares.blank(*at) < EMPTY)?;
    let boxes = lattice.boxes().min(last + 1 + EMPTY_AFTER);
    Some(Draft::new(lattice, boxes).finish(&shares, alphabet, channel))
}

/// The likelihoods of a lattice's edges, those that leave one node adding up to 1.
struct Shares<'l> {
    lattice: &'l Lattice,
    total: Vec<f64>,
}

impl<'l> Shares<'l> {
    fn new(lattice: &'l Lattice) -> Self {
        let mut total = vec![0.0; lattice.nodes()];
        for edge in lattice.edges() {
            total[edge.from] += edge.log.exp();
        }
        Self { lattice, total }
    }

    fn of(&self, from: usize, log: f64) -> f64 {
        match self.total[from] {
            none if none <= 0.0 => 0.0,
            total => log.exp() / total,
        }
    }

    /// How surely a box is empty.
    fn blank(&self, at: usize) -> f64 {
        let from = self.lattice.bounds()[at];
        let edges = self.lattice.edges().iter();
        let blank = edges.filter(|edge| edge.from == from && edge.label == Label::Blank);
        blank.map(|edge| self.of(from, edge.log)).sum()
    }
}

/// A lattice's nodes, numbered anew. A boundary is entered by one node and left by the
/// next: between them a character may be missing. Before each boundary but the first
/// two stands the middle of two neighbours in the wrong order.
struct Draft<'l> {
    lattice: &'l Lattice,
    boxes: usize,
    enter: Vec<usize>,
    leave: Vec<usize>,
    middle: Vec<usize>,
    nodes: usize,
}

/// A node that is not looked at: it lies beyond the last box that is written.
const BEYOND: usize = usize::MAX;

impl<'l> Draft<'l> {
    fn new(lattice: &'l Lattice, boxes: usize) -> Self {
        let mut draft = Self {
            lattice,
            boxes,
            enter: vec![BEYOND; lattice.nodes()],
            leave: vec![BEYOND; lattice.nodes()],
            middle: Vec::new(),
            nodes: 0,
        };
        for node in lattice.in_order() {
            let bound = lattice.bounds().iter().position(|bound| *bound == node);
            if bound.is_some_and(|bound| bound >= 2) {
                draft.middle.push(draft.nodes);
                draft.nodes += 1;
            }
            draft.enter[node] = draft.nodes;
            draft.nodes += usize::from(bound.is_some());
            draft.leave[node] = draft.nodes;
            draft.nodes += 1;
            if bound == Some(boxes) {
                break;
            }
        }
        draft
    }

    fn finish(&self, shares: &Shares<'_>, alphabet: Alphabet, channel: &Channel) -> Seen {
        let mut seen = Seen {
            nodes: vec![Node::default(); self.nodes],
            spelled: alphabet.spelled,
        };
        for edge in self.lattice.edges() {
            let (from, to) = (self.leave[edge.from], self.enter[edge.to]);
            if from != BEYOND && to != BEYOND {
                let share = shares.of(edge.from, edge.log);
                seen.nodes[from].add(to, edge.label, share, alphabet, channel);
            }
        }
        let bounds = &self.lattice.bounds()[..=self.boxes];
        for (at, pair) in bounds.windows(2).enumerate() {
            let (from, to) = (self.leave[pair[0]], self.enter[pair[1]]);
            seen.add_slips(from, to, 1.0 - shares.blank(at), channel);
        }
        for (at, three) in bounds.windows(3).enumerate() {
            let rows = [0, 1].map(|box_at| {
                let (from, to) = (self.leave[three[box_at]], self.enter[three[box_at + 1]]);
                *seen.nodes[from].row(to)
            });
            let (middle, to) = (self.middle[at], self.enter[three[2]]);
            *seen.nodes[middle].row(to) = rows[0];
            let swapped = rows[1].map(|value| value * channel.transposed);
            *seen.nodes[self.leave[three[0]]].row(middle) = swapped;
        }
        for bound in bounds {
            let missing = seen.missing(channel);
            let (enter, leave) = (self.enter[*bound], self.leave[*bound]);
            *seen.nodes[enter].row(leave) = missing;
            seen.nodes[enter].pass(leave, 1.0, 1.0);
        }
        seen
    }
}

impl Seen {
    /// What happens to a box between pen and reader.
    fn add_slips(&mut self, from: usize, to: usize, inked: f64, channel: &Channel) {
        let any = 1.0 / COUNT as f64;
        let spelled = self.spelled;
        let row = self.nodes[from].row(to);
        for sign in spelled.iter() {
            let value = &mut row[usize::from(sign)];
            *value = *value * (1.0 - channel.mistake) + channel.mistake * any;
        }
        // What is too many may be any character.
        let extra = channel.extra * inked * any;
        self.nodes[from].pass(to, extra, extra);
    }

    /// What each character costs that has no box: marks between words are left out
    /// more readily than others.
    fn missing(&self, channel: &Channel) -> [f64; COUNT] {
        const MARKS: Signs = Signs::of(" -'");
        let mut row = [0.0; COUNT];
        for sign in self.spelled.iter() {
            row[usize::from(sign)] = match MARKS.has(sign) {
                true => channel.blank_missing,
                false => channel.omitted,
            };
        }
        row
    }
}

impl Node {
    /// An edge of the lattice.
    fn add(&mut self, to: usize, label: Label, share: f64, of: Alphabet, channel: &Channel) {
        const SPACE: Option<Sign> = sign_of(b' ');
        const DASH: Option<Sign> = sign_of(b'-');
        match label {
            Label::Skipped => self.pass(to, share, share),
            Label::Blank => {
                self.pass(to, share * channel.blank_inside, share);
                for (sign, weight) in [(SPACE, 1.0), (DASH, BLANK_FOR_DASH)] {
                    if let Some(sign) = sign.filter(|sign| of.spelled.has(*sign)) {
                        self.row(to)[usize::from(sign)] += share * weight;
                    }
                }
            }
            Label::Sign(sign) => match plain(sign) {
                Some(sign) if of.spelled.has(sign) => self.row(to)[usize::from(sign)] += share,
                Some(sign) if of.passed.has(sign) => {
                    self.pass(to, share * PASSED, share * PASSED);
                }
                _ => {}
            },
        }
    }

    fn pass(&mut self, to: usize, inside: f64, outside: f64) {
        self.silent.push(Silent {
            to,
            inside,
            outside,
        });
    }

    /// The characters on the way to a node.
    fn row(&mut self, to: usize) -> &mut [f64; COUNT] {
        let at = self.arcs.iter().position(|arc| arc.to == to);
        let at = at.unwrap_or_else(|| {
            let row = [0.0; COUNT];
            self.arcs.push(Arc { to, row });
            self.arcs.len() - 1
        });
        &mut self.arcs[at].row
    }
}

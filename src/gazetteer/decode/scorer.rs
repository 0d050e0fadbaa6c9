//! How likely a lattice makes a text: all the ways through the lattice that spell
//! it, added up (the forward algorithm).
//!
//! The lattice says what the reader saw. Between what a person meant and what the
//! reader saw lie slips that no reader reports: a confident mistake, two characters
//! in the wrong order, one left out, one too many. [`Channel`] gives each its price,
//! and the scorer adds them to the lattice as edges of their own.

use std::ops::Range;

use super::draft::Draft;
use crate::domain::lattice::Lattice;
use crate::gazetteer::country::{self, Shape};

/// Digits, capitals, the space and `&`.
pub(super) const SIGNS: usize = 38;
/// The number of the space.
pub(super) const SPACE: usize = 36;
const AMPERSAND: usize = 37;

/// What slips cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Channel {
    /// How often a box that was read surely holds something else altogether: the
    /// floor under every character. It is what makes a confident mistake recoverable.
    pub mistake: f64,
    /// How often two neighbours stand in the wrong order.
    pub transposed: f64,
    /// How often a character was left out.
    pub omitted: f64,
    /// How often there is a character too many.
    pub extra: f64,
    /// How often there is a blank box within a word.
    pub blank_inside: f64,
    /// How often the blank box between two words is missing.
    pub blank_missing: f64,
}

impl Channel {
    /// A postcode in boxes: short and written with care; the gap between its parts
    /// is a blank box or none. The floor is the confident mistakes of a good reader of
    /// hand-printed boxes, of which the simulation has as many. The slips of writers are
    /// estimates, an order rarer. With 0.004 and 0.0005 for the first two, 78 instead of
    /// 87 of 100 were accepted beside a town (simulation of 2026-11-22, seed 11; of the
    /// difference a part is the reader's, which was changed too).
    pub const POSTCODE: Self = Self {
        mistake: 0.002,
        transposed: 0.0002,
        omitted: 0.0001,
        extra: 0.0001,
        blank_inside: 0.5,
        blank_missing: 1.0,
    };
    /// A town or a street: longer, and spelled as people think it is.
    pub const NAME: Self = Self {
        mistake: 0.006,
        transposed: 0.001,
        omitted: 0.005,
        extra: 0.005,
        blank_inside: 0.02,
        blank_missing: 0.1,
    };
}

/// A lattice made ready to score texts. Nodes are numbered so that every edge leads
/// to a later one.
#[derive(Debug)]
pub(super) struct Scorer {
    /// Where the edges that spell a character end, by the node where they start.
    pub(super) arcs: Vec<usize>,
    /// The first arc of each node, and one more.
    pub(super) first_arc: Vec<usize>,
    /// The weight of each arc for each character.
    pub(super) weights: Vec<Vec<f64>>,
    /// The edges that spell nothing and may be passed over within a text, likewise.
    pub(super) silent: Vec<(usize, f64)>,
    pub(super) first_silent: Vec<usize>,
    /// How likely nothing is spelled from each node on.
    pub(super) ends: Vec<f64>,
    /// At least how likely any text makes what follows each node.
    pub(super) rest: Vec<f64>,
    /// How likely nothing is spelled before each node.
    pub(super) start: Vec<f64>,
    pub(super) channel: Channel,
}

/// How likely the text so far makes all that lies before each node. Outside its span
/// there is nothing.
#[derive(Debug, Clone, Default)]
pub(super) struct Front {
    mass: Vec<f64>,
    span: Range<usize>,
}

/// Every way of leaving characters out adds to a sum of which [`Scorer::rest`] counts
/// the rest; with at most forty omissions at the prices above it adds less than this.
const OMISSIONS: f64 = 1.01;

impl Scorer {
    pub(super) fn new(lattice: &Lattice, channel: Channel) -> Self {
        Draft::scorer(lattice, channel)
    }

    /// Before the first character.
    pub(super) fn start(&self) -> Front {
        Front {
            mass: self.start.clone(),
            span: 0..self.start.len(),
        }
    }

    /// One character further; `into` is overwritten.
    pub(super) fn step(&self, front: &Front, sign: usize, into: &mut Front) {
        self.step_above(front, sign, into, 0.0);
    }

    /// One character further, without what is not above a floor.
    pub(super) fn step_above(&self, front: &Front, sign: usize, into: &mut Front, floor: f64) {
        let stays = self.stays(sign);
        let weights = &self.weights[sign];
        let Range { start, mut end } = front.span;
        into.mass.clear();
        into.mass.resize(self.start.len(), 0.0);
        into.span = 0..0;
        let mut node = start;
        // Every edge leads to a later node, so that a node has all its mass when its turn comes.
        while node < end {
            if node < front.span.end {
                let mass = front.mass[node];
                into.mass[node] += mass * stays;
                let arcs = self.first_arc[node]..self.first_arc[node + 1];
                for (to, weight) in self.arcs[arcs.clone()].iter().zip(&weights[arcs]) {
                    into.mass[*to] += mass * weight;
                    end = end.max(*to + 1);
                }
            }
            let mass = into.mass[node];
            if mass > floor {
                if into.span.is_empty() {
                    into.span.start = node;
                }
                into.span.end = node + 1;
                // What spells nothing is passed over.
                let silent = self.first_silent[node]..self.first_silent[node + 1];
                for (to, weight) in &self.silent[silent] {
                    into.mass[*to] += mass * weight;
                    end = end.max(*to + 1);
                }
            } else {
                into.mass[node] = 0.0;
            }
            node += 1;
        }
    }

    /// How likely the text makes the whole lattice when nothing follows.
    pub(super) fn end(&self, front: &Front) -> f64 {
        front.times(&self.ends)
    }

    /// At least as likely as any text that begins so makes the whole lattice.
    pub(super) fn bound(&self, front: &Front) -> f64 {
        OMISSIONS * front.times(&self.rest)
    }

    /// How likely a whole text makes the lattice.
    pub(super) fn text(&self, text: &str) -> f64 {
        let mut front = self.start();
        let mut next = Front::default();
        for sign in text.bytes().filter_map(sign_of) {
            self.step(&front, sign, &mut next);
            std::mem::swap(&mut front, &mut next);
        }
        self.end(&front)
    }

    /// How likely the lattice is when its text is not in any list: characters drawn
    /// one by one with these chances, the rest of each being the end.
    pub(super) fn open(&self, chances: &[f64; SIGNS]) -> f64 {
        let goes_on: f64 = chances.iter().sum();
        let spelled = |arc: usize| -> f64 {
            let rows = self.weights.iter().zip(chances);
            rows.map(|(row, chance)| row[arc] * chance).sum()
        };
        // What has spelled something; the start has gone over its silent edges already.
        let mut mass = vec![0.0; self.start.len()];
        let mut total = 0.0;
        for node in 0..mass.len() {
            let here = mass[node] + self.start[node];
            total += here * self.ends[node] * (1.0 - goes_on);
            for arc in self.first_arc[node]..self.first_arc[node + 1] {
                mass[self.arcs[arc]] += here * spelled(arc);
            }
            for (to, weight) in &self.silent[self.first_silent[node]..self.first_silent[node + 1]] {
                mass[*to] += mass[node] * weight;
            }
        }
        total
    }

    /// For each character and node, at least how likely any text makes the lattice from
    /// there on that begins with it: [`Self::bound`] of a step, without taking it.
    pub(super) fn aheads(&self) -> Vec<Vec<f64>> {
        let rows = self.weights.iter().enumerate();
        let before = |(sign, weights): (usize, &Vec<f64>)| {
            let mut rest = self.before(&self.rest, self.stays(sign), weights);
            rest.iter_mut().for_each(|rest| *rest *= OMISSIONS);
            rest
        };
        rows.map(before).collect()
    }

    /// What a character costs that has no box.
    fn stays(&self, sign: usize) -> f64 {
        match sign {
            SPACE => self.channel.blank_missing,
            _ => self.channel.omitted / SIGNS as f64,
        }
    }

    /// The sums that tell how much of a shape can still follow.
    pub(super) fn spread(&self, shape: &Shape) -> Spread {
        // From the back: what follows each node when any characters of the classes do.
        let mut rest = self.ends.clone();
        let classes = shape.head.iter().chain(&shape.tail).rev();
        let mut first = vec![Vec::new(); shape.head.len() + shape.tail.len()];
        for (class, first) in classes.zip(first.iter_mut().rev()) {
            let closed = self.closed(&rest);
            rest.fill(0.0);
            first.resize(SPACE, Vec::new());
            for sign in class.signs().filter_map(sign_of) {
                let after = self.spelled(&closed, self.stays(sign), &self.weights[sign]);
                rest.iter_mut()
                    .zip(&after)
                    .for_each(|(all, after)| *all += after);
                first[sign] = after;
            }
        }
        Spread {
            first,
            head: shape.head.len(),
        }
    }

    /// What follows each node when a character comes before what follows.
    fn before(&self, after: &[f64], stays: f64, weights: &[f64]) -> Vec<f64> {
        self.spelled(&self.closed(after), stays, weights)
    }

    /// What follows each node when whatever spells nothing may be passed over first.
    fn closed(&self, after: &[f64]) -> Vec<f64> {
        let mut closed = after.to_vec();
        for node in (0..closed.len()).rev() {
            for (to, weight) in &self.silent[self.first_silent[node]..self.first_silent[node + 1]] {
                closed[node] += weight * closed[*to];
            }
        }
        closed
    }

    fn spelled(&self, closed: &[f64], stays: f64, weights: &[f64]) -> Vec<f64> {
        let spelled = |node: usize| {
            let arcs = self.first_arc[node]..self.first_arc[node + 1];
            let arcs = self.arcs[arcs.clone()].iter().zip(&weights[arcs]);
            arcs.map(|(to, weight)| weight * closed[*to]).sum::<f64>()
        };
        (0..closed.len())
            .map(|node| stays * closed[node] + spelled(node))
            .collect()
    }
}

impl Front {
    /// Each node's mass times what follows it.
    pub(super) fn times(&self, rest: &[f64]) -> f64 {
        let span = self.span.clone();
        let pairs = self.mass[span.clone()].iter().zip(&rest[span]);
        pairs.map(|(mass, rest)| mass * rest).sum()
    }
}

/// How likely a lattice is when any of a shape's characters may still follow.
#[derive(Debug)]
pub(super) struct Spread {
    /// By the number of characters gone, by the next character, and by node.
    first: Vec<Vec<Vec<f64>>>,
    head: usize,
}

impl Spread {
    /// After so many characters of the head, over all that go on with this one.
    pub(super) fn in_head(&self, gone: usize, sign: usize, front: &Front) -> f64 {
        front.times(&self.first[gone][sign])
    }

    /// After so many characters of the tail, likewise.
    pub(super) fn in_tail(&self, gone: usize, sign: usize, front: &Front) -> f64 {
        self.in_head(self.head + gone, sign, front)
    }
}

/// The number of a character of a folded text.
pub(super) fn sign_of(byte: u8) -> Option<usize> {
    match byte {
        b' ' => Some(SPACE),
        b'&' => Some(AMPERSAND),
        byte => country::index(byte).map(usize::from),
    }
}

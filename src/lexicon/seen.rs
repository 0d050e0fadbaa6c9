//! A lattice with the slips that lie between pen and reader, over the characters that
//! a field may have: how likely is it, when this text was meant?
//!
//! The gazetteer's scorer answers the same for addresses, which it folds to capitals,
//! digits and spaces. Names keep their apostrophes and e-mail addresses are made of
//! marks, so this one has an alphabet for each field; and as it is put beside an
//! automaton ([`super::search`]), a slip is an edge like any other: nothing loops.

use unicode_normalization::UnicodeNormalization as _;

use super::signs::{COUNT, Sign, Signs, sign_of};
use crate::domain::lattice::{Label, Lattice};
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
    outside: f64,
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

/// A box of at least so much blank is taken for empty,
const EMPTY: f64 = 0.9;
/// and after the last one that is not, so many are looked at. A character further on
/// would stand beyond two blank boxes within a word.
const EMPTY_AFTER: usize = 2;

/// Where a name has a dash a blank box stands so often. An estimate.
pub(super) const BLANK_FOR_DASH: f64 = 0.02;

impl Seen {
    /// `None` when nothing is written.
    pub(super) fn new(lattice: &Lattice, alphabet: Alphabet, channel: &Channel) -> Option<Self> {
        let shares = Shares::new(lattice);
        let boxes = 0..lattice.boxes();
        let last = boxes.rev().find(|at| shares.blank(*at) < EMPTY)?;
        let boxes = lattice.boxes().min(last + 1 + EMPTY_AFTER);
        let mut seen = Draft::new(lattice, boxes).finish(&shares, alphabet, channel);
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
                Some(sign) if of.passed.has(sign) => self.pass(to, share, share),
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

/// The number of a character without its accent, in capitals.
fn plain(sign: char) -> Option<Sign> {
    let base = match sign {
        '’' | '‘' | '`' | '´' => '\'',
        sign => std::iter::once(sign).nfd().next()?,
    };
    sign_of(u8::try_from(base.to_ascii_uppercase()).ok()?)
}

//! How likely a lattice makes a text: all the ways through the lattice that spell
//! it, added up (the forward algorithm).
//!
//! The lattice says what the reader saw. Between what a person meant and what the
//! reader saw lie slips that no reader reports: a confident mistake, two characters
//! in the wrong order, one left out, one too many. [`Channel`] gives each its price,
//! and the scorer adds them to the lattice as edges of their own.

use unicode_normalization::UnicodeNormalization as _;

use crate::domain::lattice::{Label, Lattice};
use crate::gazetteer::country::{self, Class, Shape};

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
    /// is a blank box or none. The floor is the confident mistakes of good readers of
    /// hand-printed boxes, 0.2 to 0.5 % of the characters.
    pub const POSTCODE: Self = Self {
        mistake: 0.004,
        transposed: 0.0005,
        omitted: 0.0002,
        extra: 0.0002,
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
    /// The edges that spell a character: where they start and end.
    arcs: Vec<(usize, usize)>,
    /// The weight of each arc for each character.
    weights: Vec<Vec<f64>>,
    /// The edges that spell nothing and may be passed over within a text.
    silent: Vec<(usize, usize, f64)>,
    /// How likely nothing is spelled from each node on.
    ends: Front,
    /// At least how likely any text makes what follows each node.
    rest: Front,
    start: Front,
    channel: Channel,
}

#[derive(Debug, Clone)]
struct Arc {
    to: usize,
    row: [f64; SIGNS],
}

/// How likely the text so far makes all that lies before each node.
pub(super) type Front = Vec<f64>;

/// Every way of leaving characters out adds to a sum of which [`Scorer::rest`] counts
/// the rest; with at most forty omissions at the prices above it adds less than this.
const OMISSIONS: f64 = 1.01;

impl Scorer {
    pub(super) fn new(lattice: &Lattice, channel: Channel) -> Self {
        let order = lattice.in_order();
        let mut place = vec![0; lattice.nodes()];
        for (at, node) in order.iter().enumerate() {
            place[*node] = at;
        }
        let mut draft = Draft::new(lattice, &place);
        draft.add_slips(lattice, &place, channel);
        draft.finish(channel)
    }

    /// Before the first character.
    pub(super) fn start(&self) -> &[f64] {
        &self.start
    }

    /// One character further; `into` is overwritten.
    pub(super) fn step(&self, front: &[f64], sign: usize, into: &mut Front) {
        let stays = if sign == SPACE {
            self.channel.blank_missing
        } else {
            self.channel.omitted / SIGNS as f64
        };
        into.clear();
        into.extend(front.iter().map(|mass| mass * stays));
        for ((from, to), weight) in self.arcs.iter().zip(&self.weights[sign]) {
            into[*to] += front[*from] * weight;
        }
        for (from, to, weight) in &self.silent {
            into[*to] += into[*from] * weight;
        }
    }

    /// How likely the text makes the whole lattice when nothing follows.
    pub(super) fn end(&self, front: &[f64]) -> f64 {
        front.iter().zip(&self.ends).map(|(f, e)| f * e).sum()
    }

    /// At least as likely as any text that begins so makes the whole lattice.
    pub(super) fn bound(&self, front: &[f64]) -> f64 {
        OMISSIONS
            * front
                .iter()
                .zip(&self.rest)
                .map(|(f, r)| f * r)
                .sum::<f64>()
    }

    /// How likely a whole text makes the lattice.
    pub(super) fn text(&self, text: &str) -> f64 {
        let mut front = self.start.clone();
        let mut next = Front::new();
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
        let (mut arc, mut silence) = (0, 0);
        let mut total = 0.0;
        for node in 0..mass.len() {
            let here = mass[node] + self.start[node];
            total += here * self.ends[node] * (1.0 - goes_on);
            while let Some((_, to)) = self.arcs.get(arc).filter(|(from, _)| *from == node) {
                mass[*to] += here * spelled(arc);
                arc += 1;
            }
            while let Some((_, to, weight)) = self.silent.get(silence).filter(|s| s.0 == node) {
                mass[*to] += mass[node] * weight;
                silence += 1;
            }
        }
        total
    }

    /// The sums that tell how much of a shape can still follow.
    pub(super) fn spread(&self, shape: &Shape) -> Spread {
        let sums = |class: &Class| {
            let signs: Vec<usize> = class.signs().filter_map(sign_of).collect();
            let of_arc = |arc: usize| signs.iter().map(|sign| self.weights[*sign][arc]).sum();
            ClassSum {
                stays: self.channel.omitted / SIGNS as f64 * signs.len() as f64,
                arcs: (0..self.arcs.len()).map(of_arc).collect(),
            }
        };
        let classes: Vec<ClassSum> = shape.head.iter().chain(&shape.tail).map(sums).collect();
        Spread {
            rest: self.rests(&classes),
            head: shape.head.len(),
        }
    }

    /// For each number of characters gone and each node, how likely the lattice is from
    /// there on when any characters of the classes follow: the sum over all of them.
    fn rests(&self, classes: &[ClassSum]) -> Vec<Front> {
        let mut rests = vec![self.ends.clone()];
        for class in classes.iter().rev() {
            let after = &rests[rests.len() - 1];
            // After a character whatever spells nothing may be passed over.
            let mut closed = after.clone();
            for (from, to, weight) in self.silent.iter().rev() {
                closed[*from] += weight * closed[*to];
            }
            let mut before: Front = closed.iter().map(|rest| class.stays * rest).collect();
            for ((from, to), sum) in self.arcs.iter().zip(&class.arcs) {
                before[*from] += sum * closed[*to];
            }
            rests.push(before);
        }
        rests.reverse();
        rests
    }
}

/// How likely a lattice is when any of a shape's characters may still follow.
#[derive(Debug)]
pub(super) struct Spread {
    /// By the number of characters gone, and by node.
    rest: Vec<Front>,
    head: usize,
}

/// A class's share of every arc.
struct ClassSum {
    stays: f64,
    arcs: Vec<f64>,
}

impl Spread {
    /// After so many characters of the head, over all heads and tails.
    pub(super) fn after_head(&self, gone: usize, front: &[f64]) -> f64 {
        let rest = &self.rest[gone];
        front.iter().zip(rest).map(|(f, r)| f * r).sum()
    }

    /// After so many characters of the tail, over all tails.
    pub(super) fn after_tail(&self, gone: usize, front: &[f64]) -> f64 {
        self.after_head(self.head + gone, front)
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

/// A scorer in the making; nodes stand in the order of the lattice's edges.
struct Draft {
    arcs: Vec<Vec<Arc>>,
    silent: Vec<Vec<(usize, f64)>>,
    blank: Vec<Vec<(usize, f64)>>,
    /// Nodes before which a transposition's middle node is put in.
    bounds: Vec<usize>,
}

impl Draft {
    /// The lattice's own edges, each box's likelihoods adding up to 1.
    fn new(lattice: &Lattice, place: &[usize]) -> Self {
        let nodes = lattice.nodes();
        let mut total = vec![0.0; nodes];
        for edge in lattice.edges() {
            total[place[edge.from]] += edge.log.exp();
        }
        let mut draft = Self {
            arcs: vec![Vec::new(); nodes],
            silent: vec![Vec::new(); nodes],
            blank: vec![Vec::new(); nodes],
            bounds: lattice.bounds().iter().map(|node| place[*node]).collect(),
        };
        for edge in lattice.edges() {
            let (from, to) = (place[edge.from], place[edge.to]);
            let weight = match total[from] {
                none if none <= 0.0 => continue,
                total => edge.log.exp() / total,
            };
            match edge.label {
                Label::Skipped => draft.silent[from].push((to, weight)),
                Label::Blank => {
                    draft.row(from, to)[SPACE] += weight;
                    draft.blank[from].push((to, weight));
                }
                Label::Sign(sign) => draft.spell(from, to, sign, weight),
            }
        }
        draft
    }

    /// A character as folded names have it; what they leave out spells nothing.
    fn spell(&mut self, from: usize, to: usize, sign: char, weight: f64) {
        match sign {
            '\'' | '’' | '.' | '`' => self.silent[from].push((to, weight)),
            ' ' | '-' | '/' | '_' => self.row(from, to)[SPACE] += weight,
            sign => {
                let base = std::iter::once(sign).nfd().next().unwrap_or(sign);
                let base = u8::try_from(base.to_ascii_uppercase());
                if let Some(index) = base.ok().and_then(sign_of) {
                    self.row(from, to)[index] += weight;
                }
            }
        }
    }

    fn row(&mut self, from: usize, to: usize) -> &mut [f64; SIGNS] {
        let arcs = &mut self.arcs[from];
        let at = arcs.iter().position(|arc| arc.to == to);
        let at = at.unwrap_or_else(|| {
            let row = [0.0; SIGNS];
            arcs.push(Arc { to, row });
            arcs.len() - 1
        });
        &mut arcs[at].row
    }

    /// What happens between pen and reader, box by box.
    fn add_slips(&mut self, lattice: &Lattice, place: &[usize], channel: Channel) {
        debug_assert_eq!(place.len(), lattice.nodes());
        for at in 0..lattice.boxes() {
            let (from, to) = (self.bounds[at], self.bounds[at + 1]);
            for value in self.row(from, to) {
                *value = *value * (1.0 - channel.mistake) + channel.mistake / SIGNS as f64;
            }
            let inked = 1.0
                - self.blank[from]
                    .iter()
                    .map(|(_, weight)| weight)
                    .sum::<f64>();
            self.silent[from].push((to, channel.extra * inked.max(0.0)));
        }
        self.transpose(channel);
    }

    /// Two neighbours in the wrong order: over a node of its own, numbered last and
    /// sorted in by [`Draft::finish`].
    fn transpose(&mut self, channel: Channel) {
        for at in 0..self.bounds.len().saturating_sub(2) {
            let [from, between, to] = [0, 1, 2].map(|step| self.bounds[at + step]);
            let second = *self.row(between, to);
            let first = *self.row(from, between);
            let middle = self.arcs.len();
            self.arcs.push(vec![Arc { to, row: first }]);
            self.silent.push(Vec::new());
            self.blank.push(Vec::new());
            self.arcs[from].push(Arc {
                to: middle,
                row: second.map(|value| value * channel.transposed),
            });
        }
    }

    /// Numbers the nodes so that every edge leads to a later one.
    fn finish(self, channel: Channel) -> Scorer {
        let nodes = self.arcs.len();
        let lattice_nodes = nodes - self.bounds.len().saturating_sub(2);
        // A middle node leads to the end of its two boxes, and comes just before it.
        let rank = |node: usize| match node.checked_sub(lattice_nodes) {
            None => 2 * node + 1,
            Some(at) => 2 * self.bounds[at + 2],
        };
        let mut order: Vec<usize> = (0..nodes).collect();
        order.sort_by_key(|node| rank(*node));
        let mut place = vec![0; nodes];
        for (at, node) in order.iter().enumerate() {
            place[*node] = at;
        }
        let moved = |edges: &[(usize, f64)]| -> Vec<(usize, f64)> {
            edges
                .iter()
                .map(|(to, weight)| (place[*to], *weight))
                .collect()
        };
        let arcs: Vec<Vec<Arc>> = order
            .iter()
            .map(|node| {
                let mut arcs = self.arcs[*node].clone();
                arcs.iter_mut().for_each(|arc| arc.to = place[arc.to]);
                arcs
            })
            .collect();
        let silent: Vec<_> = order
            .iter()
            .map(|node| moved(&self.silent[*node]))
            .collect();
        let blank: Vec<_> = order.iter().map(|node| moved(&self.blank[*node])).collect();
        let first = place[self.bounds[0]];
        let last = place[self.bounds[self.bounds.len() - 1]];
        Scorer::of_edges(arcs, silent, blank, (first, last), channel)
    }
}

impl Scorer {
    fn of_edges(
        arcs: Vec<Vec<Arc>>,
        silent: Vec<Vec<(usize, f64)>>,
        blank: Vec<Vec<(usize, f64)>>,
        (first, last): (usize, usize),
        channel: Channel,
    ) -> Self {
        let nodes = arcs.len();
        let [mut start, mut ends, mut rest] = [(); 3].map(|()| vec![0.0; nodes]);
        let passed = |node: usize| silent[node].iter().chain(&blank[node]);
        start[first] = 1.0;
        for node in 0..nodes {
            for (to, weight) in passed(node) {
                start[*to] += start[node] * weight;
            }
        }
        ends[last] = 1.0;
        for node in (0..nodes).rev() {
            let nothing = passed(node).map(|(to, weight)| weight * ends[*to]);
            ends[node] += nothing.sum::<f64>();
            let passed = passed(node).map(|(to, weight)| weight * rest[*to]);
            let spelled = arcs[node].iter().map(|arc| {
                let best = arc.row.iter().copied().fold(0.0, f64::max);
                best * rest[arc.to]
            });
            rest[node] = ends[node] + passed.chain(spelled).sum::<f64>();
        }
        let flat = |edges: Vec<Vec<(usize, f64)>>, price: f64| {
            let edges = edges.into_iter().enumerate();
            edges.flat_map(move |(from, edges)| {
                let edges = edges.into_iter();
                edges.map(move |(to, weight)| (from, to, weight * price))
            })
        };
        let mut silences: Vec<_> = flat(silent, 1.0)
            .chain(flat(blank, channel.blank_inside))
            .filter(|(_, _, weight)| *weight > 0.0)
            .collect();
        silences.sort_by_key(|(from, to, _)| (*from, *to));
        let places = || arcs.iter().enumerate();
        Self {
            weights: (0..SIGNS)
                .map(|sign| arcs.iter().flatten().map(|arc| arc.row[sign]).collect())
                .collect(),
            arcs: places()
                .flat_map(|(from, arcs)| arcs.iter().map(move |arc| (from, arc.to)))
                .collect(),
            silent: silences,
            ends,
            rest,
            start,
            channel,
        }
    }
}

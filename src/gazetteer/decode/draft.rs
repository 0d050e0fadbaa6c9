//! A lattice with the slips that lie between pen and reader, made ready to score.

use unicode_normalization::UnicodeNormalization as _;

use super::scorer::{Channel, SIGNS, SPACE, Scorer, sign_of};
use crate::domain::lattice::{Label, Lattice};

/// What spells one character, by character.
#[derive(Debug, Clone)]
struct Arc {
    to: usize,
    row: [f64; SIGNS],
}

/// A scorer in the making; nodes stand in the order of the lattice's edges.
pub(super) struct Draft {
    arcs: Vec<Vec<Arc>>,
    silent: Vec<Vec<(usize, f64)>>,
    blank: Vec<Vec<(usize, f64)>>,
    /// Nodes before which a transposition's middle node is put in.
    bounds: Vec<usize>,
}

impl Draft {
    /// The scorer of a lattice.
    pub(super) fn scorer(lattice: &Lattice, channel: Channel) -> Scorer {
        let order = lattice.in_order();
        let mut place = vec![0; lattice.nodes()];
        for (at, node) in order.iter().enumerate() {
            place[*node] = at;
        }
        let mut draft = Self::new(lattice, &place);
        draft.add_slips(lattice, &place, channel);
        draft.finish(channel)
    }

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
        Edges {
            arcs,
            silent,
            blank,
            first,
            last,
        }
        .scorer(channel)
    }
}

/// The finished edges, by node.
struct Edges {
    arcs: Vec<Vec<Arc>>,
    silent: Vec<Vec<(usize, f64)>>,
    blank: Vec<Vec<(usize, f64)>>,
    first: usize,
    last: usize,
}

impl Edges {
    fn scorer(&self, channel: Channel) -> Scorer {
        let (start, ends, rest) = self.sums();
        let silent = |node: usize| {
            let blank = self.blank[node].iter();
            let blank = blank.map(|(to, weight)| (*to, weight * channel.blank_inside));
            let silent = self.silent[node].iter().copied().chain(blank);
            silent.filter(|(_, weight)| *weight > 0.0)
        };
        let nodes = 0..self.arcs.len();
        let mut scorer = Scorer {
            first_arc: vec![0],
            first_silent: vec![0],
            arcs: self.arcs.iter().flatten().map(|arc| arc.to).collect(),
            weights: (0..SIGNS)
                .map(|sign| {
                    self.arcs
                        .iter()
                        .flatten()
                        .map(|arc| arc.row[sign])
                        .collect()
                })
                .collect(),
            silent: nodes.clone().flat_map(silent).collect(),
            ends,
            rest,
            start,
            channel,
        };
        for node in nodes {
            let arcs = scorer.first_arc[node] + self.arcs[node].len();
            scorer.first_arc.push(arcs);
            let silent = scorer.first_silent[node] + silent(node).count();
            scorer.first_silent.push(silent);
        }
        scorer
    }

    /// What is likely to lie before each node and after it when nothing is spelled, and
    /// after it at most.
    fn sums(&self) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
        let nodes = self.arcs.len();
        let [mut start, mut ends, mut rest] = [(); 3].map(|()| vec![0.0; nodes]);
        let passed = |node: usize| self.silent[node].iter().chain(&self.blank[node]);
        start[self.first] = 1.0;
        for node in 0..nodes {
            for (to, weight) in passed(node) {
                start[*to] += start[node] * weight;
            }
        }
        ends[self.last] = 1.0;
        for node in (0..nodes).rev() {
            let nothing = passed(node).map(|(to, weight)| weight * ends[*to]);
            ends[node] += nothing.sum::<f64>();
            let passed = passed(node).map(|(to, weight)| weight * rest[*to]);
            let spelled = self.arcs[node].iter().map(|arc| {
                let best = arc.row.iter().copied().fold(0.0, f64::max);
                best * rest[arc.to]
            });
            rest[node] = ends[node] + passed.chain(spelled).sum::<f64>();
        }
        (start, ends, rest)
    }
}

//! What a reader saw of a field, before anybody decided what it says: a graph of
//! boxes in which every path from the first to the last is one way to read it.
//!
//! A lattice carries *likelihoods*: how well each character explains the ink of a
//! box, with the reader's training priors divided out. Only their ratios within a
//! box count.

/// A field's boxes with everything that may stand in them.
#[derive(Debug, Clone, PartialEq)]
pub struct Lattice {
    /// The node before each box, and the one after the last.
    bounds: Vec<usize>,
    nodes: usize,
    edges: Vec<Edge>,
}

/// One way from a node to a later one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Edge {
    /// Where it starts.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// What stands there.
    pub label: Label,
    /// Natural logarithm of its likelihood, at most 0.
    pub log: f64,
}

/// What may stand in a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// A character.
    Sign(char),
    /// Nothing: between words, or after the last.
    Blank,
    /// Something that counts for nothing: struck out, or skipped.
    Skipped,
}

/// What cannot stand in a lattice.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum LatticeError {
    /// No number, or more than certain.
    #[error("{0} is no logarithm of a likelihood, which is at most 0")]
    NotALikelihood(f64),
    /// An edge over boxes that are not there.
    #[error("there is no box {0}")]
    NoSuchBox(usize),
    /// Boxes and edges that make no lattice.
    #[error("the edges do not lead from box to box")]
    Tangled,
}

impl Default for Lattice {
    fn default() -> Self {
        Self {
            bounds: vec![0],
            nodes: 1,
            edges: Vec::new(),
        }
    }
}

impl Lattice {
    /// Adds a box at the end: the characters that may stand in it and, with
    /// `blank`, how well an empty one explains what is seen.
    pub fn push(
        &mut self,
        signs: impl IntoIterator<Item = (char, f64)>,
        blank: Option<f64>,
    ) -> Result<(), LatticeError> {
        let from = self.end();
        let to = self.nodes;
        let signs = signs
            .into_iter()
            .map(|(sign, log)| (Label::Sign(sign), log));
        for (label, log) in signs.chain(blank.map(|log| (Label::Blank, log))) {
            self.edge(from, to, label, log)?;
        }
        self.nodes += 1;
        self.bounds.push(to);
        Ok(())
    }

    /// The box may count for nothing: struck out, or skipped by the writer.
    pub fn skip(&mut self, at: usize, log: f64) -> Result<(), LatticeError> {
        let (from, to) = self.span(at, 1)?;
        self.edge(from, to, Label::Skipped, log)
    }

    /// The box may hold two characters.
    pub fn two_in_one(
        &mut self,
        at: usize,
        signs: [char; 2],
        log: f64,
    ) -> Result<(), LatticeError> {
        let (from, to) = self.span(at, 1)?;
        let between = self.nodes;
        self.edge(from, between, Label::Sign(signs[0]), log)?;
        self.edge(between, to, Label::Sign(signs[1]), 0.0)?;
        self.nodes += 1;
        Ok(())
    }

    /// The box and the next one may hold one character between them.
    pub fn one_in_two(&mut self, at: usize, sign: char, log: f64) -> Result<(), LatticeError> {
        self.one_in(at, 2, sign, log)
    }

    /// So many boxes from this one on may hold one character between them.
    pub fn one_in(
        &mut self,
        at: usize,
        boxes: usize,
        sign: char,
        log: f64,
    ) -> Result<(), LatticeError> {
        let (from, to) = self.span(at, boxes)?;
        self.edge(from, to, Label::Sign(sign), log)
    }

    /// A lattice from its parts, as [`bounds`](Self::bounds), [`nodes`](Self::nodes) and
    /// [`edges`](Self::edges) give them.
    pub fn from_parts(
        bounds: Vec<usize>,
        nodes: usize,
        edges: Vec<Edge>,
    ) -> Result<Self, LatticeError> {
        let mut lattice = Self {
            bounds,
            nodes,
            edges: Vec::with_capacity(edges.len()),
        };
        let known = |node: usize| node < nodes;
        let in_bounds = lattice.bounds.iter().all(|node| known(*node));
        let rises = lattice.bounds.windows(2).all(|two| two[0] < two[1]);
        if lattice.bounds.first() != Some(&0) || !in_bounds || !rises {
            return Err(LatticeError::Tangled);
        }
        // A node within a box has one way in, from the boundary before it.
        let place = |node: usize| lattice.bounds.binary_search(&node).ok();
        let mut inner = vec![None; nodes];
        for edge in edges.iter().filter(|edge| known(edge.from)) {
            if known(edge.to) && place(edge.to).is_none() {
                inner[edge.to] = place(edge.from);
            }
        }
        let rank = |node: usize| match place(node) {
            Some(at) => Some(2 * at),
            None => inner.get(node).copied().flatten().map(|at| 2 * at + 1),
        };
        for edge in &edges {
            let leads_on = rank(edge.from)
                .zip(rank(edge.to))
                .is_some_and(|(a, b)| a < b);
            if !leads_on {
                return Err(LatticeError::Tangled);
            }
        }
        for edge in edges {
            lattice.edge(edge.from, edge.to, edge.label, edge.log)?;
        }
        Ok(lattice)
    }

    /// How many boxes there are.
    pub fn boxes(&self) -> usize {
        self.bounds.len() - 1
    }

    /// How many nodes there are; they are numbered from 0.
    pub fn nodes(&self) -> usize {
        self.nodes
    }

    /// The node before each box and the one after the last; every path leads from
    /// the first of them to the last.
    pub fn bounds(&self) -> &[usize] {
        &self.bounds
    }

    /// Every edge, in no order.
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// The likeliest characters and the logarithm of their likelihood: what a
    /// reader without any knowledge of the world would say.
    pub fn as_read(&self) -> (String, f64) {
        let mut best = vec![f64::NEG_INFINITY; self.nodes];
        let mut through: Vec<Option<&Edge>> = vec![None; self.nodes];
        best[0] = 0.0;
        for node in self.in_order() {
            for edge in self.edges.iter().filter(|edge| edge.from == node) {
                let log = best[node] + edge.log;
                if log > best[edge.to] {
                    best[edge.to] = log;
                    through[edge.to] = Some(edge);
                }
            }
        }
        let mut signs = Vec::new();
        let mut node = self.end();
        while let Some(edge) = through[node] {
            match edge.label {
                Label::Sign(sign) => signs.push(sign),
                Label::Blank => signs.push(' '),
                Label::Skipped => {}
            }
            node = edge.from;
        }
        let text: String = signs.into_iter().rev().collect();
        (text.trim().to_owned(), best[self.end()])
    }

    /// What most likely stands in each box, and the share that it has of what may begin
    /// there.
    pub fn likeliest(&self) -> Vec<(Label, f64)> {
        let boxes = self.bounds.iter().take(self.boxes());
        let likeliest = boxes.map(|from| {
            let edges = self.edges.iter().filter(|edge| edge.from == *from);
            let total: f64 = edges.clone().map(|edge| edge.log.exp()).sum();
            let best = edges.max_by(|a, b| a.log.total_cmp(&b.log));
            best.map_or((Label::Blank, 0.0), |edge| {
                (edge.label, edge.log.exp() / total.max(f64::MIN_POSITIVE))
            })
        });
        likeliest.collect()
    }

    /// The share that the likeliest path has of all paths: how sure a reader without any
    /// knowledge of the world may be. 0 where there is no path.
    pub fn certainty(&self) -> f64 {
        let total = self.mass(|_| true);
        let (_, best) = self.as_read();
        if total > 0.0 { best.exp() / total } else { 0.0 }
    }

    /// The share of the paths on which no character stands; 0 where there is no path.
    pub fn emptiness(&self) -> f64 {
        let total = self.mass(|_| true);
        let empty = self.mass(|label| !matches!(label, Label::Sign(_)));
        if total > 0.0 { empty / total } else { 0.0 }
    }

    /// The likelihoods of all paths over such labels together.
    fn mass(&self, goes: impl Fn(Label) -> bool) -> f64 {
        self.masses(goes)[self.end()]
    }

    /// The same of the paths as far as each node.
    fn masses(&self, goes: impl Fn(Label) -> bool) -> Vec<f64> {
        let mut mass = vec![0.0; self.nodes];
        mass[0] = 1.0;
        for node in self.in_order() {
            let here = mass[node];
            let edges = self.edges.iter().filter(|edge| edge.from == node);
            for edge in edges.filter(|edge| goes(edge.label)) {
                mass[edge.to] += here * edge.log.exp();
            }
        }
        mass
    }

    /// The nodes so that every edge leads from an earlier one to a later one.
    pub fn in_order(&self) -> Vec<usize> {
        // A node within a box comes after the boundary that its edge leaves.
        let mut rank: Vec<usize> = vec![0; self.nodes];
        for (at, node) in self.bounds.iter().enumerate() {
            rank[*node] = 2 * at;
        }
        for edge in &self.edges {
            if !self.bounds.contains(&edge.to) {
                rank[edge.to] = rank[edge.from] + 1;
            }
        }
        let mut nodes: Vec<usize> = (0..self.nodes).collect();
        nodes.sort_by_key(|node| rank[*node]);
        nodes
    }

    fn edge(&mut self, from: usize, to: usize, label: Label, log: f64) -> Result<(), LatticeError> {
        if log.is_nan() || log > 0.0 {
            return Err(LatticeError::NotALikelihood(log));
        }
        self.edges.push(Edge {
            from,
            to,
            label,
            log,
        });
        Ok(())
    }

    fn end(&self) -> usize {
        self.bounds.last().copied().unwrap_or(0)
    }

    fn span(&self, at: usize, boxes: usize) -> Result<(usize, usize), LatticeError> {
        match (self.bounds.get(at), self.bounds.get(at + boxes)) {
            (Some(from), Some(to)) => Ok((*from, *to)),
            _ => Err(LatticeError::NoSuchBox(at + boxes - 1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likeliest_path_is_what_was_read() {
        let mut lattice = Lattice::default();
        assert_eq!(lattice.as_read(), (String::new(), 0.0));
        lattice.push([('A', -0.1), ('4', -3.0)], None).unwrap();
        lattice.push([('R', -2.0)], Some(-0.5)).unwrap();
        lattice.push([('N', -0.5)], None).unwrap();
        assert_eq!(lattice.as_read(), ("A N".to_owned(), -1.1));
        lattice.one_in_two(0, 'M', -0.2).unwrap();
        assert_eq!(lattice.as_read(), ("MN".to_owned(), -0.7));
        lattice.two_in_one(2, ['I', 'V'], -0.1).unwrap();
        assert_eq!(lattice.as_read().0, "MIV");
        lattice.skip(2, 0.0).unwrap();
        assert_eq!(lattice.as_read(), ("M".to_owned(), -0.2));
        assert_eq!(lattice.boxes(), 3);
    }

    #[test]
    fn shares_are_of_all_paths() {
        let mut lattice = Lattice::default();
        let half = 0.5_f64.ln();
        lattice
            .push([('A', half), ('B', 0.25_f64.ln())], Some(0.25_f64.ln()))
            .unwrap();
        lattice.push([('C', half)], None).unwrap();
        lattice.skip(1, half).unwrap();
        assert!((lattice.certainty() - 0.25).abs() < 1e-12);
        assert!((lattice.emptiness() - 0.125).abs() < 1e-12);
        assert_eq!(
            (
                Lattice::default().certainty(),
                Lattice::default().emptiness()
            ),
            (1.0, 1.0)
        );
        let mut closed = Lattice::default();
        closed.push([], None).unwrap();
        assert_eq!((closed.certainty(), closed.emptiness()), (0.0, 0.0));
    }

    #[test]
    fn parts_make_the_same_lattice_again_or_none() {
        let mut lattice = Lattice::default();
        lattice.push([('A', -0.1)], Some(-3.0)).unwrap();
        lattice.push([('B', -0.1)], None).unwrap();
        lattice.push([('C', -0.1)], None).unwrap();
        lattice.one_in(0, 3, 'M', -1.0).unwrap();
        lattice.two_in_one(1, ['L', 'I'], -1.0).unwrap();
        let parts = |lattice: &Lattice| {
            let (bounds, edges) = (lattice.bounds.clone(), lattice.edges.clone());
            (bounds, lattice.nodes, edges)
        };
        let (bounds, nodes, edges) = parts(&lattice);
        let again = Lattice::from_parts(bounds.clone(), nodes, edges.clone());
        assert_eq!(again.as_ref(), Ok(&lattice));
        assert_eq!(again.unwrap().as_read(), lattice.as_read());
        let tangled = Err(LatticeError::Tangled);
        let mut back = edges.clone();
        back.push(Edge {
            from: 2,
            to: 1,
            label: Label::Blank,
            log: 0.0,
        });
        assert_eq!(Lattice::from_parts(bounds.clone(), nodes, back), tangled);
        let mut beyond = edges.clone();
        beyond.push(Edge {
            from: 0,
            to: 99,
            label: Label::Blank,
            log: 0.0,
        });
        assert_eq!(Lattice::from_parts(bounds.clone(), nodes, beyond), tangled);
        assert_eq!(Lattice::from_parts(vec![0, 9], 3, edges.clone()), tangled);
        assert_eq!(Lattice::from_parts(Vec::new(), 0, Vec::new()), tangled);
        let likely = Edge {
            log: 1.0,
            ..edges[0]
        };
        assert_eq!(
            Lattice::from_parts(bounds, nodes, vec![likely]),
            Err(LatticeError::NotALikelihood(1.0))
        );
    }

    #[test]
    fn what_is_no_likelihood_is_refused() {
        let mut lattice = Lattice::default();
        assert!(lattice.push([('A', 0.1)], None).is_err());
        assert!(lattice.push([('A', f64::NAN)], None).is_err());
        lattice
            .push([('A', f64::NEG_INFINITY)], Some(-1.0))
            .unwrap();
        assert_eq!(lattice.skip(1, -1.0), Err(LatticeError::NoSuchBox(1)));
        assert!(lattice.one_in_two(0, 'A', -1.0).is_err());
    }
}

//! The search over postcodes: heads in the order of what they can still be worth,
//! and within each its tails, as a tree that is left where it can no longer matter.
//!
//! Nothing is left out unseen: of every branch that is left an upper bound of its
//! mass is kept, and [`super::fits`] counts it against what was found.

use std::ops::Range;

use super::scorer::{Channel, Front, Scorer, Spread};
use super::towns::Towns;
use super::{Query, prior};
use crate::gazetteer::country::{self, Country, HEAD, Shape, TAIL};
use crate::gazetteer::file::{Key, Section, partition};
use crate::gazetteer::{Coverage, Gazetteer};

/// A branch is left when it can weigh at most so much of all that was found,
const LEAST: f64 = 1e-8;
/// and the remaining heads when all together can.
const LEAST_OF_ALL: f64 = 1e-6;
/// Heads that are not listed are left earlier: they have little to themselves.
const LEAST_UNLISTED: f64 = 1e-6;

/// Everything that was weighed, without the street.
pub(super) struct Search<'a> {
    pub(super) gazetteer: &'a Gazetteer,
    pub(super) country: &'static Country,
    scorer: Scorer,
    /// The sums over each shape's characters.
    spreads: Vec<Spread>,
    towns: &'a Towns,
    off_list: f64,
    /// The listed heads come first, those that can be worth most before the others.
    pub(super) branches: Vec<Branch>,
    pub(super) leaves: Vec<Leaf>,
    /// At most so much of the heads that are not listed was left.
    pub(super) pruned: f64,
    /// What the leaves weigh.
    total: f64,
}

/// A head on which the search goes on; as far as its text, everything is weighed.
pub(super) struct Branch {
    /// Its place, when it is listed.
    pub(super) listed: Option<usize>,
    /// The number of its shape.
    pub(super) shape: usize,
    text: [u8; HEAD],
    length: usize,
    /// Its listed postcodes.
    pub(super) codes: Range<usize>,
    /// How well the town fits.
    pub(super) town: f64,
    /// How often a tail that is not listed exists.
    exists: f64,
    /// Whether its area is listed completely.
    complete: bool,
    /// At least what all its postcodes weigh together, but for the street.
    pub(super) weight: f64,
    /// At most so much of it was left.
    pub(super) pruned: f64,
}

/// A postcode that was weighed.
pub(super) struct Leaf {
    pub(super) branch: usize,
    pub(super) tail: [u8; TAIL],
    /// Its place in the list, or the place that it would have.
    pub(super) at: usize,
    pub(super) is_listed: bool,
    pub(super) mass: f64,
}

/// A tail in the making.
#[derive(Clone)]
struct Stem {
    branch: usize,
    text: [u8; TAIL],
    length: usize,
    codes: Range<usize>,
    exists: f64,
}

impl Branch {
    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.text[..self.length]).unwrap_or_default()
    }
}

impl<'a> Search<'a> {
    pub(super) fn new(gazetteer: &'a Gazetteer, query: &Query<'_>, towns: &'a Towns) -> Self {
        let scorer = Scorer::new(query.postcode, Channel::POSTCODE);
        let shapes = query.country.shapes.iter();
        Self {
            gazetteer,
            country: query.country,
            spreads: shapes.map(|shape| scorer.spread(shape)).collect(),
            scorer,
            towns,
            off_list: prior::off_list(gazetteer),
            branches: Vec::new(),
            leaves: Vec::new(),
            pruned: 0.0,
            total: 0.0,
        }
    }

    pub(super) fn run(&mut self) {
        self.listed_heads();
        self.branches.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        let mut left: f64 = self.branches.iter().map(|branch| branch.weight).sum();
        for branch in 0..self.branches.len() {
            let weight = self.branches[branch].weight;
            if left <= LEAST_OF_ALL * self.total {
                self.branches[branch].pruned = weight;
                continue;
            }
            left -= weight;
            let front = self.front(&self.branches[branch]);
            self.tails(branch, &front);
        }
        for shape in 0..self.country.shapes.len() {
            let front = self.scorer.start();
            self.new_heads(shape, &mut String::new(), &front, self.towns.most());
        }
    }

    /// Every listed head of the country.
    fn listed_heads(&mut self) {
        let mut fronts = vec![self.scorer.start()];
        // The head before, and as far as which of its characters there are fronts.
        let (mut before, mut known) = (Key::END, 0);
        let mut area = (String::new(), false);
        for at in self.gazetteer.heads_of(self.country) {
            let head = self.gazetteer.file.head(at);
            let text = head.key.text();
            // Heads are sorted: what this one shares with the last is weighed already.
            let pairs = before.text().bytes().zip(text.bytes());
            known = known.min(pairs.take_while(|(a, b)| a == b).count());
            before = head.key;
            let shape = self.country.shape_of_head(text);
            let Some((shape, last)) = shape.zip(text.bytes().last()) else {
                continue;
            };
            known = known.min(text.len() - 1);
            for sign in text[known..text.len() - 1].bytes() {
                fronts.resize_with(fronts.len().max(known + 2), Front::default);
                let (done, next) = fronts.split_at_mut(known + 1);
                self.scorer.step(&done[known], sign_of(sign), &mut next[0]);
                known += 1;
            }
            let sum = self.spreads[shape].in_head(known, sign_of(last), &fronts[known]);
            let of_area = self.country.area(text);
            if of_area != area.0 {
                let coverage = self.gazetteer.covers_area(self.country, of_area);
                area = (of_area.to_owned(), coverage == Coverage::Complete);
            }
            let town = self.towns.of_head(at);
            let codes = self.gazetteer.codes_of(at);
            let grammar = &self.country.shapes[shape];
            self.branches.push(Branch {
                listed: Some(at),
                exists: self.exists(codes.len(), area.1, grammar),
                complete: area.1,
                weight: sum * town,
                ..Branch::new(text, shape, town, codes)
            });
        }
    }

    /// How often an unlisted tail of a listed head exists.
    fn exists(&self, listed: usize, complete: bool, shape: &Shape) -> f64 {
        match complete {
            true => self.off_list * (listed as f64).max(1.0) / shape.tails() as f64,
            false if shape.tail.is_empty() => 1.0,
            false => self.country.fill,
        }
    }

    /// The postcodes of a branch, listed or not.
    fn tails(&mut self, branch: usize, front: &Front) {
        let of = &self.branches[branch];
        let stem = Stem {
            branch,
            text: [0; TAIL],
            length: 0,
            codes: of.codes.clone(),
            exists: of.exists,
        };
        if self.country.shapes[of.shape].tail.is_empty() {
            self.leaf(stem, self.scorer.end(front));
        } else {
            self.tail(&stem, front);
        }
    }

    /// The postcodes that go on from a stem.
    fn tail(&mut self, stem: &Stem, front: &Front) {
        let Branch { shape, town, .. } = self.branches[stem.branch];
        let classes = &self.country.shapes[shape].tail;
        let is_last = stem.length + 1 == classes.len();
        let mut next = Front::default();
        for sign in classes[stem.length].signs() {
            let sum = self.spreads[shape].in_tail(stem.length, sign_of(sign), front);
            if sum * town <= LEAST * self.total {
                self.branches[stem.branch].pruned += sum * town;
                continue;
            }
            let grown = self.grown(stem, sign, classes.len());
            if is_last {
                self.leaf(grown, sum);
            } else {
                self.scorer.step(front, sign_of(sign), &mut next);
                self.tail(&grown, &next);
            }
        }
    }

    /// A stem with one character more, of a tail of so many.
    fn grown(&self, stem: &Stem, sign: u8, tail: usize) -> Stem {
        let mut grown = stem.clone();
        grown.text[stem.length] = sign;
        grown.length += 1;
        let mut text = [b'0'; TAIL];
        text[..grown.length].copy_from_slice(&grown.text[..grown.length]);
        let first = country::tail_number(&text[..tail]);
        text[grown.length..tail].fill(b'Z');
        let last = country::tail_number(&text[..tail]);
        let tail_at = |at: usize| self.gazetteer.file.u16(Section::Tails, at);
        let start = partition(stem.codes.clone(), |at| tail_at(at) < first);
        grown.codes = start..partition(start..stem.codes.end, |at| tail_at(at) <= last);
        let branch = &self.branches[stem.branch];
        if branch.complete && branch.listed.is_some() {
            let shape = &self.country.shapes[branch.shape];
            let listed = grown.codes.len();
            if grown.length == 1 {
                let in_sector = self.off_list * listed as f64 / prior::tails_of_sector(shape);
                grown.exists = prior::of_sector(stem.exists, in_sector);
            }
            if grown.length + 1 == tail {
                grown.exists = prior::of_row(grown.exists, self.off_list, listed, shape);
            }
        }
        grown
    }

    fn leaf(&mut self, stem: Stem, likelihood: f64) {
        let is_listed = !stem.codes.is_empty();
        let exists = match is_listed {
            true => prior::in_use(self.gazetteer, stem.codes.start),
            false => stem.exists,
        };
        let branch = &mut self.branches[stem.branch];
        let mass = exists * likelihood * branch.town;
        if mass <= LEAST * self.total {
            branch.pruned += mass;
            return;
        }
        self.total += mass;
        self.leaves.push(Leaf {
            branch: stem.branch,
            tail: stem.text,
            at: stem.codes.start,
            is_listed,
            mass,
        });
    }

    /// Heads that are not listed, as the shape allows them.
    fn new_heads(&mut self, shape: usize, text: &mut String, front: &Front, town: f64) {
        let Some(class) = self.country.shapes[shape].head.get(text.len()) else {
            self.new_head(shape, text, front, town);
            return;
        };
        let exists = self.country.fill * prior::NEW_HEAD_PARTIAL;
        let mut next = Front::default();
        for sign in class.signs() {
            let sum = self.spreads[shape].in_head(text.len(), sign_of(sign), front);
            let area_before = self.country.area_is_whole(text);
            text.push(char::from(sign));
            // The town is weighed as soon as the area is known.
            let town = if !area_before && self.country.area_is_whole(text) {
                self.towns.of_area(self.country.area(text))
            } else {
                town
            };
            let weight = sum * town * exists;
            if weight <= LEAST_UNLISTED * self.total {
                self.pruned += weight;
            } else {
                self.scorer.step(front, sign_of(sign), &mut next);
                self.new_heads(shape, text, &next, town);
            }
            text.pop();
        }
    }

    fn new_head(&mut self, shape: usize, text: &str, front: &Front, town: f64) {
        if self.gazetteer.head_at(self.country, text).is_some() {
            return;
        }
        let area = self.country.area(text);
        let head_exists = prior::new_head(self.gazetteer, self.country, area);
        self.branches.push(Branch {
            exists: head_exists * self.country.fill,
            ..Branch::new(text, shape, town, 0..0)
        });
        self.tails(self.branches.len() - 1, front);
    }

    /// What is weighed as far as a head.
    pub(super) fn front(&self, branch: &Branch) -> Front {
        self.on(self.scorer.start(), branch.text().as_bytes())
    }

    fn on(&self, mut front: Front, text: &[u8]) -> Front {
        let mut next = Front::default();
        for sign in text {
            self.scorer.step(&front, sign_of(*sign), &mut next);
            std::mem::swap(&mut front, &mut next);
        }
        front
    }

    /// How likely the lattice is when a head goes on with this tail.
    pub(super) fn likelihood(&self, front: &Front, tail: &[u8]) -> f64 {
        self.scorer.end(&self.on(front.clone(), tail))
    }
}

impl Branch {
    fn new(text: &str, shape: usize, town: f64, codes: Range<usize>) -> Self {
        let mut padded = [0; HEAD];
        for (place, sign) in padded.iter_mut().zip(text.bytes()) {
            *place = sign;
        }
        Self {
            listed: None,
            shape,
            text: padded,
            length: text.len().min(HEAD),
            codes,
            town,
            exists: 0.0,
            complete: false,
            weight: 0.0,
            pruned: 0.0,
        }
    }
}

/// The number of a character of a postcode, which is a digit or a capital.
fn sign_of(sign: u8) -> usize {
    country::index(sign).map_or(0, usize::from)
}

//! The search over postcodes: heads in the order of what they can still be worth,
//! and within each its tails, as a tree that is left where it can no longer matter.
//!
//! Nothing is left out unseen: of every branch that is left an upper bound of its
//! mass is kept and counted against what was found.

use std::collections::HashMap;

use super::Query;
use super::scorer::{Channel, Front, Scorer, Spread};
use super::streets::Streets;
use super::towns::Towns;
use crate::gazetteer::country::{self, Code, Country, Shape};
use crate::gazetteer::file::Section;
use crate::gazetteer::{Coverage, Gazetteer};

/// How often a postcode of an area that is listed completely is not in the list: a
/// new house. Two per cent to begin with,
const OFF_LIST: f64 = 0.02;
/// and for each year of the list's age about one more (the quarterly ONS directories
/// add some 15,000 of 1.7 million postcodes a year).
const OFF_LIST_YEAR: f64 = 0.01;
/// How often a letter bears a postcode that ended, relative to one in use.
const ENDED: f64 = 0.02;
/// How often a head that is not listed exists: where the list of its area is complete,
const NEW_HEAD_COMPLETE: f64 = 1e-3;
/// where it is not,
const NEW_HEAD_PARTIAL: f64 = 0.3;
/// and in an area that does not exist, where all areas are known.
const NEW_AREA: f64 = 1e-5;

/// A branch is left when it can weigh at most so much of all that was found,
const LEAST: f64 = 1e-8;
/// and the remaining heads when all together can.
const LEAST_OF_ALL: f64 = 1e-6;
/// Heads that are not listed are left earlier: they have little to themselves.
const LEAST_UNLISTED: f64 = 1e-6;

/// A postcode of less than so much is counted, but not kept by name.
const LEAST_RANKED: f64 = 1e-6;

/// Everything that was found, as masses that are comparable with each other only.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) codes: HashMap<Code, f64>,
    /// By head, or by area where the head is not listed.
    pub(super) heads: HashMap<(Option<usize>, String), f64>,
    /// The part of it that is in none of the streets listed for a postcode.
    pub(super) elsewhere: HashMap<Option<usize>, f64>,
    pub(super) streets: HashMap<String, f64>,
    pub(super) houses: HashMap<String, f64>,
    pub(super) total: f64,
    /// At most so much was left out.
    pub(super) unseen: f64,
}

pub(super) struct Search<'a> {
    gazetteer: &'a Gazetteer,
    country: &'static Country,
    scorer: Scorer,
    /// The sums over each shape's characters.
    spreads: Vec<Spread>,
    towns: &'a Towns,
    streets: &'a Streets,
    off_list: f64,
    pub(super) found: Found,
}

/// A head on which the search goes on; as far as its text, everything is weighed.
struct Branch {
    /// Its place, when it is listed.
    listed: Option<usize>,
    /// The number of its shape.
    shape: usize,
    text: String,
    /// How well the town fits.
    town: f64,
    /// How well the street fits postcodes without streets of their own.
    street: f64,
    /// How often a tail that is not listed exists.
    exists: f64,
    /// How likely the lattice is when any tail may follow.
    sum: f64,
    /// At least what all its postcodes weigh together, but for streets of their own.
    weight: f64,
}

impl<'a> Search<'a> {
    pub(super) fn new(
        gazetteer: &'a Gazetteer,
        query: &Query<'_>,
        towns: &'a Towns,
        streets: &'a Streets,
    ) -> Self {
        let scorer = Scorer::new(query.postcode, Channel::POSTCODE);
        let shapes = query.country.shapes.iter();
        Self {
            gazetteer,
            country: query.country,
            spreads: shapes.map(|shape| scorer.spread(shape)).collect(),
            scorer,
            towns,
            streets,
            off_list: off_list(gazetteer),
            found: Found::default(),
        }
    }

    pub(super) fn run(&mut self) {
        let mut branches = self.listed_heads();
        branches.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        let mut left: f64 = branches.iter().map(|branch| branch.weight).sum();
        for branch in &branches {
            if left <= LEAST_OF_ALL * self.found.total {
                break;
            }
            left -= branch.weight;
            let front = self.front(&branch.text);
            self.tails(branch, &front);
        }
        self.found.unseen += left.max(0.0);
        self.listed_streets(&branches);
        for shape in 0..self.country.shapes.len() {
            let front = self.scorer.start().to_vec();
            self.new_heads(shape, &mut String::new(), &front, self.towns.most());
        }
    }

    /// Every listed head of the country.
    fn listed_heads(&self) -> Vec<Branch> {
        let heads = self.gazetteer.heads_of(self.country);
        let mut fronts = vec![self.scorer.start().to_vec()];
        let mut before = String::new();
        let mut branches = Vec::with_capacity(heads.len());
        for at in heads {
            let head = self.gazetteer.file.head(at);
            let text = head.text();
            // Heads are sorted: what this one shares with the last is weighed already.
            let shared = before.bytes().zip(text.bytes()).take_while(|(a, b)| a == b);
            fronts.truncate(shared.count() + 1);
            for sign in text.bytes().skip(fronts.len() - 1) {
                let mut next = Front::new();
                self.scorer
                    .step(&fronts[fronts.len() - 1], sign_of(sign), &mut next);
                fronts.push(next);
            }
            before.clear();
            before.push_str(text);
            let Some(shape) = self.country.shape_of_head(text) else {
                continue;
            };
            let sum = self.spreads[shape].after_tail(0, &fronts[fronts.len() - 1]);
            let town = self.towns.of_head(self.gazetteer, self.country, at);
            let street = self.streets.of_head(self.gazetteer, Some(at));
            branches.push(Branch {
                listed: Some(at),
                shape,
                exists: self.exists(at, text, &self.country.shapes[shape]),
                text: text.to_owned(),
                town,
                street,
                sum,
                weight: sum * town * street.max(self.streets.elsewhere()),
            });
        }
        branches
    }

    /// How often an unlisted tail of a listed head exists.
    fn exists(&self, head: usize, text: &str, shape: &Shape) -> f64 {
        let slots = shape.tails() as f64;
        let listed = self.gazetteer.codes_of(head).len() as f64;
        let area = self.country.area(text);
        match self.gazetteer.covers_area(self.country, area) {
            Coverage::Complete => self.off_list * listed.max(1.0) / slots,
            Coverage::Partial if shape.tail.is_empty() => 1.0,
            Coverage::Partial => self.country.fill,
        }
    }

    /// The postcodes of a branch, listed or not.
    fn tails(&mut self, branch: &Branch, front: &Front) {
        let mass = self.tail(branch, &mut Vec::new(), front);
        *self.found.elsewhere.entry(branch.listed).or_default() += mass;
        self.add(branch, mass);
    }

    /// Those that begin so; returns what they weigh.
    fn tail(&mut self, branch: &Branch, text: &mut Vec<u8>, front: &Front) -> f64 {
        let classes = &self.country.shapes[branch.shape].tail;
        let Some(class) = classes.get(text.len()) else {
            return self.leaf(branch, text, front);
        };
        let mut mass = 0.0;
        let fit = branch.town * branch.street.max(self.streets.elsewhere());
        let mut next = Front::new();
        for sign in class.signs() {
            self.scorer.step(front, sign_of(sign), &mut next);
            let sum = self.spreads[branch.shape].after_tail(text.len() + 1, &next);
            if sum * fit <= LEAST * self.found.total {
                self.found.unseen += sum * fit;
                continue;
            }
            text.push(sign);
            mass += self.tail(branch, text, &next);
            text.pop();
        }
        mass
    }

    fn leaf(&mut self, branch: &Branch, tail: &[u8], front: &Front) -> f64 {
        let at = branch
            .listed
            .and_then(|head| self.gazetteer.ordinal_in(head, tail));
        let exists = at.map_or(branch.exists, |at| self.in_use(at));
        let has_streets = at.is_some_and(|at| !self.gazetteer.street_rows(at).is_empty());
        let street = if has_streets {
            self.streets.elsewhere()
        } else {
            branch.street
        };
        let mass = exists * self.scorer.end(front) * branch.town * street;
        self.found.total += mass;
        self.rank(branch, tail, mass);
        mass
    }

    /// A postcode that may be among the likeliest.
    fn rank(&mut self, branch: &Branch, tail: &[u8], mass: f64) {
        if mass > LEAST_RANKED * self.found.total
            && let Some(code) = self.country.join(&branch.text, tail)
        {
            *self.found.codes.entry(code).or_default() += mass;
        }
    }

    fn add(&mut self, branch: &Branch, mass: f64) {
        let area = self.country.area(&branch.text).to_owned();
        *self.found.heads.entry((branch.listed, area)).or_default() += mass;
    }

    fn in_use(&self, code: usize) -> f64 {
        let origin = self.gazetteer.file.u16(Section::Provenance, code);
        let provenance = self.gazetteer.meta.provenance.get(usize::from(origin));
        match provenance {
            Some(provenance) if provenance.ended.is_some() => ENDED,
            _ => 1.0,
        }
    }

    /// What the streets that are listed for single postcodes add to those.
    fn listed_streets(&mut self, branches: &[Branch]) {
        let by_head: HashMap<usize, &Branch> = branches
            .iter()
            .filter_map(|branch| Some((branch.listed?, branch)))
            .collect();
        let streets = self.streets;
        for (street, ratio) in &streets.ratios {
            let mut groups: Vec<(f64, &Branch, Vec<usize>)> = Vec::new();
            for row in self.gazetteer.rows_of_street(*street) {
                let head = self.gazetteer.head_of(self.gazetteer.street_row(row).code);
                match groups.last_mut() {
                    Some((_, branch, rows)) if branch.listed == head => rows.push(row),
                    _ => groups.extend(head.and_then(|head| by_head.get(&head)).map(|branch| {
                        let weight = branch.sum * branch.town * Streets::listed(*ratio, 1);
                        (weight, *branch, vec![row])
                    })),
                }
            }
            groups.sort_by(|a, b| b.0.total_cmp(&a.0));
            for (weight, branch, rows) in groups {
                if weight <= LEAST * self.found.total {
                    self.found.unseen += weight;
                } else {
                    let front = self.front(&branch.text);
                    for row in rows {
                        self.listed_street(branch, &front, row, *ratio);
                    }
                }
            }
        }
    }

    fn listed_street(&mut self, branch: &Branch, front: &Front, row: usize, ratio: f64) {
        let row = self.gazetteer.street_row(row);
        let number = self.gazetteer.file.u16(Section::Tails, row.code);
        let length = self.country.shapes[branch.shape].tail.len();
        let (tail, length) = country::tail_text(number, length);
        let tail = &tail[..length];
        let front = self.on(front.clone(), tail);
        let streets = self.gazetteer.street_rows(row.code).len();
        let fit = branch.town * Streets::listed(ratio, streets);
        let mass = self.in_use(row.code) * self.scorer.end(&front) * fit;
        if mass <= LEAST * self.found.total {
            self.found.unseen += mass;
            return;
        }
        let (fit, houses) = self.streets.houses(self.gazetteer.houses(row.houses));
        self.found.total += mass * fit;
        self.rank(branch, tail, mass * fit);
        self.add(branch, mass * fit);
        let name = self.gazetteer.street_name(row.street).to_owned();
        *self.found.streets.entry(name).or_default() += mass * fit;
        for (house, fit) in houses {
            *self.found.houses.entry(house).or_default() += mass * fit;
        }
    }

    /// Heads that are not listed, as the shape allows them.
    fn new_heads(&mut self, shape: usize, text: &mut String, front: &Front, town: f64) {
        let classes = &self.country.shapes[shape].head;
        let spread = &self.spreads[shape];
        let street = self.streets.of_head(self.gazetteer, None);
        let exists = self.country.fill * NEW_HEAD_PARTIAL;
        let weight = spread.after_head(text.len(), front) * town * street * exists;
        if weight <= LEAST_UNLISTED * self.found.total {
            self.found.unseen += weight;
            return;
        }
        let Some(class) = classes.get(text.len()) else {
            self.new_head(shape, text, front, town);
            return;
        };
        for sign in class.signs() {
            let mut next = Front::new();
            self.scorer.step(front, sign_of(sign), &mut next);
            let area_before = self.country.area_is_whole(text);
            text.push(char::from(sign));
            // The town is weighed as soon as the area is known.
            let town = if !area_before && self.country.area_is_whole(text) {
                let area = self.country.area(text);
                self.towns.of_area(self.gazetteer, self.country, area)
            } else {
                town
            };
            self.new_heads(shape, text, &next, town);
            text.pop();
        }
    }

    fn new_head(&mut self, shape: usize, text: &str, front: &Front, town: f64) {
        if self.gazetteer.head_at(self.country, text).is_some() {
            return;
        }
        let area = self.country.area(text);
        let known = self.gazetteer.area_at(self.country, area).is_some();
        let head_exists = match self.gazetteer.covers_area(self.country, area) {
            Coverage::Complete => NEW_HEAD_COMPLETE,
            Coverage::Partial if known || !self.gazetteer.knows_areas(self.country) => {
                NEW_HEAD_PARTIAL
            }
            Coverage::Partial => NEW_AREA,
        };
        let branch = Branch {
            listed: None,
            shape,
            text: text.to_owned(),
            town,
            street: self.streets.of_head(self.gazetteer, None),
            exists: head_exists * self.country.fill,
            sum: 0.0,
            weight: 0.0,
        };
        self.tails(&branch, front);
    }

    fn front(&self, text: &str) -> Front {
        self.on(self.scorer.start().to_vec(), text.as_bytes())
    }

    fn on(&self, mut front: Front, text: &[u8]) -> Front {
        let mut next = Front::new();
        for sign in text {
            self.scorer.step(&front, sign_of(*sign), &mut next);
            std::mem::swap(&mut front, &mut next);
        }
        front
    }
}

/// The number of a character of a postcode, which is a digit or a capital.
fn sign_of(sign: u8) -> usize {
    country::index(sign).map_or(0, usize::from)
}

/// How often a postcode is not in the list, by the list's age when it was built.
fn off_list(gazetteer: &Gazetteer) -> f64 {
    let year = |date: &str| date.get(..4)?.parse::<f64>().ok();
    let built = year(&gazetteer.meta.built);
    let age = gazetteer
        .date()
        .and_then(year)
        .zip(built)
        .map(|(of, at)| at - of);
    OFF_LIST + OFF_LIST_YEAR * age.unwrap_or(0.0).clamp(0.0, 20.0)
}

/// How often a postcode exists, told without the search.
#[cfg(test)]
pub(super) fn existence(gazetteer: &Gazetteer, code: &Code) -> f64 {
    let country = code.country();
    let shape = &country.shapes[country.shape_of_head(code.head()).unwrap_or(0)];
    let complete = gazetteer.covers_area(country, code.area()) == Coverage::Complete;
    let Some(head) = gazetteer.head_at(country, code.head()) else {
        let known = gazetteer.area_at(country, code.area()).is_some();
        let head = match complete {
            true => NEW_HEAD_COMPLETE,
            false if known || !gazetteer.knows_areas(country) => NEW_HEAD_PARTIAL,
            false => NEW_AREA,
        };
        return head * country.fill;
    };
    match gazetteer.listing(code) {
        Some(listing) if listing.is_live() => 1.0,
        Some(_) => ENDED,
        None if complete => {
            let listed = gazetteer.codes_of(head).len() as f64;
            off_list(gazetteer) * listed / shape.tails() as f64
        }
        None => country.fill,
    }
}

//! The postcodes that were weighed and the street as read, put together.
//!
//! A listed postcode is worth more for the streets that are listed for it. What is in
//! none of them, or in no list, is worth more where its neighbours or its district have
//! the street.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use super::codes::{Branch, Leaf, Search};
use super::prior::in_use;
use super::rows;
use super::scorer::Front;
use super::streets::{LISTED, OF_DISTRICT, OF_NEIGHBOUR, Streets};
use crate::gazetteer::country::{self, Code};
use crate::gazetteer::file::{Names, Section, partition};

/// A street is looked for in the heads that can weigh so much of all that was found,
const LEAST: f64 = 1e-7;
/// and a postcode is put to its street when it can.
const LEAST_LEAF: f64 = 1e-9;
/// A postcode of less than so much is counted, but not kept by name.
const LEAST_RANKED: f64 = 1e-6;

/// Everything that was found, as masses that are comparable with each other only.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) codes: HashMap<Code, f64>,
    /// By branch.
    pub(super) heads: Vec<f64>,
    /// By number.
    pub(super) streets: HashMap<usize, f64>,
    pub(super) houses: HashMap<String, f64>,
    pub(super) total: f64,
    /// At most so much was left out.
    pub(super) unseen: f64,
}

/// What the street as read means for the places around a head.
struct District {
    /// The postcode as read, as far as the head.
    front: Front,
    /// Streets that may be meant, with their likelihood times their number of rows.
    streets: Vec<(usize, f64)>,
    /// Postcode, street, and the street's likelihood over the postcode's streets.
    rows: Vec<(usize, usize, f64)>,
}

impl Found {
    /// Every street's part, by its name.
    pub(super) fn street_names(&self, search: &Search<'_>) -> HashMap<String, f64> {
        let names = Names::streets(&search.gazetteer.file);
        let mut shares = HashMap::new();
        for (street, share) in &self.streets {
            *shares.entry(names.shown(*street).to_owned()).or_default() += share;
        }
        shares
    }
}

pub(super) struct Fits<'s> {
    search: &'s Search<'s>,
    streets: &'s Streets,
    /// By branch.
    districts: HashMap<usize, District>,
    /// What is left to streets anywhere.
    anywhere: f64,
    found: Found,
}

/// The fits of a branch's postcodes that are not in a street listed for them.
struct Around<'d> {
    district: Option<&'d District>,
    /// A street drawn from the district's.
    fit: f64,
    /// The rows of the head's postcodes.
    rows: Range<usize>,
    /// Whether any street of the district is listed.
    known: bool,
    /// No postcode fits better.
    most: f64,
}

impl<'s> Fits<'s> {
    /// All masses of a search that has run.
    pub(super) fn of(search: &'s Search<'s>, streets: &'s Streets) -> Found {
        let mut fits = Fits {
            search,
            streets,
            districts: HashMap::new(),
            anywhere: 0.0,
            found: Found {
                heads: vec![0.0; search.branches.len()],
                ..Found::default()
            },
        };
        fits.listed_streets();
        fits.leaves();
        for (street, ratio) in streets.ratios.iter().flatten() {
            let share = fits.anywhere * streets.anywhere_each * ratio;
            *fits.found.streets.entry(*street).or_default() += share;
        }
        fits.found
    }

    /// What the streets that are listed for single postcodes add to those.
    fn listed_streets(&mut self) {
        let Some(ratios) = &self.streets.ratios else {
            return;
        };
        let branches = &self.search.branches;
        let listed = branches.partition_point(|branch| branch.listed.is_some());
        // What the branch and all after it can weigh.
        let mut left = vec![0.0; listed + 1];
        for at in (0..listed).rev() {
            left[at] = left[at + 1] + branches[at].weight;
        }
        let branch_of = self.branches_of_heads();
        let leaves: f64 = self.search.leaves.iter().map(|leaf| leaf.mass).sum();
        // No postcode fits worse than this.
        let least_fit = (1.0 - LISTED) * (1.0 - OF_NEIGHBOUR - OF_DISTRICT);
        let sure = leaves * least_fit * self.streets.anywhere;
        for (street, ratio) in ratios {
            let enough = LEAST * (sure + self.found.total) / ratio;
            let candidates = left.partition_point(|left| *left > enough).min(listed);
            self.found.unseen += left[candidates] * ratio * (LISTED + OF_NEIGHBOUR + OF_DISTRICT);
            for (at, (rows, of_head)) in self.places(*street, &branch_of, candidates) {
                self.street_in(at, (*street, *ratio), rows, of_head);
            }
        }
        for district in self.districts.values_mut() {
            district
                .rows
                .sort_by_key(|(code, street, _)| (*code, *street));
        }
    }

    /// The branch of each of the country's heads.
    fn branches_of_heads(&self) -> Vec<usize> {
        let search = self.search;
        let heads = search.gazetteer.heads_of(search.country);
        let mut branches = vec![usize::MAX; heads.len()];
        for (at, branch) in search.branches.iter().enumerate() {
            if let Some(head) = branch.listed {
                branches[head - heads.start] = at;
            }
        }
        branches
    }

    /// Those of the first so many branches that have a street, with its rows there and
    /// whether the district is said to have it.
    fn places(
        &self,
        street: usize,
        branches: &[usize],
        candidates: usize,
    ) -> BTreeMap<usize, (Range<usize>, bool)> {
        let gazetteer = self.search.gazetteer;
        let heads = gazetteer.heads_of(self.search.country);
        let branch_of = |head: usize| {
            let number = head.checked_sub(heads.start)?;
            branches.get(number).copied().filter(|at| *at < candidates)
        };
        let mut places = BTreeMap::new();
        let mut rows = rows::of_street(gazetteer, street);
        while !rows.is_empty() {
            let head = gazetteer.head_of(rows::code_at(gazetteer, rows.start));
            let end = rows::end_in(gazetteer, rows.clone(), gazetteer.codes_of(head).end);
            if let Some(at) = branch_of(head) {
                places.insert(at, (rows.start..end, false));
            }
            rows.start = end;
        }
        for head in rows::heads_of_street(gazetteer, street) {
            if let Some(at) = branch_of(head) {
                places.entry(at).or_insert((0..0, true)).1 = true;
            }
        }
        places
    }

    /// A street in a head, with its rows there.
    fn street_in(
        &mut self,
        at: usize,
        (street, ratio): (usize, f64),
        rows: Range<usize>,
        of_head: bool,
    ) {
        let branch = &self.search.branches[at];
        let mut district = self.districts.remove(&at).unwrap_or_else(|| District {
            front: self.search.front(branch),
            streets: Vec::new(),
            rows: Vec::new(),
        });
        let gazetteer = self.search.gazetteer;
        let count = rows.len() + usize::from(of_head);
        for row in rows {
            let row = gazetteer.street_row(rows::by_street(gazetteer, row));
            let number = gazetteer.file.u16(Section::Tails, row.code);
            let length = self.search.country.shapes[branch.shape].tail.len();
            let (tail, length) = country::tail_text(number, length);
            let tail = &tail[..length];
            let share = ratio / gazetteer.street_rows(row.code).len().max(1) as f64;
            district.rows.push((row.code, street, share));
            let (fit, houses) = self.streets.houses(gazetteer.houses(row.houses));
            let mass = in_use(gazetteer, row.code)
                * self.search.likelihood(&district.front, tail)
                * branch.town
                * LISTED
                * share;
            self.add(at, tail, mass * fit);
            *self.found.streets.entry(street).or_default() += mass * fit;
            for (house, fit) in houses {
                *self.found.houses.entry(house).or_default() += mass * fit;
            }
        }
        district.streets.push((street, ratio * count as f64));
        self.districts.insert(at, district);
    }

    /// The postcodes that are in no list, or in none of the streets listed for them.
    fn leaves(&mut self) {
        let search = self.search;
        // The search leaves them branch by branch.
        for leaves in search.leaves.chunk_by(|a, b| a.branch == b.branch) {
            let branch = &search.branches[leaves[0].branch];
            let districts = std::mem::take(&mut self.districts);
            let around = self.around(branch, districts.get(&leaves[0].branch));
            let mut in_district = 0.0;
            for leaf in leaves {
                in_district += self.leaf(branch, leaf, &around);
            }
            for (street, weight) in around.district.map_or(&[][..], |d| &d.streets) {
                let share = in_district * weight / around.count(branch, search);
                *self.found.streets.entry(*street).or_default() += share;
            }
            self.districts = districts;
        }
        self.found.unseen += search.pruned * self.streets.anywhere;
        for (at, branch) in search.branches.iter().enumerate() {
            if branch.pruned > 0.0 {
                let most = match self.districts.get(&at) {
                    Some(district) => self.around(branch, Some(district)).most,
                    None => self.streets.anywhere,
                };
                self.found.unseen += branch.pruned * most;
            }
        }
    }

    fn around<'d>(&self, branch: &Branch, district: Option<&'d District>) -> Around<'d> {
        let gazetteer = self.search.gazetteer;
        let is_read = self.streets.ratios.is_some();
        let all = 0..gazetteer.file.len(Section::CodeStreets);
        let rows = match is_read && branch.listed.is_some() {
            true => rows::of_codes(gazetteer, all, &branch.codes),
            false => 0..0,
        };
        let mut around = Around {
            district,
            fit: 0.0,
            known: false,
            rows,
            most: self.streets.anywhere,
        };
        let count = around.count(branch, self.search);
        around.known = is_read && count > 0.0;
        if let Some(district) = district.filter(|_| around.known) {
            around.fit = district.streets.iter().map(|(_, w)| w).sum::<f64>() / count;
            let best = district.rows.iter().map(|row| row.2).fold(0.0, f64::max);
            // Two streets of one neighbour are at most twice the best.
            around.most += 2.0 * OF_NEIGHBOUR * best + (OF_NEIGHBOUR + OF_DISTRICT) * around.fit;
        }
        around
    }

    /// Puts a postcode to its fit; returns what of it is the district's.
    fn leaf(&mut self, branch: &Branch, leaf: &Leaf, around: &Around<'_>) -> f64 {
        if leaf.mass * around.most <= LEAST_LEAF * self.found.total {
            self.found.unseen += leaf.mass * around.most;
            return 0.0;
        }
        let gazetteer = self.search.gazetteer;
        let code = leaf.at..leaf.at + 1;
        let has_streets =
            leaf.is_listed && !rows::of_codes(gazetteer, around.rows.clone(), &code).is_empty();
        let mass = match has_streets {
            true => leaf.mass * (1.0 - LISTED),
            false => leaf.mass,
        };
        let mut open = 1.0;
        let mut fit = 0.0;
        if around.known {
            open -= OF_DISTRICT;
            fit += OF_DISTRICT * around.fit;
        }
        if !around.rows.is_empty() {
            open -= OF_NEIGHBOUR;
            for (street, share) in neighbours(branch, leaf, around) {
                fit += OF_NEIGHBOUR * share;
                *self.found.streets.entry(street).or_default() += mass * OF_NEIGHBOUR * share;
            }
        }
        fit += open * self.streets.anywhere;
        let length = self.search.country.shapes[branch.shape].tail.len();
        self.add(leaf.branch, &leaf.tail[..length], mass * fit);
        self.anywhere += mass * open;
        mass * OF_DISTRICT
    }

    fn add(&mut self, at: usize, tail: &[u8], mass: f64) {
        self.found.total += mass;
        self.found.heads[at] += mass;
        if mass > LEAST_RANKED * self.found.total
            && let Some(code) = self
                .search
                .country
                .join(self.search.branches[at].text(), tail)
        {
            *self.found.codes.entry(code).or_default() += mass;
        }
    }
}

impl Around<'_> {
    /// How many streets the district has, as often as they are listed.
    fn count(&self, branch: &Branch, search: &Search<'_>) -> f64 {
        let of_head = branch
            .listed
            .map_or(0, |head| search.gazetteer.file.head(head).streets);
        self.rows.len() as f64 + f64::from(of_head)
    }
}

/// The streets of the postcodes before and after one, with the share of each.
fn neighbours(branch: &Branch, leaf: &Leaf, around: &Around<'_>) -> Vec<(usize, f64)> {
    let Some(district) = around.district else {
        return Vec::new();
    };
    let before = leaf.at.checked_sub(1);
    let after = leaf.at + usize::from(leaf.is_listed);
    let near = [before, Some(after)].into_iter().flatten();
    let near: Vec<usize> = near.filter(|code| branch.codes.contains(code)).collect();
    let mut streets = Vec::new();
    for code in &near {
        let rows = 0..district.rows.len();
        let first = partition(rows.clone(), |at| district.rows[at].0 < *code);
        let end = partition(first..rows.end, |at| district.rows[at].0 == *code);
        let rows = district.rows[first..end].iter();
        streets.extend(rows.map(|(_, street, share)| (*street, share / near.len() as f64)));
    }
    streets
}

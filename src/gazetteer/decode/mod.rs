//! Reads a postcode, a town and a street together from uncertain characters.
//!
//! Every postcode that can be one is weighed: how often such a postcode exists at
//! all, how likely the lattice makes its characters, and how well the town and the
//! street beside it fit. What the gazetteer lacks has its share too, so that an
//! address that is in no list can win. The probabilities of a field are sums over all
//! of these, not the score of the best. `docs/decoding.md` has the model in a page;
//! its ancestor is Downton, Lucas and Du, *Best-first decoding of postcodes and
//! addresses*, 1999.

mod codes;
mod draft;
mod fits;
mod names;
mod print;
mod prior;
mod rows;
mod scorer;
mod streets;
mod towns;

use std::collections::HashMap;

use super::Gazetteer;
use super::country::{Code, Country};
use crate::domain::confidence::Probability;
use crate::domain::lattice::Lattice;

pub(super) use names::SPELLINGS;
pub use print::{CONFUSIONS, Decoded, Evidence, MAX_CHANGES, printed};
pub use scorer::Channel;

/// The fields of one address, as far as they were read.
#[derive(Debug, Clone, Copy)]
pub struct Query<'l> {
    /// Where the address is.
    pub country: &'static Country,
    /// Its postcode.
    pub postcode: &'l Lattice,
    /// What stands in the place of the town.
    pub town: Option<&'l Lattice>,
    /// Its street, without the house.
    pub street: Option<&'l Lattice>,
    /// Its house number.
    pub house: Option<&'l Lattice>,
    /// Whether they stand in boxes: where these are too few a town is broken off.
    pub boxed: bool,
}

/// What the fields most likely say.
#[derive(Debug, Clone, PartialEq)]
pub struct Address {
    /// Postcodes, likeliest first.
    pub postcodes: Vec<Likely<Code>>,
    /// Towns as the gazetteer writes them, likeliest first; what is left to 1 belongs to
    /// towns that it lacks.
    pub towns: Vec<Likely<String>>,
    /// Streets, likewise.
    pub streets: Vec<Likely<String>>,
    /// House numbers that the gazetteer knows in the street, likewise.
    pub houses: Vec<Likely<String>>,
    /// At most so much of the probability belongs to readings that were not looked at;
    /// it counts against all of the above.
    pub unseen: f64,
}

/// A value and how likely it is the one that was meant.
#[derive(Debug, Clone, PartialEq)]
pub struct Likely<T> {
    /// The value.
    pub value: T,
    /// Its posterior probability.
    pub probability: Probability,
}

/// A postcode of at least this posterior probability is taken without a person. Chosen on
/// seed 11 of the simulation (20,000 addresses, a calibrated reader, 98.5 % of the characters
/// right): beside a town it accepts 90.7 %, 1 in 1,000 of them wrong, beside town and street
/// 98.0 %, 1 in 10,000. A reader that is surely wrong about 1 character in 500 makes that 1 in
/// 400 beside a town. `docs/benchmarks.md` has the tables.
pub const ACCEPT: f64 = 0.98;

/// How many values of a field are returned.
const RANKS: usize = 10;

impl Gazetteer {
    /// The address that the fields most likely say.
    pub fn read(&self, query: &Query<'_>) -> Address {
        let towns = towns::Towns::weigh(self, query.country, query.town, query.boxed);
        let streets = streets::Streets::weigh(self, query);
        let mut search = codes::Search::new(self, query, &towns);
        search.run();
        let found = fits::Fits::of(&search, &streets);
        let total = found.total + found.unseen;
        let branches = search.branches.iter().zip(&found.heads);
        let heads: Vec<_> = branches
            .filter(|(_, mass)| **mass > 0.0)
            .map(|(branch, mass)| (branch.listed, query.country.area(branch.text()), *mass))
            .collect();
        Address {
            towns: ranked(towns.shares(self, query.country, &heads), total),
            streets: ranked(found.street_names(&search), total),
            houses: ranked(found.houses, total),
            postcodes: ranked(found.codes, total),
            unseen: if total > 0.0 {
                found.unseen / total
            } else {
                1.0
            },
        }
    }

    /// The town that a lattice most likely says where no postcode stands beside it: every
    /// postcode may, each as often as the others. What is left to 1 belongs to towns that
    /// the gazetteer lacks.
    pub fn read_town(
        &self,
        country: &'static Country,
        town: &Lattice,
        boxed: bool,
    ) -> Vec<Likely<String>> {
        let towns = towns::Towns::weigh(self, country, Some(town), boxed);
        let texts: Vec<_> = self
            .heads_of(country)
            .map(|head| (head, self.file.head(head)))
            .collect();
        let heads: Vec<_> = texts
            .iter()
            .map(|(head, record)| {
                let mass = self.codes_of(*head).len() as f64 * towns.of_head(*head);
                (Some(*head), country.area(record.key.text()), mass)
            })
            .collect();
        let total = heads.iter().map(|(.., mass)| mass).sum();
        ranked(towns.shares(self, country, &heads), total)
    }
}

/// The likeliest values of a field, whose shares are of this total.
fn ranked<T: Ord>(shares: HashMap<T, f64>, total: f64) -> Vec<Likely<T>> {
    let mut ranked: Vec<(T, f64)> = shares.into_iter().collect();
    // Equal shares in the order of their text, so that no answer depends on chance.
    ranked.sort_by(|(a, x), (b, y)| y.total_cmp(x).then_with(|| a.cmp(b)));
    ranked.truncate(RANKS);
    let likely = ranked.into_iter().map(|(value, share)| Likely {
        value,
        probability: Probability::clamped(share / total),
    });
    likely.collect()
}

#[cfg(test)]
mod tests;

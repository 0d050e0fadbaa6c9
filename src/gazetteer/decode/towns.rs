//! How well the town as read fits each head of postcodes.
//!
//! People write the post town, another town of the area, a village or a county that
//! the list may or may not have. Each has its share; the likelihoods of all are taken
//! relative to a name that no list has.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use super::names::{Least, matches, open_chances};
use super::scorer::{Channel, Scorer};
use crate::domain::lattice::Lattice;
use crate::gazetteer::Gazetteer;
use crate::gazetteer::country::Country;
use crate::gazetteer::file::{Names, partition};

/// What people write in the town's place: one of the postcode's own towns,
const OF_HEAD: f64 = 0.80;
/// another town of the area,
const OF_AREA: f64 = 0.08;
/// any other place or county that the list has,
const ANYWHERE: f64 = 0.07;
/// or something that it lacks. The shares are estimates, not counts; the simulation of
/// `docs/benchmarks.md` draws from others (80, 10, 5 and 5 of 100).
const OPEN: f64 = 0.05;

/// The town's likelihood under each name, relative to an unlisted one.
#[derive(Debug)]
pub(super) struct Towns {
    /// By name; none when no town was read.
    ratios: Option<Vec<(usize, f64)>>,
    /// How well it fits a place of which nothing is known.
    unknown: f64,
    /// What any head gets for places anywhere and for unlisted names.
    everywhere: f64,
    /// The country's heads, and how well it fits each.
    heads: Range<usize>,
    fits: Vec<f64>,
    /// How well it fits each area that is listed, whatever the head.
    of_area: HashMap<String, f64>,
}

impl Towns {
    pub(super) fn weigh(
        gazetteer: &Gazetteer,
        country: &'static Country,
        town: Option<&Lattice>,
        boxed: bool,
    ) -> Self {
        let heads = gazetteer.heads_of(country);
        let mut towns = Self {
            ratios: None,
            unknown: 1.0,
            everywhere: 1.0,
            fits: vec![1.0; heads.len()],
            of_area: HashMap::new(),
            heads,
        };
        let Some(lattice) = town else {
            return towns;
        };
        let scorer = Scorer::new(lattice, Channel::NAME);
        let open = scorer.open(&open_chances()).max(f64::MIN_POSITIVE);
        let names = Names::places(&gazetteer.file);
        let each = ANYWHERE / names.len().max(1) as f64;
        let least = Least {
            unlisted: OPEN * open,
            of_all: each,
            room: boxed.then(|| lattice.boxes()),
        };
        let mut ratios = matches(names, &scorer, &least);
        ratios.iter_mut().for_each(|(_, ratio)| *ratio /= open);
        let all: f64 = ratios.iter().map(|(_, ratio)| ratio).sum();
        towns.everywhere = each * all + OPEN;
        towns.unknown = towns.everywhere / (ANYWHERE + OPEN);
        towns.ratios = Some(ratios);
        towns.weigh_areas(gazetteer, country);
        towns
    }

    /// The fits of all heads, area by area.
    fn weigh_areas(&mut self, gazetteer: &Gazetteer, country: &Country) {
        let mut from = self.heads.start;
        while from < self.heads.end {
            let head = gazetteer.file.head(from);
            let area = country.area(head.key.text());
            let heads = from..area_end(gazetteer, country, from..self.heads.end);
            from = heads.end;
            let (mut fit, mut rows) = (0.0, 0);
            for name in names_of_area(gazetteer, country, area, heads.clone()) {
                fit += self.ratio(name);
                rows += 1;
            }
            let mean = match rows {
                // The share of an area of which nothing is known is spread as the others.
                0 => self.unknown,
                rows => fit / f64::from(rows),
            };
            for head in heads {
                self.fits[head - self.heads.start] = self.own(gazetteer, head, mean);
            }
            let fit = (OF_HEAD + OF_AREA) * mean + self.everywhere;
            self.of_area.insert(area.to_owned(), fit);
        }
    }

    fn own(&self, gazetteer: &Gazetteer, head: usize, of_area: f64) -> f64 {
        let (mut fit, mut weights) = (0.0, 0.0);
        for (name, weight) in gazetteer.head_towns(head) {
            fit += f64::from(weight) * self.ratio(name);
            weights += f64::from(weight);
        }
        let own = if weights > 0.0 {
            fit / weights
        } else {
            of_area
        };
        OF_HEAD * own + OF_AREA * of_area + self.everywhere
    }

    fn ratio(&self, name: usize) -> f64 {
        let ratios = self.ratios.as_deref().unwrap_or_default();
        let at = ratios.binary_search_by_key(&name, |(name, _)| *name);
        at.map_or(0.0, |at| ratios[at].1)
    }

    /// How well the town fits a head that the gazetteer has.
    pub(super) fn of_head(&self, head: usize) -> f64 {
        self.fits[head - self.heads.start]
    }

    /// How well it fits an area of which the head is not known.
    pub(super) fn of_area(&self, area: &str) -> f64 {
        match self.of_area.get(area) {
            Some(fit) => *fit,
            None if self.ratios.is_none() => 1.0,
            None => self.unknown,
        }
    }

    /// At least how well it fits any area.
    pub(super) fn most(&self) -> f64 {
        let areas = self.of_area.values().copied();
        areas.fold(self.unknown, f64::max)
    }

    /// Each town's part of the mass that was found in each head or area.
    pub(super) fn shares(
        &self,
        gazetteer: &Gazetteer,
        country: &Country,
        found: &[(Option<usize>, &str, f64)],
    ) -> HashMap<String, f64> {
        let Some(ratios) = &self.ratios else {
            return HashMap::new();
        };
        let names = Names::places(&gazetteer.file);
        let mut by_name: HashMap<usize, f64> = HashMap::new();
        // Mass over fit of everything, and how much of it may be any name, or any of an area.
        let mut anywhere = 0.0;
        let mut in_area: BTreeMap<&str, f64> = BTreeMap::new();
        for (head, area, mass) in found {
            let fit = head.map_or_else(|| self.of_area(area), |head| self.of_head(head));
            let part = mass / fit;
            let own = || head.iter().flat_map(|head| gazetteer.head_towns(*head));
            let weights: f64 = own().map(|(_, weight)| f64::from(weight)).sum();
            let own_share = if weights > 0.0 { OF_HEAD } else { 0.0 };
            for (name, weight) in own() {
                let share = own_share * f64::from(weight) / weights;
                *by_name.entry(name).or_default() += part * share * self.ratio(name);
            }
            *in_area.entry(*area).or_default() += part * (OF_HEAD + OF_AREA - own_share);
            anywhere += part;
        }
        for (area, part) in in_area {
            let towns = self.towns_of(gazetteer, country, area);
            if towns.is_empty() {
                anywhere += part / (ANYWHERE + OPEN);
            }
            for name in &towns {
                let share = part / towns.len() as f64;
                *by_name.entry(*name).or_default() += share * self.ratio(*name);
            }
        }
        let each = ANYWHERE / names.len().max(1) as f64;
        for (name, ratio) in ratios {
            *by_name.entry(*name).or_default() += anywhere * each * ratio;
        }
        let mut shares = HashMap::new();
        for (name, share) in by_name {
            *shares.entry(names.shown(name).to_owned()).or_default() += share;
        }
        shares
    }

    /// The towns of an area, as [`names_of_area`] lists them.
    fn towns_of(&self, gazetteer: &Gazetteer, country: &Country, area: &str) -> Vec<usize> {
        let record = |at: usize| gazetteer.file.head(at);
        let from = partition(self.heads.clone(), |at| {
            country.area(record(at).key.text()) < area
        });
        let heads = from..partition(from..self.heads.end, |at| {
            country.area(record(at).key.text()) == area
        });
        names_of_area(gazetteer, country, area, heads).collect()
    }
}

/// The first head after those of the first one's area: heads are sorted by it.
fn area_end(gazetteer: &Gazetteer, country: &Country, heads: Range<usize>) -> usize {
    let first = gazetteer.file.head(heads.start);
    let area = country.area(first.key.text());
    partition(heads, |at| {
        country.area(gazetteer.file.head(at).key.text()) == area
    })
}

/// The post towns of an area and the towns of its heads, as often as they are listed: a
/// town of many heads is written more often.
fn names_of_area<'g>(
    gazetteer: &'g Gazetteer,
    country: &'g Country,
    area: &'g str,
    heads: Range<usize>,
) -> impl Iterator<Item = usize> + 'g {
    let of_heads = heads.flat_map(|head| gazetteer.head_towns(head).map(|(name, _)| name));
    gazetteer.area_towns(country, area).chain(of_heads)
}

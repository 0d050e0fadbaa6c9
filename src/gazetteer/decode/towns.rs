//! How well the town as read fits each head of postcodes.
//!
//! People write the post town, another town of the area, a village or a county that
//! the list may or may not have. Each has its share; the likelihoods of all are taken
//! relative to a name that no list has.

use std::collections::HashMap;

use super::Query;
use super::names::{matches, open_chances};
use super::scorer::{Channel, Scorer};
use crate::gazetteer::Gazetteer;
use crate::gazetteer::country::Country;
use crate::gazetteer::file::Names;

/// What people write in the town's place: one of the postcode's own towns,
const OF_HEAD: f64 = 0.80;
/// another post town of the area,
const OF_AREA: f64 = 0.08;
/// any other place or county that the list has,
const ANYWHERE: f64 = 0.07;
/// or something that it lacks. The shares are estimates; the simulation in
/// `docs/benchmarks.md` holds for errors of up to a half in each.
const OPEN: f64 = 0.05;

/// A name whose likelihood is less than so much of an unlisted name's is left out: it
/// would weigh less than half of the open share.
const LEAST: f64 = 0.03;

/// The town's likelihood under each name, relative to an unlisted one.
#[derive(Debug)]
pub(super) struct Towns {
    /// None when no town was read.
    ratios: Option<HashMap<usize, f64>>,
    /// What any head gets for places anywhere and for unlisted names.
    everywhere: f64,
}

impl Towns {
    pub(super) fn weigh(gazetteer: &Gazetteer, query: &Query<'_>) -> Self {
        let Some(lattice) = query.town else {
            return Self {
                ratios: None,
                everywhere: 1.0,
            };
        };
        let scorer = Scorer::new(lattice, Channel::NAME);
        let open = scorer.open(&open_chances()).max(f64::MIN_POSITIVE);
        let names = Names::places(&gazetteer.file);
        let mut ratios = matches(names, &scorer, open * LEAST);
        ratios
            .values_mut()
            .for_each(|likelihood| *likelihood /= open);
        let all: f64 = ratios.values().sum();
        Self {
            everywhere: ANYWHERE * all / names.len().max(1) as f64 + OPEN,
            ratios: Some(ratios),
        }
    }

    /// How well the town fits a head that the gazetteer has.
    pub(super) fn of_head(&self, gazetteer: &Gazetteer, country: &Country, head: usize) -> f64 {
        let Some(ratios) = &self.ratios else {
            return 1.0;
        };
        let record = gazetteer.file.head(head);
        let area = country.area(record.text());
        let near: f64 = near(gazetteer, country, Some(head), area)
            .filter_map(|(name, share)| Some(share * ratios.get(&name)?))
            .sum();
        near + self.everywhere
    }

    /// How well it fits an area of which the head is not known.
    pub(super) fn of_area(&self, gazetteer: &Gazetteer, country: &Country, area: &str) -> f64 {
        let Some(ratios) = &self.ratios else {
            return 1.0;
        };
        let near: f64 = near(gazetteer, country, None, area)
            .filter_map(|(name, share)| Some(share * ratios.get(&name)?))
            .sum();
        near + self.everywhere
    }

    /// At least how well it fits any area.
    pub(super) fn most(&self) -> f64 {
        let Some(ratios) = &self.ratios else {
            return 1.0;
        };
        let best = ratios.values().copied().fold(0.0, f64::max);
        best * (OF_HEAD + OF_AREA) + self.everywhere
    }

    /// Each town's part of the mass that was found in each head or area.
    pub(super) fn shares(
        &self,
        gazetteer: &Gazetteer,
        country: &Country,
        heads: &HashMap<(Option<usize>, String), f64>,
    ) -> HashMap<String, f64> {
        let Some(ratios) = &self.ratios else {
            return HashMap::new();
        };
        let names = Names::places(&gazetteer.file);
        let mut by_name: HashMap<usize, f64> = HashMap::new();
        let mut anywhere = 0.0;
        for ((head, area), mass) in heads {
            let fit = match head {
                Some(head) => self.of_head(gazetteer, country, *head),
                None => self.of_area(gazetteer, country, area),
            };
            for (name, share) in near(gazetteer, country, *head, area) {
                if let Some(ratio) = ratios.get(&name) {
                    *by_name.entry(name).or_default() += mass * share * ratio / fit;
                }
            }
            anywhere += mass / fit;
        }
        for (name, ratio) in ratios {
            let share = ANYWHERE / names.len().max(1) as f64;
            *by_name.entry(*name).or_default() += anywhere * share * ratio;
        }
        let mut shares = HashMap::new();
        for (name, share) in by_name {
            *shares.entry(names.shown(name).to_owned()).or_default() += share;
        }
        shares
    }
}

/// The towns of a head and of its area, with the share of each.
fn near<'g>(
    gazetteer: &'g Gazetteer,
    country: &Country,
    head: Option<usize>,
    area: &str,
) -> impl Iterator<Item = (usize, f64)> + 'g {
    let own: Vec<(usize, u32)> =
        head.map_or_else(Vec::new, |head| gazetteer.head_towns(head).collect());
    let of_area: Vec<usize> = gazetteer.area_towns(country, area).collect();
    let weight: f64 = own.iter().map(|(_, weight)| f64::from(*weight)).sum();
    // What a head without towns, or an area without them, leaves goes to the other.
    let to_area = if own.is_empty() {
        OF_HEAD + OF_AREA
    } else {
        OF_AREA
    };
    let each = to_area / of_area.len().max(1) as f64;
    let own = own
        .into_iter()
        .map(move |(name, w)| (name, OF_HEAD * f64::from(w) / weight));
    own.chain(of_area.into_iter().map(move |name| (name, each)))
}

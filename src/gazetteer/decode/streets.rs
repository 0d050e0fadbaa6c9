//! How well the street as read fits each postcode.
//!
//! A postcode has a street or two. Where only a district's streets are known they are
//! a soft prior. The likelihoods are relative to a name that no list has.

use std::collections::HashMap;

use super::Query;
use super::names::{matches, open_chances};
use super::scorer::{Channel, SPACE, Scorer, sign_of};
use crate::gazetteer::Gazetteer;
use crate::gazetteer::file::{Names, Section, partition};
use crate::gazetteer::fold::fold;

/// An address is in one of the streets that are listed for its postcode so often.
const LISTED: f64 = 0.95;
/// In one of the district's, when only those are known.
const OF_DISTRICT: f64 = 0.7;
/// In some street that the list has, when nothing is known of the place; the rest are
/// names that it lacks.
const ANYWHERE: f64 = 0.5;
/// A house is one of those listed so often: flats, names and new houses are the rest.
const HOUSE_LISTED: f64 = 0.9;

/// A street less likely than so much of an unlisted name is left out. Against the
/// thousands of postcodes that a common name has, less would not matter either.
const LEAST: f64 = 0.1;

/// The street's likelihood under each name, relative to an unlisted one.
#[derive(Debug)]
pub(super) struct Streets {
    read: bool,
    /// By likelihood; empty when no street was read.
    pub(super) ratios: Vec<(usize, f64)>,
    /// The fit of a postcode of which nothing is known.
    anywhere: f64,
    /// The fit of a postcode with streets of its own when it is in none of them.
    elsewhere: f64,
    /// What matched streets of the district add, by head.
    of_district: HashMap<usize, f64>,
    house: Option<(Scorer, f64)>,
}

impl Streets {
    pub(super) fn weigh(gazetteer: &Gazetteer, query: &Query<'_>) -> Self {
        let names = Names::streets(&gazetteer.file);
        let lattice = query.street.filter(|_| names.len() > 0);
        let Some(lattice) = lattice else {
            return Self {
                read: false,
                ratios: Vec::new(),
                anywhere: 1.0,
                elsewhere: 1.0,
                of_district: HashMap::new(),
                house: None,
            };
        };
        let scorer = Scorer::new(lattice, Channel::NAME);
        let open = scorer.open(&open_chances()).max(f64::MIN_POSITIVE);
        let mut ratios: Vec<(usize, f64)> = matches(names, &scorer, open * LEAST)
            .into_iter()
            .map(|(name, likelihood)| (name, likelihood / open))
            .collect();
        ratios.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let all: f64 = ratios.iter().map(|(_, ratio)| ratio).sum();
        let mut of_district = HashMap::new();
        for (street, ratio) in &ratios {
            for head in district_heads(gazetteer, *street) {
                let streets = gazetteer.file.head(head).streets.max(1);
                *of_district.entry(head).or_default() += ratio / f64::from(streets);
            }
        }
        let anywhere = ANYWHERE * all / names.len() as f64 + 1.0 - ANYWHERE;
        Self {
            read: true,
            anywhere,
            elsewhere: (1.0 - LISTED) * anywhere,
            ratios,
            of_district,
            house: query.house.map(|house| {
                let scorer = Scorer::new(house, Channel::POSTCODE);
                let open = scorer.open(&number_chances()).max(f64::MIN_POSITIVE);
                (scorer, open)
            }),
        }
    }

    /// The fit of a postcode without streets of its own.
    pub(super) fn of_head(&self, gazetteer: &Gazetteer, head: Option<usize>) -> f64 {
        let streets = head.map_or(0, |head| gazetteer.file.head(head).streets);
        match head.and_then(|head| self.of_district.get(&head)) {
            Some(fit) => OF_DISTRICT * fit + (1.0 - OF_DISTRICT) * self.anywhere,
            None if streets > 0 && self.read => (1.0 - OF_DISTRICT) * self.anywhere,
            _ => self.anywhere,
        }
    }

    /// The fit of a postcode with streets of its own when it is in none of them.
    pub(super) const fn elsewhere(&self) -> f64 {
        self.elsewhere
    }

    /// What a listed street adds to the fit of a postcode that has so many.
    pub(super) fn listed(ratio: f64, streets: usize) -> f64 {
        LISTED * ratio / streets.max(1) as f64
    }

    /// How well the house fits those that are listed, each house with its part; 1 when
    /// none was read or none is listed.
    pub(super) fn houses(&self, listed: &str) -> (f64, Vec<(String, f64)>) {
        let Some((scorer, open)) = self.house.as_ref().filter(|_| !listed.is_empty()) else {
            return (1.0, Vec::new());
        };
        let houses: Vec<String> = listed.split(',').flat_map(expanded).collect();
        let each = HOUSE_LISTED / houses.len().max(1) as f64;
        let fits = houses.into_iter().map(|house| {
            let fit = each * scorer.text(&fold(&house)) / open;
            (house, fit)
        });
        let fits: Vec<(String, f64)> = fits.collect();
        let all: f64 = fits.iter().map(|(_, fit)| fit).sum();
        (all + 1.0 - HOUSE_LISTED, fits)
    }
}

/// A range such as `1-27` is every number in it.
fn expanded(houses: &str) -> Vec<String> {
    let range = houses.split_once('-').and_then(|(first, last)| {
        let (first, last): (u32, u32) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        (first < last && last - first < LONGEST_RANGE).then_some(first..=last)
    });
    match range {
        Some(range) => range.map(|number| number.to_string()).collect(),
        None => vec![houses.to_owned()],
    }
}

/// A range of house numbers is at most so long; beyond it is a slip of the list.
const LONGEST_RANGE: u32 = 500;

/// The heads in which a street is known by district only.
fn district_heads(gazetteer: &Gazetteer, street: usize) -> Vec<usize> {
    let file = &gazetteer.file;
    let street_at = |row: usize| file.u32(Section::HeadStreets, row * 2) as usize;
    let rows = 0..file.len(Section::HeadStreets);
    let first = partition(rows.clone(), |row| street_at(row) < street);
    let end = partition(first..rows.end, |row| street_at(row) <= street);
    (first..end)
        .map(|row| file.u32(Section::HeadStreets, row * 2 + 1) as usize)
        .filter(|head| *head < gazetteer.heads())
        .collect()
}

/// The chances of each character in a house number: mostly digits, a letter now and
/// then, rarely a space.
fn number_chances() -> [f64; super::scorer::SIGNS] {
    let mut chances = [0.1 / 27.0; super::scorer::SIGNS];
    chances[SPACE] = 0.02;
    for digit in b'0'..=b'9' {
        if let Some(sign) = sign_of(digit) {
            chances[sign] = 0.045;
        }
    }
    chances
}

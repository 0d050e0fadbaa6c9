//! How well the street as read fits a place.
//!
//! A postcode has a street or two. Of a postcode that is not in the list the streets of
//! its neighbours and of its district tell something: a soft prior, never a rule. The
//! likelihoods are relative to a name that no list has.

use super::Query;
use super::names::{Least, matches, open_chances};
use super::scorer::{Channel, SIGNS, SPACE, Scorer, sign_of};
use crate::gazetteer::Gazetteer;
use crate::gazetteer::file::Names;
use crate::gazetteer::fold::fold;

/// An address is in one of the streets that are listed for its postcode so often.
pub(super) const LISTED: f64 = 0.95;
/// When it is in none of them, or the postcode is not listed: how often it is in a
/// street of the postcode before or after it, which were given out together,
pub(super) const OF_NEIGHBOUR: f64 = 0.3;
/// and in another street of the district. Both are estimates: half of the new houses
/// fill gaps in streets that there are.
pub(super) const OF_DISTRICT: f64 = 0.3;
/// In some street that the list has, when nothing is known of the place; the rest are
/// names that it lacks.
const ANYWHERE: f64 = 0.5;
/// A house is one of those listed so often: flats, names and new houses are the rest.
const HOUSE_LISTED: f64 = 0.9;

/// The street's likelihood under each name, relative to an unlisted one.
#[derive(Debug)]
pub(super) struct Streets {
    /// Likeliest first; none when no street was read.
    pub(super) ratios: Option<Vec<(usize, f64)>>,
    /// The fit of a place of which nothing is known,
    pub(super) anywhere: f64,
    /// of which each name has so much of its likelihood.
    pub(super) anywhere_each: f64,
    house: Option<(Scorer, f64)>,
}

impl Streets {
    pub(super) fn weigh(gazetteer: &Gazetteer, query: &Query<'_>) -> Self {
        let names = Names::streets(&gazetteer.file);
        let lattice = query.street.filter(|_| names.len() > 0);
        let Some(lattice) = lattice else {
            return Self {
                ratios: None,
                anywhere: 1.0,
                anywhere_each: 0.0,
                house: None,
            };
        };
        let scorer = Scorer::new(lattice, Channel::NAME);
        let open = scorer.open(&open_chances()).max(f64::MIN_POSITIVE);
        let each = ANYWHERE / names.len() as f64;
        // What a postcode with streets of its own has when it is in none of them.
        let least = Least {
            unlisted: (1.0 - LISTED) * (1.0 - ANYWHERE) * open,
            of_all: (1.0 - LISTED) * each,
            room: None,
        };
        let mut ratios = matches(names, &scorer, &least);
        ratios.iter_mut().for_each(|(_, ratio)| *ratio /= open);
        ratios.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let all: f64 = ratios.iter().map(|(_, ratio)| ratio).sum();
        Self {
            ratios: Some(ratios),
            anywhere: each * all + 1.0 - ANYWHERE,
            anywhere_each: each,
            house: query.house.map(|house| {
                let scorer = Scorer::new(house, Channel::POSTCODE);
                let open = scorer.open(&number_chances()).max(f64::MIN_POSITIVE);
                (scorer, open)
            }),
        }
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

/// The chances of each character in a house number: mostly digits, a letter now and
/// then, rarely a space.
fn number_chances() -> [f64; SIGNS] {
    let mut chances = [0.1 / 27.0; SIGNS];
    chances[SPACE] = 0.02;
    for digit in b'0'..=b'9' {
        if let Some(sign) = sign_of(digit) {
            chances[sign] = 0.045;
        }
    }
    chances
}

//! The short lists that every build carries, so that a lone binary works: common British
//! first names and surnames, titles, counties, domains, the words of house names. They
//! are written from general knowledge; no published table was copied.

use super::names::Names;
use super::signs::Sign;
use super::spelling::Spelling;
use super::table::Table;
use super::{ChangedBy, Lexicons, email, house, listed, places};
use crate::domain::identity::Digest;

pub(super) const FIRST_NAMES: &str = include_str!("lists/first-names.csv");
pub(super) const SURNAMES: &str = include_str!("lists/surnames.csv");
const PARTICLES: &str = include_str!("lists/particles.csv");
const TITLES: &str = include_str!("lists/titles.csv");
const COUNTIES: &str = include_str!("lists/counties.csv");
const DOMAINS: &str = include_str!("lists/domains.csv");
const HOUSES: &str = include_str!("lists/houses.txt");
pub(super) const STREETS: &str = include_str!("lists/streets.csv");

/// The embedded lists count the people of 100,000 who have each name; the others have
/// one that is not listed.
const PEOPLE: f64 = 100_000.0;
/// Of the names on cards a list of one's own lacks so many. An estimate: the official
/// statistics leave out names that fewer than three children were given in a year.
const OPEN: f64 = 0.05;
/// A title is written that is not listed so often,
const OPEN_TITLE: f64 = 0.01;
/// and something else in the place of a county. Both are estimates.
const OPEN_COUNTY: f64 = 0.15;
/// In the place of a first name stands an initial so often,
const INITIALS: f64 = 0.04;
/// and among the names of a surname are so many words that only go before one: VAN, DE,
/// ST. Estimates.
const PARTICLES_SHARE: f64 = 0.05;

/// Lists in place of the embedded ones.
pub(super) fn with_tables(first_names: Option<Table>, surnames: Option<Table>) -> Lexicons {
    let (first_names, open_first) = or_embedded(first_names, FIRST_NAMES);
    let (surnames, open_surname) = or_embedded(surnames, SURNAMES);
    let spelling = Spelling::of(first_names.names().chain(surnames.names()));
    let others = [PARTICLES, TITLES, COUNTIES, DOMAINS, HOUSES, STREETS].concat();
    let digests = [
        first_names.digest(),
        surnames.digest(),
        Digest::of(others.as_bytes()),
    ];
    // Many people are called after a place.
    let places = places::Places::new(&Spelling::of(surnames.names()), STREETS);
    let first_names = first_names.with(&initials(&first_names), INITIALS);
    let surnames = surnames.with(&particles(), PARTICLES_SHARE);
    Lexicons {
        first_names: Names::new(first_names, open_first, ChangedBy::FirstNames),
        surnames: Names::new(surnames, open_surname, ChangedBy::Surnames),
        email: email::Email::new(DOMAINS, spelling),
        titles: listed::Listed::parse(TITLES, OPEN_TITLE, ChangedBy::Titles),
        counties: listed::Listed::parse(COUNTIES, OPEN_COUNTY, ChangedBy::Counties),
        house: house::automaton(HOUSES),
        places,
        digest: Digest::of(digests.map(|digest| digest.to_string()).concat().as_bytes()),
    }
}

/// A table with how often a name is not in it.
fn or_embedded(table: Option<Table>, embedded: &str) -> (Table, f64) {
    match table {
        Some(table) => (table, OPEN),
        None => {
            let table = Table::parse([("list", embedded.as_bytes())])
                .expect("a test reads the embedded lists");
            let open = 1.0 - table.total() / PEOPLE;
            (table, open)
        }
    }
}

/// Each letter, as often as names begin with it.
fn initials(table: &Table) -> Vec<(Vec<Sign>, f64)> {
    let letters = (0..26).map(|letter: Sign| {
        let begin = |at: &usize| table.name(*at).first() == Some(&letter);
        let counts = (0..table.len())
            .filter(begin)
            .map(|at| table.count(at..at + 1));
        (vec![letter], counts.sum())
    });
    letters.filter(|(_, count)| *count > 0.0).collect()
}

/// The words that surnames begin with and that are no surnames themselves.
fn particles() -> Vec<(Vec<Sign>, f64)> {
    let table =
        Table::parse([("list", PARTICLES.as_bytes())]).expect("a test reads the embedded lists");
    let rows = 0..table.len();
    rows.map(|at| (table.name(at).to_vec(), table.count(at..at + 1)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::signs::signs_of;

    #[test]
    fn every_row_is_understood() {
        for (list, least, open) in [
            (FIRST_NAMES, 400, 0.05..0.3),
            (SURNAMES, 400, 0.4..0.7),
            (PARTICLES, 10, 0.0..1.0),
        ] {
            let table = Table::parse([("list", list.as_bytes())]).unwrap();
            assert_eq!(table.dirty(), 0);
            let rows = list.lines().count() - 1;
            assert_eq!(table.len(), rows, "a name stands twice");
            assert!(rows >= least, "{rows}");
            let share = 1.0 - table.total() / PEOPLE;
            assert!(open.contains(&share), "{share}");
        }
        for list in [TITLES, COUNTIES] {
            for row in list.lines().filter(|row| !row.starts_with('#')) {
                let cells: Vec<&str> = row.split(',').collect();
                assert!(
                    signs_of(cells[0]).is_some() && cells[1].parse::<f64>().is_ok(),
                    "{row}"
                );
                for other in &cells[2..] {
                    let (written, often) = other.split_once('=').unwrap();
                    assert!(signs_of(written).is_some(), "{row}");
                    assert!(often.parse::<f64>().unwrap() < 1.0, "{row}");
                }
            }
        }
        assert!(DOMAINS.lines().count() >= 40);
        assert!(HOUSES.lines().all(|word| signs_of(word).is_some()));
    }
}

//! The small gazetteer that every build carries, so that a lone binary works.

use std::collections::BTreeMap;

use super::{Gazetteer, folded};
use crate::domain::identity::Digest;

const AREAS: &str = include_str!("small/areas.csv");
const PLACES: &str = include_str!("small/places.csv");

/// Both files are the project's own, and a test reads every row of them: a row
/// that does not parse is left out rather than stopping the program.
pub(super) fn load() -> Gazetteer {
    let towns: BTreeMap<String, Vec<String>> = rows(AREAS)
        .filter_map(|row| {
            let (area, towns) = row.split_once(',')?;
            let mut towns: Vec<String> = towns.split(';').map(str::to_owned).collect();
            towns.sort();
            Some((area.to_owned(), towns))
        })
        .collect();
    Gazetteer {
        digest: Digest::of(format!("{AREAS}\n{PLACES}").as_bytes()),
        folded: towns.values().flatten().map(|name| folded(name)).collect(),
        towns,
        live: rows(PLACES)
            .filter_map(|row| row.split(',').next()?.parse().ok())
            .collect(),
    }
}

/// The rows below the header; the files quote nothing.
pub(super) fn rows(file: &'static str) -> impl Iterator<Item = &'static str> {
    file.lines().skip(1).filter(|row| !row.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::grammar::postcode::Postcode;

    #[test]
    fn every_place_has_a_postcode_and_a_town_of_its_area() {
        let gazetteer = load();
        let mut places = 0;
        for row in rows(PLACES) {
            let [postcode, street, town] = row.split(',').collect::<Vec<_>>()[..] else {
                panic!("three columns: {row}");
            };
            let postcode: Postcode = postcode.parse().unwrap_or_else(|e| panic!("{e}"));
            assert!(gazetteer.agrees(postcode.area(), town), "{row}");
            assert!(!street.is_empty(), "{row}");
            places += 1;
        }
        assert_eq!(gazetteer.live.len(), places, "no postcode twice");
        assert!(places >= 250);
    }

    #[test]
    fn every_area_has_its_towns() {
        let gazetteer = load();
        assert_eq!(gazetteer.towns.len(), 124);
        assert!(gazetteer.towns.values().map(Vec::len).sum::<usize>() > 1_400);
        for (area, towns) in &gazetteer.towns {
            assert!(towns.iter().all(|town| !town.trim().is_empty()), "{area}");
        }
    }
}

//! The small gazetteer that every build carries, so that a lone binary works: every
//! postcode area with its post towns, and a few hundred public addresses.

use std::sync::LazyLock;

use super::Gazetteer;
use super::build::{Builder, Import};
use super::country::Country;

const AREAS: &str = include_str!("small/areas.csv");
const PLACES: &str = include_str!("small/places.csv");

/// The day on which the small tables were last gone through.
const REVISED: &str = "2026-11-22";

static EMBEDDED: LazyLock<Gazetteer> = LazyLock::new(|| {
    let mut builder = Builder::default();
    add_areas(&mut builder);
    add("public addresses", PLACES, &mut builder);
    Gazetteer::open(builder.finish(REVISED)).expect("a test opens the embedded gazetteer")
});

/// The small gazetteer, made once.
pub(super) fn gazetteer() -> Gazetteer {
    EMBEDDED.clone()
}

/// The post towns of every area, which no open publication lists.
pub fn add_areas(builder: &mut Builder) {
    add("post towns of every area", AREAS, builder);
}

fn add(name: &str, table: &str, builder: &mut Builder) {
    let how = Import {
        date: Some(REVISED.to_owned()),
        ..Import::new(name, Country::united_kingdom())
    };
    let mut tables = [Ok((name.to_owned(), table.as_bytes()))].into_iter();
    // A test reads every row: nothing is left out, and memory cannot fail to be read.
    let _ = super::build::import(&mut tables, &how, builder, &mut |_| {});
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(file: &'static str) -> impl Iterator<Item = &'static str> {
        file.lines().skip(1).filter(|row| !row.is_empty())
    }

    #[test]
    fn every_place_has_a_postcode_and_a_town_of_its_area() {
        let gazetteer = gazetteer();
        let mut places = 0;
        for row in rows(PLACES) {
            let [postcode, street, town] = row.split(',').collect::<Vec<_>>()[..] else {
                panic!("three columns: {row}");
            };
            let code = Country::united_kingdom().parse(postcode).unwrap();
            assert_eq!(code.to_string(), postcode);
            assert!(gazetteer.agrees(code.area(), town), "{row}");
            assert!(
                gazetteer.listing(&code).is_some_and(|l| l.is_live()),
                "{row}"
            );
            assert!(!street.is_empty(), "{row}");
            places += 1;
        }
        assert_eq!(gazetteer.counts().codes, places, "no postcode twice");
        assert!(places >= 250);
    }

    #[test]
    fn every_area_has_its_towns() {
        let gazetteer = gazetteer();
        let areas: Vec<&str> = rows(AREAS)
            .filter_map(|row| row.split(',').next())
            .collect();
        assert_eq!(areas.len(), 124);
        let towns = areas.iter().map(|area| gazetteer.post_towns(area).count());
        assert!(towns.clone().all(|count| count > 0));
        assert!(towns.sum::<usize>() > 1_400);
        let sources = &gazetteer.about().sources;
        assert!(
            sources.iter().all(|source| source.dirty == 0),
            "{sources:?}"
        );
    }
}

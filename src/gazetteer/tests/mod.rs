//! The gazetteer as its users see it.

mod damage;

use std::collections::HashSet;
use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::domain::confidence::Probability;

static GAZETTEER: LazyLock<Gazetteer> = LazyLock::new(Gazetteer::embedded);

fn decode(as_read: &str, town: Option<&str>) -> Option<Decoded> {
    GAZETTEER.decode(&Evidence {
        as_read,
        confidence: Probability::ONE,
        town,
    })
}

#[test]
fn towns_whatever_their_dress() {
    let gazetteer = Gazetteer::embedded();
    for name in [
        "Leeds",
        "LEEDS",
        "Stoke on Trent",
        "St. Albans",
        "Kings Lynn",
        "king’s lynn",
    ] {
        assert!(gazetteer.is_town(name), "{name}");
    }
    assert!(!gazetteer.is_town("Customer Services"));
    assert!(gazetteer.agrees("PA", "Oban") && !gazetteer.agrees("LS", "Oban"));
    assert_eq!(gazetteer.post_towns("XX").count(), 0);
}

#[test]
fn grammar_makes_most_confusions_cheap() {
    for (as_read, town, postcode) in [
        ("LS6 3HN", "Leeds", "LS6 3HN"),
        ("LS6 3HN.", "Leeds", "LS6 3HN"),
        ("LSG 3HN", "Leeds", "LS6 3HN"),
        ("LLl3 ITH", "Wrexham", "LL13 1TH"),
        ("P01 2AL", "Portsmouth", "PO1 2AL"),
        ("S014 7LY", "Southampton", "SO14 7LY"),
        ("LE2 822", "Leicester", "LE2 8ZZ"),
        ("ls63hn", "Leeds", "LS6 3HN"),
    ] {
        let found = decode(as_read, Some(town)).unwrap_or_else(|| panic!("{as_read}"));
        assert_eq!(found.postcode.to_string(), postcode, "{as_read}");
        assert!(found.probability.get() > 0.6, "{as_read}: {found:?}");
    }
}

#[test]
fn a_valid_reading_is_never_changed() {
    // Most likely BS5 by its town, but B55 has the shape of a postcode.
    let found = decode("B55 1AB", Some("Bristol")).unwrap();
    assert_eq!(
        (found.postcode.to_string().as_str(), found.changed),
        ("B55 1AB", false)
    );
    assert!(found.probability.get() < 0.5);
}

#[test]
fn an_ambiguous_place_costs() {
    // A nought among the last two letters was a Q or a D: no O stands there.
    let found = decode("CW1 40R", Some("Crewe")).unwrap();
    assert!(found.changed && found.probability.get() < 0.6);
}

#[test]
fn a_town_speaks() {
    let with = |town| decode("LS6 3HN", town).unwrap().probability.get();
    assert!(with(Some("Leeds")) > with(Some("Headingley")));
    assert!(with(Some("Headingley")) > with(Some("Oban")));
    assert!(with(Some("Oban")) <= 0.5);
    assert!(with(None) < with(Some("Leeds")));
}

#[test]
fn what_no_confusion_explains_is_nothing() {
    for text in [
        "",
        "LS6",
        "Leeds",
        "LS6 3MN",
        "XX9 9XX",
        "Q1 1AA",
        "PO Box 417",
    ] {
        assert_eq!(decode(text, None), None, "{text}");
    }
}

#[test]
fn every_confusion_is_listed_once() {
    let pairs: HashSet<_> = CONFUSIONS
        .iter()
        .map(|(read, printed, _)| (read, printed))
        .collect();
    assert_eq!(pairs.len(), CONFUSIONS.len());
    assert!(
        CONFUSIONS
            .iter()
            .all(|(_, _, odds)| *odds > 0.0 && *odds < 1.0)
    );
}

#[test]
fn a_district_nought_only_where_there_is_one() {
    let found = |text: &str, town: &str| decode(text, Some(town)).map(|d| d.postcode.to_string());
    assert_eq!(found("LAQ 4AB", "Kendal").as_deref(), Some("LA9 4AB"));
    assert_eq!(found("BLO 4AB", "Bury").as_deref(), Some("BL0 4AB"));
    assert_eq!(found("(P4 4AB", "Ipswich").as_deref(), Some("IP4 4AB"));
}

proptest! {
    #[test]
    fn never_further_than_the_stated_confusions(text in "[A-Z0-9|!$]{2,4} ?[A-Z0-9|!$]{3}") {
        if let Some(found) = decode(&text, Some("Leeds")) {
            let read: Vec<char> = text.chars().filter(|c| *c != ' ').collect();
            let printed: Vec<char> = found.postcode.compact().chars().collect();
            prop_assert_eq!(read.len(), printed.len());
            let changes: Vec<_> = read.iter().zip(&printed).filter(|(a, b)| a != b).collect();
            prop_assert!(changes.len() <= MAX_CHANGES);
            prop_assert_eq!(found.changed, !changes.is_empty());
            for (a, b) in changes {
                prop_assert!(CONFUSIONS.iter().any(|(read, printed, _)| read == a && printed == b));
            }
        }
    }

    #[test]
    fn no_text_panics(text in "(?s).{0,12}", town in ".{0,12}") {
        let _ = decode(&text, Some(&town));
    }
}

//! The search against brute force: every postcode of a small gazetteer, and every
//! other that the grammar allows, scored one by one.

mod joint;
mod slips;

use std::collections::HashMap;

use proptest::prelude::*;

use super::scorer::{Front, Scorer, sign_of};
use super::*;
use crate::gazetteer::build::{Builder, Import, import};

/// A gazetteer of these rows, complete for its areas when asked.
fn gazetteer(rows: &str, complete: bool) -> Gazetteer {
    let mut builder = Builder::default();
    let how = Import {
        complete,
        date: Some("2026-11-01".to_owned()),
        ..Import::new("rows", Country::united_kingdom())
    };
    let mut tables = [Ok(("rows".to_owned(), rows.as_bytes()))].into_iter();
    import(&mut tables, &how, &mut builder, &mut |_| {}).unwrap();
    Gazetteer::open(builder.finish("2026-11-22")).unwrap()
}

/// A lattice of boxes that were read as these characters, each with the chance that
/// it is right and the character that it is otherwise.
fn lattice(boxes: &[(char, f64, char)]) -> Lattice {
    let mut lattice = Lattice::default();
    for (read, right, other) in boxes {
        let signs = [(*read, right.ln()), (*other, (1.0 - right).ln())];
        lattice.push(signs, None).unwrap();
    }
    lattice
}

fn sure(text: &str) -> Lattice {
    let mut lattice = Lattice::default();
    for sign in text.chars() {
        if sign == ' ' {
            lattice.push([], Some(0.0)).unwrap();
        } else {
            lattice.push([(sign, 0.0)], None).unwrap();
        }
    }
    lattice
}

fn query<'l>(
    postcode: &'l Lattice,
    town: Option<&'l Lattice>,
    street: Option<&'l Lattice>,
) -> Query<'l> {
    Query {
        country: Country::united_kingdom(),
        postcode,
        town,
        street,
        house: None,
        boxed: false,
    }
}

fn probability<T: PartialEq>(ranked: &[Likely<T>], value: &T) -> f64 {
    let found = ranked.iter().find(|likely| likely.value == *value);
    found.map_or(0.0, |likely| likely.probability.get())
}

fn code(text: &str) -> Code {
    Country::united_kingdom().parse(text).unwrap()
}

/// A text's likelihood by adding up every path, without any sharing.
fn by_paths(lattice: &Lattice, text: &[u8], channel: Channel) -> f64 {
    Scorer::new(lattice, channel).text(std::str::from_utf8(text).unwrap())
}

const ROWS: &str = "\
postcode,street,town
LS6 3HN,Hyde Park Road,Leeds
LS6 3HP,Hyde Park Road,Leeds
LS6 3HX,Royal Park Road,Leeds
LS8 3HN,Oak Road,Leeds
S6 3HN,High Street,Sheffield
BD1 1AA,High Street,Bradford
";

#[test]
fn a_confident_mistake_is_mended_where_the_list_is_complete() {
    let gazetteer = gazetteer(ROWS, true);
    // Nobody lives in LS6 8HN: one character was read surely and wrongly.
    let [postcode, town, street] = ["LS68HN", "LEEDS", "HYDE PARK RD"].map(sure);
    let alone = gazetteer.read(&query(&postcode, None, None));
    let joint = gazetteer.read(&query(&postcode, Some(&town), Some(&street)));
    assert_eq!(joint.postcodes[0].value, code("LS6 3HN"));
    assert!(joint.postcodes[0].probability > alone.postcodes[0].probability);
    assert!(probability(&joint.streets, &"Hyde Park Road".to_owned()) > 0.95);
    assert!(probability(&joint.towns, &"Leeds".to_owned()) > 0.95);
}

#[test]
fn an_address_that_is_not_listed_can_win() {
    let gazetteer = gazetteer(ROWS, true);
    let postcode = sure("LS63ZZ");
    let town = sure("LEEDS");
    let found = gazetteer.read(&query(&postcode, Some(&town), None));
    assert_eq!(found.postcodes[0].value, code("LS6 3ZZ"));
    assert!(found.postcodes[0].probability.get() > 0.5, "{found:?}");
}

#[test]
fn slips_of_the_pen_are_survived() {
    let gazetteer = gazetteer(ROWS, true);
    for written in [
        "LS6 3HN", "LS63HN", "LS6 3NH", "L S6 3HN", "LS63H N", "LSS63HN",
    ] {
        let postcode = sure(written);
        let town = sure("LEEDS");
        let found = gazetteer.read(&query(&postcode, Some(&town), None));
        assert_eq!(
            found.postcodes[0].value,
            code("LS6 3HN"),
            "{written}: {found:?}"
        );
    }
}

#[test]
fn the_house_speaks_for_the_postcode() {
    let rows =
        "postcode,street,town,house\nLS6 3HN,Oak Road,Leeds,1-9\nLS6 3HP,Oak Road,Leeds,11-29\n";
    let gazetteer = gazetteer(rows, true);
    let postcode = lattice(&[
        ('L', 0.99, 'I'),
        ('S', 0.99, '5'),
        ('6', 0.99, 'G'),
        ('3', 0.99, 'B'),
        ('H', 0.99, 'N'),
        ('N', 0.5, 'P'),
    ]);
    let [town, street, house] = ["LEEDS", "OAK ROAD", "21"].map(sure);
    let mut query = query(&postcode, Some(&town), Some(&street));
    query.house = Some(&house);
    let found = gazetteer.read(&query);
    assert_eq!(found.postcodes[0].value, code("LS6 3HP"), "{found:?}");
    assert_eq!(found.houses[0].value, "21");
}

#[test]
fn names_are_found_however_they_are_spelled() {
    let rows =
        "postcode,street,town\nST1 1AA,Great Oak Street,Stoke-on-Trent\nST1 1AB,Oak Avenue,Stone\n";
    let gazetteer = gazetteer(rows, false);
    let postcode = sure("ST11AA");
    for (town, street) in [
        ("STOKE ON TRENT", "GREAT OAK STREET"),
        ("STOKE-ON-TRENT", "GT OAK ST"),
        ("STOKE", "GREAT OAK STR"),
        ("STOKEONTRENT", "GREATOAK STREET"),
        ("STOKE ON TERNT", "GREAT OAK SREET"),
    ] {
        let [town, street] = [town, street].map(sure);
        let found = gazetteer.read(&query(&postcode, Some(&town), Some(&street)));
        let [by_town, by_street] = [
            probability(&found.towns, &"Stoke-on-Trent".to_owned()),
            probability(&found.streets, &"Great Oak Street".to_owned()),
        ];
        assert!(
            by_town > 0.8 && by_street > 0.8,
            "{:?}: {found:?}",
            town.as_read()
        );
    }
}

#[test]
fn the_open_share_is_a_sum_over_all_texts() {
    // Two boxes: every text of up to three characters, one by one, against the sum.
    let channel = Channel {
        omitted: 0.0,
        blank_missing: 0.0,
        ..Channel::NAME
    };
    let lattice = lattice(&[('A', 0.9, 'B'), ('B', 0.7, 'C')]);
    let scorer = Scorer::new(&lattice, channel);
    let chances = names::open_chances();
    let goes_on: f64 = chances.iter().sum();
    let signs: Vec<u8> = (b'0'..=b'9').chain(b'A'..=b'Z').chain(*b" &").collect();
    let chance = |text: &[u8]| -> f64 {
        text.iter()
            .map(|byte| chances[sign_of(*byte).unwrap()])
            .product::<f64>()
            * (1.0 - goes_on)
    };
    let mut total = chance(b"") * scorer.text("");
    for a in &signs {
        total += chance(&[*a]) * by_paths(&lattice, &[*a], channel);
        for b in &signs {
            total += chance(&[*a, *b]) * by_paths(&lattice, &[*a, *b], channel);
        }
    }
    assert!(
        (scorer.open(&chances) / total - 1.0).abs() < 1e-9,
        "{} {total}",
        scorer.open(&chances)
    );
}

#[test]
fn where_two_readings_remain_the_posterior_says_so() {
    // A new postcode of a district that is not listed, or two characters in the wrong
    // order: both are rare.
    let gazetteer = gazetteer(ROWS, true);
    let postcode = sure("LS36HN");
    let found = gazetteer.read(&query(&postcode, Some(&sure("LEEDS")), None));
    let meant = probability(&found.postcodes, &code("LS6 3HN"));
    let as_read = probability(&found.postcodes, &code("LS3 6HN"));
    assert!(meant > 0.1 && as_read > 0.1, "{found:?}");
}

/// Boxes of a postcode that are read right more often than not.
fn boxes() -> impl Strategy<Value = Vec<(char, f64, char)>> {
    let code = prop::sample::select(vec![
        "LS63HN", "LS63HP", "S63HN", "BD11AA", "BD111AA", "L16AA",
    ]);
    let signs = prop::sample::select("LSBD6381HNPXAI5".chars().collect::<Vec<_>>());
    let boxes = |code: &str| code.chars().collect::<Vec<_>>();
    (code, prop::collection::vec((0.3f64..0.999, signs), 7)).prop_map(move |(code, others)| {
        let pairs = boxes(code).into_iter().zip(others);
        pairs
            .map(|(sign, (right, other))| (sign, right, other))
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    /// The probability of each postcode is its mass over the mass of all that there
    /// can be, to within what the search says that it has not seen.
    #[test]
    fn the_search_agrees_with_brute_force(
        boxes in boxes(),
        complete in any::<bool>(),
    ) {
        let gazetteer = gazetteer(ROWS, complete);
        let lattice = lattice(&boxes);
        let found = gazetteer.read(&query(&lattice, None, None));
        let brute = brute_force(&gazetteer, &lattice, &|_| 1.0);
        let total: f64 = brute.values().sum();
        for likely in &found.postcodes {
            let expected = brute[&likely.value] / total;
            let slack = found.unseen + 1e-5;
            prop_assert!(
                likely.probability.get() <= expected * (1.0 + 1e-5)
                    && likely.probability.get() >= expected * (1.0 - slack),
                "{}: {} for {expected}, {} unseen", likely.value, likely.probability.get(), found.unseen
            );
        }
        prop_assert!(found.unseen < 0.01);
    }
}

/// Every postcode that the grammar has, weighed as `docs/decoding.md` says, with how
/// well the other fields fit it.
fn brute_force(
    gazetteer: &Gazetteer,
    lattice: &Lattice,
    fit: &dyn Fn(&Code) -> f64,
) -> HashMap<Code, f64> {
    let country = Country::united_kingdom();
    let scorer = Scorer::new(lattice, Channel::POSTCODE);
    let mut masses = HashMap::new();
    for shape in &country.shapes {
        let mut heads = vec![(String::new(), scorer.start())];
        for class in shape.head.iter().chain(&shape.tail) {
            let grown = heads.iter().flat_map(|(text, front)| {
                class
                    .signs()
                    .map(|sign| {
                        let mut next = Front::default();
                        scorer.step(front, sign_of(sign).unwrap(), &mut next);
                        (format!("{text}{}", char::from(sign)), next)
                    })
                    .collect::<Vec<_>>()
            });
            // The whole grammar has 80 million; what weighs next to nothing is left.
            heads = grown
                .filter(|(_, front)| scorer.bound(front) > 1e-11)
                .collect();
        }
        for (text, front) in heads {
            let code = country.parse(&text).unwrap();
            let mass = prior::existence(gazetteer, &code) * scorer.end(&front) * fit(&code);
            masses.insert(code, mass);
        }
    }
    masses
}

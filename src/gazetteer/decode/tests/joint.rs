//! Postcode, town, street and house together, against a sum over everything.

use super::*;
use crate::gazetteer::decode::names::{
    FARTHEST, Least, NEGLIGIBLE, SPELLINGS, matches, open_chances,
};
use crate::gazetteer::decode::streets::{LISTED, OF_DISTRICT, OF_NEIGHBOUR, Streets};
use crate::gazetteer::decode::towns::Towns;
use crate::gazetteer::file::{Names, Section};
use crate::gazetteer::fold::fold;

const ROWS: &str = "\
postcode,street,town,house
LS6 3HN,Hyde Park Road,Leeds,1-9
LS6 3HP,Hyde Park Road,Leeds,10
LS6 3HP,Oak Road,Leeds,
LS6 3HX,Royal Park Road,Leeds,2
LS8 3HN,Oak Road,Leeds,4
S6 3HN,High Street,Sheffield,7
S6 3HP,,Sheffield,
BD1 1AA,High Street,Bradford,1
BD1 1AB,,Bradford,
L1 6AA,,Liverpool,
";

/// How well the street and the house fit a postcode, one street after the other.
fn street_fit(
    gazetteer: &Gazetteer,
    streets: &Streets,
    code: &Code,
    by_street: &mut HashMap<usize, f64>,
) -> f64 {
    let ratios: HashMap<usize, f64> = streets.ratios.iter().flatten().copied().collect();
    let rows_of = |code: usize| -> Vec<usize> { gazetteer.street_rows(code).collect() };
    let street = |row: usize| gazetteer.file.u32(Section::CodeStreets, row * 3 + 1) as usize;
    let mut add = |street: usize, share: f64| {
        let share = share * ratios.get(&street).copied().unwrap_or(0.0);
        *by_street.entry(street).or_default() += share;
        share
    };
    let head = gazetteer.head_at(code.country(), code.head());
    let codes: Vec<usize> = head.map_or_else(Vec::new, |head| gazetteer.codes_of(head).collect());
    let own = gazetteer.ordinal(code).map_or_else(Vec::new, rows_of);
    let mut fit = 0.0;
    for row in &own {
        let houses = gazetteer.street_row(*row).houses;
        let (house, _) = streets.houses(gazetteer.houses(houses));
        fit += add(street(*row), LISTED / own.len() as f64 * house);
    }
    let rest = if own.is_empty() { 1.0 } else { 1.0 - LISTED };
    let rows: Vec<usize> = codes.iter().flat_map(|code| rows_of(*code)).collect();
    let mut open = rest;
    if !rows.is_empty() {
        let before = codes
            .iter()
            .rev()
            .find(|at| tail_of(gazetteer, **at, code) < *code);
        let after = codes
            .iter()
            .find(|at| tail_of(gazetteer, **at, code) > *code);
        let near: Vec<&usize> = before.into_iter().chain(after).collect();
        for neighbour in &near {
            let rows = rows_of(**neighbour);
            for row in &rows {
                let each = OF_NEIGHBOUR / near.len() as f64 / rows.len() as f64;
                fit += add(street(*row), rest * each);
            }
        }
        for row in &rows {
            fit += add(street(*row), rest * OF_DISTRICT / rows.len() as f64);
        }
        open -= rest * (OF_NEIGHBOUR + OF_DISTRICT);
    }
    for street in ratios.keys() {
        add(*street, open * streets.anywhere_each);
    }
    fit + open * streets.anywhere
}

/// A listed postcode of the same head.
fn tail_of(gazetteer: &Gazetteer, at: usize, like: &Code) -> Code {
    let number = gazetteer.file.u16(Section::Tails, at);
    let (tail, length) = crate::gazetteer::country::tail_text(number, 3);
    like.country().join(like.head(), &tail[..length]).unwrap()
}

fn boxes_of(text: &str, doubts: &[(f64, char)]) -> Vec<(char, f64, char)> {
    let doubts = doubts.iter().cycle();
    text.chars()
        .zip(doubts)
        .map(|(sign, (right, other))| (sign, *right, *other))
        .collect()
}

fn doubts() -> impl Strategy<Value = Vec<(f64, char)>> {
    let signs = prop::sample::select("LSBD6381HNPXAI5EOR".chars().collect::<Vec<_>>());
    prop::collection::vec((0.3f64..0.9999, signs), 9)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3))]

    /// Postcodes and streets have the share that a sum over everything gives them, and
    /// what the search left out is no more than it says.
    #[test]
    fn joint_shares_agree_with_brute_force(
        doubts in doubts(),
        code in prop::sample::select(vec!["LS63HN", "LS63HP", "LS63HQ", "S63HP", "BD11AB"]),
        town in prop::sample::select(vec!["LEEDS", "SHEFFIELD", "BRADFORD", "OTLEY"]),
        street in prop::sample::select(vec!["OAKRD", "HIGHSTREET", "HYDEPARKRD", "ELMWAY"]),
        complete in any::<bool>(),
    ) {
        let gazetteer = gazetteer(ROWS, complete);
        let [postcode, town, street] = [code, town, street].map(|text| lattice(&boxes_of(text, &doubts)));
        let house = sure("10");
        let mut query = query(&postcode, Some(&town), Some(&street));
        query.house = Some(&house);
        let found = gazetteer.read(&query);
        let (towns, streets) = (Towns::weigh(&gazetteer, query.country, query.town, query.boxed), Streets::weigh(&gazetteer, &query));
        let by_street = std::cell::RefCell::new(HashMap::<usize, f64>::new());
        let scorer = Scorer::new(&postcode, Channel::POSTCODE);
        let masses = brute_force(&gazetteer, &postcode, &|code| {
            let head = gazetteer.head_at(code.country(), code.head());
            let town = head.map_or_else(|| towns.of_area(code.area()), |head| towns.of_head(head));
            let mut shares = HashMap::new();
            let fit = street_fit(&gazetteer, &streets, code, &mut shares);
            let mass = prior::existence(&gazetteer, code) * scorer.text(code.compact()) * town;
            for (street, share) in shares {
                *by_street.borrow_mut().entry(street).or_default() += mass * share;
            }
            town * fit
        });
        let total: f64 = masses.values().sum();
        // What is less likely than the last of the ranks need not be there.
        let last = found.postcodes.last().map_or(0.0, |likely| likely.probability.get());
        for (code, mass) in masses.iter().filter(|(_, mass)| *mass / total > last * 1.01) {
            within(probability(&found.postcodes, code), mass / total, found.unseen)?;
        }
        for (street, mass) in by_street.into_inner() {
            let name = Names::streets(&gazetteer.file).shown(street).to_owned();
            within(probability(&found.streets, &name), mass / total, found.unseen)?;
        }
        let towns: f64 = found.towns.iter().map(|town| town.probability.get()).sum();
        prop_assert!(towns <= 1.0 + 1e-9);
        prop_assert!(found.unseen < 0.05, "{} unseen", found.unseen);
    }

    /// The walk over names finds what each name's spellings give, one by one.
    #[test]
    fn names_have_the_likelihood_of_their_spellings(
        doubts in doubts(),
        text in prop::sample::select(vec!["OAKRD", "HIGHSTREET", "HYDEPARKRD", "HIGHSTROAD"]),
    ) {
        let gazetteer = gazetteer(ROWS, false);
        let lattice = lattice(&boxes_of(text, &doubts));
        let scorer = Scorer::new(&lattice, Channel::NAME);
        let names = Names::streets(&gazetteer.file);
        let least = Least { unlisted: scorer.open(&open_chances()), of_all: 1e-6, room: None };
        // A spelling below the least is left out.
        let floor = 1e-9 * scorer.bound(&scorer.start()) + least.unlisted;
        let found = matches(names, &scorer, &least);
        let all: f64 = found.iter().map(|(_, likelihood)| likelihood).sum();
        let wanted = NEGLIGIBLE * (least.unlisted + least.of_all * all);
        let wanted = wanted.max(scorer.bound(&scorer.start()) * FARTHEST);
        for name in 0..names.len() {
            let folded = std::str::from_utf8(names.folded(name)).unwrap();
            let each = spellings(folded).into_iter().map(|(text, share)| share * scorer.text(&text));
            let best = each.fold(0.0, f64::max);
            // Parts of a hundred-thousandth of the least are not followed.
            prop_assert!(
                best < 1.01 * wanted || found.iter().any(|(found, _)| *found == name),
                "{folded}: {best} of {wanted} was not found"
            );
        }
        for (name, likelihood) in found {
            let folded = std::str::from_utf8(names.folded(name)).unwrap();
            let each = spellings(folded).into_iter().map(|(text, share)| share * scorer.text(&text));
            let expected: f64 = each.sum();
            prop_assert!(
                likelihood <= expected * (1.0 + 1e-9) && likelihood >= expected * 0.98 - floor,
                "{folded}: {likelihood} for {expected}"
            );
        }
    }
}

/// A share that was found is the true one, or less by what was not seen.
fn within(found: f64, expected: f64, unseen: f64) -> Result<(), TestCaseError> {
    prop_assert!(
        found <= expected * (1.0 + 1e-4) + 1e-9 && found >= expected - unseen - 2e-3,
        "{found} for {expected}, {unseen} unseen"
    );
    Ok(())
}

/// Every way to write a name, with how often.
fn spellings(name: &str) -> Vec<(String, f64)> {
    let mut texts = vec![(String::new(), 1.0)];
    for word in name.split(' ') {
        let mut words = vec![(word, 1.0)];
        let others = SPELLINGS.iter().filter(|(listed, ..)| *listed == word);
        words.extend(others.map(|(_, written, often)| (*written, *often)));
        texts = texts
            .iter()
            .flat_map(|(text, share)| {
                let grown = words.iter().map(move |(word, often)| {
                    let text = format!("{text} {word}");
                    (text.trim_start().to_owned(), share * often)
                });
                grown.collect::<Vec<_>>()
            })
            .collect();
    }
    texts
}

#[test]
fn a_new_house_keeps_its_postcode_in_the_street_of_its_neighbours() {
    // A sector of a hundred postcodes in ten streets, without one of them.
    let letters = "ABDEFGHJLN";
    let mut rows = "postcode,street,town\n".to_owned();
    for (street, a) in letters.chars().enumerate() {
        for b in letters.chars().filter(|b| (a, *b) != ('H', 'H')) {
            rows += &format!(
                "LS6 3{a}{b},{} Road,Leeds\n",
                ["Oak", "Elm", "Hyde Park"][street % 3]
            );
        }
    }
    let gazetteer = gazetteer(&rows, true);
    let [postcode, town, street] = ["LS63HH", "LEEDS", "OAK ROAD"].map(sure);
    let found = gazetteer.read(&query(&postcode, Some(&town), Some(&street)));
    assert_eq!(found.postcodes[0].value, code("LS6 3HH"), "{found:?}");
    assert!(probability(&found.streets, &"Oak Road".to_owned()) > 0.9);
}

#[test]
fn the_streets_of_a_district_are_a_soft_prior() {
    let rows = "postcode,street,town\nLS6,Hyde Park Road,Leeds\nLS8,Oak Road,Leeds\n\
                LS6 3HN,,Leeds\nLS8 3HN,,Leeds\n";
    let gazetteer = gazetteer(rows, false);
    let doubtful = lattice(&[
        ('L', 0.99, 'I'),
        ('S', 0.99, '5'),
        ('6', 0.5, '8'),
        ('3', 0.99, 'B'),
        ('H', 0.99, 'N'),
        ('N', 0.99, 'M'),
    ]);
    for (written, best) in [("OAK RD", "LS8 3HN"), ("HYDE PARK ROAD", "LS6 3HN")] {
        let street = sure(written);
        let found = gazetteer.read(&query(&doubtful, None, Some(&street)));
        assert_eq!(found.postcodes[0].value, code(best));
        assert!(found.streets[0].probability.get() > 0.9, "{found:?}");
    }
    // No rule: a postcode that was read surely stands against it.
    let [postcode, street] = ["LS63HN", "OAK ROAD"].map(sure);
    let found = gazetteer.read(&query(&postcode, None, Some(&street)));
    assert_eq!(found.postcodes[0].value, code("LS6 3HN"));
    assert_eq!(fold(&found.streets[0].value), "OAK ROAD");
}

#[test]
fn a_right_reading_stands_or_the_posterior_says_so() {
    // Every listed postcode, surely read, beside every town and street.
    let gazetteer = gazetteer(ROWS, true);
    for written in ["LS63HN", "LS63HP", "LS63HX", "LS83HN", "S63HN", "BD11AA"] {
        let postcode = sure(written);
        for town in ["LEEDS", "SHEFFIELD", "BRADFORD", "OTLEY"] {
            for street in ["OAK ROAD", "HYDE PARK RD", "HIGH ST", "ELM WAY"] {
                let [town, street] = [town, street].map(sure);
                let found = gazetteer.read(&query(&postcode, Some(&town), Some(&street)));
                let best = &found.postcodes[0];
                assert!(
                    best.value == code(written) || best.probability.get() < ACCEPT,
                    "{written}: {found:?}"
                );
            }
        }
    }
}

#[test]
fn the_same_query_has_the_same_answer() {
    let gazetteer = gazetteer(ROWS, true);
    let postcode = lattice(&boxes_of("LS63HN", &[(0.6, 'P'), (0.9, '8')]));
    let [town, street] = ["LEEDS", "OAK ROAD"].map(sure);
    let query = query(&postcode, Some(&town), Some(&street));
    let first = gazetteer.read(&query);
    assert_eq!(first.postcodes.len(), RANKS);
    for _ in 0..5 {
        assert_eq!(gazetteer.read(&query), first);
    }
}

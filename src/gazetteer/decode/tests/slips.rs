//! What writers do, case by case: every edge of a lattice, every variant of a name,
//! other countries, postcodes that ended.

use super::*;

fn best(gazetteer: &Gazetteer, postcode: &Lattice) -> (String, f64) {
    let town = sure("LEEDS");
    let found = gazetteer.read(&query(postcode, Some(&town), None));
    let best = &found.postcodes[0];
    (best.value.to_string(), best.probability.get())
}

#[test]
fn every_edge_of_the_lattice_is_taken() {
    let gazetteer = gazetteer(ROWS, true);
    // A box struck out: the writer began with a wrong character.
    let mut struck = sure("XLS63HN");
    struck.skip(0, 0.5f64.ln()).unwrap();
    // A box skipped by the writer, which holds nothing but a speck that looks like I.
    let mut skipped = sure("LSI63HN");
    skipped.skip(2, 0.5f64.ln()).unwrap();
    // Two characters in one box, which looks like an M.
    let mut two = sure("LS63M");
    two.two_in_one(4, ['H', 'N'], 0.5f64.ln()).unwrap();
    // One character across two boxes, which look like I and I.
    let mut across = sure("LS63IIN");
    across.one_in_two(4, 'H', 0.5f64.ln()).unwrap();
    for (what, lattice) in [
        ("struck out", struck),
        ("skipped", skipped),
        ("two in one", two),
        ("one in two", across),
    ] {
        let (read, probability) = best(&gazetteer, &lattice);
        assert_eq!(read, "LS6 3HN", "{what}");
        assert!(probability > 0.9, "{what}: {probability}");
    }
}

#[test]
fn a_town_without_a_postcode_is_one_of_the_list_or_left_open() {
    let gazetteer = gazetteer(ROWS, true);
    let uk = Country::united_kingdom();
    let town = lattice(&[
        ('L', 0.9, 'I'),
        ('E', 0.6, 'F'),
        ('E', 0.9, 'F'),
        ('D', 0.3, 'O'),
        ('S', 0.9, '5'),
    ]);
    let found = gazetteer.read_town(uk, &town, true);
    assert_eq!(found[0].value, "Leeds");
    assert!(found[0].probability.get() > 0.95, "{found:?}");
    let all: f64 = found.iter().map(|town| town.probability.get()).sum();
    assert!(all <= 1.0 + 1e-9, "{all}");
    let unknown = gazetteer.read_town(uk, &sure("QUIXVILLE"), true);
    let all: f64 = unknown.iter().map(|town| town.probability.get()).sum();
    assert!(all < 0.05, "{unknown:?}");
}

#[test]
fn a_town_is_broken_off_where_its_boxes_end() {
    let rows = "postcode,street,town\nTN1 1AA,High Street,Royal Tunbridge Wells\n\
                DG4 6JD,High Street,Dumfries and Galloway\nDG1 1AA,High Street,Dumfries\n";
    let gazetteer = gazetteer(rows, true);
    let uk = Country::united_kingdom();
    for (written, boxes, meant) in [
        ("ROYAL TUNBRIDGE", 16, "Royal Tunbridge Wells"),
        ("DUMFRIES &", 14, "Dumfries and Galloway"),
        ("DUMFRIES", 14, "Dumfries"),
    ] {
        let mut town = sure(written);
        while town.boxes() < boxes {
            town.push([], Some(0.0)).unwrap();
        }
        let found = gazetteer.read_town(uk, &town, true);
        assert_eq!(found[0].value, meant, "{found:?}");
        assert!(found[0].probability.get() > 0.5, "{found:?}");
    }
    // On a line there is always room.
    let found = gazetteer.read_town(uk, &sure("ROYAL TUNBRIDGE"), false);
    assert!(
        found.iter().all(|town| town.probability.get() < 0.5),
        "{found:?}"
    );
    // With room for the rest nobody knows why it is not there.
    let mut town = sure("ROYAL TUNBRIDGE");
    (0..10).for_each(|_| town.push([], Some(0.0)).unwrap());
    let found = gazetteer.read_town(uk, &town, true);
    assert!(
        found.iter().all(|town| town.probability.get() < 0.5),
        "{found:?}"
    );
}

#[test]
fn names_are_recognised_in_every_dress() {
    let rows = "\
postcode,street,locality,town
ST1 1AA,Great Oak Street,Hanley,Stoke-on-Trent
ST1 1AB,St. John's Road,Hanley,Stoke-on-Trent
ST1 1AD,Station Road,Hanley,Stoke-on-Trent
WA9 1AA,Elm Avenue,Sutton,St Helens
";
    let gazetteer = gazetteer(rows, false);
    // As written in the town's and in the street's place, and what was meant.
    for (town, street, meant) in [
        (
            "STOKE ON TRENT",
            "STATION RD",
            ["Stoke-on-Trent", "Station Road"],
        ),
        ("STOKE", "STATION ROAD", ["Stoke-on-Trent", "Station Road"]),
        ("HANLEY", "GT OAK ST", ["Hanley", "Great Oak Street"]),
        (
            "STOKEONTRENT",
            "GREATOAK STREET",
            ["Stoke-on-Trent", "Great Oak Street"],
        ),
        (
            "STO KE ON TRENT",
            "GREAT OAK STR",
            ["Stoke-on-Trent", "Great Oak Street"],
        ),
        (
            "STOKE ON TERNT",
            "SAINT JOHNS ROAD",
            ["Stoke-on-Trent", "St. John's Road"],
        ),
        (
            "STOKE-ON-TRENT",
            "ST JOHN'S RD",
            ["Stoke-on-Trent", "St. John's Road"],
        ),
        ("SAINT HELENS", "ELM AVE", ["St Helens", "Elm Avenue"]),
        ("ST HELEN", "ELM AVENEU", ["St Helens", "Elm Avenue"]),
        ("SUTTON", "ELMAVENUE", ["Sutton", "Elm Avenue"]),
    ] {
        let postcode = sure(if meant[1] == "Elm Avenue" {
            "WA91AA"
        } else {
            "ST11AA"
        });
        let lattices = [town, street].map(sure);
        let found = gazetteer.read(&query(&postcode, Some(&lattices[0]), Some(&lattices[1])));
        let shares = [&found.towns, &found.streets];
        for (share, meant) in shares.into_iter().zip(meant) {
            let share = probability(share, &meant.to_owned());
            assert!(
                share > 0.8,
                "{town}, {street}: {share} for {meant}, {found:?}"
            );
        }
    }
}

#[test]
fn a_postcode_that_ended_gives_way_to_one_in_use() {
    let rows = "pcds,dointr,doterm\nLS6 3HN,199601,\nLS6 3HP,199601,200106\n";
    let gazetteer = gazetteer(rows, true);
    let doubtful = |other| {
        let mut lattice = sure("LS63H");
        lattice
            .push([('N', 0.4f64.ln()), (other, 0.6f64.ln())], None)
            .unwrap();
        gazetteer.read(&query(&lattice, None, None))
    };
    assert_eq!(doubtful('P').postcodes[0].value, code("LS6 3HN"));
    // Read surely it is what it is: old letterheads live long.
    let sure = gazetteer.read(&query(&sure("LS63HP"), None, None));
    assert_eq!(sure.postcodes[0].value, code("LS6 3HP"));
    assert!(sure.postcodes[0].probability.get() < 0.999);
}

#[test]
fn what_a_list_lacks_is_looked_for_in_full_rows() {
    let mut rows = String::from("postcode,town\nLS6 3JA,Leeds\n");
    for last in "ABDEFGHJLNPQRSTUWX".chars() {
        rows += &format!("LS6 3H{last},Leeds\n");
    }
    let gazetteer = gazetteer(&rows, true);
    // Neither LS6 3HZ nor LS6 3JZ is listed.
    let postcode = lattice(&[
        ('L', 1.0, 'L'),
        ('S', 1.0, 'S'),
        ('6', 1.0, '6'),
        ('3', 1.0, '3'),
        ('J', 0.6, 'H'),
        ('Z', 1.0, 'Z'),
    ]);
    let (found, probability) = best(&gazetteer, &postcode);
    assert_eq!(found, "LS6 3HZ");
    assert!(probability > 0.9, "{probability}");
}

#[test]
fn other_countries_are_read_by_their_grammar() {
    let mut builder = Builder::default();
    let rows = "country_code,postcode,town\nUS,99553,Akutan\nUS,99571,Cold Bay\nPL,59-700,Bolesławiec\nPL,59-708,Bolesławiec\n";
    let how = Import::new("rows", Country::united_kingdom());
    let mut tables = [Ok(("rows".to_owned(), rows.as_bytes()))].into_iter();
    import(&mut tables, &how, &mut builder, &mut |_| {}).unwrap();
    let gazetteer = Gazetteer::open(builder.finish("2026-11-22")).unwrap();
    for (country, written, town, meant) in [
        ("US", "99S53", "AKUTAN", "99553"),
        ("US", "99571", "COLD BAY", "99571"),
        ("PL", "59-7O0", "BOLESLAWIEC", "59-700"),
        ("PL", "59 708", "BOLESŁAWIEC", "59-708"),
    ] {
        let postcode = printed(written.chars());
        let town = sure(town);
        let found = gazetteer.read(&Query {
            country: Country::find(country).unwrap(),
            ..query(&postcode, Some(&town), None)
        });
        let best = &found.postcodes[0];
        assert_eq!(best.value.to_string(), meant, "{found:?}");
        assert!(best.probability.get() > 0.9, "{written}: {found:?}");
        assert!(found.towns[0].probability.get() > 0.9, "{found:?}");
    }
}

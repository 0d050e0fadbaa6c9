//! Files whose bytes are wrong though their hash is right, as a hostile hand or a
//! faulty builder would make them: they are refused or give wrong answers, and no
//! look-up panics or goes on for ever.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::gazetteer::build::{Builder, Import, import};
use crate::gazetteer::decode::{Query, printed};

/// Magic, version, number of sections; then the hash of all that follows.
const HASH: usize = 16;
const BODY: usize = 48;

const ADDRESSES: &str = "\
postcode,street,house,locality,town,ended
LS6 3HN,Otley Road,1;2;14-16,Headingley,Leeds,
LS6 3HQ,Otley Road,20,Headingley,Leeds,
LS6 3HX,North Lane,,Headingley,Leeds,2015-03
NR1 1AA,Gentleman's Walk,3,,Norwich,
NR99,Broadland Way,,Thorpe,Norwich,
SO14 7LY,High Street,9,,Southampton,
";

static WHOLE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    let how = Import {
        complete: true,
        date: Some("2026-11-01".to_owned()),
        ..Import::new("addresses", Country::united_kingdom())
    };
    let areas = "area,post_towns\nLS,Leeds;Otley\nNR,Norwich\nSO,Southampton\n";
    let tables = [("addresses", ADDRESSES), ("areas", areas)];
    let mut tables = tables
        .map(|(name, text)| Ok((name.to_owned(), text.as_bytes())))
        .into_iter();
    import(&mut tables, &how, &mut builder, &mut |_| {}).unwrap();
    builder.finish("2026-11-22")
});

/// The file with these bytes changed and its hash made right again.
fn damaged(changes: &[(usize, u8)]) -> Vec<u8> {
    let mut bytes = WHOLE.clone();
    let body = bytes.len() - BODY;
    for (at, byte) in changes {
        bytes[BODY + at % body] = *byte;
    }
    let hash = blake3::hash(&bytes[BODY..]);
    bytes[HASH..BODY].copy_from_slice(hash.as_bytes());
    bytes
}

/// Looks up everything that can be; the answers do not matter.
fn look_up(gazetteer: &Gazetteer) -> usize {
    let britain = Country::united_kingdom();
    let mut answers = gazetteer.counts().codes + gazetteer.size();
    answers += gazetteer.date().map_or(0, str::len) + gazetteer.areas(britain).len();
    for text in [
        "LS6 3HN", "LS6 3HX", "NR1 1AA", "NR99 9ZZ", "SO14 7LY", "ZE1 0AA",
    ] {
        let code = britain.parse(text).unwrap();
        answers += usize::from(gazetteer.listing(&code).is_some_and(|l| l.is_live()));
        answers += gazetteer.towns_of(&code).len() + gazetteer.streets_of(&code).len();
        answers += gazetteer.post_towns(code.area()).count();
        answers += usize::from(gazetteer.is_area(code.area()));
        answers += gazetteer.covers_area(britain, code.area()) as usize;
    }
    for town in ["Leeds", "Norwich", "Nowhere"] {
        answers += usize::from(gazetteer.is_town(town) || gazetteer.agrees("LS", town));
    }
    answers
}

/// And reads against it.
fn ask(gazetteer: &Gazetteer) -> usize {
    let decoded = decode_by(gazetteer, "L56 3HN", "Leeds");
    look_up(gazetteer) + usize::from(decoded.is_some())
}

fn decode_by(gazetteer: &Gazetteer, as_read: &str, town: &str) -> Option<Decoded> {
    gazetteer.decode(&Evidence {
        as_read,
        confidence: Probability::ONE,
        town: Some(town),
    })
}

fn read(gazetteer: &Gazetteer) {
    let [postcode, town, street, house] =
        ["LS63HN", "Leeds", "Otley Rd", "14"].map(|text| printed(text.chars()));
    let address = gazetteer.read(&Query {
        country: Country::united_kingdom(),
        postcode: &postcode,
        town: Some(&town),
        street: Some(&street),
        house: Some(&house),
        boxed: true,
    });
    assert!(address.postcodes.len() <= 10);
}

#[test]
fn the_whole_file_answers() {
    let gazetteer = Gazetteer::open(damaged(&[])).unwrap();
    assert_eq!(gazetteer.counts().codes, 5);
    assert_eq!(gazetteer.counts().code_streets, 5);
    assert!(ask(&gazetteer) > 0);
    read(&gazetteer);
}

#[test]
fn every_single_byte_turned_over() {
    for at in 0..WHOLE.len() - BODY {
        for byte in [0, 0xff] {
            if let Ok(gazetteer) = Gazetteer::open(damaged(&[(at, byte)])) {
                look_up(&gazetteer);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn many_bytes_at_once(
        changes in prop::collection::vec((any::<usize>(), prop_oneof![Just(0xff), Just(0), any::<u8>()]), 1..40),
    ) {
        if let Ok(gazetteer) = Gazetteer::open(damaged(&changes)) {
            ask(&gazetteer);
            read(&gazetteer);
        }
    }

    #[test]
    fn any_bytes_behind_a_right_hash(body in prop::collection::vec(any::<u8>(), 0..600)) {
        let mut bytes = WHOLE[..BODY].to_vec();
        bytes.extend(&body);
        let hash = blake3::hash(&body);
        bytes[HASH..BODY].copy_from_slice(hash.as_bytes());
        if let Ok(gazetteer) = Gazetteer::open(bytes) {
            ask(&gazetteer);
        }
    }
}

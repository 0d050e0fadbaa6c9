//! The addresses of the simulation: real postcodes and towns, made-up streets.
//!
//! Some true postcodes are left out of the list, as those of new houses are. A street
//! runs over neighbouring postcodes; its name comes from a pool in which few names are
//! common (like High Street, one street in 450) and most are rare.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::path::Path;

use postroom::gazetteer::Gazetteer;
use postroom::gazetteer::build::{Builder, Import, Row, Where, import};
use postroom::gazetteer::country::{Code, Country};

use crate::chance::Chance;

/// The seed of everything that the list shares between runs.
const SEED: u64 = 20_261_122;
/// How many true postcodes are left out of the list.
const LEFT_OUT: f64 = 0.02;
/// How often the next postcode is in the same street; a street has two postcodes in
/// the mean, as the 1.7 million postcodes and 0.8 million streets of Britain have.
const GOES_ON: f64 = 0.5;
/// How many names of streets there are to draw from.
const NAMES: usize = 200_000;

/// All true postcodes with the number of their street.
pub(super) struct World {
    places: Vec<Place>,
    towns: Vec<String>,
    of_area: BTreeMap<String, Vec<String>>,
}

struct Place {
    code: Code,
    street: usize,
    listed: bool,
}

/// A true address and what its writer puts on paper.
pub(super) struct Address {
    /// Its postcode.
    pub(super) code: Code,
    /// Whether that is in the list.
    pub(super) listed: bool,
    /// The fields as they are written.
    pub(super) postcode: String,
    pub(super) town: String,
    pub(super) street: String,
}

impl World {
    /// The postcodes of a folder with `codepo_gb.zip`, `outcode-town.csv` and `gb-places.csv`.
    pub(super) fn open(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let mut codes = Vec::new();
        let mut archive = zip::ZipArchive::new(File::open(folder.join("codepo_gb.zip"))?)?;
        for at in 0..archive.len() {
            let file = archive.by_index(at)?;
            let name = file.name()?.into_owned();
            if !(name.contains("Data/CSV") && name.ends_with(".csv")) {
                continue;
            }
            let mut rows = csv::ReaderBuilder::new()
                .has_headers(false)
                .from_reader(file);
            for row in rows.records() {
                let row = row?;
                codes.extend(
                    row.get(0)
                        .and_then(|text| Country::united_kingdom().parse(text)),
                );
            }
        }
        codes.sort_unstable();
        codes.dedup();
        let mut chance = Chance::new(SEED, 0);
        let mut street = 0;
        let place = |code| {
            if !chance.happens(GOES_ON) {
                // Ranks are drawn so that a name's frequency falls with its square root.
                street = (chance.share().powi(2) * NAMES as f64) as usize;
            }
            let listed = !chance.happens(LEFT_OUT);
            Place {
                code,
                street,
                listed,
            }
        };
        Ok(Self {
            places: codes.into_iter().map(place).collect(),
            towns: Vec::new(),
            of_area: BTreeMap::new(),
        })
    }

    /// The gazetteer file of what is listed.
    pub(super) fn build(&self, folder: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
        let country = Country::united_kingdom();
        let mut builder = Builder::default();
        let source = builder.source(postroom::gazetteer::SourceMeta {
            name: "codepo_gb.zip with made-up streets".to_owned(),
            date: Some("2026-11".to_owned()),
            ..Default::default()
        });
        for place in self.places.iter().filter(|place| place.listed) {
            builder.complete(country, place.code.area());
            let street = street_name(place.street);
            let row = Row {
                place: Where::Code(place.code),
                street: Some(&street),
                ..Row::default()
            };
            builder.add(source, &row);
        }
        for name in ["outcode-town.csv", "gb-places.csv"] {
            let mut tables = [Ok((name.to_owned(), File::open(folder.join(name))?))].into_iter();
            import(
                &mut tables,
                &Import::new(name, country),
                &mut builder,
                &mut |_| {},
            )?;
        }
        Ok(builder.finish("2026-11-22"))
    }

    /// Learns the towns of the list.
    pub(super) fn learn_towns(&mut self, gazetteer: &Gazetteer) {
        let mut before = String::new();
        for place in &self.places {
            if place.code.head() == before {
                continue;
            }
            place.code.head().clone_into(&mut before);
            let towns = gazetteer.towns_of(&place.code);
            let towns = towns.into_iter().map(str::to_owned);
            let of_area = self
                .of_area
                .entry(place.code.area().to_owned())
                .or_default();
            of_area.extend(towns);
        }
        for towns in self.of_area.values_mut() {
            towns.sort_unstable();
            towns.dedup();
            self.towns.extend(towns.iter().cloned());
        }
        self.towns.sort_unstable();
        self.towns.dedup();
    }

    /// An address and how it is written. With `made_up`, what is not in the list is
    /// any postcode that the grammar allows in a known outcode, in a street of its own.
    pub(super) fn draw(
        &self,
        gazetteer: &Gazetteer,
        made_up: bool,
        chance: &mut Chance,
    ) -> Address {
        let place = loop {
            let place = chance.one_of(&self.places);
            if !made_up || place.listed {
                break place;
            }
        };
        let (code, listed, street) = if made_up && chance.happens(LEFT_OUT) {
            let street = (chance.share().powi(2) * NAMES as f64) as usize;
            (self.invent(place.code, gazetteer, chance), false, street)
        } else {
            (place.code, place.listed, place.street)
        };
        let gap = if chance.happens(0.7) { " " } else { "" };
        Address {
            code,
            listed,
            postcode: format!("{}{gap}{}", code.head(), code.tail()),
            town: self.town(&code, gazetteer, chance),
            street: written(&street_name(street), chance),
        }
    }

    /// A postcode of the same outcode that does not exist.
    fn invent(&self, like: Code, gazetteer: &Gazetteer, chance: &mut Chance) -> Code {
        const LETTERS: &[u8] = b"ABDEFGHJLNPQRSTUWXYZ";
        loop {
            let digit = chance.below(10);
            let [a, b] = [(); 2].map(|()| char::from(*chance.one_of(LETTERS)));
            let text = format!("{}{digit}{a}{b}", like.head());
            let code = Country::united_kingdom().parse(&text);
            let free = |code: &Code| {
                let places = &self.places;
                gazetteer.listing(code).is_none()
                    && places
                        .binary_search_by_key(code, |place| place.code)
                        .is_err()
            };
            if let Some(code) = code.filter(free) {
                return code;
            }
        }
    }

    /// What is written in the town's place: in 80 of 100 a town of the outcode, in 10
    /// another of the area, in 5 any of the list, in 5 one that it lacks.
    fn town(&self, code: &Code, gazetteer: &Gazetteer, chance: &mut Chance) -> String {
        let own = gazetteer.towns_of(code);
        let of_area = self.of_area.get(code.area());
        let of_area = of_area.filter(|towns| !towns.is_empty());
        let drawn = chance.share();
        let name = if drawn < 0.8 && !own.is_empty() {
            (*chance.one_of(&own)).to_owned()
        } else if drawn < 0.9 {
            chance.one_of(of_area.unwrap_or(&self.towns)).clone()
        } else if drawn < 0.95 {
            chance.one_of(&self.towns).clone()
        } else {
            let ends = ["ham", "stead", " Cross", " Green", "thwaite"];
            stem(chance) + *chance.one_of(&ends)
        };
        written(&name, chance)
    }
}

/// The made-up name of a street, the same for the same rank.
fn street_name(rank: usize) -> String {
    const COMMON: [&str; 24] = [
        "High",
        "Station",
        "Church",
        "Park",
        "Victoria",
        "Green",
        "Manor",
        "Kings",
        "Queens",
        "New",
        "Main",
        "Mill",
        "School",
        "North",
        "South",
        "West",
        "East",
        "Albert",
        "George",
        "London",
        "York",
        "Springfield",
        "Grange",
        "The",
    ];
    let mut chance = Chance::new(SEED ^ 0x57, rank);
    let stem = match rank {
        0..400 => (*chance.one_of(&COMMON)).to_owned(),
        _ => stem(&mut chance),
    };
    let kind = TYPES[(chance.share().powi(2) * TYPES.len() as f64) as usize].0;
    format!("{stem} {kind}")
}

/// Kinds of streets, the commonest first, and how they are shortened.
const TYPES: [(&str, &str); 13] = [
    ("Road", "RD"),
    ("Street", "ST"),
    ("Close", "CL"),
    ("Avenue", "AVE"),
    ("Lane", "LN"),
    ("Drive", "DR"),
    ("Crescent", "CRES"),
    ("Place", "PL"),
    ("Terrace", "TERR"),
    ("Gardens", "GDNS"),
    ("Court", "CT"),
    ("Grove", "GR"),
    ("Way", "WAY"),
];

/// The beginning of a made-up name; there are some 30,000.
fn stem(chance: &mut Chance) -> String {
    const FIRST: [&str; 40] = [
        "Ash", "Beck", "Birch", "Brad", "Bram", "Burn", "Cald", "Carl", "Chat", "Clay", "Cran",
        "Dale", "Den", "Elm", "Fair", "Fern", "Gar", "Hart", "Haw", "Hazel", "Holm", "Hunt", "Kel",
        "Lang", "Lin", "Mal", "Mar", "Nor", "Oak", "Pen", "Raven", "Rose", "Sand", "Shel", "Stan",
        "Thorn", "Wal", "Wen", "Whit", "Wood",
    ];
    const MIDDLE: [&str; 20] = [
        "", "", "", "", "", "er", "ing", "en", "le", "es", "bur", "ton", "wick", "low", "den",
        "mer", "a", "y", "hurst", "stone",
    ];
    const LAST: [&str; 36] = [
        "ford", "ton", "ley", "field", "wood", "dale", "bury", "worth", "well", "combe", "borne",
        "ham", "gate", "side", "bank", "hill", "mount", "view", "court", "lands", "way", "brook",
        "mead", "croft", "moor", "cliffe", "ridge", "land", "bridge", "thorpe", "by", "wick",
        "stoke", "grove", "holme", "mere",
    ];
    let parts = [
        chance.one_of(&FIRST),
        chance.one_of(&MIDDLE),
        chance.one_of(&LAST),
    ];
    parts.into_iter().copied().collect()
}

/// A name in boxes: capitals, half of the words that can be shortened shortened, and
/// the writer's own slips.
fn written(name: &str, chance: &mut Chance) -> String {
    let name = name.to_uppercase().replace(['\'', '’', '.', ','], "");
    let words = name.split([' ', '-', '/', '(', ')']);
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let mut text = String::new();
    for word in words {
        let short = TYPES
            .iter()
            .find(|(long, _)| long.eq_ignore_ascii_case(word));
        let short = short.map(|(_, short)| *short).or(match word {
            "GREAT" => Some("GT"),
            "SAINT" => Some("ST"),
            _ => None,
        });
        // Two words run together now and then.
        if !text.is_empty() && !chance.happens(0.03) {
            text.push(' ');
        }
        text.push_str(short.filter(|_| chance.happens(0.5)).unwrap_or(word));
    }
    slip(text, chance)
}

/// One name in a hundred misses a letter, one in three hundred has two of them in the
/// wrong order.
fn slip(text: String, chance: &mut Chance) -> String {
    let mut signs: Vec<char> = text.chars().collect();
    if signs.len() > 3 && chance.happens(0.01) {
        signs.remove(1 + chance.below(signs.len() - 1));
    }
    if signs.len() > 3 && chance.happens(0.003) {
        let at = 1 + chance.below(signs.len() - 2);
        signs.swap(at, at + 1);
    }
    signs.into_iter().collect()
}

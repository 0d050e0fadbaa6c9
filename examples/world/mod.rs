//! A country to draw addresses from: real postcodes and towns, streets that are made up.
//! The simulation of the decoder and the simulator of cards share it.
//!
//! Some true postcodes are left out of the list, as those of new houses are. A street
//! runs over neighbouring postcodes; its name comes from a pool in which few names are
//! common (like High Street, one street in 450) and most are rare.

mod streets;

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::path::{Path, PathBuf};

use postroom::gazetteer::SourceMeta;
use postroom::gazetteer::build::{Builder, Import, Row, Where, import};
use postroom::gazetteer::country::{Code, Country};

use super::chance::Chance;
pub use streets::{TYPES, stem};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// The seed of everything that the list shares between runs.
const SEED: u64 = 20_261_122;
/// How many true postcodes are left out of the list.
pub const LEFT_OUT: f64 = 0.02;
/// How often the next postcode is in the same street; a street has two postcodes in
/// the mean, as the 1.7 million postcodes and 0.8 million streets of Britain have.
const GOES_ON: f64 = 0.5;
/// How many names of streets there are to draw from.
const NAMES: usize = 200_000;

/// All true postcodes with their street, their town and their county.
pub struct World {
    folder: PathBuf,
    places: Vec<Place>,
    /// Streets that were sold in; they are numbered after those that are made up.
    sold: Vec<String>,
    /// The towns and counties of each outward code, the town first.
    outcodes: BTreeMap<String, Vec<String>>,
    of_area: BTreeMap<String, Vec<String>>,
    towns: Vec<String>,
}

/// A true postcode.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    pub code: Code,
    /// Whether it is in the list.
    pub listed: bool,
    street: usize,
}

/// How precisely the list knows where a street is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Streets {
    ByPostcode,
    ByOutcode,
}

impl World {
    /// The postcodes of a folder with `codepo_gb.zip`, `outcode-town.csv`,
    /// `gb-places.csv` and, where there are any, `price-paid-*.csv`.
    pub fn open(folder: &Path) -> Result<Self> {
        let mut world = Self::of(codes(folder)?, folder);
        for row in csv::Reader::from_path(folder.join("outcode-town.csv"))?.records() {
            let row = row?;
            if let (Some(outcode), Some(town), Some(county)) = (row.get(0), row.get(5), row.get(6))
            {
                world.add_outcode(outcode, town, county);
            }
        }
        for file in price_paid(folder)? {
            let rows = csv::ReaderBuilder::new().flexible(true).from_path(file)?;
            for row in rows.into_records() {
                let row = row?;
                let code = row
                    .get(3)
                    .and_then(|text| Country::united_kingdom().parse(text));
                let street = row.get(9).filter(|street| !street.is_empty());
                if let Some((code, street)) = code.zip(street) {
                    world.sell(code, street);
                }
            }
        }
        Ok(world)
    }

    /// Of these postcodes alone, without towns.
    pub fn of(mut codes: Vec<Code>, folder: &Path) -> Self {
        codes.sort_unstable();
        codes.dedup();
        // The stream of the first measurements, so that the list stays as it was.
        let mut chance = Chance::new(SEED, u64::MAX);
        let mut street = 0;
        let place = |code| {
            if !chance.happens(GOES_ON) {
                street = drawn_street(&mut chance);
            }
            let listed = !chance.happens(LEFT_OUT);
            Place {
                code,
                listed,
                street,
            }
        };
        Self {
            folder: folder.to_owned(),
            places: codes.into_iter().map(place).collect(),
            sold: Vec::new(),
            outcodes: BTreeMap::new(),
            of_area: BTreeMap::new(),
            towns: Vec::new(),
        }
    }

    /// A town of an outward code, where it has one of its own, and its county or city.
    pub fn add_outcode(&mut self, outcode: &str, town: &str, county: &str) {
        let area: String = outcode
            .chars()
            .take_while(char::is_ascii_alphabetic)
            .collect();
        let of_area = self.of_area.entry(area).or_default();
        let known = self.outcodes.entry(outcode.to_owned()).or_default();
        for name in [town, county].into_iter().filter(|name| !name.is_empty()) {
            if !known.iter().any(|known| known == name) {
                known.push(name.to_owned());
            }
            for towns in [&mut *of_area, &mut self.towns] {
                if let Err(at) = towns.binary_search_by(|known| known.as_str().cmp(name)) {
                    towns.insert(at, name.to_owned());
                }
            }
        }
    }

    /// A postcode whose street is known.
    fn sell(&mut self, code: Code, street: &str) {
        let at = self.places.binary_search_by_key(&code, |place| place.code);
        if let Ok(at) = at {
            let known = self.sold.iter().position(|sold| sold == street);
            let number = known.unwrap_or_else(|| {
                self.sold.push(street.to_owned());
                self.sold.len() - 1
            });
            self.places[at].street = NAMES + number;
        }
    }

    /// The gazetteer file of what is listed, its streets known by postcode or by their
    /// outward code only.
    pub fn build(&self, streets: Streets) -> Result<Vec<u8>> {
        let country = Country::united_kingdom();
        let mut builder = Builder::default();
        let source = builder.source(SourceMeta {
            name: "codepo_gb.zip with made-up streets".to_owned(),
            date: Some("2026-11".to_owned()),
            ..Default::default()
        });
        for place in self.places.iter().filter(|place| place.listed) {
            builder.complete(country, place.code.area());
            let street = self.street(place);
            let row = |place, street| Row {
                place,
                street,
                ..Row::default()
            };
            let code = Where::Code(place.code);
            match streets {
                Streets::ByPostcode => builder.add(source, &row(code, Some(&street))),
                Streets::ByOutcode => {
                    builder.add(source, &row(code, None));
                    let outcode = Where::Head(country, place.code.head());
                    builder.add(source, &row(outcode, Some(&street)));
                }
            }
        }
        for name in ["outcode-town.csv", "gb-places.csv"] {
            let mut tables =
                [Ok((name.to_owned(), File::open(self.folder.join(name))?))].into_iter();
            import(
                &mut tables,
                &Import::new(name, country),
                &mut builder,
                &mut |_| {},
            )?;
        }
        Ok(builder.finish("2026-11-22"))
    }

    /// Any place.
    pub fn place(&self, chance: &mut Chance) -> &Place {
        chance.one_of(&self.places)
    }

    /// Whether there is such a postcode, listed or not.
    pub fn exists(&self, code: &Code) -> bool {
        let places = &self.places;
        places
            .binary_search_by_key(code, |place| place.code)
            .is_ok()
    }

    /// The name of a place's street.
    pub fn street(&self, place: &Place) -> String {
        match place.street.checked_sub(NAMES) {
            Some(sold) => self.sold[sold].clone(),
            None => streets::name(place.street),
        }
    }

    /// The name of a street of which the list knows nothing there.
    pub fn new_street(&self, chance: &mut Chance) -> String {
        streets::name(drawn_street(chance))
    }

    /// The town and the county of a place's outward code, as far as they are known.
    pub fn towns_of(&self, place: &Code) -> &[String] {
        self.outcodes.get(place.head()).map_or(&[], Vec::as_slice)
    }

    /// Those of its area, or of the country where the area has none.
    pub fn towns_near(&self, place: &Code) -> &[String] {
        self.of_area.get(place.area()).unwrap_or(&self.towns)
    }

    /// All of them.
    pub fn towns(&self) -> &[String] {
        &self.towns
    }
}

/// A street's rank, drawn so that a name's frequency falls with its square root.
fn drawn_street(chance: &mut Chance) -> usize {
    (chance.share().powi(2) * NAMES as f64) as usize
}

/// All postcodes of Code-Point Open.
fn codes(folder: &Path) -> Result<Vec<Code>> {
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
            let code = row?
                .get(0)
                .and_then(|text| Country::united_kingdom().parse(text));
            codes.extend(code);
        }
    }
    Ok(codes)
}

/// The files of sales in a folder, in the order of their names.
fn price_paid(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        if name.is_some_and(|name| name.starts_with("price-paid") && name.ends_with(".csv")) {
            files.push(path);
        }
    }
    files.sort_unstable();
    Ok(files)
}

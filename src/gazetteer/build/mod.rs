//! Builds a gazetteer file from rows of any source.
//!
//! Rows come one by one and are merged: a postcode that several sources list is one
//! postcode with several origins. No byte of the file is made before all are read.

mod assemble;
mod pool;
mod row;
mod sources;

use std::collections::{BTreeSet, HashMap, HashSet};

use super::country::{self, Code, Country};
use super::file::SourceMeta;
use pool::Pool;

pub use row::{Month, Row, Where};
pub use sources::{
    Column, Columns, Dirty, Import, Imported, Kind, ROWS_TO_ONE_LEFT_OUT, SourceError,
    UnknownColumn, import, import_zip, is_notes, notes_date, tables,
};

/// Rows merged so far.
#[derive(Debug, Default)]
pub struct Builder {
    codes: Vec<Listed>,
    sources: Vec<SourceMeta>,
    places: Pool,
    streets: Pool,
    houses: Pool,
    /// How often a place is named as a head's town, weighed by its part in addresses.
    head_towns: HashMap<(u64, u32), u32>,
    area_towns: BTreeSet<(u8, String, u32)>,
    /// The houses of each postcode's streets.
    code_streets: HashMap<(u64, u32), Vec<u32>>,
    head_streets: HashSet<(u64, u32)>,
    complete: BTreeSet<(u8, String)>,
    /// Heads of which no postcode is listed.
    heads: HashSet<u64>,
}

/// A postcode as one source lists it.
#[derive(Debug, Clone, Copy)]
struct Listed {
    key: u64,
    source: u16,
    date: Option<Month>,
    ended: Option<Month>,
}

/// A post town weighs so much more than a village of the same postcode: writers
/// leave the village out more often than the town.
const TOWN_WEIGHT: u32 = 8;

impl Builder {
    /// Announces a source; its rows carry the number.
    pub fn source(&mut self, source: SourceMeta) -> u16 {
        self.sources.push(source);
        // A command line names no 65,536 sources.
        u16::try_from(self.sources.len() - 1).unwrap_or(u16::MAX)
    }

    /// What is said of a source, to be completed when it is read.
    pub fn source_mut(&mut self, source: u16) -> &mut SourceMeta {
        &mut self.sources[usize::from(source)]
    }

    /// Says that every live postcode of an area is among the rows.
    pub fn complete(&mut self, country: &'static Country, area: &str) {
        self.complete
            .insert((country_number(country), area.to_owned()));
    }

    /// Merges one row.
    pub fn add(&mut self, source: u16, row: &Row<'_>) {
        match row.place {
            Where::Code(code) => {
                let key = code_key(&code);
                self.codes.push(Listed {
                    key,
                    source,
                    date: row.date,
                    ended: row.ended,
                });
                self.towns(key >> TAIL_BITS, row);
                if let Some(street) = row.street.and_then(|street| self.streets.number(street)) {
                    // Commas part them in the file.
                    let houses = row.house.unwrap_or_default().split([';', ',']);
                    let houses = houses.filter_map(|house| self.houses.number(house));
                    let known = self.code_streets.entry((key, street)).or_default();
                    known.extend(houses);
                }
            }
            Where::Head(country, head) => {
                let head = head_key(country, head);
                self.heads.insert(head);
                self.towns(head, row);
                if let Some(street) = row.street.and_then(|street| self.streets.number(street)) {
                    self.head_streets.insert((head, street));
                }
            }
            Where::Area(country, area) => {
                for town in &row.towns {
                    if let Some(name) = self.places.number(town) {
                        let area = (country_number(country), area.to_owned(), name);
                        self.area_towns.insert(area);
                    }
                }
            }
            Where::Nowhere => {
                for town in row.towns.iter().chain(&row.localities) {
                    self.places.number(town);
                }
            }
        }
    }

    fn towns(&mut self, head: u64, row: &Row<'_>) {
        let towns = row.towns.iter().map(|town| (town, TOWN_WEIGHT));
        let villages = row.localities.iter().map(|village| (village, 1));
        for (name, weight) in towns.chain(villages) {
            if let Some(name) = self.places.number(name) {
                let weighs = self.head_towns.entry((head, name)).or_default();
                *weighs = weighs.saturating_add(weight);
            }
        }
    }
}

const TAIL_BITS: u32 = 16;
const SIGN_BITS: u32 = 6;

/// A number that sorts as country, head and tail do.
fn code_key(code: &Code) -> u64 {
    let tail = country::tail_number(code.tail().as_bytes());
    head_key(code.country(), code.head()) << TAIL_BITS | u64::from(tail)
}

/// The same for a head; shorter heads come before the longer ones they begin.
fn head_key(country: &Country, head: &str) -> u64 {
    let mut key = u64::from(country_number(country));
    for at in 0..country::HEAD {
        let sign = head.as_bytes().get(at);
        let sign = sign.and_then(|sign| country::index(*sign));
        key = key << SIGN_BITS | sign.map_or(0, |index| u64::from(index) + 1);
    }
    key
}

fn country_number(country: &Country) -> u8 {
    let at = Country::all().iter().position(|c| c.code == country.code);
    u8::try_from(at.unwrap_or(0)).unwrap_or(0)
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn put(section: &mut Vec<u8>, number: u32) {
    section.extend_from_slice(&number.to_le_bytes());
}

#[cfg(test)]
mod tests;

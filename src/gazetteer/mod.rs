//! What is known of places: which postcodes are live, which towns and streets they
//! have, and what an uncertain address most likely says.
//!
//! A gazetteer is one block of bytes, mapped into memory by whoever opens it; see
//! [`build`] for how it is made and [`decode`] for how it is read against. It says
//! what it covers completely. Outside that it can only confirm: a postcode that it
//! lacks is not refused for that.

pub mod build;
pub mod country;
pub mod decode;
pub mod embedded;
mod file;
mod fold;
mod same;

use crate::domain::grammar::postcode::Postcode;
use crate::domain::identity::Digest;
use country::{Code, Country};
use file::{File, Key, Names, Section};

pub(crate) use file::partition;

pub use decode::{CONFUSIONS, Decoded, Evidence, MAX_CHANGES};
pub use file::{DatedBy, GazetteerError, Meta, Provenance, SourceMeta};
pub use same::same_name;

/// Places and postcodes behind one interface, whatever their number. Cloning it
/// copies no data.
#[derive(Debug, Clone)]
pub struct Gazetteer {
    file: File,
    meta: std::sync::Arc<Meta>,
}

/// Whether a gazetteer knows everything about a postcode's surroundings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Coverage {
    /// Every live postcode there is listed: what is missing does not exist.
    Complete,
    /// Some are listed: what is missing may well exist.
    Partial,
}

/// How much a gazetteer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Postcodes, ended ones too.
    pub codes: usize,
    /// Heads of postcodes, such as outward codes.
    pub heads: usize,
    /// Names of towns, villages and counties.
    pub places: usize,
    /// Names of streets.
    pub streets: usize,
    /// Streets of postcodes.
    pub code_streets: usize,
}

/// A postcode's entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listing<'g> {
    /// Where it comes from and whether it ended.
    pub provenance: &'g Provenance,
}

impl Listing<'_> {
    /// Whether it is in use.
    pub const fn is_live(&self) -> bool {
        self.provenance.ended.is_none()
    }
}

impl Gazetteer {
    /// The small gazetteer inside the program: every postcode area with its post
    /// towns, and a few hundred public addresses.
    pub fn embedded() -> Self {
        embedded::gazetteer()
    }

    /// A gazetteer file's bytes, as a rule a memory map. Checks their hash.
    pub fn open(bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Result<Self, GazetteerError> {
        let (file, meta) = File::open(bytes)?;
        let meta = std::sync::Arc::new(meta);
        Ok(Self { file, meta })
    }

    /// The hash of its data, recorded with every reading that used it.
    pub const fn digest(&self) -> Digest {
        self.file.digest()
    }

    /// What it says of itself: sources, dates, coverage.
    pub fn about(&self) -> &Meta {
        &self.meta
    }

    /// How much it holds.
    pub fn counts(&self) -> Counts {
        Counts {
            codes: self.file.len(Section::Tails),
            heads: self.heads(),
            places: self.file.len(Section::Names),
            streets: self.file.len(Section::Streets),
            code_streets: self.file.len(Section::CodeStreets),
        }
    }

    /// The day of its postcodes, as `2026-11-22`, or the month: of the newest source
    /// that lists them completely, else of the newest that lists any. Streets and
    /// towns of yesterday make an old list no younger.
    pub fn date(&self) -> Option<&str> {
        let newest = |of: &dyn Fn(&SourceMeta) -> bool| {
            let sources = self.meta.sources.iter().filter(|source| of(source));
            sources.filter_map(|source| source.date.as_deref()).max()
        };
        newest(&|source| source.complete && source.codes > 0)
            .or_else(|| newest(&|source| source.codes > 0))
            .or_else(|| newest(&|_| true))
    }

    /// The areas of a country that are known to exist.
    pub fn areas(&self, country: &Country) -> Vec<String> {
        let number = country_number(&self.meta, country);
        let areas = 0..self.file.len(Section::Areas).saturating_sub(1);
        let areas = areas.map(|at| self.file.area(at));
        areas
            .filter(|area| Some(area.key.country) == number)
            .map(|area| area.key.text().to_owned())
            .collect()
    }

    /// The size of its data in bytes.
    pub fn size(&self) -> usize {
        self.file.size()
    }

    /// How much it knows around a British postcode.
    pub fn covers(&self, postcode: &Postcode) -> Coverage {
        self.covers_area(Country::united_kingdom(), postcode.area())
    }

    /// How much it knows of an area.
    pub fn covers_area(&self, country: &Country, area: &str) -> Coverage {
        let same = |(c, a): &(String, String)| (c == &country.code) && a == area;
        if self.meta.complete.iter().any(same) {
            Coverage::Complete
        } else {
            Coverage::Partial
        }
    }

    /// A postcode's entry, ended or not. That it has none is evidence against it only
    /// where [`Self::covers`] says [`Coverage::Complete`].
    pub fn listing(&self, code: &Code) -> Option<Listing<'_>> {
        let at = self.ordinal(code)?;
        let origin = self.file.u16(Section::Provenance, at);
        let provenance = self.meta.provenance.get(usize::from(origin))?;
        Some(Listing { provenance })
    }

    /// Whether a British postcode is listed and in use.
    pub fn is_live(&self, postcode: &Postcode) -> bool {
        let code = british(postcode);
        code.is_some_and(|code| self.listing(&code).is_some_and(|listing| listing.is_live()))
    }

    /// Whether there is such a British postcode area: the list of areas is complete.
    pub fn is_area(&self, area: &str) -> bool {
        self.area_at(Country::united_kingdom(), area).is_some()
    }

    /// The post towns of a British postcode area; none of one that does not exist.
    pub fn post_towns(&self, area: &str) -> impl Iterator<Item = &str> {
        self.area_towns(Country::united_kingdom(), area)
            .map(|name| Names::places(&self.file).shown(name))
    }

    /// Whether a name is a place's, whatever its case, dashes and full stops.
    pub fn is_town(&self, name: &str) -> bool {
        Names::places(&self.file).find(&fold::fold(name)).is_some()
    }

    /// Whether a name is a post town of the British area.
    pub fn agrees(&self, area: &str, town: &str) -> bool {
        let Some(name) = Names::places(&self.file).find(&fold::fold(town)) else {
            return false;
        };
        self.area_towns(Country::united_kingdom(), area)
            .any(|of_area| of_area == name)
    }

    /// The towns of a postcode's head, likeliest first.
    pub fn towns_of(&self, code: &Code) -> Vec<&str> {
        let Some(head) = self.head_at(code.country(), code.head()) else {
            return Vec::new();
        };
        let names = Names::places(&self.file);
        self.head_towns(head)
            .map(|(name, _)| names.shown(name))
            .collect()
    }

    /// The streets of a postcode.
    pub fn streets_of(&self, code: &Code) -> Vec<&str> {
        let names = Names::streets(&self.file);
        let rows = self.ordinal(code).map_or(0..0, |at| self.street_rows(at));
        rows.map(|row| names.shown(self.file.u32(Section::CodeStreets, row * 3 + 1) as usize))
            .collect()
    }

    /// The number of heads; the last record only ends the others.
    fn heads(&self) -> usize {
        self.file.len(Section::Heads).saturating_sub(1)
    }

    /// The place of a head.
    fn head_at(&self, country: &Country, head: &str) -> Option<usize> {
        let key = Key::new(country_number(&self.meta, country)?, head);
        let at = partition(0..self.heads(), |at| self.file.head(at).key < key);
        (at < self.heads() && self.file.head(at).key == key).then_some(at)
    }

    /// The places of a country's heads.
    fn heads_of(&self, country: &Country) -> std::ops::Range<usize> {
        let Some(number) = country_number(&self.meta, country) else {
            return 0..0;
        };
        let all = 0..self.heads();
        let first = partition(all.clone(), |at| self.file.head(at).key.country < number);
        first..partition(first..all.end, |at| {
            self.file.head(at).key.country <= number
        })
    }

    /// The place of a postcode among all.
    fn ordinal(&self, code: &Code) -> Option<usize> {
        let head = self.head_at(code.country(), code.head())?;
        self.ordinal_in(head, code.tail().as_bytes())
    }

    fn ordinal_in(&self, head: usize, tail: &[u8]) -> Option<usize> {
        let codes = self.codes_of(head);
        let tail = country::tail_number(tail);
        let tail_at = |at: usize| self.file.u16(Section::Tails, at);
        let at = partition(codes.clone(), |at| tail_at(at) < tail);
        (at < codes.end && tail_at(at) == tail).then_some(at)
    }

    /// The places of a head's postcodes.
    fn codes_of(&self, head: usize) -> std::ops::Range<usize> {
        let codes = File::run(self.file.head(head).codes, self.file.head(head + 1).codes);
        codes.start..codes.end.min(self.file.len(Section::Tails))
    }

    /// The head of the postcode at a place.
    fn head_of(&self, code: usize) -> usize {
        partition(0..self.heads(), |at| {
            self.file.head(at + 1).codes as usize <= code
        })
    }

    /// The names and weights of a head's towns.
    fn head_towns(&self, head: usize) -> impl Iterator<Item = (usize, u32)> {
        let rows = File::run(self.file.head(head).towns, self.file.head(head + 1).towns);
        let number = |at| self.file.u32(Section::HeadTowns, at);
        self.within(rows, Section::HeadTowns)
            .map(move |row| (number(row * 2) as usize, number(row * 2 + 1)))
    }

    fn area_at(&self, country: &Country, area: &str) -> Option<usize> {
        let key = Key::new(country_number(&self.meta, country)?, area);
        let areas = self.file.len(Section::Areas).saturating_sub(1);
        let at = partition(0..areas, |at| self.file.area(at).key < key);
        (at < areas && self.file.area(at).key == key).then_some(at)
    }

    /// The names of an area's post towns.
    fn area_towns(&self, country: &Country, area: &str) -> impl Iterator<Item = usize> {
        let rows = match self.area_at(country, area) {
            Some(at) => File::run(self.file.area(at).towns, self.file.area(at + 1).towns),
            None => 0..0,
        };
        self.within(rows, Section::AreaTowns)
            .map(|row| self.file.u32(Section::AreaTowns, row) as usize)
    }

    /// The part of a run that its section has: a file may claim anything.
    fn within(&self, rows: std::ops::Range<usize>, section: Section) -> std::ops::Range<usize> {
        rows.start..rows.end.min(self.file.len(section))
    }

    /// Whether the areas of a country are known.
    fn knows_areas(&self, country: &Country) -> bool {
        let number = country_number(&self.meta, country);
        let areas = 0..self.file.len(Section::Areas).saturating_sub(1);
        areas
            .into_iter()
            .any(|at| Some(self.file.area(at).key.country) == number)
    }

    fn street_row(&self, row: usize) -> StreetRow {
        let number = |column| self.file.u32(Section::CodeStreets, row * 3 + column) as usize;
        StreetRow {
            code: number(0),
            houses: number(2),
        }
    }

    /// The text of some row's houses, parted by commas.
    fn houses(&self, number: usize) -> &str {
        let end = |at| self.file.u32(Section::Numbers, at) as usize;
        let start = number.checked_sub(1).map_or(0, end);
        let text = self
            .file
            .section(Section::NumbersText)
            .get(start..end(number));
        std::str::from_utf8(text.unwrap_or_default()).unwrap_or_default()
    }

    /// The rows of [`Section::CodeStreets`] that a postcode has.
    fn street_rows(&self, code: usize) -> std::ops::Range<usize> {
        let rows = self.file.len(Section::CodeStreets);
        let code_of = |row: usize| self.file.u32(Section::CodeStreets, row * 3) as usize;
        let first = partition(0..rows, |row| code_of(row) < code);
        first..partition(first..rows, |row| code_of(row) <= code)
    }
}

/// A street of a postcode, as numbers.
#[derive(Debug, Clone, Copy)]
struct StreetRow {
    code: usize,
    houses: usize,
}

/// A British postcode as a code of the country table.
pub fn british(postcode: &Postcode) -> Option<Code> {
    Country::united_kingdom().parse(postcode.compact())
}

fn country_number(meta: &Meta, country: &Country) -> Option<u8> {
    let at = meta
        .countries
        .iter()
        .position(|code| *code == country.code)?;
    u8::try_from(at).ok()
}

#[cfg(test)]
mod tests;

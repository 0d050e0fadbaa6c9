//! The gazetteer's file: one block of bytes, mapped into memory by whoever opens
//! it and looked at in place.
//!
//! A header names the version and the BLAKE3 hash of all that follows; then come
//! the sections' places and the sections. Numbers are little-endian. A file that was
//! damaged or is something else is refused when it is opened; none makes a look-up
//! panic, whatever it holds.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::domain::identity::Digest;

const MAGIC: &[u8; 8] = b"POSTGAZ\n";
/// The version of what follows; an older or newer file must be built again.
const VERSION: u32 = 1;
/// Magic, version, number of sections, hash.
const HEADER: usize = 8 + 4 + 4 + 32;

/// Why bytes are no gazetteer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GazetteerError {
    /// Something else altogether.
    #[error("this is no gazetteer file; make one with `postroom postcodes build`")]
    Foreign,
    /// Written by another version of the program.
    #[error(
        "the gazetteer file has format {0}, and this program reads format {VERSION}; build it \
         again with `postroom postcodes build`"
    )]
    Version(u32),
    /// Not what was written.
    #[error("the gazetteer file is damaged; build it again with `postroom postcodes build`")]
    Damaged,
}

/// The sections in the order of the file, each with the size of its records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    /// [`Meta`] as JSON.
    Meta,
    /// [`Head`] by country and text, and one more for its ends.
    Heads,
    /// The tail of each postcode, `u16`, by head and then by number.
    Tails,
    /// Where each postcode comes from, `u16`: an index into [`Meta::provenance`].
    Provenance,
    /// The towns of each head: name and weight, `u32`, heaviest first.
    HeadTowns,
    /// [`Area`]s by country and text, and one more.
    Areas,
    /// The post towns of each area: name, `u32`.
    AreaTowns,
    /// Places: the ends of folded and shown text, `u32`, by folded text.
    Names,
    NamesFolded,
    NamesShown,
    /// Streets, likewise.
    Streets,
    StreetsFolded,
    StreetsShown,
    /// Postcode, street, house numbers, `u32`, by postcode.
    CodeStreets,
    /// Indices of these rows by street, `u32`.
    ByStreet,
    /// Street and head, `u32`, by street: streets known only by district.
    HeadStreets,
    /// Ends of the house numbers' texts, `u32`.
    Numbers,
    NumbersText,
}

const SECTIONS: [(Section, usize); 18] = [
    (Section::Meta, 1),
    (Section::Heads, Head::SIZE),
    (Section::Tails, 2),
    (Section::Provenance, 2),
    (Section::HeadTowns, 8),
    (Section::Areas, Area::SIZE),
    (Section::AreaTowns, 4),
    (Section::Names, 8),
    (Section::NamesFolded, 1),
    (Section::NamesShown, 1),
    (Section::Streets, 8),
    (Section::StreetsFolded, 1),
    (Section::StreetsShown, 1),
    (Section::CodeStreets, 12),
    (Section::ByStreet, 4),
    (Section::HeadStreets, 8),
    (Section::Numbers, 4),
    (Section::NumbersText, 1),
];

/// What a gazetteer says of itself.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Meta {
    /// The day it was built, as `2026-11-22`.
    pub built: String,
    /// What it was built from.
    pub sources: Vec<SourceMeta>,
    /// Country and area of everything that is listed completely.
    pub complete: Vec<(String, String)>,
    /// The distinct origins of postcodes.
    pub provenance: Vec<Provenance>,
    /// ISO codes of the countries, in the order of their numbers in the file.
    pub(super) countries: Vec<String>,
}

/// One source of a gazetteer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceMeta {
    /// The file's or folder's name.
    pub name: String,
    /// What it was taken for.
    pub kind: String,
    /// The day of its data, as `2026-11-22`, or the month.
    pub date: Option<String>,
    /// How the day is known.
    #[serde(default)]
    pub dated_by: DatedBy,
    /// Whether it lists every live postcode of its areas.
    #[serde(default)]
    pub complete: bool,
    /// Rows taken.
    pub rows: u64,
    /// Those of them that name a whole postcode.
    #[serde(default)]
    pub codes: u64,
    /// Rows left out because they are not what they should be.
    pub dirty: u64,
    /// Whether it would list every live postcode of its areas, had not too many rows been
    /// left out.
    #[serde(default)]
    pub spoiled: bool,
}

/// How a source's day is known, the surest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DatedBy {
    /// The publisher's notes beside the data.
    Notes,
    /// The newest day that a row names.
    Rows,
    /// Whoever built the file.
    #[default]
    Told,
    /// The source's name.
    Name,
    /// The time at which the source's file was last changed.
    FileTime,
}

/// Where a postcode comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Provenance {
    /// Numbers of [`Meta::sources`].
    pub sources: Vec<u16>,
    /// Month of the row, when the source tells: `2011-06`.
    pub date: Option<String>,
    /// Month from which it is no longer in use.
    pub ended: Option<String>,
}

/// What heads and areas are sorted by: the number of a country, and a text of at most
/// eight characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) country: u8,
    pub(super) text: [u8; 8],
    length: u8,
}

/// A head: the part of a postcode that tells the town.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) key: Key,
    /// Its first postcode.
    pub(super) codes: u32,
    /// Its first town.
    pub(super) towns: u32,
    /// How many streets are known in it.
    pub(super) streets: u32,
}

/// An area and its first post town.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) key: Key,
    pub(super) towns: u32,
}

/// An opened file.
#[derive(Clone)]
pub(super) struct File {
    bytes: Arc<dyn AsRef<[u8]> + Send + Sync>,
    places: [(usize, usize); SECTIONS.len()],
    digest: Digest,
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "gazetteer {}", self.digest)
    }
}

impl File {
    pub(super) fn open(
        bytes: impl AsRef<[u8]> + Send + Sync + 'static,
    ) -> Result<(Self, Meta), GazetteerError> {
        let all = bytes.as_ref();
        if all.get(..8) != Some(MAGIC) {
            return Err(GazetteerError::Foreign);
        }
        let version = number(all, 8);
        if version != VERSION {
            return Err(GazetteerError::Version(version));
        }
        let (head, body) = all
            .split_at_checked(HEADER)
            .ok_or(GazetteerError::Damaged)?;
        let hash = blake3::hash(body);
        if hash.as_bytes() != &head[16..HEADER] || number(all, 12) as usize != SECTIONS.len() {
            return Err(GazetteerError::Damaged);
        }
        let mut places = [(0, 0); SECTIONS.len()];
        for (at, (_, size)) in SECTIONS.iter().enumerate() {
            let start = number(body, at * 8) as usize;
            let length = number(body, at * 8 + 4) as usize;
            if !length.is_multiple_of(*size) || start.saturating_add(length) > body.len() {
                return Err(GazetteerError::Damaged);
            }
            places[at] = (HEADER + start, length);
        }
        let file = Self {
            digest: hash.into(),
            bytes: Arc::new(bytes),
            places,
        };
        let meta: Meta = serde_json::from_slice(file.section(Section::Meta))
            .map_err(|_| GazetteerError::Damaged)?;
        Ok((file, meta))
    }

    pub(super) const fn digest(&self) -> Digest {
        self.digest
    }

    pub(super) fn size(&self) -> usize {
        (*self.bytes).as_ref().len()
    }

    pub(super) fn section(&self, section: Section) -> &[u8] {
        let (start, length) = self.places[section as usize];
        &(*self.bytes).as_ref()[start..start + length]
    }

    /// How many records a section has.
    pub(super) fn len(&self, section: Section) -> usize {
        self.places[section as usize].1 / SECTIONS[section as usize].1
    }

    /// The `at`th `u32` of a section.
    pub(super) fn u32(&self, section: Section, at: usize) -> u32 {
        number(self.section(section), at * 4)
    }

    /// The `at`th `u16` of a section.
    pub(super) fn u16(&self, section: Section, at: usize) -> u16 {
        match self.section(section).get(at * 2..at * 2 + 2) {
            Some(&[a, b]) => u16::from_le_bytes([a, b]),
            _ => 0,
        }
    }

    pub(super) fn head(&self, at: usize) -> Head {
        let record = self.section(Section::Heads);
        Head::from_bytes(record.get(at * Head::SIZE..).unwrap_or_default())
    }

    pub(super) fn area(&self, at: usize) -> Area {
        let record = self.section(Section::Areas);
        Area::from_bytes(record.get(at * Area::SIZE..).unwrap_or_default())
    }

    /// The records of a table whose `at`th entry starts a run that the next ends.
    pub(super) fn run(start: u32, end: u32) -> Range<usize> {
        start as usize..(end as usize).max(start as usize)
    }
}

/// A sorted list of names in the file: places or streets.
#[derive(Debug, Clone, Copy)]
pub(super) struct Names<'f> {
    ends: &'f [u8],
    folded: &'f [u8],
    shown: &'f [u8],
}

impl<'f> Names<'f> {
    pub(super) fn places(file: &'f File) -> Self {
        Self {
            ends: file.section(Section::Names),
            folded: file.section(Section::NamesFolded),
            shown: file.section(Section::NamesShown),
        }
    }

    pub(super) fn streets(file: &'f File) -> Self {
        Self {
            ends: file.section(Section::Streets),
            folded: file.section(Section::StreetsFolded),
            shown: file.section(Section::StreetsShown),
        }
    }

    pub(super) const fn len(self) -> usize {
        self.ends.len() / SECTIONS[Section::Names as usize].1
    }

    /// The name as it is compared, in capitals.
    pub(super) fn folded(self, at: usize) -> &'f [u8] {
        self.part(self.folded, at, 0)
    }

    /// The name as it is written.
    pub(super) fn shown(self, at: usize) -> &'f str {
        std::str::from_utf8(self.part(self.shown, at, 1)).unwrap_or_default()
    }

    /// The number of a folded name.
    pub(super) fn find(self, folded: &str) -> Option<usize> {
        let at = partition(0..self.len(), |at| self.folded(at) < folded.as_bytes());
        (at < self.len() && self.folded(at) == folded.as_bytes()).then_some(at)
    }

    fn part(self, text: &'f [u8], at: usize, column: usize) -> &'f [u8] {
        let end = |at: usize| number(self.ends, (at * 2 + column) * 4) as usize;
        let start = at.checked_sub(1).map_or(0, end);
        text.get(start..end(at)).unwrap_or_default()
    }
}

/// The first of a range for which the condition no longer holds.
pub(crate) fn partition(range: Range<usize>, holds: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (range.start, range.end);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// The same where the answer is near the beginning, as a rule: the steps double.
pub(super) fn gallop(range: Range<usize>, holds: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut step) = (range.start, 1);
    while low + step < range.end && holds(low + step) {
        low += step;
        step *= 2;
    }
    partition(low..range.end.min(low + step), holds)
}

fn number(bytes: &[u8], at: usize) -> u32 {
    match bytes.get(at..at + 4) {
        Some(&[a, b, c, d]) => u32::from_le_bytes([a, b, c, d]),
        _ => 0,
    }
}

impl Key {
    /// The text, the country, the length, and two bytes of nothing.
    const SIZE: usize = 12;
    /// Of the record that only ends the others.
    pub(super) const END: Self = Self {
        country: u8::MAX,
        text: [0; 8],
        length: 0,
    };

    pub(super) fn new(country: u8, text: &str) -> Self {
        let mut key = Self {
            country,
            ..Self::END
        };
        for (place, sign) in key.text.iter_mut().zip(text.bytes()) {
            *place = sign;
            key.length += 1;
        }
        key
    }

    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.text[..usize::from(self.length).min(8)]).unwrap_or_default()
    }

    fn to_bytes(self) -> [u8; Self::SIZE] {
        let mut bytes = [0; Self::SIZE];
        bytes[..8].copy_from_slice(&self.text);
        bytes[8..10].copy_from_slice(&[self.country, self.length]);
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Self {
        match *bytes {
            [a, b, c, d, e, f, g, h, country, length, ..] => Self {
                country,
                text: [a, b, c, d, e, f, g, h],
                length,
            },
            _ => Self {
                country: 0,
                ..Self::END
            },
        }
    }
}

impl Head {
    const SIZE: usize = Key::SIZE + 12;

    pub(super) fn write(self, section: &mut Vec<u8>) {
        section.extend_from_slice(&self.key.to_bytes());
        for number in [self.codes, self.towns, self.streets] {
            section.extend_from_slice(&number.to_le_bytes());
        }
    }

    fn from_bytes(bytes: &[u8]) -> Self {
        Self {
            key: Key::from_bytes(bytes),
            codes: number(bytes, 12),
            towns: number(bytes, 16),
            streets: number(bytes, 20),
        }
    }
}

impl Area {
    const SIZE: usize = Key::SIZE + 4;

    pub(super) fn write(self, section: &mut Vec<u8>) {
        section.extend_from_slice(&self.key.to_bytes());
        section.extend_from_slice(&self.towns.to_le_bytes());
    }

    fn from_bytes(bytes: &[u8]) -> Self {
        Self {
            key: Key::from_bytes(bytes),
            towns: number(bytes, 12),
        }
    }
}

/// Writes the sections, in their order, into one block.
pub(super) fn assemble(sections: &[Vec<u8>; SECTIONS.len()]) -> Vec<u8> {
    let table = SECTIONS.len() * 8;
    let total: usize = sections.iter().map(Vec::len).sum();
    let mut file = Vec::with_capacity(HEADER + table + total);
    file.extend_from_slice(MAGIC);
    // Offsets are 32 bits: four gigabytes hold any country's streets.
    let mut put = |number: usize| {
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        file.extend_from_slice(&number.to_le_bytes());
    };
    put(VERSION as usize);
    put(SECTIONS.len());
    // The hash comes last, over all that follows it.
    (0..8).for_each(|_| put(0));
    let mut start = table;
    for section in sections {
        put(start);
        put(section.len());
        start += section.len();
    }
    for section in sections {
        file.extend_from_slice(section);
    }
    let hash = blake3::hash(&file[HEADER..]);
    file[16..HEADER].copy_from_slice(hash.as_bytes());
    file
}

/// How many sections a file has.
pub(super) const SECTION_COUNT: usize = SECTIONS.len();

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> Vec<u8> {
        let mut sections: [Vec<u8>; SECTION_COUNT] = Default::default();
        sections[0] = serde_json::to_vec(&Meta::default()).unwrap();
        sections[Section::Tails as usize] = vec![1, 2, 3, 4];
        assemble(&sections)
    }

    #[test]
    fn sections_stand_in_their_order() {
        for (at, (section, _)) in SECTIONS.iter().enumerate() {
            assert_eq!(*section as usize, at);
        }
    }

    #[test]
    fn what_was_written_is_read() {
        let (file, _) = File::open(small()).unwrap();
        assert_eq!(file.len(Section::Tails), 2);
        assert_eq!(file.u16(Section::Tails, 1), 0x0403);
        assert_eq!(file.u16(Section::Tails, 2), 0, "beyond the end");
    }

    #[test]
    fn every_damaged_byte_is_noticed() {
        let whole = small();
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x40;
            assert!(File::open(damaged).is_err(), "byte {at}");
            assert!(File::open(whole[..at].to_vec()).is_err(), "cut at {at}");
        }
        assert_eq!(
            File::open(b"%PDF-1.7 something".to_vec()).unwrap_err(),
            GazetteerError::Foreign
        );
    }
}

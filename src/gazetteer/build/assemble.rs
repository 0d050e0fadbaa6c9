//! The merged rows, laid out as the file has them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::pool::Sorted;
use super::{Builder, Country, Kind, Listed, Month, SIGN_BITS, TAIL_BITS, country, put, small};
use crate::gazetteer::file::{self, Area, Head, Key, Meta, Provenance, SECTION_COUNT, Section};

type Sections = [Vec<u8>; SECTION_COUNT];

/// The distinct origins that the file can number; beyond them months become years.
const MOST_ORIGINS: usize = 60_000;

impl Builder {
    /// The file's bytes. `today` is the day that it says it was built.
    pub fn finish(mut self, today: &str) -> Vec<u8> {
        let mut meta = Meta {
            built: today.to_owned(),
            countries: Country::all().iter().map(|c| c.code.clone()).collect(),
            ..Meta::default()
        };
        let name_of = |number: &u8| Country::all()[usize::from(*number)].code.clone();
        let areas = self.complete.iter();
        meta.complete = areas.map(|(c, area)| (name_of(c), area.clone())).collect();
        let places = self.places.sort();
        let streets = self.streets.sort();
        let mut sections = Sections::default();
        let codes = self.codes(&mut sections, &mut meta);
        let heads = self.heads(&codes);
        self.head_towns(&mut sections, &heads, &places.places);
        self.code_streets(&mut sections, &codes, &streets.places);
        let counts = self.head_streets(&mut sections, &heads, &codes, &streets.places);
        self.write_heads(&mut sections, &heads, &codes, &counts);
        self.areas(&mut sections, &places.places);
        put_names(&mut sections, places, Section::Names);
        put_names(&mut sections, streets, Section::Streets);
        meta.sources = self.sources;
        // Texts and numbers cannot fail to serialise.
        sections[Section::Meta as usize] = serde_json::to_vec(&meta).unwrap_or_default();
        file::assemble(&sections)
    }

    /// Tails and origins; returns the sorted keys of the distinct postcodes.
    fn codes(&mut self, sections: &mut Sections, meta: &mut Meta) -> Vec<u64> {
        let mut listed = std::mem::take(&mut self.codes);
        listed.sort_unstable_by_key(|code| code.key);
        let merged = |rows: &[Listed]| self.merge(rows);
        let mut numbers: HashMap<Origin, u16> = HashMap::new();
        let origins: BTreeSet<Origin> =
            listed.chunk_by(|a, b| a.key == b.key).map(merged).collect();
        let coarse = origins.len() > MOST_ORIGINS;
        let mut keys = Vec::new();
        for rows in listed.chunk_by(|a, b| a.key == b.key) {
            let mut origin = self.merge(rows);
            if coarse {
                origin.date = origin.date.map(Month::year);
                origin.ended = origin.ended.map(Month::year);
            }
            let next = u16::try_from(numbers.len()).unwrap_or(u16::MAX);
            let number = *numbers.entry(origin).or_insert_with_key(|origin| {
                meta.provenance.push(origin.into());
                next
            });
            // The lowest bits are the tail.
            let tail = u16::try_from(rows[0].key & 0xffff).unwrap_or(0);
            sections[Section::Tails as usize].extend_from_slice(&tail.to_le_bytes());
            sections[Section::Provenance as usize].extend_from_slice(&number.to_le_bytes());
            keys.push(rows[0].key);
        }
        keys
    }

    /// One postcode of several rows: the newest word says whether it is in use.
    fn merge(&self, rows: &[Listed]) -> Origin {
        let newest = rows.iter().max_by_key(|row| self.word_of(row));
        let sources: BTreeSet<u16> = rows.iter().map(|row| row.source).collect();
        Origin {
            sources: sources.into_iter().collect(),
            date: rows.iter().filter_map(|row| row.date).max(),
            ended: newest.and_then(|row| row.ended),
        }
    }

    /// When a row says that its postcode is in use or ended, and that in use goes
    /// before ended on the same day. A list speaks for its day, a sale for its own.
    fn word_of(&self, row: &Listed) -> (Option<Month>, Option<&str>, bool) {
        let source = &self.sources[usize::from(row.source)];
        let listed = source.date.as_deref();
        let month = match row.date {
            Some(sold) if source.kind == Kind::PricePaid.name() => Some(sold),
            _ => listed.and_then(Month::parse),
        };
        (month, listed, row.ended.is_none())
    }

    /// The sorted keys of all heads.
    fn heads(&self, codes: &[u64]) -> Vec<u64> {
        let mut heads: Vec<u64> = codes.iter().map(|key| key >> TAIL_BITS).collect();
        heads.dedup();
        heads.extend(&self.heads);
        heads.sort_unstable();
        heads.dedup();
        heads
    }

    fn head_towns(&self, sections: &mut Sections, heads: &[u64], places: &[u32]) {
        let mut rows: Vec<_> = self.head_towns.iter().collect();
        rows.sort_unstable_by_key(|((head, name), weight)| {
            (*head, std::cmp::Reverse(**weight), *name)
        });
        debug_assert!(
            rows.iter()
                .all(|((head, _), _)| heads.binary_search(head).is_ok())
        );
        for ((_, name), weight) in rows {
            put(
                &mut sections[Section::HeadTowns as usize],
                places[*name as usize],
            );
            put(&mut sections[Section::HeadTowns as usize], *weight);
        }
    }

    fn code_streets(&self, sections: &mut Sections, codes: &[u64], streets: &[u32]) {
        let house_names = self.houses.names();
        let mut texts: BTreeMap<String, u32> = BTreeMap::new();
        let mut rows: Vec<(u32, u32, u32)> = Vec::with_capacity(self.code_streets.len());
        for ((key, street), houses) in &self.code_streets {
            let houses: BTreeSet<&str> = houses.iter().map(|h| house_names[*h as usize]).collect();
            let text = houses.into_iter().collect::<Vec<_>>().join(",");
            let next = small(texts.len());
            let number = *texts.entry(text).or_insert(next);
            // Every key was listed with its row.
            let code = codes.binary_search(key).unwrap_or(0);
            rows.push((small(code), streets[*street as usize], number));
        }
        rows.sort_unstable();
        let mut by_street: Vec<u32> = (0..small(rows.len())).collect();
        by_street.sort_by_key(|at| rows[*at as usize].1);
        for (code, street, numbers) in rows {
            for number in [code, street, numbers] {
                put(&mut sections[Section::CodeStreets as usize], number);
            }
        }
        for at in by_street {
            put(&mut sections[Section::ByStreet as usize], at);
        }
        let mut ordered: Vec<(&String, &u32)> = texts.iter().collect();
        ordered.sort_unstable_by_key(|(_, number)| **number);
        for (text, _) in ordered {
            let pool = &mut sections[Section::NumbersText as usize];
            pool.extend_from_slice(text.as_bytes());
            let end = small(pool.len());
            put(&mut sections[Section::Numbers as usize], end);
        }
    }

    /// Streets by district; returns how many streets each head has in all.
    fn head_streets(
        &self,
        sections: &mut Sections,
        heads: &[u64],
        codes: &[u64],
        streets: &[u32],
    ) -> Vec<u32> {
        debug_assert!(codes.is_sorted());
        let at = |head: u64| small(heads.binary_search(&head).unwrap_or(0));
        let mut rows: Vec<(u32, u32)> = self
            .head_streets
            .iter()
            .map(|(head, street)| (streets[*street as usize], at(*head)))
            .collect();
        rows.sort_unstable();
        for (street, head) in &rows {
            put(&mut sections[Section::HeadStreets as usize], *street);
            put(&mut sections[Section::HeadStreets as usize], *head);
        }
        let mut counts = vec![0; heads.len()];
        for (_, head) in rows {
            counts[head as usize] += 1;
        }
        counts
    }

    fn write_heads(&self, sections: &mut Sections, heads: &[u64], codes: &[u64], counts: &[u32]) {
        let mut towns_of: BTreeMap<u64, u32> = BTreeMap::new();
        for (head, _) in self.head_towns.keys() {
            *towns_of.entry(*head).or_default() += 1;
        }
        let section = &mut sections[Section::Heads as usize];
        let mut towns = 0;
        for (key, streets) in heads.iter().zip(counts) {
            let (number, text) = head_text(*key);
            let first = codes.partition_point(|code| code >> TAIL_BITS < *key);
            let head = Head {
                key: Key::new(number, &text),
                codes: small(first),
                towns,
                streets: *streets,
            };
            head.write(section);
            towns += towns_of.get(key).copied().unwrap_or(0);
        }
        let end = Head {
            key: Key::END,
            codes: small(codes.len()),
            towns,
            streets: 0,
        };
        end.write(section);
    }

    fn areas(&self, sections: &mut Sections, places: &[u32]) {
        let mut areas: BTreeMap<(u8, &str), Vec<u32>> = BTreeMap::new();
        for (country, area, name) in &self.area_towns {
            let towns = areas.entry((*country, area)).or_default();
            towns.push(places[*name as usize]);
        }
        let mut first = 0;
        for ((country, text), mut towns) in areas {
            let area = Area {
                key: Key::new(country, text),
                towns: first,
            };
            area.write(&mut sections[Section::Areas as usize]);
            first += small(towns.len());
            towns.sort_unstable();
            for town in towns {
                put(&mut sections[Section::AreaTowns as usize], town);
            }
        }
        let end = Area {
            key: Key::END,
            towns: first,
        };
        end.write(&mut sections[Section::Areas as usize]);
    }
}

/// Where a postcode comes from, before it is written out.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Origin {
    sources: Vec<u16>,
    date: Option<Month>,
    ended: Option<Month>,
}

impl From<&Origin> for Provenance {
    fn from(origin: &Origin) -> Self {
        Self {
            sources: origin.sources.clone(),
            date: origin.date.map(|month| month.to_string()),
            ended: origin.ended.map(|month| month.to_string()),
        }
    }
}

/// Three sections that follow each other.
fn put_names(sections: &mut Sections, names: Sorted, first: Section) {
    for (at, bytes) in names.sections.into_iter().enumerate() {
        sections[first as usize + at] = bytes;
    }
}

/// The country's number and the text of a head's key.
fn head_text(key: u64) -> (u8, String) {
    let mut text = String::new();
    for at in (0..country::HEAD).rev() {
        let sign = key >> (u32::try_from(at).unwrap_or(0) * SIGN_BITS) & 0x3f;
        if let Some(index) = u8::try_from(sign).ok().and_then(|sign| sign.checked_sub(1)) {
            text.push(char::from(country::sign(index)));
        }
    }
    let bits = u32::try_from(country::HEAD).unwrap_or(0) * SIGN_BITS;
    (u8::try_from(key >> bits).unwrap_or(0), text)
}

//! What others make of the same boxes: Tesseract, a field at a time, and the likeliest
//! characters with the nearest entry of a list.

use std::collections::HashMap;
use std::fs;

use postroom::domain::form::FieldKind;
use postroom::engines::{Engines, Print};
use postroom::gazetteer::Gazetteer;
use postroom::gazetteer::country::Country;
use postroom::imaging::pix::Pix;

use super::{Options, Result};

/// The others.
pub struct Peers {
    engines: Engines,
    lists: HashMap<FieldKind, Vec<String>>,
}

impl Peers {
    /// With the names of the lexicons and the post towns of the gazetteer.
    pub fn open(options: &Options, gazetteer: &Gazetteer) -> Result<Self> {
        let uk = Country::united_kingdom();
        let areas = gazetteer.areas(uk);
        let towns = areas.iter().flat_map(|area| gazetteer.post_towns(area));
        let mut lists = HashMap::from([(FieldKind::Town, towns.map(str::to_uppercase).collect())]);
        if let Some(folder) = &options.lexicons {
            for (kind, name) in [
                (FieldKind::FirstName, "first-names.csv"),
                (FieldKind::Surname, "surnames.csv"),
            ] {
                let text = fs::read_to_string(folder.join(name))?;
                let names = text.lines().filter_map(|row| row.split(',').next());
                lists.insert(kind, names.map(str::to_uppercase).collect());
            }
        }
        Ok(Self {
            engines: Engines::open(None)?,
            lists,
        })
    }

    /// What Tesseract reads in a picture of a field; its boxes stand apart, and so the spaces
    /// say nothing.
    pub fn print(&mut self, pix: &Pix, dpi: u32) -> Result<String> {
        let text = self.engines.ocr.read(&Print {
            pix,
            dpi,
            x_height: None,
        })?;
        let words: String = text.words().map(|word| word.text.as_str()).collect();
        Ok(words.to_uppercase())
    }

    /// The entry that is nearest to what was read: of equally near ones the first, which is
    /// the commonest where the list says. What no list is for stays as it is.
    pub fn nearest(&self, kind: FieldKind, read: &str, gazetteer: &Gazetteer) -> String {
        if kind == FieldKind::Postcode {
            return nearest_postcode(read, gazetteer).unwrap_or_else(|| read.to_owned());
        }
        let list = self.lists.get(&kind).map_or(&[][..], Vec::as_slice);
        let nearest = list.iter().min_by_key(|entry| distance(entry, read));
        nearest.map_or_else(|| read.to_owned(), Clone::clone)
    }
}

/// The first postcode of the list with at most two other characters.
fn nearest_postcode(read: &str, gazetteer: &Gazetteer) -> Option<String> {
    const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let uk = Country::united_kingdom();
    let is_listed = |text: &str| {
        let code = uk.parse(text);
        code.is_some_and(|code| gazetteer.listing(&code).is_some())
    };
    let read: String = read
        .chars()
        .filter(char::is_ascii)
        .filter(|sign| *sign != ' ')
        .collect();
    let with = |text: &str, at: usize, sign: u8| {
        let mut other = text.to_owned();
        other.replace_range(at..=at, char::from(sign).encode_utf8(&mut [0; 4]));
        other
    };
    let others = |text: &str, from: usize| -> Vec<String> {
        let places = from..text.len();
        places
            .flat_map(|at| SIGNS.iter().map(move |sign| (at, *sign)))
            .map(|(at, sign)| with(text, at, sign))
            .collect()
    };
    if is_listed(&read) {
        return Some(read);
    }
    let one = others(&read, 0);
    if let Some(found) = one.iter().find(|text| is_listed(text)) {
        return Some(found.clone());
    }
    let two = (0..read.len()).flat_map(|at| {
        let changed = SIGNS.iter().map(move |sign| (at, *sign));
        changed.collect::<Vec<_>>()
    });
    let mut two = two.flat_map(|(at, sign)| others(&with(&read, at, sign), at + 1));
    two.find(|text| is_listed(text))
}

/// Levenshtein's, with a row at a time.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (line, left) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = line + 1;
        for (at, right) in b.iter().enumerate() {
            let replaced = corner + usize::from(left != *right);
            corner = row[at + 1];
            row[at + 1] = replaced.min(row[at] + 1).min(corner + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

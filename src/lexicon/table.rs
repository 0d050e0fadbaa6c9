//! A list of names with how often each occurs, in one sorted block of bytes, and how
//! one is made from a published table.

use std::collections::BTreeMap;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization as _;

use super::signs::{Sign, Signs, signs_of};
use crate::domain::identity::Digest;
use crate::gazetteer::partition;

/// Names, sorted, with their counts.
#[derive(Debug, Clone)]
pub struct Table {
    /// All names, one behind the other, as numbers of characters.
    text: Vec<Sign>,
    ends: Vec<u32>,
    /// What each name and all before it count together.
    counts: Vec<f64>,
    digest: Digest,
    dirty: usize,
}

/// A list of names that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// It has no name in it.
    #[error(
        "it has no name in it ({dirty} rows were left out); a list of names has a name a line, \
         or the columns name and count"
    )]
    NoNames {
        /// Rows that are no names.
        dirty: usize,
    },
    /// It is no text.
    #[error("it is no text; a list of names is UTF-8, a name a line, or CSV with name and count")]
    NotText,
}

/// No name is longer, in characters.
const LONGEST: usize = 40;
/// What names are made of, when accents are dropped.
const NAME: Signs = Signs::of("ABCDEFGHIJKLMNOPQRSTUVWXYZ '-");
/// The columns of a header, as publishers name them.
const NAME_COLUMNS: [&str; 6] = [
    "name",
    "first name",
    "first_name",
    "forename",
    "surname",
    "last_name",
];
const COUNT_COLUMNS: [&str; 6] = ["count", "births", "number", "frequency", "n", "total"];

impl Table {
    /// The names of one or more files, merged; counts of the same name add up. A file
    /// is CSV with or without a header, `name,count`, or a name a line, which counts once.
    /// Rows that are no names are left out and counted.
    ///
    /// # Errors
    /// When a file is no text, or has no name in it.
    pub fn parse<'b>(files: impl IntoIterator<Item = &'b [u8]>) -> Result<Self, TableError> {
        let mut names = BTreeMap::new();
        let (mut dirty, mut hash) = (0, Vec::new());
        for bytes in files {
            hash.extend_from_slice(Digest::of(bytes).to_string().as_bytes());
            dirty += rows(bytes, &mut names)?;
        }
        Ok(Self::new(names, Digest::of(&hash), dirty))
    }

    fn new(names: BTreeMap<Vec<Sign>, f64>, digest: Digest, dirty: usize) -> Self {
        let mut table = Self {
            text: Vec::new(),
            ends: Vec::new(),
            counts: Vec::new(),
            digest,
            dirty,
        };
        let mut total = 0.0;
        for (name, count) in names {
            total += count;
            table.text.extend(name);
            // Text of 4 GiB is no list of names; what is beyond is cut off.
            table
                .ends
                .push(u32::try_from(table.text.len()).unwrap_or(u32::MAX));
            table.counts.push(total);
        }
        table
    }

    /// With more names, which have so much of the whole between them.
    pub(super) fn with(&self, more: &[(Vec<Sign>, f64)], share: f64) -> Self {
        let of_more: f64 = more.iter().map(|(_, weight)| weight).sum();
        let scale = self.total() * share / (1.0 - share) / of_more.max(f64::MIN_POSITIVE);
        let own = (0..self.len()).map(|at| (self.name(at).to_vec(), self.count(at..at + 1)));
        let mut names: BTreeMap<Vec<Sign>, f64> = own.collect();
        for (name, weight) in more {
            *names.entry(name.clone()).or_default() += weight * scale;
        }
        Self::new(names, self.digest, self.dirty)
    }

    /// The hash of the files that it was made from.
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// How many rows were left out because they are no names.
    pub const fn dirty(&self) -> usize {
        self.dirty
    }

    /// How many names there are.
    pub const fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// What all names count.
    pub(super) fn total(&self) -> f64 {
        self.counts.last().copied().unwrap_or(0.0)
    }

    /// What some names in a row count.
    pub(super) fn count(&self, names: Range<usize>) -> f64 {
        let before = |end: usize| end.checked_sub(1).map_or(0.0, |at| self.counts[at]);
        before(names.end) - before(names.start)
    }

    /// A name's characters.
    pub(super) fn name(&self, at: usize) -> &[Sign] {
        let start = at
            .checked_sub(1)
            .map_or(0, |before| self.ends[before] as usize);
        &self.text[start..self.ends[at] as usize]
    }

    /// All names in order.
    pub(super) fn names(&self) -> impl Iterator<Item = &[Sign]> {
        (0..self.len()).map(|at| self.name(at))
    }

    /// What a name counts of all; 0 when it is not listed.
    pub(super) fn share(&self, name: &[Sign]) -> f64 {
        let at = partition(0..self.len(), |at| self.name(at) < name);
        if at < self.len() && self.name(at) == name {
            self.count(at..at + 1) / self.total()
        } else {
            0.0
        }
    }

    /// The end of the names of a range that go on at `depth` as the first does; the
    /// steps double, for most groups are small.
    pub(super) fn group_end(&self, range: Range<usize>, depth: usize, sign: Sign) -> usize {
        let same = |at: usize| self.name(at).get(depth) <= Some(&sign);
        let (mut low, mut step) = (range.start, 1);
        while low + step < range.end && same(low + step) {
            low += step;
            step *= 2;
        }
        partition(low..range.end.min(low + step), same)
    }
}

/// Adds a file's names; how many rows are none.
fn rows(bytes: &[u8], names: &mut BTreeMap<Vec<Sign>, f64>) -> Result<usize, TableError> {
    let text = std::str::from_utf8(bytes).map_err(|_| TableError::NotText)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let (mut columns, mut read, mut dirty) = ((0, 1), 0, 0);
    for (line, row) in reader.records().enumerate() {
        let Ok(row) = row else {
            dirty += 1;
            continue;
        };
        if line == 0
            && let Some(header) = header(&row)
        {
            columns = header;
            continue;
        }
        let name = row.get(columns.0).and_then(name_of);
        let count = row.get(columns.1).map_or(Some(1.0), count_of);
        match (name, count) {
            (Some(name), Some(count)) => {
                *names.entry(name).or_default() += count;
                read += 1;
            }
            _ => dirty += 1,
        }
    }
    match read {
        0 => Err(TableError::NoNames { dirty }),
        _ => Ok(dirty),
    }
}

/// Where name and count stand, when this is a header.
fn header(row: &csv::StringRecord) -> Option<(usize, usize)> {
    let place = |of: &[&str]| {
        let is_one = |cell: &str| of.contains(&cell.trim().to_lowercase().as_str());
        row.iter().position(is_one)
    };
    let name = place(&NAME_COLUMNS)?;
    Some((name, place(&COUNT_COLUMNS).unwrap_or(usize::MAX)))
}

/// A name in capitals without accents.
fn name_of(text: &str) -> Option<Vec<Sign>> {
    let mut plain = String::with_capacity(text.len());
    for sign in text.trim().nfd() {
        match sign {
            '\u{300}'..='\u{36f}' | '.' => {}
            '’' | '‘' | '`' => plain.push('\''),
            'ł' | 'Ł' => plain.push('L'),
            'ø' | 'Ø' => plain.push('O'),
            'đ' | 'Đ' => plain.push('D'),
            'ß' => plain.push_str("SS"),
            'æ' | 'Æ' => plain.push_str("AE"),
            sign => plain.push(sign.to_ascii_uppercase()),
        }
    }
    let signs = signs_of(&plain)?;
    let has_letter = signs.iter().any(|sign| *sign < 26);
    let is_name = has_letter && signs.len() <= LONGEST && signs.iter().all(|sign| NAME.has(*sign));
    is_name.then_some(signs)
}

/// A count, with or without commas between its thousands.
fn count_of(text: &str) -> Option<f64> {
    let count: f64 = text.trim().replace(',', "").parse().ok()?;
    (count.is_finite() && count > 0.0).then_some(count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::signs::text_of;

    fn listed(table: &Table) -> Vec<(String, f64)> {
        (0..table.len())
            .map(|at| (text_of(table.name(at)), table.count(at..at + 1)))
            .collect()
    }

    #[test]
    fn every_layout_is_understood() {
        let expected = vec![("ANNE".to_owned(), 1.0), ("O'NEIL".to_owned(), 20.0)];
        for file in [
            "name,births\nAnne,1\nO'Neil,20\n",
            "Anne,1\nO’Neil,20\n",
            "Rank,Surname,Count\n1,O'Neil,20\n2,Anne,1\n",
            "\u{feff}name,count\r\nÀnne,1\r\nO'Neil,12\r\no'neil,8\r\n",
        ] {
            let table = Table::parse([file.as_bytes()]).unwrap();
            assert_eq!(listed(&table), expected, "{file}");
            assert_eq!(table.dirty(), 0);
        }
        let plain = Table::parse([&b"Smith\nJones\nSmith\n"[..]]).unwrap();
        assert_eq!(
            listed(&plain),
            [("JONES".to_owned(), 1.0), ("SMITH".to_owned(), 2.0)]
        );
        assert!((plain.share(&signs_of("SMITH").unwrap()) - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!(plain.share(&signs_of("SMIT").unwrap()), 0.0);
    }

    #[test]
    fn dirty_rows_are_counted_and_left_out() {
        let file = "name,count\nAnne,1\n4711,3\nBob,many\nCid,-1\n,5\nLuk@sz,2\n";
        let table = Table::parse([file.as_bytes()]).unwrap();
        assert_eq!(listed(&table), [("ANNE".to_owned(), 1.0)]);
        assert_eq!(table.dirty(), 5);
    }

    #[test]
    fn what_has_no_names_is_refused() {
        let error = |file: &[u8]| Table::parse([file]).unwrap_err();
        assert_eq!(error(b""), TableError::NoNames { dirty: 0 });
        assert_eq!(error(b"1\n2\n"), TableError::NoNames { dirty: 2 });
        assert_eq!(error(b"\xff\xfe\x00"), TableError::NotText);
    }

    #[test]
    fn the_digest_is_that_of_the_files() {
        let digest = |file: &str| Table::parse([file.as_bytes()]).unwrap().digest();
        assert_eq!(digest("Anne\n"), digest("Anne\n"));
        assert_ne!(digest("Anne\n"), digest("Anna\n"));
    }
}

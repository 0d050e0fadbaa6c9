//! The rows of published files: Code-Point Open, ONSPD, GeoNames, Price Paid,
//! Open Names, address files, plain tables.
//!
//! What a file is, its content says: a header's columns, or the shape of the first
//! row. A row that is not what it should be is counted, shown and left out.

mod archive;
mod columns;
mod layout;
mod table;

use std::cell::Cell;
use std::collections::BTreeSet;
use std::io::Read;

use super::{Builder, Month, Row, Where};
use crate::domain::named;
use crate::gazetteer::country::Country;
use crate::gazetteer::file::{DatedBy, SourceMeta};
use table::{Limits, Table};

pub use archive::{import_zip, is_notes, notes_date, tables};
pub use columns::{Column, Columns, UnknownColumn};

/// What a file was taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// OS Code-Point Open: every postcode of Great Britain.
    CodePointOpen,
    /// The ONS Postcode Directory: every postcode, ended ones too.
    Onspd,
    /// GeoNames postal codes.
    GeoNames,
    /// HM Land Registry Price Paid: streets and houses that were sold.
    PricePaid,
    /// OS Open Names: roads and places by postcode district.
    OpenNames,
    /// Any other table with a header.
    Table,
}

named!(Kind {
    CodePointOpen => "Code-Point Open",
    Onspd => "ONSPD",
    GeoNames => "GeoNames",
    PricePaid => "Price Paid",
    OpenNames => "Open Names",
    Table => "table",
});

impl Kind {
    /// Whether it lists every live postcode of the areas that it touches.
    const fn is_complete(self) -> bool {
        matches!(self, Self::CodePointOpen | Self::Onspd)
    }
}

/// How a source is to be read.
#[derive(Debug, Clone)]
pub struct Import {
    /// What to call it.
    pub name: String,
    /// The country of rows that do not name theirs.
    pub country: &'static Country,
    /// The user's names of columns.
    pub columns: Columns,
    /// Whether the user vouches that it lists every live postcode of its areas.
    pub complete: bool,
    /// The day of its data, should the source not tell.
    pub date: Option<String>,
    /// How that day is known.
    pub dated_by: DatedBy,
}

/// A row that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dirty {
    /// The file, within an archive.
    pub file: String,
    /// Its line.
    pub line: u64,
    /// What is wrong with it.
    pub what: String,
}

/// What came of a source.
#[derive(Debug, Default)]
pub struct Imported {
    /// What it was taken for.
    pub kind: Option<Kind>,
    /// What the file says of it.
    pub about: SourceMeta,
    /// The first few rows that were left out.
    pub examples: Vec<Dirty>,
    /// Tables in it that say nothing of places.
    pub passed_over: Vec<String>,
    /// The headings named by the user that it has.
    pub headings: BTreeSet<String>,
    newest: Option<Month>,
    /// Areas of which it lists every postcode.
    areas: BTreeSet<(&'static str, String)>,
}

/// Why a source cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The machine failed.
    #[error("{file}: cannot be read: {source}; check it and its rights")]
    Read {
        /// The file.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// Nothing in it says what it is.
    #[error(
        "{file}: no postcodes, streets or places were found in it; a table needs a header with a \
         postcode column, or --columns to say which it is"
    )]
    Unknown {
        /// The file.
        file: String,
    },
    /// Not a zip archive after all.
    #[error("{file}: the archive is damaged: {what}; fetch it again")]
    Archive {
        /// The file.
        file: String,
        /// What the archive's reader says.
        what: String,
    },
}

/// How many rows that were left out are shown.
const EXAMPLES: usize = 5;

/// A source that lists every postcode still does so when at most one row in so many was left
/// out: a twentieth of the 2 in 100 that any list lacks, so that no answer hangs on it.
pub const ROWS_TO_ONE_LEFT_OUT: u64 = 1000;

/// Merges the rows of a source's tables, each with its name. `tick` is told how many
/// bytes were read.
pub fn import<T: Read>(
    tables: &mut dyn Iterator<Item = std::io::Result<(String, T)>>,
    how: &Import,
    builder: &mut Builder,
    tick: &mut dyn FnMut(u64),
) -> Result<Imported, SourceError> {
    let mut imported = Imported::default();
    let source = builder.source(SourceMeta::default());
    let endless = Cell::new(u64::MAX);
    for table in tables {
        let (file, table) = table.map_err(|source| SourceError::Read {
            file: how.name.clone(),
            source,
        })?;
        let mut reading = Table {
            file: &file,
            how,
            builder,
            source,
            imported: &mut imported,
            tick,
        };
        reading.read(table, Limits::new(&endless))?;
    }
    imported.conclude(how, builder, source)?;
    Ok(imported)
}

impl Import {
    /// A source of this name, with nothing else known of it.
    pub fn new(name: &str, country: &'static Country) -> Self {
        Self {
            name: name.to_owned(),
            country,
            columns: Columns::default(),
            complete: false,
            date: None,
            dated_by: DatedBy::Told,
        }
    }
}

impl Imported {
    /// Writes down what is known of the source now that it is read.
    fn conclude(
        &mut self,
        how: &Import,
        builder: &mut Builder,
        source: u16,
    ) -> Result<(), SourceError> {
        let kind = self.kind.ok_or_else(|| SourceError::Unknown {
            file: how.name.clone(),
        })?;
        self.about.spoiled = !self.areas.is_empty() && self.leaves_out_many();
        if self.about.spoiled {
            self.areas.clear();
        }
        for (country, area) in &self.areas {
            if let Some(country) = Country::find(country) {
                builder.complete(country, area);
            }
        }
        let noted = builder.source_mut(source).date.take();
        let noted = noted.map(|day| (day, DatedBy::Notes));
        let newest = self.newest.map(|month| (month.to_string(), DatedBy::Rows));
        let told = how.date.clone().map(|day| (day, how.dated_by));
        let (date, dated_by) = noted.or(newest).or(told).unzip();
        self.about.name.clone_from(&how.name);
        self.about.kind = kind.name().to_owned();
        self.about.date = date;
        self.about.dated_by = dated_by.unwrap_or_default();
        self.about.complete = !self.areas.is_empty();
        builder.source_mut(source).clone_from(&self.about);
        Ok(())
    }

    /// Counts a row of a table that lists every postcode of its areas, or does not.
    fn took(&mut self, row: &Row<'_>, complete: bool) {
        self.about.rows += 1;
        self.newest = self.newest.max(row.date).max(row.ended);
        let Where::Code(code) = &row.place else {
            return;
        };
        self.about.codes += 1;
        let (country, area) = (code.country().code.as_str(), code.area());
        let last = self.areas.last();
        if complete && last.is_none_or(|(c, a)| (*c, a.as_str()) != (country, area)) {
            self.areas.insert((&code.country().code, area.to_owned()));
        }
    }

    /// Whether so many rows were left out that what is missing may well exist.
    const fn leaves_out_many(&self) -> bool {
        self.about.dirty * ROWS_TO_ONE_LEFT_OUT > self.about.dirty + self.about.rows
    }

    fn leave_out(&mut self, file: &str, line: u64, what: String) {
        self.about.dirty += 1;
        if self.examples.len() < EXAMPLES {
            self.examples.push(Dirty {
                file: file.to_owned(),
                line,
                what,
            });
        }
    }
}

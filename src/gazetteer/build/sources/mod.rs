//! The rows of published files: Code-Point Open, ONSPD, GeoNames, Price Paid,
//! Open Names, address files, plain tables.
//!
//! What a file is, its content says: a header's columns, or the shape of the first
//! row. A row that is not what it should be is counted, shown and left out.

mod archive;
mod columns;
mod layout;

use std::collections::BTreeSet;
use std::io::Read;

use csv::StringRecord;

use super::{Builder, Month, Row, Where};
use crate::domain::named;
use crate::gazetteer::country::Country;
use crate::gazetteer::file::SourceMeta;
use layout::Layout;

pub use archive::import_zip;
pub use columns::{Columns, UnknownColumn};

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
    /// Rows taken.
    pub rows: u64,
    /// Rows left out.
    pub dirty: u64,
    /// The first few of them.
    pub examples: Vec<Dirty>,
    newest: Option<Month>,
    areas: BTreeSet<(&'static str, String)>,
}

/// Why a source cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The machine failed.
    #[error("{file}: {source}")]
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
        reading.read(table)?;
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
        }
    }
}

impl Imported {
    /// Writes down what is known of the source now that it is read.
    fn conclude(
        &self,
        how: &Import,
        builder: &mut Builder,
        source: u16,
    ) -> Result<(), SourceError> {
        let kind = self.kind.ok_or_else(|| SourceError::Unknown {
            file: how.name.clone(),
        })?;
        if kind.is_complete() || how.complete {
            for (country, area) in &self.areas {
                if let Some(country) = Country::find(country) {
                    builder.complete(country, area);
                }
            }
        }
        let newest = self.newest.map(|month| month.to_string());
        let about = builder.source_mut(source);
        about.name.clone_from(&how.name);
        about.kind = kind.name().to_owned();
        about.date = about.date.take().or(newest).or_else(|| how.date.clone());
        about.rows = self.rows;
        about.dirty = self.dirty;
        Ok(())
    }

    fn took(&mut self, row: &Row<'_>) {
        self.rows += 1;
        self.newest = self.newest.max(row.date).max(row.ended);
        let (country, head) = match &row.place {
            Where::Code(code) => (code.country(), code.head()),
            _ => return,
        };
        let area = country.area(head);
        if self
            .areas
            .last()
            .is_none_or(|(c, a)| (*c, a.as_str()) != (&country.code, area))
        {
            self.areas.insert((&country.code, area.to_owned()));
        }
    }

    fn leave_out(&mut self, file: &str, line: u64, what: String) {
        self.dirty += 1;
        if self.examples.len() < EXAMPLES {
            self.examples.push(Dirty {
                file: file.to_owned(),
                line,
                what,
            });
        }
    }
}

/// A table as it is being read.
struct Table<'a, 't> {
    file: &'a str,
    how: &'a Import,
    builder: &'a mut Builder,
    source: u16,
    imported: &'a mut Imported,
    tick: &'t mut dyn FnMut(u64),
}

/// How many rows are read between two ticks.
const TICK: u64 = 10_000;

impl Table<'_, '_> {
    fn read(&mut self, table: impl Read) -> Result<(), SourceError> {
        let failed = |source| SourceError::Read {
            file: self.file.to_owned(),
            source,
        };
        let (delimiter, table) = layout::delimiter(table).map_err(failed)?;
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .quoting(delimiter == b',')
            .delimiter(delimiter)
            .from_reader(table);
        let mut bytes = csv::ByteRecord::new();
        let mut layout: Option<Layout> = None;
        let mut told = 0;
        while reader
            .read_byte_record(&mut bytes)
            .map_err(|error| failed(error.into()))?
        {
            let line = bytes.position().map_or(0, csv::Position::line);
            let record = match StringRecord::from_byte_record(bytes) {
                Ok(record) => record,
                // Older files are written in Latin-1.
                Err(error) => layout::from_latin(&error.into_byte_record()),
            };
            match &layout {
                Some(layout) => self.row(&record, layout, line),
                None => {
                    let Some((found, is_header)) = Layout::of(&record, &self.how.columns) else {
                        return Ok(());
                    };
                    self.imported.kind.get_or_insert(found.kind);
                    if !is_header {
                        self.row(&record, &found, line);
                    }
                    layout = Some(found);
                }
            }
            bytes = record.into_byte_record();
            if reader.position().line() % TICK == 0 {
                (self.tick)(reader.position().byte() - told);
                told = reader.position().byte();
            }
        }
        (self.tick)(reader.position().byte() - told);
        Ok(())
    }

    fn row(&mut self, record: &StringRecord, layout: &Layout, line: u64) {
        match layout.row(record, self.how.country) {
            Ok(Some(row)) => {
                self.builder.add(self.source, &row);
                self.imported.took(&row);
            }
            // A row about something else, such as a railway station.
            Ok(None) => {}
            Err(what) => self.imported.leave_out(self.file, line, what),
        }
    }
}

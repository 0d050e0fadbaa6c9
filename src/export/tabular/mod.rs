//! Rows for other people's programs: the same typed columns as CSV (RFC 4180), as CSV that no
//! spreadsheet takes for formulas, as a workbook (XLSX) and as Parquet.
//!
//! [`begin`] opens a table on any [`Write`]; rows go through it one at a time, so that a table of a
//! million rows needs no more memory than one of a thousand.

mod columnar;
mod comma;
mod workbook;

use std::borrow::Cow;
use std::fmt::Debug;
use std::io::{self, Write};

use jiff::Timestamp;
use jiff::civil::Date;

/// One column: its name, what is in it, and what that means to those who get the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// As the header says it; no two columns of a table share one.
    pub name: Cow<'static, str>,
    /// What its cells hold.
    pub kind: ColumnKind,
    /// A sentence for the data dictionary.
    pub says: Cow<'static, str>,
}

impl Column {
    /// A column whose name and meaning are known beforehand.
    pub const fn new(name: &'static str, kind: ColumnKind, says: &'static str) -> Self {
        Self {
            name: Cow::Borrowed(name),
            kind,
            says: Cow::Borrowed(says),
        }
    }

    /// A column that is named by what is in the store.
    pub fn named(name: String, kind: ColumnKind, says: impl Into<Cow<'static, str>>) -> Self {
        Self {
            name: Cow::Owned(name),
            kind,
            says: says.into(),
        }
    }
}

/// What the cells of a column hold. Every one may be empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Words and whatever must stay as it is written: telephone and member numbers, postcodes.
    Text,
    /// A day of the calendar.
    Day,
    /// A moment, UTC, to the microsecond.
    Moment,
    /// A whole number.
    Whole,
    /// Any other number.
    Number,
    /// Yes or no; `1` and `0` in CSV.
    Truth,
}

impl ColumnKind {
    /// What the data dictionary calls it: the types of a Table Schema (Frictionless Data, v1).
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Day => "date",
            Self::Moment => "datetime",
            Self::Whole => "integer",
            Self::Number => "number",
            Self::Truth => "boolean",
        }
    }
}

/// One cell. It is of its column's kind, or empty.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// Nothing: not known, not sure, or not there.
    Empty,
    /// Words.
    Text(Cow<'a, str>),
    /// A day.
    Day(Date),
    /// A moment.
    Moment(Timestamp),
    /// A whole number.
    Whole(i64),
    /// Any other number.
    Number(f64),
    /// Yes or no.
    Truth(bool),
}

impl<'a> Cell<'a> {
    /// Words; nothing where there are none.
    pub fn text(words: impl Into<Cow<'a, str>>) -> Self {
        let words = words.into();
        match words.is_empty() {
            true => Self::Empty,
            false => Self::Text(words),
        }
    }

    /// What is there, as such a cell; else nothing.
    pub fn maybe<T>(value: Option<T>, cell: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Empty, cell)
    }

    fn is_of(&self, kind: ColumnKind) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(_) => kind == ColumnKind::Text,
            Self::Day(_) => kind == ColumnKind::Day,
            Self::Moment(_) => kind == ColumnKind::Moment,
            Self::Whole(_) => kind == ColumnKind::Whole,
            Self::Number(_) => kind == ColumnKind::Number,
            Self::Truth(_) => kind == ColumnKind::Truth,
        }
    }
}

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableFormat {
    /// RFC 4180 in UTF-8, every value exact.
    Csv,
    /// The same for a spreadsheet: with a byte order mark, so that it is taken for UTF-8, and with an
    /// apostrophe before what would be run as a formula.
    SpreadsheetCsv,
    /// A workbook of one sheet with typed columns; words are never formulas.
    Xlsx,
    /// Apache Parquet, compressed by Snappy.
    Parquet,
}

impl TableFormat {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Csv, Self::SpreadsheetCsv, Self::Xlsx, Self::Parquet];

    /// How a file of it ends: the dialect is in its name.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::SpreadsheetCsv => "spreadsheet.csv",
            Self::Xlsx => "xlsx",
            Self::Parquet => "parquet",
        }
    }
}

/// What became of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Written {
    /// The rows below the header.
    pub rows: u64,
    /// Cells whose words did not fit into a workbook's cell and end with a mark that says so.
    pub cut: u64,
}

/// A table in the making.
pub trait Table: Debug {
    /// Writes a row: a cell for each column, in their order.
    fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<()>;

    /// Writes what is left. A table that is dropped before is not whole.
    fn end(self: Box<Self>) -> io::Result<Written>;
}

/// Begins a table of these columns on `out`.
pub fn begin<'a>(
    format: TableFormat,
    columns: &[Column],
    out: impl Write + Send + 'a,
) -> io::Result<Box<dyn Table + 'a>> {
    Ok(match format {
        TableFormat::Csv => Box::new(comma::Comma::exact(columns, out)?),
        TableFormat::SpreadsheetCsv => Box::new(comma::Comma::guarded(columns, out)?),
        TableFormat::Xlsx => Box::new(workbook::Sheet::begin(columns, out)?),
        TableFormat::Parquet => Box::new(columnar::Groups::begin(columns, out)?),
    })
}

/// A row that does not fit its table: a mistake of ours, told before anything of it is written.
fn fits(kinds: &[ColumnKind], cells: &[Cell<'_>]) -> io::Result<()> {
    let fits = kinds.len() == cells.len()
        && kinds
            .iter()
            .zip(cells)
            .all(|(kind, cell)| cell.is_of(*kind));
    match fits {
        true => Ok(()),
        false => Err(io::Error::other(format!(
            "a row of {} cells is none of this table of {} columns",
            cells.len(),
            kinds.len()
        ))),
    }
}

fn kinds(columns: &[Column]) -> Vec<ColumnKind> {
    columns.iter().map(|column| column.kind).collect()
}

#[cfg(test)]
mod tests;

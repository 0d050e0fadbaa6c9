//! Reads one table, whatever is wrong with it: a row that is not what it should be
//! is left out, and what would fill the memory ends the reading.

use std::cell::Cell;
use std::io::{self, Read};

use csv::{ByteRecord, Position, StringRecord};

use super::layout::{self, Layout};
use super::{Import, Imported, SourceError};
use crate::gazetteer::build::Builder;

/// A table as it is being read.
pub(super) struct Table<'a, 't> {
    pub(super) file: &'a str,
    pub(super) how: &'a Import,
    pub(super) builder: &'a mut Builder,
    pub(super) source: u16,
    pub(super) imported: &'a mut Imported,
    pub(super) tick: &'t mut dyn FnMut(u64),
}

/// How many rows are read between two ticks.
const TICK: u64 = 10_000;

/// A table without a header is known by one of so many first rows: some may be dirty.
const FIRST_ROWS: usize = 20;

/// A row has at most so many bytes, a hundred times what any publisher's has: behind
/// a quotation mark that is never closed the rest of a file would be one row.
const LONGEST_ROW: u64 = 4 << 20;

impl Table<'_, '_> {
    pub(super) fn read(&mut self, table: impl Read, limits: Limits<'_>) -> Result<(), SourceError> {
        let file = self.file;
        let failed = |line: u64, source| SourceError::Read {
            file: match line {
                0 => file.to_owned(),
                line => format!("{file}, line {line}"),
            },
            source,
        };
        let row_bytes = Cell::new(0);
        let guarded = Guarded {
            table,
            row: &row_bytes,
            limits,
        };
        let (dialect, table) = layout::dialect(guarded).map_err(|error| failed(0, error))?;
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .quoting(dialect.quoting)
            .delimiter(dialect.delimiter)
            .from_reader(table);
        let mut bytes = ByteRecord::new();
        let mut understanding = Understanding::default();
        let mut told = 0;
        loop {
            let more = reader.read_byte_record(&mut bytes);
            if !more.map_err(|error| failed(reader.position().line(), error.into()))? {
                break;
            }
            row_bytes.set(0);
            let line = bytes.position().map_or(0, Position::line);
            let record = match StringRecord::from_byte_record(bytes) {
                Ok(record) => record,
                // Older files are written in Latin-1.
                Err(error) => layout::from_latin(&error.into_byte_record()),
            };
            if !self.record(&record, line, &mut understanding) {
                break;
            }
            bytes = record.into_byte_record();
            if reader.position().line().is_multiple_of(TICK) {
                (self.tick)(reader.position().byte() - told);
                told = reader.position().byte();
            }
        }
        (self.tick)(reader.position().byte() - told);
        if understanding.layout.is_none() {
            self.imported.passed_over.push(file.to_owned());
        }
        Ok(())
    }

    /// Takes one record; false when nothing will come of this table.
    fn record(&mut self, record: &StringRecord, line: u64, known: &mut Understanding) -> bool {
        if let Some(layout) = &known.layout {
            self.row(record, layout, line);
            return true;
        }
        let found = if known.odd.is_empty() {
            Layout::of(record, &self.how.columns)
        } else {
            Layout::headerless(record).map(|layout| (layout, false))
        };
        let Some((layout, is_header)) = found else {
            known.odd.push(line);
            return known.odd.len() < FIRST_ROWS;
        };
        self.imported.kind.get_or_insert(layout.kind);
        for line in known.odd.drain(..) {
            let what = "it is not like the rows that follow".to_owned();
            self.imported.leave_out(self.file, line, what);
        }
        if is_header {
            let found = self.how.columns.found_in(record).map(str::to_owned);
            self.imported.headings.extend(found);
        } else {
            self.row(record, &layout, line);
        }
        known.layout = Some(layout);
        true
    }

    fn row(&mut self, record: &StringRecord, layout: &Layout, line: u64) {
        let complete = layout.kind.is_complete() || self.how.complete;
        let lines = record.as_slice().matches('\n').count() + 1;
        let row = match lines {
            1 => layout.row(record, self.how.country),
            _ => Err(format!("a quotation mark makes one row of {lines} lines")),
        };
        match row {
            Ok(Some(row)) => {
                self.builder.add(self.source, &row);
                self.imported.took(&row, complete);
            }
            // A row about something else, such as a railway station.
            Ok(None) => {}
            Err(what) => self.imported.leave_out(self.file, line, what),
        }
    }
}

/// What is known so far of how a table's rows are to be understood.
#[derive(Default)]
struct Understanding {
    layout: Option<Layout>,
    /// The lines of rows that no publisher writes, before it is known.
    odd: Vec<u64>,
}

/// How much may be read.
#[derive(Clone, Copy)]
pub(super) struct Limits<'l> {
    /// The bytes left for all tables of an archive together.
    left: &'l Cell<u64>,
}

impl<'l> Limits<'l> {
    pub(super) const fn new(left: &'l Cell<u64>) -> Self {
        Self { left }
    }
}

/// A table that ends with an error where it would fill the memory or never end.
struct Guarded<'l, T> {
    table: T,
    /// Bytes read since the last row was whole.
    row: &'l Cell<u64>,
    limits: Limits<'l>,
}

impl<T: Read> Read for Guarded<'_, T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.table.read(buffer)?;
        self.row.set(self.row.get() + read as u64);
        if self.row.get() > LONGEST_ROW {
            return Err(io::Error::other(
                "a row of more than 4 MiB; this is no table, or a quotation mark is never closed",
            ));
        }
        let left = self.limits.left.get().checked_sub(read as u64);
        let left = left.ok_or_else(|| {
            io::Error::other("it unpacks to far more than any published archive does")
        })?;
        self.limits.left.set(left);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gazetteer::country::Country;
    use crate::gazetteer::file::SourceMeta;

    #[test]
    fn tables_share_what_may_be_read() {
        let how = Import::new("x", Country::united_kingdom());
        let mut builder = Builder::default();
        let source = builder.source(SourceMeta::default());
        let mut imported = Imported::default();
        let left = Cell::new(40);
        let mut read = |table: &str| {
            let mut reading = Table {
                file: "x.csv",
                how: &how,
                builder: &mut builder,
                source,
                imported: &mut imported,
                tick: &mut |_| {},
            };
            reading.read(table.as_bytes(), Limits::new(&left))
        };
        let table = "postcode,town\nLS6 3HN,Leeds\n";
        assert!(read(table).is_ok());
        let error = read(table).unwrap_err().to_string();
        assert!(error.contains("unpacks to far more"), "{error}");
    }
}

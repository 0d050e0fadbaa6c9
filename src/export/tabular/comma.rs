//! CSV in two dialects: exact, and guarded for spreadsheets.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Write};

use csv::{Terminator, Writer, WriterBuilder};

use super::{Cell, Column, ColumnKind, Table, Written, fits, kinds};

/// The mark by which spreadsheets know UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// What makes a spreadsheet take a cell for a formula when it begins with it (OWASP, CSV injection): the
/// signs, their full-width twins, and white space that is thrown away before one is looked for.
const FORMULAS: [char; 12] = [
    '=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠', '\u{feff}',
];

pub(super) struct Comma<W: Write> {
    rows: Writer<W>,
    kinds: Vec<ColumnKind>,
    guards: bool,
    count: u64,
}

impl<W: Write> fmt::Debug for Comma<W> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "CSV of {} rows so far", self.count)
    }
}

impl<W: Write> Comma<W> {
    /// Every value as it is.
    pub(super) fn exact(columns: &[Column], out: W) -> io::Result<Self> {
        Self::begin(columns, out, false)
    }

    /// No value a formula.
    pub(super) fn guarded(columns: &[Column], mut out: W) -> io::Result<Self> {
        out.write_all(BYTE_ORDER_MARK)?;
        Self::begin(columns, out, true)
    }

    fn begin(columns: &[Column], out: W, guards: bool) -> io::Result<Self> {
        // RFC 4180 ends its lines with CR LF.
        let mut rows = WriterBuilder::new()
            .terminator(Terminator::CRLF)
            .from_writer(out);
        for column in columns {
            rows.write_field(cell(&column.name, guards).as_bytes())?;
        }
        rows.write_record(None::<&[u8]>)?;
        Ok(Self {
            rows,
            kinds: kinds(columns),
            guards,
            count: 0,
        })
    }
}

impl<W: Write> Table for Comma<W> {
    fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<()> {
        fits(&self.kinds, cells)?;
        for each in cells {
            match each {
                Cell::Empty => self.rows.write_field("")?,
                Cell::Text(words) => self.rows.write_field(cell(words, self.guards).as_bytes())?,
                Cell::Day(day) => self.rows.write_field(day.to_string())?,
                Cell::Moment(moment) => self.rows.write_field(format!("{moment:.6}"))?,
                Cell::Whole(number) => self.rows.write_field(number.to_string())?,
                Cell::Number(number) => self.rows.write_field(number.to_string())?,
                Cell::Truth(truth) => self.rows.write_field(if *truth { "1" } else { "0" })?,
            }
        }
        self.rows.write_record(None::<&[u8]>)?;
        self.count += 1;
        Ok(())
    }

    fn end(mut self: Box<Self>) -> io::Result<Written> {
        self.rows.flush()?;
        Ok(Written {
            rows: self.count,
            cut: 0,
        })
    }
}

fn cell(words: &str, guards: bool) -> Cow<'_, str> {
    match guards && words.starts_with(FORMULAS) {
        true => Cow::Owned(format!("'{words}")),
        false => Cow::Borrowed(words),
    }
}

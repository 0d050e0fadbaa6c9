//! A workbook of one sheet (Office Open XML, ISO/IEC 29500), a row at a time: what is written lies in an
//! unnamed file until the end, so that memory does not grow with the rows.

use std::fmt;
use std::io::{self, Write};

use jiff::tz::TimeZone;
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use zip::result::ZipError;

use super::{Cell, Column, ColumnKind, Table, Written, fits, kinds};

/// The rows that a sheet may have, its header among them.
const ROWS: u32 = 1_048_576;
/// The columns that it may have.
const COLUMNS: usize = 16_384;
/// The characters that a cell may have, counted as UTF-16 as such programs do.
const CELL: usize = 32_767;
/// How a cell ends that had more.
const CUT: &str = " [cut: the rest is in the CSV]";
/// Years before this one are no dates to such programs; they stay words.
const FIRST_YEAR: i16 = 1900;

pub(super) struct Sheet<W: Write> {
    out: W,
    book: Workbook,
    kinds: Vec<ColumnKind>,
    day: Format,
    moment: Format,
    written: Written,
}

impl<W: Write> fmt::Debug for Sheet<W> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "a workbook of {} rows so far", self.written.rows)
    }
}

impl<W: Write> Sheet<W> {
    pub(super) fn begin(columns: &[Column], out: W) -> io::Result<Self> {
        if columns.len() > COLUMNS {
            return Err(io::Error::other(format!(
                "a workbook has {COLUMNS} columns at most and these are {}; take csv or parquet",
                columns.len()
            )));
        }
        let mut book = Workbook::new();
        let bold = Format::new().set_bold();
        let sheet = book.add_worksheet_with_constant_memory().map_err(failed)?;
        sheet.set_freeze_panes(1, 0).map_err(failed)?;
        for (at, column) in (0_u16..).zip(columns) {
            sheet.set_column_width(at, width(column)).map_err(failed)?;
            sheet
                .write_string_with_format(0, at, column.name.as_ref(), &bold)
                .map_err(failed)?;
        }
        Ok(Self {
            out,
            book,
            kinds: kinds(columns),
            day: Format::new().set_num_format("yyyy-mm-dd"),
            moment: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
            written: Written::default(),
        })
    }
}

impl<W: Write + Send> Table for Sheet<W> {
    fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<()> {
        fits(&self.kinds, cells)?;
        let row = u32::try_from(self.written.rows + 1).ok();
        let Some(row) = row.filter(|row| *row < ROWS) else {
            return Err(io::Error::other(format!(
                "a workbook holds {} rows and there are more; take csv or parquet, or fewer by a filter",
                ROWS - 1
            )));
        };
        let sheet = self.book.worksheet_from_index(0).map_err(failed)?;
        for (at, cell) in (0_u16..).zip(cells) {
            match cell {
                Cell::Empty => {}
                Cell::Text(words) => self.written.cut += u64::from(put(sheet, row, at, words)?),
                // A day before the programs' calendar begins is a word that says it.
                Cell::Day(day) if day.year() < FIRST_YEAR => {
                    put(sheet, row, at, &day.to_string())?;
                }
                Cell::Day(day) => {
                    sheet
                        .write_datetime_with_format(row, at, day, &self.day)
                        .map_err(failed)?;
                }
                Cell::Moment(moment) => {
                    let moment = TimeZone::UTC.to_datetime(*moment);
                    sheet
                        .write_datetime_with_format(row, at, moment, &self.moment)
                        .map_err(failed)?;
                }
                Cell::Whole(number) => {
                    // Beyond 2^53 a number of such a program is not exact.
                    match number.unsigned_abs() < 1 << f64::MANTISSA_DIGITS {
                        true => drop(
                            sheet
                                .write_number(row, at, *number as f64)
                                .map_err(failed)?,
                        ),
                        false => drop(put(sheet, row, at, &number.to_string())?),
                    }
                }
                Cell::Number(number) => {
                    sheet.write_number(row, at, *number).map_err(failed)?;
                }
                Cell::Truth(truth) => {
                    sheet.write_boolean(row, at, *truth).map_err(failed)?;
                }
            }
        }
        self.written.rows += 1;
        Ok(())
    }

    fn end(mut self: Box<Self>) -> io::Result<Written> {
        let columns = u16::try_from(self.kinds.len()).unwrap_or(u16::MAX);
        if columns > 0 {
            let last = u32::try_from(self.written.rows).unwrap_or(ROWS);
            let sheet = self.book.worksheet_from_index(0).map_err(failed)?;
            sheet.autofilter(0, 0, last, columns - 1).map_err(failed)?;
        }
        self.book.save_to_writer(&mut self.out).map_err(failed)?;
        self.out.flush()?;
        Ok(self.written)
    }
}

/// Writes words as words; whether some had to be left out. Within a cell such programs break lines by LF alone.
fn put(sheet: &mut Worksheet, row: u32, at: u16, words: &str) -> io::Result<bool> {
    let (words, cut) = fitting(&words.replace("\r\n", "\n"));
    sheet.write_string(row, at, words).map_err(failed)?;
    Ok(cut)
}

/// As many of the words as fit a cell, and whether there were more.
fn fitting(words: &str) -> (String, bool) {
    if words.len() <= CELL || words.encode_utf16().count() <= CELL {
        return (words.to_owned(), false);
    }
    let room = CELL - CUT.len();
    let mut units = 0;
    let kept = words.chars().take_while(|each| {
        units += each.len_utf16();
        units <= room
    });
    (kept.collect::<String>() + CUT, true)
}

/// Wide enough to read the header and a usual value, in characters.
fn width(column: &Column) -> f64 {
    let usual = match column.kind {
        ColumnKind::Text => 16,
        ColumnKind::Day => 11,
        ColumnKind::Moment => 19,
        ColumnKind::Whole | ColumnKind::Number | ColumnKind::Truth => 8,
    };
    usual.max(column.name.chars().count() + 3) as f64
}

fn failed(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) | XlsxError::ZipError(ZipError::Io(error)) => error,
        error => io::Error::other(error),
    }
}

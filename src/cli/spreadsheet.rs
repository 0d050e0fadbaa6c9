//! CSV for a spreadsheet, which takes a cell that begins with `=` for a formula and
//! runs it: such cells, off paper from anybody, get an apostrophe in front.

use std::io::{self, Write};

use clap::Args;

/// How the cells of a table are written.
#[derive(Debug, Args)]
pub(super) struct Cells {
    /// For a spreadsheet: cells that begin with = + - @ or a tab get an apostrophe in
    /// front, so that none is taken for a formula
    #[arg(long)]
    pub(super) spreadsheet: bool,
}

impl Cells {
    /// Takes CSV and hands it on to `out` in the form that was asked for.
    pub(super) fn over<'a>(&self, out: &'a mut dyn Write) -> Box<dyn Write + 'a> {
        if self.spreadsheet {
            let at = At::Begin;
            Box::new(Spreadsheet { out, at })
        } else {
            Box::new(out)
        }
    }
}

/// Where in the table the next byte stands.
#[derive(Clone, Copy)]
enum At {
    /// The first of a cell.
    Begin,
    /// The first after the quote that opens a cell.
    Quote,
    /// In a quoted cell.
    Quoted,
    /// After a quote in such a cell: its end, or half of a quote that is meant.
    End,
    /// In a plain cell.
    Plain,
}

struct Spreadsheet<'a> {
    out: &'a mut dyn Write,
    at: At,
}

impl At {
    /// Whether the byte makes its cell a formula, and where the next one stands.
    const fn step(self, byte: u8) -> (bool, Self) {
        let begins = matches!(self, Self::Begin | Self::Quote);
        let formula = begins && matches!(byte, b'=' | b'+' | b'-' | b'@' | b'\t');
        let next = match (self, byte) {
            (Self::Begin, b'"') => Self::Quote,
            (Self::Begin | Self::Plain | Self::End, b',' | b'\r' | b'\n') => Self::Begin,
            (Self::Begin | Self::Plain, _) => Self::Plain,
            (Self::Quote | Self::Quoted, b'"') => Self::End,
            (Self::Quote | Self::Quoted | Self::End, _) => Self::Quoted,
        };
        (formula, next)
    }
}

impl Write for Spreadsheet<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut safe = Vec::with_capacity(bytes.len());
        for &byte in bytes {
            let (formula, next) = self.at.step(byte);
            if formula {
                safe.push(b'\'');
            }
            safe.push(byte);
            self.at = next;
        }
        self.out.write_all(&safe)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// These cells as a table of one row, in parts of so many bytes, taken apart again.
    fn through(cells: &[&str], part: usize) -> Vec<String> {
        let mut table = csv::Writer::from_writer(Vec::new());
        table.write_record(cells).unwrap();
        let table = table.into_inner().unwrap();
        let mut safe = Vec::new();
        let cells = Cells { spreadsheet: true };
        let mut out = cells.over(&mut safe);
        for part in table.chunks(part) {
            out.write_all(part).unwrap();
        }
        drop(out);
        let mut rows = csv::ReaderBuilder::new();
        let mut rows = rows.has_headers(false).from_reader(&safe[..]);
        let row = rows.records().next().unwrap().unwrap();
        row.iter().map(str::to_owned).collect()
    }

    #[test]
    fn no_cell_begins_a_formula_and_the_others_are_exact() {
        let cells = [
            "=1+1",
            "+44 20 7946 0123",
            "-2",
            "@SUM(A1)",
            "\t=1",
            "=a,\"b\"\n=c",
            "",
            "a=b",
            "\"=quoted\"",
            "two\r\n=lines, and a comma",
            "'already",
        ];
        let expected = cells.map(|cell| match cell.chars().next() {
            Some('=' | '+' | '-' | '@' | '\t') => format!("'{cell}"),
            _ => cell.to_owned(),
        });
        for part in [1, 2, 3, 1000] {
            assert_eq!(through(&cells, part), expected, "{part}");
        }
    }

    #[test]
    fn exact_cells_are_left_alone() {
        let mut out = Vec::new();
        let cells = Cells { spreadsheet: false };
        cells.over(&mut out).write_all(b"=1,\"=2\"\r\n").unwrap();
        assert_eq!(out, b"=1,\"=2\"\r\n");
    }
}

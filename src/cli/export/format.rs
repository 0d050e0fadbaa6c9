//! How a table is written, by what was asked for or by what its file is called.

use std::path::Path;

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::cli::exit::Misused;
use crate::export::Format;
use crate::export::tabular::TableFormat;

/// Which CSV is written.
#[derive(Debug, Args)]
pub(in crate::cli) struct Dialect {
    /// CSV for a spreadsheet: a cell that begins with = + - @ or white space gets an apostrophe
    /// in front, so that none is taken for a formula
    #[arg(long)]
    pub(in crate::cli) spreadsheet: bool,
}

impl Dialect {
    pub(in crate::cli) const fn table(&self) -> TableFormat {
        match self.spreadsheet {
            true => TableFormat::SpreadsheetCsv,
            false => TableFormat::Csv,
        }
    }
}

/// The format and, of CSV, the dialect.
#[derive(Debug, Args)]
pub(super) struct Written {
    /// How to write them [default: as --out ends, else json]
    #[arg(long, value_enum)]
    format: Option<FormatName>,
    #[command(flatten)]
    dialect: Dialect,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FormatName {
    Json,
    Csv,
    Xlsx,
    Parquet,
}

impl Written {
    /// What is meant, for a file of this name or for stdout.
    pub(super) fn format(&self, out: Option<&Path>) -> Result<Format> {
        let ending = out
            .and_then(Path::extension)
            .and_then(|ending| ending.to_str());
        let by_ending = ending.and_then(|ending| FormatName::from_str(ending, true).ok());
        let named = self.format.or(by_ending).unwrap_or(FormatName::Json);
        let format = match named {
            FormatName::Csv => Format::Table(self.dialect.table()),
            _ if self.dialect.spreadsheet => {
                return Err(Misused("--spreadsheet needs --format csv".to_owned()).into());
            }
            FormatName::Json => Format::Json,
            FormatName::Xlsx => Format::Table(TableFormat::Xlsx),
            FormatName::Parquet => Format::Table(TableFormat::Parquet),
        };
        let is_for_a_file = matches!(named, FormatName::Xlsx | FormatName::Parquet);
        if is_for_a_file && out.is_none() {
            let what = "xlsx and parquet are no text: name a file by --out FILE";
            return Err(Misused(what.to_owned()).into());
        }
        Ok(format)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(format: Option<FormatName>, spreadsheet: bool) -> Written {
        let dialect = Dialect { spreadsheet };
        Written { format, dialect }
    }

    #[test]
    fn a_file_says_how_it_is_written() {
        let meant = |out: &str| written(None, false).format(Some(Path::new(out))).unwrap();
        assert_eq!(meant("a.json"), Format::Json);
        assert_eq!(meant("a"), Format::Json);
        assert_eq!(meant("a.CSV"), Format::Table(TableFormat::Csv));
        assert_eq!(meant("a.xlsx"), Format::Table(TableFormat::Xlsx));
        assert_eq!(meant("a.parquet"), Format::Table(TableFormat::Parquet));
        let named = written(Some(FormatName::Csv), true);
        let guarded = Format::Table(TableFormat::SpreadsheetCsv);
        assert_eq!(named.format(Some(Path::new("a.json"))).unwrap(), guarded);
        assert_eq!(written(None, false).format(None).unwrap(), Format::Json);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        assert!(written(None, true).format(None).is_err());
        assert!(written(Some(FormatName::Xlsx), true).format(None).is_err());
        let parquet = written(Some(FormatName::Parquet), false);
        assert!(parquet.format(None).is_err());
    }
}

//! `postroom export`: records for other programs.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use super::exit::{Exit, Misused};
use super::output::{count, say_json, tell};
use super::spreadsheet::Cells;
use super::{Opened, Place};
use crate::export::whole::WholeFile;
use crate::export::{self, Format};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom export letters --out letters.json
  postroom export letters --format csv --batch last --out tonight.csv")]
pub(super) struct ExportArguments {
    #[command(subcommand)]
    what: Exported,
}

#[derive(Debug, Subcommand)]
enum Exported {
    /// Every letter with its text and its fields
    Letters(LettersArguments),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom export letters --format json --out letters.json
  postroom export letters --format csv --spreadsheet --batch last --out tonight.csv
  postroom export letters --format json | jq '.[].fields.postcode'

JSON is one array. Every field is there, with its verdict; use a value that is `accepted` as
it stands, and let a person look at one in `review`. A box is [x, y, w, h] in pixels of the
image of its page.

CSV has a row for each letter and three columns for each field: value, verdict, probability.
Cells hold the exact values, so one may begin with = + - or @ and be run as a formula: for a
spreadsheet add --spreadsheet.

A file appears whole or not at all; what lay there before stays until then.")]
struct LettersArguments {
    /// How to write them
    #[arg(long, value_enum, default_value = "json")]
    format: FormatName,
    #[command(flatten)]
    cells: Cells,
    /// The file to write [default: stdout]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Only those of one run: its id as the run printed it, its number, or `last`
    #[arg(long, value_name = "BATCH")]
    batch: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FormatName {
    Json,
    Csv,
}

impl From<FormatName> for Format {
    fn from(name: FormatName) -> Self {
        match name {
            FormatName::Json => Self::Json,
            FormatName::Csv => Self::Csv,
        }
    }
}

pub(super) fn export(place: &Place, arguments: &ExportArguments) -> Result<Exit> {
    match &arguments.what {
        Exported::Letters(letters) => export_letters(place, letters),
    }
}

fn export_letters(place: &Place, arguments: &LettersArguments) -> Result<Exit> {
    if arguments.cells.spreadsheet && arguments.format != FormatName::Csv {
        return Err(Misused("--spreadsheet needs --format csv".to_owned()).into());
    }
    let opened = Opened::at(place)?;
    let mut letters = opened.store.letters(None);
    if let Some(name) = &arguments.batch {
        letters = letters.of_batch(opened.wait(opened.store.batch(name))?);
    }
    let format = arguments.format.into();
    let Some(path) = &arguments.out else {
        let mut out = BufWriter::new(io::stdout().lock());
        let mut cells = arguments.cells.over(&mut out);
        let written = export::write_letters(letters, format, &mut cells, "stdout");
        opened.wait(written)?;
        drop(cells);
        out.flush()?;
        return Ok(Exit::Done);
    };
    let mut file = WholeFile::begin(path)?;
    let place_name = path.display().to_string();
    let mut cells = arguments.cells.over(&mut file);
    let written = export::write_letters(letters, format, &mut cells, &place_name);
    let written = opened.wait(written)?;
    drop(cells);
    file.finish()?;
    if place.json {
        say_json(&json!({ "letters": written, "file": place_name }))?;
    } else {
        let letters = count(written as usize, "letter", "letters");
        tell!("{letters} written to {place_name}");
    }
    Ok(Exit::Done)
}

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
use crate::export::{self, ExportError, Format};
use crate::store::documents::DocumentKind;
use crate::store::export::Documents;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom export letters --out letters.json
  postroom export letters --format csv --batch last --out tonight.csv
  postroom export cards --format csv --out cards.csv")]
pub(super) struct ExportArguments {
    #[command(subcommand)]
    what: Exported,
}

#[derive(Debug, Subcommand)]
enum Exported {
    /// Every letter with its text and its fields
    #[command(after_help = LETTERS)]
    Letters(Target),
    /// Every card with its form, its fields and its ticks
    #[command(after_help = CARDS)]
    Cards(Target),
}

const LETTERS: &str = "\
Examples:
  postroom export letters --format json --out letters.json
  postroom export letters --format csv --spreadsheet --batch last \\
      --out tonight.csv
  postroom export letters --format json | jq '.[].fields.postcode'

JSON is one array. Every field is there, with its verdict; use a value that is `accepted` as \
it stands, and let a person look at one in `review`. A box is [x, y, w, h] in pixels of the \
image of its page.

CSV has a row for each letter and three columns for each field: value, verdict, probability. \
Cells hold the exact values, so one may begin with = + - or @ and be run as a formula: for a \
spreadsheet add --spreadsheet.

A file appears whole or not at all; what lay there before stays until then.";

const CARDS: &str = "\
Examples:
  postroom export cards --format json --out cards.json
  postroom export cards --format csv --spreadsheet --batch last \\
      --out tonight.csv
  postroom export cards \\
      --format json | jq '.[] | select(.ticks.offers_post.consent.given)'

JSON is one array, each card as a letter is in `export letters`, with its form, version, side and \
residual_mm, and its ticks: state (empty, marked, corrected, unsure), probability, verdict, page \
and box. A consent is given only where consent.given is true: a clean mark that nobody doubts, or \
that a person settled. A card that needs no answer has no case.

CSV has a row for each card, the columns of `export letters`, and for each tick four: state, \
verdict, probability, and for a consent 1 where it is given and 0 where not. Of a box to sign in \
there is 1 where it is signed and 0 where not.

A file appears whole or not at all; what lay there before stays until then.";

#[derive(Debug, Args)]
struct Target {
    /// How to write them
    #[arg(long, value_enum, default_value = "json")]
    format: FormatName,
    #[command(flatten)]
    cells: Cells,
    /// The file to write [default: stdout]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Only those of one run: its id as the run printed it, its number (1 is the first), or `last`
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
        Exported::Letters(to) => export_to(place, to, DocumentKind::Letter),
        Exported::Cards(to) => export_to(place, to, DocumentKind::Card),
    }
}

fn export_to(place: &Place, arguments: &Target, kind: DocumentKind) -> Result<Exit> {
    if arguments.cells.spreadsheet && arguments.format != FormatName::Csv {
        return Err(Misused("--spreadsheet needs --format csv".to_owned()).into());
    }
    let opened = Opened::at(place)?;
    let mut documents = match kind {
        DocumentKind::Letter => opened.store.letters(None),
        DocumentKind::Card => opened.store.cards(None),
    };
    let mut run = None;
    if let Some(named) = &arguments.batch {
        let (batch, number) = opened.wait(opened.store.batch(named))?;
        documents = documents.of_batch(batch);
        run = Some(number);
    }
    // An empty export is right after a night without post, and wrong when another run is meant.
    let nothing = |written: u64| {
        let run = run.filter(|_| written == 0);
        if let Some(run) = run {
            let what = name(kind);
            tell!("Run {run} took in no {what} that are new; --batch N names another run");
        }
    };
    let format = arguments.format.into();
    let Some(path) = &arguments.out else {
        let mut out = BufWriter::new(io::stdout().lock());
        let mut cells = arguments.cells.over(&mut out);
        let written = opened.wait(write(kind, documents, format, &mut cells, "stdout"))?;
        drop(cells);
        out.flush()?;
        nothing(written);
        return Ok(Exit::Done);
    };
    let mut file = WholeFile::begin(path)?;
    let place_name = path.display().to_string();
    let mut cells = arguments.cells.over(&mut file);
    let written = write(kind, documents, format, &mut cells, &place_name);
    let written = opened.wait(written)?;
    drop(cells);
    file.finish()?;
    if place.json {
        say_json(&json!({ name(kind): written, "file": place_name }))?;
    } else {
        let number = written as usize;
        let documents = match kind {
            DocumentKind::Letter => count(number, "letter", "letters"),
            DocumentKind::Card => count(number, "card", "cards"),
        };
        tell!("{documents} written to {place_name}");
    }
    nothing(written);
    Ok(Exit::Done)
}

const fn name(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Letter => "letters",
        DocumentKind::Card => "cards",
    }
}

async fn write(
    kind: DocumentKind,
    documents: Documents<'_>,
    format: Format,
    out: &mut dyn Write,
    place: &str,
) -> Result<u64, ExportError> {
    match kind {
        DocumentKind::Letter => export::write_letters(documents, format, out, place).await,
        DocumentKind::Card => export::write_cards(documents, format, out, place).await,
    }
}

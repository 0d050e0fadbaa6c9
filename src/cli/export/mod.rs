//! `postroom export`: records for other programs.

pub(super) mod format;

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::json;

use super::exit::Exit;
use super::output::{count, say_json, tell};
use super::{By, Opened, Place};
use crate::export::tabular::Written;
use crate::export::whole::WholeFile;
use crate::export::{self, ExportError, Format};
use crate::store::documents::DocumentKind;
use crate::store::events::EventKind;
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

A table has a row for each letter and three columns for each field: value, verdict, probability. \
Cells of CSV hold the exact values, so one may begin with = + - or @ and be run as a formula: for a \
spreadsheet add --spreadsheet, or take xlsx.

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

A table has a row for each card, the columns of `export letters`, and for each tick four: state, \
verdict, probability, and for a consent 1 where it is given and 0 where not. Of a box to sign in \
there is 1 where it is signed and 0 where not.

A file appears whole or not at all; what lay there before stays until then.";

#[derive(Debug, Args)]
struct Target {
    #[command(flatten)]
    written: format::Written,
    /// The file to write [default: stdout]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Only those of one run: its id as the run printed it, its number (1 is the first), or `last`
    #[arg(long, value_name = "BATCH")]
    batch: Option<String>,
    #[command(flatten)]
    by: By,
}

pub(super) fn export(place: &Place, arguments: &ExportArguments) -> Result<Exit> {
    match &arguments.what {
        Exported::Letters(to) => export_to(place, to, DocumentKind::Letter),
        Exported::Cards(to) => export_to(place, to, DocumentKind::Card),
    }
}

fn export_to(place: &Place, arguments: &Target, kind: DocumentKind) -> Result<Exit> {
    let format = arguments.written.format(arguments.out.as_deref())?;
    let actor = arguments.by.actor()?;
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
    let on_record = |written: Written| {
        let filters = json!({ "run": run });
        let rows = written.rows;
        let detail = json!({ "what": name(kind), "format": format.name(), "filters": filters, "rows": rows });
        opened.on_record(&actor, EventKind::Exported, detail)
    };
    let place_name = arguments
        .out
        .as_ref()
        .map(|path| path.display().to_string());
    let written = match &arguments.out {
        None => {
            let mut out = BufWriter::new(io::stdout());
            let written = opened.wait(write(kind, documents, format, &mut out, "stdout"))?;
            out.flush()?;
            on_record(written)?;
            written
        }
        Some(path) => {
            let mut file = WholeFile::begin(path)?;
            let place = path.display().to_string();
            let written = opened.wait(write(kind, documents, format, &mut file, &place))?;
            on_record(written)?;
            file.finish()?;
            written
        }
    };
    if let Some(file) = place_name {
        told(place, kind, written, &file)?;
    }
    // An empty export is right after a night without post, and wrong when another run is meant.
    if let Some(run) = run.filter(|_| written.rows == 0) {
        let what = name(kind);
        tell!("Run {run} took in no {what} that are new; --batch N names another run");
    }
    Ok(Exit::Done)
}

/// What became of a file.
fn told(place: &Place, kind: DocumentKind, written: Written, file: &str) -> Result<()> {
    let Written { rows, cut } = written;
    if place.json {
        say_json(&json!({ name(kind): rows, "cut": cut, "file": file }))?;
        return Ok(());
    }
    let number = rows as usize;
    let documents = match kind {
        DocumentKind::Letter => count(number, "letter", "letters"),
        DocumentKind::Card => count(number, "card", "cards"),
    };
    tell!("{documents} written to {file}");
    if cut > 0 {
        let cells = count(cut as usize, "cell was", "cells were");
        tell!("{cells} too long for a workbook and end with a mark; CSV has them whole");
    }
    Ok(())
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
    out: &mut (dyn Write + Send),
    place: &str,
) -> Result<Written, ExportError> {
    match kind {
        DocumentKind::Letter => export::write_letters(documents, format, out, place).await,
        DocumentKind::Card => export::write_cards(documents, format, out, place).await,
    }
}

//! Names that people wrote on real forms, read as open lines: no ink of it is drawn here.
//!
//! `cards names --real TAR --lexicons FILE` writes for each image of the archive, a line of
//! JSON each: its name, what was read, what the list of names makes of it, and how likely.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use jiff::civil::date;
use postroom::domain::form::FieldKind;
use postroom::engines::line_reader::LineNetwork;
use postroom::gazetteer::country::Country;
use postroom::lexicon::{self, Context, Lexicons, Table};
use postroom::pipeline::cards::line_lattice;
use serde_json::json;

use super::crops::patch;
use super::sim::members;
use super::{Options, Result};

/// Reads every line.
pub fn read(options: &Options) -> Result<()> {
    let archive = options.real.as_ref().ok_or("--real names the archive")?;
    let list = options
        .lexicons
        .as_ref()
        .ok_or("--lexicons names the list")?;
    let table = Table::parse([("names", fs::read(list)?.as_slice())])?;
    let lexicons = Lexicons::with_tables(None, Some(table));
    let context = Context {
        today: date(2026, 11, 20),
        country: Country::united_kingdom(),
        check: None,
        first_names: &[],
        surnames: &[],
    };
    let network = LineNetwork::open()?;
    let mut out = std::io::stdout().lock();
    for (name, bytes) in members(&fs::read(archive)?) {
        let name = Path::new(&name).file_name().unwrap_or_default();
        let name = name.to_string_lossy();
        if !name.ends_with(".jpg") {
            continue;
        }
        let lattice = line_lattice(&patch(bytes)?, &network)?;
        let answer = lexicon::read(FieldKind::Surname, &lattice, &lexicons, &context);
        let best = answer.likely.first();
        let line = json!({
            "file": name,
            "as_read": lattice.as_read().0,
            "value": best.map_or("", |best| best.value.as_str()),
            "p": best.map_or(0.0, |best| best.probability.get()),
        });
        writeln!(out, "{line}")?;
    }
    Ok(())
}

//! `postroom postcodes build`: one gazetteer file from many sources.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::about;
use super::source;
use crate::cli::Place;
use crate::cli::exit::{Exit, Misused};
use crate::cli::output::{plain, say, say_json};
use crate::export::whole::{self, WholeFile};
use crate::gazetteer::build::{Builder, Columns, Import, Imported};
use crate::gazetteer::country::Country;
use crate::gazetteer::{DatedBy, Gazetteer, embedded};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom postcodes build --out gb.gaz codepo_gb.zip ONSPD_AUG_2026.zip
  postroom postcodes build \\
      --out gb.gaz codepo_gb/ pp-complete.csv opname_csv_gb.zip
  postroom postcodes build --out us.gaz US.zip --country US
  postroom postcodes build --out our.gaz addresses.csv --complete \\
      --date 2026-11-01 \\
      --columns \"postcode=PC,street=Street,house=Building No,town=Post Town\"

A source is a zip archive, a folder of tables or a table, known by its content: OS Code-Point \
Open and Open Names, ONSPD, GeoNames, HM Land Registry Price Paid, or any table with a header \
that names a postcode, an area or a place. The post towns of every British area are always in.

Rows that are not what they should be are counted, shown and left out. The file appears whole \
or not at all; readers of an older file at that place keep it until they end.")]
pub(super) struct BuildArguments {
    /// The gazetteer file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// What to build it from
    #[arg(value_name = "SOURCE", required = true)]
    sources: Vec<PathBuf>,
    /// Country of rows that do not name theirs, by its ISO code
    #[arg(long, value_name = "CODE", default_value = "GB", value_parser = super::country)]
    country: &'static Country,
    /// Your names of columns: postcode, street, house, locality, town, county, date, ended
    #[arg(long, value_name = "OURS=THEIRS,...")]
    columns: Option<Columns>,
    /// The sources list every live postcode of the areas that they touch
    #[arg(long)]
    complete: bool,
    /// Day of the data of sources that do not tell it [default: in their name, else the file's]
    #[arg(long, value_name = "YYYY-MM-DD")]
    date: Option<Date>,
}

pub(super) fn build(place: &Place, arguments: &BuildArguments) -> Result<Exit> {
    let today = super::today(&super::config(place)?);
    let out = &arguments.out;
    replaces_no_source(out, &arguments.sources)?;
    // A place that cannot be written is noticed before the work, not after it.
    drop(WholeFile::begin(out)?);
    let mut builder = Builder::default();
    embedded::add_areas(&mut builder);
    let read = read_all(arguments, &mut builder)?;
    every_heading_is_somewhere(arguments, &read)?;
    let bytes = builder.finish(&today.to_string());
    whole::write(out, &bytes)?;
    let gazetteer = Gazetteer::open(bytes)?;
    if place.json {
        say_json(&summary_json(out, &read, &gazetteer))?;
    } else {
        say(&summary(out, &read, &gazetteer))?;
    }
    Ok(Exit::Done)
}

fn read_all(arguments: &BuildArguments, builder: &mut Builder) -> Result<Vec<Imported>> {
    let bar = bar();
    let mut read = Vec::new();
    for path in &arguments.sources {
        let name = path.file_name().unwrap_or(path.as_os_str());
        let how = Import {
            columns: arguments.columns.clone().unwrap_or_default(),
            complete: arguments.complete,
            date: arguments.date.map(|date| date.to_string()),
            dated_by: DatedBy::Told,
            ..Import::new(&name.to_string_lossy(), arguments.country)
        };
        read.push(source::read(path, how, builder, &bar)?);
    }
    bar.finish_and_clear();
    Ok(read)
}

/// Bytes of the source that is being read; off when stderr is no terminal.
fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(5));
    // The template is a constant and well formed.
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {percent:>3} %  {msg}  {eta} left") {
        bar.set_style(style);
    }
    bar
}

fn replaces_no_source(out: &Path, sources: &[PathBuf]) -> Result<()> {
    let real = |path: &Path| fs::canonicalize(path).ok();
    let there = real(out);
    if there.is_some() && sources.iter().any(|source| real(source) == there) {
        let what = format!("--out {} is one of the sources", out.display());
        return Err(Misused(what).into());
    }
    Ok(())
}

/// A heading that the user named and no source has is a slip of the pen.
fn every_heading_is_somewhere(arguments: &BuildArguments, read: &[Imported]) -> Result<()> {
    let headings = arguments.columns.iter().flat_map(Columns::headings);
    for heading in headings {
        if !read.iter().any(|source| source.headings.contains(heading)) {
            let what = format!("--columns: no source has a column '{heading}'; nothing is written");
            return Err(Misused(what).into());
        }
    }
    Ok(())
}

fn summary(out: &Path, read: &[Imported], gazetteer: &Gazetteer) -> String {
    let mut text = about::sources(read.iter().map(|source| &source.about));
    for source in read {
        let name = plain(&source.about.name);
        for table in &source.passed_over {
            text.push_str(&format!(
                "{name}: {} is no table of places, passed over\n",
                plain(table)
            ));
        }
        if source.about.dirty > 0 {
            let dirty = about::grouped(source.about.dirty);
            text.push_str(&format!("{name}: rows left out: {dirty}, such as\n"));
        }
        for row in &source.examples {
            let row = format!("  {}, line {}: {}", row.file, row.line, row.what);
            text.push_str(&plain(&row));
            text.push('\n');
        }
    }
    text.push('\n');
    text.push_str(&about::coverage(gazetteer));
    text.push_str(&format!(
        "Written to {}: {}\n{}\n",
        out.display(),
        size(gazetteer),
        about::held(&gazetteer.counts())
    ));
    text
}

/// `12.1 MiB`.
pub(super) fn size(gazetteer: &Gazetteer) -> String {
    format!("{:.1} MiB", gazetteer.size() as f64 / f64::from(1 << 20))
}

fn summary_json(out: &Path, read: &[Imported], gazetteer: &Gazetteer) -> Value {
    let sources = read.iter().map(|source| {
        let mut json = about::source_json(&source.about);
        let examples = source.examples.iter();
        json["examples"] = examples
            .map(|row| json!({ "file": row.file, "line": row.line, "reason": row.what }))
            .collect();
        json["passed_over"] = json!(source.passed_over);
        json
    });
    json!({
        "file": out.display().to_string(),
        "bytes": gazetteer.size(),
        "digest": gazetteer.digest().to_string(),
        "sources": sources.collect::<Vec<_>>(),
        "holds": about::held_json(&gazetteer.counts()),
        "complete": about::complete_json(gazetteer),
    })
}

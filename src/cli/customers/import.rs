//! `postroom customers import`: the company's own list.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;
use serde_json::json;

use crate::cases::people::{self, Imported, Listed};
use crate::cli::exit::{Exit, Misused};
use crate::cli::output::{plain, say, say_json};
use crate::cli::{By, Opened, Place};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom customers import members.csv
  postroom customers import members.csv --column number=\"Member no\" \\
      --column name=\"Full name\"

Columns are looked for by these names, in any letter case: number, title, name (or first_name and \
surname), street, town, postcode, email, phone, tier. Who is known by number, or by surname and address, \
is brought up to date; the others are new. What a line leaves out stays, and so does what a person typed \
(`customers set`): `customers show` has what the list says beside it. Take the same list in again at any time.")]
pub(super) struct ImportArguments {
    /// The list: CSV with a header
    file: PathBuf,
    /// A column of another name
    #[arg(long, value_name = "OURS=THEIRS", value_parser = mapping)]
    column: Vec<(String, String)>,
    #[command(flatten)]
    by: By,
}

/// The columns that a list may have.
const COLUMNS: [&str; 11] = [
    "number",
    "title",
    "name",
    "first_name",
    "surname",
    "street",
    "town",
    "postcode",
    "email",
    "phone",
    "tier",
];

fn mapping(typed: &str) -> Result<(String, String), String> {
    let (ours, theirs) = typed
        .split_once('=')
        .ok_or("as OURS=THEIRS: number=\"Member no\"")?;
    let ours = ours.trim().to_lowercase();
    match COLUMNS.contains(&ours.as_str()) {
        true => Ok((ours, theirs.trim().to_owned())),
        false => Err(format!("'{ours}' is none of {}", COLUMNS.join(", "))),
    }
}

/// Lines that share a transaction.
const AT_ONCE: usize = 500;

pub(super) fn take_in(place: &Place, arguments: &ImportArguments) -> Result<Exit> {
    let actor = arguments.by.actor()?;
    let file = &arguments.file;
    let doing = || format!("{}: cannot be read", file.display());
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_path(file)
        .with_context(doing)?;
    let columns = columns(reader.headers().with_context(doing)?, arguments)?;
    let opened = Opened::at(place)?;
    let (mut lines, mut faults) = (Vec::new(), Vec::new());
    let mut done = [0_usize; 3];
    for (number, record) in (2_u64..).zip(reader.records()) {
        match record
            .map_err(|error| error.to_string())
            .and_then(|record| line(&record, &columns))
        {
            Ok(line) => lines.push(line),
            Err(why) => faults.push(format!("line {number}: {why}")),
        }
        if lines.len() == AT_ONCE {
            add(
                &mut done,
                &opened.wait(people::import(&opened.store, &lines, &actor))?,
            );
            lines.clear();
        }
    }
    add(
        &mut done,
        &opened.wait(people::import(&opened.store, &lines, &actor))?,
    );
    let [new, changed, same] = done;
    if place.json {
        say_json(&json!({ "new": new, "changed": changed, "same": same, "refused": faults }))?;
    } else {
        say(&format!(
            "{new} new, {changed} brought up to date, {same} as they were, {} refused\n",
            faults.len()
        ))?;
        for fault in &faults {
            say(&format!("  {}\n", plain(fault)))?;
        }
    }
    Ok(if faults.is_empty() {
        Exit::Done
    } else {
        Exit::Look
    })
}

fn add(done: &mut [usize; 3], imported: &[Imported]) {
    for one in imported {
        done[*one as usize] += 1;
    }
}

/// Where each of our columns is in the file.
fn columns(header: &csv::StringRecord, arguments: &ImportArguments) -> Result<Vec<Option<usize>>> {
    let at = |name: &str| {
        header
            .iter()
            .position(|cell| cell.trim().eq_ignore_ascii_case(name))
    };
    let mut found = Vec::new();
    for ours in COLUMNS {
        let mapped = arguments.column.iter().find(|(name, _)| name == ours);
        let place = match mapped {
            Some((_, theirs)) => Some(at(theirs).ok_or_else(|| {
                Misused(format!(
                    "{}: it has no column '{theirs}'; it has {}",
                    arguments.file.display(),
                    header.iter().collect::<Vec<_>>().join(", ")
                ))
            })?),
            None => at(ours),
        };
        found.push(place);
    }
    let has =
        |name: &str| found[COLUMNS.iter().position(|ours| *ours == name).unwrap_or(0)].is_some();
    if !has("name") && !has("surname") {
        return Err(Misused(format!(
            "{}: it has no column 'name' or 'surname'; say which it is: --column name=THEIRS",
            arguments.file.display()
        ))
        .into());
    }
    Ok(found)
}

fn line(record: &csv::StringRecord, columns: &[Option<usize>]) -> Result<Listed, String> {
    let cell = |name: &str| {
        let at = COLUMNS
            .iter()
            .position(|ours| *ours == name)
            .and_then(|at| columns[at])?;
        let text = record.get(at)?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    let whole = [cell("first_name"), cell("surname")];
    let whole: Vec<String> = whole.into_iter().flatten().collect();
    let name = cell("name").or_else(|| (!whole.is_empty()).then(|| whole.join(" ")));
    Ok(Listed {
        name: name.ok_or("it names nobody")?,
        number: cell("number"),
        title: cell("title"),
        street: cell("street"),
        town: cell("town"),
        postcode: cell("postcode"),
        email: cell("email"),
        phone: cell("phone"),
        tier: cell("tier"),
    })
}

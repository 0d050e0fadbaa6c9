//! `postroom customers`: who writes, over letters, cards and e-mail; the company's own list; records that
//! are of one person.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::exit::{Exit, Misused};
use super::mail::short_id;
use super::output::{count, plain, say, say_json, store_flag, tell};
use super::table::Table;
use super::timeline::entry;
use super::{By, Opened, Place};
use crate::cases::people::{self, Imported, Listed};
use crate::config::Links;
use crate::store::people::{LikelyTwins, Profile};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom customers harris                       by name, address, postcode, e-mail or number
  postroom customers show 9d04ab12c7e1
  postroom customers import members.csv --column number=\"Member no\" --column tier=Level
  postroom customers twins
  postroom customers merge 9d04ab12c7e1 7c31d90ab2f4 --reason \"same handwriting, same phone\"")]
pub(super) struct CustomersArguments {
    #[command(subcommand)]
    command: Option<CustomersCommand>,
    /// Only with this in their name, address, postcode, e-mail address or number
    #[arg(value_name = "TEXT")]
    text: Option<String>,
}

#[derive(Debug, Subcommand)]
enum CustomersCommand {
    /// All that is known of one person
    Show(ShowArguments),
    /// Take in the company's own list
    Import(ImportArguments),
    /// Records that may be of one person, with the reasons
    Twins,
    /// Join two records of one person; the first is kept
    Merge(MergeArguments),
    /// Part a record that was joined to another
    Unmerge(UnmergeArguments),
}

#[derive(Debug, Args)]
struct ShowArguments {
    /// The customer, by an id or a part of it
    customer: String,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom customers import members.csv
  postroom customers import members.csv --column number=\"Member no\" --column name=\"Full name\"

Columns are looked for by these names, in any letter case: number, title, name (or first_name and
surname), street, town, postcode, email, phone, tier. Who is known by number, or by surname and address,
is brought up to date; the others are new. Take the same list in again at any time.")]
struct ImportArguments {
    /// The list: CSV with a header
    file: PathBuf,
    /// A column of another name
    #[arg(long, value_name = "OURS=THEIRS", value_parser = mapping)]
    column: Vec<(String, String)>,
    #[command(flatten)]
    by: By,
}

#[derive(Debug, Args)]
struct MergeArguments {
    /// The record that stays
    kept: String,
    /// The record that is joined to it
    gone: String,
    /// Why, for the history
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    by: By,
}

#[derive(Debug, Args)]
struct UnmergeArguments {
    /// The record that was joined to another
    customer: String,
    /// Why, for the history
    #[arg(long)]
    reason: String,
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

pub(super) fn customers(place: &Place, arguments: &CustomersArguments) -> Result<Exit> {
    match &arguments.command {
        None => list(place, arguments.text.as_deref().unwrap_or_default()),
        Some(CustomersCommand::Show(show)) => show_one(place, &show.customer),
        Some(CustomersCommand::Import(import)) => take_in(place, import),
        Some(CustomersCommand::Twins) => twins(place),
        Some(CustomersCommand::Merge(merge)) => join(place, merge),
        Some(CustomersCommand::Unmerge(unmerge)) => part(place, unmerge),
    }
}

fn list(place: &Place, text: &str) -> Result<Exit> {
    let opened = Opened::at(place)?;
    let found = opened.wait(opened.store.customers(text))?;
    if place.json {
        let rows = found.iter().map(|(id, customer, standing)| {
            json!({
                "customer": id.to_string(), "name": customer.name, "postcode": customer.postcode,
                "number": standing.number, "tier": standing.tier,
            })
        });
        say_json(&rows.collect())?;
    } else if found.is_empty() {
        tell!("No such customer.");
    } else {
        let mut table =
            Table::new(["customer", "name", "number", "tier", "where"]).yielding(&[4, 1]);
        for (id, customer, standing) in &found {
            let parts = [
                &customer.street,
                &customer.town,
                &customer.postcode,
                &customer.email,
            ];
            let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
            table.row([
                short_id(id),
                customer.name.clone(),
                standing.number.clone().unwrap_or_default(),
                standing.tier.clone().unwrap_or_default(),
                parts.join(", "),
            ]);
        }
        say(&format!(
            "{}\n{}. Look at one: postroom customers show ID{}\n",
            table.text(),
            count(found.len(), "customer", "customers"),
            store_flag(place)
        ))?;
    }
    Ok(Exit::Done)
}

fn show_one(place: &Place, typed: &str) -> Result<Exit> {
    let opened = Opened::at(place)?;
    let id = opened.customer(typed)?;
    let profile = opened.wait(opened.store.profile(id))?;
    if place.json {
        say_json(&profile_json(&profile))?;
        return Ok(Exit::Done);
    }
    let known = &profile.customer;
    let name = known.title.iter().chain([&known.name]).map(String::as_str);
    let mut text = format!("{}\n", plain(&name.collect::<Vec<_>>().join(" ")));
    let mut line = |name: &str, value: Option<&String>| {
        if let Some(value) = value {
            entry(&mut text, name, value);
        }
    };
    line("number", profile.standing.number.as_ref());
    let link = opened.settings.config.links.customer.as_ref();
    let page = link.zip(profile.standing.number.as_ref());
    line(
        "account",
        page.map(|(link, number)| Links::page(link, number))
            .as_ref(),
    );
    line("tier", profile.standing.tier.as_ref());
    line("street", known.street.as_ref());
    line("town", known.town.as_ref());
    line("postcode", known.postcode.as_ref());
    line("phone", known.phone.as_ref());
    for address in &profile.addresses {
        line("e-mail", Some(address));
    }
    for case in &profile.cases {
        line("case", Some(&case.to_string()));
    }
    if profile.cards > 0 {
        line("cards", Some(&profile.cards.to_string()));
    }
    if let Some(other) = profile.same_as {
        line("joined to", Some(&short_id(&other)));
    }
    say(&text)?;
    Ok(Exit::Done)
}

fn profile_json(profile: &Profile) -> Value {
    let known = &profile.customer;
    json!({
        "customer": profile.id.to_string(),
        "name": known.name, "title": known.title, "street": known.street, "town": known.town,
        "postcode": known.postcode, "phone": known.phone, "addresses": profile.addresses,
        "number": profile.standing.number, "tier": profile.standing.tier,
        "cases": profile.cases.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "cards": profile.cards,
        "same_as": profile.same_as.map(|id| id.to_string()),
    })
}

/// Lines that share a transaction.
const AT_ONCE: usize = 500;

fn take_in(place: &Place, arguments: &ImportArguments) -> Result<Exit> {
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

fn twins(place: &Place) -> Result<Exit> {
    let opened = Opened::at(place)?;
    let found = opened.wait(opened.store.likely_twins())?;
    if place.json {
        let rows = found.iter().map(
            |LikelyTwins {
                 one,
                 other,
                 names,
                 why,
             }| {
                json!({ "one": one.to_string(), "other": other.to_string(),
                    "names": [names.0, names.1], "why": why })
            },
        );
        say_json(&rows.collect())?;
    } else if found.is_empty() {
        tell!("No two records seem to be of one person.");
    } else {
        let mut table = Table::new(["one", "other", "names", "why"]).yielding(&[2, 3]);
        for LikelyTwins {
            one,
            other,
            names,
            why,
        } in &found
        {
            table.row([
                short_id(one),
                short_id(other),
                format!("{} / {}", names.0, names.1),
                why.clone(),
            ]);
        }
        say(&format!(
            "{}\nIf they are: postroom customers merge ONE OTHER --reason ...{}\n",
            table.text(),
            store_flag(place)
        ))?;
    }
    Ok(Exit::Done)
}

fn join(place: &Place, arguments: &MergeArguments) -> Result<Exit> {
    let actor = arguments.by.actor()?;
    let opened = Opened::at(place)?;
    let (kept, gone) = (
        opened.customer(&arguments.kept)?,
        opened.customer(&arguments.gone)?,
    );
    if kept == gone {
        return Err(Misused("both are the same record".to_owned()).into());
    }
    let merged = people::merge(&opened.store, kept, gone, &arguments.reason, &actor);
    let id = opened.wait(merged)?;
    if place.json {
        say_json(&json!({ "merge": id.to_string(), "kept": kept.to_string() }))?;
    } else {
        tell!(
            "They are one now. Taken back: postroom customers unmerge {} --reason ...{}",
            short_id(&gone),
            store_flag(place)
        );
    }
    Ok(Exit::Done)
}

fn part(place: &Place, arguments: &UnmergeArguments) -> Result<Exit> {
    let actor = arguments.by.actor()?;
    let opened = Opened::at(place)?;
    let gone = opened.customer(&arguments.customer)?;
    let parted = people::unmerge(&opened.store, gone, &arguments.reason, &actor);
    match opened.wait(parted)? {
        true => tell!("They are two again."),
        false => tell!("That record is joined to no other; nothing was changed."),
    }
    Ok(Exit::Done)
}

//! `postroom aside`: what could not be taken in, tried again or put away for good.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::cases::words;
use super::exit::{Exit, Misused};
use super::output::{self, count, plain, say, say_json, short, store_flag};
use super::run::{self, Extra, RunOptions};
use super::table::{WIDTH, wrapped};
use super::{By, Opened, Place};
use crate::store::aside::AsideRecord;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom aside list
  postroom aside retry bag-2/SCN_0031.tif
  postroom aside discard SCN_0044.tif --reason \"empty sheet, checked\"")]
pub(super) struct AsideArguments {
    #[command(subcommand)]
    command: AsideCommand,
}

#[derive(Debug, Subcommand)]
enum AsideCommand {
    /// List the scans and pages that were set aside, with the reasons
    List,
    /// Try scans again, at once, from the files that still lie in their folder
    Retry(RetryArguments),
    /// Put scans or pages away for good
    Discard(DiscardArguments),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom aside retry                       every scan that was set aside
  postroom aside retry SCN_0044.tif --received 2026-11-20

The run over the folder of the scans is done again, now: what is new there is filed too, what
is filed stays filed. A single page of a filed scan cannot be read again: scan its sheet once
more as a file of its own, run that, and discard the page here.")]
struct RetryArguments {
    /// Scans as listed [default: all]
    #[arg(value_name = "SCAN")]
    scans: Vec<String>,
    #[command(flatten)]
    options: RunOptions,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom aside discard SCN_0044.tif --reason \"empty sheet, checked\"
  postroom aside discard SCN_0045.tif --page 7 --reason \"scanned again as SCN_0099.tif\"

A later run counts a discarded scan as set aside, but asks nobody to look at it.")]
struct DiscardArguments {
    /// Scans as listed
    #[arg(value_name = "SCAN", required = true)]
    scans: Vec<String>,
    /// Only this page of a filed scan
    #[arg(long, value_name = "N")]
    page: Option<u32>,
    /// Why, for the history
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    by: By,
}

pub(super) fn aside(place: &Place, arguments: &AsideArguments) -> Result<Exit> {
    match &arguments.command {
        AsideCommand::List => list(place),
        AsideCommand::Retry(retry) => try_again(place, retry),
        AsideCommand::Discard(scans) => discard(place, scans),
    }
}

fn list(place: &Place) -> Result<Exit> {
    let opened = Opened::at(place)?;
    let asides = opened.wait(opened.store.asides())?;
    if place.json {
        say_json(&asides.iter().map(aside_json).collect())?;
    } else if asides.is_empty() {
        eprintln!("Nothing is set aside: every scan was taken in.");
    } else {
        say(&listed(&asides, &store_flag(place)))?;
    }
    Ok(Exit::Done)
}

/// Where a reason begins.
const REASON: usize = 6;

/// Reasons are sentences, so each stands on a line of its own.
fn listed(asides: &[AsideRecord], store: &str) -> String {
    let mut text = String::new();
    let mut folder = "";
    for aside in asides {
        if aside.folder != folder {
            folder = &aside.folder;
            text.push_str(&format!("In {}\n", plain(folder)));
        }
        let page = match (aside.page, aside.document) {
            (Some(page), Some(document)) => {
                format!(", page {page} (document {})", short(document))
            }
            (Some(page), None) => format!(", page {page}"),
            (None, _) => String::new(),
        };
        text.push_str(&format!(
            "  {}{page}: {}\n",
            plain(&aside.path),
            words(aside.rejection.code.name()),
        ));
        for line in wrapped(&plain(&aside.rejection.reason), WIDTH - REASON) {
            text.push_str(&format!("{:REASON$}{line}\n", ""));
        }
    }
    let scans = asides.iter().filter(|aside| aside.page.is_none()).count();
    text.push_str(&format!(
        "\n{}, {} of filed scans\n\
         Mend or replace the files, then:  postroom aside retry{store}\n\
         Or put one away for good:         postroom aside discard SCAN --reason TEXT{store}\n",
        count(scans, "scan", "scans"),
        count(asides.len() - scans, "page", "pages"),
    ));
    text
}

fn aside_json(aside: &AsideRecord) -> Value {
    json!({
        "scan": aside.path,
        "folder": aside.folder,
        "page": aside.page,
        "code": aside.rejection.code.name(),
        "reason": aside.rejection.reason,
        "document": aside.document.map(|id| id.to_string()),
    })
}

fn try_again(place: &Place, arguments: &RetryArguments) -> Result<Exit> {
    let opened = Opened::at(place)?;
    let asides = opened.wait(opened.store.asides())?;
    let wanted = chosen(&asides, &arguments.scans, None)?;
    let pages = wanted.iter().filter(|aside| aside.page.is_some()).count();
    let mut folders: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut gone = 0;
    for aside in wanted.iter().filter(|aside| aside.page.is_none()) {
        if Path::new(&aside.folder).join(&aside.path).is_file() {
            let names = folders.entry(&aside.folder).or_default();
            names.push(aside.path.clone());
        } else {
            gone += 1;
            eprintln!(
                "{}: no longer in {}; put the file back and try again, or discard it",
                plain(&aside.path),
                plain(&aside.folder)
            );
        }
    }
    if pages > 0 {
        eprintln!(
            "{} of filed scans cannot be read again: scan the sheet once more as a file of its own.",
            count(pages, "page", "pages")
        );
    }
    drop(opened);
    let stop = run::stop_on_interrupt()?;
    let mut summaries = Vec::new();
    for (folder, retry) in folders {
        let extra = Extra {
            retry,
            ..Extra::default()
        };
        let options = &arguments.options;
        summaries.push(run::run_once(
            place,
            Path::new(folder),
            options,
            extra,
            &stop,
        )?);
    }
    if place.json {
        let each = summaries.iter().map(|summary| summary.to_json());
        say(&format!("[{}]\n", each.collect::<Vec<_>>().join(",\n")))?;
    } else if summaries.is_empty() {
        eprintln!("Nothing was tried again.");
    } else {
        for summary in &summaries {
            output::summary(summary, place);
        }
    }
    let look = gone > 0 || pages > 0 || summaries.iter().any(|summary| summary.needs_a_person());
    Ok(if look { Exit::Look } else { Exit::Done })
}

fn discard(place: &Place, arguments: &DiscardArguments) -> Result<Exit> {
    if arguments.reason.trim().is_empty() {
        return Err(Misused("--reason needs a few words for the history".to_owned()).into());
    }
    let actor = arguments.by.actor()?;
    let opened = Opened::at(place)?;
    let asides = opened.wait(opened.store.asides())?;
    let wanted = chosen(&asides, &arguments.scans, arguments.page)?;
    for aside in &wanted {
        let reason = arguments.reason.trim();
        let discarded = opened.store.discard(aside.scan, aside.page, reason, &actor);
        opened.wait(discarded)?;
    }
    if place.json {
        say_json(
            &json!({ "discarded": wanted.iter().map(|aside| aside_json(aside)).collect::<Value>() }),
        )?;
    } else {
        let pages = wanted.iter().filter(|aside| aside.page.is_some()).count();
        eprintln!(
            "Put away for good: {}, {}.",
            count(wanted.len() - pages, "scan", "scans"),
            count(pages, "page", "pages")
        );
    }
    Ok(Exit::Done)
}

/// The lines of the list that a person named; every one when none is named. A name
/// that fits nothing, or scans of two folders, is refused before anything is done.
fn chosen<'a>(
    asides: &'a [AsideRecord],
    names: &[String],
    page: Option<u32>,
) -> Result<Vec<&'a AsideRecord>> {
    if names.is_empty() {
        return Ok(asides.iter().collect());
    }
    let mut chosen = Vec::new();
    for name in names {
        let fits = |aside: &&AsideRecord| {
            let named = aside.path == *name || format!("{}/{}", aside.folder, aside.path) == *name;
            named && page.is_none_or(|page| aside.page == Some(page))
        };
        let mut found: Vec<&AsideRecord> = asides.iter().filter(fits).collect();
        let Some(first) = found.first() else {
            let page = page
                .map(|page| format!("page {page} of "))
                .unwrap_or_default();
            return Err(Misused(format!(
                "{page}'{name}' is not set aside; `postroom aside list` names what is"
            ))
            .into());
        };
        if let Some(other) = found.iter().find(|aside| aside.folder != first.folder) {
            return Err(Misused(format!(
                "'{name}' is set aside in {} and in {}; name it with its folder",
                first.folder, other.folder
            ))
            .into());
        }
        found.retain(|aside| !chosen.contains(aside));
        chosen.extend(found);
    }
    Ok(chosen)
}

//! `postroom aside`: what could not be taken in, tried again or put away for good.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::cases::words;
use super::exit::{Exit, Misused};
use super::output::{self, count, plain, say, say_json, short, store_flag, tell};
use super::run::{self, Extra, RunOptions, Stop};
use super::settings::Settings;
use super::table::{WIDTH, wrapped};
use super::{By, Opened, Place};
use crate::batch::Retry;
use crate::batch::again::Incomplete;
use crate::batch::listing;
use crate::batch::summary::Summary;
use crate::domain::rejection::Rejection;
use crate::store::DocumentId;
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
    #[command(after_help = "\
Examples:
  postroom aside list
  postroom aside list --json | jq -r '.[].scan'")]
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

The run over the folder of the scans is done again, now: what is new there is filed too, what \
is filed stays filed. Of a filed scan with missing pages, those that can be read after all are \
put in their place; what people settled stays. Where even that fails, scan the sheet once more \
as a file of its own, run that, and discard the page here. A scan that was discarded by mistake \
is tried again when it is named.")]
struct RetryArguments {
    /// Scans as listed [default: all]
    #[arg(value_name = "SCAN")]
    scans: Vec<String>,
    #[command(flatten)]
    by: By,
    #[command(flatten)]
    options: RunOptions,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom aside discard SCN_0044.tif --reason \"empty sheet, checked\"
  postroom aside discard SCN_0045.tif --page 7 \\
      --reason \"scanned again as SCN_0099.tif\"
  postroom aside discard SCN_0046.tif --all --reason \"every page is there twice\"

Several pages of a name are discarded by --page or --all. A mistake is undone by \
`postroom aside retry SCAN`. A later run counts a discarded scan as set aside, but asks nobody to look at it.")]
struct DiscardArguments {
    /// Scans as listed
    #[arg(value_name = "SCAN", required = true)]
    scans: Vec<String>,
    /// Only this page of a filed scan
    #[arg(long, value_name = "N")]
    page: Option<u32>,
    /// Everything that is set aside under these names
    #[arg(long, conflicts_with = "page")]
    all: bool,
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
        tell!("Nothing is set aside: every scan was taken in.");
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
        for line in wrapped(&plain(&aside.told()), WIDTH - REASON) {
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
        "gone": aside.gone,
        "document": aside.document.map(|id| id.to_string()),
    })
}

fn try_again(place: &Place, arguments: &RetryArguments) -> Result<Exit> {
    let actor = arguments.by.actor()?;
    let opened = Opened::at(place)?;
    let mut asides = opened.wait(opened.store.asides())?;
    if !arguments.scans.is_empty() {
        // What was discarded by mistake is there to be named, and is not asked for.
        asides.extend(opened.wait(opened.store.discarded_scans())?);
    }
    let wanted = chosen(&asides, &arguments.scans, None)?;
    let (folders, gone) = by_folder(&wanted, !arguments.scans.is_empty(), &opened.settings);
    for aside in &gone {
        tell!(
            "{}: no longer in {}; put the file back and try again, or discard it",
            plain(&aside.path),
            plain(&aside.folder)
        );
    }
    let stop = Stop::on_interrupt()?;
    let mut came = Vec::new();
    let named = |whole: &Vec<String>| match &*arguments.scans {
        [] => Vec::new(),
        _ => whole.clone(),
    };
    for (folder, Again { whole, pages }) in folders {
        let (folder, options) = (&*listing::path_of(folder), &arguments.options);
        if !pages.is_empty() {
            let read = run::read_again(place, folder, options, &pages, &actor, &stop.run)?;
            came.extend(pages.into_iter().zip(read).map(Came::Pages));
        }
        if !whole.is_empty() {
            let extra = Extra {
                retry: Some(Retry {
                    mended: named(&whole),
                    scans: whole,
                    by: actor.clone(),
                }),
                ..Extra::default()
            };
            let summary = run::run_once(place, folder, options, extra, &stop.run)?;
            came.push(Came::Run(Box::new(summary)));
        }
    }
    if place.json {
        say_json(&came.iter().map(Came::json).collect())?;
    } else if came.is_empty() {
        tell!("Nothing was tried again.");
    } else {
        for came in &came {
            came.tell(place)?;
        }
    }
    let now = opened.wait(opened.store.asides())?;
    let waits = |aside: &&AsideRecord| {
        let mut still = now.iter();
        still.any(|now| (now.scan, now.page) == (aside.scan, aside.page))
    };
    let look = wanted.iter().any(waits) || came.iter().any(Came::needs_a_person);
    Ok(if look { Exit::Look } else { Exit::Done })
}

/// What is tried again in one folder.
#[derive(Default)]
struct Again {
    /// Whole scans, by name.
    whole: Vec<String>,
    /// Filed scans with missing pages.
    pages: Vec<Incomplete>,
}

/// The scans by their folders, and those whose file is gone.
fn by_folder<'a>(
    wanted: &[&'a AsideRecord],
    named: bool,
    settings: &Settings,
) -> (BTreeMap<&'a str, Again>, Vec<&'a AsideRecord>) {
    let ignore = settings.ignore();
    let mut listed: BTreeMap<&str, BTreeMap<String, PathBuf>> = BTreeMap::new();
    let (mut folders, mut gone) = (BTreeMap::<_, Again>::new(), Vec::new());
    for aside in wanted.iter().copied() {
        // A folder that is gone has no files.
        let files = listed.entry(&aside.folder).or_insert_with(|| {
            let listing = listing::list(&listing::path_of(&aside.folder), &ignore, None);
            let scans = listing.map(|listing| listing.scans).unwrap_or_default();
            scans
                .into_iter()
                .map(|scan| (scan.name, scan.path))
                .collect()
        });
        let Some(path) = files.get(&aside.path) else {
            gone.push(aside);
            continue;
        };
        let again = folders.entry(&*aside.folder).or_default();
        if aside.page.is_none() {
            again.whole.push(aside.path.clone());
        } else if again.pages.iter().all(|scan| scan.scan != aside.scan) {
            again.pages.push(Incomplete {
                scan: aside.scan,
                name: aside.path.clone(),
                path: path.clone(),
                document: aside.document,
                named,
            });
        }
    }
    (folders, gone)
}

/// What came of trying again.
enum Came {
    /// Of the whole scans of a folder.
    Run(Box<Summary>),
    /// Of one filed scan with missing pages.
    Pages((Incomplete, Result<Vec<DocumentId>, Rejection>)),
}

impl Came {
    fn needs_a_person(&self) -> bool {
        match self {
            Self::Run(summary) => summary.needs_a_person(),
            Self::Pages((_, read)) => read.is_err(),
        }
    }

    fn json(&self) -> Value {
        match self {
            // A summary is plain numbers and text: it always is a value.
            Self::Run(summary) => json!(summary),
            Self::Pages((scan, read)) => json!({
                "scan": scan.name,
                "mended_documents": read.as_ref().map_or_else(
                    |_| Vec::new(),
                    |changed| changed.iter().map(ToString::to_string).collect(),
                ),
                "reason": read.as_ref().err().map(|rejection| &rejection.reason),
            }),
        }
    }

    fn tell(&self, place: &Place) -> std::io::Result<()> {
        match self {
            Self::Run(summary) => output::summary(summary, place)?,
            Self::Pages((scan, read)) => {
                let name = plain(&scan.name);
                match read {
                    Ok(changed) if changed.is_empty() => tell!(
                        "{name}: no more pages could be read; scan the sheets once more as a file \
                         of their own"
                    ),
                    Ok(changed) => {
                        let ids: Vec<String> = changed.iter().map(|id| short(*id)).collect();
                        tell!("{name}: pages read after all, document {}", ids.join(", "));
                    }
                    Err(rejection) => tell!("{name}: {}", plain(&rejection.reason)),
                }
            }
        }
        Ok(())
    }
}

fn discard(place: &Place, arguments: &DiscardArguments) -> Result<Exit> {
    if arguments.reason.trim().is_empty() {
        return Err(Misused("--reason needs a few words for the history".to_owned()).into());
    }
    let actor = arguments.by.actor()?;
    let opened = Opened::at(place)?;
    let asides = opened.wait(opened.store.asides())?;
    let wanted = chosen(&asides, &arguments.scans, arguments.page)?;
    if arguments.page.is_none() && !arguments.all {
        one_each(&wanted)?;
    }
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
        tell!(
            "Put away for good: {}, {}.",
            count(wanted.len() - pages, "scan", "scans"),
            count(pages, "page", "pages")
        );
    }
    Ok(Exit::Done)
}

/// Refuses a name that stands for several pages: one of them may be meant.
fn one_each(wanted: &[&AsideRecord]) -> Result<(), Misused> {
    for aside in wanted {
        let same = wanted.iter().filter(|other| other.path == aside.path);
        let pages: Vec<String> = same
            .map(|other| match other.page {
                Some(page) => format!("page {page}"),
                None => "the whole scan".to_owned(),
            })
            .collect();
        if pages.len() > 1 {
            return Err(Misused(format!(
                "'{}' has several things set aside: {}; name a page with --page, or discard \
                 all with --all",
                aside.path,
                pages.join(", ")
            )));
        }
    }
    Ok(())
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

//! `postroom search WORDS`: which letters have all of these words.

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use super::exit::Exit;
use super::output::{count, lying_on, say, say_json, short, store_flag, tell};
use super::table::Table;
use super::{Opened, Place};
use crate::store::search::Hit;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom search kettle refund
  postroom search LS6 3HN --json

A letter is found when it has all of the words; the best comes first.")]
pub(super) struct SearchArguments {
    /// What to look for; letter case does not count
    #[arg(required = true)]
    words: Vec<String>,
}

/// A hit and the scan that it is in.
struct Found {
    hit: Hit,
    scan: String,
}

pub(super) fn search(place: &Place, arguments: &SearchArguments) -> Result<Exit> {
    let opened = Opened::at(place)?;
    let words = arguments.words.join(" ");
    let mut found = Vec::new();
    for hit in opened.wait(opened.store.search(&words))? {
        let scan = opened.wait(opened.store.document(hit.document))?.path;
        found.push(Found { hit, scan });
    }
    if place.json {
        say_json(&found.iter().map(found_json).collect())?;
    } else if found.is_empty() {
        tell!("No letter has all of these words. Fewer of them find more.");
    } else {
        let mut table =
            Table::new(["case", "received", "scan", "document", "line"]).yielding(&[2, 4]);
        for Found { hit, scan } in &found {
            table.row([
                lying_on(hit.case),
                hit.received.to_string(),
                scan.clone(),
                short(hit.document),
                hit.line.clone(),
            ]);
        }
        say(&format!(
            "{}\n{}. Look at one: postroom show CASE{}\n",
            table.text(),
            count(found.len(), "letter", "letters"),
            store_flag(place)
        ))?;
    }
    Ok(Exit::Done)
}

fn found_json(Found { hit, scan }: &Found) -> Value {
    json!({
        "case": hit.case.map(|case| case.to_string()),
        "document": hit.document.to_string(),
        "received": hit.received.to_string(),
        "scan": scan,
        "line": hit.line,
    })
}

//! `postroom customers twins|merge|unmerge`: records that are of one person.

use anyhow::Result;
use clap::Args;
use serde_json::json;

use crate::cases::people;
use crate::cli::exit::{Exit, Misused};
use crate::cli::mail::short_id;
use crate::cli::output::{say, say_json, store_flag, tell};
use crate::cli::table::Table;
use crate::cli::{By, Opened, Place};
use crate::store::CustomerId;
use crate::store::people::LikelyTwins;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom customers merge 9d04ab12c7e1 7c31d90ab2f4 \\
      --reason \"same handwriting, same phone\"
  postroom customers merge 1001 1002 --reason \"her maiden name\"

Cases, cards and addresses of both are one person's from now on; name and address shown are those of the \
record that stays. Nothing is lost: `customers unmerge` gives the other record back all that came by it, before and since.")]
pub(super) struct MergeArguments {
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
#[command(after_help = "\
Examples:
  postroom customers unmerge 7c31d90ab2f4 --reason \"mother and daughter\"

The record has its own cases, cards, addresses and number again, also what came by it since, and so have \
those that were joined to it before. `customers show` names the records that are joined to one.")]
pub(super) struct UnmergeArguments {
    /// The record that was joined to another
    customer: String,
    /// Why, for the history
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    by: By,
}

pub(super) fn twins(place: &Place) -> Result<Exit> {
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

pub(super) fn join(place: &Place, arguments: &MergeArguments) -> Result<Exit> {
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
        tell_of_lists(&opened, kept, gone)?;
        tell!(
            "They are one now. Taken back: postroom customers unmerge {} --reason ...{}",
            short_id(&gone),
            store_flag(place)
        );
    }
    Ok(Exit::Done)
}

pub(super) fn part(place: &Place, arguments: &UnmergeArguments) -> Result<Exit> {
    let actor = arguments.by.actor()?;
    let opened = Opened::at(place)?;
    let gone = opened.record(&arguments.customer)?;
    let parted = people::unmerge(&opened.store, gone, &arguments.reason, &actor);
    match opened.wait(parted)? {
        true => tell!("They are two again."),
        false => tell!("That record is joined to no other; nothing was changed."),
    }
    Ok(Exit::Done)
}

/// A list goes on speaking of its own record: said where that is not the one that people see.
fn tell_of_lists(opened: &Opened, kept: CustomerId, gone: CustomerId) -> Result<()> {
    let listed = |id| -> Result<bool> { Ok(opened.wait(opened.store.own_number(id))?.is_some()) };
    if listed(gone)? && !listed(kept)? {
        tell!(
            "The company's list speaks of {0}, which is joined now: its name and address change there, and \
             are not shown. If the list is right, part them and join them the other way: {0} stays.",
            short_id(&gone)
        );
    }
    Ok(())
}

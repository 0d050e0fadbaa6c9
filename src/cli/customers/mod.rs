//! `postroom customers`: who writes, over letters, cards and e-mail; the company's own list; records that
//! are of one person.

mod import;
mod joining;
mod set;

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::exit::Exit;
use super::mail::short_id;
use super::output::{count, plain, say, say_json, store_flag, tell};
use super::table::Table;
use super::timeline::entry;
use super::{Opened, Place};
use crate::config::Links;
use crate::store::people::Profile;
use crate::store::typed::Typed;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom customers harris         by name, address, postcode, e-mail or number
  postroom customers show 9d04ab12c7e1
  postroom customers set 1001 --phone \"01632 960180\"
  postroom customers import members.csv --column number=\"Member no\" \\
      --column tier=Level
  postroom customers twins
  postroom customers merge 9d04ab12c7e1 7c31d90ab2f4 \\
      --reason \"same handwriting, same phone\"")]
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
    /// Write somebody down who has not written yet
    Add(set::AddArguments),
    /// Correct what is known of somebody: what you type stays
    Set(set::SetArguments),
    /// Take in the company's own list
    Import(import::ImportArguments),
    /// Records that may be of one person, with the reasons
    #[command(after_help = "\
Examples:
  postroom customers twins
  postroom customers twins --json")]
    Twins,
    /// Join two records of one person; the first is kept
    Merge(joining::MergeArguments),
    /// Part a record that was joined to another
    Unmerge(joining::UnmergeArguments),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom customers show 1001                    by number
  postroom customers show 9d04ab12c7e1 --json     by an id, or a part of it")]
struct ShowArguments {
    /// The customer, by number, or by an id or a part of it
    customer: String,
}

pub(super) fn customers(place: &Place, arguments: &CustomersArguments) -> Result<Exit> {
    match &arguments.command {
        None => list(place, arguments.text.as_deref().unwrap_or_default()),
        Some(CustomersCommand::Show(show)) => show_one(place, &show.customer),
        Some(CustomersCommand::Add(add)) => set::add(place, add),
        Some(CustomersCommand::Set(set)) => set::set(place, set),
        Some(CustomersCommand::Import(import)) => import::take_in(place, import),
        Some(CustomersCommand::Twins) => joining::twins(place),
        Some(CustomersCommand::Merge(merge)) => joining::join(place, merge),
        Some(CustomersCommand::Unmerge(unmerge)) => joining::part(place, unmerge),
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
        tell!(
            "No such customer. All of them: postroom customers{}",
            store_flag(place)
        );
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
    for joined in &profile.joined {
        line("joined", Some(&short_id(joined)));
    }
    for typed in &profile.typed {
        line("typed", Some(&typed_words(typed)));
    }
    say(&text)?;
    Ok(Exit::Done)
}

/// `phone, by ann; a list or a letter says 01632 960999`.
fn typed_words(typed: &Typed) -> String {
    let words = format!("{}, by {}", typed.particular.name(), typed.by);
    match &typed.otherwise {
        Some(otherwise) => format!("{words}; a list, letter or card says {otherwise}"),
        None => words,
    }
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
        "joined": profile.joined.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "email": known.email,
        "typed": profile.typed.iter().map(|typed| json!({
            "what": typed.particular.name(), "by": typed.by, "at": typed.at,
            "otherwise": typed.otherwise,
        })).collect::<Vec<_>>(),
    })
}

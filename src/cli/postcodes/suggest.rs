//! `postroom postcodes suggest`: which postcodes a misreading most likely means.

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use super::check::Status;
use super::{Asked, open};
use crate::cli::Place;
use crate::cli::exit::{Exit, Misused};
use crate::cli::output::{say, say_json, tell};
use crate::cli::table::Table;
use crate::gazetteer::Gazetteer;
use crate::gazetteer::country::Code;
use crate::gazetteer::decode::{Address, Likely, Query, printed};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom postcodes suggest \"L56 3HN\"
  postroom postcodes suggest \"L56 3HN\" --town Leeds --street \"Otley Rd\" \\
      --house 14
  postroom postcodes suggest 9O210 --country US --gazetteer us.gaz --json

Each comes with its probability, given the town and the street if they are named. Characters \
that print confuses cost little, any other misreading costs more. Ends with 1 when nothing is \
near.")]
pub(super) struct SuggestArguments {
    /// The postcode as it was read
    #[arg(value_name = "TEXT")]
    text: String,
    /// The town beside it, as read
    #[arg(long)]
    town: Option<String>,
    /// The street beside it, as read, without the house
    #[arg(long)]
    street: Option<String>,
    /// The house number beside it, as read
    #[arg(long, requires = "street")]
    house: Option<String>,
    #[command(flatten)]
    asked: Asked,
}

/// What is less likely than this is no suggestion.
const LEAST: f64 = 0.000_5;

pub(super) fn suggest(place: &Place, arguments: &SuggestArguments) -> Result<Exit> {
    let (found, _) = open(place, arguments.asked.gazetteer.as_deref())?;
    let gazetteer = &found.gazetteer;
    let address = read(arguments, gazetteer)?;
    let near = address.postcodes.iter();
    let near = near.filter(|likely| likely.probability.get() >= LEAST);
    let near: Vec<&Likely<Code>> = near.collect();
    if place.json {
        say_json(&json!({
            "file": found.path.as_ref().map(|path| path.display().to_string()),
            "date": gazetteer.date(),
            "read": arguments.text,
            "postcodes": near.iter().map(|likely| json(likely, gazetteer)).collect::<Vec<_>>(),
            "towns": names_json(&address.towns),
            "streets": names_json(&address.streets),
            "houses": names_json(&address.houses),
        }))?;
    } else if near.is_empty() {
        tell!(
            "No postcode is near '{}' by {}.",
            arguments.text,
            found.which()
        );
    } else {
        say(&text(&near, &address, gazetteer))?;
        say(&format!("By {}\n", found.which()))?;
    }
    Ok(if near.is_empty() {
        Exit::Look
    } else {
        Exit::Done
    })
}

fn read(arguments: &SuggestArguments, gazetteer: &Gazetteer) -> Result<Address> {
    let text: String = arguments.text.split_whitespace().collect();
    if text.is_empty() || text.chars().count() > LONGEST {
        let what = format!("'{}' is no misread postcode; name one", arguments.text);
        return Err(Misused(what).into());
    }
    let postcode = printed(text.chars());
    let town = arguments.town.as_ref().map(|town| printed(town.chars()));
    let street = arguments.street.as_ref();
    let street = street.map(|street| printed(street.chars()));
    let house = arguments.house.as_ref().map(|house| printed(house.chars()));
    Ok(gazetteer.read(&Query {
        country: arguments.asked.country,
        postcode: &postcode,
        town: town.as_ref(),
        street: street.as_ref(),
        house: house.as_ref(),
        boxed: false,
    }))
}

/// No misreading of a postcode is longer.
const LONGEST: usize = 16;

fn text(near: &[&Likely<Code>], address: &Address, gazetteer: &Gazetteer) -> String {
    let header = ["postcode", "probability", "status", "towns"];
    let mut table = Table::new(header).yielding(&[3]).numbers(&[1]);
    for likely in near {
        table.row([
            likely.value.to_string(),
            percent(likely),
            Status::of(&likely.value, gazetteer).name().to_owned(),
            gazetteer.towns_of(&likely.value).join(", "),
        ]);
    }
    let mut text = table.text();
    let fields = [
        ("Town", &address.towns),
        ("Street", &address.streets),
        ("House", &address.houses),
    ];
    for (what, names) in fields {
        let likely = names.iter().filter(|name| name.probability.get() >= LEAST);
        let likely = likely.take(3);
        let likely: Vec<String> = likely
            .map(|name| format!("{} {}", name.value, percent(name)))
            .collect();
        if !likely.is_empty() {
            text.push_str(&format!("{what}: {}\n", likely.join(", ")));
        }
    }
    text
}

fn percent<T>(likely: &Likely<T>) -> String {
    format!("{:.1} %", likely.probability.get() * 100.0)
}

fn json(likely: &Likely<Code>, gazetteer: &Gazetteer) -> Value {
    json!({
        "postcode": likely.value.to_string(),
        "probability": likely.probability.get(),
        "status": Status::of(&likely.value, gazetteer).name(),
        "towns": gazetteer.towns_of(&likely.value),
    })
}

fn names_json(names: &[Likely<String>]) -> Value {
    let names = names.iter();
    names
        .map(|name| json!({ "name": name.value, "probability": name.probability.get() }))
        .collect()
}

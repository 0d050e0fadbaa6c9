//! `postroom customers add|set`: a person says who a customer is.

use anyhow::Result;
use clap::{Args, ValueEnum};
use serde_json::json;

use crate::cases::correcting::{self, Correction};
use crate::cli::exit::{Exit, Misused};
use crate::cli::mail::short_id;
use crate::cli::output::{say_json, store_flag, tell};
use crate::cli::{By, Opened, Place};
use crate::domain::grammar::email::EmailAddress;
use crate::gazetteer::country::Country;
use crate::store::CustomerId;
use crate::store::typed::Particular;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom customers add \"Mary Harris\" --street \"14 Mill Lane\" --town Leeds \\
      --postcode \"LS6 3HN\"
  postroom customers add \"Tom Patel\" --number 1002 --phone \"01632 960180\" \\
      --tier gold")]
pub(super) struct AddArguments {
    /// First name and surname
    name: String,
    #[command(flatten)]
    particulars: Particulars,
    #[command(flatten)]
    by: By,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom customers set 1001 --phone \"01632 960180\" --email mary@example.org
  postroom customers set 9d04ab12c7e1 --street \"9 New Road\" --town Leeds \\
      --postcode \"LS6 4AB\"
  postroom customers set 1001 --phone \"\"            they have none
  postroom customers set 1001 --leave street        as the list and letters say

What you type stays, whatever a list, a letter or a card says afterwards; `customers show` has what they \
say beside it. With --leave they may change it again, and what they said last holds at once.")]
pub(super) struct SetArguments {
    /// The customer, by number, or by an id or a part of it
    customer: String,
    /// First name and surname
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    particulars: Particulars,
    /// Leave this to lists, letters and cards again
    #[arg(long, value_name = "WHAT")]
    leave: Vec<Left>,
    #[command(flatten)]
    by: By,
}

/// What is known of a person beside the name; an empty text says that there is no such thing.
#[derive(Debug, Args)]
struct Particulars {
    /// The number by which the company knows them
    #[arg(long, value_name = "NUMBER")]
    number: Option<String>,
    /// Mr, Mrs, Dr, ...
    #[arg(long, value_name = "TITLE")]
    title: Option<String>,
    /// House and street
    #[arg(long, value_name = "STREET")]
    street: Option<String>,
    /// Post town
    #[arg(long, value_name = "TOWN")]
    town: Option<String>,
    /// Postcode
    #[arg(long, value_name = "POSTCODE")]
    postcode: Option<String>,
    /// The e-mail address to write to
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// Telephone number
    #[arg(long, value_name = "PHONE")]
    phone: Option<String>,
    /// How important they are: a word of your rules, as gold
    #[arg(long, value_name = "TIER")]
    tier: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Left {
    Name,
    Title,
    Street,
    Town,
    Postcode,
    Email,
    Phone,
    Tier,
}

impl From<Left> for Particular {
    fn from(left: Left) -> Self {
        match left {
            Left::Name => Self::Name,
            Left::Title => Self::Title,
            Left::Street => Self::Street,
            Left::Town => Self::Town,
            Left::Postcode => Self::Postcode,
            Left::Email => Self::Email,
            Left::Phone => Self::Phone,
            Left::Tier => Self::Tier,
        }
    }
}

pub(super) fn add(place: &Place, arguments: &AddArguments) -> Result<Exit> {
    let actor = arguments.by.actor()?;
    let says = correction(Some(&arguments.name), &arguments.particulars, &[])?;
    let opened = Opened::at(place)?;
    let id = opened.wait(correcting::add(&opened.store, &says, &actor))?;
    if place.json {
        say_json(&json!({ "customer": id.to_string() }))?;
    } else {
        tell!("Customer {} is known now.", short_id(&id));
        look(place, id);
    }
    Ok(Exit::Done)
}

pub(super) fn set(place: &Place, arguments: &SetArguments) -> Result<Exit> {
    let actor = arguments.by.actor()?;
    let name = arguments.name.as_deref();
    let says = correction(name, &arguments.particulars, &arguments.leave)?;
    if says == Correction::default() {
        let what = "nothing is said of the customer: add --phone, --email, --street, ...";
        return Err(Misused(what.to_owned()).into());
    }
    let opened = Opened::at(place)?;
    let id = opened.customer(&arguments.customer)?;
    let changed = opened.wait(correcting::correct(&opened.store, id, &says, &actor))?;
    if place.json {
        say_json(&json!({ "customer": id.to_string(), "changed": changed }))?;
        return Ok(Exit::Done);
    }
    match changed {
        true => tell!("Customer {} is changed.", short_id(&id)),
        false => tell!(
            "Customer {} was known so; what you typed stays from now on.",
            short_id(&id)
        ),
    }
    look(place, id);
    Ok(Exit::Done)
}

fn look(place: &Place, id: CustomerId) {
    tell!(
        "Look at them: postroom customers show {}{}",
        short_id(&id),
        store_flag(place)
    );
}

/// What was typed, held to what it must look like.
fn correction(
    name: Option<&str>,
    particulars: &Particulars,
    leave: &[Left],
) -> Result<Correction, Misused> {
    let typed = [
        (Particular::Name, name),
        (Particular::Title, particulars.title.as_deref()),
        (Particular::Street, particulars.street.as_deref()),
        (Particular::Town, particulars.town.as_deref()),
        (Particular::Postcode, particulars.postcode.as_deref()),
        (Particular::Email, particulars.email.as_deref()),
        (Particular::Phone, particulars.phone.as_deref()),
        (Particular::Tier, particulars.tier.as_deref()),
    ];
    let typed = typed
        .into_iter()
        .filter_map(|(particular, text)| Some((particular, text?.trim())));
    let mut says = Vec::new();
    for (particular, text) in typed {
        if particular == Particular::Name && text.is_empty() {
            return Err(Misused("a customer needs a name".to_owned()));
        }
        if particular == Particular::Email && !text.is_empty() {
            let is_one = text.parse::<EmailAddress>();
            is_one.map_err(|error| Misused(format!("--email: {error}")))?;
        }
        if particular == Particular::Postcode && !text.is_empty() {
            check_postcode(text)?;
        }
        says.push((particular, (!text.is_empty()).then(|| text.to_owned())));
    }
    let number = particulars.number.as_deref().map(str::trim);
    if number == Some("") {
        let what = "--number is empty: a number is given, and never taken away";
        return Err(Misused(what.to_owned()));
    }
    Ok(Correction {
        typed: says,
        left: leave.iter().copied().map(Particular::from).collect(),
        number: number.map(str::to_owned),
    })
}

/// A customer may live abroad: what is a postcode of no country that we know is a slip.
fn check_postcode(text: &str) -> Result<(), Misused> {
    let mut countries = Country::all().iter();
    match countries.any(|country| country.parse(text).is_some()) {
        true => Ok(()),
        false => Err(Misused(format!(
            "--postcode: '{text}' is a postcode of no country that is known here; a British one looks like \
             LS6 3HN"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_postcode_is_refused() {
        assert!(check_postcode("ls6 3hn").is_ok());
        assert!(check_postcode("75001").is_ok());
        for slip in ["XX", "14 Mill Lane", "LS6"] {
            let Misused(said) = check_postcode(slip).unwrap_err();
            assert!(said.contains(slip), "{said}");
        }
    }
}

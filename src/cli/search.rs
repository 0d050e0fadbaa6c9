//! `postroom search WORDS`: what has all of these words, on paper and in e-mail alike.

use anyhow::Result;
use clap::Args;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::exit::{Exit, Misused};
use super::output::{count, lying_on, plain, say, say_json, store_flag, tell};
use super::table::Table;
use super::{Opened, Place};
use crate::domain::reply::Channel;
use crate::store::search::{Found, Hit, SearchFilter};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom search kettle refund
  postroom search LS6 3HN --json
  postroom search refund --channel email --team product --since 2026-11-01
  postroom search refund --kind note --customer 1001

Letters, cards, e-mails, replies and notes are found when they have all of the words. Of the 2,000 \
that were taken in last, those in which the words stand most often for their length come first.")]
pub(super) struct SearchArguments {
    /// What to look for; letter case does not count
    #[arg(required = true)]
    words: Vec<String>,
    /// Only letters, cards, messages, replies or notes
    #[arg(long, value_name = "KIND", value_parser = kind)]
    kind: Option<Found>,
    /// Only what came or went by post, or by email
    #[arg(long, value_name = "WAY", value_parser = channel)]
    channel: Option<Channel>,
    /// Only on cases of this team
    #[arg(long, value_name = "TEAM")]
    team: Option<String>,
    /// Only on cases about this topic
    #[arg(long, value_name = "TOPIC")]
    topic: Option<String>,
    /// Only from this day on
    #[arg(long, value_name = "YYYY-MM-DD")]
    since: Option<Date>,
    /// Only up to this day
    #[arg(long, value_name = "YYYY-MM-DD")]
    until: Option<Date>,
    /// Only on cases of this customer, by number or id (`postroom customers`)
    #[arg(long, value_name = "CUSTOMER")]
    customer: Option<String>,
}

fn kind(typed: &str) -> Result<Found, String> {
    let singular = typed.strip_suffix('s').unwrap_or(typed);
    Found::from_name(singular).ok_or_else(|| "letter, card, message, reply or note".to_owned())
}

fn channel(typed: &str) -> Result<Channel, String> {
    Channel::from_name(typed).ok_or_else(|| {
        "post or email; letters, cards, messages, replies and notes are told apart by --kind"
            .to_owned()
    })
}

pub(super) fn search(place: &Place, arguments: &SearchArguments) -> Result<Exit> {
    let opened = Opened::at(place)?;
    let words = arguments.words.join(" ");
    let customer = match &arguments.customer {
        Some(typed) => Some(opened.customer(typed)?),
        None => None,
    };
    if let (Some(since), Some(until)) = (arguments.since, arguments.until)
        && until < since
    {
        let what = format!("--until {until} is before --since {since}: nothing can lie between");
        return Err(Misused(what).into());
    }
    let filter = SearchFilter {
        kind: arguments.kind,
        channel: arguments.channel,
        team: arguments.team.clone(),
        topic: arguments.topic.clone(),
        since: arguments.since,
        until: arguments.until,
        customer,
    };
    let found = opened.wait(opened.store.search(&words, &filter))?;
    if place.json {
        let found = found.iter().map(|hit| found_json(&opened, hit));
        say_json(&found.collect::<Result<Vec<Value>>>()?.into())?;
    } else if found.is_empty() {
        tell!("Nothing has all of these words. Fewer of them, or fewer filters, find more.");
    } else {
        let mut table = Table::new(["case", "day", "what", "id", "line"]).yielding(&[4]);
        for hit in &found {
            table.row([
                lying_on(hit.case),
                hit.day.to_string(),
                hit.kind.name().to_owned(),
                hit.id
                    .chars()
                    .rev()
                    .take(SHOWN_OF_AN_ID)
                    .collect::<Vec<_>>()
                    .iter()
                    .rev()
                    .collect(),
                marked(hit),
            ]);
        }
        say(&format!(
            "{}\n{}. Look at one: postroom show CASE{}\n",
            table.text(),
            count(found.len(), "hit", "hits"),
            store_flag(place)
        ))?;
    }
    Ok(Exit::Done)
}

/// The end of an id tells it from others.
const SHOWN_OF_AN_ID: usize = 12;

/// The line with its words in brackets.
fn marked(hit: &Hit) -> String {
    let (mut text, mut done) = (String::new(), 0);
    for mark in &hit.marks {
        text.push_str(&plain(&hit.line[done..mark.start]));
        text.push('[');
        text.push_str(&plain(&hit.line[mark.clone()]));
        text.push(']');
        done = mark.end;
    }
    text.push_str(&plain(&hit.line[done..]));
    text
}

fn found_json(opened: &Opened, hit: &Hit) -> Result<Value> {
    let mut found = json!({
        "case": hit.case.map(|case| case.to_string()),
        "kind": hit.kind.name(),
        "id": hit.id,
        "received": hit.day.to_string(),
        "line": hit.line,
        "marks": hit.marks.iter().map(|mark| [mark.start, mark.end]).collect::<Vec<_>>(),
    });
    if matches!(hit.kind, Found::Letter | Found::Card) {
        let document = opened.wait(opened.store.document(hit.id.parse()?))?;
        found["document"] = json!(hit.id);
        found["scan"] = json!(document.path);
    }
    Ok(found)
}

//! `postroom audit`: the log of all that was done, by whom and when.

use anyhow::{Context as _, Result};
use clap::Args;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::exit::{Exit, Misused};
use super::output::{plain, say, say_json, tell};
use super::timeline::{happened, local, wrap};
use super::{Opened, Place};
use crate::store::events::{EventKind, EventRecord, EventScope};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom audit
  postroom audit --kind exported --since 2026-11-01
  postroom audit --by mary.hopkins --json | jq '.[].kind'

Every change is in this log, every look at a page, every export and every report; each entry is linked to \
the one before it by a hash, which `postroom verify` checks. The newest come last. Personal data that \
was erased is missing here too; that it was erased is an entry of its own.")]
pub(super) struct AuditArguments {
    /// Only what was done on this day or later
    #[arg(long, value_name = "YYYY-MM-DD")]
    since: Option<Date>,
    /// Only what was done before this day
    #[arg(long, value_name = "YYYY-MM-DD")]
    until: Option<Date>,
    /// Only what this person did; `postroom` is the program itself
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Only entries of one kind, such as exported, page_seen or field_settled
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// How many, the newest
    #[arg(long, value_name = "N", default_value_t = 100)]
    most: u32,
}

pub(super) fn audit(place: &Place, arguments: &AuditArguments) -> Result<Exit> {
    let kind = arguments.kind.as_deref().map(kind).transpose()?;
    let opened = Opened::at(place)?;
    let zone = &opened.settings.config.time_zone;
    let scope = EventScope {
        since: arguments.since.map(|day| midnight(day, zone)).transpose()?,
        until: arguments.until.map(|day| midnight(day, zone)).transpose()?,
        actor: arguments.by.clone(),
        kind,
    };
    let events = opened.wait(opened.store.log(&scope, arguments.most))?;
    if place.json {
        say_json(&events.iter().map(row).collect::<Value>())?;
        return Ok(Exit::Done);
    }
    let mut text = String::new();
    for event in &events {
        let case = event.case.map(|case| format!("{case}  "));
        let case = case.unwrap_or_default();
        let (at, who) = (local(&event.at, zone), plain(&event.actor));
        wrap(
            &mut text,
            0,
            18,
            &format!("{at}  {who}  {case}{}", happened(event)),
        );
    }
    say(&text)?;
    match events.len() {
        0 => tell!("Nothing that is asked for is in the log"),
        len if len as u64 == u64::from(arguments.most) => {
            tell!("These are the newest {len}; --most N shows more");
        }
        _ => {}
    }
    Ok(Exit::Done)
}

fn kind(named: &str) -> Result<EventKind> {
    EventKind::from_name(named).ok_or_else(|| {
        let known = EventKind::ALL.map(EventKind::name).join(", ");
        Misused(format!(
            "--kind: there is no kind '{named}'; there are {known}"
        ))
        .into()
    })
}

/// When a day begins here.
pub(super) fn midnight(day: Date, zone: &TimeZone) -> Result<jiff::Timestamp> {
    let begins = day.to_zoned(zone.clone());
    Ok(begins
        .with_context(|| format!("the day {day}"))?
        .timestamp())
}

fn row(event: &EventRecord) -> Value {
    json!({
        "id": event.id.to_string(),
        "at": event.at,
        "actor": event.actor,
        "kind": event.kind.name(),
        "case": event.case.map(|case| case.to_string()),
        "document": event.document.map(|document| document.to_string()),
        "detail": event.detail,
    })
}

//! `postroom postcodes check`: whether postcodes are live.

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use super::{Asked, open};
use crate::cli::Place;
use crate::cli::exit::Exit;
use crate::cli::output::{plain, say, say_json};
use crate::cli::table::{WIDTH, wrapped};
use crate::gazetteer::country::{Code, Country};
use crate::gazetteer::{Coverage, Gazetteer, SourceMeta};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom postcodes check \"LS6 3HN\" NR11AA --gazetteer gb.gaz
  postroom postcodes check 59-700 --country PL
  postroom postcodes check \"LS6 3HN\" --json | jq '.postcodes[].status'

The status is live, ended, missing (and its area is listed completely: it does not exist), \
unlisted (and the list of its area is partial: it may exist all the same) or malformed. Ends \
with 1 when one of them is not live.")]
pub(super) struct CheckArguments {
    /// Postcodes, with or without spaces
    #[arg(value_name = "POSTCODE", required = true)]
    postcodes: Vec<String>,
    #[command(flatten)]
    asked: Asked,
}

pub(super) fn check(place: &Place, arguments: &CheckArguments) -> Result<Exit> {
    let (found, _) = open(place, arguments.asked.gazetteer.as_deref())?;
    let country = arguments.asked.country;
    let postcodes = arguments.postcodes.iter();
    let checked = postcodes.map(|typed| Checked::of(typed, country, &found.gazetteer));
    let checked: Vec<Checked<'_>> = checked.collect();
    if place.json {
        say_json(&json!({
            "file": found.path.as_ref().map(|path| path.display().to_string()),
            "date": found.gazetteer.date(),
            "postcodes": checked.iter().map(Checked::json).collect::<Vec<_>>(),
        }))?;
    } else {
        let blocks: String = checked.iter().map(Checked::text).collect();
        let date = found.gazetteer.date().unwrap_or("no known day");
        say(&format!("{blocks}By {}, of {date}\n", found.which()))?;
    }
    Ok(if checked.iter().all(|one| one.status == Status::Live) {
        Exit::Done
    } else {
        Exit::Look
    })
}

/// What the gazetteer knows of a postcode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Status {
    Live,
    /// Since a month, such as `2015-03`.
    Ended(String),
    /// Its area is listed completely: it does not exist.
    Missing(String),
    /// The list of its area is partial.
    Unlisted(String),
    /// No area has these letters.
    NoArea(String),
    /// Not of the shape that this country's have.
    Malformed(&'static str),
}

impl Status {
    pub(super) fn of(code: &Code, gazetteer: &Gazetteer) -> Self {
        let area = code.area().to_owned();
        let areas = gazetteer.areas(code.country());
        match gazetteer.listing(code) {
            Some(listing) => match &listing.provenance.ended {
                Some(month) => Self::Ended(month.clone()),
                None => Self::Live,
            },
            None if !areas.is_empty() && !areas.contains(&area) => Self::NoArea(area),
            None if gazetteer.covers_area(code.country(), &area) == Coverage::Complete => {
                Self::Missing(area)
            }
            None => Self::Unlisted(area),
        }
    }

    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Ended(_) => "ended",
            Self::Missing(_) | Self::NoArea(_) => "missing",
            Self::Unlisted(_) => "unlisted",
            Self::Malformed(_) => "malformed",
        }
    }

    fn sentence(&self) -> String {
        match self {
            Self::Live => "live".to_owned(),
            Self::Ended(month) => format!("ended {month}"),
            Self::Missing(area) => {
                format!("not listed: it does not exist, {area} is listed completely")
            }
            Self::NoArea(area) => format!("not listed: it does not exist, there is no area {area}"),
            Self::Unlisted(area) => {
                format!("not listed: it may exist all the same, {area} is listed in part")
            }
            Self::Malformed(country) => format!("not a postcode of {country}"),
        }
    }
}

struct Checked<'g> {
    postcode: String,
    status: Status,
    towns: Vec<&'g str>,
    streets: Vec<&'g str>,
    /// The month of its newest row.
    date: Option<&'g str>,
    sources: Vec<&'g SourceMeta>,
}

impl<'g> Checked<'g> {
    fn of(typed: &str, country: &'static Country, gazetteer: &'g Gazetteer) -> Self {
        let Some(code) = country.parse(typed) else {
            return Self {
                postcode: plain(typed),
                status: Status::Malformed(&country.code),
                towns: Vec::new(),
                streets: Vec::new(),
                date: None,
                sources: Vec::new(),
            };
        };
        let provenance = gazetteer.listing(&code).map(|listing| listing.provenance);
        let all = &gazetteer.about().sources;
        let sources = provenance.map_or(&[][..], |provenance| &provenance.sources);
        let sources = sources.iter().filter_map(|at| all.get(usize::from(*at)));
        Self {
            postcode: code.to_string(),
            status: Status::of(&code, gazetteer),
            towns: gazetteer.towns_of(&code),
            streets: gazetteer.streets_of(&code),
            date: provenance.and_then(|provenance| provenance.date.as_deref()),
            sources: sources.collect(),
        }
    }

    fn text(&self) -> String {
        let mut text = format!("{}  {}\n", self.postcode, self.status.sentence());
        let mut part = |name: &str, what: String| {
            for (at, line) in wrapped(&what, WIDTH - INDENT).into_iter().enumerate() {
                let name = if at == 0 { name } else { "" };
                if !what.is_empty() {
                    text.push_str(&format!("  {name:<9}{}\n", plain(&line)));
                }
            }
        };
        part("towns", named(&self.towns));
        part("streets", named(&self.streets));
        part("row of", self.date.unwrap_or_default().to_owned());
        let sources = self.sources.iter().map(|source| match &source.date {
            Some(date) => format!("{} ({}, {date})", source.name, source.kind),
            None => format!("{} ({})", source.name, source.kind),
        });
        part("from", sources.collect::<Vec<_>>().join(", "));
        text
    }

    fn json(&self) -> Value {
        let sources = self.sources.iter();
        json!({
            "postcode": self.postcode,
            "status": self.status.name(),
            "reason": self.status.sentence(),
            "ended": match &self.status {
                Status::Ended(month) => Some(month),
                _ => None,
            },
            "towns": self.towns,
            "streets": self.streets,
            "row_date": self.date,
            "sources": sources.map(|source| json!({ "name": source.name, "kind": source.kind, "date": source.date })).collect::<Vec<_>>(),
        })
    }
}

/// Where what is told of a postcode begins.
const INDENT: usize = 11;
/// A district may have a hundred villages; so many are shown, likeliest first.
const MOST_NAMED: usize = 12;

fn named(names: &[&str]) -> String {
    let shown = names.iter().take(MOST_NAMED).copied().collect::<Vec<_>>();
    match names.len().checked_sub(MOST_NAMED) {
        None | Some(0) => shown.join(", "),
        Some(more) => format!("{} and {more} more", shown.join(", ")),
    }
}

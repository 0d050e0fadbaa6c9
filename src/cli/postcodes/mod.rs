//! `postroom postcodes`: makes gazetteers, tells what is in one, asks it.

mod about;
mod build;
mod check;
mod info;
mod source;
mod suggest;

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::Place;
use super::exit::Exit;
use super::gazetteer::Found;
use crate::config::Config;
use crate::gazetteer::country::Country;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom postcodes build \\
      --out gb.gaz codepo_gb.zip ONSPD_AUG_2026.zip pp-complete.csv
  postroom postcodes info gb.gaz
  postroom postcodes check \"LS6 3HN\" --gazetteer gb.gaz
  postroom postcodes suggest \"L56 3HN\" --town Leeds

scripts/fetch-open-data tells where open data is published. Name the file in postroom.toml \
([gazetteer] files = [\"gb.gaz\"]) or with --gazetteer.")]
pub(super) struct PostcodesArguments {
    #[command(subcommand)]
    command: PostcodesCommand,
}

#[derive(Debug, Subcommand)]
enum PostcodesCommand {
    /// Make a gazetteer file from published tables and your own
    Build(build::BuildArguments),
    /// Tell what is in a gazetteer, how old it is and what it covers completely
    Info(info::InfoArguments),
    /// Tell whether postcodes are live
    Check(check::CheckArguments),
    /// Find the postcodes that a misreading most likely means
    Suggest(suggest::SuggestArguments),
}

pub(super) fn postcodes(place: &Place, arguments: &PostcodesArguments) -> Result<Exit> {
    match &arguments.command {
        PostcodesCommand::Build(build) => build::build(place, build),
        PostcodesCommand::Info(info) => info::info(place, info),
        PostcodesCommand::Check(check) => check::check(place, check),
        PostcodesCommand::Suggest(suggest) => suggest::suggest(place, suggest),
    }
}

/// Which gazetteer to ask.
#[derive(Debug, Args)]
struct Asked {
    /// Gazetteer file [default: gazetteer.files, else the small one in the program]
    #[arg(long, value_name = "FILE")]
    gazetteer: Option<PathBuf>,
    /// Country of the postcodes, by its ISO code
    #[arg(long, value_name = "CODE", default_value = "GB", value_parser = country)]
    country: &'static Country,
}

/// The gazetteer of a command, and the configuration's today. No store is needed.
fn open(place: &Place, named: Option<&Path>) -> Result<(Found, Date)> {
    let config = config(place)?;
    let found = Found::open(named, &config)?;
    Ok((found, today(&config)))
}

fn config(place: &Place) -> Result<Config> {
    let folder = (!place.store.contains("://")).then(|| Path::new(&place.store));
    Ok(Config::load(place.config.as_deref(), folder)?)
}

fn today(config: &Config) -> Date {
    let now = jiff::Timestamp::now();
    now.to_zoned(config.time_zone.clone()).date()
}

/// A country by its code.
fn country(code: &str) -> Result<&'static Country, String> {
    Country::find(code.trim()).ok_or_else(|| {
        let known: Vec<&str> = Country::all().iter().map(|c| c.code.as_str()).collect();
        format!("postcodes of {} are known", known.join(", "))
    })
}

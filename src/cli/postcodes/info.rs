//! `postroom postcodes info`: what is in a gazetteer.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::{about, build, open};
use crate::cli::Place;
use crate::cli::exit::Exit;
use crate::cli::gazetteer::Found;
use crate::cli::output::{say, say_json, tell};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom postcodes info
  postroom postcodes info gb.gaz
  postroom postcodes info gb.gaz --json | jq .complete.GB

The date is that of the postcodes: of the newest source that lists every one of its areas, else \
of the newest that lists any. Older than six months, it is warned of.")]
pub(super) struct InfoArguments {
    /// Gazetteer file [default: gazetteer.files, else the small one in the program]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// The same, as other commands name it
    #[arg(long, value_name = "FILE", conflicts_with = "file")]
    gazetteer: Option<PathBuf>,
}

pub(super) fn info(place: &Place, arguments: &InfoArguments) -> Result<Exit> {
    let named = arguments.file.as_deref().or(arguments.gazetteer.as_deref());
    let (found, today) = open(place, named)?;
    if let Some(warning) = found.warning(today) {
        tell!("{warning}");
    }
    if place.json {
        say_json(&json(&found, today))?;
    } else {
        say(&text(&found))?;
    }
    Ok(Exit::Done)
}

fn text(found: &Found) -> String {
    let gazetteer = &found.gazetteer;
    let meta = gazetteer.about();
    format!(
        "Gazetteer: {}\n\
         Postcodes of {}, built {}, {}\n\
         Holds: {}\n\
         {}\
         Digest: {}\n\n{}",
        found.which(),
        gazetteer.date().unwrap_or("no known day"),
        meta.built,
        build::size(gazetteer),
        about::held(&gazetteer.counts()),
        about::coverage(gazetteer),
        gazetteer.digest(),
        about::sources(meta.sources.iter()),
    )
}

fn json(found: &Found, today: Date) -> Value {
    let gazetteer = &found.gazetteer;
    let meta = gazetteer.about();
    json!({
        "file": found.path.as_ref().map(|path| path.display().to_string()),
        "date": gazetteer.date(),
        "old": found.is_old(today),
        "built": meta.built,
        "bytes": gazetteer.size(),
        "digest": gazetteer.digest().to_string(),
        "holds": about::held_json(&gazetteer.counts()),
        "complete": about::complete_json(gazetteer),
        "sources": meta.sources.iter().map(about::source_json).collect::<Vec<_>>(),
    })
}

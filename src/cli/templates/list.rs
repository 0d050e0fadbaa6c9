//! `postroom templates list`: which templates there are, and what they are for.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use super::shelf::Shelf;
use crate::cli::Place;
use crate::cli::exit::Exit;
use crate::cli::output::{count, say, say_json, tell};
use crate::cli::table::Table;
use crate::templates::{Channel, Template};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom templates list
  postroom templates list --templates /srv/replies --json

Ends with 1 when a file of the folder is no template, with 3 when the folder cannot be used.")]
pub(super) struct ListArguments {
    /// Folder of templates, in place of templates.dir
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
}

pub(super) fn list(place: &Place, arguments: &ListArguments) -> Result<Exit> {
    let shelf = Shelf::open(place, arguments.templates.as_deref())?;
    let templates = shelf.templates.list();
    if place.json {
        let templates: Vec<Value> = templates.iter().map(json).collect();
        say_json(&json!({ "templates": templates }))?;
    } else {
        let mut table = Table::new(["NAME", "KIND", "BY", "LANGUAGE", "TOPICS"]).yielding(&[4, 0]);
        for template in templates {
            let topics = match template.topics.as_slice() {
                [] => "any".to_owned(),
                topics => topics.join(", "),
            };
            table.row([
                template.name.clone(),
                template.kind.name().to_owned(),
                channels(template).join(", "),
                template.language.clone(),
                topics,
            ]);
        }
        let from = match &shelf.folder {
            Some(folder) => format!("Of {}\n", folder.display()),
            None => "Of the program; templates.dir or --templates names others\n".to_owned(),
        };
        say(&format!("{}{from}", table.text()))?;
    }
    let mistakes = shelf.mistakes()?.len();
    if mistakes == 0 {
        return Ok(Exit::Done);
    }
    let found = count(mistakes, "mistake", "mistakes");
    tell!("{found} in them: `postroom templates check` tells where");
    Ok(Exit::Look)
}

fn channels(template: &Template) -> Vec<&'static str> {
    let channels = template.channels.iter();
    channels.map(|channel: &Channel| channel.name()).collect()
}

fn json(template: &Template) -> Value {
    json!({
        "name": template.name,
        "kind": template.kind.name(),
        "topics": template.topics,
        "language": template.language,
        "channels": channels(template),
    })
}

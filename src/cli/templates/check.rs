//! `postroom templates check`: what is wrong with templates, before a customer finds it.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use super::shelf::Shelf;
use crate::cli::Place;
use crate::cli::exit::Exit;
use crate::cli::output::{count, plain, say, say_json};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom templates check
  postroom templates check --templates /srv/replies --json

Every template is filled with made-up facts for each of its ways: what nobody knows, what is never \
ended, what says nothing by post or by e-mail is told with its line. An acknowledgement or a status is sent \
without a person looking: in those, what is not known in every case must stand in {% if %} or have a default.

Ends with 3 when a template cannot be used.")]
pub(super) struct CheckArguments {
    /// Folder of templates, in place of templates.dir
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
}

pub(super) fn check(place: &Place, arguments: &CheckArguments) -> Result<Exit> {
    let shelf = Shelf::open(place, arguments.templates.as_deref())?;
    let mistakes = shelf.mistakes()?;
    if place.json {
        let told = mistakes.iter().map(|mistake| {
            let (template, line) = mistake.place();
            json!({ "template": template, "line": line, "what": mistake.what() })
        });
        let told: Vec<Value> = told.collect();
        say_json(&json!({ "templates": shelf.templates.list().len(), "mistakes": told }))?;
    } else {
        let whole = count(shelf.templates.list().len(), "template", "templates");
        let found = match mistakes.len() {
            0 => "nothing to mend".to_owned(),
            many => count(many, "mistake", "mistakes"),
        };
        let lines = mistakes
            .iter()
            .map(|mistake| format!("  {}\n", plain(&mistake.to_string())));
        let lines: String = lines.collect();
        say(&format!(
            "{}: {whole}, {found}\n{lines}",
            plain(&shelf.place())
        ))?;
    }
    if mistakes.is_empty() {
        Ok(Exit::Done)
    } else {
        Ok(Exit::Engine)
    }
}

//! `postroom forms list`: the forms that a run knows.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use super::shelf::{Found, Shelf};
use crate::cli::Place;
use crate::cli::exit::Exit;
use crate::cli::output::{say, say_json};
use crate::cli::table::Table;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom forms list
  postroom forms list --forms /srv/cards --json

Ends with 3 when the folder or a form in it cannot be used.")]
pub(super) struct ListArguments {
    /// Folder of form files, in place of forms.dir
    #[arg(long, value_name = "DIR")]
    forms: Option<PathBuf>,
}

pub(super) fn list(place: &Place, arguments: &ListArguments) -> Result<Exit> {
    let shelf = Shelf::at(place, arguments.forms.as_deref())?;
    if place.json {
        let forms: Vec<Value> = shelf.forms.iter().map(Found::json).collect();
        say_json(&json!({ "forms": forms }))?;
        return Ok(Exit::Done);
    }
    let mut table = Table::new(["ID", "VERSION", "TITLE", "SHEET", "FIELDS", "TICKS"])
        .yielding(&[2])
        .numbers(&[1, 4, 5]);
    for found in &shelf.forms {
        let form = &found.source.form;
        let fields: usize = form.sides.iter().map(|side| side.fields.len()).sum();
        let ticks = form.sides.iter().flat_map(|side| &side.ticks);
        let ticks: usize = ticks.map(|tick| tick.options.len()).sum();
        let sides = if form.sides.len() == 1 {
            "1 side"
        } else {
            "2 sides"
        };
        table.row([
            form.id.clone(),
            form.version.to_string(),
            form.title.clone(),
            format!("{} x {} mm, {sides}", form.width, form.height),
            fields.to_string(),
            ticks.to_string(),
        ]);
    }
    let place = match &shelf.folder {
        Some(folder) => format!("Of {}\n", folder.display()),
        None => "Of the program; forms.dir or --forms names others\n".to_owned(),
    };
    say(&format!("{}{place}", table.text()))?;
    Ok(Exit::Done)
}

impl Found {
    fn json(&self) -> Value {
        let form = &self.source.form;
        json!({
            "id": form.id,
            "version": form.version,
            "title": form.title,
            "width_mm": form.width,
            "height_mm": form.height,
            "sides": form.sides.len(),
            "file": self.file.as_ref().map(|file| file.display().to_string()),
            "digest": self.source.digest().to_string(),
        })
    }
}

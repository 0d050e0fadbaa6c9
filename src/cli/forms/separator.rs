//! `postroom forms separator`: a sheet to lay between documents.

use anyhow::Result;
use clap::Args;
use serde_json::json;

use super::print::Out;
use crate::cli::Place;
use crate::cli::exit::Exit;
use crate::cli::output::{say_json, tell};
use crate::domain::form::Colour;
use crate::forms;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom forms separator --out separator.pdf
  postroom forms separator --out separator.png --dpi 200

Print it on A4, copy it as often as you like, lay one between documents. Either way up is right; \
`run` splits there, counts the sheet and files it nowhere.

Ends with 4 when the file cannot be written.")]
pub(super) struct SeparatorArguments {
    #[command(flatten)]
    out: Out,
}

pub(super) fn separator(place: &Place, arguments: &SeparatorArguments) -> Result<Exit> {
    let out = &arguments.out;
    out.write(vec![forms::separator()], Colour::Black, out.kind()?)?;
    let file = out.out.display().to_string();
    if place.json {
        say_json(&json!({ "file": file }))?;
    } else {
        tell!("{file}: a separator sheet");
    }
    Ok(Exit::Done)
}

//! `postroom templates`: the replies that a company writes again and again.

mod check;
mod list;
mod preview;
mod shelf;

use anyhow::Result;
use clap::{Args, Subcommand};

pub(super) use shelf::Shelf;

use super::Place;
use super::exit::Exit;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom templates list
  postroom templates check --templates /srv/replies
  postroom templates preview refund
  postroom templates preview acknowledgement_post --post letter.pdf

A template is one text file: docs/replies.md tells how it is written and every variable. Name their \
folder in postroom.toml ([templates] dir = \"templates\") or with --templates; without one the \
templates in the program are used.")]
pub(super) struct TemplatesArguments {
    #[command(subcommand)]
    command: TemplatesCommand,
}

#[derive(Debug, Subcommand)]
enum TemplatesCommand {
    /// List the templates and what they are for
    List(list::ListArguments),
    /// Find what is wrong with templates before a customer does
    Check(check::CheckArguments),
    /// Fill a template with made-up facts, on screen or as a letter
    Preview(preview::PreviewArguments),
}

pub(super) fn templates(place: &Place, arguments: &TemplatesArguments) -> Result<Exit> {
    match &arguments.command {
        TemplatesCommand::List(list) => list::list(place, list),
        TemplatesCommand::Check(check) => check::check(place, check),
        TemplatesCommand::Preview(preview) => preview::preview(place, preview),
    }
}

//! `postroom forms`: prints blank cards and separator sheets, advises who designs them.

mod certify;
mod check;
mod list;
mod near_print;
mod print;
mod separator;
mod shelf;

use anyhow::Result;
use clap::{Args, Subcommand};

use super::Place;
use super::exit::Exit;
pub(super) use shelf::Shelf;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom forms list
  postroom forms print loyalty-a5 --out card.pdf
  postroom forms print our-card.toml --out front.png --side 1 --dpi 150
  postroom forms check our-card.toml
  postroom forms certify loyalty-a5
  postroom forms separator --out separator.pdf

A form is one TOML file: docs/forms.md tells every key. Name their folder in postroom.toml \
([forms] dir = \"forms\") or with --forms; without one the forms in the program are read.")]
pub(super) struct FormsArguments {
    #[command(subcommand)]
    command: FormsCommand,
}

#[derive(Debug, Subcommand)]
enum FormsCommand {
    /// List the forms that a run knows
    List(list::ListArguments),
    /// Draw a blank form for the printer or the screen
    Print(print::PrintArguments),
    /// Tell a card designer what would be read badly, and why
    Check(check::CheckArguments),
    /// Prove from checked cards what may be accepted without a person
    Certify(certify::CertifyArguments),
    /// Draw a sheet to lay between documents
    Separator(separator::SeparatorArguments),
}

pub(super) fn forms(place: &Place, arguments: &FormsArguments) -> Result<Exit> {
    match &arguments.command {
        FormsCommand::List(list) => list::list(place, list),
        FormsCommand::Print(print) => print::print(place, print),
        FormsCommand::Check(check) => check::check(place, check),
        FormsCommand::Certify(certify) => certify::certify(place, certify),
        FormsCommand::Separator(separator) => separator::separator(place, separator),
    }
}

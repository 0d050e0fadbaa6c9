//! The one translator from errors to exit codes and messages at the command line.

use std::process::ExitCode;

use crate::batch::BatchError;
use crate::cases::answering::ReplyError;
use crate::cases::review::SettleError;
use crate::config::ConfigError;
use crate::engines::EngineError;
use crate::export::ExportError;
use crate::forms::NotDrawn;
use crate::gazetteer::build::SourceError as TableError;
use crate::mail::SendError;
use crate::mail::fetch::FetchError;
use crate::mail::sources::SourceError;
use crate::post::PostError;
use crate::reader::pool::ReaderError;
use crate::rules::{ClassifierError, RulesError};
use crate::store::StoreError;
use crate::templates::TemplateError;

/// How the program ends; the table is in DESIGN and in `postroom help`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// Done; review work left over is normal.
    Done = 0,
    /// Done, and a person must look.
    Look = 1,
    /// Wrong arguments or configuration.
    Usage = 2,
    /// An engine, model, gazetteer or form is missing or unusable.
    Engine = 3,
    /// A folder or file cannot be read or written.
    Files = 4,
    /// The store failed.
    Store = 5,
    /// Interrupted; the same command goes on.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// A thing that was named but cannot be used as such: exit 3.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Unusable(pub(super) String);

/// Arguments that contradict each other or name what is not there: exit 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Misused(pub(super) String);

/// The exit code of whatever went wrong.
pub(super) fn code(error: &anyhow::Error) -> Exit {
    for cause in error.chain() {
        let found = if let Some(error) = cause.downcast_ref::<BatchError>() {
            batch(error)
        } else if let Some(error) = cause.downcast_ref::<StoreError>() {
            store(error)
        } else if let Some(error) = cause.downcast_ref::<SettleError>() {
            settle(error)
        } else if let Some(error) = cause.downcast_ref::<ExportError>() {
            export(error)
        } else if let Some(error) = cause.downcast_ref::<ReplyError>() {
            reply(error)
        } else if cause.is::<FetchError>()
            || cause.is::<SendError>()
            || cause.is::<SourceError>()
            || cause.is::<PostError>()
        {
            Exit::Files
        } else if cause.is::<ConfigError>() || cause.is::<Misused>() {
            Exit::Usage
        } else if cause.is::<EngineError>()
            || cause.is::<RulesError>()
            || cause.is::<ClassifierError>()
            || cause.is::<NotDrawn>()
            || cause.is::<Unusable>()
        {
            Exit::Engine
        } else if cause.is::<TableError>()
            || cause.is::<std::io::Error>()
            || cause.is::<csv::Error>()
        {
            Exit::Files
        } else {
            continue;
        };
        return found;
    }
    Exit::Usage
}

const fn batch(error: &BatchError) -> Exit {
    match error {
        BatchError::Listing(_) => Exit::Files,
        BatchError::Store(_) | BatchError::Balance(_) => Exit::Store,
        BatchError::Reader(ReaderError::Interrupted) => Exit::Interrupted,
        BatchError::Reader(_) => Exit::Engine,
    }
}

/// What an operator named that is not there is their argument's fault.
const fn store(error: &StoreError) -> Exit {
    match error {
        StoreError::Unknown { .. }
        | StoreError::Missing { .. }
        | StoreError::Address { .. }
        | StoreError::CaseClosed { .. }
        | StoreError::NumberTaken { .. } => Exit::Usage,
        _ => Exit::Store,
    }
}

const fn export(error: &ExportError) -> Exit {
    match error {
        ExportError::Store(error) => store(error),
        ExportError::Files { .. } => Exit::Files,
        ExportError::Image { .. } => Exit::Store,
        ExportError::NoSuchFormat { .. } => Exit::Usage,
    }
}

const fn reply(error: &ReplyError) -> Exit {
    match error {
        ReplyError::Store(error) => store(error),
        // What is missing is for who writes to give: --text, or a field that is still in review.
        ReplyError::Template(TemplateError::Missing { .. }) => Exit::Usage,
        ReplyError::Template(_) => Exit::Engine,
        ReplyError::NoTemplate { .. }
        | ReplyError::OtherChannel { .. }
        | ReplyError::NoAddress { .. } => Exit::Usage,
    }
}

const fn settle(error: &SettleError) -> Exit {
    match error {
        SettleError::NotAValue { .. }
        | SettleError::NothingProposed(_)
        | SettleError::NoSuchChoice { .. }
        | SettleError::OwnKeying { .. }
        | SettleError::DecidedOtherwise { .. } => Exit::Usage,
        SettleError::Store(error) => store(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_of_exit_codes_and_the_code_agree() {
        let page = include_str!("../../docs/errors.md");
        let (_, table) = page.split_once("## Exit codes").unwrap();
        let first_cell = |line: &str| line.strip_prefix("| ")?.split(" |").next()?.parse().ok();
        let explained: Vec<u8> = table.lines().filter_map(first_cell).collect();
        let known = [
            Exit::Done,
            Exit::Look,
            Exit::Usage,
            Exit::Engine,
            Exit::Files,
            Exit::Store,
            Exit::Interrupted,
        ];
        assert_eq!(explained, known.map(|exit| exit as u8));
    }
}

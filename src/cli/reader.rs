//! `postroom reader`: the child process behind `run`.

use std::io;
use std::path::PathBuf;

use anyhow::Result;

use super::exit::{Exit, Misused};
use crate::reader::{ReaderSetup, child, limits_from_text, sandbox};

#[derive(Debug, clap::Args)]
pub(super) struct ReaderArguments {
    /// The process to end with.
    #[arg(long)]
    parent: u32,
    #[arg(long)]
    tessdata: Option<PathBuf>,
    #[arg(long)]
    fake_script: Option<PathBuf>,
    /// The limits, as the parent wrote them.
    #[arg(long)]
    limits: String,
}

pub(super) fn reader(arguments: &ReaderArguments) -> Result<Exit> {
    sandbox::die_with_parent(arguments.parent)?;
    let limits = limits_from_text(&arguments.limits)
        .ok_or_else(|| Misused("a reader is started by `postroom run`, not by hand".to_owned()))?;
    let setup = ReaderSetup {
        program: PathBuf::new(),
        tessdata: arguments.tessdata.clone(),
        fake_script: arguments.fake_script.clone(),
        // They come through the pipe.
        forms: Vec::new(),
        limits,
    };
    child::serve(&setup, io::stdin().lock(), io::stdout().lock())?;
    Ok(Exit::Done)
}

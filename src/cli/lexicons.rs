//! The lists of names that a run reads cards with: the files that the configuration
//! names, else the short lists in the program.

use std::path::PathBuf;

use anyhow::Result;

use super::exit::Unusable;
use super::output::tell;
use crate::config::Config;
use crate::lexicon::{Lexicons, Table};

/// The lists of the configuration. A file that cannot be used is exit 3; rows that are no
/// names are told and left out.
pub(super) fn open(config: &Config) -> Result<Lexicons> {
    let first_names = table("lexicons.first_names", &config.first_names)?;
    let surnames = table("lexicons.surnames", &config.surnames)?;
    Ok(Lexicons::with_tables(first_names, surnames))
}

fn table(key: &str, paths: &[PathBuf]) -> Result<Option<Table>, Unusable> {
    if paths.is_empty() {
        return Ok(None);
    }
    let unusable =
        |why: String| Unusable(format!("{key}: {why}; mend it, or leave it out of {key}"));
    let mut files = Vec::new();
    for path in paths {
        let name = path.display().to_string();
        let bytes = std::fs::read(path).map_err(|error| unusable(format!("{name}: {error}")))?;
        files.push((name, bytes));
    }
    let files = files.iter().map(|(name, bytes)| (&name[..], &bytes[..]));
    let table = Table::parse(files).map_err(|error| unusable(error.to_string()))?;
    if table.dirty() > 0 {
        tell!(
            "Note: {} rows of {key} are no names and were left out; {} names are listed.",
            table.dirty(),
            table.len()
        );
    }
    Ok(Some(table))
}

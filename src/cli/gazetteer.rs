//! The gazetteer that a command works with: the file that is named, mapped into
//! memory, else the small one in the program.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Once;

use anyhow::Result;
use jiff::ToSpan as _;
use jiff::civil::Date;
use memmap2::Mmap;

use super::exit::{Misused, Unusable};
use super::output::tell;
use crate::config::Config;
use crate::gazetteer::Gazetteer;

/// Postcodes come and go every day, and the official lists appear every quarter: past
/// so many months two of them were missed.
pub(super) const OLD_MONTHS: i64 = 6;

/// A gazetteer and where it was found.
pub(super) struct Found {
    pub(super) gazetteer: Gazetteer,
    /// Its file; none when it is the one in the program.
    pub(super) path: Option<PathBuf>,
    named_by: &'static str,
}

impl Found {
    /// The named file's, else the configuration's, else the one in the program.
    pub(super) fn open(named: Option<&Path>, config: &Config) -> Result<Self> {
        let (path, named_by) = match (named, &config.gazetteers[..]) {
            (Some(named), _) => (named, "as named"),
            (None, [only]) => (only.as_path(), "gazetteer.files"),
            (None, []) => {
                return Ok(Self {
                    gazetteer: Gazetteer::embedded(),
                    path: None,
                    named_by: "",
                });
            }
            (None, several) => {
                return Err(Misused(format!(
                    "gazetteer.files names {} files, and one is read at a time; merge their \
                     sources into one with `postroom postcodes build`",
                    several.len()
                ))
                .into());
            }
        };
        Ok(Self {
            gazetteer: open(path)?,
            path: Some(path.to_owned()),
            named_by,
        })
    }

    /// Which one it is, for a person.
    pub(super) fn which(&self) -> String {
        match &self.path {
            Some(path) => format!("{} ({})", path.display(), self.named_by),
            None => "the small one in the program".to_owned(),
        }
    }

    /// Whether its postcodes are those of too long ago. The one in the program claims
    /// nothing that could become wrong.
    pub(super) fn is_old(&self, today: Date) -> bool {
        let date = self.gazetteer.date().and_then(day);
        self.path.is_some() && date.is_some_and(|date| is_old(date, today))
    }

    /// The warning that is due when it is old.
    pub(super) fn warning(&self, today: Date) -> Option<String> {
        let (path, date) = (self.path.as_ref()?, self.gazetteer.date()?);
        self.is_old(today).then(|| {
            format!(
                "Warning: the postcodes of {} are of {date}, more than {OLD_MONTHS} months ago: new \
                 addresses are taken for misread ones. Build it again from newer sources \
                 (scripts/fetch-open-data tells where they are).",
                path.display()
            )
        })
    }

    /// Says once in the life of the program that it is old.
    pub(super) fn warn_once(&self, today: Date) {
        static WARNED: Once = Once::new();
        if let Some(warning) = self.warning(today) {
            WARNED.call_once(|| tell!("{warning}"));
        }
    }
}

/// The first day that `2026-11-22` or `2026-11` can mean.
fn day(text: &str) -> Option<Date> {
    text.parse().or_else(|_| format!("{text}-01").parse()).ok()
}

fn is_old(date: Date, today: Date) -> bool {
    date.checked_add(OLD_MONTHS.months())
        .is_ok_and(|until| until < today)
}

/// A gazetteer file, shared by all that read it and paid for once.
fn open(path: &Path) -> Result<Gazetteer, Unusable> {
    let unusable = |what: String| {
        Unusable(format!(
            "gazetteer {}: {what}; name a file that `postroom postcodes build` made with \
             --gazetteer or gazetteer.files, or leave both out for the small one in the program",
            path.display()
        ))
    };
    let map = map(path).map_err(|error| unusable(error.to_string()))?;
    Gazetteer::open(map).map_err(|error| unusable(error.to_string()))
}

fn map(path: &Path) -> std::io::Result<Mmap> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(std::io::Error::other("it is no ordinary file"));
    }
    let file = File::open(path)?;
    // SAFETY: the file is opened for reading and nobody of ours writes to one that is
    // there: `postcodes build` puts a new file in its place by renaming, and whoever
    // has the old one mapped keeps it. Someone else who shortens it in place ends this
    // program with SIGBUS, as if it were killed; the next run goes on. Changed bytes
    // are as harmless as a damaged file's: every look-up checks its bounds.
    unsafe { Mmap::map(&file) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_months_and_a_day_are_old() {
        let of = day("2026-05-22").unwrap();
        assert!(!is_old(of, "2026-11-22".parse().unwrap()));
        assert!(is_old(of, "2026-11-23".parse().unwrap()));
        assert_eq!(day("2026-05"), day("2026-05-01"));
        assert_eq!(day("soon"), None);
    }

    #[test]
    fn what_is_no_gazetteer_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("empty.gaz");
        std::fs::write(&path, "").unwrap();
        for path in [&path, folder.path(), Path::new("/nowhere/x.gaz")] {
            let error = open(path).unwrap_err().to_string();
            assert!(error.contains(&path.display().to_string()), "{error}");
            assert!(error.contains("postcodes build"), "{error}");
        }
    }
}

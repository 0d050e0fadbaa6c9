//! A source of `postcodes build`: a zip archive, a folder of tables or one table.
//! Which it is, its content says.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use indicatif::ProgressBar;
use regex::Regex;

use crate::gazetteer::DatedBy;
use crate::gazetteer::build::{
    Builder, Import, Imported, SourceError, import, import_zip, is_notes, notes_date, tables,
};

/// Merges a source's rows. `how` is what the user says of it.
pub(super) fn read(
    path: &Path,
    how: Import,
    builder: &mut Builder,
    bar: &ProgressBar,
) -> Result<Imported, SourceError> {
    let failed = |source| cannot_be_read(path.display().to_string(), source);
    let about = fs::metadata(path).map_err(failed)?;
    let how = dated(how, &about);
    bar.reset();
    bar.set_message(how.name.clone());
    if about.is_dir() {
        return folder(path, how, builder, bar);
    }
    if !about.is_file() {
        return Err(failed(io::Error::other("it is neither file nor folder")));
    }
    let mut file = File::open(path).map_err(failed)?;
    if is_zip(&mut file).map_err(failed)? {
        let mut total = |bytes| bar.set_length(bytes);
        return import_zip(file, &how, builder, &mut total, &mut |bytes| bar.inc(bytes));
    }
    bar.set_length(about.len());
    let mut only = [Ok((how.name.clone(), file))].into_iter();
    import(&mut only, &how, builder, &mut |bytes| bar.inc(bytes))
}

const fn cannot_be_read(file: String, source: io::Error) -> SourceError {
    SourceError::Read { file, source }
}

/// The tables of an unpacked archive, told from its documents as in the archive.
fn folder(
    path: &Path,
    mut how: Import,
    builder: &mut Builder,
    bar: &ProgressBar,
) -> Result<Imported, SourceError> {
    let failed = |source| cannot_be_read(path.display().to_string(), source);
    let mut files = Vec::new();
    walk(path, path, 0, &mut files).map_err(failed)?;
    files.sort();
    for (name, file) in files.iter().filter(|(name, _)| is_notes(name)) {
        let notes = fs::read(file).map_err(|source| cannot_be_read(name.clone(), source))?;
        if let Some(date) = notes_date(&String::from_utf8_lossy(&notes)) {
            (how.date, how.dated_by) = (Some(date), DatedBy::Notes);
        }
    }
    let tables = tables(files);
    let length = |file: &PathBuf| fs::metadata(file).map_or(0, |about| about.len());
    bar.set_length(tables.iter().map(|(_, file)| length(file)).sum());
    let open = |(name, file): (String, PathBuf)| Ok((name, File::open(file)?));
    let mut tables = tables.into_iter().map(open);
    import(&mut tables, &how, builder, &mut |bytes| bar.inc(bytes))
}

/// Publishers' folders lie no deeper.
const DEEPEST: usize = 8;

/// Every file below a folder, with its name from there.
fn walk(
    root: &Path,
    folder: &Path,
    depth: usize,
    files: &mut Vec<(String, PathBuf)>,
) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && depth < DEEPEST {
            walk(root, &path, depth + 1, files)?;
        } else if path.is_file() {
            let name = path.strip_prefix(root).unwrap_or(&path);
            files.push((name.to_string_lossy().into_owned(), path));
        }
    }
    Ok(())
}

fn is_zip(file: &mut File) -> io::Result<bool> {
    let mut start = Vec::new();
    file.by_ref().take(4).read_to_end(&mut start)?;
    file.rewind()?;
    Ok(start.starts_with(b"PK"))
}

/// With the day in the source's name, else the day on which it was last changed,
/// where the user names none.
fn dated(mut how: Import, about: &fs::Metadata) -> Import {
    if how.date.is_some() {
        return how;
    }
    if let Some(date) = date_in(&how.name) {
        (how.date, how.dated_by) = (Some(date), DatedBy::Name);
    } else if let Ok(changed) = about.modified()
        && let Ok(changed) = jiff::Timestamp::try_from(changed)
    {
        let day = changed.to_zoned(jiff::tz::TimeZone::UTC).date();
        (how.date, how.dated_by) = (Some(day.to_string()), DatedBy::FileTime);
    }
    how
}

static DAY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?:^|\D)((?:19|20)\d\d)[-_]?(0[1-9]|1[0-2])(?:[-_]?(0[1-9]|[12]\d|3[01]))?(?:\D|$)",
    )
    .ok()
});
static MONTH: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[-_ ]?(20\d\d)").ok()
});
const MONTHS: &str = "janfebmaraprmayjunjulaugsepoctnovdec";

/// The day or month in a name: `codepo_gb_2026-08.zip`, `ONSPD_AUG_2026_UK.csv`.
fn date_in(name: &str) -> Option<String> {
    if let Some(found) = DAY.as_ref().and_then(|day| day.captures(name)) {
        let day = found.get(3).map(|day| format!("-{}", day.as_str()));
        return Some(format!(
            "{}-{}{}",
            &found[1],
            &found[2],
            day.unwrap_or_default()
        ));
    }
    let found = MONTH.as_ref()?.captures(name)?;
    let month = MONTHS.find(&found[1].to_lowercase())? / 3 + 1;
    Some(format!("{}-{month:02}", &found[2]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_day() {
        for (name, date) in [
            ("codepo_gb_2026-08.zip", Some("2026-08")),
            ("ONSPD_AUG_2026_UK.csv", Some("2026-08")),
            ("ONSPD_November_2025.zip", Some("2025-11")),
            ("pp-20260731.csv", Some("2026-07-31")),
            ("addresses_2026_02_03.csv", Some("2026-02-03")),
            ("codepo_gb.zip", None),
            ("pp-2026.csv", None),
            ("122026111.csv", None),
        ] {
            assert_eq!(date_in(name).as_deref(), date, "{name}");
        }
    }
}

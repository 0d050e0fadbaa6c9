//! Publishers' zip archives: the tables in them, and the day of their data.

use std::cell::Cell;
use std::io::{Read, Seek, SeekFrom};

use zip::ZipArchive;
use zip::result::ZipError;

use super::{Import, Imported, Limits, SourceError, Table};
use crate::gazetteer::build::Builder;
use crate::gazetteer::file::SourceMeta;

/// The tables of an archive unpack to at most so many bytes together: five times the
/// largest published one (Price Paid, 5 GB), so that a zip bomb ends.
const LARGEST: u64 = 25 << 30;
/// And to at most so many times the archive's own size; text packs ten times.
const LARGEST_RATIO: u64 = 100;
/// But a small archive may unpack to so many bytes whatever it measures.
const ALWAYS: u64 = 64 << 20;

/// Merges the rows of every table in a zip archive. `tick` is told how many bytes
/// were read, of the number that `total` is told first.
pub fn import_zip(
    archive: impl Read + Seek,
    how: &Import,
    builder: &mut Builder,
    total: &mut dyn FnMut(u64),
    tick: &mut dyn FnMut(u64),
) -> Result<Imported, SourceError> {
    let damaged = |what: String| SourceError::Archive {
        file: how.name.clone(),
        what,
    };
    let broken = |error: ZipError| damaged(error.to_string());
    let mut archive = archive;
    let packed = archive.seek(SeekFrom::End(0));
    let packed = packed.map_err(|error| damaged(error.to_string()))?;
    let left = Cell::new((packed.saturating_mul(LARGEST_RATIO)).clamp(ALWAYS, LARGEST));
    let mut archive = ZipArchive::new(archive).map_err(broken)?;
    let Contents {
        tables: found,
        date,
    } = contents(&mut archive).map_err(broken)?;
    total(found.iter().map(|(_, size)| size).sum());
    let mut imported = Imported::default();
    let source = builder.source(SourceMeta {
        date,
        ..SourceMeta::default()
    });
    for (name, _) in &found {
        let entry = archive.by_name(name).map_err(broken)?;
        let mut table = Table {
            file: name,
            how,
            builder,
            source,
            imported: &mut imported,
            tick,
        };
        let read = table.read(entry, Limits::new(&left));
        read.map_err(|error| match error {
            SourceError::Read { file, source } => damaged(format!("{file}: {source}")),
            other => other,
        })?;
    }
    imported.conclude(how, builder, source)?;
    Ok(imported)
}

struct Contents {
    /// The tables' names and sizes.
    tables: Vec<(String, u64)>,
    /// The day of the data.
    date: Option<String>,
}

fn contents(archive: &mut ZipArchive<impl Read + Seek>) -> Result<Contents, ZipError> {
    let mut files = Vec::new();
    let mut date = None;
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at)?;
        let name = entry.name()?.into_owned();
        if is_notes(&name) {
            let mut text = Vec::new();
            // Who cannot read the notes can still read the tables.
            let _ = entry.by_ref().take(LONGEST_NOTES).read_to_end(&mut text);
            date = date.or_else(|| notes_date(&String::from_utf8_lossy(&text)));
        }
        files.push((name, entry.size()));
    }
    Ok(Contents {
        tables: tables(files),
        date,
    })
}

/// The bytes of a publisher's notes that are looked at.
const LONGEST_NOTES: u64 = 1 << 16;

/// Those of a source's files that are tables to be read, by their names within it.
/// What explains the others is none, and ONSPD holds all its rows in one table and
/// again in one for each area.
pub fn tables<T>(files: Vec<(String, T)>) -> Vec<(String, T)> {
    let is_part = |name: &str| name.contains("multi_csv/");
    let mut tables = files;
    tables.retain(|(name, _)| is_table(name));
    let has_whole = tables.iter().any(|(name, _)| !is_part(name));
    tables.retain(|(name, _)| !has_whole || !is_part(name));
    tables
}

/// Tables, but for those that explain the others.
fn is_table(name: &str) -> bool {
    let name = name.to_lowercase();
    let mut folders = name.split('/').rev().skip(1);
    let explains = folders.any(|f| f.starts_with("doc") || f.contains("lookup"));
    let file = name.rsplit('/').next().unwrap_or_default();
    (file.ends_with(".csv")
        || file.ends_with(".tsv")
        || file.ends_with(".txt") && !file.contains("readme"))
        && !explains
        && !file.contains("metadata")
        && !file.contains("licence")
        && !file.contains("header")
}

/// Whether a file has a publisher's notes on the data beside it.
pub fn is_notes(name: &str) -> bool {
    name.ends_with("metadata.txt")
}

/// The day of the data, from `COPYRIGHT DATE: 20140729` in the notes of Code-Point Open.
pub fn notes_date(notes: &str) -> Option<String> {
    let (_, after) = notes.split_once("COPYRIGHT DATE:")?;
    let digits = after.trim_start().get(..8)?;
    let date: jiff::civil::Date = digits.parse().ok()?;
    Some(date.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tables_are_read() {
        for (name, table) in [
            ("Data/CSV/ab.csv", true),
            ("Doc/Code-Point_Open_Column_Headers.csv", false),
            ("Doc/licence.txt", false),
            ("GB.txt", true),
            ("readme.txt", false),
            ("Data/ONSPD_AUG_2026_UK.csv", true),
            ("Documents/Country names and codes.csv", false),
            ("zipcodes.gb.json", false),
        ] {
            assert_eq!(is_table(name), table, "{name}");
        }
        let whole = ("Data/ONSPD_UK.csv".to_owned(), 9);
        let part = ("Data/multi_csv/ONSPD_AB.csv".to_owned(), 1);
        assert_eq!(tables(vec![part.clone(), whole.clone()]), [whole]);
        assert_eq!(tables(vec![part.clone()]), [part]);
    }

    #[test]
    fn the_notes_tell_the_day() {
        let notes = "PRODUCT: X\r\nCOPYRIGHT DATE: 20260729\r\n";
        assert_eq!(notes_date(notes).as_deref(), Some("2026-07-29"));
        assert_eq!(notes_date("nothing"), None);
    }
}

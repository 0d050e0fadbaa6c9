//! Publishers' zip archives: the tables in them, and the day of their data.

use std::io::{Read, Seek};

use zip::ZipArchive;

use super::{Import, Imported, SourceError, Table};
use crate::gazetteer::build::Builder;
use crate::gazetteer::file::SourceMeta;

/// A table in an archive unpacks to at most so many bytes: five times the largest
/// published one (Price Paid, 5 GB), so that a zip bomb ends.
const LARGEST: u64 = 25 << 30;

/// Merges the rows of every table in a zip archive. `tick` is told how many bytes
/// were read, of the number that `total` is told first.
pub fn import_zip(
    archive: impl Read + Seek,
    how: &Import,
    builder: &mut Builder,
    total: &mut dyn FnMut(u64),
    tick: &mut dyn FnMut(u64),
) -> Result<Imported, SourceError> {
    let damaged = |error: zip::result::ZipError| SourceError::Archive {
        file: how.name.clone(),
        what: error.to_string(),
    };
    let mut archive = ZipArchive::new(archive).map_err(damaged)?;
    let mut tables = Vec::new();
    let mut date = None;
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).map_err(damaged)?;
        let name = entry.name().map_err(damaged)?.into_owned();
        if is_table(&name) {
            tables.push((name, entry.size()));
        } else if name.ends_with("metadata.txt") {
            let mut text = String::new();
            // Who cannot read the notes can still read the tables.
            let _ = entry.by_ref().take(1 << 16).read_to_string(&mut text);
            date = date.or_else(|| copyright_date(&text));
        }
    }
    let tables = without_parts(tables);
    total(tables.iter().map(|(_, size)| size).sum());
    let mut imported = Imported::default();
    let source = builder.source(SourceMeta {
        date,
        ..SourceMeta::default()
    });
    for (name, _) in &tables {
        let entry = archive.by_name(name).map_err(damaged)?;
        let mut table = Table {
            file: name,
            how,
            builder,
            source,
            imported: &mut imported,
            tick,
        };
        table.read(entry.take(LARGEST))?;
    }
    imported.conclude(how, builder, source)?;
    Ok(imported)
}

/// Tables, but for those that explain the others.
fn is_table(name: &str) -> bool {
    let name = name.to_lowercase();
    let mut folders = name.split('/').rev().skip(1);
    let explains = folders.any(|f| f.starts_with("doc") || f.contains("lookup"));
    let file = name.rsplit('/').next().unwrap_or_default();
    (file.ends_with(".csv") || file.ends_with(".txt") && !file.contains("readme"))
        && !explains
        && !file.contains("metadata")
        && !file.contains("licence")
        && !file.contains("header")
}

/// ONSPD holds all its rows in one table and again in one for each area.
fn without_parts(tables: Vec<(String, u64)>) -> Vec<(String, u64)> {
    let is_part = |name: &str| name.contains("multi_csv/");
    let has_whole = tables.iter().any(|(name, _)| !is_part(name));
    let mut tables = tables;
    tables.retain(|(name, _)| !has_whole || !is_part(name));
    tables
}

/// `COPYRIGHT DATE: 20140729` in the notes of Code-Point Open.
fn copyright_date(notes: &str) -> Option<String> {
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
        assert_eq!(without_parts(vec![part.clone(), whole.clone()]), [whole]);
        assert_eq!(without_parts(vec![part.clone()]), [part]);
    }

    #[test]
    fn the_notes_tell_the_day() {
        let notes = "PRODUCT: X\r\nCOPYRIGHT DATE: 20260729\r\n";
        assert_eq!(copyright_date(notes).as_deref(), Some("2026-07-29"));
        assert_eq!(copyright_date("nothing"), None);
    }
}

//! The scanner's own list of what it scanned: `index.csv`, header
//! `file[,pages][,serial][,received]`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::Deserialize;

use super::listing::{INDEX_NAME, Listed};

/// An index file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{}: {what}; its header is file[,pages][,serial][,received]", path.display())]
pub struct IndexError {
    path: PathBuf,
    what: String,
}

/// What the scanner says of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Page images in it, where the index has the column.
    pub pages: Option<u32>,
    /// The day of receipt, where the index has the column.
    pub received: Option<Date>,
}

/// The scanner's list, by file name below the folder.
#[derive(Debug, Default)]
pub struct Index {
    /// What is listed.
    pub entries: BTreeMap<String, Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    file: String,
    #[serde(default)]
    pages: Option<u32>,
    /// The scanner's running number: may be there, is of no use to us yet.
    #[serde(default, rename = "serial")]
    _serial: Option<String>,
    #[serde(default)]
    received: Option<Date>,
}

impl Index {
    /// The index that was named, else `index.csv` in the folder, else none.
    pub fn find(folder: &Path, named: Option<&Path>) -> Result<Option<Self>, IndexError> {
        let default = folder.join(INDEX_NAME);
        match named {
            Some(path) => Self::read(path).map(Some),
            None if default.is_file() => Self::read(&default).map(Some),
            None => Ok(None),
        }
    }

    /// The day of receipt of a scan.
    pub fn received(&self, scan: &str) -> Option<Date> {
        self.entries.get(scan)?.received
    }

    /// The lines of these scans alone.
    #[must_use]
    pub fn of(mut self, scans: &[Listed]) -> Self {
        let names: BTreeSet<&str> = scans.iter().map(|scan| scan.name.as_str()).collect();
        self.entries.retain(|name, _| names.contains(name.as_str()));
        self
    }

    fn read(path: &Path) -> Result<Self, IndexError> {
        let wrong = |what: String| IndexError {
            path: path.to_owned(),
            what,
        };
        let bytes = std::fs::read(path).map_err(|e| wrong(e.to_string()))?;
        // Spreadsheets put a byte order mark in front.
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_reader(bytes);
        let mut index = Self::default();
        for row in reader.deserialize() {
            let row: Row = row.map_err(|e| wrong(e.to_string()))?;
            let name = row.file.replace('\\', "/");
            let entry = Entry {
                pages: row.pages,
                received: row.received,
            };
            if index.entries.insert(name, entry).is_some() {
                return Err(wrong(format!("'{}' is listed twice", row.file)));
            }
        }
        Ok(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Index, IndexError> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(INDEX_NAME), text).unwrap();
        Index::find(folder.path(), None).map(Option::unwrap)
    }

    #[test]
    fn columns_may_be_missing() {
        let index = read("file\na.tif\nbag\\b.tif\n").unwrap();
        assert!(index.entries.contains_key("bag/b.tif"));
        let index = read("\u{feff}file,pages,received\na.tif, 2 ,2026-11-20\nb.tif,,\n").unwrap();
        assert_eq!(index.entries["a.tif"].pages, Some(2));
        assert_eq!(
            index.received("a.tif"),
            Some(jiff::civil::date(2026, 11, 20))
        );
        assert_eq!(index.entries["b.tif"].pages, None);
    }

    #[test]
    fn what_cannot_be_meant_is_an_error() {
        for text in [
            "name\na.tif\n",
            "file,pages\na.tif,two\n",
            "file\na.tif\na.tif\n",
            "file,received\na,2026-13-01\n",
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains("index.csv"), "{error}");
        }
    }
}

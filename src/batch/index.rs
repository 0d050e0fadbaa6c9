//! The scanner's own list of what it scanned: `index.csv`, header
//! `file[,pages][,serial][,received]`.
//!
//! Whatever is wrong with it, the post is filed. A fault names its line and what to
//! do, and somebody looks.

use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry as Slot};
use std::ffi::OsStr;
use std::fmt;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use csv::{ByteRecord, ReaderBuilder, Trim};
use jiff::civil::Date;

use super::listing::{INDEX_NAME, Listed, text_of};
use crate::domain::case::receipt_in_reason;

/// What the scanner says of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// Page images in it, where the index has the column.
    pub pages: Option<u32>,
    /// The day of receipt, where the index has the column.
    pub received: Option<Date>,
}

/// The scanner's list, by the scans' names below the folder.
#[derive(Debug, Default)]
pub struct Index {
    /// What is listed.
    pub entries: BTreeMap<String, Entry>,
}

/// What is wrong with the list, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The scan that it is about; none when it is the whole list.
    scan: Option<String>,
    what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

/// The list as far as it can be used.
#[derive(Debug, Default)]
pub struct Found {
    /// The list; none when there is none, or none that can be read.
    pub index: Option<Index>,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
}

impl Found {
    /// The index that was named, else `index.csv` in the folder, else none. `scans`
    /// are those of the folder, `today` bounds the days of receipt.
    pub fn of(folder: &Path, named: Option<&Path>, scans: &[Listed], today: Date) -> Self {
        let default = folder.join(INDEX_NAME);
        let path = match named {
            Some(path) => path,
            None if default.is_file() => &default,
            None => return Self::default(),
        };
        let names = scans.iter().map(|scan| scan.name.as_str()).collect();
        let mut reading = Reading {
            path,
            names,
            today,
            found: Self::default(),
        };
        match std::fs::read(path) {
            Ok(bytes) => reading.table(&bytes),
            Err(error) => reading.unusable(&format!("it cannot be read: {error}")),
        }
        reading.found
    }

    /// The lines of these scans alone, and what is wrong with all of them.
    #[must_use]
    pub fn only(mut self, scans: &[Listed]) -> Self {
        let names: BTreeSet<&str> = scans.iter().map(|scan| scan.name.as_str()).collect();
        let here = |name: &String| names.contains(name.as_str());
        if let Some(index) = &mut self.index {
            index.entries.retain(|name, _| here(name));
        }
        self.faults
            .retain(|fault| fault.scan.as_ref().is_none_or(here));
        self
    }
}

impl Index {
    /// The day of receipt of a scan.
    pub fn received(&self, scan: &str) -> Option<Date> {
        self.entries.get(scan)?.received
    }
}

/// A list while it is read.
struct Reading<'a> {
    path: &'a Path,
    /// Of the scans of the folder.
    names: BTreeSet<&'a str>,
    today: Date,
    found: Found,
}

/// Which columns the list has; others may stand between them.
struct Columns {
    file: usize,
    pages: Option<usize>,
    received: Option<usize>,
}

impl Columns {
    fn of(header: &ByteRecord) -> Option<Self> {
        let find = |wanted: &str| {
            let mut names = header.iter();
            names.position(|name| name.eq_ignore_ascii_case(wanted.as_bytes()))
        };
        Some(Self {
            file: find("file")?,
            pages: find("pages"),
            received: find("received"),
        })
    }
}

impl Reading<'_> {
    fn table(&mut self, bytes: &[u8]) {
        // Spreadsheets put a byte order mark in front.
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut rows = ReaderBuilder::new()
            .trim(Trim::All)
            .flexible(true)
            .delimiter(delimiter(bytes))
            .from_reader(bytes);
        let columns = rows.byte_headers().ok().and_then(Columns::of);
        let Some(columns) = columns else {
            return self.unusable("it has no column 'file' in its first line, as UTF-8 text");
        };
        let mut index = Index::default();
        for row in rows.byte_records() {
            match row {
                Ok(row) => self.row(&mut index, &columns, &row),
                Err(error) => self.fault(None, format!("{error}; mend the line")),
            }
        }
        self.found.index = Some(index);
    }

    fn row(&mut self, index: &mut Index, columns: &Columns, row: &ByteRecord) {
        let line = row.position().map_or(0, csv::Position::line);
        let cell = |column: Option<usize>| column.and_then(|at| row.get(at)).unwrap_or_default();
        let file = cell(Some(columns.file));
        if file.is_empty() {
            let what = format!("line {line}: no file is named; mend the line");
            return self.fault(None, what);
        }
        let name = self.name(file);
        let Slot::Vacant(slot) = index.entries.entry(name.clone()) else {
            let what = format!("line {line}: {name} is listed before; take one of the lines out");
            return self.fault(Some(name), what);
        };
        let entry = slot.insert(Entry::default());
        match count(&String::from_utf8_lossy(cell(columns.pages))) {
            Ok(pages) => entry.pages = pages,
            Err(why) => {
                let what = format!("line {line}: {why}; those of {name} are not compared");
                self.fault(Some(name.clone()), what);
            }
        }
        match day(&String::from_utf8_lossy(cell(columns.received)), self.today) {
            Ok(day) => entry.received = day,
            Err(why) => {
                let what = format!(
                    "line {line}: {why}; {name} counts as received today, unless it was filed before"
                );
                self.fault(Some(name), what);
            }
        }
    }

    /// The scan's name as a listing has it: as it stands, or, as Windows writes paths,
    /// with `\` between folders.
    fn name(&self, file: &[u8]) -> String {
        if let Ok(escaped) = std::str::from_utf8(file)
            && self.names.contains(escaped)
        {
            return escaped.to_owned();
        }
        let slashes = |byte: &u8| if *byte == b'\\' { b'/' } else { *byte };
        let path: Vec<u8> = file.iter().map(slashes).collect();
        text_of(OsStr::from_bytes(&path))
    }

    fn unusable(&mut self, why: &str) {
        let what = format!(
            "{why}, so nothing was compared with it; its header is file[,pages][,serial][,received]"
        );
        self.fault(None, what);
    }

    fn fault(&mut self, scan: Option<String>, what: String) {
        let what = format!("{}: {what}", text_of(self.path.as_os_str()));
        self.found.faults.push(Fault { scan, what });
    }
}

/// What stands between two cells, told by the header: `;` where a spreadsheet writes a
/// comma in numbers.
fn delimiter(bytes: &[u8]) -> u8 {
    let mut header = bytes.iter().take_while(|byte| **byte != b'\n');
    header
        .find(|byte| matches!(byte, b',' | b';'))
        .copied()
        .unwrap_or(b',')
}

/// A number of pages, where there is one, or why it is none.
fn count(written: &str) -> Result<Option<u32>, String> {
    if written.is_empty() {
        return Ok(None);
    }
    let count = written.parse().map(Some);
    count.map_err(|_| format!("'{written}' is no number of pages"))
}

/// A day of receipt, where there is one, or why it is none.
fn day(written: &str, today: Date) -> Result<Option<Date>, String> {
    if written.is_empty() {
        return Ok(None);
    }
    // Nothing but the one form: 03/04/2026 means two days.
    let plain = written.len() == "2026-11-20".len();
    let day = written.parse().ok().filter(|_| plain);
    let day = day.ok_or("is no day as 2026-11-20 is one".to_owned());
    let day = day.and_then(|day| receipt_in_reason(day, today));
    day.map(Some).map_err(|why| format!("'{written}' {why}"))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn read(text: impl AsRef<[u8]>) -> Found {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(INDEX_NAME), text).unwrap();
        let listed = |name: &str| Listed {
            name: name.to_owned(),
            path: folder.path().join(name),
            bytes: 1,
        };
        let scans = ["a.tif", "bag/b.tif", r"caf\xe9.tif"].map(listed);
        Found::of(folder.path(), None, &scans, date(2026, 11, 22))
    }

    fn index(text: impl AsRef<[u8]>) -> Index {
        let found = read(text);
        assert_eq!(found.faults, []);
        found.index.unwrap()
    }

    #[test]
    fn columns_may_be_missing() {
        let one = index("file\na.tif\nbag\\b.tif\n");
        assert!(one.entries.contains_key("bag/b.tif"));
        let three = index("\u{feff}file,pages,received\na.tif, 2 ,2026-11-20\nb.tif,,\n");
        assert_eq!(three.entries["a.tif"].pages, Some(2));
        assert_eq!(three.received("a.tif"), Some(date(2026, 11, 20)));
        assert_eq!(three.entries["b.tif"], Entry::default());
    }

    #[test]
    fn scanners_write_lists_of_many_kinds() {
        for text in [
            "File,Pages,Received\r\na.tif,2,2026-11-20\r\n",
            "file;pages;received\na.tif;2;2026-11-20\n",
            "batch,FILE,operator,pages,received\n7,a.tif,\"Smith, J\",2,2026-11-20,more\n",
        ] {
            let entry = &index(text).entries["a.tif"];
            assert_eq!(entry.pages, Some(2), "{text}");
            assert_eq!(entry.received, Some(date(2026, 11, 20)), "{text}");
        }
    }

    #[test]
    fn a_name_that_is_no_utf_8_is_known_by_its_bytes_and_by_its_text() {
        for text in [
            &b"file\ncaf\xe9.tif\n"[..],
            br"file
caf\xe9.tif",
        ] {
            let names: Vec<String> = index(text).entries.into_keys().collect();
            assert_eq!(names, [r"caf\xe9.tif"]);
        }
    }

    #[test]
    fn a_wrong_line_costs_that_line_alone() {
        for (row, says) in [
            ("a.tif,two,", "'two' is no number of pages"),
            ("a.tif,-1,", "'-1' is no number"),
            ("a.tif,,20/11/2026", "as 2026-11-20 is one"),
            ("a.tif,,2026-13-01", "as 2026-11-20 is one"),
            ("a.tif,,26-11-20", "as 2026-11-20 is one"),
            ("a.tif,,9999-12-31", "after today"),
            ("a.tif,,1926-11-20", "366 days"),
            (",2,", "no file is named"),
            ("b.tif,2,", "listed before"),
        ] {
            let found = read(format!(
                "file,pages,received\nb.tif,1,2026-11-20\n{row}\nc.tif,3,\n"
            ));
            let entries = found.index.unwrap().entries;
            assert_eq!(entries["b.tif"].pages, Some(1), "{row}");
            assert_eq!(entries["c.tif"].pages, Some(3), "{row}");
            let [fault] = found.faults.as_slice() else {
                panic!("{row}: {:?}", found.faults);
            };
            let told = fault.to_string();
            assert!(
                told.contains("index.csv: line 3") && told.contains(says),
                "{told}"
            );
            if let Some(entry) = entries.get("a.tif") {
                assert_eq!(*entry, Entry::default());
            }
        }
    }

    #[test]
    fn a_list_that_cannot_be_read_is_no_list() {
        for text in [&b""[..], b"name\na.tif\n", b"\xff\xfef\0i\0l\0e\0"] {
            let found = read(text);
            assert!(found.index.is_none(), "{text:?}");
            assert!(found.faults[0].to_string().contains("no column 'file'"));
        }
        let nowhere = Path::new("/nowhere/list.csv");
        let found = Found::of(nowhere, Some(nowhere), &[], date(2026, 11, 22));
        assert!(found.index.is_none() && found.faults[0].to_string().contains("cannot be read"));
    }

    #[test]
    fn only_the_scans_whose_turn_it_is_are_spoken_of() {
        let found = read("file,pages\na.tif,x\nb.tif,x\n,\n");
        let listed = Listed {
            name: "b.tif".to_owned(),
            path: "b.tif".into(),
            bytes: 1,
        };
        let found = found.only(&[listed]);
        assert_eq!(found.index.unwrap().entries.len(), 1);
        assert_eq!(found.faults.len(), 2);
    }
}

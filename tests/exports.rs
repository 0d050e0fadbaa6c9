//! What leaves the store, read by other people's programs: openpyxl and pyarrow
//! (`scripts/peers`; POSTROOM_PEERS names the Python that has them).

use std::fs::File;
use std::path::Path;
use std::process::Command;

use postroom::export::tabular::{self, Cell, Column, ColumnKind, TableFormat};
use serde_json::{Value, json};

use super::support::{Post, databases, plain_letter};

/// A table as another program reads it; nothing where there is none.
fn by_a_peer(test: &str, table: &Path) -> Option<Value> {
    let Ok(python) = std::env::var("POSTROOM_PEERS") else {
        println!("{test}: skipped, there is no other program to read it (POSTROOM_PEERS)");
        return None;
    };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/tables.py");
    let read = Command::new(python)
        .arg(script)
        .arg(table)
        .output()
        .unwrap();
    assert!(read.status.success(), "{read:?}");
    Some(serde_json::from_slice(&read.stdout).unwrap())
}

/// Words that tables go wrong about.
const WORDS: [&str; 9] = [
    "=HYPERLINK(\"http://example.org\",\"x\")",
    "+44 20 7946 0123",
    "00123",
    "1E5",
    "a,\"b\"\r\nc",
    "Zoë O’Brien 🐾",
    " a space before",
    "_x0041_",
    "\u{c}a form feed",
];

#[test]
fn other_programs_read_every_value_as_it_was_written() {
    let test = "other_programs_read_every_value_as_it_was_written";
    let columns = [
        Column::new("words", ColumnKind::Text, ""),
        Column::new("day", ColumnKind::Day, ""),
        Column::new("moment", ColumnKind::Moment, ""),
        Column::new("whole", ColumnKind::Whole, ""),
        Column::new("number", ColumnKind::Number, ""),
        Column::new("truth", ColumnKind::Truth, ""),
    ];
    let moment = "2026-11-30T09:00:00Z".parse().unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (format, kinds) in [
        (TableFormat::Xlsx, ["s", "d", "d", "n", "n", "b"]),
        (
            TableFormat::Parquet,
            [
                "string",
                "date32[day]",
                "timestamp[us, tz=UTC]",
                "int64",
                "double",
                "bool",
            ],
        ),
    ] {
        let path = folder.path().join("rows").with_extension(format.ending());
        let mut table = tabular::begin(format, &columns, File::create(&path).unwrap()).unwrap();
        for words in WORDS {
            table
                .row(&[
                    Cell::text(words),
                    Cell::Day(jiff::civil::date(2026, 11, 30)),
                    Cell::Moment(moment),
                    Cell::Whole(-7),
                    Cell::Number(0.25),
                    Cell::Truth(false),
                ])
                .unwrap();
        }
        table.row(&columns.clone().map(|_| Cell::Empty)).unwrap();
        table.end().unwrap();
        let Some(read) = by_a_peer(test, &path) else {
            return;
        };
        assert_eq!(
            read["columns"],
            json!(["words", "day", "moment", "whole", "number", "truth"])
        );
        assert_eq!(read["kinds"], json!(kinds), "{format:?}");
        let rows = read["rows"].as_array().unwrap();
        // A workbook has no row where there is nothing.
        assert!(rows.len() >= WORDS.len(), "{format:?}");
        for (row, words) in rows.iter().zip(WORDS) {
            let words = match format {
                TableFormat::Xlsx => words.replace("\r\n", "\n"),
                _ => words.to_owned(),
            };
            assert_eq!(row[0], words, "{format:?}");
            assert!(row[1].as_str().unwrap().starts_with("2026-11-30"), "{row}");
            assert!(
                row[2].as_str().unwrap().starts_with("2026-11-30 09:00:00"),
                "{row}"
            );
            assert_eq!(json!([row[3], row[4], row[5]]), json!([-7, 0.25, false]));
        }
        for row in &rows[WORDS.len()..] {
            assert!(row.as_array().unwrap().iter().all(Value::is_null), "{row}");
        }
    }
}

#[test]
fn letters_leave_as_a_table_of_any_kind_and_it_is_on_record() {
    let test = "letters_leave_as_a_table_of_any_kind_and_it_is_on_record";
    for database in databases(test) {
        let mut post = Post::on(&database);
        for name in ["Ann Marsh", "Ben Okafor"] {
            let lines = plain_letter(name, "LS6 3HN");
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            post.letter(&format!("{}.tif", &name[..3]), &lines);
        }
        assert_eq!(post.run(&[]).code, Some(0));
        let csv = post
            .postroom(&["export", "letters", "--format", "csv"])
            .stdout;
        let mut csv = csv::Reader::from_reader(csv.as_bytes());
        let header: Vec<String> = csv.headers().unwrap().iter().map(str::to_owned).collect();
        let ids: Vec<String> = csv
            .records()
            .map(|row| row.unwrap()[2].to_owned())
            .collect();
        assert_eq!(ids.len(), 2);
        for ending in ["xlsx", "parquet"] {
            let path = post.path("letters").with_extension(ending);
            let out = path.to_str().unwrap();
            let ran = post.postroom(&["export", "letters", "--out", out, "--by", "Mo"]);
            assert_eq!(ran.code, Some(0), "{ran:?}");
            assert!(ran.stderr.contains("2 letters written to"), "{ran:?}");
            let Some(read) = by_a_peer(test, &path) else {
                continue;
            };
            assert_eq!(read["columns"], json!(header));
            let rows = read["rows"].as_array().unwrap();
            let read: Vec<&str> = rows.iter().map(|row| row[2].as_str().unwrap()).collect();
            assert_eq!(read, ids);
        }
        let binary = post.postroom(&["export", "letters", "--format", "xlsx"]);
        assert_eq!(binary.code, Some(2), "{binary:?}");
        let log = post
            .postroom(&["audit", "--kind", "exported", "--json"])
            .json();
        let log: Vec<Value> = log
            .as_array()
            .unwrap()
            .iter()
            .map(|of| of["detail"].clone())
            .collect();
        let expected = ["csv", "xlsx", "parquet"].map(|format| {
            json!({ "what": "letters", "format": format, "filters": { "run": null }, "rows": 2 })
        });
        assert_eq!(log, expected);
        let told = post
            .postroom(&["audit", "--kind", "exported", "--by", "Mo"])
            .stdout;
        assert_eq!(told.lines().count(), 2, "{told}");
        assert!(
            told.contains("Mo  exported letters as xlsx: 2 rows"),
            "{told}"
        );
        post.assert_verified();
    }
}

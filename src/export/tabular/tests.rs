//! Every format by what it writes; other programs read them in `tests/exports.rs`.

use parquet::file::reader::{FileReader as _, SerializedFileReader};
use proptest::prelude::*;

use super::*;

fn columns() -> Vec<Column> {
    vec![
        Column::new("words", ColumnKind::Text, ""),
        Column::new("day", ColumnKind::Day, ""),
        Column::new("moment", ColumnKind::Moment, ""),
        Column::new("whole", ColumnKind::Whole, ""),
        Column::new("number", ColumnKind::Number, ""),
        Column::new("truth", ColumnKind::Truth, ""),
    ]
}

fn row(words: &str) -> [Cell<'_>; 6] {
    [
        Cell::text(words),
        Cell::Day(jiff::civil::date(2026, 11, 30)),
        Cell::Moment("2026-11-30T09:00:00.123456Z".parse().unwrap()),
        Cell::Whole(9_007_199_254_740_993),
        Cell::Number(0.1),
        Cell::Truth(true),
    ]
}

const NOTHING: [Cell<'_>; 6] = [
    Cell::Empty,
    Cell::Empty,
    Cell::Empty,
    Cell::Empty,
    Cell::Empty,
    Cell::Empty,
];

fn written(format: TableFormat, rows: &[&[Cell<'_>]]) -> (Vec<u8>, Written) {
    let mut out = Vec::new();
    let mut table = begin(format, &columns(), &mut out).unwrap();
    for row in rows {
        table.row(row).unwrap();
    }
    let written = table.end().unwrap();
    (out, written)
}

/// The rows of CSV, its header among them.
fn read(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut rows = csv::ReaderBuilder::new();
    let mut rows = rows.has_headers(false).from_reader(bytes);
    let rows = rows.records().map(Result::unwrap);
    rows.map(|row| row.iter().map(str::to_owned).collect())
        .collect()
}

#[test]
fn csv_is_exact() {
    let (bytes, told) = written(TableFormat::Csv, &[&row("=1+1, \"2\"\nthree"), &NOTHING]);
    let text = "words,day,moment,whole,number,truth\r\n\
                \"=1+1, \"\"2\"\"\nthree\",2026-11-30,2026-11-30T09:00:00.123456Z,\
                9007199254740993,0.1,1\r\n,,,,,\r\n";
    assert_eq!(String::from_utf8(bytes).unwrap(), text);
    assert_eq!(told, Written { rows: 2, cut: 0 });
}

#[test]
fn no_cell_for_a_spreadsheet_begins_a_formula() {
    let formulas = [
        "=1+1",
        "+44 20 7946 0123",
        "-2",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1",
        "＋1",
        "－1",
        "＠SUM(A1)",
        "=a,\"b\"\n=c",
        "\u{feff}=1",
        "=HYPERLINK(\"http://x\")",
    ];
    let plain = [
        "a=b",
        "\"=quoted\"",
        "two\r\n=lines, and a comma",
        "'already",
        "Ann",
        " =1",
    ];
    for words in formulas.into_iter().chain(plain) {
        let (bytes, _) = written(TableFormat::SpreadsheetCsv, &[&row(words)]);
        assert_eq!(bytes[..3], *"\u{feff}".as_bytes());
        let guard = if formulas.contains(&words) { "'" } else { "" };
        assert_eq!(
            read(&bytes[3..])[1][0],
            format!("{guard}{words}"),
            "{words:?}"
        );
    }
    // A number below nothing is a number, not a formula of somebody's.
    let cells = [
        Cell::Empty,
        Cell::Empty,
        Cell::Empty,
        Cell::Whole(-2),
        Cell::Number(-0.5),
        Cell::Empty,
    ];
    let (bytes, _) = written(TableFormat::SpreadsheetCsv, &[&cells]);
    assert_eq!(read(&bytes[3..])[1][3..5], ["-2", "-0.5"]);
}

#[test]
fn parquet_keeps_types_and_what_is_not_there() {
    let (bytes, told) = written(TableFormat::Parquet, &[&row("Zoë"), &NOTHING]);
    assert_eq!(told.rows, 2);
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&bytes).unwrap();
    let file = SerializedFileReader::new(file).unwrap();
    let rows: Vec<String> = file
        .get_row_iter(None)
        .unwrap()
        .map(|row| row.unwrap().to_string())
        .collect();
    assert_eq!(
        rows,
        [
            "{words: \"Zoë\", day: 2026-11-30, moment: 2026-11-30 09:00:00.123456 +00:00, \
             whole: 9007199254740993, number: 0.1, truth: true}",
            "{words: null, day: null, moment: null, whole: null, number: null, truth: null}",
        ]
    );
}

#[test]
fn a_table_without_rows_is_a_table() {
    for format in TableFormat::ALL {
        let (bytes, told) = written(format, &[]);
        assert!(bytes.len() > 20, "{format:?}");
        assert_eq!(told, Written::default(), "{format:?}");
    }
}

#[test]
fn a_row_that_is_none_of_the_table_is_refused_by_every_format() {
    for format in TableFormat::ALL {
        let mut table = begin(format, &columns(), Vec::new()).unwrap();
        assert!(table.row(&row("x")[..5]).is_err(), "{format:?}");
        let mut turned = row("x");
        turned.swap(0, 1);
        assert!(table.row(&turned).is_err(), "{format:?}");
        table.row(&row("x")).unwrap();
        assert_eq!(table.end().unwrap().rows, 1, "{format:?}");
    }
}

#[test]
fn words_that_fit_no_workbook_end_with_a_mark() {
    let (fits, long) = ("x".repeat(32_767), "é".repeat(40_000));
    let (_, told) = written(TableFormat::Xlsx, &[&row(&fits), &row(&long)]);
    assert_eq!(told, Written { rows: 2, cut: 1 });
}

/// Takes nothing.
struct Full;

impl Write for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Err(io::ErrorKind::StorageFull.into())
    }
}

#[test]
fn a_full_disk_is_an_error_of_every_format() {
    for format in TableFormat::ALL {
        let came = begin(format, &columns(), Full).and_then(|mut table| {
            table.row(&row("x"))?;
            table.end()
        });
        assert_eq!(
            came.unwrap_err().kind(),
            io::ErrorKind::StorageFull,
            "{format:?}"
        );
    }
}

proptest! {
    #[test]
    fn whatever_is_written_as_csv_is_read_again(words in prop::collection::vec("\\PC{0,12}|[\",\r\n=+@ ]{0,6}", 1..9)) {
        let columns: Vec<Column> = (0..words.len())
            .map(|at| Column::named(format!("c{at}"), ColumnKind::Text, ""))
            .collect();
        let cells: Vec<Cell<'_>> = words.iter().map(Cell::text).collect();
        for format in [TableFormat::Csv, TableFormat::SpreadsheetCsv] {
            let mut out = Vec::new();
            let mut table = begin(format, &columns, &mut out).unwrap();
            table.row(&cells).unwrap();
            table.end().unwrap();
            let bytes = out.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&out);
            let read = read(bytes);
            for (read, words) in read[1].iter().zip(&words) {
                let same = read == words || (format == TableFormat::SpreadsheetCsv && read[1..] == **words);
                prop_assert!(same, "{read:?} {words:?}");
            }
        }
    }
}

//! Doubtful fields as a table that goes out, is filled in by a person, and comes
//! back. Good rows are taken even when others are wrong.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;

use anyhow::{Context as _, Result};
use csv::{ReaderBuilder, StringRecord};
use serde_json::{Value, json};

use super::exit::{Exit, Misused};
use super::export::format::Dialect;
use super::output::{count, store_flag, tell};
use super::{Opened, Place, question, review};
use crate::cases::review::{Decision, Imported, ReviewItem, Settlement, import as import_one};
use crate::export::tabular::{self, Cell, Column, ColumnKind};
use crate::export::whole::WholeFile;
use crate::store::Actor;

pub(super) const HELP: &str = "\
Examples:
  postroom review export --spreadsheet --out doubts.csv
  (fill the column `decision`, save as CSV)
  postroom review import doubts.csv

The columns are document, field, scan, page, as_read, value, probability, doubtful, alternatives, reason and decision. In `decision` write the right value, or `as proposed`, or `pick 2` for the second of \
the alternatives, or `unreadable`; a row where it is empty waits. Where nothing is proposed, key \
what stands on the paper. Cells hold the exact values, so one may begin with = + - or @ and be run as a formula: \
for a spreadsheet export with --spreadsheet, which `import` takes as well. A wrong row is named by its line, the good ones are still taken, and \
the exit code is then 1.";

const COLUMNS: [&str; 11] = [
    "document",
    "field",
    "scan",
    "page",
    "as_read",
    "value",
    "probability",
    "doubtful",
    "alternatives",
    "reason",
    "decision",
];

/// Writes every doubtful field with an empty decision.
pub(super) fn export(
    opened: &Opened,
    place: &Place,
    dialect: &Dialect,
    out: Option<&Path>,
) -> Result<Exit> {
    let items = review::all(opened)?;
    let Some(path) = out else {
        write(&items, dialect, BufWriter::new(io::stdout()))?;
        return Ok(Exit::Done);
    };
    let mut file = WholeFile::begin(path)?;
    let written = write(&items, dialect, &mut file);
    written.with_context(|| format!("{}: cannot be written", path.display()))?;
    file.finish()?;
    let fields = count(items.len(), "field", "fields");
    tell!(
        "{fields} written to {}. When its column `decision` is filled:",
        path.display()
    );
    tell!(
        "postroom review import {}{}",
        path.display(),
        store_flag(place)
    );
    Ok(Exit::Done)
}

fn write(items: &[ReviewItem], dialect: &Dialect, out: impl Write + Send) -> io::Result<()> {
    let columns = COLUMNS.map(|name| Column::new(name, ColumnKind::Text, ""));
    let mut table = tabular::begin(dialect.table(), &columns, out)?;
    for item in items {
        let asked = &item.question;
        let field = &asked.field;
        let probability = question::probability(asked).map(|sure| sure.to_string());
        let page = field.place.map(|place| place.page.to_string());
        let row: [&str; COLUMNS.len()] = [
            &item.document.to_string(),
            asked.name.name(),
            &item.path,
            &page.unwrap_or_default(),
            field.as_read.as_deref().unwrap_or_default(),
            field.value.as_deref().unwrap_or_default(),
            &probability.unwrap_or_default(),
            &question::boxes(&asked.doubtful),
            &question::choices(&asked.choices, "; "),
            &field.reason,
            "",
        ];
        table.row(&row.map(Cell::text))?;
    }
    table.end().map(drop)
}

/// What came of a table.
#[derive(Default)]
struct Taken {
    settled: usize,
    waiting: usize,
    /// Settled the same way before: the table was imported twice.
    already: usize,
    wrong: Vec<(u64, String)>,
}

/// Takes the decisions that a person filled in.
pub(super) fn import(opened: &Opened, place: &Place, path: &Path, actor: &Actor) -> Result<Exit> {
    let open = || format!("{}: cannot be read", path.display());
    let file = File::open(path).with_context(open)?;
    let mut rows = ReaderBuilder::new()
        .flexible(true)
        .from_reader(without_mark(BufReader::new(file)).with_context(open)?);
    let header = rows.headers().with_context(open)?.clone();
    let columns = Columns::of(&header, path)?;
    let mut taken = Taken::default();
    for row in rows.records() {
        let line = |position: Option<&csv::Position>| position.map_or(0, csv::Position::line);
        match row {
            Ok(row) => match take(opened, &columns, &row, actor) {
                Ok(came) => *came.of(&mut taken) += 1,
                Err(error) if is_of_the_row(&error) => {
                    let line = line(row.position());
                    taken.wrong.push((line, error.to_string()));
                }
                Err(error) => return Err(error),
            },
            Err(error) if matches!(error.kind(), csv::ErrorKind::Utf8 { .. }) => {
                let line = line(error.position());
                let what = "it is not UTF-8; save the table as UTF-8".to_owned();
                taken.wrong.push((line, what));
            }
            Err(error) => return Err(error).with_context(open),
        }
    }
    report(&taken, place, path)
}

/// Whether only this row is at fault, not the store.
fn is_of_the_row(error: &anyhow::Error) -> bool {
    super::exit::code(error) == Exit::Usage
}

fn report(taken: &Taken, place: &Place, path: &Path) -> Result<Exit> {
    for (line, what) in &taken.wrong {
        tell!("{}, line {line}: {what}", path.display());
    }
    if place.json {
        let wrong = taken.wrong.iter();
        let wrong: Value = wrong
            .map(|(line, what)| json!({ "line": line, "what": what }))
            .collect();
        super::output::say_json(&json!({
            "settled": taken.settled,
            "already_settled": taken.already,
            "waiting": taken.waiting,
            "wrong": wrong,
        }))?;
    } else {
        tell!(
            "{} settled, {} settled so before, {} without a decision, {} wrong.",
            taken.settled,
            taken.already,
            taken.waiting,
            taken.wrong.len()
        );
    }
    Ok(if taken.wrong.is_empty() {
        Exit::Done
    } else {
        Exit::Look
    })
}

enum Came {
    Settled,
    Waiting,
    Already,
}

impl Came {
    const fn of(self, taken: &mut Taken) -> &mut usize {
        match self {
            Self::Settled => &mut taken.settled,
            Self::Waiting => &mut taken.waiting,
            Self::Already => &mut taken.already,
        }
    }
}

fn take(opened: &Opened, columns: &Columns, row: &StringRecord, actor: &Actor) -> Result<Came> {
    let cell = |column: usize| row.get(column).unwrap_or_default().trim();
    let decision = match cell(columns.decision) {
        "" => return Ok(Came::Waiting),
        said => decision(said),
    };
    let document = opened.document(cell(columns.document))?;
    let asked = review::field_named(opened, document, cell(columns.field))?;
    let settlement = Settlement {
        document,
        field: asked.name,
        decision,
    };
    Ok(
        match opened.wait(import_one(&opened.store, &settlement, actor))? {
            Imported::Settled(_) => Came::Settled,
            Imported::Already => Came::Already,
        },
    )
}

/// What a cell of the column `decision` says.
fn decision(said: &str) -> Decision {
    let plain = said.to_lowercase().replace(['-', '_'], " ");
    let number = plain.strip_prefix("pick ");
    if let Some(number) = number.and_then(|number| number.trim().parse().ok()) {
        return Decision::Pick(number);
    }
    match plain.as_str() {
        "as proposed" => Decision::AsProposed,
        "unreadable" => Decision::Unreadable,
        _ => Decision::Value(said.to_owned()),
    }
}

/// Where the three columns that count stand; people reorder and drop the others.
struct Columns {
    document: usize,
    field: usize,
    decision: usize,
}

impl Columns {
    fn of(header: &StringRecord, path: &Path) -> Result<Self> {
        let find = |wanted: &str| {
            let mut names = header.iter().map(|name| name.trim().to_lowercase());
            names.position(|name| name == wanted).ok_or_else(|| {
                Misused(format!(
                    "{}: has no column '{wanted}'; give it the columns that `postroom review \
                     export` writes, separated by commas",
                    path.display()
                ))
            })
        };
        Ok(Self {
            document: find("document")?,
            field: find("field")?,
            decision: find("decision")?,
        })
    }
}

/// Spreadsheets put a byte order mark before UTF-8, which is no part of the header.
fn without_mark(mut file: impl Read) -> io::Result<impl Read> {
    const MARK: &[u8] = b"\xef\xbb\xbf";
    let mut first = Vec::new();
    file.by_ref()
        .take(MARK.len() as u64)
        .read_to_end(&mut first)?;
    if first == MARK {
        first.clear();
    }
    Ok(io::Cursor::new(first).chain(file))
}

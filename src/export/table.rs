//! Letters as a table: a row each, three columns for each field. Cells hold the
//! exact values; a dialect for spreadsheets, which take `=` at the beginning of a
//! cell for a formula, is a thing of its own.

use std::io::{self, Write};

use csv::{Terminator, Writer, WriterBuilder};

use super::letter::{Letter, LetterValue};
use crate::domain::letter::LetterField;

/// The columns before the fields'.
const ABOUT: [&str; 16] = [
    "scan",
    "document",
    "id",
    "pages",
    "missing_pages",
    "received",
    "received_origin",
    "case",
    "attached_by",
    "topic",
    "team",
    "priority",
    "deadline",
    "legibility",
    "in_review",
    "text",
];

pub(super) struct Table<'a> {
    rows: Writer<&'a mut dyn Write>,
}

impl<'a> Table<'a> {
    pub(super) fn begin(out: &'a mut dyn Write) -> io::Result<Self> {
        // RFC 4180 ends its lines with CR LF.
        let mut rows = WriterBuilder::new()
            .terminator(Terminator::CRLF)
            .from_writer(out);
        let mut header: Vec<String> = ABOUT.map(str::to_owned).to_vec();
        for name in LetterField::ALL.map(LetterField::name) {
            header.push(name.to_owned());
            header.push(format!("{name}_verdict"));
            header.push(format!("{name}_probability"));
        }
        rows.write_record(&header)?;
        Ok(Self { rows })
    }

    pub(super) fn letter(&mut self, letter: &Letter) -> io::Result<()> {
        let about: [&str; ABOUT.len()] = [
            &letter.scan,
            &letter.document.to_string(),
            &letter.id,
            &numbers(&letter.pages),
            &numbers(&letter.missing_pages),
            &letter.received,
            letter.received_origin,
            &letter.case,
            letter.attached_by,
            &letter.topic,
            &letter.team,
            letter.priority,
            &letter.deadline,
            letter.legibility,
            if letter.in_review { "1" } else { "0" },
            &letter.text,
        ];
        for cell in about {
            self.rows.write_field(cell)?;
        }
        for name in LetterField::ALL {
            for cell in letter.field(name).map(cells).unwrap_or_default() {
                self.rows.write_field(cell)?;
            }
        }
        self.rows.write_record(None::<&[u8]>)?;
        Ok(())
    }

    pub(super) fn end(mut self) -> io::Result<()> {
        self.rows.flush()
    }
}

fn cells(field: &LetterValue) -> [String; 3] {
    let value = field.value.clone().unwrap_or_default();
    let probability = match field.value {
        Some(_) => field.probability.to_string(),
        None => String::new(),
    };
    [value, field.verdict.to_owned(), probability]
}

/// `1 2 5`.
fn numbers(pages: &[u32]) -> String {
    let pages: Vec<String> = pages.iter().map(u32::to_string).collect();
    pages.join(" ")
}

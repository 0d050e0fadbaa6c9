//! Letters or cards as a table: a row each, three columns for each field, four for each
//! box to tick, one for each signature. Cells hold the exact values; a dialect for
//! spreadsheets, which take `=` at the beginning of a cell for a formula, is a thing of
//! its own.

use std::io::{self, Write};

use csv::{Terminator, Writer, WriterBuilder};

use super::card::{Card, CardSignature, CardTick};
use super::letter::{About, Letter, LetterValue};
use crate::domain::letter::LetterField;
use crate::store::export::CardNames;

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

/// The columns of a card after them.
const FORM: [&str; 5] = ["customer", "form", "version", "side", "residual_mm"];

pub(super) struct Table<'a> {
    rows: Writer<&'a mut dyn Write>,
    names: CardNames,
}

impl<'a> Table<'a> {
    pub(super) fn of_letters(out: &'a mut dyn Write) -> io::Result<Self> {
        let mut header: Vec<String> = ABOUT.map(str::to_owned).to_vec();
        for name in LetterField::ALL.map(LetterField::name) {
            header.extend(value_columns(name));
        }
        Self::begin(out, &header, CardNames::default())
    }

    pub(super) fn of_cards(out: &'a mut dyn Write, names: CardNames) -> io::Result<Self> {
        let mut header: Vec<String> = ABOUT.map(str::to_owned).to_vec();
        header.extend(FORM.map(str::to_owned));
        for name in &names.fields {
            header.extend(value_columns(name));
        }
        for name in &names.ticks {
            header.extend(value_columns(name));
            header.push(format!("{name}_consent"));
        }
        header.extend(names.signatures.iter().map(|name| format!("{name}_signed")));
        Self::begin(out, &header, names)
    }

    fn begin(out: &'a mut dyn Write, header: &[String], names: CardNames) -> io::Result<Self> {
        // RFC 4180 ends its lines with CR LF.
        let mut rows = WriterBuilder::new()
            .terminator(Terminator::CRLF)
            .from_writer(out);
        rows.write_record(header)?;
        Ok(Self { rows, names })
    }

    pub(super) fn letter(&mut self, letter: &Letter) -> io::Result<()> {
        self.about(&letter.about)?;
        for name in LetterField::ALL {
            self.cells(letter.field(name).map(cells).unwrap_or_default())?;
        }
        self.end_row()
    }

    pub(super) fn card(&mut self, card: &Card) -> io::Result<()> {
        self.about(&card.about)?;
        let number = |number: Option<u32>| number.map(|n| n.to_string()).unwrap_or_default();
        self.cells([
            card.customer.clone().unwrap_or_default(),
            card.form.clone().unwrap_or_default(),
            number(card.version),
            number(card.side),
            card.residual_mm
                .map(|mm| mm.to_string())
                .unwrap_or_default(),
        ])?;
        let fields = self.names.fields.iter().map(|name| card.fields.get(name));
        let fields: Vec<_> = fields
            .map(|field| field.map(|field| cells(&field.value)).unwrap_or_default())
            .collect();
        let ticks = self.names.ticks.iter().map(|name| card.ticks.get(name));
        let ticks: Vec<_> = ticks
            .map(|tick| tick.map(tick_cells).unwrap_or_default())
            .collect();
        let signatures = self.names.signatures.iter();
        let signatures: Vec<_> = signatures
            .map(|name| card.signatures.get(name).map_or("", signed))
            .collect();
        for field in fields {
            self.cells(field)?;
        }
        for tick in ticks {
            self.cells(tick)?;
        }
        self.cells(signatures)?;
        self.end_row()
    }

    fn about(&mut self, about: &About) -> io::Result<()> {
        let cells: [&str; ABOUT.len()] = [
            &about.scan,
            &about.document.to_string(),
            &about.id,
            &numbers(&about.pages),
            &numbers(&about.missing_pages),
            &about.received,
            about.received_origin,
            about.case.as_deref().unwrap_or_default(),
            about.attached_by.unwrap_or_default(),
            about.topic.as_deref().unwrap_or_default(),
            about.team.as_deref().unwrap_or_default(),
            about.priority.unwrap_or_default(),
            about.deadline.as_deref().unwrap_or_default(),
            about.legibility,
            if about.in_review { "1" } else { "0" },
            &about.text,
        ];
        self.cells(cells)
    }

    fn cells<C: AsRef<[u8]>>(&mut self, cells: impl IntoIterator<Item = C>) -> io::Result<()> {
        for cell in cells {
            self.rows.write_field(cell)?;
        }
        Ok(())
    }

    fn end_row(&mut self) -> io::Result<()> {
        self.rows.write_record(None::<&[u8]>)?;
        Ok(())
    }

    pub(super) fn end(mut self) -> io::Result<()> {
        self.rows.flush()
    }
}

/// `town`, `town_verdict`, `town_probability`.
fn value_columns(name: &str) -> [String; 3] {
    [
        name.to_owned(),
        format!("{name}_verdict"),
        format!("{name}_probability"),
    ]
}

/// The last says whether a consent is given; nothing for other ticks.
fn tick_cells(tick: &CardTick) -> [String; 4] {
    let consent = tick.consent.as_ref();
    let given = consent.map(|consent| if consent.given { "1" } else { "0" });
    [
        tick.state.to_owned(),
        tick.verdict.to_owned(),
        tick.probability.to_string(),
        given.unwrap_or_default().to_owned(),
    ]
}

/// Nothing on a card without the box.
const fn signed(signature: &CardSignature) -> &'static str {
    if signature.signed { "1" } else { "0" }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forms::{COLUMN_ENDINGS, COLUMNS};

    #[test]
    fn no_form_can_name_a_column_a_second_time() {
        for column in ABOUT.iter().chain(&FORM) {
            assert!(COLUMNS.contains(column), "{column}");
        }
        let names = CardNames {
            fields: vec!["a".to_owned()],
            ticks: vec!["b".to_owned(), "c.one".to_owned()],
            signatures: vec!["d".to_owned()],
        };
        let mut out = Vec::new();
        Table::of_cards(&mut out, names).unwrap().end().unwrap();
        let header = String::from_utf8(out).unwrap();
        let columns: Vec<&str> = header.trim_end().split(',').collect();
        assert_eq!(columns.last(), Some(&"d_signed"));
        for column in &columns[ABOUT.len() + FORM.len()..] {
            let name = ["a", "b", "c.one", "d"].contains(column);
            let ending = COLUMN_ENDINGS.iter().any(|ending| column.ends_with(ending));
            assert!(name != ending, "{column}");
        }
    }
}

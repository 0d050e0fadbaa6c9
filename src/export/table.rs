//! Letters or cards as a table: a row each, three columns for each field, four for each
//! box to tick, one for each signature.

use crate::domain::letter::LetterField;
use crate::store::export::CardNames;

use super::card::{Card, CardTick};
use super::letter::{About, Letter, LetterValue};
use super::tabular::{Cell, Column, ColumnKind};

/// The columns before the fields'.
const ABOUT: [Column; 16] = [
    Column::new(
        "scan",
        ColumnKind::Text,
        "The scan's path below the scanner's folder",
    ),
    Column::new("document", ColumnKind::Whole, "1, 2, ... within the scan"),
    Column::new(
        "id",
        ColumnKind::Text,
        "The document's id, as Postroom's commands take it",
    ),
    Column::new(
        "pages",
        ColumnKind::Text,
        "The numbers of its pages in the scan, from 1",
    ),
    Column::new(
        "missing_pages",
        ColumnKind::Text,
        "Of these, those that could not be read",
    ),
    Column::new("received", ColumnKind::Day, "The day of receipt"),
    Column::new("received_origin", ColumnKind::Text, "How that day is known"),
    Column::new(
        "case",
        ColumnKind::Text,
        "The case that it lies on; empty for a card that needs no answer",
    ),
    Column::new(
        "attached_by",
        ColumnKind::Text,
        "The rule by which it lies there",
    ),
    Column::new("topic", ColumnKind::Text, "What it is about"),
    Column::new("team", ColumnKind::Text, "Who works on it"),
    Column::new("priority", ColumnKind::Text, "How urgent it is"),
    Column::new(
        "deadline",
        ColumnKind::Day,
        "The day by which there must be an answer",
    ),
    Column::new("legibility", ColumnKind::Text, "How well it could be read"),
    Column::new(
        "in_review",
        ColumnKind::Truth,
        "Whether a person must still look at something on it",
    ),
    Column::new(
        "text",
        ColumnKind::Text,
        "The lines as read, a form feed between pages",
    ),
];

/// The columns of a card after them.
const FORM: [Column; 5] = [
    Column::new(
        "customer",
        ColumnKind::Text,
        "The id of the customer whose card it is, where that is known",
    ),
    Column::new("form", ColumnKind::Text, "The form's id"),
    Column::new("version", ColumnKind::Whole, "The form's version"),
    Column::new(
        "side",
        ColumnKind::Whole,
        "The first of its sides that is there, from 1",
    ),
    Column::new(
        "residual_mm",
        ColumnKind::Number,
        "How far the worst of its sides lies off its form, in mm",
    ),
];

/// The columns of a table of letters.
pub(super) fn letter_columns() -> Vec<Column> {
    let fields = LetterField::ALL.map(LetterField::name);
    let values = fields.into_iter().flat_map(value_columns);
    ABOUT.into_iter().chain(values).collect()
}

/// The columns of a table of cards with these names on them.
pub(super) fn card_columns(names: &CardNames) -> Vec<Column> {
    let mut columns: Vec<Column> = ABOUT.into_iter().chain(FORM).collect();
    columns.extend(names.fields.iter().flat_map(|name| value_columns(name)));
    for name in &names.ticks {
        columns.extend(value_columns(name));
        columns.push(Column::named(
            format!("{name}_consent"),
            ColumnKind::Truth,
            "Whether a consent is given by it; empty where the box asks for none",
        ));
    }
    columns.extend(names.signatures.iter().map(|name| {
        let says = "Whether the box to sign in is signed";
        Column::named(format!("{name}_signed"), ColumnKind::Truth, says)
    }));
    columns
}

/// A letter's row.
pub(super) fn letter_row(letter: &Letter) -> Vec<Cell<'_>> {
    let mut row = about(&letter.about);
    for name in LetterField::ALL {
        row.extend(cells(letter.field(name)));
    }
    row
}

/// A card's row in a table of cards with these names on them.
pub(super) fn card_row<'a>(card: &'a Card, names: &CardNames) -> Vec<Cell<'a>> {
    let number = |number: Option<u32>| Cell::maybe(number, |number| Cell::Whole(number.into()));
    let mut row = about(&card.about);
    row.extend([
        optional(card.customer.as_deref()),
        optional(card.form.as_deref()),
        number(card.version),
        number(card.side),
        Cell::maybe(card.residual_mm, Cell::Number),
    ]);
    for name in &names.fields {
        row.extend(cells(card.fields.get(name).map(|field| &field.value)));
    }
    for name in &names.ticks {
        row.extend(tick_cells(card.ticks.get(name)));
    }
    for name in &names.signatures {
        let signed = card.signatures.get(name);
        row.push(Cell::maybe(signed, |box_| Cell::Truth(box_.signed)));
    }
    row
}

fn about(about: &About) -> Vec<Cell<'_>> {
    vec![
        Cell::text(&about.scan),
        Cell::Whole(about.document.into()),
        Cell::text(&about.id),
        Cell::text(numbers(&about.pages)),
        Cell::text(numbers(&about.missing_pages)),
        Cell::Day(about.received),
        Cell::text(about.received_origin),
        optional(about.case.as_deref()),
        optional(about.attached_by),
        optional(about.topic.as_deref()),
        optional(about.team.as_deref()),
        optional(about.priority),
        Cell::maybe(about.deadline, Cell::Day),
        Cell::text(about.legibility),
        Cell::Truth(about.in_review),
        Cell::text(&about.text),
    ]
}

/// `town`, `town_verdict`, `town_probability`.
fn value_columns(name: &str) -> [Column; 3] {
    let named = |ending: &str, kind, says| Column::named(format!("{name}{ending}"), kind, says);
    [
        named(
            "",
            ColumnKind::Text,
            "What is written there; of a tick what the box shows: empty, marked, corrected, unsure",
        ),
        named(
            "_verdict",
            ColumnKind::Text,
            "Whether that stands (accepted), waits for a person (review), is none (empty), or was refused (rejected)",
        ),
        named("_probability", ColumnKind::Number, "That it is right"),
    ]
}

/// Nothing on a card without the field.
fn cells(field: Option<&LetterValue>) -> [Cell<'_>; 3] {
    let Some(field) = field else {
        return [Cell::Empty, Cell::Empty, Cell::Empty];
    };
    let value = field.value.as_deref();
    [
        optional(value),
        Cell::text(field.verdict),
        Cell::maybe(value, |_| Cell::Number(field.probability)),
    ]
}

/// The last says whether a consent is given; nothing for other ticks.
fn tick_cells(tick: Option<&CardTick>) -> [Cell<'_>; 4] {
    let Some(tick) = tick else {
        return [Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty];
    };
    let consent = tick.consent.as_ref();
    [
        Cell::text(tick.state),
        Cell::text(tick.verdict),
        Cell::Number(tick.probability),
        Cell::maybe(consent, |consent| Cell::Truth(consent.given)),
    ]
}

fn optional(words: Option<&str>) -> Cell<'_> {
    Cell::text(words.unwrap_or_default())
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
            assert!(COLUMNS.contains(&&*column.name), "{column:?}");
        }
        let columns = card_columns(&CardNames {
            fields: vec!["a".to_owned()],
            ticks: vec!["b".to_owned(), "c.one".to_owned()],
            signatures: vec!["d".to_owned()],
        });
        let columns: Vec<&str> = columns.iter().map(|column| &*column.name).collect();
        assert_eq!(columns.last(), Some(&"d_signed"));
        for column in &columns[ABOUT.len() + FORM.len()..] {
            let name = ["a", "b", "c.one", "d"].contains(column);
            let ending = COLUMN_ENDINGS.iter().any(|ending| column.ends_with(ending));
            assert!(name != ending, "{column}");
        }
    }
}

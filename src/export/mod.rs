//! What leaves the store for other programs and for people's eyes.
//!
//! [`write_letters`] and [`write_cards`] stream every letter or card as JSON or as a table;
//! [`letter`] and [`card`] hold the shapes that both are made from, [`tabular`] the tables. [`whole`] makes a file appear whole or not at
//! all. [`annotation`] is a note as other programs know it. [`picture`] gives a page's image and cuts a field's picture from it.

pub mod annotation;
pub mod card;
pub mod letter;
pub mod picture;
mod table;
pub mod tabular;
pub mod whole;

use std::io::{self, Write};

use serde::Serialize;

use crate::store::StoreError;
use crate::store::export::{CardNames, Documents, ExportedDocument};

use card::Card;
use letter::Letter;
use tabular::{Cell, Column, Table, TableFormat, Written};

/// How letters and cards are written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One array, an object for each.
    Json,
    /// A row for each.
    Table(TableFormat),
}

impl Format {
    /// Its name, as a file of it ends.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Table(format) => format.ending(),
        }
    }
}

/// Why nothing was written out.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The target cannot be written.
    #[error("{place}: cannot be written: {source}; check the path, its rights and the room there")]
    Files {
        /// The file, or stdout.
        place: String,
        /// Why not.
        source: io::Error,
    },
    /// An image that is kept is not what it must be.
    #[error("the image of page {page} cannot be decoded ({why}); run 'postroom verify'")]
    Image {
        /// The page's number in its scan.
        page: u32,
        /// What the decoder says.
        why: String,
    },
    /// A picture cannot be written as such a file.
    #[error("{place}: pictures are written as .png, .jpg or .bmp; name the file so")]
    NoSuchFormat {
        /// The file that was named.
        place: String,
    },
}

/// Writes every letter, one at a time, and says how many there were. `place`
/// names the target in messages.
pub async fn write_letters(
    letters: Documents<'_>,
    format: Format,
    out: &mut (dyn Write + Send),
    place: &str,
) -> Result<Written, ExportError> {
    let sink = Sink::begin(format, out, table::letter_columns);
    write_each(letters, sink, place, |sink, exported| {
        let letter = Letter::from(exported);
        sink.put(&letter, table::letter_row)
    })
    .await
}

/// Writes every card in the same way.
pub async fn write_cards(
    cards: Documents<'_>,
    format: Format,
    out: &mut (dyn Write + Send),
    place: &str,
) -> Result<Written, ExportError> {
    let names = match format {
        Format::Json => CardNames::default(),
        Format::Table(_) => cards.card_names().await?,
    };
    let sink = Sink::begin(format, out, || table::card_columns(&names));
    write_each(cards, sink, place, |sink, exported| {
        let card = Card::from(exported);
        sink.put(&card, |card| table::card_row(card, &names))
    })
    .await
}

async fn write_each<'a>(
    mut documents: Documents<'_>,
    sink: io::Result<Sink<'a>>,
    place: &str,
    put: impl Fn(&mut Sink<'a>, &ExportedDocument) -> io::Result<()>,
) -> Result<Written, ExportError> {
    let failed = failed(place);
    let mut sink = sink.map_err(&failed)?;
    while let Some(exported) = documents.next().await? {
        put(&mut sink, &exported).map_err(&failed)?;
    }
    sink.end().map_err(&failed)
}

fn failed(place: &str) -> impl Fn(io::Error) -> ExportError + '_ {
    move |source| ExportError::Files {
        place: place.to_owned(),
        source,
    }
}

/// An array of objects or a table, behind one face.
enum Sink<'a> {
    Json {
        out: &'a mut (dyn Write + Send),
        count: u64,
    },
    Table(Box<dyn Table + 'a>),
}

impl<'a> Sink<'a> {
    fn begin(
        format: Format,
        out: &'a mut (dyn Write + Send),
        columns: impl FnOnce() -> Vec<Column>,
    ) -> io::Result<Self> {
        match format {
            Format::Json => {
                out.write_all(b"[")?;
                Ok(Self::Json { out, count: 0 })
            }
            Format::Table(format) => tabular::begin(format, &columns(), out).map(Self::Table),
        }
    }

    /// Writes one thing: its object, or its row.
    fn put<T: Serialize>(
        &mut self,
        one: &T,
        row: impl FnOnce(&T) -> Vec<Cell<'_>>,
    ) -> io::Result<()> {
        match self {
            Self::Json { out, count } => {
                out.write_all(if *count == 0 { b"\n" } else { b",\n" })?;
                *count += 1;
                serde_json::to_writer(out, one).map_err(io::Error::from)
            }
            Self::Table(table) => table.row(&row(one)),
        }
    }

    fn end(self) -> io::Result<Written> {
        match self {
            Self::Json { out, count: rows } => {
                out.write_all(b"\n]\n")?;
                out.flush()?;
                Ok(Written { rows, cut: 0 })
            }
            Self::Table(table) => table.end(),
        }
    }
}

//! What leaves the store for other programs and for people's eyes.
//!
//! [`write_letters`] and [`write_cards`] stream every letter or card as JSON or CSV;
//! [`letter`] and [`card`] hold the shapes that both are made from. [`whole`] makes a file appear whole or not at
//! all. [`annotation`] is a note as other programs know it. [`picture`] gives a page's image and cuts a field's picture from it.

pub mod annotation;
pub mod card;
pub mod letter;
pub mod picture;
mod table;
pub mod whole;

use std::io::{self, Write};

use serde::Serialize;

use crate::store::StoreError;
use crate::store::export::{Documents, ExportedDocument};

use card::Card;
use letter::Letter;
use table::Table;

/// How letters and cards are written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One array, an object for each.
    Json,
    /// RFC 4180, a header and a row for each.
    Csv,
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
    out: &mut dyn Write,
    place: &str,
) -> Result<u64, ExportError> {
    let sink = match format {
        Format::Json => Sink::json(out),
        Format::Csv => Table::of_letters(out).map(Sink::csv),
    };
    write_each(letters, sink, place, |sink, exported| {
        let letter = Letter::from(exported);
        sink.put(&letter, |table| table.letter(&letter))
    })
    .await
}

/// Writes every card in the same way.
pub async fn write_cards(
    cards: Documents<'_>,
    format: Format,
    out: &mut dyn Write,
    place: &str,
) -> Result<u64, ExportError> {
    let sink = match format {
        Format::Json => Sink::json(out),
        Format::Csv => Table::of_cards(out, cards.card_names().await?).map(Sink::csv),
    };
    write_each(cards, sink, place, |sink, exported| {
        let card = Card::from(exported);
        sink.put(&card, |table| table.card(&card))
    })
    .await
}

async fn write_each<'a>(
    mut documents: Documents<'_>,
    sink: io::Result<Sink<'a>>,
    place: &str,
    put: impl Fn(&mut Sink<'a>, &ExportedDocument) -> io::Result<()>,
) -> Result<u64, ExportError> {
    let failed = failed(place);
    let mut sink = sink.map_err(&failed)?;
    let mut count = 0;
    while let Some(exported) = documents.next().await? {
        put(&mut sink, &exported).map_err(&failed)?;
        count += 1;
    }
    sink.end().map_err(&failed)?;
    Ok(count)
}

fn failed(place: &str) -> impl Fn(io::Error) -> ExportError + '_ {
    move |source| ExportError::Files {
        place: place.to_owned(),
        source,
    }
}

/// The two formats behind one face.
enum Sink<'a> {
    Json { out: &'a mut dyn Write, first: bool },
    Csv(Box<Table<'a>>),
}

impl<'a> Sink<'a> {
    fn json(out: &'a mut dyn Write) -> io::Result<Self> {
        out.write_all(b"[")?;
        Ok(Self::Json { out, first: true })
    }

    fn csv(table: Table<'a>) -> Self {
        Self::Csv(Box::new(table))
    }

    /// Writes one document: its object, or its row by `row`.
    fn put(
        &mut self,
        document: &impl Serialize,
        row: impl FnOnce(&mut Table<'a>) -> io::Result<()>,
    ) -> io::Result<()> {
        match self {
            Self::Json { out, first } => {
                out.write_all(if *first { b"\n" } else { b",\n" })?;
                *first = false;
                serde_json::to_writer(out, document).map_err(io::Error::from)
            }
            Self::Csv(table) => row(table),
        }
    }

    fn end(self) -> io::Result<()> {
        match self {
            Self::Json { out, .. } => {
                out.write_all(b"\n]\n")?;
                out.flush()
            }
            Self::Csv(table) => table.end(),
        }
    }
}

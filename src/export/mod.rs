//! What leaves the store for other programs and for people's eyes.
//!
//! [`write_letters`] streams every letter as JSON or CSV; [`letter`] holds the
//! shape that both are made from. [`whole`] makes a file appear whole or not at
//! all. [`picture`] gives a page's image and cuts a field's picture from it.

pub mod letter;
pub mod picture;
mod table;
pub mod whole;

use std::io::{self, Write};

use crate::store::StoreError;
use crate::store::export::Letters;

use letter::Letter;
use table::Table;

/// How letters are written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One array, an object for each letter.
    Json,
    /// RFC 4180, a header and a row for each letter.
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
    mut letters: Letters<'_>,
    format: Format,
    out: &mut dyn Write,
    place: &str,
) -> Result<u64, ExportError> {
    let failed = |source| ExportError::Files {
        place: place.to_owned(),
        source,
    };
    let mut sink = Sink::begin(format, out).map_err(failed)?;
    let mut count = 0;
    while let Some(exported) = letters.next().await? {
        sink.letter(&Letter::from(&exported)).map_err(failed)?;
        count += 1;
    }
    sink.end().map_err(failed)?;
    Ok(count)
}

/// The two formats behind one face.
enum Sink<'a> {
    Json { out: &'a mut dyn Write, first: bool },
    Csv(Box<Table<'a>>),
}

impl<'a> Sink<'a> {
    fn begin(format: Format, out: &'a mut dyn Write) -> io::Result<Self> {
        match format {
            Format::Json => {
                out.write_all(b"[")?;
                Ok(Self::Json { out, first: true })
            }
            Format::Csv => Ok(Self::Csv(Box::new(Table::begin(out)?))),
        }
    }

    fn letter(&mut self, letter: &Letter) -> io::Result<()> {
        match self {
            Self::Json { out, first } => {
                out.write_all(if *first { b"\n" } else { b",\n" })?;
                *first = false;
                serde_json::to_writer(out, letter).map_err(io::Error::from)
            }
            Self::Csv(table) => table.letter(letter),
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

//! Forms: read from their files, checked for what a card designer should know, and
//! drawn for the printer and as pixels. docs/forms.md describes the file.

pub mod code;
pub mod draw;
mod file;
mod lint;
mod pdf;
pub mod raster;
mod separator;
mod serial;
mod source;
mod width;

pub use file::{COLUMN_ENDINGS, COLUMNS, FormError};
pub use lint::{Advice, Weight, lint};
pub use pdf::{NotDrawn, pdf, write};
pub use separator::{SEPARATOR_CODE, separator};
pub use serial::{FIGURES, number};
pub use source::{FormSource, Refused, samples};

use crate::domain::form::Form;

/// The line of the consent that advice on a form file is about, if it is about one.
pub fn consent_line(text: &str, advice: &Advice) -> Option<usize> {
    file::consent_line(text, &advice.place)
}

/// Reads a form file. The first mistake is named with its line.
pub fn parse(text: &str) -> Result<Form, FormError> {
    file::parse(text)
}

#[cfg(test)]
mod tests;

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
pub mod width;

pub use file::{COLUMN_ENDINGS, COLUMNS, FormError, Mistake};
pub use lint::{Advice, Weight, lint, place_of};
pub use pdf::{NotDrawn, pdf, write, write_titled};
pub use separator::{SEPARATOR_CODE, separator};
pub use serial::{FIGURES, number};
pub use source::{FormSource, Refused, samples};

use crate::domain::form::Form;

/// The line of what a piece of advice on a form file is about, if it is in the file.
pub fn line_of(text: &str, advice: &Advice) -> Option<usize> {
    file::line_of_place(text, &advice.place)
}

/// Reads a form file. Its mistakes are named with their lines.
pub fn parse(text: &str) -> Result<Form, FormError> {
    file::parse(text)
}

#[cfg(test)]
mod tests;

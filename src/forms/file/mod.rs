//! A form file: TOML in millimetres, held to what can be printed and read.

mod lay;
mod names;
mod place;

use std::fmt;
use std::ops::{Range, RangeInclusive};

use serde::Deserialize;
use toml::Spanned;

use crate::domain::form::Form;
use crate::domain::geometry::Area;
use crate::domain::wording;
use lay::Parser;
pub use names::{COLUMN_ENDINGS, COLUMNS};
pub(super) use place::line_of_place;

/// A form file that cannot be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormError {
    /// What is wrong with it, one mistake or more, in the order of their lines.
    pub mistakes: Vec<Mistake>,
}

/// One mistake in a form file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct Mistake {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, and what to do.
    pub what: String,
}

impl std::error::Error for FormError {}

impl fmt::Display for FormError {
    /// The first mistake, and how many more there are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, others @ ..] = self.mistakes.as_slice() else {
            return f.write_str("it cannot be read");
        };
        first.fmt(f)?;
        match others.len() {
            0 => Ok(()),
            more => write!(f, "; and {more} more, which `postroom forms check` lists"),
        }
    }
}

impl Mistake {
    fn at(text: &str, span: Option<Range<usize>>, what: impl Into<String>) -> Self {
        Self {
            line: line_of(text, span.map_or(0, |span| span.start)),
            what: what.into(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FormFile {
    id: Spanned<String>,
    title: String,
    version: Spanned<u32>,
    page: Spanned<Page>,
    #[serde(default = "black")]
    colour: Spanned<String>,
    #[serde(default = "marks")]
    marks: Spanned<MarksFile>,
    side: Vec<Spanned<SideFile>>,
}

fn black() -> Spanned<String> {
    Spanned::new(0..0, "black".to_owned())
}

fn marks() -> Spanned<MarksFile> {
    Spanned::new(0..0, MarksFile::default())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    width: f64,
    height: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct MarksFile {
    size: f64,
    inset: f64,
}

impl Default for MarksFile {
    /// Found at 150 dpi, and clear of the edge that a feeder cuts off.
    fn default() -> Self {
        Self {
            size: 4.0,
            inset: 5.0,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SideFile {
    code: Spanned<CodeFile>,
    #[serde(default)]
    field: Vec<Spanned<FieldFile>>,
    #[serde(default)]
    tick: Vec<Spanned<TickFile>>,
    #[serde(default)]
    signature: Vec<Spanned<BoxFile>>,
    #[serde(default)]
    serial: Vec<Spanned<SerialFile>>,
    #[serde(default)]
    text: Vec<Spanned<TextFile>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeFile {
    x: f64,
    y: f64,
    size: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldFile {
    name: Spanned<String>,
    #[serde(rename = "type")]
    kind: Spanned<String>,
    #[serde(default)]
    caption: String,
    #[serde(default)]
    style: Option<Spanned<String>>,
    #[serde(default)]
    check: Option<Spanned<String>>,
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    #[serde(default)]
    pitch: Option<Spanned<f64>>,
    #[serde(default = "one")]
    count: u32,
    #[serde(default)]
    gaps: Vec<Spanned<Gap>>,
    #[serde(default = "one")]
    rows: u32,
    #[serde(default)]
    leading: Option<Spanned<f64>>,
}

impl FieldFile {
    /// Its boxes in writing order: row by row.
    fn places(&self) -> Vec<Area> {
        let given = |step: &Option<Spanned<f64>>| step.as_ref().map(|step| *step.get_ref());
        let pitch = given(&self.pitch).unwrap_or(self.width);
        let leading = given(&self.leading).unwrap_or(self.height);
        let place = |row: u32, at: u32| {
            let gaps = self.gaps.iter().map(Spanned::get_ref);
            let gaps = gaps.filter(|gap| gap.after <= at);
            let gaps: f64 = gaps.map(|gap| gap.width).sum();
            let x = self.x + f64::from(at) * pitch + gaps;
            let y = self.y + f64::from(row) * leading;
            Area::new(x, y, self.width, self.height)
        };
        let rows = 0..self.rows;
        rows.flat_map(|row| (0..self.count).map(move |at| (row, at)))
            .map(|(row, at)| place(row, at))
            .collect()
    }
}

const fn one() -> u32 {
    1
}

/// Room after so many boxes, beyond the pitch.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Gap {
    after: u32,
    width: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TickFile {
    name: Spanned<String>,
    #[serde(default)]
    caption: String,
    choice: Spanned<String>,
    option: Vec<Spanned<OptionFile>>,
    #[serde(default)]
    consent: Option<Spanned<ConsentFile>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OptionFile {
    name: Spanned<String>,
    #[serde(default)]
    caption: String,
    x: f64,
    y: f64,
    #[serde(default = "tick_size")]
    size: f64,
}

/// Large enough for a pen, small enough that a line of text stands beside it.
const fn tick_size() -> f64 {
    4.0
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConsentFile {
    purpose: String,
    channels: Vec<Spanned<String>>,
    wording: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BoxFile {
    name: Spanned<String>,
    #[serde(default)]
    caption: String,
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SerialFile {
    name: Spanned<String>,
    kind: Spanned<String>,
    #[serde(rename = "type", default)]
    says: Option<Spanned<String>>,
    #[serde(default)]
    check: Option<Spanned<String>>,
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TextFile {
    text: String,
    x: f64,
    y: f64,
    #[serde(default = "text_size")]
    size: f64,
    #[serde(default)]
    bold: bool,
}

const fn text_size() -> f64 {
    8.0
}

/// From A7 to A3, either way round.
const SMALLEST: f64 = 50.0;
const LARGEST: f64 = 420.0;
/// Versions, with room for every change of a card that is printed in thousands.
const VERSIONS: RangeInclusive<u32> = 1..=999;
/// The least side of the code, mm: below, its modules are finer than the dots of a scan
/// at 150 dpi.
const CODE_SIZE: f64 = 8.0;
/// No field has more boxes: a line of an A3 sheet at the narrowest pitch.
const MOST_BOXES: u64 = 120;
/// Corner marks, mm: beyond, they are no marks any more.
const MARK_SIZES: RangeInclusive<f64> = 1.0..=10.0;
const MARK_INSETS: RangeInclusive<f64> = 0.0..=20.0;
/// Sizes of print in points.
const TEXT_SIZES: RangeInclusive<f64> = 4.0..=72.0;

/// The line, from 1, of a byte of the text.
fn line_of(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or(text);
    before.matches('\n').count() + 1
}

pub(super) fn parse(text: &str) -> Result<Form, FormError> {
    let file: FormFile = toml::from_str(text).map_err(|error| {
        let what = wording::of_the_toml_reader(error.message());
        let mistakes = vec![Mistake::at(text, error.span(), what)];
        FormError { mistakes }
    })?;
    Parser { text }.form(file)
}

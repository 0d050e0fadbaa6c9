//! A form file: TOML in millimetres, held to what can be printed and read.

mod lay;
mod names;

use std::ops::{Range, RangeInclusive};

use serde::Deserialize;
use toml::Spanned;

use super::lint::place_of;
use crate::domain::form::Form;
use crate::domain::geometry::Area;
use lay::Parser;
pub use names::{COLUMN_ENDINGS, COLUMNS};

/// A form file that cannot be meant, with the line of the mistake.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct FormError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, and what to do.
    pub what: String,
}

impl FormError {
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
    name: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    caption: String,
    #[serde(default)]
    style: Option<String>,
    #[serde(default)]
    check: Option<String>,
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    #[serde(default)]
    pitch: Option<f64>,
    #[serde(default = "one")]
    count: u32,
    #[serde(default)]
    gaps: Vec<Gap>,
    #[serde(default = "one")]
    rows: u32,
    #[serde(default)]
    leading: Option<f64>,
}

impl FieldFile {
    /// Its boxes in writing order: row by row.
    fn places(&self) -> Vec<Area> {
        let pitch = self.pitch.unwrap_or(self.width);
        let leading = self.leading.unwrap_or(self.height);
        let place = |row: u32, at: u32| {
            let gaps = self.gaps.iter().filter(|gap| gap.after <= at);
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
    name: String,
    #[serde(default)]
    caption: String,
    choice: String,
    option: Vec<Spanned<OptionFile>>,
    #[serde(default)]
    consent: Option<Spanned<ConsentFile>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OptionFile {
    name: String,
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
    channels: Vec<String>,
    wording: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BoxFile {
    name: String,
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
    name: String,
    kind: String,
    #[serde(rename = "type", default)]
    says: Option<String>,
    #[serde(default)]
    check: Option<String>,
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

/// The line of the consent that the linter means by a place.
pub(super) fn consent_line(text: &str, place: &str) -> Option<usize> {
    let file: FormFile = toml::from_str(text).ok()?;
    let sides = file.side.iter().enumerate();
    let mut ticks = sides.flat_map(|(at, side)| {
        let ticks = side.get_ref().tick.iter();
        ticks.map(move |tick| (place_of(at, &tick.get_ref().name), tick.get_ref()))
    });
    let (_, tick) = ticks.find(|(name, _)| name == place)?;
    let span = tick.consent.as_ref()?.span();
    Some(line_of(text, span.start))
}

/// The line, from 1, of a byte of the text.
fn line_of(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or(text);
    before.matches('\n').count() + 1
}

pub(super) fn parse(text: &str) -> Result<Form, FormError> {
    let file: FormFile = toml::from_str(text).map_err(|error| {
        let what = error.message().lines().collect::<Vec<_>>().join("; ");
        FormError::at(text, error.span(), what)
    })?;
    Parser { text }.form(file)
}

//! A form file: TOML in millimetres, held to what can be printed and read.

use std::collections::BTreeSet;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use crate::domain::form::{
    BoxStyle, Channel, Choice, Colour, Consent, FieldKind, Form, FormField, Marks, Serial,
    SerialKind, Side, SignatureBox, Text, TickBox, TickField,
};
use crate::domain::geometry::Area;

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
        let before = text
            .get(..span.map_or(0, |span| span.start))
            .unwrap_or(text);
        Self {
            line: before.matches('\n').count() + 1,
            what: what.into(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FormFile {
    id: Spanned<String>,
    title: String,
    version: u32,
    page: Spanned<Page>,
    #[serde(default = "black")]
    colour: Spanned<String>,
    #[serde(default)]
    marks: MarksFile,
    side: Vec<Spanned<SideFile>>,
}

fn black() -> Spanned<String> {
    Spanned::new(0..0, "black".to_owned())
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
/// No field has more boxes: a line of an A3 sheet at the narrowest pitch.
const MOST_BOXES: u64 = 120;

pub(super) fn parse(text: &str) -> Result<Form, FormError> {
    let file: FormFile = toml::from_str(text).map_err(|error| {
        let what = error.message().lines().collect::<Vec<_>>().join("; ");
        FormError::at(text, error.span(), what)
    })?;
    Parser { text }.form(file)
}

struct Parser<'t> {
    text: &'t str,
}

impl Parser<'_> {
    fn form(&self, file: FormFile) -> Result<Form, FormError> {
        let page = file.page.get_ref();
        for (what, length) in [("width", page.width), ("height", page.height)] {
            if !(SMALLEST..=LARGEST).contains(&length) {
                let what = format!(
                    "a page {what} of {length} mm cannot be; it is {SMALLEST} to {LARGEST} mm"
                );
                return Err(self.wrong(file.page.span(), what));
            }
        }
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let id = file.id.get_ref();
        if !(1..=24).contains(&id.len()) || !id.chars().all(is_plain) {
            let what = format!("id '{id}' must be 1 to 24 small letters, digits and dashes");
            return Err(self.wrong(file.id.span(), what));
        }
        let mut form = Form {
            id: id.clone(),
            title: file.title,
            version: file.version,
            width: page.width,
            height: page.height,
            colour: self.colour(&file.colour)?,
            marks: Marks {
                size: file.marks.size,
                inset: file.marks.inset,
            },
            sides: Vec::new(),
        };
        if !(1..=2).contains(&file.side.len()) {
            return Err(self.wrong(0..0, "a form has one [[side]] or two"));
        }
        let mut names = BTreeSet::new();
        for side in file.side {
            let laid = self.side(side, &form, &mut names)?;
            form.sides.push(laid);
        }
        Ok(form)
    }

    fn colour(&self, colour: &Spanned<String>) -> Result<Colour, FormError> {
        let text = colour.get_ref();
        if text == "black" {
            return Ok(Colour::Black);
        }
        let hex = text.strip_prefix('#').filter(|hex| hex.len() == 6);
        let part = |at: usize| u8::from_str_radix(hex?.get(at..at + 2)?, 16).ok();
        match (part(0), part(2), part(4)) {
            (Some(red), Some(green), Some(blue)) => Ok(Colour::DropOut([red, green, blue])),
            _ => {
                let what = format!("colour '{text}' is neither \"black\" nor like \"#f0a0a0\"");
                Err(self.wrong(colour.span(), what))
            }
        }
    }

    fn side(
        &self,
        file: Spanned<SideFile>,
        form: &Form,
        names: &mut BTreeSet<String>,
    ) -> Result<Side, FormError> {
        let file = file.into_inner();
        let code = file.code.get_ref();
        let mut laid = Laid {
            parser: self,
            form,
            taken: form
                .corner_marks()
                .map(|mark| ("a corner mark".to_owned(), mark))
                .to_vec(),
            names,
        };
        let code = Area::new(code.x, code.y, code.size, code.size);
        laid.put("the code", code, file.code.span())?;
        let mut side = Side {
            code,
            ..Side::default()
        };
        for field in file.field {
            side.fields.push(laid.field(field)?);
        }
        for tick in file.tick {
            side.ticks.push(laid.tick(tick)?);
        }
        for signature in file.signature {
            let span = signature.span();
            let box_ = signature.into_inner();
            let place = Area::new(box_.x, box_.y, box_.width, box_.height);
            laid.name(&box_.name, span.clone())?;
            laid.put(&box_.name, place, span)?;
            side.signatures.push(SignatureBox {
                name: box_.name,
                caption: box_.caption,
                place,
            });
        }
        for serial in file.serial {
            side.serials.push(laid.serial(serial)?);
        }
        for text in file.text {
            let span = text.span();
            let text = text.into_inner();
            if !(0.0..=form.width).contains(&text.x) || !(0.0..=form.height).contains(&text.y) {
                return Err(self.wrong(span, format!("'{}' is off the page", text.text)));
            }
            side.texts.push(Text {
                text: text.text,
                x: text.x,
                y: text.y,
                size: text.size,
                bold: text.bold,
            });
        }
        Ok(side)
    }

    fn wrong(&self, span: Range<usize>, what: impl Into<String>) -> FormError {
        FormError::at(self.text, Some(span), what)
    }

    /// The value of a word, or the words that there are.
    fn word<T: Copy>(
        &self,
        word: &str,
        all: &[T],
        name: fn(T) -> &'static str,
        span: Range<usize>,
    ) -> Result<T, FormError> {
        let found = all.iter().copied().find(|value| name(*value) == word);
        found.ok_or_else(|| {
            let words: Vec<&str> = all.iter().map(|value| name(*value)).collect();
            self.wrong(span, format!("'{word}' is none of {}", words.join(", ")))
        })
    }
}

/// A side as it fills up.
struct Laid<'a, 't> {
    parser: &'a Parser<'t>,
    form: &'a Form,
    taken: Vec<(String, Area)>,
    names: &'a mut BTreeSet<String>,
}

impl Laid<'_, '_> {
    /// Takes a place; nothing else may stand there.
    fn put(&mut self, name: &str, place: Area, span: Range<usize>) -> Result<(), FormError> {
        let whole = Area::new(0.0, 0.0, self.form.width, self.form.height);
        let numbers = [place.x, place.y, place.w, place.h];
        let on_page = place.x >= 0.0
            && place.y >= 0.0
            && place.right() <= whole.w
            && place.bottom() <= whole.h;
        if numbers.iter().any(|n| !n.is_finite()) || place.w <= 0.0 || place.h <= 0.0 {
            return Err(self.parser.wrong(span, format!("{name} has no size")));
        }
        if !on_page {
            let what = format!(
                "{name} reaches from {:.1}, {:.1} to {:.1}, {:.1} mm, off the page of {} x {} mm",
                place.x,
                place.y,
                place.right(),
                place.bottom(),
                whole.w,
                whole.h
            );
            return Err(self.parser.wrong(span, what));
        }
        if let Some((other, _)) = self.taken.iter().find(|(_, taken)| taken.overlaps(&place)) {
            return Err(self.parser.wrong(span, format!("{name} overlaps {other}")));
        }
        self.taken.push((name.to_owned(), place));
        Ok(())
    }

    /// A name of the form that no other field has.
    fn name(&mut self, name: &str, span: Range<usize>) -> Result<(), FormError> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if name.is_empty() || !name.chars().all(plain) {
            let what = format!("name '{name}' must be small letters, digits and underscores");
            return Err(self.parser.wrong(span, what));
        }
        if !self.names.insert(name.to_owned()) {
            let what = format!("there are two fields called '{name}'");
            return Err(self.parser.wrong(span, what));
        }
        Ok(())
    }

    fn field(&mut self, file: Spanned<FieldFile>) -> Result<FormField, FormError> {
        let span = file.span();
        let file = file.into_inner();
        self.name(&file.name, span.clone())?;
        let kind = FieldKind::name;
        let kind = self
            .parser
            .word(&file.kind, &FieldKind::ALL, kind, span.clone())?;
        let style = match &file.style {
            Some(style) => {
                let name = BoxStyle::name;
                self.parser
                    .word(style, &BoxStyle::ALL, name, span.clone())?
            }
            None => BoxStyle::Separate,
        };
        let count = u64::from(file.count) * u64::from(file.rows);
        if !(1..=MOST_BOXES).contains(&count) {
            let what = format!("{count} boxes; a field has 1 to {MOST_BOXES}");
            return Err(self.parser.wrong(span, what));
        }
        if style == BoxStyle::Line && file.count > 1 {
            return Err(self
                .parser
                .wrong(span, "a line is one box: leave out count"));
        }
        let mut boxes = Vec::new();
        for place in file.places() {
            let name = format!("{} box {}", file.name, boxes.len() + 1);
            self.put(&name, place, span.clone())?;
            boxes.push(place);
        }
        Ok(FormField {
            name: file.name,
            kind,
            caption: file.caption,
            style,
            boxes,
        })
    }

    fn tick(&mut self, file: Spanned<TickFile>) -> Result<TickField, FormError> {
        let span = file.span();
        let file = file.into_inner();
        self.name(&file.name, span.clone())?;
        let choice = self
            .parser
            .word(&file.choice, &Choice::ALL, Choice::name, span.clone())?;
        let fits = match choice {
            Choice::Single => file.option.len() == 1,
            Choice::OneOf | Choice::ManyOf => file.option.len() > 1,
        };
        if !fits {
            let what = format!("{} with {} boxes", choice.name(), file.option.len());
            return Err(self.parser.wrong(span, what));
        }
        let mut options: Vec<TickBox> = Vec::new();
        for option in file.option {
            let span = option.span();
            let option = option.into_inner();
            if options.iter().any(|other| other.name == option.name) {
                let what = format!("there are two options called '{}'", option.name);
                return Err(self.parser.wrong(span, what));
            }
            let place = Area::new(option.x, option.y, option.size, option.size);
            self.put(&format!("{}.{}", file.name, option.name), place, span)?;
            options.push(TickBox {
                name: option.name,
                caption: option.caption,
                place,
            });
        }
        let consent = file.consent.map(|consent| self.consent(consent, choice));
        Ok(TickField {
            name: file.name,
            caption: file.caption,
            choice,
            options,
            consent: consent.transpose()?,
        })
    }

    fn consent(&self, file: Spanned<ConsentFile>, choice: Choice) -> Result<Consent, FormError> {
        let span = file.span();
        let file = file.into_inner();
        if choice != Choice::Single {
            let what = "a consent is one box for one purpose: choice = \"single\"";
            return Err(self.parser.wrong(span, what));
        }
        if file.channels.is_empty() || file.wording.trim().is_empty() || file.purpose.is_empty() {
            let what = "a consent names its purpose, its channels and its wording";
            return Err(self.parser.wrong(span, what));
        }
        let channels = file.channels.iter().map(|channel| {
            self.parser
                .word(channel, &Channel::ALL, Channel::name, span.clone())
        });
        Ok(Consent {
            purpose: file.purpose,
            channels: channels.collect::<Result<_, _>>()?,
            wording: file.wording,
        })
    }

    fn serial(&mut self, file: Spanned<SerialFile>) -> Result<Serial, FormError> {
        let span = file.span();
        let file = file.into_inner();
        self.name(&file.name, span.clone())?;
        let name = SerialKind::name;
        let kind = self
            .parser
            .word(&file.kind, &SerialKind::ALL, name, span.clone())?;
        let place = Area::new(file.x, file.y, file.width, file.height);
        self.put(&file.name, place, span)?;
        Ok(Serial {
            name: file.name,
            kind,
            place,
        })
    }
}

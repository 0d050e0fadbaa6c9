//! What a card designer should know before ten thousand are printed.

mod consent;
mod refusal;
mod words;

use crate::domain::form::{
    BoxStyle, Colour, FieldKind, Form, FormField, Serial, SerialKind, Side, TickBox, TickField,
};
use crate::domain::geometry::Area;
use crate::forms::draw::{option_name, text_name};

/// One piece of advice, with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// How much it weighs.
    pub weight: Weight,
    /// What it is about, as [`place_of`] names it.
    pub place: String,
    /// What to change and why.
    pub text: String,
}

/// How much advice weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// The form must not be used so.
    Error,
    /// It will be read less well.
    Warning,
}

/// The least size of a box for a capital, mm: below, people write over the edge, and
/// at 200 dpi a capital has fewer than 30 rows.
const BOX_WIDTH: f64 = 4.5;
const BOX_HEIGHT: f64 = 5.5;
/// The least white between separate boxes, mm, so that a stroke over the edge stays
/// with its own character.
const BETWEEN: f64 = 0.8;
/// The least distance of a box to the next field, mm.
const APART: f64 = 2.0;
/// The least size of a box to tick, mm, and its distance from the next.
const TICK: f64 = 3.5;
const TICKS_APART: f64 = 3.0;
/// What a feeder may cut off or leave black, mm.
const EDGE: f64 = 4.0;
/// The least size of the code, mm: its modules must have two pixels each at 150 dpi.
const CODE: f64 = 10.0;
/// White around the code, mm: four modules of a code of 14 mm (ISO/IEC 18004, 9.1).
const CODE_QUIET: f64 = 2.3;
/// White around a corner mark, mm, so that at 150 dpi it stands alone.
const MARK_QUIET: f64 = 1.0;
/// The least size of a bar code, mm: eight figures at 150 dpi, and high enough that one
/// whole line crosses it on a crooked page.
const BARCODE_WIDTH: f64 = 30.0;
const BARCODE_HEIGHT: f64 = 8.0;
/// The least size of a box to sign in, mm.
const SIGN_WIDTH: f64 = 45.0;
const SIGN_HEIGHT: f64 = 11.0;
/// The smallest print that everybody can read, in points.
const SMALL_PRINT: f64 = 6.0;
/// The least size of a corner mark, mm.
const MARK: f64 = 3.0;
/// How light a drop-out colour must be: the scanner's lamp makes it white from here.
const LIGHT: u32 = 150;

/// All advice on a form, errors first.
pub fn lint(form: &Form) -> Vec<Advice> {
    let mut advice = Vec::new();
    let mut say = |weight, place: String, text: String| {
        advice.push(Advice {
            weight,
            place,
            text,
        });
    };
    marks(form, &mut say);
    for (at, side) in form.sides.iter().enumerate() {
        let place = |name: &str| place_of(at, name);
        if side.code.w < CODE {
            say(
                Weight::Warning,
                place("the code"),
                format!(
                    "{:.1} mm is small for the code: {CODE} mm is read at 150 dpi",
                    side.code.w
                ),
            );
        }
        for field in &side.fields {
            boxes(field, &place(&field.name), &mut say);
        }
        ticks(side, &place, &mut say);
        consent::consents(form, side, &place, &mut say);
        printed(side, &place, &mut say);
        words::words(form, side, &place, &mut say);
        edges(form, at, &place, &mut say);
        quiet(form, side, &place, &mut say);
        neighbours(side, &place, &mut say);
    }
    advice.sort_by_key(|advice| advice.weight);
    advice
}

/// How advice names what stands on a side, counted from 0.
pub fn place_of(side: usize, name: &str) -> String {
    format!("side {}: {name}", side + 1)
}

type Say<'a> = &'a mut dyn FnMut(Weight, String, String);

fn marks(form: &Form, say: Say<'_>) {
    let place = || "corner marks".to_owned();
    if form.marks.size < MARK {
        let text = format!(
            "{:.1} mm is small for a mark: {MARK} mm is found at 150 dpi",
            form.marks.size
        );
        say(Weight::Warning, place(), text);
    }
    if form.marks.inset < EDGE {
        let text = format!(
            "marks {:.1} mm from the edge may be cut off by a feeder: keep {EDGE} mm",
            form.marks.inset
        );
        say(Weight::Warning, place(), text);
    }
    if let Colour::DropOut(rgb) = form.colour
        && rgb.iter().map(|part| u32::from(*part)).max() < Some(LIGHT)
    {
        let text = "the colour is too dark to drop out: no channel of it reaches the paper's white";
        say(Weight::Warning, "colour".to_owned(), text.to_owned());
    }
}

fn boxes(field: &FormField, place: &str, say: Say<'_>) {
    let Some(first) = field.boxes.first() else {
        return;
    };
    let mut warn = |text: String| say(Weight::Warning, place.to_owned(), text);
    if field.style == BoxStyle::Line {
        // What nobody types in needs no boxes: a person reads it.
        if field.kind == FieldKind::FreeText {
            return;
        }
        warn(
            "characters on an open line touch each other, and a person confirms every one: boxes \
             or a comb read far better"
                .to_owned(),
        );
    } else if first.w < BOX_WIDTH || first.h < BOX_HEIGHT {
        warn(format!(
            "boxes of {:.1} x {:.1} mm are small: people write over edges below {BOX_WIDTH} x \
             {BOX_HEIGHT} mm",
            first.w, first.h
        ));
    }
    let gap = field.boxes.get(1).map(|next| next.x - first.right());
    if field.style == BoxStyle::Separate && gap.is_some_and(|gap| gap < BETWEEN) {
        warn(format!(
            "boxes {:.1} mm apart share their strokes: leave {BETWEEN} mm between",
            gap.unwrap_or_default()
        ));
    }
    let count = field.boxes.len();
    match field.kind {
        FieldKind::Postcode if count < 7 => {
            warn(format!(
                "{count} boxes hold no full postcode: it has up to 7 characters"
            ));
        }
        FieldKind::DateOfBirth if count < 8 => {
            warn(format!(
                "{count} boxes invite two-digit years: ask for DD MM YYYY in 8"
            ));
        }
        FieldKind::Surname if count > 1 && count < 12 => {
            warn(format!(
                "{count} boxes cut long surnames off: 12 hold 999 of 1,000"
            ));
        }
        FieldKind::Street | FieldKind::Town if count > 1 && count < 18 => {
            warn(format!(
                "{count} boxes cut long names off: 18 hold 95 streets of 100, 99 towns"
            ));
        }
        FieldKind::MemberNumber if count < 6 => {
            warn(format!(
                "a member number of {count} digits has no room for a check digit"
            ));
        }
        FieldKind::MemberNumber if field.check.is_none() => {
            warn(
                "no check digit: one misread figure makes another member's number; give the \
                 numbers out with one and say check = \"luhn\""
                    .to_owned(),
            );
        }
        FieldKind::Phone if count > 1 && count < 11 => {
            warn(format!(
                "{count} boxes hold no full telephone number: it has 11 figures"
            ));
        }
        FieldKind::Email if count > 1 && count < 30 => {
            warn(format!(
                "{count} boxes cut long e-mail addresses off: give it 30 or more, in two rows"
            ));
        }
        _ => {}
    }
}

fn ticks(side: &Side, place: &dyn Fn(&str) -> String, say: Say<'_>) {
    let mut before: Vec<(&TickField, &TickBox)> = Vec::new();
    for tick in &side.ticks {
        if let Some(small) = tick.options.iter().find(|option| option.place.w < TICK) {
            let text = format!("a box below {TICK} mm is missed by hasty pens");
            say(Weight::Warning, place(&option_name(tick, small)), text);
        }
        for option in &tick.options {
            let place = || place(&option_name(tick, option));
            let near =
                |(_, other): &&(_, &TickBox)| distance(&option.place, &other.place) < TICKS_APART;
            if let Some((field, other)) = before.iter().find(near) {
                let text = format!(
                    "'{}' is less than {TICKS_APART} mm from '{}' of '{}': a large tick marks both",
                    option.name, other.name, field.name
                );
                say(Weight::Warning, place(), text);
            }
            let written = side.fields.iter().find(|field| {
                let mut boxes = field.boxes.iter();
                boxes.any(|place| distance(&option.place, place) < TICKS_APART)
            });
            if let Some(field) = written {
                let text = format!(
                    "'{}' is less than {TICKS_APART} mm from the boxes of '{}': a large tick runs \
                     into what is written there",
                    option.name, field.name
                );
                say(Weight::Warning, place(), text);
            }
            before.push((tick, option));
        }
    }
}

/// Serial numbers, signatures, and the size of print.
fn printed(side: &Side, place: &dyn Fn(&str) -> String, say: Say<'_>) {
    for serial in &side.serials {
        serial_number(serial, place(&serial.name), say);
    }
    for signature in &side.signatures {
        let Area { w, h, .. } = signature.place;
        if w < SIGN_WIDTH || h < SIGN_HEIGHT {
            let text = format!(
                "{w:.0} x {h:.0} mm is small to sign in: signatures run out of less than \
                 {SIGN_WIDTH} x {SIGN_HEIGHT} mm and into what is beside"
            );
            say(Weight::Warning, place(&signature.name), text);
        }
    }
    for (at, text) in side.texts.iter().enumerate() {
        if text.size >= SMALL_PRINT {
            continue;
        }
        let start: String = text.text.chars().take(24).collect();
        let advice = format!(
            "'{start}' in {} points: below {SMALL_PRINT} many people cannot read it",
            text.size
        );
        say(Weight::Warning, place(&text_name(at)), advice);
    }
}

fn serial_number(serial: &Serial, place: String, say: Say<'_>) {
    let Area { w, h, .. } = serial.place;
    match serial.kind {
        SerialKind::Printed if serial.check.is_none() => {
            let text = "no check digit: one misread figure makes another card's number; give the \
                        numbers out with one and say check = \"luhn\", or print a barcode";
            say(Weight::Warning, place, text.to_owned());
        }
        SerialKind::Barcode if w < BARCODE_WIDTH || h < BARCODE_HEIGHT => {
            let text = format!(
                "{w:.0} x {h:.0} mm is small for a bar code: {BARCODE_WIDTH} x {BARCODE_HEIGHT} mm \
                 is read at 150 dpi"
            );
            say(Weight::Warning, place, text);
        }
        SerialKind::Printed | SerialKind::Barcode => {}
    }
}

/// What stands too near to the code or to a corner mark.
fn quiet(form: &Form, side: &Side, place: &dyn Fn(&str) -> String, say: Say<'_>) {
    for (name, area) in side.places() {
        if area == side.code {
            continue;
        }
        if distance(&area, &side.code) < CODE_QUIET {
            let text = format!(
                "less than {CODE_QUIET} mm from the code: without white around it a code is not \
                 found"
            );
            say(Weight::Warning, place(&name), text);
        }
        let marks = form.corner_marks();
        if marks.iter().any(|mark| distance(&area, mark) < MARK_QUIET) {
            let text = format!(
                "less than {MARK_QUIET} mm from a corner mark: writing runs into it and moves the \
                 whole card"
            );
            say(Weight::Warning, place(&name), text);
        }
    }
}

fn edges(form: &Form, side: usize, place: &dyn Fn(&str) -> String, say: Say<'_>) {
    for (name, area) in form.sides[side].places() {
        let near = [
            area.x,
            area.y,
            form.width - area.right(),
            form.height - area.bottom(),
        ];
        let nearest = near.into_iter().fold(f64::INFINITY, f64::min);
        if nearest < EDGE {
            let text = format!("{nearest:.1} mm from the edge; a feeder may cut off {EDGE} mm");
            say(Weight::Warning, place(&name), text);
        }
    }
}

/// Fields whose boxes nearly touch those of another.
fn neighbours(side: &Side, place: &dyn Fn(&str) -> String, say: Say<'_>) {
    let fields = &side.fields;
    for (at, field) in fields.iter().enumerate() {
        let near = |other: &&FormField| {
            let pairs = field
                .boxes
                .iter()
                .flat_map(|a| other.boxes.iter().map(move |b| (a, b)));
            pairs.into_iter().any(|(a, b)| distance(a, b) < APART)
        };
        if let Some(other) = fields[..at].iter().find(near) {
            let text = format!(
                "less than {APART} mm from '{}': writing runs into it",
                other.name
            );
            say(Weight::Warning, place(&field.name), text);
        }
    }
}

/// The white between two places, mm.
fn distance(a: &Area, b: &Area) -> f64 {
    let across = (a.x - b.right()).max(b.x - a.right()).max(0.0);
    let down = (a.y - b.bottom()).max(b.y - a.bottom()).max(0.0);
    across.hypot(down)
}

//! A letter as the shapes on its pages.

use super::address::{entries, placed};
use super::body::{PITCH, SIZE, pages as body};
use super::lines::{broken, one_line};
use super::sheet;
use super::{PostError, PostLetter};
use crate::domain::form::Text;
use crate::domain::geometry::Area;
use crate::domain::grammar::case_code::case_code;
use crate::forms::draw::{Drawing, POINT, Shape, Tone, qr};
use crate::forms::width::width_of;

/// Sizes in points: the company's name, the smallest that a long one is printed in, the
/// rest of the letterhead, captions, the facts under them, the return address.
const NAME: f64 = 17.0;
const SMALLEST_NAME: f64 = 11.0;
const HEAD: f64 = 8.5;
const CAPTION: f64 = 7.0;
const FACT: f64 = 9.5;
const RETURN: f64 = 6.0;
/// The subject, points.
const SUBJECT: f64 = 11.0;
/// From line to line of the letterhead, of the size.
const HEAD_LEADING: f64 = 1.3;
/// From a caption to its fact, and on to the next caption, mm.
const TO_FACT: f64 = 4.2;
const TO_CAPTION: f64 = 6.6;
/// Thickness of a thin line, mm.
const HAIRLINE: f64 = 0.2;
/// No subject has more lines; it is a line, not a letter.
const SUBJECT_LINES: usize = 3;

/// The pages of a letter.
pub(super) fn pages(letter: &PostLetter) -> Result<Vec<Drawing>, PostError> {
    let case = letter.reference;
    // A name alone is nowhere to go.
    if entries(&letter.to).len() < 2 {
        return Err(PostError::NoAddress { case });
    }
    let address = placed(&letter.to).ok_or(PostError::AddressTooLong { case })?;
    let mut first = Page::new();
    first.letterhead(&letter.from, &letter.contact);
    first.fold_marks();
    first.words.extend(address);
    first.facts(letter);
    let top = first.subject(&letter.subject);
    let bodies = body(&letter.paragraphs, &letter.signature, top);
    let count = bodies.len();
    let mut drawings = Vec::with_capacity(count);
    for (at, lines) in bodies.into_iter().enumerate() {
        let mut page = if at == 0 {
            std::mem::replace(&mut first, Page::new())
        } else {
            let mut page = Page::new();
            page.running_head(letter);
            page
        };
        page.words.extend(lines);
        if count > 1 {
            page.number(at + 1, count);
        }
        drawings.push(page.drawing());
    }
    Ok(drawings)
}

/// A page in the making.
struct Page {
    shapes: Vec<Shape>,
    words: Vec<Text>,
}

impl Page {
    const fn new() -> Self {
        Self {
            shapes: Vec::new(),
            words: Vec::new(),
        }
    }

    fn write(&mut self, text: &str, (x, y): (f64, f64), size: f64, bold: bool) {
        self.words.push(Text {
            text: text.to_owned(),
            x,
            y,
            size,
            bold,
        });
    }

    /// The company: its name large, the rest in a column at the right, and in one small
    /// line over the address for the postman who brings the letter back.
    fn letterhead(&mut self, from: &[String], contact: &[String]) {
        let from = entries(from);
        let Some((name, postal)) = from.split_first() else {
            return;
        };
        let room = sheet::HEAD_COLUMN - sheet::LEFT - 6.0;
        let size = NAME * (room / width_of(name, NAME, true)).min(1.0);
        let size = size.max(SMALLEST_NAME);
        let lines = broken(name, room, size, true);
        let column = (sheet::LEFT, sheet::HEAD_FOOT);
        self.column(&lines, column, sheet::MAY_SHOW.y - 1.0, size, true);
        let room = sheet::WIDTH - sheet::HEAD_COLUMN - 8.0;
        let contact = entries(contact);
        let lines = postal.iter().chain(&contact);
        let lines = lines.flat_map(|line| broken(line, room, HEAD, false));
        let column = (sheet::HEAD_COLUMN, sheet::HEAD_TOP);
        let lines: Vec<String> = lines.collect();
        self.column(&lines, column, sheet::HEAD_BOTTOM, HEAD, false);
        if let Some(line) = return_line(&from) {
            self.write(&line, (sheet::LEFT, sheet::RETURN_FOOT), RETURN, false);
        }
    }

    /// Lines below each other, in smaller print where there are too many for the size.
    fn column(
        &mut self,
        lines: &[String],
        (x, top): (f64, f64),
        bottom: f64,
        size: f64,
        bold: bool,
    ) {
        let pitch = size * POINT * HEAD_LEADING;
        let height = pitch * lines.len().saturating_sub(1) as f64;
        let scale = ((bottom - top) / height).min(1.0);
        for (at, line) in lines.iter().enumerate() {
            let foot = top + at as f64 * pitch * scale;
            self.write(line, (x, foot), size * scale, bold);
        }
    }

    fn fold_marks(&mut self) {
        let (x, length) = sheet::FOLD_MARK;
        for y in sheet::FOLDS {
            let mark = Area::new(x, y - HAIRLINE / 2.0, length, HAIRLINE);
            self.shapes.push(Shape::Filled(mark, Tone::Form));
        }
    }

    /// Date and reference, and the code that says the reference.
    fn facts(&mut self, letter: &PostLetter) {
        let (x, mut foot) = sheet::FACTS;
        for (caption, fact, bold) in [
            ("Date", written(letter.date), false),
            ("Our reference", letter.reference.to_string(), true),
        ] {
            self.write(caption, (x, foot), CAPTION, false);
            self.write(&fact, (x, foot + TO_FACT), FACT, bold);
            foot += TO_FACT + TO_CAPTION;
        }
        self.shapes
            .extend(qr(&case_code(letter.reference), sheet::CODE));
    }

    /// What it is about; the foot of its last line, below which the letter begins.
    fn subject(&mut self, subject: &str) -> f64 {
        let room = sheet::RIGHT - sheet::LEFT;
        let mut lines = broken(&one_line(subject), room, SUBJECT, true);
        if lines.len() > SUBJECT_LINES {
            lines.truncate(SUBJECT_LINES);
            if let Some(last) = lines.last_mut() {
                last.truncate(last.rfind(' ').unwrap_or(last.len()));
                last.push_str(" ...");
            }
        }
        let mut foot = sheet::SUBJECT_FOOT - PITCH;
        for line in &lines {
            foot += PITCH;
            self.write(line, (sheet::LEFT, foot), SUBJECT, true);
        }
        foot
    }

    /// Whose page this is, should it be parted from the first.
    fn running_head(&mut self, letter: &PostLetter) {
        let reference = format!("Our reference {}", letter.reference);
        let foot = sheet::RUNNING_FOOT;
        self.write(&reference, (sheet::LEFT, foot), HEAD, false);
        let date = written(letter.date);
        let x = sheet::RIGHT - width_of(&date, HEAD, false);
        self.write(&date, (x, foot), HEAD, false);
        let line = Area::new(
            sheet::LEFT,
            foot + 2.2,
            sheet::RIGHT - sheet::LEFT,
            HAIRLINE,
        );
        self.shapes.push(Shape::Filled(line, Tone::Form));
    }

    fn number(&mut self, page: usize, count: usize) {
        let words = format!("Page {page} of {count}");
        let x = sheet::RIGHT - width_of(&words, HEAD, false);
        self.write(&words, (x, sheet::PAGE_FOOT), HEAD, false);
    }

    fn drawing(self) -> Drawing {
        let mut drawing = sheet::empty();
        drawing.shapes = self.shapes;
        drawing
            .shapes
            .extend(self.words.into_iter().map(Shape::Words));
        drawing
    }
}

/// As much of the company's address as one line over the window holds: all of it, else
/// its name and its last line, the postcode; else nothing: the letterhead says it all.
fn return_line(from: &[String]) -> Option<String> {
    let (name, last) = (from.first()?, from[1..].last()?);
    let lines = [from.join(", "), format!("{name}, {last}")];
    let mut lines = lines.map(|line| format!("Return to: {line}")).into_iter();
    lines.find(|line| width_of(line, RETURN, false) <= sheet::ADDRESS.w)
}

/// The day as British letters write it.
fn written(date: jiff::civil::Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// The subject stands in the text's own lines.
const _: () = assert!(SUBJECT >= SIZE);

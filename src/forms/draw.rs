//! What is printed on a side, as a list of shapes: one list for the printer's PDF,
//! for the picture on screen, and for what a scan is compared with.

use super::code::Modules;
use crate::domain::form::{
    BoxStyle, Form, FormField, Side, SignatureBox, Text, TickBox, TickField,
};
use crate::domain::geometry::{Area, INCH};

/// Everything that is printed on one side.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    /// Width of the sheet in mm.
    pub width: f64,
    /// Height of the sheet in mm.
    pub height: f64,
    /// What is printed, later over earlier.
    pub shapes: Vec<Shape>,
}

/// A printed shape.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// A filled rectangle.
    Filled(Area, Tone),
    /// Words.
    Words(Text),
}

/// In what a shape is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Black, whatever the form's colour.
    Black,
    /// The form's colour.
    Form,
    /// No ink: a hole in what is under it.
    Paper,
}

/// Thickness of the frames of boxes, mm: thin enough to be taken out of a scan, thick
/// enough to be printed whole.
pub const FRAME: f64 = 0.2;
/// A caption's size in points, and its distance from its boxes in mm.
const CAPTION: f64 = 7.0;
const ABOVE: f64 = 1.2;
/// A tick's caption, from its box, in mm.
const BESIDE: f64 = 1.8;
/// Points to mm.
pub const POINT: f64 = INCH / 72.0;
/// The hole of the mark that tells which way up the sheet is, of the mark's size.
const HOLE: f64 = 0.5;

/// What is printed on a side, counted from 0.
pub fn draw(form: &Form, side: usize) -> Drawing {
    let mut pen = Pen { shapes: Vec::new() };
    pen.marks(form);
    if let Some(laid) = form.sides.get(side) {
        pen.shapes.extend(qr(&form.code(side), laid.code));
        pen.side(laid);
    }
    Drawing {
        width: form.width,
        height: form.height,
        shapes: pen.shapes,
    }
}

/// A QR code whose modules fill the place; neighbours in a row are one shape.
pub fn qr(text: &str, place: Area) -> Vec<Shape> {
    // A code of at most 40 characters always fits.
    let Some(code) = Modules::of(text) else {
        return Vec::new();
    };
    let module = place.w / code.side as f64;
    let mut shapes = Vec::new();
    for (row, modules) in code.dark.chunks(code.side).enumerate() {
        let mut column = 0;
        for run in modules.chunk_by(|a, b| a == b) {
            if run[0] {
                let x = place.x + column as f64 * module;
                let y = place.y + row as f64 * module;
                let run = Area::new(x, y, run.len() as f64 * module, module);
                shapes.push(Shape::Filled(run, Tone::Black));
            }
            column += run.len();
        }
    }
    shapes
}

/// The words on a side, each with the name of what it belongs to: a field, an option, a
/// box to sign in, or its own number.
pub(super) fn words_of(side: &Side) -> Vec<(String, Text)> {
    let mut words = Vec::new();
    let mut caption = |name: String, caption: &str, x: f64, y: f64| {
        if !caption.is_empty() {
            let text = Text {
                text: caption.to_owned(),
                x,
                y,
                size: CAPTION,
                bold: false,
            };
            words.push((name, text));
        }
    };
    for field in &side.fields {
        if let Some(first) = field.boxes.first() {
            caption(field.name.clone(), &field.caption, first.x, first.y - ABOVE);
        }
    }
    for tick in &side.ticks {
        if let Some(TickBox { place, .. }) = tick.options.first() {
            caption(tick.name.clone(), &tick.caption, place.x, place.y - ABOVE);
        }
        for option in &tick.options {
            let place = option.place;
            let middle = place.y + (place.h + CAPTION * POINT * 0.7) / 2.0;
            let name = option_name(tick, option);
            caption(name, &option.caption, place.right() + BESIDE, middle);
        }
    }
    for SignatureBox {
        name,
        caption: words,
        place,
    } in &side.signatures
    {
        caption(name.clone(), words, place.x, place.y - ABOVE);
    }
    let texts = side.texts.iter().enumerate();
    words.extend(texts.map(|(at, text)| (text_name(at), text.clone())));
    words
}

/// How a box to tick is called on its side.
pub fn option_name(tick: &TickField, option: &TickBox) -> String {
    format!("{}.{}", tick.name, option.name)
}

/// How a printed text is called on its side, counted from 0.
pub(super) fn text_name(at: usize) -> String {
    format!("text {}", at + 1)
}

struct Pen {
    shapes: Vec<Shape>,
}

impl Pen {
    fn fill(&mut self, area: Area, tone: Tone) {
        self.shapes.push(Shape::Filled(area, tone));
    }

    /// A frame around an area; its ink lies outside.
    fn frame(&mut self, area: Area, tone: Tone) {
        let Area { x, y, w, h } = area;
        let (x, y, w, h) = (x - FRAME, y - FRAME, w + 2.0 * FRAME, h + 2.0 * FRAME);
        self.fill(Area::new(x, y, w, FRAME), tone);
        self.fill(Area::new(x, y + h - FRAME, w, FRAME), tone);
        self.fill(Area::new(x, y, FRAME, h), tone);
        self.fill(Area::new(x + w - FRAME, y, FRAME, h), tone);
    }

    /// Four squares, the lower right one with a hole.
    fn marks(&mut self, form: &Form) {
        let marks = form.corner_marks();
        for mark in marks {
            self.fill(mark, Tone::Black);
        }
        let mark = marks[2];
        let rim = mark.w * (1.0 - HOLE) / 2.0;
        let hole = Area::new(mark.x + rim, mark.y + rim, mark.w * HOLE, mark.h * HOLE);
        self.fill(hole, Tone::Paper);
    }

    fn side(&mut self, side: &Side) {
        for field in &side.fields {
            self.field(field);
        }
        for option in side.ticks.iter().flat_map(|tick| &tick.options) {
            self.frame(option.place, Tone::Form);
        }
        for signature in &side.signatures {
            self.frame(signature.place, Tone::Form);
        }
        let words = words_of(side).into_iter();
        self.shapes
            .extend(words.map(|(_, text)| Shape::Words(text)));
    }

    fn field(&mut self, field: &FormField) {
        match field.style {
            BoxStyle::Separate => {
                for place in &field.boxes {
                    self.frame(*place, Tone::Form);
                }
            }
            BoxStyle::Comb => self.comb(&field.boxes),
            BoxStyle::Line => {
                for place in &field.boxes {
                    let line = Area::new(place.x, place.bottom(), place.w, FRAME);
                    self.fill(line, Tone::Form);
                }
            }
        }
    }

    /// A frame around every run of boxes that touch, with one line between two.
    fn comb(&mut self, boxes: &[Area]) {
        let touch = |a: &Area, b: &Area| a.y == b.y && (b.x - a.right()).abs() < 2.0 * FRAME;
        for run in boxes.chunk_by(touch) {
            let (Some(first), Some(last)) = (run.first(), run.last()) else {
                continue;
            };
            let whole = Area::new(first.x, first.y, last.right() - first.x, first.h);
            self.frame(whole, Tone::Form);
            for pair in run.windows(2) {
                let middle = f64::midpoint(pair[0].right(), pair[1].x);
                let line = Area::new(middle - FRAME / 2.0, first.y, FRAME, first.h);
                self.fill(line, Tone::Form);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forms::parse;
    use crate::forms::tests::CARD;

    #[test]
    fn frames_stand_around_their_boxes() {
        let form = parse(CARD).unwrap();
        let drawing = draw(&form, 0);
        let ink: Vec<Area> = drawing
            .shapes
            .iter()
            .filter_map(|shape| match shape {
                Shape::Filled(area, Tone::Form) => Some(*area),
                _ => None,
            })
            .collect();
        // Eight boxes and one tick, four strokes each.
        assert_eq!(ink.len(), 36);
        for place in form.sides[0].places().iter().map(|(_, place)| place) {
            let shrunk = Area::new(
                place.x + 0.01,
                place.y + 0.01,
                place.w - 0.02,
                place.h - 0.02,
            );
            assert!(!ink.iter().any(|ink| ink.overlaps(&shrunk)), "{place:?}");
        }
    }

    #[test]
    fn a_comb_has_one_line_between_two_boxes() {
        let text = CARD.replace("pitch = 6\n", "pitch = 5\nstyle = \"comb\"\n");
        let drawing = draw(&parse(&text).unwrap(), 0);
        let ink = drawing.shapes.iter().filter_map(|shape| match shape {
            Shape::Filled(area, Tone::Form) if area.y > 30.0 && area.y < 50.0 => Some(*area),
            _ => None,
        });
        let (upright, level): (Vec<Area>, Vec<Area>) = ink.partition(|ink| ink.h > ink.w);
        // Four boxes, a gap, four boxes: two frames, three lines in each.
        assert_eq!((upright.len(), level.len()), (10, 4));
        let lines: Vec<f64> = upright
            .iter()
            .map(|ink| (ink.x * 10.0).round() / 10.0)
            .collect();
        assert_eq!(lines[2..5], [14.9, 19.9, 24.9]);
    }

    #[test]
    fn the_code_fills_its_place() {
        let form = parse(CARD).unwrap();
        let code = form.sides[0].code;
        let marks = form.corner_marks();
        let drawing = draw(&form, 0);
        let black = drawing.shapes.iter().filter_map(|shape| match shape {
            Shape::Filled(area, Tone::Black) if !marks.contains(area) => Some(*area),
            _ => None,
        });
        let (mut left, mut right): (f64, f64) = (f64::MAX, 0.0);
        for area in black {
            left = left.min(area.x);
            right = right.max(area.right());
            assert!(area.y >= code.y - 1e-9 && area.bottom() <= code.bottom() + 1e-9);
        }
        assert!((left - code.x).abs() < 1e-9 && (right - code.right()).abs() < 1e-9);
    }
}

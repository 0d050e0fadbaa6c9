//! What is on a card that lies on its form: what is written, ticked and signed.

use crate::domain::card::{
    CardSide, Ink, MAX_RESIDUAL, RecognisedBy, Signature, Tick, TickState, WrittenBox, WrittenField,
};
use crate::domain::confidence::Probability;
use crate::domain::form::{BoxStyle, Choice, Form, FormField, Side, SignatureBox, TickField};
use crate::domain::geometry::{Area, Rect, Turn};
use crate::domain::verdict::Verdict;
use crate::forms::draw::FRAME;
use crate::imaging::comb::{Cut, DENSITY, cut};
use crate::imaging::pix::PixError;
use crate::imaging::plane::Plane;
use crate::imaging::register::Registration;
use crate::imaging::ticks::tick_ink;
use crate::imaging::warp::{Patch, Point};

use super::blank::Print;

/// Margin of paper that is looked at around a row of boxes, mm.
const MARGIN: f64 = 1.4;
/// Print is taken off with this much around it, mm: what registration may err by.
const AROUND_PRINT: f64 = 0.25;
/// Ink of a box in squared mm: less is nothing, from the second on it is writing. A dot
/// of a fine pen has 0.1, a capital I 1.5.
const FAINT: f64 = 0.08;
const WRITTEN: f64 = 0.45;
/// A signature has at least this much ink, in squared mm.
const SIGNED: f64 = 4.0;

/// A side of a form laid over the page it was scanned to.
pub(super) struct Laid<'a> {
    pub(super) form: &'a Form,
    pub(super) side: usize,
    pub(super) print: &'a Print,
    pub(super) plane: &'a Plane,
    pub(super) registration: &'a Registration,
    pub(super) turn: Turn,
}

impl Laid<'_> {
    /// Reads the side.
    pub(super) fn read(&self, recognised: RecognisedBy) -> Result<CardSide, PixError> {
        let side = &self.form.sides[self.side];
        let fields = side.fields.iter().map(|field| self.field(field));
        Ok(CardSide {
            form: self.form.id.clone(),
            version: self.form.version,
            side: self.side as u32 + 1,
            recognised,
            residual: self.registration.residual,
            fields: fields.collect::<Result<_, _>>()?,
            ticks: self.ticks(side),
            signatures: side
                .signatures
                .iter()
                .map(|place| self.signature(place))
                .collect(),
        })
    }

    /// What stands in the boxes of a field, row by row.
    pub(super) fn cuts(&self, field: &FormField) -> Result<Vec<Cut>, PixError> {
        let mut cuts = Vec::with_capacity(field.boxes.len());
        for row in field.boxes.chunk_by(|a, b| (a.y - b.y).abs() < 0.01) {
            let mut patch = self.see(&around(row, MARGIN));
            for place in row {
                match field.style {
                    BoxStyle::Separate | BoxStyle::Comb => patch.drop_frame(place, FRAME),
                    BoxStyle::Line => {
                        let line = Area::new(place.x, place.bottom(), place.w, FRAME);
                        patch.drop_line(&line);
                    }
                }
            }
            cuts.extend(cut(&patch, row)?);
        }
        Ok(cuts)
    }

    fn field(&self, field: &FormField) -> Result<WrittenField, PixError> {
        let cuts = self.cuts(field)?;
        let boxes = field
            .boxes
            .iter()
            .zip(&cuts)
            .map(|(place, cut)| WrittenBox {
                place: self.on_page(place),
                ink: match cut.ink {
                    WRITTEN.. => Ink::Written,
                    FAINT.. => Ink::Faint,
                    _ => Ink::Empty,
                },
            });
        Ok(WrittenField {
            name: field.name.clone(),
            place: self.on_page(&around(&field.boxes, MARGIN)),
            boxes: boxes.collect(),
        })
    }

    fn ticks(&self, side: &Side) -> Vec<Tick> {
        let fields = side.ticks.iter();
        let fields = fields.map(|field| self.tick_field(field));
        fields.flatten().collect()
    }

    fn tick_field(&self, field: &TickField) -> Vec<Tick> {
        let options = field.options.iter().map(|option| {
            let (state, probability) = self.judge(&option.place);
            let sure = matches!(state, TickState::Empty | TickState::Marked);
            let lies_right = self.registration.residual <= MAX_RESIDUAL;
            let (verdict, reason) = match (sure, lies_right) {
                (true, true) => (Verdict::Accepted, "clear"),
                (false, _) => (Verdict::Review, "not cleanly ticked or empty"),
                (true, false) => (Verdict::Review, "the scan does not lie right on the form"),
            };
            Tick {
                name: match field.choice {
                    Choice::Single => field.name.clone(),
                    Choice::OneOf | Choice::ManyOf => format!("{}.{}", field.name, option.name),
                },
                consent: field.consent.clone(),
                state,
                probability,
                verdict,
                reason: reason.to_owned(),
                place: self.on_page(&option.place),
            }
        });
        options.collect()
    }

    fn judge(&self, place: &Area) -> (TickState, Probability) {
        let mut patch = self.see(&around(&[*place], place.w * 0.7));
        patch.drop_frame(place, FRAME);
        let ink = tick_ink(&patch, place);
        let state = match ink.inside {
            ..0.02 => TickState::Empty,
            ..0.05 => TickState::Unsure,
            ..0.5 => TickState::Marked,
            _ => TickState::Corrected,
        };
        (state, Probability::clamped(0.9))
    }

    fn signature(&self, signature: &SignatureBox) -> Signature {
        let mut patch = self.see(&around(&[signature.place], 0.5));
        patch.drop_frame(&signature.place, FRAME);
        let square = patch.density * patch.density * 255.0;
        let ink = patch.ink.iter().map(|ink| f64::from(*ink)).sum::<f64>() / square;
        Signature {
            name: signature.name.clone(),
            signed: ink >= SIGNED,
            place: self.on_page(&signature.place),
        }
    }

    /// The scan of a place without what is printed there in black.
    fn see(&self, area: &Area) -> Patch {
        let mut patch = self.registration.warp.see(self.plane, area, DENSITY);
        patch.drop_print(&self.print.black, AROUND_PRINT);
        patch
    }

    /// Where a place of the form lies on the page once that is turned upright.
    fn on_page(&self, area: &Area) -> Rect {
        let corners = [
            (area.x, area.y),
            (area.right(), area.y),
            (area.right(), area.bottom()),
            (area.x, area.bottom()),
        ];
        let corners = corners.map(|(x, y)| self.registration.warp.place(Point::new(x, y)));
        let size = Point::new(self.plane.width as f64, self.plane.height as f64);
        let corners = corners.map(|corner| turned(corner, size, self.turn));
        let end = match self.turn {
            Turn::None | Turn::Half => size,
            Turn::Quarter | Turn::ThreeQuarter => Point::new(size.y, size.x),
        };
        let reduction = self.plane.reduction;
        let least = |at: fn(&Point) -> f64, end: f64| {
            let least = corners.iter().map(at).fold(f64::MAX, f64::min);
            ((least * reduction).round().max(0.0)).min(end * reduction - 1.0) as u32
        };
        let most = |at: fn(&Point) -> f64, end: f64| {
            let most = corners.iter().map(at).fold(0.0, f64::max);
            ((most * reduction).round().max(1.0)).min(end * reduction) as u32
        };
        let (left, top) = (least(|p| p.x, end.x), least(|p| p.y, end.y));
        let (right, bottom) = (most(|p| p.x, end.x), most(|p| p.y, end.y));
        let length = |from: u32, to: u32| to.saturating_sub(from).max(1);
        Rect::new(left, top, length(left, right), length(top, bottom))
    }
}

/// A point of an image of this size, after a clockwise turn.
fn turned(point: Point, size: Point, turn: Turn) -> Point {
    match turn {
        Turn::None => point,
        Turn::Quarter => Point::new(size.y - point.y, point.x),
        Turn::Half => Point::new(size.x - point.x, size.y - point.y),
        Turn::ThreeQuarter => Point::new(point.y, size.x - point.x),
    }
}

/// The smallest area that holds all of them, and a margin.
fn around(places: &[Area], margin: f64) -> Area {
    let least = |side: fn(&Area) -> f64| places.iter().map(side).fold(f64::MAX, f64::min);
    let most = |side: fn(&Area) -> f64| places.iter().map(side).fold(0.0, f64::max);
    let (x, y) = (least(|area| area.x), least(|area| area.y));
    let (right, bottom) = (most(Area::right), most(Area::bottom));
    Area::new(
        x - margin,
        y - margin,
        right - x + 2.0 * margin,
        bottom - y + 2.0 * margin,
    )
}

#[cfg(test)]
impl Laid<'_> {
    pub(super) fn dump(&self, to: &str) {
        let save = |patch: &Patch, name: String| {
            let mut text = format!("P5 {} {} 255\n", patch.width, patch.height).into_bytes();
            text.extend(patch.ink.iter().map(|ink| 255 - ink));
            std::fs::write(format!("{to}-{name}.pgm"), text).unwrap();
        };
        for field in &self.form.sides[self.side].fields {
            let row = &field.boxes;
            let mut patch = self.see(&around(row, MARGIN));
            save(&patch, format!("{}-a", field.name));
            for place in row {
                patch.drop_frame(place, FRAME);
            }
            save(&patch, format!("{}-b", field.name));
        }
    }
}

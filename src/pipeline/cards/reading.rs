//! What is on a card that lies on its form: what is written, ticked and signed.

use crate::domain::card::{
    CardSide, Ink, MAX_RESIDUAL, RecognisedBy, Signature, Tick, TickState, WrittenBox, WrittenField,
};
use crate::domain::confidence::Probability;
use crate::domain::form::{
    BoxStyle, Choice, Colour, Consent, Form, FormField, SignatureBox, TickField,
};
use crate::domain::geometry::{Area, Rect, Turn};
use crate::domain::verdict::Verdict;
use crate::engines::EngineError;
use crate::engines::ticks::{TickNetwork, TickStates};
use crate::forms::draw::FRAME;
use crate::imaging::comb::{Cut, DENSITY, cut};
use crate::imaging::pix::PixError;
use crate::imaging::plane::Plane;
use crate::imaging::register::Registration;
use crate::imaging::ticks::{SPAN, tick_picture};
use crate::imaging::warp::{Patch, Point};

use super::NotLooked;
use super::blank::Print;

/// Margin of paper that is looked at around a row of boxes, mm.
const MARGIN: f64 = 1.4;
/// Print is taken off with this much around it, mm: what registration may err by.
const AROUND_PRINT: f64 = 0.25;
/// Ink of a box in squared mm: less is nothing, from the second on it is writing. A dot
/// of a fine pen has 0.1, a capital I 1.5.
const FAINT: f64 = 0.1;
const WRITTEN: f64 = 0.4;
/// The same of an open line, which is twenty boxes long: dirt adds up. On 178 empty lines
/// at severities 1 to 3 it came to 6.3 at most, to 1.4 at severity 1; the least that was
/// written on 58 had 17, and a small "No" by a fine pen has 4.
const FAINT_LINE: f64 = 1.5;
const WRITTEN_LINE: f64 = 4.0;
/// A box is marked from this probability on. On 11,261 boxes that were not, which the
/// network had never seen, none had as much; of those that were, 99.5 % (models/ticks.md).
const SURELY_MARKED: f64 = 0.93;
/// A box is empty when a mark or a mark taken back are no likelier than this together,
/// and it is rather empty than ambiguous: the network was shown a doubtful box for every
/// two empty ones, and real cards have one for fifty.
const HARDLY_A_MARK: f64 = 0.05;
const RATHER_EMPTY: f64 = 0.2;
const LIKELY_CORRECTED: f64 = 0.5;
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
    /// Whether the frames of boxes are on the scan, or the scanner dropped them out.
    pub(super) frames: bool,
}

/// So many boxes tell whether a scan has the frames of all.
const TELLING: usize = 24;

impl<'a> Laid<'a> {
    /// Lays a side over its page.
    pub(super) fn new(
        (form, side): (&'a Form, usize),
        print: &'a Print,
        plane: &'a Plane,
        registration: &'a Registration,
        turn: Turn,
    ) -> Self {
        let mut laid = Self {
            form,
            side,
            print,
            plane,
            registration,
            turn,
            frames: true,
        };
        laid.frames = form.colour == Colour::Black || laid.has_frames();
        laid
    }

    /// Whether most boxes have their frames.
    fn has_frames(&self) -> bool {
        let side = &self.form.sides[self.side];
        let fields = side.fields.iter();
        let written = fields
            .filter(|field| field.style != BoxStyle::Line)
            .flat_map(|field| &field.boxes);
        let ticked = side.ticks.iter().flat_map(|field| &field.options);
        let boxes: Vec<&Area> = written.chain(ticked.map(|option| &option.place)).collect();
        let some = boxes.iter().step_by(boxes.len().div_ceil(TELLING).max(1));
        let seen = some.clone().filter(|place| {
            let mut patch = self.see(&around(&[***place], MARGIN));
            patch.has_frame(place, FRAME)
        });
        2 * seen.count() > some.count()
    }
}

impl Laid<'_> {
    /// Reads the side.
    pub(super) fn read(
        &self,
        recognised: RecognisedBy,
        network: &TickNetwork,
    ) -> Result<CardSide, NotLooked> {
        let side = &self.form.sides[self.side];
        let fields = side.fields.iter().map(|field| self.field(field));
        Ok(CardSide {
            form: self.form.id.clone(),
            version: self.form.version,
            side: self.side as u32 + 1,
            recognised,
            residual: self.registration.residual,
            fields: fields.collect::<Result<_, _>>()?,
            ticks: self.ticks(&side.ticks, network)?,
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
                    BoxStyle::Separate | BoxStyle::Comb => self.drop_frame(&mut patch, place),
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
        let (faint, written) = match field.style {
            BoxStyle::Separate | BoxStyle::Comb => (FAINT, WRITTEN),
            BoxStyle::Line => (FAINT_LINE, WRITTEN_LINE),
        };
        let boxes = field
            .boxes
            .iter()
            .zip(&cuts)
            .map(|(place, cut)| WrittenBox {
                place: self.on_page(place),
                ink: match cut.ink {
                    ink if ink >= written => Ink::Written,
                    ink if ink >= faint => Ink::Faint,
                    _ => Ink::Empty,
                },
            });
        Ok(WrittenField {
            name: field.name.clone(),
            place: self.on_page(&around(&field.boxes, MARGIN)),
            boxes: boxes.collect(),
        })
    }

    /// The pictures of all boxes to tick, in the form's order.
    pub(super) fn tick_pictures(&self) -> Vec<Vec<u8>> {
        let fields = self.form.sides[self.side].ticks.iter();
        let boxes = fields.flat_map(|field| &field.options);
        boxes
            .map(|option| self.tick_picture(&option.place))
            .collect()
    }

    fn tick_picture(&self, place: &Area) -> Vec<u8> {
        let mut patch = self.see(&around(&[*place], place.w * (SPAN - 1.0) / 2.0));
        self.drop_frame(&mut patch, place);
        tick_picture(&patch, place)
    }

    fn ticks(&self, fields: &[TickField], network: &TickNetwork) -> Result<Vec<Tick>, EngineError> {
        let mut judged = network.judge(&self.tick_pictures())?.into_iter();
        let mut ticks = Vec::with_capacity(judged.len());
        for field in fields {
            let first = ticks.len();
            let options = field.options.iter().zip(judged.by_ref());
            ticks.extend(options.map(|(option, states)| {
                let name = match field.choice {
                    Choice::Single => field.name.clone(),
                    Choice::OneOf | Choice::ManyOf => format!("{}.{}", field.name, option.name),
                };
                self.tick(name, field.consent.clone(), states, &option.place)
            }));
            if field.choice == Choice::OneOf {
                only_one(&mut ticks[first..]);
            }
        }
        Ok(ticks)
    }

    fn tick(
        &self,
        name: String,
        consent: Option<Consent>,
        states: TickStates,
        place: &Area,
    ) -> Tick {
        let (state, probability) = decide(&states);
        let (verdict, reason) = if self.registration.residual > MAX_RESIDUAL {
            (Verdict::Review, "the scan does not lie right on the form")
        } else {
            match state {
                TickState::Empty => (Verdict::Accepted, "nothing in the box"),
                TickState::Marked => (Verdict::Accepted, "cleanly marked"),
                TickState::Corrected => (Verdict::Review, "looks like a mark taken back"),
                TickState::Unsure => (Verdict::Review, "neither empty nor cleanly marked"),
            }
        };
        Tick {
            name,
            consent,
            state,
            probability: Probability::clamped(probability),
            verdict,
            reason: reason.to_owned(),
            place: self.on_page(place),
        }
    }

    fn signature(&self, signature: &SignatureBox) -> Signature {
        let mut patch = self.see(&around(&[signature.place], 0.5));
        self.drop_frame(&mut patch, &signature.place);
        let square = patch.density * patch.density * 255.0;
        let ink = patch.ink.iter().map(|ink| f64::from(*ink)).sum::<f64>() / square;
        Signature {
            name: signature.name.clone(),
            signed: ink >= SIGNED,
            place: self.on_page(&signature.place),
        }
    }

    fn drop_frame(&self, patch: &mut Patch, place: &Area) {
        if self.frames {
            patch.drop_frame(place, FRAME);
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

/// The state of a box, and how likely it is. Nothing is taken for empty or marked
/// unless it is as good as certain: a consent hangs on it.
fn decide(states: &TickStates) -> (TickState, f64) {
    let TickStates {
        empty,
        marked,
        corrected,
        ambiguous,
    } = *states;
    if marked >= SURELY_MARKED {
        (TickState::Marked, marked)
    } else if marked + corrected <= HARDLY_A_MARK && empty >= RATHER_EMPTY * (empty + ambiguous) {
        (TickState::Empty, 1.0 - marked - corrected)
    } else if corrected >= LIKELY_CORRECTED {
        (TickState::Corrected, corrected)
    } else {
        (TickState::Unsure, 1.0 - empty.max(marked).max(corrected))
    }
}

/// Two marks where there should be one: a person must look at all of them.
fn only_one(options: &mut [Tick]) {
    let marked = |tick: &&Tick| tick.state == TickState::Marked;
    if options.iter().filter(marked).count() > 1 {
        for tick in options {
            tick.verdict = Verdict::Review;
            tick.reason = "more than one is marked".to_owned();
        }
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
    /// Each field's row of boxes before and after their frames are dropped, as PGM files
    /// by name: for looking at.
    pub(super) fn pictures(&self) -> Vec<(String, Vec<u8>)> {
        let pgm = |patch: &Patch| {
            let mut file = format!("P5 {} {} 255\n", patch.width, patch.height).into_bytes();
            file.extend(patch.ink.iter().map(|ink| 255 - ink));
            file
        };
        let mut pictures = Vec::new();
        for field in &self.form.sides[self.side].fields {
            let mut patch = self.see(&around(&field.boxes, MARGIN));
            pictures.push((format!("{}-a", field.name), pgm(&patch)));
            for place in &field.boxes {
                patch.drop_frame(place, FRAME);
            }
            pictures.push((format!("{}-b", field.name), pgm(&patch)));
        }
        pictures
    }
}

//! What is on a card that lies on its form: what is written, ticked and signed.

use crate::domain::card::{
    CardSide, Ink, MAX_RESIDUAL, RecognisedBy, SIGNED_WITHIN, Signature, Tick, TickState,
    UNKNOWN_RESIDUAL, WrittenBox, WrittenField,
};
use crate::domain::confidence::Probability;
use crate::domain::form::{
    BoxStyle, Choice, Colour, Consent, FieldKind, Form, FormField, SignatureBox, TickField,
};
use crate::domain::geometry::{Area, Rect, Turn};
use crate::domain::lattice::Lattice;
use crate::domain::verdict::Verdict;
use crate::engines::line_reader::LineNetwork;
use crate::engines::ticks::{TickNetwork, TickStates};
use crate::engines::{EngineError, Networks, Ocr};
use crate::forms::draw::FRAME;
use crate::imaging::comb::{Cut, DENSITY, cut};
use crate::imaging::glyph::{GlyphPicture, glyph_picture};
use crate::imaging::line_picture::{LinePicture, line_picture};
use crate::imaging::pix::{Pix, PixError};
use crate::imaging::plane::Plane;
use crate::imaging::register::Registration;
use crate::imaging::ticks::{SPAN, tick_picture};
use crate::imaging::warp::{Patch, Point};

use super::blank::Print;
use super::handwriting;
use super::serials::framed;
use super::{NotLooked, line_lattice};

/// Margin of paper that is looked at around a row of boxes, mm.
const MARGIN: f64 = 1.4;
/// Print is taken off with this much around it, mm: what registration may err by.
const AROUND_PRINT: f64 = 0.25;
/// Ink in squared mm from which a box is written in: so much in all, so much of it well
/// within the box, and a stroke of this length in mm. A dot of a fine pen has 0.12, a
/// capital I 1.5; dirt is round. Less is faint.
const WRITTEN: f64 = 0.4;
const WITHIN: f64 = 0.2;
const STROKE: f64 = 0.8;
/// Ink and specks of this area together, in squared mm, may be faint writing. Of 22,023
/// boxes with writing in them, a twelfth in pencil, the least had 0.23; of 29,882 empty
/// ones at severities 2 and 3 6.1 % have more than this, where any ink at all made 10.1 %
/// faint (November 2026).
const FAINT: f64 = 0.18;
/// In an e-mail address it may be a dot, and any piece counts, or this much in specks.
const CRUMBS: f64 = 0.3;
/// The same of an open line, which is twenty boxes long: dirt adds up. On 178 empty lines
/// at severities 1 to 3 it came to 6.3 at most, to 1.4 at severity 1; the least that was
/// written on 58 had 17, and a small "No" by a fine pen has 4.
const FAINT_LINE: f64 = 1.5;
const CRUMBS_LINE: f64 = 3.0;
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
/// What a scan that only just lies right takes off a probability.
const RESIDUAL_COSTS: f64 = 0.05;
/// A signature has at least this much ink, in squared mm, and goes this far, in mm.
const SIGNED: f64 = 4.0;
const SCRAWL: f64 = 5.0;

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

/// How a side was seen as a whole.
struct Seen {
    recognised: RecognisedBy,
    residual: f64,
}

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
        networks: &Networks,
        (page, print): (&Pix, Option<&mut dyn Ocr>),
    ) -> Result<CardSide, NotLooked> {
        let side = &self.form.sides[self.side];
        let signatures = side.signatures.iter().map(|place| self.signature(place));
        let seen = Seen {
            residual: self.residual(),
            recognised,
        };
        Ok(CardSide {
            form: self.form.id.clone(),
            version: self.form.version,
            side: self.side as u32 + 1,
            recognised,
            residual: seen.residual,
            fields: self.fields(&side.fields, networks)?,
            ticks: self.ticks(&side.ticks, &seen, &networks.ticks)?,
            signatures: signatures.collect::<Result<_, _>>()?,
            serials: self.serials(page, print)?,
        })
    }

    /// How well the scan lies on the form in a place, in mm; one that is not on the scan
    /// lies as badly as can be.
    pub(super) fn off(&self, place: &Area) -> f64 {
        if self.is_on_scan(place) {
            self.registration.residual_at(place)
        } else {
            UNKNOWN_RESIDUAL
        }
    }

    /// How well the scan lies on the form at its worst place, in mm.
    fn residual(&self) -> f64 {
        let side = &self.form.sides[self.side];
        let written = side.fields.iter().flat_map(|field| &field.boxes);
        let ticks = side.ticks.iter().flat_map(|field| &field.options);
        let signed = side.signatures.iter().map(|signature| &signature.place);
        let read = written.chain(ticks.map(|option| &option.place));
        let read = read.map(|place| self.off(place));
        let signed = signed.map(|place| self.off(place) * MAX_RESIDUAL / SIGNED_WITHIN);
        read.chain(signed)
            .fold(self.registration.residual, f64::max)
    }

    fn is_on_scan(&self, place: &Area) -> bool {
        self.registration.warp.corners(place).iter().all(|corner| {
            let (width, height) = (self.plane.width as f64, self.plane.height as f64);
            (0.0..=width).contains(&corner.x) && (0.0..=height).contains(&corner.y)
        })
    }

    /// What stands in the boxes of a field, row by row.
    pub(super) fn cuts(&self, field: &FormField) -> Result<Vec<Cut>, PixError> {
        let mut cuts = Vec::with_capacity(field.boxes.len());
        for row in field.boxes.chunk_by(|a, b| (a.y - b.y).abs() < 0.01) {
            let mut patch = self.see(&around(row, MARGIN));
            self.drop_boxes(&mut patch, field.style, row);
            cuts.extend(cut(&patch, row)?);
        }
        Ok(cuts)
    }

    /// The pictures of what is written in all boxes, field by field in the form's order.
    pub(super) fn glyph_pictures(&self) -> Result<Vec<Vec<Option<GlyphPicture>>>, PixError> {
        let fields = self.form.sides[self.side].fields.iter();
        let pictures = fields.map(|field| {
            let cuts = self.cuts(field)?;
            Ok(pictures(field, &cuts))
        });
        pictures.collect()
    }

    /// The pictures of what is written on open lines, field by field in the form's order.
    pub(super) fn line_pictures(&self) -> Vec<Option<LinePicture>> {
        let fields = self.form.sides[self.side].fields.iter();
        fields
            .map(|field| match (field.style, field.boxes.first()) {
                (BoxStyle::Line, Some(place)) => line_picture(&self.see_line(place)),
                _ => None,
            })
            .collect()
    }

    /// What is written on an open line, without the line.
    fn see_line(&self, place: &Area) -> Patch {
        let mut patch = self.see(&around(&[*place], MARGIN));
        patch.drop_line(&line_of(place));
        patch
    }

    /// Each field on a page of its own, without the form's print: for readers of print.
    pub(super) fn field_pictures(&self) -> Result<Vec<Pix>, PixError> {
        let fields = self.form.sides[self.side].fields.iter();
        let pictures = fields.map(|field| {
            let mut patch = self.see(&around(&field.boxes, MARGIN));
            self.drop_boxes(&mut patch, field.style, &field.boxes);
            framed(&patch)
        });
        pictures.collect()
    }

    fn fields(
        &self,
        fields: &[FormField],
        networks: &Networks,
    ) -> Result<Vec<WrittenField>, NotLooked> {
        let (mut written, mut boxes) = (Vec::new(), Vec::new());
        for field in fields {
            let cuts = self.cuts(field)?;
            boxes.push(match field.style {
                BoxStyle::Separate | BoxStyle::Comb => pictures(field, &cuts),
                BoxStyle::Line => Vec::new(),
            });
            written.push(self.field(field, &cuts));
        }
        let lattices = handwriting::lattices(&networks.handprint, &boxes)?;
        for ((written, lattice), field) in written.iter_mut().zip(lattices).zip(fields) {
            written.lattice = match (field.style, field.kind) {
                (BoxStyle::Line, FieldKind::FreeText) => Lattice::default(),
                (BoxStyle::Line, _) => self.line(field, &networks.lines)?,
                (BoxStyle::Separate | BoxStyle::Comb, _) => lattice,
            };
        }
        Ok(written)
    }

    /// What is written on an open line that asks for one value.
    fn line(&self, field: &FormField, network: &LineNetwork) -> Result<Lattice, NotLooked> {
        let Some(place) = field.boxes.first() else {
            return Ok(Lattice::default());
        };
        line_lattice(&self.see_line(place), network)
    }

    fn field(&self, field: &FormField, cuts: &[Cut]) -> WrittenField {
        let line = field.style == BoxStyle::Line;
        let written = if line { WRITTEN_LINE } else { WRITTEN };
        let is_faint = |cut: &Cut| match field.kind {
            _ if line => cut.ink > FAINT_LINE || cut.specks >= CRUMBS_LINE,
            FieldKind::Email => cut.ink > 0.0 || cut.specks >= CRUMBS,
            _ => cut.ink + cut.specks > FAINT,
        };
        let boxes = field.boxes.iter().zip(cuts).map(|(place, cut)| WrittenBox {
            place: self.on_page(place),
            ink: if cut.ink >= written && cut.inner >= WITHIN && cut.extent >= STROKE {
                Ink::Written
            } else if is_faint(cut) {
                Ink::Faint
            } else {
                Ink::Empty
            },
        });
        WrittenField {
            name: field.name.clone(),
            place: self.on_page(&around(&field.boxes, MARGIN)),
            boxes: boxes.collect(),
            lattice: Lattice::default(),
        }
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

    fn ticks(
        &self,
        fields: &[TickField],
        seen: &Seen,
        network: &TickNetwork,
    ) -> Result<Vec<Tick>, EngineError> {
        let mut judged = network.judge(&self.tick_pictures())?.into_iter();
        let mut ticks = Vec::with_capacity(judged.len());
        for field in fields {
            let options = field.options.iter().zip(judged.by_ref());
            ticks.extend(options.map(|(option, states)| {
                let name = match field.choice {
                    Choice::Single => field.name.clone(),
                    Choice::OneOf | Choice::ManyOf => format!("{}.{}", field.name, option.name),
                };
                self.tick(name, field.consent.clone(), &states, seen, &option.place)
            }));
        }
        Ok(ticks)
    }

    fn tick(
        &self,
        name: String,
        consent: Option<Consent>,
        states: &TickStates,
        seen: &Seen,
        place: &Area,
    ) -> Tick {
        let (mut state, mut probability) = decide(states);
        let (verdict, reason) = if seen.residual > MAX_RESIDUAL {
            if self.registration.residual.max(self.off(place)) > MAX_RESIDUAL {
                // Whatever it is, it may be the ink of another place.
                (state, probability) = (TickState::Unsure, 0.0);
            }
            (Verdict::Review, "the scan does not lie right on the form")
        } else if consent.is_some() && seen.recognised == RecognisedBy::Marks {
            let why = "without its code the form's wording is not known for certain";
            (Verdict::Review, why)
        } else {
            match state {
                TickState::Empty if consent.is_some() && states.ambiguous > states.empty => {
                    (Verdict::Review, "hardly anything in the box")
                }
                TickState::Empty => (Verdict::Accepted, "nothing in the box"),
                TickState::Marked => (Verdict::Accepted, "cleanly marked"),
                TickState::Corrected => (Verdict::Review, "looks like a mark taken back"),
                TickState::Unsure => (Verdict::Review, "neither empty nor cleanly marked"),
            }
        };
        let trust = 1.0 - RESIDUAL_COSTS * (seen.residual / MAX_RESIDUAL).min(1.0).powi(2);
        Tick {
            name,
            consent,
            state,
            probability: Probability::clamped(probability * trust),
            verdict,
            reason: reason.to_owned(),
            place: self.on_page(place),
        }
    }

    fn signature(&self, signature: &SignatureBox) -> Result<Signature, PixError> {
        let boxes = [signature.place];
        let mut patch = self.see(&around(&boxes, MARGIN));
        self.drop_frame(&mut patch, &signature.place);
        let cuts = cut(&patch, &boxes)?;
        Ok(Signature {
            name: signature.name.clone(),
            signed: cuts
                .iter()
                .any(|cut| cut.inner >= SIGNED && cut.extent >= SCRAWL),
            place: self.on_page(&signature.place),
        })
    }

    /// Takes the print of a field's boxes off.
    fn drop_boxes(&self, patch: &mut Patch, style: BoxStyle, boxes: &[Area]) {
        for place in boxes {
            match style {
                BoxStyle::Separate | BoxStyle::Comb => self.drop_frame(patch, place),
                BoxStyle::Line => patch.drop_line(&line_of(place)),
            }
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
    pub(super) fn on_page(&self, area: &Area) -> Rect {
        let corners = self.registration.warp.corners(area);
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

/// The printed line under an open line's place.
fn line_of(place: &Area) -> Area {
    Area::new(place.x, place.bottom(), place.w, FRAME)
}

/// The pictures of what is written in a field's boxes.
fn pictures(field: &FormField, cuts: &[Cut]) -> Vec<Option<GlyphPicture>> {
    let boxes = field.boxes.iter().zip(cuts);
    boxes
        .map(|(place, cut)| glyph_picture(&cut.patch, place))
        .collect()
}

/// The state of a box, and how likely it is; that of an empty one is that no mark is there,
/// for dirt is none. Nothing is taken for empty or marked unless it is as good as certain: a
/// consent hangs on it.
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
    Area::new(x, y, right - x, bottom - y).grown(margin)
}

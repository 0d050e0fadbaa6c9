//! Cards: which form a page is, where everything on it lies, and what is ticked.
//!
//! A page is looked at for a card before it is prepared as a letter: its corner marks
//! and its code are found in a few milliseconds, or it is none.

mod blank;
mod candidates;
mod code;
mod handwriting;
mod line;
mod reading;
mod serials;
#[cfg(test)]
mod tests;

use std::ops::RangeInclusive;

use crate::domain::card::{CardSide, MAX_RESIDUAL, RecognisedBy};
use crate::domain::form::{Colour, Form, FormCode};
use crate::domain::geometry::{INCH, Turn};
use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::lattice::Lattice;
use crate::domain::rejection::{Rejection, RejectionCode};
use crate::engines::barcode::{Effort, Zxing};
use crate::engines::line_reader::LineNetwork;
use crate::engines::{EngineError, Networks, Ocr};
use crate::imaging::glyph::GlyphPicture;
use crate::imaging::line_picture::{LinePicture, line_picture};
use crate::imaging::pix::{Depth, Pix, PixError};
use crate::imaging::plane::Plane;
use crate::imaging::register::{Registration, register};
use crate::imaging::resolution;
use crate::imaging::warp::{Patch, Point, Warp};

use super::open::RawPage;
use super::separators;
use blank::Blank;
use candidates::{Candidate, candidates};
use code::{Code, CodePlace, Codes, Seen};
use reading::Laid;

/// The forms that a page may be, made ready once for the whole night.
#[derive(Debug)]
pub struct FormBook {
    forms: Vec<Form>,
    blanks: Vec<Blank>,
    networks: Networks,
}

/// What a page is, looked at for codes and marks.
#[derive(Debug, PartialEq)]
pub enum Look {
    /// A side of a card that we know; the turn brings the page upright, and the places
    /// of the side are on the page so turned.
    Card(Turn, Box<CardSide>),
    /// A side of a card, for its code says so, that cannot be read: of a form that we do not
    /// have, or without the marks and the print by which it could be laid over its form.
    Unread(Rejection),
    /// A separator sheet.
    Separator,
    /// None of these; the case whose code is on it, where it is a letter of ours that came back.
    Neither(Option<CaseReference>),
}

/// A page could not be looked at: the machine failed, not the paper.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotLooked {
    /// Its pixels could not be worked on.
    #[error(transparent)]
    Pixels(#[from] PixError),
    /// A network failed.
    #[error(transparent)]
    Network(#[from] EngineError),
}

/// Ways of lying on the page that are looked at for each form.
const MOST_CANDIDATES: usize = 8;
/// Ways that lie alike by the code: within this share of its modules.
const ALIKE: f64 = 0.03;
/// So many of them are tried, and so many sides by their print alone.
const MOST_REGISTERED: usize = 3;
const MOST_COMPARED: usize = 12;
/// Without its code a page is a form when this share of its print is found there.
const SAME_PRINT: f64 = 0.6;
/// And when no other form has nearly as much.
const AHEAD: f64 = 0.1;
/// Programs claim 72 or 96 dots an inch for want of a measure; scanners have more.
const LEAST_SCANNED: u32 = 150;
/// A mark on the page to a mark on the form, when the resolution is known, and when it
/// had to be guessed.
const KNOWN_SIZE: RangeInclusive<f64> = 0.75..=1.35;
const GUESSED_SIZE: RangeInclusive<f64> = 0.4..=4.5;

/// The middles of the pieces of print by which a scan of a side is laid on its form, mm.
pub fn pieces_of_print(form: &Form, side: usize) -> Vec<Point> {
    let blank = Blank::new(form, 0, side);
    let anchors = blank.print(form).anchors.iter();
    anchors.map(|anchor| anchor.middle).collect()
}

/// What may be written on an open line, of which the patch holds nothing else.
pub fn line_lattice(line: &Patch, network: &LineNetwork) -> Result<Lattice, NotLooked> {
    Ok(match line_picture(line) {
        Some(picture) => handwriting::line(network, &picture)?,
        None => Lattice::default(),
    })
}

/// A side of a form, a way in which it may lie on the page, and what told so.
struct Found<'a> {
    blank: &'a Blank,
    candidate: Candidate,
    recognised: RecognisedBy,
}

impl FormBook {
    /// Makes the forms ready, to be read by these networks.
    pub fn new(forms: Vec<Form>, networks: Networks) -> Self {
        let sides = |(number, form): (usize, &Form)| {
            let blank = |side| Blank::new(form, number, side);
            (0..form.sides.len()).map(blank).collect::<Vec<_>>()
        };
        Self {
            blanks: forms.iter().enumerate().flat_map(sides).collect(),
            forms,
            networks,
        }
    }

    /// What the page is; numbers printed in figures are left to a person.
    pub fn look(&self, page: &RawPage) -> Result<Look, NotLooked> {
        self.look_and_read(page, None)
    }

    /// What the page is; numbers printed in figures are read by this engine.
    pub fn look_and_read(
        &self,
        page: &RawPage,
        print: Option<&mut dyn Ocr>,
    ) -> Result<Look, NotLooked> {
        let plane = plane(page)?;
        let card = self.laid_on(page, &plane, |laid, recognised| {
            // Another form may look alike, and have its code elsewhere.
            if recognised == RecognisedBy::Marks
                && let Some(Code::Card(code)) =
                    code::anywhere(&page.pix, dpi(page), Effort::TryHarder)?
                && FormCode::of(&laid.form.code(laid.side)).as_ref() != Some(&code)
            {
                return Ok(Look::Unread(self.unread(&code)));
            }
            let side = laid.read(recognised, &self.networks, (&page.pix, print))?;
            Ok(Look::Card(laid.turn, Box::new(side)))
        })?;
        if let Some(card) = card {
            return Ok(card);
        }
        let mut codes = Zxing::new(Effort::TryHarder);
        if separators::is_separator(&page.pix, dpi(page), &mut codes)? {
            return Ok(Look::Separator);
        }
        if !code::may_be_on(&plane, dpi(page)) {
            return Ok(Look::Neither(None));
        }
        Ok(match code::anywhere(&page.pix, dpi(page), Effort::Fast)? {
            Some(Code::Card(code)) => Look::Unread(self.unread(&code)),
            Some(Code::Case(case)) => Look::Neither(Some(case)),
            None => Look::Neither(None),
        })
    }

    /// Why a page with this code could not be read as the card that it is.
    fn unread(&self, FormCode { id, version, side }: &FormCode) -> Rejection {
        let mut forms = self.forms.iter();
        let known = forms.any(|form| form.id == *id && form.version == *version);
        let card = format!("by its code a card, side {side} of form '{id}' version {version}");
        match known {
            true => Rejection::new(
                RejectionCode::UnlaidCard,
                format!(
                    "{card}, but too few of its corner marks or too little of its print were \
                     found: scan it again, flat and whole"
                ),
            ),
            false => Rejection::new(
                RejectionCode::UnknownForm,
                format!(
                    "{card}, which is not among the forms in use: put its file into forms.dir \
                     (which takes the place of the forms in the program), then `postroom aside \
                     retry`"
                ),
            ),
        }
    }

    /// The pictures of a card's boxes to tick, in the form's order, as the network sees
    /// them: what it is trained on. `None` when the page is no card.
    pub fn tick_pictures(&self, page: &RawPage) -> Result<Option<Vec<Vec<u8>>>, NotLooked> {
        self.laid(page, |laid, _| Ok(laid.tick_pictures()))
    }

    /// The pictures of what is written in a card's boxes, field by field in the form's
    /// order, as the network sees them. `None` when the page is no card.
    pub fn glyph_pictures(
        &self,
        page: &RawPage,
    ) -> Result<Option<Vec<Vec<Option<GlyphPicture>>>>, NotLooked> {
        self.laid(page, |laid, _| Ok(laid.glyph_pictures()?))
    }

    /// The pictures of what is written on a card's open lines, field by field in the form's
    /// order, as the network sees them. `None` when the page is no card.
    pub fn line_pictures(
        &self,
        page: &RawPage,
    ) -> Result<Option<Vec<Option<LinePicture>>>, NotLooked> {
        self.laid(page, |laid, _| Ok(laid.line_pictures()))
    }

    /// Each field of a card without the form's print, for readers that this one is compared
    /// with. `None` when the page is no card.
    pub fn field_pictures(&self, page: &RawPage) -> Result<Option<Vec<Pix>>, NotLooked> {
        self.laid(page, |laid, _| Ok(laid.field_pictures()?))
    }

    /// Lays the page over its form, if it is a card, and has a look at it.
    fn laid<T>(
        &self,
        page: &RawPage,
        look: impl FnOnce(&Laid<'_>, RecognisedBy) -> Result<T, NotLooked>,
    ) -> Result<Option<T>, NotLooked> {
        self.laid_on(page, &plane(page)?, look)
    }

    fn laid_on<T>(
        &self,
        page: &RawPage,
        plane: &Plane,
        look: impl FnOnce(&Laid<'_>, RecognisedBy) -> Result<T, NotLooked>,
    ) -> Result<Option<T>, NotLooked> {
        if self.forms.is_empty() {
            return Ok(None);
        }
        let dpi = dpi(page);
        let known = page.dpi == Some(dpi) && dpi >= LEAST_SCANNED;
        let Some((found, registration)) = self.find(&page.pix, plane, (dpi, known))? else {
            return Ok(None);
        };
        let form = &self.forms[found.blank.form];
        let without_colour = match (form.colour, page.pix.depth()) {
            (Colour::DropOut(colour), Depth::Colour) => {
                Some(Plane::of(&page.pix, dpi, Some(colour))?)
            }
            _ => None,
        };
        let laid = Laid::new(
            (form, found.blank.side),
            found.blank.print(form),
            without_colour.as_ref().unwrap_or(plane),
            &registration,
            found.candidate.turn,
        );
        look(&laid, found.recognised).map(Some)
    }

    /// The side that the page is, and how it lies on the page.
    fn find(
        &self,
        page: &Pix,
        plane: &Plane,
        (dpi, known): (u32, bool),
    ) -> Result<Option<(Found<'_>, Registration)>, PixError> {
        let per_mm = f64::from(dpi) / plane.reduction / INCH;
        let range = if known { KNOWN_SIZE } else { GUESSED_SIZE };
        let sizes = || self.forms.iter().map(|form| form.marks.size * per_mm);
        let least = sizes().fold(f64::MAX, f64::min) * range.start();
        let most = sizes().fold(0.0, f64::max) * range.end();
        let marks = plane.marks(least..=most)?;
        let (mut by_code, mut by_marks) = (Vec::new(), Vec::new());
        let mut codes = Codes::new(page, plane.reduction);
        for (number, form) in self.forms.iter().enumerate() {
            for candidate in candidates(form, &marks).into_iter().take(MOST_CANDIDATES) {
                for blank in self.blanks.iter().filter(|blank| blank.form == number) {
                    let found = |recognised| Found {
                        blank,
                        candidate: candidate.clone(),
                        recognised,
                    };
                    match self.code(plane, blank, &candidate, &mut codes)? {
                        Seen::Own(share) => by_code.push((share, found(RecognisedBy::Code))),
                        Seen::Nothing if candidate.marks_agree() => {
                            by_marks.push(found(RecognisedBy::Marks));
                        }
                        _ => {}
                    }
                }
            }
        }
        Ok(self
            .by_code(plane, by_code)
            .or_else(|| self.by_marks(plane, by_marks)))
    }

    /// The side whose code is on the page, as it lies best: of several ways, each with
    /// its share of equal modules, more marks come before a module more.
    fn by_code<'a>(
        &self,
        plane: &Plane,
        mut ways: Vec<(f64, Found<'a>)>,
    ) -> Option<(Found<'a>, Registration)> {
        let best = ways.iter().map(|(share, _)| *share).fold(0.0, f64::max);
        ways.retain(|(share, _)| *share >= best - ALIKE);
        ways.sort_by(|a, b| {
            let rank = b.1.candidate.rank().cmp(&a.1.candidate.rank());
            rank.then(b.0.total_cmp(&a.0))
        });
        let ways = ways.into_iter().take(MOST_REGISTERED).map(|(_, found)| {
            let registration = self.register(plane, &found);
            (found, registration)
        });
        let mut last = None;
        for (found, registration) in ways {
            let right = registration.residual <= MAX_RESIDUAL;
            last = Some((found, registration));
            if right {
                break;
            }
        }
        last
    }

    /// The side whose print is on the page, if there is one and no other is near it.
    fn by_marks<'a>(
        &self,
        plane: &Plane,
        mut ways: Vec<Found<'a>>,
    ) -> Option<(Found<'a>, Registration)> {
        ways.sort_by_key(|found| std::cmp::Reverse(found.candidate.rank()));
        ways.truncate(MOST_COMPARED);
        let each = ways.into_iter().map(|found| {
            let registration = self.register(plane, &found);
            (found, registration)
        });
        let mut each: Vec<_> = each.collect();
        each.sort_by(|a, b| b.1.found.total_cmp(&a.1.found));
        let second = each.get(1).map_or(0.0, |second| second.1.found);
        each.into_iter().next().filter(|(_, registration)| {
            registration.found >= SAME_PRINT
                && registration.residual <= MAX_RESIDUAL
                && registration.found - second >= AHEAD
        })
    }

    /// What stands where a side has its code, if it lies so.
    fn code(
        &self,
        plane: &Plane,
        blank: &Blank,
        candidate: &Candidate,
        codes: &mut Codes<'_>,
    ) -> Result<Seen, PixError> {
        let form = &self.forms[blank.form];
        let Some(own) = &blank.code else {
            return Ok(Seen::Nothing);
        };
        let area = &form.sides[blank.side].code;
        let warp = Warp::new(form.width, form.height, |point| candidate.map.map(point));
        let place = CodePlace::see(plane, &warp, area, own.side);
        let seen = place.compare(own, blank.other_codes(form));
        if seen != Seen::Doubtful {
            return Ok(seen);
        }
        codes.decode(&warp, area, &form.code(blank.side))
    }

    fn register(&self, plane: &Plane, found: &Found<'_>) -> Registration {
        let form = &self.forms[found.blank.form];
        let size = (form.width, form.height);
        let anchors = &found.blank.print(form).anchors;
        register(plane, &found.candidate.map, size, anchors)
    }
}

fn plane(page: &RawPage) -> Result<Plane, PixError> {
    Plane::of(&page.pix, dpi(page), None)
}

/// The resolution of a page, guessed by its size when the file does not say.
fn dpi(page: &RawPage) -> u32 {
    resolution::settle(page.dpi, page.pix.width(), page.pix.height())
}

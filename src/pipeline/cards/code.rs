//! Whether the code on a page is a form's own: module by module against what the form
//! would have there, which costs next to nothing. A code in doubt, because it is torn or
//! dirty or another form's that says nearly the same, is decoded. On a page that is no card
//! after all, a code of ours is looked for anywhere: it must not become a letter.

use crate::domain::form::FormCode;
use crate::domain::geometry::{Area, INCH, Rect};
use crate::domain::grammar::case_code::case_of;
use crate::domain::grammar::case_reference::CaseReference;
use crate::engines::barcode::{Barcodes, Effort, Zxing};
use crate::forms::code::Modules;
use crate::imaging::pix::{Pix, PixError};
use crate::imaging::plane::Plane;
use crate::imaging::warp::{Patch, Point, Warp};

/// Samples along a module.
const SAMPLES: usize = 3;
/// How far the code may lie from where the marks put it, mm.
const REACH: f64 = 1.4;
/// From this share of equal modules on a code is the form's own, unless one of another
/// version is nearer. Codes of texts that differ in one character are equal in 0.85 to
/// 0.92, those of others in 0.71.
const OWN: f64 = 0.93;
/// Below this share there is nothing that could be the form's own, whole or torn.
const PERHAPS: f64 = 0.6;

/// What stands where a form has its code.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Seen {
    /// The form's own code, and the share of equal modules.
    Own(f64),
    /// The code of another version or side of the form.
    Other,
    /// Perhaps the form's own, torn or dirty, perhaps that of another form: it has to
    /// be decoded, if it can be.
    Doubtful,
    /// Nothing like a code.
    Nothing,
}

/// Decodes codes where they are expected, for the few that are in doubt.
pub(super) struct Codes<'a> {
    page: &'a Pix,
    reduction: f64,
    /// What was decoded so far, and where: many forms have their codes in one place.
    decoded: Vec<(Rect, Option<String>)>,
}

/// So many places of a page are decoded, at 10 ms each.
const MOST_DECODED: usize = 6;
/// Places that share so much of both are one.
const SAME_PLACE: f64 = 0.8;
/// What a code counts as that could be decoded although it is damaged.
const DECODED: f64 = 0.93;
/// Margin around a code that is decoded, mm.
const QUIET: f64 = 2.0;

impl<'a> Codes<'a> {
    /// The codes of a page whose plane is reduced so.
    pub(super) const fn new(page: &'a Pix, reduction: f64) -> Self {
        Self {
            page,
            reduction,
            decoded: Vec::new(),
        }
    }

    /// What the code at a place of the sheet is to a form with a code of its own there. A place
    /// beyond those that may be decoded is taken for another form's: rather a card of none of
    /// ours than one of the wrong form.
    pub(super) fn decode(&mut self, warp: &Warp, area: &Area, own: &str) -> Result<Seen, PixError> {
        let Some(region) = region(self.page, self.reduction, warp, &area.grown(QUIET)) else {
            return Ok(Seen::Nothing);
        };
        let mut decoded = self.decoded.iter();
        let known = decoded.position(|(place, _)| is_same_place(*place, region));
        let at = match known {
            Some(at) => at,
            None if self.decoded.len() >= MOST_DECODED => return Ok(Seen::Other),
            None => {
                let found = Zxing::new(Effort::TryHarder).read(self.page, Some(region))?;
                let text = found.into_iter().map(|code| code.text).next();
                self.decoded.push((region, text));
                self.decoded.len() - 1
            }
        };
        Ok(match &self.decoded[at].1 {
            Some(text) if text == own => Seen::Own(DECODED),
            Some(_) => Seen::Other,
            None => Seen::Nothing,
        })
    }
}

fn is_same_place(one: Rect, other: Rect) -> bool {
    let length = |from: u32, to: u32| f64::from(to.saturating_sub(from));
    let shared = length(one.x.max(other.x), one.right().min(other.right()))
        * length(one.y.max(other.y), one.bottom().min(other.bottom()));
    let area = |rect: Rect| f64::from(rect.w) * f64::from(rect.h);
    shared >= SAME_PLACE * area(one).max(area(other))
}

/// The resolution at which a code is looked for on a whole page, dots an inch: a module of
/// the smallest, 29 on 8 mm, has three pixels; with two none was found.
const LOOKED_FOR_AT: f64 = 300.0;

/// Modules of codes on cards, mm: from the smallest, copied small, to more than anybody prints.
const MODULES: (f64, f64) = (0.2, 1.6);
/// A code has three finders; one of them may have been overlooked.
const LEAST_FINDERS: usize = 2;

/// Whether a code may be on a page: it is looked for only there, since that takes 25 ms.
pub(super) fn may_be_on(plane: &Plane, dpi: u32) -> bool {
    let per_mm = f64::from(dpi) / plane.reduction / INCH;
    plane.finders(MODULES.0 * per_mm..=MODULES.1 * per_mm).len() >= LEAST_FINDERS
}

/// A code of ours that was found on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Code {
    /// A card's.
    Card(FormCode),
    /// That of a letter of ours, which a customer sent back.
    Case(CaseReference),
}

/// The code of ours that is on a page, wherever it is.
pub(super) fn anywhere(page: &Pix, dpi: u32, effort: Effort) -> Result<Option<Code>, PixError> {
    let mut codes = Zxing::new(effort);
    let scale = LOOKED_FOR_AT / f64::from(dpi);
    let found = match scale < 1.0 {
        true => codes.read(&page.to_grey()?.scaled(scale, scale)?, None)?,
        false => codes.read(page, None)?,
    };
    let ours = |text: &str| {
        let card = FormCode::of(text).map(Code::Card);
        card.or_else(|| case_of(text).map(Code::Case))
    };
    Ok(found.iter().find_map(|code| ours(&code.text)))
}

/// The pixels of a page around a place of the sheet; `None` when it is not on the page.
pub(super) fn region(page: &Pix, reduction: f64, warp: &Warp, area: &Area) -> Option<Rect> {
    let corners = warp.corners(area);
    let pixel = |at: f64, size: u32| (at * reduction).clamp(0.0, f64::from(size)) as u32;
    let span = |at: fn(&Point) -> f64, size: u32| {
        let from = corners.iter().map(at).fold(f64::MAX, f64::min);
        let to = corners.iter().map(at).fold(0.0, f64::max);
        (pixel(from, size), pixel(to, size))
    };
    let (left, right) = span(|point| point.x, page.width());
    let (top, bottom) = span(|point| point.y, page.height());
    (right > left && bottom > top).then(|| Rect::new(left, top, right - left, bottom - top))
}

/// The place of a form's code on a page.
pub(super) struct CodePlace {
    patch: Patch,
    modules: usize,
    steps: usize,
}

impl CodePlace {
    /// The place, seen with as many modules as the code that is expected there.
    pub(super) fn see(plane: &Plane, warp: &Warp, area: &Area, modules: usize) -> Self {
        let density = (modules * SAMPLES) as f64 / area.w;
        let steps = (REACH * density) as usize;
        let margin = steps as f64 / density;
        let patch = warp.see(plane, &area.grown(margin), density);
        Self {
            patch,
            modules,
            steps,
        }
    }

    /// Compares the place with a form's code, and that with the codes that are near it.
    pub(super) fn compare(&self, own: &Modules, others: &[Modules]) -> Seen {
        let shifts = (0..=2 * self.steps).flat_map(|y| (0..=2 * self.steps).map(move |x| (x, y)));
        let shares = shifts.clone().map(|at| (self.equal(own, at), at));
        let best = shares.max_by(|a, b| a.0.total_cmp(&b.0));
        let Some((share, at)) = best.filter(|(share, _)| *share >= PERHAPS) else {
            return Seen::Nothing;
        };
        let nearer = |modules: &Modules| self.equal(modules, at) >= share;
        if share >= OWN && !others.iter().any(nearer) {
            Seen::Own(share)
        } else if share >= OWN {
            Seen::Other
        } else {
            Seen::Doubtful
        }
    }

    /// The share of modules that are as they should be.
    fn equal(&self, wanted: &Modules, (right, down): (usize, usize)) -> f64 {
        const INK: u8 = 128;
        if wanted.side != self.modules {
            return 0.0;
        }
        let mut equal = 0_u32;
        for y in 0..wanted.side {
            let row = (down + y * SAMPLES + SAMPLES / 2) * self.patch.width;
            for x in 0..wanted.side {
                let at = row + right + x * SAMPLES + SAMPLES / 2;
                let dark = self.patch.ink.get(at).is_some_and(|ink| *ink >= INK);
                equal += u32::from(dark == wanted.dark[y * wanted.side + x]);
            }
        }
        f64::from(equal) / wanted.dark.len().max(1) as f64
    }
}

//! Numbers that were on the card before the customer got it: decoded where the form has
//! a code, else read from their figures.

use crate::domain::card::{MAX_RESIDUAL, SerialSeen};
use crate::domain::confidence::Probability;
use crate::domain::form::{FieldKind, Serial, SerialKind};
use crate::domain::geometry::{Area, INCH, Rect};
use crate::domain::grammar::member_number::MemberNumber;
use crate::domain::verdict::Verdict;
use crate::engines::barcode::{Barcodes, Code, Effort, Zxing};
use crate::engines::{Ocr, Print};
use crate::forms::FIGURES;
use crate::imaging::pix::{Depth, Pix, PixError};
use crate::imaging::raster::{Raster, Samples};
use crate::imaging::warp::Patch;

use super::NotLooked;
use super::code::region;
use super::reading::Laid;

/// Pixels to a mm at which a number is looked at that is laid straight: 305 dpi.
const DENSITY: f64 = 12.0;
/// Figures are read again from so many: what is doubtful rarely comes out the same. Of 741
/// numbers at severity 3 that two looks agreed on three were wrong (A4 form, November 2026).
const AGAIN: [f64; 2] = [8.5, 10.0];
/// White around it, in pixels: 3 mm, as around a line of print.
const WHITE: usize = 36;
/// Paper around the place in which a code is looked for, mm.
const MARGIN: f64 = 2.0;
/// A number is no longer than this: two lines of figures.
const LONGEST: usize = 64;
/// Figures without a doubt of the engine's about one of them, of which all looks say the same.
const SURE: f64 = 0.7;
/// How sure a decoded code is: it has check characters of its own.
const DECODED: f64 = 0.999;

/// What was read of a number, and how.
enum Reading {
    /// Its code was decoded.
    Decoded(String),
    /// Its figures were read, this surely; not at all when two looks differ.
    Figures(String, f64),
    Nothing,
}

impl Laid<'_> {
    /// The numbers on the side; without an engine for print figures are left to a person.
    pub(super) fn serials(
        &self,
        page: &Pix,
        mut print: Option<&mut dyn Ocr>,
    ) -> Result<Vec<SerialSeen>, NotLooked> {
        let mut all = Vec::new();
        for serial in &self.form.sides[self.side].serials {
            let engine = print.as_mut().map(|print| &mut **print as &mut dyn Ocr);
            let reading = self.number(serial, page, engine)?;
            let (number, probability) = match &reading {
                Reading::Decoded(number) => (Some(number.clone()), DECODED),
                Reading::Figures(number, sure) => (Some(number.clone()), *sure),
                Reading::Nothing => (None, 0.0),
            };
            let (verdict, reason) = match judged(serial, &reading) {
                // What is cut off or lies under a fold may be a number too.
                (Verdict::Accepted, _) if self.off(&serial.place) > MAX_RESIDUAL => (
                    Verdict::Review,
                    "the scan does not lie right where it stands",
                ),
                judged => judged,
            };
            all.push(SerialSeen {
                name: serial.name.clone(),
                number,
                probability: Probability::clamped(probability),
                verdict,
                reason: reason.to_owned(),
                place: self.on_page(&serial.place),
            });
        }
        Ok(all)
    }

    fn number(
        &self,
        serial: &Serial,
        page: &Pix,
        print: Option<&mut dyn Ocr>,
    ) -> Result<Reading, NotLooked> {
        let mut figures = serial.place;
        if serial.kind == SerialKind::Barcode {
            if let Some(number) = self.decoded(&serial.place, page)? {
                return Ok(Reading::Decoded(number));
            }
            figures = Area::new(figures.x, figures.bottom() - FIGURES, figures.w, FIGURES);
        }
        let Some(print) = print else {
            return Ok(Reading::Nothing);
        };
        let place = figures.grown(0.3);
        let Some((number, mut sure)) = self.figures(&place, DENSITY, print)? else {
            return Ok(Reading::Nothing);
        };
        for density in AGAIN {
            let again = self.figures(&place, density, print)?;
            let again = again.filter(|(again, _)| *again == number);
            sure = sure.min(again.map_or(0.0, |(_, sure)| sure));
        }
        Ok(Reading::Figures(number, sure))
    }

    /// The figures in a place, and how sure the engine is of the least sure; none where it
    /// sees none, or a page full.
    fn figures(
        &self,
        place: &Area,
        density: f64,
        print: &mut dyn Ocr,
    ) -> Result<Option<(String, f64)>, NotLooked> {
        let pix = framed(&self.registration.warp.see(self.plane, place, density))?;
        let text = print.read(&Print {
            pix: &pix,
            dpi: (density * INCH) as u32,
            x_height: None,
        })?;
        let words: Vec<&str> = text.words().map(|word| word.text.as_str()).collect();
        let sure = text.words().map(|word| word.confidence.get());
        let number = words.join(" ");
        Ok(sure
            .reduce(f64::min)
            .filter(|_| number.len() <= LONGEST)
            .map(|sure| (number, sure)))
    }

    /// What the code there says: looked for on the page as it is, then laid straight. Two
    /// that say different things say nothing.
    fn decoded(&self, place: &Area, page: &Pix) -> Result<Option<String>, PixError> {
        let mut zxing = Zxing::new(Effort::TryHarder);
        let on_page = |area: &Area| {
            let warp = &self.registration.warp;
            region(page, self.plane.reduction, warp, area)
        };
        let around = place.grown(MARGIN);
        let mut found = match (on_page(&around), on_page(place)) {
            (Some(around), Some(own)) => codes_in(&own, zxing.read(page, Some(around))?),
            _ => Vec::new(),
        };
        if found.is_empty() {
            let from = WHITE as u32 + (MARGIN * DENSITY) as u32;
            let own = [place.w, place.h].map(|side| (side * DENSITY) as u32);
            let own = Rect::new(from, from, own[0], own[1]);
            found = codes_in(&own, zxing.read(&framed(&self.straight(&around))?, None)?);
        }
        let own = self.form.code(self.side);
        let mut texts: Vec<String> = found.into_iter().map(|code| code.text).collect();
        texts.retain(|text| *text != own && is_number(text));
        texts.dedup();
        Ok(texts.pop().filter(|_| texts.is_empty()))
    }

    fn straight(&self, place: &Area) -> Patch {
        self.registration.warp.see(self.plane, place, DENSITY)
    }
}

/// The codes whose middle lies in a place: one beside it is another's.
fn codes_in(place: &Rect, mut codes: Vec<Code>) -> Vec<Code> {
    codes.retain(|code| {
        let (x, y) = (
            code.place.x + code.place.w / 2,
            code.place.y + code.place.h / 2,
        );
        (place.x..place.right()).contains(&x) && (place.y..place.bottom()).contains(&y)
    });
    codes
}

/// What may stand in a code: what `forms print` would put there.
fn is_number(text: &str) -> bool {
    let plain = text.chars().all(|sign| (' '..='~').contains(&sign));
    plain && (1..=LONGEST).contains(&text.len())
}

/// A number is taken when its code or its check digit vouches for it.
fn judged(serial: &Serial, reading: &Reading) -> (Verdict, &'static str) {
    let holds = |number: &str| serial.check.map(|check| check.holds(number));
    match reading {
        Reading::Nothing => (Verdict::Review, "it could not be read"),
        Reading::Decoded(number) | Reading::Figures(number, _)
            if serial.says == FieldKind::MemberNumber
                && number.parse::<MemberNumber>().is_err() =>
        {
            (
                Verdict::Review,
                "it is no member number, which has 6 to 19 digits",
            )
        }
        Reading::Decoded(number) => match holds(number) {
            Some(false) => (Verdict::Review, "the code's number fails its check digit"),
            _ => (Verdict::Accepted, "decoded from its code"),
        },
        Reading::Figures(number, sure) => {
            let figures = |sign: char| sign.is_ascii_digit() || sign == ' ' || sign == '-';
            match holds(number) {
                _ if !number.chars().all(figures) => {
                    (Verdict::Review, "read from print, and not figures alone")
                }
                Some(true) if *sure >= SURE => {
                    (Verdict::Accepted, "read from print; its check digit holds")
                }
                Some(true) => (Verdict::Review, "read from print, with doubt"),
                Some(false) => (Verdict::Review, "read from print; its check digit fails"),
                None => (Verdict::Review, "read from print, without a check digit"),
            }
        }
    }
}

/// A piece of paper as a grey page of its own, with white around it.
pub(super) fn framed(patch: &Patch) -> Result<Pix, PixError> {
    let (width, height) = (patch.width + 2 * WHITE, patch.height + 2 * WHITE);
    let mut grey = vec![255; width * height];
    for (y, row) in patch.ink.chunks_exact(patch.width).enumerate() {
        let from = (y + WHITE) * width + WHITE;
        let shades = grey[from..from + row.len()].iter_mut();
        shades.zip(row).for_each(|(shade, ink)| *shade = 255 - ink);
    }
    // There are as many samples as the size asks for, so there is a raster.
    let mut pix = match Raster::new(width as u32, height as u32, Samples::Grey, &grey) {
        Some(raster) => Pix::from_raster(&raster)?,
        None => Pix::blank(1, 1, Depth::Grey)?,
    };
    pix.set_resolution((patch.density * INCH) as u32);
    Ok(pix)
}

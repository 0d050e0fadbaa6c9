//! The card simulator: forms filled in by hand and scanned, with the truth about them.
//!
//! Everything follows from a seed: the same card comes out on every machine. A card is
//! made straight on its page: the blank is looked up through the warp, ink is drawn as
//! outlines through it, so that nothing is resampled twice.

mod blank;
mod chance;
mod corner;
mod fill;
mod hand;
mod ink;
mod names;
mod page;
mod people;
mod practice;
mod real;
mod scan;
mod severity;
mod ticks;
mod truth;
mod warp;
mod words;
#[expect(
    dead_code,
    unused_imports,
    reason = "the simulation of the decoder uses more of it"
)]
#[path = "../../world/mod.rs"]
mod world;
mod writing;

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use postroom::domain::form::{Colour, FieldKind, Form, Serial, Side};
use postroom::domain::geometry::Area;

pub use blank::Blank;
pub use chance::Chance;
pub use ink::Spot;
pub use people::People;
pub use practice::DIRT;
pub use real::{Part, Real, members};
pub use scan::File;
pub use severity::{Kind, Severity};
pub use ticks::Intent;
pub use truth::{Field, Truth, WrittenBox};
pub use words::sentence;

use corner::Corner;
use fill::Filling;
use hand::Faces;
use page::{Ground, Page, Squares, luminance};
use severity::Pen;
use warp::Warp;
use words::Person;

/// Makes cards.
pub struct Simulator {
    severities: Vec<Severity>,
    faces: Faces,
    real: Option<Real>,
    practice: bool,
    people: Option<People>,
    blanks: Mutex<Blanks>,
}

type Blanks = HashMap<(String, usize, u32), Arc<Blank>>;

/// One side of a card, scanned.
pub struct Card {
    /// What the scanner wrote.
    pub file: File,
    /// What is on it.
    pub truth: Truth,
}

/// Which card.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// The row of the table.
    pub severity: usize,
    pub seed: u64,
    /// Of the cards of this seed.
    pub number: u64,
}

impl Simulator {
    /// Reads the table of severities and the handwriting.
    pub fn new() -> Result<Self, Box<dyn Error + Send + Sync>> {
        Ok(Self {
            severities: severity::table()?,
            faces: Faces::load()?,
            real: None,
            practice: false,
            people: None,
            blanks: Mutex::default(),
        })
    }

    /// From now on with real characters, where there are any.
    #[must_use]
    pub fn with_real(mut self, real: Option<Real>) -> Self {
        self.real = real;
        self
    }

    /// From now on filled in by these people.
    #[must_use]
    pub fn with_people(mut self, people: Option<People>) -> Self {
        self.people = people;
        self
    }

    /// Makes so many of the boxes to tick empty, marked, corrected and ambiguous, at
    /// every severity: for training, which wants enough of each.
    pub fn with_ticks(mut self, weights: [f64; 4]) -> Self {
        for severity in &mut self.severities {
            severity.ticks = weights;
        }
        self
    }

    /// From now on cards are filled in with what a network is to learn.
    #[must_use]
    pub fn with_practice(mut self) -> Self {
        self.practice = true;
        self
    }

    /// A side (counted from 0) of a form, filled in and scanned.
    pub fn card(
        &self,
        form: &Form,
        side: usize,
        wanted: Wanted,
    ) -> Result<Card, Box<dyn Error + Send + Sync>> {
        let severity = self
            .severities
            .get(wanted.severity)
            .ok_or("the table has no such severity")?;
        let chance = &mut Chance::new(wanted.seed ^ named(&form.id, side), wanted.number);
        let kind = severity.kind(chance);
        let dpi = *chance.one_of(&severity.dpi);
        let size = [form.width, form.height];
        let (warp, [width, height], ground) = lie(form, side, severity, dpi, chance);
        let planes = if kind == Kind::Colour { 3 } else { 1 };
        let mut page = Page::new(width, height, planes);
        let pen = Pen::draw(severity, chance);
        let threshold = scan::threshold(severity, &pen, chance);
        let tint = tint(form.colour, (kind, severity), threshold, chance);
        let blank = self.blank(form, side, dpi)?;
        let squares = Squares::new(width, height, &warp);
        page.print(&blank, &squares, &tint);

        let laid = form.sides.get(side).ok_or("the form has no such side")?;
        let serials = serials(laid, wanted);
        // Drawn apart, too.
        let another = Chance::new(wanted.seed ^ 0x0a07_4e50, wanted.number).happens(ANOTHERS);
        for truth::Serial { serial, number } in &serials {
            let printed = Blank::of_serial(serial, number, f64::from(dpi))?;
            page.print(&printed, &squares, &tint);
        }
        let mut filling = Filling {
            page: &mut page,
            warp: &warp,
            faces: &self.faces,
            real: self.real.as_ref(),
            severity,
            pen,
            writer: self.faces.writer(severity.tidy, chance),
            person: Person::draw(self.people.as_ref(), chance).numbered(&serials, another),
            chance,
        };
        let fields = match self.practice {
            true => practice::fields(&mut filling, laid),
            false => filling.fields(laid),
        };
        let (signatures, strokes) = filling.signatures(laid);
        let ticks = filling.ticks(laid, &strokes);
        filling.strays(laid, size);

        blemish(&mut page, &warp, (severity, size), chance);
        page.cut_out(&ground, &squares, (size, warp.scale));
        scan::degrade(&mut page, severity, warp.scale, kind, chance);
        let upside_down = chance.happens(severity.upside_down);
        let file = scan::encode(
            page,
            (kind, dpi),
            upside_down,
            threshold,
            (severity, chance),
        )?;
        let truth = Truth {
            form: form.id.clone(),
            version: form.version,
            side: side as u32 + 1,
            severity: wanted.severity,
            kind,
            dpi,
            page: [width, height],
            upside_down,
            warp,
            fields,
            ticks,
            signatures,
            serials,
        };
        Ok(Card { file, truth })
    }

    /// Lets go of the blanks of a form that will not come again.
    pub fn forget(&self, form: &Form) {
        let mut blanks = self.blanks.lock().unwrap_or_else(PoisonError::into_inner);
        let name = format!("{}/{}", form.id, form.version);
        blanks.retain(|(known, ..), _| *known != name);
    }

    /// The blank for a resolution, drawn once.
    fn blank(
        &self,
        form: &Form,
        side: usize,
        dpi: u32,
    ) -> Result<Arc<Blank>, Box<dyn Error + Send + Sync>> {
        let mut blanks = self.blanks.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (format!("{}/{}", form.id, form.version), side, dpi);
        if let Some(blank) = blanks.get(&key) {
            return Ok(Arc::clone(blank));
        }
        let blank = Arc::new(Blank::of_form(form, side, f64::from(dpi))?);
        blanks.insert(key, Arc::clone(&blank));
        Ok(blank)
    }
}

/// Of a hundred people who write a number that their card has already two write another: a
/// guess, so that what a reader makes of it is seen at all.
const ANOTHERS: f64 = 0.02;

/// The numbers on a card, ten or eleven figures with the check digit of their form; drawn
/// apart, so that they change nothing else about a card.
fn serials(side: &Side, wanted: Wanted) -> Vec<truth::Serial> {
    let chance = &mut Chance::new(wanted.seed ^ 0x5e71_a100, wanted.number);
    // A member number that is asked for beside the one that is printed fills its boxes.
    let mut written = side
        .fields
        .iter()
        .filter(|field| field.kind == FieldKind::MemberNumber);
    let boxes = written.next().map(|field| field.boxes.len());
    let number = |serial: &Serial| loop {
        let figures = boxes.unwrap_or_else(|| 10 + chance.below(2));
        let number: String = (0..figures).map(|_| chance.below(10).to_string()).collect();
        if serial.check.is_none_or(|check| check.holds(&number)) {
            return truth::Serial {
                serial: serial.clone(),
                number,
            };
        }
    };
    side.serials.iter().map(number).collect()
}

/// A number for a side of a form, so that each has cards of its own (FNV-1a).
fn named(id: &str, side: usize) -> u64 {
    let bytes = id.bytes().chain([side as u8]);
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    })
}

/// How the sheet lies on the glass: the map, the size of the page, and what is beneath.
fn lie(
    form: &Form,
    side: usize,
    severity: &Severity,
    dpi: u32,
    chance: &mut Chance,
) -> (Warp, [usize; 2], Ground) {
    let size = [form.width, form.height];
    let mut warp = Warp::draw(severity, size, f64::from(dpi), chance);
    let mut bounds = [f64::MAX, f64::MAX, f64::MIN, f64::MIN];
    for corner in [[0.0; 2], [size[0], 0.0], size, [0.0, size[1]]] {
        let [x, y] = warp.to_page(corner);
        bounds = [
            bounds[0].min(x),
            bounds[1].min(y),
            bounds[2].max(x),
            bounds[3].max(y),
        ];
    }
    // The scanner crops to the sheet, more or less; or it scans all of its glass.
    let border = chance.happens(severity.border);
    let mut margin = |most: f64| {
        let mm = if border {
            (4.0 + chance.between(0.0, 12.0) + chance.either_way(most)).max(0.5)
        } else {
            chance.share() * severity.off_centre.min(1.0)
        };
        mm * warp.scale
    };
    let margins = [0, 1, 2, 3].map(|_| margin(severity.off_centre));
    warp.shift([margins[0] - bounds[0], margins[1] - bounds[1]]);
    let page = [
        (bounds[2] - bounds[0] + margins[0] + margins[2])
            .round()
            .max(1.0) as usize,
        (bounds[3] - bounds[1] + margins[1] + margins[3])
            .round()
            .max(1.0) as usize,
    ];
    let black = chance.happens(severity.black_border);
    let background = if black {
        chance.between(8.0, 40.0)
    } else {
        chance.between(235.0, 254.0)
    };
    let corner = chance.happens(severity.corner).then(|| {
        let places = form
            .sides
            .get(side)
            .map(|side| side.places())
            .unwrap_or_default();
        let kept: Vec<Area> = places
            .into_iter()
            .filter(|(name, _)| name != "the code")
            .map(|(_, place)| place)
            .collect();
        Corner::draw(size, &kept, chance)
    });
    let ground = Ground {
        background: background as u8,
        corner: corner.flatten(),
    };
    (warp, page, ground)
}

/// How the form's colour looks in each plane.
fn tint(
    colour: Colour,
    (kind, severity): (Kind, &Severity),
    threshold: f64,
    chance: &mut Chance,
) -> Vec<f32> {
    let Colour::DropOut(rgb) = colour else {
        return vec![25.0; if kind == Kind::Colour { 3 } else { 1 }];
    };
    match kind {
        Kind::Colour => rgb.map(f32::from).to_vec(),
        Kind::Grey => vec![luminance(rgb) + chance.either_way(20.0) as f32],
        Kind::Bitonal if chance.happens(severity.drop_out) => vec![240.0],
        // The lamp is of another colour, or the print too dark: partly there.
        Kind::Bitonal => vec![(threshold + chance.between(-60.0, 25.0)) as f32],
    }
}

/// Folds and stains, which lie over the ink.
fn blemish(
    page: &mut Page,
    warp: &Warp,
    (severity, size): (&Severity, [f64; 2]),
    chance: &mut Chance,
) {
    for fold in &warp.folds {
        let along = [-fold.across[1], fold.across[0]];
        let half = chance.between(0.1, 0.25) * warp.scale;
        let reach = size[0].hypot(size[1]);
        let way = (-60..=60).filter_map(|step| {
            let far = reach * f64::from(step) / 60.0;
            let [x, y] = [fold.at[0] + along[0] * far, fold.at[1] + along[1] * far];
            let on = (0.0..=size[0]).contains(&x) && (0.0..=size[1]).contains(&y);
            on.then(|| (warp.to_page([x, y]), half))
        });
        let tones = page.tones([60; 3]);
        page.lay(&Spot::drawn(&way.collect()), &tones, fold.dark);
    }
    if chance.happens(severity.stain) {
        let [x, y] = size.map(|side| chance.share() * side);
        let radius = chance.between(25.0, 42.0);
        let way = (0..=48).map(|step| {
            let angle = f64::from(step) * std::f64::consts::TAU / 48.0;
            let at = [x + radius * angle.cos(), y + radius * angle.sin()];
            let wide = 1.2 + (angle * 2.0).sin() * 0.6;
            (warp.to_page(at), wide * warp.scale)
        });
        let tones = page.tones([120, 85, 50]);
        let strong = chance.between(0.2, 0.6);
        page.lay(&Spot::drawn(&way.collect()), &tones, strong);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use postroom::domain::geometry::{Rect, Turn};
    use postroom::imaging::pix::Pix;

    fn form() -> Form {
        postroom::forms::parse(include_str!("../../../tests/forms/voucher.toml")).unwrap()
    }

    fn wanted(severity: usize, number: u64) -> Wanted {
        Wanted {
            severity,
            seed: 11,
            number,
        }
    }

    #[test]
    fn the_same_seed_makes_the_same_card() {
        let (form, simulator) = (form(), Simulator::new().unwrap());
        let make = |at| simulator.card(&form, 0, wanted(1, at)).unwrap().file.bytes;
        let first = make(5);
        assert!(make(6) != first);
        assert!(make(5) == first);
    }

    #[test]
    fn marks_are_where_the_truth_says() {
        let (form, simulator) = (form(), Simulator::new().unwrap());
        // At severity 1 all have 300 dpi, and no corner is missing.
        for at in 0..4 {
            let card = simulator.card(&form, 0, wanted(1, at)).unwrap();
            if card.truth.kind == Kind::Bitonal {
                let mut page = Pix::from_tiff(&card.file.bytes).unwrap();
                if card.truth.upside_down {
                    page = page.turned(Turn::Half).unwrap();
                }
                for mark in &form.corner_marks()[..2] {
                    let middle = [mark.x + mark.w / 2.0, mark.y + mark.h / 2.0];
                    let [x, y] = card.truth.warp.to_page(middle).map(|at| at.round() as u32);
                    // The mark and a mm around it, in halves that must be alike.
                    let half = ((mark.w / 2.0 + 1.0) * card.truth.warp.scale) as u32;
                    let ink = |left: u32, top: u32, w: u32, h: u32| {
                        page.crop(Rect::new(left, top, w, h)).unwrap().ink() as f64
                    };
                    let (left, top, side) = (x - half, y - half, 2 * half);
                    let all = ink(left, top, side, side);
                    let expected = (mark.w * card.truth.warp.scale).powi(2);
                    assert!(
                        (all / expected - 1.0).abs() < 0.1,
                        "card {at}: {all} {expected}"
                    );
                    let across = ink(left, top, half, side) - ink(x, top, half, side);
                    let down = ink(left, top, side, half) - ink(left, y, side, half);
                    assert!(across.abs().max(down.abs()) < 0.06 * all, "card {at}");
                }
            }
        }
    }
}

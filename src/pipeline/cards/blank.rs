//! A side of a form as it was printed: what a scan of it is compared with.

use std::sync::OnceLock;

use crate::domain::form::{Colour, Form};
use crate::domain::geometry::INCH;
use crate::forms::code::Modules;
use crate::forms::draw::draw;
use crate::forms::raster::{Layer, raster};
use crate::imaging::anchors::{Anchor, DENSITY, anchors};
use crate::imaging::warp::{Patch, Point};

/// Versions of the same form, before and after its own, whose codes are told from its own.
const NEAR_VERSIONS: u32 = 8;

/// A side of a form, its print drawn when it is first needed.
#[derive(Debug)]
pub(super) struct Blank {
    /// The number of its form in the book.
    pub(super) form: usize,
    /// The side, counted from 0.
    pub(super) side: usize,
    /// Its code.
    pub(super) code: Option<Modules>,
    print: OnceLock<Print>,
    other_codes: OnceLock<Vec<Modules>>,
}

/// What is printed on a side.
#[derive(Debug)]
pub(super) struct Print {
    /// Everything black whatever the form's colour: words, marks, the code.
    pub(super) black: Patch,
    /// What a scan is registered by.
    pub(super) anchors: Vec<Anchor>,
}

impl Blank {
    pub(super) fn new(form: &Form, number: usize, side: usize) -> Self {
        Self {
            form: number,
            side,
            code: Modules::of(&form.code(side)),
            print: OnceLock::new(),
            other_codes: OnceLock::new(),
        }
    }

    /// What is printed on it. A side that cannot be drawn has no anchors, is therefore
    /// never known to lie right, and goes to a person.
    pub(super) fn print(&self, form: &Form) -> &Print {
        self.print.get_or_init(|| {
            let black = printed(form, self.side, Layer::Black);
            let anchors = match form.colour {
                Colour::Black => anchors(&printed(form, self.side, Layer::Both)),
                Colour::DropOut(_) => anchors(&black),
            };
            Print { black, anchors }
        })
    }

    /// The codes of other versions of this form and of its other sides: nearest to its
    /// own, and not to be taken for it.
    pub(super) fn other_codes(&self, form: &Form) -> &[Modules] {
        self.other_codes.get_or_init(|| {
            let first = form.version.saturating_sub(NEAR_VERSIONS).max(1);
            let versions = first..=form.version.saturating_add(NEAR_VERSIONS);
            let codes = versions.flat_map(|version| {
                let form = Form {
                    version,
                    ..form.clone()
                };
                (0..2).map(move |side| form.code(side))
            });
            let others = codes.filter(|code| *code != form.code(self.side));
            others.filter_map(|code| Modules::of(&code)).collect()
        })
    }
}

fn printed(form: &Form, side: usize, layer: Layer) -> Patch {
    let drawing = draw(form, side);
    raster(&drawing, DENSITY * INCH, layer).map_or_else(
        |_| Patch {
            corner: Point::default(),
            density: DENSITY,
            width: 0,
            height: 0,
            ink: Vec::new(),
        },
        |printed| Patch {
            corner: Point::default(),
            density: DENSITY,
            width: printed.width as usize,
            height: printed.height as usize,
            ink: printed.grey.iter().map(|grey| 255 - grey).collect(),
        },
    )
}

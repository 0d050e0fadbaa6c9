//! Makes a page ready to be read: upright, measured, and straightened for the engine.
//!
//! Two images come of it. The *page image* is upright but as the scanner saw it;
//! every box that leaves the program lies on it. The *straightened* image is what
//! engines read; [`PreparedPage::to_page`] leads from its boxes back to the page.

use crate::domain::geometry::{PageSize, Rect, Turn};
use crate::domain::page::{EncodedImage, MediaType};
use crate::domain::rejection::{Rejection, RejectionCode};
use crate::imaging::pix::{Depth, Pix, PixError};
use crate::imaging::resolution;

use super::open::RawPage;

/// A page that is ready to be read.
#[derive(Debug)]
pub struct PreparedPage {
    /// The page image: upright, not straightened.
    pub image: Pix,
    /// Its size and resolution.
    pub size: PageSize,
    /// The turn, all told, that brought the scan upright.
    pub turn: Turn,
    /// The slope of its lines in degrees, clockwise to level; 0 when it was left alone.
    pub skew: f64,
    /// What engines read: level, in grey or bitonal.
    pub straightened: Pix,
    /// The height of its small letters on the straightened image, in pixels.
    pub x_height: Option<f64>,
    /// Whether there is nothing on it.
    pub blank: bool,
    /// The bytes that are kept.
    pub original: EncodedImage,
    /// Whether a browser shows the original just as the page image is.
    as_encoded: bool,
}

/// Turns, measures and straightens a page.
pub fn prepare(raw: RawPage) -> Result<PreparedPage, Rejection> {
    prepare_pixels(raw).map_err(|error| {
        Rejection::new(
            RejectionCode::TooMuchMemory,
            format!("the page could not be prepared for reading ({error}): run the batch again"),
        )
    })
}

fn prepare_pixels(raw: RawPage) -> Result<PreparedPage, PixError> {
    let mut image = raw.pix.turned(raw.turn)?;
    let dpi = resolution::settle(raw.dpi, image.width(), image.height());
    let blank = image.is_blank(dpi)?;
    let mut turn = raw.turn;
    let mut lines = Lines::default();
    if !blank {
        let found;
        (lines, found) = measure(&image)?;
        image = image.turned(found)?;
        turn = then(turn, found);
    }
    image.set_resolution(dpi);
    let readable = match image.depth() {
        Depth::Colour => image.to_grey()?,
        Depth::Bitonal | Depth::Grey => image.clone(),
    };
    let straightened = match lines.skew {
        0.0 => readable,
        skew => readable.rotated(skew)?,
    };
    Ok(PreparedPage {
        size: PageSize {
            width: image.width(),
            height: image.height(),
            dpi,
        },
        as_encoded: raw.as_encoded && raw.turn == Turn::None && turn == Turn::None,
        original: raw.original,
        skew: lines.skew,
        image,
        turn,
        straightened,
        x_height: lines.x_height,
        blank,
    })
}

/// What is measured of a page's lines of print.
#[derive(Default)]
struct Lines {
    skew: f64,
    x_height: Option<f64>,
}

/// The slope and x-height of a page once it is upright, and the turn to that.
fn measure(page: &Pix) -> Result<(Lines, Turn), PixError> {
    let mut ink = page.ink_and_paper()?;
    let mut x_height = ink.x_height()?;
    let turn = ink.turn_to_upright(x_height)?.unwrap_or_default();
    if matches!(turn, Turn::Quarter | Turn::ThreeQuarter) {
        ink = ink.turned(turn)?;
        x_height = ink.x_height()?;
    }
    let skew = ink.skew();
    let degrees = if skew.matters() { skew.degrees } else { 0.0 };
    let lines = Lines {
        skew: degrees,
        x_height,
    };
    Ok((lines, turn))
}

impl PreparedPage {
    /// Where a box on the straightened image, enlarged by `scale`, lies on the page
    /// image; always inside it and at least a pixel large.
    pub fn to_page(&self, part: Rect, scale: f64) -> Rect {
        let (sin, cos) = (-self.skew).to_radians().sin_cos();
        let middle = |w: u32, h: u32| (f64::from(w) / 2.0, f64::from(h) / 2.0);
        let (from_x, from_y) = middle(self.straightened.width(), self.straightened.height());
        let (to_x, to_y) = middle(self.size.width, self.size.height);
        let place = |x: f64, y: f64| {
            let (x, y) = (x / scale - from_x, y / scale - from_y);
            (x * cos - y * sin + to_x, x * sin + y * cos + to_y)
        };
        // The middle of the box, with its own width and height, hugs a word closer
        // than the box around four turned corners would.
        let (w, h) = (f64::from(part.w) / scale, f64::from(part.h) / scale);
        let (x, y) = place(
            f64::from(part.x) + f64::from(part.w) / 2.0,
            f64::from(part.y) + f64::from(part.h) / 2.0,
        );
        let (wide, tall) = (w * cos + h * sin.abs(), h * cos + w * sin.abs());
        let left = clamp(x - wide / 2.0, self.size.width - 1);
        let top = clamp(y - tall / 2.0, self.size.height - 1);
        let right = clamp((x + wide / 2.0).ceil(), self.size.width).max(left + 1);
        let bottom = clamp((y + tall / 2.0).ceil(), self.size.height).max(top + 1);
        Rect::new(left, top, right - left, bottom - top)
    }

    /// The page image that people see; `None` when the original serves as it is.
    pub fn display(&self) -> Result<Option<EncodedImage>, Rejection> {
        let shown = matches!(self.original.media, MediaType::Png | MediaType::Jpeg);
        if shown && self.as_encoded {
            return Ok(None);
        }
        let (media, bytes) = match self.image.depth() {
            Depth::Bitonal => (MediaType::Png, self.image.to_png()),
            Depth::Grey | Depth::Colour => (MediaType::Jpeg, self.image.to_jpeg()),
        };
        let bytes = bytes.map_err(|error| {
            Rejection::new(
                RejectionCode::TooMuchMemory,
                format!(
                    "no display image could be made of the page ({error}): run the batch again"
                ),
            )
        })?;
        Ok(Some(EncodedImage { media, bytes }))
    }
}

fn clamp(place: f64, end: u32) -> u32 {
    place.clamp(0.0, f64::from(end)) as u32
}

/// One turn after another.
fn then(first: Turn, second: Turn) -> Turn {
    Turn::from_degrees((first.degrees() + second.degrees()) % 360).unwrap_or_default()
}

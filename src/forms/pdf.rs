//! A form as PDF, for the printer.

use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::text::{Font, TextDirection};

use super::draw::{Drawing, Shape, Tone, draw};
use crate::domain::form::{Colour, Form};
use crate::domain::geometry::INCH;

pub(super) const REGULAR: &[u8] = include_bytes!("fonts/FormSans-Regular.ttf");
pub(super) const BOLD: &[u8] = include_bytes!("fonts/FormSans-Bold.ttf");

/// PDF units to a mm.
const UNITS: f64 = 72.0 / INCH;

/// The form could not be drawn, which is a fault of the program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the form cannot be drawn: {0}; report this with the form file")]
pub struct NotDrawn(String);

impl NotDrawn {
    pub(super) const fn new(why: String) -> Self {
        Self(why)
    }
}

/// The whole form, a page for each side.
pub fn pdf(form: &Form) -> Result<Vec<u8>, NotDrawn> {
    let drawings = (0..form.sides.len()).map(|side| draw(form, side));
    write(drawings, form.colour)
}

/// Drawings as pages of one file.
pub fn write(drawings: impl Iterator<Item = Drawing>, colour: Colour) -> Result<Vec<u8>, NotDrawn> {
    finish(pages(drawings, colour)?)
}

/// The same with a title and a language, which a reader of screens tells who cannot see.
pub fn write_titled(
    drawings: impl Iterator<Item = Drawing>,
    colour: Colour,
    title: &str,
    language: &str,
) -> Result<Vec<u8>, NotDrawn> {
    let about = Metadata::new().title(title.to_owned());
    let about = about.language(language.to_owned());
    let mut document = pages(drawings, colour)?;
    document.set_metadata(about);
    finish(document)
}

fn finish(document: Document) -> Result<Vec<u8>, NotDrawn> {
    let written = document.finish();
    written.map_err(|error| NotDrawn(format!("{error:?}")))
}

fn pages(drawings: impl Iterator<Item = Drawing>, colour: Colour) -> Result<Document, NotDrawn> {
    let font = |bytes: &'static [u8]| {
        Font::new(bytes.to_vec().into(), 0).ok_or_else(|| NotDrawn("a font is damaged".to_owned()))
    };
    let fonts = [font(REGULAR)?, font(BOLD)?];
    let mut document = Document::new();
    for drawing in drawings {
        let size = |length: f64| (length * UNITS) as f32;
        let settings = PageSettings::from_wh(size(drawing.width), size(drawing.height))
            .ok_or_else(|| NotDrawn("its page has no size".to_owned()))?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        for shape in &drawing.shapes {
            place(&mut surface, shape, colour, &fonts);
        }
        surface.finish();
        page.finish();
    }
    Ok(document)
}

fn place(surface: &mut Surface<'_>, shape: &Shape, colour: Colour, fonts: &[Font; 2]) {
    match shape {
        Shape::Filled(area, tone) => {
            let [x, y, w, h] = [area.x, area.y, area.w, area.h].map(|n| (n * UNITS) as f32);
            surface.set_fill(Some(fill(*tone, colour)));
            if let Some(rect) = Rect::from_xywh(x, y, w, h) {
                let mut path = PathBuilder::new();
                path.push_rect(rect);
                if let Some(path) = path.finish() {
                    surface.draw_path(&path);
                }
            }
        }
        Shape::Words(text) => {
            surface.set_fill(Some(fill(Tone::Black, colour)));
            let at = Point::from_xy((text.x * UNITS) as f32, (text.y * UNITS) as f32);
            let font = fonts[usize::from(text.bold)].clone();
            surface.draw_text(
                at,
                font,
                text.size as f32,
                &text.text,
                false,
                TextDirection::Auto,
            );
        }
    }
}

fn fill(tone: Tone, colour: Colour) -> Fill {
    let [red, green, blue] = match (tone, colour) {
        (Tone::Paper, _) => [255; 3],
        (Tone::Form, Colour::DropOut(rgb)) => rgb,
        (Tone::Black, _) | (Tone::Form, Colour::Black) => [0; 3],
    };
    Fill {
        paint: rgb::Color::new(red, green, blue).into(),
        opacity: NormalizedF32::ONE,
        rule: Default::default(),
    }
}

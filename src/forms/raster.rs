//! A drawing as pixels: for the picture on screen, and for what a scan is compared with.
//!
//! Areas are covered exactly, so that lines thinner than a pixel keep their weight; words
//! take the way of the printer's PDF, so that they stand where the printer sets them.

use hayro::hayro_interpret::{InterpreterSettings, TransformExt};
use hayro::hayro_syntax::Pdf;
use hayro::kurbo::Affine;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::vello_cpu::{Pixmap, RasterizerSettings, RenderContext, Resources, TargetInit};
use hayro::{RenderCache, RenderSettings, render_into};

use super::draw::{Drawing, Shape, Tone};
use super::pdf::{NotDrawn, write};
use crate::domain::form::Colour;
use crate::domain::geometry::{Area, INCH};

/// Which ink of a drawing is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// What is printed in black whatever the form's colour: marks, code, words.
    Black,
    /// Boxes and combs, in the form's colour.
    Form,
    /// All of it.
    Both,
}

/// One layer in grey, row after row from the top left corner: 255 is paper, 0 is ink.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The pixels, one byte each.
    pub grey: Vec<u8>,
}

/// Red, green and blue of each pixel, row after row from the top left corner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The pixels, three bytes each.
    pub rgb: Vec<u8>,
}

/// No side is longer, in pixels: A3 at 1,200 dpi.
const LONGEST: f64 = 20_000.0;

/// One layer of a drawing at so many dots an inch; sides are rounded to whole pixels.
pub fn raster(drawing: &Drawing, dpi: f64, layer: Layer) -> Result<Printed, NotDrawn> {
    let mut paper = Paper::new(drawing, dpi)?;
    for shape in &drawing.shapes {
        if let Shape::Filled(area, tone) = shape {
            match (tone, layer) {
                (Tone::Paper, _) => paper.clear(area),
                (Tone::Black, Layer::Black | Layer::Both)
                | (Tone::Form, Layer::Form | Layer::Both) => paper.fill(area),
                _ => {}
            }
        }
    }
    if layer != Layer::Form {
        paper.words(drawing)?;
    }
    let (width, height) = (paper.width as u32, paper.height as u32);
    let grey = paper.ink.iter().map(|ink| 255 - ink).collect();
    Ok(Printed {
        width,
        height,
        grey,
    })
}

/// A drawing as it looks when it is printed with this colour.
pub fn picture(drawing: &Drawing, dpi: f64, colour: Colour) -> Result<Picture, NotDrawn> {
    let black = raster(drawing, dpi, Layer::Black)?;
    let form = raster(drawing, dpi, Layer::Form)?;
    let tint = match colour {
        Colour::Black => [0; 3],
        Colour::DropOut(rgb) => rgb,
    };
    let pixels = black.grey.iter().zip(&form.grey);
    let rgb = pixels.flat_map(|(black, form)| {
        let (black, form) = (u32::from(*black), u32::from(*form));
        tint.map(|part| {
            let part = u32::from(part) * (255 - form) + 255 * form;
            ((part * black + 255 * 255 / 2) / (255 * 255)) as u8
        })
    });
    Ok(Picture {
        width: black.width,
        height: black.height,
        rgb: rgb.collect(),
    })
}

/// How much of each pixel is covered with ink, of 255.
struct Paper {
    width: usize,
    height: usize,
    /// Pixels to a mm.
    scale: f64,
    ink: Vec<u8>,
}

impl Paper {
    fn new(drawing: &Drawing, dpi: f64) -> Result<Self, NotDrawn> {
        let scale = dpi / INCH;
        let [width, height] = [drawing.width, drawing.height].map(|side| (side * scale).round());
        if !(width >= 1.0 && height >= 1.0 && width.max(height) <= LONGEST) {
            let size = format!("{width} by {height} pixels are too many or too few");
            return Err(NotDrawn::new(size));
        }
        let (width, height) = (width as usize, height as usize);
        Ok(Self {
            width,
            height,
            scale,
            ink: vec![0; width * height],
        })
    }

    /// Shapes that touch within a pixel share it: their parts add up.
    fn fill(&mut self, area: &Area) {
        self.covered(area, |ink, part| {
            ink.saturating_add((part * 255.0).round() as u8)
        });
    }

    fn clear(&mut self, area: &Area) {
        self.covered(area, |ink, part| {
            (f64::from(ink) * (1.0 - part)).round() as u8
        });
    }

    /// Changes each pixel by the part of it that the area covers.
    fn covered(&mut self, area: &Area, change: impl Fn(u8, f64) -> u8) {
        let across = parts(area.x * self.scale, area.right() * self.scale, self.width);
        for (y, down) in parts(area.y * self.scale, area.bottom() * self.scale, self.height) {
            let row = &mut self.ink[y * self.width..][..self.width];
            for (x, part) in across.clone() {
                row[x] = change(row[x], part * down);
            }
        }
    }

    fn words(&mut self, drawing: &Drawing) -> Result<(), NotDrawn> {
        let words = Drawing {
            width: drawing.width,
            height: drawing.height,
            shapes: drawing
                .shapes
                .iter()
                .filter(|shape| matches!(shape, Shape::Words(_)))
                .cloned()
                .collect(),
        };
        if words.shapes.is_empty() {
            return Ok(());
        }
        let broken = || NotDrawn::new("its words cannot be drawn".to_owned());
        let bytes = write(std::iter::once(words), Colour::Black)?;
        let pdf = Pdf::new(bytes).map_err(|_| broken())?;
        let page = pdf.pages().first().ok_or_else(broken)?;
        // Both sides are within `LONGEST`.
        let (width, height) = (self.width as u16, self.height as u16);
        let mut context = RenderContext::new(width, height);
        let units = self.scale * INCH / 72.0;
        let settings = RenderSettings {
            hinting: false,
            glyph_caching: false,
            ..RenderSettings::default()
        };
        render_into(
            page,
            &RenderCache::new(),
            &InterpreterSettings::default(),
            &settings,
            &mut context,
            Affine::scale(units) * page.initial_transform(true).to_kurbo(),
        );
        context.flush();
        let mut pixels = Pixmap::new(width, height);
        let on_white = RasterizerSettings {
            target_init: TargetInit::Clear(WHITE),
            ..RasterizerSettings::default()
        };
        context.render_with(&mut pixels, &mut Resources::default(), on_white);
        for (ink, pixel) in self.ink.iter_mut().zip(pixels.data()) {
            *ink = (*ink).max(255 - pixel.r);
        }
        Ok(())
    }
}

/// The pixels of a row or column of so many that lie between two places, and how much of
/// each does.
fn parts(from: f64, to: f64, count: usize) -> impl Iterator<Item = (usize, f64)> + Clone {
    let (from, to) = (from.clamp(0.0, count as f64), to.clamp(0.0, count as f64));
    (from as usize..to.ceil() as usize).map(move |at| {
        let (left, right) = (at as f64, at as f64 + 1.0);
        (at, (to.min(right) - from.max(left)).max(0.0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::form::Text;
    use crate::forms::draw::draw;
    use crate::forms::parse;
    use crate::forms::tests::CARD;

    /// Dots an inch at which a mm is ten pixels.
    const TENTHS: f64 = 254.0;

    fn drawing(shapes: Vec<Shape>) -> Drawing {
        Drawing {
            width: 2.0,
            height: 1.0,
            shapes,
        }
    }

    fn filled(x: f64, y: f64, w: f64, h: f64, tone: Tone) -> Shape {
        Shape::Filled(Area::new(x, y, w, h), tone)
    }

    #[test]
    fn parts_of_pixels_are_grey_and_add_up() {
        let halves = vec![
            filled(0.0, 0.0, 0.15, 0.1, Tone::Black),
            filled(0.15, 0.0, 0.1, 0.1, Tone::Form),
        ];
        let row = |layer| raster(&drawing(halves.clone()), TENTHS, layer).unwrap();
        assert_eq!(row(Layer::Black).grey[..4], [0, 127, 255, 255]);
        assert_eq!(row(Layer::Form).grey[..4], [255, 127, 127, 255]);
        assert_eq!(row(Layer::Both).grey[..4], [0, 0, 127, 255]);
        assert_eq!((row(Layer::Both).width, row(Layer::Both).height), (20, 10));
    }

    #[test]
    fn paper_is_a_hole() {
        let ring = vec![
            filled(0.0, 0.0, 0.3, 0.3, Tone::Black),
            filled(0.1, 0.1, 0.1, 0.1, Tone::Paper),
        ];
        let printed = raster(&drawing(ring), TENTHS, Layer::Both).unwrap();
        assert_eq!(printed.grey[20..24], [0, 255, 0, 255]);
    }

    #[test]
    fn colours_are_the_forms() {
        let both = vec![
            filled(0.0, 0.0, 0.1, 0.1, Tone::Black),
            filled(0.1, 0.0, 0.1, 0.1, Tone::Form),
        ];
        let colour = Colour::DropOut([250, 180, 170]);
        let picture = picture(&drawing(both), TENTHS, colour).unwrap();
        assert_eq!(picture.rgb[..9], [0, 0, 0, 250, 180, 170, 255, 255, 255]);
    }

    #[test]
    fn words_stand_on_their_base_line() {
        let words = Shape::Words(Text {
            text: "HHHH".to_owned(),
            x: 1.0,
            y: 5.0,
            size: 10.0,
            bold: false,
        });
        let page = Drawing {
            width: 20.0,
            height: 10.0,
            shapes: vec![words],
        };
        let printed = raster(&page, TENTHS, Layer::Both).unwrap();
        let inked = |y: usize| printed.grey[y * 200..][..200].iter().any(|grey| *grey < 64);
        assert_eq!(
            (0..100).filter(|y| inked(*y)).max(),
            Some(49),
            "the row above 5 mm"
        );
        let capital = (0..100).filter(|y| inked(*y)).count();
        assert!((22..=28).contains(&capital), "{capital} tenths of a mm");
        let form = raster(&page, TENTHS, Layer::Form).unwrap();
        assert!(form.grey.iter().all(|grey| *grey == 255));
    }

    #[test]
    fn a_card_has_its_marks_where_the_form_says() {
        let form = parse(CARD).unwrap();
        let printed = raster(&draw(&form, 0), 300.0, Layer::Black).unwrap();
        assert_eq!((printed.width, printed.height), (1240, 1748));
        for mark in form.corner_marks() {
            let [x, y] = [mark.x + mark.w * 0.1, mark.y + mark.h * 0.1];
            let pixel = |mm: f64| (mm * 300.0 / INCH) as usize;
            assert_eq!(printed.grey[pixel(y) * 1240 + pixel(x)], 0);
        }
    }

    #[test]
    fn a_sheet_of_no_size_is_refused() {
        assert!(raster(&drawing(Vec::new()), 0.0, Layer::Both).is_err());
        assert!(raster(&drawing(Vec::new()), 1e6, Layer::Both).is_err());
        assert!(raster(&drawing(Vec::new()), f64::NAN, Layer::Both).is_err());
    }
}

//! Pages that are no plain scan: text, drawings, several images. Rendered as a
//! scanner would have seen them on paper.

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};
use lopdf::{Document, Object, ObjectId};

use crate::domain::limits::Limits;
use crate::domain::rejection::Rejection;
use crate::imaging::pix::Pix;
use crate::imaging::raster::Samples;

use super::super::picture::pix;
use super::super::{damaged, too_many_pixels};
use super::single;

/// What print is scanned at.
const DPI: f64 = 300.0;

/// Larger sheets (from A2 on) are rendered at fewer dots an inch instead.
const MAX_PIXELS: f64 = 40_000_000.0;

/// The renderer counts pixels in 16 bits.
const MAX_SIDE: f64 = 60_000.0;

/// The renderer cuts a side's fraction of a pixel off; 899.9999 pixels are 900.
const WHOLE: f32 = 1.000_01;

/// Points in an inch.
const POINTS: f64 = 72.0;

/// Refuses pages with an image larger than a page may be, before anything unpacks it.
pub(super) fn within_limits(
    document: &Document,
    page: ObjectId,
    number: usize,
    limits: &Limits,
) -> Result<(), Rejection> {
    for object in single::reached(document, page) {
        let Ok(stream) = object.as_stream() else {
            continue;
        };
        let side = |key: &[u8]| {
            let side = stream
                .dict
                .get_deref(key, document)
                .and_then(Object::as_i64);
            side.map_or(0, |side| u64::try_from(side).unwrap_or(0))
        };
        let (width, height) = (side(b"Width"), side(b"Height"));
        if width.saturating_mul(height) > limits.page_pixels {
            return Err(too_many_pixels(number, width, height, limits));
        }
    }
    Ok(())
}

/// Renders the first page of a PDF, turned as its `/Rotate` says; gives its dots per
/// inch as well.
pub(super) fn page(bytes: &[u8], number: usize) -> Result<(Pix, f64), Rejection> {
    let broken = || {
        damaged(format!(
            "page {number} of this PDF cannot be drawn: scan it again"
        ))
    };
    let pdf = hayro_syntax::Pdf::new(bytes.to_vec()).map_err(|_| broken())?;
    let page = pdf.pages().first().ok_or_else(broken)?;
    let (width, height) = page.render_dimensions();
    let (width, height) = (f64::from(width), f64::from(height));
    if !(width > 0.0 && height > 0.0) {
        return Err(broken());
    }
    let scale = (DPI / POINTS)
        .min((MAX_PIXELS / (width * height)).sqrt())
        .min(MAX_SIDE / width.max(height));
    let settings = PixmapSettings {
        x_scale: scale as f32 * WHOLE,
        y_scale: scale as f32 * WHOLE,
        bg_color: WHITE,
    };
    let pixmap = render(
        page,
        &RenderCache::new(),
        &InterpreterSettings::default(),
        &RenderSettings::default(),
        &settings,
    );
    let (width, height) = (pixmap.width().into(), pixmap.height().into());
    let rgba = pixmap.data_as_u8_slice();
    let grey = rgba
        .chunks_exact(4)
        .all(|pixel| pixel[0] == pixel[1] && pixel[1] == pixel[2]);
    let page = if grey {
        let rows: Vec<u8> = rgba.chunks_exact(4).map(|pixel| pixel[0]).collect();
        pix(width, height, Samples::Grey, &rows)
    } else {
        pix(width, height, Samples::Rgba, rgba)
    };
    Ok((page?, scale * POINTS))
}

//! Opens what a scanner wrote: lists its pages, then gives each as pixels together
//! with the bytes that are kept for it.
//!
//! The kind is told by content, never by name. Everything that can be known without
//! decoding (sizes, limits, missing ends) is checked first, so that decoders see
//! only what can succeed; what panics all the same becomes a `damaged` page here.

mod fax;
mod orientation;
mod pdf;
mod picture;
mod tiff;

#[cfg(test)]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::domain::geometry::Turn;
use crate::domain::limits::Limits;
use crate::domain::page::EncodedImage;
use crate::domain::rejection::{Rejection, RejectionCode};
use crate::imaging::pix::Pix;
use orientation::Orientation;

/// No side of a page is shorter, in pixels: a stamp of 8 mm at 150 dpi.
const MIN_SIDE: u32 = 50;

/// Across and down may differ by this much before the page is stretched: fax pages
/// have 204 by 98 dots an inch, rounding differs by less than one in a hundred.
const SQUARE_ENOUGH: f64 = 1.05;

/// A scan whose pages are listed and can be asked for, one by one.
#[derive(Debug)]
pub struct OpenScan<'a> {
    pages: Pages<'a>,
    limits: Limits,
}

/// One page as it came out of its file.
#[derive(Debug)]
pub struct RawPage {
    /// Its pixels, not yet turned.
    pub pix: Pix,
    /// Dots per inch as the file claims; may be absurd.
    pub dpi: Option<u32>,
    /// The turn that the file asks for (EXIF, TIFF's orientation, PDF's `/Rotate`).
    pub turn: Turn,
    /// Whether `pix` is what a viewer shows of `original` before turning it; not so
    /// when it had to be mirrored or stretched.
    pub as_encoded: bool,
    /// The bytes that are kept.
    pub original: EncodedImage,
}

#[derive(Debug)]
enum Pages<'a> {
    Tiff(tiff::Tiff<'a>),
    Pdf(Box<pdf::Pdf<'a>>),
    Picture(picture::Picture<'a>),
}

/// What each format hands to [`OpenScan::page`].
struct OpenedPage {
    pix: Pix,
    dpi: Option<(f64, f64)>,
    orientation: Orientation,
    original: EncodedImage,
}

/// Tells what a file is and lists its pages; no pixel is decoded yet.
pub fn open<'a>(bytes: &'a [u8], limits: &Limits) -> Result<OpenScan<'a>, Rejection> {
    if bytes.len() as u64 > limits.scan_bytes {
        return Err(Rejection::new(
            RejectionCode::TooLarge,
            format!(
                "the file has {}, more than the limit of {}: scan it in smaller stacks",
                amount(bytes.len() as u64),
                amount(limits.scan_bytes)
            ),
        ));
    }
    let pages = unwinding(|| list_pages(bytes, limits))?;
    Ok(OpenScan {
        pages,
        limits: *limits,
    })
}

impl OpenScan<'_> {
    /// How many pages it has; at least one.
    pub fn page_count(&self) -> u32 {
        let count = match &self.pages {
            Pages::Tiff(tiff) => tiff.page_count(),
            Pages::Pdf(pdf) => pdf.page_count(),
            Pages::Picture(_) => 1,
        };
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// Decodes the page of this number, from 1.
    pub fn page(&self, number: u32) -> Result<RawPage, Rejection> {
        if number == 0 || number > self.page_count() {
            return Err(damaged(format!("the file has no page {number}")));
        }
        let index = number as usize - 1;
        unwinding(|| {
            let opened = match &self.pages {
                Pages::Tiff(tiff) => tiff.page(index, &self.limits),
                Pages::Pdf(pdf) => pdf.page(index, &self.limits),
                Pages::Picture(picture) => picture.page(&self.limits),
            }?;
            finish(opened, number)
        })
    }
}

/// The one place where a file's kind is decided.
fn list_pages<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Pages<'a>, Rejection> {
    if bytes.is_empty() {
        return Err(Rejection::new(
            RejectionCode::Empty,
            "the file is empty: scan the sheet again",
        ));
    }
    if pdf::is_pdf(bytes) {
        return pdf::list(bytes, limits).map(|pdf| Pages::Pdf(Box::new(pdf)));
    }
    match bytes {
        [b'I', b'I', 0x2a | 0x2b, 0, ..] | [b'M', b'M', 0, 0x2a | 0x2b, ..] => {
            tiff::list(bytes, limits).map(Pages::Tiff)
        }
        _ => match picture::recognise(bytes) {
            Some(picture) => Ok(Pages::Picture(picture)),
            None => Err(foreign(bytes)),
        },
    }
}

/// Names what is no kind of scan.
fn foreign(bytes: &[u8]) -> Rejection {
    let known: [(&[u8], &str); 12] = [
        (b"GIF8", "a GIF image"),
        (b"RIFF", "a WebP image or a sound"),
        (b"P1", "a PNM image"),
        (b"P2", "a PNM image"),
        (b"P3", "a PNM image"),
        (b"P4", "a PNM image"),
        (b"P5", "a PNM image"),
        (b"P6", "a PNM image"),
        (b"PK\x03\x04", "a ZIP archive or an office document"),
        (b"\xd0\xcf\x11\xe0", "an old office document"),
        (b"%!PS", "a PostScript file"),
        (b"\x97JB2", "a bare JBIG2 image"),
    ];
    let what = known
        .iter()
        .find(|(magic, _)| bytes.starts_with(magic))
        .map_or("no kind of image that a scanner makes", |(_, name)| name);
    unsupported(format!(
        "by its content the file is {what}: let the scanner write TIFF, PDF, JPEG, PNG or BMP"
    ))
}

/// What every format has in common once its pixels are there.
fn finish(opened: OpenedPage, number: u32) -> Result<RawPage, Rejection> {
    let (width, height) = (opened.pix.width(), opened.pix.height());
    if width.min(height) < MIN_SIDE {
        return Err(damaged(format!(
            "page {number} is only {width} by {height} pixels, too small for a page: scan it again"
        )));
    }
    let out_of_memory = |_| {
        damaged(format!(
            "page {number} could not be unpacked: scan it again"
        ))
    };
    let mut pix = opened.pix;
    let mut as_encoded = true;
    if opened.orientation.mirrored {
        pix = pix.mirrored().map_err(out_of_memory)?;
        as_encoded = false;
    }
    if let Some((x, y)) = stretch(opened.dpi) {
        pix = pix.scaled(x, y).map_err(out_of_memory)?;
        as_encoded = false;
    }
    Ok(RawPage {
        pix,
        dpi: opened
            .dpi
            .map(|(x, y)| x.max(y).round().clamp(0.0, 1e9) as u32),
        turn: opened.orientation.turn,
        as_encoded,
        original: opened.original,
    })
}

/// The factors that make a page's dots square, when they are far from it and both
/// resolutions are ones that a scanner or a fax has.
fn stretch(dpi: Option<(f64, f64)>) -> Option<(f64, f64)> {
    let (x, y) = dpi?;
    let real = |dpi: f64| (72.0..=1_200.0).contains(&dpi);
    let ratio = x.max(y) / x.min(y);
    (real(x) && real(y) && ratio > SQUARE_ENOUGH && ratio < 5.0)
        .then(|| (x.max(y) / x, x.max(y) / y))
}

/// A decoder's panic is a damaged file, not a broken machine.
fn unwinding<T>(decode: impl FnOnce() -> Result<T, Rejection>) -> Result<T, Rejection> {
    catch_unwind(AssertUnwindSafe(decode)).unwrap_or_else(|_| {
        Err(damaged(
            "the file's content contradicts itself so that it cannot be decoded: scan it again",
        ))
    })
}

fn damaged(reason: impl Into<String>) -> Rejection {
    Rejection::new(RejectionCode::Damaged, reason)
}

fn truncated(reason: impl Into<String>) -> Rejection {
    Rejection::new(RejectionCode::Truncated, reason)
}

fn unsupported(reason: impl Into<String>) -> Rejection {
    Rejection::new(RejectionCode::Unsupported, reason)
}

fn bad_fax_row(page: usize, row: u64, rows: u64) -> Rejection {
    damaged(format!(
        "page {page}'s fax image is damaged from row {row} of {rows} on: scan it again"
    ))
}

fn missing_bytes(page: usize, missing: u64) -> Rejection {
    truncated(format!(
        "the file ends before its content does (page {page} needs {} more): scan it again",
        amount(missing)
    ))
}

fn too_many_pixels(page: usize, width: u64, height: u64, limits: &Limits) -> Rejection {
    Rejection::new(
        RejectionCode::TooLarge,
        format!(
            "page {page} claims {width} by {height} pixels, more than the limit of {} million: scan it at a lower resolution",
            limits.page_pixels / 1_000_000
        ),
    )
}

/// Bytes in the unit that a person would say.
fn amount(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        1_000_000..1_000_000_000 => format!("{} MB", bytes.div_ceil(1_000_000)),
        _ => format!("{} GB", bytes.div_ceil(1_000_000_000)),
    }
}

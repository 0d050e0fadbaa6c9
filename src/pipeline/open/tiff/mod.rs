//! TIFF: finds every page, checks that its pixels are there, and cuts it out as a
//! TIFF of its own.
//!
//! A page is decoded from the very bytes that are kept for it, so what was read and
//! what is filed cannot differ. Layout: TIFF 6.0 (Adobe, 1992) and BigTIFF.

mod directory;
mod extract;
mod pixels;
mod tag;

#[cfg(test)]
mod tests;

use crate::domain::limits::Limits;
use crate::domain::page::{EncodedImage, MediaType};
use crate::domain::rejection::{Rejection, RejectionCode};
use crate::imaging::pix::Pix;

use super::orientation::Orientation;
use super::{OpenedPage, damaged};
use directory::{Directory, Layout};
use extract::Keep;

/// A TIFF whose pages are listed, none of them decoded yet.
#[derive(Debug)]
pub(super) struct Tiff<'a> {
    bytes: &'a [u8],
    layout: Layout,
    pages: Vec<Directory>,
}

/// Lists the pages of a TIFF.
pub(super) fn list<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Tiff<'a>, Rejection> {
    let layout = Layout::of(bytes)?;
    let mut pages: Vec<Directory> = Vec::new();
    for directory in directory::walk(bytes, layout, limits)? {
        let thumbnail = pages
            .last()
            .is_some_and(|page| directory.is_thumbnail_of(page, bytes));
        if !thumbnail {
            pages.push(directory);
        }
    }
    if pages.is_empty() {
        return Err(damaged("this TIFF has no page in it: scan the sheet again"));
    }
    Ok(Tiff {
        bytes,
        layout,
        pages,
    })
}

impl Tiff<'_> {
    pub(super) fn page_count(&self) -> usize {
        self.pages.len()
    }

    /// Cuts out and decodes the page at `index`, from 0.
    pub(super) fn page(&self, index: usize, limits: &Limits) -> Result<OpenedPage, Rejection> {
        let number = index + 1;
        let directory = &self.pages[index];
        let image = pixels::check(self.bytes, directory, number, limits)?;
        let chunks = pixels::chunks(self.bytes, directory, number)?;
        let cut = |keep| extract::one_page(self.bytes, self.layout, directory, &chunks, keep);
        let pix = Pix::from_tiff(&cut(Keep::Pixels)).map_err(|_| {
            Rejection::new(
                RejectionCode::Damaged,
                format!("page {number} of this TIFF cannot be decoded: scan it again"),
            )
        })?;
        if (pix.width(), pix.height()) != (image.width, image.height) {
            return Err(damaged(format!(
                "page {number} of this TIFF decodes to another size than it claims: scan it again"
            )));
        }
        let pix = if image.bitonal {
            pix.threshold(128)
        } else {
            Ok(pix)
        };
        let bytes = if self.pages.len() == 1 {
            self.bytes.to_vec()
        } else {
            cut(Keep::Everything)
        };
        Ok(OpenedPage {
            pix: pix.map_err(|_| damaged("memory ran out while decoding"))?,
            dpi: image.dpi,
            orientation: Orientation::from_exif(image.orientation),
            original: EncodedImage {
                media: MediaType::Tiff,
                bytes,
            },
        })
    }
}

/// The dots per inch in an EXIF block, which is a TIFF without an image.
pub(super) fn resolution_of_exif(block: &[u8]) -> Option<(f64, f64)> {
    let layout = Layout::of(block).ok()?;
    let first = directory::walk(block, layout, &Limits::default()).ok()?;
    pixels::resolution(block, first.first()?)
}

/// The coded rows of a one-strip TIFF, for tests that wrap them in something else.
#[cfg(test)]
pub(super) fn single_strip(bytes: &[u8]) -> Vec<u8> {
    let layout = Layout::of(bytes).unwrap();
    let pages = directory::walk(bytes, layout, &Limits::default()).unwrap();
    let strips = pixels::chunks(bytes, &pages[0], 1).unwrap();
    assert_eq!(strips.len(), 1, "more than one strip");
    bytes[strips[0].clone()].to_vec()
}

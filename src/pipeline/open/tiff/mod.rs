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
pub(super) mod tests;

use std::ops::Range;

use crate::domain::limits::Limits;
use crate::domain::page::{EncodedImage, MediaType};
use crate::domain::rejection::Rejection;
use crate::imaging::pix::{Pix, PixError};

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
        pixels::whole_fax(self.bytes, directory, &chunks, &image, number)?;
        let cut = |keep| extract::one_page(self.bytes, self.layout, directory, &chunks, keep);
        let pix = match image.tile {
            Some(tile) => self.join_tiles(directory, &chunks, &image, tile),
            None => Pix::from_tiff(&cut(Keep::Pixels)),
        };
        let pix = pix.map_err(|_| {
            damaged(format!(
                "page {number} of this TIFF cannot be decoded: scan it again"
            ))
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

    /// Leptonica reads strips only: each tile is decoded as a page of its own.
    fn join_tiles(
        &self,
        page: &Directory,
        chunks: &[Range<usize>],
        image: &pixels::Image,
        (wide, tall): (u32, u32),
    ) -> Result<Pix, PixError> {
        let across = image.width.div_ceil(wide);
        let mut joined: Option<Pix> = None;
        for (index, chunk) in (0_u32..).zip(chunks) {
            let (x, y) = (index % across * wide, index / across * tall);
            if y >= image.height {
                break;
            }
            let tile = extract::one_tile(self.bytes, self.layout, page, chunk, (wide, tall));
            let tile = Pix::from_tiff(&tile)?;
            let mut whole = match joined.take() {
                Some(whole) => whole,
                None => Pix::blank(image.width, image.height, tile.depth())?,
            };
            whole.paste(&tile, x, y)?;
            joined = Some(whole);
        }
        joined.ok_or(PixError::NO_TILES)
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

//! PDF: takes the scanner's image out of each page untouched, and renders what is no
//! plain scan.
//!
//! A page that was rendered or whose image is no file of its own is kept as a PDF of
//! one page with only its own objects.

mod bits;
mod image;
mod render;
mod scan;
mod single;

use lopdf::{Document, LoadOptions, Object, ObjectId};

use crate::domain::geometry::Turn;
use crate::domain::limits::Limits;
use crate::domain::page::{EncodedImage, MediaType};
use crate::domain::rejection::{Rejection, RejectionCode};

use super::orientation::Orientation;
use super::{OpenedPage, damaged, truncated};

/// Readers accept the header within the first kilobyte (PDF 1.7, annex H).
const HEADER_WITHIN: usize = 1_024;

/// ... and the end mark within the last one; two for what mail gateways append.
const END_WITHIN: usize = 2_048;

/// Bytes that structure may unpack to; content is bounded by the page's limit.
const STRUCTURE_BYTES: usize = 64 * 1024 * 1024;

/// A PDF whose pages are listed.
pub(super) struct Pdf<'a> {
    bytes: &'a [u8],
    document: Document,
    pages: Vec<ObjectId>,
}

impl std::fmt::Debug for Pdf<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pdf of {} pages", self.pages.len())
    }
}

/// Whether a PDF header is where readers look for it.
pub(super) fn is_pdf(bytes: &[u8]) -> bool {
    bytes[..bytes.len().min(HEADER_WITHIN)]
        .windows(5)
        .any(|window| window == b"%PDF-")
}

/// Reads the structure and lists the pages.
pub(super) fn list<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Pdf<'a>, Rejection> {
    let ended = bytes[bytes.len().saturating_sub(END_WITHIN)..]
        .windows(5)
        .any(|window| window == b"%%EOF");
    let broken = || {
        if ended {
            damaged("the structure of this PDF contradicts itself: scan it again")
        } else {
            truncated(
                "the file ends before its content does (a PDF without its end): scan it again",
            )
        }
    };
    let options = LoadOptions {
        max_decompressed_size: Some(STRUCTURE_BYTES),
        ..LoadOptions::default()
    };
    let document =
        Document::load_mem_with_options(bytes, options).map_err(|error| match error {
            lopdf::Error::InvalidPassword => encrypted(),
            _ => broken(),
        })?;
    if document.is_encrypted() {
        return Err(encrypted());
    }
    if !ended && document.xref_recovery.is_some() {
        return Err(broken());
    }
    let pages: Vec<ObjectId> = document
        .page_iter()
        .take(limits.scan_pages as usize + 1)
        .collect();
    if pages.len() > limits.scan_pages as usize {
        return Err(Rejection::new(
            RejectionCode::TooLarge,
            format!(
                "the file has more than {} pages: scan it in smaller stacks",
                limits.scan_pages
            ),
        ));
    }
    let claimed = claimed_pages(&document);
    if pages.is_empty() || claimed.is_some_and(|claimed| claimed > pages.len() as i64) {
        return Err(damaged(format!(
            "this PDF has {} of the {} pages that it claims: scan it again",
            pages.len(),
            claimed.map_or_else(|| "unnumbered".to_owned(), |claimed| claimed.to_string()),
        )));
    }
    Ok(Pdf {
        bytes,
        document,
        pages,
    })
}

impl Pdf<'_> {
    pub(super) fn page_count(&self) -> usize {
        self.pages.len()
    }

    /// The page at `index`, from 0.
    pub(super) fn page(&self, index: usize, limits: &Limits) -> Result<OpenedPage, Rejection> {
        let number = index + 1;
        let id = self.pages[index];
        let scan = scan::find(&self.document, id, limits);
        let taken = match scan {
            Some(scan) => image::take(&self.document, &scan, number, limits)?
                .map(|taken| (taken, scan.dpi, scan.turn)),
            None => None,
        };
        if let Some((taken, dpi, turn)) = taken {
            let original = match taken.file {
                Some(file) => file,
                None => self.alone(id, number)?,
            };
            return Ok(OpenedPage {
                pix: taken.pix,
                dpi: Some(dpi),
                orientation: Orientation::turned(turn),
                original,
            });
        }
        render::within_limits(&self.document, id, number, limits)?;
        let original = self.alone(id, number)?;
        let (pix, dpi) = render::page(&original.bytes, number)?;
        Ok(OpenedPage {
            pix,
            dpi: Some((dpi, dpi)),
            orientation: Orientation::turned(Turn::None),
            original,
        })
    }

    /// The page as a file of its own; the file itself when it has no other page.
    fn alone(&self, id: ObjectId, number: usize) -> Result<EncodedImage, Rejection> {
        let bytes = if self.pages.len() == 1 {
            self.bytes.to_vec()
        } else {
            single::page(&self.document, id).map_err(|_| {
                damaged(format!(
                    "page {number} of this PDF cannot be taken out: scan it again"
                ))
            })?
        };
        Ok(EncodedImage {
            media: MediaType::Pdf,
            bytes,
        })
    }
}

/// How many pages the page tree says it has.
fn claimed_pages(document: &Document) -> Option<i64> {
    let root = document
        .catalog()
        .ok()?
        .get_deref(b"Pages", document)
        .ok()?
        .as_dict()
        .ok()?;
    root.get_deref(b"Count", document)
        .and_then(Object::as_i64)
        .ok()
}

fn encrypted() -> Rejection {
    Rejection::new(
        RejectionCode::Encrypted,
        "this PDF needs a password: ask for one without, or print and scan it",
    )
}

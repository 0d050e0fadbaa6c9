//! One side of one sheet, on its way from the scanner to the store.

use super::card::CardSide;
use super::geometry::{PageSize, Turn};
use super::grammar::case_reference::CaseReference;
use super::rejection::Rejection;
use super::text::PageText;

/// How an image is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MediaType {
    /// `image/tiff`, one page.
    Tiff,
    /// `application/pdf`, one page.
    Pdf,
    /// `image/jpeg`.
    Jpeg,
    /// `image/jp2`.
    Jpeg2000,
    /// `image/png`.
    Png,
    /// `image/bmp`.
    Bmp,
}

named!(MediaType {
    Tiff => "image/tiff",
    Pdf => "application/pdf",
    Jpeg => "image/jpeg",
    Jpeg2000 => "image/jp2",
    Png => "image/png",
    Bmp => "image/bmp",
});

impl MediaType {
    /// The usual file extension, without the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Tiff => "tif",
            Self::Pdf => "pdf",
            Self::Jpeg => "jpg",
            Self::Jpeg2000 => "jp2",
            Self::Png => "png",
            Self::Bmp => "bmp",
        }
    }
}

/// An image as it is kept: its bytes, untouched, and what they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodedImage {
    /// How the bytes are encoded.
    pub media: MediaType,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// What a page turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PageKind {
    /// A page of a letter.
    Letter,
    /// A side of a loyalty card or coupon.
    Card,
    /// An enclosure: a receipt, an envelope.
    Other,
    /// Nothing on it; kept and counted all the same.
    Blank,
    /// A separator sheet between documents.
    Separator,
}

named!(PageKind {
    Letter => "letter",
    Card => "card",
    Other => "other",
    Blank => "blank",
    Separator => "separator",
});

/// A page that was read: what it is, what stands on it, and its images.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadPage {
    /// What it is.
    pub kind: PageKind,
    /// The size of the page image (upright, as scanned, not straightened).
    pub size: PageSize,
    /// The turn that brought the scan upright.
    pub turn: Turn,
    /// The slope of its lines in degrees before it was straightened.
    pub skew: f64,
    /// The words, placed on the page image.
    pub text: PageText,
    /// What is on it where it is a side of a card, placed on the page image.
    pub card: Option<Box<CardSide>>,
    /// The case whose code is on it: it is a letter of ours that came back.
    pub case: Option<CaseReference>,
    /// The page as the scanner encoded it.
    pub original: EncodedImage,
    /// The page image that people see; `None` when the original serves.
    pub display: Option<EncodedImage>,
}

/// A page of a scan by its number from 1: read, or set aside with the reason.
#[derive(Debug, Clone, PartialEq)]
pub struct PageOutcome {
    /// Its number in the scan, from 1.
    pub number: u32,
    /// What came of it.
    pub result: Result<ReadPage, Rejection>,
}

//! What reads pixels: engines behind small traits, and fakes beside them.
//!
//! leptess is named in [`tesseract`] and nowhere else, zxing-cpp in [`barcode`].

pub mod barcode;
pub mod handprint;
pub mod line_reader;
pub mod scripted;
pub mod scripted_cards;
pub mod tesseract;
pub mod ticks;
mod weights;

use std::path::Path;

use crate::domain::identity::Digest;
use crate::domain::rejection::{Rejection, RejectionCode};
use crate::domain::text::PageText;
use crate::imaging::pix::Pix;

/// A page image made ready for reading print: upright, straightened.
#[derive(Debug)]
pub struct Print<'a> {
    /// The image, bitonal or grey.
    pub pix: &'a Pix,
    /// Its resolution in dots per inch.
    pub dpi: u32,
    /// The median height of its small letters in pixels, where it has some.
    pub x_height: Option<f64>,
}

/// Reads print.
pub trait Ocr {
    /// The words of a page, placed on the image that was given.
    fn read(&mut self, page: &Print<'_>) -> Result<PageText, EngineError>;
}

/// The engines that one reader owns.
pub struct Engines {
    /// For print.
    pub ocr: Box<dyn Ocr>,
}

impl std::fmt::Debug for Engines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Engines")
    }
}

/// The networks that read what customers write on cards.
#[derive(Debug)]
pub struct Networks {
    /// For boxes to tick.
    pub ticks: ticks::TickNetwork,
    /// For boxes to write in.
    pub handprint: handprint::HandprintNetwork,
    /// For open lines.
    pub lines: line_reader::LineNetwork,
}

impl Networks {
    /// Those that ship with the program.
    pub fn open() -> Result<Self, EngineError> {
        Ok(Self {
            ticks: ticks::TickNetwork::open()?,
            handprint: handprint::HandprintNetwork::open()?,
            lines: line_reader::LineNetwork::open()?,
        })
    }
}

/// An engine is missing, unusable, or failed on a page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// It cannot be started at all.
    #[error("{engine} cannot be used: {what}")]
    Unusable {
        /// Its name.
        engine: &'static str,
        /// What is wrong, and what to do.
        what: String,
    },
    /// It gave up on one page.
    #[error("{engine} gave up on the page")]
    GaveUp {
        /// Its name.
        engine: &'static str,
    },
}

impl From<EngineError> for Rejection {
    /// An engine that fails on a page costs the page.
    fn from(error: EngineError) -> Self {
        Self::new(RejectionCode::ReaderCrashed, error.to_string())
    }
}

impl Engines {
    /// The real engines; `tessdata` is Tesseract's data folder, `None` the system's.
    pub fn open(tessdata: Option<&Path>) -> Result<Self, EngineError> {
        let ocr = Box::new(tesseract::Tesseract::open(tessdata)?);
        Ok(Self { ocr })
    }

    /// The fake engine with its script, for exact tests.
    pub fn scripted(script: &Path) -> Result<Self, EngineError> {
        let ocr = Box::new(scripted::Scripted::open(script)?);
        Ok(Self { ocr })
    }
}

/// The hash of the network that reads handprint in boxes.
pub fn handprint_digest() -> Digest {
    handprint::digest()
}

/// The hash of the model that reads print, kept with every reading.
pub fn model_digest(tessdata: Option<&Path>) -> Result<Digest, EngineError> {
    tesseract::model_digest(tessdata)
}

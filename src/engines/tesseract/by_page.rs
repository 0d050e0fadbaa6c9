//! Pages that are no plain letters, by Tesseract's own layout analysis.

use super::{Segmentation, Tesseract};
use crate::domain::text::PageText;
use crate::engines::EngineError;
use crate::imaging::printed::PrintedPage;

/// Reads the cleaned page.
pub(super) fn read(
    engine: &mut Tesseract,
    printed: &PrintedPage<'_>,
    dpi: u32,
) -> Result<PageText, EngineError> {
    engine.segment(Segmentation::Page)?;
    let cleaned = printed.cleaned()?;
    engine.recognise(&cleaned, dpi)
}

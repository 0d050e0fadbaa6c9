//! From a prepared page to its words, placed on the page image.

use super::prepare::PreparedPage;
use crate::domain::rejection::Rejection;
use crate::domain::text::{Line, PageText, Word};
use crate::engines::{Engines, Print};

/// Reads the print of a page; a blank page costs no engine.
pub fn transcribe(page: &PreparedPage, engines: &mut Engines) -> Result<PageText, Rejection> {
    if page.blank {
        return Ok(PageText::default());
    }
    let text = engines.ocr.read(&Print {
        pix: &page.straightened,
        dpi: page.size.dpi,
        x_height: page.x_height,
    })?;
    let on_page = |word: &Word| Word {
        bounds: page.to_page(word.bounds, 1.0),
        ..word.clone()
    };
    let lines = text.lines.iter().filter_map(|line| {
        let words = line.words().iter().map(on_page).collect();
        Line::new(words, line.block)
    });
    Ok(PageText {
        lines: lines.collect(),
    })
}

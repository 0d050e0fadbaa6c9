//! PNG: whether all chunks are there, and what they say of dots and depth.

use crate::domain::rejection::Rejection;

use super::super::{missing_bytes, truncated};

/// Inches in a metre.
const METRE: f64 = 39.370_078_74;

#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Facts {
    /// One bit a pixel.
    pub(super) bitonal: bool,
    pub(super) dpi: Option<(f64, f64)>,
}

/// Walks the chunks up to the last one.
pub(super) fn facts(bytes: &[u8]) -> Result<Facts, Rejection> {
    let mut facts = Facts::default();
    let mut at = 8;
    while let Some(head) = bytes.get(at..at + 8) {
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let end = at + 12 + length;
        let Some(body) = bytes.get(at + 8..at + 8 + length) else {
            return Err(missing_bytes(1, (end - bytes.len()) as u64));
        };
        match &head[4..] {
            b"IHDR" => facts.bitonal = body.get(8) == Some(&1),
            b"pHYs" => facts.dpi = dots(body),
            b"IEND" => return Ok(facts),
            _ => {}
        }
        at = end;
    }
    Err(truncated(
        "the file ends before its image does (a PNG without its last part): scan it again",
    ))
}

fn dots(body: &[u8]) -> Option<(f64, f64)> {
    let [x @ .., y0, y1, y2, y3, 1] = body else {
        return None;
    };
    let x = u32::from_be_bytes(x.try_into().ok()?);
    let y = u32::from_be_bytes([*y0, *y1, *y2, *y3]);
    Some((f64::from(x) / METRE, f64::from(y) / METRE))
}

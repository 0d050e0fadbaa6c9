//! BMP: whether its rows are all there, and what its header says of dots and depth.

use crate::domain::rejection::Rejection;

use super::super::{missing_bytes, truncated};

/// Inches in a metre.
const METRE: f64 = 39.370_078_74;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Facts {
    /// One bit a pixel.
    pub(super) bitonal: bool,
    pub(super) dpi: Option<(f64, f64)>,
}

/// Reads the header of a Windows bitmap; older headers (12 bytes) tell no dots.
pub(super) fn facts(bytes: &[u8]) -> Result<Facts, Rejection> {
    let short = || truncated("the file ends within its header: scan it again");
    let word = |at: usize| {
        let four = bytes.get(at..at + 4).ok_or_else(short)?;
        Ok::<_, Rejection>(u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
    };
    let (pixels_at, header) = (word(10)?, word(14)?);
    if header < 40 {
        return Ok(Facts {
            bitonal: word(22)? >> 16 == 1,
            dpi: None,
        });
    }
    let (width, height) = (word(18)? as i32, word(22)? as i32);
    let (bits, packing) = (word(26)? >> 16, word(30)?);
    let row = (u64::from(width.unsigned_abs()) * u64::from(bits)).div_ceil(32) * 4;
    let end = u64::from(pixels_at) + row.saturating_mul(height.unsigned_abs().into());
    if matches!(packing, 0 | 3) && end > bytes.len() as u64 {
        return Err(missing_bytes(1, end - bytes.len() as u64));
    }
    let (x, y) = (f64::from(word(38)? as i32), f64::from(word(42)? as i32));
    Ok(Facts {
        bitonal: bits == 1,
        dpi: (x > 0.0 && y > 0.0).then_some((x / METRE, y / METRE)),
    })
}

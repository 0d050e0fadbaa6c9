//! The connected shapes of ink on a page: letters, specks, rules, edges.

use std::ptr;

use leptonica_sys as lept;

use super::pix::{Depth, Pix, PixError};
use crate::domain::geometry::Rect;

impl Pix {
    /// The box of every connected shape of ink on a bitonal page.
    pub fn shapes(&self) -> Result<Vec<Rect>, PixError> {
        if self.depth() != Depth::Bitonal {
            return Err(PixError("shapes of a page that is not bitonal"));
        }
        // SAFETY: the image is alive and bitonal; the list is ours and freed below.
        let mut boxes = unsafe { lept::pixConnCompBB(self.raw(), 8) };
        if boxes.is_null() {
            return Err(PixError("pixConnCompBB"));
        }
        // SAFETY: the list is alive.
        let count = unsafe { lept::boxaGetCount(boxes) };
        let mut shapes = Vec::with_capacity(count.unsigned_abs() as usize);
        for index in 0..count {
            let (mut x, mut y, mut w, mut h) = (0, 0, 0, 0);
            // SAFETY: the index is below the count; the call fills all four places.
            unsafe { lept::boxaGetBoxGeometry(boxes, index, &mut x, &mut y, &mut w, &mut h) };
            shapes.push(Rect::new(
                x.unsigned_abs(),
                y.unsigned_abs(),
                w.unsigned_abs(),
                h.unsigned_abs(),
            ));
        }
        // SAFETY: the list is ours and not used again.
        unsafe { lept::boxaDestroy(&mut boxes) };
        Ok(shapes)
    }

    /// Half the size, a pixel being ink when at least `level` (1 to 4) of four are.
    pub fn halved(&self, level: u8) -> Result<Self, PixError> {
        // SAFETY: the image is alive; the call refuses what is not bitonal; no table is given.
        let raw = unsafe { lept::pixReduceRankBinary2(self.raw(), level.into(), ptr::null_mut()) };
        Self::own(raw, "pixReduceRankBinary2")
    }

    /// Gaps of up to so many pixels across and down filled.
    pub fn closed(&self, across: u32, down: u32) -> Result<Self, PixError> {
        let (w, h) = (super::pix::signed(across)?, super::pix::signed(down)?);
        // SAFETY: the image is alive; a null destination asks for a new image.
        let raw = unsafe { lept::pixCloseSafeBrick(ptr::null_mut(), self.raw(), w, h) };
        Self::own(raw, "pixCloseSafeBrick")
    }
}

//! Whether there is anything on a page.

use super::pix::{Pix, PixError};

impl Pix {
    /// Whether the page is blank.
    pub fn is_blank(&self, _dpi: u32) -> Result<bool, PixError> {
        Ok(self.clone().otsu()?.ink() < 200)
    }
}

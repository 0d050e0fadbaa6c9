//! The code on a form as its light and dark modules.

use qrcodegen::{QrCode, QrCodeEcc};

/// The modules of a square code, row after row; dark ones are printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Modules {
    /// How many there are along a side.
    pub side: usize,
    /// Whether each is dark.
    pub dark: Vec<bool>,
}

/// A finder pattern's side: three of them stand in the corners of every QR code.
pub const FINDER: usize = 7;

impl Modules {
    /// The QR code of a text; `None` when it is too long for one.
    pub fn of(text: &str) -> Option<Self> {
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
        let side = 0..code.size();
        let rows = side.clone().flat_map(|y| side.clone().map(move |x| (x, y)));
        Some(Self {
            side: code.size().unsigned_abs() as usize,
            dark: rows.map(|(x, y)| code.get_module(x, y)).collect(),
        })
    }

    /// Whether a module belongs to one of the three finder patterns or the light
    /// border around it.
    pub const fn in_finder(&self, x: usize, y: usize) -> bool {
        let near = FINDER + 1;
        let far = self.side - near;
        let (left, top) = (x < near, y < near);
        (left && (top || y >= far)) || (x >= far && top)
    }
}

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
}

//! What may stand in a box that somebody wrote in by hand, as the network tells it apart.

/// The characters: capitals (small letters count as their capitals), digits, and the
/// punctuation that names, streets and e-mail need.
pub const SIGNS: [char; 43] = [
    'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', 'P', 'Q', 'R', 'S',
    'T', 'U', 'V', 'W', 'X', 'Y', 'Z', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '-', '\'',
    '.', '@', '_', '/', '&',
];

/// How many things the network tells apart: the characters, then nothing, something
/// struck out, and ink that is no character.
pub const CLASSES: usize = SIGNS.len() + 3;

/// How likely the ink of one box is each of these, the network's training shares divided
/// out; together 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Glyph {
    /// By character, in the order of [`SIGNS`].
    pub signs: [f64; SIGNS.len()],
    /// Nothing was written.
    pub blank: f64,
    /// A character that the writer took back.
    pub struck: f64,
    /// Dirt, a stray stroke, or a part of something.
    pub junk: f64,
}

impl Glyph {
    /// The likeliest character and its probability.
    pub fn best(&self) -> (char, f64) {
        let signs = SIGNS.iter().zip(self.signs);
        signs.fold((SIGNS[0], 0.0), |best, (sign, share)| {
            if share > best.1 { (*sign, share) } else { best }
        })
    }
}

/// How likely each character stands at one step along an open line, or none there;
/// together 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// By character, in the order of [`SIGNS`].
    pub signs: [f64; SIGNS.len()],
    /// None, or the one of the step before goes on no further.
    pub none: f64,
}

//! The characters that fields are spelled with, numbered.

/// Every character that any field may have: capitals, digits, marks.
const SIGNS: &[u8; COUNT] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -'.@_/+&";
/// How many there are.
pub(super) const COUNT: usize = 45;

/// The number of a character.
pub(super) type Sign = u8;

/// A set of characters, one bit for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Signs(u64);

impl Signs {
    /// The characters of a text; those that no field has are left out.
    pub(super) const fn of(text: &str) -> Self {
        let (bytes, mut set, mut at) = (text.as_bytes(), 0, 0);
        while at < bytes.len() {
            if let Some(sign) = sign_of(bytes[at]) {
                set |= 1 << sign;
            }
            at += 1;
        }
        Self(set)
    }

    pub(super) const fn has(self, sign: Sign) -> bool {
        self.0 >> sign & 1 == 1
    }

    pub(super) fn iter(self) -> impl Iterator<Item = Sign> + Clone {
        (0..COUNT as Sign).filter(move |sign| self.has(*sign))
    }
}

/// The number of each byte; [`NONE`] of one that is no sign.
const NUMBERS: [Sign; 256] = {
    let (mut numbers, mut at) = ([NONE; 256], 0);
    while at < COUNT {
        numbers[SIGNS[at] as usize] = at as Sign;
        at += 1;
    }
    numbers
};
const NONE: Sign = Sign::MAX;

/// The number of a capital, digit or mark.
pub(super) const fn sign_of(byte: u8) -> Option<Sign> {
    match NUMBERS[byte as usize] {
        NONE => None,
        sign => Some(sign),
    }
}

/// The character of a number.
pub(super) fn char_of(sign: Sign) -> char {
    char::from(SIGNS[usize::from(sign)])
}

/// The numbers of a text's characters; `None` when it has one that no field has.
pub(super) fn signs_of(text: &str) -> Option<Vec<Sign>> {
    text.bytes().map(sign_of).collect()
}

/// The text of numbers.
pub(super) fn text_of(signs: &[Sign]) -> String {
    signs.iter().map(|sign| char_of(*sign)).collect()
}

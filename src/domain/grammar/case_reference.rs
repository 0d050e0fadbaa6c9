//! Our own case reference: `PR-0000417-11`.
//!
//! Digits only after the prefix, so that the usual confusions of print and hand
//! (`O` for `0`, `I` for `1`, `S` for `5`) have one meaning, and two check digits
//! by ISO 7064 MOD 97-10: every single wrong digit, every transposition of
//! neighbours and 98.9 % of all other mistakes are caught. A reference that fails
//! its check attaches nothing to anything.

use std::fmt;
use std::str::FromStr;

/// A case reference whose check digits hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CaseReference(u64);

/// The text is not one of our case references, or was misread.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a case reference, which looks like PR-0000417-11; check every digit")]
pub struct NotACaseReference(String);

/// The digits of the number itself.
const DIGITS: usize = 7;

impl CaseReference {
    /// The largest case number that a reference can carry.
    pub const MAX: u64 = 9_999_999;

    /// The reference of a case number; `None` beyond [`Self::MAX`].
    pub fn new(number: u64) -> Option<Self> {
        (number <= Self::MAX).then_some(Self(number))
    }

    /// The case number.
    pub const fn number(self) -> u64 {
        self.0
    }

    /// ISO 7064 MOD 97-10: the two digits that make the whole congruent to 1.
    const fn check(self) -> u64 {
        98 - (self.0 * 100) % 97
    }
}

impl fmt::Display for CaseReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PR-{:0DIGITS$}-{:02}", self.0, self.check())
    }
}

impl FromStr for CaseReference {
    type Err = NotACaseReference;

    /// Takes lower case, missing or other dashes, spaces, and letters that are
    /// misread digits.
    fn from_str(text: &str) -> Result<Self, NotACaseReference> {
        parse(text).ok_or_else(|| NotACaseReference(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<CaseReference> {
    let mut signs = text
        .chars()
        .filter(|c| c.is_alphanumeric())
        .map(|c| c.to_ascii_uppercase());
    if (signs.next()?, signs.next()?) != ('P', 'R') {
        return None;
    }
    let digits: Vec<u64> = signs.map(digit).collect::<Option<_>>()?;
    if digits.len() != DIGITS + 2 {
        return None;
    }
    let value = digits.iter().fold(0, |sum, d| sum * 10 + d);
    let reference = CaseReference::new(value / 100)?;
    (value % 100 == reference.check()).then_some(reference)
}

fn digit(sign: char) -> Option<u64> {
    match sign {
        'O' | 'Q' | 'D' => Some(0),
        'I' | 'L' => Some(1),
        'Z' => Some(2),
        'S' => Some(5),
        'B' => Some(8),
        _ => sign.to_digit(10).map(u64::from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn as_people_type_it() {
        let reference = CaseReference::new(417).unwrap();
        assert_eq!(reference.to_string(), "PR-0000417-11");
        for text in ["PR-0000417-11", "pr0000417 11", "PR–OOOO4I7–Il"] {
            assert_eq!(text.parse(), Ok(reference), "{text}");
        }
    }

    proptest! {
        #[test]
        fn survives_its_text(number in 0..=CaseReference::MAX) {
            let reference = CaseReference::new(number).unwrap();
            prop_assert_eq!(reference.to_string().parse(), Ok(reference));
        }

        #[test]
        fn one_wrong_digit_is_caught(number in 0..=CaseReference::MAX, at in 0usize..9, add in 1u8..10) {
            let digits: String = CaseReference::new(number).unwrap().to_string()
                .chars().filter(char::is_ascii_digit).collect();
            let mut wrong = digits.into_bytes();
            wrong[at] = b'0' + (wrong[at] - b'0' + add) % 10;
            let text = format!("PR{}", String::from_utf8(wrong).unwrap());
            prop_assert!(text.parse::<CaseReference>().is_err());
        }

        #[test]
        fn swapped_neighbours_are_caught(number in 0..=CaseReference::MAX, at in 0usize..8) {
            let text = CaseReference::new(number).unwrap().to_string();
            let mut digits: Vec<char> = text.chars().filter(char::is_ascii_digit).collect();
            prop_assume!(digits[at] != digits[at + 1]);
            digits.swap(at, at + 1);
            let text = format!("PR{}", digits.into_iter().collect::<String>());
            prop_assert!(text.parse::<CaseReference>().is_err());
        }
    }
}

//! Loyalty card and member numbers: digits, often in groups of four.
//!
//! Every shop has its own length and check digit, so only the plain shape is
//! held to here; which numbers exist is for the customer register to say.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// A member number, its digits grouped as they were printed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MemberNumber(String);

/// The text is not a member number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a member number, which is 6 to 19 digits")]
pub struct NotAMemberNumber(String);

/// Digits that a card number has: ISO/IEC 7812 allows up to 19; below six it
/// could be anything.
const DIGITS: RangeInclusive<usize> = 6..=19;

impl MemberNumber {
    /// The digits without their spaces.
    pub fn digits(&self) -> String {
        self.0.chars().filter(char::is_ascii_digit).collect()
    }
}

impl FromStr for MemberNumber {
    type Err = NotAMemberNumber;

    /// Takes digits in groups with spaces or dashes between them.
    fn from_str(text: &str) -> Result<Self, NotAMemberNumber> {
        let digits = text.chars().filter(char::is_ascii_digit).count();
        let clean = text
            .chars()
            .all(|c| c.is_ascii_digit() || c.is_whitespace() || c == '-');
        if !clean || !DIGITS.contains(&digits) {
            return Err(NotAMemberNumber(text.to_owned()));
        }
        let groups: Vec<&str> = text
            .split(|c: char| !c.is_ascii_digit())
            .filter(|group| !group.is_empty())
            .collect();
        Ok(Self(groups.join(" ")))
    }
}

impl fmt::Display for MemberNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn as_printed() {
        let number: MemberNumber = "6318 2045  7791-3306".parse().unwrap();
        assert_eq!(number.to_string(), "6318 2045 7791 3306");
        assert_eq!(number.digits(), "6318204577913306");
        for text in ["", "417", "6318 S045 7791 3306", "12345678901234567890"] {
            assert!(text.parse::<MemberNumber>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_number_survives_its_text(text in "[0-9 -]{0,24}") {
            if let Ok(number) = text.parse::<MemberNumber>() {
                prop_assert_eq!(number.to_string().parse(), Ok(number));
            }
        }
    }
}

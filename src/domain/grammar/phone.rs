//! British telephone numbers: ten or eleven digits from the leading 0, as the
//! national numbering plan has them.

use std::fmt;
use std::str::FromStr;

/// A British telephone number in national form.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PhoneNumber {
    /// All digits, the leading 0 included.
    digits: String,
}

/// The text is not a British telephone number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a British telephone number, which looks like 01632 960123")]
pub struct NotAPhoneNumber(String);

impl PhoneNumber {
    /// All digits, the leading 0 included: `01632960123`.
    pub fn digits(&self) -> &str {
        &self.digits
    }

    /// How many digits the area code has, the leading 0 included.
    fn area_code(&self) -> usize {
        let digits = self.digits.as_bytes();
        match digits {
            [b'0', b'2', ..] => 3,
            [b'0', b'1', b'1', ..] | [b'0', b'1', _, b'1', ..] => 4,
            [b'0', b'3' | b'8' | b'9', ..] => 4,
            _ => 5,
        }
    }
}

impl FromStr for PhoneNumber {
    type Err = NotAPhoneNumber;

    /// Takes spaces, dashes, dots, brackets, `+44` and `+44 (0)`.
    fn from_str(text: &str) -> Result<Self, NotAPhoneNumber> {
        parse(text).ok_or_else(|| NotAPhoneNumber(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<PhoneNumber> {
    let allowed = |c: char| c.is_ascii_digit() || " -–.()+/".contains(c);
    if !text.chars().all(allowed) {
        return None;
    }
    let signs: String = text.chars().filter(|c| !" -–./".contains(*c)).collect();
    let national = match signs.strip_prefix("+44").or(signs.strip_prefix("0044")) {
        Some(rest) => format!("0{}", rest.trim_start_matches("(0)")),
        None => signs,
    };
    let digits: String = national.chars().filter(char::is_ascii_digit).collect();
    let shape = matches!(
        digits.as_bytes(),
        [b'0', b'1' | b'2' | b'3' | b'7' | b'8' | b'9', ..]
    );
    let length = match digits.as_bytes().get(1) {
        Some(b'1') => 10..=11,
        _ => 11..=11,
    };
    (shape && length.contains(&digits.len())).then_some(PhoneNumber { digits })
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (area, rest) = self.digits.split_at(self.area_code());
        match (area.len(), rest.len()) {
            (3, 8) => write!(f, "{area} {} {}", &rest[..4], &rest[4..]),
            (4, 7) => write!(f, "{area} {} {}", &rest[..3], &rest[3..]),
            _ => write!(f, "{area} {rest}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn as_printed() {
        for (text, standard) in [
            ("01632 960123", "01632 960123"),
            ("(01632) 960 123", "01632 960123"),
            ("+44 (0)20 7946 0123", "020 7946 0123"),
            ("0113-496 0123", "0113 496 0123"),
            ("07700 900123", "07700 900123"),
            ("0345 4960 123", "0345 496 0123"),
        ] {
            let number: PhoneNumber = text.parse().unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(number.to_string(), standard);
        }
        for text in [
            "",
            "417",
            "6318 2045 7791 3306",
            "0345 4960 1232 1",
            "04/07/2026",
            "O1632 960123",
        ] {
            assert!(text.parse::<PhoneNumber>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_number_survives_its_text(text in "0[0-9]{9,10}") {
            if let Ok(number) = text.parse::<PhoneNumber>() {
                prop_assert_eq!(number.to_string().parse(), Ok(number));
            }
        }

        #[test]
        fn no_text_panics(text in ".{0,20}") {
            let _ = text.parse::<PhoneNumber>();
        }
    }
}

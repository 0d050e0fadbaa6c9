//! Check digits of numbers that we give out: one wrong digit, and nearly every two that
//! changed places, make the number fail.

/// How the last digit of a number follows from the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CheckDigit {
    /// As on payment cards: every second digit twice (ISO/IEC 7812-1, annex B).
    Luhn,
    /// As in NHS numbers: weights 2, 3, 4, ... from the right, the sum modulo 11; numbers
    /// whose check digit would be 10 are never given out.
    Mod11,
}

named!(CheckDigit {
    Luhn => "luhn",
    Mod11 => "mod11",
});

impl CheckDigit {
    /// Whether the last digit is what the others ask for; characters that are no digits
    /// are passed over.
    pub fn holds(self, number: &str) -> bool {
        let digits: Vec<u32> = number.chars().filter_map(|c| c.to_digit(10)).collect();
        if digits.len() < 2 {
            return false;
        }
        let from_the_right = digits.iter().rev().copied().zip(1u32..);
        match self {
            Self::Luhn => {
                let parts = from_the_right.map(|(digit, place)| match (place % 2, 2 * digit) {
                    (1, _) => digit,
                    (_, twice) if twice > 9 => twice - 9,
                    (_, twice) => twice,
                });
                parts.sum::<u32>().is_multiple_of(10)
            }
            Self::Mod11 => {
                let sum: u32 = from_the_right.map(|(digit, weight)| digit * weight).sum();
                sum.is_multiple_of(11)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sound_numbers_hold_and_slips_do_not() {
        // The standard's own example, and that of the NHS data dictionary.
        for (check, number) in [
            (CheckDigit::Luhn, "7992 7398 713"),
            (CheckDigit::Mod11, "943 476 5919"),
        ] {
            assert!(check.holds(number));
            for (at, digit) in number.char_indices().filter(|(_, c)| c.is_ascii_digit()) {
                let mut wrong = number.to_owned();
                let other = if digit == '9' { "0" } else { "9" };
                wrong.replace_range(at..=at, other);
                assert!(!check.holds(&wrong), "{wrong}");
            }
        }
        assert!(!CheckDigit::Luhn.holds("0"));
    }
}

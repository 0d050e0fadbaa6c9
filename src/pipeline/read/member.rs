//! The writer's card or membership number, where its words say that it is one.

use crate::domain::confidence::Probability;
use crate::domain::field::Found;
use crate::domain::grammar::member_number::MemberNumber;

use super::known::Company;
use super::passage::Passage;
use super::pattern::pattern;

pattern!(
    MEMBER,
    r"(?x)\b(?i:(?:loyalty|rewards?|points|club|store|gold|silver|platinum|member(?:ship)?)\s*(?:card|scheme|club|account|member(?:ship)?)?|card|membership)\b
    [^.:?!£]{0,45}?(?:\b(?i:no|num|number)\b|\#)\.?,?\s*(?i:is|was)?\s*[:.\#(]*\s*
    ((?:[A-Z]{1,3}[\s\-]?)?[0-9][0-9\s\-]{4,24}[0-9])\b"
);
pattern!(PREFIX, r"^([A-Z]{1,3})[\s\-]?([0-9].*)$");

/// A number after `card number` or `membership number`.
const FIRM_MEMBER: f64 = 0.97;
/// Of misread numbers so many have a right check digit all the same.
const UNSEEN: f64 = 0.1;
/// Digits of a card whose number needs no check digit to be one.
const CARD_DIGITS: usize = 16;

/// The number that follows `card number`, `Gold member, number` and their like.
pub(super) fn find(passage: &Passage<'_>, companies: &[Company]) -> Option<Found> {
    let cut = passage.group(&MEMBER)?;
    let read = cut.confidence;
    let (letters, digits) = match PREFIX.captures(&cut.text) {
        Some(found) => (found[1].to_owned(), found[2].to_owned()),
        None => (String::new(), cut.text.clone()),
    };
    let number: MemberNumber = digits.parse().ok()?;
    let sound = has_check_digit(&number.digits());
    let plain = letters.is_empty() && number.digits().len() == CARD_DIGITS;
    let reason = if sound {
        "follows \u{201c}card number\u{201d}, and its check digit holds"
    } else {
        "follows \u{201c}card number\u{201d}"
    };
    let value = format!("{letters} {number}").trim_start().to_owned();
    let mut found = cut.found_as(value, FIRM_MEMBER, reason);
    if sound {
        let missed = UNSEEN * (1.0 - read.get());
        found.probability = Probability::clamped(FIRM_MEMBER * (1.0 - missed));
    }
    found.doubt = if !sound && !plain {
        Some("its last digit is no check digit".to_owned())
    } else if !letters.is_empty() && !are_initials(&letters, companies) {
        Some(format!("nothing confirms the letters {letters}"))
    } else {
        None
    };
    Some(found)
}

/// Whether the letters are the initials of one of our companies: an `E` for an `F`
/// shows in no check digit.
fn are_initials(letters: &str, companies: &[Company]) -> bool {
    companies.iter().any(|company| {
        let words = company.name.split(|c: char| !c.is_alphanumeric());
        let initials = words.filter_map(|word| word.chars().next());
        let initials: String = initials.filter(|c| c.is_uppercase()).collect();
        letters.len() >= 2 && initials.starts_with(letters)
    })
}

/// Whether the last digit is the check digit of the others (Luhn).
fn has_check_digit(digits: &str) -> bool {
    let values = digits.chars().rev().filter_map(|c| c.to_digit(10));
    let sum: u32 = values
        .enumerate()
        .map(|(at, digit)| match (at % 2, 2 * digit) {
            (0, _) => digit,
            (_, twice) if twice > 9 => twice - 9,
            (_, twice) => twice,
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::super::tests::pages::typed;
    use super::*;

    fn read(text: &str) -> Option<(String, bool)> {
        let page = typed(text);
        let mut passage = Passage::default();
        for word in page.text.words() {
            passage.push(1, word);
        }
        let ours = Company {
            name: "Kettle & Xylophone Ltd".to_owned(),
            address: String::new(),
            postcode: None,
        };
        let found = find(&passage, &[ours])?;
        Some((found.value, found.doubt.is_none()))
    }

    #[test]
    fn with_and_without_letters_before_them() {
        for (text, value, sure) in [
            (
                "My membership number is KX 4071 8825 9 and I have",
                "KX 4071 8825 9",
                true,
            ),
            (
                "a Gold member, number KX 1003 4472 0, for years",
                "KX 1003 4472 0",
                true,
            ),
            (
                "a Gold member since 2004 (number KX 1006 7719 4)",
                "KX 1006 7719 4",
                true,
            ),
            (
                "held Gold membership for ten years, under the number 2045 1163 8,",
                "2045 1163 8",
                true,
            ),
            (
                "my membership number, KX 5520 9137 4. I gave",
                "KX 5520 9137 4",
                false,
            ),
            (
                "My membership number is KY 4071 8825 9 and I",
                "KY 4071 8825 9",
                false,
            ),
            (
                "My loyalty card, number 6318 2045 7791 3306, has",
                "6318 2045 7791 3306",
                true,
            ),
        ] {
            assert_eq!(read(text), Some((value.to_owned(), sure)), "{text}");
        }
        assert_eq!(read("the card that I paid with ends in 4417"), None);
        assert_eq!(read("my card. The house number is 120034"), None);
    }
}

//! Whether two people, or a person and the program, read the same value off a field.

use crate::domain::form::FieldKind;
use crate::gazetteer::same_name;

/// Whether a field that has `value` says what was read before. Names are compared as people
/// copy them, without case, accents and points; what has a grammar by its letters and digits.
pub fn same_value(kind: FieldKind, read: Option<&str>, value: Option<&str>) -> bool {
    let (Some(read), Some(value)) = (read, value) else {
        return false;
    };
    match kind {
        FieldKind::Title
        | FieldKind::FirstName
        | FieldKind::Surname
        | FieldKind::House
        | FieldKind::Street
        | FieldKind::Town
        | FieldKind::County => same_name(read, value),
        FieldKind::DateOfBirth => day(read) == day(value),
        FieldKind::Phone => national(read) == national(value),
        FieldKind::Postcode | FieldKind::MemberNumber | FieldKind::Number => {
            signs(read) == signs(value)
        }
        FieldKind::Email | FieldKind::FreeText => {
            read.trim().to_lowercase() == value.trim().to_lowercase()
        }
    }
}

/// Its letters and digits.
fn signs(value: &str) -> String {
    let signs = value.chars().filter(|sign| sign.is_alphanumeric());
    signs.map(|sign| sign.to_ascii_uppercase()).collect()
}

/// Year, month and day, whichever way round they are written; of a year its last two digits.
fn day(value: &str) -> String {
    let signs = signs(value);
    let iso = value.as_bytes().get(4) == Some(&b'-');
    let part = |from: usize, to: usize| signs.get(from..to).unwrap_or_default().to_owned();
    match signs.len() {
        8 if iso => part(2, 8),
        8 => part(6, 8) + &part(2, 4) + &part(0, 2),
        6 => part(4, 6) + &part(2, 4) + &part(0, 2),
        _ => signs,
    }
}

/// Digits without what stands for the country or for long distance.
fn national(value: &str) -> String {
    let digits = signs(value);
    let digits = digits.strip_prefix("00").unwrap_or(&digits);
    let digits = digits.strip_prefix("44").unwrap_or(digits);
    digits.trim_start_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_compared_by_what_they_mean() {
        for (kind, read, value, alike) in [
            (FieldKind::Surname, "OBRIEN", "O'Brien", true),
            (FieldKind::Surname, "HARRIS", "Harries", false),
            (FieldKind::Street, "Mill Road", "MILL RD.", true),
            (FieldKind::House, "14 A", "14a", true),
            (FieldKind::House, "14", "41", false),
            (FieldKind::Postcode, "LS6 3HN", "ls63hn", true),
            (FieldKind::Phone, "01632 960123", "+44 1632 960123", true),
            (FieldKind::Phone, "01632960123", "01632960124", false),
            (FieldKind::DateOfBirth, "1980-04-03", "03/04/1980", true),
            (FieldKind::DateOfBirth, "1980-04-03", "030480", true),
            (FieldKind::DateOfBirth, "1980-04-03", "1980-03-04", false),
            (FieldKind::Email, "Jo@Example.com", "jo@example.com", true),
            (
                FieldKind::Email,
                "jo.a@example.com",
                "joa@example.com",
                false,
            ),
        ] {
            let same = same_value(kind, Some(read), Some(value));
            assert_eq!(same, alike, "{read}, {value}");
        }
        assert!(!same_value(FieldKind::Town, None, None));
        assert!(!same_value(FieldKind::Town, Some("Leeds"), None));
    }
}

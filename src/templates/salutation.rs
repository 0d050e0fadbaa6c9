//! How a customer is addressed, and how the letter closes: the two belong together.

use crate::domain::grammar::title;

/// To somebody whose name we do not know for certain.
const TO_ANYBODY: &str = "Dear Customer,";

/// Titles that stand before a name written out, as a letter has them.
const WRITTEN_OUT: [(&str, &str); 8] = [
    ("Prof", "Professor"),
    ("Rev", "Reverend"),
    ("Fr", "Father"),
    ("Cllr", "Councillor"),
    ("Capt", "Captain"),
    ("Col", "Colonel"),
    ("Lt", "Lieutenant"),
    ("Cdr", "Commander"),
];

/// Titles that go with the first name: Sir John Harris is "Dear Sir John".
const WITH_FIRST_NAME: [&str; 3] = ["Sir", "Dame", "Sister"];

/// "Dear Mrs Harris,", or "Dear Customer," where title or name is not known: a wrong
/// title is worse than none.
pub(super) fn salutation(
    title: Option<&str>,
    first: Option<&str>,
    surname: Option<&str>,
) -> String {
    named(title, first, surname).unwrap_or_else(|| TO_ANYBODY.to_owned())
}

fn named(title: Option<&str>, first: Option<&str>, surname: Option<&str>) -> Option<String> {
    let standard = title::standard(title?)?;
    // "Dear Hon Harris" is no address.
    if standard == "Hon" {
        return None;
    }
    let name = if WITH_FIRST_NAME.contains(&standard) {
        first?.split_whitespace().next()?
    } else {
        surname?
    };
    let written = WRITTEN_OUT.iter().find(|(short, _)| *short == standard);
    let title = written.map_or(standard, |(_, written)| written);
    let name = name.trim();
    (!name.is_empty()).then(|| format!("Dear {title} {name},"))
}

/// "Yours sincerely," to somebody by name, else "Yours faithfully,".
pub(super) fn closing(salutation: &str) -> &'static str {
    if salutation == TO_ANYBODY {
        "Yours faithfully,"
    } else {
        "Yours sincerely,"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_a_letter_begins() {
        for (title, first, surname, begins) in [
            (
                Some("MRS."),
                Some("Jane"),
                Some("Harris"),
                "Dear Mrs Harris,",
            ),
            (Some("revd"), None, Some("Green"), "Dear Reverend Green,"),
            (
                Some("Sir"),
                Some("John Paul"),
                Some("Harris"),
                "Dear Sir John,",
            ),
            (Some("Sir"), None, Some("Harris"), TO_ANYBODY),
            (Some("The Hon"), None, Some("Harris"), TO_ANYBODY),
            (Some("Hon"), Some("A"), Some("Harris"), TO_ANYBODY),
            (Some("Mr"), Some("Jack"), None, TO_ANYBODY),
            (Some("Mr"), None, Some(" "), TO_ANYBODY),
            (None, Some("Jane"), Some("Harris"), TO_ANYBODY),
        ] {
            assert_eq!(salutation(title, first, surname), begins);
        }
        assert_eq!(closing(TO_ANYBODY), "Yours faithfully,");
        assert_eq!(closing("Dear Mrs Harris,"), "Yours sincerely,");
    }
}

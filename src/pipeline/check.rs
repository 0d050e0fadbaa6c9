//! Checks what was read off a letter: a verdict for every field.
//!
//! A field is accepted only when nothing speaks against it and its probability
//! reaches the field's threshold. Doubt never changes a value: it sends it to a
//! person, as read.

use jiff::civil::Date;
use jiff::{ToSpan, Unit};

use crate::domain::document::Legibility;
use crate::domain::field::{Field, Found};
use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::grammar::postcode::Postcode;
use crate::domain::letter::{CheckedLetter, LetterField, LetterReading};
use crate::domain::verdict::Verdict;
use crate::gazetteer::{Coverage, Gazetteer};

/// A letter takes at most so many years to arrive; an older date is a slip of the
/// pen or of the reader.
const OLDEST_YEARS: i64 = 2;

/// The probability from which a field is accepted, with the word confidences of
/// reading line by line. Measured in November 2026 on 63 letters (24 and 12 at 10 to
/// 12 pt, 20 and 7 at 7 to 8.5 pt, bitonal and grey) and 44 sample letters. The
/// surest wrong one, and what nine in ten right ones reach: name 0.886 (`z` for `c` in
/// a rare surname, which no rule sees) and 0.80; street 0.32 and 0.82; reference 0.22
/// and 0.78; order number 0.44 and 0.84; subject 0.61 and 0.84. No date, town, title,
/// salutation, phone, e-mail or shop was wrong, so that those keep to the engine's
/// bands: before calibration a word read at 0.85 to 0.9 is wrong once in 33 times.
const fn threshold(field: LetterField) -> f64 {
    match field {
        LetterField::SenderName => 0.92,
        LetterField::Street | LetterField::Town | LetterField::Date => 0.85,
        LetterField::Reference => 0.85,
        LetterField::OrderNumber => 0.84,
        LetterField::Postcode => 0.7,
        LetterField::Email | LetterField::MemberNumber | LetterField::Title => 0.88,
        LetterField::Phone | LetterField::Product | LetterField::Shop => 0.85,
        LetterField::Salutation => 0.88,
        LetterField::Subject => 0.83,
    }
}

/// The least probability of a postcode of which the town confirms the area alone.
/// Of a hundred postcodes in November 2026 a quarter was misread, nearly always a
/// letter for a digit or the other way about, which shows at up to 0.96; one had an
/// `E` for an `F`, at 0.868, which does not.
const SURE_OF_AREA: f64 = 0.84;
/// The same when the letters after the digit have one that is read for another.
const SURE_OF_TWINS: f64 = 0.89;
/// The least probability of a reference with such a letter and no check character: an
/// `HF` of the sample night was read as `HE` at 0.92 to 0.93 in November 2026.
const SURE_REFERENCE: f64 = 0.95;
/// Letters that differ by one stroke, at the foot: E F, P R.
const TWINS: &str = "EFPR";

/// On a letter read with doubts a field must be surer than this.
const FLOOR_OF_POOR: f64 = 0.94;

/// Gives every field its verdict.
pub fn check(reading: LetterReading, gazetteer: &Gazetteer, received: Date) -> CheckedLetter {
    let LetterReading {
        text,
        legibility,
        mut found,
    } = reading;
    let town = found.get(&LetterField::Town).map(|town| town.value.clone());
    let fields = LetterField::ALL.into_iter().map(|field| {
        let checked = match found.remove(&field) {
            None => Field::empty("nothing of the kind was found"),
            Some(found) => {
                let doubt = doubt(
                    field,
                    &found,
                    town.as_deref(),
                    gazetteer,
                    received,
                    legibility,
                );
                settle(field, found, doubt, legibility)
            }
        };
        (field, checked)
    });
    CheckedLetter {
        fields: fields.collect(),
        text,
        legibility,
    }
}

fn settle(
    field: LetterField,
    found: Found,
    doubt: Option<String>,
    legibility: Legibility,
) -> Field {
    let least = match legibility {
        Legibility::Clear => threshold(field),
        Legibility::Poor | Legibility::Unreadable => threshold(field).max(FLOOR_OF_POOR),
    };
    let sure = found.probability.get() >= least;
    let (verdict, reason) = match doubt {
        Some(doubt) => (Verdict::Review, format!("{}; {doubt}", found.reason)),
        None if sure => (Verdict::Accepted, found.reason),
        None => (
            Verdict::Review,
            format!("{}; not read surely enough", found.reason),
        ),
    };
    Field {
        as_read: Some(found.as_read),
        value: Some(found.value),
        probability: found.probability,
        verdict,
        reason,
        place: found.place,
    }
}

/// What speaks against a field, whatever its probability.
fn doubt(
    field: LetterField,
    found: &Found,
    town: Option<&str>,
    gazetteer: &Gazetteer,
    received: Date,
    legibility: Legibility,
) -> Option<String> {
    if found.doubt.is_some() {
        return found.doubt.clone();
    }
    if legibility == Legibility::Unreadable {
        return Some("the letter can hardly be read as print".to_owned());
    }
    match field {
        LetterField::Date => implausible(found.value.parse().ok()?, received),
        LetterField::Postcode => unconfirmed(found, town, gazetteer),
        LetterField::Reference => unchecked_twin(found),
        _ => None,
    }
}

/// A letter that is read for another, in a reference without a check character.
fn unchecked_twin(found: &Found) -> Option<String> {
    if found.value.parse::<CaseReference>().is_ok() || found.probability.get() >= SURE_REFERENCE {
        return None;
    }
    let twin = found.value.chars().find(|c| TWINS.contains(*c))?;
    Some(format!(
        "its {twin} is easily misread, and no check character vouches for it"
    ))
}

/// A date after the day of receipt, or over two years before it.
fn implausible(date: Date, received: Date) -> Option<String> {
    let oldest = received.saturating_sub(OLDEST_YEARS.years());
    if date > received {
        let days = received.until((Unit::Day, date)).ok()?.get_days();
        Some(format!("{days} day(s) after it was received"))
    } else if date < oldest {
        Some(format!("over {OLDEST_YEARS} years before it was received"))
    } else {
        None
    }
}

/// Whether the characters as read are the postcode's, an `O` where only a digit
/// can stand being its nought. Other letters there were misread digits more than
/// once in November 2026 (`LAS` for `LA9`, `PAS4` for `PA34`), the `O` never.
fn reads_as(as_read: &str, postcode: &Postcode) -> bool {
    let read = as_read
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase());
    let printed = postcode.compact().chars();
    as_read.chars().filter(char::is_ascii_alphanumeric).count() == postcode.compact().len()
        && read
            .zip(printed)
            .all(|(a, b)| a == b || (a, b) == ('O', '0'))
}

/// A postcode that neither the gazetteer nor the town confirms.
fn unconfirmed(found: &Found, town: Option<&str>, gazetteer: &Gazetteer) -> Option<String> {
    let postcode: Postcode = found.value.parse().ok()?;
    if gazetteer.is_live(&postcode) {
        return None;
    }
    if gazetteer.covers(&postcode) == Coverage::Complete {
        return Some("no such postcode is live".to_owned());
    }
    if !reads_as(&found.as_read, &postcode) {
        return Some(format!("read as '{}'", found.as_read));
    }
    match town {
        Some(town) if gazetteer.agrees(postcode.area(), town) => unsure(found, &postcode),
        Some(town) if gazetteer.is_town(town) => {
            Some(format!("{town} is not in {}", postcode.area()))
        }
        Some(_) => Some("the town is no post town of its area".to_owned()),
        None => Some("no town beside it".to_owned()),
    }
}

/// Which part of the postcode its grammar and its town cannot vouch for.
fn unsure(found: &Found, postcode: &Postcode) -> Option<String> {
    let probability = found.probability.get();
    let twin = postcode.incode().chars().find(|c| TWINS.contains(*c));
    match twin {
        Some(letter) if probability < SURE_OF_TWINS => Some(format!(
            "its {letter} is easily misread, and only the area is confirmed"
        )),
        _ if probability < SURE_OF_AREA => Some("only its area is confirmed".to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::civil::date;

    use super::*;
    use crate::domain::confidence::Probability;

    fn found(value: &str, probability: f64) -> Found {
        Found {
            as_read: value.to_owned(),
            value: value.to_owned(),
            probability: Probability::clamped(probability),
            place: None,
            reason: "a rule".to_owned(),
            doubt: None,
        }
    }

    fn checked(legibility: Legibility, fields: &[(LetterField, Found)]) -> CheckedLetter {
        let reading = LetterReading {
            text: String::new(),
            legibility,
            found: fields.iter().cloned().collect::<BTreeMap<_, _>>(),
        };
        check(reading, &Gazetteer::embedded(), date(2026, 7, 10))
    }

    fn verdict(field: LetterField, found: Found) -> Verdict {
        checked(Legibility::Clear, &[(field, found)]).fields[&field].verdict
    }

    #[test]
    fn every_field_has_a_verdict() {
        let letter = checked(Legibility::Clear, &[]);
        assert_eq!(letter.fields.len(), LetterField::ALL.len());
        assert!(
            letter
                .fields
                .values()
                .all(|field| field.verdict == Verdict::Empty)
        );
    }

    #[test]
    fn a_date_must_be_of_the_last_two_years() {
        for (day, expected) in [
            ("2026-07-10", Verdict::Accepted),
            ("2026-07-11", Verdict::Review),
            ("2024-07-10", Verdict::Accepted),
            ("2024-07-09", Verdict::Review),
        ] {
            assert_eq!(
                verdict(LetterField::Date, found(day, 0.99)),
                expected,
                "{day}"
            );
        }
        let letter = checked(
            Legibility::Clear,
            &[(LetterField::Date, found("2026-07-11", 0.99))],
        );
        let field = &letter.fields[&LetterField::Date];
        assert_eq!(field.value.as_deref(), Some("2026-07-11"));
        assert_eq!(field.reason, "a rule; 1 day(s) after it was received");
    }

    #[test]
    fn a_postcode_needs_its_town_or_the_gazetteer() {
        let with = |postcode: Found, town: Option<&str>| {
            let mut fields = vec![(LetterField::Postcode, postcode)];
            fields.extend(town.map(|town| (LetterField::Town, found(town, 0.99))));
            checked(Legibility::Clear, &fields).fields[&LetterField::Postcode].verdict
        };
        assert_eq!(
            with(found("LS6 3HN", 0.9), Some("Leeds")),
            Verdict::Accepted
        );
        assert_eq!(with(found("LS6 3HN", 0.9), Some("Oban")), Verdict::Review);
        assert_eq!(
            with(found("LS6 3HN", 0.9), Some("Headingley")),
            Verdict::Review
        );
        assert_eq!(with(found("LS6 3HN", 0.9), None), Verdict::Review);
        assert_eq!(with(found("LS6 3HN", 0.5), Some("Leeds")), Verdict::Review);
        // The town hall of Leeds is listed: it needs no town.
        assert_eq!(with(found("LS1 1UR", 0.9), None), Verdict::Accepted);
        // An F may be an E: the town does not tell.
        assert_eq!(with(found("LS6 3HF", 0.88), Some("Leeds")), Verdict::Review);
        assert_eq!(
            with(found("LS6 3HF", 0.9), Some("Leeds")),
            Verdict::Accepted
        );
        let misread = |as_read: &str| Found {
            as_read: as_read.to_owned(),
            ..found("LS10 3HN", 0.9)
        };
        assert_eq!(with(misread("LS1O 3HN"), Some("Leeds")), Verdict::Accepted);
        assert_eq!(with(misread("L510 3HN"), Some("Leeds")), Verdict::Review);
    }

    #[test]
    fn poor_print_must_be_surer_and_no_print_is_never_accepted() {
        let name = || [(LetterField::SenderName, found("Ivy Penhaligon", 0.93))];
        let verdict =
            |legibility| checked(legibility, &name()).fields[&LetterField::SenderName].verdict;
        assert_eq!(verdict(Legibility::Clear), Verdict::Accepted);
        assert_eq!(verdict(Legibility::Poor), Verdict::Review);
        assert_eq!(verdict(Legibility::Unreadable), Verdict::Review);
    }

    #[test]
    fn a_reference_without_a_check_must_be_read_surely_where_letters_have_twins() {
        for (value, probability, expected) in [
            ("HE/43749/25", 0.93, Verdict::Review),
            ("HE/43749/25", 0.96, Verdict::Accepted),
            ("KH/43749/25", 0.93, Verdict::Accepted),
        ] {
            let found = found(value, probability);
            assert_eq!(verdict(LetterField::Reference, found), expected, "{value}");
        }
    }

    #[test]
    fn a_doubt_is_told() {
        let doubtful = Found {
            doubt: Some("two of them".to_owned()),
            ..found("KH/43749/25", 1.0)
        };
        let letter = checked(Legibility::Clear, &[(LetterField::Reference, doubtful)]);
        let field = &letter.fields[&LetterField::Reference];
        assert_eq!(
            (field.verdict, field.reason.as_str()),
            (Verdict::Review, "a rule; two of them")
        );
    }
}

//! Checks what was read off a letter: a verdict for every field.
//!
//! A field is accepted only when nothing speaks against it and its probability
//! reaches the field's threshold. Doubt never changes a value: it sends it to a
//! person, as read.

use jiff::civil::Date;
use jiff::{ToSpan, Unit};

use crate::domain::document::Legibility;
use crate::domain::field::{Field, Found};
use crate::domain::grammar::postcode::Postcode;
use crate::domain::letter::{CheckedLetter, LetterField, LetterReading};
use crate::domain::verdict::Verdict;
use crate::gazetteer::{Coverage, Gazetteer};

/// A letter takes at most so many years to arrive; an older date is a slip of the
/// pen or of the reader.
const OLDEST_YEARS: i64 = 2;

/// The probability from which a field is accepted. Set on the 83 pages of
/// November 2026 and their degraded copies so that no accepted field was wrong.
const fn threshold(field: LetterField) -> f64 {
    match field {
        LetterField::SenderName | LetterField::Street | LetterField::Town => 0.85,
        LetterField::Postcode => 0.7,
        LetterField::Date | LetterField::Reference => 0.85,
        LetterField::Email | LetterField::MemberNumber | LetterField::OrderNumber => 0.88,
        LetterField::Phone | LetterField::Product | LetterField::Shop => 0.85,
        LetterField::Title | LetterField::Salutation | LetterField::Subject => 0.88,
    }
}

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
                settle(field, found, doubt)
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

fn settle(field: LetterField, found: Found, doubt: Option<String>) -> Field {
    let sure = found.probability.get() >= threshold(field);
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
        _ => None,
    }
}

/// A date after the day of receipt, or over two years before it.
fn implausible(date: Date, received: Date) -> Option<String> {
    let oldest = received.saturating_sub(OLDEST_YEARS.years());
    if date > received {
        let days = received.until((Unit::Day, date)).ok()?.get_days();
        Some(format!("{days} days after it was received"))
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
        Some(town) if gazetteer.agrees(postcode.area(), town) => None,
        Some(town) if gazetteer.is_town(town) => {
            Some(format!("{town} is not in {}", postcode.area()))
        }
        Some(_) => Some("the town is no post town of its area".to_owned()),
        None => Some("no town beside it".to_owned()),
    }
}

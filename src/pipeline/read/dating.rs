//! The letter's own date: in the heading, on a line of its own, and no stamp.

use crate::domain::field::Found;
use crate::domain::grammar::date::{self, Oddity, WrittenDate};

use super::layout::{Layout, Row};
use super::pattern::pattern;

pattern!(
    STAMP,
    r"(?i)\b(?:rec(?:eived|'?d|eipt)|scanned|posted|franked|post ?room|mail ?room|date in)\b"
);
pattern!(
    BESIDE,
    r"(?i)\b(?:date|dated|day|the|of|as|postmark|my|ref)\b|^[\W]+|[\W]+$"
);
pattern!(
    NOT_BESIDE,
    r"(?i)\b(?:your|letter|order|purchased?|invoice|delivered|delivery|receipt|expir\w+|birth|dob|valid|until|from|re)\b"
);

pattern!(
    MISREAD_DAY,
    r"^\W{0,2}([0-9\]|lI!i])([0-9\]|lI!i])((?:st|nd|rd|th)?,? [A-Z][a-z]{2,8},? (?:19|20)[0-9]{2})\W{0,2}$"
);

/// A date alone on a row of the heading.
const FIRM_ALONE: f64 = 0.995;
/// A date with a place before it: `Leeds, 4 July 2026`.
const FIRM_WITH_PLACE: f64 = 0.95;
/// A date at the foot.
const FIRM_FOOT: f64 = 0.8;
/// A misread date as put right.
const FIRM_MISREAD: f64 = 0.7;
/// A stamp's lines are at most so many row heights apart.
const STAMP_REACH: f64 = 3.0;
/// Besides the date its row has at most so many words, a place's name.
const PLACE_WORDS: usize = 3;

struct Candidate<'r, 'a> {
    row: &'r Row<'a>,
    written: WrittenDate,
    firm: f64,
}

/// The letter's own date.
pub(super) fn find(layout: &Layout<'_>) -> Option<Found> {
    let mut candidates = candidates(&layout.heading, layout.height);
    if candidates.is_empty() {
        candidates = self::candidates(&layout.tail, layout.height);
        for candidate in &mut candidates {
            candidate.firm = FIRM_FOOT;
        }
    }
    if candidates.is_empty() {
        return misread(layout);
    }
    let several = candidates
        .iter()
        .any(|one| one.written.date != candidates[0].written.date);
    let best = candidates
        .into_iter()
        .reduce(|best, next| if next.firm > best.firm { next } else { best })?;
    let cut = best.row.passage.cut(best.written.range.clone());
    let misread = best.written.oddity == Some(Oddity::Misread);
    let firm = if misread { FIRM_MISREAD } else { best.firm };
    let mut found = cut.found_as(
        best.written.date.to_string(),
        firm,
        "the date in the heading",
    );
    found.doubt = match best.written.oddity {
        Some(Oddity::Weekday) => Some("that day was another day of the week".to_owned()),
        Some(Oddity::Misread) => Some("a character of the date was misread".to_owned()),
        None if several => Some("there are several dates in the heading".to_owned()),
        None => None,
    };
    Some(found)
}

/// A date alone on a row of the heading that is none as read: a day like `47`,
/// whose 1 was read as a 4 or a 7, or like `1]`.
fn misread(layout: &Layout<'_>) -> Option<Found> {
    layout.heading.iter().find_map(|row| {
        let found = MISREAD_DAY.captures(row.text())?;
        let (first, second) = (&found[1], &found[2]);
        let straight = |sign: &str| match sign {
            "]" | "|" | "l" | "I" | "!" | "i" => "1".to_owned(),
            other => other.to_owned(),
        };
        let first = match first {
            "4" | "7" => "1".to_owned(),
            other => straight(other),
        };
        let mended = format!("{first}{}{}", straight(second), &found[3]);
        let date = date::find(&mended)?.date;
        let cut = row.passage.cut(0..row.text().len());
        let mut found = cut.found_as(date.to_string(), FIRM_MISREAD, "the date in the heading");
        found.doubt = Some("the day was misread".to_owned());
        Some(found)
    })
}

fn candidates<'r, 'a>(rows: &'r [Row<'a>], height: f64) -> Vec<Candidate<'r, 'a>> {
    rows.iter()
        .filter(|row| !near_stamp(row, rows, height))
        .filter_map(|row| {
            let written = date::find(row.text())?;
            let firm = firmness(row.text(), &written)?;
            Some(Candidate { row, written, firm })
        })
        .collect()
}

/// How firm, by what stands beside the date on its row; `None` in a sentence.
fn firmness(text: &str, written: &WrittenDate) -> Option<f64> {
    let beside = format!(
        "{} {}",
        &text[..written.range.start],
        &text[written.range.end..]
    );
    if NOT_BESIDE.is_match(&beside) {
        return None;
    }
    let rest = BESIDE.replace_all(&beside, " ");
    let words = rest
        .split_whitespace()
        .filter(|word| word.chars().any(char::is_alphanumeric));
    match words.count() {
        0 => Some(FIRM_ALONE),
        1..=PLACE_WORDS => Some(FIRM_WITH_PLACE),
        _ => None,
    }
}

fn near_stamp(row: &Row<'_>, rows: &[Row<'_>], height: f64) -> bool {
    rows.iter().any(|other| {
        STAMP.is_match(other.text())
            && other.overlaps(row)
            && (other.middle() - row.middle()).abs() <= STAMP_REACH * height
    })
}

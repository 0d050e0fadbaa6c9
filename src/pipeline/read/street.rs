//! The street of an address, with its house number, flat or house name.

use super::address::{Address, Part};
use super::name::{self, PersonName};
use super::passage::Cut;
use super::pattern::pattern;

/// A street found in an address.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Street {
    /// As read.
    pub cut: Cut,
    /// With misread digits of the house number mended.
    pub value: String,
    /// How often the rule is right.
    pub firm: f64,
    /// What made it the street.
    pub reason: &'static str,
    /// What is odd about it.
    pub doubt: Option<String>,
    /// Whether it has a house number.
    pub numbered: bool,
    /// Which part of the address it begins with.
    pub first: usize,
}

pattern!(
    NUMBERED,
    r"^(?:[Nn]o\.?\s*)?[0-9]{1,4}[A-Za-z]?(?:\s?[-–/&]\s?[0-9]{1,4}[A-Za-z]?)?\.?\s+\S*[A-Za-z]{2}"
);
pattern!(
    NUMBER_ALONE,
    r"^(?:[Nn]o\.?\s*)?[0-9]{1,4}[A-Za-z]?(?:\s?[-–/]\s?[0-9]{1,4}[A-Za-z]?)?$"
);
pattern!(
    MISREAD_NUMBER,
    r"^([0-9IilO|\]!SBZ]{1,4}[A-Za-z]?)\s+(\S.*)$"
);
pattern!(
    STREET,
    r"(?ix)(?:\b(?:road|rd|street|str?|lane|ln|avenue|ave?|close|cl|drive|dr|court|ct|crescent|cres|gardens?|gdns|grove|gr|hill|mews|park|parade
    |place|pl|rise|row|square|sq|terrace|ter|terr|view|walk|way|green|end|gate|mount|meadows?|fields?|croft|bank|brow|circus|common|cottages
    |dene|fold|garth|heights|mead|orchards?|parkway|path|promenade|quay|ride|side|spinney|vale|villas?|wharf|wood|yard|chase|broadway
    |embankment|esplanade|approach|loan|wynd|brae|causeway|drove|hollow|bottom|buildings|crossway|pastures?|strand|wynds?|ridge|nook|leys|lea|dale)
    |^the\s+\S+
    |^[0-9A-Z]*\s*(?:ffordd|heol|stryd|l[oô]n|maes|bryn|parc|rhodfa|clos|cae|pen|tan)\b.*)\.?$"
);
pattern!(
    FLAT,
    r"(?i)^(?:(?:flat|apartment|apt|unit|room|maisonette|suite)\b.{0,12}|(?:ground|first|second|third|top|basement)[ -]floor.{0,12}|[0-9]{1,2}(?:st|nd|rd|th) floor.{0,8})$"
);
pattern!(
    FLAT_AND_MORE,
    r"(?i)^(?:flat|apartment|apt|unit|room|maisonette)\s+[0-9A-Z]{1,4}\s+\S"
);
pattern!(
    HOUSE,
    r"(?i)(?:^the\b|\b(?:cottage|house|lodge|farm|farmhouse|villa|barn|hall|manor|mill|bungalow|grange|court|croft|rectory|vicarage|manse|lea|nook|haven|holme|towers?|mansions?|end|bank|view|corner|stables|hollow|acre|acres|garth|tŷ|ty|bryn|cabin|gatehouse|schoolhouse|old [a-z]+)\b|^(?:llwyn|plas|hafod|maes|cae|coed|pant|nant|cwm|glan|gwel|ynys)\b)"
);
pattern!(
    NO_HOUSE,
    r"(?i)\b(?:ltd|limited|plc|llp|department|dept|office|manager|services?|care|relations|stores?|company|group|solicitors?)\b"
);
pattern!(CARE_OF, r"(?i)^(?:c/o|c\\o|care of)\b");

/// House number and street word: right on every clean letter of November 2026.
const FIRM_NUMBERED: f64 = 0.99;
/// A number and a name without a street word: `12 Cornmarket`.
const FIRM_NUMBER_ONLY: f64 = 0.93;
/// A house name and a street: the join of two lines is ours.
const FIRM_HOUSE_STREET: f64 = 0.9;
/// A house's name has at most so many words.
const HOUSE_WORDS: usize = 4;
/// A house name alone, or a street alone.
const FIRM_ALONE: f64 = 0.75;

/// The street of an address: parts before its town and after its names, of which
/// the writer's, as signed, is one.
pub(super) fn find(address: &Address<'_, '_>, writer: Option<&PersonName>) -> Option<Street> {
    let end = address.town.unwrap_or(address.parts.len());
    let parts = &address.parts[..end];
    numbered(parts, writer)
        .or_else(|| number_alone(parts))
        .or_else(|| misread(parts))
        .or_else(|| named(parts))
}

/// Whether a part is a house number and a street.
pub(super) fn is_numbered_street(text: &str) -> bool {
    NUMBERED.is_match(text)
}

/// Whether a part has a street's last word.
pub(super) fn is_street(text: &str) -> bool {
    STREET.is_match(text.trim_end_matches([',', '.', ' ']))
}

/// Whether a part is a flat, a house by its name, or care of somebody.
pub(super) fn is_dwelling(text: &str) -> bool {
    HOUSE.is_match(text) || FLAT.is_match(text) || CARE_OF.is_match(text)
}

fn street(cut: Cut, firm: f64, reason: &'static str, first: usize) -> Street {
    Street {
        numbered: is_numbered_street(&cut.text),
        value: cut.text.clone(),
        cut,
        firm,
        reason,
        doubt: None,
        first,
    }
}

fn numbered(parts: &[Part<'_, '_>], writer: Option<&PersonName>) -> Option<Street> {
    let fits = |part: &Part<'_, '_>| NUMBERED.is_match(part.text());
    let at = parts
        .iter()
        .position(|part| fits(part) && is_street(part.text()))
        .or_else(|| parts.iter().position(fits))
        .or_else(|| {
            parts
                .iter()
                .position(|part| FLAT_AND_MORE.is_match(part.text()) && is_street(part.text()))
        })?;
    let (firm, reason) = if is_street(parts[at].text()) {
        (FIRM_NUMBERED, "house number and street")
    } else {
        (FIRM_NUMBER_ONLY, "house number and a name")
    };
    let flat = flat_before(parts, at);
    let (first, doubt) = house_before(parts, flat, writer);
    let cut = span(&parts[first..=at]);
    let joined = parts[first].row.middle() != parts[at].row.middle();
    let firm = if joined {
        firm.min(FIRM_HOUSE_STREET)
    } else {
        firm
    };
    let mut found = street(cut, firm, reason, first);
    found.doubt = doubt;
    found.numbered = is_numbered_street(parts[at].text());
    Some(found)
}

/// The flat, floor or building before a numbered street.
fn flat_before(parts: &[Part<'_, '_>], at: usize) -> usize {
    let flat = |at: usize| FLAT.is_match(parts[at].text());
    match at {
        1.. if flat(at - 1) => at - 1,
        2.. if flat(at - 2) => at - 2,
        _ => at,
    }
}

/// The house name before a numbered street, and whether it may be something else.
/// With a house's word it may stand on its own row; before a comma any short name
/// may be a house's (`Sea Holly, 9 Marine Walk`), or a person's.
fn house_before(
    parts: &[Part<'_, '_>],
    at: usize,
    writer: Option<&PersonName>,
) -> (usize, Option<String>) {
    let Some(before) = at.checked_sub(1).map(|before| &parts[before]) else {
        return (at, None);
    };
    let text = before.text();
    let none = text.contains(|c: char| c.is_ascii_digit())
        || CARE_OF.is_match(text)
        || NO_HOUSE.is_match(text)
        || text.split(' ').count() > HOUSE_WORDS;
    let person = name::person_in(before.row, before.range.clone());
    let writes = |person: &PersonName| {
        person.title.is_some() || writer.is_some_and(|writer| name::same_surname(person, writer))
    };
    if none || person.as_ref().is_some_and(writes) {
        return (at, None);
    }
    let maybe = || Some(format!("'{text}' may be no house"));
    let street = is_street(text) && !text.to_lowercase().starts_with("the ");
    if HOUSE.is_match(text) && !street {
        // `Rebecca Hall` over the street of one signed `R. Hal` is no house.
        let other = |person: &PersonName| {
            writer.is_some_and(|writer| {
                name::surname_initial(writer) != name::surname_initial(person)
            })
        };
        let sure = person.as_ref().is_none_or(other);
        (at - 1, if sure { None } else { maybe() })
    } else if follows_by_comma(before, &parts[at]) {
        (at - 1, maybe())
    } else {
        (at, None)
    }
}

/// Whether only a comma stands between two parts of a row.
fn follows_by_comma(before: &Part<'_, '_>, part: &Part<'_, '_>) -> bool {
    std::ptr::eq(before.row, part.row)
        && before
            .row
            .text()
            .get(before.range.end..part.range.start)
            .is_some_and(|between| between.trim() == ",")
}

/// `12, High Street`.
fn number_alone(parts: &[Part<'_, '_>]) -> Option<Street> {
    let at = parts
        .iter()
        .position(|part| NUMBER_ALONE.is_match(part.text()))?;
    let next = parts.get(at + 1)?;
    next.text().chars().any(char::is_alphabetic).then(|| {
        let cut = span(&parts[at..=at + 1]);
        street(cut, FIRM_NUMBER_ONLY, "house number, then street", at)
    })
}

/// `l2 High Street`: a letter where the house number belongs.
fn misread(parts: &[Part<'_, '_>]) -> Option<Street> {
    parts.iter().enumerate().find_map(|(at, part)| {
        let found = MISREAD_NUMBER.captures(part.text())?;
        if !is_street(part.text()) {
            return None;
        }
        let number: String = found[1]
            .chars()
            .map(|c| match c {
                'I' | 'i' | 'l' | '|' | ']' | '!' => '1',
                'O' => '0',
                'S' => '5',
                'B' => '8',
                'Z' => '2',
                _ => c,
            })
            .collect();
        let mut street = street(part.cut(), FIRM_ALONE, "street with a misread number", at);
        street.value = format!("{number} {}", found[2].trim_end_matches([',', '.', ' ']));
        street.doubt = Some(format!("the house number was read as '{}'", &found[1]));
        Some(street)
    })
}

/// A house name, a street without a number, or both.
fn named(parts: &[Part<'_, '_>]) -> Option<Street> {
    let house = |part: &Part<'_, '_>| {
        let text = part.text();
        (HOUSE.is_match(text) || FLAT.is_match(text)) && !CARE_OF.is_match(text)
    };
    let road = parts
        .iter()
        .position(|part| is_street(part.text()) && !CARE_OF.is_match(part.text()));
    match road {
        Some(at) => {
            let word = |part: &Part<'_, '_>| !part.text().contains(' ');
            let before = at
                .checked_sub(1)
                .filter(|before| house(&parts[*before]) || word(&parts[*before]));
            let first = before.unwrap_or(at);
            let firm = if before.is_some() {
                FIRM_HOUSE_STREET
            } else {
                FIRM_ALONE
            };
            let mut found = street(
                span(&parts[first..=at]),
                firm,
                "house name and street",
                first,
            );
            found.doubt = (before.is_none() && !house(&parts[at]))
                .then(|| "a street without house number".to_owned());
            Some(found)
        }
        None => {
            let at = parts.iter().position(house)?;
            Some(street(parts[at].cut(), FIRM_ALONE, "house name", at))
        }
    }
}

/// Several parts as one: as written on one row, with a comma between rows.
fn span(parts: &[Part<'_, '_>]) -> Cut {
    let mut cut: Option<Cut> = None;
    let mut at = 0;
    while at < parts.len() {
        let row = parts[at].row;
        let same = parts[at..]
            .iter()
            .take_while(|part| part.row.middle() == row.middle() && part.row.left == row.left)
            .count();
        let last = &parts[at + same - 1];
        let piece = Part {
            row,
            range: parts[at].range.start..last.range.end,
        }
        .cut();
        cut = Some(match cut {
            Some(cut) => cut.join(", ", piece),
            None => piece,
        });
        at += same;
    }
    cut.unwrap_or_else(|| Cut {
        text: String::new(),
        place: None,
        confidence: crate::domain::confidence::Probability::ZERO,
    })
}

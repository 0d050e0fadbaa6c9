//! Who wrote: the name below the closing, confirmed by the heading.

use crate::domain::confidence::Probability;
use crate::domain::field::Found;
use crate::domain::text::Word;

use super::address::{self, Address};
use super::layout::{Layout, Row};
use super::name::{self, PersonName};
use super::pattern::pattern;
use super::sender;

/// Writer's name and title.
pub(super) struct Writer {
    /// The name without title.
    pub name: Option<Found>,
    /// The title, only when printed.
    pub title: Option<Found>,
}

pattern!(
    ON_BEHALF,
    r"(?i)^\W{0,2}(?:p\.?\s?p\.?\b|for and on behalf|on behalf of|c\.?\s?c\b|enc|copy)"
);

/// Signature and heading say the same.
const FIRM_TWICE: f64 = 0.998;
/// A clean signature alone.
const FIRM_SIGNATURE: f64 = 0.98;
/// The name over the sender's address or in the letterhead, and no signature: it
/// may be a firm's or a house's, so a person looks.
const FIRM_HEADING: f64 = 0.8;
/// Rows after the closing among which the name can be: scrawl, name, position.
const SIGNATURE_ROWS: usize = 7;
/// A row without a word read this surely is scrawl rather than a printed name: the
/// scrawls of November 2026 were read at 0.02 to 0.6, while in a printed name one
/// rare surname may be read as unsurely as that.
const SCRAWL: f64 = 0.65;
/// Ink stands taller than so many usual rows: on the 44 sample letters of November
/// 2026 the lowest word of a signature had 1.4 to 2.5, that of a typed name 0.9 to
/// 1.05. Two signatures of small hands had 1.05 and 1.3: the typed name below wins.
const TALL: f64 = 1.25;
/// A word with a letter below the line is so many times as tall as one without.
const HANGING: f64 = 1.35;
/// A name further down is the printed one when its words are surer by this: ink
/// read as a name was less sure by 0.06 and more, two printed names differ by less.
const SURER: f64 = 0.05;

/// The printed name below the closing: not the written one above it, which is
/// taller and less sure, and which may well be read as a name.
pub(super) fn signature(layout: &Layout<'_>) -> Option<PersonName> {
    layout.closing.as_ref()?;
    let rows = || {
        let rows = layout.tail.iter().take(SIGNATURE_ROWS);
        rows.take_while(|row| !ON_BEHALF.is_match(row.text()))
            .filter(|row| surest(row) >= SCRAWL && !is_tall(row, layout))
    };
    let named: Vec<PersonName> = rows().filter_map(on_row).collect();
    let headed = |name: &&PersonName| {
        let name = name::folded(&name.value);
        let mut parts = layout.heading.iter().flat_map(|row| address::parts(row));
        parts.any(|part| {
            name::person_in(part.row, part.range).is_some_and(|p| name::folded(&p.value) == name)
        })
    };
    let titled = |name: &&PersonName| name.title.is_some();
    let chosen = named.iter().find(headed);
    chosen
        .or_else(|| named.iter().find(titled))
        .or_else(|| surely_read(&named))
        .cloned()
        .or_else(|| rows().find_map(name::with_small_surname))
}

/// The first name, unless a later one is read clearly more surely.
fn surely_read(names: &[PersonName]) -> Option<&PersonName> {
    let surety = |name: &PersonName| name.cut.confidence.get();
    names.iter().reduce(|best, next| {
        if surety(next) > surety(best) + SURER {
            next
        } else {
            best
        }
    })
}

/// Whether even the lowest word of a row is taller than print: ink.
fn is_tall(row: &Row<'_>, layout: &Layout<'_>) -> bool {
    let height = |word: &Word| {
        let hangs = word.text.contains(['g', 'j', 'p', 'q', 'y', 'Q', ',']);
        f64::from(word.bounds.h) / if hangs { HANGING } else { 1.0 }
    };
    let lowest = row
        .passage
        .words()
        .map(height)
        .fold(f64::INFINITY, f64::min);
    lowest > TALL * layout.height
}

/// The confidence of a row's surest word.
fn surest(row: &Row<'_>) -> f64 {
    let words = row.passage.words();
    words.map(|word| word.confidence.get()).fold(0.0, f64::max)
}

/// A name alone on its row, or before a comma, a dash or a bracket.
fn on_row(row: &Row<'_>) -> Option<PersonName> {
    name::person(row).or_else(|| {
        let part = address::parts(row).into_iter().next()?;
        name::person_in(row, part.range)
    })
}

/// The writer by signature and heading.
pub(super) fn writer(
    layout: &Layout<'_>,
    signature: Option<PersonName>,
    address: Option<&Address<'_, '_>>,
) -> Writer {
    let heading = in_heading(layout, address, signature.as_ref());
    match (signature, heading) {
        (Some(signed), Some(headed)) => both(signed, headed),
        (Some(signed), None) => {
            let place = signed.like_a_place;
            let mut writer = alone(signed, FIRM_SIGNATURE, "the name below the closing");
            if let Some(name) = writer.name.as_mut().filter(|_| place) {
                name.doubt = Some("it may be a place's name".to_owned());
            }
            writer
        }
        (None, Some(headed)) => alone(headed, FIRM_HEADING, "the name over the sender's address"),
        (None, None) => Writer {
            name: None,
            title: None,
        },
    }
}

/// The name over the sender's address, or the one in the heading that agrees with
/// the signature.
fn in_heading(
    layout: &Layout<'_>,
    address: Option<&Address<'_, '_>>,
    signature: Option<&PersonName>,
) -> Option<PersonName> {
    let own = address.into_iter().flat_map(|address| address.parts.iter());
    let first = own
        .take(2)
        .find_map(|part| name::person_in(part.row, part.range.clone()));
    let signed = signature.map(|name| name::folded(&name.value));
    let certain = |name: &PersonName| {
        !name.like_a_place
            || signed
                .as_ref()
                .is_some_and(|signed| *signed == name::folded(&name.value))
    };
    if let Some(first) = first.filter(certain) {
        return Some(first);
    }
    let parts = layout.heading.iter().flat_map(|row| address::parts(row));
    let mut names = parts.filter_map(|part| name::person_in(part.row, part.range));
    match &signed {
        Some(signed) => names.find(|name| sender::alike(&name::folded(&name.value), signed)),
        None => letterhead(layout, address),
    }
}

/// A name at the very top of the page, above the sender's address.
fn letterhead(layout: &Layout<'_>, address: Option<&Address<'_, '_>>) -> Option<PersonName> {
    let top = layout.heading.first()?;
    let own = address?.rows.first()?;
    let name = name::person(top).filter(|name| !name.like_a_place)?;
    (top.middle() <= own.middle()).then_some(name)
}

fn both(signed: PersonName, headed: PersonName) -> Writer {
    let (a, b) = (name::folded(&signed.value), name::folded(&headed.value));
    let title = title(&signed).or_else(|| title(&headed));
    if a == b {
        // The one in usual case knows its capitals.
        let best = if signed.cut.text.chars().any(char::is_lowercase) {
            signed
        } else {
            headed
        };
        let mut name = found(best, FIRM_TWICE, "signature and heading agree");
        name.probability = Probability::clamped(FIRM_TWICE).and(Probability::clamped(
            name.probability.get().max(FIRM_SIGNATURE),
        ));
        return Writer {
            name: Some(name),
            title,
        };
    }
    let near = sender::alike(&a, &b);
    let same_surname = name::same_surname(&signed, &headed);
    let printed = format!("the heading has '{}'", headed.cut.text);
    let fuller = headed.value.len() > signed.value.len();
    let best = if same_surname && fuller {
        headed
    } else {
        signed
    };
    let mut name = found(best, FIRM_SIGNATURE, "the name below the closing");
    if near || !same_surname {
        name.doubt = Some(printed);
    } else {
        name.reason = format!("{}; {printed}", name.reason);
    }
    Writer {
        name: Some(name),
        title,
    }
}

fn alone(person: PersonName, firm: f64, reason: &str) -> Writer {
    Writer {
        title: title(&person),
        name: Some(found(person, firm, reason)),
    }
}

fn title(person: &PersonName) -> Option<Found> {
    let (cut, standard) = person.title.clone()?;
    Some(cut.found_as(standard, FIRM_SIGNATURE, "printed with the name"))
}

fn found(person: PersonName, firm: f64, reason: &str) -> Found {
    let mut found = person.cut.found_as(person.value, firm, reason);
    if person.misread {
        found.doubt = Some(format!("read as '{}'", found.as_read));
    }
    if person.uncertain_case {
        found.doubt = Some("printed in capitals; the usual case is not certain".to_owned());
    }
    found
}

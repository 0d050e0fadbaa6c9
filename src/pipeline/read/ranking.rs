//! How much speaks for an address being the writer's: its words and its place.

use crate::domain::grammar::date;

use super::address::{self, Address, Part};
use super::layout::{Layout, Row};
use super::name::{self, PersonName};
use super::pattern::pattern;
use super::sender;
use super::street;

/// What is known besides the address itself.
pub(super) struct Setting<'s, 'a> {
    /// The letter.
    pub layout: &'s Layout<'a>,
    /// The name below the closing.
    pub signature: Option<&'s PersonName>,
    /// One of our own addresses was found, so that this is none of ours.
    pub told: bool,
    /// Another address is plainly the addressee's.
    pub addressed: bool,
}

pattern!(
    DEPARTMENT,
    r"(?i)\b(?:customer (?:relations|services?|care|support|experience|complaints)|complaints?|department|dept|head office|headquarters|the (?:general |store |branch |area )?manager|managing director|chief executive|ceo|the (?:company )?secretary|the directors?|freepost|returns|accounts|correspondence|after[- ]?sales)\b"
);
pattern!(
    COMPANY,
    r"(?i)\b(?:ltd|limited|plc|llp|inc|stores?|supermarkets?|group|p\.?\s?o\.?\s?box|retail|company|holdings)\b"
);
// Points for an address being the writer's. Only their order counts; they were set
// so that any one clear mark outweighs the place on the page.
const NAME_OF_SIGNATURE: i32 = 5;
const NUMBERED_STREET: i32 = 2;
const OTHER_IS_ADDRESSED: i32 = 1;
const STREET: i32 = 1;
const STRANGER_ABOVE_STREET: i32 = -3;
const RIGHT_HALF: i32 = 2;
const FIRST: i32 = 1;
const DATE_BELOW: i32 = 1;
const LETTERHEAD: i32 = 1;
const DEPARTMENT_NAMED: i32 = -5;
const COMPANY_NAMED: i32 = -2;
const LAST_ON_LEFT: i32 = -2;
const GREETED_NAME: i32 = -4;

/// The next address must lie so many points behind, or a person looks.
const CLEAR_LEAD: i32 = 2;
/// The middle of a letterhead lies so near the page's, in page widths.
const CENTRED: f64 = 0.1;
/// The writer's block at the right begins so far across the page.
const RIGHT: f64 = 0.45;
/// The addressee's block at the left begins before this.
const LEFT: f64 = 0.3;
/// The date stands at most so many row heights below its writer's address.
const DATE_REACH: f64 = 4.0;

/// How much speaks for the address being the writer's.
pub(super) fn points(address: &Address<'_, '_>, setting: &Setting<'_, '_>) -> i32 {
    let (Some(first), Some(last)) = (address.rows.first(), address.rows.last()) else {
        return 0;
    };
    let layout = setting.layout;
    let street = street::find(address, setting.signature).map(|found| found.numbered);
    let right = last.left > RIGHT * layout.width;
    let above = has_matter_above(first, layout);
    let marks = [
        (is_addressed(address), DEPARTMENT_NAMED),
        (is_company(address), COMPANY_NAMED),
        (
            setting.addressed && !is_addressed(address),
            OTHER_IS_ADDRESSED,
        ),
        (street == Some(true), NUMBERED_STREET),
        (street == Some(false), STREET),
        (
            setting.signature.is_some_and(|name| carries(address, name)),
            NAME_OF_SIGNATURE,
        ),
        (is_greeted(address, layout), GREETED_NAME),
        (
            !setting.addressed && stranger(address, setting.signature).is_some(),
            STRANGER_ABOVE_STREET,
        ),
        (right, RIGHT_HALF),
        (!right && is_centred(first, last, layout), LETTERHEAD),
        (!above, FIRST),
        (has_date_below(last, layout), DATE_BELOW),
        (
            !setting.told && above && is_last_on_left(last, layout),
            LAST_ON_LEFT,
        ),
    ];
    marks
        .into_iter()
        .filter(|(holds, _)| *holds)
        .map(|(_, points)| points)
        .sum()
}

/// Why the address ranked first, by `lead` points before so many others, may be
/// another's all the same. Place alone settles nothing: some write the addressee's
/// address above their own.
pub(super) fn doubt(
    address: &Address<'_, '_>,
    setting: &Setting<'_, '_>,
    lead: i32,
    others: usize,
) -> Option<String> {
    let signed = setting.signature.is_some_and(|name| carries(address, name));
    let right = address
        .rows
        .last()
        .is_some_and(|row| row.left > RIGHT * setting.layout.width);
    if lead < CLEAR_LEAD {
        Some("two addresses could be the sender's".to_owned())
    } else if setting.addressed || signed || right {
        None
    } else if others > 0 {
        Some("only its place tells it from another address".to_owned())
    } else {
        stranger(address, setting.signature)
            .map(|name| format!("'{name}' is neither a person nor a street"))
    }
}

/// What stands over the street and is no person: perhaps the addressee's firm.
fn stranger(address: &Address<'_, '_>, signature: Option<&PersonName>) -> Option<String> {
    let street = street::find(address, signature)?;
    let before = &address.parts[..street.first];
    let known = |part: &Part<'_, '_>| {
        name::person_in(part.row, part.range.clone()).is_some() || street::is_dwelling(part.text())
    };
    let part = before.iter().find(|part| !known(part))?;
    Some(part.text().to_owned())
}

/// Whether the address names a department or an office: nobody's home.
pub(super) fn is_addressed(address: &Address<'_, '_>) -> bool {
    address.rows.iter().any(|row| names_department(row.text()))
}

/// Whether a text names a department or an office.
pub(super) fn names_department(text: &str) -> bool {
    DEPARTMENT.is_match(text)
}

/// Whether the address is a department's or a company's.
pub(super) fn is_firm(address: &Address<'_, '_>) -> bool {
    is_addressed(address) || is_company(address)
}

fn is_company(address: &Address<'_, '_>) -> bool {
    address.rows.iter().any(|row| COMPANY.is_match(row.text()))
}

fn is_centred(first: &Row<'_>, last: &Row<'_>, layout: &Layout<'_>) -> bool {
    let middle = f64::midpoint(last.left, last.right);
    (middle - 0.5 * layout.width).abs() < CENTRED * layout.width && first.left > 0.2 * layout.width
}

/// Whether anything but names, dates and references stands above.
fn has_matter_above(first: &Row<'_>, layout: &Layout<'_>) -> bool {
    layout.heading.iter().any(|row| {
        row.bottom < first.top && !address::is_other_matter(row) && name::person(row).is_none()
    })
}

fn has_date_below(last: &Row<'_>, layout: &Layout<'_>) -> bool {
    layout.heading.iter().any(|row| {
        let below = row.middle() - last.middle();
        below > 0.0
            && below < DATE_REACH * layout.height
            && date::find(row.text()).is_some()
            && row.overlaps(last)
    })
}

/// Whether the address is the last matter above the salutation, at the left.
fn is_last_on_left(last: &Row<'_>, layout: &Layout<'_>) -> bool {
    last.left < LEFT * layout.width
        && layout.heading.iter().all(|row| {
            row.middle() <= last.middle() || row.left > last.right || address::is_other_matter(row)
        })
}

/// Whether the address carries the name of the signature.
fn carries(address: &Address<'_, '_>, signature: &PersonName) -> bool {
    let name = name::folded(&signature.value);
    address.parts.iter().any(|part| {
        name::person_in(part.row, part.range.clone())
            .is_some_and(|found| sender::alike(&name::folded(&found.value), &name))
    })
}

/// Whether the person greeted is the one in the block: `Dear Mr Smith`.
pub(super) fn is_greeted(address: &Address<'_, '_>, layout: &Layout<'_>) -> bool {
    let Some(salutation) = &layout.salutation else {
        return false;
    };
    let Some(surname) = salutation.text().split(' ').nth(2).map(name::folded) else {
        return false;
    };
    let carries = |row: &Row<'_>| {
        row.text()
            .split(' ')
            .any(|word| name::folded(word) == surname)
    };
    surname.len() >= 3
        && address
            .rows
            .iter()
            .any(|row| carries(row) && name::person(row).is_some())
}

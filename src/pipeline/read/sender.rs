//! Whose address is whose: the writer's, told from the addressee's by the
//! configured companies and, with none configured, by layout.

use super::address::{self, Address};
use super::known::{Company, Known};
use super::layout::{Layout, Row};
use super::name::{self, PersonName};
use super::pattern::pattern;
use super::ranking::{self, Setting};
use super::street;

/// The writer's address, and the rows that are the addressee's.
pub(super) struct Sender<'r, 'a> {
    /// The writer's address.
    pub address: Option<Address<'r, 'a>>,
    /// Why it may be another's.
    pub doubt: Option<String>,
    /// What told it from the addressee's.
    pub reason: &'static str,
    /// The addressee's rows, by page and place.
    addressee: Vec<(u32, f64)>,
}

pattern!(
    COPY_TO,
    r"(?i)^\W{0,2}(?:c\.?c\b|copy(?: to)?\b|copies\b|enc)"
);

/// With fewer points than this nothing speaks for the writer.
const ENOUGH: i32 = 1;
/// Two names agree when at most one letter in six differs: tolerant of OCR.
const LETTERS_A_MISTAKE: usize = 6;

impl Sender<'_, '_> {
    /// Whether a row belongs to the addressee.
    pub(super) fn is_addressee(&self, row: &Row<'_>) -> bool {
        self.addressee.contains(&(row.page, row.middle()))
    }
}

/// Tells the writer's address among those of heading and foot.
pub(super) fn find<'r, 'a>(
    layout: &'r Layout<'a>,
    signature: Option<&PersonName>,
    known: &Known<'_>,
) -> Sender<'r, 'a> {
    let gazetteer = known.gazetteer;
    let mut heading = address::find(&layout.heading, layout.height, gazetteer);
    heading.extend(undecoded(layout, &heading, known));
    let is_ours = |address: &Address<'_, '_>| is_ours(address, known.companies);
    let (ours, others): (Vec<_>, Vec<_>) = heading.into_iter().partition(is_ours);
    let told = !ours.is_empty();
    let setting = Setting {
        layout,
        signature,
        told,
        addressed: told
            || others.iter().any(|address| {
                ranking::is_addressed(address) || ranking::is_greeted(address, layout)
            }),
    };
    let mut ranked = ranked(others, &setting);
    let mut addressee = places(ours.iter());
    addressee.extend(own_matter(layout, known.companies));
    let lead = match ranked.as_slice() {
        [(first, _), (second, _), ..] => first - second,
        _ => i32::MAX,
    };
    let chosen = match ranked.first() {
        Some((points, _)) if *points >= ENOUGH => Some(ranked.remove(0).1),
        _ => None,
    };
    addressee.extend(places(ranked.iter().map(|(_, address)| address)));
    match chosen {
        Some(address) => Sender {
            doubt: ranking::doubt(&address, &setting, lead, ranked.len()),
            address: Some(address),
            reason: if told {
                "the address that is not ours"
            } else {
                "the sender's block by its place"
            },
            addressee,
        },
        None => below(layout, known, addressee),
    }
}

/// The addresses with their points, the most likely first.
fn ranked<'r, 'a>(
    addresses: Vec<Address<'r, 'a>>,
    setting: &Setting<'_, '_>,
) -> Vec<(i32, Address<'r, 'a>)> {
    let mut ranked: Vec<_> = addresses
        .into_iter()
        .map(|address| (ranking::points(&address, setting), address))
        .collect();
    ranked.sort_by_key(|(points, _)| -points);
    ranked
}

/// The address after the signature, when the heading has none.
fn below<'r, 'a>(
    layout: &'r Layout<'a>,
    known: &Known<'_>,
    addressee: Vec<(u32, f64)>,
) -> Sender<'r, 'a> {
    let found = address::find(&layout.tail, layout.height, known.gazetteer);
    let copied = |address: &Address<'_, '_>| {
        let top = address.rows.first().map_or(0.0, |row| row.top);
        layout.tail.iter().any(|row| {
            COPY_TO.is_match(row.text())
                && row.middle() < top + layout.height
                && top - row.middle() < 6.0 * layout.height
        })
    };
    let address = found.into_iter().find(|address| {
        !is_ours(address, known.companies) && !copied(address) && !ranking::is_firm(address)
    });
    Sender {
        doubt: None,
        address,
        reason: "the address below the signature",
        addressee,
    }
}

/// A block with a street but no postcode, when no other block is the writer's.
fn undecoded<'r, 'a>(
    layout: &'r Layout<'a>,
    known_blocks: &[Address<'r, 'a>],
    known: &Known<'_>,
) -> Option<Address<'r, 'a>> {
    let taken = places(known_blocks.iter());
    let rows: Vec<&Row<'a>> = layout
        .heading
        .iter()
        .filter(|row| !taken.contains(&(row.page, row.middle())))
        .collect();
    let start = rows.iter().position(|row| {
        let parts = address::parts(row);
        parts
            .iter()
            .any(|part| street::is_numbered_street(part.text()) && street::is_street(part.text()))
    })?;
    let mut block = vec![rows[start]];
    for row in &rows[start + 1..] {
        let low = block[block.len() - 1];
        let near = row.middle() - low.middle() < 2.4 * layout.height;
        if row.overlaps(low) && (!near || address::is_other_matter(row)) {
            break;
        }
        if row.overlaps(low) {
            block.push(row);
        }
    }
    Some(address::without_postcode(block, known.gazetteer))
}

fn places<'x, 'r: 'x, 'a: 'r>(
    addresses: impl Iterator<Item = &'x Address<'r, 'a>>,
) -> Vec<(u32, f64)> {
    addresses
        .flat_map(|address| address.rows.iter())
        .map(|row| (row.page, row.middle()))
        .collect()
}

/// Rows that name one of our companies or a department.
fn own_matter(layout: &Layout<'_>, companies: &[Company]) -> Vec<(u32, f64)> {
    layout
        .heading
        .iter()
        .filter(|row| ranking::names_department(row.text()) || names_ours(row.text(), companies))
        .map(|row| (row.page, row.middle()))
        .collect()
}

fn is_ours(address: &Address<'_, '_>, companies: &[Company]) -> bool {
    let postcode = address
        .postcode
        .as_ref()
        .map(|(_, decoded)| &decoded.postcode);
    companies.iter().any(|company| {
        company
            .postcode
            .as_ref()
            .is_some_and(|own| Some(own) == postcode)
    }) || address
        .rows
        .iter()
        .any(|row| names_ours(row.text(), companies))
}

fn names_ours(text: &str, companies: &[Company]) -> bool {
    let read = name::folded(text);
    companies.iter().any(|company| {
        let own = name::folded(&company.name);
        own.len() >= 4
            && (read.contains(&own) || (read.len().abs_diff(own.len()) <= 3 && alike(&read, &own)))
    })
}

/// Whether two folded names differ by few letters (Levenshtein).
pub(super) fn alike(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = corner + usize::from(x != y);
            corner = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(corner + 1);
        }
    }
    row[b.len()] <= a.len().max(b.len()) / LETTERS_A_MISTAKE
}

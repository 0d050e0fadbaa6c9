//! Whose address is whose: the writer's, told from the addressee's by the
//! configured companies and, with none configured, by layout.

use super::address::{self, Address};
use super::known::{Company, Known};
use super::layout::{Layout, Row};
use super::name::{self, PersonName};
use super::pattern::pattern;
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
    DEPARTMENT,
    r"(?i)\b(?:customer (?:relations|services?|care|support|experience|complaints)|complaints?|department|dept|head office|headquarters|the (?:general |store |branch |area )?manager|managing director|chief executive|ceo|the (?:company )?secretary|the directors?|freepost|returns|accounts|correspondence|after[- ]?sales)\b"
);
pattern!(
    COMPANY,
    r"(?i)\b(?:ltd|limited|plc|llp|inc|stores?|supermarkets?|group|p\.?\s?o\.?\s?box|retail|company|holdings)\b"
);
pattern!(
    COPY_TO,
    r"(?i)^\W{0,2}(?:c\.?c\b|copy(?: to)?\b|copies\b|enc)"
);

/// Points for an address being the writer's. Only their order counts; they were
/// set so that any one clear mark outweighs the place on the page.
mod points {
    pub(super) const NAME_OF_SIGNATURE: i32 = 5;
    pub(super) const NUMBERED_STREET: i32 = 2;
    pub(super) const OTHER_IS_ADDRESSED: i32 = 1;
    pub(super) const STREET: i32 = 1;
    pub(super) const RIGHT_HALF: i32 = 2;
    pub(super) const FIRST: i32 = 1;
    pub(super) const DATE_BELOW: i32 = 1;
    pub(super) const LETTERHEAD: i32 = 1;
    pub(super) const DEPARTMENT: i32 = -5;
    pub(super) const COMPANY: i32 = -2;
    pub(super) const LAST_ON_LEFT: i32 = -2;
    pub(super) const GREETED_NAME: i32 = -4;
}
/// With fewer points than this nothing speaks for the writer.
const ENOUGH: i32 = 1;
/// The next address must lie so many points behind, or a person looks.
const CLEAR_LEAD: i32 = 2;
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
    let addressed = told
        || others
            .iter()
            .any(|address| marks(address) <= points::DEPARTMENT);
    let mut ranked: Vec<(i32, Address<'r, 'a>)> = others
        .into_iter()
        .map(|address| (score(&address, layout, signature, told, addressed), address))
        .collect();
    ranked.sort_by_key(|(points, _)| -points);
    let mut addressee = places(ours.iter());
    addressee.extend(own_matter(layout, known.companies));
    let lead = match ranked.as_slice() {
        [(first, _), (second, _), ..] => first - second,
        _ => CLEAR_LEAD,
    };
    let chosen = match ranked.first() {
        Some((points, _)) if *points >= ENOUGH => Some(ranked.remove(0).1),
        _ => None,
    };
    addressee.extend(places(ranked.iter().map(|(_, address)| address)));
    match chosen {
        Some(address) => Sender {
            doubt: (lead < CLEAR_LEAD).then(|| "two addresses could be the sender's".to_owned()),
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
        !is_ours(address, known.companies) && !copied(address) && marks(address) >= 0
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
        .filter(|row| DEPARTMENT.is_match(row.text()) || names_ours(row.text(), companies))
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

fn score(
    address: &Address<'_, '_>,
    layout: &Layout<'_>,
    signature: Option<&PersonName>,
    told: bool,
    addressed: bool,
) -> i32 {
    let mut points = marks(address);
    if addressed && points > points::DEPARTMENT {
        points += points::OTHER_IS_ADDRESSED;
    }
    points += match street::find(address) {
        Some(found) if street::is_numbered_street(&found.cut.text) => points::NUMBERED_STREET,
        Some(_) => points::STREET,
        None => 0,
    };
    if let Some(name) = signature
        && address.rows.iter().any(|row| carries(row, name))
    {
        points += points::NAME_OF_SIGNATURE;
    }
    points += by_place(address, layout, told);
    points
        + if greeted(address, layout) {
            points::GREETED_NAME
        } else {
            0
        }
}

/// What the words of a block say.
fn marks(address: &Address<'_, '_>) -> i32 {
    let any = |pattern: &regex::Regex| address.rows.iter().any(|row| pattern.is_match(row.text()));
    let department = if any(&DEPARTMENT) {
        points::DEPARTMENT
    } else {
        0
    };
    department + if any(&COMPANY) { points::COMPANY } else { 0 }
}

/// What its place on the page says.
fn by_place(address: &Address<'_, '_>, layout: &Layout<'_>, told: bool) -> i32 {
    let (Some(first), Some(last)) = (address.rows.first(), address.rows.last()) else {
        return 0;
    };
    let middle = f64::midpoint(last.left, last.right);
    let mut points = 0;
    if last.left > 0.45 * layout.width {
        points += points::RIGHT_HALF;
    } else if (middle - 0.5 * layout.width).abs() < 0.06 * layout.width
        && first.left > 0.2 * layout.width
    {
        points += points::LETTERHEAD;
    }
    let others_above = layout.heading.iter().any(|row| {
        row.bottom < first.top
            && (told || address::parts(row).len() > 1 || DEPARTMENT.is_match(row.text()))
    });
    if !others_above {
        points += points::FIRST;
    }
    let date_below = layout.heading.iter().any(|row| {
        let below = row.middle() - last.middle();
        below > 0.0
            && below < 4.0 * layout.height
            && crate::domain::grammar::date::find(row.text()).is_some()
            && row.overlaps(last)
    });
    if date_below {
        points += points::DATE_BELOW;
    }
    let lowest = layout.heading.iter().all(|row| {
        row.middle() <= last.middle() || row.left > last.right || address::is_other_matter(row)
    });
    if lowest && !others_above_only(layout, first) && last.left < 0.3 * layout.width && !told {
        points += points::LAST_ON_LEFT;
    }
    points
}

/// Whether nothing at all stands above a row: then it is no second block.
fn others_above_only(layout: &Layout<'_>, first: &Row<'_>) -> bool {
    !layout
        .heading
        .iter()
        .any(|row| row.middle() < first.top && !address::is_other_matter(row))
}

fn carries(row: &Row<'_>, signature: &PersonName) -> bool {
    let name = name::folded(&signature.value);
    address::parts(row).iter().any(|part| {
        name::person_in(row, part.range.clone())
            .is_some_and(|found| same_person(&name::folded(&found.value), &name))
    })
}

/// Equal but for misread letters, or one being initials and surname of the other.
pub(super) fn same_person(a: &str, b: &str) -> bool {
    alike(a, b)
}

/// Whether the person greeted is the one in the block: `Dear Mr Smith`.
fn greeted(address: &Address<'_, '_>, layout: &Layout<'_>) -> bool {
    let Some(salutation) = &layout.salutation else {
        return false;
    };
    let greeted = salutation
        .text()
        .trim_end_matches([',', '.', ':'])
        .to_owned();
    let Some(surname) = greeted.split(' ').nth(2) else {
        return false;
    };
    let surname = name::folded(surname);
    surname.len() >= 3
        && address.rows.iter().any(|row| {
            row.text()
                .split(' ')
                .any(|word| name::folded(word) == surname)
                && name::person(row).is_some()
        })
}

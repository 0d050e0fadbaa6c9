//! Address blocks: the rows that belong to one, and what each part of it is.

use std::ops::Range;

use crate::domain::grammar::date;
use crate::gazetteer::{Decoded, Evidence, Gazetteer};

use super::contact;
use super::layout::Row;
use super::passage::Cut;
use super::pattern::pattern;
use super::place::{is_country, is_county};
use super::reference;

/// A piece of an address row between commas or bullets.
#[derive(Debug, Clone)]
pub(super) struct Part<'r, 'a> {
    /// Its row.
    pub row: &'r Row<'a>,
    /// Its range in the row's text.
    pub range: Range<usize>,
}

/// An address as it stands: its parts from the top down to the postcode.
#[derive(Debug, Clone)]
pub(super) struct Address<'r, 'a> {
    /// All parts but the postcode.
    pub parts: Vec<Part<'r, 'a>>,
    /// The postcode as read and as decoded.
    pub postcode: Option<(Cut, Decoded)>,
    /// Which of the parts is the town.
    pub town: Option<usize>,
    /// Whether the gazetteer knows the town as one of the postcode's area.
    pub town_agrees: bool,
    /// Its rows, top to bottom.
    pub rows: Vec<&'r Row<'a>>,
}

/// An address has at most so many rows: name, company, flat, building, street,
/// village, town, county, postcode.
const ROWS: usize = 9;
/// Rows of a block follow each other at most so many row heights apart, middle to
/// middle: 1.9 is single spacing on the letters of November 2026, 2.8 a blank line.
const PITCH: f64 = 3.3;
/// Within a block the distance grows at most so much.
const LOOSER: f64 = 1.4;

pattern!(
    POSTCODE,
    r"(?:^|\s)([A-Za-z0-9|!(\]$§]{2,4}\s?[0-9A-Za-z|!\]$§?]{3})\W*$"
);
pattern!(SEPARATOR, r"\s*[,;•·●▪■◆*«»|¢°®©]+\s*|\s+[-–—~+=e¢o.]\s+");
pattern!(
    NO_ADDRESS,
    r"(?i)\b(?:private (?:and|&) confidential|by (?:post|hand|e-?mail)|recorded delivery|special delivery|first class|signed for|without prejudice|vat (?:no|reg))\b"
);

impl Part<'_, '_> {
    /// Its characters.
    pub(super) fn text(&self) -> &str {
        &self.row.text()[self.range.clone()]
    }

    /// The piece of paper.
    pub(super) fn cut(&self) -> Cut {
        let text = self.text();
        let bare = text.trim_end_matches(['.', ',', ';', ':', ' ']);
        self.row
            .passage
            .cut(self.range.start..self.range.start + bare.len())
    }
}

/// Every address with a postcode among these rows, which are top to bottom.
pub(super) fn find<'r, 'a>(
    rows: &'r [Row<'a>],
    height: f64,
    gazetteer: &Gazetteer,
) -> Vec<Address<'r, 'a>> {
    let mut found: Vec<Address<'r, 'a>> = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        if is_other_matter(row) && !has_bullets(row) {
            continue;
        }
        let parts = parts(row);
        let Some((split, postcode)) = postcode_part(&parts, gazetteer) else {
            continue;
        };
        let above = above(rows, at, height, gazetteer);
        let mut all: Vec<Part<'r, 'a>> = above.iter().flat_map(|row| self::parts(row)).collect();
        all.extend(parts.into_iter().take(split.0));
        all.extend(split.1);
        let mut rows = above;
        rows.push(row);
        found.push(settle(all, Some(postcode), rows, gazetteer));
    }
    found
}

/// An address without a postcode: rows from `top` on that belong together.
pub(super) fn without_postcode<'r, 'a>(
    rows: Vec<&'r Row<'a>>,
    gazetteer: &Gazetteer,
) -> Address<'r, 'a> {
    let parts = rows.iter().flat_map(|row| parts(row)).collect();
    settle(parts, None, rows, gazetteer)
}

/// Finds the town among the parts, and reads the postcode in its light.
fn settle<'r, 'a>(
    parts: Vec<Part<'r, 'a>>,
    postcode: Option<Cut>,
    rows: Vec<&'r Row<'a>>,
    gazetteer: &Gazetteer,
) -> Address<'r, 'a> {
    let decode = |town: Option<&str>| {
        let cut = postcode.as_ref()?;
        gazetteer.decode(&Evidence {
            as_read: &cut.text,
            confidence: cut.confidence,
            town,
        })
    };
    // Read once without the town to know the area that tells the town.
    let area = decode(None).map(|d| d.postcode.area().to_owned());
    let (town, town_agrees) = town(&parts, area.as_deref(), gazetteer);
    let name = town.map(|at| parts[at].text());
    let decoded = decode(name);
    Address {
        postcode: postcode.zip(decoded),
        town,
        town_agrees,
        parts,
        rows,
    }
}

/// The town: the last part that is a post town of the area, else the last that is
/// neither county nor country.
fn town(
    parts: &[Part<'_, '_>],
    area: Option<&str>,
    gazetteer: &Gazetteer,
) -> (Option<usize>, bool) {
    let bare = |at: usize| parts[at].text().trim_end_matches(['.', ',', ' ']);
    let worded = |at: &usize| !parts[*at].text().chars().any(|c| c.is_ascii_digit());
    let of_area = |at: &usize| area.is_some_and(|area| gazetteer.agrees(area, bare(*at)));
    // Some counties are post towns as well: Orkney.
    let no_county = |at: &usize| !is_county(bare(*at));
    let last_of_area = || (0..parts.len()).rev().filter(of_area);
    if let Some(at) = last_of_area()
        .find(no_county)
        .or_else(|| last_of_area().next())
    {
        return (Some(at), true);
    }
    // Without a postcode any post town is a better choice than the last part.
    let known = |at: &usize| area.is_none() && gazetteer.is_town(bare(*at)) && no_county(at);
    if let Some(at) = (0..parts.len()).rev().find(known) {
        return (Some(at), false);
    }
    let last = (0..parts.len()).rev().filter(worded).find(|at| {
        let name = bare(*at);
        !is_country(name) && (gazetteer.is_town(name) || !is_county(name))
    });
    (last, false)
}

/// The rows above a row that belong to its block, top to bottom.
fn above<'r, 'a>(
    rows: &'r [Row<'a>],
    at: usize,
    height: f64,
    gazetteer: &Gazetteer,
) -> Vec<&'r Row<'a>> {
    let mut block = Vec::new();
    let mut low = &rows[at];
    let mut widest = PITCH * height;
    while block.len() < ROWS {
        let next = rows
            .iter()
            .filter(|row| {
                row.page == low.page
                    && row.overlaps(low)
                    && row.middle() < low.middle() - 0.4 * height
            })
            .max_by(|a, b| a.middle().total_cmp(&b.middle()));
        let Some(row) = next else { break };
        let pitch = low.middle() - row.middle();
        let other = is_other_matter(row) || postcode_part(&parts(row), gazetteer).is_some();
        if pitch > widest || other {
            break;
        }
        widest = widest.min(LOOSER * pitch.max(1.2 * height));
        block.push(row);
        low = row;
    }
    block.reverse();
    block
}

/// Dates, references, telephone numbers: no part of an address.
pub(super) fn is_other_matter(row: &Row<'_>) -> bool {
    let text = row.text();
    date::find(text).is_some()
        || reference::is_reference_row(text)
        || contact::is_contact(text)
        || NO_ADDRESS.is_match(text)
}

fn has_bullets(row: &Row<'_>) -> bool {
    parts(row).len() >= 3
}

/// A row's pieces between commas and bullets.
pub(super) fn parts<'r, 'a>(row: &'r Row<'a>) -> Vec<Part<'r, 'a>> {
    let text = row.text();
    let mut parts = Vec::new();
    let mut start = 0;
    let ends = SEPARATOR
        .find_iter(text)
        .map(|found| found.range())
        .chain(std::iter::once(text.len()..text.len()));
    for end in ends {
        let piece = &text[start..end.start];
        let lead = piece.len() - piece.trim_start_matches(is_speck).len();
        let range = start + lead..start + piece.trim_end().len().max(lead);
        if text[range.clone()].chars().any(char::is_alphanumeric) {
            parts.push(Part { row, range });
        }
        start = end.end;
    }
    parts
}

/// What may stand before a part without belonging to it: not the strokes that a
/// thin digit is read as, nor the bracket of a title.
fn is_speck(sign: char) -> bool {
    !sign.is_alphanumeric() && !matches!(sign, '|' | ']' | '!' | '(' | '£')
}

type Before<'r, 'a> = (usize, Option<Part<'r, 'a>>);

/// Where a row's postcode stands: how many parts come before it whole, the piece of
/// its own part before it, and the postcode itself.
fn postcode_part<'r, 'a>(
    parts: &[Part<'r, 'a>],
    gazetteer: &Gazetteer,
) -> Option<(Before<'r, 'a>, Cut)> {
    parts.iter().enumerate().rev().find_map(|(at, part)| {
        let found = POSTCODE.captures(part.text())?.get(1)?;
        let start = part.range.start + found.start();
        let cut = part.row.passage.cut(start..part.range.start + found.end());
        let evidence = Evidence {
            as_read: &cut.text,
            confidence: cut.confidence,
            town: None,
        };
        let decoded = looks_like_one(&cut.text).then(|| gazetteer.decode(&evidence))??;
        let lower = cut
            .text
            .chars()
            .any(|c| c.is_lowercase() && !"iloszg".contains(c));
        if lower && decoded.changed {
            return None;
        }
        let before = Part {
            row: part.row,
            range: part.range.start..start,
        };
        let before = before
            .text()
            .chars()
            .any(char::is_alphanumeric)
            .then_some(before);
        Some(((at, before), cut))
    })
}

/// Letters, and digits or capitals that may have been some.
fn looks_like_one(text: &str) -> bool {
    let letters = text.chars().filter(char::is_ascii_alphabetic).count();
    let digits = text.chars().any(|c| c.is_ascii_digit());
    letters >= 2 && (digits || !text.contains(' ') && text.chars().all(|c| c.is_ascii_uppercase()))
}

//! The rows of the gazetteer that join streets, postcodes and heads.

use std::ops::Range;

use crate::gazetteer::Gazetteer;
use crate::gazetteer::file::{Section, gallop, partition};

/// The rows of postcodes that a street has: places of [`Section::ByStreet`].
pub(super) fn of_street(gazetteer: &Gazetteer, street: usize) -> Range<usize> {
    let rows = 0..gazetteer.file.len(Section::ByStreet);
    let column = |row: usize| gazetteer.file.u32(Section::CodeStreets, row * 3 + 1) as usize;
    let street_at = |at: usize| column(by_street(gazetteer, at));
    let first = partition(rows.clone(), |at| street_at(at) < street);
    first..gallop(first..rows.end, |at| street_at(at) <= street)
}

/// Where those of them end whose postcode comes before this one; the first always does.
pub(super) fn end_in(gazetteer: &Gazetteer, rows: Range<usize>, code: usize) -> usize {
    gallop(rows.start + 1..rows.end, |at| code_at(gazetteer, at) < code)
}

/// The postcode of the row at a place of [`Section::ByStreet`].
pub(super) fn code_at(gazetteer: &Gazetteer, at: usize) -> usize {
    code_of(gazetteer, by_street(gazetteer, at))
}

/// The row at a place of [`Section::ByStreet`].
pub(super) fn by_street(gazetteer: &Gazetteer, at: usize) -> usize {
    gazetteer.file.u32(Section::ByStreet, at) as usize
}

/// The postcode of a row.
fn code_of(gazetteer: &Gazetteer, row: usize) -> usize {
    gazetteer.file.u32(Section::CodeStreets, row * 3) as usize
}

/// The rows of some postcodes, within these.
pub(super) fn of_codes(
    gazetteer: &Gazetteer,
    rows: Range<usize>,
    codes: &Range<usize>,
) -> Range<usize> {
    let first = partition(rows.clone(), |row| code_of(gazetteer, row) < codes.start);
    first..gallop(first..rows.end, |row| code_of(gazetteer, row) < codes.end)
}

/// The heads in which a street is known by district only, in order.
pub(super) fn heads_of_street(gazetteer: &Gazetteer, street: usize) -> Vec<usize> {
    let file = &gazetteer.file;
    let street_at = |row: usize| file.u32(Section::HeadStreets, row * 2) as usize;
    let rows = 0..file.len(Section::HeadStreets);
    let first = partition(rows.clone(), |row| street_at(row) < street);
    let end = partition(first..rows.end, |row| street_at(row) <= street);
    (first..end)
        .map(|row| file.u32(Section::HeadStreets, row * 2 + 1) as usize)
        .collect()
}

//! How often a postcode exists at all, by what the list says of it.

use crate::gazetteer::country::{Country, Shape};
use crate::gazetteer::file::Section;
use crate::gazetteer::{Coverage, Gazetteer};

/// How often a postcode of an area that is listed completely is not in the list: a
/// new house. Two per cent to begin with,
const OFF_LIST: f64 = 0.02;
/// and for each year of the list's age about one more (the quarterly ONS directories
/// add some 15,000 of 1.7 million postcodes a year).
const OFF_LIST_YEAR: f64 = 0.01;
/// How many of these are not in a sector (`LS6 3`) that has postcodes already. An
/// estimate: sectors are opened rarely, and most that the grammar allows are unused.
const NEW_SECTOR: f64 = 0.1;
/// How many of the others are not in a row (`LS6 3H`) that has postcodes already. Two in a
/// hundred postcodes of Code-Point Open, taken out at random, were 1 in 100 alone in their
/// row; new ones, which this cannot show, open rows more often. An estimate.
const NEW_ROW: f64 = 0.3;
/// No unlisted postcode exists as often as not, however full its row.
const MOST: f64 = 0.5;
/// How often a letter bears a postcode that ended, relative to one in use.
const ENDED: f64 = 0.02;
/// How often a head that is not listed exists: where the list of its area is complete,
const NEW_HEAD_COMPLETE: f64 = 1e-3;
/// where it is not,
pub(super) const NEW_HEAD_PARTIAL: f64 = 0.3;
/// and in an area that does not exist, where all areas are known.
const NEW_AREA: f64 = 1e-5;

/// How often an unlisted tail of a sector exists, where its head's and its sector's
/// listed postcodes are so many of all that could be.
pub(super) fn of_sector(of_head: f64, of_sector: f64) -> f64 {
    NEW_SECTOR * of_head + (1.0 - NEW_SECTOR) * of_sector
}

/// How often an unlisted tail of a row exists: one where so many of the row's tails are
/// listed. Rows are filled letter by letter, so that those that are missing lie in full
/// ones: of the postcodes of 2014 taken out at random, in a row of which m stay and f are
/// free each of the free ones was one as often as 0.02 m/f says, within a third (m of 1 to
/// 19; the sector's other rows tell nothing more).
pub(super) fn of_row(of_sector: f64, off_list: f64, listed: usize, shape: &Shape) -> f64 {
    let free = tails_of_row(shape).saturating_sub(listed).max(1);
    let in_row = off_list * listed as f64 / free as f64;
    (NEW_ROW * of_sector + (1.0 - NEW_ROW) * in_row).min(MOST)
}

/// How many tails there are with the same beginning but for the last character.
fn tails_of_row(shape: &Shape) -> usize {
    shape.tail.last().map_or(1, |class| class.signs().count())
}

/// How often a head of an area exists that is not listed.
pub(super) fn new_head(gazetteer: &Gazetteer, country: &Country, area: &str) -> f64 {
    let known = gazetteer.area_at(country, area).is_some();
    match gazetteer.covers_area(country, area) {
        Coverage::Complete => NEW_HEAD_COMPLETE,
        Coverage::Partial if known || !gazetteer.knows_areas(country) => NEW_HEAD_PARTIAL,
        Coverage::Partial => NEW_AREA,
    }
}

/// How many tails begin with the same character.
pub(super) fn tails_of_sector(shape: &Shape) -> f64 {
    let classes = shape.tail.iter().skip(1);
    classes.map(|class| class.signs().count() as f64).product()
}

/// How often a listed postcode stands on letters.
pub(super) fn in_use(gazetteer: &Gazetteer, code: usize) -> f64 {
    let origin = gazetteer.file.u16(Section::Provenance, code);
    let provenance = gazetteer.meta.provenance.get(usize::from(origin));
    match provenance {
        Some(provenance) if provenance.ended.is_some() => ENDED,
        _ => 1.0,
    }
}

/// How often a postcode is not in the list, by the list's age when it was built.
pub(super) fn off_list(gazetteer: &Gazetteer) -> f64 {
    let year = |date: &str| date.get(..4)?.parse::<f64>().ok();
    let built = year(&gazetteer.meta.built);
    let age = gazetteer
        .date()
        .and_then(year)
        .zip(built)
        .map(|(of, at)| at - of);
    OFF_LIST + OFF_LIST_YEAR * age.unwrap_or(0.0).clamp(0.0, 20.0)
}

/// How often a postcode exists, told without the search.
#[cfg(test)]
pub(super) fn existence(gazetteer: &Gazetteer, code: &crate::gazetteer::country::Code) -> f64 {
    let country = code.country();
    let shape = &country.shapes[country.shape_of_head(code.head()).unwrap_or(0)];
    let complete = gazetteer.covers_area(country, code.area()) == Coverage::Complete;
    let Some(head) = gazetteer.head_at(country, code.head()) else {
        return new_head(gazetteer, country, code.area()) * country.fill;
    };
    match gazetteer.listing(code) {
        Some(listing) if listing.is_live() => 1.0,
        Some(_) => ENDED,
        None if complete => {
            let tails = gazetteer.codes_of(head).map(|at| {
                let number = gazetteer.file.u16(Section::Tails, at);
                crate::gazetteer::country::tail_text(number, shape.tail.len()).0
            });
            let tails: Vec<_> = tails.collect();
            let digit = code.tail().as_bytes()[0];
            let sector = tails.iter().filter(|tail| tail[0] == digit).count() as f64;
            let of_head = tails.len() as f64 / shape.tails() as f64;
            let of_sector = sector / tails_of_sector(shape);
            let off_list = off_list(gazetteer);
            let of_sector = off_list * self::of_sector(of_head, of_sector);
            let row = code.tail().len() - 1;
            let same = |tail: &[u8]| tail[..row] == code.tail().as_bytes()[..row];
            let listed = tails.iter().filter(|tail| same(&tail[..])).count();
            of_row(of_sector, off_list, listed, shape)
        }
        None => country.fill,
    }
}

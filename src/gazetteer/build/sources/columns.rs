//! Which column of a table says what.
//!
//! Publishers name the same thing in many ways; with a header each column is found
//! by the names below, or by those that the user gives. A few publishers have no
//! header, and are known by their shape.

use std::str::FromStr;

use csv::StringRecord;

use crate::domain::named;

/// What a column may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// ISO code of the country.
    Country,
    /// An area with its post towns.
    Area,
    /// A whole postcode or its head.
    Postcode,
    /// Street name.
    Street,
    /// House number, range or name; several with `;` between.
    House,
    /// Village or suburb.
    Locality,
    /// Post town; several with `;` between.
    Town,
    /// County or region, which some write in the town's place.
    County,
    /// From when the row holds.
    Date,
    /// From when it no longer holds.
    Ended,
    /// What kind of thing the row names.
    Type,
    /// A name whose kind another column tells.
    Name,
}

named!(Column {
    Country => "country",
    Area => "area",
    Postcode => "postcode",
    Street => "street",
    House => "house",
    Locality => "locality",
    Town => "town",
    County => "county",
    Date => "date",
    Ended => "ended",
    Type => "type",
    Name => "name",
});

/// The names under which publishers write each column, best first. From the headers of
/// ONSPD (`pcds`, `doterm`), HM Land Registry (`paon`), GeoNames extracts (`zipcode`),
/// address products (`thoroughfare`, `dependent_locality`) as of November 2026.
const ALIASES: [(Column, &[&str]); 12] = [
    (Column::Country, &["country_code", "iso_country"]),
    (Column::Area, &["area", "postcode_area"]),
    (
        Column::Postcode,
        &[
            "pcds",
            "pcd8",
            "pcd7",
            "pcd2",
            "pcd",
            "postcode",
            "post_code",
            "zipcode",
            "zip_code",
            "zip",
            "postal_code",
            "outcode",
            "postcode_district",
            "pc",
        ],
    ),
    (
        Column::Street,
        &[
            "street",
            "street_name",
            "thoroughfare",
            "thoroughfare_name",
            "road",
        ],
    ),
    (
        Column::House,
        &[
            "paon",
            "house_numbers",
            "house_number",
            "building_number",
            "house",
            "number",
        ],
    ),
    (
        Column::Locality,
        &["locality", "dependent_locality", "village", "suburb"],
    ),
    (
        Column::Town,
        &[
            "post_towns",
            "post_town",
            "posttown",
            "town",
            "town_city",
            "place",
            "place_name",
            "city",
        ],
    ),
    (Column::County, &["county", "postal_county", "region"]),
    (
        Column::Date,
        &[
            "dointr",
            "introduced",
            "deed_date",
            "date_of_transfer",
            "date",
        ],
    ),
    (Column::Ended, &["doterm", "terminated", "ended"]),
    (Column::Type, &["type", "local_type"]),
    (Column::Name, &["name", "name1"]),
];

/// Columns that the user names: `postcode=PC,street=Thoroughfare`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns(Vec<(Column, String)>);

/// A mapping that names no column of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' maps no column; write OURS=THEIRS, with ours one of country, postcode, street, house, \
     locality, town, county, date, ended"
)]
pub struct UnknownColumn(String);

impl FromStr for Columns {
    type Err = UnknownColumn;

    fn from_str(text: &str) -> Result<Self, UnknownColumn> {
        let pairs = text.split(',').filter(|pair| !pair.trim().is_empty());
        let pairs = pairs.map(|pair| {
            let (ours, theirs) = pair.split_once('=').unwrap_or((pair, ""));
            let column = Column::from_name(ours.trim()).filter(|_| !theirs.trim().is_empty());
            let column = column.ok_or_else(|| UnknownColumn(pair.trim().to_owned()))?;
            Ok((column, plain(theirs)))
        });
        pairs.collect::<Result<_, _>>().map(Self)
    }
}

impl Columns {
    /// The headings that the user names and this header has.
    pub(super) fn found_in(&self, header: &StringRecord) -> impl Iterator<Item = &str> {
        let header: Vec<String> = header.iter().map(plain).collect();
        let theirs = self.0.iter().map(|(_, theirs)| theirs.as_str());
        theirs.filter(move |theirs| header.iter().any(|h| h == theirs))
    }

    /// The headings that the user names.
    pub fn headings(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, theirs)| theirs.as_str())
    }
}

/// The place of each column in a record.
#[derive(Debug, Clone, Default)]
pub(super) struct Places([Option<usize>; 12]);

impl Places {
    /// From a header; none when the record is no header.
    pub(super) fn of_header(record: &StringRecord, named: &Columns) -> Option<Self> {
        let header: Vec<String> = record.iter().map(plain).collect();
        let mut places = Self::default();
        for (column, aliases) in ALIASES {
            let by_alias = aliases
                .iter()
                .find_map(|a| header.iter().position(|h| h == a));
            let by_user = named.0.iter().find(|(ours, _)| *ours == column);
            let by_user = by_user.and_then(|(_, theirs)| header.iter().position(|h| h == theirs));
            places.0[column as usize] = by_user.or(by_alias);
        }
        let says = |column: Column| places.0[column as usize].is_some();
        (says(Column::Postcode) || says(Column::Area) || says(Column::Name)).then_some(places)
    }

    pub(super) fn fixed(columns: &[(Column, usize)]) -> Self {
        let mut places = Self::default();
        for (column, at) in columns {
            places.0[*column as usize] = Some(*at);
        }
        places
    }

    /// The trimmed text of a column, when there is some.
    pub(super) fn get<'r>(&self, column: Column, record: &'r StringRecord) -> Option<&'r str> {
        let text = record.get(self.0[column as usize]?)?.trim();
        (!text.is_empty()).then_some(text)
    }

    pub(super) fn has(&self, column: Column) -> bool {
        self.0[column as usize].is_some()
    }
}

/// A heading without case and punctuation.
fn plain(heading: &str) -> String {
    let heading = heading.trim_start_matches('\u{feff}').trim();
    heading.to_lowercase().replace([' ', '-', '/'], "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_has_its_names() {
        for (at, (column, _)) in ALIASES.iter().enumerate() {
            assert_eq!(*column as usize, at);
        }
        assert_eq!(ALIASES.len(), Column::ALL.len());
    }

    #[test]
    fn the_users_names_win() {
        let header = StringRecord::from(vec!["PCDS", "Post Code", "Thorofare", "town"]);
        let columns: Columns = "postcode=post code, street=THOROFARE".parse().unwrap();
        let places = Places::of_header(&header, &columns).unwrap();
        let row = StringRecord::from(vec!["a", "b", "c", " "]);
        assert_eq!(places.get(Column::Postcode, &row), Some("b"));
        assert_eq!(places.get(Column::Street, &row), Some("c"));
        assert_eq!(places.get(Column::Town, &row), None);
        assert!("colour=red".parse::<Columns>().is_err());
        assert!("street=".parse::<Columns>().is_err());
    }
}

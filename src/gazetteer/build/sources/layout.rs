//! What a table is, told from its first row, and what its rows say.

use std::io::{self, BufRead as _, BufReader, Read};

use csv::{ByteRecord, StringRecord};

use super::Kind;
use super::columns::{Column, Columns, Places};
use crate::gazetteer::build::{Month, Row, Where};
use crate::gazetteer::country::Country;

/// How a table's rows are to be understood.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub(super) kind: Kind,
    places: Places,
}

/// Code-Point Open has ten columns, nineteen before 2011.
const CODE_POINT: [usize; 2] = [10, 19];
/// Price Paid rows, without or with the record status.
const PRICE_PAID: [usize; 2] = [15, 16];
/// Open Names has 34 columns.
const OPEN_NAMES: usize = 34;
/// GeoNames postal codes have 12, between tabs.
const GEO_NAMES: usize = 12;

impl Layout {
    /// From the first record; also whether that is a header.
    pub(super) fn of(first: &StringRecord, named: &Columns) -> Option<(Self, bool)> {
        if let Some(layout) = Self::headerless(first) {
            return Some((layout, false));
        }
        let places = Places::of_header(first, named)?;
        let has = |name: &str| first.iter().any(|h| h.trim().eq_ignore_ascii_case(name));
        let kind = if has("doterm") {
            Kind::Onspd
        } else if has("zipcode") && has("country_code") {
            Kind::GeoNames
        } else if has("paon") && has("saon") {
            Kind::PricePaid
        } else {
            Kind::Table
        };
        Some((Self { kind, places }, true))
    }

    /// Of a publisher who writes no header, from any record.
    pub(super) fn headerless(record: &StringRecord) -> Option<Self> {
        let kind = headerless(record)?;
        let places = fixed(kind);
        Some(Self { kind, places })
    }

    /// What a row says; none when it speaks of something that is no address.
    pub(super) fn row<'r>(
        &self,
        record: &'r StringRecord,
        country: &'static Country,
    ) -> Result<Option<Row<'r>>, String> {
        let get = |column| self.places.get(column, record);
        let country = match get(Column::Country) {
            Some(code) => Country::find(code).ok_or_else(|| format!("no country '{code}'"))?,
            None => country,
        };
        let mut row = Row {
            towns: several(get(Column::Town)).collect(),
            localities: [get(Column::Locality), get(Column::County)]
                .into_iter()
                .flatten()
                .collect(),
            street: get(Column::Street),
            house: get(Column::House),
            date: get(Column::Date).and_then(Month::parse),
            ended: get(Column::Ended).and_then(Month::parse),
            place: Where::Nowhere,
        };
        if let Some(name) = get(Column::Name) {
            match get(Column::Type).unwrap_or_default() {
                "Named Road" | "Section Of Named Road" => row.street = Some(name),
                "City" | "Town" | "Village" | "Hamlet" | "Suburban Area" | "Other Settlement" => {
                    row.localities.push(name);
                }
                _ => return Ok(None),
            }
        }
        row.place = if let Some(text) = get(Column::Postcode) {
            place(country, text)?
        } else if let Some(area) = get(Column::Area) {
            Where::Area(country, area)
        } else if self.places.has(Column::Postcode) && !self.places.has(Column::Name) {
            return match self.kind {
                // Land without a postcode is sold too.
                Kind::PricePaid => Ok(None),
                _ => Err("no postcode".to_owned()),
            };
        } else {
            Where::Nowhere
        };
        Ok(Some(row))
    }
}

fn place<'r>(country: &'static Country, text: &'r str) -> Result<Where<'r>, String> {
    if let Some(code) = country.parse(text) {
        return Ok(Where::Code(code));
    }
    match country.parse_head(text) {
        // A head is kept as it stands in the row.
        Some(head) if head == text => Ok(Where::Head(country, text)),
        _ => Err(format!("'{text}' is no postcode of {}", country.code)),
    }
}

fn several(text: Option<&str>) -> impl Iterator<Item = &str> {
    let names = text.into_iter().flat_map(|text| text.split(';'));
    names.map(str::trim).filter(|name| !name.is_empty())
}

/// The publishers that write no header, known by the shape of a row.
fn headerless(row: &StringRecord) -> Option<Kind> {
    let get = |at: usize| row.get(at).unwrap_or_default().trim();
    let number = |at: usize| get(at).parse::<u32>().is_ok();
    let britain = Country::united_kingdom();
    let columns = row.len();
    if CODE_POINT.contains(&columns) && britain.parse(get(0)).is_some() && number(1) {
        Some(Kind::CodePointOpen)
    } else if PRICE_PAID.contains(&columns) && get(0).starts_with('{') && number(1) {
        Some(Kind::PricePaid)
    } else if columns == OPEN_NAMES && get(1).contains("://") {
        Some(Kind::OpenNames)
    } else if columns == GEO_NAMES && get(0).len() == 2 && get(9).parse::<f64>().is_ok() {
        Some(Kind::GeoNames)
    } else {
        None
    }
}

fn fixed(kind: Kind) -> Places {
    Places::fixed(match kind {
        Kind::CodePointOpen | Kind::Onspd | Kind::Table => &[(Column::Postcode, 0)],
        Kind::PricePaid => &[
            (Column::Date, 2),
            (Column::Postcode, 3),
            (Column::House, 7),
            (Column::Street, 9),
            (Column::Locality, 10),
            (Column::Town, 11),
            (Column::County, 13),
        ],
        Kind::OpenNames => &[(Column::Name, 2), (Column::Type, 7), (Column::Postcode, 16)],
        Kind::GeoNames => &[
            (Column::Country, 0),
            (Column::Postcode, 1),
            (Column::Town, 2),
        ],
    })
}

/// How a table's columns are parted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dialect {
    pub(super) delimiter: u8,
    /// Whether quotation marks enclose a column; GeoNames has stray ones.
    pub(super) quoting: bool,
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Whether commas, tabs or semicolons part the columns, by the first line; the table
/// goes on after its byte order mark.
pub(super) fn dialect(table: impl Read) -> io::Result<(Dialect, impl Read)> {
    let mut table = BufReader::with_capacity(1 << 16, table);
    if table.fill_buf()?.starts_with(BYTE_ORDER_MARK) {
        table.consume(BYTE_ORDER_MARK.len());
    }
    let start = table.fill_buf()?;
    let line = start
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let count = |sign: u8| line.iter().filter(|byte| **byte == sign).count();
    let delimiter = [b',', b'\t', b';']
        .into_iter()
        .max_by_key(|sign| (count(*sign), *sign == b','))
        .unwrap_or(b',');
    let quoted = line.starts_with(b"\"") || line.windows(2).any(|two| two == b"\t\"");
    let dialect = Dialect {
        delimiter,
        quoting: delimiter != b'\t' || quoted,
    };
    Ok((dialect, table))
}

/// A record in Latin-1, whose bytes are the characters' numbers.
pub(super) fn from_latin(record: &ByteRecord) -> StringRecord {
    let fields = record.iter();
    let texts = fields.map(|field| {
        field
            .iter()
            .map(|byte| char::from(*byte))
            .collect::<String>()
    });
    StringRecord::from(texts.collect::<Vec<_>>())
}

//! One row of a source, in the words that all sources share.

use std::fmt;

use crate::gazetteer::country::{Code, Country};

/// What a row says of a place.
#[derive(Debug, Clone, Default)]
pub struct Row<'a> {
    /// The place it speaks of.
    pub place: Where<'a>,
    /// Its post towns; several where an area is meant.
    pub towns: Vec<&'a str>,
    /// Villages and suburbs that writers put in the town's place.
    pub localities: Vec<&'a str>,
    /// Its street.
    pub street: Option<&'a str>,
    /// A house in the street: a number, a range or a name.
    pub house: Option<&'a str>,
    /// The month from which the row holds.
    pub date: Option<Month>,
    /// The month from which it no longer holds.
    pub ended: Option<Month>,
}

/// How precisely a row says where.
#[derive(Debug, Clone, Copy, Default)]
pub enum Where<'a> {
    /// A whole postcode.
    Code(Code),
    /// The head of postcodes, in capitals.
    Head(&'static Country, &'a str),
    /// An area, in capitals.
    Area(&'static Country, &'a str),
    /// Somewhere: the row only says that there is such a place.
    #[default]
    Nowhere,
}

/// A month of some year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Month(u16);

impl Month {
    /// From the beginning of a date: `2011-06-30`, `201106`, `2011-06`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|c| *c != '-').take(6).collect();
        if digits.len() != 6 {
            return None;
        }
        let year: u16 = digits.get(..4)?.parse().ok()?;
        let month: u16 = digits.get(4..)?.parse().ok()?;
        let fits = (1900..2200).contains(&year) && (1..=12).contains(&month);
        fits.then(|| Self(year * 12 + month - 1))
    }

    /// January of the same year.
    #[must_use]
    pub fn year(self) -> Self {
        Self(self.0 / 12 * 12)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0 / 12, self.0 % 12 + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_as_sources_write_them() {
        for (text, month) in [
            ("2011-06-30", Some("2011-06")),
            ("201106", Some("2011-06")),
            ("20110630", Some("2011-06")),
            ("2011-13", None),
            ("", None),
            ("June 2011", None),
        ] {
            let found = Month::parse(text).map(|m| m.to_string());
            assert_eq!(found.as_deref(), month, "{text}");
        }
    }
}

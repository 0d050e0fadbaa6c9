//! What is known before a letter is read: our own addresses, the shapes of our
//! references, the gazetteer.

use regex::Regex;

use crate::domain::grammar::postcode::Postcode;
use crate::gazetteer::Gazetteer;

/// One of our own addresses, to which letters are sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Company {
    /// The company's name as it is written on envelopes.
    pub name: String,
    /// Its address, one line.
    pub address: String,
    /// Its postcode, which is never a sender's.
    pub postcode: Option<Postcode>,
}

/// What a letter is read against.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Our own addresses; with none the addressee is told by layout.
    pub companies: &'a [Company],
    /// The shapes of our references; see [`default_references`].
    pub references: &'a [Regex],
    /// Towns and postcodes.
    pub gazetteer: &'a Gazetteer,
}

/// The shapes of references that we give out, unless configured otherwise: the
/// case reference with its check digits, and the older `KH/43749/25`.
pub const DEFAULT_REFERENCES: [&str; 2] = [r"PR-[0-9]{7}-[0-9]{2}", r"[A-Z]{2}/[0-9]{5}/[0-9]{2}"];

/// [`DEFAULT_REFERENCES`], compiled.
pub fn default_references() -> Vec<Regex> {
    DEFAULT_REFERENCES
        .iter()
        .filter_map(|shape| Regex::new(shape).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_shape_compiles() {
        assert_eq!(default_references().len(), DEFAULT_REFERENCES.len());
    }
}

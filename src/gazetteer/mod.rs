//! What is known of British places: which postcodes are live, which towns an
//! area has, and what a misread postcode most likely was.
//!
//! A gazetteer says what it covers completely. Outside that it can only
//! confirm: a postcode that it lacks is not refused for that.

mod decode;
mod embedded;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::domain::grammar::postcode::Postcode;
use crate::domain::identity::Digest;

pub use decode::{CONFUSIONS, Decoded, Evidence, MAX_CHANGES};

/// Places and postcodes behind one interface, whatever their number.
#[derive(Debug, Clone)]
pub struct Gazetteer {
    digest: Digest,
    /// Post towns by postcode area, in alphabetical order.
    towns: BTreeMap<String, Vec<String>>,
    /// All post towns, folded for comparison.
    folded: HashSet<String>,
    live: BTreeSet<Postcode>,
}

/// Whether a gazetteer knows everything about a postcode's surroundings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Coverage {
    /// Every live postcode there is listed: what is missing does not exist.
    Complete,
    /// Some are listed: what is missing may well exist.
    Partial,
}

impl Gazetteer {
    /// The small gazetteer inside the program: every postcode area with its post
    /// towns, and a few hundred public addresses.
    pub fn embedded() -> Self {
        embedded::load()
    }

    /// The hash of its data, recorded with every reading that used it.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// How much it knows around a postcode.
    pub fn covers(&self, _postcode: &Postcode) -> Coverage {
        Coverage::Partial
    }

    /// Whether the postcode is listed as live. That one is not is evidence
    /// against it only where [`Self::covers`] says [`Coverage::Complete`].
    pub fn is_live(&self, postcode: &Postcode) -> bool {
        self.live.contains(postcode)
    }

    /// Whether there is such a postcode area: the list of areas is complete.
    pub fn is_area(&self, area: &str) -> bool {
        self.towns.contains_key(area)
    }

    /// The post towns of a postcode area; none of an area that does not exist.
    pub fn post_towns(&self, area: &str) -> &[String] {
        self.towns.get(area).map_or(&[], Vec::as_slice)
    }

    /// Whether a name is a post town's, whatever its case, dashes and full stops.
    pub fn is_town(&self, name: &str) -> bool {
        self.folded.contains(&folded(name))
    }

    /// Whether a name is a post town of the area.
    pub fn agrees(&self, area: &str, town: &str) -> bool {
        let town = folded(town);
        self.post_towns(area)
            .iter()
            .any(|name| folded(name) == town)
    }

    /// What a postcode as read most likely was, over all readings that the known
    /// confusions of print allow. `None` when no well-formed postcode is near.
    pub fn decode(&self, evidence: &Evidence<'_>) -> Option<Decoded> {
        decode::decode(self, evidence)
    }
}

/// A place name without what people leave out: case, dashes, full stops,
/// apostrophes, the article's spelling of saints.
fn folded(name: &str) -> String {
    let words: String = name
        .chars()
        .filter(|c| !matches!(c, '.' | '\'' | '’' | '‘'))
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .flat_map(char::to_lowercase)
        .collect();
    let words: Vec<&str> = words
        .split_whitespace()
        .map(|word| if word == "saint" { "st" } else { word })
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests;

//! A printed postcode: a lattice of what print is misread for, and what the reader
//! of letters wants to know of the answer.
//!
//! Most confusions are between a letter and a digit, and a postcode's grammar says
//! which stands where, so that they cost little; where two readings remain the
//! probability says so. Outside a complete list nothing changes a valid reading.

use super::{Likely, Query};
use crate::domain::confidence::Probability;
use crate::domain::grammar::postcode::Postcode;
use crate::domain::lattice::Lattice;
use crate::gazetteer::country::{Code, Country};
use crate::gazetteer::{Coverage, Gazetteer};

/// What is known of a postcode on paper.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evidence<'a> {
    /// The characters as read, in any case and spacing.
    pub as_read: &'a str,
    /// How sure the engine is of them.
    pub confidence: Probability,
    /// The town of the same address, as read.
    pub town: Option<&'a str>,
}

/// The most likely postcode.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded {
    /// The postcode.
    pub postcode: Postcode,
    /// How likely it is the one on the paper.
    pub probability: Probability,
    /// What decided, for a person.
    pub reason: String,
    /// Whether it differs from the characters as read.
    pub changed: bool,
}

/// Characters that print confuses (as read, as printed), with how often relative
/// to a right reading. From the usual tables of OCR confusions; that `9ZZ` is read
/// `922` and `11` as `i1` was seen on the 300 dpi letters of November 2026.
pub const CONFUSIONS: [(char, char, f64); 51] = [
    ('0', 'O', 0.1),
    ('O', '0', 0.1),
    ('0', 'Q', 0.02),
    ('Q', '0', 0.02),
    ('0', 'D', 0.02),
    ('D', '0', 0.02),
    ('O', 'Q', 0.02),
    ('O', 'D', 0.01),
    ('U', '0', 0.005),
    ('U', 'L', 0.005),
    ('1', 'I', 0.1),
    ('I', '1', 0.1),
    ('1', 'L', 0.05),
    ('L', '1', 0.05),
    ('|', '1', 0.1),
    ('|', 'I', 0.1),
    ('!', '1', 0.05),
    ('!', 'I', 0.05),
    (']', '1', 0.05),
    (']', 'J', 0.02),
    ('J', '1', 0.005),
    ('I', 'L', 0.02),
    ('I', 'T', 0.005),
    ('5', 'S', 0.1),
    ('S', '5', 0.1),
    ('$', 'S', 0.1),
    ('$', '5', 0.05),
    ('§', '5', 0.05),
    ('8', 'B', 0.1),
    ('B', '8', 0.1),
    ('&', '8', 0.05),
    ('2', 'Z', 0.1),
    ('Z', '2', 0.1),
    ('6', 'G', 0.1),
    ('G', '6', 0.1),
    ('C', 'G', 0.005),
    ('7', 'T', 0.02),
    ('T', '7', 0.02),
    ('?', '7', 0.05),
    ('4', 'A', 0.02),
    ('A', '4', 0.02),
    ('9', 'P', 0.005),
    ('9', 'Q', 0.01),
    ('Q', '9', 0.01),
    ('3', 'B', 0.01),
    ('(', 'I', 0.05),
    ('(', '1', 0.02),
    ('3', 'E', 0.005),
    ('E', '3', 0.005),
    ('V', 'Y', 0.005),
    ('K', 'X', 0.005),
];

/// At most so many characters may have been misread; beyond that it is a guess.
pub const MAX_CHANGES: usize = 3;

/// A town of another area beside the postcode: one of the two is wrong, or the
/// writer's village has a namesake. Too likely a mistake to accept.
const TOWN_DISAGREES: f64 = 0.5;
/// A town that is no post town (a village, a suburb) says nothing.
const TOWN_UNKNOWN: f64 = 0.93;
/// No town at all says nothing either.
const TOWN_MISSING: f64 = 0.9;
/// A candidate that had to be changed needs more than its weight: every change
/// that grammar asked for costs so much.
const CHANGE_COST: f64 = 0.97;

/// How the town beside a postcode speaks for it.
#[derive(Clone, Copy, PartialEq)]
enum Town {
    Agrees,
    Disagrees,
    Unknown,
    Missing,
}

impl Gazetteer {
    /// What a postcode as read most likely was. `None` when no well-formed postcode
    /// of an area that exists is within the known confusions of print.
    pub fn decode(&self, evidence: &Evidence<'_>) -> Option<Decoded> {
        let read: Vec<char> = evidence
            .as_read
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '.' | ',' | ';'))
            .map(|c| {
                if c == 'l' {
                    'I'
                } else {
                    c.to_ascii_uppercase()
                }
            })
            .collect();
        if !(5..=7).contains(&read.len()) || !self.may_be_one(&read) {
            return None;
        }
        let postcode = printed(read.iter().copied());
        let town = evidence.town.map(|town| printed(town.chars()));
        let address = self.read(&Query {
            country: Country::united_kingdom(),
            postcode: &postcode,
            town: town.as_ref(),
            street: None,
            house: None,
            boxed: false,
        });
        let text: String = read.iter().collect();
        let stands = |likely: &&Likely<Code>| likely.value.compact() == text;
        let as_it_stands = address.postcodes.iter().find(stands);
        let as_it_stands = as_it_stands.filter(|likely| {
            let area = likely.value.area();
            self.covers_area(likely.value.country(), area) == Coverage::Partial
        });
        let plausible = |likely: &&Likely<Code>| {
            let text = likely.value.compact();
            is_plausible(&read, text)
                && (self.covers_area(likely.value.country(), likely.value.area())
                    == Coverage::Complete
                    || is_confusion(&read, text))
        };
        let best = as_it_stands.or_else(|| address.postcodes.iter().find(plausible))?;
        let found: Postcode = best.value.compact().parse().ok()?;
        self.conclude(found, best.probability, &read, evidence)
    }

    fn conclude(
        &self,
        postcode: Postcode,
        share: Probability,
        read: &[char],
        evidence: &Evidence<'_>,
    ) -> Option<Decoded> {
        let town = self.beside(&postcode, evidence.town);
        let live = self.is_live(&postcode);
        let changes = changes(read, postcode.compact());
        let changed = changes > 0;
        // Changed, and then not even in the right place: better nothing.
        if changed && town == Town::Disagrees && !live {
            return None;
        }
        let cost = CHANGE_COST.powi(i32::try_from(changes).unwrap_or(i32::MAX));
        let beside = match town {
            Town::Agrees => 1.0,
            _ if live => 1.0,
            Town::Disagrees => TOWN_DISAGREES,
            Town::Unknown => TOWN_UNKNOWN,
            Town::Missing => TOWN_MISSING,
        };
        let mut reason = String::from(if changed {
            "the likeliest postcode by its shape, its town and the gazetteer"
        } else {
            "well formed as read"
        });
        reason.push_str(match (town, live) {
            (_, true) => ", listed in the gazetteer",
            (Town::Agrees, _) => ", and the town is of its area",
            (Town::Disagrees, _) => ", but the town is of another area",
            (Town::Unknown, _) => ", the town is no post town",
            (Town::Missing, _) => ", no town beside it",
        });
        Some(Decoded {
            postcode,
            probability: Probability::clamped(share.get() * cost * beside).and(evidence.confidence),
            reason,
            changed,
        })
    }

    fn beside(&self, postcode: &Postcode, town: Option<&str>) -> Town {
        match town {
            None => Town::Missing,
            Some(name) if self.agrees(postcode.area(), name) => Town::Agrees,
            Some(name) if self.is_town(name) => Town::Disagrees,
            Some(_) => Town::Unknown,
        }
    }

    /// Whether some spelling within the confusions is a postcode of an area that exists.
    fn may_be_one(&self, read: &[char]) -> bool {
        let mut found = false;
        spell(read, &mut String::new(), 0, &mut |text| {
            found = found
                || text.parse().is_ok_and(|postcode: Postcode| {
                    self.is_area(postcode.area()) && is_plausible(read, postcode.compact())
                });
            found
        });
        found
    }
}

/// The lattice of printed characters: each as it was read, or as one that print is
/// misread for.
pub fn printed(text: impl IntoIterator<Item = char>) -> Lattice {
    let mut lattice = Lattice::default();
    for sign in text {
        let read = sign.to_ascii_uppercase();
        let others = CONFUSIONS.iter().filter(|(as_read, ..)| *as_read == read);
        let others = others.map(|(_, printed, odds)| (*printed, odds.ln()));
        let blank = sign.is_whitespace().then_some(0.0);
        let itself = (!sign.is_whitespace()).then_some((read, 0.0));
        // Every odds of the table is below 1.
        let _ = lattice.push(itself.into_iter().chain(others), blank);
    }
    lattice
}

/// Whether the table of confusions alone explains how the postcode was read.
fn is_confusion(read: &[char], postcode: &str) -> bool {
    let known = |(sign, printed): (&char, char)| {
        let row = |(r, p, _): &(char, char, f64)| r == sign && *p == printed;
        *sign == printed || CONFUSIONS.iter().any(row)
    };
    changes(read, postcode) <= MAX_CHANGES
        && read.len() == postcode.len()
        && read.iter().zip(postcode.chars()).all(known)
}

/// How many characters differ; all of them when the lengths do.
fn changes(read: &[char], postcode: &str) -> usize {
    if read.len() != postcode.len() {
        return read.len();
    }
    let pairs = read.iter().zip(postcode.chars());
    pairs.filter(|(sign, printed)| *sign != printed).count()
}

/// Without a digit as read it is most likely a word; only strokes and rings, which
/// are the commonest digits in letters' clothes, are let through: `LLILIPH`.
fn is_plausible(read: &[char], postcode: &str) -> bool {
    let changed = read
        .iter()
        .zip(postcode.chars())
        .filter(|(sign, printed)| *sign != printed);
    read.iter().any(char::is_ascii_digit)
        || changed
            .into_iter()
            .all(|(sign, printed)| "ILO|!(".contains(*sign) && "10".contains(printed))
}

/// Every spelling within [`MAX_CHANGES`] confusions, until `found` says that it is
/// enough.
fn spell(
    rest: &[char],
    spelling: &mut String,
    changes: usize,
    found: &mut impl FnMut(&str) -> bool,
) -> bool {
    let Some((&sign, rest)) = rest.split_first() else {
        return found(spelling);
    };
    let mut take = |sign: char, changes: usize| {
        spelling.push(sign);
        let enough = spell(rest, spelling, changes, found);
        spelling.pop();
        enough
    };
    if take(sign, changes) {
        return true;
    }
    let others = CONFUSIONS.iter().filter(|(read, ..)| *read == sign);
    changes < MAX_CHANGES
        && others
            .into_iter()
            .any(|(_, printed, _)| take(*printed, changes + 1))
}

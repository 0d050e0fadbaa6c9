//! One value on a document: as read, as matched, how sure, and why.

use super::confidence::Probability;
use super::geometry::Rect;
use super::verdict::Verdict;

/// Where a field stands: a box on a page image, cut out when a person asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The page's number in its scan, from 1.
    pub page: u32,
    /// The box on that page's image.
    pub bounds: Rect,
}

/// A value found on the paper, before it was checked against anything.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The characters as read.
    pub as_read: String,
    /// The value in its standard form (an ISO date, a spaced postcode, ...).
    pub value: String,
    /// How sure the reading is.
    pub probability: Probability,
    /// Where it stands.
    pub place: Option<Place>,
    /// What made it this field, in a few words for a person.
    pub reason: String,
    /// Why it cannot be taken as it is, if so; sends it to review.
    pub doubt: Option<String>,
}

/// A field after checking: nothing is overwritten silently.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// The characters as read; `None` when nothing was found.
    pub as_read: Option<String>,
    /// The value to use, or the best candidate when the verdict is review.
    pub value: Option<String>,
    /// The probability that `value` is right.
    pub probability: Probability,
    /// The decision.
    pub verdict: Verdict,
    /// Why this value and this verdict: the rule or data that decided.
    pub reason: String,
    /// Where it stands on the paper.
    pub place: Option<Place>,
}

impl Field {
    /// Nothing of the kind was found.
    pub fn empty(reason: impl Into<String>) -> Self {
        Self {
            as_read: None,
            value: None,
            probability: Probability::ZERO,
            verdict: Verdict::Empty,
            reason: reason.into(),
            place: None,
        }
    }
}

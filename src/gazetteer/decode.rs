//! A postcode as read, decoded with the confusions of print in mind.
//!
//! A noisy channel: every well-formed postcode within the table of confusions is
//! a candidate, weighed by how often print is misread that way, by whether its
//! area exists and by the town beside it. Most confusions are between a letter
//! and a digit, and a postcode's grammar says which stands where, so that they
//! cost little; where two candidates remain the probability says so.

use super::Gazetteer;
use crate::domain::confidence::Probability;
use crate::domain::grammar::postcode::Postcode;

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
pub const CONFUSIONS: [(char, char, f64); 50] = [
    ('0', 'O', 0.1),
    ('O', '0', 0.1),
    ('0', 'Q', 0.02),
    ('Q', '0', 0.02),
    ('0', 'D', 0.02),
    ('D', '0', 0.02),
    ('O', 'Q', 0.02),
    ('O', 'D', 0.01),
    ('U', '0', 0.005),
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
/// How much an agreeing town weighs among candidates: an area has about a dozen
/// of 1,500 post towns.
const TOWN_ODDS: f64 = 50.0;
/// A listed postcode among unlisted candidates.
const LIVE_ODDS: f64 = 20.0;
/// The areas that have a district 0.
const DISTRICTS_NOUGHT: [&str; 9] = ["BL", "BS", "CM", "CR", "FY", "HA", "PR", "SL", "SS"];
/// A district 0 elsewhere would be new.
const NO_SUCH_DISTRICT: f64 = 0.01;
/// A candidate that had to be changed needs more than its weight: every change
/// that grammar asked for costs so much.
const CHANGE_COST: f64 = 0.97;

struct Candidate {
    postcode: Postcode,
    weight: f64,
    changes: usize,
}

/// How the town beside a postcode speaks for it.
#[derive(Clone, Copy, PartialEq)]
enum Town {
    Agrees,
    Disagrees,
    Unknown,
    Missing,
}

pub(super) fn decode(gazetteer: &Gazetteer, evidence: &Evidence<'_>) -> Option<Decoded> {
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
    if !(5..=7).contains(&read.len()) {
        return None;
    }
    let mut candidates = candidates(gazetteer, &read, evidence.town);
    candidates.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    let total: f64 = candidates.iter().map(|c| c.weight).sum();
    // Outside a complete list nothing changes a valid reading.
    let as_it_stands = candidates.iter().position(|c| c.changes == 0);
    let best = candidates.swap_remove(
        as_it_stands
            .unwrap_or(0)
            .min(candidates.len().checked_sub(1)?),
    );
    let town = town(gazetteer, &best.postcode, evidence.town);
    let stray = best.changes > 0 && town == Town::Disagrees && !gazetteer.is_live(&best.postcode);
    // Changed, and then not even in the right place: better nothing.
    (!stray).then(|| conclude(gazetteer, best, total, town, evidence))
}

fn conclude(
    gazetteer: &Gazetteer,
    best: Candidate,
    total: f64,
    town: Town,
    evidence: &Evidence<'_>,
) -> Decoded {
    let live = gazetteer.is_live(&best.postcode);
    let changed = best.changes > 0;
    let share = best.weight / total;
    let cost = CHANGE_COST.powi(i32::try_from(best.changes).unwrap_or(i32::MAX));
    let beside = match town {
        Town::Agrees => 1.0,
        _ if live => 1.0,
        Town::Disagrees => TOWN_DISAGREES,
        Town::Unknown => TOWN_UNKNOWN,
        Town::Missing => TOWN_MISSING,
    };
    let mut reason = String::from(if changed {
        "a letter or digit put in its place by the postcode's shape"
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
    Decoded {
        postcode: best.postcode,
        probability: Probability::clamped(share * cost * beside).and(evidence.confidence),
        reason,
        changed,
    }
}

fn candidates(gazetteer: &Gazetteer, read: &[char], beside: Option<&str>) -> Vec<Candidate> {
    let mut found = Vec::new();
    let mut spelling = String::new();
    spell(read, &mut spelling, 1.0, 0, &mut |text, weight, changes| {
        let Ok(postcode) = text.parse::<Postcode>() else {
            return;
        };
        if !gazetteer.is_area(postcode.area())
            || has_leading_zero(&postcode)
            || !is_plausible(read, &postcode)
        {
            return;
        }
        let mut weight = weight;
        if town(gazetteer, &postcode, beside) == Town::Agrees {
            weight *= TOWN_ODDS;
        }
        if gazetteer.is_live(&postcode) {
            weight *= LIVE_ODDS;
        }
        if is_district_nought(&postcode) && !DISTRICTS_NOUGHT.contains(&postcode.area()) {
            weight *= NO_SUCH_DISTRICT;
        }
        found.push(Candidate {
            postcode,
            weight,
            changes,
        });
    });
    found
}

fn is_district_nought(postcode: &Postcode) -> bool {
    postcode.outcode()[postcode.area().len()..].starts_with('0')
}

/// No district has a number like `01`, though some are `0`: `S01` was `SO1`.
fn has_leading_zero(postcode: &Postcode) -> bool {
    let district = &postcode.outcode()[postcode.area().len()..];
    district.len() > 1 && district.starts_with('0')
}

/// Without a digit as read it is most likely a word; only strokes and rings, which
/// are the commonest digits in letters' clothes, are let through: `LLILIPH`.
fn is_plausible(read: &[char], postcode: &Postcode) -> bool {
    let changed = read
        .iter()
        .zip(postcode.compact().chars())
        .filter(|(sign, printed)| **sign != *printed);
    read.iter().any(char::is_ascii_digit)
        || changed
            .into_iter()
            .all(|(sign, printed)| "ILO|!(".contains(*sign) && "10".contains(printed))
}

/// Every spelling within [`MAX_CHANGES`] confusions, with its weight.
fn spell(
    rest: &[char],
    spelling: &mut String,
    weight: f64,
    changes: usize,
    found: &mut impl FnMut(&str, f64, usize),
) {
    let Some((&sign, rest)) = rest.split_first() else {
        found(spelling, weight, changes);
        return;
    };
    let mut take = |sign: char, weight: f64, changes: usize| {
        spelling.push(sign);
        spell(rest, spelling, weight, changes, found);
        spelling.pop();
    };
    take(sign, weight, changes);
    if changes < MAX_CHANGES {
        for (_, printed, odds) in CONFUSIONS.iter().filter(|(read, ..)| *read == sign) {
            take(*printed, weight * odds, changes + 1);
        }
    }
}

fn town(gazetteer: &Gazetteer, postcode: &Postcode, town: Option<&str>) -> Town {
    match town {
        None => Town::Missing,
        Some(name) if gazetteer.agrees(postcode.area(), name) => Town::Agrees,
        Some(name) if gazetteer.is_town(name) => Town::Disagrees,
        Some(_) => Town::Unknown,
    }
}

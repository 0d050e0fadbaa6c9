//! Which names of a sorted list a lattice may say, with how likely each makes it.
//!
//! The list is walked as a trie: names with the same beginning share the work, and a
//! beginning that no ending can save is left with all its names. At the beginning of
//! a word its other spellings are tried.

use std::ops::Range;

use super::scorer::{Front, SIGNS, SPACE, Scorer, sign_of};
use crate::gazetteer::file::{Names, gallop, partition};

/// Other spellings of a word (as listed, as written, how often). From addresses as
/// people write them; the shares are estimates, not counts.
pub(in crate::gazetteer) const SPELLINGS: [(&str, &str, f64); 26] = [
    ("ROAD", "RD", 0.3),
    ("STREET", "ST", 0.25),
    ("STREET", "STR", 0.02),
    ("AVENUE", "AVE", 0.25),
    ("AVENUE", "AV", 0.03),
    ("CLOSE", "CL", 0.1),
    ("CRESCENT", "CRES", 0.2),
    ("DRIVE", "DR", 0.15),
    ("GARDENS", "GDNS", 0.2),
    ("GROVE", "GR", 0.05),
    ("LANE", "LN", 0.15),
    ("PLACE", "PL", 0.1),
    ("SQUARE", "SQ", 0.15),
    ("TERRACE", "TER", 0.1),
    ("TERRACE", "TERR", 0.1),
    ("COURT", "CT", 0.1),
    ("MOUNT", "MT", 0.1),
    ("GREAT", "GT", 0.2),
    ("LITTLE", "LT", 0.05),
    ("UPPER", "UPR", 0.05),
    ("LOWER", "LWR", 0.05),
    ("NORTH", "N", 0.05),
    ("SOUTH", "S", 0.05),
    ("ST", "SAINT", 0.2),
    ("AND", "&", 0.4),
    ("UPON", "ON", 0.1),
];

/// Words after which a town's name is often broken off: Stoke (on Trent).
const JOINTS: [&str; 6] = ["ON", "UPON", "UNDER", "IN", "NEXT", "BY"];
/// How often it is.
const BROKEN_OFF: f64 = 0.1;
/// A name is broken off so often where its next word finds no room; else people write smaller,
/// or shorten it. An estimate.
const NO_ROOM: f64 = 0.9;

/// When a name is too unlikely to be told from any other.
pub(super) struct Least {
    /// What unlisted names are worth,
    pub(super) unlisted: f64,
    /// and any listed one, as a share of all that were found.
    pub(super) of_all: f64,
    /// So many boxes there are; on plain paper there is always room.
    pub(super) room: Option<usize>,
}

/// A name is left out when it is worth less than so much of a name anywhere: it would
/// change the fit of its places by no more than that.
pub(super) const NEGLIGIBLE: f64 = 0.25;
/// A name less likely than so much of the likeliest text is left out in any case: it
/// would have two confident mistakes and more.
pub(super) const FARTHEST: f64 = 1e-10;
/// A first walk finds the names that have no slip, or a cheap one: those worth so much of
/// the likeliest text. They say how far the second must go.
const FIRST: f64 = 1e-3;

/// The likelihoods of the names that count, by their number.
pub(super) fn matches(names: Names<'_>, scorer: &Scorer, least: &Least) -> Vec<(usize, f64)> {
    if names.len() == 0 {
        return Vec::new();
    }
    let start = scorer.start();
    let most = scorer.bound(&start);
    let mut walk = Walk {
        names,
        scorer,
        aheads: scorer.aheads(),
        least: most * FIRST,
        room: least.room.unwrap_or(usize::MAX),
        found: Vec::new(),
        spare: Vec::new(),
    };
    walk.on(0..names.len(), 0, &start, 1.0, true);
    let all: f64 = walk.found.iter().map(|(_, likelihood)| likelihood).sum();
    let wanted = NEGLIGIBLE * (least.unlisted + least.of_all * all);
    let wanted = wanted.max(most * FARTHEST);
    if wanted < walk.least {
        walk.least = wanted;
        walk.found.clear();
        walk.on(0..names.len(), 0, &start, 1.0, true);
    }
    merged(walk.found)
}

/// A name that was found in several spellings has them all.
fn merged(mut found: Vec<(usize, f64)>) -> Vec<(usize, f64)> {
    found.sort_by_key(|(name, _)| *name);
    found.dedup_by(|later, first| {
        let same = later.0 == first.0;
        if same {
            first.1 += later.1;
        }
        same
    });
    found
}

struct Walk<'a> {
    names: Names<'a>,
    scorer: &'a Scorer,
    /// What a front can be worth after each character.
    aheads: Vec<Vec<f64>>,
    least: f64,
    room: usize,
    found: Vec<(usize, f64)>,
    /// Fronts to be used again.
    spare: Vec<Front>,
}

/// A part of a likelihood below so much of the least is not followed.
const FLOOR: f64 = 1e-5;

impl Walk<'_> {
    /// All names of the range, which agree in their first `depth` characters; there is one.
    fn on(&mut self, range: Range<usize>, depth: usize, front: &Front, share: f64, boundary: bool) {
        if boundary {
            self.spelled_otherwise(&range, depth, front, share);
        }
        let mut rest = range;
        // Shorter names come first.
        while !rest.is_empty() && self.names.folded(rest.start).len() == depth {
            self.ends(rest.start, front, share);
            rest.start += 1;
        }
        let mut next = self.spare.pop().unwrap_or_default();
        while !rest.is_empty() {
            let Some(&byte) = self.names.folded(rest.start).get(depth) else {
                // Only in a damaged list does a shorter name come later.
                rest.start += 1;
                continue;
            };
            let group = rest.start..self.group_end(rest.clone(), depth, byte);
            rest.start = group.end;
            let Some(sign) = sign_of(byte) else { continue };
            if sign == SPACE {
                self.broken_off(&group, depth, front, share);
            }
            if share * front.times(&self.aheads[sign]) >= self.least {
                let floor = FLOOR * self.least / share;
                self.scorer.step_above(front, sign, &mut next, floor);
                self.on(group, depth + 1, &next, share, sign == SPACE);
            }
        }
        self.spare.push(next);
    }

    /// The end of the names that go on with the same character; most groups are small.
    fn group_end(&self, range: Range<usize>, depth: usize, byte: u8) -> usize {
        gallop(range, |at| self.names.folded(at).get(depth) <= Some(&byte))
    }

    fn ends(&mut self, name: usize, front: &Front, share: f64) {
        let likelihood = share * self.scorer.end(front);
        if likelihood >= self.least {
            self.found.push((name, likelihood));
        }
    }

    /// The names whose next word has another spelling, spelled so.
    fn spelled_otherwise(&mut self, range: &Range<usize>, depth: usize, front: &Front, share: f64) {
        let rest = |at: usize| self.names.folded(at).get(depth..).unwrap_or_default();
        let (first, last) = (rest(range.start), rest(range.end - 1));
        for (listed, written, often) in SPELLINGS {
            let word = listed.as_bytes();
            if last < word || (first > word && !first.starts_with(word)) {
                continue;
            }
            let group = self.beginning(range.clone(), depth, listed);
            if group.is_empty() {
                continue;
            }
            if let Some(front) = self.written(written, front, share * often) {
                self.on(group, depth + listed.len(), &front, share * often, false);
                self.spare.push(front);
            }
        }
    }

    /// The front after these characters, unless nothing can come of them.
    fn written(&mut self, text: &str, front: &Front, share: f64) -> Option<Front> {
        let mut front = front.clone();
        let mut next = self.spare.pop().unwrap_or_default();
        let mut signs = text.bytes().filter_map(sign_of);
        let floor = FLOOR * self.least / share;
        let lives = signs.all(|sign| {
            let lives = share * front.times(&self.aheads[sign]) >= self.least;
            if lives {
                self.scorer.step_above(&front, sign, &mut next, floor);
                std::mem::swap(&mut front, &mut next);
            }
            lives
        });
        self.spare.push(next);
        lives.then_some(front)
    }

    /// Names that go on with `ON ...` may end before it, and those whose next word does not
    /// fit into the boxes end there.
    fn broken_off(&mut self, group: &Range<usize>, depth: usize, front: &Front, share: f64) {
        if depth == 0 || self.scorer.end(front) * share < self.least {
            return;
        }
        for joint in JOINTS {
            for name in self.beginning(group.clone(), depth + 1, joint) {
                self.ends(name, front, share * BROKEN_OFF);
            }
        }
        for name in group.clone() {
            let next = self.names.folded(name).get(depth + 1..).unwrap_or_default();
            let word = next.split(|byte| *byte == b' ').next().unwrap_or_default();
            if depth + 1 + word.len() > self.room {
                self.ends(name, front, share * NO_ROOM);
            }
        }
    }

    /// The names of the range that have this whole word at `depth`.
    fn beginning(&self, range: Range<usize>, depth: usize, word: &str) -> Range<usize> {
        let rest = |at: usize| self.names.folded(at).get(depth..).unwrap_or_default();
        let start = partition(range.clone(), |at| rest(at) < word.as_bytes());
        let is_word = |at: usize| {
            rest(at)
                .strip_prefix(word.as_bytes())
                .is_some_and(|after| matches!(after.first(), None | Some(b' ')))
        };
        // The bare word comes first, then those with a space after it, which sorts
        // before every letter and digit.
        start..partition(start..range.end, is_word)
    }
}

/// How often each character stands in British place and street names, of 1,000, the
/// end of the name included; what is left out of a list is spelled with these. Counted
/// over the post towns of the embedded gazetteer in November 2026.
const FREQUENCIES: [(u8, u16); 27] = [
    (b' ', 25),
    (b'A', 65),
    (b'B', 28),
    (b'C', 27),
    (b'D', 35),
    (b'E', 92),
    (b'F', 15),
    (b'G', 25),
    (b'H', 42),
    (b'I', 45),
    (b'J', 1),
    (b'K', 13),
    (b'L', 61),
    (b'M', 24),
    (b'N', 69),
    (b'O', 69),
    (b'P', 13),
    (b'Q', 1),
    (b'R', 73),
    (b'S', 48),
    (b'T', 57),
    (b'U', 22),
    (b'V', 5),
    (b'W', 23),
    (b'X', 1),
    (b'Y', 22),
    (b'Z', 1),
];
/// A digit in a name: `42nd Street`.
const DIGIT: f64 = 0.0005;

/// The chances of each character in a name that no list has.
pub(super) fn open_chances() -> [f64; SIGNS] {
    let mut chances = [DIGIT; SIGNS];
    for (byte, of_thousand) in FREQUENCIES {
        if let Some(sign) = sign_of(byte) {
            chances[sign] = f64::from(of_thousand) / 1000.0;
        }
    }
    chances
}

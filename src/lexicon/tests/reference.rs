//! The likelihood of a text by trying everything, from the words of the model alone.

use proptest::prelude::*;

use super::super::draft::{BLANK_FOR_DASH, PASSED};
use super::super::seen::Alphabet;
use super::super::signs::{COUNT, sign_of};
use crate::domain::lattice::{Label, Lattice};
use crate::gazetteer::decode::Channel;

/// Slips that are frequent enough to matter.
pub(super) const CHANNEL: Channel = Channel {
    mistake: 0.05,
    transposed: 0.03,
    omitted: 0.02,
    extra: 0.04,
    blank_inside: 0.1,
    blank_missing: 0.2,
};

/// Small lattices with everything that a lattice may have.
pub(super) fn lattices(signs: &'static str) -> impl Strategy<Value = Lattice> {
    let signs: Vec<char> = signs.chars().collect();
    let sign = prop::sample::select(signs);
    let log = -4.0f64..0.0;
    let boxes = (
        prop::collection::vec((sign.clone(), log.clone()), 1..4),
        prop::option::of(-4.0f64..-2.0),
    );
    let odd = (0usize..4, sign.clone(), sign, log);
    (
        prop::collection::vec(boxes, 1..5),
        prop::collection::vec((0u8..3, odd), 0..3),
    )
        .prop_map(|(boxes, odds)| {
            let mut lattice = Lattice::default();
            for (signs, blank) in boxes {
                // One sign in a box is no sure blank.
                lattice.push(signs, blank).unwrap();
            }
            for (kind, (at, first, second, log)) in odds {
                // An edge over boxes that are not there is refused, and left out.
                let _ = match kind {
                    0 => lattice.skip(at, log),
                    1 => lattice.two_in_one(at, [first, second], log),
                    _ => lattice.one_in_two(at, first, log),
                };
            }
            lattice
        })
}

/// How likely a text makes a lattice: every way is gone.
pub(super) fn likelihood(lattice: &Lattice, of: Alphabet, channel: &Channel, text: &str) -> f64 {
    let walk = Walk {
        lattice,
        of,
        channel,
        text: text.as_bytes(),
    };
    walk.enter(0, 0)
}

struct Walk<'a> {
    lattice: &'a Lattice,
    of: Alphabet,
    channel: &'a Channel,
    text: &'a [u8],
}

impl Walk<'_> {
    /// A boundary or a node within a box, so much of the text being spelled.
    fn enter(&self, node: usize, gone: usize) -> f64 {
        let Some(at) = self
            .lattice
            .bounds()
            .iter()
            .position(|bound| *bound == node)
        else {
            return self.edges(node, gone);
        };
        let missing = self.text.get(gone).map_or(0.0, |sign| match sign {
            b' ' | b'-' | b'\'' => self.channel.blank_missing,
            _ => self.channel.omitted,
        });
        let missed = if missing > 0.0 {
            missing * self.leave(at, gone + 1)
        } else {
            0.0
        };
        missed + self.leave(at, gone)
    }

    fn leave(&self, at: usize, gone: usize) -> f64 {
        let bounds = self.lattice.bounds();
        if at == self.lattice.boxes() {
            return f64::from(u8::from(gone == self.text.len()));
        }
        let (from, to) = (bounds[at], bounds[at + 1]);
        let mistake = self.channel.mistake;
        let spelled = self.row(from, to, gone);
        let mut sum = self.edges(from, gone);
        if gone < self.text.len() {
            // Instead of what was read, anything.
            sum += mistake * (1.0 / COUNT as f64 - spelled) * self.enter(to, gone + 1);
        }
        sum += self.channel.extra * (1.0 - self.blank(from)) / COUNT as f64 * self.enter(to, gone);
        if at + 2 < bounds.len() && gone + 2 <= self.text.len() {
            let slip = |from, to, gone| {
                (1.0 - mistake) * self.row(from, to, gone) + mistake / COUNT as f64
            };
            let swapped = slip(to, bounds[at + 2], gone) * slip(from, to, gone + 1);
            sum += self.channel.transposed * swapped * self.enter(bounds[at + 2], gone + 2);
        }
        sum
    }

    /// The lattice's own edges.
    fn edges(&self, from: usize, gone: usize) -> f64 {
        let is_outside = gone == 0 || gone == self.text.len();
        let edges = self.lattice.edges().iter().filter(|edge| edge.from == from);
        let mut sum = 0.0;
        for edge in edges {
            let share = self.share(from, edge.log);
            let passes = match edge.label {
                Label::Skipped => 1.0,
                Label::Blank if is_outside => 1.0,
                Label::Blank => self.channel.blank_inside,
                Label::Sign('.') if self.of.passed.has(number('.')) => PASSED,
                Label::Sign(_) => 0.0,
            };
            if passes > 0.0 {
                sum += share * passes * self.enter(edge.to, gone);
            }
            let spells = self.spells(edge.label, gone);
            if spells > 0.0 {
                sum += share * spells * self.enter(edge.to, gone + 1);
            }
        }
        sum
    }

    fn spells(&self, label: Label, gone: usize) -> f64 {
        let Some(next) = self.text.get(gone).map(|byte| char::from(*byte)) else {
            return 0.0;
        };
        match (label, next) {
            (Label::Blank, ' ') => 1.0,
            (Label::Blank, '-') => BLANK_FOR_DASH,
            (Label::Sign(sign), next) => f64::from(u8::from(sign == next)),
            _ => 0.0,
        }
    }

    /// How likely the next character is in a box, as read.
    fn row(&self, from: usize, to: usize, gone: usize) -> f64 {
        let edges = self.lattice.edges().iter();
        let edges = edges.filter(|edge| edge.from == from && edge.to == to);
        edges
            .map(|edge| self.share(from, edge.log) * self.spells(edge.label, gone))
            .sum()
    }

    fn blank(&self, from: usize) -> f64 {
        let edges = self.lattice.edges().iter();
        let blank = edges.filter(|edge| edge.from == from && edge.label == Label::Blank);
        blank.map(|edge| self.share(from, edge.log)).sum()
    }

    fn share(&self, from: usize, log: f64) -> f64 {
        let edges = self.lattice.edges().iter().filter(|edge| edge.from == from);
        log.exp() / edges.map(|edge| edge.log.exp()).sum::<f64>()
    }
}

fn number(sign: char) -> u8 {
    sign_of(u8::try_from(sign).unwrap()).unwrap()
}

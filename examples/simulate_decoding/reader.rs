//! A made-up reader of hand-printed boxes that knows exactly how unsure it is.
//!
//! Each character is a point, similar shapes near each other. A box shows its
//! character's point with noise of a normal distribution, so that the likelihood of
//! every character is known exactly; the noise's width sets the accuracy. A few
//! characters are replaced by others outright, which the reader cannot know.

use postroom::domain::lattice::Lattice;

use crate::chance::Chance;

/// Dimensions of the points.
const ROOM: usize = 10;
/// Shapes that are written nearly the same, most of them a letter and a digit: the
/// confusions that lead every table of hand-printed characters (NIST SD 19, EMNIST).
const SAME: [&str; 8] = ["O0DQ", "I1L", "S5", "Z2", "B8", "G6", "UV", "9G"];
/// Shapes that have much in common.
const ALIKE: [&str; 9] = [
    "MNHW", "PRF", "A4", "KXY", "T7J", "9P4", "E3C", "UVWY", "8B3S",
];
/// How far a character goes towards the middle of the first groups and of the others:
/// at 0.5 two of a group lie half as far apart as two that are not alike.
const TOGETHER: [f64; 2] = [0.6, 0.35];
/// How often a character is another outright, unless told otherwise.
pub(super) const REPLACED: f64 = 0.002;
/// A likelihood below this is left out of a box, relative to the best.
const LEAST: f64 = 1e-12;
/// How surely a blank box is told from a written one.
const BLANK: f64 = 0.9995;
/// Boxes read to find the width that gives an accuracy.
const TRIALS: usize = 40_000;

type Point = [f64; ROOM];

/// A reader of a given accuracy.
pub(super) struct Reader {
    signs: &'static [u8],
    points: Vec<Point>,
    width: f64,
    replaced: f64,
    same_kind: bool,
}

impl Reader {
    /// One that knows these signs, the ten digits first, and reads so many characters of
    /// all right, the replaced ones counted as wrong; with `same_kind` letters are replaced
    /// by letters and digits by digits.
    pub(super) fn of_accuracy(
        signs: &'static [u8],
        accuracy: f64,
        replaced: f64,
        same_kind: bool,
    ) -> Self {
        let mut reader = Self {
            signs,
            points: points(signs),
            width: 0.0,
            replaced,
            same_kind,
        };
        let (mut low, mut high) = (0.0, 2.0);
        for _ in 0..16 {
            reader.width = f64::midpoint(low, high);
            if reader.accuracy() > accuracy + replaced {
                low = reader.width;
            } else {
                high = reader.width;
            }
        }
        reader
    }

    /// The share of boxes whose likeliest character is the one that was written.
    fn accuracy(&self) -> f64 {
        let mut chance = Chance::new(0, u64::MAX);
        let right = (0..TRIALS).filter(|_| {
            let sign = chance.below(self.signs.len());
            let seen = self.likelihoods(sign, &mut chance);
            seen.iter().all(|other| *other <= seen[sign])
        });
        right.count() as f64 / TRIALS as f64
    }

    /// The boxes of a text as they are read.
    pub(super) fn read(&self, text: &str, chance: &mut Chance) -> Lattice {
        let mut lattice = Lattice::default();
        for byte in text.bytes() {
            let written = self.signs.iter().position(|sign| *sign == byte);
            let (signs, blank) = match written {
                Some(sign) => (self.signs(sign, chance), 1.0 - BLANK),
                None => {
                    let each = ((1.0 - BLANK) / self.signs.len() as f64).ln();
                    let signs = self.signs.iter().map(|sign| (char::from(*sign), each));
                    (signs.collect(), BLANK)
                }
            };
            // Likelihoods relative to the best are at most 1.
            let _ = lattice.push(signs, Some(blank.ln()));
        }
        lattice
    }

    fn signs(&self, written: usize, chance: &mut Chance) -> Vec<(char, f64)> {
        let written = if chance.happens(self.replaced) {
            // The worst case is a letter for a letter, a digit for a digit: the grammar
            // cannot tell.
            let kind = match (self.same_kind, written) {
                (true, 0..10) => 0..10,
                (true, _) => 10..self.signs.len(),
                (false, _) => 0..self.signs.len(),
            };
            kind.start + chance.below(kind.len())
        } else {
            written
        };
        let seen = self.likelihoods(written, chance);
        let best = seen.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let signs = self.signs.iter().zip(seen);
        let relative = signs.map(|(sign, log)| (char::from(*sign), log - best));
        relative.filter(|(_, log)| *log > LEAST.ln()).collect()
    }

    /// Logarithms of the likelihood of each character.
    fn likelihoods(&self, written: usize, chance: &mut Chance) -> Vec<f64> {
        let seen = self.points[written].map(|place| place + self.width * chance.normal());
        let distance = |point: &Point| {
            let pairs = point.iter().zip(&seen);
            pairs.map(|(a, b)| (a - b) * (a - b)).sum::<f64>()
        };
        let scale = 2.0 * self.width * self.width;
        let points = self.points.iter();
        points.map(|point| -distance(point) / scale).collect()
    }
}

/// The characters' points: anywhere on the unit sphere, then towards their groups.
fn points(signs: &[u8]) -> Vec<Point> {
    let mut chance = Chance::new(7, u64::MAX);
    let mut points: Vec<Point> = (0..signs.len())
        .map(|_| {
            let point: Point = std::array::from_fn(|_| chance.normal());
            let length = point.iter().map(|x| x * x).sum::<f64>().sqrt();
            point.map(|x| x / length)
        })
        .collect();
    let groups = ALIKE.iter().map(|group| (group, TOGETHER[1]));
    for (group, together) in groups.chain(SAME.iter().map(|group| (group, TOGETHER[0]))) {
        let members: Vec<usize> = group
            .bytes()
            .filter_map(|byte| signs.iter().position(|sign| *sign == byte))
            .collect();
        let middle: Point = std::array::from_fn(|axis| {
            members.iter().map(|m| points[*m][axis]).sum::<f64>() / members.len() as f64
        });
        for member in members {
            for (place, middle) in points[member].iter_mut().zip(middle) {
                *place += together * (middle - *place);
            }
        }
    }
    points
}

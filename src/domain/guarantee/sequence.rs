//! The walk through the thresholds: what a sample says of each, and at which it proves a
//! target. Why that is valid stands in the parent.

use super::{Counted, Rate, fewest};
use crate::domain::confidence::Probability;

/// The thresholds that are tested, strictest first. They are closest where targets of some
/// per mille lie, and were written down before any sample was seen, as the walk demands;
/// what is wrong as likely as right is never accepted.
pub const THRESHOLDS: [f64; 23] = [
    0.9999, 0.9998, 0.9995, 0.999, 0.998, 0.997, 0.995, 0.993, 0.99, 0.985, 0.98, 0.97, 0.96, 0.95,
    0.93, 0.91, 0.88, 0.85, 0.8, 0.75, 0.7, 0.6, 0.5,
];

/// What a sample says of a threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tested {
    /// Fields whose probability is at least this are accepted.
    pub threshold: Probability,
    /// How many are, and how many of them are wrong.
    pub accepted: Counted,
}

/// What a sample of readings says of every threshold, strictest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sequence {
    /// How many readings the sample has.
    pub of: u64,
    /// Fewer are accepted by the stricter.
    pub tested: Vec<Tested>,
}

/// The threshold at which a sample proves a target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Certified {
    /// The threshold, and the accepted of the sample.
    pub tested: Tested,
    /// The rate that errors among the accepted are not above.
    pub bound: f64,
}

/// Why a sample proves no threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Unproven {
    /// It is too small: so many more that are accepted are needed at the least.
    TooFew {
        /// How many more.
        missing: u64,
    },
    /// Too many are wrong where the walk begins.
    TooWrong {
        /// There.
        tested: Tested,
        /// The rate that errors are not above.
        bound: f64,
    },
}

impl Sequence {
    /// Counts a sample: the probability of each reading, and whether it was right.
    pub fn of(sample: &[(Probability, bool)]) -> Self {
        let tested = THRESHOLDS.into_iter().map(|threshold| {
            let threshold = Probability::clamped(threshold);
            let accepted = sample.iter().filter(|(sure, _)| *sure >= threshold);
            let wrong = accepted.clone().filter(|(_, right)| !right).count() as u64;
            let of = accepted.count() as u64;
            Tested {
                threshold,
                accepted: Counted { of, wrong },
            }
        });
        Self {
            of: sample.len() as u64,
            tested: tested.collect(),
        }
    }

    /// What the sample says of one threshold.
    pub fn at(&self, threshold: Probability) -> Option<Tested> {
        let mut tested = self.tested.iter();
        tested.find(|tested| tested.threshold == threshold).copied()
    }

    /// The laxest threshold that the walk comes to before one fails.
    pub fn certify(&self, target: Rate, confidence: Rate) -> Result<Certified, Unproven> {
        let least = fewest(target, confidence);
        let tested = self.tested.iter().map(|tested| Certified {
            tested: *tested,
            bound: tested.accepted.at_most(confidence),
        });
        let mut walk = tested.skip_while(|step| step.tested.accepted.of < least);
        let Some(first) = walk.next() else {
            let most = self.tested.last().map_or(0, |tested| tested.accepted.of);
            let missing = least.saturating_sub(most);
            return Err(Unproven::TooFew { missing });
        };
        if first.bound > target.get() {
            let Certified { tested, bound } = first;
            return Err(Unproven::TooWrong { tested, bound });
        }
        let passed = walk.take_while(|step| step.bound <= target.get());
        Ok(passed.last().unwrap_or(first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(share: f64) -> Rate {
        Rate::new(share).unwrap()
    }

    fn sample(parts: &[(f64, u64, u64)]) -> Sequence {
        let parts = parts.iter().flat_map(|&(sure, of, wrong)| {
            (0..of).map(move |at| (Probability::clamped(sure), at >= wrong))
        });
        Sequence::of(&parts.collect::<Vec<_>>())
    }

    #[test]
    fn the_walk_ends_where_a_test_fails() {
        let sequence = sample(&[(0.9995, 1_600, 0), (0.99, 400, 0), (0.9, 300, 9)]);
        assert_eq!(sequence.of, 2_300);
        let certified = sequence.certify(rate(0.002), rate(0.95)).unwrap();
        // Down to 0.91 nothing more is accepted, and at 0.88 come the errors.
        assert_eq!(certified.tested.threshold.get(), 0.91);
        let accepted = Counted {
            of: 2_000,
            wrong: 0,
        };
        assert_eq!(certified.tested.accepted, accepted);
        assert!(certified.bound < 0.002);
        // A laxer target goes on.
        let lax = sequence.certify(rate(0.01), rate(0.95)).unwrap();
        assert_eq!(lax.tested.threshold.get(), 0.5);
        // What fails is not passed over for a laxer threshold that would do again.
        let odd = sample(&[(0.9999, 1_600, 5), (0.9, 20_000, 0)]);
        let Err(Unproven::TooWrong { tested, .. }) = odd.certify(rate(0.002), rate(0.95)) else {
            panic!("{odd:?}");
        };
        assert_eq!((tested.threshold.get(), tested.accepted.wrong), (0.9999, 5));
    }

    #[test]
    fn too_small_a_sample_says_how_many_are_missing() {
        let sequence = sample(&[(0.99, 1_000, 0), (0.3, 5_000, 2_000)]);
        let few = sequence.certify(rate(0.002), rate(0.95)).unwrap_err();
        assert_eq!(few, Unproven::TooFew { missing: 497 });
        // The strictest that is passed over for want of numbers is no failure.
        let sequence = sample(&[(0.9999, 20, 1), (0.99, 6_000, 0)]);
        let certified = sequence.certify(rate(0.002), rate(0.95)).unwrap();
        assert_eq!(certified.tested.accepted.wrong, 1);
        let none = Sequence::of(&[]).certify(rate(0.05), rate(0.95));
        assert_eq!(none, Err(Unproven::TooFew { missing: 59 }));
    }

    /// Xorshift (Marsaglia, 2003): the same samples every time.
    struct Dice(u64);

    impl Dice {
        fn throw(&mut self) -> f64 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            (self.0 >> 11) as f64 / (1_u64 << 53) as f64
        }
    }

    /// A reader that says one of some probabilities: how often it says each, and how
    /// often it is wrong then.
    type Reader = [(f64, f64, f64)];

    /// The rate of errors among what a reader says with at least this probability.
    fn truth(reader: &Reader, threshold: f64) -> f64 {
        let accepted = reader.iter().filter(|(sure, ..)| *sure >= threshold);
        let all: f64 = accepted.clone().map(|(_, often, _)| often).sum();
        let wrong: f64 = accepted.map(|(_, often, wrong)| often * wrong).sum();
        wrong / all
    }

    fn drawn(reader: &Reader, of: usize, dice: &mut Dice) -> Vec<(Probability, bool)> {
        let mut one = || {
            let mut left = dice.throw();
            let mut said = reader.iter().find(|(_, often, _)| {
                left -= often;
                left < 0.0
            });
            let (sure, _, wrong) = said.take().or(reader.last()).unwrap();
            (Probability::clamped(*sure), dice.throw() >= *wrong)
        };
        (0..of).map(|_| one()).collect()
    }

    #[test]
    fn a_promise_is_broken_as_seldom_as_it_says() {
        const SAMPLES: usize = 1_000;
        let target = 0.03;
        let calibrated = [
            (0.9999, 0.3, 0.002),
            (0.995, 0.3, 0.015),
            (0.98, 0.2, 0.06),
            (0.9, 0.1, 0.15),
            (0.6, 0.1, 0.45),
        ];
        // Just worse than it may be, everywhere or from some threshold on, and with too few
        // of the sure ones to begin there.
        let flat = [
            (0.9999, 0.2, 0.0301),
            (0.98, 0.3, 0.0301),
            (0.6, 0.5, 0.0301),
        ];
        let overconfident = [(0.9999, 0.5, 0.0305), (0.99, 0.3, 0.04), (0.7, 0.2, 0.3)];
        let late = [
            (0.9999, 0.05, 0.03),
            (0.99, 0.08, 0.0302),
            (0.95, 0.87, 0.031),
        ];
        let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
        for (reader, proves) in [
            (&calibrated[..], true),
            (&flat, false),
            (&overconfident, false),
            (&late, false),
        ] {
            let (mut broken, mut certified) = (0, 0);
            for _ in 0..SAMPLES {
                let sequence = Sequence::of(&drawn(reader, 800, &mut dice));
                if let Ok(found) = sequence.certify(rate(target), rate(0.95)) {
                    certified += 1;
                    let threshold = found.tested.threshold.get();
                    broken += usize::from(truth(reader, threshold) > target);
                }
            }
            // 5 %, and three standard deviations of counting 1,000.
            assert!(broken <= 70, "{broken} of {SAMPLES} by {reader:?}");
            assert_eq!(certified * 2 > SAMPLES, proves, "{certified} by {reader:?}");
        }
    }
}

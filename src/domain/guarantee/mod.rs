//! Error rates that can be promised: exact bounds on a share that was counted in a
//! sample, and the thresholds at which a sample proves one.
//!
//! - The bounds are those of Clopper and Pearson (Biometrika 26, 1934): the shares at
//!   which so few, or so many, would have been counted with just the chance that is
//!   allowed. They hold for every size of sample.
//! - Thresholds are tested in a fixed sequence, from the strictest down, and the walk ends
//!   at the first one at which the bound is above the target (Bauer, Statistics in Medicine
//!   10, 1991; Angelopoulos et al., "Learn then Test", 2021, section 4). So the chance that
//!   the threshold that is taken breaks its promise is that of one test, however many are
//!   walked through.
//!
//! The walk begins at the first threshold at which enough are accepted that no error among
//! them would prove the target; before it no test could be passed. Where it begins depends on
//! how many are accepted, not on which of them are wrong. Let k be the strictest threshold
//! whose true rate is above the target. Whether k is tested is decided by its own count;
//! given that count its errors are binomial, so a test of k is passed by mistake at most as
//! often as allowed. Where k is passed over for want of numbers, the first test falls on a
//! laxer one; all that it accepts comes from places where errors are at least as frequent as
//! the target, so its errors are at least binomial, and the same holds. That needs one
//! thing of the reader: that what it is less sure of is not more often right.

mod sequence;

pub use sequence::{Certified, Sequence, THRESHOLDS, Tested, Unproven};

/// A share of all, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Rate(f64);

impl Rate {
    /// Nothing at all.
    pub const NONE: Self = Self(0.0);

    /// A share from 0 to 1; nothing else is one.
    pub fn new(share: f64) -> Option<Self> {
        (0.0..=1.0).contains(&share).then_some(Self(share))
    }

    /// The share itself.
    pub const fn get(self) -> f64 {
        self.0
    }

    /// Half as much.
    #[must_use]
    pub const fn halved(self) -> Self {
        Self(self.0 / 2.0)
    }
}

/// So many of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counted {
    /// Of these,
    pub of: u64,
    /// so many are wrong.
    pub wrong: u64,
}

impl Counted {
    /// The rate that the true one is not above, with this confidence: 1 where nothing was
    /// counted.
    pub fn at_most(self, confidence: Rate) -> f64 {
        upper(self.of, self.wrong, 1.0 - confidence.get())
    }

    /// Whether it shows that the true rate is within a target.
    pub fn against(self, target: Rate, confidence: Rate) -> Standing {
        if self.at_most(confidence) <= target.get() {
            Standing::Holds
        } else if self.interval().0 > target.get() {
            Standing::Broken
        } else if self.wrong == 0 {
            Standing::TooFew {
                missing: fewest(target, confidence).saturating_sub(self.of),
            }
        } else {
            Standing::Open
        }
    }

    /// The interval that holds the true rate with a confidence of 95 %: 0 to 1 where
    /// nothing was counted.
    pub fn interval(self) -> (f64, f64) {
        // Half of the rest on each side.
        const SIDE: f64 = 0.025;
        let right = self.of.saturating_sub(self.wrong);
        let least = 1.0 - upper(self.of, right, SIDE);
        (least, upper(self.of, self.wrong, SIDE))
    }
}

/// What a count shows of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The true rate is within it.
    Holds,
    /// It is above it.
    Broken,
    /// None was wrong, and there are too few to show anything.
    TooFew {
        /// So many more are needed at the least.
        missing: u64,
    },
    /// Some were wrong, and it may be either.
    Open,
}

/// How many must be right, without one that is wrong, before the true rate is not above
/// `target` with this confidence; `u64::MAX` where no number is enough.
pub fn fewest(target: Rate, confidence: Rate) -> u64 {
    let needed = (1.0 - confidence.get()).ln() / (-target.get()).ln_1p();
    // A float beyond the largest number becomes that, and so does nothing divided by nothing.
    if needed.is_nan() {
        return u64::MAX;
    }
    needed.ceil() as u64
}

/// The share at which at most `wrong` of `of` would be counted with the chance `alpha`.
fn upper(of: u64, wrong: u64, alpha: f64) -> f64 {
    if wrong >= of {
        return 1.0;
    }
    // The chance falls as the share grows. Sixty halvings leave less than one part in 10^18.
    let (mut low, mut high) = (wrong as f64 / of as f64, 1.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        match at_most(of, wrong, middle) > alpha {
            true => low = middle,
            false => high = middle,
        }
    }
    high
}

/// The chance that at most `most` of `of` are wrong, each with the chance `share`, which
/// is neither 0 nor 1: the shorter tail summed by its terms, in logarithms.
fn at_most(of: u64, most: u64, share: f64) -> f64 {
    if most > of / 2 {
        // As likely as that fewer than that are right.
        return 1.0 - at_most_of(of, of - most - 1, 1.0 - share);
    }
    at_most_of(of, most, share)
}

fn at_most_of(of: u64, most: u64, share: f64) -> f64 {
    let odds = share.ln() - (-share).ln_1p();
    let mut term = of as f64 * (-share).ln_1p();
    let (mut largest, mut sum) = (term, 1.0);
    for at in 0..most {
        term += ((of - at) as f64 / (at + 1) as f64).ln() + odds;
        if term > largest {
            sum = sum * (largest - term).exp() + 1.0;
            largest = term;
        } else {
            sum += (term - largest).exp();
        }
    }
    (largest + sum.ln()).exp()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn near(one: f64, other: f64) -> bool {
        (one - other).abs() < 5e-5
    }

    #[test]
    fn intervals_are_those_of_the_tables() {
        for (wrong, of, least, most) in [
            (0, 10, 0.0, 0.3085),
            (1, 10, 0.0025, 0.4450),
            (5, 10, 0.1871, 0.8129),
            (10, 10, 0.6915, 1.0),
            (10, 100, 0.0490, 0.1762),
            (0, 0, 0.0, 1.0),
        ] {
            let found = Counted { of, wrong }.interval();
            assert!(near(found.0, least) && near(found.1, most), "{found:?}");
        }
    }

    #[test]
    fn so_many_without_an_error_prove_a_rate() {
        let sure = Rate::new(0.95).unwrap();
        for (target, needed) in [(0.001, 2_995), (0.002, 1_497), (0.005, 598), (0.05, 59)] {
            let target = Rate::new(target).unwrap();
            let of = fewest(target, sure);
            assert_eq!(of, needed);
            assert!(Counted { of, wrong: 0 }.at_most(sure) <= target.get());
            let fewer = Counted {
                of: of - 1,
                wrong: 0,
            };
            assert!(fewer.at_most(sure) > target.get());
        }
        assert_eq!(fewest(Rate::NONE, sure), u64::MAX);
        let certain = Rate::new(1.0).unwrap();
        assert_eq!(fewest(Rate::new(0.1).unwrap(), certain), u64::MAX);
        assert_eq!(Rate::new(f64::NAN), None);
        assert_eq!(Rate::new(1.5), None);
    }

    #[test]
    fn large_samples_stay_exact() {
        // Of a Poisson distribution, to which these tend: at most 8.0 + 6.4 are expected
        // where 8 were counted (Garwood, Biometrika 28, 1936: 14.4347).
        let sample = Counted {
            of: 10_000_000,
            wrong: 8,
        };
        let at_most = sample.at_most(Rate::new(0.95).unwrap()) * 1e7;
        assert!((at_most - 14.4347).abs() < 1e-3, "{at_most}");
        let half = Counted {
            of: 200_000,
            wrong: 100_000,
        };
        let (least, most) = half.interval();
        // A normal distribution by now: 1.96 standard deviations on each side.
        assert!((most - 0.5 - 0.002_194).abs() < 1e-5, "{most}");
        assert!((least + most - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_count_shows_that_a_target_holds_or_does_not_or_nothing() {
        let (target, sure) = (Rate::new(0.01).unwrap(), Rate::new(0.95).unwrap());
        for (of, wrong, shows) in [
            (0, 0, Standing::TooFew { missing: 299 }),
            (298, 0, Standing::TooFew { missing: 1 }),
            (299, 0, Standing::Holds),
            (299, 1, Standing::Open),
            (299, 20, Standing::Broken),
            (1_000, 3, Standing::Holds),
            (1_000, 10, Standing::Open),
        ] {
            assert_eq!(
                Counted { of, wrong }.against(target, sure),
                shows,
                "{of}, {wrong}"
            );
        }
    }

    /// The chance by its definition, term by term.
    fn by_hand(of: u64, most: u64, share: f64) -> f64 {
        let choose = |k: u64| (0..k).fold(1.0, |all, at| all * (of - at) as f64 / (at + 1) as f64);
        let term = |k: u64| {
            let (wrong, right) = (k as i32, (of - k) as i32);
            choose(k) * share.powi(wrong) * (1.0 - share).powi(right)
        };
        (0..=most).map(term).sum()
    }

    proptest! {
        #[test]
        fn the_tail_is_what_its_definition_says(
            of in 1_u64..60, most in 0_u64..60, share in 0.001..0.999
        ) {
            let most = most.min(of - 1);
            prop_assert!((at_most(of, most, share) - by_hand(of, most, share)).abs() < 1e-9);
        }

        #[test]
        fn the_bound_leaves_just_the_chance_that_is_allowed(
            of in 1_u64..60, wrong in 0_u64..60, alpha in 0.01..0.5
        ) {
            let wrong = wrong.min(of - 1);
            let share = upper(of, wrong, alpha);
            prop_assert!(share > wrong as f64 / of as f64);
            prop_assert!((by_hand(of, wrong, share) - alpha).abs() < 1e-9);
        }
    }
}

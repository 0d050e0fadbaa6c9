//! Repeatable chance: the same seed gives the same addresses on every machine.

/// A stream of random numbers (SplitMix64; Steele, Lea and Flood 2014).
pub(super) struct Chance(u64);

impl Chance {
    /// The stream number `at` of a seed.
    pub(super) fn new(seed: u64, at: usize) -> Self {
        let mut chance = Self(seed ^ (at as u64).wrapping_mul(0xd1b5_4a32_d192_ed03));
        chance.bits();
        chance
    }

    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// From 0 to below 1.
    pub(super) fn share(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Whether something happens that happens so often.
    pub(super) fn happens(&mut self, often: f64) -> bool {
        self.share() < often
    }

    /// A whole number below `end`.
    pub(super) fn below(&mut self, end: usize) -> usize {
        ((self.share() * end as f64) as usize).min(end.saturating_sub(1))
    }

    /// One of several.
    pub(super) fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    /// From the normal distribution of mean 0 and width 1 (Box and Muller 1958).
    pub(super) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.share()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.share()).cos()
    }
}

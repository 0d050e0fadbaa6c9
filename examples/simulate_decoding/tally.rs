//! What came of the decodes, counted.

use std::fmt;

/// One decode, judged.
pub(super) struct Outcome {
    /// Whether the characters as they were read were the postcode.
    pub(super) read_right: bool,
    /// Whether the likeliest postcode was the one that was written.
    pub(super) right: bool,
    /// Its posterior probability.
    pub(super) posterior: f64,
    /// Whether the true postcode was in the list.
    pub(super) listed: bool,
    /// Processor time, ms.
    pub(super) cpu: f64,
}

/// So many of so many, with the interval of 95 % (Wilson 1927).
pub(super) struct Share(pub usize, pub usize);

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const Z: f64 = 1.96;
        let (k, n) = (self.0 as f64, self.1.max(1) as f64);
        let p = k / n;
        let spread = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
        let bounds = [-spread, spread].map(|s| (p + Z * Z / (2.0 * n) + s) / (1.0 + Z * Z / n));
        let [low, high] = bounds.map(|bound| 100.0 * bound.clamp(0.0, 1.0));
        write!(f, "{:.2} % ({low:.2}-{high:.2})", 100.0 * p)
    }
}

/// The decodes of one kind.
#[derive(Default)]
pub(super) struct Tally(Vec<Outcome>);

/// Lower ends of the bins of the table of calibration.
const BINS: [f64; 7] = [0.0, 0.5, 0.9, 0.98, 0.99, 0.999, 0.9999];

impl Tally {
    /// Adds decodes.
    pub(super) fn extend(&mut self, outcomes: impl IntoIterator<Item = Outcome>) {
        self.0.extend(outcomes);
    }

    fn count(&self, holds: impl Fn(&&Outcome) -> bool) -> usize {
        self.0.iter().filter(holds).count()
    }

    /// A row of the table: the errors at this threshold of acceptance.
    pub(super) fn row(&self, accept: f64) -> String {
        let n = self.0.len();
        let accepted = |o: &&Outcome| o.posterior >= accept;
        let right_read = self.count(|o| o.read_right);
        format!(
            "{n} | {} | {} | {} | {} | {} | {}",
            Share(self.count(|o| !o.read_right), n),
            Share(self.count(|o| !o.right), n),
            Share(
                self.count(|o| accepted(o) && !o.right),
                self.count(accepted)
            ),
            Share(self.count(accepted), n),
            Share(self.count(|o| o.read_right && !o.right), right_read),
            Share(
                self.count(|o| o.read_right && !o.right && accepted(o)),
                right_read
            ),
        )
    }

    /// The forced errors among listed postcodes and among the others.
    pub(super) fn by_listing(&self) -> String {
        let of = |listed: bool| {
            Share(
                self.count(|o| o.listed == listed && !o.right),
                self.count(|o| o.listed == listed),
            )
        };
        format!("listed {}, off-list {}", of(true), of(false))
    }

    /// Posterior probability against how often it was right, by bins.
    pub(super) fn calibration(&self) -> Vec<String> {
        let ends = BINS[1..].iter().copied().chain([f64::INFINITY]);
        let rows = BINS.into_iter().zip(ends).map(|(low, high)| {
            let within = |o: &&Outcome| o.posterior >= low && o.posterior < high;
            let n = self.count(within);
            let sum: f64 = self.0.iter().filter(within).map(|o| o.posterior).sum();
            let right = Share(self.count(|o| within(o) && o.right), n);
            let mean = 100.0 * sum / n.max(1) as f64;
            format!("{low} | {n} | {mean:.3} % | {right}")
        });
        rows.collect()
    }

    /// The least threshold at which at most so many of the accepted are wrong.
    pub(super) fn threshold(&self, error: f64) -> f64 {
        let mut by_posterior: Vec<(f64, bool)> =
            self.0.iter().map(|o| (o.posterior, o.right)).collect();
        by_posterior.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut wrong = 0.0;
        let mut least = 1.0;
        for (at, (posterior, right)) in by_posterior.into_iter().enumerate() {
            wrong += f64::from(u8::from(!right));
            if wrong <= error * (at + 1) as f64 {
                least = posterior;
            }
        }
        least
    }

    /// Median and 95th percentile of the processor time, ms.
    pub(super) fn cpu(&self) -> (f64, f64) {
        let mut times: Vec<f64> = self.0.iter().map(|o| o.cpu).collect();
        times.sort_by(f64::total_cmp);
        let at = |share: f64| times.get((times.len() as f64 * share) as usize);
        [at(0.5), at(0.95)]
            .map(|t| t.copied().unwrap_or(0.0))
            .into()
    }
}

//! What came of the decodes, counted.

use std::fmt;

/// One decode, judged.
pub(super) struct Outcome {
    /// Whether the characters as they were read were those that were written.
    pub(super) read_right: bool,
    /// Whether the likeliest value was the one that was written.
    pub(super) right: bool,
    /// Its posterior probability.
    pub(super) posterior: f64,
    /// Whether the true value was in the list.
    pub(super) listed: bool,
    /// Processor time, ms.
    pub(super) cpu: f64,
}

/// The decodes of one field.
#[derive(Default)]
pub(super) struct Tally(Vec<Outcome>);

/// So many of so many, with the interval of 95 % (Wilson 1927).
struct Share(usize, usize);

/// Thresholds of acceptance.
const ACCEPT: [f64; 4] = [0.95, 0.98, 0.99, 0.995];
/// Lower ends of the bins of the table of calibration.
const BINS: [f64; 7] = [0.0, 0.5, 0.9, 0.98, 0.99, 0.999, 0.9999];

impl Tally {
    /// The first rows of the table.
    pub(super) const HEADER: &str = "| field | accepted from | n | as read wrong | forced error | \
        accepted error | coverage | right readings changed |\n|---|---|---|---|---|---|---|---|";

    pub(super) fn push(&mut self, outcome: Outcome) {
        self.0.push(outcome);
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn count(&self, holds: impl Fn(&Outcome) -> bool) -> usize {
        self.0.iter().filter(|outcome| holds(outcome)).count()
    }

    /// A row for each threshold.
    pub(super) fn rows(&self, field: &str) -> String {
        let n = self.0.len();
        let row = |accept: f64| {
            let accepted = self.count(|o| o.posterior >= accept);
            let wrong = self.count(|o| o.posterior >= accept && !o.right);
            format!(
                "| {field} | {accept} | {n} | {} | {} | {} | {} | {} |\n",
                Share(self.count(|o| !o.read_right), n),
                Share(self.count(|o| !o.right), n),
                Share(wrong, accepted),
                Share(accepted, n),
                Share(
                    self.count(|o| o.read_right && !o.right),
                    self.count(|o| o.read_right)
                ),
            )
        };
        ACCEPT.into_iter().map(row).collect()
    }

    /// Errors by listing, speed and calibration.
    pub(super) fn note(&self) -> String {
        let of = |listed: bool| {
            let wrong = self.count(|o| o.listed == listed && !o.right);
            let accepted =
                self.count(|o| o.listed == listed && !o.right && o.posterior >= ACCEPT[1]);
            let all = self.count(|o| o.listed == listed);
            format!(
                "{} and {} accepted",
                Share(wrong, all),
                Share(accepted, all)
            )
        };
        // The clock may tick in some ms: only the mean of many is told.
        let cpu: f64 = self.0.iter().map(|o| o.cpu).sum();
        let mut note = format!(
            "wrong of listed {}, of unlisted {}; {:.2} ms in the mean\n\n\
             | posterior from | n | mean | right |\n|---|---|---|---|",
            of(true),
            of(false),
            cpu / self.0.len() as f64,
        );
        let ends = BINS[1..].iter().copied().chain([f64::INFINITY]);
        for (low, high) in BINS.into_iter().zip(ends) {
            let within = |o: &Outcome| o.posterior >= low && o.posterior < high;
            let n = self.count(within);
            let sum: f64 = self
                .0
                .iter()
                .filter(|o| within(o))
                .map(|o| o.posterior)
                .sum();
            let right = Share(self.count(|o| within(o) && o.right), n);
            note += &format!(
                "\n| {low} | {n} | {:.3} % | {right} |",
                100.0 * sum / n.max(1) as f64
            );
        }
        note
    }
}

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

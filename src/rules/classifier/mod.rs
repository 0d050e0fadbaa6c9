//! What a text is about, by a small linear model that learnt it from labelled texts: a help where
//! the phrases of the rules find nothing firm, or as much for one topic as for another.
//!
//! The words and word pairs of a text are weighed by how often they stand in it and how rare they
//! are (TF-IDF, Salton and Buckley 1988), each topic has a weight for each of them (multinomial
//! logistic regression), and the sums become probabilities, calibrated when the model is trained
//! (`scripts/train/topics`). Below the model's threshold it abstains.

mod file;
mod terms;

#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

use crate::domain::confidence::Probability;
use crate::domain::identity::Digest;

pub use file::ClassifierError;

/// Fewer different words that the model knows say too little, as what is left of smudges does. Of the
/// first 12 words of complaints its sure answers were as often right as was proven for whole ones (0.89
/// for 0.90), of the first 8 less often (0.85), of one 0.71 (docs/benchmarks.md, 30 November 2026).
const LEAST_WORDS: usize = 12;

/// A model of topics, checked and ready.
#[derive(Debug)]
pub struct Classifier {
    digest: Digest,
    topics: Vec<String>,
    threshold: f64,
    /// One for each topic: what it has before anything is read.
    constants: Vec<f64>,
    terms: HashMap<Box<str>, Term>,
    /// One for each topic, term after term.
    weights: Vec<f32>,
}

/// A word or a pair of words.
#[derive(Debug)]
struct Term {
    /// How much rarer than every other it is, as a factor.
    rarity: f64,
    /// Where its weights are, counted in terms.
    row: usize,
}

/// What a classifier makes of one text.
#[derive(Debug, Clone, PartialEq)]
pub struct Opinion<'a> {
    /// Every topic of the model, the likeliest first.
    pub ranked: Vec<(&'a str, Probability)>,
    /// Whether the first is likely enough to be taken.
    pub sure: bool,
}

impl Opinion<'_> {
    /// The likeliest topic.
    pub fn first(&self) -> (&str, Probability) {
        let first = self.ranked.first();
        first.map_or(("", Probability::ZERO), |(topic, likely)| (*topic, *likely))
    }
}

impl Classifier {
    /// The model of a file's bytes.
    ///
    /// # Errors
    /// What is wrong with the file, with its line where it has one.
    pub fn parse(bytes: &[u8]) -> Result<Self, ClassifierError> {
        file::parse(bytes)
    }

    /// The hash of the file, stored with every reading that it may have helped with.
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// The first characters of the hash, as reasons have it.
    pub fn short_name(&self) -> String {
        self.digest.to_string().chars().take(12).collect()
    }

    /// The topics that it tells apart.
    pub fn topics(&self) -> impl Iterator<Item = &str> {
        self.topics.iter().map(String::as_str)
    }

    /// From which probability on it is sure.
    pub const fn threshold(&self) -> Probability {
        Probability::clamped(self.threshold)
    }

    /// How many words and word pairs it knows.
    pub fn size(&self) -> usize {
        self.terms.len()
    }

    /// What the text is about; `None` where it has too few words that the model knows.
    pub fn opinion(&self, text: &str) -> Option<Opinion<'_>> {
        let known = self.known(text);
        let words = known.keys().filter(|term| !term.contains(' ')).count();
        if words < LEAST_WORDS {
            return None;
        }
        let weighed = known.values().map(|(term, times)| {
            let often = 1.0 + f64::from(*times).ln();
            (term.row, often * term.rarity)
        });
        let weighed: Vec<(usize, f64)> = weighed.collect();
        let length = weighed.iter().map(|(_, x)| x * x).sum::<f64>().sqrt();
        let mut sums = self.constants.clone();
        for (row, x) in weighed {
            let weights = self.weights.chunks_exact(self.topics.len()).nth(row);
            for (sum, weight) in sums.iter_mut().zip(weights.unwrap_or_default()) {
                *sum += f64::from(*weight) * x / length;
            }
        }
        Some(self.ranked(&sums))
    }

    /// The terms of a text that the model knows, with how often each stands in it; in order, so that
    /// the same text has the same sums to the last bit.
    fn known(&self, text: &str) -> BTreeMap<&str, (&Term, u32)> {
        let mut known: BTreeMap<&str, (&Term, u32)> = BTreeMap::new();
        terms::each(text, |term| {
            if let Some((name, term)) = self.terms.get_key_value(term) {
                known.entry(name).or_insert((term, 0)).1 += 1;
            }
        });
        known
    }

    fn ranked(&self, sums: &[f64]) -> Opinion<'_> {
        let most = sums.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let powers: Vec<f64> = sums.iter().map(|sum| (sum - most).exp()).collect();
        let all: f64 = powers.iter().sum();
        let likely = |power: &f64| Probability::clamped(power / all);
        let mut ranked: Vec<(&str, Probability)> =
            self.topics().zip(powers.iter().map(likely)).collect();
        ranked.sort_by(|(_, a), (_, b)| b.partial_cmp(a).unwrap_or(Ordering::Equal));
        let sure = ranked
            .first()
            .is_some_and(|(_, likely)| likely.get() >= self.threshold);
        Opinion { ranked, sure }
    }
}

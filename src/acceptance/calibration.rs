//! From the posterior of a decoder to a probability that is as often right as it says.
//!
//! A decoder's posterior rests on a network that is a little too sure of itself, on prices
//! that are estimates, and on lists that are not the world. For each kind of field a logistic
//! model (Platt, *Probabilistic outputs for support vector machines*, 1999, with more than one
//! score) was fitted to checked readings, of images that neither the network was trained on nor
//! anything is measured with; `models/calibration.toml` has its weights, `scripts/train` fits
//! them. A kind without weights keeps its posterior.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::domain::card::MAX_RESIDUAL;
use crate::domain::card_draft::Alternative;
use crate::domain::confidence::Probability;
use crate::domain::form::FieldKind;
use crate::domain::identity::Digest;
use crate::domain::lattice::{Label, Lattice};

/// What a reading's probability hangs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Signs {
    /// Log-odds of the best value's posterior.
    pub joint: f64,
    /// Log-odds of the best value against the second alone.
    pub margin: f64,
    /// Log-odds of the likeliest character of the weakest box.
    pub weakest: f64,
    /// How badly the side lies on its form, as a part of what is bearable.
    pub residual: f64,
    /// 1 where the value is another than what was read by itself, or 0.
    pub changed: f64,
}

/// The weights of every kind of field.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// The network whose readings they were fitted to.
    model: String,
    #[serde(default)]
    kind: Vec<OfKind>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct OfKind {
    kind: String,
    bias: f64,
    joint: f64,
    margin: f64,
    weakest: f64,
    residual: f64,
    changed: f64,
}

/// Log-odds go no further than this: one in 160,000.
const FURTHEST: f64 = 12.0;

const EMBEDDED: &str = include_str!("../../models/calibration.toml");

impl Calibration {
    /// The weights that ship with the network.
    pub fn embedded() -> &'static Self {
        static PARSED: LazyLock<Calibration> = LazyLock::new(|| {
            // A test holds the file to its shape.
            toml::from_str(EMBEDDED).unwrap_or(Calibration {
                model: String::new(),
                kind: Vec::new(),
            })
        });
        &PARSED
    }

    /// Whether it was fitted to the readings of this network.
    pub fn is_of(&self, model: Digest) -> bool {
        self.model == model.to_string()
    }

    /// The probability that a reading is right.
    pub fn probability(&self, kind: FieldKind, signs: &Signs) -> Probability {
        let fitted = self.kind.iter().find(|fitted| fitted.kind == kind.name());
        let odds = fitted.map_or(signs.joint, |fitted| {
            fitted.bias
                + fitted.joint * signs.joint
                + fitted.margin * signs.margin
                + fitted.weakest * signs.weakest
                + fitted.residual * signs.residual
                + fitted.changed * signs.changed
        });
        Probability::clamped(1.0 / (1.0 + (-odds).exp()))
    }
}

impl Signs {
    /// What a field's values, likeliest first, and its boxes say.
    pub fn of(values: &[Alternative], lattice: &Lattice, residual: f64, changed: bool) -> Self {
        let share = |at: usize| values.get(at).map_or(0.0, |value| value.probability.get());
        let (best, second) = (share(0), share(1));
        let boxes = lattice.likeliest().into_iter();
        let written = boxes.filter(|(label, _)| matches!(label, Label::Sign(_)));
        Self {
            joint: log_odds(best),
            margin: log_odds(best / (best + second).max(f64::MIN_POSITIVE)),
            weakest: log_odds(written.map(|(_, share)| share).fold(1.0, f64::min)),
            residual: (residual / MAX_RESIDUAL).min(1.0),
            changed: f64::from(u8::from(changed)),
        }
    }
}

fn log_odds(share: f64) -> f64 {
    (share / (1.0 - share)).ln().clamp(-FURTHEST, FURTHEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(share: f64) -> Alternative {
        Alternative {
            value: "A".to_owned(),
            probability: Probability::clamped(share),
        }
    }

    #[test]
    fn what_ships_is_of_the_network_that_ships_and_has_each_kind_once() {
        let parsed: Calibration = toml::from_str(EMBEDDED).unwrap();
        assert_eq!(&parsed, Calibration::embedded());
        for fitted in &parsed.kind {
            assert!(
                FieldKind::from_name(&fitted.kind).is_some(),
                "{}",
                fitted.kind
            );
            // Surer signs never make a reading less sure.
            assert!(fitted.joint >= 0.0 && fitted.margin >= 0.0 && fitted.weakest >= 0.0);
            let same = parsed.kind.iter().filter(|other| other.kind == fitted.kind);
            assert_eq!(same.count(), 1, "{}", fitted.kind);
        }
        let model = crate::engines::handprint_digest();
        assert!(
            parsed.kind.is_empty() || parsed.is_of(model),
            "fit it anew: scripts/train"
        );
    }

    #[test]
    fn a_kind_without_weights_keeps_its_posterior() {
        let none: Calibration = toml::from_str("model = \"\"").unwrap();
        let signs = Signs::of(&[value(0.9), value(0.05)], &Lattice::default(), 0.1, false);
        let kept = none.probability(FieldKind::Town, &signs).get();
        assert!((kept - 0.9).abs() < 1e-9, "{kept}");
    }

    #[test]
    fn nothing_is_surer_than_the_furthest_odds() {
        let signs = Signs::of(&[value(1.0)], &Lattice::default(), 9.0, true);
        assert_eq!(
            (signs.joint, signs.margin, signs.residual),
            (FURTHEST, FURTHEST, 1.0)
        );
        let nothing = Signs::of(&[], &Lattice::default(), 0.0, false);
        assert_eq!((nothing.joint, nothing.margin), (-FURTHEST, -FURTHEST));
    }
}

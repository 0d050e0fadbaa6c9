//! Thresholds proven by readings of `cards read --check`: the file models/thresholds.toml.
//!
//! `cards certify --readings FILE --out FILE --day DATE --sample TEXT [--own FORM]`: with `--own`
//! of the cards of this form alone, held to the whole target, as `postroom forms certify` does it.

use std::collections::BTreeMap;
use std::fs;

use postroom::acceptance::evidence::Evidence;
use postroom::acceptance::{Calibration, FormVersion, OfKind, Signs, Targets};
use postroom::domain::confidence::Probability;
use postroom::domain::form::FieldKind;
use postroom::domain::guarantee::Sequence;
use postroom::engines::handprint_digest;
use serde_json::Value;

use super::{Options, Result, read_form};

/// Of the file's comment at its head.
const HEAD: &str = include_str!("thresholds-head.txt");

/// Writes what the readings prove.
pub fn thresholds(options: &Options) -> Result<()> {
    let readings = options
        .readings
        .as_ref()
        .ok_or("--readings names a file of `cards read`")?;
    let out = options.out.as_ref().ok_or("--out names the file")?;
    let own = options.own.as_deref().map(read_form).transpose()?;
    let mut samples: BTreeMap<&str, Vec<(Probability, bool)>> = BTreeMap::new();
    for line in fs::read_to_string(readings)?.lines() {
        let card: Value = serde_json::from_str(line)?;
        if own.as_ref().is_some_and(|own| card["form"] != *own.id) {
            continue;
        }
        for field in card["fields"].as_array().into_iter().flatten() {
            let kind = field["kind"].as_str().and_then(FieldKind::from_name);
            let decided = !field["value"].is_null() && field["printed"] != true;
            let Some(kind) = kind.filter(|_| decided) else {
                continue;
            };
            let sign = |at: usize| field["signs"][at].as_f64().unwrap_or(0.0);
            let [joint, margin, weakest, residual, changed] = [0, 1, 2, 3, 4].map(sign);
            let signs = Signs {
                joint,
                margin,
                weakest,
                residual,
                changed,
            };
            let probability = Calibration::embedded().probability(kind, &signs);
            let right = field["right"].as_bool().unwrap_or(false);
            samples
                .entry(kind.name())
                .or_default()
                .push((probability, right));
        }
    }
    let targets = Targets::default();
    let kinds = samples.iter().filter_map(|(name, sample)| {
        let kind = FieldKind::from_name(name)?;
        Some(OfKind {
            kind,
            sample: options.sample.clone(),
            day: options.day,
            // As forms without evidence of their own are held to it.
            target: match &own {
                Some(_) => targets.of(kind),
                None => targets.of(kind).halved(),
            },
            sequence: Sequence::of(sample),
        })
    });
    let kinds: Vec<OfKind> = kinds.filter(|of| of.kind != FieldKind::FreeText).collect();
    let own = own.map(|form| FormVersion {
        id: form.id,
        version: form.version,
    });
    let text = Evidence::written(HEAD.trim_end(), handprint_digest(), own.as_ref(), &kinds);
    Ok(fs::write(out, text)?)
}

//! Accept or review: the one rule that lets a reading of handprint pass without a person.
//!
//! A value is accepted where its probability is at least a threshold at which a sample of
//! readings that people checked proves that few enough of the accepted are wrong
//! ([`crate::domain::guarantee`]). How few is the kind's target ([`Targets`]); the samples are
//! files ([`evidence`]): one that ships with the network, and one for each form that people
//! have checked enough cards of. A form without such a file is held to half its target, for
//! its cards may be harder than those of the sample. What nothing is proven of goes to a person.
//!
//! Whose scanner made an image is not on record, so a scanner has no evidence of its own:
//! that of a form is of whatever scanned it.

mod calibration;
pub mod evidence;
mod targets;

pub use calibration::{Calibration, Signs};
pub use evidence::{Evidence, EvidenceError, FormVersion, OfKind};
pub use targets::Targets;

use crate::domain::card::lies_badly;
use crate::domain::confidence::Probability;
use crate::domain::form::FieldKind;
use crate::domain::guarantee::{Certified, Rate, Standing, Unproven};
use crate::domain::identity::Digest;
use crate::domain::verdict::Verdict;

/// How sure a sample must be of its bound: in one of twenty samples it may be wrong.
pub const CONFIDENCE: f64 = 0.95;

/// What readings are judged by.
#[derive(Debug, Clone, PartialEq)]
pub struct Acceptance {
    /// The network that reads now; none reads where there is none.
    model: Option<Digest>,
    targets: Targets,
    general: Evidence,
    own: Vec<Evidence>,
}

/// What was read of one field of a card.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// What is written in it.
    pub kind: FieldKind,
    /// The form's id.
    pub form: &'a str,
    /// Its version.
    pub version: u32,
    /// How badly the side lies on its form, in mm.
    pub residual: f64,
    /// That the value is right.
    pub probability: Probability,
}

impl Acceptance {
    /// By the evidence that ships with the network, and that of single forms.
    pub const fn new(
        model: Option<Digest>,
        targets: Targets,
        general: Evidence,
        own: Vec<Evidence>,
    ) -> Self {
        Self {
            model,
            targets,
            general,
            own,
        }
    }

    /// By the evidence that ships with the program alone, and without a network: a person
    /// looks at everything.
    pub fn uncertified() -> Self {
        Self::new(None, Targets::default(), Evidence::embedded(), Vec::new())
    }

    /// Accepts a value or sends it to a person, and says why.
    pub fn judge(&self, reading: &Reading<'_>) -> (Verdict, String) {
        match self.threshold(reading) {
            Ok((certified, on_what)) => {
                let (sure, tested) = (reading.probability, certified.tested);
                let accepted = sure >= tested.threshold;
                let (verdict, than) = match accepted {
                    true => (Verdict::Accepted, "at least"),
                    false => (Verdict::Review, "less than"),
                };
                let reason = format!(
                    "its probability {:.4} is {than} {}, from where {} of {} were wrong {on_what}, \
                     at most {} in truth",
                    sure.get(),
                    tested.threshold.get(),
                    tested.accepted.wrong,
                    tested.accepted.of,
                    percent(certified.bound),
                );
                (verdict, reason)
            }
            Err(reason) => (Verdict::Review, reason),
        }
    }

    /// The threshold that a reading is held to, and what proves it; or why it cannot be
    /// accepted however sure it is.
    fn threshold(&self, reading: &Reading<'_>) -> Result<(Certified, &'static str), String> {
        let kind = reading.kind;
        if kind == FieldKind::FreeText {
            return Err("what customers say in their own words is for a person".to_owned());
        }
        if let Some(why) = lies_badly(reading.residual) {
            return Err(why);
        }
        let target = self.targets.of(kind);
        let confidence = confidence();
        let mut own = self.own.iter();
        let own = own.find(|own| own.is_of(reading.form, reading.version));
        let own = own.filter(|own| own.model == self.model);
        let own = own.and_then(|own| own.of_kind(kind));
        if let Some(Ok(certified)) = own.map(|own| own.sequence.certify(target, confidence)) {
            return Ok((certified, "on its own form"));
        }
        let general = self.general_of(kind)?;
        let strict = target.halved();
        let certified = general.sequence.certify(strict, confidence);
        let certified = certified.map_err(|why| unproven(kind, strict, why))?;
        // What is too little to certify may be enough to tell that others do not speak for it.
        let alike = own.and_then(|own| own.sequence.at(certified.tested.threshold));
        if let Some(alike) = alike
            && alike.accepted.against(target, confidence) == Standing::Broken
        {
            return Err(format!(
                "{} is not certified for at most {}: from {} on {} of {} were wrong on its own form",
                kind.name(),
                percent(target.get()),
                alike.threshold.get(),
                alike.accepted.wrong,
                alike.accepted.of,
            ));
        }
        Ok((
            certified,
            "on other forms, held to half the target as this one has too few checked cards of \
             its own",
        ))
    }

    fn general_of(&self, kind: FieldKind) -> Result<&OfKind, String> {
        let general = self.general.of_kind(kind);
        let general = general.ok_or_else(|| format!("{} is not certified", kind.name()))?;
        if self.general.model != self.model {
            return Err(format!(
                "{} is not certified: its thresholds are of another network",
                kind.name()
            ));
        }
        Ok(general)
    }

    /// What a run tells of the evidence that it uses: a line for each, and which kinds it
    /// lets pass.
    pub fn told(&self) -> Vec<String> {
        let general = (&self.general, self.targets.halved(), "all forms".to_owned());
        let own = self.own.iter().map(|own| {
            let form = own.form.as_ref();
            let form = form.map_or_else(String::new, |form| form.to_string());
            (own, self.targets, form)
        });
        let told = std::iter::once(general).chain(own);
        told.map(|(evidence, targets, form)| {
            let proven = evidence.kinds.iter().filter(|of| {
                let target = targets.of(of.kind);
                of.sequence.certify(target, confidence()).is_ok()
            });
            let proven: Vec<&str> = proven.map(|of| of.kind.name()).collect();
            let proven = match (evidence.model == self.model, proven.is_empty()) {
                (false, _) if !evidence.kinds.is_empty() => "of another network".to_owned(),
                (_, true) => "nothing is certified".to_owned(),
                (_, false) => proven.join(", "),
            };
            format!("{form}: {proven}")
        })
        .collect()
    }

    /// Stands for the calibration, all of the evidence and the targets.
    pub fn digest(&self) -> Digest {
        let files = std::iter::once(&self.general).chain(&self.own);
        let files: Vec<String> = files.map(|file| file.digest.to_string()).collect();
        let calibration = Calibration::embedded();
        let all = format!("{calibration:?}\n{}\n{:?}", files.join("\n"), self.targets);
        Digest::of(all.as_bytes())
    }
}

/// [`CONFIDENCE`] as a rate.
pub fn confidence() -> Rate {
    // It is a number between 0 and 1.
    Rate::new(CONFIDENCE).unwrap_or(Rate::NONE)
}

fn unproven(kind: FieldKind, target: Rate, why: Unproven) -> String {
    let promised = format!(
        "{} is not certified for at most {}",
        kind.name(),
        percent(target.get())
    );
    match why {
        Unproven::TooFew { missing } => {
            format!("{promised}: at least {missing} more checked ones are needed")
        }
        Unproven::TooWrong { tested, bound } => format!(
            "{promised}: from {} on {} of {} were wrong, which may be {}",
            tested.threshold.get(),
            tested.accepted.wrong,
            tested.accepted.of,
            percent(bound),
        ),
    }
}

/// `0.18 %`: never less than it is.
pub fn percent(share: f64) -> String {
    // A hair is taken off first, so that 0.002 is not 0.21 % for want of binary digits.
    let hundredths = (share * 10_000.0 - 1e-6).ceil().abs();
    format!("{:.2} %", hundredths / 100.0)
}

#[cfg(test)]
mod tests;

//! A thresholds file: what a sample of checked readings says of every threshold, as TOML.
//!
//! The file keeps the whole walk ([`crate::domain::guarantee`]), so that another target picks
//! another threshold; what it says of its own target is worked out again and must agree, so
//! that a slip of a hand that edits it is an error with its line. The program ships one,
//! `models/thresholds.toml`, which explains every key; `postroom forms certify` writes others.

use std::fmt;
use std::fmt::Write as _;
use std::ops::Range;

use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;

use crate::domain::confidence::Probability;
use crate::domain::form::FieldKind;
use crate::domain::guarantee::{Counted, Rate, Sequence, THRESHOLDS, Tested};
use crate::domain::identity::Digest;

use super::confidence;

/// What a thresholds file says.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The network whose readings were checked; none where nothing was.
    pub model: Option<Digest>,
    /// The form whose cards they were; none for cards of several.
    pub form: Option<FormVersion>,
    /// Each kind of field that was checked; none twice.
    pub kinds: Vec<OfKind>,
    /// Of the file.
    pub digest: Digest,
}

/// A form in one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormVersion {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: u32,
}

/// What was checked of one kind of field.
#[derive(Debug, Clone, PartialEq)]
pub struct OfKind {
    /// The kind.
    pub kind: FieldKind,
    /// What the sample is, in a line for a person.
    pub sample: String,
    /// When it was evaluated.
    pub day: Date,
    /// The target that it was evaluated for.
    pub target: Rate,
    /// What it says of every threshold.
    pub sequence: Sequence,
}

/// A thresholds file that cannot be meant, with the line of the mistake.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct EvidenceError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, and what to do.
    pub what: String,
}

/// The only format so far.
const FORMAT: u32 = 1;

/// The bounds in a file are rounded up at the sixth digit.
const ROUNDED: f64 = 2e-6;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: Spanned<u32>,
    #[serde(default)]
    model: Option<Spanned<String>>,
    #[serde(default)]
    form: Option<Spanned<String>>,
    #[serde(default)]
    version: Option<Spanned<u32>>,
    #[serde(default)]
    kind: Vec<Spanned<KindFile>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KindFile {
    kind: Spanned<String>,
    sample: String,
    day: Spanned<String>,
    of: u64,
    target: Spanned<f64>,
    confidence: Spanned<f64>,
    #[serde(default)]
    threshold: Option<Spanned<f64>>,
    /// Threshold, accepted, wrong, bound.
    tested: Vec<Spanned<(f64, u64, u64, f64)>>,
}

impl Evidence {
    /// What ships with the program's network.
    pub fn embedded() -> Self {
        // The file is part of the program and held to its parser by a test.
        Self::parse(include_str!("../../models/thresholds.toml"))
            .expect("the embedded thresholds are well formed")
    }

    /// Takes a file apart.
    pub fn parse(text: &str) -> Result<Self, EvidenceError> {
        let at = |span: Range<usize>, what: String| EvidenceError {
            line: text.get(..span.start).unwrap_or(text).matches('\n').count() + 1,
            what,
        };
        let file: File = toml::from_str(text)
            .map_err(|error| at(error.span().unwrap_or_default(), error.message().to_owned()))?;
        if *file.format.get_ref() != FORMAT {
            let what = format!(
                "format {} is not known; it is {FORMAT}",
                file.format.get_ref()
            );
            return Err(at(file.format.span(), what));
        }
        let model = file.model.map(|model| {
            let digest = model.get_ref().parse();
            digest.map_err(|error| at(model.span(), format!("model: {error}")))
        });
        let model = model.transpose()?;
        let form = match (file.form, file.version) {
            (Some(id), Some(version)) => Some(FormVersion {
                id: id.into_inner(),
                version: version.into_inner(),
            }),
            (None, None) => None,
            (Some(form), None) => return Err(at(form.span(), "form needs its version".into())),
            (None, Some(version)) => {
                return Err(at(version.span(), "version needs its form".into()));
            }
        };
        let mut kinds: Vec<OfKind> = Vec::new();
        for kind in &file.kind {
            if model.is_none() {
                return Err(at(
                    kind.span(),
                    "a kind needs the model whose readings were checked: add model".into(),
                ));
            }
            let span = kind.get_ref().kind.span();
            let kind = of_kind(kind.get_ref()).map_err(|(span, what)| at(span, what))?;
            if kinds.iter().any(|other| other.kind == kind.kind) {
                return Err(at(span, format!("{} is there twice", kind.kind.name())));
            }
            kinds.push(kind);
        }
        Ok(Self {
            model,
            form,
            kinds,
            digest: Digest::of(text.as_bytes()),
        })
    }

    /// What was checked of a kind.
    pub fn of_kind(&self, kind: FieldKind) -> Option<&OfKind> {
        self.kinds.iter().find(|of| of.kind == kind)
    }

    /// Whether it is of this form in this version, and of no other.
    pub fn is_of(&self, form: &str, version: u32) -> bool {
        let own = self.form.as_ref();
        own.is_some_and(|own| own.id == form && own.version == version)
    }

    /// A file that says what was checked, with a head of comments.
    pub fn written(
        head: &str,
        model: Digest,
        form: Option<&FormVersion>,
        kinds: &[OfKind],
    ) -> String {
        let mut text = String::new();
        for line in head.lines() {
            text.push_str(format!("# {line}").trim_end());
            text.push('\n');
        }
        // Writing to a String cannot fail.
        let _ = writeln!(text, "format = {FORMAT}\nmodel = \"{model}\"");
        if let Some(FormVersion { id, version }) = form {
            let _ = writeln!(text, "form = {}\nversion = {version}", quoted(id));
        }
        for kind in kinds {
            let _ = write!(text, "\n{kind}");
        }
        text
    }
}

impl fmt::Display for FormVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} version {}", self.id, self.version)
    }
}

impl fmt::Display for OfKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let confidence = confidence();
        writeln!(f, "[[kind]]\nkind = \"{}\"", self.kind.name())?;
        writeln!(
            f,
            "sample = {}\nday = \"{}\"",
            quoted(&self.sample),
            self.day
        )?;
        writeln!(
            f,
            "of = {}\ntarget = {:?}",
            self.sequence.of,
            self.target.get()
        )?;
        writeln!(f, "confidence = {:?}", confidence.get())?;
        if let Ok(certified) = self.sequence.certify(self.target, confidence) {
            writeln!(f, "threshold = {:?}", certified.tested.threshold.get())?;
        }
        writeln!(
            f,
            "# threshold, accepted, wrong, at most wrong in truth\ntested = ["
        )?;
        for Tested {
            threshold,
            accepted,
        } in &self.sequence.tested
        {
            let bound = (accepted.at_most(confidence) * 1e6).ceil() / 1e6;
            let Counted { of, wrong } = accepted;
            writeln!(f, "    [{:?}, {of}, {wrong}, {bound:.6}],", threshold.get())?;
        }
        writeln!(f, "]")
    }
}

/// A string as TOML takes it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// Where in the file something is wrong, and what.
type Wrong = (Range<usize>, String);

fn of_kind(file: &KindFile) -> Result<OfKind, Wrong> {
    let name = file.kind.get_ref();
    let kind = FieldKind::from_name(name)
        .ok_or_else(|| (file.kind.span(), format!("'{name}' is no kind of field")))?;
    let day = file.day.get_ref().parse();
    let day = day.map_err(|_| {
        (
            file.day.span(),
            "a day is written \"2026-11-22\"".to_owned(),
        )
    })?;
    let sequence = Sequence {
        of: file.of,
        tested: tested(file)?,
    };
    let target = file.target.get_ref();
    let target = Rate::new(*target).ok_or_else(|| {
        (
            file.target.span(),
            format!("{target} is no share: it is 0 to 1"),
        )
    })?;
    if *file.confidence.get_ref() != confidence().get() {
        let what = format!("the confidence is always {}", confidence().get());
        return Err((file.confidence.span(), what));
    }
    let proven = sequence.certify(target, confidence()).ok();
    let proven = proven.map(|proven| proven.tested.threshold.get());
    let said = file.threshold.as_ref().map(|said| *said.get_ref());
    if said != proven {
        let span = file
            .threshold
            .as_ref()
            .map_or(file.kind.span(), Spanned::span);
        let what = match proven {
            Some(proven) => format!("what was tested gives the threshold {proven}"),
            None => "what was tested gives no threshold for this target".to_owned(),
        };
        return Err((span, what));
    }
    Ok(OfKind {
        kind,
        sample: file.sample.clone(),
        day,
        target,
        sequence,
    })
}

/// The walk: every threshold of the program in its order, counts that grow, bounds that are
/// right.
fn tested(file: &KindFile) -> Result<Vec<Tested>, Wrong> {
    let mut tested: Vec<Tested> = Vec::with_capacity(file.tested.len());
    for (at, row) in file.tested.iter().enumerate() {
        let wrong = |what: String| Err((row.span(), what));
        let (threshold, of, errors, bound) = *row.get_ref();
        if THRESHOLDS.get(at) != Some(&threshold) {
            let what = "the thresholds that are tested are fixed; write the file with `postroom forms certify`";
            return wrong(what.to_owned());
        }
        let accepted = Counted { of, wrong: errors };
        let before = tested
            .last()
            .map_or(Counted::default(), |last| last.accepted);
        let more = of
            .checked_sub(before.of)
            .zip(errors.checked_sub(before.wrong));
        if of > file.of || more.is_none_or(|(more, wrong)| wrong > more) {
            return wrong("more are accepted than there are, or fewer than by a stricter threshold, or more are wrong than were added".to_owned());
        }
        let right = accepted.at_most(confidence());
        if (bound - right).abs() > ROUNDED {
            return wrong(format!("{errors} of {of} are at most {right:.6} wrong"));
        }
        tested.push(Tested {
            threshold: Probability::clamped(threshold),
            accepted,
        });
    }
    if tested.len() < THRESHOLDS.len() {
        return Err((
            file.kind.span(),
            format!("all {} thresholds must be there", THRESHOLDS.len()),
        ));
    }
    Ok(tested)
}

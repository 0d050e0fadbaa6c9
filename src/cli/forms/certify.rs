//! `postroom forms certify`: from cards that people checked to thresholds that the next run
//! goes by.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context as _, Result};
use clap::Args;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::shelf::Found;
use crate::acceptance::{Evidence, FormVersion, OfKind, Targets, confidence, percent};
use crate::cli::exit::{Exit, Misused};
use crate::cli::output::{say, say_json, store_flag, tell};
use crate::cli::table::Table;
use crate::cli::{Opened, Place};
use crate::domain::form::FieldKind;
use crate::domain::guarantee::{Rate, Sequence, THRESHOLDS, Unproven};
use crate::domain::identity::Digest;
use crate::engines;
use crate::export::whole::WholeFile;
use crate::store::quality::Checked;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom forms certify loyalty-a5
  postroom forms certify loyalty-a5@2 --target postcode=0.001 \\
      --out thresholds.toml

The sample is every field with writing in it of the cards that the lot fell on ([review] blind), as the \
network that this program has read them: those that were accepted were keyed again by somebody \
who did not see the value, those in review were decided. One that still waits for a person counts as \
wrong. Cards that are in review without being drawn are no part of it: they are the hard ones.

The file is written to the folder that a run looks into ([evidence] dir, else `evidence` in \
the store), in place of the one of the same form and version that lies there. docs/review.md \
has the method.

Ends with 0, whatever is proven; with 2 when there is no such form or store, with 3 when the form \
cannot be used, with 4 when the file cannot be written, with 5 when the store failed.")]
pub(super) struct CertifyArguments {
    /// The form's id (its newest version, or ID@VERSION), or a form file
    form: String,
    /// The file to write [default: where a run finds it]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// How many of the accepted may be wrong, as postcode=0.002, in place of the
    /// configuration's `accept`, which a run goes by
    #[arg(long, value_name = "KIND=RATE")]
    target: Vec<Target>,
    /// Folder of form files, in place of forms.dir
    #[arg(long, value_name = "DIR")]
    forms: Option<PathBuf>,
}

/// One `--target`.
#[derive(Debug, Clone)]
struct Target(FieldKind, Rate);

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, rate) = text.split_once('=').ok_or("write it as postcode=0.002")?;
        let kind = FieldKind::from_name(kind.trim())
            .filter(|kind| *kind != FieldKind::FreeText)
            .ok_or_else(|| format!("'{kind}' is no kind of field that can be accepted"))?;
        let rate = rate.trim().parse().ok().and_then(Rate::new);
        let rate = rate.ok_or("a rate is a number from 0 to 1, as 0.002 for 0.2 %")?;
        Ok(Self(kind, rate))
    }
}

pub(super) fn certify(place: &Place, arguments: &CertifyArguments) -> Result<Exit> {
    let found = Found::named(&arguments.form, place, arguments.forms.as_deref())?;
    let form = FormVersion {
        id: found.source.form.id.clone(),
        version: found.source.form.version,
    };
    let network = engines::handprint_digest();
    let opened = Opened::at(place)?;
    let path = match &arguments.out {
        Some(path) => path.clone(),
        None => of_a_run(&opened, &form)?,
    };
    let mut targets = opened.settings.config.targets;
    for Target(kind, rate) in &arguments.target {
        targets.set(*kind, *rate);
    }
    let checked = opened.wait(opened.store.checked(&form.id, form.version, network))?;
    let certified = Certificate::of(form, &checked, &targets, opened.settings.today());
    if !certified.kinds.is_empty() {
        write(&path, &certified.file(network))?;
    }
    if place.json {
        say_json(&certified.json(&path))?;
        return Ok(Exit::Done);
    }
    say(&certified.text())?;
    if certified.kinds.is_empty() {
        tell!(
            "Nothing is written. Drawn cards are in the list of {}",
            review(place)
        );
    } else {
        tell!(
            "Written to {}; {}",
            path.display(),
            match &arguments.out {
                None => "the next run goes by it",
                Some(_) => "a run goes by it when it lies in its folder of evidence",
            }
        );
    }
    if certified.waiting() > 0 {
        tell!(
            "What waits counts as wrong; settle it and certify again: {}",
            review(place)
        );
    }
    Ok(Exit::Done)
}

fn review(place: &Place) -> String {
    format!("postroom review list{}", store_flag(place))
}

/// Where a run finds the thresholds of a form.
fn of_a_run(opened: &Opened, FormVersion { id, version }: &FormVersion) -> Result<PathBuf> {
    let folder = opened.settings.evidence_folder().ok_or_else(|| {
        Misused(
            "--store is a database URL: say with [evidence] dir in the configuration where \
             thresholds lie, or name a file with --out"
                .to_owned(),
        )
    })?;
    Ok(folder.join(format!("{id}-{version}.toml")))
}

fn write(path: &Path, text: &str) -> Result<()> {
    use std::io::Write as _;
    let failed = || format!("{}: cannot be written", path.display());
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(failed)?;
    }
    let mut file = WholeFile::begin(path)?;
    file.write_all(text.as_bytes()).with_context(failed)?;
    Ok(file.finish()?)
}

/// What the checked cards of a form prove.
struct Certificate {
    form: FormVersion,
    /// Each kind with how many of its sample still wait for a person.
    kinds: Vec<(OfKind, u64)>,
}

impl Certificate {
    fn of(form: FormVersion, checked: &[Checked], targets: &Targets, day: Date) -> Self {
        let kinds = FieldKind::ALL
            .into_iter()
            .filter(|kind| *kind != FieldKind::FreeText);
        let kinds = kinds.filter_map(|kind| {
            let of_kind: Vec<&Checked> = checked.iter().filter(|one| one.kind == kind).collect();
            let waiting = of_kind.iter().filter(|one| one.right.is_none()).count() as u64;
            let sample = of_kind.iter();
            let sample = sample.map(|one| (one.probability, one.right.unwrap_or(false)));
            let sequence = Sequence::of(&sample.collect::<Vec<_>>());
            let of_kind = OfKind {
                kind,
                sample: format!(
                    "cards of {form} that lots were drawn for, keyed again blind or decided in review"
                ),
                day,
                target: targets.of(kind),
                sequence,
            };
            (of_kind.sequence.of > 0).then_some((of_kind, waiting))
        });
        Self {
            kinds: kinds.collect(),
            form,
        }
    }

    fn waiting(&self) -> u64 {
        self.kinds.iter().map(|(_, waiting)| waiting).sum()
    }

    fn file(&self, network: Digest) -> String {
        let head = format!(
            "What the checked cards of {} prove, by `postroom forms certify`.",
            self.form
        );
        let kinds: Vec<OfKind> = self.kinds.iter().map(|(of, _)| of.clone()).collect();
        Evidence::written(&head, network, Some(&self.form), &kinds)
    }

    fn text(&self) -> String {
        if self.kinds.is_empty() {
            return format!(
                "{}: no drawn card with a reading of this program's network is filed.\n",
                self.form
            );
        }
        let header = [
            "field", "sample", "waiting", "target", "accepted", "wrong", "at most", "from",
        ];
        let mut table = Table::new(header)
            .numbers(&[1, 2, 3, 4, 5, 6])
            .yielding(&[7])
            .indented(2)
            .wrapping();
        for (of, waiting) in &self.kinds {
            let (counts, from) = told(of);
            let [accepted, wrong, bound] = counts;
            table.row([
                of.kind.name().to_owned(),
                of.sequence.of.to_string(),
                waiting.to_string(),
                percent(of.target.get()),
                accepted,
                wrong,
                bound,
                from,
            ]);
        }
        format!("{}\n{}", self.form, table.text())
    }

    fn json(&self, path: &Path) -> Value {
        let kinds = self.kinds.iter().map(|(of, waiting)| {
            let proven = of.sequence.certify(of.target, confidence());
            let missing = match proven {
                Err(Unproven::TooFew { missing }) => Some(missing),
                Err(Unproven::TooWrong { .. }) | Ok(_) => None,
            };
            let proven = proven.ok();
            json!({
                "kind": of.kind.name(),
                "sample": of.sequence.of,
                "waiting": waiting,
                "target": of.target.get(),
                "threshold": proven.map(|proven| proven.tested.threshold.get()),
                "accepted": proven.map(|proven| proven.tested.accepted.of),
                "wrong": proven.map(|proven| proven.tested.accepted.wrong),
                "bound": proven.map(|proven| proven.bound),
                "missing": missing,
            })
        });
        let file = (!self.kinds.is_empty()).then(|| path.display().to_string());
        json!({
            "form": self.form.id,
            "version": self.form.version,
            "file": file,
            "kinds": kinds.collect::<Value>(),
        })
    }
}

/// Accepted, wrong and bound as cells, and from which probability on a field is accepted, or why from
/// none.
fn told(of: &OfKind) -> ([String; 3], String) {
    let dash = || "-".to_owned();
    match of.sequence.certify(of.target, confidence()) {
        Ok(certified) => {
            let accepted = certified.tested.accepted;
            let cells = [
                accepted.of.to_string(),
                accepted.wrong.to_string(),
                percent(certified.bound),
            ];
            (cells, certified.tested.threshold.get().to_string())
        }
        Err(Unproven::TooFew { missing }) => (
            [dash(), dash(), dash()],
            format!("needs at least {missing} more"),
        ),
        Err(Unproven::TooWrong { tested, bound }) => (
            [
                tested.accepted.of.to_string(),
                tested.accepted.wrong.to_string(),
                percent(bound),
            ],
            match tested.threshold.get() {
                first if first == THRESHOLDS[0] => format!("too many wrong, even from {first} on"),
                other => format!("too many wrong from {other} on, and too few before"),
            },
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::table::WIDTH;
    use crate::domain::confidence::Probability;

    fn readings(kind: FieldKind, sure: f64, right: Option<bool>, of: usize) -> Vec<Checked> {
        let one = Checked {
            kind,
            probability: Probability::clamped(sure),
            right,
        };
        vec![one; of]
    }

    fn certificate() -> Certificate {
        let form = FormVersion {
            id: "loyalty-a5".to_owned(),
            version: 2,
        };
        let checked = [
            readings(FieldKind::Postcode, 0.999, Some(true), 2_000),
            readings(FieldKind::Postcode, 0.6, Some(false), 9),
            readings(FieldKind::Surname, 0.99, Some(true), 500),
            readings(FieldKind::Town, 0.9999, Some(true), 1_000),
            // They wait, and count as wrong.
            readings(FieldKind::Town, 0.9999, None, 20),
            readings(FieldKind::FreeText, 1.0, Some(true), 9_000),
        ];
        let day = jiff::civil::date(2026, 11, 29);
        Certificate::of(form, &checked.concat(), &Targets::default(), day)
    }

    #[test]
    fn a_kind_is_proven_or_says_what_it_lacks() {
        let certificate = certificate();
        let text = certificate.text();
        println!("{text}");
        assert!(
            text.lines().all(|line| line.chars().count() <= WIDTH),
            "{text}"
        );
        let line = |kind: &str| {
            text.lines()
                .find(|line| line.trim_start().starts_with(kind))
                .unwrap()
        };
        assert!(line("postcode").ends_with("0.15 %  0.7"), "{text}");
        assert!(line("surname").contains("needs at least 98 more"), "{text}");
        assert!(
            line("town").contains("too many wrong, even from 0.9999 on"),
            "{text}"
        );
        assert!(!text.contains("free_text"));
        assert_eq!(certificate.waiting(), 20);
        let json = certificate.json(Path::new("x.toml"));
        assert_eq!(json["kinds"][0]["missing"], 98);
        assert_eq!(json["kinds"][2]["threshold"], 0.7);
    }

    #[test]
    fn its_file_is_one_that_a_run_goes_by() {
        let certificate = certificate();
        let network = Digest::of(b"a network");
        let file = Evidence::parse(&certificate.file(network)).unwrap();
        assert!(file.is_of("loyalty-a5", 2) && file.model == Some(network));
        let kinds: Vec<OfKind> = certificate.kinds.into_iter().map(|(of, _)| of).collect();
        assert_eq!(file.kinds, kinds);
    }

    #[test]
    fn a_target_is_a_kind_and_a_share() {
        let Target(kind, rate) = "postcode=0.001".parse().unwrap();
        assert_eq!((kind, rate.get()), (FieldKind::Postcode, 0.001));
        for odd in [
            "postcode",
            "post=0.1",
            "free_text=0.1",
            "town=1.5",
            "town=x",
        ] {
            assert!(odd.parse::<Target>().is_err(), "{odd}");
        }
    }
}

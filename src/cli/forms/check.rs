//! `postroom forms check`: what a card designer should know before ten thousand are
//! printed.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use super::near_print::near_print;
use super::shelf::{self, Found};
use crate::cli::Place;
use crate::cli::exit::Exit;
use crate::cli::output::{count, plain, say, say_json};
use crate::cli::table::{WIDTH, wrapped};
use crate::domain::form::Form;
use crate::forms::{self, Advice, FormError, Weight};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom forms check our-card.toml
  postroom forms check forms/*.toml --json | jq '.forms[].advice[].text'

Ends with 0 when there is nothing to say, with 1 when there is advice, with 2 when there is no such \
form, with 3 when a form cannot be used: mistakes in the file, or a consent that is none.")]
pub(super) struct CheckArguments {
    /// Form files, or ids of forms (`forms list`)
    #[arg(value_name = "FORM", required = true)]
    forms: Vec<String>,
    /// Folder of form files, in place of forms.dir
    #[arg(long = "forms", value_name = "DIR")]
    folder: Option<PathBuf>,
}

/// What there is to say of a form.
struct Checked {
    name: String,
    said: Result<Vec<Said>, FormError>,
}

/// A piece of advice, with the line of what it is about.
struct Said {
    line: Option<usize>,
    advice: Advice,
}

pub(super) fn check(place: &Place, arguments: &CheckArguments) -> Result<Exit> {
    let folder = arguments.folder.as_deref();
    let checked = arguments.forms.iter();
    let checked = checked.map(|typed| Checked::of(typed, place, folder));
    let checked = checked.collect::<Result<Vec<_>>>()?;
    if place.json {
        let forms: Vec<Value> = checked.iter().map(Checked::json).collect();
        say_json(&json!({ "forms": forms }))?;
    } else {
        say(&checked.iter().map(Checked::text).collect::<String>())?;
    }
    let worst = checked.iter().map(Checked::exit);
    Ok(worst.max_by_key(|exit| *exit as u8).unwrap_or(Exit::Done))
}

impl Checked {
    fn of(typed: &str, place: &Place, folder: Option<&Path>) -> Result<Self> {
        let said = if let Some(path) = shelf::path(typed)? {
            let text = shelf::text(path)?;
            forms::parse(&text).map(|form| said(&form, &text))
        } else {
            let found = Found::named(typed, place, folder)?;
            Ok(said(&found.source.form, &found.source.text))
        };
        Ok(Self {
            name: typed.to_owned(),
            said,
        })
    }

    fn exit(&self) -> Exit {
        match &self.said {
            Err(_) => Exit::Engine,
            Ok(advice) if advice.iter().any(|one| one.advice.weight == Weight::Error) => {
                Exit::Engine
            }
            Ok(advice) if advice.is_empty() => Exit::Done,
            Ok(_) => Exit::Look,
        }
    }

    fn text(&self) -> String {
        let name = plain(&self.name);
        match &self.said {
            Err(FormError { mistakes }) => {
                let found = count(mistakes.len(), "mistake", "mistakes");
                let lines = mistakes.iter();
                let lines = lines.map(|one| hanging(&format!("  {}", plain(&one.to_string()))));
                format!("{name}: {found}\n{}", lines.collect::<String>())
            }
            Ok(advice) if advice.is_empty() => format!("{name}: nothing to mend\n"),
            Ok(advice) => {
                let found = counted(advice);
                let lines = advice.iter().map(|one| {
                    let line = one.line.map(|line| format!("line {line}: "));
                    hanging(&format!(
                        "  {}: {}{}: {}",
                        word(one.advice.weight),
                        line.unwrap_or_default(),
                        plain(&one.advice.place),
                        plain(&one.advice.text)
                    ))
                });
                format!("{name}: {found}\n{}", lines.collect::<String>())
            }
        }
    }

    fn json(&self) -> Value {
        let advice = self.said.as_ref().map_or(&[][..], Vec::as_slice);
        let mistakes = self.said.as_ref().err();
        let mistakes = mistakes.map_or(&[][..], |error| error.mistakes.as_slice());
        json!({
            "form": self.name,
            "usable": self.exit() != Exit::Engine,
            "mistakes": mistakes.iter().map(|one| json!({
                "line": one.line,
                "what": one.what,
            })).collect::<Vec<_>>(),
            "advice": advice.iter().map(|one| json!({
                "weight": word(one.advice.weight),
                "line": one.line,
                "place": one.advice.place,
                "text": one.advice.text,
            })).collect::<Vec<_>>(),
        })
    }
}

/// Errors first.
fn said(form: &Form, text: &str) -> Vec<Said> {
    let advice = forms::lint(form).into_iter().chain(near_print(form));
    let said = advice.map(|advice| Said {
        line: forms::line_of(text, &advice),
        advice,
    });
    said.collect()
}

/// "1 error, 2 pieces of advice"
fn counted(said: &[Said]) -> String {
    let is_error = |one: &&Said| one.advice.weight == Weight::Error;
    let errors = said.iter().filter(is_error).count();
    let advice = said.len() - errors;
    let errors = (errors > 0).then(|| count(errors, "error", "errors"));
    let advice = (advice > 0).then(|| count(advice, "piece of advice", "pieces of advice"));
    let counts: Vec<String> = errors.into_iter().chain(advice).collect();
    counts.join(", ")
}

/// The text in lines, the later ones further in.
fn hanging(text: &str) -> String {
    let indent = text.len() - text.trim_start().len();
    let lines = wrapped(text.trim_start(), WIDTH - indent - 4);
    let mut laid = String::new();
    for (at, line) in lines.iter().enumerate() {
        let indent = if at == 0 { indent } else { indent + 4 };
        laid.push_str(&format!("{:indent$}{line}\n", ""));
    }
    laid
}

const fn word(weight: Weight) -> &'static str {
    match weight {
        Weight::Error => "error",
        Weight::Warning => "warning",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_the_manual_leaves_nothing_to_advise() {
        let page = include_str!("../../../docs/forms.md");
        let (_, form) = page.split_once("## A whole form\n\n```toml\n").unwrap();
        let (text, _) = form.split_once("```").unwrap();
        let said = said(&forms::parse(text).unwrap(), text);
        let said: Vec<Advice> = said.into_iter().map(|one| one.advice).collect();
        assert_eq!(said, []);
    }

    #[test]
    fn errors_are_no_advice() {
        let said = |weights: &[Weight]| -> Vec<Said> {
            let advice = |weight: &Weight| Advice {
                weight: *weight,
                place: String::new(),
                text: String::new(),
            };
            let advice = weights.iter().map(advice);
            advice.map(|advice| Said { line: None, advice }).collect()
        };
        let (error, warning) = (Weight::Error, Weight::Warning);
        for (weights, text) in [
            (
                &[error, warning, warning][..],
                "1 error, 2 pieces of advice",
            ),
            (&[error, error], "2 errors"),
            (&[warning], "1 piece of advice"),
        ] {
            assert_eq!(counted(&said(weights)), text);
        }
    }
}

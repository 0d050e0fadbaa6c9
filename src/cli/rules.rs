//! `postroom rules`: whether the rules can be used, and what they make of a text.

use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::Place;
use super::exit::Exit;
use super::output::{count, plain, say, say_json};
use super::settings::Settings;
use super::table::Table;
use crate::domain::case::Judgement;
use crate::rules::{Classifier, Facts, Opinion, Rules, hundredths};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom rules check
  postroom rules explain letter.txt
  postroom rules explain - --subject \"My order\" --json < mail.txt

The rules are those of postroom.toml ([rules] file and classifier), else those in the program; \
docs/rules.md tells how they are written and how a classifier is trained.")]
pub(super) struct RulesArguments {
    #[command(subcommand)]
    command: RulesCommand,
}

#[derive(Debug, Subcommand)]
enum RulesCommand {
    /// Whether the rules, and the classifier that helps them, can be used
    #[command(after_help = "\
Examples:
  postroom rules check
  postroom rules check --config tried.toml --json")]
    Check,
    /// What the rules, and the classifier, make of a text, and why
    Explain(ExplainArguments),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom rules explain letter.txt
  postroom rules explain - --subject \"My order\" --json < mail.txt")]
struct ExplainArguments {
    /// A file of plain text, or - for what is typed
    file: String,
    /// Its subject line, where that stands apart from the text, as in an e-mail
    #[arg(long, value_name = "TEXT")]
    subject: Option<String>,
    /// When it came in [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    received: Option<Date>,
}

pub(super) fn rules(place: &Place, arguments: &RulesArguments) -> Result<Exit> {
    let settings = Settings::settle(place)?;
    let rules = settings.rules()?;
    match &arguments.command {
        RulesCommand::Check => check(place, &settings, &rules),
        RulesCommand::Explain(explained) => explain(place, &settings, &rules, explained),
    }
}

fn check(place: &Place, settings: &Settings, rules: &Rules) -> Result<Exit> {
    let topics: Vec<&str> = rules.topics().collect();
    let warnings: Vec<String> = rules.warnings().iter().map(ToString::to_string).collect();
    if place.json {
        let warnings: Vec<Value> = warnings.into_iter().map(Value::from).collect();
        say_json(&json!({
            "rules": rules.digest().to_string(),
            "topics": topics,
            "warnings": warnings,
            "classifier": rules.classifier().map(classifier_json),
        }))?;
        return Ok(Exit::Done);
    }
    let named = |path: Option<&Path>, none: &str| {
        path.map_or_else(|| none.to_owned(), |path| plain(&path.to_string_lossy()))
    };
    let of = named(settings.config.rules.as_deref(), "the rules in the program");
    let number = count(topics.len(), "topic", "topics");
    say(&format!("{of}: {number}: {}\n", plain(&topics.join(", "))))?;
    for warning in &warnings {
        say(&format!("  {}\n", plain(warning)))?;
    }
    let of = named(settings.config.classifier.as_deref(), "");
    match rules.classifier() {
        Some(classifier) => say(&format!("{of}: {}\n", in_words(classifier)))?,
        None => say("no classifier: the rules decide topics alone\n")?,
    }
    Ok(Exit::Done)
}

fn in_words(classifier: &Classifier) -> String {
    let topics: Vec<&str> = classifier.topics().collect();
    format!(
        "a classifier ({}) of {} by {}, sure from {} on",
        classifier.short_name(),
        plain(&topics.join(", ")),
        count(classifier.size(), "word or pair", "words and pairs"),
        hundredths(classifier.threshold())
    )
}

fn classifier_json(classifier: &Classifier) -> Value {
    json!({
        "digest": classifier.digest().to_string(),
        "topics": classifier.topics().collect::<Vec<_>>(),
        "terms": classifier.size(),
        "threshold": classifier.threshold().get(),
    })
}

fn explain(
    place: &Place,
    settings: &Settings,
    rules: &Rules,
    arguments: &ExplainArguments,
) -> Result<Exit> {
    let text = text_of(&arguments.file)?;
    let facts = Facts {
        text: &text,
        addressee: None,
        salutation: None,
        subject: arguments.subject.as_deref(),
        member_tier: None,
        received: arguments.received.unwrap_or_else(|| settings.today()),
    };
    let judged = rules.judge(&facts);
    let opinion = rules.second_opinion(&facts);
    if place.json {
        let mut told = judgement_json(&judged);
        told["classifier"] = opinion.map_or(Value::Null, |opinion| opinion_json(&opinion));
        say_json(&told)?;
        return Ok(Exit::Done);
    }
    let mut table = Table::new(["of", "choice", "why"])
        .yielding(&[2])
        .wrapping();
    for (what, choice, why) in rows(&judged) {
        table.row([what.to_owned(), choice, why.to_owned()]);
    }
    say(&table.text())?;
    if rules.classifier().is_some() {
        say(&format!("\n{}\n", spoken(opinion.as_ref())))?;
    }
    Ok(Exit::Done)
}

/// Topics that are shown of what a classifier ranks.
const SHOWN: usize = 3;

fn spoken(opinion: Option<&Opinion<'_>>) -> String {
    let Some(opinion) = opinion else {
        return "The classifier knows too few of these words to say anything.".to_owned();
    };
    let ranked = opinion.ranked.iter().take(SHOWN);
    let ranked: Vec<String> = ranked
        .map(|(topic, likely)| format!("{} {}", plain(topic), hundredths(*likely)))
        .collect();
    let sure = match opinion.sure {
        true => "and is sure enough to be heard where phrases leave the topic open",
        false => "and is not sure enough to be heard",
    };
    format!("The classifier says {} {sure}.", ranked.join(", "))
}

fn opinion_json(opinion: &Opinion<'_>) -> Value {
    let ranked = opinion.ranked.iter();
    let ranked: Vec<Value> = ranked
        .map(|(topic, likely)| json!({ "topic": topic, "probability": likely.get() }))
        .collect();
    json!({ "sure": opinion.sure, "ranked": ranked })
}

fn rows(judged: &Judgement) -> [(&'static str, String, &str); 4] {
    let (topic, priority) = (&judged.topic, &judged.priority);
    let (team, deadline) = (&judged.team, &judged.deadline);
    [
        ("topic", topic.choice.clone(), &topic.why),
        ("priority", priority.choice.to_string(), &priority.why),
        ("team", team.choice.clone(), &team.why),
        ("deadline", deadline.choice.to_string(), &deadline.why),
    ]
}

fn judgement_json(judged: &Judgement) -> Value {
    let told = rows(judged).map(|(what, choice, why)| {
        let told = json!({ "choice": choice, "why": why });
        (what.to_owned(), told)
    });
    Value::Object(told.into_iter().collect())
}

/// A text from a file or from standard input; what is not UTF-8 in it is replaced.
fn text_of(file: &str) -> Result<String> {
    let mut bytes = Vec::new();
    if file == "-" {
        let read = std::io::stdin().lock().read_to_end(&mut bytes);
        read.context("what is typed cannot be read")?;
    } else {
        bytes = std::fs::read(file)
            .with_context(|| format!("{}: cannot be read; check its name", plain(file)))?;
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

//! `postroom cases retain`: puts closed cases away by the rules of retention.

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use crate::cases::retention::{self, Sweep, Swept};
use crate::cli::exit::{Exit, Misused};
use crate::cli::output::{count, plain, say, say_json, store_flag, tell};
use crate::cli::{By, Opened, Place};
use crate::domain::retention::{Pending, RetentionRule, Since};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom cases retain --dry-run
  postroom cases retain --by \"records office\"

The rules are [[retention]] in postroom.toml; docs/running.md tells how they are written. The first \
that fits a case is its rule. Only closed cases are touched, and none with an open task, something \
in review, an attachment to be read or a reply that has not left. Who writes again has an archived \
case opened again.")]
pub(in crate::cli) struct RetainArguments {
    /// Only say which, and why
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    by: By,
}

pub(in crate::cli) fn retain(place: &Place, arguments: &RetainArguments) -> Result<Exit> {
    let actor = arguments.by.actor()?;
    let opened = Opened::at(place)?;
    let rules = &opened.settings.config.retention;
    check(&opened, rules)?;
    let (today, zone) = (opened.settings.today(), &opened.settings.config.time_zone);
    let dry = arguments.dry_run;
    let swept = match dry {
        true => opened.wait(retention::plan(&opened.store, rules, today, zone))?,
        false => opened.wait(retention::sweep(&opened.store, rules, today, zone, &actor))?,
    };
    if place.json {
        say_json(&sweep_json(&swept, dry))?;
        return Ok(Exit::Done);
    }
    for found in &swept.rules {
        say(&rule_text(found))?;
    }
    tell!("{}", summary(&swept, dry, &store_flag(place)));
    Ok(Exit::Done)
}

/// There are rules, and each topic that one names is known to the rules file or on a case: a topic
/// with a slip in its name would leave its cases to a later rule.
fn check(opened: &Opened, rules: &[RetentionRule]) -> Result<()> {
    if rules.is_empty() {
        let none = "postroom.toml has no [[retention]] rule, so every closed case stays; docs/running.md \
                    tells how one is written";
        return Err(Misused(none.to_owned()).into());
    }
    let in_rules = opened.settings.rules()?;
    let on_cases = opened.wait(opened.store.topics_of_cases())?;
    let known = |topic: &str| {
        in_rules.topics().any(|known| known == topic) || on_cases.iter().any(|on| on == topic)
    };
    for rule in rules {
        if let Some(topic) = rule.topics.iter().find(|topic| !known(topic)) {
            let have: Vec<&str> = in_rules.topics().collect();
            return Err(Misused(format!(
                "[[retention]] '{}' names the topic '{topic}', which neither the rules nor any case have; \
                 the rules have {}",
                rule.name,
                have.join(", ")
            ))
            .into());
        }
    }
    Ok(())
}

fn rule_text(found: &Swept) -> String {
    let rule = &found.rule;
    let mut text = format!(
        "{}: {} {} after {}: {}",
        plain(&rule.name),
        rule.action.name(),
        rule.after,
        aged(rule.since),
        count(found.due.len(), "case", "cases")
    );
    if let Some(oldest) = found.oldest() {
        text.push_str(&format!(", the oldest of {oldest}"));
    }
    text.push('\n');
    for due in &found.due {
        let (case, topic) = (due.case, plain(&due.topic));
        text.push_str(&format!(
            "  {case}  {} {}, {topic}\n",
            rule.since.name(),
            due.since
        ));
    }
    for (case, pending) in &found.held {
        text.push_str(&format!("  {case}  stays: {}\n", names(pending).join(", ")));
    }
    text
}

const fn aged(since: Since) -> &'static str {
    match since {
        Since::Closed => "it was closed",
        Since::Received => "the last thing on it came in",
    }
}

pub(super) fn names(pending: &[Pending]) -> Vec<&'static str> {
    pending.iter().map(|pending| pending.name()).collect()
}

fn summary(swept: &Sweep, dry: bool, store: &str) -> String {
    let sum = |of: fn(&Swept) -> usize| swept.rules.iter().map(of).sum::<usize>();
    let (due, held, young) = (
        sum(|f| f.due.len()),
        sum(|f| f.held.len()),
        sum(|f| f.young),
    );
    let number = count(due, "case", "cases");
    let mut text = match dry {
        true => format!("{number} would be archived"),
        false => format!("{number} archived"),
    };
    text.push_str(&format!(
        "; {held} old enough and waiting for somebody, {young} too young, {} of no rule.",
        swept.uncovered
    ));
    if dry && due > 0 {
        text.push_str(&format!(" To do it: postroom cases retain{store}"));
    }
    text
}

fn sweep_json(swept: &Sweep, dry: bool) -> Value {
    let rule = |found: &Swept| {
        let due = found.due.iter().map(|due| {
            json!({ "case": due.case.to_string(), "topic": due.topic, "since": due.since.to_string() })
        });
        let held = found
            .held
            .iter()
            .map(|(case, pending)| json!({ "case": case.to_string(), "stays": names(pending) }));
        json!({
            "rule": found.rule.name,
            "action": found.rule.action.name(),
            "after": found.rule.after.to_string(),
            "since": found.rule.since.name(),
            "oldest": found.oldest().map(|day| day.to_string()),
            "cases": due.collect::<Vec<_>>(),
            "held": held.collect::<Vec<_>>(),
            "young": found.young,
        })
    };
    let rules: Vec<Value> = swept.rules.iter().map(rule).collect();
    json!({ "dry_run": dry, "rules": rules, "uncovered": swept.uncovered })
}

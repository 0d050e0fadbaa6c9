//! Puts away what is closed and old enough, by the rules of the configuration. Nothing that is open,
//! or that somebody still has to do something about, is touched.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::retention::{ClosedCase, Pending, RetentionAction, RetentionRule};
use crate::store::Store;
use crate::store::error::Result;
use crate::store::events::Actor;

/// What a sweep would do, or did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sweep {
    /// What each rule found, in the order of the rules.
    pub rules: Vec<Swept>,
    /// Closed cases that no rule is for.
    pub uncovered: usize,
}

/// What one rule found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Swept {
    /// The rule.
    pub rule: RetentionRule,
    /// The cases that it put away, or would.
    pub due: Vec<Due>,
    /// Cases that are old enough, and wait for somebody.
    pub held: Vec<(CaseReference, Vec<Pending>)>,
    /// Cases that are too young for it.
    pub young: usize,
}

/// A case that is old enough.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The case.
    pub case: CaseReference,
    /// What it is about.
    pub topic: String,
    /// The day that its age is counted from.
    pub since: Date,
}

impl Swept {
    /// The day from which the oldest of the cases counts.
    pub fn oldest(&self) -> Option<Date> {
        self.due.iter().map(|due| due.since).min()
    }
}

/// Looks at every closed case, and says what each rule would do.
pub async fn plan(
    store: &Store,
    rules: &[RetentionRule],
    today: Date,
    zone: &TimeZone,
) -> Result<Sweep> {
    let swept = |rule: &RetentionRule| Swept {
        rule: rule.clone(),
        due: Vec::new(),
        held: Vec::new(),
        young: 0,
    };
    let mut sweep = Sweep {
        rules: rules.iter().map(swept).collect(),
        uncovered: 0,
    };
    for case in store.closed_cases(zone).await? {
        let rule = RetentionRule::of(rules, &case);
        let found = sweep
            .rules
            .iter_mut()
            .find(|found| rule == Some(&found.rule));
        match found {
            Some(found) => found.add(case, today),
            None => sweep.uncovered += 1,
        }
    }
    Ok(sweep)
}

impl Swept {
    fn add(&mut self, case: ClosedCase, today: Date) {
        if !self.rule.is_due(&case, today) {
            self.young += 1;
        } else if !case.pending.is_empty() {
            self.held.push((case.case, case.pending));
        } else {
            self.due.push(Due {
                since: self.rule.start(&case),
                case: case.case,
                topic: case.topic,
            });
        }
    }
}

/// Does what the rules say, each case in a change of its own, and says what was done. A case that
/// somebody took up again in the meantime is left alone.
pub async fn sweep(
    store: &Store,
    rules: &[RetentionRule],
    today: Date,
    zone: &TimeZone,
    actor: &Actor,
) -> Result<Sweep> {
    let mut sweep = plan(store, rules, today, zone).await?;
    for found in &mut sweep.rules {
        let mut done = Vec::with_capacity(found.due.len());
        for due in std::mem::take(&mut found.due) {
            let mut change = store.change(actor).await?;
            let Some(now) = change.closed_case(due.case, zone).await? else {
                continue;
            };
            let rule = RetentionRule::of(rules, &now);
            let still = rule == Some(&found.rule) && found.rule.is_due(&now, today);
            if !still || !now.pending.is_empty() {
                continue;
            }
            let detail = json!({
                "rule": found.rule.name,
                "after": found.rule.after.to_string(),
                "since": found.rule.since.name(),
                "day": due.since.to_string(),
            });
            match found.rule.action {
                RetentionAction::Archive => change.archive_case(due.case, detail).await?,
            };
            change.commit().await?;
            done.push(due);
        }
        found.due = done;
    }
    Ok(sweep)
}

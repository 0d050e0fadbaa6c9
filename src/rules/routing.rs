//! Who answers, and by when.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::domain::case::{Priority, Reasoned};

use super::calendar::Calendar;
use super::urgency::Urgency;

/// For which documents a rule is meant; an empty list means all.
#[derive(Debug)]
pub(super) struct Scope {
    /// Priorities.
    pub(super) priorities: Vec<Priority>,
    /// Topics.
    pub(super) topics: Vec<String>,
}

impl Scope {
    /// Whether the rule is meant for a document of this topic and any of these priorities.
    pub(super) fn covers(&self, topic: &str, priorities: &[Priority]) -> bool {
        let priority =
            self.priorities.is_empty() || self.priorities.iter().any(|p| priorities.contains(p));
        priority && (self.topics.is_empty() || self.topics.iter().any(|t| t == topic))
    }

    /// Whether the rule is meant for every document.
    pub(super) const fn covers_all(&self) -> bool {
        self.priorities.is_empty() && self.topics.is_empty()
    }

    fn reason(&self, topic: &str, priorities: &[Priority]) -> String {
        let fired = self.priorities.iter().find(|p| priorities.contains(p));
        let priority = fired.map(|p| format!("priority {p}"));
        let topic = (!self.topics.is_empty()).then(|| format!("topic {topic}"));
        let parts: Vec<String> = [priority, topic].into_iter().flatten().collect();
        match parts.is_empty() {
            true => "everything else".to_owned(),
            false => parts.join(", "),
        }
    }
}

/// A team and what it answers.
#[derive(Debug)]
pub(super) struct TeamRule {
    /// The team.
    pub(super) team: String,
    /// What it answers.
    pub(super) scope: Scope,
}

/// How long an answer may take.
#[derive(Debug)]
pub(super) struct DeadlineRule {
    /// Its name, for reasons.
    pub(super) name: String,
    /// Working days after receipt.
    pub(super) working_days: u16,
    /// And no more calendar months after receipt than that, for deadlines of law.
    pub(super) at_most_months: Option<u8>,
    /// For which documents.
    pub(super) scope: Scope,
}

/// The team of the first rule that is meant for the document.
pub(super) fn team(rules: &[TeamRule], topic: &str, priority: Priority) -> Reasoned<String> {
    let mut rules = rules.iter();
    match rules.find(|rule| rule.scope.covers(topic, &[priority])) {
        Some(rule) => Reasoned::new(
            rule.team.clone(),
            format!(
                "rule {}: {}",
                rule.team,
                rule.scope.reason(topic, &[priority])
            ),
        ),
        None => Reasoned::new(String::new(), "no team rule"),
    }
}

/// The deadline of the first rule that is meant for the document. Any priority that
/// fired counts: a solicitor's letter about a dying person waits no longer than the
/// person's own.
pub(super) fn deadline(
    rules: &[DeadlineRule],
    calendar: &Calendar,
    topic: &str,
    urgency: &Urgency,
    received: Date,
) -> Reasoned<Date> {
    let mut rules = rules.iter();
    match rules.find(|rule| rule.scope.covers(topic, &urgency.all)) {
        Some(rule) => {
            let scope = rule.scope.reason(topic, &urgency.all);
            let (day, how) = rule.day(calendar, received);
            Reasoned::new(day, format!("rule {} ({scope}): {how}", rule.name))
        }
        None => Reasoned::new(received, "no deadline rule"),
    }
}

impl DeadlineRule {
    fn day(&self, calendar: &Calendar, received: Date) -> (Date, String) {
        let counted = calendar
            .working_days_after(received, self.working_days)
            .unwrap_or(Date::MAX);
        let mut day = counted;
        let mut how = format!(
            "{} working days after receipt on {received}",
            self.working_days
        );
        if let Some(months) = self.at_most_months {
            let limit = received.checked_add(i32::from(months).months()).ok();
            let limit = limit
                .and_then(|limit| calendar.on_or_before(limit))
                .unwrap_or(Date::MAX);
            if limit < counted {
                day = limit;
                how = format!("{how}, but no later than {months} calendar month(s) after it");
            }
        }
        let unknown: Vec<String> = calendar
            .unknown_years(received, day)
            .iter()
            .map(ToString::to_string)
            .collect();
        if !unknown.is_empty() {
            how.push_str(&format!(
                "; the rules file lists no bank holidays for {}",
                unknown.join(", ")
            ));
        }
        (day, how)
    }
}

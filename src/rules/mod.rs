//! What a document is about, how urgent it is, who answers and by when: decided by
//! rules that a person can read and change, with the reason for each choice.
//!
//! [`Rules::judge`] is pure: it reads the words, finds every configured phrase in one
//! pass (tolerant of OCR, see `slips`), and asks topics, priorities, teams and
//! deadlines in turn. Reasons name rules and configured phrases, never text off the
//! letter, because they end up in logs and exports. docs/rules.md explains the file.
//! Where a [`Classifier`] is joined to the rules it may name the topic that phrases leave
//! open (`second_opinion`); priorities are the rules' alone.

mod build;
mod calendar;
mod classifier;
mod error;
mod file;
mod lexicon;
mod memory;
mod phrase;
mod places;
mod routing;
mod second_opinion;
mod slips;
mod topic;
mod urgency;
mod words;

#[cfg(test)]
mod tests;

use jiff::civil::Date;
use regex::Regex;

use crate::domain::case::Judgement;
use crate::domain::identity::Digest;

pub use classifier::{Classifier, ClassifierError, Opinion};
pub use error::RulesError;
pub use second_opinion::hundredths;

/// The rules that come with the program.
const EMBEDDED: &str = include_str!("default.toml");

/// The rules of one file, checked and ready.
#[derive(Debug)]
pub struct Rules {
    digest: Digest,
    book: phrase::PhraseBook,
    layout: places::Layout,
    topics: topic::Topics,
    priorities: Vec<urgency::PriorityRule>,
    teams: Vec<routing::TeamRule>,
    deadlines: Vec<routing::DeadlineRule>,
    calendar: calendar::Calendar,
    references: Vec<Regex>,
    warnings: Vec<RulesError>,
    classifier: Option<Classifier>,
}

/// What is known about a document, be it a letter or an e-mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts<'a> {
    /// All lines as read, OCR errors in it, a form feed between pages.
    pub text: &'a str,
    /// To whom it is addressed: the address block's first lines, or `To` and `Cc`.
    pub addressee: Option<&'a str>,
    /// "Dear ..."
    pub salutation: Option<&'a str>,
    /// The subject line.
    pub subject: Option<&'a str>,
    /// The tier of the writer's membership, as the customer record has it.
    pub member_tier: Option<&'a str>,
    /// The day of receipt, from which deadlines count.
    pub received: Date,
}

impl Rules {
    /// The rules that come with the program.
    pub fn embedded() -> Self {
        Self::parse(EMBEDDED).expect("the embedded rules are parsed by a test")
    }

    /// The text of the embedded file, for a person to begin with.
    pub const fn embedded_text() -> &'static str {
        EMBEDDED
    }

    /// The rules of a file's text.
    ///
    /// # Errors
    /// The first mistake in the file, with its line and column.
    pub fn parse(text: &str) -> Result<Self, RulesError> {
        build::build(text)
    }

    /// The hash of the file's text, stored with every judgement.
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// The rules with a classifier to help them where their phrases leave the topic open.
    ///
    /// # Errors
    /// The classifier names a topic that the rules do not have.
    pub fn helped_by(mut self, classifier: Classifier) -> Result<Self, ClassifierError> {
        let known: Vec<&str> = self.topics().collect();
        if let Some(topic) = classifier.topics().find(|topic| !known.contains(topic)) {
            return Err(ClassifierError::UnknownTopic {
                topic: topic.to_owned(),
                known: known.join(", "),
            });
        }
        self.classifier = Some(classifier);
        Ok(self)
    }

    /// The classifier that helps, where there is one.
    pub const fn classifier(&self) -> Option<&Classifier> {
        self.classifier.as_ref()
    }

    /// What in a file of one's own is well written and does nothing. The embedded rules
    /// are ready for what comes, and warn of nothing.
    pub fn warnings(&self) -> &[RulesError] {
        if self.digest == Digest::of(EMBEDDED.as_bytes()) {
            return &[];
        }
        &self.warnings
    }

    /// Topic, priority, team and deadline of a document, each with its reason.
    pub fn judge(&self, facts: &Facts<'_>) -> Judgement {
        let mentions = self.layout.mentions(&self.book, facts);
        let urgency = urgency::urgency(&self.priorities, &self.book, &mentions);
        self.judge_as(facts, &mentions, urgency)
    }

    /// The same of what a machine wrote: nobody waits for an answer, so whatever it mentions makes
    /// nothing urgent.
    pub fn judge_automatic(&self, facts: &Facts<'_>) -> Judgement {
        let mentions = self.layout.mentions(&self.book, facts);
        self.judge_as(facts, &mentions, urgency::Urgency::of_a_machine())
    }

    fn judge_as(
        &self,
        facts: &Facts<'_>,
        mentions: &[places::Mention],
        urgency: urgency::Urgency,
    ) -> Judgement {
        let found = self.topics.choose(&self.book, &self.layout, mentions);
        let topic = match &self.classifier {
            Some(classifier) => second_opinion::heard(found, classifier, facts),
            None => found.topic,
        };
        let team = routing::team(&self.teams, &topic.choice, urgency.priority.choice);
        let deadline = routing::deadline(
            &self.deadlines,
            &self.calendar,
            &topic.choice,
            &urgency,
            facts.received,
        );
        Judgement {
            topic,
            priority: urgency.priority,
            team,
            deadline,
        }
    }

    /// What the classifier makes of a document by itself; `None` where there is none, or it knows
    /// too few of the words.
    pub fn second_opinion(&self, facts: &Facts<'_>) -> Option<Opinion<'_>> {
        let classifier = self.classifier.as_ref()?;
        classifier.opinion(&second_opinion::text(facts))
    }

    /// The working day that many working days after a day, by the file's calendar.
    pub fn working_days_after(&self, day: Date, days: u16) -> Date {
        self.calendar.working_days_after(day, days).unwrap_or(day)
    }

    /// The names of all topics, in the file's order.
    pub fn topics(&self) -> impl Iterator<Item = &str> {
        self.topics.list.iter().map(|topic| topic.name.as_str())
    }

    /// The names of all teams, in the file's order.
    pub fn teams(&self) -> impl Iterator<Item = &str> {
        self.teams.iter().map(|rule| rule.team.as_str())
    }

    /// The shapes of our references, each for a whole one.
    pub fn references(&self) -> &[Regex] {
        &self.references
    }
}

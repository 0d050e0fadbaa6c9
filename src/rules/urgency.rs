//! How urgent a document is: rules that must not miss, so one phrase is enough,
//! denied and quoted ones count, and every rule that fired is named.

use crate::domain::case::{Priority, Reasoned};

use super::phrase::{PhraseBook, PhraseId};
use super::places::{Mention, Place};

/// The most phrases that a reason names for one rule.
const NAMED_PHRASES: usize = 3;

/// One rule.
#[derive(Debug)]
pub(super) struct PriorityRule {
    /// Its name, for reasons.
    pub(super) name: String,
    /// What it gives.
    pub(super) priority: Priority,
    /// The places it looks at; all of them when empty.
    pub(super) places: Vec<Place>,
    /// One of these is enough; in order.
    pub(super) phrases: Vec<PhraseId>,
    /// A phrase that shares a word with one of these is something else; in order.
    pub(super) except: Vec<PhraseId>,
}

/// What the priority rules found.
#[derive(Debug)]
pub(super) struct Urgency {
    /// The most urgent, with every rule that fired.
    pub(super) priority: Reasoned<Priority>,
    /// Every priority that fired; `Normal` alone when none did.
    pub(super) all: Vec<Priority>,
}

impl Urgency {
    /// That of what no person wrote: the lowest.
    pub(super) fn of_a_machine() -> Self {
        Self {
            priority: Reasoned::new(
                Priority::Normal,
                "a machine wrote it, and waits for nothing",
            ),
            all: vec![Priority::Normal],
        }
    }
}

/// Judges a document by all rules.
pub(super) fn urgency(rules: &[PriorityRule], book: &PhraseBook, mentions: &[Mention]) -> Urgency {
    let mut fired: Vec<(&PriorityRule, Vec<&Mention>)> = rules
        .iter()
        .map(|rule| (rule, rule.fired_by(mentions)))
        .filter(|(_, mentions)| !mentions.is_empty())
        .collect();
    fired.sort_by_key(|(rule, _)| std::cmp::Reverse(rule.priority));
    let Some((first, _)) = fired.first() else {
        return Urgency {
            priority: Reasoned::new(Priority::Normal, "no priority rule fired"),
            all: vec![Priority::Normal],
        };
    };
    let reasons: Vec<String> = fired
        .iter()
        .map(|(rule, mentions)| rule.reason(book, mentions))
        .collect();
    Urgency {
        priority: Reasoned::new(first.priority, reasons.join("; ")),
        all: fired.iter().map(|(rule, _)| rule.priority).collect(),
    }
}

impl PriorityRule {
    /// The mentions that fire the rule, one for each phrase.
    fn fired_by<'m>(&self, mentions: &'m [Mention]) -> Vec<&'m Mention> {
        let exceptions: Vec<&Mention> = mentions
            .iter()
            .filter(|m| self.except.binary_search(&m.said.phrase).is_ok())
            .collect();
        let mut fired: Vec<&Mention> = Vec::new();
        for mention in mentions {
            let phrase = mention.said.phrase;
            if self.phrases.binary_search(&phrase).is_ok()
                && (self.places.is_empty() || self.places.contains(&mention.place))
                && !exceptions.iter().any(|e| e.overlaps(mention))
                && !fired.iter().any(|f| f.said.phrase == phrase)
            {
                fired.push(mention);
            }
        }
        fired
    }

    fn reason(&self, book: &PhraseBook, fired: &[&Mention]) -> String {
        let mut names: Vec<String> = fired
            .iter()
            .take(NAMED_PHRASES)
            .map(|mention| format!("'{}'", book.wording(&mention.said)))
            .collect();
        if fired.len() > NAMED_PHRASES {
            names.push(format!("{} more", fired.len() - NAMED_PHRASES));
        }
        format!(
            "{} by rule {}: {}",
            self.priority,
            self.name,
            names.join(", ")
        )
    }
}

//! What a document asks for, and the case that it opens or joins.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;

use super::card_draft::CardDraft;
use super::document::Legibility;
use super::field::Field;
use super::letter::LetterField;
use super::verdict::Verdict;

/// How urgent a document is, most urgent last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Priority {
    /// An ordinary letter.
    Normal,
    /// From an important customer.
    ImportantCustomer,
    /// From or about a vulnerable person.
    Vulnerable,
    /// A lawyer, a court, an ombudsman, a regulator.
    Legal,
    /// Addressed to the chief executive.
    ChiefExecutive,
}

named!(Priority {
    Normal => "normal",
    ImportantCustomer => "important_customer",
    Vulnerable => "vulnerable",
    Legal => "legal",
    ChiefExecutive => "chief_executive",
});

/// A choice made by rules, with the rule's reason for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reasoned<T> {
    /// What was chosen.
    pub choice: T,
    /// Why: the rule and the words that fired it.
    pub why: String,
}

impl<T> Reasoned<T> {
    /// A choice with its reason.
    pub fn new(choice: T, why: impl Into<String>) -> Self {
        Self {
            choice,
            why: why.into(),
        }
    }
}

/// What the rules decided about a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The topic's name, one of the rules file's.
    pub topic: Reasoned<String>,
    /// How urgent.
    pub priority: Reasoned<Priority>,
    /// The team's name, one of the rules file's.
    pub team: Reasoned<String>,
    /// The day by which the customer must have an answer.
    pub deadline: Reasoned<Date>,
}

/// Where the day of receipt came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReceiptOrigin {
    /// `--received`.
    CommandLine,
    /// The index file's column.
    Index,
    /// The day on which a message was sent.
    Message,
    /// The day of the run in the configured time zone.
    Today,
}

named!(ReceiptOrigin {
    CommandLine => "command_line",
    Index => "index",
    Message => "message",
    Today => "today",
});

/// The day on which the post came in: it starts the deadline's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// The day.
    pub day: Date,
    /// How we know.
    pub origin: ReceiptOrigin,
}

/// Days between receipt and reading that are still believed; a year of backlog. A day
/// beyond is a slip of the pen, and would start a wrong clock.
const LONGEST_BACKLOG: i32 = 366;

/// The day of receipt when post can have come in on it: not after today, and not too
/// long ago. The error says which.
pub fn receipt_in_reason(day: Date, today: Date) -> Result<Date, String> {
    if day > today {
        return Err(format!("is after today, {today}"));
    }
    let days = (today - day).get_days();
    if days > LONGEST_BACKLOG {
        return Err(format!(
            "is more than {LONGEST_BACKLOG} days before today, {today}"
        ));
    }
    Ok(day)
}

/// A document ready to be filed: everything but the case it goes to.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseDraft {
    /// The day of receipt.
    pub receipt: Receipt,
    /// The lines as read, a form feed between pages.
    pub text: String,
    /// How well it could be read.
    pub legibility: Legibility,
    /// Every field of a letter; a card has its own.
    pub fields: BTreeMap<LetterField, Field>,
    /// What was read off it where it is a card.
    pub card: Option<CardDraft>,
    /// Topic, priority, team, deadline.
    pub judgement: Judgement,
    /// Its pages that could not be read, by their number in the scan.
    pub missing_pages: Vec<u32>,
    /// Why nobody knows where it begins or ends, if so.
    pub torn: Option<String>,
}

impl CaseDraft {
    /// The verdict on each field, and on each box to tick.
    pub fn verdicts(&self) -> impl Iterator<Item = Verdict> + '_ {
        let fields = self.fields.values().map(|field| field.verdict);
        fields.chain(self.card.iter().flat_map(CardDraft::verdicts))
    }

    /// Whether a person must look: a field is doubtful, a page is missing or may
    /// be, or it cannot be read as print.
    pub fn in_review(&self) -> bool {
        self.legibility == Legibility::Unreadable
            || !self.missing_pages.is_empty()
            || self.torn.is_some()
            || self.verdicts().any(|verdict| verdict == Verdict::Review)
    }

    /// Whether it needs an answer: every letter does, and a card with a comment on it.
    pub fn needs_a_case(&self) -> bool {
        self.card.as_ref().is_none_or(CardDraft::has_comment)
    }

    /// The value of a field that was accepted.
    pub fn accepted(&self, field: LetterField) -> Option<&str> {
        let field = self.fields.get(&field)?;
        match field.verdict {
            Verdict::Accepted => field.value.as_deref(),
            _ => None,
        }
    }
}

/// Why a document lies on its case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttachedBy {
    /// It opened the case.
    Opened,
    /// It quotes the case's reference, check digits and all.
    Reference,
    /// Same postcode, house and surname as an open case, or an e-mail address of its customer.
    Customer,
    /// A message that answers one on the case, or goes on with it.
    Thread,
    /// It came with a message on the case.
    Message,
    /// A person moved it.
    Person,
}

named!(AttachedBy {
    Opened => "opened",
    Reference => "reference",
    Customer => "customer",
    Thread => "thread",
    Message => "message",
    Person => "person",
});

impl fmt::Display for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn post_comes_in_within_the_last_year() {
        let today = date(2026, 11, 22);
        for day in [today, date(2026, 1, 1), date(2025, 11, 21)] {
            assert_eq!(receipt_in_reason(day, today), Ok(day));
        }
        for day in [
            date(2026, 11, 23),
            date(9999, 12, 31),
            date(2025, 11, 20),
            date(1926, 11, 20),
            date(-9999, 1, 1),
        ] {
            assert!(receipt_in_reason(day, today).is_err(), "{day}");
        }
    }
}

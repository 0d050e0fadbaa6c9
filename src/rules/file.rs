//! The rules file as it is written: the one door between TOML and the rules.
//!
//! These types hold what the file says and where it says it; `build` turns them
//! into rules that need no further checks.

use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

/// Text with its place in the file.
pub(super) type Text = Spanned<String>;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) patterns: Patterns,
    pub(super) places: Places,
    pub(super) evidence: Evidence,
    pub(super) topic: Vec<Topic>,
    #[serde(default)]
    pub(super) priority: Vec<Priority>,
    pub(super) team: Vec<Team>,
    pub(super) deadline: Vec<Deadline>,
    pub(super) calendar: Calendar,
}

/// `[patterns]`: what our references look like.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Patterns {
    pub(super) reference: Vec<Text>,
}

/// `[places]`: the parts of a letter, and what words weigh there.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Places {
    pub(super) salutation: Vec<Text>,
    pub(super) sign_off: Vec<Text>,
    pub(super) opening_words: usize,
    pub(super) closing_words: usize,
    pub(super) weight: PlaceWeights,
}

/// `[places.weight]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlaceWeights {
    pub(super) subject: u16,
    pub(super) first_sentence: u16,
    pub(super) opening: u16,
    pub(super) closing: u16,
    pub(super) body: u16,
}

/// `[evidence]`: when a topic is firm, and what denies a phrase.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Evidence {
    pub(super) firm: i32,
    pub(super) margin: i32,
    pub(super) denied_by: Vec<Text>,
    pub(super) not_denied_by: Vec<Text>,
    pub(super) denied_within: usize,
}

/// `[[topic]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Topic {
    pub(super) name: Text,
    pub(super) why: Text,
    #[serde(default)]
    pub(super) keeps_ties: bool,
    #[serde(default)]
    pub(super) says: Vec<Says>,
}

/// `[[topic.says]]`: phrases of one weight.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Says {
    pub(super) weight: i32,
    pub(super) at_most: Option<Spanned<u16>>,
    pub(super) phrases: Vec<Text>,
}

/// `[[priority]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Priority {
    pub(super) name: Text,
    pub(super) priority: Text,
    pub(super) why: Text,
    #[serde(rename = "in", default)]
    pub(super) places: Vec<Text>,
    pub(super) phrases: Vec<Text>,
    #[serde(default)]
    pub(super) except: Vec<Text>,
}

/// `[[team]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Team {
    pub(super) name: Text,
    pub(super) why: Text,
    #[serde(default)]
    pub(super) priorities: Vec<Text>,
    #[serde(default)]
    pub(super) topics: Vec<Text>,
}

/// `[[deadline]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Deadline {
    pub(super) name: Text,
    pub(super) why: Text,
    pub(super) working_days: u16,
    pub(super) at_most_months: Option<u8>,
    #[serde(default)]
    pub(super) priorities: Vec<Text>,
    #[serde(default)]
    pub(super) topics: Vec<Text>,
}

/// `[calendar]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Calendar {
    pub(super) bank_holidays: Vec<BankHoliday>,
}

/// A line of the list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BankHoliday {
    pub(super) day: Spanned<Datetime>,
    pub(super) name: String,
}

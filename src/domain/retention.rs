//! How long what is done with is kept: rules by topic, kind and age. They decide here; nothing is
//! put away here.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::{Span, ToSpan as _};

use super::grammar::case_reference::CaseReference;

/// A rule of the configuration. The first whose topic and kinds fit a case is that case's rule, also
/// while the case is too young for it: a later rule with a shorter age never overtakes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetentionRule {
    /// Its name, for the history.
    pub name: String,
    /// The topics that it is for; none means all.
    pub topics: Vec<String>,
    /// The kinds of things that may lie on its cases; none means all.
    pub kinds: Vec<ThingKind>,
    /// How old a case must be.
    pub after: Age,
    /// From when on it ages.
    pub since: Since,
    /// What becomes of it then.
    pub action: RetentionAction,
}

/// What lies on a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ThingKind {
    /// Printed or handwritten post.
    Letter,
    /// A card or a coupon.
    Card,
    /// An e-mail.
    Email,
}

named!(ThingKind {
    Letter => "letter",
    Card => "card",
    Email => "email",
});

/// From when on a case ages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Since {
    /// From the day on which it was closed.
    Closed,
    /// From the day on which the last thing on it came in.
    Received,
}

named!(Since {
    Closed => "closed",
    Received => "received",
});

/// What becomes of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RetentionAction {
    /// It is put away, and can be looked at and opened again.
    Archive,
}

named!(RetentionAction {
    Archive => "archive",
});

/// An age by the calendar: a month is a month, however long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Age {
    count: u16,
    unit: Unit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Days,
    Months,
    Years,
}

/// No rule keeps anything longer, in years; more is a slip of the pen.
const LONGEST_YEARS: u16 = 100;

impl Age {
    /// The day on which something of that day has this age: of 29 February a year later is the 28th.
    pub fn after(self, day: Date) -> Date {
        let count = i64::from(self.count);
        let span: Span = match self.unit {
            Unit::Days => count.days(),
            Unit::Months => count.months(),
            Unit::Years => count.years(),
        };
        day.saturating_add(span)
    }
}

/// What is no age.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no age; write it like '90 days', '18 months' or '6 years', at most 100 years")]
pub struct NotAnAge(String);

impl FromStr for Age {
    type Err = NotAnAge;

    fn from_str(text: &str) -> Result<Self, NotAnAge> {
        let no = || NotAnAge(text.to_owned());
        let mut words = text.split_whitespace();
        let (Some(count), Some(unit), None) = (words.next(), words.next(), words.next()) else {
            return Err(no());
        };
        let count: u16 = count.parse().map_err(|_| no())?;
        let (unit, of_a_year) = match unit {
            "day" | "days" => (Unit::Days, 366),
            "month" | "months" => (Unit::Months, 12),
            "year" | "years" => (Unit::Years, 1),
            _ => return Err(no()),
        };
        let fits = count > 0 && count <= LONGEST_YEARS.saturating_mul(of_a_year);
        fits.then_some(Self { count, unit }).ok_or_else(no)
    }
}

impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (one, many) = match self.unit {
            Unit::Days => ("day", "days"),
            Unit::Months => ("month", "months"),
            Unit::Years => ("year", "years"),
        };
        write!(
            f,
            "{} {}",
            self.count,
            if self.count == 1 { one } else { many }
        )
    }
}

/// A closed case as the rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosedCase {
    /// The case.
    pub case: CaseReference,
    /// What it is about.
    pub topic: String,
    /// When it was closed.
    pub closed: Date,
    /// When the last thing on it came in; of a case on which nothing lies, when it was opened.
    pub received: Date,
    /// The kinds of things on it.
    pub kinds: Vec<ThingKind>,
    /// What is still to be done on it.
    pub pending: Vec<Pending>,
}

/// Why a case is not touched although it is old enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Pending {
    /// A task on it is open.
    Task,
    /// Something on it waits for a person in review, or to be keyed again.
    Review,
    /// An attachment on it waits to be read.
    Attachment,
    /// A reply on it waits in the outbox, or has failed.
    Reply,
}

named!(Pending {
    Task => "open task",
    Review => "in review",
    Attachment => "attachment to be read",
    Reply => "reply not sent",
});

impl RetentionRule {
    /// The rule of a case: the first whose topic and kinds fit.
    pub fn of<'a>(rules: &'a [Self], case: &ClosedCase) -> Option<&'a Self> {
        rules.iter().find(|rule| rule.fits(case))
    }

    fn fits(&self, case: &ClosedCase) -> bool {
        let topic = self.topics.is_empty() || self.topics.contains(&case.topic);
        let all_of = |kinds: &[ThingKind]| {
            !case.kinds.is_empty() && case.kinds.iter().all(|kind| kinds.contains(kind))
        };
        topic && (self.kinds.is_empty() || all_of(&self.kinds))
    }

    /// The day from which the case's age is counted.
    pub const fn start(&self, case: &ClosedCase) -> Date {
        match self.since {
            Since::Closed => case.closed,
            Since::Received => case.received,
        }
    }

    /// Whether the case is old enough.
    pub fn is_due(&self, case: &ClosedCase, today: Date) -> bool {
        self.after.after(self.start(case)) <= today
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn age(text: &str) -> Age {
        text.parse().unwrap()
    }

    fn rule(name: &str, topics: &[&str], kinds: &[ThingKind], after: &str) -> RetentionRule {
        RetentionRule {
            name: name.into(),
            topics: topics.iter().map(|&topic| topic.to_owned()).collect(),
            kinds: kinds.to_vec(),
            after: age(after),
            since: Since::Closed,
            action: RetentionAction::Archive,
        }
    }

    fn case(topic: &str, kinds: &[ThingKind]) -> ClosedCase {
        ClosedCase {
            case: CaseReference::new(7).unwrap(),
            topic: topic.into(),
            closed: date(2024, 2, 29),
            received: date(2024, 1, 31),
            kinds: kinds.to_vec(),
            pending: Vec::new(),
        }
    }

    #[test]
    fn ages_go_by_the_calendar() {
        let leap_day = date(2024, 2, 29);
        assert_eq!(age("1 year").after(leap_day), date(2025, 2, 28));
        assert_eq!(age("4 years").after(leap_day), date(2028, 2, 29));
        assert_eq!(age("1 month").after(date(2026, 1, 31)), date(2026, 2, 28));
        assert_eq!(age(" 90  days ").after(date(2026, 1, 1)), date(2026, 4, 1));
        assert_eq!(age("100 years").after(date(9999, 1, 1)), Date::MAX);
        for text in ["1 day", "18 months", "6 years"] {
            assert_eq!(age(text).to_string(), text);
        }
    }

    #[test]
    fn what_is_no_age_is_refused() {
        for text in [
            "",
            "90",
            "days",
            "0 days",
            "-1 years",
            "101 years",
            "1201 months",
            "36601 days",
            "90 weeks",
            "1 year 2 months",
            "99999 days",
            "1.5 years",
        ] {
            let error = text.parse::<Age>().unwrap_err().to_string();
            assert!(error.contains("90 days"), "{text}: {error}");
        }
    }

    #[test]
    fn the_first_rule_that_fits_is_the_rule_of_a_case() {
        let rules = [
            rule("privacy", &["data_privacy"], &[], "6 years"),
            rule("mail", &[], &[ThingKind::Email, ThingKind::Card], "1 year"),
            rule("rest", &["billing"], &[], "2 years"),
        ];
        let of = |topic, kinds: &[ThingKind]| {
            RetentionRule::of(&rules, &case(topic, kinds)).map(|rule| rule.name.as_str())
        };
        assert_eq!(of("data_privacy", &[ThingKind::Email]), Some("privacy"));
        assert_eq!(of("billing", &[ThingKind::Email]), Some("mail"));
        // A letter among them makes it another kind of case, and so does nothing at all.
        assert_eq!(
            of("billing", &[ThingKind::Email, ThingKind::Letter]),
            Some("rest")
        );
        assert_eq!(of("goods", &[ThingKind::Letter]), None);
        assert_eq!(of("goods", &[]), None);
    }

    #[test]
    fn a_case_is_due_on_the_day_itself() {
        let mut rule = rule("rest", &[], &[], "1 year");
        let case = case("goods", &[]);
        assert!(!rule.is_due(&case, date(2025, 2, 27)));
        assert!(rule.is_due(&case, date(2025, 2, 28)));
        rule.since = Since::Received;
        assert!(!rule.is_due(&case, date(2025, 1, 30)));
        assert!(rule.is_due(&case, date(2025, 1, 31)));
    }
}

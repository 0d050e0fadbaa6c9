//! The embedded rules on letters of our own making, and the rules file's own errors.

mod deadlines;
mod letters;
mod misreading;
mod rules_file;

use jiff::civil::date;

use super::{Facts, Rules};

/// A letter of which nothing but its lines is known, received on a Monday.
fn facts(text: &str) -> Facts<'_> {
    Facts {
        text,
        addressee: None,
        salutation: None,
        subject: None,
        member_tier: None,
        received: date(2026, 3, 2),
    }
}

#[test]
fn the_embedded_rules_are_sound() {
    let rules = Rules::parse(super::EMBEDDED).unwrap_or_else(|e| panic!("{e}"));
    let topics: Vec<&str> = rules.topics().collect();
    for topic in [
        "goods",
        "delivery",
        "billing",
        "staff",
        "data_privacy",
        "praise",
        "cancellation",
        "enquiry",
    ] {
        assert!(topics.contains(&topic), "{topic}");
    }
    assert_eq!(topics.last(), Some(&"other"));
    assert!(rules.teams().any(|team| team == "contact_centre"));
}

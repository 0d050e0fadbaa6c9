//! The embedded rules on letters of our own making, and the rules file's own errors.

use jiff::civil::date;

use super::{Facts, Rules};

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
    Rules::parse(super::EMBEDDED).unwrap_or_else(|e| panic!("{e}"));
}

#[test]
fn probe() {
    let rules = Rules::embedded();
    let mut files: Vec<_> = std::fs::read_dir("/tmp/d/letters/truth")
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    files.sort();
    for f in files {
        let text = std::fs::read_to_string(&f).unwrap();
        let j = rules.judge(&facts(&text));
        println!(
            "{} T={} P={} team={} due={}\n    {}\n    {}\n    {}",
            f.display(),
            j.topic.choice,
            j.priority.choice,
            j.team.choice,
            j.deadline.choice,
            j.topic.why,
            j.priority.why,
            j.deadline.why
        );
    }
}

//! Mistakes in the rules file: each is named with its line and what to do.

use super::super::{EMBEDDED, Rules};

/// The embedded rules with one passage replaced, and the line it stands in.
fn spoilt(from: &str, to: &str) -> (String, usize) {
    let at = EMBEDDED.find(from).unwrap_or_else(|| panic!("no {from}"));
    let line = EMBEDDED[..at].matches('\n').count() + 1;
    (EMBEDDED.replacen(from, to, 1), line)
}

#[test]
fn mistakes_name_their_line() {
    for (from, to, says) in [
        (
            "opening_words = 60",
            "openning_words = 60",
            "unknown field `openning_words`",
        ),
        ("firm = 8", "firm = \"eight\"", "invalid type"),
        (
            "priority = \"legal\"",
            "priority = \"lawful\"",
            "there is no priority 'lawful'; use one of normal",
        ),
        (
            "topics = [\"loyalty\"]",
            "topics = [\"points\"]",
            "there is no topic 'points'",
        ),
        (
            "in = [\"member_tier\"]",
            "in = [\"tier\"]",
            "there is no place 'tier'",
        ),
        (
            "\"letter of claim\"",
            "\"(letter of claim\"",
            "does not close it",
        ),
        ("day = 2026-12-25", "day = 2026-12-25T09:00:00", "not a day"),
        ("day = 2026-12-28", "day = 2026-12-25", "listed twice"),
        (
            "why = \"Answers in the chief executive's name.\"",
            "why = \"\"",
            "a reason",
        ),
        ("name = \"enquiry\"", "name = \"goods\"", "there twice"),
    ] {
        let (text, line) = spoilt(from, to);
        let error = Rules::parse(&text)
            .err()
            .unwrap_or_else(|| panic!("{to} is taken"));
        assert!(error.to_string().contains(says), "{error}");
        assert_eq!(error.line, line, "{error}");
    }
}

#[test]
fn a_rule_that_can_never_fire_is_told_with_its_line() {
    assert_eq!(Rules::embedded().warnings(), []);
    let rule = "[[priority]]\nname = \"ours\"\npriority = \"legal\"\nwhy = \"So.\"\n\
                in = [\"addressee\"]\nphrases = [\"counsel\"]\n\n";
    let (text, line) = spoilt("[[team]]", &format!("{rule}[[team]]"));
    let rules = Rules::parse(&text).unwrap();
    let told: Vec<String> = rules.warnings().iter().map(ToString::to_string).collect();
    let [tier, ours] = told.as_slice() else {
        panic!("{told:?}");
    };
    assert!(
        tier.contains("'tier'") && tier.contains("member_tier"),
        "{tier}"
    );
    let at = format!("line {},", line + 4);
    assert!(ours.contains("'ours'") && ours.contains(&at), "{ours}");
    let mixed = text.replace("in = [\"addressee\"]", "in = [\"addressee\", \"head\"]");
    assert_eq!(Rules::parse(&mixed).unwrap().warnings().len(), 1);
}

#[test]
fn bad_patterns_name_their_line() {
    let start = EMBEDDED.find("reference = [").unwrap();
    let line = EMBEDDED[..start].matches('\n').count() + 1;
    let end = start + EMBEDDED[start..].find('\n').unwrap();
    let text = format!(
        "{}reference = ['[0-9']{}",
        &EMBEDDED[..start],
        &EMBEDDED[end..]
    );
    let error = Rules::parse(&text).unwrap_err();
    assert!(error.what.contains("not a regular expression"), "{error}");
    assert_eq!((error.line, error.column), (line, 14), "{error}");
    assert!(!error.to_string().contains('\n'), "one line: {error}");
}

#[test]
fn the_last_rules_are_for_everything_else() {
    for (from, to, says) in [
        (
            "name = \"contact_centre\"\n",
            "name = \"contact_centre\"\ntopics = [\"other\"]\n",
            "last [[team]]",
        ),
        (
            "name = \"normal\"\n",
            "name = \"normal\"\ntopics = [\"other\"]\n",
            "last [[deadline]]",
        ),
    ] {
        let (text, _) = spoilt(from, to);
        let error = Rules::parse(&text).unwrap_err();
        assert!(error.what.contains(says), "{error}");
    }
}

#[test]
fn the_digest_is_the_text() {
    let other = format!("{EMBEDDED}\n# changed\n");
    assert_eq!(Rules::embedded().digest(), Rules::embedded().digest());
    assert_ne!(
        Rules::parse(&other).unwrap().digest(),
        Rules::embedded().digest()
    );
}

//! `[[retention]]`: how long closed cases stay before they are put away.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use crate::domain::retention::{Age, RetentionAction, RetentionRule, Since, ThingKind};

/// A rule as the file writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RetentionTable {
    name: Spanned<String>,
    #[serde(default)]
    topics: Vec<String>,
    #[serde(default)]
    kinds: Vec<Spanned<String>>,
    after: Spanned<String>,
    since: Option<Spanned<String>>,
    action: Option<Spanned<String>>,
}

/// The rules of the file, in its order; a mistake is told with its line.
pub(super) fn settle(
    text: &str,
    tables: Vec<Spanned<RetentionTable>>,
) -> Result<Vec<RetentionRule>, String> {
    let mut rules: Vec<RetentionRule> = Vec::new();
    for table in tables {
        let span = table.span();
        let rule = table.into_inner().settle(text)?;
        if let Some(other) = rules.iter().find(|other| other.name == rule.name) {
            let what = format!("the rule '{}' is there twice; rename one", other.name);
            return Err(at(text, &span, &what));
        }
        if let Some(other) = rules.iter().find(|other| covers_all(other)) {
            let what = format!(
                "the rule '{}' is never used: '{}' before it is for everything; put that last",
                rule.name, other.name
            );
            return Err(at(text, &span, &what));
        }
        rules.push(rule);
    }
    Ok(rules)
}

fn covers_all(rule: &RetentionRule) -> bool {
    rule.topics.is_empty() && rule.kinds.is_empty()
}

impl RetentionTable {
    fn settle(self, text: &str) -> Result<RetentionRule, String> {
        let name = self.name.get_ref().trim().to_owned();
        if name.is_empty() {
            return Err(at(
                text,
                &self.name.span(),
                "the rule needs a name, for the history",
            ));
        }
        let after: Result<Age, _> = self.after.get_ref().parse();
        let after = after.map_err(|error| at(text, &self.after.span(), &error.to_string()))?;
        let kind = |kind: &Spanned<String>| {
            word(
                text,
                "kind",
                kind,
                ThingKind::from_name,
                &ThingKind::ALL.map(ThingKind::name),
            )
        };
        Ok(RetentionRule {
            name,
            topics: self.topics,
            kinds: self.kinds.iter().map(kind).collect::<Result<_, _>>()?,
            after,
            since: match &self.since {
                None => Since::Closed,
                Some(since) => word(
                    text,
                    "since",
                    since,
                    Since::from_name,
                    &Since::ALL.map(Since::name),
                )?,
            },
            action: match &self.action {
                None => RetentionAction::Archive,
                Some(action) => {
                    let known = RetentionAction::ALL.map(RetentionAction::name);
                    word(text, "action", action, RetentionAction::from_name, &known)?
                }
            },
        })
    }
}

/// One of the words of a closed list.
fn word<T>(
    text: &str,
    key: &str,
    written: &Spanned<String>,
    from_name: fn(&str) -> Option<T>,
    known: &[&str],
) -> Result<T, String> {
    from_name(written.get_ref()).ok_or_else(|| {
        let known = known.join(", ");
        let what = format!(
            "there is no {key} '{}'; use one of {known}",
            written.get_ref()
        );
        at(text, &written.span(), &what)
    })
}

fn at(text: &str, span: &Range<usize>, what: &str) -> String {
    let before = text.get(..span.start).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    format!("line {line}: [[retention]] {what}")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::Config;

    fn parsed(text: &str) -> Result<Config, String> {
        Config::parse(text, Path::new("/etc/postroom.toml")).map_err(|error| error.to_string())
    }

    #[test]
    fn rules_stand_in_the_order_of_the_file() {
        let config = parsed(
            "[[retention]]\nname = \"privacy\"\ntopics = [\"data_privacy\"]\nafter = \"6 years\"\n\
             [[retention]]\nname = \"rest\"\nkinds = [\"letter\", \"email\"]\nafter = \"18 months\"\n\
             since = \"received\"\naction = \"archive\"\n",
        );
        let rules = config.unwrap().retention;
        let told: Vec<String> = rules
            .iter()
            .map(|r| format!("{} {} {}", r.name, r.after, r.since.name()))
            .collect();
        assert_eq!(told, ["privacy 6 years closed", "rest 18 months received"]);
    }

    #[test]
    fn mistakes_name_their_line() {
        let one = "[[retention]]\nname = \"a\"\nafter = \"1 year\"\n";
        for (text, line, says) in [
            (
                "[[retention]]\nname = \"a\"\nafter = \"soon\"\n".to_owned(),
                3,
                "'soon' is no age",
            ),
            (
                "[[retention]]\nname = \" \"\nafter = \"1 year\"\n".to_owned(),
                2,
                "needs a name",
            ),
            (
                format!("{one}kinds = [\"fax\"]\n"),
                4,
                "no kind 'fax'; use one of letter, card, email",
            ),
            (format!("{one}since = \"ever\"\n"), 4, "no since 'ever'"),
            (
                format!("{one}action = \"erase\"\n"),
                4,
                "no action 'erase'; use one of archive",
            ),
            (format!("{one}topic = \"x\"\n"), 4, "unknown field `topic`"),
            (
                "[[retention]]\nname = \"a\"\n".to_owned(),
                1,
                "missing field `after`",
            ),
            (
                format!("{one}topics = [\"x\"]\n{one}"),
                5,
                "'a' is there twice",
            ),
            (
                format!("{one}{}", one.replace("\"a\"", "\"b\"")),
                4,
                "'b' is never used",
            ),
        ] {
            let message = parsed(&text).unwrap_err();
            assert!(message.contains(&format!("line {line}")), "{message}");
            assert!(message.contains(says), "{message}");
        }
    }
}

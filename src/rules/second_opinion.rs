//! When the classifier is heard: only where the phrases leave the topic open. Between topics that
//! they hold for equal it may choose one of those; where they find nothing firm, any. It never
//! speaks against what they are sure of.

use std::borrow::Cow;

use crate::domain::case::Reasoned;
use crate::domain::confidence::Probability;

use super::Facts;
use super::classifier::Classifier;
use super::topic::{Evidence, Finding};

/// The topic of the phrases, or the classifier's where it may choose and is sure.
pub(super) fn heard(
    found: Finding,
    classifier: &Classifier,
    facts: &Facts<'_>,
) -> Reasoned<String> {
    let Finding { topic, evidence } = found;
    if evidence == Evidence::Clear {
        return topic;
    }
    let text = text(facts);
    let Some(opinion) = classifier.opinion(&text) else {
        return topic;
    };
    let (name, likely) = opinion.first();
    let says = format!("{name}, {}", hundredths(likely));
    let by = classifier.short_name();
    let may = match &evidence {
        Evidence::Tied(equals) => equals.iter().any(|equal| equal == name),
        _ => true,
    };
    if opinion.sure && may {
        return Reasoned::new(
            name.to_owned(),
            format!("by the classifier {by}: {says}; by phrases: {}", topic.why),
        );
    }
    let not_taken = match opinion.sure {
        true => "which is none of the equals".to_owned(),
        false => format!("{} is needed", hundredths(classifier.threshold())),
    };
    let why = format!(
        "{}; the classifier {by} abstains: {says}, {not_taken}",
        topic.why
    );
    Reasoned::new(topic.choice, why)
}

/// The subject and the text; a letter's subject line stands in its text already.
pub(super) fn text<'a>(facts: &Facts<'a>) -> Cow<'a, str> {
    match facts.subject {
        Some(subject) if !facts.text.contains(subject) => {
            Cow::Owned(format!("{subject}\n{}", facts.text))
        }
        _ => Cow::Borrowed(facts.text),
    }
}

/// A probability in hundredths, never rounded up: what is short of a threshold must not look as if it had reached it.
pub fn hundredths(likely: Probability) -> String {
    format!("{:.2}", (likely.get() * 100.0 + 1e-9).floor() / 100.0)
}

//! How a question looks to the person who answers it: a field with its proposal, where to
//! look and what it may say, and no more of it than they may see.

use serde_json::{Value, json};

use super::output::plain;
use crate::cases::review::{Asked, Choice, Question};
use crate::domain::confidence::Probability;
use crate::domain::field::Field;
use crate::store::DocumentId;

/// A question with all that is known.
pub(super) fn text(question: &Question) -> String {
    let field = &question.field;
    let stands = match field.place {
        Some(place) => {
            let bounds = place.bounds;
            format!(
                "page {}, {} x {} pixels at {}, {}",
                place.page, bounds.w, bounds.h, bounds.x, bounds.y
            )
        }
        None => "nowhere on the paper".to_owned(),
    };
    let none = || "(nothing)".to_owned();
    let mut lines = vec![question.name.name().to_owned()];
    let mut line = |name: &str, what: &str| lines.push(format!("  {name:<10}{}", plain(what)));
    if let Some(sure) = probability(question) {
        line("proposed", &field.value.clone().unwrap_or_else(none));
        line("as read", &field.as_read.clone().unwrap_or_else(none));
        let verdict = field.verdict.name();
        line("verdict", &format!("{verdict}, probability {sure:.3}"));
    } else {
        line(
            "verdict",
            "a person is asked, and nothing is proposed to them",
        );
    }
    line("reason", &field.reason);
    line("place", &stands);
    if !question.doubtful.is_empty() {
        let doubtful = boxes(&question.doubtful);
        line("doubtful", &format!("{doubtful}, counted in writing order"));
    }
    for (number, choice) in (1..).zip(&question.choices) {
        let head = if number == 1 { "choices" } else { "" };
        line(head, &choice_line(number, choice));
    }
    if !question.choices.is_empty() {
        line(
            "",
            "settle with --pick NUMBER when the paper says one of them",
        );
    }
    lines.join("\n") + "\n"
}

fn choice_line(number: u32, choice: &Choice) -> String {
    let sure = choice
        .probability
        .map(|sure| format!("  {:.3}", sure.get()));
    format!("{number}  {}{}", choice.value, sure.unwrap_or_default())
}

/// The same for machines.
pub(super) fn to_json(document: DocumentId, question: &Question) -> Value {
    let alternatives = question.choices.iter().map(|choice| {
        let probability = choice.probability.map(Probability::get);
        json!({ "value": choice.value, "probability": probability })
    });
    let mut value = field_json(document, question.name.name(), &question.field);
    value["probability"] = json!(probability(question));
    value["asked"] = json!(question.asked.map(Asked::name));
    value["alternatives"] = alternatives.collect();
    value["doubtful_boxes"] = json!(question.doubtful);
    value
}

/// A field as it is on record.
pub(super) fn field_json(document: DocumentId, name: &str, field: &Field) -> Value {
    let bounds = field.place.map(|place| place.bounds);
    json!({
        "document": document.to_string(),
        "field": name,
        "value": field.value,
        "as_read": field.as_read,
        "probability": field.probability.get(),
        "verdict": field.verdict.name(),
        "reason": field.reason,
        "page": field.place.map(|place| place.page),
        "box": bounds.map(|bounds| [bounds.x, bounds.y, bounds.w, bounds.h]),
    })
}

/// Less likely alternatives only make a line longer: they would read `0.00`.
const WORTH_READING: f64 = 0.005;

/// How sure the proposed value is; nothing where none may be shown.
pub(super) fn probability(question: &Question) -> Option<f64> {
    match question.asked {
        Some(Asked::Blind | Asked::Contested) => None,
        Some(Asked::Doubt) | None => Some(question.field.probability.get()),
    }
}

/// Why a person is asked, where to look, and what else it may say.
pub(super) fn reason(question: &Question) -> String {
    let mut reason = question.field.reason.clone();
    if !question.doubtful.is_empty() {
        reason.push_str(&format!("; {}", boxes(&question.doubtful)));
    }
    if !question.choices.is_empty() {
        reason.push_str(&format!("; it may be {}", choices(&question.choices, ", ")));
    }
    reason
}

/// `box 3`, `boxes 3 and 7`, `boxes 1, 3 and 7`, or nothing.
pub(super) fn boxes(numbers: &[u32]) -> String {
    let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
    match numbers.split_last() {
        None => String::new(),
        Some((one, [])) => format!("box {one}"),
        Some((last, others)) => format!("boxes {} and {last}", others.join(", ")),
    }
}

/// `1: LS6 3HN (0.62), 2: LS6 3HP (0.31)`; the first, and what is likely enough to read.
pub(super) fn choices(choices: &[Choice], between: &str) -> String {
    let worth = |choice: &Choice| {
        choice
            .probability
            .is_none_or(|sure| sure.get() >= WORTH_READING)
    };
    let numbered = choices.iter().zip(1..);
    let choices = numbered.filter(|(choice, number)| *number == 1 || worth(choice));
    let choices = choices.map(|(choice, number)| {
        let sure = choice
            .probability
            .map(|sure| format!(" ({:.2})", sure.get()));
        format!("{number}: {}{}", choice.value, sure.unwrap_or_default())
    });
    choices.collect::<Vec<_>>().join(between)
}

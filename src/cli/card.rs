//! How a card looks to a person: its sides, what is written, ticked and signed.

use super::timeline::{entry, field_table, wrap};
use crate::domain::card::UNKNOWN_RESIDUAL;
use crate::domain::card_draft::{CardDraft, CardField, DraftTick};
use crate::domain::verdict::Verdict;

/// What is on a card, under its document's head.
pub(super) fn text(card: &CardDraft) -> String {
    let mut text = String::new();
    for side in &card.sides {
        let what = format!(
            "{} version {}, side {}, on page {}, known by its {}, {}",
            side.form,
            side.version,
            side.side,
            side.page,
            side.recognised.name(),
            if side.residual < UNKNOWN_RESIDUAL {
                format!("{:.2} mm off", side.residual)
            } else {
                "how it lies is not known".to_owned()
            },
        );
        entry(&mut text, "form", &what);
    }
    for signature in &card.signatures {
        let signed = match signature.signature.signed {
            true => "signed",
            false => "not signed",
        };
        entry(&mut text, &signature.signature.name, signed);
    }
    text.push('\n');
    text.push_str(&table(card));
    text
}

fn table(card: &CardDraft) -> String {
    let mut table = field_table();
    let written = |field: &&CardField| field.field.verdict != Verdict::Empty;
    for CardField { name, field, .. } in card.fields.iter().filter(written) {
        table.row(row(
            name,
            field.value.clone().unwrap_or_default(),
            field.verdict,
            field.probability.get(),
            field.reason.clone(),
        ));
    }
    for DraftTick { tick, seen, .. } in &card.ticks {
        let reason = match *seen == tick.state {
            true => tick.reason.clone(),
            false => format!("read as {}; {}", seen.name(), tick.reason),
        };
        let state = match &tick.consent {
            Some(_) if tick.consents() => format!("{} (consent)", tick.state.name()),
            Some(_) => format!("{} (no consent)", tick.state.name()),
            None => tick.state.name().to_owned(),
        };
        table.row(row(
            &tick.name,
            state,
            tick.verdict,
            tick.probability.get(),
            reason,
        ));
    }
    let mut text = String::new();
    let empty = card.fields.iter().filter(|field| !written(field));
    let empty: Vec<&str> = empty.map(|field| &*field.name).collect();
    if empty.len() < card.fields.len() || !card.ticks.is_empty() {
        text.push_str(&table.text());
    }
    if !empty.is_empty() {
        wrap(&mut text, 5, 7, &format!("empty: {}", empty.join(", ")));
    }
    text
}

fn row(
    name: &str,
    value: String,
    verdict: Verdict,
    probability: f64,
    reason: String,
) -> [String; 6] {
    let doubtful = verdict == Verdict::Review;
    [
        if doubtful { "?" } else { "" }.to_owned(),
        name.to_owned(),
        value,
        verdict.name().to_owned(),
        format!("{probability:.3}"),
        reason,
    ]
}

//! From a checked letter to a draft that a case can take.

use crate::domain::case::{CaseDraft, Receipt};
use crate::domain::letter::{CheckedLetter, LetterField};
use crate::rules::{Facts, Rules};

/// Lets the rules decide topic, priority, team and deadline.
pub fn draft(
    letter: CheckedLetter,
    missing_pages: Vec<u32>,
    receipt: Receipt,
    rules: &Rules,
) -> CaseDraft {
    let value = |field| {
        let field = letter.fields.get(&field)?;
        field.value.as_deref()
    };
    let judgement = rules.judge(&Facts {
        text: &letter.text,
        addressee: None,
        salutation: value(LetterField::Salutation),
        subject: value(LetterField::Subject),
        member_tier: None,
        received: receipt.day,
    });
    CaseDraft {
        receipt,
        judgement,
        missing_pages,
        text: letter.text,
        legibility: letter.legibility,
        fields: letter.fields,
        card: None,
        torn: None,
    }
}

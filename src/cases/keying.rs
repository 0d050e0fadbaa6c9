//! A document that no program can read, keyed by hand: all that a person typed of it enters together.

use crate::domain::letter::LetterField;
use crate::store::{Actor, DocumentId, Store};

use super::review::{self, Asked, Decision};
use super::station::StationError;

/// A field as somebody typed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyed {
    /// The field's name.
    pub name: String,
    /// What stood there when they began; empty for nothing.
    pub was: String,
    /// What they typed.
    pub value: String,
}

/// Settles what was typed and is another value than before; gives how many fields that were. A field
/// that somebody changed in the meantime, and a value that is none, stops all of it.
pub async fn key(
    store: &Store,
    document: DocumentId,
    keyed: &[Keyed],
    actor: &Actor,
) -> Result<usize, StationError> {
    let questions = review::fields_of(store, document).await?;
    let mut change = store.change(actor).await?;
    let mut settled = 0;
    for typed in keyed {
        let value = typed.value.trim();
        if value.is_empty() || value == typed.was {
            continue;
        }
        let mut known = questions.iter();
        let question = known.find(|question| question.name.name() == typed.name);
        let overtaken = || StationError::Overtaken(typed.name.clone());
        let question = question
            .filter(|question| question.asked != Some(Asked::Blind))
            .ok_or_else(overtaken)?;
        if question.field.value.as_deref().unwrap_or_default() != typed.was {
            return Err(overtaken());
        }
        let decision = Decision::Value(value.to_owned());
        let name = question.name.clone();
        review::settle_in(&mut change, document, name, &decision, actor).await?;
        change.release(document, &typed.name).await?;
        settled += 1;
    }
    change.commit().await?;
    Ok(settled)
}

/// Puts on record that nobody can tell who wrote a letter: then nobody is asked to read it again.
pub async fn nobody_can_tell(
    store: &Store,
    document: DocumentId,
    actor: &Actor,
) -> Result<(), StationError> {
    let name = LetterField::SenderName;
    let mut change = store.change(actor).await?;
    review::settle_in(&mut change, document, name, &Decision::Unreadable, actor).await?;
    change.release(document, name.name()).await?;
    change.commit().await?;
    Ok(())
}

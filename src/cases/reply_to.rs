//! Whether answers go where a message asks for them (`Reply-To`) or to where it comes from.
//!
//! Both are words of its sender. Who writes under somebody's address and asks for answers at
//! another must not get that person's letters: an address that is known as somebody's is answered elsewhere
//! only where that is known as theirs too, or was asked for before anybody knew them.

use crate::domain::message::{Mailbox, Message};
use crate::store::change::Change;
use crate::store::customers::KnownCustomer;
use crate::store::error::Result;

/// Why answers to a message do not go where it asks for them, but where it comes from; `senders`
/// are known to write from there.
pub(super) async fn unused(
    change: &mut Change,
    message: &Message,
    senders: &[KnownCustomer],
) -> Result<Option<&'static str>> {
    let Some((from, wanted)) = message.from.as_ref().zip(message.reply_to.as_ref()) else {
        return Ok(None);
    };
    if wanted.takes_no_answer() {
        return Ok(Some("nobody reads what is sent there"));
    }
    if wanted.key() == from.key() || from.takes_no_answer() || senders.is_empty() {
        return Ok(None);
    }
    let is_theirs = is_of(change, wanted, senders).await?;
    let asked_before = change.answers_go_to(&from.key(), &wanted.key()).await?;
    Ok(match is_theirs || asked_before {
        true => None,
        false => Some("the sender is known by another address, and anybody can ask for answers"),
    })
}

/// Whether an address is known as one of theirs.
async fn is_of(change: &mut Change, address: &Mailbox, senders: &[KnownCustomer]) -> Result<bool> {
    let known = change.customers_writing_from(&address.key()).await?;
    Ok(known
        .iter()
        .any(|known| senders.iter().any(|sender| sender.id == known.id)))
}

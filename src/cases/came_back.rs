//! A reply of ours that came back: it failed, its case is answered no more, and its task is there again.
//!
//! It is the one that the bounce names, or the last that went from its case to an address that the
//! bounce names: a reference alone is no proof, for anybody who has seen one can write a bounce with it.

use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::message::{Message, Undelivered};
use crate::domain::reply::ReplyKind;
use crate::store::cases::CaseState;
use crate::store::change::Change;
use crate::store::error::Result;
use crate::store::replies::{ReplyRecord, ReplyState};

use super::answering::given_up;

/// Notes what a bounce that lies on this case says of replies of ours.
pub(super) async fn note(
    change: &mut Change,
    message: &Message,
    case: CaseReference,
) -> Result<()> {
    let Some(undelivered) = &message.undelivered else {
        return Ok(());
    };
    let Some(record) = reply(change, message, undelivered, case).await? else {
        return Ok(());
    };
    let trouble = format!("it came back: {}", undelivered.why);
    if !change.reply_came_back(record.id, &trouble).await? {
        return Ok(());
    }
    let (on, kind) = (record.reply.case, record.reply.kind);
    // Who has had another answer since waits for none.
    let later = change.mail_replies_on(on).await?;
    let answered = later.iter().any(|other| {
        other.id > record.id
            && other.reply.kind == ReplyKind::Reply
            && matches!(other.state, ReplyState::Sent | ReplyState::Waiting)
    });
    if kind == ReplyKind::Reply && answered {
        return super::answering::told(change, on, kind, "failed").await;
    }
    if kind == ReplyKind::Reply && change.known_case(on).await?.state == CaseState::Closed {
        change.reopen_case(on, "the reply came back").await?;
    }
    given_up(change, on, kind, &trouble).await
}

/// The reply that came back.
async fn reply(
    change: &mut Change,
    message: &Message,
    undelivered: &Undelivered,
    case: CaseReference,
) -> Result<Option<ReplyRecord>> {
    for id in message.references.iter().rev() {
        if let Some(named) = change.reply_named(id.as_str()).await? {
            return Ok(Some(named));
        }
    }
    let sent = change.mail_replies_on(case).await?.into_iter();
    let mut sent = sent.filter(|record| record.state == ReplyState::Sent);
    Ok(sent.find(|record| {
        undelivered
            .to
            .contains(&record.reply.to_address.to_lowercase())
    }))
}

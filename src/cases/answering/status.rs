//! Customers who asked for it are told by e-mail when their case moves: at most once a day of each case, and
//! then how it stands last.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::reply::{Channel, ReplyKind};
use crate::store::Store;
use crate::store::change::Change;
use crate::store::error::Result;
use crate::store::events::Actor;
use crate::store::ids;
use crate::store::replies::{NewReply, ReplyState};

use super::address::mail_address;
use super::{Correspondence, ReplyError, facts, filled, told, ways};

/// What became of telling a customer that their case has moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// They did not ask for it.
    NotAsked,
    /// It waits in the outbox.
    Waits,
    /// They were told within a day: it waits until that is over, this moment in UTC, and tells how the
    /// case stands then.
    WaitsUntil(String),
    /// They asked, and nobody can tell them: why.
    NotTold(String),
}

/// Between two e-mails that tell of one case.
const BETWEEN: SignedDuration = SignedDuration::from_hours(24);

/// Tells a customer who asked for it that their case has moved.
pub async fn tell_status(
    store: &Store,
    with: &Correspondence,
    case: CaseReference,
    today: Date,
) -> Result<Status, ReplyError> {
    let timeline = super::super::timeline(store, case).await?;
    if !timeline.progress.tells {
        return Ok(Status::NotAsked);
    }
    let (kind, channel) = (ReplyKind::Status, Channel::Email);
    let topic = &timeline.case.topic;
    let Some(template) = with.templates.pick(kind, topic, &with.language, channel) else {
        let what = "no template of kind status is written for e-mail (postroom templates list)";
        return not_told(store, case, what).await;
    };
    let facts = facts(store, with, &timeline, channel, today).await?;
    let ways = ways(store, &timeline).await?;
    match filled(with, template, &facts, (&timeline, &ways)) {
        Ok(reply) => Ok(write(store, &reply).await?),
        Err(ReplyError::NoAddress { why }) => not_told(store, case, &why).await,
        Err(ReplyError::Template(error)) => not_told(store, case, &error.to_string()).await,
        Err(error) => Err(error),
    }
}

/// The address to which a customer is told that their case has moved, or why there is none.
pub async fn whom_to_tell(
    store: &Store,
    with: &Correspondence,
    case: CaseReference,
) -> Result<String, ReplyError> {
    let timeline = super::super::timeline(store, case).await?;
    let ways = ways(store, &timeline).await?;
    let (_, address, _) = mail_address(&timeline, &ways, &with.own)?;
    Ok(address)
}

/// Writes it over what waits: who is told once a day hears how the case stands last.
async fn write(store: &Store, reply: &NewReply) -> Result<Status> {
    let since = ids::moment(Timestamp::now() - BETWEEN);
    let mut change = store.change(&Actor::postroom()).await?;
    let (waiting, last) = change
        .status_mail(reply.case, &reply.to_address, &since)
        .await?;
    for id in waiting {
        let states = (ReplyState::Waiting, ReplyState::Withdrawn);
        if change.set_reply(id, states.0, states.1).await? {
            told(&mut change, reply.case, reply.kind, states.1.name()).await?;
        }
    }
    let last: Option<Timestamp> = last.and_then(|last| last.parse().ok());
    let due = last.map(|last| ids::moment(last + BETWEEN));
    match &due {
        None => change.reply(reply).await?,
        Some(due) => change.reply_due(reply, due).await?,
    };
    told(&mut change, reply.case, reply.kind, "written").await?;
    change.commit().await?;
    Ok(due.map_or(Status::Waits, Status::WaitsUntil))
}

/// That somebody who asked was not told stands in the history.
async fn not_told(store: &Store, case: CaseReference, why: &str) -> Result<Status, ReplyError> {
    let mut change: Change = store.change(&Actor::postroom()).await?;
    told(&mut change, case, ReplyKind::Status, "not told").await?;
    change.commit().await?;
    Ok(Status::NotTold(why.to_owned()))
}

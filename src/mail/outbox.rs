//! Replies by e-mail leave the outbox: composed, kept as they are, handed over, and only then
//! noted as sent. Who dies between the last two sends it again, under the same Message-ID.

use jiff::Timestamp;

use crate::cases::answering::{given_up, told};
use crate::domain::reply::Channel;
use crate::store::error::Result;
use crate::store::replies::{ReplyRecord, ReplyState};
use crate::store::{Actor, Store};

use super::{Delivery, Envelope, OutgoingMail, Party, back_off, compose};

/// What became of the outbox.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sent {
    /// Gone.
    pub sent: u64,
    /// Not gone, and tried again later.
    pub later: u64,
    /// Given up, each with its case and why.
    pub failed: Vec<(String, String)>,
    /// What kept the last one of those that are tried again.
    pub trouble: Option<String>,
    /// Nothing was tried: another program is sending what waits.
    pub busy: bool,
}

/// Replies taken out at once.
const AT_ONCE: u32 = 100;
/// After so many troubles in a row the server is left alone until the next time.
const MOST_TROUBLES: u32 = 3;
/// The media type of a message as it left.
const MESSAGE: &str = "message/rfc822";

/// Sends what is due, unless another program is at it: that one looks again until nothing is left.
pub async fn send(store: &Store, from: &Party, delivery: &Delivery) -> Result<Sent> {
    let mut sent = Sent::default();
    let Some(_turn) = store.lock_outbox().await? else {
        sent.busy = true;
        return Ok(sent);
    };
    let mut troubles = 0;
    loop {
        let due = store.outbox(Channel::Email, AT_ONCE).await?;
        if due.is_empty() {
            return Ok(sent);
        }
        for listed in &due {
            // A person may have taken it back since the list was made.
            let reply = store.reply_on_record(listed.id).await?;
            if reply.state != ReplyState::Waiting {
                continue;
            }
            match send_one(store, from, delivery, &reply, &mut sent).await? {
                true => troubles = 0,
                false => troubles += 1,
            }
            if troubles >= MOST_TROUBLES {
                return Ok(sent);
            }
        }
    }
}

/// Says whether the way was open: whether the reply left, or was refused for good.
async fn send_one(
    store: &Store,
    from: &Party,
    delivery: &Delivery,
    record: &ReplyRecord,
    sent: &mut Sent,
) -> Result<bool> {
    let composed = compose(&outgoing(from, record)).map_err(|error| (error.to_string(), false));
    let attempt = match composed {
        Ok(raw) => {
            let digest = store.keep_bytes(&[&raw]).await?[0];
            let envelope = Envelope {
                id: record.message_id.clone().unwrap_or_default(),
                from: from.address.clone(),
                to: record.reply.to_address.clone(),
            };
            let delivered = delivery.deliver(&envelope, &raw).await;
            delivered
                .map(|()| (digest, raw.len() as u64))
                .map_err(|error| (error.to_string(), error.may_pass()))
        }
        Err(error) => Err(error),
    };
    let mut change = store.change(&Actor::postroom()).await?;
    let (case, kind) = (record.reply.case, record.reply.kind);
    let open = match attempt {
        Ok((digest, bytes)) => {
            if change.reply_sent(record.id, digest, MESSAGE, bytes).await? {
                told(&mut change, case, kind, "sent").await?;
                sent.sent += 1;
            }
            true
        }
        Err((trouble, may_pass)) => {
            let wait = back_off(record.attempts + 1).filter(|_| may_pass);
            let again = wait.map(|wait| Timestamp::now() + wait);
            change.reply_not_sent(record.id, &trouble, again).await?;
            match again {
                Some(_) => {
                    sent.later += 1;
                    sent.trouble = Some(trouble);
                }
                None => {
                    given_up(&mut change, case, kind, &trouble).await?;
                    sent.failed.push((case.to_string(), trouble));
                }
            }
            !may_pass
        }
    };
    change.commit().await?;
    Ok(open)
}

/// The message that a reply becomes: the same at every attempt.
fn outgoing(from: &Party, record: &ReplyRecord) -> OutgoingMail {
    let reply = &record.reply;
    let name = reply.to_name.trim();
    OutgoingMail {
        id: record.message_id.clone().unwrap_or_default(),
        from: from.clone(),
        to: Party {
            name: (!name.is_empty()).then(|| name.to_owned()),
            address: reply.to_address.clone(),
        },
        subject: reply.subject.clone(),
        body: reply.body.clone(),
        in_reply_to: reply.in_reply_to.clone(),
        references: reply.in_reply_to.clone().into_iter().collect(),
        automatic: reply.kind.is_automatic(),
        date: record.made_at.parse().unwrap_or(Timestamp::UNIX_EPOCH),
        attachments: Vec::new(),
    }
}

//! What we write to customers, from the moment it is decided to the moment it is gone: the
//! outbox. A reply is a row before anything leaves; its Message-ID stays through every
//! attempt, so that one which was sent twice, because we died before we knew, is one to its reader.

use sqlx::any::AnyRow;

use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::identity::Digest;
use crate::domain::reply::{Channel, ReplyKind};

use super::Store;
use super::change::Change;
use super::documents;
use super::error::{Doing, Result, StoreError};
use super::events::Actor;
use super::ids::{self, ReplyId};
use super::rows::{Columns, corrupt, storable};
use super::search::{Found, Searchable};

/// Where a reply is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReplyState {
    /// In the outbox.
    Waiting,
    /// Gone: taken by the server, laid in the folder, or printed.
    Sent,
    /// Given up.
    Failed,
    /// A person took it back before it left.
    Withdrawn,
}

crate::domain::named!(ReplyState {
    Waiting => "waiting",
    Sent => "sent",
    Failed => "failed",
    Withdrawn => "withdrawn",
});

/// A reply to be written into the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReply {
    /// The case.
    pub case: CaseReference,
    /// What for.
    pub kind: ReplyKind,
    /// By e-mail or by post.
    pub channel: Channel,
    /// The template's name.
    pub template: String,
    /// Its language.
    pub language: String,
    /// The subject line.
    pub subject: String,
    /// The text.
    pub body: String,
    /// To whom.
    pub to_name: String,
    /// The e-mail address, or the lines of the postal one.
    pub to_address: String,
    /// The host of its Message-ID, of e-mail.
    pub host: String,
    /// The Message-ID that it answers.
    pub in_reply_to: Option<String>,
}

/// A reply on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyRecord {
    /// Its id.
    pub id: ReplyId,
    /// What it says and to whom.
    pub reply: NewReply,
    /// Of e-mail, its Message-ID without brackets.
    pub message_id: Option<String>,
    /// Where it is on its way.
    pub state: ReplyState,
    /// How often it was tried.
    pub attempts: u32,
    /// When it may be tried again, in UTC.
    pub due_at: String,
    /// What the last attempt came to.
    pub trouble: Option<String>,
    /// When it was written, in UTC.
    pub made_at: String,
    /// By whom.
    pub made_by: String,
    /// When it left, in UTC.
    pub sent_at: Option<String>,
    /// The bytes as they left.
    pub digest: Option<Digest>,
}

impl Store {
    /// What waits in the outbox of a channel and is due, oldest first.
    pub async fn outbox(&self, channel: Channel, limit: u32) -> Result<Vec<ReplyRecord>> {
        let rows = sqlx::query(
            "select * from replies where state = 'waiting' and channel = $1 and due_at <= $2
             order by due_at, id limit $3",
        )
        .bind(channel.name())
        .bind(ids::now())
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await
        .doing("looking into the outbox")?;
        rows.iter().map(reply).collect()
    }

    /// The one reply whose id has this part.
    pub async fn reply_with(&self, part: &str) -> Result<Option<ReplyId>> {
        self.one_with("select id from replies where id like $1 limit 2", part)
            .await?
            .map(|id| id.parse())
            .transpose()
    }

    /// A reply.
    pub async fn reply_on_record(&self, id: ReplyId) -> Result<ReplyRecord> {
        let row = sqlx::query("select * from replies where id = $1")
            .bind(id.to_string())
            .fetch_optional(&self.pool)
            .await
            .doing("reading a reply")?;
        reply(&row.ok_or_else(|| StoreError::unknown("reply", id))?)
    }

    /// The replies of a case, oldest first.
    pub async fn replies_of(&self, case: CaseReference) -> Result<Vec<ReplyRecord>> {
        let rows = sqlx::query("select * from replies where case_number = $1 order by id")
            .bind(case.number() as i64)
            .fetch_all(&self.pool)
            .await
            .doing("reading replies")?;
        rows.iter().map(reply).collect()
    }

    /// Replies that could not be sent, or have not been for a while, oldest first.
    pub async fn replies_in_trouble(&self) -> Result<Vec<ReplyRecord>> {
        let rows = sqlx::query(
            "select * from replies
             where state = 'failed' or (state = 'waiting' and trouble is not null) order by id",
        )
        .fetch_all(&self.pool)
        .await
        .doing("reading replies")?;
        rows.iter().map(reply).collect()
    }
}

impl Change {
    /// Writes a reply into the outbox: it leaves after this change is true, or never.
    pub async fn reply(&mut self, reply: &NewReply) -> Result<ReplyId> {
        let at = self.at.clone();
        self.reply_due(reply, &at).await
    }

    /// The same, and it leaves at that moment at the earliest.
    pub async fn reply_due(&mut self, reply: &NewReply, due: &str) -> Result<ReplyId> {
        let id = ReplyId::new();
        let (at, by) = (self.at.clone(), self.actor.to_string());
        let message_id = (reply.channel == Channel::Email).then(|| format!("{id}@{}", reply.host));
        sqlx::query(
            "insert into replies (id, case_number, kind, channel, template, language, subject, body,
                                  to_name, to_address, message_id, in_reply_to, state, due_at,
                                  made_at, made_by)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'waiting', $15, $13, $14)",
        )
        .bind(id.to_string())
        .bind(reply.case.number() as i64)
        .bind(reply.kind.name())
        .bind(reply.channel.name())
        .bind(storable(&reply.template))
        .bind(storable(&reply.language))
        .bind(storable(&reply.subject))
        .bind(storable(&reply.body))
        .bind(storable(&reply.to_name))
        .bind(storable(&reply.to_address))
        .bind(message_id.as_deref().map(storable))
        .bind(reply.in_reply_to.as_deref().map(storable))
        .bind(at.clone())
        .bind(by)
        .bind(due.to_owned())
        .execute(self.connection())
        .await
        .doing("writing a reply")?;
        let day = at.get(..10).and_then(|day| day.parse().ok());
        self.index(Searchable {
            kind: Found::Reply,
            id: &id.to_string(),
            case: Some(reply.case),
            day: day.ok_or_else(|| corrupt("made_at", &at))?,
            words: &format!("{}\n{}\n{}", reply.subject, reply.to_name, reply.body),
        })
        .await?;
        Ok(id)
    }

    /// Whether this address was told by itself that we have its message on this case, or on any,
    /// since that moment.
    pub async fn acknowledged_since(&mut self, address: &str, since: &str) -> Result<bool> {
        let count: i64 = sqlx::query_scalar(
            "select count(*) from replies
             where (to_address = $1 or lower(to_address) = $2)
               and kind = 'acknowledgement' and made_at >= $3",
        )
        .bind(storable(address))
        // However it is written, it is one mailbox; SQLite knows small letters of ASCII alone.
        .bind(storable(&address.to_lowercase()))
        .bind(since.to_owned())
        .fetch_one(self.connection())
        .await
        .doing("looking at replies")?;
        Ok(count > 0)
    }

    /// What this address was told by itself of how this case stands: what waits to leave, and when
    /// the last left since that moment.
    pub async fn status_mail(
        &mut self,
        case: CaseReference,
        address: &str,
        since: &str,
    ) -> Result<(Vec<ReplyId>, Option<String>)> {
        let rows = sqlx::query(
            "select id, state, made_by, sent_at from replies
             where case_number = $1 and kind = 'status' and channel = 'email'
               and lower(to_address) = $2
               and (state = 'waiting' or (state = 'sent' and sent_at >= $3))",
        )
        .bind(case.number() as i64)
        .bind(storable(&address.to_lowercase()))
        .bind(since.to_owned())
        .fetch_all(self.connection())
        .await
        .doing("looking at replies")?;
        let (mut waiting, mut last) = (Vec::new(), None);
        for row in &rows {
            let written_by_itself = row.text("made_by")? == Actor::postroom().name();
            match row.named("state", ReplyState::from_name)? {
                ReplyState::Waiting if written_by_itself => waiting.push(row.parsed("id")?),
                _ => last = last.max(row.maybe_text("sent_at")?),
            }
        }
        Ok((waiting, last))
    }

    /// Whether a message of this name left here: a copy of it is no news.
    pub async fn is_ours(&mut self, message_id: &str) -> Result<bool> {
        let row = sqlx::query("select id from replies where message_id = $1")
            .bind(storable(message_id))
            .fetch_optional(self.connection())
            .await
            .doing("looking at replies")?;
        Ok(row.is_some())
    }

    /// A reply is gone; says whether this was news. `digest` names the bytes as they left. One that
    /// was withdrawn while it was on its way has left all the same.
    pub async fn reply_sent(
        &mut self,
        id: ReplyId,
        digest: Digest,
        media: &'static str,
        bytes: u64,
    ) -> Result<bool> {
        let at = self.at.clone();
        let doing = "noting that a reply left";
        let before = sqlx::query("select digest from replies where id = $1")
            .bind(id.to_string())
            .fetch_optional(self.connection())
            .await
            .doing(doing)?;
        let before: Option<Digest> = match before {
            Some(row) => row.maybe_parsed("digest")?,
            None => None,
        };
        let set = sqlx::query(
            "update replies set state = 'sent', sent_at = $2, digest = $3, trouble = null,
                                attempts = attempts + 1
             where id = $1 and state in ('waiting', 'withdrawn')",
        )
        .bind(id.to_string())
        .bind(at)
        .bind(digest.to_string())
        .execute(self.connection())
        .await
        .doing(doing)?;
        if set.rows_affected() == 0 {
            return Ok(false);
        }
        // One that came back and was tried again has left before: what is named is counted once.
        if before != Some(digest) {
            self.refer_at_end(digest, media, bytes);
            if let Some(old) = before {
                self.refer_no_more(old).await?;
            }
        }
        Ok(true)
    }

    /// A reply that waits goes to another address.
    pub async fn redirect_reply(&mut self, id: ReplyId, address: &str) -> Result<()> {
        sqlx::query("update replies set to_address = $2 where id = $1 and state = 'waiting'")
            .bind(id.to_string())
            .bind(storable(address))
            .execute(self.connection())
            .await
            .doing("sending a reply elsewhere")?;
        Ok(())
    }

    /// An attempt came to nothing: it is tried again at `again`, or given up.
    pub async fn reply_not_sent(
        &mut self,
        id: ReplyId,
        trouble: &str,
        again: Option<jiff::Timestamp>,
    ) -> Result<()> {
        let at = self.at.clone();
        sqlx::query(
            "update replies set state = $2, trouble = $3, due_at = $4, attempts = attempts + 1
             where id = $1 and state = 'waiting'",
        )
        .bind(id.to_string())
        .bind(match again {
            Some(_) => ReplyState::Waiting.name(),
            None => ReplyState::Failed.name(),
        })
        .bind(storable(trouble))
        .bind(again.map_or(at, ids::moment))
        .execute(self.connection())
        .await
        .doing("noting that a reply did not leave")?;
        Ok(())
    }

    /// A reply that left came back: it failed. Says whether it was so.
    pub async fn reply_came_back(&mut self, id: ReplyId, why: &str) -> Result<bool> {
        let set = sqlx::query(
            // Its bytes stay, and when it left is in the history.
            "update replies set state = 'failed', sent_at = null, trouble = $2
             where id = $1 and state = 'sent'",
        )
        .bind(id.to_string())
        .bind(storable(why))
        .execute(self.connection())
        .await
        .doing("noting that a reply came back")?;
        Ok(set.rows_affected() == 1)
    }

    /// The reply of this Message-ID.
    pub async fn reply_named(&mut self, message_id: &str) -> Result<Option<ReplyRecord>> {
        let row = sqlx::query("select * from replies where message_id = $1")
            .bind(storable(message_id))
            .fetch_optional(self.connection())
            .await
            .doing("looking for a reply")?;
        row.as_ref().map(reply).transpose()
    }

    /// The e-mails that we wrote on a case, newest first.
    pub async fn mail_replies_on(&mut self, case: CaseReference) -> Result<Vec<ReplyRecord>> {
        let rows = sqlx::query(
            "select * from replies where case_number = $1 and channel = 'email' order by id desc",
        )
        .bind(case.number() as i64)
        .fetch_all(self.connection())
        .await
        .doing("looking for replies")?;
        rows.iter().map(reply).collect()
    }

    /// Puts a reply that failed back into the outbox, or takes one that waits out of it; says
    /// whether it was so.
    pub async fn set_reply(
        &mut self,
        id: ReplyId,
        from: ReplyState,
        to: ReplyState,
    ) -> Result<bool> {
        let at = self.at.clone();
        let set = sqlx::query(
            "update replies set state = $3, due_at = $4, attempts = 0
             where id = $1 and state = $2",
        )
        .bind(id.to_string())
        .bind(from.name())
        .bind(to.name())
        .bind(at)
        .execute(self.connection())
        .await
        .doing("changing a reply")?;
        Ok(set.rows_affected() == 1)
    }

    /// A reply as this change sees it.
    pub async fn reply_of(&mut self, id: ReplyId) -> Result<ReplyRecord> {
        let row = sqlx::query("select * from replies where id = $1")
            .bind(id.to_string())
            .fetch_optional(self.connection())
            .await
            .doing("looking at a reply")?;
        reply(&row.ok_or_else(|| StoreError::unknown("reply", id))?)
    }
}

fn reply(row: &AnyRow) -> Result<ReplyRecord> {
    Ok(ReplyRecord {
        id: row.parsed("id")?,
        reply: NewReply {
            case: documents::case_number(row, "case_number")?,
            kind: row.named("kind", ReplyKind::from_name)?,
            channel: row.named("channel", Channel::from_name)?,
            template: row.text("template")?,
            language: row.text("language")?,
            subject: row.text("subject")?,
            body: row.text("body")?,
            to_name: row.text("to_name")?,
            to_address: row.text("to_address")?,
            host: String::new(),
            in_reply_to: row.maybe_text("in_reply_to")?,
        },
        message_id: row.maybe_text("message_id")?,
        state: row.named("state", ReplyState::from_name)?,
        attempts: row.number("attempts")?,
        due_at: row.text("due_at")?,
        trouble: row.maybe_text("trouble")?,
        made_at: row.text("made_at")?,
        made_by: row.text("made_by")?,
        sent_at: row.maybe_text("sent_at")?,
        digest: row.maybe_parsed("digest")?,
    })
}

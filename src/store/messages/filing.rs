//! Messages on their way into the store, and from case to case.

use crate::domain::case::Judgement;
use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::identity::Digest;
use crate::domain::message::{Automatic, Mailbox, Message, MessageId};
use crate::domain::rejection::Rejection;

use super::super::cases::CaseState;
use super::super::change::Change;
use super::super::documents::{self, Attachment};
use super::super::error::{Doing, Result, StoreError};
use super::super::ids::{self, DocumentId, MailId, ScanId};
use super::super::rows::{Columns, storable};
use super::super::search::{Found, Searchable};
use super::{AttachmentRecord, AttachmentState, Exchange, MailPlace, RawMail, subject_key};

/// Messages of one exchange that are looked at.
const LATEST: i64 = 10;

impl Change {
    /// Whether these bytes were taken in before: by another program, since this one looked.
    pub async fn has_mail(&mut self, digest: Digest) -> Result<bool> {
        let row = sqlx::query("select id from messages where digest = $1")
            .bind(digest.to_string())
            .fetch_optional(self.connection())
            .await
            .doing("looking for a message")?;
        Ok(row.is_some())
    }

    /// The message that says the same, where one was taken in before.
    pub async fn mail_like(&mut self, content: Digest) -> Result<Option<MailId>> {
        let row = sqlx::query(
            "select id from messages where content = $1 and state = 'filed' order by id limit 1",
        )
        .bind(content.to_string())
        .fetch_optional(self.connection())
        .await
        .doing("looking for copies of a message")?;
        row.map(|row| row.parsed("id")).transpose()
    }

    /// The cases of the messages and replies that a message answers, and of those that answer
    /// it, what was named last first.
    pub async fn cases_of_thread(
        &mut self,
        own: Option<&MessageId>,
        references: &[MessageId],
    ) -> Result<Vec<CaseReference>> {
        let doing = "looking for a message's thread";
        let mut cases = Vec::new();
        for reference in references.iter().rev() {
            let rows = sqlx::query(
                "select case_number from messages where message_id = $1 and state = 'filed'
                 union select case_number from replies where message_id = $1",
            )
            .bind(storable(reference.as_str()))
            .fetch_all(self.connection())
            .await
            .doing(doing)?;
            for row in &rows {
                cases.push(documents::case_number(row, "case_number")?);
            }
        }
        if let Some(own) = own {
            // A reply of ours that came back to us is on its case already.
            let rows = sqlx::query(
                "select case_number from (
                     select messages.case_number, messages.id from message_references
                     join messages on messages.id = message_references.message
                     where message_references.reference = $1 and messages.state = 'filed'
                     union all select case_number, id from replies where message_id = $1
                 ) as answers order by id",
            )
            .bind(storable(own.as_str()))
            .fetch_all(self.connection())
            .await
            .doing(doing)?;
            for row in &rows {
                cases.push(documents::case_number(row, "case_number")?);
            }
        }
        Ok(cases)
    }

    /// The latest messages that people sent from this address about this subject, newest first.
    pub async fn exchange(&mut self, sender: &str, subject_key: &str) -> Result<Vec<Exchange>> {
        let rows = sqlx::query(
            "select messages.case_number, messages.from_name, messages.sent_at, messages.received,
                    cases.state, cases.customer_id
             from messages join cases on cases.number = messages.case_number
             where messages.from_key = $1 and messages.subject_key = $2
               and messages.state = 'filed' and messages.automatic is null
             order by messages.id desc limit $3",
        )
        .bind(storable(sender))
        .bind(storable(subject_key))
        .bind(LATEST)
        .fetch_all(self.connection())
        .await
        .doing("looking for an exchange")?;
        let found = rows.iter().map(|row| {
            Ok(Exchange {
                case: documents::case_number(row, "case_number")?,
                open: row.named("state", CaseState::from_name)? == CaseState::Open,
                customer: row.maybe_parsed("customer_id")?,
                name: row.maybe_text("from_name")?.unwrap_or_default(),
                sent: row.maybe_text("sent_at")?.and_then(|at| at.parse().ok()),
                received: row.parsed("received")?,
            })
        });
        found.collect()
    }

    /// Whether answers to messages from an address go to that other one already.
    pub async fn answers_go_to(&mut self, from: &str, reply_to: &str) -> Result<bool> {
        let row = sqlx::query(
            "select id from messages
             where from_key = $1 and reply_to = $2 and state = 'filed'
               and reply_to_unused is null limit 1",
        )
        .bind(storable(from))
        .bind(storable(reply_to))
        .fetch_optional(self.connection())
        .await
        .doing("looking where answers go")?;
        Ok(row.is_some())
    }

    /// Puts a message on record and on its case.
    pub async fn file_mail(
        &mut self,
        raw: RawMail<'_>,
        message: &Message,
        place: MailPlace<'_>,
        attachments: &[AttachmentRecord],
    ) -> Result<MailId> {
        let id = self.mail_row(raw, Some(message)).await?;
        self.lay_mail(id, message, place).await?;
        self.references(id, message).await?;
        for attachment in attachments {
            self.attached(id, attachment).await?;
        }
        self.index(Searchable {
            kind: Found::Message,
            id: &id.to_string(),
            case: Some(place.lies.case),
            day: place.receipt.day,
            words: &searchable(message, attachments),
        })
        .await?;
        Ok(id)
    }

    /// Notes a message that came before by another route.
    pub async fn mail_is_copy(
        &mut self,
        raw: RawMail<'_>,
        message: &Message,
        of: MailId,
    ) -> Result<()> {
        let id = self.mail_row(raw, Some(message)).await?;
        sqlx::query(
            "update messages set state = 'duplicate', copy_of = $2, code = null, reason = null
             where id = $1",
        )
        .bind(id.to_string())
        .bind(of.to_string())
        .execute(self.connection())
        .await
        .doing("noting a copy of a message")?;
        Ok(())
    }
}

impl Change {
    /// Sets a message aside with its reason; its bytes are kept.
    pub async fn mail_aside(&mut self, raw: RawMail<'_>, why: &Rejection) -> Result<MailId> {
        let id = self.mail_row(raw, None).await?;
        sqlx::query(
            "update messages set state = 'set_aside', code = $2, reason = $3 where id = $1",
        )
        .bind(id.to_string())
        .bind(why.code.name())
        .bind(storable(&why.reason))
        .execute(self.connection())
        .await
        .doing("setting a message aside")?;
        Ok(id)
    }

    /// The case that a message lies on, and what the rules made of the message.
    pub async fn mail_lies(&mut self, id: MailId) -> Result<(CaseReference, Judgement)> {
        let row = sqlx::query("select * from messages where id = $1 and state = 'filed'")
            .bind(id.to_string())
            .fetch_optional(self.connection())
            .await
            .doing("looking at a message")?;
        let row = row.ok_or_else(|| StoreError::unknown("message", id))?;
        Ok((
            documents::case_number(&row, "case_number")?,
            documents::judgement(&row)?,
        ))
    }

    /// Lays a message on another case.
    pub async fn move_mail(&mut self, id: MailId, to: &Attachment) -> Result<()> {
        sqlx::query(
            "update messages set case_number = $2, attached_by = $3, attached_why = $4
             where id = $1 and state = 'filed'",
        )
        .bind(id.to_string())
        .bind(to.case.number() as i64)
        .bind(to.by.name())
        .bind(storable(&to.why))
        .execute(self.connection())
        .await
        .doing("moving a message")?;
        self.index_case(&id.to_string(), to.case).await
    }

    /// The documents of the scans that came with a message.
    pub async fn documents_with(&mut self, id: MailId) -> Result<Vec<DocumentId>> {
        let rows = sqlx::query(
            "select documents.id from attachments
             join documents on documents.scan_id = attachments.scan_id
             where attachments.message = $1 order by documents.id",
        )
        .bind(id.to_string())
        .fetch_all(self.connection())
        .await
        .doing("looking for what came with a message")?;
        rows.iter().map(|row| row.parsed("id")).collect()
    }

    /// What became of an attachment that waited.
    pub async fn attachment_settled(
        &mut self,
        message: MailId,
        number: u32,
        became: Result<ScanId, &Rejection>,
    ) -> Result<()> {
        let (state, scan, why) = match became {
            Ok(scan) => (AttachmentState::Read, Some(scan.to_string()), None),
            Err(why) => (AttachmentState::SetAside, None, Some(storable(&why.reason))),
        };
        sqlx::query(
            "update attachments set state = $3, scan_id = $4, why = $5
             where message = $1 and number = $2",
        )
        .bind(message.to_string())
        .bind(i64::from(number))
        .bind(state.name())
        .bind(scan)
        .bind(why)
        .execute(self.connection())
        .await
        .doing("settling an attachment")?;
        Ok(())
    }

    /// A row for a message. It begins as one that was set aside, for the table's promises hold
    /// after every statement; what follows in the same change says what it is.
    async fn mail_row(&mut self, raw: RawMail<'_>, message: Option<&Message>) -> Result<MailId> {
        let id = MailId::new();
        let at = self.at.clone();
        let from = message.and_then(|message| message.from.as_ref());
        let writer = message.and_then(Message::writer).map(Mailbox::key);
        let reply_to = message.and_then(|message| message.reply_to.as_ref());
        let reply_to = reply_to.map(Mailbox::key);
        let elsewhere = reply_to.filter(|key| from.is_none_or(|from| from.key() != *key));
        let text = |value: Option<&str>| value.map(storable);
        sqlx::query(
            "insert into messages (id, state, origin, digest, content, message_id, from_name,
                                   from_address, from_key, recipients, subject, subject_key,
                                   sent_at, automatic, taken_at, more_recipients, reply_to,
                                   code, reason)
             values ($1, 'set_aside', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
                     $15, $16, 'interrupted', '')",
        )
        .bind(id.to_string())
        .bind(storable(raw.origin))
        .bind(raw.digest.to_string())
        .bind(message.map(|message| message.content.to_string()))
        .bind(text(
            message
                .and_then(|message| message.id.as_ref())
                .map(MessageId::as_str),
        ))
        .bind(text(from.and_then(|from| from.name.as_deref())))
        .bind(text(from.map(|from| from.address.as_str())))
        .bind(text(writer.as_deref()))
        .bind(storable(&message.map(recipients).unwrap_or_default()))
        .bind(storable(message.map_or("", |message| &message.subject)))
        .bind(storable(&subject_key(
            message.map_or("", |message| &message.subject),
        )))
        .bind(message.and_then(|message| message.sent).map(ids::moment))
        .bind(
            message
                .and_then(|message| message.automatic)
                .map(Automatic::name),
        )
        .bind(at)
        .bind(message.map_or(0, |message| message.more_recipients as i64))
        .bind(text(elsewhere.as_deref()))
        .execute(self.connection())
        .await
        .doing("filing a message")?;
        self.refer(raw.digest, RAW_MAIL, raw.bytes).await?;
        Ok(id)
    }

    async fn lay_mail(
        &mut self,
        id: MailId,
        message: &Message,
        place: MailPlace<'_>,
    ) -> Result<()> {
        let MailPlace {
            lies,
            receipt,
            judged,
            ..
        } = place;
        sqlx::query(
            "update messages
             set state = 'filed', code = null, reason = null, case_number = $2, attached_by = $3,
                 attached_why = $4, received = $5, received_origin = $6, text = $7,
                 topic = $8, topic_why = $9, priority = $10, priority_why = $11,
                 team = $12, team_why = $13, deadline = $14, deadline_why = $15,
                 reply_to_unused = $16
             where id = $1",
        )
        .bind(id.to_string())
        .bind(lies.case.number() as i64)
        .bind(lies.by.name())
        .bind(storable(&lies.why))
        .bind(receipt.day.to_string())
        .bind(receipt.origin.name())
        .bind(storable(&message.text))
        .bind(storable(&judged.topic.choice))
        .bind(storable(&judged.topic.why))
        .bind(judged.priority.choice.name())
        .bind(storable(&judged.priority.why))
        .bind(storable(&judged.team.choice))
        .bind(storable(&judged.team.why))
        .bind(judged.deadline.choice.to_string())
        .bind(storable(&judged.deadline.why))
        .bind(place.reply_to_unused)
        .execute(self.connection())
        .await
        .doing("filing a message")?;
        Ok(())
    }

    async fn references(&mut self, id: MailId, message: &Message) -> Result<()> {
        for reference in &message.references {
            sqlx::query(
                "insert into message_references (message, reference) values ($1, $2)
                 on conflict do nothing",
            )
            .bind(id.to_string())
            .bind(storable(reference.as_str()))
            .execute(self.connection())
            .await
            .doing("filing what a message answers")?;
        }
        Ok(())
    }

    async fn attached(&mut self, message: MailId, file: &AttachmentRecord) -> Result<()> {
        sqlx::query(
            "insert into attachments (message, number, name, media, bytes, state, why, scan_id)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(message.to_string())
        .bind(i64::from(file.number))
        .bind(storable(&file.name))
        .bind(storable(&file.media))
        .bind(file.bytes as i64)
        .bind(file.state.name())
        .bind(file.why.as_deref().map(storable))
        .bind(file.scan.map(|scan| scan.to_string()))
        .execute(self.connection())
        .await
        .doing("filing an attachment")?;
        Ok(())
    }
}

/// The media type of a message as it came.
const RAW_MAIL: &str = "message/rfc822";

/// To and Cc as a person reads them.
fn recipients(message: &Message) -> String {
    let told = |mailbox: &Mailbox| match &mailbox.name {
        Some(name) => format!("{name} <{}>", mailbox.address),
        None => mailbox.address.clone(),
    };
    let all: Vec<String> = message.to.iter().chain(&message.cc).map(told).collect();
    all.join(", ")
}

fn searchable(message: &Message, attachments: &[AttachmentRecord]) -> String {
    let from = message.from.iter().flat_map(|from| {
        let name = from.name.as_deref().unwrap_or_default();
        [name, from.address.as_str()]
    });
    let names = attachments.iter().map(|file| file.name.as_str());
    let mut words = vec![message.subject.as_str()];
    words.extend(from.chain(names));
    words.push(&message.text);
    words.join("\n")
}

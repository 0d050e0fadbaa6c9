//! E-mails that were taken in: filed on a case, told as copies, or set aside with a reason.
//! The bytes of each, as they came, are a blob; nothing that came in is ever dropped.

use sqlx::any::AnyRow;

use crate::domain::case::{AttachedBy, Judgement, Receipt, ReceiptOrigin};
use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::identity::Digest;
use crate::domain::message::{Automatic, Mailbox, Message, MessageId};
use crate::domain::rejection::{Rejection, RejectionCode};

use super::Store;
use super::change::Change;
use super::documents::{self, Attachment};
use super::error::{Doing, Result, StoreError};
use super::ids::{MailId, ScanId};
use super::rows::{Columns, storable};
use super::search::{Found, Searchable};

/// A message's bytes, kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawMail<'a> {
    /// Where it was taken from.
    pub origin: &'a str,
    /// The hash of its bytes, which are durable already.
    pub digest: Digest,
    /// How many they are.
    pub bytes: u64,
}

/// A message on record that lies on a case.
#[derive(Debug, Clone, PartialEq)]
pub struct MailRecord {
    /// Its id.
    pub id: MailId,
    /// Where it was taken from.
    pub origin: String,
    /// The hash of its bytes.
    pub digest: Digest,
    /// The name its writer's program gave it.
    pub message_id: Option<MessageId>,
    /// Who wrote it, as it says.
    pub from: Option<Mailbox>,
    /// To whom, as text.
    pub recipients: String,
    /// Its subject.
    pub subject: String,
    /// When it was sent, by its writer's clock, in UTC.
    pub sent_at: Option<String>,
    /// What kind of machine wrote it, if one did.
    pub automatic: Option<Automatic>,
    /// Its case, and why.
    pub attachment: Attachment,
    /// The day of receipt.
    pub receipt: Receipt,
    /// What a person reads.
    pub text: String,
    /// Topic, priority, team, deadline.
    pub judgement: Judgement,
    /// When it was taken in, in UTC.
    pub taken_at: String,
    /// What came with it.
    pub attachments: Vec<AttachmentRecord>,
}

/// What became of a file that came with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttachmentState {
    /// It is a scan or a photograph of a letter, and waits for a reader.
    Waiting,
    /// It was read like a scan.
    Read,
    /// It is kept; its text was not read.
    Kept,
    /// It was to be read, and could not be.
    SetAside,
}

crate::domain::named!(AttachmentState {
    Waiting => "waiting",
    Read => "read",
    Kept => "kept",
    SetAside => "set_aside",
});

/// A file that came with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentRecord {
    /// From 1, in the message's order.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media: String,
    /// How large it is.
    pub bytes: u64,
    /// What became of it.
    pub state: AttachmentState,
    /// Why it was not read.
    pub why: Option<String>,
    /// The scan that it was read as.
    pub scan: Option<ScanId>,
}

/// A message that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsideMail {
    /// Its id.
    pub id: MailId,
    /// Where it was taken from.
    pub origin: String,
    /// Why.
    pub rejection: Rejection,
    /// When it was taken in, in UTC.
    pub taken_at: String,
}

/// An attachment that waits to be read, and the case that it goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingAttachment {
    /// The message that it came with.
    pub message: MailId,
    /// That message's bytes.
    pub digest: Digest,
    /// Its number there, from 1.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// The case that the message lies on.
    pub case: CaseReference,
    /// The message's day of receipt.
    pub receipt: Receipt,
}

impl Store {
    /// Which of these bytes were taken in before.
    pub async fn mail_known(&self, digests: &[Digest]) -> Result<Vec<Digest>> {
        let mut known = Vec::new();
        for digest in digests {
            let there = sqlx::query("select id from messages where digest = $1")
                .bind(digest.to_string())
                .fetch_optional(&self.pool)
                .await
                .doing("looking for a message")?;
            known.extend(there.map(|_| *digest));
        }
        Ok(known)
    }

    /// A message on record that lies on a case.
    pub async fn mail(&self, id: MailId) -> Result<MailRecord> {
        let row = sqlx::query("select * from messages where id = $1 and state = 'filed'")
            .bind(id.to_string())
            .fetch_optional(&self.pool)
            .await
            .doing("reading a message")?;
        self.record(&row.ok_or_else(|| StoreError::unknown("message", id))?)
            .await
    }

    /// The one message whose id has this part.
    pub async fn mail_with(&self, part: &str) -> Result<Option<MailId>> {
        self.one_with("select id from messages where id like $1 limit 2", part)
            .await?
            .map(|id| id.parse())
            .transpose()
    }

    /// The messages of a case, first received first.
    pub async fn mail_of(&self, case: CaseReference) -> Result<Vec<MailRecord>> {
        let rows = sqlx::query(
            "select * from messages where case_number = $1
             order by coalesce(sent_at, taken_at), id",
        )
        .bind(case.number() as i64)
        .fetch_all(&self.pool)
        .await
        .doing("reading messages")?;
        let mut found = Vec::new();
        for row in &rows {
            found.push(self.record(row).await?);
        }
        Ok(found)
    }

    async fn record(&self, row: &AnyRow) -> Result<MailRecord> {
        let id: MailId = row.parsed("id")?;
        let attachments =
            sqlx::query("select * from attachments where message = $1 order by number")
                .bind(id.to_string())
                .fetch_all(&self.pool)
                .await
                .doing("reading attachments")?;
        mail(
            row,
            attachments.iter().map(attached).collect::<Result<_>>()?,
        )
    }

    /// The messages that could not be read, oldest first.
    pub async fn mail_aside(&self) -> Result<Vec<AsideMail>> {
        let rows = sqlx::query(
            "select id, origin, code, reason, taken_at from messages
             where state = 'set_aside' order by id",
        )
        .fetch_all(&self.pool)
        .await
        .doing("listing messages that were set aside")?;
        let aside = rows.iter().map(|row| {
            let code = row.named("code", RejectionCode::from_name)?;
            Ok(AsideMail {
                id: row.parsed("id")?,
                origin: row.text("origin")?,
                rejection: Rejection::new(code, row.text("reason")?),
                taken_at: row.text("taken_at")?,
            })
        });
        aside.collect()
    }

    /// The hash of the bytes of any message that was taken in.
    pub async fn mail_bytes(&self, id: MailId) -> Result<Digest> {
        let row = sqlx::query("select digest from messages where id = $1")
            .bind(id.to_string())
            .fetch_optional(&self.pool)
            .await
            .doing("reading a message")?;
        row.ok_or_else(|| StoreError::unknown("message", id))?
            .parsed("digest")
    }

    /// Attachments that wait for a reader, oldest first.
    pub async fn attachments_waiting(&self) -> Result<Vec<WaitingAttachment>> {
        let rows = sqlx::query(
            "select attachments.*, messages.digest, messages.case_number, messages.received,
                    messages.received_origin
             from attachments join messages on messages.id = attachments.message
             where attachments.state = 'waiting' order by attachments.message, number",
        )
        .fetch_all(&self.pool)
        .await
        .doing("looking for attachments")?;
        let waiting = rows.iter().map(|row| {
            Ok(WaitingAttachment {
                message: row.parsed("message")?,
                digest: row.parsed("digest")?,
                number: row.number("number")?,
                name: row.text("name")?,
                case: documents::case_number(row, "case_number")?,
                receipt: receipt(row)?,
            })
        });
        waiting.collect()
    }
}

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
            let rows = sqlx::query(
                "select messages.case_number from message_references
                 join messages on messages.id = message_references.message
                 where message_references.reference = $1 and messages.state = 'filed'
                 order by messages.id",
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

    /// Cases with a message of this sender about this subject, newest first.
    pub async fn cases_of_exchange(
        &mut self,
        sender: &str,
        subject_key: &str,
    ) -> Result<Vec<CaseReference>> {
        let rows = sqlx::query(
            "select case_number from messages
             where from_key = $1 and subject_key = $2 and state = 'filed' order by id desc",
        )
        .bind(storable(sender))
        .bind(storable(subject_key))
        .fetch_all(self.connection())
        .await
        .doing("looking for an exchange")?;
        let cases = rows
            .iter()
            .map(|row| documents::case_number(row, "case_number"));
        cases.collect()
    }

    /// Puts a message on record and on its case.
    pub async fn file_mail(
        &mut self,
        raw: RawMail<'_>,
        message: &Message,
        lies: (&Attachment, &Receipt, &Judgement),
        attachments: &[AttachmentRecord],
    ) -> Result<MailId> {
        let id = self.mail_row(raw, Some(message)).await?;
        self.lay_mail(id, message, lies).await?;
        self.references(id, message).await?;
        for attachment in attachments {
            self.attached(id, attachment).await?;
        }
        let (attachment, receipt, _) = lies;
        self.index(Searchable {
            kind: Found::Message,
            id: &id.to_string(),
            case: Some(attachment.case),
            day: receipt.day,
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
        let text = |value: Option<&str>| value.map(storable);
        sqlx::query(
            "insert into messages (id, state, origin, digest, content, message_id, from_name,
                                   from_address, from_key, recipients, subject, subject_key,
                                   sent_at, automatic, taken_at, code, reason)
             values ($1, 'set_aside', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
                     'interrupted', '')",
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
        .bind(from.map(|from| storable(&from.key())))
        .bind(storable(&message.map(recipients).unwrap_or_default()))
        .bind(storable(message.map_or("", |message| &message.subject)))
        .bind(storable(&subject_key(
            message.map_or("", |message| &message.subject),
        )))
        .bind(
            message
                .and_then(|message| message.sent)
                .map(super::ids::moment),
        )
        .bind(
            message
                .and_then(|message| message.automatic)
                .map(Automatic::name),
        )
        .bind(at)
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
        (lies, receipt, judged): (&Attachment, &Receipt, &Judgement),
    ) -> Result<()> {
        sqlx::query(
            "update messages
             set state = 'filed', code = null, reason = null, case_number = $2, attached_by = $3,
                 attached_why = $4, received = $5, received_origin = $6, text = $7,
                 topic = $8, topic_why = $9, priority = $10, priority_why = $11,
                 team = $12, team_why = $13, deadline = $14, deadline_why = $15
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

/// What one exchange has in common: the subject without what answers and forwards put before
/// it, in small letters, white space collapsed.
pub fn subject_key(subject: &str) -> String {
    const ANSWERS: [&str; 10] = [
        "re", "fw", "fwd", "aw", "wg", "sv", "odp", "pd", "ref", "tr",
    ];
    let folded = subject.to_lowercase();
    let mut rest = folded.trim();
    while let Some((head, tail)) = rest.split_once(':') {
        // "Re[2]:" too.
        let word = head.split('[').next().unwrap_or_default().trim();
        if !ANSWERS.contains(&word) {
            break;
        }
        rest = tail.trim_start();
    }
    rest.split_whitespace().collect::<Vec<_>>().join(" ")
}

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

fn mail(row: &AnyRow, attachments: Vec<AttachmentRecord>) -> Result<MailRecord> {
    let from = row.maybe_text("from_address")?;
    let name = row.maybe_text("from_name")?;
    Ok(MailRecord {
        id: row.parsed("id")?,
        origin: row.text("origin")?,
        digest: row.parsed("digest")?,
        message_id: row
            .maybe_text("message_id")?
            .and_then(|id| MessageId::of(&id)),
        from: from.map(|address| Mailbox { name, address }),
        recipients: row.text("recipients")?,
        subject: row.text("subject")?,
        sent_at: row.maybe_text("sent_at")?,
        automatic: row.maybe_named("automatic", Automatic::from_name)?,
        attachment: Attachment {
            case: documents::case_number(row, "case_number")?,
            by: row.named("attached_by", AttachedBy::from_name)?,
            why: row.text("attached_why")?,
        },
        receipt: receipt(row)?,
        text: row.text("text")?,
        judgement: documents::judgement(row)?,
        taken_at: row.text("taken_at")?,
        attachments,
    })
}

fn receipt(row: &AnyRow) -> Result<Receipt> {
    Ok(Receipt {
        day: row.parsed("received")?,
        origin: row.named("received_origin", ReceiptOrigin::from_name)?,
    })
}

fn attached(row: &AnyRow) -> Result<AttachmentRecord> {
    Ok(AttachmentRecord {
        number: row.number("number")?,
        name: row.text("name")?,
        media: row.text("media")?,
        bytes: row.number("bytes")?,
        state: row.named("state", AttachmentState::from_name)?,
        why: row.maybe_text("why")?,
        scan: row.maybe_parsed("scan_id")?,
    })
}

#[cfg(test)]
mod tests {
    use super::subject_key;

    #[test]
    fn an_exchange_is_known_by_its_subject() {
        for subject in [
            "My kettle",
            "Re: My  kettle",
            "RE: AW: Fwd: my kettle",
            "Re[2]: My kettle ",
        ] {
            assert_eq!(subject_key(subject), "my kettle", "{subject}");
        }
        assert_eq!(subject_key("Refund: where is it?"), "refund: where is it?");
    }
}

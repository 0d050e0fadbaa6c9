//! Messages on their way into the store, and from case to case.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::AssertSqlSafe;

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
use super::super::waiting::{for_rows, parameters};
use super::{
    AttachmentRecord, AttachmentState, Exchange, MAIL_WITH_BYTES, MOST_ASKED, MailPlace, RawMail,
    of_these, subject_key,
};

/// Messages of one exchange that are looked at.
const LATEST: i64 = 10;

/// What was taken in before.
#[derive(Debug, Default)]
pub struct MailBefore {
    /// The bytes.
    pub digests: BTreeSet<Digest>,
    /// What it says, and the first message that says so.
    pub contents: BTreeMap<Digest, MailId>,
}

impl Change {
    /// What of these bytes and these contents was taken in before: also by another program, since
    /// this one looked.
    pub async fn mail_before(
        &mut self,
        digests: &[Digest],
        contents: &[Digest],
    ) -> Result<MailBefore> {
        let doing = "looking for copies of messages";
        let mut before = MailBefore::default();
        for some in digests.chunks(MOST_ASKED) {
            let rows = of_these(MAIL_WITH_BYTES, some)
                .fetch_all(self.connection())
                .await
                .doing(doing)?;
            for row in &rows {
                before.digests.insert(row.parsed("digest")?);
            }
        }
        for some in contents.chunks(MOST_ASKED) {
            let sql = "select content, min(id) as id from messages
                       where state = 'filed' and content in (these) group by content";
            let rows = of_these(sql, some)
                .fetch_all(self.connection())
                .await
                .doing(doing)?;
            for row in &rows {
                before
                    .contents
                    .insert(row.parsed("content")?, row.parsed("id")?);
            }
        }
        Ok(before)
    }

    /// The cases of the messages and replies that a message answers, what was named last first, and
    /// then of those that answer it.
    pub async fn cases_of_thread(
        &mut self,
        own: Option<&MessageId>,
        references: &[MessageId],
    ) -> Result<Vec<CaseReference>> {
        if own.is_none() && references.is_empty() {
            return Ok(Vec::new());
        }
        let own = own.map(|own| storable(own.as_str())).unwrap_or_default();
        let references: Vec<String> = references
            .iter()
            .rev()
            .map(|reference| storable(reference.as_str()))
            .collect();
        // A reply of ours that came back to us is on its case already.
        let sql = format!(
            "select message_id as named, case_number, '' as id from messages
             where message_id in ({these}) and state = 'filed'
             union select message_id, case_number, '' from replies where message_id in ({these})
             union all select '', messages.case_number, messages.id from message_references
             join messages on messages.id = message_references.message
             where message_references.reference = $1 and messages.state = 'filed'
             union all select '', case_number, id from replies where message_id = $1
             order by id, case_number",
            these = match references.len() {
                0 => "''".to_owned(),
                count => parameters(2, count),
            }
        );
        let mut query = sqlx::query(AssertSqlSafe(sql)).bind(own);
        for reference in &references {
            query = query.bind(reference.clone());
        }
        let rows = query
            .fetch_all(self.connection())
            .await
            .doing("looking for a message's thread")?;
        let mut found = Vec::new();
        for row in &rows {
            let named = row.text("named")?;
            let place = references.iter().position(|reference| *reference == named);
            let case = documents::case_number(row, "case_number")?;
            found.push((place.unwrap_or(references.len()), case));
        }
        found.sort_by_key(|(place, _)| *place);
        Ok(found.into_iter().map(|(_, case)| case).collect())
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
        let id = self
            .mail_row(raw, Some(message), Became::Filed(place))
            .await?;
        self.references(id, message).await?;
        self.attached(id, attachments).await?;
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
        self.mail_row(raw, Some(message), Became::Copy(of)).await?;
        Ok(())
    }
}

impl Change {
    /// Sets a message aside with its reason; its bytes are kept.
    pub async fn mail_aside(&mut self, raw: RawMail<'_>, why: &Rejection) -> Result<MailId> {
        self.mail_row(raw, None, Became::Aside(why)).await
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

    /// A row for a message.
    async fn mail_row(
        &mut self,
        raw: RawMail<'_>,
        message: Option<&Message>,
        became: Became<'_>,
    ) -> Result<MailId> {
        let id = MailId::new();
        let at = self.at.clone();
        let from = message.and_then(|message| message.from.as_ref());
        let writer = message.and_then(Message::writer).map(Mailbox::key);
        let reply_to = message.and_then(|message| message.reply_to.as_ref());
        let reply_to = reply_to.map(Mailbox::key);
        let elsewhere = reply_to.filter(|key| from.is_none_or(|from| from.key() != *key));
        let own = message.and_then(|message| message.id.as_ref());
        let subject = message.map_or("", |message| &message.subject);
        let automatic = message.and_then(|message| message.automatic);
        let text = |value: Option<&str>| value.map(storable);
        let (filed, copy, aside) = became.parts();
        let judged = filed.map(|place| place.judged);
        sqlx::query(
            "insert into messages (id, state, origin, digest, content, message_id, from_name,
                                   from_address, from_key, recipients, subject, subject_key,
                                   sent_at, automatic, taken_at, code, reason, copy_of,
                                   case_number, attached_by, attached_why, received,
                                   received_origin, text, topic, topic_why, priority,
                                   priority_why, team, team_why, deadline, deadline_why,
                                   more_recipients, reply_to, reply_to_unused)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
                     $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32,
                     $33, $34, $35)",
        )
        .bind(id.to_string())
        .bind(became.state())
        .bind(storable(raw.origin))
        .bind(raw.digest.to_string())
        .bind(message.map(|message| message.content.to_string()))
        .bind(text(own.map(MessageId::as_str)))
        .bind(text(from.and_then(|from| from.name.as_deref())))
        .bind(text(from.map(|from| from.address.as_str())))
        .bind(text(writer.as_deref()))
        .bind(storable(&message.map(recipients).unwrap_or_default()))
        .bind(storable(subject))
        .bind(storable(&subject_key(subject)))
        .bind(message.and_then(|message| message.sent).map(ids::moment))
        .bind(automatic.map(Automatic::name))
        .bind(at)
        .bind(aside.map(|why| why.code.name()))
        .bind(aside.map(|why| storable(&why.reason)))
        .bind(copy.map(|of| of.to_string()))
        .bind(filed.map(|place| place.lies.case.number() as i64))
        .bind(filed.map(|place| place.lies.by.name()))
        .bind(filed.map(|place| storable(&place.lies.why)))
        .bind(filed.map(|place| place.receipt.day.to_string()))
        .bind(filed.map(|place| place.receipt.origin.name()))
        .bind(text(
            filed.and(message).map(|message| message.text.as_str()),
        ))
        .bind(judged.map(|judged| storable(&judged.topic.choice)))
        .bind(judged.map(|judged| storable(&judged.topic.why)))
        .bind(judged.map(|judged| judged.priority.choice.name()))
        .bind(judged.map(|judged| storable(&judged.priority.why)))
        .bind(judged.map(|judged| storable(&judged.team.choice)))
        .bind(judged.map(|judged| storable(&judged.team.why)))
        .bind(judged.map(|judged| judged.deadline.choice.to_string()))
        .bind(judged.map(|judged| storable(&judged.deadline.why)))
        .bind(message.map_or(0, |message| message.more_recipients as i64))
        .bind(text(elsewhere.as_deref()))
        .bind(filed.and_then(|place| place.reply_to_unused))
        .execute(self.connection())
        .await
        .doing("filing a message")?;
        self.refer_at_end(raw.digest, RAW_MAIL, raw.bytes);
        Ok(id)
    }

    async fn references(&mut self, id: MailId, message: &Message) -> Result<()> {
        if message.references.is_empty() {
            return Ok(());
        }
        let sql = for_rows(
            "insert into message_references (message, reference) values ($1, $2)
             on conflict do nothing",
            message.references.len(),
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for reference in &message.references {
            query = query
                .bind(id.to_string())
                .bind(storable(reference.as_str()));
        }
        query
            .execute(self.connection())
            .await
            .doing("filing what a message answers")?;
        Ok(())
    }

    async fn attached(&mut self, message: MailId, files: &[AttachmentRecord]) -> Result<()> {
        for some in files.chunks(MOST_ASKED) {
            let sql = for_rows(
                "insert into attachments (message, number, name, media, bytes, state, why, scan_id)
                 values ($1, $2, $3, $4, $5, $6, $7, $8)",
                some.len(),
            );
            let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(some.len() == 1);
            for file in some {
                query = query
                    .bind(message.to_string())
                    .bind(i64::from(file.number))
                    .bind(storable(&file.name))
                    .bind(storable(&file.media))
                    .bind(file.bytes as i64)
                    .bind(file.state.name())
                    .bind(file.why.as_deref().map(storable))
                    .bind(file.scan.map(|scan| scan.to_string()));
            }
            query
                .execute(self.connection())
                .await
                .doing("filing an attachment")?;
        }
        Ok(())
    }
}

/// What became of a message, as its row says it.
#[derive(Clone, Copy)]
enum Became<'a> {
    Filed(MailPlace<'a>),
    Copy(MailId),
    Aside(&'a Rejection),
}

impl<'a> Became<'a> {
    const fn state(self) -> &'static str {
        match self {
            Self::Filed(_) => "filed",
            Self::Copy(_) => "duplicate",
            Self::Aside(_) => "set_aside",
        }
    }

    const fn parts(self) -> (Option<MailPlace<'a>>, Option<MailId>, Option<&'a Rejection>) {
        match self {
            Self::Filed(place) => (Some(place), None, None),
            Self::Copy(of) => (None, Some(of), None),
            Self::Aside(why) => (None, None, Some(why)),
        }
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

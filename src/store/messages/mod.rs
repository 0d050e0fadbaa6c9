//! E-mails that were taken in: filed on a case, told as copies, or set aside with a reason.
//! The bytes of each, as they came, are a blob; nothing that came in is ever dropped.

mod filing;

pub use filing::MailBefore;

use std::collections::BTreeMap;

use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, AssertSqlSafe};

use crate::domain::case::{AttachedBy, Judgement, Receipt, ReceiptOrigin};
use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::identity::Digest;
use crate::domain::message::{Automatic, Mailbox, MessageId, writer};
use crate::domain::rejection::{Rejection, RejectionCode};

use super::Store;
use super::documents::{self, Attachment};
use super::error::{Doing, Result, StoreError};
use super::ids::{CustomerId, MailId, ScanId};
use super::rows::Columns;
use super::waiting::parameters;

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

/// Where a message goes, and what was made of it.
#[derive(Debug, Clone, Copy)]
pub struct MailPlace<'a> {
    /// Its case, and why.
    pub lies: &'a Attachment,
    /// The day of receipt.
    pub receipt: &'a Receipt,
    /// Topic, priority, team, deadline.
    pub judged: &'a Judgement,
    /// Why answers do not go where it asks for them; `None` where they do.
    pub reply_to_unused: Option<&'static str>,
}

/// Where a message asks for answers, where that is not where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyTo {
    /// The address, in small letters.
    pub address: String,
    /// Why answers do not go there; `None` where they do.
    pub unused: Option<String>,
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
    /// Where it asks for answers.
    pub reply_to: Option<ReplyTo>,
    /// To whom, as text.
    pub recipients: String,
    /// Addressees beyond those.
    pub more_recipients: u64,
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
    /// The case on which that lies, where it is another than the message's: the same file came before.
    pub elsewhere: Option<CaseReference>,
}

/// An earlier message from an address about a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// The case that it lies on.
    pub case: CaseReference,
    /// Whether that is open.
    pub open: bool,
    /// Whose that is.
    pub customer: Option<CustomerId>,
    /// The name beside the address; empty where there is none.
    pub name: String,
    /// When it was sent, by its writer's clock.
    pub sent: Option<jiff::Timestamp>,
    /// The day of receipt.
    pub received: jiff::civil::Date,
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

impl MailRecord {
    /// Who wrote it, as far as that is known: see [`Message::writer`](crate::domain::message::Message::writer).
    pub fn writer(&self) -> Option<Mailbox> {
        let reply_to = self.answers_elsewhere();
        writer(self.from.as_ref(), reply_to.as_ref()).cloned()
    }

    /// The other address that answers go to.
    pub fn answers_elsewhere(&self) -> Option<Mailbox> {
        let wanted = self.reply_to.as_ref()?;
        wanted.unused.is_none().then(|| Mailbox {
            name: None,
            address: wanted.address.clone(),
        })
    }
}

/// Attachments with the case on which the same was read, where that is another.
macro_rules! attachments {
    () => {
        "select attachments.*,
                (select min(documents.case_number) from documents
                 where documents.scan_id = attachments.scan_id and not exists (
                     select 1 from documents as own
                     where own.scan_id = attachments.scan_id
                       and own.case_number = messages.case_number)) as elsewhere
         from attachments join messages on messages.id = attachments.message"
    };
}

impl Store {
    /// Which of these bytes were taken in before.
    pub async fn mail_known(&self, digests: &[Digest]) -> Result<Vec<Digest>> {
        let doing = "looking for messages";
        let mut known = Vec::new();
        for some in digests.chunks(MOST_ASKED) {
            let rows = of_these(MAIL_WITH_BYTES, some)
                .fetch_all(&self.pool)
                .await
                .doing(doing)?;
            for row in &rows {
                known.push(row.parsed("digest")?);
            }
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
        let row = row.ok_or_else(|| StoreError::unknown("message", id))?;
        let files = sqlx::query(concat!(
            attachments!(),
            " where attachments.message = $1 order by number"
        ))
        .bind(id.to_string())
        .fetch_all(&self.pool)
        .await
        .doing("reading attachments")?;
        mail(&row, files.iter().map(attached).collect::<Result<_>>()?)
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
        let files = sqlx::query(concat!(
            attachments!(),
            " where messages.case_number = $1 order by message, number"
        ))
        .bind(case.number() as i64)
        .fetch_all(&self.pool)
        .await
        .doing("reading attachments")?;
        let mut of_each: BTreeMap<MailId, Vec<AttachmentRecord>> = BTreeMap::new();
        for row in &files {
            let of = of_each.entry(row.parsed("message")?).or_default();
            of.push(attached(row)?);
        }
        let record = |row| mail(row, of_each.remove(&row.parsed("id")?).unwrap_or_default());
        rows.iter().map(record).collect()
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

/// As many as are asked for at once.
const MOST_ASKED: usize = 250;

const MAIL_WITH_BYTES: &str = "select digest from messages where digest in (these)";

/// A query about `(these)` digests.
fn of_these<'q>(sql: &str, these: &[Digest]) -> Query<'q, Any, AnyArguments> {
    let sql = sql.replace("(these)", &format!("({})", parameters(1, these.len())));
    let query = sqlx::query(AssertSqlSafe(sql)).persistent(false);
    these
        .iter()
        .fold(query, |query, digest| query.bind(digest.to_string()))
}

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
        reply_to: match row.maybe_text("reply_to")? {
            Some(address) => Some(ReplyTo {
                address,
                unused: row.maybe_text("reply_to_unused")?,
            }),
            None => None,
        },
        recipients: row.text("recipients")?,
        more_recipients: row.number("more_recipients")?,
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
        elsewhere: documents::maybe_case_number(row, "elsewhere")?,
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

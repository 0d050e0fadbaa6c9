//! A reply as a message of RFC 5322.
//!
//! The same reply always makes the same bytes, so that one that is sent again is
//! recognised as the same. Nothing that a customer wrote can add a header: what cannot
//! stand in one is refused, or left out where only threading would suffer.

use std::time::SystemTime;

use jiff::Timestamp;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{self, Mailbox, Message, MessageBuilder, MultiPart, SinglePart};

/// A message to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingMail {
    /// The Message-ID without its brackets. The caller gives it, so that a message that is
    /// sent again has the same.
    pub id: String,
    /// Who sends it.
    pub from: Party,
    /// Who gets it.
    pub to: Party,
    /// The subject, one line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// The Message-ID of the message that is answered, without brackets.
    pub in_reply_to: Option<String>,
    /// Those of the conversation, oldest first, likewise.
    pub references: Vec<String>,
    /// Whether no person wrote it: other programs then do not answer (RFC 3834).
    pub automatic: bool,
    /// When it was written.
    pub date: Timestamp,
    /// What goes with it.
    pub attachments: Vec<Attachment>,
}

/// Who sends or gets a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// The name that is shown.
    pub name: Option<String>,
    /// The e-mail address.
    pub address: String,
}

/// A file that goes with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// Its media type, as `application/pdf`.
    pub media: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// A message that cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ComposeError {
    /// What should be an e-mail address is none.
    #[error(
        "message {id}: the address in '{header}' is no e-mail address; mend it on the case (To) or \
         in postroom.toml (From)"
    )]
    Address {
        /// The message.
        id: String,
        /// The header.
        header: &'static str,
    },
    /// Something would break out of its header.
    #[error(
        "message {id}: '{header}' holds a line break or another control character, or is too long \
         for a header; write it as one short line"
    )]
    Header {
        /// The message.
        id: String,
        /// The header.
        header: &'static str,
    },
    /// Its Message-ID is none.
    #[error(
        "a message cannot be written: its id is not of the form name@domain in plain letters; \
         report this"
    )]
    Id,
    /// Its date cannot be written.
    #[error("message {id}: its date is before 1970 or after 9999; check the clock")]
    Date {
        /// The message.
        id: String,
    },
    /// The program failed.
    #[error("message {id} cannot be written: {why}; report this")]
    Broken {
        /// The message.
        id: String,
        /// Why.
        why: String,
    },
}

/// RFC 5322 has lines of at most 998 characters, and a name or subject without a space
/// cannot be folded.
const LONGEST_HEADER: usize = 500;
/// The same for a Message-ID; those seen in practice have up to 200 characters.
const LONGEST_ID: usize = 250;
/// Of a long conversation the first message and the newest are named: RFC 5322 asks for
/// all, servers refuse headers of many KiB.
const MOST_REFERENCES: usize = 20;

/// The message as it is sent.
pub fn compose(mail: &OutgoingMail) -> Result<Vec<u8>, ComposeError> {
    if !is_id(&mail.id) {
        return Err(ComposeError::Id);
    }
    let message = headed(mail)?;
    let body = mail.body.replace("\r\n", "\n").replace('\r', "\n");
    let mut body = body.trim_end_matches('\n').to_owned();
    // Alone it gets the end of its last line from the message; among parts that one is
    // the boundary's.
    if !mail.attachments.is_empty() {
        body.push('\n');
    }
    let text = SinglePart::builder().header(ContentType::TEXT_PLAIN);
    let text = text.body(body);
    let built = if mail.attachments.is_empty() {
        message.singlepart(text)
    } else {
        let mut parts = MultiPart::mixed().boundary(boundary(mail)).singlepart(text);
        for attachment in &mail.attachments {
            parts = parts.singlepart(attached(mail, attachment)?);
        }
        message.multipart(parts)
    };
    let built = built.map_err(|error| ComposeError::Broken {
        id: mail.id.clone(),
        why: error.to_string(),
    })?;
    Ok(built.formatted())
}

/// Everything over the text.
fn headed(mail: &OutgoingMail) -> Result<MessageBuilder, ComposeError> {
    one_line(mail, "Subject", &mail.subject)?;
    let mut message = Message::builder()
        .message_id(Some(bracketed(&mail.id)))
        .date(date(mail)?)
        .from(mailbox(mail, "From", &mail.from)?)
        .to(mailbox(mail, "To", &mail.to)?)
        .subject(mail.subject.as_str());
    // These come from a customer's message: what is no id is left out.
    if let Some(id) = mail.in_reply_to.as_ref().filter(|id| is_id(id)) {
        message = message.in_reply_to(bracketed(id));
    }
    let references = references(mail);
    if !references.is_empty() {
        message = message.references(references.join(" "));
    }
    if mail.automatic {
        for (name, value) in [
            ("Auto-Submitted", "auto-replied"),
            ("X-Auto-Response-Suppress", "All"),
        ] {
            let name = HeaderName::new_from_ascii_str(name);
            message = message.raw_header(HeaderValue::new(name, value.to_owned()));
        }
    }
    Ok(message)
}

fn attached(mail: &OutgoingMail, attachment: &Attachment) -> Result<SinglePart, ComposeError> {
    one_line(mail, "Content-Disposition", &attachment.name)?;
    let media = ContentType::parse(&attachment.media);
    let media = media.map_err(|_| ComposeError::Header {
        id: mail.id.clone(),
        header: "Content-Type",
    })?;
    let named = message::Attachment::new(attachment.name.clone());
    Ok(named.body(attachment.bytes.clone(), media))
}

fn mailbox(
    mail: &OutgoingMail,
    header: &'static str,
    party: &Party,
) -> Result<Mailbox, ComposeError> {
    if let Some(name) = &party.name {
        one_line(mail, header, name)?;
    }
    let address = party.address.parse().map_err(|_| ComposeError::Address {
        id: mail.id.clone(),
        header,
    })?;
    let name = party.name.as_deref().map(str::trim);
    let name = name.filter(|name| !name.is_empty()).map(str::to_owned);
    Ok(Mailbox::new(name, address))
}

fn one_line(mail: &OutgoingMail, header: &'static str, text: &str) -> Result<(), ComposeError> {
    let breaks = |sign: char| sign.is_control() || matches!(sign, '\u{2028}' | '\u{2029}');
    if text.contains(breaks) || text.len() > LONGEST_HEADER {
        return Err(ComposeError::Header {
            id: mail.id.clone(),
            header,
        });
    }
    Ok(())
}

/// `name@domain` of printable ASCII, without what would end it.
fn is_id(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>' | b',' | b';');
    let parts = id.split_once('@');
    id.len() <= LONGEST_ID
        && id.bytes().all(plain)
        && parts.is_some_and(|(name, domain)| {
            !name.is_empty() && !domain.is_empty() && !domain.contains('@')
        })
}

fn bracketed(id: &str) -> String {
    format!("<{id}>")
}

/// The first and the newest of the conversation.
fn references(mail: &OutgoingMail) -> Vec<String> {
    let ids = mail.references.iter().filter(|id| is_id(id));
    let mut ids: Vec<String> = ids.map(|id| bracketed(id)).collect();
    if ids.len() > MOST_REFERENCES {
        ids.drain(1..ids.len() - (MOST_REFERENCES - 1));
    }
    ids
}

fn date(mail: &OutgoingMail) -> Result<SystemTime, ComposeError> {
    let years = 1970..=9999;
    let year = mail.date.to_zoned(jiff::tz::TimeZone::UTC).year();
    if mail.date.as_second() < 0 || !years.contains(&year) {
        return Err(ComposeError::Date {
            id: mail.id.clone(),
        });
    }
    Ok(mail.date.into())
}

/// What stands between the parts: the same for the same message, and in none of them.
fn boundary(mail: &OutgoingMail) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(mail.id.as_bytes());
    hasher.update(mail.body.as_bytes());
    for attachment in &mail.attachments {
        hasher.update(&attachment.bytes);
    }
    let hex = hasher.finalize().to_hex();
    format!("=_{}", &hex[..32])
}

#[cfg(test)]
mod tests;

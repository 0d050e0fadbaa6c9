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
    let text = SinglePart::builder().header(ContentType::TEXT_PLAIN);
    // The line of its own end is added to it.
    let text = text.body(body.trim_end_matches('\n').to_owned());
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
mod tests {
    use mail_parser::{MessageParser, MimeHeaders as _};
    use proptest::prelude::*;

    use super::*;

    fn mail() -> OutgoingMail {
        let party = |name: &str, address: &str| Party {
            name: Some(name.to_owned()),
            address: address.to_owned(),
        };
        OutgoingMail {
            id: "0193-417.1@hartwell-finch.example".to_owned(),
            from: party(
                "Hartwell & Finch, Customer Care",
                "care@hartwell-finch.example",
            ),
            to: party("Łucja \"Lucy\" Świątek", "lucy@example.org"),
            subject: "Ihre Anfrage – 20 € zurück: PR-0000417-11".to_owned(),
            body: "Dear Ms Świątek,\n\n.\nFrom us: £5.\n".to_owned(),
            in_reply_to: Some("abc@mail.example.org".to_owned()),
            references: vec![
                "first@x.example".to_owned(),
                "abc@mail.example.org".to_owned(),
            ],
            automatic: true,
            date: "2026-11-30T09:15:00Z".parse().unwrap(),
            attachments: Vec::new(),
        }
    }

    fn ids(value: &mail_parser::HeaderValue<'_>) -> Vec<String> {
        let list = value.as_text_list().unwrap_or_default();
        list.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_message_comes_back_as_it_was_meant() {
        let mail = mail();
        let raw = compose(&mail).unwrap();
        assert_eq!(raw, compose(&mail).unwrap());
        assert!(raw.is_ascii() && raw.ends_with(b"\r\n"));
        let read = MessageParser::default().parse(&raw).unwrap();
        assert_eq!(read.message_id(), Some(mail.id.as_str()));
        assert_eq!(read.subject(), Some(mail.subject.as_str()));
        assert_eq!(ids(read.in_reply_to()), ["abc@mail.example.org"]);
        assert_eq!(ids(read.references()), mail.references);
        assert_eq!(read.date().unwrap().to_rfc3339(), "2026-11-30T09:15:00Z");
        let to = read.to().unwrap().first().unwrap();
        assert_eq!(to.name(), mail.to.name.as_deref());
        assert_eq!(to.address(), Some("lucy@example.org"));
        let body = read.body_text(0).unwrap().replace("\r\n", "\n");
        assert_eq!(body, mail.body);
        for (header, value) in [
            ("Auto-Submitted", "auto-replied"),
            ("X-Auto-Response-Suppress", "All"),
        ] {
            assert_eq!(read.header_raw(header).map(str::trim), Some(value));
        }
        let by_hand = OutgoingMail {
            automatic: false,
            ..mail
        };
        let raw = compose(&by_hand).unwrap();
        assert!(!String::from_utf8(raw).unwrap().contains("Auto"));
    }

    #[test]
    fn what_goes_with_it_arrives() {
        let mut mail = mail();
        let bytes: Vec<u8> = (0..=255).cycle().take(5000).collect();
        mail.attachments = vec![Attachment {
            name: "Brief an Łucja.pdf".to_owned(),
            media: "application/pdf".to_owned(),
            bytes: bytes.clone(),
        }];
        let raw = compose(&mail).unwrap();
        assert_eq!(raw, compose(&mail).unwrap());
        let read = MessageParser::default().parse(&raw).unwrap();
        assert_eq!(read.body_text(0).unwrap().replace("\r\n", "\n"), mail.body);
        let attached = read.attachment(0).unwrap();
        assert_eq!(attached.contents(), bytes);
        assert_eq!(attached.attachment_name(), Some("Brief an Łucja.pdf"));
        let media = attached.content_type().unwrap();
        assert_eq!(
            (media.ctype(), media.subtype()),
            ("application", Some("pdf"))
        );
    }

    #[test]
    fn no_header_can_be_added() {
        let hostile = "x\r\nBcc: everybody@example.org";
        let changes: [fn(&mut OutgoingMail, String); 6] = [
            |mail, text| mail.subject = text,
            |mail, text| mail.from.name = Some(text),
            |mail, text| mail.to.name = Some(text),
            |mail, text| mail.to.address = text,
            |mail, text| mail.id = text,
            |mail, text| {
                mail.attachments = vec![Attachment {
                    name: text,
                    media: "text/plain".to_owned(),
                    bytes: Vec::new(),
                }];
            },
        ];
        for change in changes {
            let mut mail = mail();
            change(&mut mail, hostile.to_owned());
            let error = compose(&mail).unwrap_err().to_string();
            assert!(!error.contains("everybody"), "{error}");
        }
        // A customer's message with a strange id is answered all the same.
        let mut mail = mail();
        mail.in_reply_to = Some(hostile.to_owned());
        mail.references = vec![hostile.to_owned(), "a@b".to_owned(), "<a b@c>".to_owned()];
        let raw = String::from_utf8(compose(&mail).unwrap()).unwrap();
        assert!(
            !raw.contains("Bcc") && !raw.contains("In-Reply-To"),
            "{raw}"
        );
        assert!(raw.contains("References: <a@b>\r\n"), "{raw}");
    }

    #[test]
    fn a_long_conversation_is_named_in_short() {
        let mut mail = mail();
        mail.references = (0..100)
            .map(|at| format!("{at}@{}", "x".repeat(90)))
            .collect();
        let raw = compose(&mail).unwrap();
        assert!(
            raw.split(|byte| *byte == b'\n')
                .all(|line| line.len() < 998)
        );
        let read = MessageParser::default().parse(&raw).unwrap();
        let named = ids(read.references());
        assert_eq!(named.len(), MOST_REFERENCES);
        assert_eq!(
            (&named[0], &named[1]),
            (&mail.references[0], &mail.references[81])
        );
    }

    proptest! {
        #[test]
        fn subject_text_and_names_survive(
            subject in "[a-zA-Z0-9äŁ€.,:!-]{1,12}( [a-zA-Z0-9äŁ€.,:!-]{1,12}){0,9}",
            name in "[a-zA-ZäŁ.,']{1,12}( [a-zA-ZäŁ.,'()]{1,12}){0,3}",
            body in "[ -~äŁ€\n]{0,400}",
        ) {
            let mut mail = mail();
            mail.subject = subject;
            mail.to.name = Some(name);
            mail.body = body;
            let raw = compose(&mail).unwrap();
            prop_assert!(raw.split(|byte| *byte == b'\n').all(|line| line.len() <= 998));
            let read = MessageParser::default().parse(&raw).unwrap();
            prop_assert_eq!(read.subject(), Some(mail.subject.as_str()));
            let to = read.to().unwrap().first().unwrap();
            prop_assert_eq!(to.name(), mail.to.name.as_deref());
            let text = read.body_text(0).unwrap().replace("\r\n", "\n");
            prop_assert_eq!(text.trim_end_matches('\n'), mail.body.trim_end_matches('\n'));
        }

        #[test]
        fn nothing_makes_a_second_header(text in "(?s).{0,60}") {
            let mut mail = mail();
            mail.subject = text.clone();
            mail.to.name = Some(text.clone());
            mail.references = vec![text.clone()];
            mail.in_reply_to = Some(text);
            if let Ok(raw) = compose(&mail) {
                let read = MessageParser::default().parse(&raw).unwrap();
                let names = ["Message-ID", "Date", "From", "To", "Subject", "In-Reply-To", "References",
                    "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version", "Content-Type",
                    "Content-Transfer-Encoding"];
                for header in read.headers() {
                    let name = header.name();
                    prop_assert!(names.iter().any(|known| known.eq_ignore_ascii_case(name)), "{}", name);
                }
            }
        }
    }
}

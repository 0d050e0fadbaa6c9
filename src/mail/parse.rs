//! From the bytes of one message to what a person reads of it.

use std::collections::HashSet;

use crate::domain::message::{MOST_REFERENCES, Message, MessageId, content_of};
use crate::domain::rejection::{Rejection, RejectionCode};

use super::MailLimits;
use super::automatic::automatic;
use super::body::Body;
use super::headers::Headers;
use super::parts::Part;
use super::quotes::fresh;
use super::reports::Report;

#[cfg(test)]
mod corpora;
#[cfg(test)]
mod tests;

/// Headers of which every message has one.
const OF_A_MESSAGE: [&str; 10] = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Received",
    "Return-Path",
    "MIME-Version",
    "Content-Type",
    "Delivered-To",
];

/// Takes a message apart. Whatever is merely odd is made the best of; set aside is only
/// what is no message or asks too much of the machine.
pub fn parse(raw: &[u8], limits: &MailLimits) -> Result<Message, Rejection> {
    let raw = without_envelope(raw);
    if raw.is_empty() {
        let reason = "the file has no bytes; fetch the message again";
        return Err(Rejection::new(RejectionCode::Empty, reason));
    }
    if raw.len() as u64 > limits.message_bytes {
        let most = limits.message_bytes;
        let reason = format!("the message has over {most} bytes; look at it in a mail program");
        return Err(Rejection::new(RejectionCode::TooLarge, reason));
    }
    if !begins_with_header(raw) {
        let reason =
            "it does not begin as a message does, with a line as 'From: ...'; see what file it is";
        return Err(Rejection::new(RejectionCode::UnreadableMessage, reason));
    }
    let part = Part::of(raw, limits)?;
    if !part.headers.has_any(&OF_A_MESSAGE) {
        let reason = "it has none of the headers that a message has; see what file it is";
        return Err(Rejection::new(RejectionCode::UnreadableMessage, reason));
    }
    let body = Body::of(&part);
    if body.text_bytes() > limits.text_bytes {
        let most = limits.text_bytes;
        let reason = format!("its text has over {most} bytes; look at it in a mail program");
        return Err(Rejection::new(RejectionCode::TooLarge, reason));
    }
    Ok(message(&part, body))
}

fn message(part: &Part<'_>, body: Body) -> Message {
    let headers = &part.headers;
    let id = headers.ids("Message-ID").next();
    let from = ["From", "Sender"]
        .iter()
        .find_map(|name| headers.mailboxes(name).into_iter().next());
    let (subject, sent, text) = (headers.subject(), headers.date(), body.text());
    let automatic = automatic(part, from.as_ref());
    let report = Report::of(part, automatic, &subject, &text);
    let references = references(headers, id.as_ref(), report.about);
    Message {
        fresh: fresh(&text, &subject, !references.is_empty()),
        id,
        references,
        reply_to: headers.mailboxes("Reply-To").into_iter().next(),
        to: headers.mailboxes("To"),
        cc: headers.mailboxes("Cc"),
        more_recipients: headers.more_mailboxes("To") + headers.more_mailboxes("Cc"),
        sent,
        received: headers.received(),
        html: body.html(),
        automatic,
        undelivered: report.undelivered,
        content: content_of(from.as_ref(), sent, &subject, &text, &body.attachments),
        attachments: body.attachments,
        from,
        subject,
        text,
    }
}

/// What it answers, oldest first: all of `References`, then `In-Reply-To`; of a report on a
/// message, that message last.
fn references(
    headers: &Headers,
    own: Option<&MessageId>,
    reported_on: Vec<MessageId>,
) -> Vec<MessageId> {
    let mut seen: HashSet<MessageId> = own.cloned().into_iter().collect();
    let named = headers.ids("References").chain(headers.ids("In-Reply-To"));
    let named = named.chain(reported_on);
    let mut references: Vec<_> = named.filter(|id| seen.insert(id.clone())).collect();
    let surplus = references.len().saturating_sub(MOST_REFERENCES);
    references.drain(..surplus);
    references
}

/// The message without what programs put before its header: empty lines, a byte order
/// mark, and the line by which mailbox files part messages.
fn without_envelope(raw: &[u8]) -> &[u8] {
    let raw = raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw);
    let raw = raw.trim_ascii_start();
    if !(raw.starts_with(b"From ") || raw.starts_with(b">From ")) {
        return raw;
    }
    let end = raw.iter().position(|byte| *byte == b'\n');
    end.map_or(raw, |end| &raw[end + 1..])
}

/// Letters of the longest name of a header that is known to be in use, and some more.
const LONGEST_NAME: usize = 80;

/// Whether the first line is one of a header: a name of letters, digits and hyphens before a colon. Scripts
/// and notes may have such lines further down.
fn begins_with_header(raw: &[u8]) -> bool {
    let line = raw.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let Some(colon) = line.iter().position(|byte| *byte == b':') else {
        return false;
    };
    let name = line[..colon].trim_ascii_end();
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    (1..=LONGEST_NAME).contains(&name.len()) && name.iter().all(is_of_name)
}

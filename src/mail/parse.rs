//! From the bytes of one message to what a person reads of it.

use std::collections::HashSet;

use crate::domain::message::{MOST_REFERENCES, Message, MessageId, content_of};
use crate::domain::rejection::{Rejection, RejectionCode};

use super::MailLimits;
use super::automatic::automatic;
use super::body::Body;
use super::decode;
use super::headers::Headers;
use super::parts::{Part, split_header};
use super::quotes::fresh;

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
    let references = references(part, id.as_ref());
    let (subject, sent, text) = (headers.subject(), headers.date(), body.text());
    Message {
        fresh: fresh(&text, &subject, !references.is_empty()),
        id,
        references,
        reply_to: headers.mailboxes("Reply-To").into_iter().next(),
        to: headers.mailboxes("To"),
        cc: headers.mailboxes("Cc"),
        sent,
        html: body.html(),
        automatic: automatic(part, from.as_ref()),
        content: content_of(from.as_ref(), sent, &subject, &text, &body.attachments),
        attachments: body.attachments,
        from,
        subject,
        text,
    }
}

/// What it answers, oldest first: all of `References`, then `In-Reply-To`; of a report on a
/// message, that message last.
fn references(part: &Part<'_>, own: Option<&MessageId>) -> Vec<MessageId> {
    let headers = &part.headers;
    let mut seen: HashSet<MessageId> = own.cloned().into_iter().collect();
    let named = headers.ids("References").chain(headers.ids("In-Reply-To"));
    let named = named.chain(reported_on(part));
    let mut references: Vec<_> = named.filter(|id| seen.insert(id.clone())).collect();
    let surplus = references.len().saturating_sub(MOST_REFERENCES);
    references.drain(..surplus);
    references
}

/// The message that a report is about, whose header comes back with it (RFC 6522); the part
/// before it says of a notice of reading which that is (RFC 8098).
fn reported_on(part: &Part<'_>) -> Vec<MessageId> {
    if part.media != "multipart/report" {
        return Vec::new();
    }
    let mut ids = Vec::new();
    for returned in &part.children {
        let name = match returned.media.as_str() {
            "message/rfc822" | "text/rfc822-headers" | "message/rfc822-headers" => "Message-ID",
            "message/disposition-notification" => "Original-Message-ID",
            _ => continue,
        };
        let header = decode::content(returned.body, &returned.headers.encoding());
        let (header, _) = split_header(&header);
        ids.extend(Headers::read(header).ids(name));
    }
    ids
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

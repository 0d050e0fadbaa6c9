//! Reports of machines on a message that they handled: which message that was, and whether it
//! could not be delivered for good.
//!
//! Most are written for machines (RFC 3464, RFC 6522). Some servers write for people alone; of those,
//! only words that stand in no notice of a delay tell that a message came back.

use crate::domain::message::{Automatic, MessageId, Undelivered};

use super::decode;
use super::headers::{Headers, one_line};
use super::parts::{Part, split_header};

/// What a message reports.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// The messages that it is about.
    pub(super) about: Vec<MessageId>,
    /// What could not be delivered.
    pub(super) undelivered: Option<Undelivered>,
}

impl Report {
    /// What the message of this part reports; most report nothing.
    pub(super) fn of(
        part: &Part<'_>,
        automatic: Option<Automatic>,
        subject: &str,
        text: &str,
    ) -> Self {
        let is_bounce = automatic == Some(Automatic::Bounce);
        if !is_bounce && part.media != "multipart/report" {
            return Self::default();
        }
        let mut about = about(part);
        if about.is_empty() && is_bounce {
            about = named_in_text(text);
        }
        let undelivered = match is_bounce {
            true => undelivered(part, subject, text),
            false => None,
        };
        Self { about, undelivered }
    }
}

/// The messages whose header came back; a notice of reading names its own (RFC 8098).
fn about(part: &Part<'_>) -> Vec<MessageId> {
    let mut ids = Vec::new();
    for returned in &part.children {
        let name = match returned.media.as_str() {
            media if is_returned(media) => "Message-ID",
            "message/disposition-notification" => "Original-Message-ID",
            _ => continue,
        };
        ids.extend(header_within(returned).ids(name));
    }
    ids
}

fn is_returned(media: &str) -> bool {
    const WHOLE_OR_HEADER: [&str; 5] = [
        "message/rfc822",
        "text/rfc822-headers",
        "message/rfc822-headers",
        "message/global",
        "message/global-headers",
    ];
    WHOLE_OR_HEADER.contains(&media)
}

/// The header of a message that is a part.
fn header_within(part: &Part<'_>) -> Headers {
    let content = decode::content(part.body, &part.headers.encoding());
    Headers::read(split_header(&content).0)
}

/// Messages whose header stands in the text, as older servers put it there.
fn named_in_text(text: &str) -> Vec<MessageId> {
    let lines = text.lines().map(|line| line.trim_start_matches(['>', ' ']));
    let named = lines.filter_map(|line| {
        let (name, id) = line.split_once(':')?;
        name.eq_ignore_ascii_case("Message-ID").then_some(id)
    });
    let ids = named.filter_map(MessageId::of);
    ids.filter(|id| !id.as_str().contains(char::is_whitespace))
        .collect()
}

/// What a bounce says was not delivered: by its part for machines where it has one, else by the
/// header that some servers add, else by its words.
fn undelivered(part: &Part<'_>, subject: &str, text: &str) -> Option<Undelivered> {
    let status = part.children.iter().find(|child| {
        ["message/delivery-status", "message/global-delivery-status"]
            .contains(&child.media.as_str())
    });
    let (to, why) = match (status, part.headers.raw("X-Failed-Recipients")) {
        (Some(status), _) => failed(status)?,
        (None, Some(to)) => (addresses(to), said(text)),
        (None, None) if tells_of_failure(subject, text) => {
            (addresses(before_copy(text)), said(text))
        }
        (None, None) => return None,
    };
    let returned = part.children.iter().find(|child| is_returned(&child.media));
    Some(Undelivered {
        to,
        why,
        subject: returned.map_or_else(String::new, |part| header_within(part).subject()),
    })
}

/// The addresses of the groups of a status part that say `failed`, and why; `None` where none does.
fn failed(status: &Part<'_>) -> Option<(Vec<String>, String)> {
    let content = decode::content(status.body, &status.headers.encoding());
    let (mut to, mut why, mut any) = (Vec::new(), None, false);
    let mut rest = content.as_ref();
    while !rest.is_empty() {
        let (group, after) = split_header(rest);
        rest = after;
        let group = Headers::read(group);
        let action = group.raw("Action").unwrap_or_default();
        // Words of other kinds are "delayed", "delivered", "relayed" and "expanded".
        if !first_word(action).eq_ignore_ascii_case("failed") {
            continue;
        }
        any = true;
        for name in ["Original-Recipient", "Final-Recipient"] {
            to.extend(addresses(group.raw(name).unwrap_or_default()));
        }
        let told = ["Diagnostic-Code", "Status"];
        why = why.or_else(|| told.iter().find_map(|name| group.raw(name)).map(short));
    }
    any.then(|| (to, why.unwrap_or_else(|| NO_WORDS.to_owned())))
}

fn first_word(value: &str) -> &str {
    value.split([';', '(', ' ']).next().unwrap_or_default()
}

/// The addresses in a text, in small letters.
fn addresses(text: &str) -> Vec<String> {
    let words = text.split(|sign: char| sign.is_whitespace() || "<>,;:()\"'[]".contains(sign));
    let with_host = words.filter(|word| word.contains('@'));
    with_host.map(str::to_lowercase).collect()
}

/// What servers write, in small letters, that have given a message up.
const FAILED: [&str; 14] = [
    // qmail, Exim, sendmail.
    "this is a permanent error",
    "permanent fatal errors",
    "i've given up",
    "returning message to sender",
    "returned mail:",
    // Postfix, Exchange, Gmail, Domino.
    "undelivered mail returned to sender",
    "undeliverable:",
    "delivery has failed to these recipients",
    "delivery status notification (failure)",
    "delivery failure",
    "the following message could not be delivered",
    "delivery to the following recipient failed permanently",
    "delivery to the following recipients failed",
    "message not delivered",
];

/// What they write who still try; sendmail puts it beside words of failure.
const STILL_TRYING: [&str; 8] = [
    "warning message only",
    "not yet been delivered",
    "delivery status notification (delay)",
    "delivery delayed",
    "has been delayed",
    "will be retried",
    "will keep trying",
    "will continue to",
];

fn tells_of_failure(subject: &str, text: &str) -> bool {
    let told = format!("{subject}\n{}", before_copy(text)).to_lowercase();
    let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
    let told = told.replace('\u{2019}', "'");
    let has = |words: &[&str]| words.iter().any(|words| told.contains(words));
    has(&FAILED) && !has(&STILL_TRYING)
}

/// What a server itself wrote: all before the copy of what it returns.
fn before_copy(text: &str) -> &str {
    let folded = text.to_ascii_lowercase();
    let marks = [
        "\n--- below this line is a copy",
        "\n------ this is a copy",
        "\n   ----- original message follows",
        "\n   ----- message header follows",
        "\nreceived: from",
        "\nreturn-path:",
    ];
    let end = marks.iter().filter_map(|mark| folded.find(mark)).min();
    &text[..end.unwrap_or(text.len())]
}

/// The line in which a server says with a number why.
fn said(text: &str) -> String {
    let has_code = |line: &&str| {
        let mut words = line.split(|sign: char| !sign.is_ascii_digit() && sign != '.');
        words.any(|word| {
            word.len() == 3 && word.starts_with('5') && word.parse::<u16>().is_ok()
                || word.starts_with("5.") && word.len() >= 5
        })
    };
    let line = before_copy(text).lines().find(has_code);
    line.map_or_else(|| NO_WORDS.to_owned(), short)
}

const NO_WORDS: &str = "the server gives no reason";

/// As much of a reason as a person reads.
fn short(why: &str) -> String {
    const LONGEST: usize = 200;
    one_line(why).chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{MailLimits, parse};
    use super::*;
    use crate::domain::message::Message;

    fn read(raw: &str) -> Message {
        parse(raw.as_bytes(), &MailLimits::default()).unwrap()
    }

    fn status(action: &str, returned: &str) -> Message {
        read(&format!(
            "From: MAILER-DAEMON@mx.example\nSubject: about your mail\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
             --b\n\nFor people.\n\
             --b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n\
             Final-Recipient: rfc822; Jo@Example.com\nAction: {action}\nStatus: 5.1.1\n\
             Diagnostic-Code: smtp; 550 5.1.1 no such\n user here\n\
             --b\nContent-Type: {returned}\n\nMessage-ID: <7@ours>\nSubject: Your kettle\n\nbody\n--b--\n"
        ))
    }

    #[test]
    fn a_failure_is_told_from_a_delay_and_a_receipt() {
        for returned in ["message/rfc822", "text/rfc822-headers", "message/global"] {
            let message = status("failed", returned);
            let undelivered = message.undelivered.unwrap();
            assert_eq!(undelivered.to, ["jo@example.com"]);
            assert_eq!(undelivered.why, "smtp; 550 5.1.1 no such user here");
            assert_eq!(undelivered.subject, "Your kettle");
            assert_eq!(message.references[0].as_str(), "7@ours");
        }
        assert!(
            status("Failed (unknown)", "message/rfc822")
                .undelivered
                .is_some()
        );
        for action in ["delayed", "delivered", "relayed", "expanded", ""] {
            let message = status(action, "message/rfc822");
            assert_eq!(message.undelivered, None, "{action}");
            assert_eq!(message.automatic, Some(Automatic::Bounce));
        }
    }

    #[test]
    fn servers_that_write_for_people_are_understood() {
        let bounce = |subject: &str, text: &str| {
            read(&format!(
                "From: Mail System <MAILER-DAEMON@mx.example>\nSubject: {subject}\n\n{text}\n"
            ))
        };
        let qmail = bounce(
            "failure notice",
            "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your \
             message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't \
             work out.\n\n<jo@example.com>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 no such \
             user\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <care@ours>\nMessage-ID: \
             <7@ours>\nTo: other@example.com\n",
        );
        let undelivered = qmail.undelivered.unwrap();
        assert_eq!(undelivered.to, ["jo@example.com"]);
        assert_eq!(undelivered.why, "Remote host said: 550 no such user");
        assert_eq!(qmail.references[0].as_str(), "7@ours");
        let exim = bounce(
            "Mail delivery failed: returning message to sender\nX-Failed-Recipients: jo@example.com",
            "A message that you sent could not be delivered to one or more of its recipients.",
        );
        assert_eq!(exim.undelivered.unwrap().to, ["jo@example.com"]);
        for (subject, text) in [
            (
                "Warning: message 1x delayed 24 hours",
                "A message that you sent has not yet been delivered to one or more of its recipients.",
            ),
            (
                "Returned mail: warning",
                "THIS IS A WARNING MESSAGE ONLY. You do not need to resend your message.",
            ),
            ("Delivery report", "Your message was delivered."),
            ("Hello", "I am the postmaster, and I like your shop."),
        ] {
            assert_eq!(bounce(subject, text).undelivered, None, "{subject}");
        }
    }

    #[test]
    fn a_person_who_quotes_a_bounce_sends_none() {
        let message = read(
            "From: Jo <jo@example.com>\nSubject: Undeliverable: my letter\n\n\
             This is a permanent error; I've given up.\nMessage-ID: <7@ours>\n",
        );
        assert_eq!((message.undelivered, message.references), (None, vec![]));
    }
}

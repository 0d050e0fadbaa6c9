//! Which messages no person wrote. Such a one must never get an automatic answer, or
//! two machines write to each other all night (RFC 3834).

use crate::domain::message::{Automatic, Mailbox};

use super::parts::Part;

/// Headers that only machines that answer for somebody write.
const OF_ANSWERS: [&str; 7] = [
    "X-Autoreply",
    "X-Autorespond",
    "X-Autoresponder",
    "X-Auto-Reply",
    "X-Autoreply-From",
    "X-Mail-Autoreply",
    "X-Vacation",
];

/// Headers that only lists write.
const OF_LISTS: [&str; 6] = [
    "List-Id",
    "List-Post",
    "List-Unsubscribe",
    "List-Subscribe",
    "Mailing-List",
    "X-Mailing-List",
];

/// Who writes that a message could not be delivered, before the `@`.
const POSTMASTERS: [&str; 3] = ["mailer-daemon", "postmaster", "mail-daemon"];

/// Which kind of machine wrote the message, where one did. That a sender wants no
/// automatic answers (`X-Auto-Response-Suppress`) is no sign: people's programs say it.
pub(super) fn automatic(part: &Part<'_>, from: Option<&Mailbox>) -> Option<Automatic> {
    let headers = &part.headers;
    let precedence = headers.raw("Precedence").unwrap_or_default();
    let precedence = precedence.to_ascii_lowercase();
    let is_report = part.media == "multipart/report";
    let report = headers.parameter("report-type").unwrap_or_default();
    let is_of_delivery = report.is_empty() || report.eq_ignore_ascii_case("delivery-status");
    let failed = headers.has_any(&["X-Failed-Recipients"]);
    if is_report && is_of_delivery || failed || from.is_some_and(is_postmaster) {
        return Some(Automatic::Bounce);
    }
    let submitted = headers.raw("Auto-Submitted").is_some_and(by_machine);
    let answers = precedence == "auto_reply" || headers.has_any(&OF_ANSWERS);
    if is_report || submitted || answers {
        return Some(Automatic::AutoReply);
    }
    // A list may send with no return address too; it says of itself that it is one.
    if precedence == "list" || headers.has_any(&OF_LISTS) {
        return Some(Automatic::List);
    }
    if ["bulk", "junk"].contains(&precedence.as_str()) {
        return Some(Automatic::Bulk);
    }
    let nobody = headers.raw("Return-Path").is_some_and(is_nobody);
    nobody.then_some(Automatic::Bounce)
}

fn is_postmaster(from: &Mailbox) -> bool {
    let key = from.key();
    let local = key.split('@').next().unwrap_or_default();
    POSTMASTERS.contains(&local)
}

/// Whether `Auto-Submitted` says anything but that a person sent it. Parameters and
/// comments may follow the word.
fn by_machine(value: &str) -> bool {
    let word = value.split([';', '(', ' ']).next().unwrap_or_default();
    !word.is_empty() && !word.eq_ignore_ascii_case("no")
}

/// Whether a return address says that nobody wants an answer.
fn is_nobody(value: &str) -> bool {
    value.split_whitespace().collect::<String>() == "<>"
}

#[cfg(test)]
mod tests {
    use super::super::MailLimits;
    use super::*;

    #[test]
    fn machines_are_told_from_people() {
        use Automatic::{AutoReply, Bounce, Bulk, List};
        let report = |kind: &str| format!("Content-Type: multipart/report; report-type={kind}");
        for (header, expected) in [
            ("Subject: hello", None),
            ("Auto-Submitted: no", None),
            ("Auto-Submitted: No (a person)", None),
            ("Auto-Submitted:", None),
            ("X-Auto-Response-Suppress: All", None),
            ("Precedence: first-class", None),
            ("Return-Path: <ann@example.org>", None),
            ("From: Ann Postmaster <ann@example.org>", None),
            ("Auto-Submitted: auto-replied", Some(AutoReply)),
            ("AUTO-SUBMITTED: Auto-Generated; why=x", Some(AutoReply)),
            ("Precedence: auto_reply", Some(AutoReply)),
            ("X-Autoreply: yes", Some(AutoReply)),
            ("X-Autorespond: away", Some(AutoReply)),
            (&report("disposition-notification"), Some(AutoReply)),
            ("From: MAILER-DAEMON", Some(Bounce)),
            ("From: Mail <MAILER-DAEMON@mx.example.org>", Some(Bounce)),
            ("From: postmaster@example.org", Some(Bounce)),
            ("X-Failed-Recipients: a@b.org", Some(Bounce)),
            ("Return-Path: <>", Some(Bounce)),
            ("Return-Path: < >", Some(Bounce)),
            ("Content-Type: multipart/report", Some(Bounce)),
            (&report("\"delivery-status\""), Some(Bounce)),
            ("Precedence: list", Some(List)),
            ("List-Id: <a.example.org>", Some(List)),
            ("List-Unsubscribe: <mailto:a@b.org>", Some(List)),
            ("Return-Path: <>\nList-Id: <a.b>", Some(List)),
            ("Precedence: BULK", Some(Bulk)),
            ("Precedence: junk", Some(Bulk)),
        ] {
            let part = Part::of(header.as_bytes(), &MailLimits::default()).unwrap();
            let from = part.headers.mailboxes("From");
            assert_eq!(automatic(&part, from.first()), expected, "{header}");
        }
    }
}

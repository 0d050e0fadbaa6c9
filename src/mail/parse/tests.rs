//! Messages as people's programs write them, and as they should not.

use proptest::prelude::*;

use super::*;
use crate::domain::message::Automatic;

fn read(raw: &str) -> Message {
    parse(raw.as_bytes(), &MailLimits::default()).unwrap()
}

/// A message with these lines of header and this body.
fn with(header: &str, body: &str) -> Message {
    read(&format!("From: Ann <ann@example.org>\n{header}\n\n{body}"))
}

#[test]
fn a_letter_is_read() {
    let message = read(
        "Return-Path: <ann@example.org>\r\nReceived: from a by b; Fri, 20 Nov 2026 09:00:01 +0000\r\n\
         Message-ID: <1@example.org>\r\nIn-Reply-To: <0@shop.example>\r\n\
         References: <a@shop.example>\r\n <0@shop.example>\r\n\
         From: =?utf-8?q?Ann_D=C3=A9?= <Ann@Example.org>\r\nReply-To: home@example.org\r\n\
         To: Shop <care@shop.example>, other@shop.example\r\nCc: bob@example.org\r\n\
         Subject: Late\r\n order\r\nDate: Fri, 20 Nov 2026 10:00:00 +0100\r\n\r\n\
         Dear Sirs,\r\nit is late.\r\n\r\nOn Thu, 19 Nov 2026 10:00, Shop wrote:\r\n> It is sent.\r\n",
    );
    assert_eq!(message.id.unwrap().as_str(), "1@example.org");
    let references: Vec<_> = message.references.iter().map(MessageId::as_str).collect();
    assert_eq!(references, ["a@shop.example", "0@shop.example"]);
    let from = message.from.unwrap();
    assert_eq!(
        (from.name.as_deref(), from.key().as_str()),
        (Some("Ann Dé"), "ann@example.org")
    );
    assert_eq!(message.reply_to.unwrap().address, "home@example.org");
    assert_eq!((message.to.len(), message.cc.len()), (2, 1));
    assert_eq!(message.subject, "Late order");
    assert_eq!(message.sent.unwrap().to_string(), "2026-11-20T09:00:00Z");
    assert!(message.text.starts_with("Dear Sirs,\nit is late.\n"));
    assert_eq!(message.fresh, "Dear Sirs,\nit is late.");
    assert_eq!((message.html, message.automatic), (None, None));
    assert_eq!(message.attachments, []);
}

#[test]
fn parts_become_text_html_and_files() {
    let message = with(
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"out\"",
        "--out\nContent-Type: multipart/alternative; boundary=in\n\n\
         --in\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nCaf=E9\n\
         --in\nContent-Type: multipart/related; boundary=rel\n\n\
         --rel\nContent-Type: text/html; charset=utf-8\n\n<p>Café <img src=cid:p1></p>\n\
         --rel\nContent-Type: image/png; name=logo.png\nContent-ID: <p1>\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n--rel--\n\
         --in\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\n--in--\n\
         --out\nContent-Type: application/pdf\nContent-Disposition: attachment; filename*=utf-8''b%C3%A9.pdf\n\n%PDF\n\
         --out\nContent-Type: application/ms-tnef; name=winmail.dat\n\nTNEF\n\
         --out\nContent-Type: message/rfc822\n\nSubject: within\n\nbody\n\
         --out\nContent-Type: text/plain\n\nThe list's footer\n--out--\n",
    );
    assert_eq!(message.text, "Café\n\nThe list's footer");
    let html = message.html.unwrap();
    assert!(
        html.contains("<p>Café") && html.contains("<pre>The list's footer</pre>"),
        "{html}"
    );
    let files: Vec<_> = message
        .attachments
        .iter()
        .map(|file| (file.name.as_str(), file.media.as_str(), file.inline))
        .collect();
    let expected = [
        ("logo.png", "image/png", true),
        ("attachment-2.ics", "text/calendar", false),
        ("bé.pdf", "application/pdf", false),
        ("winmail.dat", "application/ms-tnef", false),
        ("attachment-5.eml", "message/rfc822", false),
    ];
    assert_eq!(files, expected);
    assert_eq!(message.attachments[0].bytes, b"hello");
    assert_eq!(
        message.attachments[0].content_id.as_ref().unwrap().as_str(),
        "p1"
    );
    assert_eq!(message.attachments[4].bytes, b"Subject: within\n\nbody");
}

#[test]
fn what_is_odd_is_made_the_best_of() {
    for (header, body, text) in [
        ("Subject: none", "", ""),
        (
            "Content-Type: text/html",
            "<p>Only <b>HTML</b>",
            "Only HTML",
        ),
        ("Content-Type: text/plain; charset=klingon", "text", "text"),
        ("Content-Type: nonsense", "text", "text"),
        ("Content-Type:", "text", "text"),
        (
            "Content-Type: text/plain\nContent-Transfer-Encoding: base64",
            "aGVs*bG8",
            "hello",
        ),
        (
            "Content-Type: multipart/mixed; boundary=b",
            "no parts at all",
            "no parts at all",
        ),
        (
            "Content-Type: multipart/mixed",
            "--x\n\nguessed\n--x--",
            "guessed",
        ),
        (
            "Content-Type: multipart/mixed; boundary=b",
            "--b\n\ncut off",
            "cut off",
        ),
        (
            "Content-Type: multipart/alternative; boundary=b",
            "--b\n\n \n--b\nContent-Type: text/html\n\n<p>said\n--b--",
            "said",
        ),
        (
            "Content-Type: text/enriched",
            "<bold>x</bold>",
            "<bold>x</bold>",
        ),
        ("X: a\0b", "a\0b\x1b[31m\r\nc\rd", "ab[31m\nc\nd"),
    ] {
        let message = with(header, body);
        assert_eq!(message.text, text, "{header}");
        assert_eq!(message.attachments, [], "{header}");
    }
    let message = read("\n\nSubject: no sender\n\ntext");
    assert_eq!((message.from, message.text.as_str()), (None, "text"));
    let message = read("From ann@example.org Fri Nov 20 10:00:00 2026\nSubject: s\n\ntext");
    assert_eq!(message.subject, "s");
    assert_eq!(
        read("Subject: s\nSender: a@b.example\n\n")
            .from
            .unwrap()
            .address,
        "a@b.example"
    );
}

#[test]
fn a_message_that_is_one_file_has_no_text() {
    let message = with("Content-Type: application/pdf; name=a.pdf", "%PDF");
    assert_eq!((message.text.as_str(), message.fresh.as_str()), ("", ""));
    assert_eq!(message.attachments[0].name, "a.pdf");
}

#[test]
fn a_report_is_a_bounce_with_its_parts_as_files() {
    let message = with(
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
        "--b\n\nIt failed.\n--b\nContent-Type: message/delivery-status\n\nStatus: 5.1.1\n\
         --b\nContent-Type: message/rfc822\n\nSubject: x\n\ny\n--b--",
    );
    assert_eq!(message.automatic, Some(Automatic::Bounce));
    assert_eq!(message.text, "It failed.");
    assert_eq!(message.attachments.len(), 2);
}

#[test]
fn the_newest_references_are_kept_and_none_twice() {
    let ids: String = (0..150).map(|n| format!(" <{n}@x>")).collect();
    let header = format!(
        "Message-ID: <own@x>\nReferences:{ids} <149@x> <own@x>\nIn-Reply-To: <new@x> <3@x>"
    );
    let references = with(&header, "").references;
    assert_eq!(references.len(), MOST_REFERENCES);
    assert_eq!(references[0].as_str(), "51@x");
    assert_eq!(references[99].as_str(), "new@x");
}

#[test]
fn one_message_by_two_routes_has_one_content() {
    let one = with("Subject: s\nReceived: by a", "text\n");
    let two = with(
        "Received: by b\nReceived: by c\nX-Spam: no\nSubject: s",
        "text  \r\n\r\n",
    );
    assert_eq!(one.content, two.content);
    assert_ne!(one.content, with("Subject: s", "other").content);
}

#[test]
fn what_is_no_message_or_too_much_is_set_aside() {
    let small = MailLimits {
        message_bytes: 1_000,
        text_bytes: 500,
        ..MailLimits::default()
    };
    let long = format!("Subject: s\n\n{}", "x".repeat(600));
    let longer = format!("Subject: s\n\n{}", "x".repeat(1_000));
    for (raw, code) in [
        ("", RejectionCode::Empty),
        (" \r\n", RejectionCode::Empty),
        ("From a@b Fri Nov 20 10:00:00 2026\n", RejectionCode::Empty),
        ("a shopping list:\nmilk\n", RejectionCode::UnreadableMessage),
        ("%PDF-1.4\n", RejectionCode::UnreadableMessage),
        (&long, RejectionCode::TooLarge),
        (&longer, RejectionCode::TooLarge),
    ] {
        assert_eq!(
            parse(raw.as_bytes(), &small).unwrap_err().code,
            code,
            "{raw}"
        );
    }
}

/// Pieces of which messages are made, in no order.
const PIECES: [&str; 22] = [
    "Content-Type: multipart/mixed; boundary=b\n",
    "Content-Type: multipart/alternative; boundary=\"b\n",
    "Content-Type: message/rfc822\n",
    "Content-Type: text/html; charset=utf-7\n",
    "Content-Transfer-Encoding: base64\n",
    "Content-Transfer-Encoding: quoted-printable\n",
    "Content-Disposition: attachment; filename*0*=utf-8''%; filename*1=\"\\",
    "From: \"a\\\" (b (c) <@,;:> =?utf-8?b?/w==?= ",
    "References: <<>>\n <a@b\n",
    "Date: Fri, 31 Feb 99999 99:99 +\n",
    "Subject: =?iso-2022-jp?q?=1b$B=?=\n =?x?y?z?= ",
    "\n",
    "\r\n\r\n",
    "--b\n",
    "--b--\n",
    "=\n=3",
    "On 1 May 10:00 <a@b> wrote:\n> x\n",
    "From: x\nSent: y\nTo: z\n",
    "<blockquote cite><pre>&#0;&#xffffffff;&;",
    "\0\u{feff}\u{202e}",
    ":",
    ";",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_bytes_are_too_strange(
        pieces in prop::collection::vec(prop_oneof![
            8 => prop::sample::select(PIECES.as_slice()).prop_map(|piece| piece.as_bytes().to_vec()),
            2 => prop::collection::vec(any::<u8>(), 0..8),
        ], 0..40)
    ) {
        let raw = [b"Subject: ".as_slice(), &pieces.concat()].concat();
        if let Ok(message) = parse(&raw, &MailLimits::default()) {
            prop_assert!(!message.text.contains(['\r', '\0']));
            prop_assert!(message.text.is_empty() || !message.fresh.is_empty());
        }
    }
}

#[test]
fn a_report_names_what_it_is_about() {
    for (kind, part, expected) in [
        (
            "delivery-status",
            "text/rfc822-headers\n\nSubject: x\nMessage-ID: <7@shop.example>",
            &["7@shop.example"][..],
        ),
        (
            "delivery-status",
            "message/rfc822\n\nMessage-ID: <7@shop.example>\n\nMessage-ID: <8@x>",
            &["7@shop.example"],
        ),
        (
            "delivery-status",
            "message/rfc822\nContent-Transfer-Encoding: base64\n\nTWVzc2FnZS1JRDogPDdAcz4K",
            &["7@s"],
        ),
        (
            "disposition-notification",
            "message/disposition-notification\n\nOriginal-Message-ID: <7@shop.example>",
            &["7@shop.example"],
        ),
        (
            "delivery-status",
            "message/delivery-status\n\nMessage-ID: <7@shop.example>",
            &[],
        ),
    ] {
        let message = with(
            &format!("Content-Type: multipart/report; report-type={kind}; boundary=b"),
            &format!("--b\n\nIt could not be delivered.\n--b\nContent-Type: {part}\n--b--"),
        );
        let references: Vec<_> = message.references.iter().map(MessageId::as_str).collect();
        assert_eq!(references, expected, "{part}");
    }
    // What somebody passes on is not what they answer.
    let passed_on = with(
        "Content-Type: multipart/mixed; boundary=b",
        "--b\n\nSee below.\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <7@s>\n\nx\n--b--",
    );
    assert_eq!(passed_on.references, []);
}

#[test]
fn only_a_file_that_begins_like_a_message_is_one() {
    for text in [
        "#!/usr/bin/env python3\nFrom: x\nimport os\nSubject: y\n",
        "import email\n\nDate: 1\n",
        "\"\"\"Sends mail.\n\nSubject: a\n\"\"\"\n",
        "Dear Sirs, please note:\nDate: never\nFrom: me\n",
        "<html>\nFrom: a@b\n</html>\n",
        "{\n\"From\": 1\n}\n",
        ": nothing\nFrom: a@b\n",
    ] {
        let error = parse(text.as_bytes(), &MailLimits::default()).unwrap_err();
        assert_eq!(error.code, RejectionCode::UnreadableMessage, "{text}");
        assert!(error.reason.contains("does not begin"), "{error}");
    }
    for text in [
        "From ann Fri Nov 20 09:00:00 2026\nSubject: hello\n\nx",
        "X_odd.name : 1\r\nSubject: hello\r\n\r\nx",
    ] {
        assert_eq!(read(text).subject, "hello", "{text}");
    }
}

#[test]
fn addressees_beyond_a_thousand_are_counted() {
    let many: Vec<_> = (0..3_000).map(|at| format!("p{at}@example.org")).collect();
    let message = with(&format!("To: {}\nCc: x@y.example", many.join(",\n ")), "x");
    assert_eq!((message.to.len(), message.more_recipients), (1_000, 2_000));
}

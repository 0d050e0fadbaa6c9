//! Messages read back by another library, and what can never get into one.

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
    // The line end before a boundary is the boundary's.
    let text = read.body_text(0).unwrap().replace("\r\n", "\n");
    assert_eq!(text.trim_end(), mail.body.trim_end());
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

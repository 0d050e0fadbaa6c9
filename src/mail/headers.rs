//! The header of a message or of a part of one: names and values as its writer's
//! program left them, read as well as can be.

use std::sync::LazyLock;

use jiff::Timestamp;
use mail_parser::{Addr, ContentType, DateTime, Header, HeaderName, HeaderValue, MessageParser};

use crate::domain::message::{Mailbox, MessageId};

use super::decode;

/// A header that was read.
#[derive(Debug)]
pub(super) struct Headers {
    /// The header's bytes as text.
    text: String,
    list: Vec<Header<'static>>,
}

/// Recipients that are kept of one header: more is no letter to anybody.
const MOST_MAILBOXES: usize = 1_000;

/// Characters that are kept of a subject or of a name: a line on paper has a hundred.
const LONGEST_LINE: usize = 1_000;

/// Only what is looked at is taken apart.
static PARSER: LazyLock<MessageParser> = LazyLock::new(|| {
    MessageParser::new()
        .with_mime_headers()
        .with_date_headers()
        .with_address_headers()
        .with_message_ids()
        .header_text(HeaderName::Subject)
        .default_header_raw()
});

impl Headers {
    /// Reads the lines before a body.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let mut text = decode::header(bytes);
        // The last line must end, or what it holds is lost.
        text.push_str("\n\n");
        let list = PARSER.parse_headers(text.as_bytes()).map(|mut message| {
            let headers = message.parts.drain(..).flat_map(|part| part.headers);
            headers.map(Header::into_owned).collect()
        });
        Self {
            list: list.unwrap_or_default(),
            text,
        }
    }

    /// Whether there is one of these names.
    pub(super) fn has_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.raw(name).is_some())
    }

    /// What stands behind the first of this name, unfolded in no way.
    pub(super) fn raw(&self, name: &str) -> Option<&str> {
        let header = self.all(name).next()?;
        let range = header.offset_start as usize..header.offset_end as usize;
        self.text.get(range).map(str::trim)
    }

    /// The subject, one line.
    pub(super) fn subject(&self) -> String {
        let text = self.first("Subject").and_then(HeaderValue::as_text);
        one_line(text.unwrap_or_default())
    }

    /// When it was sent, where its date is one.
    pub(super) fn date(&self) -> Option<Timestamp> {
        let date = self.first("Date")?.as_datetime()?;
        let second = date.is_valid().then(|| date.to_timestamp())?;
        Timestamp::from_second(second).ok()
    }

    /// When the last server on its way got it: the topmost `Received` line, whose date stands behind
    /// its last semicolon.
    pub(super) fn received(&self) -> Option<Timestamp> {
        let (_, date) = self.raw("Received")?.rsplit_once(';')?;
        let date = DateTime::parse_rfc822(date).filter(DateTime::is_valid)?;
        Timestamp::from_second(date.to_timestamp()).ok()
    }

    /// The names of messages in every header of this name, in order.
    pub(super) fn ids(&self, name: &str) -> impl Iterator<Item = MessageId> {
        self.all(name).flat_map(|header| {
            let list: Vec<&str> = match &header.value {
                HeaderValue::Text(text) => vec![text],
                HeaderValue::TextList(list) => list.iter().map(AsRef::as_ref).collect(),
                _ => Vec::new(),
            };
            // Some programs name the message that they answer in words.
            let named = list.into_iter().filter_map(MessageId::of);
            named.filter(|id| !id.as_str().contains(char::is_whitespace))
        })
    }

    /// The addresses in every header of this name, the first thousand.
    pub(super) fn mailboxes(&self, name: &str) -> Vec<Mailbox> {
        let mut all = self.every_mailbox(name);
        all.truncate(MOST_MAILBOXES);
        all
    }

    /// So many addresses of this name are beyond those.
    pub(super) fn more_mailboxes(&self, name: &str) -> usize {
        self.every_mailbox(name)
            .len()
            .saturating_sub(MOST_MAILBOXES)
    }

    fn every_mailbox(&self, name: &str) -> Vec<Mailbox> {
        let addresses = self.all(name).filter_map(|one| one.value.as_address());
        addresses
            .flat_map(|address| mailboxes(address.iter()))
            .collect()
    }

    /// The media type, lower case, as `text/plain`.
    pub(super) fn media(&self) -> Option<String> {
        let kind = self.content_type("Content-Type")?;
        let subtype = kind.subtype().filter(|name| !name.is_empty())?;
        Some(one_line(&format!("{}/{subtype}", kind.ctype())).to_lowercase())
    }

    /// A parameter of the media type.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.content_type("Content-Type")?.attribute(name)
    }

    /// Whether it says that it is a file beside the text.
    pub(super) fn is_attached(&self) -> bool {
        let disposition = self.content_type("Content-Disposition");
        disposition.is_some_and(ContentType::is_attachment)
    }

    /// Whether it says that it is part of the text.
    pub(super) fn is_inline(&self) -> bool {
        let disposition = self.content_type("Content-Disposition");
        disposition.is_some_and(ContentType::is_inline)
    }

    /// The name of the file that the part is, as its sender gave it: not yet harmless.
    pub(super) fn file_name(&self) -> Option<&str> {
        let disposition = self.content_type("Content-Disposition");
        disposition
            .and_then(|disposition| disposition.attribute("filename"))
            .or_else(|| self.parameter("name"))
            .filter(|name| !name.trim().is_empty())
    }

    /// How the part's bytes are wrapped for the way, lower case.
    pub(super) fn encoding(&self) -> String {
        let text = self.first("Content-Transfer-Encoding");
        let text = text.and_then(HeaderValue::as_text).unwrap_or_default();
        text.trim().to_ascii_lowercase()
    }

    fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Header<'static>> {
        let is_of = move |header: &&Header| header.name.as_str().eq_ignore_ascii_case(name);
        self.list.iter().filter(is_of)
    }

    fn first(&self, name: &str) -> Option<&HeaderValue<'static>> {
        self.all(name).next().map(|header| &header.value)
    }

    fn content_type(&self, name: &str) -> Option<&ContentType<'static>> {
        self.first(name)?.as_content_type()
    }
}

/// The most pieces of a name that stand before its address: `Khan, Omar, Dr <o.khan@...>` has two.
const MOST_PIECES: usize = 3;

/// The mailboxes of a list. Some programs write a name as `Khan, Omar <o.khan@...>` without the
/// quotation marks that its comma needs: what has no address is part of the name that follows, surname first.
fn mailboxes<'a>(list: impl Iterator<Item = &'a Addr<'a>>) -> Vec<Mailbox> {
    let (mut found, mut bare) = (Vec::new(), Vec::new());
    let part = |text: Option<&str>| text.map(one_line).filter(|text| !text.is_empty());
    for addr in list {
        match (part(addr.name()), part(addr.address())) {
            (name, Some(address)) if address.contains('@') => {
                if bare.len() > MOST_PIECES {
                    found.extend(bare.drain(..).filter_map(on_this_machine));
                }
                let pieces = name.into_iter().chain(bare.drain(..).rev());
                let name = pieces.collect::<Vec<_>>().join(" ");
                let name = (!name.is_empty()).then_some(name);
                found.push(Mailbox { name, address });
            }
            (name @ Some(_), address @ Some(_)) => {
                found.extend(bare.drain(..).filter_map(on_this_machine));
                found.extend(address.map(|address| Mailbox { name, address }));
            }
            (one, other) => bare.extend(one.or(other)),
        }
    }
    found.extend(bare.into_iter().filter_map(on_this_machine));
    found
}

/// One word by itself is an address on the same machine, as `MAILER-DAEMON` is.
fn on_this_machine(word: String) -> Option<Mailbox> {
    (!word.contains(' ')).then_some(Mailbox {
        name: None,
        address: word,
    })
}

/// Text as one line without control characters, of bearable length.
pub(super) fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().take(LONGEST_LINE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_read_whatever_its_bytes_are() {
        let words = Headers::read(b"In-Reply-To: Your message of Friday");
        assert_eq!(words.ids("In-Reply-To").count(), 0);
        let headers = Headers::read(
            b"SUBJECT: Caf\xe9 \r\n open\r\nFrom: \"Ann Day\" <ann@example.org>\r\n\
              To: a@x.org, Team: b@x.org, c@x.org;\r\nReferences: <1@x> <2@x>\r\n\
              Date: Fri, 20 Nov 2026 10:00:00 +0100\r\nReturn-Path: <>",
        );
        assert_eq!(headers.subject(), "Caf\u{e9} open");
        let from = headers.mailboxes("from");
        assert_eq!(from[0].name.as_deref(), Some("Ann Day"));
        assert_eq!(from[0].address, "ann@example.org");
        assert_eq!(headers.mailboxes("To").len(), 3);
        let ids: Vec<_> = headers.ids("References").map(|id| id.to_string()).collect();
        assert_eq!(ids, ["1@x", "2@x"]);
        assert_eq!(headers.date().unwrap().to_string(), "2026-11-20T09:00:00Z");
        assert_eq!(headers.raw("return-path"), Some("<>"));
        assert!(!headers.has_any(&["X-None"]));
    }

    #[test]
    fn a_name_with_a_bare_comma_is_one_name() {
        for (written, expected) in [
            (
                "Khan, Omar <o.khan@x.org>",
                &[("Omar Khan", "o.khan@x.org")][..],
            ),
            (
                "de la Cruz, Ana <a@x.org>",
                &[("Ana de la Cruz", "a@x.org")],
            ),
            ("Khan, o.khan@x.org", &[("Khan", "o.khan@x.org")]),
            ("\"Khan, Omar\" <o@x.org>", &[("Khan, Omar", "o@x.org")]),
            (
                "a@x.org, Khan, Omar <o@x.org>",
                &[("", "a@x.org"), ("Omar Khan", "o@x.org")],
            ),
            ("a@x.org, b@x.org", &[("", "a@x.org"), ("", "b@x.org")]),
            ("MAILER-DAEMON", &[("", "MAILER-DAEMON")]),
        ] {
            let headers = Headers::read(format!("From: {written}").as_bytes());
            let found = headers.mailboxes("From");
            let found: Vec<_> = found
                .iter()
                .map(|one| (one.name.as_deref().unwrap_or(""), one.address.as_str()))
                .collect();
            assert_eq!(found, expected, "{written}");
        }
    }

    #[test]
    fn long_headers_take_one_pass() {
        let names = [
            "From",
            "Content-Type: a/b",
            "References",
            "Date",
            "Subject",
            "Content-ID",
        ];
        for piece in [
            "a,",
            "<a@b>,",
            "(",
            "\"",
            "\\",
            "=?utf-8?q?a?= ",
            "=?",
            ";a*0=b",
            ";a=\"",
            "\n ",
            "<",
            "a:;",
            ";a*1*=''%41",
            "[",
            ":",
        ] {
            for name in names {
                let header = format!("{name}: {}", piece.repeat(200_000 / piece.len()));
                let start = std::time::Instant::now();
                let headers = Headers::read(header.as_bytes());
                headers.mailboxes("From");
                headers.ids("References").count();
                let took = start.elapsed();
                assert!(took.as_secs() < 3, "{name} with {piece:?} took {took:?}");
            }
        }
    }

    #[test]
    fn it_came_when_the_last_server_got_it() {
        let headers = Headers::read(
            b"Received: from a.example (1.2.3.4)\r\n by mx.example; Mon, 30 Nov 2026\r\n 09:00:00 +0000\r\n\
              Received: from b; Sun, 29 Nov 2026 09:00:00 +0000\r\nDate: Mon, 5 Jan 2026 10:00:00 +0000",
        );
        let came = headers.received().unwrap();
        assert_eq!(came.to_string(), "2026-11-30T09:00:00Z");
        for line in ["from a.example", "from a; soon", ";"] {
            let headers = Headers::read(format!("Received: {line}").as_bytes());
            assert_eq!(headers.received(), None, "{line}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for date in ["", "soon", "Fri, 99 Nov 2026 99:00:00 +9900"] {
            let headers = Headers::read(format!("Date: {date}").as_bytes());
            assert_eq!(headers.date(), None, "{date}");
        }
    }
}

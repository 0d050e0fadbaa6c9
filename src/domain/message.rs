//! A piece of electronic post: who wrote to whom, what a person reads of it, and what
//! tells that it came once already.

use std::fmt;

use jiff::Timestamp;

use super::identity::Digest;

/// A message as a person sees it, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The name that its writer's program gave it.
    pub id: Option<MessageId>,
    /// The messages it answers, oldest first, none twice, at most [`MOST_REFERENCES`].
    pub references: Vec<MessageId>,
    /// Who wrote it, as it says.
    pub from: Option<Mailbox>,
    /// Where an answer should go, where that is said.
    pub reply_to: Option<Mailbox>,
    /// To whom it was written.
    pub to: Vec<Mailbox>,
    /// Who got a copy.
    pub cc: Vec<Mailbox>,
    /// Addressees beyond those that are kept.
    pub more_recipients: usize,
    /// The subject, one line; empty where there is none.
    pub subject: String,
    /// When it was sent, by its writer's clock.
    pub sent: Option<Timestamp>,
    /// When the last server on its way got it, by that one's clock.
    pub received: Option<Timestamp>,
    /// What a person reads: its plain text, else its HTML as text. Lines end with LF.
    pub text: String,
    /// The text without the earlier messages that it quotes; never empty where the text
    /// is not.
    pub fresh: String,
    /// Its HTML as it came: hostile until it was made safe.
    pub html: Option<String>,
    /// What came with it.
    pub attachments: Vec<Attachment>,
    /// Which kind of machine wrote it, where one did.
    pub automatic: Option<Automatic>,
    /// What could not be delivered, where it is a report that says so.
    pub undelivered: Option<Undelivered>,
    /// The hash of what its writer sent: the same by whatever route it came.
    pub content: Digest,
}

impl Message {
    /// Who wrote it: whoever it comes from, or, behind an address that only passes on what people
    /// fill in elsewhere, whoever an answer should go to.
    pub fn writer(&self) -> Option<&Mailbox> {
        writer(self.from.as_ref(), self.reply_to.as_ref())
    }
}

/// Who wrote what comes `from` there and asks for answers at `reply_to`.
pub fn writer<'a>(from: Option<&'a Mailbox>, reply_to: Option<&'a Mailbox>) -> Option<&'a Mailbox> {
    let behind = reply_to.filter(|_| from.is_some_and(Mailbox::takes_no_answer));
    behind.filter(|behind| !behind.takes_no_answer()).or(from)
}

/// What a report says could not be delivered, for good: never a delay or a receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undelivered {
    /// To whom, in small letters, as far as that is told.
    pub to: Vec<String>,
    /// Why, in the words of a server, one line.
    pub why: String,
    /// The subject of what came back, where it came with it.
    pub subject: String,
}

/// References that are kept of one message, the newest: a thread that is longer still
/// joins on any of these, and a list of thousands is an attack.
pub const MOST_REFERENCES: usize = 100;

/// A message's own name: the text between the angle brackets.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MessageId(String);

/// Bytes of a message's name: RFC 5322 has no line longer than that.
const LONGEST_ID: usize = 998;

impl MessageId {
    /// The name in this text, with or without its brackets; `None` where that is empty,
    /// longer than a line may be, or has control characters in it.
    pub fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        let inner = text.strip_prefix('<').unwrap_or(text);
        let inner = inner.strip_suffix('>').unwrap_or(inner).trim();
        let is_good =
            !inner.is_empty() && inner.len() <= LONGEST_ID && !inner.contains(char::is_control);
        is_good.then(|| Self(inner.to_owned()))
    }

    /// The name without brackets.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An address, and the name beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// The name of the person, as written.
    pub name: Option<String>,
    /// The address, as written.
    pub address: String,
}

impl Mailbox {
    /// What is the same for two spellings of one address. Strictly the part before the
    /// `@` may tell capitals apart; no provider does.
    pub fn key(&self) -> String {
        self.address.trim().to_lowercase()
    }

    /// Whether the address says of itself that nobody reads what is sent there: many people write
    /// by it, through a form on a web page. Nor can anybody answer to what has no `@`.
    pub fn takes_no_answer(&self) -> bool {
        let key = self.key();
        let Some((user, _)) = key.split_once('@') else {
            return true;
        };
        let user: String = user.chars().filter(char::is_ascii_alphabetic).collect();
        ["noreply", "donotreply", "mailerdaemon"].contains(&user.as_str())
    }
}

/// A file that came with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its name, made harmless: no folder, no control character, at most 200 characters.
    pub name: String,
    /// Its media type as the sender says, lower case, as `image/jpeg`.
    pub media: String,
    /// What is in it, decoded.
    pub bytes: Vec<u8>,
    /// Whether it is shown within the text, as a signature's picture is.
    pub inline: bool,
    /// By what the message's HTML names it (`cid:`), where it does.
    pub content_id: Option<MessageId>,
}

/// What kind of machine wrote a message: it must never get an automatic answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Automatic {
    /// A report that a message could not be, or was, delivered.
    Bounce,
    /// An answer that no person wrote, as from somebody on holiday.
    AutoReply,
    /// Sent to the readers of a list.
    List,
    /// Sent to many at once.
    Bulk,
}

named!(Automatic {
    Bounce => "bounce",
    AutoReply => "auto_reply",
    List => "list",
    Bulk => "bulk",
});

/// The hash of what a writer sent. What a route adds or changes is not in it: other
/// headers, spaces at the ends of lines, empty lines at the end.
pub fn content_of(
    from: Option<&Mailbox>,
    sent: Option<Timestamp>,
    subject: &str,
    text: &str,
    attachments: &[Attachment],
) -> Digest {
    let mut hasher = blake3::Hasher::new();
    // Each piece says its length first, so that none can pass for parts of two.
    let mut add = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    add(from.map(Mailbox::key).unwrap_or_default().as_bytes());
    let sent = sent.map(|sent| sent.as_second().to_string());
    add(sent.unwrap_or_default().as_bytes());
    add(subject.trim().as_bytes());
    let lines: Vec<_> = text.trim_end().lines().map(str::trim_end).collect();
    add(lines.join("\n").as_bytes());
    for attachment in attachments {
        add(Digest::of(&attachment.bytes).to_string().as_bytes());
    }
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_stands_between_the_brackets() {
        for text in ["<a.b@c>", " <a.b@c> ", "a.b@c", "< a.b@c >"] {
            assert_eq!(MessageId::of(text).unwrap().as_str(), "a.b@c", "{text}");
        }
        let longest = "x".repeat(LONGEST_ID);
        assert!(MessageId::of(&longest).is_some());
        for text in ["", "<>", " ", "a\tb", "a\nb", &format!("{longest}x")] {
            assert_eq!(MessageId::of(text), None, "{text:?}");
        }
    }

    #[test]
    fn two_spellings_of_an_address_have_one_key() {
        let at = |address: &str| Mailbox {
            name: None,
            address: address.to_owned(),
        };
        assert_eq!(at(" Ann@Example.ORG").key(), at("ann@example.org").key());
    }

    #[test]
    fn every_kind_of_machine_survives_its_name() {
        for kind in Automatic::ALL {
            assert_eq!(Automatic::from_name(kind.name()), Some(kind));
        }
    }

    #[test]
    fn a_hash_tells_messages_apart_and_not_their_routes() {
        let picture = Attachment {
            name: "a.png".to_owned(),
            media: "image/png".to_owned(),
            bytes: b"picture".to_vec(),
            inline: false,
            content_id: None,
        };
        let of = |subject: &str, text: &str, attachments: &[Attachment]| {
            content_of(None, None, subject, text, attachments)
        };
        assert_eq!(of("s", "a \nb\n\n", &[]), of("s", "a\nb", &[]));
        let all = [
            of("s", "text", &[]),
            of("st", "ext", &[]),
            of("s", "text ", std::slice::from_ref(&picture)),
            of("s", "text", &[picture.clone(), picture]),
            of("s", " text", &[]),
        ];
        let distinct: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
    }

    #[test]
    fn nobody_reads_what_is_sent_to_no_reply() {
        let takes_none = |address: &str| {
            let address = address.to_owned();
            Mailbox {
                name: None,
                address,
            }
            .takes_no_answer()
        };
        assert!(takes_none("noreply@example.com") && takes_none("No-Reply@x.org"));
        assert!(takes_none("do_not_reply@x.org") && !takes_none("norepal@x.org"));
    }
}

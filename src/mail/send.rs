//! How a message leaves: by a server or into a folder, and what is done when it cannot.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::folder::Folder;
use super::smtp::Smtp;

/// Where messages go.
#[derive(Debug)]
pub enum Delivery {
    /// Into a folder, a file each: for another program, or to try it out.
    Folder(Folder),
    /// To a mail server.
    Smtp(Smtp),
}

/// What stands on the outside of a message.
#[derive(Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The Message-ID without its brackets.
    pub id: String,
    /// Who gets it back when it cannot be delivered.
    pub from: String,
    /// Who gets it.
    pub to: String,
}

impl fmt::Debug for Envelope {
    /// Without the addresses: this may reach a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Envelope")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Delivery {
    /// Hands the message over. `Ok` means that somebody else is responsible for it now:
    /// the server has taken it, or the file is on the disk.
    ///
    /// Delivered twice it is the same message: one file, one Message-ID.
    pub async fn deliver(&self, envelope: &Envelope, raw: &[u8]) -> Result<(), SendError> {
        match self {
            Self::Folder(folder) => folder.deliver(envelope, raw).await,
            Self::Smtp(smtp) => smtp.deliver(envelope, raw).await,
        }
    }
}

/// A message that was not handed over. No message names who should have got it.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The folder cannot be written.
    #[error(
        "{}: the message cannot be written: {source}; make room in the folder, or mend its \
         permissions: it is tried again", path.display()
    )]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The server said no.
    #[error("{server} refused the message ({reply}); {}", what_to_do(reply))]
    Refused {
        /// The server.
        server: String,
        /// What it said, in numbers.
        reply: Reply,
        /// What it said, in words: they may name the address, so they are for the case's
        /// history and not for a log.
        words: String,
    },
    /// The server did not let us in.
    #[error(
        "{server} did not accept the login ({reply}); check the user and the password of \
         the server for outgoing mail in postroom.toml: messages wait until then"
    )]
    Login {
        /// The server.
        server: String,
        /// What it said, in numbers.
        reply: Reply,
    },
    /// The password cannot be had.
    #[error("{server}: the password cannot be had: {why}; mend where it comes from")]
    Password {
        /// The server.
        server: String,
        /// Why.
        why: String,
    },
    /// No connection, or it broke.
    #[error(
        "{server} cannot be reached: {why}; check the network and the server's name: it is tried again"
    )]
    Unreachable {
        /// The server.
        server: String,
        /// Why.
        why: String,
    },
    /// The connection is not or would not be private.
    #[error(
        "{server}: the connection cannot be made private: {why}; nothing was sent. Check the \
         server's certificate, and whether it wants tls or starttls"
    )]
    NotPrivate {
        /// The server.
        server: String,
        /// Why.
        why: String,
    },
    /// An address that no server takes.
    #[error(
        "message {id}: its sender or recipient is no e-mail address that can be sent to; mend it \
         on the case"
    )]
    Address {
        /// The message.
        id: String,
    },
}

impl SendError {
    /// Whether the same message may pass later: the network, the server or its settings are
    /// at fault, not the message.
    pub const fn may_pass(&self) -> bool {
        match self {
            Self::Refused { reply, .. } => !reply.is_for_good(),
            Self::Address { .. } => false,
            Self::Folder { .. }
            | Self::Login { .. }
            | Self::Password { .. }
            | Self::Unreachable { .. }
            | Self::NotPrivate { .. } => true,
        }
    }
}

/// A server's answer in numbers: `550 5.1.1` (RFC 5321, RFC 3463).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reply {
    /// The three digits.
    pub code: u16,
    /// The enhanced status code, where it gave one.
    pub status: Option<(u8, u16, u16)>,
}

impl Reply {
    /// A code, and the enhanced status among the words after it.
    pub(super) fn new(code: u16, words: &str) -> Self {
        let status = words.split_whitespace().find_map(|word| {
            let mut numbers = word.split('.');
            let class: u8 = numbers.next()?.parse().ok()?;
            let subject = numbers.next()?.parse().ok()?;
            let detail = numbers.next()?.parse().ok()?;
            let whole = numbers.next().is_none() && matches!(class, 4 | 5);
            whole.then_some((class, subject, detail))
        });
        Self { code, status }
    }

    const fn is_for_good(self) -> bool {
        self.code >= 500
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        match self.status {
            Some((class, subject, detail)) => write!(f, " {class}.{subject}.{detail}"),
            None => Ok(()),
        }
    }
}

/// What the enhanced status means for who reads it.
fn what_to_do(reply: &Reply) -> &'static str {
    let about = reply.status.map(|(_, subject, detail)| (subject, detail));
    match (reply.is_for_good(), about) {
        (false, _) => "it is tried again",
        (true, Some((1, _))) => {
            "the address does not exist: correct it on the case, or reply by post"
        }
        (true, Some((2, _))) => "the mailbox takes nothing now: reply by post, or try later",
        (true, Some((3, 4))) => "it is too large: send less with it",
        (true, Some((7, _))) => {
            "its rules forbid it: ask who runs the server whether we may send for this address"
        }
        (true, _) => "it will not be tried again: see its words in the case's history",
    }
}

/// The first wait, and the longest.
const FIRST_WAIT: Duration = Duration::from_secs(60);
const LONGEST_WAIT: Duration = Duration::from_hours(6);
/// After so long a person must know: customers have a deadline, and mail servers give up
/// after four to five days (RFC 5321, 4.5.4.1).
const PATIENCE: Duration = Duration::from_hours(72);

/// How long to wait after so many attempts that failed; `None` when it has been tried
/// for three days and is given up.
pub fn back_off(attempts: u32) -> Option<Duration> {
    let wait = |attempt: u32| {
        let doubled = FIRST_WAIT.saturating_mul(1 << attempt.min(16));
        doubled.min(LONGEST_WAIT)
    };
    let mut waited = Duration::ZERO;
    for attempt in 0..attempts {
        waited += wait(attempt);
        if waited > PATIENCE {
            return None;
        }
    }
    Some(wait(attempts.saturating_sub(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_six_hours_for_three_days() {
        let minutes = |attempts| back_off(attempts).map(|wait| wait.as_secs() / 60);
        assert_eq!([1, 2, 3, 9].map(minutes), [1, 2, 4, 256].map(Some));
        assert_eq!([10, 11, 19].map(minutes), [Some(360); 3]);
        let last = (1..1000).take_while(|attempts| back_off(*attempts).is_some());
        let all: u64 = last.clone().filter_map(minutes).sum();
        assert_eq!(last.count(), 19);
        assert!(all <= 72 * 60 && all > 66 * 60, "{all}");
        assert_eq!(back_off(u32::MAX), None);
    }

    #[test]
    fn a_refusal_says_what_to_do_and_not_to_whom() {
        let refused = |code: u16, words: &str| SendError::Refused {
            server: "mail.example:587".to_owned(),
            reply: Reply::new(code, words),
            words: words.to_owned(),
        };
        for (code, words, passes, told) in [
            (
                550,
                "5.1.1 <lucy@example.org> unknown",
                false,
                "(550 5.1.1); the address does not exist",
            ),
            (552, "5.2.2 over quota", false, "the mailbox takes nothing"),
            (552, "5.3.4 too big", false, "send less"),
            (550, "5.7.26 unauthenticated", false, "its rules forbid it"),
            (
                554,
                "no lucy@example.org here in 10.0.0.1",
                false,
                "(554); it will not be tried",
            ),
            (451, "4.3.0 later", true, "(451 4.3.0); it is tried again"),
            (421, "busy", true, "it is tried again"),
        ] {
            let error = refused(code, words);
            assert_eq!(error.may_pass(), passes, "{words}");
            let text = error.to_string();
            assert!(text.contains(told), "{text}");
            assert!(!text.contains("lucy"), "{text}");
        }
        let envelope = Envelope {
            id: "1@x".to_owned(),
            from: "a@b.example".to_owned(),
            to: "lucy@example.org".to_owned(),
        };
        assert_eq!(format!("{envelope:?}"), "Envelope { id: \"1@x\", .. }");
    }
}

//! Messages from a mailbox on a server, by IMAP over TLS.
//!
//! A message is marked there only when its caller says that it is committed here
//! ([`Inbox::done`]), and nothing is ever deleted: whatever fails in between, the
//! message is fetched again, and the store knows it again.

use std::collections::{BTreeSet, VecDeque};
use std::path::PathBuf;

use async_imap::imap_proto::{AttributeValue, Response};

use super::secret::Secret;

mod connection;
mod dialogue;
mod error;
mod folder_names;
#[cfg(test)]
mod tests;

use dialogue::Dialogue;
pub use error::FetchError;

/// A mailbox on a server, and how to get at it.
#[derive(Debug, Clone)]
pub struct Server {
    /// The server's name or number.
    pub host: String,
    /// Its port, mostly 993.
    pub port: u16,
    /// How what is said is kept from others.
    pub encryption: Encryption,
    /// The name of the account.
    pub user: String,
    /// How the account is proved to be ours.
    pub login: Login,
    /// The mailbox, mostly `INBOX`.
    pub mailbox: String,
    /// Up to where it was read before.
    pub place: Option<Place>,
    /// Messages up to there that could not be had or marked, and are tried again.
    pub again: Vec<u32>,
    /// Bytes of a message that is still fetched.
    pub message_bytes: u64,
}

/// How a connection is kept from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Encryption {
    /// TLS from the first byte. The server's certificate must lead to a root that the
    /// system trusts, or to one in this file (PEM).
    Tls {
        /// A file of further roots.
        extra_roots: Option<PathBuf>,
    },
    /// TLS after a few words in the open (`STARTTLS`), mostly on port 143, trusted as that above.
    /// Nothing is said of the account before, nor ever to a server without it.
    StartTls {
        /// A file of further roots.
        extra_roots: Option<PathBuf>,
    },
    /// None. Only to this machine itself.
    PlainOnLoopback,
}

/// How an account is proved to be ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login {
    /// By a password.
    Password(Secret),
    /// By a token of OAuth 2 (`XOAUTH2`), which Google and Microsoft ask for.
    Token(Secret),
}

/// Up to where a mailbox was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Within one value of this the server never gives a number twice.
    pub uid_validity: u32,
    /// All messages up to this number are done.
    pub last_uid: u32,
}

/// A message as the server has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Its number there.
    pub uid: u32,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What becomes of a message on the server once it is committed here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum After {
    /// It is marked as read.
    Seen,
    /// It is moved to this folder, which must be there.
    Move(String),
    /// Nothing.
    Leave,
}

/// An open mailbox.
#[derive(Debug)]
pub struct Inbox {
    dialogue: Dialogue,
    server: Server,
    uid_validity: u32,
    began_again: bool,
    /// The greatest number that was given out or passed over.
    given: u32,
    /// Numbers that were given out and are not done.
    open: BTreeSet<u32>,
    /// Numbers and sizes of what is to be fetched, lowest first.
    waiting: VecDeque<(u32, u64)>,
    /// So many in a row could not be had.
    failed: u32,
}

/// Messages in a row that a server may fail to give. Where it gives none at all, as one that is asked too
/// often, the fault is not theirs, and they wait for the next time.
const MOST_FAILED: u32 = 5;

impl Inbox {
    /// Connects, logs in and opens the mailbox. Where the server counts anew since
    /// `server.place`, it begins with the first message again.
    pub async fn connect(server: &Server) -> Result<Self, FetchError> {
        let mut dialogue = Dialogue::begin(server).await?;
        let uid_validity = dialogue.select(&server.mailbox).await?;
        let known = server
            .place
            .filter(|place| place.uid_validity == uid_validity);
        // Their sizes are not known: those that are too large are not among them.
        let again = known.iter().flat_map(|_| &server.again);
        Ok(Self {
            dialogue,
            waiting: again.map(|uid| (*uid, server.message_bytes)).collect(),
            server: server.clone(),
            uid_validity,
            began_again: known.is_none() && server.place.is_some(),
            given: known.map_or(0, |place| place.last_uid),
            open: BTreeSet::new(),
            failed: 0,
        })
    }

    /// Up to where all is done: to be kept, and given to the next connection.
    pub fn place(&self) -> Place {
        let last_uid = self.open.first().map_or(self.given, |uid| uid - 1);
        Place {
            uid_validity: self.uid_validity,
            last_uid,
        }
    }

    /// Whether the server counts anew, so that messages come that came before.
    pub const fn began_again(&self) -> bool {
        self.began_again
    }

    /// The next message, `None` when there is no more at present. One that is too large, or that
    /// the server does not give, is an error with its number ([`FetchError::uid`]), and the next call goes
    /// on behind it; it too is to be [`done`](Self::done) once it is noted.
    pub async fn next(&mut self) -> Result<Option<Fetched>, FetchError> {
        loop {
            if self.waiting.is_empty() {
                self.list().await?;
            }
            let Some((uid, bytes)) = self.waiting.pop_front() else {
                return Ok(None);
            };
            if bytes > self.server.message_bytes {
                return Err(self.too_large(uid, bytes));
            }
            let fetched = match self.fetch(uid, bytes).await {
                Ok(fetched) => fetched,
                Err(error) => return Err(self.not_had((uid, bytes), error).await),
            };
            self.failed = 0;
            // One that is gone meanwhile was deleted or moved by somebody.
            let Some(bytes) = fetched else {
                self.given = self.given.max(uid);
                continue;
            };
            if bytes.len() as u64 > self.server.message_bytes {
                return Err(self.too_large(uid, bytes.len() as u64));
            }
            self.give(uid);
            return Ok(Some(Fetched { uid, bytes }));
        }
    }

    /// A message did not come: the error is about it alone where the server goes on after it.
    async fn not_had(&mut self, (uid, bytes): (u32, u64), error: FetchError) -> FetchError {
        self.failed += 1;
        let goes_on = self.failed <= MOST_FAILED
            && match &error {
                FetchError::Denied { .. } => true,
                // Whatever breaks the conversation at this message must not break it off for all.
                FetchError::Lost { .. } | FetchError::Slow { .. } => self.begin_again().await,
                _ => false,
            };
        if !goes_on {
            self.waiting.push_front((uid, bytes));
            return error;
        }
        self.give(uid);
        FetchError::NotHad {
            mailbox: self.server.mailbox.clone(),
            uid,
            why: match error {
                FetchError::Denied { said, .. } => said,
                FetchError::Slow { seconds, .. } => format!("it did not come within {seconds} s"),
                _ => "the server's answer was cut off or not understood".to_owned(),
            },
        }
    }

    /// Connects once more; says whether the mailbox is there as it was.
    async fn begin_again(&mut self) -> bool {
        let Ok(mut dialogue) = Dialogue::begin(&self.server).await else {
            return false;
        };
        let same = match dialogue.select(&self.server.mailbox).await {
            Ok(uid_validity) => uid_validity == self.uid_validity,
            Err(_) => false,
        };
        if same {
            self.dialogue = dialogue;
        }
        same
    }

    /// Says that a message is committed, and what becomes of it on the server. Where
    /// that fails the message stays as it is, and is not done; where it was refused for this message alone
    /// ([`FetchError::is_of_one`]) the caller notes that and leaves it.
    pub async fn done(&mut self, uid: u32, after: After) -> Result<(), FetchError> {
        match after {
            After::Seen => {
                let command = format!("UID STORE {uid} +FLAGS.SILENT (\\Seen)");
                self.dialogue.run(&command, 0, |_| {}).await?;
            }
            After::Move(folder) => self.dialogue.move_to(uid, &folder).await?,
            After::Leave => {}
        }
        self.open.remove(&uid);
        Ok(())
    }

    /// Ends the connection as servers like it; nothing depends on it.
    pub async fn leave(mut self) {
        let _ = self.dialogue.run("LOGOUT", 0, |_| {}).await;
    }

    /// Lists what is behind the last message that was given out.
    async fn list(&mut self) -> Result<(), FetchError> {
        let Some(first) = self.given.checked_add(1) else {
            return Ok(());
        };
        // A server tells of what has come since only when it is asked for news.
        self.dialogue.run("NOOP", 0, |_| {}).await?;
        let mut found = BTreeSet::new();
        let command = format!("UID FETCH {first}:* (UID RFC822.SIZE)");
        let listed = |response: &Response<'_>| {
            if let (Some(uid), Some(bytes), _) = attributes(response) {
                found.insert((uid, bytes));
            }
        };
        self.dialogue.run(&command, 0, listed).await?;
        // `*` is the last message, even where its number is below the first.
        self.waiting = found.into_iter().filter(|(uid, _)| *uid >= first).collect();
        Ok(())
    }

    /// The bytes of one message, left unread; `None` where it is not there any more.
    async fn fetch(&mut self, uid: u32, bytes: u64) -> Result<Option<Vec<u8>>, FetchError> {
        let mut body = None;
        let command = format!("UID FETCH {uid} (UID BODY.PEEK[])");
        let found = |response: &Response<'_>| {
            if let (Some(of), _, Some(bytes)) = attributes(response)
                && of == uid
            {
                body = Some(bytes.to_vec());
            }
        };
        self.dialogue.run(&command, bytes, found).await?;
        Ok(body)
    }

    /// Those that are tried again are behind the place already.
    fn give(&mut self, uid: u32) {
        if uid > self.given {
            self.given = uid;
            self.open.insert(uid);
        }
    }

    fn too_large(&mut self, uid: u32, bytes: u64) -> FetchError {
        self.give(uid);
        FetchError::TooLarge {
            mailbox: self.server.mailbox.clone(),
            uid,
            bytes,
            most: self.server.message_bytes,
        }
    }
}

/// Number, size and bytes of a message, as far as an answer has them.
fn attributes<'a>(response: &'a Response<'_>) -> (Option<u32>, Option<u64>, Option<&'a [u8]>) {
    let (mut uid, mut size, mut body) = (None, None, None);
    if let Response::Fetch(_, attributes) = response {
        for attribute in attributes {
            match attribute {
                AttributeValue::Uid(number) => uid = Some(*number),
                AttributeValue::Rfc822Size(bytes) => size = Some(u64::from(*bytes)),
                AttributeValue::BodySection {
                    section: None,
                    data: Some(data),
                    ..
                } => body = Some(data.as_ref()),
                _ => {}
            }
        }
    }
    (uid, size, body)
}

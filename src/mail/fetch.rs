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
    mailbox: String,
    most: u64,
    uid_validity: u32,
    began_again: bool,
    /// The greatest number that was given out or passed over.
    given: u32,
    /// Numbers that were given out and are not done.
    open: BTreeSet<u32>,
    /// Numbers and sizes of what is to be fetched, lowest first.
    waiting: VecDeque<(u32, u64)>,
}

impl Inbox {
    /// Connects, logs in and opens the mailbox. Where the server counts anew since
    /// `server.place`, it begins with the first message again.
    pub async fn connect(server: &Server) -> Result<Self, FetchError> {
        let mut dialogue = Dialogue::begin(server).await?;
        let uid_validity = dialogue.select(&server.mailbox).await?;
        let known = server
            .place
            .filter(|place| place.uid_validity == uid_validity);
        Ok(Self {
            dialogue,
            mailbox: server.mailbox.clone(),
            most: server.message_bytes,
            uid_validity,
            began_again: known.is_none() && server.place.is_some(),
            given: known.map_or(0, |place| place.last_uid),
            open: BTreeSet::new(),
            waiting: VecDeque::new(),
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

    /// The next message, `None` when there is no more at present. One that is too large
    /// is an error with its number ([`FetchError::uid`]), and the next call goes on
    /// behind it; it too is to be [`done`](Self::done) once it is noted.
    pub async fn next(&mut self) -> Result<Option<Fetched>, FetchError> {
        if self.waiting.is_empty() {
            self.list().await?;
        }
        while let Some((uid, bytes)) = self.waiting.pop_front() {
            if bytes > self.most {
                return Err(self.too_large(uid, bytes));
            }
            let fetched = match self.fetch(uid, bytes).await {
                Ok(fetched) => fetched,
                Err(error) => {
                    self.waiting.push_front((uid, bytes));
                    return Err(error);
                }
            };
            // One that is gone meanwhile was deleted or moved by somebody.
            let Some(bytes) = fetched else {
                self.given = self.given.max(uid);
                continue;
            };
            if bytes.len() as u64 > self.most {
                return Err(self.too_large(uid, bytes.len() as u64));
            }
            self.give(uid);
            return Ok(Some(Fetched { uid, bytes }));
        }
        Ok(None)
    }

    /// Says that a message is committed, and what becomes of it on the server. Where
    /// that fails the message stays as it is, and is not done.
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

    fn give(&mut self, uid: u32) {
        self.given = self.given.max(uid);
        self.open.insert(uid);
    }

    fn too_large(&mut self, uid: u32, bytes: u64) -> FetchError {
        self.give(uid);
        FetchError::TooLarge {
            mailbox: self.mailbox.clone(),
            uid,
            bytes,
            most: self.most,
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

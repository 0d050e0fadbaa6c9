//! Why no messages came from a server: what, where, and what to do.

use std::io;
use std::path::PathBuf;

/// Why a mailbox or a message could not be had. None of these holds a password, a token
/// or a line of a message.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The server could not be reached.
    #[error("{server} cannot be reached: {source}; check its name, its port and the network")]
    Unreachable {
        /// Name and port.
        server: String,
        /// What the system says.
        source: io::Error,
    },
    /// Without encryption, to another machine.
    #[error(
        "{server} is another machine: without encryption only this one itself is allowed; use TLS, mostly on port 993"
    )]
    NotLoopback {
        /// Name and port.
        server: String,
    },
    /// There is no root to trust.
    #[error("{}: no certificate can be read from it: {reason}; name a PEM file of the root that signed the server's certificate", path.display())]
    Roots {
        /// Which file; the system's where none was named.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The server does not prove to be who it should be, or speaks no TLS.
    #[error(
        "{server} is not trusted: {reason}; check its name, or name a file with the root that signed its certificate"
    )]
    Untrusted {
        /// Name and port.
        server: String,
        /// What is wrong.
        reason: String,
    },
    /// The server does not let us in.
    #[error(
        "{server} refuses to let {user} in: {said}; check the account's name and its password or token, and that IMAP is switched on for it"
    )]
    Refused {
        /// Name and port.
        server: String,
        /// The account.
        user: String,
        /// What the server says.
        said: String,
        /// Whether it says that it will be otherwise later.
        for_now: bool,
    },
    /// The mailbox cannot be opened.
    #[error("{server} does not open the mailbox '{mailbox}': {said}; check its name")]
    NoMailbox {
        /// Name and port.
        server: String,
        /// Which mailbox.
        mailbox: String,
        /// What the server says.
        said: String,
    },
    /// A message cannot be moved.
    #[error(
        "{server} does not move messages to '{folder}': {said}; make that folder, or have messages marked as read instead"
    )]
    NotMoved {
        /// Name and port.
        server: String,
        /// Where to.
        folder: String,
        /// What the server says.
        said: String,
    },
    /// The server does not do what it was asked.
    #[error("{server} refuses: {said}; try again later, and ask whoever runs it when it stays so")]
    Denied {
        /// Name and port.
        server: String,
        /// What the server says.
        said: String,
    },
    /// The connection broke, or what came over it was not understood.
    #[error("the connection to {server} was lost ({kind}); it goes on with the next run")]
    Lost {
        /// Name and port.
        server: String,
        /// How, without what was read: that may be somebody's letter.
        kind: io::ErrorKind,
    },
    /// The server did not answer in time.
    #[error("{server} did not answer within {seconds} s; it goes on with the next run")]
    Slow {
        /// Name and port.
        server: String,
        /// How long it had.
        seconds: u64,
    },
    /// One message is too large; it was not fetched.
    #[error(
        "message {uid} in '{mailbox}' has {bytes} bytes, over {most}; look at it in a mail program"
    )]
    TooLarge {
        /// Which mailbox.
        mailbox: String,
        /// The message's number.
        uid: u32,
        /// Its size.
        bytes: u64,
        /// The limit.
        most: u64,
    },
    /// The server does not give one message.
    #[error("message {uid} in '{mailbox}' cannot be had: {why}; look at it in a mail program")]
    NotHad {
        /// Which mailbox.
        mailbox: String,
        /// The message's number.
        uid: u32,
        /// What the server says, or does.
        why: String,
    },
    /// A name cannot be said to a server.
    #[error(
        "'{name}' cannot be a name on a server: it is empty or has a line break or another control character in it; name another"
    )]
    BadName {
        /// Which name, its control characters written out.
        name: String,
    },
}

impl FetchError {
    /// Whether it may be otherwise later without anybody doing anything.
    pub const fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable { .. }
            | Self::Denied { .. }
            | Self::Lost { .. }
            | Self::Slow { .. } => true,
            Self::Refused { for_now, .. } => *for_now,
            _ => false,
        }
    }

    /// The message that it is about, where it is about one and the others can be had.
    pub const fn uid(&self) -> Option<u32> {
        match self {
            Self::TooLarge { uid, .. } | Self::NotHad { uid, .. } => Some(*uid),
            _ => None,
        }
    }

    /// Whether what was asked for one message was refused, and others may be asked for.
    pub const fn is_of_one(&self) -> bool {
        matches!(self, Self::NotMoved { .. } | Self::Denied { .. })
    }
}

//! What is said to a server, command by command: each has its time, and each answer is
//! looked at, to its last line.

use std::fmt;
use std::io;
use std::path::Path;
use std::time::Duration;

use async_imap::error::Error as Imap;
use async_imap::imap_proto::{Response, ResponseCode, Status};
use async_imap::{Authenticator, Client, Session};
use tokio::time::timeout;

use super::connection::{Line, connect, encrypted, untrusted};
use super::folder_names::quoted;
use super::{Encryption, FetchError, Login, Server};

/// Seconds that a server may take over a command. Lists of a hundred thousand messages
/// take some.
const PATIENCE: u64 = 60;

/// Bytes that come in a second over the slowest line that is still waited for.
const SLOWEST: u64 = 20_000;

/// A conversation. After it broke off, nothing more is said in it.
#[derive(Debug)]
pub(super) struct Dialogue {
    session: Option<Session<Box<dyn Line>>>,
    server: String,
}

impl Dialogue {
    /// Connects and logs in.
    pub(super) async fn begin(server: &Server) -> Result<Self, FetchError> {
        let name = server.name();
        let line = in_time(&name, PATIENCE, connect(server)).await??;
        let mut client = Client::new(line);
        let greeting = in_time(&name, PATIENCE, client.read_response()).await?;
        match greeting {
            Ok(Some(_)) => {}
            Ok(None) => return Err(lost(&name, io::ErrorKind::UnexpectedEof)),
            Err(error) => return Err(lost(&name, error.kind())),
        }
        if let Encryption::StartTls { extra_roots } = &server.encryption {
            let roots = extra_roots.as_deref();
            client = in_time(&name, PATIENCE, start_tls(client, server, roots)).await??;
        }
        let session = in_time(&name, PATIENCE, login(client, server)).await?;
        let session = session.map_err(|error| refused(server, error))?;
        Ok(Self {
            session: Some(session),
            server: name,
        })
    }

    /// Opens a mailbox and tells the number within which its numbers are good.
    pub(super) async fn select(&mut self, mailbox: &str) -> Result<u32, FetchError> {
        let mut validity = None;
        let command = format!("SELECT {}", quoted(mailbox)?);
        let found = |response: &Response<'_>| {
            if let Response::Data { outcome, .. } = response
                && let Some(ResponseCode::UidValidity(number)) = outcome.code
            {
                validity = Some(number);
            }
        };
        let selected = self.run(&command, 0, found).await;
        let no = |said: String| FetchError::NoMailbox {
            server: self.server.clone(),
            mailbox: mailbox.to_owned(),
            said,
        };
        match selected {
            Ok(()) => validity.ok_or_else(|| no("it gives no numbers that last".to_owned())),
            Err(FetchError::Denied { said, .. }) => Err(no(said)),
            Err(error) => Err(error),
        }
    }

    /// Moves a message to a folder; by one command or not at all, for a copy that is
    /// deleted afterwards could be deleted before.
    pub(super) async fn move_to(&mut self, uid: u32, folder: &str) -> Result<(), FetchError> {
        let command = format!("UID MOVE {uid} {}", quoted(folder)?);
        match self.run(&command, 0, |_| {}).await {
            Err(FetchError::Denied { said, server }) => Err(FetchError::NotMoved {
                server,
                folder: folder.to_owned(),
                said,
            }),
            moved => moved,
        }
    }

    /// Says a command and shows each line of the answer. Only an answer that ends well
    /// is one: what came of it before a connection was lost must not pass for all.
    /// `bytes` is how much is expected.
    pub(super) async fn run(
        &mut self,
        command: &str,
        bytes: u64,
        mut each: impl FnMut(&Response<'_>),
    ) -> Result<(), FetchError> {
        // Taken out: who is broken off in the middle of an answer cannot say more.
        let Some(mut session) = self.session.take() else {
            return Err(lost(&self.server, io::ErrorKind::NotConnected));
        };
        let seconds = PATIENCE + bytes / SLOWEST;
        let talk = talk(&mut session, command, &mut each);
        let answer = in_time(&self.server, seconds, talk).await?;
        match answer {
            Ok(None) => {
                self.session = Some(session);
                Ok(())
            }
            Ok(Some(said)) => {
                self.session = Some(session);
                Err(FetchError::Denied {
                    server: self.server.clone(),
                    said,
                })
            }
            Err(error) => Err(lost(&self.server, error.kind())),
        }
    }
}

/// Says one command; what the server says where it refuses.
async fn talk(
    session: &mut Session<Box<dyn Line>>,
    command: &str,
    each: &mut impl FnMut(&Response<'_>),
) -> io::Result<Option<String>> {
    let id = session
        .run_command(command)
        .await
        .map_err(|error| match error {
            Imap::Io(error) => error,
            _ => io::ErrorKind::Other.into(),
        })?;
    loop {
        let response = session.read_response().await?;
        let response = response.ok_or(io::ErrorKind::UnexpectedEof)?;
        match response.parsed() {
            Response::Done {
                tag,
                status,
                outcome,
            } if *tag == id => {
                let said = outcome.information.as_deref().unwrap_or("it says no why");
                return Ok((*status != Status::Ok).then(|| said.to_owned()));
            }
            other => each(other),
        }
    }
}

/// Goes on over TLS, or not at all. What the server, or somebody on the way, said in the open goes with
/// the first client; who is let in before TLS began cannot begin it any more, and is refused.
async fn start_tls(
    mut client: Client<Box<dyn Line>>,
    server: &Server,
    extra_roots: Option<&Path>,
) -> Result<Client<Box<dyn Line>>, FetchError> {
    let begun = client.run_command_and_check_ok("STARTTLS", None).await;
    begun.map_err(|error| match error {
        Imap::Io(error) => lost(&server.name(), error.kind()),
        _ => untrusted(server, "it does not begin TLS (STARTTLS)".to_owned()),
    })?;
    let line = encrypted(server, extra_roots, client.into_inner()).await?;
    Ok(Client::new(line))
}

async fn login(
    client: Client<Box<dyn Line>>,
    server: &Server,
) -> Result<Session<Box<dyn Line>>, Imap> {
    let session = match &server.login {
        Login::Password(password) => client.login(&server.user, password.reveal()).await,
        Login::Token(token) => {
            let said = format!(
                "user={}\x01auth=Bearer {}\x01\x01",
                server.user,
                token.reveal()
            );
            client.authenticate("XOAUTH2", Bearer(Some(said))).await
        }
    };
    session.map_err(|(error, _)| error)
}

/// Answers the server's first question with the token, and each later one, which tells
/// what was wrong with it, with nothing: then the server says no in words.
struct Bearer(Option<String>);

impl Authenticator for Bearer {
    type Response = String;

    fn process(&mut self, _: &[u8]) -> String {
        self.0.take().unwrap_or_default()
    }
}

/// An error of logging in, without what was said to log in.
fn refused(server: &Server, error: Imap) -> FetchError {
    let said = match error {
        Imap::No(said) | Imap::Bad(said) => said,
        Imap::Io(error) => return lost(&server.name(), error.kind()),
        Imap::ConnectionLost => return lost(&server.name(), io::ErrorKind::UnexpectedEof),
        Imap::Validate(_) => "the name or the password has a line break in it".to_owned(),
        _ => "its answer is not understood".to_owned(),
    };
    let (Login::Password(secret) | Login::Token(secret)) = &server.login;
    let for_now = ["Unavailable", "UNAVAILABLE", "InUse", "INUSE"];
    FetchError::Refused {
        server: server.name(),
        user: server.user.clone(),
        for_now: for_now.iter().any(|code| said.contains(code)),
        said: words(&said).replace(secret.reveal(), "..."),
    }
}

/// The words for people of an answer as the protocol's library shows it.
fn words(said: &str) -> &str {
    let words = said.split_once("info: Some(\"");
    words.map_or(said, |(_, words)| words.trim_end_matches("\")"))
}

async fn in_time<T>(
    server: &str,
    seconds: u64,
    what: impl Future<Output = T>,
) -> Result<T, FetchError> {
    let done = timeout(Duration::from_secs(seconds), what).await;
    done.map_err(|_| FetchError::Slow {
        server: server.to_owned(),
        seconds,
    })
}

fn lost(server: &str, kind: io::ErrorKind) -> FetchError {
    FetchError::Lost {
        server: server.to_owned(),
        kind,
    }
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bearer(...)")
    }
}

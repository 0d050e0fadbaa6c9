//! A mail server that takes our messages (RFC 6409), over TLS.
//!
//! Without TLS only a server on this machine is spoken to. The password is asked for at
//! each delivery and kept nowhere.

use std::error::Error as _;
use std::fmt;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

use super::send::{Envelope, Reply, SendError};

/// Asks for a password; the error says where it was looked for.
pub type Secret = Arc<dyn Fn() -> Result<String, String> + Send + Sync>;

/// How the connection is made private.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the beginning, usually on port 465.
    Tls,
    /// TLS after a word of agreement, usually on port 587. A server that does not offer it
    /// gets nothing.
    StartTls,
    /// None: for a server on this machine alone.
    Plain,
}

/// Who we are to the server.
#[derive(Clone)]
pub struct Login {
    /// The name.
    pub user: String,
    /// The password.
    pub password: Secret,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login")
    }
}

/// Which server, and how.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// Its name or address.
    pub host: String,
    /// Its port; the usual one of the security when left out.
    pub port: Option<u16>,
    /// How the connection is made private.
    pub security: Security,
    /// The certificate of an authority of the company's own, as PEM: trusted beside those
    /// that the system trusts.
    pub authority: Option<Vec<u8>>,
    /// The login, where it wants one.
    pub login: Option<Login>,
    /// A delivery that takes longer has failed.
    pub patience: Duration,
}

/// A server, ready.
#[derive(Clone)]
pub struct Smtp {
    settings: SmtpSettings,
    port: u16,
    tls: Option<TlsParameters>,
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Smtp").field(&self.settings).finish()
    }
}

impl Smtp {
    /// Ready to deliver; connects to nothing yet.
    pub fn new(settings: SmtpSettings) -> Result<Self, SendError> {
        let usual = match settings.security {
            Security::Tls => 465,
            Security::StartTls => 587,
            Security::Plain => 25,
        };
        let port = settings.port.unwrap_or(usual);
        let not_private = |why: String| SendError::NotPrivate {
            server: format!("{}:{port}", settings.host),
            why,
        };
        let tls = match settings.security {
            Security::Plain if is_here(&settings.host) => None,
            Security::Plain => {
                let why = "without TLS only a server on this machine is spoken to";
                return Err(not_private(why.to_owned()));
            }
            Security::Tls | Security::StartTls => Some(trusting(&settings).map_err(not_private)?),
        };
        Ok(Self {
            settings,
            port,
            tls,
        })
    }

    pub(super) async fn deliver(&self, envelope: &Envelope, raw: &[u8]) -> Result<(), SendError> {
        let address = |text: &str| text.parse::<Address>();
        let (Ok(from), Ok(to)) = (address(&envelope.from), address(&envelope.to)) else {
            return Err(SendError::Address {
                id: envelope.id.clone(),
            });
        };
        let outside = lettre::address::Envelope::new(Some(from), vec![to]);
        let outside = outside.map_err(|_| SendError::Address {
            id: envelope.id.clone(),
        })?;
        let transport = self.transport()?;
        // The last line is ended once more on the way: what arrives is what is kept.
        let raw = raw.strip_suffix(b"\r\n").unwrap_or(raw);
        let sent = transport.send_raw(&outside, raw);
        // A server that takes the message and does not say so in time may deliver it, and
        // then again when it is tried again: with the same Message-ID, as one message.
        match tokio::time::timeout(self.settings.patience, sent).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(self.told(envelope, &error)),
            Err(_) => Err(SendError::Unreachable {
                server: self.server(),
                why: format!("no answer in {} s", self.settings.patience.as_secs()),
            }),
        }
    }

    fn transport(&self) -> Result<AsyncSmtpTransport<Tokio1Executor>, SendError> {
        let host = self.settings.host.clone();
        let builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host);
        let tls = match (&self.tls, self.settings.security) {
            (Some(tls), Security::Tls) => Tls::Wrapper(tls.clone()),
            (Some(tls), _) => Tls::Required(tls.clone()),
            (None, _) => Tls::None,
        };
        let patience = Some(self.settings.patience);
        let mut builder = builder.port(self.port).timeout(patience).tls(tls);
        if let Some(Login { user, password }) = &self.settings.login {
            let password = password().map_err(|why| SendError::Password {
                server: self.server(),
                why,
            })?;
            builder = builder.credentials(Credentials::new(user.clone(), password));
        }
        Ok(builder.build())
    }

    fn server(&self) -> String {
        format!("{}:{}", self.settings.host, self.port)
    }

    /// The client's error as ours.
    fn told(&self, envelope: &Envelope, error: &Error) -> SendError {
        let server = self.server();
        let why = causes(error);
        if let Some(code) = error.status() {
            let words = error.source().map(ToString::to_string).unwrap_or_default();
            let reply = Reply::new(code.into(), &words);
            return match reply.code {
                // Of the login (RFC 4954), and that there must be one or must be TLS.
                530 | 534 | 535 | 538 => SendError::Login { server, reply },
                _ => SendError::Refused {
                    server,
                    reply,
                    words,
                },
            };
        }
        if error.is_tls() || why.contains("STARTTLS") || is_of_tls(error) {
            return SendError::NotPrivate { server, why };
        }
        // The server cannot take an address with letters beyond ASCII.
        if why.contains("SMTPUTF8") {
            return SendError::Address {
                id: envelope.id.clone(),
            };
        }
        SendError::Unreachable { server, why }
    }
}

/// Whom we believe that the server is who it says.
fn trusting(settings: &SmtpSettings) -> Result<TlsParameters, String> {
    let mut tls = TlsParameters::builder(settings.host.clone());
    if let Some(pem) = &settings.authority {
        let no_certificate = || "the authority's file holds no certificate in PEM".to_owned();
        let begins = b"-----BEGIN CERTIFICATE-----";
        if !pem.windows(begins.len()).any(|part| part == begins) {
            return Err(no_certificate());
        }
        let certificate = Certificate::from_pem(pem).map_err(|_| no_certificate())?;
        tls = tls.add_root_certificate(certificate);
    }
    tls.build().map_err(|error| causes(&error))
}

/// Whether the connection failed as a private one: the client tells it as a broken
/// connection, the cause is of invalid data.
fn is_of_tls(error: &Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        let io = error.downcast_ref::<io::Error>();
        if io.is_some_and(|error| error.kind() == io::ErrorKind::InvalidData) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// Whether a server is on this machine.
fn is_here(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

/// An error and what caused it, from the outside in.
fn causes(error: &Error) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !told.contains(&text) {
            told.push_str(": ");
            told.push_str(&text);
        }
        cause = error.source();
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_sent_in_the_open() {
        let settings = |host: &str| SmtpSettings {
            host: host.to_owned(),
            port: None,
            security: Security::Plain,
            authority: None,
            login: None,
            patience: Duration::from_secs(1),
        };
        for host in ["localhost", "127.0.0.1", "::1", "[::1]", "127.8.9.1"] {
            assert!(Smtp::new(settings(host)).is_ok(), "{host}");
        }
        for host in ["mail.example", "10.0.0.1", "localhost.example", "::2"] {
            let error = Smtp::new(settings(host)).unwrap_err();
            assert!(matches!(error, SendError::NotPrivate { .. }), "{error}");
        }
    }

    #[test]
    fn an_authority_is_a_certificate() {
        let settings = SmtpSettings {
            host: "mail.example".to_owned(),
            port: None,
            security: Security::Tls,
            authority: Some(b"no certificate".to_vec()),
            login: None,
            patience: Duration::from_secs(1),
        };
        let error = Smtp::new(settings).unwrap_err().to_string();
        assert!(error.starts_with("mail.example:465: "), "{error}");
        assert!(error.contains("no certificate in PEM"), "{error}");
    }

    #[test]
    fn a_password_is_never_shown() {
        let login = Login {
            user: "us".to_owned(),
            password: Arc::new(|| Ok("hunter2".to_owned())),
        };
        assert_eq!(format!("{login:?}"), "Login");
    }
}

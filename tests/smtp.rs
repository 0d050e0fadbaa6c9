//! Messages to a real mail server on the loopback (Debian's python3-aiosmtpd): what is
//! delivered, what is tried again, what is given up.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use postroom::mail::{
    Delivery, Envelope, Login, OutgoingMail, Party, Security, SendError, Smtp, SmtpSettings,
    compose,
};

/// Debian's own, for which its packages are; another may come first in the path.
const PYTHON: &str = "/usr/bin/python3";

/// A server, ended when it is dropped.
pub(super) struct Server {
    child: Child,
    pub(super) port: u16,
    taken: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// `None` where there is no aiosmtpd.
    pub(super) fn start(arguments: &[&str]) -> Option<Self> {
        let asked = Command::new(PYTHON)
            .args(["-c", "import aiosmtpd"])
            .stderr(Stdio::null())
            .status();
        let there = asked.is_ok_and(|status| status.success());
        if !there {
            println!("skipped: there is no aiosmtpd; scripts/packages test installs it");
            return None;
        }
        let taken = tempfile::tempdir().unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/smtp/server.py");
        let mut child = Command::new(PYTHON)
            .arg(script)
            .arg(taken.path())
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut port = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut port).unwrap();
        Some(Self {
            child,
            port: port.trim().parse().unwrap(),
            taken,
        })
    }

    fn settings(&self, security: Security) -> SmtpSettings {
        SmtpSettings {
            host: "127.0.0.1".to_owned(),
            port: Some(self.port),
            security,
            authority: None,
            login: None,
            patience: Duration::from_secs(20),
        }
    }

    /// The messages that it took, in turn.
    pub(super) fn messages(&self) -> Vec<Vec<u8>> {
        let files = (1..).map(|number| self.taken.path().join(format!("{number}.eml")));
        files.map_while(|file| fs::read(file).ok()).collect()
    }
}

fn message(to: &str) -> (Envelope, Vec<u8>) {
    let mail = OutgoingMail {
        id: format!("417.{}@hartwell-finch.example", to.len()),
        from: Party {
            name: Some("Hartwell & Finch".to_owned()),
            address: "care@hartwell-finch.example".to_owned(),
        },
        to: Party {
            name: None,
            address: to.to_owned(),
        },
        subject: "Your letter – PR-0000417-11".to_owned(),
        body: "Dear Mrs Harris,\n\n.\n..hidden dots\n\nKind regards".to_owned(),
        in_reply_to: None,
        references: Vec::new(),
        automatic: true,
        date: "2026-11-30T09:15:00Z".parse().unwrap(),
        attachments: Vec::new(),
    };
    let envelope = Envelope {
        id: mail.id.clone(),
        from: mail.from.address.clone(),
        to: to.to_owned(),
    };
    (envelope, compose(&mail).unwrap())
}

fn deliver(settings: SmtpSettings, to: &str) -> Result<(), SendError> {
    let (envelope, raw) = message(to);
    let delivery = Delivery::Smtp(Smtp::new(settings)?);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(delivery.deliver(&envelope, &raw))
}

#[test]
fn a_message_arrives_once_as_it_was_written() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    deliver(server.settings(Security::Plain), "lucy@example.org").unwrap();
    assert_eq!(server.messages(), [message("lucy@example.org").1]);
    let to = fs::read_to_string(server.taken.path().join("1.to")).unwrap();
    assert_eq!(to, "lucy@example.org");
}

#[test]
fn what_is_put_off_passes_later_and_what_is_refused_never_does() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let later = || deliver(server.settings(Security::Plain), "later@example.org");
    let error = later().unwrap_err();
    assert!(
        error.may_pass() && error.to_string().contains("(451 4.3.0)"),
        "{error}"
    );
    assert!(server.messages().is_empty());
    later().unwrap();
    assert_eq!(server.messages().len(), 1);
    let error = deliver(server.settings(Security::Plain), "never@example.org").unwrap_err();
    assert!(!error.may_pass());
    let told = error.to_string();
    assert!(
        told.contains("(550 5.1.1); the address does not exist"),
        "{told}"
    );
    assert!(!told.contains("never@"), "{told}");
    let SendError::Refused { words, .. } = error else {
        panic!("{error}")
    };
    assert!(words.contains("no such mailbox"), "{words}");
    assert_eq!(server.messages().len(), 1);
}

#[test]
fn nothing_is_said_to_a_server_that_cannot_be_private() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    for security in [Security::StartTls, Security::Tls] {
        let error = deliver(server.settings(security), "lucy@example.org").unwrap_err();
        assert!(matches!(error, SendError::NotPrivate { .. }), "{error}");
        assert!(error.may_pass());
    }
    assert!(server.messages().is_empty());
}

/// A certificate for this machine, signed by itself, and its key; `None` without openssl.
fn certificate(place: &Path) -> Option<[String; 2]> {
    let about = place.join("about.cnf");
    let text = "[req]\ndistinguished_name = name\nx509_extensions = about\nprompt = no\n\
                [name]\nCN = localhost\n[about]\nbasicConstraints = critical, CA:FALSE\n\
                subjectAltName = DNS:localhost, IP:127.0.0.1\n";
    fs::write(&about, text).unwrap();
    let [certificate, key] =
        ["certificate.pem", "key.pem"].map(|name| place.join(name).display().to_string());
    let made = Command::new("openssl")
        .args([
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
        ])
        .args([
            "-config",
            about.to_str().unwrap(),
            "-keyout",
            &key,
            "-out",
            &certificate,
        ])
        .stderr(Stdio::null())
        .status();
    if made.is_ok_and(|status| status.success()) {
        return Some([certificate, key]);
    }
    println!("skipped: there is no openssl to make a certificate with");
    None
}

#[test]
fn a_private_connection_needs_a_certificate_that_is_trusted() {
    let place = tempfile::tempdir().unwrap();
    let Some([certificate, key]) = certificate(place.path()) else {
        return;
    };
    for (how, security) in [("tls", Security::Tls), ("starttls", Security::StartTls)] {
        let Some(server) = Server::start(&[how, &certificate, &key]) else {
            return;
        };
        let error = deliver(server.settings(security), "lucy@example.org").unwrap_err();
        assert!(matches!(error, SendError::NotPrivate { .. }), "{error}");
        assert!(server.messages().is_empty());
        let trusting = SmtpSettings {
            authority: Some(fs::read(&certificate).unwrap()),
            ..server.settings(security)
        };
        deliver(trusting, "lucy@example.org").unwrap();
        assert_eq!(server.messages(), [message("lucy@example.org").1]);
    }
}

#[test]
fn a_login_is_asked_for_and_its_failure_is_nobodys_message() {
    let Some(server) = Server::start(&["login"]) else {
        return;
    };
    let with = |password: Result<&'static str, &'static str>| SmtpSettings {
        login: Some(Login {
            user: "us".to_owned(),
            password: Arc::new(move || password.map(str::to_owned).map_err(str::to_owned)),
        }),
        ..server.settings(Security::Plain)
    };
    let error = deliver(with(Ok("wrong")), "lucy@example.org").unwrap_err();
    assert!(matches!(error, SendError::Login { .. }), "{error}");
    assert!(error.may_pass());
    let error = deliver(server.settings(Security::Plain), "lucy@example.org").unwrap_err();
    assert!(matches!(error, SendError::Login { .. }), "{error}");
    let error = deliver(with(Err("MAIL_PASSWORD is not set")), "lucy@example.org").unwrap_err();
    assert!(
        error.to_string().contains("MAIL_PASSWORD is not set"),
        "{error}"
    );
    assert!(server.messages().is_empty());
    deliver(with(Ok("hunter2")), "lucy@example.org").unwrap();
    assert_eq!(server.messages().len(), 1);
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = nobody.local_addr().unwrap().port();
    drop(nobody);
    let settings = SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port: Some(port),
        security: Security::Plain,
        authority: None,
        login: None,
        patience: Duration::from_secs(20),
    };
    let error = deliver(settings, "lucy@example.org").unwrap_err();
    assert!(error.may_pass());
    let told = error.to_string();
    assert!(
        told.starts_with(&format!("127.0.0.1:{port} cannot be reached")),
        "{told}"
    );
}

#[test]
fn a_server_that_says_nothing_is_not_waited_for() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let settings = SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port: Some(silent.local_addr().unwrap().port()),
        security: Security::Plain,
        authority: None,
        login: None,
        patience: Duration::from_millis(300),
    };
    let error = deliver(settings, "lucy@example.org").unwrap_err();
    assert!(matches!(error, SendError::Unreachable { .. }), "{error}");
}

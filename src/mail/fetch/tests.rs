//! What only a server of our own would say: lines by a script. Real ones are in
//! `tests/mail_servers.rs`.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread;

use super::*;
use crate::mail::secret::SecretSource;

/// A server on this machine that, for each line it gets, expects these words in it and
/// answers with those, and goes away at the end.
fn scripted(script: &'static [(&'static str, &'static str)]) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let (line, _) = listener.accept().unwrap();
        let (mut reader, mut writer) = (BufReader::new(line.try_clone().unwrap()), line);
        for (expected, answer) in script {
            if !expected.is_empty() {
                let mut said = String::new();
                reader.read_line(&mut said).unwrap();
                assert!(said.contains(expected), "{said} instead of {expected}");
            }
            writer.write_all(answer.as_bytes()).unwrap();
        }
    });
    let words = ["printf", "hush-hush"].map(str::to_owned);
    Server {
        host: "127.0.0.1".to_owned(),
        port,
        encryption: Encryption::PlainOnLoopback,
        user: "ann".to_owned(),
        login: Login::Token(SecretSource::Command(words.to_vec()).get().unwrap()),
        mailbox: "INBOX".to_owned(),
        place: None,
        message_bytes: 100,
    }
}

const GREETING: (&str, &str) = ("", "* OK hello\r\n");
const ASKED: (&str, &str) = ("A0001 AUTHENTICATE XOAUTH2", "+ \r\n");
/// `user=ann^Aauth=Bearer hush-hush^A^A`.
const TOKEN: &str = "dXNlcj1hbm4BYXV0aD1CZWFyZXIgaHVzaC1odXNoAQE=";
const LET_IN: (&str, &str) = (TOKEN, "A0001 OK in\r\n");
const SELECTED: (&str, &str) = (
    "SELECT \"INBOX\"",
    "* 2 EXISTS\r\n* OK [UIDVALIDITY 7] good\r\nA0002 OK [READ-WRITE] open\r\n",
);
const NEWS: (&str, &str) = ("NOOP", "A0003 OK no news\r\n");

#[tokio::test]
async fn a_token_lets_in() {
    let server = scripted(&[
        GREETING,
        ASKED,
        LET_IN,
        SELECTED,
        NEWS,
        (
            "UID FETCH 1:* (UID RFC822.SIZE)",
            "* 1 FETCH (UID 3 RFC822.SIZE 4)\r\n* 2 FETCH (UID 9 RFC822.SIZE 4)\r\nA0004 OK\r\n",
        ),
        // The first is gone meanwhile.
        ("UID FETCH 3 (UID BODY.PEEK[])", "A0005 OK nothing\r\n"),
        (
            "UID FETCH 9 (UID BODY.PEEK[])",
            "* 2 FETCH (UID 9 BODY[] {4}\r\na\r\nb)\r\n* 2 FETCH (FLAGS (\\Seen))\r\nA0006 OK\r\n",
        ),
        (
            "UID STORE 9 +FLAGS.SILENT (\\Seen)",
            "A0007 NO [LIMIT] not now\r\n",
        ),
    ]);
    let mut inbox = Inbox::connect(&server).await.unwrap();
    let fetched = inbox.next().await.unwrap().unwrap();
    assert_eq!(
        (fetched.uid, fetched.bytes.as_slice()),
        (9, b"a\r\nb".as_slice())
    );
    assert_eq!(inbox.place().last_uid, 8);
    let error = inbox.done(9, After::Seen).await.unwrap_err();
    assert!(
        error.to_string().contains("not now") && error.may_pass(),
        "{error}"
    );
    assert_eq!(inbox.place().last_uid, 8);
}

#[tokio::test]
async fn a_token_that_is_refused_is_not_shown() {
    let server = scripted(&[
        GREETING,
        ASKED,
        (TOKEN, "+ eyJzdGF0dXMiOiI0MDAifQ==\r\n"),
        ("\r\n", "A0001 NO [AUTHENTICATIONFAILED] no hush-hush\r\n"),
    ]);
    let error = Inbox::connect(&server).await.unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(
        shown.contains("refuses to let ann in: [AUTHENTICATIONFAILED] no ...;"),
        "{shown}"
    );
    assert!(!shown.contains("hush-hush") && !error.may_pass(), "{shown}");
}

#[tokio::test]
async fn half_a_list_is_none() {
    let server = scripted(&[
        GREETING,
        ASKED,
        LET_IN,
        SELECTED,
        NEWS,
        ("UID FETCH 1:*", "* 2 FETCH (UID 9 RFC822.SIZE 4)\r\n"),
    ]);
    let mut inbox = Inbox::connect(&server).await.unwrap();
    let error = inbox.next().await.unwrap_err();
    assert!(matches!(error, FetchError::Lost { .. }), "{error}");
    assert_eq!(inbox.place().last_uid, 0);
}

#[tokio::test]
async fn a_server_that_says_goodbye_or_nothing_is_lost() {
    for script in [&[("", "* BYE busy\r\n")][..], &[]] {
        let error = Inbox::connect(&scripted(script)).await.unwrap_err();
        assert!(
            matches!(error, FetchError::Lost { .. }) && error.may_pass(),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_name_that_would_be_a_command_is_refused() {
    let mut server = scripted(&[GREETING, ASKED, LET_IN]);
    server.mailbox = "INBOX\r\nA0009 LOGOUT".to_owned();
    let error = Inbox::connect(&server).await.unwrap_err();
    assert!(matches!(error, FetchError::BadName { .. }), "{error}");
}

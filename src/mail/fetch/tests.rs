//! What only a server of our own would say: lines by a script. Real ones are in
//! `tests/mail_servers.rs`.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread;

use super::*;
use crate::mail::secret::SecretSource;

type Script = &'static [(&'static str, &'static str)];

/// A server on this machine that, for each line it gets, expects these words in it and
/// answers with those, and goes away at the end.
fn scripted(script: Script) -> Server {
    scripted_in_turn(vec![script])
}

/// The same for one connection after the other.
fn scripted_in_turn(scripts: Vec<Script>) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for script in scripts {
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
        again: Vec::new(),
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

const THREE: (&str, &str) = (
    "UID FETCH 1:* (UID RFC822.SIZE)",
    "* 1 FETCH (UID 3 RFC822.SIZE 4)\r\n* 2 FETCH (UID 5 RFC822.SIZE 4)\r\n\
     * 3 FETCH (UID 9 RFC822.SIZE 4)\r\nA0004 OK\r\n",
);
const NONE_LEFT: (&str, &str) = (
    "UID FETCH 10:*",
    "* 3 FETCH (UID 9 RFC822.SIZE 4)\r\nA0009 OK\r\n",
);

/// The numbers that came, and those that did not, with why.
async fn all_of(inbox: &mut Inbox) -> (Vec<u32>, Vec<(u32, String)>) {
    let (mut came, mut not) = (Vec::new(), Vec::new());
    loop {
        match inbox.next().await {
            Ok(Some(fetched)) => came.push(fetched.uid),
            Ok(None) => return (came, not),
            Err(error) => not.push((error.uid().unwrap(), error.to_string())),
        }
    }
}

#[tokio::test]
async fn a_message_that_is_refused_keeps_no_other_back() {
    let server = scripted(&[
        GREETING,
        ASKED,
        LET_IN,
        SELECTED,
        NEWS,
        THREE,
        ("UID FETCH 3 ", "A0005 NO [SERVERBUG] cannot read it\r\n"),
        (
            "UID FETCH 5 ",
            "* 2 FETCH (UID 5 BODY[] {4}\r\na\r\nb)\r\nA0006 OK\r\n",
        ),
        (
            "UID FETCH 9 ",
            "* 3 FETCH (UID 9 BODY[] {4}\r\na\r\nb)\r\nA0007 OK\r\n",
        ),
        ("NOOP", "A0008 OK\r\n"),
        NONE_LEFT,
    ]);
    let mut inbox = Inbox::connect(&server).await.unwrap();
    let (came, not) = all_of(&mut inbox).await;
    assert_eq!((came.as_slice(), not.len(), not[0].0), (&[5, 9][..], 1, 3));
    assert!(not[0].1.contains("cannot read it"), "{not:?}");
    // It is given out like the others, and waited for until it is noted.
    assert_eq!(inbox.place().last_uid, 2);
    for uid in [3, 5, 9] {
        inbox.done(uid, After::Leave).await.unwrap();
    }
    assert_eq!(inbox.place().last_uid, 9);
}

#[tokio::test]
async fn what_breaks_the_conversation_is_passed_over() {
    let server = scripted_in_turn(vec![
        &[
            GREETING,
            ASKED,
            LET_IN,
            SELECTED,
            NEWS,
            THREE,
            (
                "UID FETCH 3 ",
                "* 1 FETCH (UID 3 BODY[] {4\r\nnonsense ((\r\n",
            ),
        ],
        &[
            GREETING,
            ASKED,
            LET_IN,
            SELECTED,
            (
                "UID FETCH 5 ",
                "* 2 FETCH (UID 5 BODY[] {4}\r\na\r\nb)\r\nA0003 OK\r\n",
            ),
            ("UID FETCH 9 ", "A0004 OK it is gone\r\n"),
            ("NOOP", "A0005 OK\r\n"),
            ("UID FETCH 10:*", "A0006 OK\r\n"),
        ],
    ]);
    let mut inbox = Inbox::connect(&server).await.unwrap();
    let (came, not) = all_of(&mut inbox).await;
    assert_eq!((came.as_slice(), not.len(), not[0].0), (&[5][..], 1, 3));
    assert!(not[0].1.contains("cut off or not understood"), "{not:?}");
}

#[tokio::test]
async fn a_server_that_gives_nothing_is_left_alone() {
    let server = scripted(&[
        GREETING,
        ASKED,
        LET_IN,
        SELECTED,
        NEWS,
        (
            "UID FETCH 1:* (UID RFC822.SIZE)",
            "* 1 FETCH (UID 1 RFC822.SIZE 4)\r\n* 2 FETCH (UID 2 RFC822.SIZE 4)\r\n\
             * 3 FETCH (UID 3 RFC822.SIZE 4)\r\n* 4 FETCH (UID 4 RFC822.SIZE 4)\r\n\
             * 5 FETCH (UID 5 RFC822.SIZE 4)\r\n* 6 FETCH (UID 6 RFC822.SIZE 4)\r\nA0004 OK\r\n",
        ),
        ("UID FETCH 1 ", "A0005 NO throttled\r\n"),
        ("UID FETCH 2 ", "A0006 NO throttled\r\n"),
        ("UID FETCH 3 ", "A0007 NO throttled\r\n"),
        ("UID FETCH 4 ", "A0008 NO throttled\r\n"),
        ("UID FETCH 5 ", "A0009 NO throttled\r\n"),
        ("UID FETCH 6 ", "A0010 NO throttled\r\n"),
    ]);
    let mut inbox = Inbox::connect(&server).await.unwrap();
    for uid in 1..=5 {
        let error = inbox.next().await.unwrap_err();
        assert_eq!(error.uid(), Some(uid));
        inbox.done(uid, After::Leave).await.unwrap();
    }
    let error = inbox.next().await.unwrap_err();
    assert!(error.uid().is_none() && error.may_pass(), "{error}");
    assert_eq!(inbox.place().last_uid, 5);
}

#[tokio::test]
async fn what_was_in_trouble_is_tried_before_the_news() {
    let mut server = scripted(&[
        GREETING,
        ASKED,
        LET_IN,
        SELECTED,
        (
            "UID FETCH 3 ",
            "* 1 FETCH (UID 3 BODY[] {4}\r\na\r\nb)\r\nA0003 OK\r\n",
        ),
        ("UID FETCH 4 ", "A0004 OK it is gone\r\n"),
        ("NOOP", "A0005 OK\r\n"),
        (
            "UID FETCH 9:*",
            "* 3 FETCH (UID 9 RFC822.SIZE 4)\r\nA0006 OK\r\n",
        ),
        (
            "UID FETCH 9 ",
            "* 3 FETCH (UID 9 BODY[] {4}\r\na\r\nb)\r\nA0007 OK\r\n",
        ),
        ("NOOP", "A0008 OK\r\n"),
        NONE_LEFT,
    ]);
    server.place = Some(Place {
        uid_validity: 7,
        last_uid: 8,
    });
    server.again = vec![3, 4];
    let mut inbox = Inbox::connect(&server).await.unwrap();
    assert_eq!(all_of(&mut inbox).await, (vec![3, 9], vec![]));
    // Those that are tried again take the place not back.
    inbox.done(9, After::Leave).await.unwrap();
    assert_eq!(inbox.place().last_uid, 9);
}

#[tokio::test]
async fn nothing_is_said_of_the_account_where_tls_does_not_begin() {
    for refusal in ["A0001 BAD what?\r\n", "A0001 NO not here\r\n"] {
        let script: Script = Box::leak(Box::new([GREETING, ("STARTTLS", refusal)]));
        let mut server = scripted(script);
        server.encryption = Encryption::StartTls { extra_roots: None };
        let error = Inbox::connect(&server).await.unwrap_err();
        assert!(error.to_string().contains("STARTTLS"), "{error}");
        assert!(!error.may_pass());
    }
}

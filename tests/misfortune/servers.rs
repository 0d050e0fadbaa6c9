//! Real mail servers on the loopback while the program is killed: nothing is marked on the server
//! before it is on record here, and nobody hears the same twice but by a kill at the worst moment.

use std::collections::BTreeSet;
use std::fs;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use super::kills::Random;
use super::mail::{ids, start, with_cases_to_acknowledge};
use crate::mail_servers::{Dovecot, PASSWORD, readable};
use crate::mailroom::{header, message};
use crate::smtp::Server;
use crate::support::{Database, Post, databases};

/// Messages in the mailbox, replies that wait, and kills.
const MESSAGES: usize = 150;
const REPLIES: usize = 60;
const KILLS: usize = 10;

#[test]
fn nothing_is_marked_as_read_before_it_is_on_record() {
    for database in databases("nothing_is_marked_as_read_before_it_is_on_record") {
        let Some(dovecot) = Dovecot::start("nothing_is_marked_as_read", 0) else {
            return;
        };
        for number in 0..MESSAGES {
            put(&dovecot, number);
        }
        let mut post = Post::on(&database);
        post.configure(&format!(
            "[reply]\nacknowledge_mail = false\n[mail.inbox]\nhost = \"localhost\"\nport = {}\nuser = \"ann\"\n\
             password = {{ command = [\"printf\", \"%s\", \"{PASSWORD}\"] }}\nroots = \"{}\"\n",
            dovecot.tls,
            dovecot.root.path().join("cert.pem").display()
        ));
        let mut random = Random(20_261_122);
        let (mut cut, mut part) = (0, 0);
        for _ in 0..KILLS {
            // Until it has marked some more, or is at work at all; then a random while.
            let enough = dovecot.seen() + (random.next() * 20.0) as usize;
            let mut fetch = start(&post, &["mail", "fetch"]);
            while fetch.try_wait().unwrap().is_none() && dovecot.seen() < enough {
                thread::sleep(Duration::from_millis(1));
            }
            thread::sleep(Duration::from_millis(60).mul_f64(random.next()));
            let _ = fetch.kill();
            cut += usize::from(!fetch.wait().unwrap().success());
            let (seen, on_record) = (seen(&dovecot), ids(&post));
            assert!(
                seen.is_subset(&on_record),
                "{:?}",
                seen.difference(&on_record)
            );
            part += usize::from((1..MESSAGES).contains(&seen.len()));
        }
        let ran = post.postroom(&["mail", "fetch", "--json"]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        println!(
            "{database:?}: {cut} kills of a fetch at work, {part} with a part marked, then {}",
            ran.stdout
        );
        assert!(cut >= 2, "{cut}");
        assert_eq!(
            (ids(&post).len(), seen(&dovecot).len()),
            (MESSAGES, MESSAGES)
        );
        let again = post.postroom(&["mail", "fetch", "--json"]);
        assert_eq!(
            (again.code, &again.json()["messages"]),
            (Some(0), &0.into())
        );
        post.assert_verified();
    }
}

fn put(dovecot: &Dovecot, number: usize) {
    let path = dovecot.root.path().join(format!("mail/new/{number:03}.x"));
    let header = format!(
        "Message-ID: <{number}@mail.example>\nFrom: Ann <ann.{number}@mail.example>\nSubject: Order {number}"
    );
    fs::write(
        &path,
        message(&header, &format!("The kettle of order {number} leaks.")),
    )
    .unwrap();
    readable(&path);
}

/// The Message-IDs of what is marked as read.
fn seen(dovecot: &Dovecot) -> BTreeSet<String> {
    let names = dovecot.files("cur").into_iter();
    let marked = names.filter(|name| name.split_once(":2,").is_some_and(|(_, f)| f.contains('S')));
    marked
        .map(|name| {
            let file = dovecot.root.path().join("mail/cur").join(name);
            let text = fs::read_to_string(file).unwrap().replace("\r\n", "\n");
            header(&text, "Message-ID").unwrap()
        })
        .collect()
}

#[test]
fn replies_to_a_server_arrive_though_their_sending_is_killed() {
    for database in databases("replies_to_a_server_arrive_though_their_sending_is_killed") {
        let Some((server, post)) = sending(&database) else {
            return;
        };
        let folder = post.path("mail");
        let pass = ["mail", "import", folder.to_str().unwrap()];
        let mut random = Random(20_261_123);
        let mut cut = 0;
        for _ in 0..KILLS {
            let enough = server.messages().len() + (random.next() * 5.0) as usize;
            let mut sending = start(&post, &pass);
            while sending.try_wait().unwrap().is_none() && server.messages().len() < enough {
                thread::sleep(Duration::from_millis(1));
            }
            thread::sleep(Duration::from_millis(40).mul_f64(random.next()));
            let _ = sending.kill();
            cut += usize::from(!sending.wait().unwrap().success());
        }
        assert_eq!(post.postroom(&pass).code, Some(0));
        let (all, once) = arrived(&server);
        println!(
            "{database:?}: {cut} kills, {all} arrived, {once} of them once or for the first time"
        );
        assert!(cut >= KILLS / 4, "{cut}");
        assert_eq!(once, REPLIES);
        // Only what a kill caught between the server's word and ours may come again.
        assert!(all <= REPLIES + cut, "{all}");
        post.assert_verified();
    }
}

#[test]
fn two_sendings_at_once_send_each_reply_once() {
    for database in databases("two_sendings_at_once_send_each_reply_once") {
        let Some((server, post)) = sending(&database) else {
            return;
        };
        let folder = post.path("mail");
        let both = [(); 2].map(|()| {
            let mut command = post.command(&["mail", "import", folder.to_str().unwrap()]);
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
            command.spawn().unwrap()
        });
        for one in both {
            let output = one.wait_with_output().unwrap();
            assert_eq!(output.status.code(), Some(0), "{output:?}");
        }
        // What came into the outbox when the other had looked for the last time.
        assert_eq!(post.postroom(&["mail", "send"]).code, Some(0));
        assert_eq!(arrived(&server), (REPLIES, REPLIES), "{database:?}");
        post.assert_verified();
    }
}

/// A server and a mailroom with cases to acknowledge through it.
fn sending(database: &Database) -> Option<(Server, Post)> {
    let server = Server::start(&[])?;
    let mut post = with_cases_to_acknowledge(database);
    post.configure(&format!(
        "[mail.outbox]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"plain\"\n",
        server.port
    ));
    Some((server, post))
}

/// How many messages arrived, and how many different ones.
fn arrived(server: &Server) -> (usize, usize) {
    let messages = server.messages();
    let ids = messages.iter().map(|raw| {
        let text = String::from_utf8_lossy(raw).replace("\r\n", "\n");
        header(&text, "Message-ID").unwrap()
    });
    let ids: BTreeSet<String> = ids.collect();
    (messages.len(), ids.len())
}

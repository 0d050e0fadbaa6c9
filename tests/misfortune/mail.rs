//! E-mail while the program is killed: between any two steps of taking messages in and of sending
//! replies. Every message is filed once, none is lost, and every reply leaves once.

use std::collections::BTreeSet;
use std::fs;
use std::process::{Child, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::json;

use super::kills::{Random, count_blobs};
use crate::mail::taking_in::with_files;
use crate::mailroom::{header, import, lay, message, on_record, writing};
use crate::support::{Database, Post, databases, tiff};

/// Messages that are taken in: so many are new whenever a run over all of them is killed.
const MESSAGES: usize = 300;
const KILLS: usize = 20;
const NEW: usize = MESSAGES / KILLS;

/// Replies that wait, and so often their sending is killed.
const REPLIES: usize = 60;

#[test]
fn messages_whose_import_is_killed_are_filed_once() {
    for database in databases("messages_whose_import_is_killed_are_filed_once") {
        let post = unread(&database);
        let folder = post.path("mail");
        let mut random = Random(20_261_120);
        let (mut filed, mut cut, mut unfiled) = (BTreeSet::new(), 0, 0);
        for round in 0..KILLS {
            lay_some(&post, round * NEW..(round + 1) * NEW);
            cut += usize::from(kill_in_filing(&post, &mut random));
            let now = ids(&post);
            assert!(filed.is_subset(&now), "lost: {:?}", filed.difference(&now));
            unfiled += usize::from(now.len() < (round + 1) * NEW);
            filed = now;
        }
        let ran = import(&post, &folder);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let taken = ran.json();
        let number = |key: &str| taken[key].as_u64().unwrap() as usize;
        assert_eq!(number("filed") + number("known"), MESSAGES, "{taken}");
        println!(
            "{database:?}: {KILLS} kills, {cut} of a run at work, {unfiled} before all was filed, {} known at the end",
            number("known")
        );
        assert!(cut >= KILLS / 4 && unfiled >= KILLS / 5, "{cut}, {unfiled}");
        assert_eq!(ids(&post).len(), MESSAGES);
        post.assert_verified();
    }
}

/// Kills a run over the messages a random while after the bytes of some new ones are there: their
/// rows follow. Says whether it was at work still.
fn kill_in_filing(post: &Post, random: &mut Random) -> bool {
    let blobs = post.path("store/blobs");
    let enough = count_blobs(&blobs) + 1 + (random.next() * NEW as f64) as usize;
    let folder = post.path("mail");
    let mut run = start(post, &["mail", "import", folder.to_str().unwrap()]);
    while run.try_wait().unwrap().is_none() && count_blobs(&blobs) < enough {
        thread::sleep(Duration::from_micros(500));
    }
    thread::sleep(Duration::from_millis(30).mul_f64(random.next()));
    let _ = run.kill();
    !run.wait().unwrap().success()
}

/// A mailroom that acknowledges nothing.
fn unread(database: &Database) -> Post {
    let mut post = Post::on(database);
    post.configure("[reply]\nacknowledge_mail = false\n");
    post
}

fn lay_some(post: &Post, numbers: std::ops::Range<usize>) {
    for number in numbers {
        lay(post, &format!("{number:03}.eml"), numbered(number));
    }
}

/// One in three answers the one before it; each address writes three times.
fn numbered(number: usize) -> String {
    let answers = match number % 3 {
        1 => format!("In-Reply-To: <{}@mail.example>\n", number - 1),
        _ => String::new(),
    };
    let writer = number / 3;
    message(
        &format!(
            "Message-ID: <{number}@mail.example>\n{answers}From: Ann <ann.{writer}@mail.example>\nSubject: Order {number}"
        ),
        &format!("The kettle of order {number} leaks."),
    )
}

/// The Message-IDs on record. None may be there twice.
pub(super) fn ids(post: &Post) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    // Killed before there were tables.
    if post.postroom(&["cases", "--json"]).code != Some(0) {
        return ids;
    }
    for mail in on_record(post).iter().flatten() {
        let id = mail.message_id.as_ref().unwrap().to_string();
        assert!(!ids.contains(&id), "{id} is there twice");
        ids.insert(id);
    }
    ids
}

pub(super) fn start(post: &Post, arguments: &[&str]) -> Child {
    let mut command = post.command(arguments);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().unwrap()
}

#[test]
fn two_imports_at_once_file_each_message_once() {
    for database in databases("two_imports_at_once_file_each_message_once") {
        let post = unread(&database);
        lay_some(&post, 0..MESSAGES);
        let folder = post.path("mail");
        // The tables are there: what is tried is the filing.
        post.postroom(&["init"]);
        let command = || post.command(&["mail", "import", folder.to_str().unwrap(), "--json"]);
        let both = [command(), command()].map(|mut command| {
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
            command.spawn().unwrap()
        });
        for one in both {
            let output = one.wait_with_output().unwrap();
            assert_eq!(output.status.code(), Some(0), "{database:?}: {output:?}");
        }
        assert_eq!(ids(&post).len(), MESSAGES);
        post.assert_verified();
    }
}

#[test]
fn replies_whose_sending_is_killed_leave_once() {
    for database in databases("replies_whose_sending_is_killed_leave_once") {
        let post = with_cases_to_acknowledge(&database);
        let (folder, outbox) = (post.path("mail"), post.path("store/outbox"));
        // Nothing new comes in: it acknowledges, and sends.
        let pass = ["mail", "import", folder.to_str().unwrap()];
        let mut random = Random(20_261_121);
        let mut cut = 0;
        while left(&outbox).len() < REPLIES && cut < KILLS {
            let mut sending = start(&post, &pass);
            // Killed at a random moment after some more have left.
            let enough = left(&outbox).len() + (random.next() * 4.0) as usize;
            while sending.try_wait().unwrap().is_none() && left(&outbox).len() < enough {
                thread::sleep(Duration::from_micros(500));
            }
            thread::sleep(Duration::from_millis(30).mul_f64(random.next()));
            let _ = sending.kill();
            cut += usize::from(!sending.wait().unwrap().success());
        }
        let before = left(&outbox).len();
        let ran = post.postroom(&pass);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let gone = left(&outbox);
        println!("{database:?}: {cut} kills, {before} of {REPLIES} had left before the last pass");
        assert!(cut >= KILLS / 4, "{cut}");
        let sent: BTreeSet<String> = gone
            .iter()
            .map(|file| sent_line(file, "Message-ID"))
            .collect();
        let told: BTreeSet<String> = gone.iter().map(|file| sent_line(file, "To")).collect();
        assert_eq!(
            (gone.len(), sent.len(), told.len()),
            (REPLIES, REPLIES, REPLIES)
        );
        let waiting = post.postroom(&["mail", "send", "--json"]).json();
        assert_eq!(
            (&waiting["sent"], &waiting["later"]),
            (&0.into(), &0.into())
        );
        post.assert_verified();
    }
}

/// A mailroom that took messages in before it said who replies.
pub(super) fn with_cases_to_acknowledge(database: &Database) -> Post {
    let post = Post::on(database);
    for number in 0..REPLIES {
        let header = format!(
            "Message-ID: <{number}@mail.example>\nFrom: Ann <ann.{number}@mail.example>\nSubject: Order {number}"
        );
        let text = format!("The kettle of order {number} leaks.");
        lay(&post, &format!("{number}.eml"), message(&header, &text));
    }
    let ran = import(&post, &post.path("mail"));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    writing(post)
}

#[test]
fn an_attached_scan_whose_reading_is_killed_is_read_by_the_next_import() {
    for database in databases("an_attached_scan_whose_reading_is_killed") {
        let mut post = unread(&database);
        let page = post.page(json!("hang"));
        let raw = with_files("scan", &[("letter.tif", "image/tiff", &tiff(&[page]))]);
        let file = lay(&post, "scan.eml", raw);
        let mut run = start(&post, &["mail", "import", file.to_str().unwrap()]);
        // Until it lies where it is read.
        while !tiffs(&post.path("store")) {
            assert_eq!(run.try_wait().unwrap(), None, "it goes on");
            thread::sleep(Duration::from_millis(5));
        }
        thread::sleep(Duration::from_millis(300));
        run.kill().unwrap();
        run.wait().unwrap();
        post.mend(page, json!(["Dear Sirs, it leaks."]));
        // PostgreSQL learns of a killed client a little later.
        let ran = import(&post, &file);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert_eq!(
            (&ran.json()["known"], &ran.json()["attached_scans"]),
            (&1.into(), &1.into())
        );
        let letters = post.letters();
        assert_eq!(letters.len(), 1);
        assert_eq!(letters[0]["attached_by"], "message", "{}", letters[0]);
        post.assert_verified();
        assert!(
            !tiffs(&post.path("store")),
            "what is on record takes no room twice"
        );
    }
}

/// Whether a scan lies somewhere below a folder.
fn tiffs(folder: &std::path::Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else {
        return false;
    };
    let paths: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    paths.iter().any(|path| match path.is_dir() {
        true => tiffs(path),
        false => path.extension().is_some_and(|ending| ending == "tif"),
    })
}

/// The messages in the outbox folder; not those that are being written.
fn left(outbox: &std::path::Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(outbox) else {
        return Vec::new();
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    let whole = paths.filter(|path| path.extension().is_some_and(|ending| ending == "eml"));
    whole.map(|path| path.display().to_string()).collect()
}

fn sent_line(file: &str, name: &str) -> String {
    let sent = fs::read_to_string(file).unwrap().replace("\r\n", "\n");
    header(&sent, name).unwrap()
}

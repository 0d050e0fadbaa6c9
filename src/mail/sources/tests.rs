//! Messages written to files of all kinds come back as they were.

use std::os::unix::fs::symlink;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

const PARTING: &str = "From ann@example.org Fri Nov 20 10:00:00 2026\n";

fn small() -> MailLimits {
    MailLimits {
        message_bytes: 150,
        ..MailLimits::default()
    }
}

/// What is at a path: the bytes of each message, or `None` for one that is not to be
/// had.
fn all(path: &Path) -> Vec<(String, Option<String>)> {
    let below = path.display().to_string();
    let short = |place: &str| place.strip_prefix(&below).unwrap_or(place).to_owned();
    let messages = open(path, &small()).unwrap();
    let each = messages.map(|message| match message {
        Ok(raw) => (
            short(&raw.place),
            Some(String::from_utf8(raw.bytes).unwrap()),
        ),
        Err(error) => (short(error.place()), None),
    });
    each.collect()
}

fn some(place: &str, bytes: &str) -> (String, Option<String>) {
    (place.to_owned(), Some(bytes.to_owned()))
}

#[test]
fn a_file_is_one_message() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a");
    fs::write(&path, "Subject: a\n\nFrom here to there\n").unwrap();
    assert_eq!(all(&path), [some("", "Subject: a\n\nFrom here to there\n")]);
    fs::write(&path, "x".repeat(151)).unwrap();
    assert_eq!(all(&path), [(String::new(), None)]);
    fs::write(&path, "").unwrap();
    assert_eq!(all(&path), []);
    let path = folder.path().join("a.eml");
    fs::write(&path, "").unwrap();
    assert_eq!(all(&path), [some("", "")]);
}

#[test]
fn a_folder_is_all_messages_below_it_by_name() {
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    fs::create_dir_all(root.join("b/c")).unwrap();
    for name in ["z.eml", "a.EML", "b/c/m.eml", "b/.hidden.eml", "notes.txt"] {
        fs::write(root.join(name), name).unwrap();
    }
    symlink(root, root.join("b/circle")).unwrap();
    symlink(root.join("nowhere"), root.join("dead.eml")).unwrap();
    fs::write(root.join("big.eml"), "x".repeat(151)).unwrap();
    let expected = [
        some("/a.EML", "a.EML"),
        some("/b/c/m.eml", "b/c/m.eml"),
        ("/big.eml".to_owned(), None),
        some("/z.eml", "z.eml"),
    ];
    assert_eq!(all(root), expected);
}

#[test]
fn a_maildir_is_read_and_left_as_it_is() {
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    for name in ["new", "cur", "tmp"] {
        fs::create_dir(root.join(name)).unwrap();
    }
    let names = ["cur/1.a:2,S", "new/2.b", "tmp/3.c", "cur/.x"];
    for name in names {
        fs::write(root.join(name), name).unwrap();
    }
    let expected = [
        some("/cur/1.a:2,S", "cur/1.a:2,S"),
        some("/new/2.b", "new/2.b"),
    ];
    assert_eq!(all(root), expected);
    assert!(names.iter().all(|name| root.join(name).exists()));
}

#[test]
fn a_mailbox_file_is_parted_only_where_it_is_certain() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("mbox");
    let text = format!(
        "{PARTING}one\n{PARTING}\nFrom now on, Friday 10:00\n>From x\n>>From y\n> From z\n\n\
         From - Sat Nov 21 10:00:00 2026\r\ntwo\r\n\r\n\
         From 12@xxx Sun Nov 22 10:00:00 +0000 2026\n\n\
         {PARTING}{}\n\n{PARTING}last, cut off",
        "x".repeat(200)
    );
    fs::write(&path, text).unwrap();
    let one = format!("one\n{PARTING}\nFrom now on, Friday 10:00\nFrom x\n>From y\n> From z\n");
    let expected = [
        some(": line 1", &one),
        some(": line 10", "two\r\n"),
        some(": line 13", ""),
        (": line 15".to_owned(), None),
        some(": line 18", "last, cut off"),
    ];
    assert_eq!(all(&path), expected);
}

#[test]
fn what_is_not_there_is_said_so() {
    let Err(error) = open(Path::new("/nowhere/at/all"), &small()) else {
        panic!("it is there");
    };
    assert!(
        error.to_string().starts_with("/nowhere/at/all: "),
        "{error}"
    );
    let Err(error) = open(Path::new("/dev/null"), &small()) else {
        panic!("it is a file");
    };
    assert!(error.to_string().contains("neither"), "{error}");
}

/// A mailbox file as programs write it: lines that would part messages are marked.
fn written(messages: &[Vec<u8>]) -> Vec<u8> {
    let mut file = Vec::new();
    for message in messages {
        file.extend_from_slice(PARTING.as_bytes());
        for line in message.split_inclusive(|byte| *byte == b'\n') {
            let marks = line.iter().take_while(|byte| **byte == b'>').count();
            if line[marks..].starts_with(b"From ") {
                file.push(b'>');
            }
            file.extend_from_slice(line);
        }
        file.push(b'\n');
    }
    file
}

/// A message of lines that are as awkward as they can be, each with its end.
fn any_message() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        Just(PARTING.as_bytes().to_vec()),
        Just(format!(">>{PARTING}").into_bytes()),
        Just(b"From \n".to_vec()),
        Just(b"\n".to_vec()),
        Just(b"\r\n".to_vec()),
        prop::collection::vec(any::<u8>(), 0..20).prop_map(|mut line| {
            line.push(b'\n');
            line
        }),
    ];
    prop::collection::vec(line, 0..12).prop_map(|lines| lines.concat())
}

proptest! {
    #[test]
    fn a_mailbox_gives_back_what_was_written(
        messages in prop::collection::vec(any_message(), 0..6)
    ) {
        let file = written(&messages);
        let read: Vec<_> = Mbox::new(file.as_slice(), "x".to_owned(), 10_000)
            .map(|raw| raw.unwrap().bytes)
            .collect();
        prop_assert_eq!(read, messages);
    }

    #[test]
    fn no_mailbox_is_too_strange(file in prop::collection::vec(any_message(), 0..6), most in 0_u64..40) {
        let file = file.concat();
        for raw in Mbox::new(file.as_slice(), "x".to_owned(), most).flatten() {
            prop_assert!(raw.bytes.len() as u64 <= most);
        }
    }
}

//! Messages come in: from files, folders and mailboxes, once each, with what is attached to them.

use std::fs;

use serde_json::{Value, json};

use crate::mailroom::{case_of, import, lay, message, shown, take_in, text, writing};
use crate::support::{Post, plain_letter, tiff};

/// A message of this name by this person.
fn from(name: &str, person: &str) -> String {
    let header =
        format!("Message-ID: <{name}@mail.example>\nFrom: {person}\nSubject: About {name}");
    message(&header, &format!("The kettle of {name} leaks."))
}

#[test]
fn files_mailboxes_and_maildirs_are_taken_in_once() {
    let post = Post::new();
    let eml = lay(&post, "one.eml", from("one", "a@mail.example"));
    let mbox: String = ["two", "three"]
        .map(|name| {
            let message = from(name, "b@mail.example").replace("\r\n", "\n");
            format!("From b@mail.example Fri Nov 20 09:00:00 2026\n{message}\n")
        })
        .concat();
    let mbox = lay(&post, "post.mbox", mbox);
    lay(&post, "Maildir/new/1.x", from("four", "c@mail.example"));
    lay(&post, "Maildir/cur/2.x:2,S", from("five", "d@mail.example"));
    fs::create_dir_all(post.path("mail/Maildir/tmp")).unwrap();
    let maildir = post.path("mail/Maildir");
    for (path, count) in [(&eml, 1), (&mbox, 2), (&maildir, 2)] {
        let [first, second] = [(); 2].map(|()| import(&post, path));
        assert_eq!(
            (first.code, second.code),
            (Some(0), Some(0)),
            "{first:?} {second:?}"
        );
        let (first, second) = (first.json(), second.json());
        assert_eq!(
            (&first["filed"], &first["known"]),
            (&json!(count), &json!(0)),
            "{first}"
        );
        assert_eq!(
            (&second["filed"], &second["known"]),
            (&json!(0), &json!(count)),
            "{second}"
        );
        // Nothing is moved or changed where it lies.
        assert!(path.exists());
    }
    assert!(maildir.join("new/1.x").exists());
    post.assert_verified();
}

#[test]
fn what_came_of_it_is_told_to_programs() {
    let post = Post::new();
    let taken = take_in(&post, "one.eml", &from("one", "a@mail.example"));
    let expected = json!({
        "messages": 1, "filed": 1, "opened": 1, "automatic": 0, "known": 0, "copies": 0,
        "set_aside": [], "not_taken_in": [], "not_marked": [],
        "attached_scans": 0, "attached_scans_set_aside": 0,
    });
    assert_eq!(taken, expected);
    let copy = format!(
        "Delivered-To: info@hartwell-finch.example\r\n{}",
        from("one", "a@mail.example")
    );
    assert_eq!(take_in(&post, "copy.eml", &copy)["copies"], 1);
    let nowhere = post.postroom(&["mail", "import", "/nowhere/at/all.mbox"]);
    assert_eq!(nowhere.code, Some(4), "{nowhere:?}");
    assert!(
        nowhere.stderr.contains("/nowhere/at/all.mbox"),
        "{nowhere:?}"
    );
}

#[test]
fn what_cannot_be_read_waits_for_a_person() {
    let post = Post::new();
    lay(&post, "good.eml", from("good", "a@mail.example"));
    let bad = lay(&post, "bad.eml", "no header at all\n\njust words\n");
    let ran = import(&post, &post.path("mail"));
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let taken = ran.json();
    assert_eq!(
        (&taken["filed"], &taken["messages"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(
        taken["set_aside"][0]["code"], "unreadable_message",
        "{taken}"
    );
    assert!(
        text(&taken["set_aside"][0]["origin"]).ends_with("bad.eml"),
        "{taken}"
    );
    let aside = post.postroom(&["mail", "aside", "--json"]).json();
    assert_eq!(aside.as_array().unwrap().len(), 1, "{aside}");
    let out = post.path("out.eml");
    let id = text(&aside[0]["message"]);
    let ran = post.postroom(&["mail", "take", &id, "--out", out.to_str().unwrap()]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(fs::read(out).unwrap(), fs::read(bad).unwrap());
    // It is not set aside a second time.
    let again = import(&post, &post.path("mail"));
    assert_eq!(
        (again.code, &again.json()["known"]),
        (Some(0), &json!(2)),
        "{again:?}"
    );
    post.assert_verified();
}

/// A message with a text and these files: name, media type, bytes.
pub(crate) fn with_files(name: &str, files: &[(&str, &str, &[u8])]) -> String {
    let mut parts = "--b\r\n\r\nPlease see what I attach.\r\n".to_owned();
    for (file, media, bytes) in files {
        parts.push_str(&format!(
            "--b\r\nContent-Type: {media}; name=\"{file}\"\r\nContent-Disposition: attachment; \
             filename=\"{file}\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n",
            base64(bytes)
        ));
    }
    let header = format!(
        "Message-ID: <{name}@mail.example>\nFrom: Ada Mason <ada@mail.example>\nSubject: Photographs\n\
         MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b"
    );
    message(&header, &format!("{parts}--b--"))
}

/// RFC 4648, in lines.
fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for (at, three) in bytes.chunks(3).enumerate() {
        let number = (0..3).fold(0, |sum, at| {
            sum << 8 | u32::from(*three.get(at).unwrap_or(&0))
        });
        for place in 0..4 {
            let sign = SIGNS[(number >> (18 - 6 * place) & 63) as usize];
            text.push(if place > three.len() {
                '='
            } else {
                char::from(sign)
            });
        }
        if at % 19 == 18 {
            text.push_str("\r\n");
        }
    }
    text
}

#[test]
fn a_message_and_its_files_come_out_as_they_went_in() {
    let post = Post::new();
    let notes: Vec<u8> = (0..=255).collect();
    let raw = with_files(
        "files",
        &[("notes.bin", "application/octet-stream", &notes)],
    );
    take_in(&post, "files.eml", &raw);
    let case = shown(&post, &case_of(&post, "files@mail.example"));
    let mail = &case["messages"][0];
    assert_eq!(mail["attachments"][0]["state"], "kept", "{mail}");
    assert_eq!(mail["attachments"][0]["bytes"], 256, "{mail}");
    let id = text(&mail["message"]);
    let take = |more: &[&str], out: &str| {
        let out = post.path(out);
        let mut arguments = vec!["mail", "take", &id[24..], "--out", out.to_str().unwrap()];
        arguments.extend(more);
        (
            post.postroom(&arguments),
            fs::read(&out).unwrap_or_default(),
        )
    };
    let (ran, bytes) = take(&[], "whole.eml");
    assert_eq!(
        (ran.code, bytes),
        (Some(0), raw.into_bytes()),
        "{}",
        ran.stderr
    );
    let (ran, bytes) = take(&["--attachment", "1"], "notes.bin");
    assert_eq!((ran.code, bytes), (Some(0), notes), "{}", ran.stderr);
    for (more, out, says) in [
        (&["--attachment", "2"][..], "none.bin", "1 attachment"),
        (&["--attachment", "0"], "none.bin", "1 attachment"),
        (&[], "notes.bin", "is there already"),
    ] {
        let (ran, _) = take(more, out);
        assert_eq!(ran.code, Some(2), "{more:?}");
        assert!(ran.stderr.contains(says), "{ran:?}");
    }
    let ran = post.postroom(&["mail", "take", "ffffffffffff", "--out", "/nowhere/x"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
}

#[test]
fn an_attached_scan_is_read_and_lies_with_its_message() {
    let mut post = writing(Post::new());
    let pages = [
        post.page(json!(plain_letter("Ada Mason", "LS6 3HN"))),
        post.page(json!(["and a second page."])),
    ];
    let scan = tiff(&pages);
    let logo = [b"\x89PNG\r\n".as_slice(), &[0; 500]].concat();
    let raw = with_files(
        "scan",
        &[
            ("letter.tif", "image/tiff", &scan),
            ("logo.png", "image/png", &logo),
        ],
    );
    let taken = take_in(&post, "scan.eml", &raw);
    assert_eq!(taken["attached_scans"], 1, "{taken}");
    let case = shown(&post, &case_of(&post, "scan@mail.example"));
    let attachments = &case["messages"][0]["attachments"];
    assert_eq!(attachments[0]["state"], "read", "{attachments}");
    assert_eq!(attachments[1]["state"], "kept", "{attachments}");
    let documents = case["documents"].as_array().unwrap();
    assert_eq!(documents.len(), 1, "{case:#}");
    assert_eq!(documents[0]["attached_by"], "message", "{case:#}");
    assert_eq!(documents[0]["pages"], json!([1, 2]), "{case:#}");
    assert!(
        text(&documents[0]["text"]).contains("cordless kettle"),
        "{case:#}"
    );
    // The same again is known, and no second document.
    let again = import(&post, &post.path("mail"));
    assert_eq!(
        (again.code, &again.json()["attached_scans"]),
        (Some(0), &json!(0))
    );
    assert_eq!(post.letters().len(), 1);
    post.assert_verified();
}

#[test]
fn an_attached_scan_that_cannot_be_read_is_told() {
    let post = Post::new();
    let broken = [b"II*\0".as_slice(), &[7; 40]].concat();
    let raw = with_files("broken", &[("letter.tif", "image/tiff", &broken)]);
    let ran = import(&post, &lay(&post, "broken.eml", raw));
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_eq!(ran.json()["attached_scans_set_aside"], 1, "{ran:?}");
    let case = shown(&post, &case_of(&post, "broken@mail.example"));
    let file: &Value = &case["messages"][0]["attachments"][0];
    assert_eq!(file["state"], "set_aside", "{file}");
    assert!(file["why"].is_string(), "{file}");
    post.assert_verified();
}

#[test]
fn the_same_photograph_on_another_case_says_where_it_was_read() {
    let mut post = writing(Post::new());
    let page = post.page(json!(plain_letter("Ada Mason", "LS6 3HN")));
    let scan = tiff(&[page]);
    let files = [("letter.tif", "image/tiff", scan.as_slice())];
    take_in(&post, "one.eml", &with_files("one", &files));
    let other = with_files("other", &files)
        .replace(
            "Ada Mason <ada@mail.example>",
            "Tom Patel <tom@mail.example>",
        )
        .replace("Please see what I attach.", "My neighbour's letter.");
    take_in(&post, "other.eml", &other);
    let [one, other] = ["one", "other"].map(|name| case_of(&post, &format!("{name}@mail.example")));
    assert_ne!(one, other);
    let attached = |case: &str| shown(&post, case)["messages"][0]["attachments"][0].clone();
    assert_eq!(attached(&one)["read_on"], Value::Null);
    assert_eq!(
        (&attached(&other)["state"], &attached(&other)["read_on"]),
        (&json!("read"), &json!(one))
    );
    let told = post.postroom(&["show", &other]).stdout;
    let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        told.contains(&format!("the same was read already, on case {one}")),
        "{told}"
    );
    post.assert_verified();
}

#[test]
fn addressees_that_are_not_listed_are_counted() {
    let post = Post::new();
    let many: Vec<_> = (0..3_000).map(|at| format!("p{at}@example.org")).collect();
    let header = format!(
        "Message-ID: <many@mail.example>\nFrom: a@mail.example\nSubject: All\nCc: {}",
        many.join(",")
    );
    take_in(&post, "many.eml", &message(&header, "Hello."));
    let case = case_of(&post, "many@mail.example");
    assert_eq!(shown(&post, &case)["messages"][0]["more_recipients"], 2_000);
    let told = post.postroom(&["show", &case]).stdout;
    let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("p999@example.org, and 2000 more"), "{told}");
}

#[test]
fn what_only_a_scanner_has_is_no_option_of_mail() {
    let post = Post::new();
    let eml = lay(&post, "one.eml", from("one", "a@mail.example"));
    for option in [
        &["--index", "x.csv"][..],
        &["--stack"],
        &["--received", "2026-11-20"],
    ] {
        let eml = eml.to_str().unwrap();
        let import = [&["mail", "import", eml], option].concat();
        for arguments in [import, [&["mail", "fetch"], option].concat()] {
            let ran = post.postroom(&arguments);
            assert_eq!(ran.code, Some(2), "{ran:?}");
            assert!(ran.stderr.contains("unexpected argument"), "{ran:?}");
        }
    }
}

//! A mailbox on a real server that does not do all that it is asked.

use std::fs;

use serde_json::json;

use crate::mail_servers::{Dovecot, PASSWORD, readable};
use crate::mailroom::{message, text};
use crate::support::Post;

/// A mailroom that moves what it has fetched to this folder.
fn moving_to(dovecot: &Dovecot, folder: &str) -> String {
    format!(
        "[reply]\nacknowledge_mail = false\n[mail.inbox]\nhost = \"localhost\"\nport = {}\nuser = \"ann\"\n\
         security = \"starttls\"\npassword = {{ command = [\"printf\", \"%s\", \"{PASSWORD}\"] }}\n\
         roots = \"{}\"\nafter = \"move:{folder}\"\n",
        dovecot.plain,
        dovecot.root.path().join("cert.pem").display()
    )
}

#[test]
fn what_cannot_be_moved_is_on_record_and_moved_later() {
    let Some(dovecot) = Dovecot::start("what_cannot_be_moved", 0) else {
        return;
    };
    for number in 0..3 {
        let path = dovecot.root.path().join(format!("mail/new/{number}.x"));
        let header = format!(
            "Message-ID: <{number}@mail.example>\nFrom: Ann <a{number}@mail.example>\nSubject: Order {number}"
        );
        fs::write(&path, message(&header, "It leaks.")).unwrap();
        readable(&path);
    }
    let mut post = Post::new();
    post.configure(&moving_to(&dovecot, "Done"));
    let ran = post.postroom(&["mail", "fetch", "--json"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let taken = ran.json();
    assert_eq!(
        (
            &taken["filed"],
            taken["not_marked"].as_array().unwrap().len()
        ),
        (&json!(3), 3),
        "{taken}"
    );
    let why = text(&taken["not_marked"][0]["reason"]);
    assert!(why.contains("does not move messages to 'Done'"), "{why}");
    let aside = post.postroom(&["mail", "aside", "--json"]).json();
    assert_eq!(
        (
            aside.as_array().unwrap().len(),
            &aside[0]["again"],
            &aside[0]["attempts"]
        ),
        (3, &json!(true), &json!(1)),
        "{aside}"
    );
    let told = post.postroom(&["mail", "fetch"]);
    assert_eq!(told.code, Some(1), "{told:?}");
    assert!(
        told.stderr
            .contains("On record, but left as on the server: 3 messages"),
        "{told:?}"
    );
    let listed = post.postroom(&["mail", "aside"]);
    assert!(listed.stdout.contains("2 times"), "{listed:?}");

    // Somebody names a folder that is there: what waited goes, and nothing is filed twice.
    post.configure_anew(&moving_to(&dovecot, "Archive"));
    let ran = post.postroom(&["mail", "fetch", "--json"]);
    let taken = ran.json();
    assert_eq!(
        (ran.code, &taken["known"], &taken["filed"]),
        (Some(0), &json!(3), &json!(0)),
        "{ran:?}"
    );
    let moved = dovecot.files(".Archive/cur").len() + dovecot.files(".Archive/new").len();
    assert_eq!(moved, 3);
    assert_eq!(
        post.postroom(&["mail", "aside", "--json"]).json(),
        json!([])
    );
    let again = post.postroom(&["mail", "fetch", "--json"]);
    assert_eq!(
        (again.code, &again.json()["messages"]),
        (Some(0), &json!(0))
    );
    post.assert_verified();
}

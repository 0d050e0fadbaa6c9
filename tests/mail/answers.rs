//! What customers hear, and who never hears anything from a machine.

use std::fs;

use serde_json::{Value, json};

use crate::mailroom::{case_of, lay, message, shown, take_in, text, writing};
use crate::support::Post;

/// Takes a message in and says what is on its case.
fn taken(post: &Post, name: &str, header: &str) -> Value {
    let header = format!("Message-ID: <{name}@mail.example>\n{header}\nSubject: The {name} matter");
    let raw = message(&header, "Something is wrong with it.");
    take_in(post, &format!("{name}.eml"), &raw);
    shown(post, &case_of(post, &format!("{name}@mail.example")))
}

/// The messages in the outbox folder.
fn left(post: &Post) -> Vec<String> {
    let Ok(entries) = fs::read_dir(post.path("store/outbox")) else {
        return Vec::new();
    };
    let left = entries.map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
    left.collect()
}

#[test]
fn a_person_is_told_and_a_machine_is_not() {
    let post = writing(Post::new());
    for (name, header) in [
        (
            "away",
            "From: Ann <ann@mail.example>\nAuto-Submitted: auto-replied",
        ),
        (
            "notice",
            "From: Shop <shop@mail.example>\nAuto-Submitted: auto-generated",
        ),
        (
            "list",
            "From: Bob <bob@mail.example>\nList-Id: <kettles.lists.example>",
        ),
        ("bulk", "From: Ads <ads@mail.example>\nPrecedence: bulk"),
        (
            "bounce",
            "Return-Path: <>\nFrom: Mail System <MAILER-DAEMON@mail.example>",
        ),
        ("nobody", "Return-Path: <>\nFrom: Carl <carl@mail.example>"),
        ("ours", "From: Care <Care@Hartwell-Finch.example>"),
    ] {
        let case = taken(&post, name, header);
        assert_eq!(case["replies"], json!([]), "{name}");
    }
    assert!(left(&post).is_empty());
    let case = taken(&post, "kettle", "From: Dora <dora@mail.example>");
    let reply = &case["replies"][0];
    assert_eq!(
        (&reply["kind"], &reply["state"]),
        (&json!("acknowledgement"), &json!("sent"))
    );
    // Twice in a day nobody is told, whatever they write about.
    let case = taken(&post, "toaster", "From: Dora <dora@mail.example>");
    assert_eq!(case["replies"], json!([]));
    let capitals = taken(&post, "mixer", "From: Dora <Dora@Mail.example>");
    assert_eq!(
        capitals["replies"],
        json!([]),
        "one address, however it is written"
    );
    let left = left(&post);
    assert_eq!(left.len(), 1, "{left:?}");
    for line in [
        "To: Dora <dora@mail.example>",
        "In-Reply-To: <kettle@mail.example>",
        "Auto-Submitted: auto-",
    ] {
        assert!(left[0].contains(line), "{line}: {}", left[0]);
    }
    post.assert_verified();
}

#[test]
fn an_answer_lacking_something_is_refused_before_anything_is_written() {
    let mut post = writing(Post::new());
    let folder = post.path("templates");
    fs::create_dir(&folder).unwrap();
    let head = "+++\nkind = \"reply\"\ntopics = []\nlanguage = \"en\"\nchannels = [\"email\"]\nsubject = \"x\"\n+++\n";
    let template = format!(
        "{head}{{{{ customer.salutation }}}}\n\nYour number is {{{{ customer.member_number }}}}.\n\n{{{{ text }}}}\n"
    );
    fs::write(folder.join("number.txt"), template).unwrap();
    post.configure(&format!("[templates]\ndir = \"{}\"\n", folder.display()));
    let case = text(&taken(&post, "kettle", "From: Dora <dora@mail.example>")["case"]);
    let before = shown(&post, &case);
    for (more, lacks) in [
        (&["--text", "It is mended."][..], "customer.member_number"),
        (&[], "customer.member_number"),
    ] {
        let mut arguments = vec!["cases", "reply", &case, "--template", "number"];
        arguments.extend(more);
        let ran = post.postroom(&arguments);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(
            ran.stderr.contains(lacks) && ran.stderr.contains("number"),
            "{ran:?}"
        );
        assert_eq!(shown(&post, &case), before);
    }
    let ran = post.postroom(&["cases", "reply", &case, "--template", "nothing"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert_eq!(shown(&post, &case), before);
}

#[test]
fn an_answer_waits_and_leaves_once() {
    let post = writing(Post::new());
    let case = text(&taken(&post, "kettle", "From: Dora <dora@mail.example>")["case"]);
    let ran = post.postroom(&[
        "cases",
        "reply",
        &case,
        "--template",
        "explanation",
        "--text",
        "A new one is on its way.",
        "--by",
        "ann",
    ]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let waits = shown(&post, &case)["replies"][1].clone();
    assert_eq!(
        (&waits["state"], &waits["attempts"]),
        (&json!("waiting"), &json!(0)),
        "{waits}"
    );
    for sent in [1, 0] {
        let ran = post.postroom(&["mail", "send", "--json"]);
        assert_eq!((ran.code, &ran.json()["sent"]), (Some(0), &json!(sent)));
    }
    assert_eq!(shown(&post, &case)["status"], "answered");
    let answers = left(&post);
    let answers: Vec<_> = answers
        .iter()
        .filter(|mail| mail.contains("on its way"))
        .collect();
    assert_eq!(answers.len(), 1);
    assert!(
        !answers[0].contains("Auto-Submitted"),
        "a person wrote it: {}",
        answers[0]
    );
    post.assert_verified();
}

#[test]
fn a_letter_is_printed_and_counts_as_sent() {
    let mut post = writing(Post::new());
    let letter = crate::support::plain_letter("Ada Mason", "LS6 3HN");
    let letter: Vec<&str> = letter.iter().map(String::as_str).collect();
    post.letter("a.tif", &letter);
    assert_eq!(post.run(&[]).code, Some(0));
    let read = post.letters()[0].clone();
    let case = text(&read["case"]);
    let ran = post.postroom(&[
        "cases",
        "reply",
        &case,
        "--template",
        "explanation",
        "--text",
        "A new one is on its way.",
        "--by",
        "ann",
    ]);
    assert_eq!(ran.code, Some(0), "{ran:?} {read:#}");
    let waiting = |state: &str| {
        let replies = shown(&post, &case)["replies"].as_array().unwrap().clone();
        replies
            .iter()
            .filter(|reply| reply["state"] == state)
            .count()
    };
    assert!(waiting("waiting") >= 1);
    let out = post.path("letters.pdf");
    let print = || post.postroom(&["post", "print", "--out", out.to_str().unwrap()]);
    let ran = print();
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(fs::read(&out).unwrap().starts_with(b"%PDF"));
    assert_eq!(waiting("waiting"), 0);
    let last = shown(&post, &case)["replies"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    assert_eq!(
        (&last["channel"], &last["state"]),
        (&json!("post"), &json!("sent"))
    );
    // One that is there is not overwritten.
    assert_eq!(print().code, Some(2));
    fs::remove_file(&out).unwrap();
    let ran = print();
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(!out.exists(), "nothing waits");
    post.assert_verified();
}

#[test]
fn a_server_that_is_not_there_is_tried_again_later() {
    let mut post = writing(Post::new());
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    post.configure(&format!(
        "[mail.outbox]\nhost = \"127.0.0.1\"\nport = {port}\nsecurity = \"plain\"\n"
    ));
    // What came in is filed all the same.
    let case = taken(&post, "kettle", "From: Dora <dora@mail.example>");
    let reply = &case["replies"][0];
    assert_eq!(
        (&reply["state"], &reply["attempts"]),
        (&json!("waiting"), &json!(1)),
        "{reply}"
    );
    assert!(
        text(&reply["trouble"]).contains("cannot be reached"),
        "{reply}"
    );
    let _ = lay(&post, "x", "");
    post.assert_verified();
}

/// What a server says of a message that it could not deliver, with the header of that message.
fn report(name: &str, action: &str, returned: &str) -> String {
    let header = format!(
        "Message-ID: <{name}@mx.example>\nReturn-Path: <>\nFrom: Mail System <MAILER-DAEMON@mx.example>\n\
         Subject: About your message\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b"
    );
    let body = format!(
        "--b\r\n\r\nSee below.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; dora@mail.example\r\n\
         Action: {action}\r\nDiagnostic-Code: smtp; 550 no such user\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{returned}>\r\n--b--"
    );
    message(&header, &body)
}

#[test]
fn a_reply_that_comes_back_is_to_be_written_again() {
    let post = writing(Post::new());
    let opened = taken(&post, "kettle", "From: Dora <dora@mail.example>");
    let case = text(&opened["case"]);
    let answer = [
        "cases",
        "reply",
        &case,
        "--template",
        "refund",
        "--text",
        "It is on its way.",
    ];
    assert_eq!(post.postroom(&answer).code, Some(0));
    assert_eq!(post.postroom(&["mail", "send"]).code, Some(0));
    let sent = shown(&post, &case);
    assert_eq!(
        (&sent["replies"][1]["state"], &sent["status"]),
        (&json!("sent"), &json!("answered"))
    );
    let id = text(&sent["replies"][1]["message_id"]);
    take_in(&post, "later.eml", &report("later", "delayed", &id));
    assert_eq!(shown(&post, &case)["status"], "answered");
    take_in(&post, "back.eml", &report("back", "failed", &id));
    let back = shown(&post, &case);
    assert_eq!(
        (&back["replies"][1]["state"], &back["status"]),
        (&json!("failed"), &json!("new"))
    );
    assert_eq!(back["messages"].as_array().unwrap().len(), 3, "{back:#}");
    let task = text(&back["tasks"][0]["what"]);
    assert!(
        task.contains("it came back: smtp; 550 no such user"),
        "{task}"
    );
    // Nobody answers a bounce.
    assert_eq!(back["replies"].as_array().unwrap().len(), 2);
    // Who mends the address sends it once more, there.
    let reply = text(&back["replies"][1]["reply"]);
    let dora = text(&post.postroom(&["customers", "dora", "--json"]).json()[0]["customer"]);
    let set = ["customers", "set", &dora, "--email", "dora@new.example"];
    assert_eq!(post.postroom(&set).code, Some(0));
    assert_eq!(post.postroom(&["mail", "retry", &reply]).code, Some(0));
    assert_eq!(shown(&post, &case)["status"], "answered");
    post.assert_verified();
    assert_eq!(post.postroom(&["mail", "send"]).code, Some(0));
    let gone = shown(&post, &case)["replies"][1].clone();
    assert_eq!(gone["state"], "sent");
    assert!(gone.to_string().contains("dora@new.example"), "{gone:#}");
    post.assert_verified();
}

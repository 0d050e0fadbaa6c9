//! The work on a case: it closes and opens again, its messages move, tasks, what is late, notes.

use serde_json::{Value, json};

use crate::mailroom::{case_of, message, shown, take_in, text};
use crate::support::{Post, Ran, plain_letter};

fn mail(post: &Post, name: &str, more: &str, said: &str) -> String {
    let header = format!(
        "Message-ID: <{name}@mail.example>\nFrom: Ada Mason <ada@mail.example>\nSubject: {said}{more}"
    );
    take_in(post, &format!("{name}.eml"), &message(&header, said));
    case_of(post, &format!("{name}@mail.example"))
}

fn done(post: &Post, arguments: &[&str]) -> Ran {
    let ran = post.postroom(arguments);
    assert_eq!(ran.code, Some(0), "{arguments:?}: {ran:?}");
    ran
}

#[test]
fn a_closed_case_is_opened_again_by_its_customer() {
    let post = Post::new();
    let case = mail(&post, "one", "", "The kettle leaks");
    for _ in 0..2 {
        done(&post, &["cases", "close", &case, "--reason", "refunded"]);
        assert_eq!(shown(&post, &case)["state"], "closed");
    }
    let away = "\nIn-Reply-To: <one@mail.example>\nAuto-Submitted: auto-replied";
    assert_eq!(mail(&post, "away", away, "I am away"), case);
    assert_eq!(
        shown(&post, &case)["state"],
        "closed",
        "a machine opens nothing"
    );
    let answer = "\nIn-Reply-To: <one@mail.example>";
    assert_eq!(mail(&post, "two", answer, "Not yet it is not"), case);
    let again = shown(&post, &case);
    assert_eq!(again["state"], "open");
    let events = again["events"].as_array().unwrap().iter();
    let reopened = events.filter(|event| event["kind"] == "case_reopened");
    assert_eq!(reopened.count(), 1, "{again:#}");
    done(&post, &["cases", "close", &case, "--reason", "refunded"]);
    done(
        &post,
        &[
            "cases",
            "reopen",
            &case,
            "--reason",
            "the cheque did not come",
        ],
    );
    assert_eq!(shown(&post, &case)["state"], "open");
    post.assert_verified();
}

#[test]
fn a_message_is_moved_and_its_history_kept() {
    let post = Post::new();
    let case = mail(&post, "one", "", "The kettle leaks");
    mail(
        &post,
        "two",
        "\nIn-Reply-To: <one@mail.example>",
        "And the toaster burns",
    );
    let id = text(&shown(&post, &case)["messages"][1]["message"]);
    let moved = done(
        &post,
        &[
            "cases",
            "move",
            &id,
            "new",
            "--reason",
            "another matter",
            "--by",
            "ann",
            "--json",
        ],
    );
    let new = text(&moved.json()["case"]);
    assert_ne!(new, case);
    let there = shown(&post, &new);
    assert_eq!(there["messages"][0]["attached_by"], "person", "{there:#}");
    assert!(text(&there["messages"][0]["why"]).contains("another matter"));
    // What answers it goes where it lies now.
    assert_eq!(
        mail(&post, "three", "\nIn-Reply-To: <two@mail.example>", "Badly"),
        new
    );
    let both = shown(&post, &new)["messages"].clone();
    for message in both.as_array().unwrap() {
        done(&post, &["cases", "move", &text(&message["message"]), &case]);
    }
    assert_eq!(
        shown(&post, &new)["state"],
        "closed",
        "nothing is left on it"
    );
    assert_eq!(shown(&post, &case)["messages"].as_array().unwrap().len(), 3);
    post.assert_verified();
}

#[test]
fn tasks_are_set_and_ended_and_what_is_late_is_told_once() {
    let post = Post::new();
    // Weeks ago: the promised day is past.
    let old = message(
        "Message-ID: <old@mail.example>\nFrom: ada@mail.example\nSubject: Kettle",
        "It leaks.",
    )
    .replace("Fri, 20 Nov", "Thu, 01 Oct");
    take_in(&post, "old.eml", &old);
    let case = case_of(&post, "old@mail.example");
    let set = done(
        &post,
        &[
            "cases",
            "task",
            &case,
            "call-back",
            "ask for the receipt",
            "--due",
            "2026-12-04",
            "--owner",
            "ann",
            "--json",
        ],
    );
    let tasks = |more: &[&str]| -> Vec<Value> {
        let arguments = [&["tasks", "--json"], more].concat();
        done(&post, &arguments).json().as_array().unwrap().clone()
    };
    let mine = tasks(&["--owner", "ann"]);
    assert_eq!((mine.len(), &mine[0]["due"]), (1, &json!("2026-12-04")));
    assert_eq!(mine[0]["task"], set.json()["task"]);
    // What took the message in put it higher already.
    assert!(tasks(&["--escalate"]).is_empty(), "once each");
    let all = tasks(&[]);
    let reply = all.iter().find(|task| task["kind"] == "reply").unwrap();
    assert_eq!(reply["escalated"], 2, "{reply}");
    done(&post, &["tasks", "--done", &text(&reply["task"])]);
    done(&post, &["tasks", "--drop", &text(&set.json()["task"])]);
    assert!(tasks(&[]).is_empty());
    let ran = post.postroom(&["tasks", "--done", "ffffffff"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    post.assert_verified();
}

#[test]
fn a_note_on_a_place_is_a_web_annotation() {
    let mut post = Post::new();
    let letter = plain_letter("Ada Mason", "LS6 3HN");
    let letter: Vec<&str> = letter.iter().map(String::as_str).collect();
    post.letter("a.tif", &letter);
    assert_eq!(post.run(&[]).code, Some(0));
    let read = post.letters()[0].clone();
    let (case, document) = (text(&read["case"]), text(&read["id"]));
    let note = |more: &[&str]| {
        let arguments = [
            &["cases", "note", &case, "the serial number", "--by", "ann"],
            more,
        ]
        .concat();
        post.postroom(&arguments).code
    };
    let on = |place: &'static str| {
        ["--document", &document, "--page", "1", "--box", place].map(str::to_owned)
    };
    let place = on("40,120,300,60");
    let place: Vec<&str> = place.iter().map(String::as_str).collect();
    assert_eq!(note(&place), Some(0));
    assert_eq!(note(&[]), Some(0));
    for outside in ["1200,120,300,60", "40,120,0,60", "40,120"] {
        let place = on(outside);
        let place: Vec<&str> = place.iter().map(String::as_str).collect();
        assert_eq!(note(&place), Some(2), "{outside}");
    }
    let notes = shown(&post, &case)["notes"].clone();
    assert_eq!(notes.as_array().unwrap().len(), 2, "{notes:#}");
    // https://www.w3.org/TR/annotation-model/: what one must have, and how a place is named.
    let placed = &notes[0];
    assert_eq!(placed["@context"], "http://www.w3.org/ns/anno.jsonld");
    assert_eq!(placed["type"], "Annotation");
    assert!(text(&placed["id"]).starts_with("urn:uuid:"), "{placed}");
    assert_eq!(
        placed["creator"],
        json!({ "type": "Person", "name": "ann" })
    );
    assert_eq!(
        placed["body"],
        json!({ "type": "TextualBody", "value": "the serial number", "format": "text/plain" })
    );
    assert_eq!(
        placed["target"]["selector"],
        json!({
            "type": "FragmentSelector",
            "conformsTo": "http://www.w3.org/TR/media-frags/",
            "value": "xywh=pixel:40,120,300,60",
        })
    );
    // Sources are IRIs.
    let source = format!("urn:uuid:{document}#page=1");
    assert_eq!(placed["target"]["source"], source);
    assert_eq!(notes[1]["target"], format!("postroom:case:{case}"));
    // What goes out comes in again, and goes with its document to another case.
    let file = post.path("note.json");
    std::fs::write(&file, placed.to_string()).unwrap();
    let file = file.to_str().unwrap();
    done(&post, &["cases", "note", &case, "--annotation", file]);
    done(&post, &["cases", "move", &document, "new"]);
    let other = text(&post.letters()[0]["case"]);
    assert_ne!(other, case);
    let moved = done(&post, &["cases", "notes", &other, "--json"]).json();
    assert_eq!(moved.as_array().unwrap().len(), 2, "{moved:#}");
    for part in ["body", "target"] {
        assert_eq!(moved[1][part], placed[part]);
    }
    post.assert_verified();
}

#[test]
fn a_note_comes_and_goes_as_a_web_annotation() {
    let post = Post::new();
    let case = mail(&post, "one", "", "The kettle leaks");
    let annotation = json!({
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "type": "Annotation",
        "body": { "type": "TextualBody", "value": "rang her" },
        "target": format!("postroom:case:{case}"),
    });
    let file = post.path("note.json");
    std::fs::write(&file, annotation.to_string()).unwrap();
    let file = file.to_str().unwrap();
    done(&post, &["cases", "note", &case, "--annotation", file]);
    let notes = || done(&post, &["cases", "notes", &case, "--json"]).json();
    let first = notes()[0].clone();
    for part in ["@context", "type", "target"] {
        assert_eq!(first[part], annotation[part], "{first:#}");
    }
    assert_eq!(first["body"]["value"], "rang her");
    assert_eq!(first, shown(&post, &case)["notes"][0]);
    let id = text(&first["id"]).replace("urn:uuid:", "");
    done(
        &post,
        &["cases", "note", &case, "no answer", "--change", &id],
    );
    assert_eq!(notes()[0]["body"]["value"], "no answer");
    let wrong = post.postroom(&["cases", "note", &case, "x", "--change", "4711"]);
    assert_eq!(wrong.code, Some(2), "{wrong:?}");
    done(&post, &["cases", "note", &case, "--remove", &id]);
    assert_eq!(notes(), json!([]));
    std::fs::write(file, "{}").unwrap();
    let wrong = post.postroom(&["cases", "note", &case, "--annotation", file]);
    assert_eq!(wrong.code, Some(2), "{wrong:?}");
    assert!(wrong.stderr.contains("@context"), "{wrong:?}");
    post.assert_verified();
}

#[test]
fn what_is_dropped_with_a_case_is_named() {
    let post = Post::new();
    let case = mail(&post, "one", "", "The kettle leaks");
    done(
        &post,
        &["cases", "task", &case, "call-back", "ask for the receipt"],
    );
    let closed = done(&post, &["cases", "close", &case, "--reason", "refunded"]);
    let named = "call back: ask for the receipt (due ";
    assert!(
        closed.stderr.contains(&format!("Dropped with it: {named}")),
        "{closed:?}"
    );
    let refused = post.postroom(&["cases", "task", &case, "call-back", "ring"]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(
        refused.stderr.contains("postroom cases reopen"),
        "{refused:?}"
    );
    let again = done(&post, &["cases", "reopen", &case, "--reason", "no"]);
    assert!(
        again.stderr.contains(&format!("To be done again: {named}")),
        "{again:?}"
    );
    for (way, kind, found) in [
        ("email", "message", 1),
        ("post", "message", 0),
        ("email", "note", 0),
    ] {
        let ran = done(
            &post,
            &[
                "search",
                "kettle",
                "--channel",
                way,
                "--kind",
                kind,
                "--json",
            ],
        );
        assert_eq!(ran.json().as_array().unwrap().len(), found, "{way} {kind}");
    }
    post.assert_verified();
}

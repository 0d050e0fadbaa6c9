//! Templates at the command line: no store is needed.

use std::fs;
use std::process::{Command, Output};

use serde_json::Value;

use crate::support::PROGRAM;

fn templates(arguments: &[&str]) -> Output {
    let place = tempfile::tempdir().unwrap();
    Command::new(PROGRAM)
        .current_dir(place.path())
        .arg("templates")
        .args(arguments)
        .output()
        .unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

const FRONT: &str = "+++\nkind = \"reply\"\nchannels = [\"post\"]\nsubject = \"S\"\n+++\n";

#[test]
fn the_templates_in_the_program_are_listed_and_whole() {
    let listed = templates(&["list"]);
    assert_eq!(listed.status.code(), Some(0), "{listed:?}");
    let text = out(&listed);
    assert!(
        text.contains("NAME") && text.contains("acknowledgement_post"),
        "{text}"
    );
    let checked = templates(&["check", "--json"]);
    assert_eq!(checked.status.code(), Some(0), "{checked:?}");
    assert_eq!(json(&checked)["mistakes"], Value::Array(Vec::new()));
}

#[test]
fn a_preview_is_a_text_or_a_letter() {
    let preview = out(&templates(&["preview", "refund"]));
    assert!(preview.starts_with("Subject: Your refund: PR-0000417-11\n\nDear Mrs Harris,\n"));
    assert!(preview.ends_with("Hartwell & Finch Ltd\n"), "{preview}");
    let place = tempfile::tempdir().unwrap();
    let pdf = place.path().join("letter.pdf");
    let printed = templates(&[
        "preview",
        "refund",
        "--json",
        "--post",
        pdf.to_str().unwrap(),
    ]);
    assert_eq!(json(&printed)["channel"], "post");
    assert!(fs::read(&pdf).unwrap().starts_with(b"%PDF"));
    for wrong in [
        &["preview", "refnud"][..],
        &["preview", "acknowledgement", "--by", "post"],
        &["preview", "refund", "--by", "email", "--post", "x.pdf"],
    ] {
        assert_eq!(templates(wrong).status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn mistakes_of_a_folder_are_told_with_their_lines() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().to_str().unwrap();
    let empty = templates(&["list", "--templates", folder]);
    assert_eq!(empty.status.code(), Some(3), "{empty:?}");
    fs::write(place.path().join("good.txt"), format!("{FRONT}Text")).unwrap();
    fs::write(
        place.path().join("bad.txt"),
        format!("{FRONT}{{{{ custmer.name }}}}"),
    )
    .unwrap();
    let front = FRONT.replace("kind", "topics = [\"biling\"]\nkind");
    fs::write(place.path().join("topic.txt"), format!("{front}Text")).unwrap();
    let checked = templates(&["check", "--templates", folder]);
    assert_eq!(checked.status.code(), Some(3), "{checked:?}");
    let text = out(&checked);
    assert!(
        text.contains("template 'bad', line 6: there is no variable 'custmer.name'"),
        "{text}"
    );
    assert!(text.contains("did you mean 'customer.name'?"), "{text}");
    assert!(
        text.contains("template 'topic', line 2: topic 'biling'"),
        "{text}"
    );
    let listed = templates(&["list", "--templates", folder]);
    assert_eq!(listed.status.code(), Some(1), "{listed:?}");
    let preview = templates(&["preview", "bad", "--templates", folder]);
    assert_eq!(preview.status.code(), Some(3), "{preview:?}");
}

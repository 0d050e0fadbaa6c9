//! `postroom cases retain`: what the rules of postroom.toml put away, said before it is done.

use std::process::Command;

use serde_json::json;

use crate::mailroom::{case_of, message, shown, take_in};
use crate::support::{Post, Ran, databases};

const RULES: &str = "[[retention]]\nname = \"privacy\"\ntopics = [\"data_privacy\"]\nafter = \"6 years\"\n\
                     [[retention]]\nname = \"mail\"\nkinds = [\"email\"]\nafter = \"30 days\"\nsince = \"received\"\n";

/// The case of an e-mail of 1 October 2026, weeks ago.
fn case(post: &Post, name: &str, said: &str) -> String {
    let header =
        format!("Message-ID: <{name}@mail.example>\nFrom: {name}@mail.example\nSubject: {said}");
    let old = message(&header, said).replace("Fri, 20 Nov", "Thu, 01 Oct");
    take_in(post, &format!("{name}.eml"), &old);
    case_of(post, &format!("{name}@mail.example"))
}

fn close(post: &Post, case: &str) {
    let ran = post.postroom(&["cases", "close", case, "--reason", "done"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

fn retain(post: &Post, more: &[&str]) -> Ran {
    let arguments = [&["cases", "retain"], more].concat();
    let ran = post.postroom(&arguments);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    ran
}

#[test]
fn what_is_old_enough_is_said_and_then_put_away() {
    for database in databases("retention") {
        let mut post = Post::on(&database);
        post.configure(RULES);
        let done = case(&post, "done", "My kettle leaks");
        let private = case(
            &post,
            "private",
            "Send me all personal data that you hold about me",
        );
        let open = case(&post, "open", "My toaster is broken");
        for closed in [&done, &private] {
            close(&post, closed);
        }

        let dry = retain(&post, &["--dry-run"]);
        assert!(dry.stdout.contains("mail: archive 30 days after the last thing on it came in: 1 case, the oldest of 2026-10-01"), "{dry:?}");
        assert!(
            dry.stdout
                .contains(&format!("{done}  received 2026-10-01, goods")),
            "{dry:?}"
        );
        assert!(dry.stderr.contains("1 case would be archived; 0 old enough and waiting for somebody, 1 too young, 0 of no rule."), "{dry:?}");
        assert!(dry.stderr.contains("postroom cases retain"), "{dry:?}");
        assert_eq!(
            shown(&post, &done)["status"],
            "closed",
            "{:#}",
            shown(&post, &done)
        );

        let swept = retain(&post, &["--by", "ann", "--json"]).json();
        assert_eq!(swept["rules"][0]["young"], 1, "{swept:#}");
        assert_eq!(
            swept["rules"][1]["cases"],
            json!([{ "case": done, "topic": "goods", "since": "2026-10-01" }])
        );
        assert_eq!(shown(&post, &done)["status"], "archived");
        for (other, status) in [(&private, "closed"), (&open, "new")] {
            assert_eq!(shown(&post, other)["status"], status, "{other}");
        }
        let told = post.postroom(&["show", &done]).stdout;
        let told: Vec<&str> = told.split_whitespace().collect();
        let by = "archived the case by the rule mail: 30 days since it was received on 2026-10-01";
        assert!(told.join(" ").contains(by), "{told:?}");
        assert!(retain(&post, &[]).stderr.starts_with("0 cases archived"));
        post.assert_verified();
    }
}

#[test]
fn rules_that_cannot_be_meant_are_refused_with_their_line() {
    let post = Post::new();
    case(&post, "one", "My kettle leaks");
    let none = post.postroom(&["cases", "retain", "--dry-run"]);
    assert_eq!(none.code, Some(2), "{none:?}");
    assert!(none.stderr.contains("no [[retention]] rule"), "{none:?}");
    for (rule, says) in [
        (
            "[[retention]]\nname = \"a\"\nafter = \"soon\"\n",
            "line 3: [[retention]] 'soon' is no age",
        ),
        (
            "[[retention]]\nname = \"a\"\nafter = \"1 day\"\ntopics = [\"good\"]\n",
            "names the topic 'good'",
        ),
    ] {
        let mut post = Post::new();
        let store = post.path("store");
        let made = Command::new(crate::support::PROGRAM)
            .arg("init")
            .arg("--store")
            .arg(&store)
            .output();
        assert!(made.unwrap().status.success());
        post.configure(rule);
        let ran = post.postroom(&["cases", "retain"]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.stderr.contains(says), "{ran:?}");
    }
}

//! Customers at the command line: the company's own list, and records of one person.

use serde_json::{Value, json};

use crate::mailroom::{case_of, lay, message, take_in, text};
use crate::support::Post;

const LIST: &str = "\
Member no,name,street,town,postcode,email,tier
1001,Ada Mason,12 Orchard Drive,Leeds,LS6 3HN,ada@mail.example,gold
1002,Tom Patel,14 Mill Lane,Leeds,LS6 3HN,tom@mail.example,
,,9 Nowhere,Leeds,LS6 3HN,x@mail.example,
";

fn list(post: &Post, bytes: &str) -> (Option<i32>, Value) {
    let file = lay(post, "members.csv", bytes);
    let file = file.to_str().unwrap();
    let ran = post.postroom(&[
        "customers",
        "import",
        file,
        "--column",
        "number=Member no",
        "--json",
    ]);
    (ran.code, ran.json())
}

fn found(post: &Post, words: &str) -> Vec<Value> {
    let ran = post.postroom(&["customers", words, "--json"]);
    ran.json().as_array().unwrap().clone()
}

#[test]
fn a_list_is_taken_in_twice_and_changes_once() {
    let post = Post::new();
    assert_eq!(post.postroom(&["init"]).code, Some(0));
    let (code, first) = list(&post, LIST);
    assert_eq!(code, Some(1), "a line names nobody: {first}");
    assert_eq!(
        (&first["new"], &first["same"]),
        (&json!(2), &json!(0)),
        "{first}"
    );
    assert_eq!(first["refused"].as_array().unwrap().len(), 1, "{first}");
    let (_, second) = list(&post, LIST);
    assert_eq!(
        (&second["new"], &second["changed"], &second["same"]),
        (&json!(0), &json!(0), &json!(2))
    );
    let (_, third) = list(&post, &LIST.replace("gold", "silver"));
    assert_eq!(
        (&third["new"], &third["changed"]),
        (&json!(0), &json!(1)),
        "{third}"
    );
    assert_eq!(found(&post, "mason")[0]["tier"], "silver");
    // Who is on the list is known by their address.
    let header =
        "Message-ID: <1@mail.example>\nFrom: Ada Mason <Ada@mail.example>\nSubject: Kettle";
    take_in(&post, "1.eml", &message(header, "It leaks."));
    assert_eq!(found(&post, "mason").len(), 1);
    let ada = text(&found(&post, "mason")[0]["customer"]);
    let profile = post.postroom(&["customers", "show", &ada, "--json"]).json();
    assert_eq!(
        profile["cases"],
        json!([case_of(&post, "1@mail.example")]),
        "{profile:#}"
    );
    post.assert_verified();
}

#[test]
fn two_records_of_one_person_are_joined_and_parted() {
    let post = Post::new();
    for (id, address) in [("1", "ada@mail.example"), ("2", "ada@work.example")] {
        let header = format!(
            "Message-ID: <{id}@mail.example>\nFrom: Ada Mason <{address}>\nSubject: Kettle {id}"
        );
        take_in(&post, &format!("{id}.eml"), &message(&header, "It leaks."));
    }
    let both = found(&post, "mason");
    assert_eq!(both.len(), 2, "{both:?}");
    let [kept, gone] = [0, 1].map(|at| text(&both[at]["customer"]));
    let ran = post.postroom(&["customers", "merge", &kept, &gone, "--reason", "same phone"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let profile = || {
        post.postroom(&["customers", "show", &kept, "--json"])
            .json()
    };
    assert_eq!(found(&post, "mason").len(), 1);
    assert_eq!(
        profile()["cases"].as_array().unwrap().len(),
        2,
        "{:#}",
        profile()
    );
    assert_eq!(
        profile()["addresses"].as_array().unwrap().len(),
        2,
        "{:#}",
        profile()
    );
    let ran = post.postroom(&["customers", "merge", &kept, &kept, "--reason", "x"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    let ran = post.postroom(&["customers", "unmerge", &gone, "--reason", "a mistake"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(found(&post, "mason").len(), 2);
    assert_eq!(
        profile()["cases"].as_array().unwrap().len(),
        1,
        "{:#}",
        profile()
    );
    assert_eq!(
        profile()["addresses"].as_array().unwrap().len(),
        1,
        "{:#}",
        profile()
    );
    post.assert_verified();
}

#[test]
fn what_was_typed_of_a_customer_outlives_the_list() {
    let post = Post::new();
    assert_eq!(post.postroom(&["init"]).code, Some(0));
    list(&post, LIST);
    let set = |arguments: &[&str]| {
        let ran =
            post.postroom(&[&["customers", "set", "1001", "--by", "ann"], arguments].concat());
        (ran.code, ran.stderr)
    };
    let (code, _) = set(&["--phone", "01632 960180", "--street", "9 New Road"]);
    assert_eq!(code, Some(0));
    let (_, again) = list(&post, LIST);
    assert_eq!(again["same"], 2, "{again}");
    let show = || post.postroom(&["customers", "show", "1001"]).stdout;
    let shown = show();
    for line in [
        "street      9 New Road",
        "typed       street, by ann; a list, letter or card says 12 Orchard Drive",
        "typed       phone, by ann\n",
    ] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    assert_eq!(set(&["--leave", "street"]).0, Some(0));
    assert!(show().contains("12 Orchard Drive"), "{}", show());
    for (wrong, words) in [
        (&["--email", "ada"][..], "is not an e-mail address"),
        (&["--number", "1002"], "is that of customer"),
        (&["--name", " "], "needs a name"),
        (&[], "nothing is said"),
    ] {
        let (code, told) = set(wrong);
        assert_eq!(code, Some(2), "{wrong:?}: {told}");
        assert!(told.contains(words), "{wrong:?}: {told}");
    }
    let ran = post.postroom(&["customers", "add", "Jo Public", "--number", "77", "--json"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(found(&post, "77")[0]["customer"], ran.json()["customer"]);
    post.assert_verified();
}

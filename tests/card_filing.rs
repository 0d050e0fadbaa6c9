//! Cards from the scanner to the export, by the program itself with the fake engine:
//! mixed stacks, what a clerk decides, runs that are cut off, pages that come late.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Post, assert_balanced, databases, plain_letter};

/// The front of a loyalty card: two consents, one of them clean, and a name.
fn front() -> Value {
    json!({
        "form": "loyalty-a5",
        "residual": 0.12,
        "fields": { "surname": ["written", "written", "empty"], "town": ["empty", "empty"] },
        "ticks": { "offers_post": "marked", "offers_email": "unsure", "interests.home": "marked" },
        "consents": ["offers_post", "offers_email"],
        "signatures": { "signature": true },
    })
}

/// Its back, with a comment or without.
fn back(comment: &str) -> Value {
    json!({ "form": "loyalty-a5", "side": 2, "residual": 0.2, "fields": { "comment": [comment] } })
}

fn coupon(kettle: &str, toaster: &str) -> Value {
    json!({
        "form": "coupon-a6",
        "ticks": { "offer.kettle": kettle, "offer.toaster": toaster, "offers_post": "empty" },
        "consents": ["offers_post"],
    })
}

/// Every kind of sheet in one file: a letter of two pages, a card, a coupon with a blank
/// back, a separator, and a letter.
fn mixed(post: &mut Post) {
    let letter = json!(plain_letter("Jane Whitfield", "LS1 4AP"));
    let sheets = [
        letter.clone(),
        json!(["and another thing"]),
        front(),
        back("empty"),
        coupon("marked", "marked"),
        json!("separator"),
        letter,
    ];
    let pages = sheets.map(|sheet| post.page(sheet));
    post.scan("stack.tif", &pages);
}

fn cards(post: &Post) -> Vec<Value> {
    let ran = post.postroom(&["export", "cards", "--format", "json"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    ran.json().as_array().unwrap().clone()
}

fn numbers(of: &Value) -> Vec<u64> {
    let pages = of["pages"].as_array().unwrap();
    pages.iter().map(|page| page.as_u64().unwrap()).collect()
}

#[test]
fn a_mixed_stack_falls_into_its_letters_and_cards() {
    for database in databases("a_mixed_stack_falls_into_its_letters_and_cards") {
        let mut post = Post::on(&database);
        mixed(&mut post);
        let ran = post.run(&[]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let summary = ran.json();
        assert_balanced(&summary);
        for (key, count) in [
            ("letter_pages", 3),
            ("card_pages", 3),
            ("separators", 1),
            ("letters", 2),
            ("cards", 2),
            ("new_cases", 1),
            ("attached", 1),
        ] {
            assert_eq!(summary[key], count, "{key}: {summary:#}");
        }
        let (letters, cards) = (post.letters(), cards(&post));
        let pages: Vec<Vec<u64>> = letters.iter().chain(&cards).map(numbers).collect();
        assert_eq!(pages, [vec![1, 2], vec![7], vec![3, 4], vec![5]]);
        assert!(cards.iter().all(|card| card["case"].is_null()));
        // The same run again files nothing twice.
        let again = post.run(&[]).json();
        assert_eq!(
            (&again["already_filed"], &again["cards"]),
            (&json!(1), &json!(0))
        );
        assert_eq!(self::cards(&post).len(), 2);
        post.assert_verified();
    }
}

#[test]
fn the_export_has_what_other_programs_rely_on() {
    let mut post = Post::new();
    mixed(&mut post);
    let pages = [front(), back("written")].map(|sheet| post.page(sheet));
    post.scan("comment.tif", &pages);
    let ran = post.run(&["--received", "2026-11-20"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let mut cards = cards(&post);
    for card in &mut cards {
        // An id is made up anew each time.
        assert_eq!(card["id"].as_str().unwrap().len(), 36);
        card["id"] = json!("an id");
    }
    golden("cards.json", &format!("{:#}\n", json!(cards)));
    let ran = post.postroom(&["export", "cards", "--format", "csv"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let mut table = csv::Reader::from_reader(ran.stdout.as_bytes());
    let header = table.headers().unwrap().clone();
    let mut lines = vec![header.iter().collect::<Vec<_>>().join("|")];
    for row in table.records() {
        let row = row.unwrap();
        assert_eq!(row.len(), header.len());
        let cells = row.iter().zip(&header);
        let cells = cells.map(|(cell, column)| if column == "id" { "an id" } else { cell });
        lines.push(cells.collect::<Vec<_>>().join("|"));
    }
    golden("cards.csv.txt", &format!("{}\n", lines.join("\n")));
    let out = post.path("cards.csv");
    let out = out.to_str().unwrap();
    let ran = post.postroom(&["export", "cards", "--format", "csv", "--out", out]);
    assert!(ran.stderr.contains("3 cards written"), "{ran:?}");
}

/// Holds text to a committed file; `POSTROOM_BLESS=1` writes it anew.
fn golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var_os("POSTROOM_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap();
    assert_eq!(text, expected, "{name}: POSTROOM_BLESS=1 writes it anew");
}

#[test]
fn a_clerk_settles_ticks_and_sees_the_card() {
    for database in databases("a_clerk_settles_ticks_and_sees_the_card") {
        let mut post = Post::on(&database);
        let pages = [front(), back("empty")].map(|sheet| post.page(sheet));
        post.scan("card.tif", &pages);
        assert_eq!(post.run(&[]).code, Some(0));
        let doubts = post.postroom(&["review", "list", "--json"]).json();
        let doubts = doubts.as_array().unwrap();
        let names: BTreeSet<_> = doubts.iter().map(|item| item["field"].as_str()).collect();
        assert_eq!(names, [Some("offers_email"), Some("surname")].into());
        assert!(doubts[0]["case"].is_null(), "{doubts:?}");
        let told = post.postroom(&["review", "list"]);
        assert!(told.stdout.contains("no case"), "{told:?}");
        let id = doubts[0]["document"].as_str().unwrap().to_owned();

        let picture = post.path("tick.png");
        let file = picture.to_str().unwrap();
        let shown = post.postroom(&["review", "show", &id, "offers_email", "--image", file]);
        assert!(shown.stdout.contains("as read   unsure"), "{shown:?}");
        assert!(fs::read(&picture).unwrap().starts_with(b"\x89PNG"));
        let shown = post.postroom(&["review", "show", &id, "surname", "--image", file]);
        assert_eq!(shown.code, Some(0), "{shown:?}");

        let settle = |field: &str, value: &str| {
            post.postroom(&["review", "settle", &id, field, value, "--by", "clerk"])
        };
        let odd = settle("offers_email", "perhaps");
        assert!(
            odd.code == Some(2) && odd.stderr.contains("`marked` or `empty`"),
            "{odd:?}"
        );
        let unknown = settle("offers_fax", "marked");
        assert!(unknown.stderr.contains("offers_email"), "{unknown:?}");
        let given = |name: &str| cards(&post)[0]["ticks"][name]["consent"]["given"].clone();
        assert_eq!(
            (given("offers_post"), given("offers_email")),
            (json!(true), json!(false))
        );
        assert_eq!(settle("offers-email", "marked").code, Some(0));
        assert_eq!(given("offers_email"), true);

        let shown = post.postroom(&["show", &id]);
        for line in [
            "Card 1 of 1: card.tif",
            "marked (consent)",
            "read as unsure",
            "clerk",
        ] {
            assert!(shown.stdout.contains(line), "{line}: {shown:?}");
        }
        let shown = post.postroom(&["show", &id, "--json"]).json();
        assert_eq!(shown["ticks"]["offers_email"]["as_read"], "unsure");
        assert_eq!(shown["events"][1]["kind"], "field_settled");
        let shown = post.postroom(&["show", &id, "--image", file, "--page", "2"]);
        assert_eq!(shown.code, Some(0), "{shown:?}");

        // The rest by a table.
        let table = post.path("doubts.csv");
        let name = table.to_str().unwrap();
        assert_eq!(
            post.postroom(&["review", "export", "--out", name]).code,
            Some(0)
        );
        let filled = fs::read_to_string(&table).unwrap();
        fs::write(&table, filled.replace("not be read,", "not be read,Harris")).unwrap();
        let imported = post.postroom(&["review", "import", name, "--json"]).json();
        assert_eq!(imported["settled"], 1, "{imported}");
        assert!(
            post.postroom(&["review", "list", "--json"])
                .json()
                .as_array()
                .unwrap()
                .is_empty()
        );
        let moved = post.postroom(&["cases", "move", &id, "new", "--reason", "she rang"]);
        assert_eq!(moved.code, Some(0), "{moved:?}");
        assert!(moved.stderr.contains("lies on PR-"), "{moved:?}");
        post.assert_verified();
    }
}

#[test]
fn a_comment_on_a_card_opens_a_case() {
    let mut post = Post::new();
    let pages = [front(), back("written")].map(|sheet| post.page(sheet));
    post.scan("card.tif", &pages);
    let summary = post.run(&[]).json();
    assert_eq!(
        (&summary["cards"], &summary["new_cases"]),
        (&json!(1), &json!(1))
    );
    let case = cards(&post)[0]["case"].as_str().unwrap().to_owned();
    let shown = post.postroom(&["show", &case]);
    assert!(
        shown.stdout.contains("a comment is written in it"),
        "{shown:?}"
    );
    let shown = post.postroom(&["show", &case, "--json"]).json();
    assert_eq!(shown["documents"][0]["form"], "loyalty-a5");
}

#[test]
fn a_side_that_was_lost_is_added_by_trying_again() {
    for database in databases("a_side_that_was_lost_is_added_by_trying_again") {
        let mut post = Post::on(&database);
        let (first, lost) = (post.page(front()), post.page(json!("crash")));
        let third = post.page(coupon("marked", "empty"));
        post.scan("card.tif", &[first, lost, third]);
        let summary = post.run(&[]).json();
        assert_balanced(&summary);
        let counted = (&summary["cards"], &summary["pages_aside"]);
        assert_eq!(counted, (&json!(2), &json!(1)), "{summary:#}");
        post.mend(lost, back("written"));
        let retried = post.postroom(&["aside", "retry", "card.tif"]);
        assert_eq!(retried.code, Some(0), "{retried:?}");
        let cards = cards(&post);
        assert_eq!(numbers(&cards[0]), [1, 2]);
        assert_eq!(cards[0]["sides"].as_array().unwrap().len(), 2);
        assert!(cards[0]["case"].is_string() && cards[1]["case"].is_null());
        post.assert_verified();
    }
}

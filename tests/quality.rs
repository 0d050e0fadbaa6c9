//! Cards that were read, put on record by the library with made-up readings, and the program
//! at work on them: what a clerk is shown, keys, picks, and what the report makes of it.

use std::collections::BTreeMap;
use std::fs;

use jiff::civil::date;
use postroom::cases::{self, Draft, FiledScan};
use postroom::domain::card::{CardSide, Ink, RecognisedBy, WrittenBox};
use postroom::domain::card_draft::{Alternative, CardDraft, CardField, DraftSide};
use postroom::domain::case::{CaseDraft, Judgement, Priority, Reasoned, Receipt, ReceiptOrigin};
use postroom::domain::confidence::Probability;
use postroom::domain::document::{Document, Legibility};
use postroom::domain::field::{Field, Place};
use postroom::domain::form::FieldKind;
use postroom::domain::geometry::{PageSize, Rect, Turn};
use postroom::domain::guarantee::Rate;
use postroom::domain::identity::Digest;
use postroom::domain::page::{EncodedImage, MediaType, PageKind, PageOutcome, ReadPage};
use postroom::domain::text::PageText;
use postroom::domain::verdict::Verdict;
use postroom::store::{NewScan, Provenance, Store, StoreAddress};
use serde_json::{Value, json};

use crate::support::{Post, Ran};

/// A card whose surname was accepted and whose postcode was not; all are drawn.
fn draft() -> CaseDraft {
    let field = |kind: FieldKind, values: &[(&str, f64)], verdict| CardField {
        name: kind.name().to_owned(),
        kind,
        field: Field {
            as_read: Some(values[0].0.to_uppercase()),
            value: Some(values[0].0.to_owned()),
            probability: Probability::clamped(values[0].1),
            verdict,
            reason: "a made-up reading".to_owned(),
            place: Some(Place {
                page: 1,
                bounds: Rect::new(10, 20 + 60 * kind as u32, 300, 40),
            }),
        },
        boxes: vec![WrittenBox {
            place: Rect::new(10, 20, 30, 40),
            ink: Ink::Written,
        }],
        alternatives: values
            .iter()
            .map(|(value, sure)| Alternative {
                value: (*value).to_owned(),
                probability: Probability::clamped(*sure),
            })
            .collect(),
        doubtful: vec![2, 5],
    };
    CaseDraft {
        receipt: Receipt {
            day: date(2026, 11, 20),
            origin: ReceiptOrigin::CommandLine,
        },
        text: String::new(),
        legibility: Legibility::Clear,
        fields: BTreeMap::new(),
        judgement: Judgement {
            topic: Reasoned::new("goods".to_owned(), ""),
            priority: Reasoned::new(Priority::Normal, ""),
            team: Reasoned::new("goods".to_owned(), ""),
            deadline: Reasoned::new(date(2026, 12, 18), ""),
        },
        card: Some(CardDraft {
            sides: vec![DraftSide {
                page: 1,
                form: "loyalty-a5".to_owned(),
                version: 1,
                side: 1,
                recognised: RecognisedBy::Code,
                residual: 0.1,
            }],
            fields: vec![
                field(FieldKind::Surname, &[("Harris", 0.9876)], Verdict::Accepted),
                field(
                    FieldKind::Postcode,
                    &[("LS6 3HN", 0.62), ("LS6 3HP", 0.31)],
                    Verdict::Review,
                ),
            ],
            ..CardDraft::default()
        }),
        missing_pages: Vec::new(),
        torn: None,
    }
}

fn page() -> PageOutcome {
    PageOutcome {
        number: 1,
        result: Ok(ReadPage {
            case: None,
            kind: PageKind::Card,
            size: PageSize {
                width: 1748,
                height: 2480,
                dpi: 300,
            },
            turn: Turn::None,
            skew: 0.0,
            text: PageText { lines: Vec::new() },
            card: Some(Box::new(CardSide {
                form: "loyalty-a5".to_owned(),
                version: 1,
                side: 1,
                recognised: RecognisedBy::Code,
                residual: 0.1,
                fields: Vec::new(),
                ticks: Vec::new(),
                signatures: Vec::new(),
                serials: Vec::new(),
            })),
            original: EncodedImage {
                media: MediaType::Tiff,
                bytes: b"an image".to_vec(),
            },
            display: None,
        }),
    }
}

/// A store with this card, and the id of its document.
fn with_a_card(post: &Post) -> String {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let address = StoreAddress::folder(&post.path("store"));
        let (store, _) = Store::create_or_open(&address).await.unwrap();
        let batch = store.begin_batch("/scans").await.unwrap();
        let draft = draft();
        let scan = NewScan {
            folder: "/scans".into(),
            path: "card.tif".into(),
            digest: Digest::of(b"card.tif"),
            bytes: 8,
            receipt: draft.receipt,
        };
        let scan = store.claim(&batch, &[scan]).await.unwrap()[0];
        let filed = FiledScan {
            scan,
            listed: 1,
            pages: vec![page()],
            documents: vec![Draft {
                document: Document {
                    ordinal: 1,
                    pages: vec![1],
                },
                draft,
            }],
            provenance: Provenance {
                model: Digest::of(b"model"),
                rules: Digest::of(b"rules"),
                classifier: None,
                gazetteer: Digest::of(b"gazetteer"),
                forms: Digest::of(b"forms"),
                handprint: Some(Digest::of(b"handprint")),
                thresholds: Digest::of(b"thresholds"),
                lexicons: Digest::of(b"lexicons"),
                program: "0.1.0".to_owned(),
            },
            blind: Rate::new(1.0).unwrap(),
            came_with: None,
        };
        let filed = cases::file(&store, &[filed]).await.unwrap();
        store.close().await;
        filed[0].document.to_string()
    })
}

fn said(ran: Ran) -> String {
    assert_eq!(ran.code, Some(0), "{ran:?}");
    format!("{}{}", ran.stdout, ran.stderr)
}

/// The fields of `review list --json`, by their names.
fn listed(post: &Post) -> BTreeMap<String, Value> {
    let ran = post.postroom(&["review", "list", "--json"]);
    let items = ran.json().as_array().unwrap().clone();
    let named = |item: Value| (item["field"].as_str().unwrap().to_owned(), item);
    items.into_iter().map(named).collect()
}

#[test]
fn nothing_in_the_review_door_tells_what_is_keyed_blind() {
    let post = Post::new();
    let id = with_a_card(&post);
    let table = post.path("doubts.csv");
    let table = table.to_str().unwrap();
    said(post.postroom(&["review", "export", "--out", table]));
    let exported = fs::read_to_string(table).unwrap();
    assert!(exported.contains("2: LS6 3HP (0.31)"), "{exported}");
    for door in [
        exported,
        said(post.postroom(&["review", "list"])),
        said(post.postroom(&["review", "list", "--json"])),
        said(post.postroom(&["review", "show", &id])),
        said(post.postroom(&["review", "show", &id, "surname"])),
        said(post.postroom(&["review", "show", &id, "surname", "--json"])),
    ] {
        let door = door.to_lowercase();
        assert!(door.contains("surname"), "{door}");
        for told in ["harris", "0.98", "0.99"] {
            assert!(!door.contains(told), "{told}: {door}");
        }
    }
    let surname = &listed(&post)["surname"];
    assert_eq!(surname["asked"], "blind");
    assert!(surname["value"].is_null() && surname["probability"].is_null());

    let keyed = post.postroom(&["review", "settle", &id, "surname", "Horris", "--by", "Ann"]);
    assert!(said(keyed).contains("is keyed: Horris; Ann keyed another value than was read"));
    let surname = &listed(&post)["surname"];
    assert_eq!(surname["asked"], "contested");
    assert!(surname["value"].is_null(), "{surname}");
    assert_eq!(
        surname["alternatives"][0],
        json!({ "value": "Harris", "probability": null })
    );
    let own = post.postroom(&[
        "review", "settle", &id, "surname", "--pick", "2", "--by", "Ann",
    ]);
    assert_eq!(own.code, Some(2), "{own:?}");
    assert!(own.stderr.contains("another person must decide"), "{own:?}");
    let by_ben = post.postroom(&[
        "review", "settle", &id, "surname", "--pick", "1", "--by", "Ben",
    ]);
    assert!(said(by_ben).contains("is settled: Harris"));
    let history = said(post.postroom(&["show", &id]));
    let history = history.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        history.contains("again: Horris, not Harris; a second person decides"),
        "{history}"
    );
    post.assert_verified();
}

#[test]
fn a_clerk_picks_one_of_the_alternatives() {
    let post = Post::new();
    let id = with_a_card(&post);
    let list = said(post.postroom(&["review", "list"]));
    assert!(list.contains("boxes 2 and 5"), "{list}");
    assert!(
        list.contains("it may be 1: LS6 3HN (0.62), 2: LS6"),
        "{list}"
    );
    let shown = said(post.postroom(&["review", "show", &id, "postcode"]));
    assert!(
        shown.contains("2  LS6 3HP  0.310") && shown.contains("--pick"),
        "{shown}"
    );
    let odd = post.postroom(&["review", "settle", &id, "postcode", "--pick", "3"]);
    assert_eq!(odd.code, Some(2), "{odd:?}");
    assert!(odd.stderr.contains("has no choice 3"), "{odd:?}");
    // By a table.
    let table = post.path("doubts.csv");
    let row = format!("document,field,decision\n{id},postcode,Pick 2\n");
    fs::write(&table, row).unwrap();
    said(post.postroom(&["review", "import", table.to_str().unwrap(), "--by", "Ann"]));
    let cards = post
        .postroom(&["export", "cards", "--format", "json"])
        .json();
    let postcode = &cards[0]["fields"]["postcode"];
    assert_eq!(postcode["value"], "LS6 3HP");
    assert_eq!(postcode["doubtful"], json!([2, 5]));
    assert_eq!(postcode["alternatives"][0]["value"], "LS6 3HN");
    post.assert_verified();
}

#[test]
fn the_report_counts_what_was_keyed() {
    let post = Post::new();
    let id = with_a_card(&post);
    let before = said(post.postroom(&["report", "quality"]));
    assert!(
        before.contains("To be keyed again: 1 accepted field"),
        "{before}"
    );
    said(post.postroom(&["review", "settle", &id, "surname", "HARRIS", "--by", "Ann"]));
    said(post.postroom(&[
        "review", "settle", &id, "postcode", "--pick", "2", "--by", "Ann",
    ]));
    let text = said(post.postroom(&["report", "quality", "--form", "loyalty-a5"]));
    assert!(
        text.contains("1 card of loyalty-a5; 0 (0.00 %) needed no person"),
        "{text}"
    );
    assert!(text.contains("needs 597 more"), "{text}");
    assert!(text.contains("1 (100.00 %)"), "{text}");
    let told = post.postroom(&["report", "quality", "--json"]).json();
    assert_eq!(
        (&told["cards"], &told["straight_through"]),
        (&json!(1), &json!(0))
    );
    let surname = &told["kinds"][0];
    assert_eq!(
        (&surname["rekeyed"], &surname["wrong"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(surname["interval"][0], json!(0.0));
    assert_eq!(
        (&surname["standing"], &surname["missing"]),
        (&json!("too_few"), &json!(597))
    );
    let none = said(post.postroom(&["report", "quality", "--since", "2100-01-01"]));
    assert!(none.contains("nothing to say"), "{none}");
}

#[test]
fn evidence_that_cannot_be_used_stops_a_run() {
    let mut post = Post::new();
    post.letter("a.tif", &["Dear Sirs,"]);
    let folder = post.path("store/evidence");
    fs::create_dir_all(&folder).unwrap();
    fs::write(
        folder.join("loyalty-a5-1.toml"),
        "format = 1\nthreshold = 0.5\n",
    )
    .unwrap();
    let ran = post.run(&[]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.stderr.contains("loyalty-a5-1.toml: line 2"), "{ran:?}");
    fs::write(folder.join("loyalty-a5-1.toml"), "format = 1\n").unwrap();
    assert!(
        post.run(&[])
            .stderr
            .contains("it names no form and version")
    );
    fs::write(
        folder.join("loyalty-a5-1.toml"),
        "format = 1\nform = \"loyalty-a5\"\nversion = 1\n",
    )
    .unwrap();
    let ran = post.run(&[]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let evidence = &ran.json()["evidence"];
    let general = evidence[0].as_str().unwrap();
    assert!(general.starts_with("all forms: "), "{general}");
    assert_eq!(evidence[1], "loyalty-a5 version 1: nothing is certified");
    let certify = post.postroom(&["forms", "certify", "loyalty-a5"]);
    assert_eq!(certify.code, Some(0), "{certify:?}");
    assert!(certify.stdout.contains("no drawn card"), "{certify:?}");
    assert!(certify.stderr.contains("Nothing is written"), "{certify:?}");
}

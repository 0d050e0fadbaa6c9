//! The station and the sheets as a browser gets them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::connect_info::MockConnectInfo;
use axum::http::header::{CONTENT_TYPE, COOKIE};
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::cases::{self, Draft, FiledScan};
use crate::domain::document::Document;
use crate::domain::form::FieldKind;
use crate::domain::guarantee::Rate;
use crate::domain::letter::LetterField;
use crate::domain::page::{EncodedImage, MediaType, PageOutcome};
use crate::domain::role::Role;
use crate::domain::verdict::Verdict;
use crate::store::testing::{
    self, Bench, card_draft, card_page, letter_from, lost_page, page, provenance, read_field,
};
use crate::store::users::{Duties, Reach};
use crate::store::{Actor, DocumentId};

use super::super::router::router;
use super::super::session::Person;
use super::super::state::App;
use super::super::tests::setup;

testing::on_both!(
    each_answer_is_taken_through_the_door,
    another_has_no_say_and_other_roles_none,
    keys_are_kept_with_the_user,
    a_field_has_its_picture_and_the_look_is_on_record,
    a_sheet_settles_what_nobody_marked,
    sheets_are_put_away_and_keyed_with_reasons,
);

/// Pages over a store, and a session for each of those who are there.
struct Site {
    bench: Bench,
    pages: Router,
    cookies: BTreeMap<&'static str, String>,
}

impl Site {
    /// Two clerks, a supervisor and an agent.
    async fn over(bench: Bench) -> Self {
        let setup = setup(bench.store.clone());
        let from = SocketAddr::from(([127, 0, 0, 1], 4711));
        let pages = router(App::new(setup)).layer(MockConnectInfo(from));
        let mut cookies = BTreeMap::new();
        for (name, role) in [
            ("ann", Role::Clerk),
            ("ben", Role::Clerk),
            ("sue", Role::Supervisor),
            ("amy", Role::Agent),
        ] {
            let duties = Duties {
                display: name.to_owned(),
                roles: BTreeSet::from([role]),
                reach: Reach::All,
            };
            let mut change = bench.store.change(&Actor::postroom()).await.unwrap();
            let id = change.make_user(name, "no hash", &duties).await.unwrap();
            let id = id.unwrap();
            change.set_password(id, "no hash", false).await.unwrap();
            change.commit().await.unwrap();
            let user = bench.store.user(id).await.unwrap();
            let cookie = Person::sign_in(&bench.store, &user, false).await.unwrap();
            let cookie = cookie
                .to_str()
                .unwrap()
                .split(';')
                .next()
                .unwrap()
                .to_owned();
            cookies.insert(name, cookie);
        }
        Self {
            bench,
            pages,
            cookies,
        }
    }

    async fn ask(
        &self,
        who: &str,
        method: Method,
        path: &str,
        media: &str,
        body: String,
    ) -> (StatusCode, Vec<u8>) {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(COOKIE, &self.cookies[who])
            .header("sec-fetch-site", "same-origin")
            .header(CONTENT_TYPE, media)
            .body(Body::from(body))
            .unwrap();
        let answer = self.pages.clone().oneshot(request).await.unwrap();
        let status = answer.status();
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        (status, body.to_vec())
    }

    async fn get(&self, who: &str, path: &str) -> (StatusCode, String) {
        let (status, body) = self.ask(who, Method::GET, path, "", String::new()).await;
        (status, String::from_utf8(body).unwrap())
    }

    async fn json(&self, who: &str, path: &str, body: Value) -> (StatusCode, Value) {
        let media = "application/json";
        let (status, body) = self
            .ask(who, Method::POST, path, media, body.to_string())
            .await;
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    async fn form(&self, who: &str, path: &str, form: &[(&str, &str)]) -> (StatusCode, String) {
        let body = serde_urlencoded::to_string(form).unwrap();
        let media = "application/x-www-form-urlencoded";
        let (status, body) = self.ask(who, Method::POST, path, media, body).await;
        (status, String::from_utf8(body).unwrap())
    }

    /// What somebody has before them.
    async fn leased(&self, who: &str) -> Vec<Value> {
        let (status, told) = self.json(who, "/review/lease", json!({})).await;
        assert_eq!(status, StatusCode::OK);
        told["items"].as_array().unwrap().clone()
    }

    /// Files a card with a doubtful surname and town.
    async fn card(&self, name: &str) -> DocumentId {
        let fields = vec![
            read_field(FieldKind::Surname, "Harris", 0.9, Verdict::Review),
            read_field(FieldKind::Town, "Leeds", 0.6, Verdict::Review),
        ];
        let mut pages = vec![card_page(1, "loyalty-a5", 1)];
        if let Ok(read) = &mut pages[0].result {
            read.display = Some(EncodedImage {
                media: MediaType::Png,
                bytes: white(400, 600),
            });
            (read.size.width, read.size.height) = (400, 600);
        }
        self.file(name, pages, card_draft("loyalty-a5", fields))
            .await
    }

    async fn file(
        &self,
        name: &str,
        pages: Vec<PageOutcome>,
        draft: crate::domain::case::CaseDraft,
    ) -> DocumentId {
        let store = &self.bench.store;
        let batch = store.begin_batch("/scans").await.unwrap();
        let scan = FiledScan {
            scan: self.bench.claim(&batch, name).await,
            listed: pages.len() as u32,
            documents: vec![Draft {
                document: Document {
                    ordinal: 1,
                    pages: pages.iter().map(|page| page.number).collect(),
                },
                draft,
            }],
            pages,
            provenance: provenance(),
            blind: Rate::NONE,
            came_with: None,
        };
        cases::file(store, &[scan]).await.unwrap()[0].document
    }

    async fn value(&self, document: DocumentId, name: &str) -> (Verdict, Option<String>) {
        let card = self.bench.store.card_of(document).await.unwrap();
        let mut fields = card.fields.into_iter();
        let field = fields.find(|field| field.name == name).unwrap().field;
        (field.verdict, field.value)
    }
}

fn white(width: u32, height: u32) -> Vec<u8> {
    let image = image::DynamicImage::new_luma8(width, height);
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn answer(id: &str, document: DocumentId, name: &str, says: &str, value: &str) -> Value {
    json!({ "id": id, "document": document.to_string(), "name": name, "says": says, "value": value, "seconds": 1.5 })
}

async fn each_answer_is_taken_through_the_door(bench: Bench) {
    let site = Site::over(bench).await;
    for (number, (says, value, after)) in [
        ("proposed", "Harris", (Verdict::Accepted, Some("Harris"))),
        ("value", "Harries", (Verdict::Accepted, Some("Harries"))),
        ("unreadable", "", (Verdict::Rejected, None)),
        ("refer", "two names", (Verdict::Review, Some("Harris"))),
    ]
    .into_iter()
    .enumerate()
    {
        let document = site.card(&format!("{number}.tif")).await;
        let items = site.leased("ann").await;
        let mine =
            |item: &&Value| item["document"] == document.to_string() && item["name"] == "surname";
        let item = items.iter().find(mine).unwrap();
        assert_eq!(
            (&item["proposed"], &item["asked"]),
            (&json!("Harris"), &json!("doubt"))
        );
        assert_eq!(item["picture"]["doubtful"][0]["w"], 30);
        let said = answer(&format!("a{number}"), document, "surname", says, value);
        let (status, told) = site.json("ann", "/review/answer", said.clone()).await;
        assert_eq!((status, told), (StatusCode::OK, json!({ "taken": true })));
        let (status, told) = site.json("ann", "/review/answer", said).await;
        assert_eq!((status, told), (StatusCode::OK, json!({ "taken": false })));
        let (verdict, value) = site.value(document, "surname").await;
        assert_eq!((verdict, value.as_deref()), after);
        // The other field is out of the way of the next round.
        let said = answer(&format!("b{number}"), document, "town", "value", "Leeds");
        assert_eq!(
            site.json("ann", "/review/answer", said).await.0,
            StatusCode::OK
        );
    }
    // The supervisor gets what was left to them, with why; to a clerk that queue is closed.
    let referred = json!({ "referred": true });
    let (status, _) = site.json("ann", "/review/lease", referred.clone()).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let (status, told) = site.json("sue", "/review/lease", referred).await;
    assert_eq!((status, &told["waiting"]), (StatusCode::OK, &json!(1)));
    assert_eq!(told["items"][0]["referral"], "ann asks: two names");
}

async fn another_has_no_say_and_other_roles_none(bench: Bench) {
    let site = Site::over(bench).await;
    let document = site.card("a.tif").await;
    assert_eq!(site.leased("ann").await.len(), 2);
    assert_eq!(site.leased("ben").await.len(), 0);
    let said = answer("1", document, "surname", "value", "Harries");
    let (status, told) = site.json("ben", "/review/answer", said.clone()).await;
    assert_eq!(status, StatusCode::CONFLICT);
    let words = told["error"].as_str().unwrap();
    assert!(
        words.contains("omebody else has surname before them"),
        "{words}"
    );
    let field = json!({ "document": document.to_string(), "name": "surname" });
    let (status, _) = site.json("ben", "/review/again", field.clone()).await;
    assert_eq!(status, StatusCode::CONFLICT);
    // What is no value says so, and nothing is taken.
    let odd = answer("2", document, "surname", "value", "?");
    let (status, told) = site.json("ann", "/review/answer", odd).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        told["error"]
            .as_str()
            .unwrap()
            .contains("at least one letter"),
        "{told}"
    );
    for (path, body) in [
        ("/review/lease", json!({})),
        ("/review/answer", said.clone()),
        ("/review/later", field.clone()),
        ("/review/again", field.clone()),
        ("/review/keys", json!({})),
    ] {
        let (status, _) = site.json("amy", path, body).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{path}");
    }
    for path in [
        "/review",
        "/review/sheet",
        "/review/suggest?of=town&text=L&document=x",
        "/sheets",
    ] {
        assert_eq!(
            site.get("amy", path).await.0,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
    assert_eq!(
        site.get("ann", "/review?referred=1").await.0,
        StatusCode::FORBIDDEN
    );
    assert_eq!(site.value(document, "surname").await.0, Verdict::Review);
    // Given back by the one, it is the other's.
    let (status, _) = site.json("ann", "/review/later", field).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(site.leased("ben").await.len(), 1);
    let (status, _) = site.json("ben", "/review/answer", said).await;
    assert_eq!(status, StatusCode::OK);
}

async fn keys_are_kept_with_the_user(bench: Bench) {
    let site = Site::over(bench).await;
    let (status, told) = site
        .json("ann", "/review/keys", json!({ "undo": "F5" }))
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        told["error"]
            .as_str()
            .unwrap()
            .contains("belongs to the browser")
    );
    let (status, _) = site
        .json("ann", "/review/keys", json!({ "undo": "F9" }))
        .await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let keys = "&quot;undo&quot;:&quot;F9&quot;";
    assert!(site.get("ann", "/review").await.1.contains(keys));
    assert!(!site.get("ben", "/review").await.1.contains(keys));
}

async fn a_field_has_its_picture_and_the_look_is_on_record(bench: Bench) {
    let site = Site::over(bench).await;
    let document = site.card("a.tif").await;
    let path = format!("/documents/{document}/fields/surname");
    let looks = async || {
        let events = site.bench.store.history_of(document).await.unwrap();
        let mut looks = events
            .into_iter()
            .filter(|event| event.kind.name() == "page_seen");
        looks.next().map(|event| event.actor)
    };
    assert_eq!(looks().await, None);
    let (status, bytes) = site.ask("ann", Method::GET, &path, "", String::new()).await;
    assert_eq!(status, StatusCode::OK);
    let picture = image::load_from_memory(&bytes).unwrap();
    // The field is 300 by 40, with a margin of its height: what the station says of it.
    let items = site.leased("ann").await;
    let cut = &items.iter().find(|item| item["name"] == "surname").unwrap()["picture"]["cut"];
    assert_eq!(
        (json!(picture.width()), json!(picture.height())),
        (cut["w"].clone(), cut["h"].clone())
    );
    assert_eq!(looks().await.as_deref(), Some("ann"));
    let odd = format!("/documents/{document}/fields/dance");
    assert_eq!(site.get("ann", &odd).await.0, StatusCode::NOT_FOUND);
    assert_eq!(site.get("amy", &path).await.0, StatusCode::FORBIDDEN);
}

async fn a_sheet_settles_what_nobody_marked(bench: Bench) {
    let site = Site::over(bench).await;
    let (mut one, other) = (site.card("a.tif").await, site.card("b.tif").await);
    // Only what has one character in its one box can be laid over it; "Leeds" and "Harris" cannot.
    let (_, page) = site.get("ann", "/review/sheet").await;
    assert!(page.contains("No single character is in doubt"), "{page}");
    for document in [one, other] {
        for field in ["surname", "town"] {
            assert_eq!(site.value(document, field).await.0, Verdict::Review);
        }
    }
    let mut ids = Vec::new();
    for name in ["c.tif", "d.tif"] {
        let mut field = read_field(FieldKind::House, "7", 0.8, Verdict::Review);
        field.field.as_read = Some("7".into());
        let draft = card_draft("loyalty-a5", vec![field]);
        ids.push(
            site.file(name, vec![card_page(1, "loyalty-a5", 1)], draft)
                .await,
        );
    }
    one = ids[0];
    let (_, page) = site.get("ann", "/review/sheet").await;
    assert!(
        page.contains("2 boxes") && page.contains("Not 7: box 1 of 7"),
        "{page}"
    );
    let field = |id: DocumentId| format!("{id}/house/7");
    let key = format!("{}/house", ids[1]);
    let form = [
        ("shown", "0"),
        ("sheet", "s1"),
        ("field", &*field(ids[0])),
        ("field", &*field(ids[1])),
        ("not", &*key),
    ];
    assert_eq!(
        site.form("ann", "/review/sheet", &form).await.0,
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        site.value(one, "house").await,
        (Verdict::Accepted, Some("7".into()))
    );
    assert_eq!(site.value(ids[1], "house").await.0, Verdict::Review);
    // The marked one waits in the station; the sheet that is sent twice changes nothing.
    let items = site.leased("ann").await;
    assert!(
        items
            .iter()
            .any(|item| item["document"] == ids[1].to_string())
    );
    assert_eq!(
        site.form("ann", "/review/sheet", &form).await.0,
        StatusCode::SEE_OTHER
    );
    assert_eq!(site.value(ids[1], "house").await.0, Verdict::Review);
}

async fn sheets_are_put_away_and_keyed_with_reasons(bench: Bench) {
    let site = Site::over(bench).await;
    let draft = letter_from("Mary Harris", "14 Mill Lane", "LS6 3HN", "A scrawl");
    let mut draft = draft;
    draft.missing_pages = vec![2];
    let pages = vec![page(1, "A scrawl"), lost_page(2)];
    let document = site.file("SCN_0031.tif", pages, draft).await;
    let (status, listed) = site.get("ann", "/sheets").await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        listed.contains("SCN_0031.tif, page 2") && listed.contains("It took too long"),
        "{listed}"
    );
    assert!(listed.contains("postroom aside retry SCN_0031.tif"));

    // Keyed: a value that is none brings the form back with what was typed.
    let path = format!("/sheets/documents/{document}");
    let wrong = [
        ("was.town", ""),
        ("is.town", "Leeds"),
        ("was.postcode", "LS6 3HN"),
        ("is.postcode", "nowhere"),
    ];
    let (status, again) = site.form("ann", &path, &wrong).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        again.contains("looks like LS6 3HN") && again.contains("value=\"nowhere\""),
        "{again}"
    );
    let right = [("was.town", ""), ("is.town", "Leeds")];
    assert_eq!(
        site.form("ann", &path, &right).await.0,
        StatusCode::SEE_OTHER
    );
    let fields = site.bench.store.fields_of(document).await.unwrap();
    assert_eq!(fields[&LetterField::Town].reason, "settled by ann");

    // Said what it is, on its case.
    let note = format!("{path}/note");
    let odd = [("what", "a dance"), ("why", "so")];
    assert_eq!(
        site.form("ann", &note, &odd).await.0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let said = [
        ("what", "to be scanned again"),
        ("why", "its second page is torn"),
    ];
    assert_eq!(
        site.form("ann", &note, &said).await.0,
        StatusCode::SEE_OTHER
    );
    let lies = site
        .bench
        .store
        .document(document)
        .await
        .unwrap()
        .attachment
        .unwrap();
    let notes = site.bench.store.notes_of(lies.case).await.unwrap();
    assert_eq!(
        notes[0].text,
        "This is to be scanned again: its second page is torn"
    );

    // Put away, for a reason alone.
    let scan = site.bench.store.asides().await.unwrap()[0].scan.to_string();
    let without = [("scan", &*scan), ("page", "2"), ("reason", " ")];
    assert_eq!(
        site.form("ann", "/sheets/discard", &without).await.0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let with = [
        ("scan", &*scan),
        ("page", "2"),
        ("reason", "scanned again as SCN_0099.tif"),
    ];
    assert_eq!(
        site.form("ann", "/sheets/discard", &with).await.0,
        StatusCode::SEE_OTHER
    );
    assert_eq!(site.bench.store.asides().await.unwrap(), []);
    let (_, listed) = site.get("ann", "/sheets").await;
    assert!(listed.contains("every sheet was taken in"));
}

//! Cases as agents see them: those of their teams, and no others.

use super::*;
use crate::cases::{self, CaseFilter};
use crate::store::DocumentId;
use crate::store::testing::{file, letter_from, on_both, page};

on_both!(
    a_team_sees_its_own_cases,
    a_look_at_a_page_is_on_record_first,
    the_chain_of_history_tells_what_was_altered,
);

/// A letter of Mary Harris on a case of its own.
async fn filed_letter(bench: &Bench) -> DocumentId {
    let batch = bench.store.begin_batch("/scans").await.unwrap();
    let scan = bench.claim(&batch, "a.tif").await;
    let text = "The kettle leaks.";
    let draft = letter_from("Mary Harris", "14 Mill Lane", "LS6 3HN", text);
    file(&bench.store, scan, &[page(1, text)], &draft)
        .await
        .unwrap()
}

async fn a_team_sees_its_own_cases(bench: Bench) {
    let letter = filed_letter(&bench).await;
    let mut site = Site::over(bench).await;
    let case = cases::list(&site.bench.store, &CaseFilter::default())
        .await
        .unwrap()
        .remove(0);
    let ours = Reach::Teams(BTreeSet::from([case.team.clone()]));
    let other = Reach::Teams(BTreeSet::from(["another".to_owned()]));
    site.add("ours", Role::Agent, ours).await;
    site.add("other", Role::Agent, other).await;
    let path = format!("/cases/{}", case.reference);
    let image = format!("/documents/{letter}/pages/1");
    let page = site.get(&path, "ours").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains(&image), "{}", page.body);
    for path in [
        &path,
        &image,
        &format!("{path}/reply"),
        &format!("/documents/{letter}"),
    ] {
        assert_eq!(
            site.get(path, "other").await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    let listed = |answer: Answer| answer.body.contains(&case.reference.to_string());
    assert!(listed(site.get("/cases", "ours").await));
    assert!(!listed(site.get("/cases", "other").await));
    assert!(!listed(
        site.get(&format!("/cases?team={}", case.team), "other")
            .await
    ));
    // What a team does not see it does not change.
    let close = site
        .post(&format!("{path}/close"), "other", &[("reason", "x")])
        .await;
    assert_eq!(close.status, StatusCode::NOT_FOUND);
    // Somebody who was given the case sees it, of whatever team.
    let given = site
        .post(&format!("{path}/give"), "ours", &[("owner", "other")])
        .await;
    assert_eq!(given.status, StatusCode::SEE_OTHER);
    assert_eq!(site.get(&path, "other").await.status, StatusCode::OK);
    assert!(listed(site.get("/cases?owner=me", "other").await));
    // Once it is closed it is its team's alone, in the list as behind it.
    let close = [("reason", "done")];
    site.post(&format!("{path}/close"), "ours", &close).await;
    assert!(listed(site.get("/cases?show=closed", "ours").await));
    assert!(!listed(site.get("/cases?show=closed", "other").await));
    assert_eq!(site.get(&path, "other").await.status, StatusCode::NOT_FOUND);
    // Who is in no team has an empty inbox, not a broken one.
    let none = Reach::Teams(BTreeSet::new());
    site.add("none", Role::Agent, none).await;
    assert_eq!(site.get("/cases", "none").await.status, StatusCode::OK);
}

async fn a_look_at_a_page_is_on_record_first(bench: Bench) {
    let letter = filed_letter(&bench).await;
    let site = Site::over(bench).await;
    let image = format!("/documents/{letter}/pages/1");
    let answer = site.get(&image, "agent").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(
        answer.headers["content-type"]
            .to_str()
            .unwrap()
            .starts_with("image/")
    );
    site.get(&image, "agent").await;
    site.get(&image, "clerk").await;
    let history = site.bench.store.history_of(letter).await.unwrap();
    let looks: Vec<&str> = history
        .iter()
        .filter(|event| event.kind == crate::store::events::EventKind::PageSeen)
        .map(|event| event.actor.as_str())
        .collect();
    // The same look twice is one.
    assert_eq!(looks, ["agent", "clerk"]);
    assert_eq!(
        site.get(&format!("/documents/{letter}/pages/9"), "agent")
            .await
            .status,
        StatusCode::NOT_FOUND
    );
}

async fn the_chain_of_history_tells_what_was_altered(bench: Bench) {
    let _ = filed_letter(&bench).await;
    let head = bench.store.check_chain().await.unwrap().unwrap();
    assert!(head.position > 0);
    // The database itself refuses to alter or delete; who can write to it can still add.
    bench
        .by_hand(
            "insert into events (id, at, actor, kind, detail, position, link)
             select '01900000-0000-7000-8000-000000000001', at, 'nobody', kind, detail,
                    position + 1, link from events where position = (select max(position) from events)",
        )
        .await
        .unwrap();
    let broken = bench.store.check_chain().await.unwrap().unwrap_err();
    assert_eq!(broken.position, head.position + 1);
    assert!(
        bench
            .faults()
            .await
            .iter()
            .any(|fault| fault.contains("history was altered"))
    );
}

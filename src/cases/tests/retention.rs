//! Closed cases are put away by rule: the first that fits, on its day, and nothing that anybody still
//! has to do something about.

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

use super::{Lies, doubt, file_letter, from_harris};
use crate::cases::retention::{self, Sweep};
use crate::cases::work;
use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::letter::LetterField;
use crate::domain::reply::TaskKind;
use crate::domain::retention::{Pending, RetentionAction, RetentionRule, Since, ThingKind};
use crate::store::Actor;
use crate::store::events::EventKind;
use crate::store::tasks::NewTask;
use crate::store::testing::{self, Bench};
use crate::store::work::CaseStatus;

testing::on_both!(
    a_case_is_put_away_on_its_day_and_the_history_says_by_which_rule,
    what_is_open_or_waits_for_somebody_stays,
    the_first_rule_that_fits_holds_also_while_the_case_is_young,
    days_are_those_of_the_configured_zone,
    a_case_taken_up_in_the_meantime_is_left_alone,
);

fn clerk() -> Actor {
    Actor::person("ann")
}

fn rule(name: &str, after: &str) -> RetentionRule {
    RetentionRule {
        name: name.into(),
        topics: Vec::new(),
        kinds: Vec::new(),
        after: after.parse().unwrap(),
        since: Since::Closed,
        action: RetentionAction::Archive,
    }
}

/// A case of one letter, closed at noon on 29 February 2024. Houses part the writers.
async fn closed(bench: &Bench, scan: &str) -> CaseReference {
    let street = format!("{} Mill Lane", scan.len());
    let letter = testing::letter_from(scan, &street, "LS6 3HN", scan);
    let case = file_letter(bench, scan, letter).await.lies().case;
    work::close(&bench.store, case, "done", &clerk())
        .await
        .unwrap();
    close_all_in_2024(bench).await;
    case
}

async fn close_all_in_2024(bench: &Bench) {
    let sql = "update cases set closed_at = '2024-02-29T12:00:00.000000Z' where state = 'closed'";
    bench.by_hand(sql).await.unwrap();
}

async fn plan(bench: &Bench, rules: &[RetentionRule], today: Date) -> Sweep {
    retention::plan(&bench.store, rules, today, &TimeZone::UTC)
        .await
        .unwrap()
}

async fn sweep(bench: &Bench, rules: &[RetentionRule], today: Date) -> Sweep {
    let zone = TimeZone::UTC;
    retention::sweep(&bench.store, rules, today, &zone, &clerk())
        .await
        .unwrap()
}

async fn status(bench: &Bench, case: CaseReference) -> CaseStatus {
    let state = bench.store.case(case).await.unwrap().state;
    bench.store.progress(case).await.unwrap().status(state)
}

fn due(sweep: &Sweep) -> Vec<CaseReference> {
    let all = sweep.rules.iter().flat_map(|found| &found.due);
    all.map(|due| due.case).collect()
}

async fn a_case_is_put_away_on_its_day_and_the_history_says_by_which_rule(bench: Bench) {
    let case = closed(&bench, "a.tif").await;
    let rules = [rule("rest", "1 year")];
    let (before, day) = (date(2025, 2, 27), date(2025, 2, 28));
    let early = sweep(&bench, &rules, before).await;
    assert_eq!((due(&early).len(), early.rules[0].young), (0, 1));
    let dry = plan(&bench, &rules, day).await;
    assert_eq!(due(&dry), [case]);
    assert_eq!(dry.rules[0].oldest(), Some(date(2024, 2, 29)));
    assert_eq!(status(&bench, case).await, CaseStatus::Closed);
    // The run does what was announced, once.
    assert_eq!(sweep(&bench, &rules, day).await, dry);
    assert_eq!(status(&bench, case).await, CaseStatus::Archived);
    assert!(due(&sweep(&bench, &rules, day).await).is_empty());
    let events = bench.store.history(case).await.unwrap();
    let archived = events
        .iter()
        .filter(|event| event.kind == EventKind::CaseArchived);
    let archived: Vec<_> = archived.collect();
    assert_eq!(archived.len(), 1);
    assert_eq!(archived[0].detail["rule"], "rest");
    assert_eq!(archived[0].detail["day"], "2024-02-29");
    assert_eq!(archived[0].actor, clerk().to_string());
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn what_is_open_or_waits_for_somebody_stays(bench: Bench) {
    let mut doubtful = from_harris("Hello");
    doubt(&mut doubtful, LetterField::Postcode);
    let in_review = file_letter(&bench, "review.tif", doubtful)
        .await
        .lies()
        .case;
    work::close(&bench.store, in_review, "done", &clerk())
        .await
        .unwrap();
    let with_task = closed(&bench, "a.tif").await;
    let task = NewTask {
        case: with_task,
        kind: TaskKind::FollowUp,
        what: "has the parcel come?".into(),
        owner: None,
        due: date(2026, 12, 1),
    };
    // An older program left tasks open on closed cases.
    work::reopen(&bench.store, with_task, "again", &clerk())
        .await
        .unwrap();
    work::set_task(&bench.store, &task, &clerk()).await.unwrap();
    work::close(&bench.store, with_task, "done", &clerk())
        .await
        .unwrap();
    let left = "update tasks set state = 'open', done_at = null, done_by = null";
    bench.by_hand(left).await.unwrap();
    let with_reply = closed(&bench, "bb.tif").await;
    let mut change = bench.store.change(&clerk()).await.unwrap();
    let reply = testing::reply(with_reply, "mary@example.com");
    change.reply(&reply).await.unwrap();
    change.commit().await.unwrap();
    let open = testing::letter_from("Jo Cook", "99 Mill Lane", "LS6 3HN", "Hi");
    let open = file_letter(&bench, "open.tif", open).await.lies().case;
    let free = closed(&bench, "ccc.tif").await;
    close_all_in_2024(&bench).await;

    let swept = sweep(&bench, &[rule("rest", "90 days")], date(2026, 1, 1)).await;
    assert_eq!(due(&swept), [free]);
    let held = [
        (in_review, vec![Pending::Review]),
        (with_task, vec![Pending::Task]),
        (with_reply, vec![Pending::Reply]),
    ];
    assert_eq!(swept.rules[0].held, held);
    assert_eq!(status(&bench, open).await, CaseStatus::New);
    for (case, _) in held {
        assert_eq!(status(&bench, case).await, CaseStatus::Closed);
    }
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn the_first_rule_that_fits_holds_also_while_the_case_is_young(bench: Bench) {
    let old = closed(&bench, "a.tif").await;
    let private = closed(&bench, "bb.tif").await;
    let odd = closed(&bench, "ccc.tif").await;
    let topics =
        "update cases set topic = case number when 1 then 'goods' when 2 then 'data_privacy'
                  else 'praise' end";
    bench.by_hand(topics).await.unwrap();
    let mut privacy = rule("privacy", "6 years");
    privacy.topics = vec!["data_privacy".into()];
    let mut cards = rule("cards", "1 day");
    cards.kinds = vec![ThingKind::Card];
    let mut rest = rule("rest", "1 year");
    rest.topics = vec!["goods".into(), "data_privacy".into()];
    rest.kinds = vec![ThingKind::Letter, ThingKind::Email];
    rest.since = Since::Received;
    let rules = [privacy, cards, rest];
    let swept = sweep(&bench, &rules, date(2029, 12, 31)).await;
    assert_eq!(due(&swept), [old]);
    let young: Vec<usize> = swept.rules.iter().map(|found| found.young).collect();
    assert_eq!((young, swept.uncovered), (vec![1, 0, 0], 1));
    assert_eq!(status(&bench, private).await, CaseStatus::Closed);
    assert_eq!(status(&bench, odd).await, CaseStatus::Closed);
    assert_eq!(
        due(&sweep(&bench, &rules, date(2030, 2, 28)).await),
        [private]
    );
}

async fn days_are_those_of_the_configured_zone(bench: Bench) {
    closed(&bench, "a.tif").await;
    // In London it is the next day already.
    let late = "update cases set closed_at = '2024-06-30T23:30:00.000000Z' where state = 'closed'";
    bench.by_hand(late).await.unwrap();
    let london = TimeZone::get("Europe/London").unwrap();
    for (zone, day) in [
        (TimeZone::UTC, date(2024, 6, 30)),
        (london, date(2024, 7, 1)),
    ] {
        let found = bench.store.closed_cases(&zone).await.unwrap();
        assert_eq!(found[0].closed, day);
        assert_eq!(found[0].kinds, [ThingKind::Letter]);
    }
}

async fn a_case_taken_up_in_the_meantime_is_left_alone(bench: Bench) {
    let case = closed(&bench, "a.tif").await;
    let zone = TimeZone::UTC;
    let mut change = bench.store.change(&clerk()).await.unwrap();
    assert!(change.closed_case(case, &zone).await.unwrap().is_some());
    change
        .reopen_case(case, "the cheque did not come")
        .await
        .unwrap();
    assert_eq!(change.closed_case(case, &zone).await.unwrap(), None);
    let archived = change
        .archive_case(case, serde_json::json!({}))
        .await
        .unwrap();
    assert!(!archived);
    change.commit().await.unwrap();
    let rules = [rule("rest", "1 day")];
    assert!(due(&sweep(&bench, &rules, date(2029, 1, 1)).await).is_empty());
}

//! The work on a case: who has it, tasks, notes, answers, acknowledgements; customers joined and parted.

use super::{Lies, file_letter, from_harris};
use crate::cases::answering::{self, Acknowledged, Answer, Correspondence, ReplyError};
use crate::cases::people::{self, Imported, Listed};
use crate::cases::{self, Destination, work};
use crate::domain::geometry::Rect;
use crate::domain::reply::{Channel, TaskKind};
use crate::domain::retention::Pending;
use crate::domain::verdict::Verdict;
use crate::rules::Rules;
use crate::store::notes::NotePlace;
use crate::store::replies::ReplyState;
use crate::store::search::{Found, SearchFilter};
use crate::store::tasks::{NewTask, TaskState};
use crate::store::testing::{self, Bench};
use crate::store::work::CaseStatus;
use crate::store::{Actor, StoreError};
use crate::templates::{CompanyFacts, Templates};

testing::on_both!(
    a_case_goes_from_hand_to_hand,
    tasks_end_once,
    what_is_late_is_put_higher_once,
    notes_stay_with_their_document,
    a_letter_is_acknowledged_once_and_by_post,
    a_doubtful_address_waits_for_review,
    an_answer_sets_call_backs,
    what_a_template_lacks_is_told_before_anything_is_written,
    a_list_of_customers_is_taken_in_twice,
    joined_customers_are_parted_again,
    old_cases_are_archived,
    a_letter_of_an_important_customer_is_urgent,
);

fn agent() -> Actor {
    Actor::person("ann")
}

pub(super) fn correspondence() -> Correspondence {
    Correspondence {
        templates: Templates::embedded(),
        company: CompanyFacts {
            name: "Hartwell & Finch Ltd".into(),
            ..CompanyFacts::default()
        },
        language: "en".into(),
        own: vec!["care@example.com".into()],
        host: "example.com".into(),
        acknowledge_letters: Some(5),
        acknowledge_mail: true,
        zone: jiff::tz::TimeZone::UTC,
    }
}

const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 20);

async fn a_case_goes_from_hand_to_hand(bench: Bench) {
    let case = file_letter(&bench, "a.tif", from_harris("Hello"))
        .await
        .lies()
        .case;
    let status = async || {
        let record = bench.store.case(case).await.unwrap();
        bench
            .store
            .progress(case)
            .await
            .unwrap()
            .status(record.state)
    };
    assert_eq!(status().await, CaseStatus::New);
    let give = async |team| {
        work::give(&bench.store, case, Some("ann"), team, &agent())
            .await
            .unwrap()
    };
    assert!(give(None).await);
    assert!(!give(None).await);
    assert!(give(Some("accounts")).await);
    assert!(!give(Some("accounts")).await);
    assert_eq!(status().await, CaseStatus::InWork);
    assert!(
        work::close(&bench.store, case, "refunded", &agent())
            .await
            .unwrap()
    );
    assert!(
        !work::close(&bench.store, case, "again", &agent())
            .await
            .unwrap()
    );
    assert_eq!(status().await, CaseStatus::Closed);
    assert!(
        work::reopen(&bench.store, case, "not yet", &agent())
            .await
            .unwrap()
    );
    assert_eq!(status().await, CaseStatus::InWork);
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn tasks_end_once(bench: Bench) {
    let case = file_letter(&bench, "a.tif", from_harris("Hello"))
        .await
        .lies()
        .case;
    let task = NewTask {
        case,
        kind: TaskKind::CallBack,
        what: "ring her".into(),
        owner: Some("ann".into()),
        due: TODAY,
    };
    let id = work::set_task(&bench.store, &task, &agent()).await.unwrap();
    assert_eq!(bench.store.tasks(None, Some("ann")).await.unwrap().len(), 1);
    assert!(
        bench
            .store
            .tasks(None, Some("bob"))
            .await
            .unwrap()
            .is_empty()
    );
    let end = async || {
        work::end_task(&bench.store, id, TaskState::Done, &agent())
            .await
            .unwrap()
    };
    assert!(end().await && !end().await);
    assert!(bench.store.tasks(None, None).await.unwrap().is_empty());
    // Closing a case drops what was to be done.
    work::set_task(&bench.store, &task, &agent()).await.unwrap();
    work::close(&bench.store, case, "done", &agent())
        .await
        .unwrap();
    let states: Vec<_> = bench
        .store
        .tasks_of(case)
        .await
        .unwrap()
        .iter()
        .map(|task| task.state)
        .collect();
    assert_eq!(states, [TaskState::Done, TaskState::Dropped]);
}

async fn what_is_late_is_put_higher_once(bench: Bench) {
    let case = file_letter(&bench, "a.tif", from_harris("Hello"))
        .await
        .lies()
        .case;
    let deadline = bench.store.case(case).await.unwrap().deadline;
    let rules = Rules::embedded();
    let on = async |day| work::escalate(&bench.store, &rules, day).await.unwrap();
    assert!(on(TODAY).await.is_empty());
    let near = on(deadline).await;
    assert_eq!((near.len(), near[0].late), (1, false));
    assert!(on(deadline).await.is_empty());
    let past = on(deadline.tomorrow().unwrap()).await;
    assert_eq!((past.len(), past[0].late), (1, true));
    assert!(on(deadline.tomorrow().unwrap()).await.is_empty());
    assert_eq!(bench.store.tasks_of(case).await.unwrap()[0].escalated, 2);
}

async fn notes_stay_with_their_document(bench: Bench) {
    let filed = file_letter(&bench, "a.tif", from_harris("Hello")).await;
    let case = filed.lies().case;
    let on = |rect| NotePlace {
        document: filed.document,
        on: Some((1, rect)),
    };
    let note = async |place, text| work::note(&bench.store, case, place, text, &agent()).await;
    note(Some(on(Rect::new(1, 1, 5, 5))), "the serial number")
        .await
        .unwrap();
    let beyond = note(Some(on(Rect::new(1, 1, 50_000, 5))), "nowhere").await;
    assert!(
        matches!(beyond, Err(StoreError::Unknown { .. })),
        "{beyond:?}"
    );
    note(None, "rang her").await.unwrap();
    let (to, ann) = (Destination::NewCase, agent());
    let other = cases::move_document(&bench.store, filed.document, to, "", &ann)
        .await
        .unwrap();
    let moved = bench.store.notes_of(other).await.unwrap();
    assert_eq!((moved.len(), &*moved[0].text), (1, "the serial number"));
    let filter = SearchFilter {
        kind: Some(Found::Note),
        ..SearchFilter::default()
    };
    let found = bench.store.search("serial", &filter).await.unwrap();
    assert_eq!(found[0].case, Some(other));
    // It goes on with the document, is changed there, and taken away; what it said is in the history.
    let id = moved[0].id;
    let wider = Some((1, Rect::new(1, 1, 50, 5)));
    let change = async |text, on| work::change_note(&bench.store, id, text, on, &agent()).await;
    change("the model", wider).await.unwrap();
    let beyond = change("nowhere", Some((1, Rect::new(1, 1, 50_000, 5)))).await;
    assert!(beyond.is_err(), "{beyond:?}");
    let changed = bench.store.note(id).await.unwrap();
    assert_eq!(
        (&*changed.text, changed.place.unwrap().on),
        ("the model", wider)
    );
    assert_eq!(changed.changed.unwrap().1, "ann");
    let hits = async |words| bench.store.search(words, &filter).await.unwrap().len();
    assert_eq!((hits("serial").await, hits("model").await), (0, 1));
    work::remove_note(&bench.store, id, &agent()).await.unwrap();
    assert!(work::remove_note(&bench.store, id, &agent()).await.is_err());
    assert!(bench.store.notes_of(other).await.unwrap().is_empty());
    assert_eq!(hits("model").await, 0);
    let history = bench.store.history(other).await.unwrap();
    let said: Vec<_> = history
        .iter()
        .filter(|event| event.detail.get("note").is_some())
        .map(|event| event.detail["before"]["value"].clone())
        .collect();
    assert_eq!(said, ["the serial number", "the model"]);
    assert_eq!(bench.count("notes where removed_by = 'ann'").await, 1);
    // Moved once more, what was taken away stays so.
    let to = Destination::Case(case);
    cases::move_document(&bench.store, filed.document, to, "", &ann)
        .await
        .unwrap();
    assert_eq!(bench.store.notes_of(case).await.unwrap().len(), 1);
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn acknowledge(bench: &Bench) -> Acknowledged {
    let (with, rules) = (correspondence(), Rules::embedded());
    answering::acknowledge(&bench.store, &with, &rules, TODAY)
        .await
        .unwrap()
}

async fn a_letter_is_acknowledged_once_and_by_post(bench: Bench) {
    let case = file_letter(&bench, "a.tif", from_harris("Hello"))
        .await
        .lies()
        .case;
    assert_eq!(acknowledge(&bench).await.by_post, 1);
    assert_eq!(acknowledge(&bench).await, Acknowledged::default());
    let reply = bench.store.replies_of(case).await.unwrap().remove(0);
    assert_eq!(
        (reply.reply.channel, reply.state),
        (Channel::Post, ReplyState::Waiting)
    );
    assert_eq!(reply.reply.to_name, "Mary Harris");
    assert!(reply.reply.to_address.contains("14 Mill Lane"), "{reply:?}");
    assert!(reply.reply.body.contains(&case.to_string()));
    assert_eq!(bench.store.outbox(Channel::Post, 9).await.unwrap().len(), 1);
    assert!(
        bench
            .store
            .outbox(Channel::Email, 9)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn a_doubtful_address_waits_for_review(bench: Bench) {
    let mut letter = from_harris("Hello");
    super::doubt(&mut letter, crate::domain::letter::LetterField::Postcode);
    let filed = file_letter(&bench, "a.tif", letter).await;
    assert_eq!(acknowledge(&bench).await.later, 1);
    let decision = cases::review::Decision::Value("LS6 3HN".into());
    let field = crate::domain::letter::LetterField::Postcode;
    let ann = agent();
    let settled = cases::review::settle(&bench.store, filed.document, field, &decision, &ann);
    assert_eq!(settled.await.unwrap().verdict, Verdict::Accepted);
    assert_eq!(acknowledge(&bench).await.by_post, 1);
}

pub(super) fn answer(case: crate::domain::grammar::case_reference::CaseReference) -> Answer {
    Answer {
        case,
        template: "reply".into(),
        channel: None,
        text: Some("It is on its way.".into()),
        settles: false,
        agent: Some("Ann".into()),
    }
}

async fn an_answer_sets_call_backs(bench: Bench) {
    let case = file_letter(&bench, "a.tif", from_harris("Hello"))
        .await
        .lies()
        .case;
    let (with, rules) = (correspondence(), Rules::embedded());
    let write = async |by: &Actor, settles| {
        let answer = Answer {
            settles,
            ..answer(case)
        };
        answering::answer(&bench.store, &with, &rules, &answer, TODAY, by)
            .await
            .unwrap();
        let open = bench.store.tasks(None, None).await.unwrap();
        let open: Vec<_> = open.iter().map(|task| task.task.owner.clone()).collect();
        for task in bench.store.tasks(None, None).await.unwrap() {
            work::end_task(&bench.store, task.id, TaskState::Done, by)
                .await
                .unwrap();
        }
        open
    };
    // Settled, and nobody else's: nothing more to do.
    assert!(write(&agent(), true).await.is_empty());
    // Not settled: a call-back is proposed.
    assert_eq!(write(&agent(), false).await, [None]);
    // Somebody else's case: its owner rings, settled or not.
    work::give(&bench.store, case, Some("ann"), None, &agent())
        .await
        .unwrap();
    let other = Actor::person("bob");
    assert_eq!(write(&other, true).await, [Some("ann".to_owned())]);
    assert!(write(&agent(), true).await.is_empty());
    let record = bench.store.case(case).await.unwrap();
    let progress = bench.store.progress(case).await.unwrap();
    assert_eq!(progress.status(record.state), CaseStatus::Answered);
    // The customer writes again: it is answered no more.
    file_letter(&bench, "b.tif", from_harris("And?")).await;
    let progress = bench.store.progress(case).await.unwrap();
    assert_eq!(progress.status(record.state), CaseStatus::InWork);
}

async fn what_a_template_lacks_is_told_before_anything_is_written(bench: Bench) {
    let case = file_letter(&bench, "a.tif", from_harris("Hello"))
        .await
        .lies()
        .case;
    let (with, rules) = (correspondence(), Rules::embedded());
    let without = Answer {
        text: None,
        ..answer(case)
    };
    let refused = answering::answer(&bench.store, &with, &rules, &without, TODAY, &agent()).await;
    assert!(
        matches!(refused, Err(ReplyError::Template(_))),
        "{refused:?}"
    );
    let by_mail = Answer {
        channel: Some(Channel::Email),
        ..answer(case)
    };
    let refused = answering::answer(&bench.store, &with, &rules, &by_mail, TODAY, &agent()).await;
    assert!(
        matches!(refused, Err(ReplyError::NoAddress { .. })),
        "{refused:?}"
    );
    assert!(bench.store.replies_of(case).await.unwrap().is_empty());
}

async fn a_list_of_customers_is_taken_in_twice(bench: Bench) {
    file_letter(&bench, "a.tif", from_harris("Hello")).await;
    let line = |number: &str, name: &str, tier: &str| Listed {
        number: Some(number.into()),
        name: name.into(),
        street: Some("14 Mill Lane".into()),
        postcode: Some("ls6 3hn".into()),
        email: Some("Home@Example.com".into()),
        tier: Some(tier.into()),
        ..Listed::default()
    };
    let list = [
        line("7", "Mary Harris", "gold"),
        line("8", "Tom Patel", "none"),
    ];
    let done = people::import(&bench.store, &list, &agent()).await.unwrap();
    assert_eq!(done, [Imported::Changed, Imported::New]);
    let again = people::import(&bench.store, &list, &agent()).await.unwrap();
    assert_eq!(again, [Imported::Same, Imported::Same]);
    // A namesake in the same house with another number is another person.
    let other = [line("9", "Mary Harris", "none")];
    let done = people::import(&bench.store, &other, &agent())
        .await
        .unwrap();
    assert_eq!(done, [Imported::New]);
    let found = bench.store.customers("harris").await.unwrap();
    assert_eq!(found.len(), 2);
    // By their numbers the two are not one.
    assert!(bench.store.likely_twins().await.unwrap().is_empty());
    let unnumbered = Listed {
        name: "Mary Harris".into(),
        email: Some("mary@example.org".into()),
        ..Listed::default()
    };
    people::import(&bench.store, std::slice::from_ref(&unnumbered), &agent())
        .await
        .unwrap();
    let phone = Listed {
        phone: Some("01632 960 180".into()),
        street: None,
        postcode: None,
        ..line("9", "Mary Harris", "none")
    };
    let same = Listed {
        phone: phone.phone.clone(),
        ..unnumbered
    };
    people::import(&bench.store, &[phone, same], &agent())
        .await
        .unwrap();
    let twins = bench.store.likely_twins().await.unwrap();
    assert_eq!(
        (twins.len(), &*twins[0].why),
        (1, "the same surname and telephone number")
    );
    let case = bench
        .store
        .cases(&cases::CaseFilter::default())
        .await
        .unwrap()
        .remove(0);
    // Tom moved within the town: a list without postcodes says so.
    let moved = Listed {
        street: Some("9 New Road".into()),
        postcode: None,
        ..line("8", "Tom Patel", "none")
    };
    people::import(&bench.store, &[moved], &agent())
        .await
        .unwrap();
    let tom = bench.store.record_numbered("8").await.unwrap().unwrap();
    let tom = bench.store.customer(tom).await.unwrap();
    assert_eq!((&*tom.keys.postcode, &*tom.keys.house), ("LS63HN", "9"));
    let hers = bench.store.profile(case.customer.unwrap()).await.unwrap();
    assert_eq!(
        (hers.standing.number.as_deref(), hers.addresses),
        (Some("7"), vec!["home@example.com".into()])
    );
}

async fn joined_customers_are_parted_again(bench: Bench) {
    file_letter(&bench, "a.tif", from_harris("Hello")).await;
    let other = testing::letter_from("Mary Harris", "2 New Road", "M1 1AA", "Hello again");
    file_letter(&bench, "b.tif", other).await;
    let cases = bench
        .store
        .cases(&cases::CaseFilter::default())
        .await
        .unwrap();
    let (kept, gone) = (cases[0].customer.unwrap(), cases[1].customer.unwrap());
    let list = [Listed {
        number: Some("7".into()),
        name: "Mary Harris".into(),
        street: Some("2 New Road".into()),
        postcode: Some("M1 1AA".into()),
        ..Listed::default()
    }];
    people::import(&bench.store, &list, &agent()).await.unwrap();
    people::merge(&bench.store, kept, gone, "she moved", &agent())
        .await
        .unwrap();
    assert_eq!(bench.store.profile(kept).await.unwrap().cases.len(), 2);
    let twice = people::merge(&bench.store, kept, gone, "again", &agent()).await;
    assert!(twice.is_err());
    // Her number came with her, and the company's own list is taken in as before.
    let hers = bench.store.profile(kept).await.unwrap().standing.number;
    assert_eq!(hers.as_deref(), Some("7"));
    let done = people::import(&bench.store, &list, &agent()).await.unwrap();
    assert_eq!(done.len(), 1);
    // A case that came since stays where it belongs.
    work::close(&bench.store, cases[0].reference, "done", &agent())
        .await
        .unwrap();
    assert!(
        people::unmerge(&bench.store, gone, "they are two", &agent())
            .await
            .unwrap()
    );
    assert!(
        !people::unmerge(&bench.store, gone, "again", &agent())
            .await
            .unwrap()
    );
    let theirs = bench.store.profile(gone).await.unwrap().standing.number;
    assert_eq!(theirs.as_deref(), Some("7"));
    assert_eq!(
        bench.store.profile(kept).await.unwrap().cases,
        [cases[0].reference]
    );
    assert_eq!(
        bench.store.profile(gone).await.unwrap().cases,
        [cases[1].reference]
    );
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn old_cases_are_archived(bench: Bench) {
    let case = file_letter(&bench, "a.tif", from_harris("Hello"))
        .await
        .lies()
        .case;
    let later = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
    let sweep = async |dry| {
        work::archive_old(&bench.store, later, None, dry, &agent())
            .await
            .unwrap()
    };
    assert!(sweep(false).await.is_empty());
    work::close(&bench.store, case, "done", &agent())
        .await
        .unwrap();
    // What somebody still has to do something about stays.
    let open = "update documents set in_review = 1";
    bench.by_hand(open).await.unwrap();
    assert_eq!(sweep(false).await[0].held, [Pending::Review]);
    let settled = "update documents set in_review = 0";
    bench.by_hand(settled).await.unwrap();
    assert_eq!(sweep(true).await.len(), 1);
    assert_eq!(sweep(false).await.len(), 1);
    assert!(sweep(false).await.is_empty());
    let record = bench.store.case(case).await.unwrap();
    let progress = bench.store.progress(case).await.unwrap();
    assert_eq!(progress.status(record.state), CaseStatus::Archived);
    // Who writes again has it opened again.
    file_letter(&bench, "b.tif", testing::draft(&case.to_string(), &[])).await;
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn a_letter_of_an_important_customer_is_urgent(bench: Bench) {
    let case = file_letter(&bench, "a.tif", from_harris("My kettle broke."))
        .await
        .lies()
        .case;
    let rules = Rules::embedded();
    assert_eq!(work::weigh_tiers(&bench.store, &rules).await.unwrap(), 0);
    let list = [Listed {
        number: Some("7".into()),
        name: "Mary Harris".into(),
        street: Some("14 Mill Lane".into()),
        postcode: Some("LS6 3HN".into()),
        tier: Some("gold".into()),
        ..Listed::default()
    }];
    people::import(&bench.store, &list, &agent()).await.unwrap();
    assert_eq!(work::weigh_tiers(&bench.store, &rules).await.unwrap(), 1);
    assert_eq!(work::weigh_tiers(&bench.store, &rules).await.unwrap(), 0);
    let record = bench.store.case(case).await.unwrap();
    assert_eq!(
        record.priority,
        crate::domain::case::Priority::ImportantCustomer
    );
}

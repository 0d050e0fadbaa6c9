//! What is to be done when a case ends, begins again or is answered by somebody else; and what its
//! customer hears of it.

use super::mail::{file_raw, lies, message};
use super::work::{answer, correspondence};
use super::{Lies, file_letter, from_harris};
use crate::cases::answering::{self, Answer, Status};
use crate::cases::correcting::{self, Correction};
use crate::cases::mail::FiledMail;
use crate::cases::{CaseState, work};
use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::message::{Mailbox, Message, MessageId};
use crate::domain::reply::{Channel, TaskKind};
use crate::rules::Rules;
use crate::store::replies::{NewReply, ReplyState};
use crate::store::tasks::{NewTask, TaskState};
use crate::store::testing::{self, Bench};
use crate::store::typed::Particular;
use crate::store::{Actor, StoreError};
use jiff::civil::{Date, date};

testing::on_both!(
    who_opens_a_case_again_has_its_tasks_again,
    nothing_is_set_on_a_closed_case_and_a_call_back_opens_it,
    tasks_are_put_higher_by_their_own_deadlines,
    an_answer_by_post_or_e_mail_of_somebody_else_is_followed_up,
    an_e_mail_of_another_unit_is_followed_up,
    only_what_answers_the_customer_is_followed_up,
    a_customer_is_told_once_a_day_how_it_stands_last,
    who_asked_and_has_no_address_is_not_forgotten,
    a_letter_has_the_days_of_its_place,
);

/// A Friday.
const TODAY: Date = date(2026, 11, 20);

fn ann() -> Actor {
    Actor::person("ann")
}

fn task(case: CaseReference, what: &str, due: Date) -> NewTask {
    NewTask {
        case,
        kind: TaskKind::FollowUp,
        what: what.into(),
        owner: None,
        due,
    }
}

async fn letter(bench: &Bench) -> CaseReference {
    let filed = file_letter(bench, "a.tif", from_harris("My kettle broke.")).await;
    filed.lies().case
}

/// What is open on a case, in words, with whose it is.
async fn open(bench: &Bench, case: CaseReference) -> Vec<(String, Option<String>)> {
    let tasks = bench.store.tasks_of(case).await.unwrap();
    let open = tasks
        .into_iter()
        .filter(|task| task.state == TaskState::Open);
    open.map(|task| (task.task.what, task.task.owner)).collect()
}

async fn who_opens_a_case_again_has_its_tasks_again(bench: Bench) {
    let (store, case) = (&bench.store, letter(&bench).await);
    let set = async |what: &str| {
        let task = task(case, what, TODAY);
        work::set_task(store, &task, &ann()).await.unwrap()
    };
    let dropped = set("dropped before").await;
    work::end_task(store, dropped, TaskState::Dropped, &ann())
        .await
        .unwrap();
    set("has the parcel come?").await;
    let deadline = store.case(case).await.unwrap().deadline;
    assert!(work::close(store, case, "refunded", &ann()).await.unwrap());
    assert!(open(&bench, case).await.is_empty());
    assert!(work::reopen(store, case, "no", &ann()).await.unwrap());
    let again = [("has the parcel come?".to_owned(), None)];
    assert_eq!(open(&bench, case).await, again);
    assert_eq!(store.case(case).await.unwrap().deadline, deadline);
    // Both stand in the history: what was dropped with the case, and what was taken up again.
    let told = |events: Vec<_>, what: &str| {
        let of = |event: &&crate::store::events::EventRecord| {
            event.detail["state"] == what || event.detail["again"] == true && what == "again"
        };
        events.iter().filter(of).count()
    };
    let history = store.history(case).await.unwrap();
    assert_eq!(told(history.clone(), "dropped"), 2);
    assert_eq!(told(history, "again"), 1);
    // A case that was not closed loses and gets nothing.
    assert!(!work::reopen(store, case, "no", &ann()).await.unwrap());
    assert_eq!(open(&bench, case).await, again);
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn reply(bench: &Bench, case: CaseReference, by: &str, settles: bool, channel: Channel) {
    let answer = Answer {
        settles,
        channel: Some(channel),
        ..answer(case)
    };
    let (with, rules) = (correspondence(), Rules::embedded());
    answering::answer(
        &bench.store,
        &with,
        &rules,
        &answer,
        TODAY,
        &Actor::person(by),
    )
    .await
    .unwrap();
}

async fn nothing_is_set_on_a_closed_case_and_a_call_back_opens_it(bench: Bench) {
    let (store, case) = (&bench.store, letter(&bench).await);
    let state = async || store.case(case).await.unwrap().state;
    work::close(store, case, "done", &ann()).await.unwrap();
    let refused = work::set_task(store, &task(case, "ring", TODAY), &ann()).await;
    assert!(
        matches!(refused, Err(StoreError::CaseClosed { .. })),
        "{refused:?}"
    );
    reply(&bench, case, "ann", true, Channel::Post).await;
    assert_eq!(state().await, CaseState::Closed);
    reply(&bench, case, "ann", false, Channel::Post).await;
    assert_eq!(state().await, CaseState::Open);
    assert_eq!(open(&bench, case).await.len(), 1);
    // What could not be sent must be written anew, on a closed case too.
    work::close(store, case, "done", &ann()).await.unwrap();
    let mut change = store.change(&ann()).await.unwrap();
    let kind = crate::domain::reply::ReplyKind::Reply;
    answering::given_up(&mut change, case, kind, "no such mailbox")
        .await
        .unwrap();
    change.commit().await.unwrap();
    assert_eq!(state().await, CaseState::Open);
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn tasks_are_put_higher_by_their_own_deadlines(bench: Bench) {
    let (store, case) = (&bench.store, letter(&bench).await);
    // Due on a Wednesday, long before the case.
    let due = date(2026, 11, 25);
    let id = work::set_task(store, &task(case, "ring", due), &ann())
        .await
        .unwrap();
    let rules = Rules::embedded();
    let on = async |day| {
        let found = work::escalate(store, &rules, day).await.unwrap();
        let found = found.iter().map(|one| (one.task, one.deadline, one.late));
        found.collect::<Vec<_>>()
    };
    let kind = Some(TaskKind::FollowUp);
    assert_eq!(on(date(2026, 11, 23)).await, []);
    assert_eq!(on(date(2026, 11, 24)).await, [(kind, due, false)]);
    assert_eq!(on(due).await, []);
    assert_eq!(on(date(2026, 11, 26)).await, [(kind, due, true)]);
    assert_eq!(on(date(2026, 11, 27)).await, []);
    work::end_task(store, id, TaskState::Done, &ann())
        .await
        .unwrap();
    // Nobody looks at what was dropped with its case.
    work::set_task(store, &task(case, "ring", due), &ann())
        .await
        .unwrap();
    work::close(store, case, "done", &ann()).await.unwrap();
    assert_eq!(on(date(2027, 3, 1)).await, []);
}

async fn an_answer_by_post_or_e_mail_of_somebody_else_is_followed_up(bench: Bench) {
    let (store, case) = (&bench.store, letter(&bench).await);
    let mail = format!("Mary Harris writes about {case}");
    let from = "Mary Harris <mary@example.com>";
    lies(&bench, message("1@a", from, &mail, "And?")).await;
    let id = store.case(case).await.unwrap().customer.unwrap();
    let email = Correction {
        typed: vec![(Particular::Email, Some("mary@example.com".into()))],
        ..Correction::default()
    };
    correcting::correct(store, id, &email, &ann())
        .await
        .unwrap();
    work::give(store, case, Some("ann"), None, &ann())
        .await
        .unwrap();
    for channel in Channel::ALL {
        reply(&bench, case, "ann", true, channel).await;
        assert!(open(&bench, case).await.is_empty());
        for _ in 0..2 {
            reply(&bench, case, "bob", true, channel).await;
            let what = "bob answered your customer: see that it is settled".to_owned();
            let expected = [(what, Some("ann".to_owned()))];
            assert_eq!(open(&bench, case).await, expected, "{channel:?}");
        }
        for task in store.tasks_of(case).await.unwrap() {
            work::end_task(store, task.id, TaskState::Done, &ann())
                .await
                .unwrap();
        }
    }
    assert_eq!(bench.faults().await, [""; 0]);
}

/// A message of our own, to these.
fn ours(id: &str, by: &str, to: &[&str], answers: &str) -> Message {
    let from = format!("{by} <care@example.org>");
    let mut message = message(id, &from, "Kettle", &format!("Done: {id}."));
    let mailbox = |address: &&str| Mailbox {
        name: None,
        address: (*address).to_owned(),
    };
    message.to = to.iter().map(mailbox).collect();
    message.references = MessageId::of(answers).into_iter().collect();
    message
}

async fn case_of_mail(bench: &Bench) -> CaseReference {
    let first = message("1@a", "Jo <jo@example.com>", "Kettle", "It broke.");
    let (case, _) = lies(bench, first).await;
    work::give(&bench.store, case, Some("ann"), None, &ann())
        .await
        .unwrap();
    case
}

async fn take(bench: &Bench, message: Message) {
    let bytes = format!("{message:?}");
    let filed = file_raw(bench, bytes.as_bytes(), Ok(message)).await;
    assert!(matches!(filed, FiledMail::Filed { .. }), "{filed:?}");
}

async fn an_e_mail_of_another_unit_is_followed_up(bench: Bench) {
    let case = case_of_mail(&bench).await;
    work::close(&bench.store, case, "done", &ann())
        .await
        .unwrap();
    take(&bench, ours("2@b", "The shop", &["Jo@Example.com"], "1@a")).await;
    let what = "The shop answered your customer by e-mail: see that it is settled";
    let expected = [(what.to_owned(), Some("ann".to_owned()))];
    assert_eq!(open(&bench, case).await, expected);
    let record = bench.store.case(case).await.unwrap();
    assert_eq!(record.state, CaseState::Open, "somebody has to ring");
    let due = bench.store.tasks_of(case).await.unwrap()[0].task.due;
    assert_eq!(due, date(2026, 11, 25), "three working days");
    // One call tells of both.
    take(&bench, ours("3@b", "The shop", &["jo@example.com"], "2@b")).await;
    assert_eq!(open(&bench, case).await, expected);
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn only_what_answers_the_customer_is_followed_up(bench: Bench) {
    let case = case_of_mail(&bench).await;
    let to_nobody = ours("2@b", "The shop", &["stores@example.org"], "1@a");
    let by_owner = ours("3@b", "Ann", &["jo@example.com"], "1@a");
    let mut by_machine = ours("4@b", "The shop", &["jo@example.com"], "1@a");
    by_machine.automatic = Some(crate::domain::message::Automatic::AutoReply);
    // Another customer's mail is no answer of ours.
    let mut by_another = message("5@b", "Tom <tom@example.net>", "Kettle", "Mine too.");
    by_another.to.clone_from(&by_owner.to);
    by_another.references = MessageId::of("1@a").into_iter().collect();
    for message in [to_nobody, by_owner, by_machine, by_another] {
        take(&bench, message).await;
        assert!(open(&bench, case).await.is_empty());
    }
    // What left from here, and came back as a copy.
    let mut change = bench.store.change(&ann()).await.unwrap();
    let reply = change
        .reply(&testing::reply(case, "jo@example.com"))
        .await
        .unwrap();
    change.commit().await.unwrap();
    let name = format!("{reply}@example.org");
    take(&bench, ours(&name, "The shop", &["jo@example.com"], "1@a")).await;
    assert!(open(&bench, case).await.is_empty());
    // Nobody owns the case, so that nobody is to ring.
    work::give(&bench.store, case, None, None, &ann())
        .await
        .unwrap();
    take(&bench, ours("6@b", "The shop", &["jo@example.com"], "1@a")).await;
    assert!(open(&bench, case).await.is_empty());
}

async fn tell(bench: &Bench, case: CaseReference) -> Status {
    answering::tell_status(&bench.store, &correspondence(), case, TODAY)
        .await
        .unwrap()
}

/// What waits to be sent, whenever that is.
async fn waiting(bench: &Bench, case: CaseReference) -> Vec<NewReply> {
    let replies = bench.store.replies_of(case).await.unwrap();
    let waiting = replies
        .into_iter()
        .filter(|reply| reply.state == ReplyState::Waiting);
    waiting.map(|reply| reply.reply).collect()
}

async fn a_customer_is_told_once_a_day_how_it_stands_last(bench: Bench) {
    let (store, case) = (&bench.store, case_of_mail(&bench).await);
    assert_eq!(tell(&bench, case).await, Status::NotAsked);
    work::tell(store, case, true, &ann()).await.unwrap();
    assert_eq!(tell(&bench, case).await, Status::Waits);
    let first = waiting(&bench, case).await;
    assert!(first[0].body.contains("looking into it now"), "{first:?}");
    work::close(store, case, "done", &ann()).await.unwrap();
    assert_eq!(tell(&bench, case).await, Status::Waits);
    let last = waiting(&bench, case).await;
    assert_eq!(last.len(), 1, "one tells of both: {last:?}");
    assert!(last[0].body.contains("closed your case"), "{last:?}");
    assert_eq!(store.outbox(Channel::Email, 9).await.unwrap().len(), 1);
    // It left; what moves within the day waits until that is over.
    let id = store.outbox(Channel::Email, 9).await.unwrap()[0].id;
    let digest = store.keep_bytes(&[b"as it left"]).await.unwrap()[0];
    let mut change = store.change(&ann()).await.unwrap();
    change
        .reply_sent(id, digest, "message/rfc822", 10)
        .await
        .unwrap();
    change.commit().await.unwrap();
    for (opens, words) in [(true, "looking into it now"), (false, "closed your case")] {
        match opens {
            true => work::reopen(store, case, "no", &ann()).await.unwrap(),
            false => work::close(store, case, "yes", &ann()).await.unwrap(),
        };
        let told = tell(&bench, case).await;
        assert!(matches!(told, Status::WaitsUntil(_)), "{told:?}");
        assert!(store.outbox(Channel::Email, 9).await.unwrap().is_empty());
        let waits = waiting(&bench, case).await;
        assert_eq!(waits.len(), 1);
        assert!(waits[0].body.contains(words), "{waits:?}");
    }
    // Another case of theirs is another matter.
    let other = message(
        "9@a",
        "Jo <jo@example.com>",
        "A toaster, of last year",
        "Burnt.",
    );
    let (other, _) = lies(&bench, other).await;
    work::tell(store, other, true, &ann()).await.unwrap();
    assert_eq!(tell(&bench, other).await, Status::Waits);
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn who_asked_and_has_no_address_is_not_forgotten(bench: Bench) {
    let (store, case) = (&bench.store, letter(&bench).await);
    work::tell(store, case, true, &ann()).await.unwrap();
    let with = correspondence();
    let whom = async || answering::whom_to_tell(store, &with, case).await;
    assert!(whom().await.is_err());
    let told = tell(&bench, case).await;
    let why = "the customer has no e-mail address on record";
    assert_eq!(told, Status::NotTold(why.into()));
    let history = store.history(case).await.unwrap();
    assert_eq!(history.last().unwrap().detail["state"], "not told");
    let id = store.case(case).await.unwrap().customer.unwrap();
    let email = Correction {
        typed: vec![(Particular::Email, Some("mary@example.com".into()))],
        ..Correction::default()
    };
    correcting::correct(store, id, &email, &ann())
        .await
        .unwrap();
    assert_eq!(whom().await.unwrap(), "mary@example.com");
    assert_eq!(tell(&bench, case).await, Status::Waits);
}

async fn a_letter_has_the_days_of_its_place(bench: Bench) {
    let case = letter(&bench).await;
    let opened = bench.store.case(case).await.unwrap().opened_at;
    // So far east that it is the next day there for all but an hour or two.
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::Offset::constant(14));
    let there: jiff::Timestamp = opened.parse().unwrap();
    let there = there.to_zoned(zone.clone()).date();
    let front = "+++\nkind = \"reply\"\nchannels = [\"post\"]\nsubject = \"x\"\n+++\n";
    let text = format!("{front}{{{{ case.opened }}}}, {{{{ today }}}}");
    let mut with = correspondence();
    with.zone = zone;
    with.templates =
        crate::templates::Templates::parse([("reply.txt".to_owned(), text)].into_iter());
    let filled = answering::preview(&bench.store, &with, &answer(case), TODAY)
        .await
        .unwrap();
    let written = |day: Date| day.strftime("%-d %B %Y").to_string();
    let expected = format!("{}, {}", written(there), written(TODAY));
    assert!(filled.body.starts_with(&expected), "{filled:?}");
}

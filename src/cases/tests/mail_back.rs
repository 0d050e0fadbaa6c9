//! What comes back to us and what asks for answers elsewhere: bounces, `Reply-To`, machines.

use super::mail::{answering, lies, message};
use super::work::{answer, correspondence};
use crate::cases::{self, CaseFilter, CaseState};
use crate::domain::case::{AttachedBy, Priority};
use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::message::{Automatic, Mailbox, Message, Undelivered};
use crate::domain::reply::TaskKind;
use crate::rules::Rules;
use crate::store::Actor;
use crate::store::replies::{NewReply, ReplyState};
use crate::store::testing::{self, Bench};
use crate::store::work::CaseStatus;

testing::on_both!(
    a_reply_that_came_back_is_to_be_written_again,
    a_bounce_that_names_no_message_needs_the_address,
    what_came_back_after_another_answer_asks_for_nothing,
    a_notice_of_a_delay_changes_nothing,
    answers_go_where_they_are_asked_for,
    nobody_is_answered_at_an_address_that_a_stranger_names,
    behind_a_form_is_whoever_it_names,
    what_machines_write_is_never_late,
    many_addressees_are_counted,
);

const JO: &str = "Jo Day <jo@example.com>";

/// A case of Jo's with a reply that left; its Message-ID.
async fn answered(bench: &Bench) -> (CaseReference, String) {
    let (case, _) = lies(bench, message("1@a", JO, "Kettle", "It broke.")).await;
    (
        case,
        sent(bench, testing::reply(case, "Jo@example.com")).await,
    )
}

async fn sent(bench: &Bench, reply: NewReply) -> String {
    let digest = bench.store.keep_bytes(&[b"as it left"]).await.unwrap()[0];
    let mut change = bench.store.change(&Actor::postroom()).await.unwrap();
    let id = change.reply(&reply).await.unwrap();
    change.set_answered(reply.case, true).await.unwrap();
    let media = "message/rfc822";
    assert!(change.reply_sent(id, digest, media, 10).await.unwrap());
    change.commit().await.unwrap();
    format!("{id}@{}", reply.host)
}

fn bounce(id: &str, to: &str, text: &str) -> Message {
    let mut bounce = message(id, "MAILER-DAEMON@mx.example", "Undeliverable", text);
    bounce.automatic = Some(Automatic::Bounce);
    bounce.undelivered = Some(Undelivered {
        to: vec![to.to_owned()],
        why: "550 no such user".to_owned(),
        subject: String::new(),
    });
    bounce
}

async fn state(bench: &Bench, case: CaseReference) -> (ReplyState, Option<String>) {
    let reply = bench.store.replies_of(case).await.unwrap().remove(0);
    (reply.state, reply.trouble)
}

async fn a_reply_that_came_back_is_to_be_written_again(bench: Bench) {
    let (case, id) = answered(&bench).await;
    let agent = Actor::person("ann");
    cases::work::close(&bench.store, case, "answered", &agent)
        .await
        .unwrap();
    let bounce = answering(bounce("2@b", "jo@example.com", "See below."), &id);
    assert_eq!(lies(&bench, bounce).await, (case, AttachedBy::Thread));
    let (state, trouble) = state(&bench, case).await;
    assert_eq!(state, ReplyState::Failed);
    assert_eq!(trouble.as_deref(), Some("it came back: 550 no such user"));
    let record = bench.store.case(case).await.unwrap();
    let progress = bench.store.progress(case).await.unwrap();
    assert_eq!(record.state, CaseState::Open);
    assert_eq!(progress.status(record.state), CaseStatus::New);
    let task = bench.store.tasks_of(case).await.unwrap().remove(0);
    assert_eq!(task.task.kind, TaskKind::Reply);
    assert!(task.task.what.contains("550 no such user"), "{task:?}");
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn a_bounce_that_names_no_message_needs_the_address(bench: Bench) {
    let (case, _) = answered(&bench).await;
    let text = format!("Your message about {case} came back.");
    let forged = bounce("2@b", "other@example.com", &text);
    assert_eq!(lies(&bench, forged).await, (case, AttachedBy::Reference));
    assert_eq!(state(&bench, case).await.0, ReplyState::Sent);
    let mut real = bounce("3@b", "jo@example.com", "Your message came back.");
    if let Some(undelivered) = &mut real.undelivered {
        undelivered.subject = format!("Your kettle [{case}]");
    }
    assert_eq!(lies(&bench, real).await, (case, AttachedBy::Reference));
    assert_eq!(state(&bench, case).await.0, ReplyState::Failed);
}

async fn what_came_back_after_another_answer_asks_for_nothing(bench: Bench) {
    let (case, id) = answered(&bench).await;
    sent(&bench, testing::reply(case, "jo@work.example")).await;
    lies(&bench, answering(bounce("2@b", "jo@example.com", "x"), &id)).await;
    assert_eq!(state(&bench, case).await.0, ReplyState::Failed);
    assert!(bench.store.tasks_of(case).await.unwrap().is_empty());
    let progress = bench.store.progress(case).await.unwrap();
    assert!(progress.answered_at.is_some());
}

async fn a_notice_of_a_delay_changes_nothing(bench: Bench) {
    let (case, id) = answered(&bench).await;
    let mut delay = answering(bounce("2@b", "jo@example.com", "Later."), &id);
    delay.undelivered = None;
    assert_eq!(lies(&bench, delay).await, (case, AttachedBy::Thread));
    assert_eq!(state(&bench, case).await.0, ReplyState::Sent);
    assert!(bench.store.tasks_of(case).await.unwrap().is_empty());
}

fn asking_at(mut message: Message, address: &str) -> Message {
    message.reply_to = Some(Mailbox {
        name: None,
        address: address.to_owned(),
    });
    message
}

/// Where a reply on a case would go.
async fn goes_to(bench: &Bench, case: CaseReference) -> String {
    previewed(bench, case).await.to_address
}

async fn previewed(bench: &Bench, case: CaseReference) -> NewReply {
    let today = jiff::civil::date(2026, 11, 20);
    let with = correspondence();
    let answer = answer(case);
    let preview = cases::answering::preview(&bench.store, &with, &answer, today);
    preview.await.unwrap()
}

async fn answers_go_where_they_are_asked_for(bench: Bench) {
    let at_home = |id, text| asking_at(message(id, JO, "Kettle", text), "Home@Example.net");
    let (case, _) = lies(&bench, at_home("1@a", "It broke.")).await;
    assert_eq!(goes_to(&bench, case).await, "home@example.net");
    // So they do of the next, for it was so before anybody knew her.
    let next = answering(at_home("2@a", "Any news?"), "1@a");
    assert_eq!(lies(&bench, next).await.0, case);
    assert_eq!(goes_to(&bench, case).await, "home@example.net");
    // We ourselves get no answer, whoever asks for it.
    let ours = message("4@a", "Bo <bo@example.org>", "Toaster", "It broke.");
    let (ours, _) = lies(&bench, asking_at(ours, "Care@example.com")).await;
    assert_eq!(goes_to(&bench, ours).await, "bo@example.org");
    // Nobody is found by that address: it only asks for answers there.
    let other = message("3@a", "home@example.net", "Kettle", "I wrote. Any news?");
    assert_ne!(lies(&bench, other).await.0, case);
}

async fn nobody_is_answered_at_an_address_that_a_stranger_names(bench: Bench) {
    let (case, _) = lies(&bench, message("1@a", JO, "Kettle", "It broke.")).await;
    let forged = message("2@x", JO, "Re: Kettle", "Any news of it?");
    let forged = asking_at(answering(forged, "1@a"), "thief@example.net");
    assert_eq!(lies(&bench, forged).await.0, case);
    assert_eq!(goes_to(&bench, case).await, "jo@example.com");
    let kept = bench.store.mail_of(case).await.unwrap();
    let wanted = kept.iter().find_map(|mail| mail.reply_to.clone()).unwrap();
    assert_eq!(wanted.address, "thief@example.net");
    assert!(wanted.unused.unwrap().contains("known by another address"));
}

async fn behind_a_form_is_whoever_it_names(bench: Bench) {
    let form = |id, text| {
        let form = "Contact form <noreply@shop.example>";
        asking_at(
            message(id, form, "Message from the contact form", text),
            "jo@example.com",
        )
    };
    let (case, _) = lies(&bench, message("1@a", JO, "Kettle", "It broke.")).await;
    let (same, by) = lies(&bench, form("2@a", "My kettle: any news?")).await;
    assert_eq!((same, by), (case, AttachedBy::Customer));
    let reply = previewed(&bench, case).await;
    assert_eq!(
        (reply.to_name.as_str(), reply.to_address.as_str()),
        ("Jo Day", "jo@example.com")
    );
}

async fn what_machines_write_is_never_late(bench: Bench) {
    let legal = "My solicitor will take you to court.";
    let mut news = message("1@l", "news@shop.example", "This week", legal);
    news.automatic = Some(Automatic::Bulk);
    let (case, by) = lies(&bench, news).await;
    assert_eq!(by, AttachedBy::Opened);
    let record = bench.store.case(case).await.unwrap();
    assert_eq!((record.priority, record.awaited), (Priority::Normal, false));
    let (hers, _) = lies(&bench, message("2@a", JO, "Kettle", legal)).await;
    let record = bench.store.case(hers).await.unwrap();
    assert_eq!((record.priority, record.awaited), (Priority::Legal, true));
    let year_on = jiff::civil::date(2027, 11, 20);
    let rules = Rules::embedded();
    let late = cases::work::escalate(&bench.store, &rules, year_on)
        .await
        .unwrap();
    let late: Vec<_> = late.iter().map(|late| late.case).collect();
    assert_eq!(late, [hers]);
    assert!(bench.store.tasks_of(case).await.unwrap().is_empty());
    let listed = cases::list(&bench.store, &CaseFilter::default())
        .await
        .unwrap();
    let listed: Vec<_> = listed.iter().map(|case| case.reference).collect();
    assert_eq!(listed, [hers, case]);
    // Who answers it waits, from then on.
    let answer = answering(
        message("3@a", "ann@example.org", "Re: This week", "Well?"),
        "1@l",
    );
    assert_eq!(lies(&bench, answer).await.0, case);
    assert!(bench.store.case(case).await.unwrap().awaited);
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn many_addressees_are_counted(bench: Bench) {
    let mut many = message("1@a", JO, "Kettle", "It broke.");
    many.more_recipients = 2_000;
    let (case, _) = lies(&bench, many).await;
    let mail = bench.store.mail_of(case).await.unwrap().remove(0);
    assert_eq!((mail.more_recipients, mail.reply_to), (2_000, None));
}

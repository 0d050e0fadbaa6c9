//! E-mails on cases: answers, references, senders, copies, what cannot be read.

use super::{Lies, file_letter, from_harris};
use crate::cases::answering::Acknowledged;
use crate::cases::mail::{FiledMail, MailDraft, file_mail, move_mail};
use crate::cases::{self, CaseState, Destination};
use crate::domain::case::{AttachedBy, Receipt, ReceiptOrigin};
use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::identity::Digest;
use crate::domain::letter::LetterField;
use crate::domain::message::{Automatic, Mailbox, Message, MessageId, content_of};
use crate::domain::rejection::{Rejection, RejectionCode};
use crate::rules::Rules;
use crate::store::Actor;
use crate::store::messages::RawMail;
use crate::store::replies::ReplyState;
use crate::store::search::{Found, SearchFilter};
use crate::store::testing::{self, Bench, draft};

testing::on_both!(
    an_answer_joins_what_it_answers,
    an_answer_that_came_first_is_joined,
    messages_of_one_change_know_each_other,
    a_quoted_reference_joins_paper_and_mail,
    a_sender_joins_their_open_case_and_a_machine_does_not,
    a_family_shares_an_address,
    another_name_under_a_known_address_is_another_customer,
    copies_are_told_and_kept,
    what_cannot_be_read_is_set_aside,
    a_closed_case_is_opened_again_by_a_person_alone,
    mail_is_found_beside_letters,
    a_message_is_moved_and_an_empty_case_closes,
    a_message_on_a_case_of_its_own_keeps_its_customer,
    our_own_mail_is_no_customers,
    who_fills_in_a_form_is_not_its_address,
    an_answer_goes_to_the_customer_alone,
    what_was_given_up_is_to_be_answered_again,
    old_mail_is_not_acknowledged,
    one_pass_tells_an_address_once,
);

pub(super) fn message(id: &str, from: &str, subject: &str, text: &str) -> Message {
    let (name, address) = from.split_once('<').unwrap_or(("", from));
    let from = Some(Mailbox {
        name: (!name.trim().is_empty()).then(|| name.trim().to_owned()),
        address: address.trim_end_matches('>').to_owned(),
    });
    let content = content_of(from.as_ref(), None, subject, text, &[]);
    Message {
        id: MessageId::of(id),
        references: Vec::new(),
        from,
        reply_to: None,
        to: Vec::new(),
        cc: Vec::new(),
        more_recipients: 0,
        subject: subject.into(),
        sent: None,
        received: None,
        text: text.into(),
        fresh: text.into(),
        html: None,
        attachments: Vec::new(),
        automatic: None,
        undelivered: None,
        content,
    }
}

pub(super) fn answering(mut message: Message, to: &str) -> Message {
    message.references = MessageId::of(to).into_iter().collect();
    message
}

/// A message with its bytes, made up, to be filed.
async fn drafted<'a>(
    bench: &Bench,
    bytes: &[u8],
    message: Result<Message, Rejection>,
) -> MailDraft<'a> {
    let own = "care@example.org";
    let from = message
        .as_ref()
        .ok()
        .and_then(|message| message.from.as_ref());
    let ours = from.is_some_and(|from| from.key() == own);
    let digest = bench.store.keep_bytes(&[bytes]).await.unwrap()[0];
    MailDraft {
        raw: RawMail {
            origin: "a.eml",
            digest,
            bytes: bytes.len() as u64,
        },
        message,
        receipt: Receipt {
            day: jiff::civil::date(2026, 11, 20),
            origin: ReceiptOrigin::Message,
        },
        ours,
    }
}

pub(super) async fn file_raw(
    bench: &Bench,
    bytes: &[u8],
    message: Result<Message, Rejection>,
) -> FiledMail {
    let draft = drafted(bench, bytes, message).await;
    let filed = file_mail(&bench.store, &Rules::embedded(), &[draft]).await;
    filed.unwrap().remove(0)
}

pub(super) async fn lies(bench: &Bench, message: Message) -> (CaseReference, AttachedBy) {
    let bytes = format!("{message:?}");
    match file_raw(bench, bytes.as_bytes(), Ok(message)).await {
        FiledMail::Filed { case, by, .. } => (case, by),
        other => panic!("{other:?}"),
    }
}

async fn an_answer_joins_what_it_answers(bench: Bench) {
    let (first, by) = lies(
        &bench,
        message("1@a", "jo@example.com", "Kettle", "It broke."),
    )
    .await;
    assert_eq!(by, AttachedBy::Opened);
    let answer = message("2@b", "Ann <ann@example.org>", "Other words", "Me too.");
    let (second, by) = lies(&bench, answering(answer, "1@a")).await;
    assert_eq!((second, by), (first, AttachedBy::Thread));
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn an_answer_that_came_first_is_joined(bench: Bench) {
    let answer = message("2@b", "ann@example.org", "Re: Kettle", "Me too.");
    let (first, _) = lies(&bench, answering(answer, "1@a")).await;
    let (second, by) = lies(
        &bench,
        message("1@a", "jo@example.com", "Kettle", "It broke."),
    )
    .await;
    assert_eq!((second, by), (first, AttachedBy::Thread));
}

async fn messages_of_one_change_know_each_other(bench: Bench) {
    let mary = "Mary Harris <mary@example.com>";
    let first = message("1@a", mary, "Kettle", "It broke.");
    let answer = message("2@b", "Ann <ann@example.org>", "Re: Kettle", "Mine too.");
    let early = message("3@b", "Tom <tom@example.org>", "Re: Lamp", "So I think.");
    let late = message("4@a", "jo@example.com", "Lamp", "It is green.");
    let broken = Rejection::new(RejectionCode::Damaged, "no header".to_owned());
    let drafts = [
        drafted(&bench, b"one", Ok(first.clone())).await,
        drafted(&bench, b"one by another route", Ok(first.clone())).await,
        drafted(&bench, b"one", Ok(first)).await,
        drafted(&bench, b"two", Ok(answering(answer, "1@a"))).await,
        drafted(&bench, b"three", Ok(answering(early, "4@a"))).await,
        drafted(&bench, b"nothing", Err(broken)).await,
        drafted(&bench, b"four", Ok(late)).await,
    ];
    let filed = file_mail(&bench.store, &Rules::embedded(), &drafts).await;
    let [one, copy, same, two, three, aside, four] = filed.unwrap().try_into().unwrap();
    let lies = |filed: &FiledMail| match filed {
        FiledMail::Filed { case, by, .. } => (case.number(), *by),
        other => panic!("{other:?}"),
    };
    assert_eq!(lies(&one), (1, AttachedBy::Opened));
    assert!(
        matches!((&copy, &one), (FiledMail::Copy(of), FiledMail::Filed { id, .. }) if of == id)
    );
    assert_eq!(same, FiledMail::Known);
    assert_eq!(lies(&two), (1, AttachedBy::Thread));
    assert_eq!(lies(&three), (2, AttachedBy::Opened));
    assert!(matches!(aside, FiledMail::SetAside(_)));
    assert_eq!(lies(&four), (2, AttachedBy::Thread));
    // All of it is on record: its history, its words and its bytes.
    let history = bench.store.history(CaseReference::new(1).unwrap()).await;
    assert_eq!(history.unwrap().len(), 5);
    let found = bench.store.search("green", &SearchFilter::default()).await;
    assert_eq!(found.unwrap().len(), 1);
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn a_quoted_reference_joins_paper_and_mail(bench: Bench) {
    let letter = file_letter(&bench, "a.tif", from_harris("Hello")).await;
    let on = letter.lies().case;
    let subject = format!("Your letter [{on}]");
    let (case, by) = lies(&bench, message("1@a", "jo@example.com", &subject, "Well?")).await;
    assert_eq!((case, by), (on, AttachedBy::Reference));
    // One wrong digit attaches nothing.
    let misread = on.to_string().replace("PR-0000001", "PR-0000002");
    let (case, _) = lies(&bench, message("2@a", "x@example.com", &misread, "Well?")).await;
    assert_ne!(case, on);
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn a_sender_joins_their_open_case_and_a_machine_does_not(bench: Bench) {
    let from = "Mary Harris <Mary@Example.com>";
    let (first, _) = lies(&bench, message("1@a", from, "Kettle", "It broke.")).await;
    let (second, by) = lies(
        &bench,
        message(
            "2@a",
            "mary@example.com",
            "Well",
            "I wrote last week. Any news?",
        ),
    )
    .await;
    assert_eq!((second, by), (first, AttachedBy::Customer));
    let (other, _) = lies(
        &bench,
        message("9@a", from, "Ten new toys", "This week only."),
    )
    .await;
    assert_ne!(other, first);
    cases::work::close(
        &bench.store,
        other,
        "an advertisement",
        &Actor::person("agent"),
    )
    .await
    .unwrap();
    let mut away = message("3@a", from, "Out of office", "I am away.");
    away.automatic = Some(Automatic::AutoReply);
    let (third, by) = lies(&bench, away).await;
    assert_eq!(by, AttachedBy::Opened);
    let nobody = bench.store.case(third).await.unwrap();
    assert_eq!(nobody.customer, None);
    cases::work::close(&bench.store, first, "done", &Actor::person("agent"))
        .await
        .unwrap();
    let (fourth, by) = lies(&bench, message("4@a", from, "A new matter", "Hello")).await;
    assert_eq!(by, AttachedBy::Opened);
    assert_ne!(fourth, first);
    // The case is hers all the same.
    let (hers, before) = (
        bench.store.case(fourth).await.unwrap(),
        bench.store.case(first).await.unwrap(),
    );
    assert_eq!(hers.customer, before.customer);
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn a_family_shares_an_address(bench: Bench) {
    let (hers, _) = lies(
        &bench,
        message("1@a", "Mary Harris <home@example.com>", "A", "x"),
    )
    .await;
    cases::work::close(&bench.store, hers, "done", &Actor::person("agent"))
        .await
        .unwrap();
    // A letter names another person with the same address.
    let letter = draft(
        "Hello",
        &[
            (LetterField::SenderName, "Tom Patel"),
            (LetterField::Street, "14 Mill Lane"),
            (LetterField::Postcode, "LS6 3HN"),
            (LetterField::Email, "home@example.com"),
        ],
    );
    let his = file_letter(&bench, "a.tif", letter).await.lies().case;
    let (case, by) = lies(
        &bench,
        message("2@a", "T. Patel <home@example.com>", "B", "Any news?"),
    )
    .await;
    assert_eq!((case, by), (his, AttachedBy::Customer));
    let (case, _) = lies(&bench, message("3@a", "home@example.com", "C", "x")).await;
    assert!(case != his && case != hers);
    // Who of them it is nobody can say: no third person is made up.
    let nobodys = bench.store.case(case).await.unwrap();
    assert_eq!(nobodys.customer, None);
}

async fn another_name_under_a_known_address_is_another_customer(bench: Bench) {
    let from = |name: &str| format!("{name} <home@example.com>");
    let (hers, _) = lies(&bench, message("1@a", &from("Meera Patel"), "Bill", "x")).await;
    let (his, _) = lies(&bench, message("2@a", &from("Rohan Singh"), "Van", "y")).await;
    let customer = async |case| bench.store.case(case).await.unwrap().customer;
    assert!(his != hers && customer(his).await.is_some());
    assert_ne!(customer(his).await, customer(hers).await);
    for (id, name, case) in [("3@a", "R. Singh", his), ("4@a", "Meera Patel", hers)] {
        let lies = lies(&bench, message(id, &from(name), name, "Any news?")).await;
        assert_eq!(lies, (case, AttachedBy::Customer), "{name}");
    }
}

async fn copies_are_told_and_kept(bench: Bench) {
    let one = message("1@a", "jo@example.com", "Kettle", "It broke.");
    let first = file_raw(&bench, b"route one", Ok(one.clone())).await;
    let FiledMail::Filed { id, .. } = first else {
        panic!("{first:?}");
    };
    assert_eq!(
        file_raw(&bench, b"route two", Ok(one.clone())).await,
        FiledMail::Copy(id)
    );
    let known = bench
        .store
        .mail_known(&[Digest::of(b"route two"), Digest::of(b"route three")])
        .await;
    assert_eq!(known.unwrap(), [Digest::of(b"route two")]);
    // The same Message-ID with other words is another message.
    let other = message("1@a", "jo@example.com", "Kettle", "It exploded.");
    let filed = file_raw(&bench, b"other", Ok(other)).await;
    assert!(matches!(filed, FiledMail::Filed { .. }), "{filed:?}");
    assert_eq!(bench.count("messages").await, 3);
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn what_cannot_be_read_is_set_aside(bench: Bench) {
    let why = Rejection::new(RejectionCode::Damaged, "no header".to_owned());
    let filed = file_raw(&bench, b"\0\0", Err(why.clone())).await;
    let FiledMail::SetAside(id) = filed else {
        panic!("{filed:?}");
    };
    let aside = bench.store.mail_aside().await.unwrap();
    assert_eq!(
        (aside.len(), aside[0].id, &aside[0].rejection),
        (1, id, &why)
    );
    let digest = bench.store.mail_bytes(id).await.unwrap();
    assert_eq!(bench.store.blob(digest).await.unwrap(), b"\0\0");
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn a_closed_case_is_opened_again_by_a_person_alone(bench: Bench) {
    let from = "Mary Harris <mary@example.com>";
    let (on, _) = lies(&bench, message("1@a", from, "Kettle", "It broke.")).await;
    cases::work::close(&bench.store, on, "refunded", &Actor::person("agent"))
        .await
        .unwrap();
    let mut away = answering(message("2@a", from, "Away", "Until Monday."), "1@a");
    away.automatic = Some(Automatic::AutoReply);
    assert_eq!(lies(&bench, away).await.0, on);
    assert_eq!(bench.store.case(on).await.unwrap().state, CaseState::Closed);
    let again = answering(message("3@a", from, "Re: Kettle", "Not settled."), "1@a");
    assert_eq!(lies(&bench, again).await.0, on);
    let case = bench.store.case(on).await.unwrap();
    assert_eq!(case.state, CaseState::Open);
    // The clock runs anew: not since the first letter.
    assert!(case.deadline > jiff::civil::date(2026, 11, 20));
}

async fn mail_is_found_beside_letters(bench: Bench) {
    file_letter(&bench, "a.tif", from_harris("My kettle broke.")).await;
    let (case, _) = lies(
        &bench,
        message("1@a", "jo@example.com", "Boiler", "The kettle too."),
    )
    .await;
    let all = bench
        .store
        .search("kettle", &SearchFilter::default())
        .await
        .unwrap();
    assert_eq!(all.len(), 2);
    let filter = SearchFilter {
        kind: Some(Found::Message),
        since: Some(jiff::civil::date(2026, 11, 20)),
        ..SearchFilter::default()
    };
    let mail = bench.store.search("kettle boiler", &filter).await.unwrap();
    assert_eq!((mail.len(), mail[0].case), (1, Some(case)));
    assert_eq!(&mail[0].line[mail[0].marks[0].clone()], "Boiler");
    let late = SearchFilter {
        since: Some(jiff::civil::date(2026, 12, 24)),
        ..SearchFilter::default()
    };
    assert!(
        bench
            .store
            .search("kettle", &late)
            .await
            .unwrap()
            .is_empty()
    );
}

async fn a_message_is_moved_and_an_empty_case_closes(bench: Bench) {
    let (first, _) = lies(
        &bench,
        message("1@a", "jo@example.com", "Kettle", "It broke."),
    )
    .await;
    let (second, _) = lies(&bench, message("2@a", "ann@example.com", "Toaster", "Too.")).await;
    let id = bench.store.mail_of(second).await.unwrap()[0].id;
    let to = Destination::Case(first);
    let agent = Actor::person("agent");
    let now = move_mail(&bench.store, id, to, "one matter", &agent)
        .await
        .unwrap();
    assert_eq!(now, first);
    assert_eq!(bench.store.mail_of(first).await.unwrap().len(), 2);
    assert_eq!(
        bench.store.case(second).await.unwrap().state,
        CaseState::Closed
    );
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn a_message_on_a_case_of_its_own_keeps_its_customer(bench: Bench) {
    let from = "Jo Bell <jo@example.com>";
    let (on, _) = lies(&bench, message("1@a", from, "Kettle", "It broke.")).await;
    let answer = answering(message("2@a", from, "Toaster", "That too."), "1@a");
    assert_eq!(lies(&bench, answer).await.0, on);
    let jo = bench.store.case(on).await.unwrap().customer;
    assert!(jo.is_some());
    let id = bench.store.mail_of(on).await.unwrap()[1].id;
    let agent = Actor::person("agent");
    let to = Destination::NewCase;
    let now = move_mail(&bench.store, id, to, "another matter", &agent)
        .await
        .unwrap();
    assert_ne!(now, on);
    assert_eq!(bench.store.case(now).await.unwrap().customer, jo);
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn our_own_mail_is_no_customers(bench: Bench) {
    let from = "Mary Harris <mary@example.com>";
    let (on, _) = lies(&bench, message("1@a", from, "Kettle", "It broke.")).await;
    let reply = testing::reply(on, "mary@example.com");
    let mut change = bench.store.change(&Actor::postroom()).await.unwrap();
    let id = change.reply(&reply).await.unwrap();
    change.set_answered(on, true).await.unwrap();
    change.commit().await.unwrap();
    // The copy of our reply that the server keeps for us comes back.
    let copy = format!("{id}@{}", reply.host);
    let copy = message(
        &copy,
        "Customer Care <care@example.org>",
        "Your kettle",
        "It is mended.",
    );
    let (case, by) = lies(&bench, copy).await;
    assert_eq!((case, by), (on, AttachedBy::Thread));
    assert!(
        bench
            .store
            .progress(on)
            .await
            .unwrap()
            .answered_at
            .is_some()
    );
    // What somebody here forwards has a case of its own, and nobody is its customer.
    let forward = message("9@b", "care@example.org", "Fwd: hello", "See below.");
    let (other, _) = lies(&bench, forward).await;
    assert_eq!(bench.store.case(other).await.unwrap().customer, None);
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn who_fills_in_a_form_is_not_its_address(bench: Bench) {
    let form = |id, text| {
        message(
            id,
            "noreply@shop.example",
            "Message from the contact form",
            text,
        )
    };
    let (one, _) = lies(&bench, form("1@a", "My kettle broke. Mary Harris")).await;
    let (other, _) = lies(&bench, form("2@a", "Any news? Tom Patel")).await;
    assert_ne!(one, other);
    assert_eq!(bench.store.case(one).await.unwrap().customer, None);
}

async fn an_answer_goes_to_the_customer_alone(bench: Bench) {
    let from = "Mary Harris <mary@example.com>";
    let (on, _) = lies(&bench, message("1@a", from, "Kettle", "It broke.")).await;
    let again = answering(message("2@a", from, "Kettle", "Any news?"), "1@a");
    lies(&bench, again).await;
    let mut neighbour = message("3@b", "Nosy <nosy@example.net>", "Re: Kettle", "And?");
    neighbour.sent = "2027-01-01T00:00:00Z".parse().ok();
    assert_eq!(lies(&bench, answering(neighbour, "1@a")).await.0, on);
    let (with, answer) = (super::work::correspondence(), super::work::answer(on));
    let today = jiff::civil::date(2026, 11, 20);
    let preview = cases::answering::preview(&bench.store, &with, &answer, today);
    let reply = preview.await.unwrap();
    assert_eq!(reply.to_address, "mary@example.com");
    assert_eq!(reply.in_reply_to.as_deref(), Some("2@a"));
}

async fn what_was_given_up_is_to_be_answered_again(bench: Bench) {
    let from = "Mary Harris <mary@example.com>";
    let (on, _) = lies(&bench, message("1@a", from, "Kettle", "It broke.")).await;
    let reply = testing::reply(on, "mary@example.com");
    let mut change = bench.store.change(&Actor::postroom()).await.unwrap();
    let id = change.reply(&reply).await.unwrap();
    change.set_answered(on, true).await.unwrap();
    change
        .reply_not_sent(id, "no such mailbox", None)
        .await
        .unwrap();
    let trouble = "no such mailbox";
    cases::answering::given_up(&mut change, on, reply.kind, trouble)
        .await
        .unwrap();
    change.commit().await.unwrap();
    assert_eq!(bench.store.progress(on).await.unwrap().answered_at, None);
    let task = bench.store.tasks_of(on).await.unwrap().remove(0);
    assert!(task.task.what.contains("no such mailbox"));
    assert_eq!(bench.store.replies_in_trouble().await.unwrap().len(), 1);
    let states = (ReplyState::Failed, ReplyState::Waiting);
    let agent = Actor::person("agent");
    assert!(
        cases::answering::set(&bench.store, id, states, &agent)
            .await
            .unwrap()
    );
    assert!(
        !cases::answering::set(&bench.store, id, states, &agent)
            .await
            .unwrap()
    );
    assert_eq!(bench.store.outbox(reply.channel, 9).await.unwrap().len(), 1);
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn old_mail_is_not_acknowledged(bench: Bench) {
    let from = "Mary Harris <mary@example.com>";
    let (on, _) = lies(&bench, message("1@a", from, "Kettle", "It broke.")).await;
    let with = super::work::correspondence();
    let later = jiff::civil::date(2026, 12, 24);
    let rules = Rules::embedded();
    let done = cases::answering::acknowledge(&bench.store, &with, &rules, later)
        .await
        .unwrap();
    assert_eq!((done.by_mail, done.not_told), (0, 1));
    assert!(bench.store.replies_of(on).await.unwrap().is_empty());
}

async fn one_pass_tells_an_address_once(bench: Bench) {
    // More than share a transaction, two of each sender.
    let matters = [("Kettle", "It leaks badly."), ("Invoice", "Charged twice!")];
    for (round, (subject, text)) in matters.into_iter().enumerate() {
        for sender in 0..35 {
            let from = format!("Customer <customer{sender}@example.com>");
            let mail = message(&format!("{round}.{sender}@a"), &from, subject, text);
            assert_eq!(lies(&bench, mail).await.1, AttachedBy::Opened);
        }
    }
    let with = super::work::correspondence();
    let today = jiff::civil::date(2026, 11, 20);
    let rules = Rules::embedded();
    let pass = async || cases::answering::acknowledge(&bench.store, &with, &rules, today).await;
    let done = pass().await.unwrap();
    assert_eq!((done.by_mail, done.not_told), (35, 35));
    assert_eq!(pass().await.unwrap(), Acknowledged::default());
    assert_eq!(bench.faults().await, [""; 0]);
}

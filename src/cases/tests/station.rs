//! The review station: who gets which field, what is taken of whom, and what measures them.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use super::{doubt, file_letter, filed_scan, from_harris, night};
use crate::cases;
use crate::cases::keying::{self, Keyed};
use crate::cases::review::{self, Asked, Decision, FieldName};
use crate::cases::station::{self, Answer, GOLDEN_SHARE, Says, StationError, Taken};
use crate::domain::field::Field;
use crate::domain::form::FieldKind;
use crate::domain::guarantee::Rate;
use crate::domain::letter::LetterField;
use crate::domain::role::Role;
use crate::domain::verdict::Verdict;
use crate::store::leases::Taker;
use crate::store::review::ReviewItem;
use crate::store::testing::{self, Bench, card_draft, card_page, read_field};
use crate::store::users::{Duties, Reach};
use crate::store::{Actor, DocumentId, Store, UserId};

testing::on_both!(
    two_clerks_never_get_the_same_field,
    a_lease_that_ends_goes_to_another,
    an_answer_is_taken_once_and_from_its_holder_alone,
    every_answer_does_what_it_says,
    what_was_read_otherwise_meanwhile_is_not_confirmed,
    an_answer_can_be_taken_back,
    what_was_keyed_blind_stays,
    what_is_left_to_a_supervisor_comes_to_them_alone,
    golden_fields_look_like_doubts_and_change_nothing,
    what_is_left_for_later_comes_later,
    a_letter_is_keyed_by_hand_as_a_whole,
);

const FORM: &str = "loyalty-a5";

/// No golden field is drawn.
const NONE: f64 = 1.0;

async fn clerk(bench: &Bench, name: &str) -> UserId {
    let duties = Duties {
        display: name.to_uppercase(),
        roles: BTreeSet::from([Role::Clerk]),
        reach: Reach::All,
    };
    let mut change = bench.store.change(&Actor::postroom()).await.unwrap();
    let made = change.make_user(name, "no hash", &duties).await.unwrap();
    change.commit().await.unwrap();
    made.unwrap()
}

fn taker(user: UserId, name: &str) -> Taker<'_> {
    Taker {
        user,
        name,
        referred: false,
        boxed: false,
        but: &[],
    }
}

fn soon() -> Timestamp {
    Timestamp::now() + Duration::from_secs(60)
}

async fn ahead(store: &Store, taker: Taker<'_>, limit: u32) -> Vec<ReviewItem> {
    station::ahead(store, taker, limit, soon(), NONE)
        .await
        .unwrap()
}

fn key(item: &ReviewItem) -> (DocumentId, String) {
    (item.document, item.question.name.name().to_owned())
}

fn answer(id: &str, (document, name): &(DocumentId, String), says: Says) -> Answer {
    Answer {
        id: id.into(),
        document: *document,
        name: name.clone(),
        says,
        seconds: 2.5,
    }
}

/// Files a card of which two fields are so; `share` of such cards are drawn to be keyed blind.
async fn card(bench: &Bench, name: &str, surname: Verdict, share: f64) -> DocumentId {
    let fields = vec![
        read_field(FieldKind::Surname, "Harris", 0.97, surname),
        read_field(FieldKind::Town, "Leeds", 0.6, Verdict::Review),
    ];
    let batch = night(bench).await;
    let scan = bench.claim(&batch, name).await;
    let draft = card_draft(FORM, fields);
    let mut scan = filed_scan(scan, vec![card_page(1, FORM, 1)], draft);
    scan.blind = Rate::new(share).unwrap();
    cases::file(&bench.store, &[scan]).await.unwrap()[0].document
}

async fn on_record(store: &Store, (document, name): &(DocumentId, String)) -> Field {
    let card = store.card_of(*document).await.unwrap();
    let mut fields = card.fields.into_iter();
    fields.find(|field| field.name == *name).unwrap().field
}

fn value(value: &str) -> Says {
    Says::Value(value.into())
}

async fn two_clerks_never_get_the_same_field(bench: Bench) {
    for number in 0..20 {
        card(&bench, &format!("{number}.tif"), Verdict::Review, 0.0).await;
    }
    let (ann, ben) = (clerk(&bench, "ann").await, clerk(&bench, "ben").await);
    // Both at once, each settling what they get as fast as they can, until nothing is left.
    let work = |store: Store, user, name: &'static str| async move {
        let mut seen = Vec::new();
        loop {
            let items = ahead(&store, taker(user, name), 3).await;
            if items.is_empty() {
                return seen;
            }
            for item in &items {
                let field = key(item);
                let id = format!("{name}-{}", seen.len());
                let answer = answer(&id, &field, Says::Unreadable);
                let taken = station::take(&store, taker(user, name), &answer).await;
                assert_eq!(taken.unwrap(), Taken::Now);
                seen.push(field);
            }
        }
    };
    let (one, other) = (bench.again().await, bench.again().await);
    let (of_ann, of_ben) = tokio::join!(
        tokio::spawn(work(one, ann, "ann")),
        tokio::spawn(work(other, ben, "ben"))
    );
    let (of_ann, of_ben) = (of_ann.unwrap(), of_ben.unwrap());
    let all: BTreeSet<_> = of_ann.iter().chain(&of_ben).collect();
    assert_eq!((all.len(), of_ann.len() + of_ben.len()), (40, 40));
    assert!(!of_ann.is_empty() && !of_ben.is_empty());
    assert_eq!(bench.store.waiting_fields().await.unwrap(), (0, 0));
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn a_lease_that_ends_goes_to_another(bench: Bench) {
    card(&bench, "a.tif", Verdict::Review, 0.0).await;
    let store = &bench.store;
    let (ann, ben) = (clerk(&bench, "ann").await, clerk(&bench, "ben").await);
    let gone = Timestamp::now() - Duration::from_secs(1);
    let of_ann = station::ahead(store, taker(ann, "ann"), 1, gone, NONE).await;
    let field = key(&of_ann.unwrap()[0]);
    // While nobody else has it, who was away for long still answers.
    let late = answer("late", &field, value("Harries"));
    let of_ben = ahead(store, taker(ben, "ben"), 9).await;
    assert!(of_ben.iter().any(|item| key(item) == field));
    let error = station::take(store, taker(ann, "ann"), &late)
        .await
        .unwrap_err();
    assert!(matches!(error, StationError::NotYours(_)), "{error}");
    // Given back, it is anybody's.
    store.give_back(ben, field.0, &field.1).await.unwrap();
    let of_ann = ahead(store, taker(ann, "ann"), 9).await;
    assert_eq!(of_ann.iter().map(key).collect::<Vec<_>>(), [field]);
}

async fn an_answer_is_taken_once_and_from_its_holder_alone(bench: Bench) {
    card(&bench, "a.tif", Verdict::Review, 0.0).await;
    let store = &bench.store;
    let (ann, ben) = (clerk(&bench, "ann").await, clerk(&bench, "ben").await);
    let field = key(&ahead(store, taker(ann, "ann"), 1).await[0]);
    let theirs = answer("1", &field, value("Harrys"));
    let error = station::take(store, taker(ben, "ben"), &theirs)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("somebody else has"), "{error}");
    let before = on_record(store, &field).await;
    assert_eq!(before.verdict, Verdict::Review);

    // What is no value is refused whole: the field stays before them, and the same id serves again.
    let wrong = answer("2", &field, value("?"));
    let error = station::take(store, taker(ann, "ann"), &wrong)
        .await
        .unwrap_err();
    assert!(matches!(error, StationError::Settle(_)), "{error}");
    let right = answer("2", &field, value("Harries"));
    let taken = station::take(store, taker(ann, "ann"), &right)
        .await
        .unwrap();
    assert_eq!(taken, Taken::Now);
    let events = store.history_of(field.0).await.unwrap().len();
    // A browser that did not hear of it sends it again, and once more with another value.
    for says in [value("Harries"), value("Smith")] {
        let again = answer("2", &field, says);
        let taken = station::take(store, taker(ann, "ann"), &again)
            .await
            .unwrap();
        assert_eq!(taken, Taken::Before);
    }
    assert_eq!(store.history_of(field.0).await.unwrap().len(), events);
    let kept = on_record(store, &field).await;
    assert_eq!(kept.value.as_deref(), Some("Harries"));
    assert_eq!(kept.reason, "settled by ann");
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn every_answer_does_what_it_says(bench: Bench) {
    let store = &bench.store;
    let ann = clerk(&bench, "ann").await;
    for (number, (says, verdict, kept)) in [
        (value("harries"), Verdict::Accepted, Some("harries")),
        (
            Says::Proposed("Harris".into()),
            Verdict::Accepted,
            Some("Harris"),
        ),
        (Says::Unreadable, Verdict::Rejected, None),
        (
            Says::Refer("two names".into()),
            Verdict::Review,
            Some("Harris"),
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let document = card(&bench, &format!("{number}.tif"), Verdict::Review, 0.0).await;
        let field = (document, "surname".to_owned());
        ahead(store, taker(ann, "ann"), 20).await;
        let answer = answer(&number.to_string(), &field, says);
        station::take(store, taker(ann, "ann"), &answer)
            .await
            .unwrap();
        let after = on_record(store, &field).await;
        assert_eq!((after.verdict, after.value.as_deref()), (verdict, kept));
    }
    let of = &store.clerks(None).await.unwrap()[0];
    assert_eq!((of.name.as_str(), of.answered, of.referred), ("ann", 3, 1));
    assert!((of.seconds - 2.5).abs() < 1e-9);
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn what_was_read_otherwise_meanwhile_is_not_confirmed(bench: Bench) {
    let document = card(&bench, "a.tif", Verdict::Review, 0.0).await;
    let store = &bench.store;
    let ann = clerk(&bench, "ann").await;
    ahead(store, taker(ann, "ann"), 9).await;
    let field = (document, "surname".to_owned());
    let other = answer("1", &field, Says::Proposed("Harrison".into()));
    let error = station::take(store, taker(ann, "ann"), &other)
        .await
        .unwrap_err();
    assert!(matches!(error, StationError::Overtaken(_)), "{error}");
    // Somebody settles it on the command line.
    let name = FieldName::Card("surname".into());
    let decision = Decision::Value("Harries".into());
    let by = Actor::person("Operator");
    review::settle(store, document, name, &decision, &by)
        .await
        .unwrap();
    let late = answer("2", &field, value("Smith"));
    let error = station::take(store, taker(ann, "ann"), &late)
        .await
        .unwrap_err();
    assert!(matches!(error, StationError::Overtaken(_)), "{error}");
    let kept = on_record(store, &field).await;
    assert_eq!(kept.value.as_deref(), Some("Harries"));
}

async fn an_answer_can_be_taken_back(bench: Bench) {
    let document = card(&bench, "a.tif", Verdict::Review, 0.0).await;
    let store = &bench.store;
    let (ann, ben) = (clerk(&bench, "ann").await, clerk(&bench, "ben").await);
    ahead(store, taker(ann, "ann"), 9).await;
    let field = (document, "surname".to_owned());
    let first = answer("1", &field, value("Smith"));
    station::take(store, taker(ann, "ann"), &first)
        .await
        .unwrap();
    let again = |user, name| station::again(store, taker(user, name), document, "surname", soon());
    // Only who settled it gets it again.
    let error = again(ben, "ben").await.unwrap_err();
    assert!(matches!(error, StationError::NotYours(_)), "{error}");
    let item = again(ann, "ann").await.unwrap();
    assert_eq!(item.question.field.value.as_deref(), Some("Smith"));
    let second = answer("2", &field, value("Harris"));
    station::take(store, taker(ann, "ann"), &second)
        .await
        .unwrap();
    let kept = on_record(store, &field).await;
    assert_eq!(
        (kept.verdict, kept.value.as_deref()),
        (Verdict::Accepted, Some("Harris"))
    );

    // So does what they left to a supervisor, and what they left for later.
    let town = (document, "town".to_owned());
    let referred = answer("3", &town, Says::Refer("a blot".into()));
    station::take(store, taker(ann, "ann"), &referred)
        .await
        .unwrap();
    let error = station::again(store, taker(ben, "ben"), document, "town", soon()).await;
    assert!(matches!(error, Err(StationError::NotYours(_))));
    station::again(store, taker(ann, "ann"), document, "town", soon())
        .await
        .unwrap();
    let settled = answer("4", &town, value("Leeds"));
    station::take(store, taker(ann, "ann"), &settled)
        .await
        .unwrap();
    assert_eq!(store.referral(document, "town").await.unwrap(), None);
    assert_eq!(store.waiting_fields().await.unwrap(), (0, 0));
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn what_was_keyed_blind_stays(bench: Bench) {
    let document = card(&bench, "a.tif", Verdict::Accepted, 1.0).await;
    let store = &bench.store;
    let (ann, ben) = (clerk(&bench, "ann").await, clerk(&bench, "ben").await);
    let items = ahead(store, taker(ann, "ann"), 9).await;
    let field = (document, "surname".to_owned());
    let item = items.iter().find(|item| key(item) == field).unwrap();
    assert_eq!(
        (item.question.asked, &item.question.field.value),
        (Some(Asked::Blind), &None)
    );
    let keyed = answer("1", &field, value("Harries"));
    station::take(store, taker(ann, "ann"), &keyed)
        .await
        .unwrap();
    // Nobody judges their own keying, by undo neither.
    let error = station::again(store, taker(ann, "ann"), document, "surname", soon()).await;
    assert!(matches!(error, Err(StationError::KeyedBlind(_))));
    let of_ann = ahead(store, taker(ann, "ann"), 9).await;
    assert!(of_ann.iter().all(|item| key(item) != field));
    let of_ben = ahead(store, taker(ben, "ben"), 9).await;
    let item = of_ben.iter().find(|item| key(item) == field).unwrap();
    assert_eq!(item.question.asked, Some(Asked::Contested));
    let decided = answer("2", &field, value("Harris"));
    station::take(store, taker(ben, "ben"), &decided)
        .await
        .unwrap();
    assert_eq!(
        on_record(store, &field).await.value.as_deref(),
        Some("Harris")
    );
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn what_is_left_to_a_supervisor_comes_to_them_alone(bench: Bench) {
    let document = card(&bench, "a.tif", Verdict::Review, 0.0).await;
    let store = &bench.store;
    let (ann, sue) = (clerk(&bench, "ann").await, clerk(&bench, "sue").await);
    ahead(store, taker(ann, "ann"), 9).await;
    let field = (document, "surname".to_owned());
    let empty = answer("1", &field, Says::Refer("  ".into()));
    let error = station::take(store, taker(ann, "ann"), &empty)
        .await
        .unwrap_err();
    assert!(matches!(error, StationError::NoReason(_)), "{error}");
    let left = answer("1", &field, Says::Refer("two names".into()));
    station::take(store, taker(ann, "ann"), &left)
        .await
        .unwrap();
    assert_eq!(store.waiting_fields().await.unwrap(), (1, 1));
    let of_ann = ahead(store, taker(ann, "ann"), 9).await;
    assert!(of_ann.iter().all(|item| key(item) != field));
    let supervisor = Taker {
        referred: true,
        ..taker(sue, "sue")
    };
    let of_sue = ahead(store, supervisor, 9).await;
    assert_eq!(of_sue.len(), 1);
    assert_eq!(key(&of_sue[0]), field);
    let why = store.referral(document, "surname").await.unwrap();
    assert_eq!(why, Some(("two names".into(), "ann".into())));
    let decided = answer("2", &field, value("Harris"));
    station::take(store, supervisor, &decided).await.unwrap();
    assert_eq!(store.waiting_fields().await.unwrap(), (1, 0));
}

async fn golden_fields_look_like_doubts_and_change_nothing(bench: Bench) {
    let store = &bench.store;
    let (ann, ben) = (clerk(&bench, "ann").await, clerk(&bench, "ben").await);
    let document = card(&bench, "a.tif", Verdict::Accepted, 1.0).await;
    let field = (document, "surname".to_owned());
    let name = FieldName::Card("surname".into());
    let decision = Decision::Value("Harris".into());
    let keyed = review::settle(store, document, name, &decision, &Actor::person("ann")).await;
    assert_eq!(keyed.unwrap().verdict, Verdict::Accepted);
    let before = (
        store.card_of(document).await.unwrap(),
        store.history_of(document).await.unwrap().len(),
    );
    // Who keyed it is not measured by it; somebody else is, where the lot falls so.
    let drawn = async |user, name| {
        station::ahead(store, taker(user, name), 9, soon(), GOLDEN_SHARE / 2.0)
            .await
            .unwrap()
    };
    assert!(
        drawn(ann, "ann")
            .await
            .iter()
            .all(|item| key(item) != field)
    );
    // Ann had the other field before her: nothing waits for Ben, and a golden field would be seen through.
    assert_eq!(drawn(ben, "ben").await, []);
    card(&bench, "b.tif", Verdict::Review, 0.0).await;
    let items = drawn(ben, "ben").await;
    let item = items.iter().find(|item| key(item) == field).unwrap();
    let question = &item.question;
    assert_eq!(
        (question.asked, question.field.verdict),
        (Some(Asked::Doubt), Verdict::Review)
    );
    // What is proposed is the likeliest other value, and the right one is among the choices.
    assert_eq!(question.field.value.as_deref(), Some("Somebody else's"));
    assert!(
        question
            .choices
            .iter()
            .any(|choice| choice.value == "Harris")
    );
    assert_eq!(question.field.reason, "");
    // It stays before him, and is the only one of its kind.
    let held = ahead(store, taker(ben, "ben"), 9).await;
    assert!(held.contains(item));

    for (id, says, agreed) in [
        ("1", Says::Proposed("Somebody else's".into()), 0),
        ("2", value("HARRIS"), 1),
    ] {
        let golden = answer(id, &field, says);
        let taken = station::take(store, taker(ben, "ben"), &golden)
            .await
            .unwrap();
        assert_eq!(taken, Taken::Now);
        let clerks = store.clerks(None).await.unwrap();
        let ben_did = clerks.iter().find(|clerk| clerk.name == "ben").unwrap();
        assert_eq!((ben_did.golden, ben_did.agreed), (1, agreed));
        assert!(
            drawn(ben, "ben")
                .await
                .iter()
                .all(|item| key(item) != field)
        );
        // He looks at it once more, as at any other.
        station::again(store, taker(ben, "ben"), document, "surname", soon())
            .await
            .unwrap();
    }
    let after = (
        store.card_of(document).await.unwrap(),
        store.history_of(document).await.unwrap().len(),
    );
    assert_eq!(before, after);
    assert_eq!(bench.faults().await, [""; 0]);
}

#[test]
fn thresholds_are_kept_from_clerks() {
    for (reason, plain) in [
        (
            "matched to the gazetteer's postcodes; its probability 0.9950 is less than 0.999",
            "matched to the gazetteer's postcodes",
        ),
        ("its probability 0.2 is less than 0.9", ""),
        (
            "another number, 123, is on the card",
            "another number, 123, is on the card",
        ),
    ] {
        assert_eq!(station::plain_reason(reason), plain);
    }
}

async fn what_is_left_for_later_comes_later(bench: Bench) {
    card(&bench, "a.tif", Verdict::Review, 0.0).await;
    let store = &bench.store;
    let ann = clerk(&bench, "ann").await;
    let first = key(&ahead(store, taker(ann, "ann"), 1).await[0]);
    store.give_back(ann, first.0, &first.1).await.unwrap();
    let but = [first.clone()];
    let without = Taker {
        but: &but,
        ..taker(ann, "ann")
    };
    let second = key(&ahead(store, without, 1).await[0]);
    assert_ne!(first, second);
    assert_eq!(ahead(store, without, 9).await.len(), 1);
    assert_eq!(ahead(store, taker(ann, "ann"), 9).await.len(), 2);
}

async fn a_letter_is_keyed_by_hand_as_a_whole(bench: Bench) {
    let store = &bench.store;
    let mut draft = from_harris("A scrawl");
    doubt(&mut draft, LetterField::Postcode);
    let letter = file_letter(&bench, "a.tif", draft).await;
    let by = Actor::person("ann");
    let typed = |name: &str, was: &str, value: &str| Keyed {
        name: name.into(),
        was: was.into(),
        value: value.into(),
    };
    // One value that is none, and nothing of it is taken.
    let wrong = [
        typed("town", "", "Leeds"),
        typed("postcode", "LS6 3HN", "nowhere"),
    ];
    let error = keying::key(store, letter.document, &wrong, &by)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("looks like LS6 3HN"), "{error}");
    let fields = store.fields_of(letter.document).await.unwrap();
    assert_eq!(fields[&LetterField::Town].verdict, Verdict::Empty);
    // What somebody changed in the meantime is not written over.
    let stale = [typed("postcode", "LS6 3HM", "LS6 3HP")];
    let error = keying::key(store, letter.document, &stale, &by)
        .await
        .unwrap_err();
    assert!(matches!(error, StationError::Overtaken(_)), "{error}");
    let right = [
        typed("town", "", " Leeds "),
        typed("street", "14 Mill Lane", "14 Mill Lane"),
        typed("postcode", "LS6 3HN", "ls63hp"),
    ];
    assert_eq!(
        keying::key(store, letter.document, &right, &by)
            .await
            .unwrap(),
        2
    );
    let fields = store.fields_of(letter.document).await.unwrap();
    assert_eq!(fields[&LetterField::Town].value.as_deref(), Some("Leeds"));
    assert_eq!(
        fields[&LetterField::Postcode].value.as_deref(),
        Some("LS6 3HP")
    );
    assert_eq!(fields[&LetterField::Postcode].reason, "settled by ann");
    assert_eq!(
        fields[&LetterField::Street].reason,
        "stands in the sender's block"
    );
    assert!(!store.document(letter.document).await.unwrap().in_review);
    assert_eq!(bench.faults().await, [""; 0]);
}

//! Cards that were read, and what people find who do not see as what.

use super::{filed_scan, night};
use crate::cases;
use crate::cases::review::{self, Asked, Decision, FieldName, Imported, SettleError, Settlement};
use crate::domain::field::Field;
use crate::domain::form::FieldKind;
use crate::domain::guarantee::{Counted, Rate};
use crate::domain::identity::Digest;
use crate::domain::verdict::Verdict;
use crate::store::events::EventKind;
use crate::store::quality::{Cards, Checked, KindQuality, Scope};
use crate::store::review::Question;
use crate::store::testing::{self, Bench, card_draft, card_page, read_field};
use crate::store::{Actor, DocumentId, Store};

testing::on_both!(
    what_was_read_comes_back_with_what_else_it_may_be,
    a_choice_is_taken_by_its_number,
    the_value_is_not_shown_to_who_keys_it_again,
    what_agrees_is_evidence_and_changes_nothing,
    a_difference_goes_to_a_second_person,
    a_table_that_comes_back_twice_judges_nobody,
    cards_are_drawn_by_their_share,
    what_people_found_is_counted,
    a_sample_has_the_drawn_cards_alone,
    a_card_of_which_nothing_was_doubtful_needed_nobody,
    verify_sees_differences_that_were_put_to_nobody,
);

const ALL: f64 = 1.0;
const FORM: &str = "loyalty-a5";
const READ: &str = "Harris";

/// Files a card with a surname and a town that were read, of so many that are drawn.
async fn file(bench: &Bench, name: &str, surname: Verdict, share: f64) -> DocumentId {
    let fields = vec![
        read_field(FieldKind::Surname, READ, 0.97, surname),
        read_field(FieldKind::Town, "Leeds", 0.6, Verdict::Review),
    ];
    let batch = night(bench).await;
    let scan = bench.claim(&batch, name).await;
    let draft = card_draft(FORM, fields);
    let mut scan = filed_scan(scan, vec![card_page(1, FORM, 1)], draft);
    scan.blind = Rate::new(share).unwrap();
    let filed = cases::file(&bench.store, &[scan]).await.unwrap();
    filed[0].document
}

fn surname() -> FieldName {
    FieldName::Card("surname".to_owned())
}

fn by(name: &str) -> Actor {
    Actor::person(name)
}

async fn key(store: &Store, id: DocumentId, value: &str, who: &str) -> Result<Field, SettleError> {
    let decision = Decision::Value(value.to_owned());
    review::settle(store, id, surname(), &decision, &by(who)).await
}

async fn asked(store: &Store, id: DocumentId) -> Question {
    review::show(store, id, surname()).await.unwrap()
}

/// The surname as it is on record.
async fn on_record(store: &Store, id: DocumentId) -> Field {
    let fields = store.card_of(id).await.unwrap().fields;
    let mut fields = fields.into_iter();
    fields.find(|field| field.name == "surname").unwrap().field
}

async fn what_was_read_comes_back_with_what_else_it_may_be(bench: Bench) {
    let id = file(&bench, "a.tif", Verdict::Review, 0.0).await;
    let kept = bench.store.card_of(id).await.unwrap();
    let read = read_field(FieldKind::Surname, READ, 0.97, Verdict::Review);
    assert_eq!(kept.fields[0], read);
    let waiting = review::list(&bench.store, None, 10).await.unwrap();
    assert_eq!(waiting.len(), 2);
    let question = &waiting[0].question;
    assert_eq!(
        (question.asked, &*question.doubtful),
        (Some(Asked::Doubt), &[1][..])
    );
    assert_eq!(question, &asked(&bench.store, id).await);
    let choices: Vec<_> = question
        .choices
        .iter()
        .map(|choice| &*choice.value)
        .collect();
    assert_eq!(choices, [READ, "Somebody else's"]);
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn a_choice_is_taken_by_its_number(bench: Bench) {
    let id = file(&bench, "a.tif", Verdict::Review, 0.0).await;
    let pick = async |number: u32| {
        let decision = Decision::Pick(number);
        review::settle(&bench.store, id, surname(), &decision, &by("Ann")).await
    };
    for odd in [0, 3] {
        let error = pick(odd).await.unwrap_err();
        assert!(error.to_string().contains("from 1 to 2"), "{error}");
    }
    let settled = pick(2).await.unwrap();
    assert_eq!(settled.value.as_deref(), Some("Somebody else's"));
    assert_eq!(settled.as_read.as_deref(), Some("HARRIS"));
    let kept = on_record(&bench.store, id).await;
    assert_eq!(
        (kept.verdict, kept.as_read),
        (Verdict::Accepted, settled.as_read)
    );
    let row = Settlement {
        document: id,
        field: surname(),
        decision: Decision::Pick(2),
    };
    let again = review::import(&bench.store, &row, &by("Ben"))
        .await
        .unwrap();
    assert_eq!(again, Imported::Already);
}

async fn the_value_is_not_shown_to_who_keys_it_again(bench: Bench) {
    let id = file(&bench, "a.tif", Verdict::Accepted, ALL).await;
    let waiting = review::list(&bench.store, None, 10).await.unwrap();
    let names: Vec<_> = waiting
        .iter()
        .map(|item| item.question.name.name())
        .collect();
    assert_eq!(names, ["surname", "town"]);
    // Nor is the document in review for it: its value is accepted.
    for question in [&waiting[0].question, &asked(&bench.store, id).await] {
        assert_eq!(question.asked, Some(Asked::Blind));
        let told = format!("{question:?}").to_lowercase();
        assert!(!told.contains("harris") && !told.contains("0.97"), "{told}");
        assert!(question.choices.is_empty() && question.doubtful.is_empty());
        assert!(question.field.place.is_some());
    }
    let all = review::fields_of(&bench.store, id).await.unwrap();
    assert!(!format!("{all:?}").to_lowercase().contains("harris"));
    for decision in [Decision::AsProposed, Decision::Pick(1)] {
        let settled = review::settle(&bench.store, id, surname(), &decision, &by("Ann")).await;
        assert!(matches!(settled, Err(SettleError::NothingProposed(_))));
    }
    // Of cards that are not drawn nothing is keyed again.
    let other = file(&bench, "b.tif", Verdict::Accepted, 0.0).await;
    let question = asked(&bench.store, other).await;
    assert_eq!(
        (question.asked, question.field.value.as_deref()),
        (None, Some(READ))
    );
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn what_agrees_is_evidence_and_changes_nothing(bench: Bench) {
    let id = file(&bench, "a.tif", Verdict::Accepted, ALL).await;
    let store = &bench.store;
    let before = on_record(store, id).await;
    assert!(matches!(
        key(store, id, "?", "Ann").await,
        Err(SettleError::NotAValue { .. })
    ));
    let keyed = key(store, id, "HARRIS", "Ann").await.unwrap();
    assert_eq!(keyed.value.as_deref(), Some("HARRIS"));
    assert_eq!(on_record(store, id).await, before);
    let question = asked(store, id).await;
    assert_eq!((question.asked, question.field), (None, before));
    let events = cases::alone(store, id).await.unwrap().events;
    let event = events.last().unwrap();
    assert_eq!(
        (event.kind, &*event.actor),
        (EventKind::FieldRekeyed, "Ann")
    );
    assert_eq!(event.detail["after"]["verdict"], "accepted");
    // Whoever corrects it later decides as ever.
    key(store, id, "Harries", "Ben").await.unwrap();
    assert_eq!(on_record(store, id).await.value.as_deref(), Some("Harries"));
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn a_difference_goes_to_a_second_person(bench: Bench) {
    for (name, second, wrong) in [("a.tif", "Harries", 1), ("b.tif", "HARRIS", 2)] {
        let id = file(&bench, name, Verdict::Accepted, ALL).await;
        let store = &bench.store;
        let keyed = key(store, id, "Harries", "Ann").await.unwrap();
        assert_eq!(keyed.verdict, Verdict::Review);
        let kept = on_record(store, id).await;
        // Nothing is overwritten: the value waits for the second person.
        assert_eq!(
            (kept.verdict, kept.value.as_deref()),
            (Verdict::Review, Some(READ))
        );
        assert!(store.document(id).await.unwrap().in_review);
        let question = asked(store, id).await;
        assert_eq!(
            (question.asked, question.field.value),
            (Some(Asked::Contested), None)
        );
        let choices: Vec<_> = question
            .choices
            .iter()
            .map(|choice| &*choice.value)
            .collect();
        assert_eq!(choices, ["Harries", READ]);
        assert!(
            question
                .choices
                .iter()
                .all(|choice| choice.probability.is_none())
        );
        let listed = review::list(store, None, 10).await.unwrap();
        let listed = listed.into_iter().find(|item| item.document == id).unwrap();
        assert_eq!(listed.question, asked(store, id).await);

        let own = key(store, id, "Harries", "Ann").await.unwrap_err();
        assert!(
            own.to_string().contains("another person must decide"),
            "{own}"
        );
        let ben = by("Ben");
        let proposed = review::settle(store, id, surname(), &Decision::AsProposed, &ben).await;
        assert!(matches!(proposed, Err(SettleError::NothingProposed(_))));
        let quality = &store.quality(&Scope::default()).await.unwrap()[0];
        assert_eq!((quality.undecided, quality.rekeyed.wrong), (1, wrong));
        key(store, id, second, "Ben").await.unwrap();
        assert_eq!(on_record(store, id).await.value.as_deref(), Some(second));
        let events = cases::alone(store, id).await.unwrap().events;
        let kinds: Vec<_> = events.iter().map(|event| event.kind).collect();
        assert!(kinds.ends_with(&[EventKind::FieldRekeyed, EventKind::FieldSettled]));
        let rekeyed = &events[events.len() - 2];
        assert_eq!(rekeyed.detail["before"]["value"], READ);
        assert_eq!(rekeyed.detail["after"]["value"], "Harries");
    }
    // The second time the machine was right.
    let quality = &bench.store.quality(&Scope::default()).await.unwrap()[0];
    let counted = Counted { of: 2, wrong: 1 };
    assert_eq!((quality.rekeyed, quality.differences), (counted, 2));
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn a_table_that_comes_back_twice_judges_nobody(bench: Bench) {
    let id = file(&bench, "a.tif", Verdict::Accepted, ALL).await;
    let row = |value: &str| Settlement {
        document: id,
        field: surname(),
        decision: match value {
            "" => Decision::Unreadable,
            value => Decision::Value(value.to_owned()),
        },
    };
    let import =
        async |row: Settlement, who: &str| review::import(&bench.store, &row, &by(who)).await;
    assert!(matches!(
        import(row(""), "Ann").await,
        Ok(Imported::Settled(_))
    ));
    assert_eq!(import(row(""), "Ann").await.unwrap(), Imported::Already);
    assert_eq!(on_record(&bench.store, id).await.verdict, Verdict::Review);
    let choices = asked(&bench.store, id).await.choices;
    assert_eq!(choices.len(), 1);
    let other = import(row("Harries"), "Ann").await;
    assert!(
        matches!(other, Err(SettleError::OwnKeying { .. })),
        "{other:?}"
    );
    assert!(matches!(
        import(row("Harries"), "Ben").await,
        Ok(Imported::Settled(_))
    ));
    // The first table once more: it was keyed so, and is decided since.
    assert_eq!(import(row(""), "Ann").await.unwrap(), Imported::Already);
}

async fn cards_are_drawn_by_their_share(bench: Bench) {
    for at in 0..40 {
        file(&bench, &format!("{at}.tif"), Verdict::Accepted, 0.5).await;
    }
    let drawn = bench.count("documents where drawn = 1").await;
    // 20 on average; beyond these bounds once in some thousand times.
    assert!((10..=30).contains(&drawn), "{drawn}");
    assert_eq!(bench.count("secrets").await, 1);
    let waiting = review::list(&bench.store, None, 500).await.unwrap();
    let blind = waiting
        .iter()
        .filter(|item| item.question.asked == Some(Asked::Blind));
    assert_eq!(blind.count() as i64, drawn);
}

/// Four cards, three of them drawn; two surnames keyed again, three towns decided.
async fn four_cards(bench: &Bench) {
    let store = &bench.store;
    let mut ids = Vec::new();
    for (name, share) in [
        ("a.tif", ALL),
        ("b.tif", ALL),
        ("c.tif", ALL),
        ("d.tif", 0.0),
    ] {
        ids.push(file(bench, name, Verdict::Accepted, share).await);
    }
    key(store, ids[0], "Harris", "Ann").await.unwrap();
    key(store, ids[1], "Horris", "Ann").await.unwrap();
    let town = FieldName::Card("town".to_owned());
    for (id, decision) in [
        (ids[0], Decision::AsProposed),
        (ids[1], Decision::Value("York".to_owned())),
        (ids[2], Decision::Unreadable),
    ] {
        let settled = review::settle(store, id, town.clone(), &decision, &by("Ann")).await;
        settled.unwrap();
    }
}

const fn cards(cards: u64, straight_through: u64) -> Cards {
    Cards {
        cards,
        straight_through,
    }
}

async fn what_people_found_is_counted(bench: Bench) {
    four_cards(&bench).await;
    let store = &bench.store;
    let surnames = KindQuality {
        kind: FieldKind::Surname,
        accepted: 4,
        rekeyed: Counted { of: 2, wrong: 1 },
        differences: 1,
        undecided: 1,
        waiting: 1,
        in_review: 0,
        decided: 0,
        changed: 0,
    };
    let towns = KindQuality {
        kind: FieldKind::Town,
        accepted: 0,
        rekeyed: Counted::default(),
        differences: 0,
        undecided: 0,
        waiting: 0,
        in_review: 4,
        decided: 3,
        changed: 2,
    };
    let everything = Scope::default();
    assert_eq!(store.quality(&everything).await.unwrap(), [surnames, towns]);
    assert_eq!(store.cards_counted(&everything).await.unwrap(), cards(4, 0));
    // Of another form, and of another time, there is nothing.
    let since = Some("2100-01-01T00:00:00Z".parse().unwrap());
    let form = Some("coupon-a6".to_owned());
    let (later, other) = (
        Scope {
            since,
            ..Scope::default()
        },
        Scope {
            form,
            ..Scope::default()
        },
    );
    for scope in [later, other] {
        assert_eq!(store.quality(&scope).await.unwrap(), []);
        assert_eq!(store.cards_counted(&scope).await.unwrap(), cards(0, 0));
    }
}

async fn a_sample_has_the_drawn_cards_alone(bench: Bench) {
    four_cards(&bench).await;
    let store = &bench.store;
    let network = Digest::of(b"handprint");
    let checked = store.checked(FORM, 1, network).await.unwrap();
    let rights = |kind: FieldKind| -> Vec<Option<bool>> {
        let of_kind = checked.iter().filter(|one: &&Checked| one.kind == kind);
        of_kind.map(|one| one.right).collect()
    };
    // What waits is in it, and nobody says that it is right.
    assert_eq!(rights(FieldKind::Surname), [Some(true), None, None]);
    let towns = [Some(true), Some(false), Some(false)];
    assert_eq!(rights(FieldKind::Town), towns);
    assert_eq!(checked[1].probability.get(), 0.6);
    let other = Digest::of(b"another network");
    assert_eq!(store.checked(FORM, 1, other).await.unwrap(), []);
    assert_eq!(store.checked(FORM, 2, network).await.unwrap(), []);
}

async fn a_card_of_which_nothing_was_doubtful_needed_nobody(bench: Bench) {
    let form = "coupon-a6";
    file(&bench, "a.tif", Verdict::Accepted, 0.0).await;
    let batch = night(&bench).await;
    let scan = bench.claim(&batch, "b.tif").await;
    let fields = vec![read_field(FieldKind::Surname, READ, 0.9, Verdict::Accepted)];
    let scan = filed_scan(scan, vec![card_page(1, form, 1)], card_draft(form, fields));
    cases::file(&bench.store, &[scan]).await.unwrap();
    let counted = bench.store.cards_counted(&Scope::default()).await.unwrap();
    assert_eq!(counted, cards(2, 1));
}

async fn verify_sees_differences_that_were_put_to_nobody(bench: Bench) {
    let id = file(&bench, "a.tif", Verdict::Accepted, ALL).await;
    key(&bench.store, id, "Harries", "Ann").await.unwrap();
    bench
        .by_hand("update card_fields set verdict = 'accepted' where name = 'surname'")
        .await
        .unwrap();
    let faults = bench.faults().await;
    let told = faults
        .iter()
        .any(|fault| fault.contains("differs and was put to nobody"));
    assert!(told, "{faults:?}");
}

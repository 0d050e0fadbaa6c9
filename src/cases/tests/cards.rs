//! Cards on record: filed with a case or without, settled by people, read again.

use std::sync::LazyLock;

use super::{case, night};
use crate::acceptance::Acceptance;
use crate::cases::review::{self, Decision, FieldName, Imported, SettleError, Settlement};
use crate::cases::{self, Destination, FiledDocument, FiledScan};
use crate::domain::card::{CardSide, Ink, TickState};
use crate::domain::case::{Receipt, ReceiptOrigin};
use crate::domain::guarantee::Rate;
use crate::domain::page::PageOutcome;
use crate::domain::rejection::{Rejection, RejectionCode};
use crate::domain::verdict::Verdict;
use crate::forms;
use crate::gazetteer::Gazetteer;
use crate::lexicon::Lexicons;
use crate::pipeline::{self, Desk, group};
use crate::rules::Rules;
use crate::store::documents::DocumentKind;
use crate::store::error::Result;
use crate::store::events::EventKind;
use crate::store::search::SearchFilter;
use crate::store::testing::{
    self, Bench, card_page, card_side, letter_from, lost_page, page, provenance, separator_page,
    side,
};
use crate::store::{Actor, DocumentId, ScanId, SourceFile, Store};

testing::on_both!(
    a_card_needs_no_case,
    a_comment_opens_a_case,
    what_is_on_a_card_comes_back_as_it_was,
    letters_and_cards_of_one_scan_are_documents_of_their_own,
    a_person_decides_a_tick,
    a_table_decides_ticks,
    a_card_in_a_persons_name_is_on_their_record,
    a_card_that_was_read_is_filed_to_its_holder,
    a_card_is_laid_on_a_case_by_hand,
    a_back_that_was_missing_is_added,
    a_missing_page_that_is_another_card_is_filed_by_itself,
    a_missing_page_may_belong_to_the_next_document,
    a_missing_page_that_is_a_card_is_one,
    a_card_that_cannot_be_read_has_no_case_and_its_reason_is_the_latest,
    verify_sees_cards_that_contradict,
    the_database_keeps_ticks_and_consents_whole,
);

/// Made once: the rules alone take a while.
static DESK: LazyLock<Desk> = LazyLock::new(|| {
    let sample = [
        include_str!("../../../samples/forms/coupon-a6.toml"),
        include_str!("../../../samples/forms/loyalty-a5.toml"),
    ];
    Desk {
        companies: Vec::new(),
        gazetteer: Gazetteer::embedded(),
        lexicons: Lexicons::embedded(),
        rules: Rules::embedded(),
        forms: sample.map(|form| forms::parse(form).unwrap()).to_vec(),
        acceptance: Acceptance::uncertified(),
    }
});

/// Groups and drafts as a run does.
fn read(scan: ScanId, pages: Vec<PageOutcome>) -> FiledScan {
    let receipt = Receipt {
        day: jiff::civil::date(2026, 11, 20),
        origin: ReceiptOrigin::CommandLine,
    };
    let documents = group::group(&pages).into_iter().map(|document| {
        let draft = pipeline::draft(&document, &pages, receipt, &DESK);
        cases::Draft { document, draft }
    });
    FiledScan {
        scan,
        listed: pages.len() as u32,
        documents: documents.collect(),
        pages,
        provenance: provenance(),
        blind: Rate::NONE,
        came_with: None,
    }
}

async fn file(bench: &Bench, name: &str, pages: Vec<PageOutcome>) -> (ScanId, Vec<FiledDocument>) {
    let batch = night(bench).await;
    let scan = bench.claim(&batch, name).await;
    let filed = cases::file(&bench.store, &[read(scan, pages)]).await;
    (scan, filed.unwrap())
}

async fn file_card(bench: &Bench, name: &str, side: CardSide) -> FiledDocument {
    file(bench, name, vec![card_side(1, side)])
        .await
        .1
        .remove(0)
}

async fn again(
    bench: &Bench,
    scan: ScanId,
    name: &str,
    pages: Vec<PageOutcome>,
) -> Result<Vec<DocumentId>> {
    let file = SourceFile {
        digest: testing::scan(name).digest,
        bytes: 1,
    };
    cases::reread(&bench.store, &read(scan, pages), file, &clerk()).await
}

fn clerk() -> Actor {
    Actor::person("clerk")
}

fn on(name: &str) -> FieldName {
    FieldName::Card(name.into())
}

async fn settle(
    store: &Store,
    document: DocumentId,
    name: &str,
    value: &str,
) -> std::result::Result<(), SettleError> {
    let decision = Decision::Value(value.into());
    let settled = review::settle(store, document, on(name), &decision, &clerk()).await;
    settled.map(|_| ())
}

const CONSENT: &str = "offers_post";

fn coupon(consent: TickState) -> CardSide {
    let ticks = [(CONSENT, consent), ("offer.kettle", TickState::Marked)];
    side("coupon-a6", 1, &ticks, &[("surname", &[Ink::Empty])])
}

fn comment() -> CardSide {
    side("loyalty-a5", 2, &[], &[("comment", &[Ink::Written])])
}

async fn a_card_needs_no_case(bench: Bench) {
    let filed = file_card(&bench, "a.tif", coupon(TickState::Marked)).await;
    assert_eq!((filed.attachment, filed.new_case), (None, false));
    assert!(!filed.in_review);
    assert_eq!(bench.count("cases").await, 0);
    let alone = cases::alone(&bench.store, filed.document).await.unwrap();
    assert_eq!(alone.on.document.kind, DocumentKind::Card);
    assert_eq!((alone.on.document.attachment, alone.customer), (None, None));
    assert_eq!(alone.on.pages.len(), 1);
    assert_eq!(alone.events[0].kind, EventKind::DocumentFiled);
    assert!(alone.on.card.ticks[0].tick.consents());
    assert_eq!(bench.provenance_of(filed.document).await, provenance());
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn a_card_that_cannot_be_read_has_no_case_and_its_reason_is_the_latest(bench: Bench) {
    let unread = |code: RejectionCode| {
        let result = Err(Rejection::new(code, code.name()));
        vec![PageOutcome { number: 1, result }]
    };
    let (scan, filed) = file(&bench, "a.tif", unread(RejectionCode::UnknownForm)).await;
    assert_eq!((&filed[0].attachment, filed[0].new_case), (&None, false));
    assert!(filed[0].in_review);
    let pages = unread(RejectionCode::UnlaidCard);
    let changed = again(&bench, scan, "a.tif", pages).await.unwrap();
    assert_eq!(changed, []);
    let aside = bench.store.asides().await.unwrap();
    assert_eq!(aside.len(), 1);
    assert_eq!(aside[0].rejection.code, RejectionCode::UnlaidCard);
    let pages = vec![card_side(1, coupon(TickState::Marked))];
    let changed = again(&bench, scan, "a.tif", pages).await.unwrap();
    assert_eq!(changed, [filed[0].document]);
    let alone = cases::alone(&bench.store, filed[0].document).await.unwrap();
    assert!(alone.on.card.ticks[0].tick.consents() && alone.on.document.attachment.is_none());
    assert_eq!(bench.count("cases").await, 0);
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn a_comment_opens_a_case(bench: Bench) {
    let pages = vec![card_page(1, "loyalty-a5", 1), card_side(2, comment())];
    let (_, filed) = file(&bench, "a.tif", pages).await;
    assert!(filed[0].new_case && filed[0].in_review && filed.len() == 1);
    let timeline = cases::timeline(&bench.store, case(1)).await.unwrap();
    assert_eq!(timeline.documents[0].document.id, filed[0].document);
    assert_eq!(timeline.case.in_review, 1);
    let waiting = review::list(&bench.store, None, 10).await.unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!(
        (&waiting[0].question.name, waiting[0].case),
        (&on("comment"), Some(case(1)))
    );
    settle(
        &bench.store,
        filed[0].document,
        "comment",
        "The kettle broke",
    )
    .await
    .unwrap();
    assert_eq!(
        bench
            .store
            .search("kettle", &SearchFilter::default())
            .await
            .unwrap()
            .len(),
        1
    );
    let timeline = cases::timeline(&bench.store, case(1)).await.unwrap();
    assert!(!timeline.documents[0].document.in_review);
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn what_is_on_a_card_comes_back_as_it_was(bench: Bench) {
    let fields: [(&str, &[Ink]); 2] = [
        ("surname", &[Ink::Written, Ink::Faint, Ink::Empty]),
        ("town", &[Ink::Empty]),
    ];
    let front = side("loyalty-a5", 1, &[(CONSENT, TickState::Corrected)], &fields);
    let pages = vec![card_side(1, front), card_side(2, comment())];
    let (scan, filed) = file(&bench, "a.tif", pages.clone()).await;
    let drafted = read(scan, pages).documents.remove(0).draft.card.unwrap();
    let kept = bench.store.card_of(filed[0].document).await.unwrap();
    assert_eq!(kept, drafted);
    let mut exported = bench.store.cards(None);
    let names = exported.card_names().await.unwrap();
    assert_eq!(names.fields, ["comment", "surname", "town"]);
    assert_eq!(names.ticks, [CONSENT]);
    assert_eq!(names.signatures, ["signature_1", "signature_2"]);
    let card = exported.next().await.unwrap().unwrap();
    assert_eq!((card.card, card.pages.len()), (drafted, 2));
    assert!(exported.next().await.unwrap().is_none());
    assert!(bench.store.letters(None).next().await.unwrap().is_none());
}

async fn letters_and_cards_of_one_scan_are_documents_of_their_own(bench: Bench) {
    let pages = vec![
        page(1, "Dear Sirs,"),
        card_side(2, coupon(TickState::Empty)),
        page(3, ""),
        separator_page(4),
        card_side(5, coupon(TickState::Empty)),
        card_side(6, coupon(TickState::Empty)),
    ];
    let (_, filed) = file(&bench, "a.tif", pages).await;
    let ordinals: Vec<u32> = filed.iter().map(|filed| filed.ordinal).collect();
    assert_eq!(ordinals, [1, 2, 3, 4]);
    assert_eq!(bench.count("cases").await, 1);
    let of_card = bench.store.pages_of(filed[1].document).await.unwrap();
    let numbers: Vec<u32> = of_card.iter().map(|page| page.number).collect();
    assert_eq!(numbers, [2, 3]);
    assert_eq!(bench.count("pages where document_id is null").await, 1);
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn a_person_decides_a_tick(bench: Bench) {
    let id = file_card(&bench, "a.tif", coupon(TickState::Unsure))
        .await
        .document;
    let store = &bench.store;
    let given = async || store.card_of(id).await.unwrap().ticks[0].tick.consents();
    let waiting = review::list(store, None, 10).await.unwrap();
    assert_eq!((waiting.len(), waiting[0].case), (1, None));
    assert_eq!(
        (&waiting[0].question.name, &waiting[0].question.field.value),
        (&on(CONSENT), &None)
    );
    assert!(!given().await && store.document(id).await.unwrap().in_review);
    let proposed = review::settle(store, id, on(CONSENT), &Decision::AsProposed, &clerk()).await;
    assert!(matches!(proposed, Err(SettleError::NothingProposed(_))));
    let odd = settle(store, id, CONSENT, "perhaps").await;
    assert!(matches!(odd, Err(SettleError::NotAValue { .. })));
    let unknown = settle(store, id, "nothing", "marked").await;
    assert!(matches!(unknown, Err(SettleError::Store(_))));

    settle(store, id, CONSENT, "marked").await.unwrap();
    assert!(given().await && !store.document(id).await.unwrap().in_review);
    let tick = store.card_of(id).await.unwrap().ticks.remove(0);
    assert_eq!(
        (tick.seen, tick.tick.state),
        (TickState::Unsure, TickState::Marked)
    );
    assert_eq!(tick.tick.consent.unwrap().wording, "Yes, please.");
    let events = cases::alone(store, id).await.unwrap().events;
    let settled = events.last().unwrap();
    assert_eq!(
        (settled.kind, &*settled.actor),
        (EventKind::FieldSettled, "clerk")
    );
    assert_eq!(settled.detail["after"]["value"], "marked");
    // A person may still change their mind, and nobody's mark is no consent.
    let nobody = Decision::Unreadable;
    review::settle(store, id, on(CONSENT), &nobody, &clerk())
        .await
        .unwrap();
    assert!(!given().await);
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn a_table_decides_ticks(bench: Bench) {
    let id = file_card(&bench, "a.tif", coupon(TickState::Corrected))
        .await
        .document;
    let row = |decision: &str| Settlement {
        document: id,
        field: on(CONSENT),
        decision: Decision::Value(decision.into()),
    };
    let import = async |row: &Settlement| review::import(&bench.store, row, &clerk()).await;
    assert!(matches!(
        import(&row("empty")).await,
        Ok(Imported::Settled(_))
    ));
    assert_eq!(import(&row("Empty")).await.unwrap(), Imported::Already);
    let refused = import(&row("marked")).await.unwrap_err();
    assert!(
        matches!(refused, SettleError::DecidedOtherwise { .. }),
        "{refused}"
    );
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn a_card_in_a_persons_name_is_on_their_record(bench: Bench) {
    let written: &[Ink] = &[Ink::Written];
    let address = [
        "first_name",
        "surname",
        "house",
        "street",
        "town",
        "postcode",
    ];
    let address = address.map(|name| (name, written));
    let front = || side("loyalty-a5", 1, &[], &address);
    let store = &bench.store;
    let mut owners = Vec::new();
    for name in ["a.tif", "b.tif"] {
        let id = file_card(&bench, name, front()).await.document;
        assert_eq!(store.document(id).await.unwrap().customer, None);
        for (field, value) in [
            ("first_name", "Mary"),
            ("surname", "Harris"),
            ("house", "14"),
            ("street", "Mill Lane"),
            ("postcode", "ls63hn"),
        ] {
            settle(store, id, field, value).await.unwrap();
        }
        owners.push(store.document(id).await.unwrap().customer.unwrap());
        // What comes later is added to the same record.
        settle(store, id, "town", "Leeds").await.unwrap();
    }
    assert_eq!((owners[0], bench.count("customers").await), (owners[1], 1));
    let known = store.customer(owners[0]).await.unwrap();
    assert_eq!(
        (&*known.name, known.town.as_deref()),
        ("Mary Harris", Some("Leeds"))
    );
    assert_eq!(known.street.as_deref(), Some("14 Mill Lane"));
    // A letter of theirs finds the same record.
    let letter = letter_from("Mary Harris", "14 Mill Lane", "LS6 3HN", "It broke.");
    super::file_letter(&bench, "c.tif", letter).await;
    assert_eq!(bench.count("customers").await, 1);
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn a_card_that_was_read_is_filed_to_its_holder(bench: Bench) {
    let batch = night(&bench).await;
    let written: &[Ink] = &[Ink::Written];
    let names = ["surname", "house", "street", "postcode", "comment"];
    let values = ["Harris", "14", "Mill Lane", "LS6 3HN", "It broke"];
    let fields = names.map(|name| (name, written));
    // With a comment and without, sure and doubtful, as handprint will be.
    for (at, surname, words) in [
        (1, Verdict::Review, written),
        (2, Verdict::Accepted, written),
        (3, Verdict::Accepted, &[Ink::Empty]),
    ] {
        let scan = bench.claim(&batch, &format!("{at}.tif")).await;
        let mut fields = fields;
        fields[4].1 = words;
        let front = side("loyalty-a5", 1, &[], &fields);
        let mut read = read(scan, vec![card_side(1, front)]);
        let card = read.documents[0].draft.card.as_mut().unwrap();
        for (field, value) in card.fields.iter_mut().zip(values) {
            field.field.value = Some(value.into());
            field.field.verdict = Verdict::Accepted;
        }
        card.fields[0].field.verdict = surname;
        let filed = cases::file(&bench.store, &[read]).await.unwrap();
        let document = bench.store.document(filed[0].document).await.unwrap();
        let whose = bench.store.customer(document.customer.unwrap()).await;
        assert_eq!(whose.unwrap().name, "Harris");
        assert_eq!(filed[0].new_case, at == 1);
    }
    assert_eq!(bench.count("customers").await, 1);
    assert_eq!(bench.count("documents where case_number = 1").await, 2);
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn a_card_is_laid_on_a_case_by_hand(bench: Bench) {
    let id = file_card(&bench, "a.tif", coupon(TickState::Empty))
        .await
        .document;
    let store = &bench.store;
    let moved = cases::move_document(store, id, Destination::NewCase, "she rang", &clerk()).await;
    assert_eq!(moved.unwrap(), case(1));
    let lies = store.document(id).await.unwrap().attachment.unwrap();
    assert!(lies.case == case(1) && lies.why.contains("she rang"));
    let events = store.history(case(1)).await.unwrap();
    let moved = events
        .iter()
        .find(|event| event.kind == EventKind::DocumentMoved);
    assert!(moved.unwrap().detail["from"].is_null());
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn a_back_that_was_missing_is_added(bench: Bench) {
    let front = side("loyalty-a5", 1, &[(CONSENT, TickState::Unsure)], &[]);
    let torn = vec![card_side(1, front.clone()), lost_page(2)];
    let (scan, filed) = file(&bench, "a.tif", torn).await;
    let (store, id) = (&bench.store, filed[0].document);
    assert!(filed[0].in_review && filed[0].attachment.is_none());
    settle(store, id, CONSENT, "marked").await.unwrap();

    let whole = vec![card_side(1, front), card_side(2, comment())];
    assert_eq!(again(&bench, scan, "a.tif", whole).await.unwrap(), [id]);
    let card = store.card_of(id).await.unwrap();
    assert_eq!((card.sides.len(), card.fields.len()), (2, 1));
    // What a person settled did not change, and the comment has its case.
    assert!(card.ticks[0].tick.consents());
    assert_eq!(
        store.document(id).await.unwrap().attachment.unwrap().case,
        case(1)
    );
    assert!(store.document(id).await.unwrap().in_review);
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn a_missing_page_that_is_another_card_is_filed_by_itself(bench: Bench) {
    let pages = |second| vec![card_side(1, coupon(TickState::Marked)), second];
    let (scan, filed) = file(&bench, "a.tif", pages(lost_page(2))).await;
    assert_eq!(filed.len(), 1);
    let mended = pages(card_side(2, coupon(TickState::Empty)));
    let changed = again(&bench, scan, "a.tif", mended).await.unwrap();
    assert_eq!(changed.len(), 2);
    let other = changed.iter().find(|id| **id != filed[0].document).unwrap();
    let first = bench.store.document(filed[0].document).await.unwrap();
    assert!(!first.in_review, "it misses no page");
    assert_eq!(bench.store.document(*other).await.unwrap().ordinal, 2);
    for (id, page) in [(filed[0].document, 1), (*other, 2)] {
        let pages = bench.store.pages_of(id).await.unwrap();
        assert_eq!((pages.len(), pages[0].number), (1, page));
        assert_eq!(bench.store.card_of(id).await.unwrap().sides.len(), 1);
    }
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn a_missing_page_may_belong_to_the_next_document(bench: Bench) {
    let pages = |second| {
        vec![
            card_side(1, coupon(TickState::Empty)),
            second,
            page(3, "two"),
        ]
    };
    let (scan, filed) = file(&bench, "a.tif", pages(lost_page(2))).await;
    assert_eq!(filed.len(), 2);
    let changed = again(&bench, scan, "a.tif", pages(page(2, "one")))
        .await
        .unwrap();
    assert_eq!(changed.len(), 2);
    let letter = bench.store.document(filed[1].document).await.unwrap();
    assert_eq!(
        (letter.text.as_str(), letter.kind),
        ("one\u{c}two", DocumentKind::Letter)
    );
    let pages = bench.store.pages_of(letter.id).await.unwrap();
    assert_eq!(
        pages.iter().map(|page| page.number).collect::<Vec<_>>(),
        [2, 3]
    );
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn a_missing_page_that_is_a_card_is_one(bench: Bench) {
    let (scan, filed) = file(&bench, "a.tif", vec![lost_page(1), lost_page(2)]).await;
    let id = filed[0].document;
    assert!(filed[0].new_case, "nobody knows what it is");
    let coupons = [TickState::Marked, TickState::Unsure].map(coupon);
    let pages = (1..)
        .zip(coupons)
        .map(|(number, side)| card_side(number, side));
    let changed = again(&bench, scan, "a.tif", pages.collect()).await.unwrap();
    assert!(changed.len() == 2 && changed.contains(&id));
    let now = bench.store.document(id).await.unwrap();
    assert_eq!((now.kind, now.in_review), (DocumentKind::Card, false));
    assert_eq!(bench.count("documents").await, 2);
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn verify_sees_cards_that_contradict(bench: Bench) {
    for (name, consent) in [
        ("a.tif", TickState::Corrected),
        ("b.tif", TickState::Marked),
    ] {
        file_card(&bench, name, coupon(consent)).await;
    }
    for sql in [
        "update ticks set verdict = 'accepted' where state = 'corrected'",
        "delete from card_sides where document_id = (select max(id) from documents)",
    ] {
        bench.by_hand(sql).await.unwrap();
    }
    let faults = bench.faults().await;
    for what in [
        "a consent that was struck out",
        "a card has no side",
        "a page of a card is of no document",
        "is on none of its sides",
        "review flag",
    ] {
        let found = faults.iter().any(|fault| fault.contains(what));
        assert!(found, "{what}: {faults:?}");
    }
}

async fn the_database_keeps_ticks_and_consents_whole(bench: Bench) {
    let id = file_card(&bench, "a.tif", coupon(TickState::Unsure))
        .await
        .document;
    for sql in [
        "update ticks set verdict = 'accepted' where state = 'unsure'",
        "update ticks set state = 'perhaps'",
        "update ticks set consent_wording = null where consent_purpose is not null",
        "update ticks set probability = 2",
        "update documents set kind = 'letter'",
        "update documents set customer_id = 'nobody'",
        "update documents set attached_by = 'opened'",
        "delete from documents",
    ] {
        assert!(bench.by_hand(sql).await.is_err(), "{sql}");
    }
    let card = bench.store.card_of(id).await.unwrap();
    assert_eq!(card.ticks[0].tick.verdict, Verdict::Review);
    assert_eq!(bench.faults().await, [""; 0]);
}

/// Prints what it costs to file a full card: `cargo test what_a_card -- --ignored
/// --nocapture`.
#[tokio::test]
#[ignore = "a measurement"]
async fn what_a_card_costs() {
    const CARDS: u32 = 640;
    for bench in [Some(Bench::sqlite().await), Bench::postgres().await] {
        let Some(bench) = bench else { continue };
        let names: Vec<String> = (0..14).map(|at| format!("name_{at}")).collect();
        let ticks: Vec<_> = names
            .iter()
            .map(|name| (&**name, TickState::Marked))
            .collect();
        let inks: &[Ink] = &[Ink::Written; 20];
        let names: Vec<String> = (0..14).map(|at| format!("field_{at}")).collect();
        let fields: Vec<_> = names.iter().map(|name| (&**name, inks)).collect();
        let batch = night(&bench).await;
        let mut scans = Vec::new();
        for at in 0..CARDS {
            let scan = bench.claim(&batch, &format!("{at}.tif")).await;
            let front = side("loyalty-a5", 1, &ticks, &fields);
            scans.push(read(
                scan,
                vec![card_side(1, front), card_page(2, "loyalty-a5", 2)],
            ));
        }
        let began = std::time::Instant::now();
        cases::file(&bench.store, &scans).await.unwrap();
        println!("{:.2?} a card", began.elapsed() / CARDS);
    }
}

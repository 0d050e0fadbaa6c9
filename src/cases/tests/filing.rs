//! Filing: which case, whole or not at all, once whatever happens.

use std::future::Future;

use super::{Lies, case, doubt, file_letter, filed_scan, from_harris, night};
use crate::cases::{self, FiledScan, review};
use crate::domain::case::{AttachedBy, Priority, Reasoned};
use crate::domain::letter::LetterField;
use crate::store::events::EventKind;
use crate::store::testing::{self, Bench, draft, letter_from, lost_page, page, provenance};
use crate::store::{Actor, ScanState, Store, StoreError};

testing::on_both!(
    a_letter_opens_a_case_and_can_be_seen_whole,
    a_letter_with_our_reference_joins_its_case,
    someone_elses_reference_opens_a_case_in_review,
    the_same_customer_joins_their_open_case,
    doubtful_letters_do_not_find_customers,
    a_missing_page_is_filed_and_in_review_until_discarded,
    blank_pages_outside_documents_are_kept,
    filing_twice_is_refused_and_changes_nothing,
    a_failure_in_the_middle_files_nothing,
    a_run_that_dies_at_any_moment_files_once,
    two_writers_take_turns,
    text_that_databases_refuse_is_filed,
    more_documents_than_one_change_takes,
);

async fn a_letter_opens_a_case_and_can_be_seen_whole(bench: Bench) {
    let filed = file_letter(&bench, "a.tif", from_harris("My kettle broke.")).await;
    assert!(filed.new_case && !filed.in_review);
    assert_eq!(filed.lies().by, AttachedBy::Opened);
    assert_eq!(filed.lies().case.number(), 1);

    let timeline = cases::timeline(&bench.store, filed.lies().case)
        .await
        .unwrap();
    assert_eq!(timeline.case.name.as_deref(), Some("Mary Harris"));
    assert_eq!(timeline.case.deadline.to_string(), "2026-12-18");
    assert_eq!(
        timeline.customer.unwrap().postcode.as_deref(),
        Some("LS6 3HN")
    );
    let document = &timeline.documents[0];
    assert_eq!(document.document.text, "My kettle broke.");
    assert_eq!(document.document.attachment, filed.attachment);
    assert_eq!(document.fields, from_harris("").fields);
    let image = document.pages[0].result.as_ref().unwrap();
    let bytes = bench.store.blob(image.original).await.unwrap();
    assert_eq!(bytes, b"original 1 My kettle broke.");
    let kinds: Vec<EventKind> = timeline.events.iter().map(|event| event.kind).collect();
    assert_eq!(
        kinds,
        [
            EventKind::CaseOpened,
            EventKind::CustomerMade,
            EventKind::CaseChanged,
            EventKind::DocumentFiled
        ]
    );
    assert_eq!(bench.provenance_of(filed.document).await, provenance());
    let words = bench.store.words_of(filed.scan, 1).await.unwrap().unwrap();
    assert_eq!(words, page(1, "My kettle broke.").result.unwrap().text);
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn a_letter_with_our_reference_joins_its_case(bench: Bench) {
    let first = file_letter(&bench, "a.tif", from_harris("My kettle broke.")).await;
    let case = first.lies().case;
    // Another address, so only the reference can say it; misread as print is.
    let text = format!("ref: {}, thank you", case.to_string().replace('0', "O"));
    let mut answer = letter_from("Mary Harris", "3 New Road", "M1 1AA", &text);
    answer.judgement.priority = Reasoned::new(Priority::Legal, "it names a solicitor");
    let second = file_letter(&bench, "b.tif", answer).await;
    assert_eq!((second.lies().case, second.new_case), (case, false));
    assert_eq!(second.lies().by, AttachedBy::Reference);
    let seen = bench.store.case(case).await.unwrap();
    assert_eq!((seen.documents, seen.priority), (2, Priority::Legal));
    // A reference whose check digits fail attaches nothing.
    let wrong = file_letter(&bench, "c.tif", draft("PR-0000001-00", &[])).await;
    assert!(wrong.new_case);
    // One that is right, but of no case of ours.
    let stranger = file_letter(&bench, "d.tif", draft("PR-0000417-11", &[])).await;
    assert!(stranger.new_case);
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn someone_elses_reference_opens_a_case_in_review(bench: Bench) {
    let first = file_letter(&bench, "a.tif", from_harris("My kettle broke.")).await;
    let text = format!("Your reference {}", first.lies().case);
    let letter = letter_from("Anil Patel", "3 New Road", "M1 1AA", &text);
    let second = file_letter(&bench, "b.tif", letter).await;
    assert!(second.new_case && second.in_review);
    assert!(second.lies().why.contains(&first.lies().case.to_string()));
    let waiting = review::list(&bench.store, None, 10).await.unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].question.name, LetterField::Reference.into());
    assert_eq!(
        waiting[0].question.field.value,
        Some(first.lies().case.to_string())
    );
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn the_same_customer_joins_their_open_case(bench: Bench) {
    let first = file_letter(&bench, "a.tif", from_harris("My kettle broke.")).await;
    let letter = letter_from("M Harrls", "14, Mill Lane", "LS63HN", "And again.");
    let second = file_letter(&bench, "b.tif", letter).await;
    assert_eq!(second.lies().case, first.lies().case);
    assert_eq!(second.lies().by, AttachedBy::Customer);
    let neighbour = letter_from(
        "Mary Harris",
        "16 Mill Lane",
        "LS6 3HN",
        "I live next door.",
    );
    assert!(file_letter(&bench, "c.tif", neighbour).await.new_case);
    // Once the case is closed the next letter opens another, of the same customer.
    bench
        .by_hand("update cases set state = 'closed' where number = 1")
        .await
        .unwrap();
    let third = file_letter(&bench, "d.tif", from_harris("A year later.")).await;
    assert!(third.new_case);
    assert_eq!(bench.count("customers").await, 2);
}

async fn doubtful_letters_do_not_find_customers(bench: Bench) {
    file_letter(&bench, "a.tif", from_harris("My kettle broke.")).await;
    let mut letter = from_harris("And again.");
    doubt(&mut letter, LetterField::Postcode);
    doubt(&mut letter, LetterField::SenderName);
    assert!(file_letter(&bench, "b.tif", letter).await.new_case);
    let mut letter = from_harris("And a third time.");
    doubt(&mut letter, LetterField::SenderName);
    let third = file_letter(&bench, "c.tif", letter).await;
    assert!(!third.new_case && third.in_review);
}

async fn a_missing_page_is_filed_and_in_review_until_discarded(bench: Bench) {
    let batch = night(&bench).await;
    let scan = bench.claim(&batch, "a.tif").await;
    let letter = from_harris("My kettle broke.");
    let pages = vec![page(1, "My kettle broke."), lost_page(2)];
    let filed = cases::file(&bench.store, &[filed_scan(scan, pages, letter)])
        .await
        .unwrap();
    assert!(filed[0].in_review);
    let asides = bench.store.asides().await.unwrap();
    assert_eq!(
        (asides.len(), asides[0].page, asides[0].scan),
        (1, Some(2), scan)
    );
    assert_eq!(asides[0].document, Some(filed[0].document));
    assert_eq!(bench.faults().await, [""; 0]);
    let clerk = Actor::person("clerk");
    bench
        .store
        .discard(scan, Some(2), "only a cover sheet", &clerk)
        .await
        .unwrap();
    assert!(bench.store.asides().await.unwrap().is_empty());
    assert!(
        !bench
            .store
            .document(filed[0].document)
            .await
            .unwrap()
            .in_review
    );
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn blank_pages_outside_documents_are_kept(bench: Bench) {
    let batch = night(&bench).await;
    let scan = bench.claim(&batch, "a.tif").await;
    let mut filed = filed_scan(
        scan,
        vec![page(1, "Hello"), page(2, "")],
        from_harris("Hello"),
    );
    filed.documents[0].document.pages = vec![1];
    cases::file(&bench.store, &[filed]).await.unwrap();
    assert_eq!(
        (bench.count("pages").await, bench.count("blobs").await),
        (2, 4)
    );
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn filing_twice_is_refused_and_changes_nothing(bench: Bench) {
    let batch = night(&bench).await;
    let scan = bench.claim(&batch, "a.tif").await;
    let filed = filed_scan(scan, vec![page(1, "Hello")], from_harris("Hello"));
    cases::file(&bench.store, std::slice::from_ref(&filed))
        .await
        .unwrap();
    let refused = cases::file(&bench.store, &[filed]).await.unwrap_err();
    assert!(
        matches!(refused, StoreError::NotClaimed { .. }),
        "{refused}"
    );
    let refused = bench
        .store
        .claim(&batch, &[testing::scan("a.tif")])
        .await
        .unwrap_err();
    assert!(
        matches!(refused, StoreError::NotClaimed { .. }),
        "{refused}"
    );
    assert_eq!(
        (bench.count("documents").await, bench.count("cases").await),
        (1, 1)
    );
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn a_failure_in_the_middle_files_nothing(bench: Bench) {
    let batch = night(&bench).await;
    let good = bench.claim(&batch, "a.tif").await;
    let bad = bench.claim(&batch, "b.tif").await;
    let good = filed_scan(good, vec![page(1, "Hello")], from_harris("Hello"));
    // The same page twice is refused by the database in the middle of the second scan.
    let pages = vec![page(1, "Bad"), page(1, "Bad")];
    let bad = filed_scan(bad, pages, from_harris("Bad"));
    cases::file(&bench.store, &[good.clone(), bad])
        .await
        .unwrap_err();
    for table in [
        "documents",
        "cases",
        "pages",
        "fields",
        "events",
        "customers",
        "blobs",
    ] {
        assert_eq!(bench.count(table).await, 0, "{table}");
    }
    assert_eq!(cases::file(&bench.store, &[good]).await.unwrap().len(), 1);
    assert_eq!(bench.store.case(case(1)).await.unwrap().documents, 1);
    assert_eq!(bench.faults().await, [""; 0]);
}

/// Polls a future so many times, then lets it die where it stands; gives what
/// it came to, and the polls that were left.
async fn killed_after<T>(polls: usize, future: impl Future<Output = T>) -> (Option<T>, usize) {
    let mut future = std::pin::pin!(future);
    let mut left = polls;
    let result = std::future::poll_fn(|context| {
        if left == 0 {
            return std::task::Poll::Ready(None);
        }
        left -= 1;
        future.as_mut().poll(context).map(Some)
    });
    (result.await, left)
}

/// One run over one scan, as the batch does it, that dies after so many polls;
/// gives the polls that were left.
async fn run_until(bench: &Bench, name: &str, polls: usize) -> usize {
    let store = &bench.store;
    let batch = store.begin_batch("/scans").await.unwrap();
    let new = testing::scan(name);
    let known = store.scans_by_digest(&[new.digest]).await.unwrap();
    if known.iter().any(|scan| scan.state == ScanState::Filed) {
        return polls;
    }
    let scan = store.claim(&batch, &[new]).await.unwrap()[0];
    let pages = vec![page(1, name), page(2, "")];
    let scans = [filed_scan(scan, pages, draft(name, &[]))];
    killed_after(polls, cases::file(store, &scans)).await.1
}

async fn a_run_that_dies_at_any_moment_files_once(bench: Bench) {
    let whole = 100_000 - run_until(&bench, "whole.tif", 100_000).await;
    // How many polls a filing takes depends on how fast the database answers.
    assert!(whole > 3, "{whole} polls are too few to die between");
    for polls in 0..whole {
        let name = format!("{polls}.tif");
        run_until(&bench, &name, polls).await;
        run_until(&bench, &name, usize::MAX).await;
    }
    let letters = whole as i64 + 1;
    assert_eq!(bench.count("documents").await, letters);
    assert_eq!(bench.count("cases").await, letters);
    assert_eq!(bench.count("pages").await, 2 * letters);
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn two_writers_take_turns(bench: Bench) {
    let other = bench.again().await;
    let batch = night(&bench).await;
    let mut mine = Vec::new();
    let mut theirs = Vec::new();
    for at in 0..6 {
        let scan = bench.claim(&batch, &format!("{at}.tif")).await;
        let text = format!("Letter {at}");
        let filed = filed_scan(scan, vec![page(1, &text)], from_harris(&text));
        if at % 2 == 0 { &mut mine } else { &mut theirs }.push(filed);
    }
    async fn one_by_one(store: &Store, scans: &[FiledScan]) {
        for scan in scans {
            cases::file(store, std::slice::from_ref(scan))
                .await
                .unwrap();
        }
    }
    tokio::join!(one_by_one(&bench.store, &mine), one_by_one(&other, &theirs));
    // One customer, so one case, whoever came first.
    assert_eq!(
        (bench.count("documents").await, bench.count("cases").await),
        (6, 1)
    );
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn text_that_databases_refuse_is_filed(bench: Bench) {
    let text = "a\0b \u{1}\u{ffff} 'quoted' $1 ? ; drop table cases; \u{1F600}";
    let mut letter = draft(text, &[(LetterField::Subject, text)]);
    letter.judgement.topic.why = text.into();
    let filed = file_letter(&bench, "a'\".tif", letter).await;
    let seen = bench.store.document(filed.document).await.unwrap();
    assert_eq!(seen.text, text.replace('\0', "\u{fffd}"));
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn more_documents_than_one_change_takes(bench: Bench) {
    let batch = night(&bench).await;
    let mut scans = Vec::new();
    for at in 0..70 {
        let scan = bench.claim(&batch, &format!("{at}.tif")).await;
        let text = format!("Letter {at}");
        scans.push(filed_scan(scan, vec![page(1, &text)], draft(&text, &[])));
    }
    let filed = cases::file(&bench.store, &scans).await.unwrap();
    let numbers: Vec<u64> = filed
        .iter()
        .map(|filed| filed.lies().case.number())
        .collect();
    assert_eq!(numbers, (1..=70).collect::<Vec<_>>());
    assert_eq!(bench.faults().await, [""; 0]);
}

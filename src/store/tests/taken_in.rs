//! Files as they are claimed, told as copies, set aside and settled.

use crate::domain::rejection::{Rejection, RejectionCode};
use crate::store::testing::{Bench, on_both, page, scan};
use crate::store::{Actor, NewScan, ScanState};

use super::file;

on_both!(
    claims_of_dead_batches_are_taken_over,
    duplicates_are_told_from_their_twin,
    a_file_that_cannot_be_read_is_not_forgotten,
    what_was_set_aside_can_be_discarded,
    a_file_that_was_replaced_waits_until_a_person_says_it_was_mended,
    what_is_filed_settles_its_copies,
);

async fn claims_of_dead_batches_are_taken_over(bench: Bench) {
    let store = &bench.store;
    let batch = store.begin_batch("/scans").await.unwrap();
    let [a, b] = [scan("a.tif"), scan("b.tif")];
    let claimed = store.claim(&batch, &[a.clone(), b.clone()]).await.unwrap();
    let resumed = store.begin_batch("/scans").await.unwrap();
    assert_eq!(
        store
            .claim(&resumed, &[b.clone(), a.clone()])
            .await
            .unwrap(),
        [claimed[1], claimed[0]]
    );
    // What was set aside can be claimed again, and then waits no longer.
    let why = Rejection::new(RejectionCode::Changed, "it changed");
    store.set_aside(claimed[0], &why).await.unwrap();
    let known = store.scans_by_digest(&[a.digest, b.digest]).await.unwrap();
    assert_eq!(
        (known[0].state, known[0].rejection.as_ref()),
        (ScanState::SetAside, Some(&why))
    );
    assert_eq!(known[1].state, ScanState::Claimed);
    assert!(store.set_aside(claimed[0], &why).await.is_err());
    store
        .claim(&resumed, std::slice::from_ref(&a))
        .await
        .unwrap();
    let known = store.scans_by_digest(&[a.digest]).await.unwrap();
    assert_eq!(
        (known[0].state, &known[0].rejection),
        (ScanState::Claimed, &None)
    );
}

async fn duplicates_are_told_from_their_twin(bench: Bench) {
    file(&bench, "a.tif", vec![page(1, "Hello")]).await;
    let store = &bench.store;
    let batch = store.begin_batch("/scans").await.unwrap();
    let copy = |path: &str| NewScan {
        path: path.into(),
        ..scan("a.tif")
    };
    store
        .record_duplicates(&batch, &[copy("b.tif"), copy("c.tif")])
        .await
        .unwrap();
    let known = store
        .scans_by_digest(&[scan("a.tif").digest])
        .await
        .unwrap();
    let states: Vec<ScanState> = known.iter().map(|scan| scan.state).collect();
    assert_eq!(
        states,
        [ScanState::Filed, ScanState::Duplicate, ScanState::Duplicate]
    );
    assert_eq!(known[0].pages, 1);
    // A file that is no copy of anything cannot be marked as one.
    store
        .record_duplicates(&batch, &[scan("lone.tif")])
        .await
        .unwrap_err();
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn a_file_that_cannot_be_read_is_not_forgotten(bench: Bench) {
    let (store, clerk) = (&bench.store, Actor::person("clerk"));
    let closed = |name: &str, reason: &str| {
        let why = Rejection::new(RejectionCode::Unreadable, reason);
        (name.to_owned(), why)
    };
    let night = [closed("a.tif", "closed"), closed("b.tif", "closed")];
    store.note_unreadable("/scans", &night, &[]).await.unwrap();
    let night = [closed("a.tif", "torn disk"), closed("b.tif", "closed")];
    store.note_unreadable("/scans", &night, &[]).await.unwrap();
    let asides = store.asides().await.unwrap();
    let reasons: Vec<&str> = asides.iter().map(|a| &*a.rejection.reason).collect();
    assert_eq!(reasons, ["torn disk", "closed"]);
    store
        .discard(asides[1].scan, None, "not post", &clerk)
        .await
        .unwrap();
    let again = store.discard(asides[1].scan, None, "again", &clerk).await;
    assert!(again.is_err());
    assert_eq!(store.asides().await.unwrap(), asides[..1]);
    let known = store.unreadable("/scans").await.unwrap();
    assert_eq!(known["b.tif"].code, RejectionCode::Discarded);
    store
        .note_unreadable("/scans", &[], &["a.tif", "b.tif"])
        .await
        .unwrap();
    assert!(store.unreadable("/scans").await.unwrap().is_empty());
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn what_was_set_aside_can_be_discarded(bench: Bench) {
    let (store, clerk) = (&bench.store, Actor::person("clerk"));
    let batch = store.begin_batch("/scans").await.unwrap();
    let claimed = store
        .claim(&batch, &[scan("a.tif"), scan("b.tif")])
        .await
        .unwrap();
    for claim in &claimed {
        let why = Rejection::new(RejectionCode::Encrypted, "it needs a password");
        store.set_aside(*claim, &why).await.unwrap();
    }
    assert_eq!(store.asides().await.unwrap().len(), 2);
    store
        .discard(claimed[0], None, "an advertisement", &clerk)
        .await
        .unwrap();
    let left = store.asides().await.unwrap();
    assert_eq!((left.len(), left[0].scan), (1, claimed[1]));
    assert!(
        store
            .discard(claimed[0], None, "again", &clerk)
            .await
            .is_err()
    );
    let digests = [scan("a.tif").digest, scan("b.tif").digest];
    let known = store.scans_by_digest(&digests).await.unwrap();
    let why = known[0].rejection.clone().unwrap();
    assert_eq!(
        (why.code, why.reason.as_str()),
        (RejectionCode::Discarded, "an advertisement")
    );
    assert_eq!(
        (known[0].state, known[1].state),
        (ScanState::Discarded, ScanState::SetAside)
    );
    assert_eq!(bench.count("events").await, 1);
}

async fn a_file_that_was_replaced_waits_until_a_person_says_it_was_mended(bench: Bench) {
    let (store, clerk) = (&bench.store, Actor::person("clerk"));
    let batch = store.begin_batch("/scans").await.unwrap();
    let torn = NewScan {
        path: "a.tif".into(),
        ..scan("torn")
    };
    let claimed = store
        .claim(&batch, std::slice::from_ref(&torn))
        .await
        .unwrap();
    let why = Rejection::new(RejectionCode::Truncated, "it ends in the middle");
    store.set_aside(claimed[0], &why).await.unwrap();
    let names = ["a.tif".to_owned()];
    for name in ["b.tif", "a.tif"] {
        let settled = store.settle_mended(&batch, "/scans", &names, &clerk);
        settled.await.unwrap();
        file(&bench, name, vec![page(1, name)]).await;
        let asides = store.asides().await.unwrap();
        assert_eq!((asides.len(), asides[0].scan), (1, claimed[0]));
    }
    store.note_gone(claimed[0], true).await.unwrap();
    assert!(
        store.asides().await.unwrap()[0]
            .told()
            .contains("scan it again")
    );
    let settled = store.settle_mended(&batch, "/scans", &names, &clerk);
    settled.await.unwrap();
    assert!(store.asides().await.unwrap().is_empty());
    let known = store.scans_by_digest(&[torn.digest]).await.unwrap();
    assert_eq!(known[0].state, ScanState::Discarded);
    assert_eq!(bench.count("events where actor = 'clerk'").await, 1);
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn what_is_filed_settles_its_copies(bench: Bench) {
    let store = &bench.store;
    let batch = store.begin_batch("/scans").await.unwrap();
    let held = |folder: &str, path: &str| NewScan {
        folder: folder.into(),
        path: path.into(),
        ..scan("a.tif")
    };
    let copies = [held("/other", "x.tif"), held("/scans", "x.tif")];
    let claimed = store.claim(&batch, &copies).await.unwrap();
    let why = Rejection::new(RejectionCode::Changed, "it changed");
    store.set_aside(claimed[1], &why).await.unwrap();
    file(&bench, "a.tif", vec![page(1, "Hello")]).await;
    assert!(store.asides().await.unwrap().is_empty());
    let known = store
        .scans_by_digest(&[scan("a.tif").digest])
        .await
        .unwrap();
    let states: Vec<ScanState> = known.iter().map(|scan| scan.state).collect();
    let copy = ScanState::Duplicate;
    assert_eq!(states, [copy, copy, ScanState::Filed]);
    assert_eq!(bench.faults().await, [""; 0]);
    // By hand only: the same bytes twice.
    bench
        .by_hand("update scans set state = 'filed', pages = 0, duplicate_of = null")
        .await
        .unwrap();
    let faults = bench.faults().await;
    assert!(
        faults.iter().any(|fault| fault.contains("filed twice")),
        "{faults:?}"
    );
}

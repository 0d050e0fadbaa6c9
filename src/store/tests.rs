//! The store by itself and its misfortunes, over both databases.

use std::fs;
use std::path::PathBuf;

use crate::domain::page::{PageKind, PageOutcome};
use crate::domain::rejection::{Rejection, RejectionCode};

use super::testing::{self, Bench, draft, lost_page, page, scan};
use super::verify::Fault;
use super::{
    Actor, BlobAddress, DatabaseAddress, OnRecord, ScanId, ScanState, Store, StoreAddress,
    StoreError,
};

testing::on_both!(
    a_store_is_made_once,
    a_newer_store_is_refused,
    an_older_store_is_brought_up_to_date,
    an_unfinished_batch_is_resumed,
    what_a_batch_filed_is_counted_row_by_row,
    claims_of_dead_batches_are_taken_over,
    duplicates_are_told_from_their_twin,
    a_file_that_cannot_be_read_is_not_forgotten,
    what_was_set_aside_can_be_discarded,
    a_file_that_was_replaced_and_filed_waits_no_longer,
    one_run_takes_in_scans_at_a_time,
    history_cannot_be_changed,
    the_database_holds_its_own_sums,
    verify_sees_lost_damaged_and_unused_images,
    verify_sees_rows_that_contradict,
    an_image_is_kept_once_and_counted,
    a_blob_folder_that_cannot_be_written_says_so,
    two_programs_can_make_a_store_at_once,
);

async fn file(bench: &Bench, name: &str, pages: Vec<PageOutcome>) -> ScanId {
    let batch = bench.store.begin_batch("/scans").await.unwrap();
    let scan = bench.claim(&batch, name).await;
    testing::file(&bench.store, scan, &pages, &draft(name, &[]))
        .await
        .unwrap();
    scan
}

/// Every file of the blob folder.
fn blob_files(bench: &Bench) -> Vec<PathBuf> {
    let mut folders = vec![bench.blobs().to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                &mut folders
            } else {
                &mut files
            }
            .push(path);
        }
    }
    files.sort();
    files
}

async fn a_store_is_made_once(bench: Bench) {
    let (_, created) = Store::create_or_open(&bench.address).await.unwrap();
    assert!(!created);
    Store::open(&bench.address).await.unwrap();
    let mut elsewhere = bench.address.clone();
    elsewhere.database = match elsewhere.database {
        DatabaseAddress::Sqlite(path) => DatabaseAddress::Sqlite(path.with_extension("no")),
        DatabaseAddress::Postgres(url) => DatabaseAddress::Postgres(format!("{url}_no")),
    };
    let refused = Store::open(&elsewhere).await.unwrap_err();
    assert!(matches!(refused, StoreError::Missing { .. }), "{refused}");
    assert!(refused.to_string().contains("postroom init"));
}

async fn a_newer_store_is_refused(bench: Bench) {
    bench
        .by_hand("update _sqlx_migrations set version = 99 where version = 3")
        .await
        .unwrap();
    let refused = Store::open(&bench.address).await.unwrap_err();
    assert!(matches!(refused, StoreError::Newer { .. }), "{refused}");
}

async fn an_older_store_is_brought_up_to_date(bench: Bench) {
    file(&bench, "a.tif", vec![page(1, "Hello")]).await;
    for undo in [
        "drop table unreadable",
        "delete from _sqlx_migrations where version = 4",
    ] {
        bench.by_hand(undo).await.unwrap();
    }
    assert!(bench.store.asides().await.is_err());
    let store = bench.again().await;
    assert!(store.asides().await.unwrap().is_empty());
    assert_eq!(bench.count("documents").await, 1);
}

async fn an_unfinished_batch_is_resumed(bench: Bench) {
    let store = &bench.store;
    let first = store.begin_batch("/scans").await.unwrap();
    assert!(!first.resumed);
    let again = store.begin_batch("/scans").await.unwrap();
    assert_eq!(
        (again.id, again.number, again.resumed),
        (first.id, first.number, true)
    );
    let other = store.begin_batch("/other").await.unwrap();
    assert_eq!((other.number, other.resumed), (2, false));
    store.finish_batch(&first, "{\"scans\": 0}").await.unwrap();
    assert!(!store.begin_batch("/scans").await.unwrap().resumed);
    assert_eq!(bench.faults().await, [""; 0]);
    // A sheet that was gone when its run went on does not go unseen.
    let gone = bench.claim(&other, "a.tif").await;
    store.finish_batch(&other, "{}").await.unwrap();
    let asides = store.asides().await.unwrap();
    assert_eq!((asides.len(), asides[0].scan), (1, gone));
    assert!(asides[0].rejection.code.is_want_of_resources());
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn what_a_batch_filed_is_counted_row_by_row(bench: Bench) {
    let store = &bench.store;
    let batch = store.begin_batch("/scans").await.unwrap();
    assert_eq!(store.on_record(&batch).await.unwrap(), OnRecord::default());
    let first = vec![page(1, "Hello"), page(2, ""), lost_page(3)];
    file(&bench, "a.tif", first).await;
    let before = store.on_record(&batch).await.unwrap();
    let pages = [(PageKind::Letter, 1), (PageKind::Blank, 1)].into();
    let (scans, pages_aside) = (1, 1);
    let expected = OnRecord {
        scans,
        pages,
        pages_aside,
    };
    assert_eq!(before, expected);
    file(&bench, "b.tif", vec![page(1, "And again")]).await;
    bench.claim(&batch, "c.tif").await;
    let since = store.on_record(&batch).await.unwrap().since(&before);
    assert_eq!((since.scans, since.pages_aside), (1, 0));
    assert_eq!(since.pages[&PageKind::Letter], 1);
    assert_eq!(since.pages[&PageKind::Blank], 0);
}

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
    let copy = |path: &str| super::NewScan {
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

async fn a_file_that_was_replaced_and_filed_waits_no_longer(bench: Bench) {
    let store = &bench.store;
    let batch = store.begin_batch("/scans").await.unwrap();
    let held = |path: &str, bytes: &str| super::NewScan {
        path: path.into(),
        ..scan(bytes)
    };
    let torn = [
        held("a.tif", "torn"),
        held("a.tif", "cut off"),
        held("b.tif", "other"),
    ];
    let claimed = store.claim(&batch, &torn).await.unwrap();
    let why = Rejection::new(RejectionCode::Truncated, "it ends in the middle");
    store.set_aside(claimed[0], &why).await.unwrap();
    store.set_aside(claimed[2], &why).await.unwrap();
    file(&bench, "a.tif", vec![page(1, "Hello")]).await;
    let asides = store.asides().await.unwrap();
    assert_eq!((asides.len(), asides[0].scan), (1, claimed[2]));
    let digests = [torn[0].digest, torn[1].digest];
    for known in store.scans_by_digest(&digests).await.unwrap() {
        assert_eq!(known.state, ScanState::Discarded);
        let why = known.rejection.unwrap();
        assert_eq!(why.code, RejectionCode::Discarded);
        assert_eq!(why.reason, "the file was replaced and filed");
    }
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn one_run_takes_in_scans_at_a_time(bench: Bench) {
    let other = bench.again().await;
    let lock = bench.store.lock_intake().await.unwrap();
    let refused = other.lock_intake().await.unwrap_err();
    assert!(matches!(refused, StoreError::Busy { .. }), "{refused}");
    // Everything else works beside a run.
    other.begin_batch("/other").await.unwrap();
    drop(lock);
    other.lock_intake().await.unwrap();
}

async fn history_cannot_be_changed(bench: Bench) {
    file(&bench, "a.tif", vec![page(1, "Hello")]).await;
    for sql in ["update events set actor = 'nobody'", "delete from events"] {
        let refused = bench.by_hand(sql).await.unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{refused}");
    }
    assert_eq!(bench.count("events").await, 1);
}

async fn the_database_holds_its_own_sums(bench: Bench) {
    file(&bench, "a.tif", vec![page(1, "Hello")]).await;
    for sql in [
        "insert into pages (scan_id, number) select id, 2 from scans",
        "insert into pages (scan_id, number, kind) select id, 2, 'letter' from scans",
        "update scans set state = 'lost'",
        "update scans set pages = null",
        "update fields set verdict = 'accepted', value = null where name = 'title'",
        "update documents set case_number = 99",
        "update blobs set refs = -1",
        "delete from scans",
    ] {
        assert!(bench.by_hand(sql).await.is_err(), "{sql}");
    }
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn verify_sees_lost_damaged_and_unused_images(bench: Bench) {
    file(&bench, "a.tif", vec![page(1, "Hello"), page(2, "")]).await;
    let files = blob_files(&bench);
    assert_eq!(files.len(), 4);
    fs::remove_file(&files[0]).unwrap();
    let mut bytes = fs::read(&files[1]).unwrap();
    bytes[0] ^= 1;
    fs::write(&files[1], bytes).unwrap();
    let unused = page(9, "nobody's");
    bench
        .store
        .keep_pages(std::slice::from_ref(&unused))
        .await
        .unwrap();
    let mut seen = 0;
    let faults = bench
        .store
        .verify(|verified| seen = verified.done)
        .await
        .unwrap();
    assert_eq!(seen, 4);
    let name = |at: usize| {
        files[at]
            .file_name()
            .unwrap()
            .to_str()
            .unwrap()
            .parse()
            .unwrap()
    };
    assert!(matches!(&faults[0], Fault::BlobMissing { digest, .. } if *digest == name(0)));
    assert_eq!(faults[1], Fault::BlobDamaged { digest: name(1) });
    assert!(
        faults[2..].iter().all(Fault::is_note) && faults.len() == 4,
        "{faults:?}"
    );
}

async fn verify_sees_rows_that_contradict(bench: Bench) {
    file(&bench, "a.tif", vec![page(1, "Hello"), page(2, "there")]).await;
    let batch = bench.store.begin_batch("/scans").await.unwrap();
    let forgotten = bench.claim(&batch, "b.tif").await;
    for sql in [
        "update batches set finished_at = '9999-01-01'",
        "update scans set pages = 3 where state = 'filed'",
        "update documents set in_review = 1",
        "update blobs set refs = refs + 1",
        "update cases set reference = 'PR-0000001-00'",
        "delete from readings",
        "update counters set value = 0 where name = 'case'",
    ] {
        bench.by_hand(sql).await.unwrap();
    }
    let faults = bench.faults().await;
    let forgotten = format!("left a scan unsettled: {forgotten}");
    for what in [
        forgotten.as_str(),
        "not as many pages",
        "review flag",
        "not counted as often",
        "not that of its number: PR-0000001-00",
        "no reading",
        "not given out",
    ] {
        assert!(
            faults.iter().any(|fault| fault.contains(what)),
            "{what}: {faults:?}"
        );
    }
}

async fn an_image_is_kept_once_and_counted(bench: Bench) {
    file(&bench, "a.tif", vec![page(1, "Hello")]).await;
    file(&bench, "b.tif", vec![page(1, "Hello")]).await;
    assert_eq!(
        (bench.count("blobs").await, blob_files(&bench).len()),
        (2, 2)
    );
    let refs = "blobs where refs = 2";
    assert_eq!(bench.count(refs).await, 2);
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn a_blob_folder_that_cannot_be_written_says_so(bench: Bench) {
    fs::remove_dir_all(bench.blobs()).unwrap();
    fs::write(bench.blobs(), "a file where the folder was").unwrap();
    let pages = [page(1, "Hello")];
    let failed = bench.store.keep_pages(&pages).await.unwrap_err();
    assert!(
        failed.to_string().contains(bench.blobs().to_str().unwrap()),
        "{failed}"
    );
    assert!(Store::open(&bench.address).await.is_err());
    assert_eq!(bench.count("documents").await, 0);
}

async fn two_programs_can_make_a_store_at_once(bench: Bench) {
    let mut address = bench.address.clone();
    if let DatabaseAddress::Sqlite(path) = &mut address.database {
        *path = bench.folder.path().join("new/postroom.sqlite");
    }
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let address = address.clone();
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .unwrap();
                runtime
                    .block_on(Store::create_or_open(&address))
                    .map(|(_, created)| created)
            })
        })
        .collect();
    for task in tasks {
        task.join().unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_full_database_is_known_as_such_and_files_nothing() {
    let bench = Bench::sqlite().await;
    file(&bench, "a.tif", vec![page(1, "Hello")]).await;
    bench
        .by_hand("pragma wal_checkpoint(truncate)")
        .await
        .unwrap();
    // One connection, so that its page limit counts for all.
    let pages: i64 = sqlx::query_scalar("pragma page_count")
        .fetch_one(&bench.store.pool)
        .await
        .unwrap();
    let limit = format!("pragma max_page_count = {}", pages + 2);
    let mut held = Vec::new();
    for _ in 0..super::MOST_CONNECTIONS {
        let mut connection = bench.store.pool.acquire().await.unwrap();
        sqlx::query(sqlx::AssertSqlSafe(limit.clone()))
            .execute(&mut *connection)
            .await
            .unwrap();
        held.push(connection);
    }
    drop(held);
    let batch = bench.store.begin_batch("/scans").await.unwrap();
    let scan = bench.claim(&batch, "b.tif").await;
    let text = "words ".repeat(20_000);
    let failed = testing::file(&bench.store, scan, &[page(1, &text)], &draft(&text, &[]))
        .await
        .unwrap_err();
    assert!(failed.to_string().contains("make room"), "{failed}");
    assert!(failed.to_string().contains("make room"), "{failed}");
    assert_eq!(
        (bench.count("documents").await, bench.count("pages").await),
        (1, 1)
    );
    assert_eq!(bench.faults().await, [""; 0]);
}

#[tokio::test]
async fn a_database_that_is_not_there_is_a_want_of_resources() {
    let folder = tempfile::tempdir().unwrap();
    let address = StoreAddress {
        database: "postgres://postroom:secret@127.0.0.1:1/none"
            .parse()
            .unwrap(),
        blobs: BlobAddress::Folder(folder.path().join("blobs")),
    };
    let failed = Store::open(&address).await.unwrap_err();
    assert!(failed.to_string().contains("reachable"), "{failed:?}");
    assert!(!failed.to_string().contains("secret"));
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let address = StoreAddress::folder(folder.path());
    fs::write(
        folder.path().join("postroom.sqlite"),
        "a letter, not a database ".repeat(99),
    )
    .unwrap();
    let failed = Store::open(&address).await.unwrap_err();
    assert!(failed.to_string().contains("not a database"), "{failed}");
}

#[tokio::test]
async fn an_answered_commit_survives_a_power_cut() {
    let bench = Bench::sqlite().await;
    for (pragma, value) in [
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("secure_delete", 1),
    ] {
        let sql = sqlx::AssertSqlSafe(format!("pragma {pragma}"));
        let set: i64 = sqlx::query_scalar(sql)
            .fetch_one(&bench.store.pool)
            .await
            .unwrap();
        assert_eq!(set, value, "{pragma}");
    }
    let mode: String = sqlx::query_scalar("pragma journal_mode")
        .fetch_one(&bench.store.pool)
        .await
        .unwrap();
    assert_eq!(mode, "wal");
}

#[tokio::test]
async fn a_server_that_goes_and_comes_back_loses_nothing() {
    let Some(bench) = Bench::postgres().await else {
        println!("skipped: POSTROOM_TEST_POSTGRES is not set");
        return;
    };
    let mut change = bench.store.change(&Actor::postroom()).await.unwrap();
    let judged = draft("Hello", &[]).judgement;
    change.open_case(&judged).await.unwrap();
    let server: i32 = sqlx::query_scalar("select pg_backend_pid()")
        .fetch_one(change.connection())
        .await
        .unwrap();
    sqlx::query("select pg_terminate_backend($1)")
        .bind(server)
        .execute(&bench.store.pool)
        .await
        .unwrap();
    let failed = match change.open_case(&judged).await {
        Ok(_) => panic!("the connection is gone"),
        Err(failed) => failed,
    };
    assert!(failed.to_string().contains("reachable"), "{failed:?}");
    assert_eq!(bench.count("cases").await, 0);
    file(&bench, "a.tif", vec![page(1, "Hello")]).await;
    assert_eq!(bench.faults().await, [""; 0]);
}

#[tokio::test]
async fn images_can_lie_on_s3() {
    let Ok(url) = std::env::var("POSTROOM_TEST_S3") else {
        println!("skipped: POSTROOM_TEST_S3 is not set");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut address = StoreAddress::folder(folder.path());
    address.blobs = url.parse().unwrap();
    let (store, _) = Store::create_or_open(&address).await.unwrap();
    let image = page(1, "Hello").result.unwrap().original;
    let kept = store.keep(&[&image, &image]).await.unwrap();
    assert_eq!(store.blob(kept[0]).await.unwrap(), image.bytes);
    let notes = store.verify(|_| ()).await.unwrap();
    assert!(notes.contains(&Fault::BlobUnused { digest: kept[0] }));
}

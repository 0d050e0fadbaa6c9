//! The store by itself and its misfortunes, over both databases.

mod older;
mod taken_in;

use crate::store::search::SearchFilter;
use std::fs;
use std::path::PathBuf;

use serde_json::json;

use crate::domain::page::{PageKind, PageOutcome};

use super::events::{About, EventKind};
use super::testing::{self, Bench, draft, lost_page, page};
use super::verify::Fault;
use super::{
    Actor, BlobAddress, DatabaseAddress, OnRecord, ScanId, Store, StoreAddress, StoreError,
};

testing::on_both!(
    a_store_is_made_once,
    a_newer_store_is_refused,
    an_older_store_is_brought_up_to_date,
    words_are_found_whatever_stands_between_them,
    an_unfinished_batch_is_resumed,
    what_a_batch_filed_is_counted_row_by_row,
    one_run_takes_in_scans_at_a_time,
    history_cannot_be_changed,
    a_person_can_be_erased_from_history,
    values_in_an_older_history_are_moved_beside_it,
    the_database_holds_its_own_sums,
    verify_sees_lost_damaged_and_unused_images,
    a_blob_store_that_cannot_be_asked_is_no_loss,
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
    let other = file(&bench, "b.tif", vec![page(1, "Hello")]).await;
    let old = match bench.address.database {
        DatabaseAddress::Sqlite(_) => "update searchable set words = 'kettle/toaster'",
        DatabaseAddress::Postgres(_) => {
            "update searchable set words = to_tsvector('simple', 'kettle/toaster')"
        }
    };
    bench.by_hand(old).await.unwrap();
    let waits = "insert into to_index (document_id) select subject from searchable";
    bench.by_hand(waits).await.unwrap();
    assert!(
        bench
            .store
            .search("tif", &SearchFilter::default())
            .await
            .unwrap()
            .is_empty()
    );
    let store = bench.again().await;
    let found = store
        .search("b.tif", &SearchFilter::default())
        .await
        .unwrap();
    assert_eq!(found.len(), 1, "{other} {found:?}");
    assert_eq!(bench.count("to_index").await, 0);
}

async fn words_are_found_whatever_stands_between_them(bench: Bench) {
    let text = "Order KH/43749/25, mail jo@example.com\nkettle/toaster at -0000417 O'Brien";
    let batch = bench.store.begin_batch("/scans").await.unwrap();
    let scan = bench.claim(&batch, "a.tif").await;
    let pages = [page(1, text)];
    let draft = draft(text, &[]);
    let document = testing::file(&bench.store, scan, &pages, &draft).await;
    let document = document.unwrap();
    for words in [
        "KH/43749/25",
        "kh 25",
        "43749",
        "jo@example.com",
        "example",
        "Toaster",
        "kettle",
        "0000417",
        "-0000417",
        "o'brien",
        "BRIEN order",
    ] {
        let found = bench
            .store
            .search(words, &SearchFilter::default())
            .await
            .unwrap();
        assert_eq!(found.len(), 1, "{words}");
        assert_eq!(found[0].id, document.to_string());
    }
    for words in ["4374", "jo@example.org", "kettles", "'", "& | !"] {
        assert!(
            bench
                .store
                .search(words, &SearchFilter::default())
                .await
                .unwrap()
                .is_empty(),
            "{words}"
        );
    }
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

async fn a_person_can_be_erased_from_history(bench: Bench) {
    let mut change = bench.store.change(&Actor::person("clerk")).await.unwrap();
    let case = change
        .open_case(&draft("Hello", &[]).judgement)
        .await
        .unwrap();
    let detail = json!({ "field": "town", "after": { "value": "Leeds", "verdict": "accepted" } });
    let settled = change.event(EventKind::FieldSettled, About::case(case), detail.clone());
    settled.await.unwrap();
    change.commit().await.unwrap();
    let told = async || bench.store.history(case).await.unwrap()[1].detail.clone();
    assert_eq!(told().await, detail);
    assert_eq!(bench.count("events where detail like '%Leeds%'").await, 0);
    bench.by_hand("delete from event_values").await.unwrap();
    let left = json!({ "field": "town", "after": { "verdict": "accepted" } });
    assert_eq!(told().await, left);
}

async fn values_in_an_older_history_are_moved_beside_it(bench: Bench) {
    let mut change = bench.store.change(&Actor::person("clerk")).await.unwrap();
    let case = change
        .open_case(&draft("Hello", &[]).judgement)
        .await
        .unwrap();
    change.commit().await.unwrap();
    for old in [
        "drop table event_values",
        "delete from _sqlx_migrations where version = 7",
        "insert into events (id, at, actor, kind, case_number, detail) values
             ('ffffffff-0000-7000-8000-000000000001', '', 'clerk', 'field_settled', 1,
              '{\"field\": \"town\", \"before\": {\"value\": \"Leeds\", \"verdict\": \"review\"}}'),
             ('ffffffff-0000-7000-8000-000000000002', '', 'clerk', 'customer_changed', 1,
              '{\"customer\": \"x\", \"before\": {\"town\": \"Leeds\"}}'),
             ('ffffffff-0000-7000-8000-000000000003', '', 'clerk', 'document_moved', 1,
              '{\"from\": \"a\", \"reason\": \"of Leeds\"}')",
    ] {
        bench.by_hand(old).await.unwrap();
    }
    let store = bench.again().await;
    assert_eq!(bench.count("events where detail like '%Leeds%'").await, 0);
    let history = store.history(case).await.unwrap();
    assert_eq!(history[1].detail["before"]["value"], "Leeds");
    assert_eq!(history[1].detail["before"]["verdict"], "review");
    assert_eq!(history[2].detail["before"]["town"], "Leeds");
    assert_eq!(history[3].detail["reason"], "of Leeds");
    let refused = bench.by_hand("update events set actor = 'nobody'").await;
    assert!(refused.unwrap_err().to_string().contains("append-only"));
    let faults = bench.faults().await;
    assert_eq!(
        faults.len(),
        2,
        "the case has no document, and events stand beside the chain: {faults:?}"
    );
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
        .unwrap()
        .faults;
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

async fn a_blob_store_that_cannot_be_asked_is_no_loss(bench: Bench) {
    file(&bench, "a.tif", vec![page(1, "Hello")]).await;
    let blob = &blob_files(&bench)[0];
    fs::remove_file(blob).unwrap();
    // A link to itself can be asked for ever.
    std::os::unix::fs::symlink(blob, blob).unwrap();
    let failed = bench.store.verify(|_| ()).await.unwrap_err();
    assert!(matches!(failed, StoreError::Blobs { .. }), "{failed}");
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
async fn a_lock_whose_connection_drops_is_lost() {
    let mut bench = Bench::sqlite().await;
    let mut lock = bench.store.lock_intake().await.unwrap();
    lock.still_held().await.unwrap();
    bench = match Bench::postgres().await {
        Some(bench) => bench,
        None => {
            println!("skipped: POSTROOM_TEST_POSTGRES is not set");
            return;
        }
    };
    let mut lock = bench.store.lock_intake().await.unwrap();
    lock.still_held().await.unwrap();
    sqlx::query(
        "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'
         and objid = cast(cast(hashtext(current_schema()) as bit(32)) as bigint)::oid",
    )
    .execute(&bench.store.pool)
    .await
    .unwrap();
    let lost = lock.still_held().await.unwrap_err();
    assert!(matches!(lost, StoreError::LockLost { .. }), "{lost}");
    // Another run can have it.
    bench.store.lock_intake().await.unwrap();
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
    let notes = store.verify(|_| ()).await.unwrap().faults;
    assert!(notes.contains(&Fault::BlobUnused { digest: kept[0] }));
}

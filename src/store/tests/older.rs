//! A store as an older program left it, with rows in it, opened by this one.

use crate::domain::grammar::case_reference::CaseReference;
use crate::store::search::SearchFilter;
use sqlx::migrate::Migrator;

use crate::store::DatabaseAddress;
use crate::store::documents::DocumentKind;
use crate::store::quality::Scope;
use crate::store::testing::{self, Bench};
use crate::store::{Actor, CustomerId};

testing::on_both!(
    a_store_without_cards_is_brought_up_to_date,
    a_store_without_readings_is_brought_up_to_date,
    messages_of_before_are_brought_up_to_date,
    customers_that_an_older_program_joined_are_parted,
);

async fn a_store_without_cards_is_brought_up_to_date(bench: Bench) {
    as_before(&bench, 8).await;
    let rows = [
        "insert into batches (id, number, folder, begun_at)
         values ('01900000-0000-7000-8000-000000000001', 1, '/scans', '')",
        "insert into scans (id, batch_id, folder, path, digest, bytes, state, pages, claimed_at)
         values ('01900000-0000-7000-8000-000000000002', '01900000-0000-7000-8000-000000000001',
                 '/scans', 'a.tif', 'x', 1, 'filed', 1, '')",
        "update counters set value = 1 where name = 'case'",
        "insert into cases (number, reference, state, topic, team, priority, deadline, opened_at)
         values (1, 'PR-0000001-95', 'open', 'goods', 'goods', 'normal', '2026-12-18', '')",
        "insert into documents (id, scan_id, ordinal, case_number, attached_by, attached_why,
                                received, received_origin, legibility, text,
                                topic, topic_why, priority, priority_why, team, team_why,
                                deadline, deadline_why, in_review, filed_at)
         values ('01900000-0000-7000-8000-000000000003', '01900000-0000-7000-8000-000000000002',
                 1, 1, 'opened', 'a test', '2026-11-20', 'today', 'clear', 'my kettle broke',
                 'goods', '', 'normal', '', 'goods', '', '2026-12-18', '', 0, '')",
        "insert into to_index values ('01900000-0000-7000-8000-000000000003')",
        "insert into readings (document_id, read_at, model, rules, gazetteer, program)
         values ('01900000-0000-7000-8000-000000000003', '', 'm', 'r', 'g', '0.1.0')",
        "insert into pages (scan_id, number, document_id, position, aside_code, aside_reason)
         values ('01900000-0000-7000-8000-000000000002', 1,
                 '01900000-0000-7000-8000-000000000003', 1, 'discarded', 'a cover')",
        "insert into fields (document_id, name, value, probability, verdict, reason)
         values ('01900000-0000-7000-8000-000000000003', 'town', 'Leeds', 0.9, 'accepted', '')",
    ];
    for row in rows {
        bench.by_hand(row).await.unwrap();
    }
    let store = bench.again().await;
    let found = store
        .search("kettle", &SearchFilter::default())
        .await
        .unwrap();
    let document = store.document(found[0].id.parse().unwrap()).await.unwrap();
    assert_eq!(document.kind, DocumentKind::Letter);
    let lies = document.attachment.unwrap();
    assert_eq!((lies.case.number(), &*lies.why), (1, "a test"));
    assert_eq!(store.fields_of(document.id).await.unwrap().len(), 1);
    // The rows that refer to it are still held to it.
    let refused = bench.by_hand("delete from documents").await;
    assert!(refused.is_err());
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn a_store_without_readings_is_brought_up_to_date(bench: Bench) {
    as_before(&bench, 11).await;
    let rows = [
        "insert into batches (id, number, folder, begun_at)
         values ('01900000-0000-7000-8000-000000000001', 1, '/scans', '')",
        "insert into scans (id, batch_id, folder, path, digest, bytes, state, pages, claimed_at)
         values ('01900000-0000-7000-8000-000000000002', '01900000-0000-7000-8000-000000000001',
                 '/scans', 'a.tif', 'x', 1, 'filed', 1, '')",
        "insert into documents (id, scan_id, ordinal, kind, received, received_origin,
                                legibility, text, topic, topic_why, priority, priority_why,
                                team, team_why, deadline, deadline_why, in_review, filed_at)
         values ('01900000-0000-7000-8000-000000000003', '01900000-0000-7000-8000-000000000002',
                 1, 'card', '2026-11-20', 'today', 'clear', '', 'goods', '', 'normal', '',
                 'goods', '', '2026-12-18', '', 1, '2026-11-20T00:00:00.000000Z')",
        "insert into readings (document_id, read_at, model, rules, gazetteer, program, forms)
         values ('01900000-0000-7000-8000-000000000003', '', 'm', 'r', 'g', '0.1.0', 'f')",
        "insert into card_sides (document_id, page, form, version, side, recognised, residual_mm)
         values ('01900000-0000-7000-8000-000000000003', 1, 'loyalty-a5', 1, 1, 'code', 0.1)",
        "insert into card_fields (document_id, name, kind, probability, verdict, reason,
                                  page, x, y, w, h, boxes)
         values ('01900000-0000-7000-8000-000000000003', 'surname', 'surname', 0, 'review', '',
                 1, 1, 1, 1, 1, '[]'),
                ('01900000-0000-7000-8000-000000000003', 'town', 'town', 0, 'empty', '',
                 1, 1, 2, 1, 1, '[]')",
    ];
    for row in rows {
        bench.by_hand(row).await.unwrap();
    }
    let store = bench.again().await;
    let waiting = store.fields_in_review(None, 10).await.unwrap();
    assert_eq!(waiting.len(), 1);
    let question = &waiting[0].question;
    assert!(question.choices.is_empty() && question.doubtful.is_empty());
    let quality = store.quality(&Scope::default()).await.unwrap();
    let in_review: Vec<_> = quality
        .iter()
        .map(|of| (of.in_review, of.accepted))
        .collect();
    assert_eq!(in_review, [(1, 0), (0, 0)]);
}

async fn messages_of_before_are_brought_up_to_date(bench: Bench) {
    as_before(&bench, 15).await;
    let rows = [
        "update counters set value = 1 where name = 'case'",
        "insert into cases (number, reference, state, topic, team, priority, deadline, opened_at)
         values (1, 'PR-0000001-95', 'open', 'goods', 'goods', 'normal', '2026-12-18', '')",
        "insert into messages (id, state, origin, digest, content, from_address, from_key, recipients,
                               subject, subject_key, automatic, taken_at, case_number, attached_by,
                               attached_why, received, received_origin, text, topic, topic_why,
                               priority, priority_why, team, team_why, deadline, deadline_why)
         values ('01900000-0000-7000-8000-000000000001', 'filed', 'a.eml',
                 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'x',
                 'ads@x.example', 'ads@x.example', '', 'News', 'news', 'bulk', '', 1, 'opened',
                 'a test', '2026-11-20', 'message', 'x', 'goods', '', 'normal', '', 'goods', '',
                 '2026-12-18', '')",
    ];
    for row in rows {
        bench.by_hand(row).await.unwrap();
    }
    let store = bench.again().await;
    let case = CaseReference::new(1).unwrap();
    let mail = store.mail_of(case).await.unwrap().remove(0);
    assert_eq!((mail.more_recipients, mail.reply_to), (0, None));
    assert!(!store.case(case).await.unwrap().awaited);
    assert!(store.left_on_servers().await.unwrap().is_empty());
}

/// One was joined to two, and that to three: each list names what was moved then.
async fn customers_that_an_older_program_joined_are_parted(bench: Bench) {
    as_before(&bench, 19).await;
    let rows = [
        "update counters set value = 3 where name = 'case'",
        "insert into customers (id, name, postcode_key, house_key, surname_key,
                                postcode_sure, surname_sure, made_at, same_as)
         values ('01900000-0000-7000-8000-000000000001', 'A', '', '', 'a', 0, 1, '',
                 '01900000-0000-7000-8000-000000000002'),
                ('01900000-0000-7000-8000-000000000002', 'B', '', '', 'b', 0, 1, '',
                 '01900000-0000-7000-8000-000000000003'),
                ('01900000-0000-7000-8000-000000000003', 'C', '', '', 'c', 0, 1, '', null)",
        "insert into cases (number, reference, state, topic, team, priority, deadline,
                            opened_at, customer_id)
         values (1, 'PR-0000001-95', 'closed', 'goods', 'goods', 'normal', '2026-12-18', '',
                 '01900000-0000-7000-8000-000000000003'),
                (2, 'PR-0000002-92', 'closed', 'goods', 'goods', 'normal', '2026-12-18', '',
                 '01900000-0000-7000-8000-000000000003'),
                (3, 'PR-0000003-89', 'closed', 'goods', 'goods', 'normal', '2026-12-18', '',
                 '01900000-0000-7000-8000-000000000003')",
        "insert into customer_addresses (address, customer_id, source)
         values ('a@x.org', '01900000-0000-7000-8000-000000000001', 'message'),
                ('a@x.org', '01900000-0000-7000-8000-000000000002', 'message'),
                ('a@x.org', '01900000-0000-7000-8000-000000000003', 'message'),
                ('c@x.org', '01900000-0000-7000-8000-000000000003', 'message')",
        "insert into merges (id, kept, gone, moved, reason, made_at, made_by)
         values ('01900000-0000-7000-8000-00000000000a', '01900000-0000-7000-8000-000000000002',
                 '01900000-0000-7000-8000-000000000001',
                 '{\"cases\":[\"1\"],\"addresses\":[\"a@x.org\"]}', '', '', 'ann'),
                ('01900000-0000-7000-8000-00000000000b', '01900000-0000-7000-8000-000000000003',
                 '01900000-0000-7000-8000-000000000002',
                 '{\"cases\":[\"1\",\"2\"],\"addresses\":[\"a@x.org\"]}', '', '', 'ann')",
    ];
    for row in rows {
        bench.by_hand(row).await.unwrap();
    }
    let store = bench.again().await;
    let [a, b, c] = [1, 2, 3].map(|id| {
        let id = format!("01900000-0000-7000-8000-00000000000{id}");
        id.parse::<CustomerId>().unwrap()
    });
    let has = async |id| {
        let profile = store.profile(id).await.unwrap();
        let cases = profile.cases.iter().map(|case| case.number());
        (cases.collect::<Vec<_>>(), profile.addresses.join(" "))
    };
    assert_eq!(has(c).await, (vec![1, 2, 3], "a@x.org c@x.org".to_owned()));
    let part = async |id| {
        let mut change = store.change(&Actor::person("ann")).await.unwrap();
        assert!(change.unmerge(id, "two").await.unwrap());
        change.commit().await.unwrap();
    };
    part(a).await;
    assert_eq!(has(a).await, (vec![1], "a@x.org".to_owned()));
    assert_eq!(has(c).await, (vec![2, 3], "c@x.org".to_owned()));
    part(b).await;
    assert_eq!(has(b).await, (vec![2], String::new()));
    assert_eq!(has(c).await, (vec![3], "c@x.org".to_owned()));
    assert_eq!(bench.faults().await, [""; 0]);
}

/// The tables of a program that had no step of this number yet, empty.
async fn as_before(bench: &Bench, step: i64) {
    take_away(bench).await;
    let migrator = bench.store.dialect.migrations();
    let before = migrator.iter().filter(|other| other.version < step);
    let before: Vec<_> = before.cloned().collect();
    let migrator = Migrator::with_migrations(before);
    migrator.run(&bench.store.pool).await.unwrap();
}

/// Takes every table away again, for a store of an older program.
async fn take_away(bench: &Bench) {
    let tables: &[&str] = match bench.address.database {
        DatabaseAddress::Sqlite(_) => &["pragma foreign_keys = off", "drop table search"],
        DatabaseAddress::Postgres(_) => &["drop function events_refuse() cascade"],
    };
    let mut connection = bench.store.pool.acquire().await.unwrap();
    for sql in tables {
        sqlx::query(*sql).execute(&mut *connection).await.unwrap();
    }
    let cascade = match bench.address.database {
        DatabaseAddress::Sqlite(_) => "",
        DatabaseAddress::Postgres(_) => " cascade",
    };
    for table in [
        "golden_answers",
        "referrals",
        "answers",
        "leases",
        "sessions",
        "user_teams",
        "user_roles",
        "users",
        "typed_particulars",
        "merges",
        "customer_addresses",
        "notes",
        "tasks",
        "replies",
        "mailbox_troubles",
        "mailboxes",
        "attachments",
        "message_references",
        "messages",
        "rekeyings",
        "secrets",
        "card_sides",
        "card_fields",
        "ticks",
        "signatures",
        "event_values",
        "to_index",
        "searchable",
        "events",
        "fields",
        "pages",
        "readings",
        "documents",
        "unreadable",
        "cases",
        "customers",
        "blobs",
        "scans",
        "batches",
        "counters",
        "_sqlx_migrations",
    ] {
        let sql = format!("drop table {table}{cascade}");
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .execute(&mut *connection)
            .await
            .unwrap();
    }
    if let DatabaseAddress::Sqlite(_) = bench.address.database {
        sqlx::query("pragma foreign_keys = on")
            .execute(&mut *connection)
            .await
            .unwrap();
    }
}

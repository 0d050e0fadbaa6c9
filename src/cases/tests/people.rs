//! What people do with filed letters: settle, move, find, export.

use super::{HARRIS, Lies, case, doubt, file_letter, filed_scan, from_harris, night};
use crate::cases::review::{self, Decision, Imported, SettleError, Settlement};
use crate::cases::{self, CaseFilter, Destination, FiledScan};
use crate::domain::case::{AttachedBy, CaseDraft, Priority, Reasoned};
use crate::domain::document::Document;
use crate::domain::field::Field;
use crate::domain::letter::LetterField;
use crate::domain::verdict::Verdict;
use crate::store::error::Result;
use crate::store::events::{EventKind, EventRecord};
use crate::store::search::SearchFilter;
use crate::store::testing::{self, Bench, draft, letter_from, lost_page, page};
use crate::store::{Actor, DocumentId, SourceFile, Store, StoreError};

testing::on_both!(
    settling_accepts_checks_and_remembers,
    settling_makes_the_customer_known,
    import_settles_each_for_itself,
    someone_elses_letter_does_not_change_the_customer,
    a_mended_page_takes_its_place,
    a_mended_file_takes_the_place_of_the_old_one,
    a_discarded_page_is_never_mended,
    mended_blank_pages_are_missed_no_longer,
    a_mended_page_mends_the_document_that_missed_it,
    a_mended_page_that_quotes_a_case_lays_the_letter_there,
    a_mended_page_that_quotes_someone_elses_case_is_in_review,
    moving_keeps_history,
    search_finds_words_as_read_and_as_settled,
    export_gives_everything_in_scan_order,
);

async fn settling_accepts_checks_and_remembers(bench: Bench) {
    let mut letter = from_harris("Hello");
    doubt(&mut letter, LetterField::Postcode);
    let filed = file_letter(&bench, "a.tif", letter).await;
    let (store, clerk) = (&bench.store, Actor::person("clerk"));
    let settle = async |decision: Decision| {
        review::settle(
            store,
            filed.document,
            LetterField::Postcode,
            &decision,
            &clerk,
        )
        .await
    };
    let refused = settle(Decision::Value("LS66 3".into())).await.unwrap_err();
    assert!(
        matches!(refused, SettleError::NotAValue { .. }),
        "{refused}"
    );
    assert!(store.document(filed.document).await.unwrap().in_review);

    let field = settle(Decision::Value("ls63hp".into())).await.unwrap();
    assert_eq!(field.value.as_deref(), Some("LS6 3HP"));
    assert_eq!(field.as_read.as_deref(), Some("LS6 3HN"));
    assert_eq!(field.verdict, Verdict::Accepted);
    let shown = review::show(store, filed.document, LetterField::Postcode)
        .await
        .unwrap();
    assert_eq!(shown.field, field);
    assert!(!store.document(filed.document).await.unwrap().in_review);
    assert!(review::list(store, None, 10).await.unwrap().is_empty());
    let timeline = cases::timeline(store, filed.lies().case).await.unwrap();
    assert_eq!(
        timeline.customer.unwrap().postcode.as_deref(),
        Some("LS6 3HP")
    );
    let settled = timeline
        .events
        .iter()
        .find(|event| event.kind == EventKind::FieldSettled);
    assert_eq!(settled.unwrap().actor, "clerk");
    assert_eq!(settled.unwrap().detail["before"]["value"], "LS6 3HN");

    let field = settle(Decision::Unreadable).await.unwrap();
    assert_eq!((field.value, field.verdict), (None, Verdict::Rejected));
    let refused = settle(Decision::AsProposed).await.unwrap_err();
    assert!(
        matches!(refused, SettleError::NothingProposed(_)),
        "{refused}"
    );
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn settling_makes_the_customer_known(bench: Bench) {
    let fields = [
        (LetterField::SenderName, HARRIS.0),
        (LetterField::Street, HARRIS.1),
    ];
    let filed = file_letter(&bench, "a.tif", draft("Hello", &fields)).await;
    assert_eq!(bench.count("customers").await, 0);
    let value = Decision::Value(HARRIS.2.into());
    let clerk = Actor::person("clerk");
    review::settle(
        &bench.store,
        filed.document,
        LetterField::Postcode,
        &value,
        &clerk,
    )
    .await
    .unwrap();
    let next = file_letter(&bench, "b.tif", from_harris("Again")).await;
    assert_eq!(next.lies().case, filed.lies().case);
}

async fn import_settles_each_for_itself(bench: Bench) {
    let mut letter = from_harris("Hello");
    doubt(&mut letter, LetterField::Postcode);
    doubt(&mut letter, LetterField::Street);
    let filed = file_letter(&bench, "a.tif", letter).await;
    let rows = [
        (LetterField::Postcode, Decision::Value("no".into())),
        (LetterField::Street, Decision::AsProposed),
    ];
    let [wrong, good] = rows.map(|(field, decision)| Settlement {
        document: filed.document,
        field: field.into(),
        decision,
    });
    let import =
        async |row: &Settlement| review::import(&bench.store, row, &Actor::person("clerk")).await;
    assert!(import(&wrong).await.is_err());
    assert!(matches!(import(&good).await, Ok(Imported::Settled(_))));
    // The same table again, and one that is older than a decision.
    assert_eq!(import(&good).await.unwrap(), Imported::Already);
    let old = Settlement {
        decision: Decision::Value("3 New Road".into()),
        ..good
    };
    let refused = import(&old).await.unwrap_err();
    assert!(
        matches!(refused, SettleError::DecidedOtherwise { .. }),
        "{refused}"
    );
    let waiting = review::list(&bench.store, None, 10).await.unwrap();
    assert_eq!(waiting.len(), 1);
    let next = Some((waiting[0].document, waiting[0].question.name.clone()));
    assert!(
        review::list(&bench.store, next, 10)
            .await
            .unwrap()
            .is_empty()
    );
}

async fn someone_elses_letter_does_not_change_the_customer(bench: Bench) {
    let first = file_letter(&bench, "a.tif", from_harris("Hello")).await;
    let patel = letter_from("Anil Patel", "3 New Road", "M1 1AA", "Hello too");
    let second = file_letter(&bench, "b.tif", patel).await;
    let (store, clerk) = (&bench.store, Actor::person("clerk"));
    let to = Destination::Case(first.lies().case);
    cases::move_document(store, second.document, to, "her son", &clerk)
        .await
        .unwrap();
    let value = Decision::Value("M1 1AB".into());
    review::settle(
        store,
        second.document,
        LetterField::Postcode,
        &value,
        &clerk,
    )
    .await
    .unwrap();
    let seen = cases::timeline(store, first.lies().case).await.unwrap();
    assert_eq!(seen.customer.unwrap().name, HARRIS.0);
}

async fn a_mended_page_takes_its_place(bench: Bench) {
    let batch = night(&bench).await;
    let scan = bench.claim(&batch, "a.tif").await;
    let mut torn = from_harris("Dear Sirs,");
    torn.missing_pages = vec![2];
    torn.fields
        .insert(LetterField::Shop, Field::empty("nothing found"));
    let pages = vec![page(1, "Dear Sirs,"), lost_page(2)];
    let torn = filed_scan(scan, pages, torn);
    let filed = cases::file(&bench.store, std::slice::from_ref(&torn))
        .await
        .unwrap();
    let (store, clerk, id) = (&bench.store, Actor::person("clerk"), filed[0].document);
    let value = Decision::Value("Mary Harrison".into());
    review::settle(store, id, LetterField::SenderName, &value, &clerk)
        .await
        .unwrap();
    assert!(again(store, &torn, &clerk).await.unwrap().is_empty());

    let text = "Dear Sirs,\n\u{c}The kettle is from Leeds.";
    let mut whole = from_harris(text);
    let shop = draft("", &[(LetterField::Shop, "Leeds")]).fields[&LetterField::Shop].clone();
    whole.fields.insert(LetterField::Shop, shop);
    whole.judgement.priority = Reasoned::new(Priority::Legal, "it names a solicitor");
    whole.judgement.team = Reasoned::new("legal".into(), "the team of legal letters");
    let pages = vec![page(1, "Dear Sirs,"), page(2, "The kettle is from Leeds.")];
    let whole = filed_scan(scan, pages, whole);
    assert_eq!(again(store, &whole, &clerk).await.unwrap(), [id]);
    let document = store.document(id).await.unwrap();
    assert_eq!((document.text.as_str(), document.in_review), (text, false));
    // What the missing page made urgent is urgent now, the case too.
    assert_eq!(document.judgement, whole.documents[0].draft.judgement);
    let case = filed[0].lies().case;
    let seen = store.case(case).await.unwrap();
    assert_eq!((seen.priority, &*seen.team), (Priority::Legal, "legal"));
    let history = store.history(case).await.unwrap();
    let pressed = |event: &EventRecord| {
        event.kind == EventKind::CaseChanged && event.detail["after"]["priority"] == "legal"
    };
    assert_eq!(history.iter().filter(|event| pressed(event)).count(), 1);
    let reread = |event: &&EventRecord| event.kind == EventKind::DocumentReread;
    let told = &history.iter().find(reread).unwrap().detail["fields"];
    assert_eq!(told["shop"]["before"]["verdict"], "empty", "{told}");
    assert_eq!(told["shop"]["after"]["value"], "Leeds", "{told}");
    // What a person settled did not change.
    assert_eq!(told.as_object().unwrap().len(), 1, "{told}");
    let fields = store.fields_of(id).await.unwrap();
    assert_eq!(fields[&LetterField::Shop].value.as_deref(), Some("Leeds"));
    let name = fields[&LetterField::SenderName].value.as_deref();
    assert_eq!(name, Some("Mary Harrison"));
    assert!(store.asides().await.unwrap().is_empty());
    assert_eq!(
        store
            .search("kettle", &SearchFilter::default())
            .await
            .unwrap()
            .len(),
        1
    );
    assert_eq!(bench.count("readings").await, 2);
    assert!(again(store, &whole, &clerk).await.unwrap().is_empty());
    assert_eq!(bench.faults().await, [""; 0]);
}

/// Reads a scan again from the file as it was filed.
async fn again(store: &Store, scan: &FiledScan, by: &Actor) -> Result<Vec<DocumentId>> {
    let names = ["a.tif", "b.tif", "c.tif", "stack.tif"].map(testing::scan);
    let known = store.scans_by_digest(&names.map(|new| new.digest)).await?;
    let own = known.iter().find(|known| known.id == scan.scan).unwrap();
    let file = SourceFile {
        digest: own.digest,
        bytes: 5,
    };
    cases::reread(store, scan, file, by).await
}

async fn a_mended_file_takes_the_place_of_the_old_one(bench: Bench) {
    let batch = night(&bench).await;
    let scan = bench.claim(&batch, "a.tif").await;
    let torn = filed_scan(scan, vec![page(1, "Hello"), lost_page(2)], from_harris(""));
    let (store, clerk) = (&bench.store, Actor::person("clerk"));
    cases::file(store, &[torn]).await.unwrap();
    let file = SourceFile {
        digest: testing::scan("mended").digest,
        bytes: 6,
    };
    let pages = vec![page(1, "Hello"), page(2, "and more")];
    let mut whole = filed_scan(scan, pages, from_harris(""));
    whole.listed = 3;
    let refused = cases::reread(store, &whole, file, &clerk)
        .await
        .unwrap_err();
    assert!(
        matches!(refused, StoreError::OtherPages { .. }),
        "{refused}"
    );
    assert_eq!(store.asides().await.unwrap().len(), 1);
    whole.listed = 2;
    cases::reread(store, &whole, file, &clerk).await.unwrap();
    assert!(store.asides().await.unwrap().is_empty());
    let known = store.scans_by_digest(&[file.digest]).await.unwrap();
    assert_eq!(known[0].id, scan);
    assert_eq!(bench.count("events where kind = 'file_mended'").await, 1);
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn a_discarded_page_is_never_mended(bench: Bench) {
    let batch = night(&bench).await;
    let scan = bench.claim(&batch, "a.tif").await;
    let torn = filed_scan(scan, vec![page(1, "Hello"), lost_page(2)], from_harris(""));
    let (store, clerk) = (&bench.store, Actor::person("clerk"));
    cases::file(store, &[torn]).await.unwrap();
    store
        .discard(scan, Some(2), "only a cover sheet", &clerk)
        .await
        .unwrap();
    let pages = vec![page(1, "Hello"), page(2, "A cover sheet")];
    let whole = filed_scan(scan, pages, from_harris(""));
    let reread = again(store, &whole, &clerk).await.unwrap();
    assert!(reread.is_empty());
    assert_eq!(store.words_of(scan, 2).await.unwrap(), None);
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn mended_blank_pages_are_missed_no_longer(bench: Bench) {
    let batch = night(&bench).await;
    let scan = bench.claim(&batch, "a.tif").await;
    let torn = filed_scan(scan, vec![lost_page(1)], draft("", &[]));
    let (store, clerk) = (&bench.store, Actor::person("clerk"));
    let id = cases::file(store, &[torn]).await.unwrap()[0].document;
    assert!(store.document(id).await.unwrap().in_review);
    let mut blank = filed_scan(scan, vec![page(1, "")], draft("", &[]));
    blank.documents.clear();
    assert_eq!(again(store, &blank, &clerk).await.unwrap(), [id]);
    assert!(!store.document(id).await.unwrap().in_review);
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn a_mended_page_mends_the_document_that_missed_it(bench: Bench) {
    let batch = night(&bench).await;
    let scan = bench.claim(&batch, "stack.tif").await;
    let pages = vec![page(1, "From Harris"), page(2, "Hello"), lost_page(3)];
    let mut stack = filed_scan(scan, pages, from_harris("From Harris"));
    stack.documents[0].document.pages = vec![1];
    let mut second = stack.documents[0].clone();
    second.document = Document {
        ordinal: 2,
        pages: vec![2, 3],
    };
    second.draft = draft("Hello", &[]);
    stack.documents.push(second);
    let store = &bench.store;
    let filed = cases::file(store, &[stack.clone()]).await.unwrap();
    // Read again, the first page is no document any more: the ordinals move up.
    stack.pages[2] = page(3, "and goodbye");
    stack.documents.remove(0);
    stack.documents[0].document.ordinal = 1;
    stack.documents[0].draft = draft("Hello and goodbye", &[]);
    let clerk = Actor::person("clerk");
    let reread = again(store, &stack, &clerk).await.unwrap();
    assert_eq!(reread, [filed[1].document]);
    let text = async |at: usize| store.document(filed[at].document).await.unwrap().text;
    assert_eq!(text(0).await, "From Harris");
    assert_eq!(text(1).await, "Hello and goodbye");
    assert_eq!(bench.faults().await, [""; 0]);
}

/// A letter whose second page is missing, and the same with that page.
async fn torn_letter(bench: &Bench, name: &str, torn: CaseDraft, second: &str) -> [FiledScan; 2] {
    let batch = night(bench).await;
    let scan = bench.claim(&batch, name).await;
    let whole = filed_scan(scan, vec![page(1, "Dear Sirs,"), page(2, second)], torn);
    let mut torn = whole.clone();
    torn.pages[1] = lost_page(2);
    [torn, whole]
}

async fn a_mended_page_that_quotes_a_case_lays_the_letter_there(bench: Bench) {
    let first = file_letter(&bench, "a.tif", from_harris("My kettle broke.")).await;
    let quoted = first.lies().case;
    let (store, clerk) = (&bench.store, Actor::person("clerk"));
    let second = format!("I wrote about {quoted} before.");
    let [torn, whole] = torn_letter(&bench, "b.tif", draft("", &[]), &second).await;
    let filed = cases::file(store, &[torn]).await.unwrap().remove(0);
    assert!(filed.new_case);
    again(store, &whole, &clerk).await.unwrap();
    let document = store.document(filed.document).await.unwrap();
    assert_eq!(document.lies().case, quoted);
    assert_eq!(document.lies().by, AttachedBy::Reference);
    let left = store.case(filed.lies().case).await.unwrap();
    assert_eq!(left.state, cases::CaseState::Closed);
    for case in [filed.lies().case, quoted] {
        let history = store.history(case).await.unwrap();
        let mut moved = history.iter();
        assert!(
            moved.any(|event| event.kind == EventKind::DocumentMoved && event.actor == "clerk")
        );
    }
    // Where a person laid it, it stays.
    let [torn, whole] = torn_letter(&bench, "c.tif", draft("", &[]), &second).await;
    let filed = cases::file(store, &[torn]).await.unwrap().remove(0);
    let to = Destination::NewCase;
    let own = cases::move_document(store, filed.document, to, "another matter", &clerk);
    let own = own.await.unwrap();
    again(store, &whole, &clerk).await.unwrap();
    let document = store.document(filed.document).await.unwrap();
    assert_eq!(document.lies().case, own);
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn a_mended_page_that_quotes_someone_elses_case_is_in_review(bench: Bench) {
    let first = file_letter(&bench, "a.tif", from_harris("My kettle broke.")).await;
    let store = &bench.store;
    let patel = letter_from("Anil Patel", "3 New Road", "M1 1AA", "Hello");
    let second = format!("Your reference {}", first.lies().case);
    let [torn, whole] = torn_letter(&bench, "b.tif", patel, &second).await;
    let filed = cases::file(store, &[torn]).await.unwrap().remove(0);
    let clerk = Actor::person("clerk");
    again(store, &whole, &clerk).await.unwrap();
    let document = store.document(filed.document).await.unwrap();
    assert_eq!(document.attachment, filed.attachment);
    assert!(document.in_review);
    let fields = store.fields_of(filed.document).await.unwrap();
    assert_eq!(fields[&LetterField::Reference].verdict, Verdict::Review);
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn moving_keeps_history(bench: Bench) {
    let first = file_letter(&bench, "a.tif", from_harris("Hello")).await;
    let patel = letter_from("Anil Patel", "3 New Road", "M1 1AA", "Hello too");
    let second = file_letter(&bench, "b.tif", patel).await;
    let (store, clerk) = (&bench.store, Actor::person("clerk"));
    let (from, to) = (second.lies().case, first.lies().case);
    let moved = cases::move_document(
        store,
        second.document,
        Destination::Case(to),
        "her son",
        &clerk,
    );
    assert_eq!(moved.await.unwrap(), to);
    let document = store.document(second.document).await.unwrap();
    assert_eq!(document.lies().by, AttachedBy::Person);
    assert!(document.lies().why.contains("her son"));
    for case in [from, to] {
        let history = store.history(case).await.unwrap();
        assert!(
            history
                .iter()
                .any(|event| event.kind == EventKind::DocumentMoved)
        );
    }
    let open = CaseFilter {
        state: Some(cases::CaseState::Open),
        ..CaseFilter::default()
    };
    assert_eq!(cases::list(store, &open).await.unwrap().len(), 1);
    assert_eq!(
        cases::list(store, &CaseFilter::default())
            .await
            .unwrap()
            .len(),
        2
    );
    let own = cases::move_document(store, second.document, Destination::NewCase, "no", &clerk);
    assert_eq!(own.await.unwrap().number(), 3);
    let unknown = Destination::Case(case(417));
    let unknown = cases::move_document(store, second.document, unknown, "no", &clerk).await;
    assert!(matches!(unknown.unwrap_err(), StoreError::Unknown { .. }));
    assert_eq!(bench.faults().await, [""; 0]);
}

async fn search_finds_words_as_read_and_as_settled(bench: Bench) {
    let mut letter = from_harris("Dear Sirs,\nmy Kettle broke.");
    doubt(&mut letter, LetterField::SenderName);
    let filed = file_letter(&bench, "a.tif", letter).await;
    file_letter(&bench, "b.tif", draft("My toaster broke.", &[])).await;
    let store = &bench.store;
    let hits = store
        .search("KETTLE broke", &SearchFilter::default())
        .await
        .unwrap();
    assert_eq!((hits.len(), &hits[0].id), (1, &filed.document.to_string()));
    assert_eq!(hits[0].line, "my Kettle broke.");
    assert_eq!(
        store
            .search("broke", &SearchFilter::default())
            .await
            .unwrap()
            .len(),
        2
    );
    for nothing in ["", "\"", "kettle toaster", "kettle' or 1=1 --", "*:&|!()"] {
        assert!(
            store
                .search(nothing, &SearchFilter::default())
                .await
                .unwrap()
                .is_empty(),
            "{nothing}"
        );
    }
    let value = Decision::Value("Mary Harrison".into());
    let clerk = Actor::person("clerk");
    review::settle(
        store,
        filed.document,
        LetterField::SenderName,
        &value,
        &clerk,
    )
    .await
    .unwrap();
    assert_eq!(
        store
            .search("harrison kettle", &SearchFilter::default())
            .await
            .unwrap()
            .len(),
        1
    );
}

async fn export_gives_everything_in_scan_order(bench: Bench) {
    for at in 0..60 {
        file_letter(
            &bench,
            &format!("{at:02}.tif"),
            from_harris(&format!("Letter {at}")),
        )
        .await;
    }
    let mut letters = bench.store.letters(Some("/scans"));
    let mut paths = Vec::new();
    while let Some(letter) = letters.next().await.unwrap() {
        assert_eq!(letter.fields.len(), LetterField::ALL.len());
        assert_eq!(letter.pages[0].1.unwrap().width, 2480);
        paths.push(letter.document.path);
    }
    let all: Vec<String> = (0..60).map(|at| format!("{at:02}.tif")).collect();
    assert_eq!(paths, all);
    assert!(
        bench
            .store
            .letters(Some("/other"))
            .next()
            .await
            .unwrap()
            .is_none()
    );
}

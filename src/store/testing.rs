//! Stores for tests: the same tests over SQLite and PostgreSQL.
//!
//! SQLite always, in a temporary folder. PostgreSQL when `POSTROOM_TEST_POSTGRES`
//! names a database that tests may make schemas in; else they say so.

use crate::domain::grammar::case_reference::CaseReference;
use crate::store::replies::NewReply;
use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::date;
use sqlx::{AnyConnection, Connection};
use tempfile::TempDir;

use crate::domain::card::{
    CardSide, Ink, RecognisedBy, Signature, Tick, TickState, WrittenBox, WrittenField,
};
use crate::domain::card_draft::{Alternative, CardDraft, CardField, DraftSide};
use crate::domain::case::{
    AttachedBy, CaseDraft, Judgement, Priority, Reasoned, Receipt, ReceiptOrigin,
};
use crate::domain::confidence::Probability;
use crate::domain::document::Legibility;
use crate::domain::field::{Field, Place};
use crate::domain::form::{Channel, Consent, FieldKind};
use crate::domain::geometry::{PageSize, Rect, Turn};
use crate::domain::identity::Digest;
use crate::domain::lattice::Lattice;
use crate::domain::letter::LetterField;
use crate::domain::page::{EncodedImage, MediaType, PageKind, PageOutcome, ReadPage};
use crate::domain::rejection::{Rejection, RejectionCode};
use crate::domain::text::{Line, PageText, Word};
use crate::domain::verdict::Verdict;

use super::batches::Batch;
use super::documents::Attachment;
use super::error::Result;
use super::pages::Position;
use super::rows::Columns;
use super::{
    Actor, BlobAddress, DatabaseAddress, DocumentId, NewScan, Provenance, ScanId, Store,
    StoreAddress,
};

/// Makes a module of tests for each database out of `async fn name(bench: Bench)`.
macro_rules! on_both {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $test() {
                let bench = $crate::store::testing::Bench::sqlite().await;
                super::$test(bench).await;
            })+
        }

        mod postgres {
            $(#[tokio::test]
            async fn $test() {
                let Some(bench) = $crate::store::testing::Bench::postgres().await else {
                    println!("skipped: POSTROOM_TEST_POSTGRES is not set");
                    return;
                };
                super::$test(bench).await;
            })+
        }
    };
}
pub(crate) use on_both;

/// An empty store of its own.
pub struct Bench {
    /// The store, open.
    pub store: Store,
    /// Where it is.
    pub address: StoreAddress,
    /// Goes with the bench.
    pub folder: TempDir,
}

impl Bench {
    /// On SQLite.
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        // Signs that mean something in URLs, on purpose.
        let address = StoreAddress::folder(&folder.path().join("night? #1 100%"));
        Self::open(folder, address).await
    }

    /// On PostgreSQL, in a schema of its own; `None` where there is none.
    pub async fn postgres() -> Option<Self> {
        let url = std::env::var("POSTROOM_TEST_POSTGRES").ok()?;
        sqlx::any::install_default_drivers();
        let schema = format!("test_{}", uuid::Uuid::now_v7().simple());
        let mut connection = AnyConnection::connect(&url).await.unwrap();
        sqlx::query(sqlx::AssertSqlSafe(format!("create schema {schema}")))
            .execute(&mut connection)
            .await
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let join = if url.contains('?') { '&' } else { '?' };
        let address = StoreAddress {
            database: DatabaseAddress::Postgres(format!(
                "{url}{join}options[search_path]={schema}"
            )),
            blobs: BlobAddress::Folder(folder.path().join("blobs")),
        };
        Some(Self::open(folder, address).await)
    }

    /// The same store, as another process would see it.
    pub async fn again(&self) -> Store {
        Store::open(&self.address).await.unwrap()
    }

    /// The folder of the blobs.
    pub fn blobs(&self) -> &Path {
        match &self.address.blobs {
            BlobAddress::Folder(folder) => folder,
            BlobAddress::S3(_) => unreachable!("tests keep their blobs in a folder"),
        }
    }

    /// Claims one scan of this name and content.
    pub async fn claim(&self, batch: &Batch, name: &str) -> ScanId {
        self.store.claim(batch, &[scan(name)]).await.unwrap()[0]
    }

    /// What `verify` finds, notes left out.
    pub async fn faults(&self) -> Vec<String> {
        let faults = self.store.verify(|_| ()).await.unwrap().faults;
        let faults = faults.iter().filter(|fault| !fault.is_note());
        faults.map(ToString::to_string).collect()
    }

    /// The rows of a table.
    pub async fn count(&self, table: &str) -> i64 {
        sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {table}")))
            .fetch_one(&self.store.pool)
            .await
            .unwrap()
    }

    /// What made the last reading of a document.
    pub async fn provenance_of(&self, document: DocumentId) -> Provenance {
        let row = sqlx::query(
            "select model, rules, gazetteer, program, forms, handprint, thresholds,
                    lexicons, classifier
             from readings
             where document_id = $1 order by read_at desc limit 1",
        )
        .bind(document.to_string())
        .fetch_one(&self.store.pool)
        .await
        .unwrap();
        Provenance {
            model: row.parsed("model").unwrap(),
            rules: row.parsed("rules").unwrap(),
            classifier: row.maybe_parsed("classifier").unwrap(),
            gazetteer: row.parsed("gazetteer").unwrap(),
            program: row.text("program").unwrap(),
            forms: row.parsed("forms").unwrap(),
            handprint: row.maybe_parsed("handprint").unwrap(),
            thresholds: row.parsed("thresholds").unwrap(),
            lexicons: row.parsed("lexicons").unwrap(),
        }
    }

    /// Does by hand what no code of ours does.
    pub async fn by_hand(&self, sql: &'static str) -> Result<(), sqlx::Error> {
        sqlx::query(sql).execute(&self.store.pool).await.map(|_| ())
    }

    async fn open(folder: TempDir, address: StoreAddress) -> Self {
        let (store, created) = Store::create_or_open(&address).await.unwrap();
        assert!(created);
        Self {
            store,
            address,
            folder,
        }
    }
}

/// Files a claimed scan as one document on a case of its own, by the store alone.
pub async fn file(
    store: &Store,
    scan: ScanId,
    pages: &[PageOutcome],
    draft: &CaseDraft,
) -> Result<DocumentId> {
    let kept = store.keep_pages(pages).await?;
    let mut change = store.change(&Actor::postroom()).await?;
    change.scan_filed(scan, pages.len() as u32).await?;
    let attachment = Attachment {
        case: change.open_case(&draft.judgement).await?,
        by: AttachedBy::Opened,
        why: "a test".into(),
    };
    let document = change
        .document(scan, 1, draft, Some(&attachment), &provenance())
        .await?;
    for (page, position) in kept.iter().zip(1..) {
        let place = Position {
            document,
            position,
            sheet: None,
        };
        change.page(scan, page, Some(place)).await?;
    }
    change.commit().await?;
    Ok(document)
}

/// A file of this name; its name stands for its content.
pub fn scan(name: &str) -> NewScan {
    NewScan {
        folder: "/scans".into(),
        path: name.into(),
        digest: Digest::of(name.as_bytes()),
        bytes: name.len() as u64,
        receipt: Receipt {
            day: date(2026, 11, 20),
            origin: ReceiptOrigin::CommandLine,
        },
    }
}

/// A page with these lines of text, every word sure.
pub fn page(number: u32, text: &str) -> PageOutcome {
    let word = |(at, text): (usize, &str)| Word {
        text: text.into(),
        confidence: Probability::clamped(0.96),
        bounds: Rect::new(at as u32 * 50, 10, 40, 20),
    };
    let lines = text
        .lines()
        .filter_map(|line| Line::new(line.split_whitespace().enumerate().map(word).collect(), 0));
    let image = |media, what: &str| EncodedImage {
        media,
        bytes: format!("{what} {number} {text}").into_bytes(),
    };
    PageOutcome {
        number,
        result: Ok(ReadPage {
            case: None,
            kind: if text.is_empty() {
                PageKind::Blank
            } else {
                PageKind::Letter
            },
            size: PageSize {
                width: 2480,
                height: 3508,
                dpi: 300,
            },
            turn: Turn::None,
            skew: 0.25,
            text: PageText {
                lines: lines.collect(),
            },
            card: None,
            original: image(MediaType::Tiff, "original"),
            display: Some(image(MediaType::Png, "display")),
        }),
    }
}

/// A separator sheet.
pub fn separator_page(number: u32) -> PageOutcome {
    of_kind(number, PageKind::Separator, None)
}

/// A side of a card of this form, with nothing on it.
pub fn card_page(number: u32, form: &str, side: u32) -> PageOutcome {
    card_side(number, self::side(form, side, &[], &[]))
}

/// A side with these ticks, consents where they are called `offers_`, and these fields.
pub fn side(
    form: &str,
    side: u32,
    ticks: &[(&str, TickState)],
    fields: &[(&str, &[Ink])],
) -> CardSide {
    let tick = |(at, (name, state)): (u32, &(&str, TickState))| Tick {
        name: (*name).into(),
        consent: name.starts_with("offers_").then(|| Consent {
            purpose: "marketing".into(),
            channels: vec![Channel::Post, Channel::Email],
            wording: "Yes, please.".into(),
        }),
        state: *state,
        probability: Probability::clamped(0.99),
        verdict: Verdict::Accepted,
        reason: String::new(),
        place: Rect::new(10 * at, 2, 3, 4),
    };
    let boxes = |inks: &[Ink]| {
        let written = inks.iter().map(|ink| WrittenBox {
            place: Rect::new(5, 6, 7, 8),
            ink: *ink,
        });
        written.collect()
    };
    let field = |(at, (name, inks)): (u32, &(&str, &[Ink]))| WrittenField {
        name: (*name).into(),
        place: Rect::new(100 * at, 6, 70, 8),
        boxes: boxes(inks),
        lattice: Lattice::default(),
    };
    CardSide {
        form: form.into(),
        version: 1,
        side,
        recognised: RecognisedBy::Code,
        residual: 0.1,
        fields: (1..).zip(fields).map(field).collect(),
        ticks: (1..).zip(ticks).map(tick).collect(),
        signatures: vec![Signature {
            name: format!("signature_{side}"),
            signed: true,
            place: Rect::new(9, 9, 90, 9),
        }],
        serials: Vec::new(),
    }
}

/// A draft of a card of one side, on page 1, on which this was read.
pub fn card_draft(form: &str, fields: Vec<CardField>) -> CaseDraft {
    CaseDraft {
        card: Some(CardDraft {
            sides: vec![DraftSide {
                page: 1,
                form: form.into(),
                version: 1,
                side: 1,
                recognised: RecognisedBy::Code,
                residual: 0.1,
            }],
            fields,
            ..CardDraft::default()
        }),
        ..draft("", &[])
    }
}

/// A field that was read so, with another value that it may have.
pub fn read_field(kind: FieldKind, value: &str, sure: f64, verdict: Verdict) -> CardField {
    let alternative = |value: &str, sure: f64| Alternative {
        value: value.into(),
        probability: Probability::clamped(sure),
    };
    CardField {
        name: kind.name().into(),
        kind,
        field: Field {
            as_read: Some(value.to_uppercase()),
            value: Some(value.into()),
            probability: Probability::clamped(sure),
            verdict,
            reason: "a made-up reading".into(),
            place: Some(Place {
                page: 1,
                bounds: Rect::new(10, 20 + kind as u32, 300, 40),
            }),
        },
        boxes: vec![WrittenBox {
            place: Rect::new(10, 20, 30, 40),
            ink: Ink::Written,
        }],
        alternatives: vec![
            alternative(value, sure),
            alternative("Somebody else's", 1.0 - sure),
        ],
        doubtful: vec![1],
    }
}

/// This side of a card.
pub fn card_side(number: u32, side: CardSide) -> PageOutcome {
    of_kind(number, PageKind::Card, Some(Box::new(side)))
}

fn of_kind(number: u32, kind: PageKind, card: Option<Box<CardSide>>) -> PageOutcome {
    let mut page = page(number, "");
    if let Ok(read) = &mut page.result {
        (read.kind, read.card) = (kind, card);
    }
    page
}

/// A page that could not be read.
pub fn lost_page(number: u32) -> PageOutcome {
    PageOutcome {
        number,
        result: Err(Rejection::new(
            RejectionCode::TooSlow,
            "it took too long; scan it again",
        )),
    }
}

/// A draft with these fields, all accepted.
pub fn draft(text: &str, fields: &[(LetterField, &str)]) -> CaseDraft {
    let mut all: BTreeMap<_, _> = LetterField::ALL
        .into_iter()
        .map(|field| (field, Field::empty("nothing of the kind was found")))
        .collect();
    for (name, value) in fields {
        let field = Field {
            as_read: Some((*value).into()),
            value: Some((*value).into()),
            probability: Probability::clamped(0.99),
            verdict: Verdict::Accepted,
            reason: "stands in the sender's block".into(),
            place: Some(Place {
                page: 1,
                bounds: Rect::new(1, 2, 3, 4),
            }),
        };
        all.insert(*name, field);
    }
    CaseDraft {
        receipt: Receipt {
            day: date(2026, 11, 20),
            origin: ReceiptOrigin::CommandLine,
        },
        text: text.into(),
        legibility: Legibility::Clear,
        fields: all,
        judgement: Judgement {
            topic: Reasoned::new("goods".into(), "it says 'broken'"),
            priority: Reasoned::new(Priority::Normal, "nothing urgent"),
            team: Reasoned::new("goods".into(), "by topic"),
            deadline: Reasoned::new(date(2026, 12, 18), "20 working days"),
        },
        card: None,
        missing_pages: Vec::new(),
        torn: None,
    }
}

/// A draft from this person.
pub fn letter_from(name: &str, street: &str, postcode: &str, text: &str) -> CaseDraft {
    let fields = [
        (LetterField::SenderName, name),
        (LetterField::Street, street),
        (LetterField::Postcode, postcode),
    ];
    draft(text, &fields)
}

/// A reply by e-mail on a case.
pub fn reply(case: CaseReference, to: &str) -> NewReply {
    NewReply {
        case,
        kind: crate::domain::reply::ReplyKind::Reply,
        channel: crate::domain::reply::Channel::Email,
        template: "reply".into(),
        language: "en".into(),
        subject: "Your kettle".into(),
        body: "It is mended.".into(),
        to_name: "Mary Harris".into(),
        to_address: to.into(),
        host: "example.org".into(),
        in_reply_to: None,
    }
}

/// What made the readings of tests.
pub fn provenance() -> Provenance {
    Provenance {
        model: Digest::of(b"model"),
        rules: Digest::of(b"rules"),
        classifier: Some(Digest::of(b"classifier")),
        gazetteer: Digest::of(b"gazetteer"),
        program: "0.1.0".into(),
        forms: Digest::of(b"forms"),
        handprint: Some(Digest::of(b"handprint")),
        thresholds: Digest::of(b"thresholds"),
        lexicons: Digest::of(b"lexicons"),
    }
}

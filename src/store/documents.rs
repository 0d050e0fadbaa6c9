//! Letters and cards as they are filed: on which case, why, and by what reading.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use sqlx::any::AnyRow;

use crate::domain::case::{
    AttachedBy, CaseDraft, Judgement, Priority, Reasoned, Receipt, ReceiptOrigin,
};
use crate::domain::document::Legibility;
use crate::domain::field::Field;
use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::identity::Digest;
use crate::domain::verdict::Verdict;

use super::Store;
use super::change::Change;
use super::error::{Doing, Result, StoreError};
use super::ids::{CustomerId, DocumentId, ScanId};
use super::rows::{Columns, corrupt, storable};
use super::search::{Found, Searchable};

/// What made a reading: kept with every document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// The model that reads print.
    pub model: Digest,
    /// The rules file.
    pub rules: Digest,
    /// The classifier that helps them, where there is one.
    pub classifier: Option<Digest>,
    /// The gazetteer.
    pub gazetteer: Digest,
    /// The form files.
    pub forms: Digest,
    /// The network that reads handprint, where there is one.
    pub handprint: Option<Digest>,
    /// The lists of names that it is read with.
    pub lexicons: Digest,
    /// What its readings are judged by: calibration, thresholds and targets.
    pub thresholds: Digest,
    /// The program's version.
    pub program: String,
}

/// The case that a document lies on, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The case.
    pub case: CaseReference,
    /// By which rule.
    pub by: AttachedBy,
    /// In a few words for a person.
    pub why: String,
}

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DocumentKind {
    /// Print, or what cannot be read as such.
    Letter,
    /// A loyalty card or a coupon.
    Card,
}

crate::domain::named!(DocumentKind {
    Letter => "letter",
    Card => "card",
});

impl DocumentKind {
    /// As what the search finds it.
    const fn found(self) -> Found {
        match self {
            Self::Letter => Found::Letter,
            Self::Card => Found::Card,
        }
    }
}

/// A document on record.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentRecord {
    /// Its id.
    pub id: DocumentId,
    /// The scan that it came in.
    pub scan: ScanId,
    /// The scan's path below its folder.
    pub path: String,
    /// 1, 2, ... within the scan.
    pub ordinal: u32,
    /// What it is.
    pub kind: DocumentKind,
    /// Its case, and why; none for a card that needs no answer.
    pub attachment: Option<Attachment>,
    /// Whose card it is, where that is known; a letter's customer is its case's.
    pub customer: Option<CustomerId>,
    /// The day of receipt.
    pub receipt: Receipt,
    /// How well it could be read.
    pub legibility: Legibility,
    /// Why nobody knows where it begins or ends, if so.
    pub torn: Option<String>,
    /// The lines as read, a form feed between pages.
    pub text: String,
    /// Topic, priority, team, deadline.
    pub judgement: Judgement,
    /// Whether a person must look.
    pub in_review: bool,
    /// When it was filed, in UTC.
    pub filed_at: String,
}

/// What `documents.in_review` must be: 1 while a field or a tick waits, a page is missed (one
/// that was put away for good is missed no longer), or nobody has settled anything of
/// what cannot be read as print, or may lack what lay before it or behind it.
macro_rules! in_review {
    () => {
        "case
             when exists (select 1 from fields
                          where document_id = documents.id and verdict = 'review')
               or exists (select 1 from card_fields
                          where document_id = documents.id and verdict = 'review')
               or exists (select 1 from ticks
                          where document_id = documents.id and verdict = 'review')
               or exists (select 1 from pages
                          where document_id = documents.id
                            and aside_code is not null and aside_code <> 'discarded')
               or ((legibility = 'unreadable' or torn is not null)
                   and not exists (select 1 from fields
                                   where document_id = documents.id and settled_by is not null)
                   and not exists (select 1 from card_fields
                                   where document_id = documents.id and settled_by is not null)
                   and not exists (select 1 from ticks
                                   where document_id = documents.id and settled_by is not null))
             then 1 else 0 end"
    };
}
pub(super) use in_review;

impl Store {
    /// A document on record.
    pub async fn document(&self, id: DocumentId) -> Result<DocumentRecord> {
        let row = sqlx::query(
            "select documents.*, scans.path from documents
             join scans on scans.id = documents.scan_id
             where documents.id = $1",
        )
        .bind(id.to_string())
        .fetch_optional(&self.pool)
        .await
        .doing("reading a document")?;
        document(&row.ok_or_else(|| StoreError::unknown("document", id))?)
    }

    /// The one document whose id has this part: people type some of what is shown
    /// to them. `None` when there is no such document, or several.
    pub async fn document_with(&self, part: &str) -> Result<Option<DocumentId>> {
        self.one_with("select id from documents where id like $1 limit 2", part)
            .await?
            .map(|id| id.parse())
            .transpose()
    }

    /// The documents of a case, first filed first.
    pub async fn documents_of(&self, case: CaseReference) -> Result<Vec<DocumentRecord>> {
        let rows = sqlx::query(
            "select documents.*, scans.path from documents
             join scans on scans.id = documents.scan_id
             where documents.case_number = $1
             order by documents.received, documents.id",
        )
        .bind(case.number() as i64)
        .fetch_all(&self.pool)
        .await
        .doing("reading documents")?;
        rows.iter().map(document).collect()
    }
}

impl Change {
    /// Puts a document on record, its fields and its words for the search too.
    /// Its pages follow in the same change.
    pub async fn document(
        &mut self,
        scan: ScanId,
        ordinal: u32,
        draft: &CaseDraft,
        attachment: Option<&Attachment>,
        provenance: &Provenance,
    ) -> Result<DocumentId> {
        let id = DocumentId::new();
        let at = self.at.clone();
        let judged = &draft.judgement;
        sqlx::query(
            "insert into documents (id, scan_id, ordinal, case_number, attached_by, attached_why,
                                    received, received_origin, legibility, text,
                                    topic, topic_why, priority, priority_why, team, team_why,
                                    deadline, deadline_why, in_review, filed_at, kind, torn)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
                     $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
                     $22)",
        )
        .bind(id.to_string())
        .bind(scan.to_string())
        .bind(i64::from(ordinal))
        .bind(attachment.map(|to| to.case.number() as i64))
        .bind(attachment.map(|to| to.by.name()))
        .bind(attachment.map(|to| storable(&to.why)))
        .bind(draft.receipt.day.to_string())
        .bind(draft.receipt.origin.name())
        .bind(draft.legibility.name())
        .bind(storable(&draft.text))
        .bind(storable(&judged.topic.choice))
        .bind(storable(&judged.topic.why))
        .bind(judged.priority.choice.name())
        .bind(storable(&judged.priority.why))
        .bind(storable(&judged.team.choice))
        .bind(storable(&judged.team.why))
        .bind(judged.deadline.choice.to_string())
        .bind(storable(&judged.deadline.why))
        .bind(i64::from(draft.in_review()))
        .bind(at)
        .bind(kind(draft).name())
        .bind(draft.torn.as_deref().map(storable))
        .execute(self.connection())
        .await
        .doing("filing a document")?;
        self.reading(id, provenance).await?;
        self.fields(id, &draft.fields).await?;
        if let Some(card) = &draft.card {
            self.card(id, card).await?;
        }
        let on_card = draft.card.iter().flat_map(|card| &card.fields);
        let fields = draft.fields.values().chain(on_card.map(|card| &card.field));
        self.index(Searchable {
            kind: kind(draft).found(),
            id: &id.to_string(),
            case: attachment.map(|to| to.case),
            day: draft.receipt.day,
            words: &searchable(&draft.text, fields),
        })
        .await?;
        Ok(id)
    }

    /// What the rules decided of a document.
    pub async fn judgement_of(&mut self, document: DocumentId) -> Result<Judgement> {
        let row = sqlx::query(
            "select topic, topic_why, priority, priority_why, team, team_why,
                    deadline, deadline_why
             from documents where id = $1",
        )
        .bind(document.to_string())
        .fetch_optional(self.connection())
        .await
        .doing("looking at a document")?;
        judgement(&row.ok_or_else(|| StoreError::unknown("document", document))?)
    }

    /// Puts the new reading of a document in place of the old one: its text, its
    /// legibility, what the rules decide of it, and every field that no person has
    /// settled. Where it lies stays. Of a card the draft has what is new alone.
    pub async fn reread_document(
        &mut self,
        id: DocumentId,
        draft: &CaseDraft,
        provenance: &Provenance,
    ) -> Result<()> {
        let judged = &draft.judgement;
        sqlx::query(
            "update documents set text = $2, legibility = $3, topic = $4, topic_why = $5,
                 priority = $6, priority_why = $7, team = $8, team_why = $9,
                 deadline = $10, deadline_why = $11, kind = $12
             where id = $1",
        )
        .bind(id.to_string())
        .bind(storable(&draft.text))
        .bind(draft.legibility.name())
        .bind(storable(&judged.topic.choice))
        .bind(storable(&judged.topic.why))
        .bind(judged.priority.choice.name())
        .bind(storable(&judged.priority.why))
        .bind(storable(&judged.team.choice))
        .bind(storable(&judged.team.why))
        .bind(judged.deadline.choice.to_string())
        .bind(storable(&judged.deadline.why))
        .bind(kind(draft).name())
        .execute(self.connection())
        .await
        .doing("reading a document again")?;
        self.reading(id, provenance).await?;
        if let Some(card) = &draft.card {
            self.add_to_card(id, card).await?;
        }
        let settled = self.settled_fields(id).await?;
        for (name, field) in &draft.fields {
            if !settled.contains(name) {
                self.field(id, *name, field, None).await?;
            }
        }
        Ok(())
    }

    /// The day on which a document came in.
    pub async fn received_on(&mut self, document: DocumentId) -> Result<Date> {
        let row = sqlx::query("select received from documents where id = $1")
            .bind(document.to_string())
            .fetch_optional(self.connection())
            .await
            .doing("reading a document's receipt")?;
        row.ok_or_else(|| StoreError::unknown("document", document))?
            .parsed("received")
    }

    /// The case that a document lies on, if it lies on any.
    pub async fn case_of(&mut self, document: DocumentId) -> Result<Option<CaseReference>> {
        Ok(self.attachment_of(document).await?.map(|lies| lies.case))
    }

    /// The case that a document lies on, if any, and why.
    pub async fn attachment_of(&mut self, document: DocumentId) -> Result<Option<Attachment>> {
        let row = sqlx::query(
            "select case_number, attached_by, attached_why from documents where id = $1",
        )
        .bind(document.to_string())
        .fetch_optional(self.connection())
        .await
        .doing("looking at a document")?;
        attachment(&row.ok_or_else(|| StoreError::unknown("document", document))?)
    }

    /// Lays a document on another case.
    pub async fn attach(&mut self, document: DocumentId, to: &Attachment) -> Result<()> {
        sqlx::query(
            "update documents set case_number = $2, attached_by = $3, attached_why = $4
             where id = $1",
        )
        .bind(document.to_string())
        .bind(to.case.number() as i64)
        .bind(to.by.name())
        .bind(storable(&to.why))
        .execute(self.connection())
        .await
        .doing("moving a document")?;
        self.index_case(&document.to_string(), to.case).await
    }

    /// Works out again whether a person must look at a document, and what the
    /// search finds it by, after one of its fields or pages was settled.
    pub async fn refresh_document(&mut self, document: DocumentId) -> Result<()> {
        let row = sqlx::query(concat!(
            "update documents set in_review = ",
            in_review!(),
            " where id = $1 returning id"
        ))
        .bind(document.to_string())
        .fetch_optional(self.connection())
        .await
        .doing("looking at a document again")?;
        row.ok_or_else(|| StoreError::unknown("document", document))?;
        self.index_document(document).await
    }

    /// Works out again what the search finds a document by.
    pub(super) async fn index_document(&mut self, document: DocumentId) -> Result<()> {
        let row =
            sqlx::query("select text, kind, case_number, received from documents where id = $1")
                .bind(document.to_string())
                .fetch_one(self.connection())
                .await
                .doing("looking at a document again")?;
        let fields = self.fields_of(document).await?;
        let card = self.card_fields_of(document).await?;
        let fields = fields.values().chain(card.iter().map(|card| &card.field));
        self.index(Searchable {
            kind: row.named("kind", DocumentKind::from_name)?.found(),
            id: &document.to_string(),
            case: maybe_case(&row)?,
            day: row.parsed("received")?,
            words: &searchable(&row.text("text")?, fields),
        })
        .await
    }

    /// The documents of a scan, each with the numbers of its pages that were read.
    pub async fn documents_in(
        &mut self,
        scan: ScanId,
    ) -> Result<BTreeMap<DocumentId, BTreeSet<u32>>> {
        let rows = sqlx::query(
            "select document_id, number, kind from pages
             where scan_id = $1 and document_id is not null",
        )
        .bind(scan.to_string())
        .fetch_all(self.connection())
        .await
        .doing("looking at documents")?;
        let mut documents = BTreeMap::<DocumentId, BTreeSet<u32>>::new();
        for row in &rows {
            let pages = documents.entry(row.parsed("document_id")?).or_default();
            if row.maybe_text("kind")?.is_some() {
                pages.insert(row.number("number")?);
            }
        }
        Ok(documents)
    }

    /// The ordinal of a further document of a scan.
    pub async fn next_ordinal(&mut self, scan: ScanId) -> Result<u32> {
        let row = sqlx::query(
            "select coalesce(max(ordinal), 0) + 1 as ordinal from documents where scan_id = $1",
        )
        .bind(scan.to_string())
        .fetch_one(self.connection())
        .await
        .doing("looking at documents")?;
        row.number("ordinal")
    }

    /// Whose card a document is.
    pub async fn customer_of(&mut self, document: DocumentId) -> Result<Option<CustomerId>> {
        let row = sqlx::query("select customer_id from documents where id = $1")
            .bind(document.to_string())
            .fetch_optional(self.connection())
            .await
            .doing("looking at a document")?;
        row.ok_or_else(|| StoreError::unknown("document", document))?
            .maybe_parsed("customer_id")
    }

    /// By which record of a customer a card came.
    pub async fn record_of(&mut self, document: DocumentId) -> Result<Option<CustomerId>> {
        let row = sqlx::query("select record_id from documents where id = $1")
            .bind(document.to_string())
            .fetch_optional(self.connection())
            .await
            .doing("looking at a document")?;
        row.ok_or_else(|| StoreError::unknown("document", document))?
            .maybe_parsed("record_id")
    }

    /// Files a card to the record of a customer.
    pub async fn give_document(&mut self, document: DocumentId, to: CustomerId) -> Result<()> {
        sqlx::query(
            "update documents set record_id = $2,
                    customer_id = (select person_id from customers where id = $2)
             where id = $1",
        )
        .bind(document.to_string())
        .bind(to.to_string())
        .execute(self.connection())
        .await
        .doing("giving a card its customer")?;
        Ok(())
    }

    async fn reading(&mut self, document: DocumentId, made_by: &Provenance) -> Result<()> {
        let at = self.at.clone();
        sqlx::query(
            "insert into readings (document_id, read_at, model, rules, gazetteer, program, forms,
                                   handprint, thresholds, lexicons, classifier)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(document.to_string())
        .bind(at)
        .bind(made_by.model.to_string())
        .bind(made_by.rules.to_string())
        .bind(made_by.gazetteer.to_string())
        .bind(made_by.program.clone())
        .bind(made_by.forms.to_string())
        .bind(made_by.handprint.map(|digest| digest.to_string()))
        .bind(made_by.thresholds.to_string())
        .bind(made_by.lexicons.to_string())
        .bind(made_by.classifier.map(|digest| digest.to_string()))
        .execute(self.connection())
        .await
        .doing("filing what made a reading")?;
        Ok(())
    }
}

/// What a document is found by: its text as read, and the values that checking
/// or a person made of it.
fn searchable<'a>(text: &str, fields: impl Iterator<Item = &'a Field>) -> String {
    let settled = fields
        .filter(|field| field.verdict == Verdict::Accepted && field.value != field.as_read)
        .filter_map(|field| field.value.as_deref());
    let mut words = text.to_owned();
    for value in settled {
        words.push('\n');
        words.push_str(value);
    }
    words
}

/// What a draft is of.
const fn kind(draft: &CaseDraft) -> DocumentKind {
    match draft.card {
        Some(_) => DocumentKind::Card,
        None => DocumentKind::Letter,
    }
}

pub(super) fn document(row: &AnyRow) -> Result<DocumentRecord> {
    Ok(DocumentRecord {
        id: row.parsed("id")?,
        scan: row.parsed("scan_id")?,
        path: row.text("path")?,
        ordinal: row.number("ordinal")?,
        kind: row.named("kind", DocumentKind::from_name)?,
        customer: row.maybe_parsed("customer_id")?,
        attachment: attachment(row)?,
        receipt: Receipt {
            day: row.parsed("received")?,
            origin: row.named("received_origin", ReceiptOrigin::from_name)?,
        },
        legibility: row.named("legibility", Legibility::from_name)?,
        torn: row.maybe_text("torn")?,
        text: row.text("text")?,
        judgement: judgement(row)?,
        in_review: row.flag("in_review")?,
        filed_at: row.text("filed_at")?,
    })
}

fn attachment(row: &AnyRow) -> Result<Option<Attachment>> {
    let Some(case) = maybe_case(row)? else {
        return Ok(None);
    };
    Ok(Some(Attachment {
        case,
        by: row.named("attached_by", AttachedBy::from_name)?,
        why: row.text("attached_why")?,
    }))
}

/// The case of a document, if it lies on any.
pub(super) fn maybe_case(row: &AnyRow) -> Result<Option<CaseReference>> {
    row.maybe_int("case_number")?
        .map(|_| case_number(row, "case_number"))
        .transpose()
}

pub(super) fn judgement(row: &AnyRow) -> Result<Judgement> {
    let priority = row.named("priority", Priority::from_name)?;
    Ok(Judgement {
        topic: Reasoned::new(row.text("topic")?, row.text("topic_why")?),
        priority: Reasoned::new(priority, row.text("priority_why")?),
        team: Reasoned::new(row.text("team")?, row.text("team_why")?),
        deadline: Reasoned::new(row.parsed("deadline")?, row.text("deadline_why")?),
    })
}

/// The same where there may be none.
pub(super) fn maybe_case_number(row: &AnyRow, column: &str) -> Result<Option<CaseReference>> {
    match row.maybe_int(column)? {
        Some(_) => case_number(row, column).map(Some),
        None => Ok(None),
    }
}

/// A case's number as its reference.
pub(super) fn case_number(row: &AnyRow, column: &str) -> Result<CaseReference> {
    let number: u64 = row.number(column)?;
    CaseReference::new(number).ok_or_else(|| corrupt(column, number))
}

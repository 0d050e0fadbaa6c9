//! Letters and cards as they are filed: on which case, why, and by what reading.

use sqlx::any::AnyRow;

use crate::domain::case::{
    AttachedBy, CaseDraft, Judgement, Priority, Reasoned, Receipt, ReceiptOrigin,
};
use crate::domain::document::Legibility;
use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::identity::Digest;
use crate::domain::letter::LetterField;
use crate::domain::verdict::Verdict;

use super::Store;
use super::change::Change;
use super::error::{Doing, Result, StoreError};
use super::fields::Fields;
use super::ids::{DocumentId, ScanId};
use super::rows::{Columns, corrupt, storable};

/// What made a reading: kept with every document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// The model that reads print.
    pub model: Digest,
    /// The rules file.
    pub rules: Digest,
    /// The gazetteer.
    pub gazetteer: Digest,
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
    /// Its case, and why.
    pub attachment: Attachment,
    /// The day of receipt.
    pub receipt: Receipt,
    /// How well it could be read.
    pub legibility: Legibility,
    /// The lines as read, a form feed between pages.
    pub text: String,
    /// Topic, priority, team, deadline.
    pub judgement: Judgement,
    /// Whether a person must look.
    pub in_review: bool,
    /// When it was filed, in UTC.
    pub filed_at: String,
}

/// Fewer characters of an id say nothing.
const SHORTEST_PART: usize = 4;

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
        let wanted = part.to_lowercase();
        // Nothing but an id's own signs, so that none is a wildcard.
        let own = |sign: char| sign.is_ascii_hexdigit() || sign == '-';
        if wanted.len() < SHORTEST_PART || !wanted.chars().all(own) {
            return Ok(None);
        }
        let rows = sqlx::query("select id from documents where id like $1 limit 2")
            .bind(format!("%{wanted}%"))
            .fetch_all(&self.pool)
            .await
            .doing("looking for a document")?;
        match rows.as_slice() {
            [row] => row.parsed("id").map(Some),
            _ => Ok(None),
        }
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
        attachment: &Attachment,
        provenance: &Provenance,
    ) -> Result<DocumentId> {
        let id = DocumentId::new();
        let at = self.at.clone();
        let judged = &draft.judgement;
        sqlx::query(
            "insert into documents (id, scan_id, ordinal, case_number, attached_by, attached_why,
                                    received, received_origin, legibility, text,
                                    topic, topic_why, priority, priority_why, team, team_why,
                                    deadline, deadline_why, in_review, filed_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
                     $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
        )
        .bind(id.to_string())
        .bind(scan.to_string())
        .bind(i64::from(ordinal))
        .bind(attachment.case.number() as i64)
        .bind(attachment.by.name())
        .bind(storable(&attachment.why))
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
        .execute(self.connection())
        .await
        .doing("filing a document")?;
        self.reading(id, provenance).await?;
        self.fields(id, &draft.fields).await?;
        self.index(id, &searchable(&draft.text, &draft.fields))
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
    /// settled. Where it lies stays.
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
                 deadline = $10, deadline_why = $11
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
        .execute(self.connection())
        .await
        .doing("reading a document again")?;
        self.reading(id, provenance).await?;
        let settled = self.settled_fields(id).await?;
        for (name, field) in &draft.fields {
            if !settled.contains(name) {
                self.field(id, *name, field, None).await?;
            }
        }
        Ok(())
    }

    /// The case that a document lies on.
    pub async fn case_of(&mut self, document: DocumentId) -> Result<CaseReference> {
        Ok(self.attachment_of(document).await?.case)
    }

    /// The case that a document lies on, and why.
    pub async fn attachment_of(&mut self, document: DocumentId) -> Result<Attachment> {
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
        Ok(())
    }

    /// Works out again whether a person must look at a document, and what the
    /// search finds it by, after one of its fields or pages was settled.
    pub async fn refresh_document(&mut self, document: DocumentId) -> Result<()> {
        // A page that was put away for good is missed no longer.
        let row = sqlx::query(
            "update documents set in_review = case
                 when exists (select 1 from fields
                              where document_id = documents.id and verdict = 'review')
                   or exists (select 1 from pages
                              where document_id = documents.id
                                and aside_code is not null and aside_code <> 'discarded')
                 then 1 else 0 end
             where id = $1
             returning text",
        )
        .bind(document.to_string())
        .fetch_optional(self.connection())
        .await
        .doing("looking at a document again")?;
        let row = row.ok_or_else(|| StoreError::unknown("document", document))?;
        let fields = self.fields_of(document).await?;
        self.index(document, &searchable(&row.text("text")?, &fields))
            .await
    }

    async fn reading(&mut self, document: DocumentId, made_by: &Provenance) -> Result<()> {
        let at = self.at.clone();
        sqlx::query(
            "insert into readings (document_id, read_at, model, rules, gazetteer, program)
             values ($1, $2, $3, $4, $5, $6)",
        )
        .bind(document.to_string())
        .bind(at)
        .bind(made_by.model.to_string())
        .bind(made_by.rules.to_string())
        .bind(made_by.gazetteer.to_string())
        .bind(made_by.program.clone())
        .execute(self.connection())
        .await
        .doing("filing what made a reading")?;
        Ok(())
    }
}

/// What a document is found by: its text as read, and the values that checking
/// or a person made of it.
fn searchable(text: &str, fields: &Fields) -> String {
    let settled = fields
        .values()
        .filter(|field| field.verdict == Verdict::Accepted && field.value != field.as_read)
        .filter_map(|field| field.value.as_deref());
    let mut words = text.to_owned();
    for value in settled {
        words.push('\n');
        words.push_str(value);
    }
    words
}

pub(super) fn document(row: &AnyRow) -> Result<DocumentRecord> {
    Ok(DocumentRecord {
        id: row.parsed("id")?,
        scan: row.parsed("scan_id")?,
        path: row.text("path")?,
        ordinal: row.number("ordinal")?,
        attachment: attachment(row)?,
        receipt: Receipt {
            day: row.parsed("received")?,
            origin: row.named("received_origin", ReceiptOrigin::from_name)?,
        },
        legibility: row.named("legibility", Legibility::from_name)?,
        text: row.text("text")?,
        judgement: judgement(row)?,
        in_review: row.flag("in_review")?,
        filed_at: row.text("filed_at")?,
    })
}

fn attachment(row: &AnyRow) -> Result<Attachment> {
    Ok(Attachment {
        case: case_number(row, "case_number")?,
        by: row.named("attached_by", AttachedBy::from_name)?,
        why: row.text("attached_why")?,
    })
}

fn judgement(row: &AnyRow) -> Result<Judgement> {
    let priority = row.named("priority", Priority::from_name)?;
    Ok(Judgement {
        topic: Reasoned::new(row.text("topic")?, row.text("topic_why")?),
        priority: Reasoned::new(priority, row.text("priority_why")?),
        team: Reasoned::new(row.text("team")?, row.text("team_why")?),
        deadline: Reasoned::new(row.parsed("deadline")?, row.text("deadline_why")?),
    })
}

/// A case's number as its reference.
pub(super) fn case_number(row: &AnyRow, column: &str) -> Result<CaseReference> {
    let number: u64 = row.number(column)?;
    CaseReference::new(number).ok_or_else(|| corrupt(column, number))
}

/// The field's place in its type, for a row that has only its name.
pub(super) fn field_name(row: &AnyRow) -> Result<LetterField> {
    row.named("name", LetterField::from_name)
}

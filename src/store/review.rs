//! Doubtful fields, as a person settles them.

use sqlx::any::AnyRow;

use crate::domain::field::Field;
use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::letter::LetterField;

use super::Store;
use super::documents::{case_number, field_name};
use super::error::{Doing, Result};
use super::fields;
use super::ids::DocumentId;
use super::rows::Columns;

/// One field that waits for a person.
#[derive(Debug, Clone, PartialEq)]
pub struct ReviewItem {
    /// Its document.
    pub document: DocumentId,
    /// The case of that.
    pub case: CaseReference,
    /// The scan's path below its folder.
    pub path: String,
    /// Which field.
    pub name: LetterField,
    /// As read, as matched, how sure, why, where.
    pub field: Field,
}

/// Where a list goes on: after this field of this document.
pub type ReviewCursor = (DocumentId, LetterField);

/// A document that cannot be read as print, and of which no person has settled
/// anything yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadItem {
    /// The document.
    pub document: DocumentId,
    /// The case that it lies on.
    pub case: CaseReference,
    /// The scan's path below its folder.
    pub path: String,
}

impl Store {
    /// Documents that a person must read, oldest first, after `after`, at most `limit`.
    pub async fn unread(&self, after: Option<DocumentId>, limit: u32) -> Result<Vec<UnreadItem>> {
        let rows = sqlx::query(
            "select documents.id, documents.case_number, scans.path
             from documents join scans on scans.id = documents.scan_id
             where documents.in_review = 1 and documents.legibility = 'unreadable'
               and documents.id > $1
               and not exists (select 1 from fields
                               where document_id = documents.id and settled_by is not null)
             order by documents.id limit $2",
        )
        .bind(after.map(|id| id.to_string()).unwrap_or_default())
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await
        .doing("listing documents that cannot be read")?;
        let unread = rows.iter().map(|row| {
            Ok(UnreadItem {
                document: row.parsed("id")?,
                case: case_number(row, "case_number")?,
                path: row.text("path")?,
            })
        });
        unread.collect()
    }

    /// Fields in review, oldest document first, after `after`, at most `limit`.
    pub async fn fields_in_review(
        &self,
        after: Option<ReviewCursor>,
        limit: u32,
    ) -> Result<Vec<ReviewItem>> {
        let (document, name) = after.map_or_else(Default::default, |(document, name)| {
            (document.to_string(), name.name().to_owned())
        });
        let rows = sqlx::query(
            "select fields.*, documents.case_number, scans.path
             from fields
             join documents on documents.id = fields.document_id
             join scans on scans.id = documents.scan_id
             where fields.verdict = 'review'
               and (fields.document_id > $1 or (fields.document_id = $1 and fields.name > $2))
             order by fields.document_id, fields.name limit $3",
        )
        .bind(document)
        .bind(name)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await
        .doing("listing fields in review")?;
        rows.iter().map(item).collect()
    }
}

fn item(row: &AnyRow) -> Result<ReviewItem> {
    Ok(ReviewItem {
        document: row.parsed("document_id")?,
        case: case_number(row, "case_number")?,
        path: row.text("path")?,
        name: field_name(row)?,
        field: fields::field(row)?,
    })
}

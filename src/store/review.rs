//! Doubtful fields, as a person settles them.

use sqlx::any::AnyRow;

use crate::domain::field::Field;
use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::letter::LetterField;

use super::Store;
use super::change::Change;
use super::documents::{case_number, field_name};
use super::error::{Doing, Result};
use super::fields;
use super::ids::{CustomerId, DocumentId};
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

impl Store {
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

impl Change {
    /// Every document of a customer's cases, else of this case alone, newest
    /// first: what is known of who wrote is worked out from their fields.
    pub async fn documents_about(
        &mut self,
        case: CaseReference,
        customer: Option<CustomerId>,
    ) -> Result<Vec<DocumentId>> {
        let rows = sqlx::query(
            "select documents.id from documents
             join cases on cases.number = documents.case_number
             where cases.number = $1 or cases.customer_id = $2
             order by documents.received desc, documents.id desc",
        )
        .bind(case.number() as i64)
        .bind(customer.map(|id| id.to_string()).unwrap_or_default())
        .fetch_all(self.connection())
        .await
        .doing("looking at a customer's documents")?;
        rows.iter().map(|row| row.parsed("id")).collect()
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

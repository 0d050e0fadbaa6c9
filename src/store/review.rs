//! Doubtful fields and ticks, as a person settles them.

use sqlx::any::AnyRow;

use crate::domain::field::Field;
use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::letter::LetterField;

use super::Store;
use super::documents::maybe_case;
use super::error::{Doing, Result};
use super::fields;
use super::ids::DocumentId;
use super::rows::Columns;

/// What a person settles: a field of a letter, or what a card's form calls one of its
/// fields or boxes to tick.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum FieldName {
    /// On a letter.
    Letter(LetterField),
    /// On a card.
    Card(String),
}

impl FieldName {
    /// The name in SQL and on screen.
    pub fn name(&self) -> &str {
        match self {
            Self::Letter(field) => field.name(),
            Self::Card(name) => name,
        }
    }
}

impl From<LetterField> for FieldName {
    fn from(field: LetterField) -> Self {
        Self::Letter(field)
    }
}

/// One field that waits for a person.
#[derive(Debug, Clone, PartialEq)]
pub struct ReviewItem {
    /// Its document.
    pub document: DocumentId,
    /// The case of that; none for a card without one.
    pub case: Option<CaseReference>,
    /// The scan's path below its folder.
    pub path: String,
    /// Which field.
    pub name: FieldName,
    /// As read, as matched, how sure, why, where.
    pub field: Field,
}

/// Where a list goes on: after this field of this document.
pub type ReviewCursor = (DocumentId, FieldName);

/// A document that cannot be read as print, or may lack pages, and of which no person
/// has settled anything yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadItem {
    /// The document.
    pub document: DocumentId,
    /// The case that it lies on.
    pub case: Option<CaseReference>,
    /// The scan's path below its folder.
    pub path: String,
    /// Why nobody knows where it begins or ends, if that is what is wrong with it.
    pub torn: Option<String>,
}

impl Store {
    /// Documents that a person must read, oldest first, after `after`, at most `limit`.
    pub async fn unread(&self, after: Option<DocumentId>, limit: u32) -> Result<Vec<UnreadItem>> {
        let rows = sqlx::query(
            "select documents.id, documents.case_number, documents.torn, scans.path
             from documents join scans on scans.id = documents.scan_id
             where documents.in_review = 1
               and (documents.legibility = 'unreadable' or documents.torn is not null)
               and documents.id > $1
               and not exists (select 1 from fields
                               where document_id = documents.id and settled_by is not null)
               and not exists (select 1 from card_fields
                               where document_id = documents.id and settled_by is not null)
               and not exists (select 1 from ticks
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
                case: maybe_case(row)?,
                path: row.text("path")?,
                torn: row.maybe_text("torn")?,
            })
        });
        unread.collect()
    }

    /// Fields and ticks in review, oldest document first, after `after`, at most `limit`.
    pub async fn fields_in_review(
        &self,
        after: Option<ReviewCursor>,
        limit: u32,
    ) -> Result<Vec<ReviewItem>> {
        let (document, name) = after.map_or_else(Default::default, |(document, name)| {
            (document.to_string(), name.name().to_owned())
        });
        let rows = sqlx::query(
            "select doubtful.*, documents.case_number, scans.path
             from (
                 select 'letter' as source, document_id, name, as_read, value, probability,
                        verdict, reason, page, x, y, w, h
                 from fields where verdict = 'review'
                 union all
                 select 'card' as source, document_id, name, as_read, value, probability,
                        verdict, reason, page, x, y, w, h
                 from card_fields where verdict = 'review'
                 union all
                 select 'card' as source, document_id, name, as_read,
                        nullif(state, 'unsure') as value, probability,
                        verdict, reason, page, x, y, w, h
                 from ticks where verdict = 'review'
             ) as doubtful
             join documents on documents.id = doubtful.document_id
             join scans on scans.id = documents.scan_id
             where doubtful.document_id > $1
                or (doubtful.document_id = $1 and doubtful.name > $2)
             order by doubtful.document_id, doubtful.name limit $3",
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
        case: maybe_case(row)?,
        path: row.text("path")?,
        name: match row.text("source")?.as_str() {
            "letter" => row.named("name", LetterField::from_name)?.into(),
            _ => FieldName::Card(row.text("name")?),
        },
        field: fields::field(row)?,
    })
}

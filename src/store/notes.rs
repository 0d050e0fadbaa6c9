//! What people note on a case, or on a place of a page.

use serde_json::json;
use sqlx::any::AnyRow;

use crate::domain::geometry::Rect;
use crate::domain::grammar::case_reference::CaseReference;

use super::Store;
use super::change::Change;
use super::documents;
use super::error::{Doing, Result};
use super::events::{About, EventKind};
use super::ids::{DocumentId, NoteId};
use super::rows::{Columns, corrupt, storable};
use super::search::{Found, Searchable};

/// What a note is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotePlace {
    /// The document.
    pub document: DocumentId,
    /// The page by its number in the document's scan, and the box on its image, pixels.
    pub on: Option<(u32, Rect)>,
}

/// A note on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteRecord {
    /// Its id.
    pub id: NoteId,
    /// The case.
    pub case: CaseReference,
    /// What it is about, where that is more than the case.
    pub place: Option<NotePlace>,
    /// What it says.
    pub text: String,
    /// When it was written, in UTC.
    pub made_at: String,
    /// By whom.
    pub made_by: String,
}

impl Store {
    /// The notes of a case, oldest first.
    pub async fn notes_of(&self, case: CaseReference) -> Result<Vec<NoteRecord>> {
        let rows = sqlx::query("select * from notes where case_number = $1 order by id")
            .bind(case.number() as i64)
            .fetch_all(&self.pool)
            .await
            .doing("reading notes")?;
        rows.iter().map(note).collect()
    }
}

impl Change {
    /// Adds a note.
    pub async fn note(
        &mut self,
        case: CaseReference,
        place: Option<NotePlace>,
        text: &str,
    ) -> Result<NoteId> {
        let id = NoteId::new();
        let (at, by) = (self.at.clone(), self.actor.to_string());
        let on = place.and_then(|place| place.on);
        let side = |side: fn(&Rect) -> u32| on.map(|(_, rect)| i64::from(side(&rect)));
        sqlx::query(
            "insert into notes (id, case_number, document_id, page, x, y, w, h, text,
                                made_at, made_by)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(id.to_string())
        .bind(case.number() as i64)
        .bind(place.map(|place| place.document.to_string()))
        .bind(on.map(|(page, _)| i64::from(page)))
        .bind(side(|rect| rect.x))
        .bind(side(|rect| rect.y))
        .bind(side(|rect| rect.w))
        .bind(side(|rect| rect.h))
        .bind(storable(text))
        .bind(at.clone())
        .bind(by)
        .execute(self.connection())
        .await
        .doing("writing a note")?;
        let day = at.get(..10).and_then(|day| day.parse().ok());
        self.index(Searchable {
            kind: Found::Note,
            id: &id.to_string(),
            case: Some(case),
            day: day.ok_or_else(|| corrupt("made_at", &at))?,
            words: text,
        })
        .await?;
        let about = About {
            document: place.map(|place| place.document),
            ..About::case(case)
        };
        self.event(EventKind::Noted, about, json!({ "note": id.to_string() }))
            .await?;
        Ok(id)
    }

    /// The notes on a document go with it to another case.
    pub async fn move_notes(&mut self, document: DocumentId, to: CaseReference) -> Result<()> {
        let rows =
            sqlx::query("update notes set case_number = $2 where document_id = $1 returning id")
                .bind(document.to_string())
                .bind(to.number() as i64)
                .fetch_all(self.connection())
                .await
                .doing("moving notes")?;
        for row in &rows {
            self.index_case(&row.text("id")?, to).await?;
        }
        Ok(())
    }
}

fn note(row: &AnyRow) -> Result<NoteRecord> {
    let page: Option<u32> = row.maybe_number("page")?;
    let on = match page {
        Some(page) => {
            let rect = Rect::new(
                row.number("x")?,
                row.number("y")?,
                row.number("w")?,
                row.number("h")?,
            );
            Some((page, rect))
        }
        None => None,
    };
    let document: Option<DocumentId> = row.maybe_parsed("document_id")?;
    Ok(NoteRecord {
        id: row.parsed("id")?,
        case: documents::case_number(row, "case_number")?,
        place: document.map(|document| NotePlace { document, on }),
        text: row.text("text")?,
        made_at: row.text("made_at")?,
        made_by: row.text("made_by")?,
    })
}

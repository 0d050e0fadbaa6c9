//! What people note on a case, or on a place of a page.

use serde_json::json;
use sqlx::any::AnyRow;

use crate::domain::geometry::Rect;
use crate::domain::grammar::case_reference::CaseReference;

use super::Store;
use super::change::Change;
use super::documents;
use super::error::{Doing, Result, StoreError};
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
    /// When it was changed last, in UTC, and by whom.
    pub changed: Option<(String, String)>,
}

impl Store {
    /// The notes of a case, oldest first.
    pub async fn notes_of(&self, case: CaseReference) -> Result<Vec<NoteRecord>> {
        let rows = sqlx::query(
            "select * from notes where case_number = $1 and removed_at is null order by id",
        )
        .bind(case.number() as i64)
        .fetch_all(&self.pool)
        .await
        .doing("reading notes")?;
        rows.iter().map(note).collect()
    }

    /// A note; one that was taken away is none.
    pub async fn note(&self, id: NoteId) -> Result<NoteRecord> {
        let row = sqlx::query(NOTE)
            .bind(id.to_string())
            .fetch_optional(&self.pool)
            .await
            .doing("reading a note")?;
        note(&row.ok_or_else(|| StoreError::unknown("note", id))?)
    }

    /// The one note whose id has this part.
    pub async fn note_with(&self, part: &str) -> Result<Option<NoteId>> {
        const SQL: &str = "select id from notes where id like $1 and removed_at is null limit 2";
        self.one_with(SQL, part)
            .await?
            .map(|id| id.parse())
            .transpose()
    }
}

const NOTE: &str = "select * from notes where id = $1 and removed_at is null";

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
        self.index_note(id, case, (&at, text)).await?;
        let about = About {
            document: place.map(|place| place.document),
            ..About::case(case)
        };
        self.event(EventKind::Noted, about, json!({ "note": id.to_string() }))
            .await?;
        Ok(id)
    }

    /// A note says something else now, and lies on another box where one is given; what it said is in the
    /// history.
    pub async fn change_note(
        &mut self,
        id: NoteId,
        text: &str,
        on: Option<(u32, Rect)>,
    ) -> Result<()> {
        let before = self.note_of(id).await?;
        let on = on.or(before.place.and_then(|place| place.on));
        let (at, by) = (self.at.clone(), self.actor.to_string());
        let side = |side: fn(&Rect) -> u32| on.map(|(_, rect)| i64::from(side(&rect)));
        sqlx::query(
            "update notes set text = $2, page = $3, x = $4, y = $5, w = $6, h = $7,
                              changed_at = $8, changed_by = $9
             where id = $1",
        )
        .bind(id.to_string())
        .bind(storable(text))
        .bind(on.map(|(page, _)| i64::from(page)))
        .bind(side(|rect| rect.x))
        .bind(side(|rect| rect.y))
        .bind(side(|rect| rect.w))
        .bind(side(|rect| rect.h))
        .bind(at)
        .bind(by)
        .execute(self.connection())
        .await
        .doing("changing a note")?;
        self.index_note(id, before.case, (&before.made_at, text))
            .await?;
        let place = |on: Option<(u32, Rect)>| {
            on.map(|(page, rect)| json!({ "page": page, "box": [rect.x, rect.y, rect.w, rect.h] }))
        };
        let was = place(before.place.and_then(|place| place.on));
        let detail = json!({
            "note": id.to_string(), "changed": true,
            "before": { "value": before.text, "place": was },
            "after": { "value": text, "place": place(on) },
        });
        self.event(EventKind::Noted, about(&before), detail).await
    }

    /// Takes a note away: it is found and shown no more, and what it said is in the history.
    pub async fn remove_note(&mut self, id: NoteId) -> Result<()> {
        let before = self.note_of(id).await?;
        let (at, by) = (self.at.clone(), self.actor.to_string());
        sqlx::query("update notes set removed_at = $2, removed_by = $3 where id = $1")
            .bind(id.to_string())
            .bind(at)
            .bind(by)
            .execute(self.connection())
            .await
            .doing("taking a note away")?;
        self.forget(&id.to_string()).await?;
        let detail = json!({ "note": id.to_string(), "removed": true,
                             "before": { "value": before.text } });
        self.event(EventKind::Noted, about(&before), detail).await
    }

    async fn note_of(&mut self, id: NoteId) -> Result<NoteRecord> {
        let row = sqlx::query(NOTE)
            .bind(id.to_string())
            .fetch_optional(self.connection())
            .await
            .doing("looking at a note")?;
        note(&row.ok_or_else(|| StoreError::unknown("note", id))?)
    }

    async fn index_note(
        &mut self,
        id: NoteId,
        case: CaseReference,
        (made_at, text): (&str, &str),
    ) -> Result<()> {
        let day = made_at.get(..10).and_then(|day| day.parse().ok());
        self.index(Searchable {
            kind: Found::Note,
            id: &id.to_string(),
            case: Some(case),
            day: day.ok_or_else(|| corrupt("made_at", made_at))?,
            words: text,
        })
        .await
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
        // One that was taken away is not in the index.
        for row in &rows {
            self.index_case(&row.text("id")?, to).await?;
        }
        Ok(())
    }
}

fn about(note: &NoteRecord) -> About {
    About {
        document: note.place.map(|place| place.document),
        ..About::case(note.case)
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
        changed: row
            .maybe_text("changed_at")?
            .zip(row.maybe_text("changed_by")?),
    })
}

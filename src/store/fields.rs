//! Fields as they are kept: as read, as matched, how sure, and why.

use std::collections::BTreeMap;

use sqlx::any::AnyRow;
use sqlx::{Any, Executor};

use crate::domain::confidence::Probability;
use crate::domain::field::{Field, Place};
use crate::domain::geometry::Rect;
use crate::domain::letter::LetterField;
use crate::domain::verdict::Verdict;

use super::Store;
use super::change::Change;
use super::error::{Doing, Result};
use super::ids::DocumentId;
use super::rows::{Columns, storable};

/// All fields of a document.
pub type Fields = BTreeMap<LetterField, Field>;

impl Store {
    /// The fields of a document.
    pub async fn fields_of(&self, document: DocumentId) -> Result<Fields> {
        read(&self.pool, document).await
    }
}

impl Change {
    /// The fields of a document as this change sees them.
    pub async fn fields_of(&mut self, document: DocumentId) -> Result<Fields> {
        read(self.connection(), document).await
    }

    /// Puts the fields of a new document on record.
    pub async fn fields(&mut self, document: DocumentId, fields: &Fields) -> Result<()> {
        for (name, field) in fields {
            self.field(document, *name, field, None).await?;
        }
        Ok(())
    }

    /// The fields of a document that a person has settled.
    pub async fn settled_fields(&mut self, document: DocumentId) -> Result<Vec<LetterField>> {
        let rows = sqlx::query(
            "select name from fields where document_id = $1 and settled_by is not null",
        )
        .bind(document.to_string())
        .fetch_all(self.connection())
        .await
        .doing("reading fields")?;
        rows.iter()
            .map(|row| row.named("name", LetterField::from_name))
            .collect()
    }

    /// Puts a field on record, over what was there; `settled_by` when a person
    /// decided it.
    pub async fn field(
        &mut self,
        document: DocumentId,
        name: LetterField,
        field: &Field,
        settled_by: Option<&str>,
    ) -> Result<()> {
        let bounds = field.place.map(|place| place.bounds);
        sqlx::query(
            "insert into fields (document_id, name, as_read, value, probability, verdict, reason,
                                 page, x, y, w, h, settled_by)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
             on conflict (document_id, name) do update
             set as_read = excluded.as_read, value = excluded.value,
                 probability = excluded.probability, verdict = excluded.verdict,
                 reason = excluded.reason, page = excluded.page, x = excluded.x, y = excluded.y,
                 w = excluded.w, h = excluded.h, settled_by = excluded.settled_by",
        )
        .bind(document.to_string())
        .bind(name.name())
        .bind(field.as_read.as_deref().map(storable))
        .bind(field.value.as_deref().map(storable))
        .bind(field.probability.get())
        .bind(field.verdict.name())
        .bind(storable(&field.reason))
        .bind(field.place.map(|place| i64::from(place.page)))
        .bind(bounds.map(|bounds| i64::from(bounds.x)))
        .bind(bounds.map(|bounds| i64::from(bounds.y)))
        .bind(bounds.map(|bounds| i64::from(bounds.w)))
        .bind(bounds.map(|bounds| i64::from(bounds.h)))
        .bind(settled_by.map(str::to_owned))
        .execute(self.connection())
        .await
        .doing("filing a field")?;
        Ok(())
    }
}

async fn read(executor: impl Executor<'_, Database = Any>, document: DocumentId) -> Result<Fields> {
    let rows = sqlx::query(
        "select name, as_read, value, probability, verdict, reason, page, x, y, w, h
         from fields where document_id = $1",
    )
    .bind(document.to_string())
    .fetch_all(executor)
    .await
    .doing("reading fields")?;
    let named = |row: &AnyRow| Ok((row.named("name", LetterField::from_name)?, field(row)?));
    rows.iter().map(named).collect()
}

pub(super) fn field(row: &AnyRow) -> Result<Field> {
    Ok(Field {
        as_read: row.maybe_text("as_read")?,
        value: row.maybe_text("value")?,
        probability: Probability::clamped(row.float("probability")?),
        verdict: row.named("verdict", Verdict::from_name)?,
        reason: row.text("reason")?,
        place: place(row)?,
    })
}

fn place(row: &AnyRow) -> Result<Option<Place>> {
    let Some(page) = row.maybe_number("page")? else {
        return Ok(None);
    };
    let bounds = Rect::new(
        row.number("x")?,
        row.number("y")?,
        row.number("w")?,
        row.number("h")?,
    );
    Ok(Some(Place { page, bounds }))
}

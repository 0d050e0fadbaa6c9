//! What the review station keeps of the people at it: every answer once, and the fields whose value is
//! certain, by which it measures them.

use sqlx::any::AnyRow;

use crate::domain::grammar::case_reference::CaseReference;

use super::Store;
use super::change::Change;
use super::documents::maybe_case;
use super::error::{Doing, Result};
use super::ids::{self, DocumentId, UserId};
use super::rows::{Columns, storable};

/// What an answer was to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AnswerKind {
    /// A field that waits for a person.
    Asked,
    /// A field whose value is certain.
    Golden,
    /// A field that they had settled before.
    Again,
    /// The same as the first, left to a supervisor.
    Referred,
}

crate::domain::named!(AnswerKind {
    Asked => "asked",
    Golden => "golden",
    Again => "again",
    Referred => "referred",
});

/// An answer, without what was answered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answered<'a> {
    /// What the browser calls it, so that it is taken once.
    pub id: &'a str,
    /// Who.
    pub user: UserId,
    /// The document.
    pub document: DocumentId,
    /// The field's name.
    pub name: &'a str,
    /// To what.
    pub kind: AnswerKind,
    /// How long it took.
    pub seconds: f64,
}

/// A field of a card whose value two people, or a person and the machine, found the same without seeing
/// what the other found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertainField {
    /// The document.
    pub document: DocumentId,
    /// The case of that, if it lies on one.
    pub case: Option<CaseReference>,
    /// The scan's path below its folder.
    pub path: String,
    /// The field's name on the form.
    pub name: String,
}

/// How somebody at the station does.
#[derive(Debug, Clone, PartialEq)]
pub struct ClerkQuality {
    /// What history calls them.
    pub name: String,
    /// What others see.
    pub display: String,
    /// How many fields they answered, golden ones among them, those that they left to a
    /// supervisor not.
    pub answered: u64,
    /// How many they left to a supervisor.
    pub referred: u64,
    /// How long an answer took them, on average.
    pub seconds: f64,
    /// How many golden fields they answered,
    pub golden: u64,
    /// and how many of those right.
    pub agreed: u64,
}

/// Whether a row of `card_fields`, joined with its `rekeyings`, is certain, and somebody of a name
/// ($1) and id ($2) had no part in that. What a form leaves open, and numbers that were printed on the
/// card, measure nobody.
macro_rules! certain {
    () => {
        "card_fields.verdict = 'accepted' and card_fields.value is not null
         and card_fields.kind <> 'free_text' and card_fields.boxes <> '[]'
         and rekeyings.keyed_by <> $1
         and ((rekeyings.agrees = 1 and card_fields.settled_by is null)
              or (card_fields.settled_by <> rekeyings.keyed_by and card_fields.settled_by <> $1
                  and rekeyings.value = card_fields.value))
         and not exists (select 1 from golden_answers
                         where golden_answers.document_id = card_fields.document_id
                           and golden_answers.name = card_fields.name
                           and golden_answers.user_id = $2)"
    };
}

impl Store {
    /// Fields whose value is certain and that somebody has never answered nor had a part in: those
    /// that measured the fewest people first, at most `limit`.
    pub async fn certain_fields(
        &self,
        user: UserId,
        name: &str,
        limit: u32,
    ) -> Result<Vec<CertainField>> {
        let rows = sqlx::query(concat!(
            "select card_fields.document_id, card_fields.name, documents.case_number, scans.path
             from card_fields
             join rekeyings on rekeyings.document_id = card_fields.document_id
                  and rekeyings.name = card_fields.name
             join documents on documents.id = card_fields.document_id
             join scans on scans.id = documents.scan_id
             left join leases on leases.document_id = card_fields.document_id
                  and leases.name = card_fields.name and leases.ends_at > $4
             where leases.user_id is null and ",
            certain!(),
            " order by (select count(*) from golden_answers
                        where golden_answers.document_id = card_fields.document_id
                          and golden_answers.name = card_fields.name),
                       card_fields.document_id desc, card_fields.name
              limit $3"
        ))
        .bind(storable(name))
        .bind(user.to_string())
        .bind(i64::from(limit))
        .bind(ids::now())
        .fetch_all(&self.pool)
        .await
        .doing("looking for fields whose value is certain")?;
        rows.iter().map(certain).collect()
    }

    /// The golden fields that somebody has before them.
    pub async fn held_golden(&self, user: UserId) -> Result<Vec<CertainField>> {
        let rows = sqlx::query(
            "select leases.document_id, leases.name, documents.case_number, scans.path
             from leases
             join documents on documents.id = leases.document_id
             join scans on scans.id = documents.scan_id
             where leases.user_id = $1 and leases.kind = 'golden' and leases.ends_at > $2
             order by leases.document_id, leases.name",
        )
        .bind(user.to_string())
        .bind(ids::now())
        .fetch_all(&self.pool)
        .await
        .doing("looking for fields whose value is certain")?;
        rows.iter().map(certain).collect()
    }

    /// How everybody at the station has done since a moment, by name; of all time where none is given.
    pub async fn clerks(&self, since: Option<jiff::Timestamp>) -> Result<Vec<ClerkQuality>> {
        let rows = sqlx::query(
            "select users.name, users.display, count(*) as answers,
                    sum(case when answers.kind = 'referred' then 1 else 0 end) as referred,
                    avg(answers.seconds) as seconds,
                    (select count(*) from golden_answers
                     where user_id = users.id and golden_answers.made_at >= $1) as golden,
                    (select count(*) from golden_answers
                     where user_id = users.id and agrees = 1
                       and golden_answers.made_at >= $1) as agreed
             from answers join users on users.id = answers.user_id
             where answers.made_at >= $1
             group by users.id, users.name, users.display
             order by users.name",
        )
        .bind(since.map(ids::moment).unwrap_or_default())
        .fetch_all(&self.pool)
        .await
        .doing("counting what clerks answered")?;
        rows.iter().map(clerk).collect()
    }
}

impl Change {
    /// Puts an answer on record; false where it is there already.
    pub async fn answer_once(&mut self, answered: Answered<'_>) -> Result<bool> {
        let at = self.at.clone();
        let put = sqlx::query(
            "insert into answers (id, document_id, name, user_id, kind, seconds, made_at)
             values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing",
        )
        .bind(storable(answered.id))
        .bind(answered.document.to_string())
        .bind(storable(answered.name))
        .bind(answered.user.to_string())
        .bind(answered.kind.name())
        .bind(answered.seconds)
        .bind(at)
        .execute(self.connection())
        .await
        .doing("taking an answer")?;
        Ok(put.rows_affected() == 1)
    }

    /// Whether an answer is on record already.
    pub async fn is_answered(&mut self, id: &str) -> Result<bool> {
        let row = sqlx::query("select id from answers where id = $1")
            .bind(storable(id))
            .fetch_optional(self.connection())
            .await
            .doing("looking for an answer")?;
        Ok(row.is_some())
    }

    /// What the last answer to a field was to, if it was somebody's own.
    pub async fn own_answer(
        &mut self,
        user: UserId,
        document: DocumentId,
        name: &str,
    ) -> Result<Option<AnswerKind>> {
        let row = sqlx::query(
            "select user_id, kind from answers where document_id = $1 and name = $2
             order by made_at desc limit 1",
        )
        .bind(document.to_string())
        .bind(storable(name))
        .fetch_optional(self.connection())
        .await
        .doing("looking for an answer")?;
        let Some(row) = row else { return Ok(None) };
        let own = row.text("user_id")? == user.to_string();
        own.then(|| row.named("kind", AnswerKind::from_name))
            .transpose()
    }

    /// Puts on record whether somebody gave the value that is certain; their last answer counts.
    pub async fn golden_answer(&mut self, answered: Answered<'_>, agrees: bool) -> Result<()> {
        let at = self.at.clone();
        sqlx::query(
            "insert into golden_answers (document_id, name, user_id, agrees, seconds, made_at)
             values ($1, $2, $3, $4, $5, $6)
             on conflict (document_id, name, user_id) do update
             set agrees = excluded.agrees, seconds = excluded.seconds, made_at = excluded.made_at",
        )
        .bind(answered.document.to_string())
        .bind(storable(answered.name))
        .bind(answered.user.to_string())
        .bind(i64::from(agrees))
        .bind(answered.seconds)
        .bind(at)
        .execute(self.connection())
        .await
        .doing("taking an answer to a field whose value is certain")?;
        Ok(())
    }
}

fn certain(row: &AnyRow) -> Result<CertainField> {
    Ok(CertainField {
        document: row.parsed("document_id")?,
        case: maybe_case(row)?,
        path: row.text("path")?,
        name: row.text("name")?,
    })
}

fn clerk(row: &AnyRow) -> Result<ClerkQuality> {
    let (answers, referred): (u64, u64) = (row.number("answers")?, row.number("referred")?);
    Ok(ClerkQuality {
        name: row.text("name")?,
        display: row.text("display")?,
        answered: answers.saturating_sub(referred),
        referred,
        seconds: row.float("seconds")?,
        golden: row.number("golden")?,
        agreed: row.number("agreed")?,
    })
}

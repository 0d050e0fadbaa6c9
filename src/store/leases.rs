//! What clerks have before them. A field that somebody has is nobody else's until it is settled,
//! given back, or the lease ends because its browser is gone.

use serde_json::json;

use super::Store;
use super::change::Change;
use super::error::{Doing, Result};
use super::events::{About, Actor, EventKind};
use super::ids::{self, DocumentId, UserId};
use super::rekeying::awaits_rekeying;
use super::review::{FieldName, ReviewItem, asked, item};
use super::rows::{Columns, storable};

/// Who takes fields, and which they may have.
#[derive(Debug, Clone, Copy)]
pub struct Taker<'a> {
    /// Their id.
    pub user: UserId,
    /// What history calls them: nobody judges what they keyed themselves.
    pub name: &'a str,
    /// Whether they get what clerks left to a supervisor, and that alone.
    pub referred: bool,
}

impl Store {
    /// Leases fields that wait for a person, most doubtful first: those that the taker has
    /// already, then others that nobody has, at most `limit` together, until a moment.
    pub async fn lease(
        &self,
        taker: Taker<'_>,
        limit: u32,
        until: jiff::Timestamp,
    ) -> Result<Vec<ReviewItem>> {
        let doing = "leasing fields";
        let mut change = self.change(&Actor::person(taker.name)).await?;
        let rows = sqlx::query(concat!(
            "select asked.*, documents.case_number, scans.path
             from (",
            asked!(),
            ") as asked
             join documents on documents.id = asked.document_id
             join scans on scans.id = documents.scan_id
             left join leases on leases.document_id = asked.document_id
                  and leases.name = asked.name and leases.ends_at > $1
             left join referrals on referrals.document_id = asked.document_id
                  and referrals.name = asked.name
             where (leases.user_id is null or leases.user_id = $2)
               and (asked.keyed_by is null or asked.keyed_by <> $3)
               and (case when referrals.name is null then 0 else 1 end) = $4
             order by case when leases.user_id is null then 1 else 0 end,
                      asked.probability, asked.document_id, asked.name
             limit $5"
        ))
        .bind(ids::now())
        .bind(taker.user.to_string())
        .bind(storable(taker.name))
        .bind(i64::from(taker.referred))
        .bind(i64::from(limit))
        .fetch_all(change.connection())
        .await
        .doing(doing)?;
        let items: Vec<ReviewItem> = rows.iter().map(item).collect::<Result<_>>()?;
        for item in &items {
            sqlx::query(
                "insert into leases (document_id, name, user_id, ends_at) values ($1, $2, $3, $4)
                 on conflict (document_id, name) do update
                 set user_id = excluded.user_id, ends_at = excluded.ends_at",
            )
            .bind(item.document.to_string())
            .bind(storable(item.question.name.name()))
            .bind(taker.user.to_string())
            .bind(ids::moment(until))
            .execute(change.connection())
            .await
            .doing(doing)?;
        }
        change.commit().await?;
        Ok(items)
    }

    /// Gives a field back that its taker does not settle now.
    pub async fn give_back(&self, user: UserId, document: DocumentId, name: &str) -> Result<()> {
        sqlx::query("delete from leases where document_id = $1 and name = $2 and user_id = $3")
            .bind(document.to_string())
            .bind(storable(name))
            .bind(user.to_string())
            .execute(&self.pool)
            .await
            .doing("giving a field back")?;
        Ok(())
    }

    /// Whether somebody else has a field before them.
    pub async fn is_anothers(
        &self,
        user: UserId,
        document: DocumentId,
        name: &str,
    ) -> Result<bool> {
        let row = sqlx::query(
            "select user_id from leases
             where document_id = $1 and name = $2 and user_id <> $3 and ends_at > $4",
        )
        .bind(document.to_string())
        .bind(storable(name))
        .bind(user.to_string())
        .bind(ids::now())
        .fetch_optional(&self.pool)
        .await
        .doing("looking at a lease")?;
        Ok(row.is_some())
    }

    /// How many fields wait for clerks, and how many for a supervisor.
    pub async fn waiting_fields(&self) -> Result<(u64, u64)> {
        let row = sqlx::query(concat!(
            "select count(*) as all_of_them,
                    coalesce(sum(case when referrals.name is null then 0 else 1 end), 0) as referred
             from (",
            asked!(),
            ") as asked
             left join referrals on referrals.document_id = asked.document_id
                  and referrals.name = asked.name"
        ))
        .fetch_one(&self.pool)
        .await
        .doing("counting what waits for review")?;
        let (all, referred): (u64, u64) = (row.number("all_of_them")?, row.number("referred")?);
        Ok((all.saturating_sub(referred), referred))
    }

    /// Why a clerk left a field to a supervisor, and who; none where nobody did.
    pub async fn referral(
        &self,
        document: DocumentId,
        name: &str,
    ) -> Result<Option<(String, String)>> {
        let row =
            sqlx::query("select why, made_by from referrals where document_id = $1 and name = $2")
                .bind(document.to_string())
                .bind(storable(name))
                .fetch_optional(&self.pool)
                .await
                .doing("reading why a field was left to a supervisor")?;
        row.map(|row| Ok((row.text("why")?, row.text("made_by")?)))
            .transpose()
    }
}

impl Change {
    /// Leaves a field to a supervisor, with why.
    pub async fn leave_to_supervisor(
        &mut self,
        document: DocumentId,
        name: &FieldName,
        why: &str,
    ) -> Result<()> {
        let (at, by) = (self.at.clone(), self.actor.to_string());
        sqlx::query(
            "insert into referrals (document_id, name, why, made_by, made_at)
             values ($1, $2, $3, $4, $5)
             on conflict (document_id, name) do update
             set why = excluded.why, made_by = excluded.made_by, made_at = excluded.made_at",
        )
        .bind(document.to_string())
        .bind(storable(name.name()))
        .bind(storable(why))
        .bind(by)
        .bind(at)
        .execute(self.connection())
        .await
        .doing("leaving a field to a supervisor")?;
        sqlx::query("delete from leases where document_id = $1 and name = $2")
            .bind(document.to_string())
            .bind(storable(name.name()))
            .execute(self.connection())
            .await
            .doing("leaving a field to a supervisor")?;
        let detail = json!({ "field": name.name(), "reason": why });
        self.event(EventKind::Referred, About::document(document, None), detail)
            .await
    }

    /// Forgets that a field was leased or left to a supervisor: it is settled, or never was asked.
    pub async fn release(&mut self, document: DocumentId, name: &str) -> Result<()> {
        for sql in [
            "delete from leases where document_id = $1 and name = $2",
            "delete from referrals where document_id = $1 and name = $2",
        ] {
            sqlx::query(sql)
                .bind(document.to_string())
                .bind(storable(name))
                .execute(self.connection())
                .await
                .doing("releasing a field")?;
        }
        Ok(())
    }
}

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
    /// Whether they get fields with doubtful boxes alone.
    pub boxed: bool,
    /// What they left for later: they have had enough of it for now.
    pub but: &'a [(DocumentId, String)],
}

/// How somebody came to have a field before them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Held {
    /// It waits for a person.
    Asked,
    /// Its value is certain, and the answer only measures who gives it.
    Golden,
    /// They settled it, and look at it once more.
    Again,
}

crate::domain::named!(Held {
    Asked => "asked",
    Golden => "golden",
    Again => "again",
});

impl Store {
    /// Leases fields that wait for a person, most doubtful first: those that the taker has
    /// already, then others that nobody has, at most `limit` together, until a moment.
    pub async fn lease(
        &self,
        taker: Taker<'_>,
        limit: u32,
        until: jiff::Timestamp,
    ) -> Result<Vec<ReviewItem>> {
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
               and ($6 = 0 or (asked.doubtful <> '[]' and asked.keyed_by is null
                               and asked.value is not null))
             order by case when leases.user_id is null then 1 else 0 end,
                      asked.probability, asked.document_id, asked.name
             limit $5"
        ))
        .bind(ids::now())
        .bind(taker.user.to_string())
        .bind(storable(taker.name))
        .bind(i64::from(taker.referred))
        .bind(i64::from(limit) + taker.but.len() as i64)
        .bind(i64::from(taker.boxed))
        .fetch_all(change.connection())
        .await
        .doing("leasing fields")?;
        let mut items: Vec<ReviewItem> = rows.iter().map(item).collect::<Result<_>>()?;
        let left = |item: &ReviewItem| {
            let mut left = taker.but.iter();
            left.any(|(document, name)| {
                (*document, name.as_str()) == (item.document, item.question.name.name())
            })
        };
        items.retain(|item| !left(item));
        items.truncate(limit as usize);
        for item in &items {
            let name = item.question.name.name();
            change
                .hold(taker.user, item.document, name, Held::Asked, until)
                .await?;
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

    /// Whether somebody has a field of a document before them, or had one a moment ago.
    pub async fn has_before(&self, user: UserId, document: DocumentId) -> Result<bool> {
        let row =
            sqlx::query("select name from leases where document_id = $1 and user_id = $2 limit 1")
                .bind(document.to_string())
                .bind(user.to_string())
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
    /// Puts a field before somebody until a moment, whoever had it.
    pub async fn hold(
        &mut self,
        user: UserId,
        document: DocumentId,
        name: &str,
        held: Held,
        until: jiff::Timestamp,
    ) -> Result<()> {
        sqlx::query(
            "insert into leases (document_id, name, user_id, ends_at, kind)
             values ($1, $2, $3, $4, $5)
             on conflict (document_id, name) do update
             set user_id = excluded.user_id, ends_at = excluded.ends_at, kind = excluded.kind",
        )
        .bind(document.to_string())
        .bind(storable(name))
        .bind(user.to_string())
        .bind(ids::moment(until))
        .bind(held.name())
        .execute(self.connection())
        .await
        .doing("leasing a field")?;
        Ok(())
    }

    /// How somebody came to have a field before them; none where they do not. A lease that ended counts
    /// until another takes the field: a browser that was away for long loses nothing.
    pub async fn held(
        &mut self,
        user: UserId,
        document: DocumentId,
        name: &str,
    ) -> Result<Option<Held>> {
        let row = sqlx::query(
            "select kind from leases where document_id = $1 and name = $2 and user_id = $3",
        )
        .bind(document.to_string())
        .bind(storable(name))
        .bind(user.to_string())
        .fetch_optional(self.connection())
        .await
        .doing("looking at a lease")?;
        row.map(|row| row.named("kind", Held::from_name))
            .transpose()
    }

    /// Whether somebody else has a field before them now.
    pub async fn is_anothers(
        &mut self,
        user: UserId,
        document: DocumentId,
        name: &str,
    ) -> Result<bool> {
        let at = self.at.clone();
        let row = sqlx::query(
            "select user_id from leases
             where document_id = $1 and name = $2 and user_id <> $3 and ends_at > $4",
        )
        .bind(document.to_string())
        .bind(storable(name))
        .bind(user.to_string())
        .bind(at)
        .fetch_optional(self.connection())
        .await
        .doing("looking at a lease")?;
        Ok(row.is_some())
    }

    /// Whether a field waits for a person, as this change sees it.
    pub async fn is_asked(&mut self, document: DocumentId, name: &str) -> Result<bool> {
        let row = sqlx::query(concat!(
            "select asked.name from (",
            asked!(),
            ") as asked where asked.document_id = $1 and asked.name = $2"
        ))
        .bind(document.to_string())
        .bind(storable(name))
        .fetch_optional(self.connection())
        .await
        .doing("looking whether a field waits")?;
        Ok(row.is_some())
    }

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

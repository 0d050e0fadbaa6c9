//! Records that turn out to be of one person, joined and parted again.
//!
//! Every record keeps what is its own: its number and tier, its addresses, the cases and cards that came
//! by it (`record_id`). Joining only says who it is (`person_id`, found along `same_as`), and what
//! lies with the person (`customer_id`) follows from that. So a parted record has all of it again, also what
//! came by it since, in whichever order records were joined and are parted.

use serde_json::json;

use super::change::Change;
use super::documents::case_number;
use super::error::{Doing, Result};
use super::events::{About, EventKind};
use super::ids::{CustomerId, MergeId};
use super::rows::{Columns, storable};

impl Change {
    /// Joins the record `gone` to `kept`: its cases, cards and addresses are theirs from now on.
    pub async fn merge(
        &mut self,
        kept: CustomerId,
        gone: CustomerId,
        reason: &str,
    ) -> Result<MergeId> {
        let doing = "joining customers";
        sqlx::query("update customers set same_as = $2 where id = $1")
            .bind(gone.to_string())
            .bind(kept.to_string())
            .execute(self.connection())
            .await
            .doing(doing)?;
        // Those that were joined to it before go with it.
        sqlx::query("update customers set person_id = $2 where person_id = $1")
            .bind(gone.to_string())
            .bind(kept.to_string())
            .execute(self.connection())
            .await
            .doing(doing)?;
        self.hand_over(gone, kept, doing).await?;
        let id = MergeId::new();
        let (at, by) = (self.at.clone(), self.actor.to_string());
        sqlx::query(
            "insert into merges (id, kept, gone, moved, reason, made_at, made_by)
             values ($1, $2, $3, '{}', $4, $5, $6)",
        )
        .bind(id.to_string())
        .bind(kept.to_string())
        .bind(gone.to_string())
        .bind(storable(reason))
        .bind(at)
        .bind(by)
        .execute(self.connection())
        .await
        .doing(doing)?;
        let detail = json!({ "merge": id.to_string(), "kept": kept.to_string(),
                             "gone": gone.to_string(), "reason": reason });
        self.event(EventKind::CustomersMerged, About::default(), detail)
            .await?;
        Ok(id)
    }

    /// Parts what was joined; says whether it was.
    pub async fn unmerge(&mut self, gone: CustomerId, reason: &str) -> Result<bool> {
        let doing = "parting customers";
        let row = sqlx::query(
            "select merges.id, merges.kept, customers.person_id from merges
             join customers on customers.id = merges.gone
             where merges.gone = $1 and merges.undone_at is null
             order by merges.id desc limit 1",
        )
        .bind(gone.to_string())
        .fetch_optional(self.connection())
        .await
        .doing(doing)?;
        let Some(row) = row else {
            return Ok(false);
        };
        let (id, kept): (MergeId, CustomerId) = (row.parsed("id")?, row.parsed("kept")?);
        let person: CustomerId = row.parsed("person_id")?;
        let (at, by) = (self.at.clone(), self.actor.to_string());
        sqlx::query("update merges set undone_at = $2, undone_by = $3 where id = $1")
            .bind(id.to_string())
            .bind(at)
            .bind(by)
            .execute(self.connection())
            .await
            .doing(doing)?;
        sqlx::query("update customers set same_as = null where id = $1")
            .bind(gone.to_string())
            .execute(self.connection())
            .await
            .doing(doing)?;
        // Those that were joined to it before go with it.
        sqlx::query(
            "with recursive theirs (id) as (
                 select customers.id from customers where customers.id = $1
                 union
                 select customers.id from customers join theirs on customers.same_as = theirs.id
             )
             update customers set person_id = $1 where id in (select theirs.id from theirs)",
        )
        .bind(gone.to_string())
        .execute(self.connection())
        .await
        .doing(doing)?;
        self.hand_over(person, gone, doing).await?;
        let detail = json!({ "merge": id.to_string(), "kept": kept.to_string(),
                             "gone": gone.to_string(), "parted": true, "reason": reason });
        self.event(EventKind::CustomersMerged, About::default(), detail)
            .await?;
        Ok(true)
    }

    /// What lies with one person and came by a record that is another's now goes to that one.
    async fn hand_over(
        &mut self,
        from: CustomerId,
        to: CustomerId,
        doing: &'static str,
    ) -> Result<()> {
        sqlx::query(
            "update documents set customer_id = $2 where customer_id = $1
               and record_id in (select id from customers where person_id = $2)",
        )
        .bind(from.to_string())
        .bind(to.to_string())
        .execute(self.connection())
        .await
        .doing(doing)?;
        let rows = sqlx::query(
            "update cases set customer_id = $2 where customer_id = $1
               and record_id in (select id from customers where person_id = $2)
             returning number",
        )
        .bind(from.to_string())
        .bind(to.to_string())
        .fetch_all(self.connection())
        .await
        .doing(doing)?;
        for row in &rows {
            let about = About::case(case_number(row, "number")?);
            let detail = json!({ "customer": to.to_string() });
            self.event(EventKind::CaseChanged, about, detail).await?;
        }
        Ok(())
    }
}

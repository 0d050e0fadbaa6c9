//! Up to where each mailbox on a server was read.

use super::Store;
use super::error::{Doing, Result};
use super::ids;
use super::rows::{Columns, storable};

impl Store {
    /// The server's epoch of numbers and the last one that is done, where the mailbox was read before.
    pub async fn mailbox(&self, name: &str) -> Result<Option<(u32, u32)>> {
        let row = sqlx::query("select uid_validity, last_uid from mailboxes where name = $1")
            .bind(storable(name))
            .fetch_optional(&self.pool)
            .await
            .doing("looking where a mailbox was read up to")?;
        row.map(|row| Ok((row.number("uid_validity")?, row.number("last_uid")?)))
            .transpose()
    }

    /// Remembers up to where a mailbox is done.
    pub async fn mailbox_done(&self, name: &str, uid_validity: u32, last_uid: u32) -> Result<()> {
        sqlx::query(
            "insert into mailboxes (name, uid_validity, last_uid, fetched_at)
             values ($1, $2, $3, $4)
             on conflict (name) do update
             set uid_validity = excluded.uid_validity, last_uid = excluded.last_uid,
                 fetched_at = excluded.fetched_at",
        )
        .bind(storable(name))
        .bind(i64::from(uid_validity))
        .bind(i64::from(last_uid))
        .bind(ids::now())
        .execute(&self.pool)
        .await
        .doing("remembering where a mailbox was read up to")?;
        Ok(())
    }
}

//! Files that could not be read from their folder: no scans yet, for without
//! their bytes they have no digest, but nobody must forget them.

use std::collections::BTreeMap;

use sqlx::AnyConnection;

use crate::domain::rejection::{Rejection, RejectionCode};

use super::Store;
use super::change::Change;
use super::error::{Doing, Result};
use super::ids::{self, ScanId};
use super::rows::{Columns, corrupt, storable};
use super::scans::rejection;

impl Store {
    /// The files of a folder that could not be read when they were last tried, by
    /// name, and why; those that a person put away too.
    pub async fn unreadable(&self, folder: &str) -> Result<BTreeMap<String, Rejection>> {
        let rows = sqlx::query("select path, code, reason from unreadable where folder = $1")
            .bind(storable(folder))
            .fetch_all(&self.pool)
            .await
            .doing("looking for files that could not be read")?;
        rows.iter()
            .map(|row| {
                let why = rejection(row, "code", "reason")?;
                Ok((row.text("path")?, why.ok_or_else(|| corrupt("code", ""))?))
            })
            .collect()
    }

    /// Remembers the files of a folder that cannot be read now, and forgets those
    /// of these names.
    pub async fn note_unreadable(
        &self,
        folder: &str,
        now: &[(String, Rejection)],
        forget: &[&str],
    ) -> Result<()> {
        if now.is_empty() && forget.is_empty() {
            return Ok(());
        }
        let doing = "noting files that could not be read";
        let mut transaction = self
            .pool
            .begin_with(self.dialect.begin())
            .await
            .doing(doing)?;
        for (path, why) in now {
            note(&mut transaction, folder, path, why).await?;
        }
        for path in forget {
            sqlx::query("delete from unreadable where folder = $1 and path = $2")
                .bind(storable(folder))
                .bind(storable(path))
                .execute(&mut *transaction)
                .await
                .doing(doing)?;
        }
        transaction.commit().await.doing(doing)
    }
}

impl Change {
    /// Puts away a file that cannot be read; false when no such file waits.
    pub(super) async fn discard_unreadable(&mut self, id: ScanId, reason: &str) -> Result<bool> {
        let put_away = sqlx::query(
            "update unreadable set code = $2, reason = $3 where id = $1 and code <> $2",
        )
        .bind(id.to_string())
        .bind(RejectionCode::Discarded.name())
        .bind(storable(reason))
        .execute(self.connection())
        .await
        .doing("discarding a file that cannot be read")?;
        Ok(put_away.rows_affected() == 1)
    }
}

async fn note(
    connection: &mut AnyConnection,
    folder: &str,
    path: &str,
    why: &Rejection,
) -> Result<()> {
    sqlx::query(
        "insert into unreadable (id, folder, path, code, reason, seen_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (folder, path) do update
         set code = excluded.code, reason = excluded.reason, seen_at = excluded.seen_at",
    )
    .bind(ScanId::new().to_string())
    .bind(storable(folder))
    .bind(storable(path))
    .bind(why.code.name())
    .bind(storable(&why.reason))
    .bind(ids::now())
    .execute(connection)
    .await
    .doing("noting a file that cannot be read")?;
    Ok(())
}

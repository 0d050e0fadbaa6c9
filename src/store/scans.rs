//! Files from the scanner: claimed once, then filed, told as duplicates or set aside.

use serde_json::json;
use sqlx::any::AnyRow;
use sqlx::{Any, AnyConnection, Executor};

use crate::domain::case::{Receipt, ReceiptOrigin};
use crate::domain::identity::Digest;
use crate::domain::rejection::{Rejection, RejectionCode};

use super::Store;
use super::batches::Batch;
use super::change::Change;
use super::error::{Doing, Result, StoreError};
use super::events::{About, EventKind};
use super::ids::{self, ScanId};
use super::rows::{Columns, storable};

/// What became of a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScanState {
    /// A batch took it up and has not settled it.
    Claimed,
    /// Its pages and documents are on record.
    Filed,
    /// Its bytes are those of another scan.
    Duplicate,
    /// It could not be taken in; it waits.
    SetAside,
    /// A person put it away for good.
    Discarded,
}

crate::domain::named!(ScanState {
    Claimed => "claimed",
    Filed => "filed",
    Duplicate => "duplicate",
    SetAside => "set_aside",
    Discarded => "discarded",
});

/// A file that a batch wants to take in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewScan {
    /// The scanner's folder, absolute.
    pub folder: String,
    /// The file's path below it.
    pub path: String,
    /// The hash of its bytes.
    pub digest: Digest,
    /// How many they are.
    pub bytes: u64,
    /// The day on which it came in.
    pub receipt: Receipt,
}

/// The bytes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceFile {
    /// Their hash.
    pub digest: Digest,
    /// How many they are.
    pub bytes: u64,
}

/// What the store knows of a scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanRecord {
    /// Its id.
    pub id: ScanId,
    /// The scanner's folder, absolute.
    pub folder: String,
    /// The file's path below it.
    pub path: String,
    /// The hash of its bytes.
    pub digest: Digest,
    /// What became of it.
    pub state: ScanState,
    /// Its pages, 0 until it is filed.
    pub pages: u64,
    /// Why it is set aside or discarded, if it is.
    pub rejection: Option<Rejection>,
    /// The day on which it came in; scans of older programs have none.
    pub receipt: Option<Receipt>,
}

/// Contents that are looked up at once: SQLite takes 32,766 values in a query,
/// PostgreSQL 65,535, and its planner is slow over many thousands.
pub(super) const DIGESTS_AT_ONCE: usize = 500;

impl Store {
    /// Every scan with one of these contents, oldest first.
    pub async fn scans_by_digest(&self, digests: &[Digest]) -> Result<Vec<ScanRecord>> {
        let doing = "looking for known scans";
        let mut connection = self.pool.acquire().await.doing(doing)?;
        let mut records = Vec::new();
        for some in digests.chunks(DIGESTS_AT_ONCE) {
            let places: Vec<String> = (1..=some.len()).map(|at| format!("${at}")).collect();
            // Only constant text and numbers are put together here.
            let sql = sqlx::AssertSqlSafe(format!(
                "select id, folder, path, digest, state, pages, code, reason,
                        received, received_origin
                 from scans where digest in ({})",
                places.join(", ")
            ));
            let query = some.iter().fold(sqlx::query(sql), |query, digest| {
                query.bind(digest.to_string())
            });
            let rows = query.fetch_all(&mut *connection).await.doing(doing)?;
            for row in &rows {
                records.push(scan(row)?);
            }
        }
        records.sort_by_key(|record| record.id);
        Ok(records)
    }

    /// Claims scans for a batch, a row each, all or none, in their order. Claims
    /// of dead batches, what was set aside and copies of what was never filed are
    /// taken over; a scan that is filed is refused with [`StoreError::NotClaimed`].
    pub async fn claim(&self, batch: &Batch, scans: &[NewScan]) -> Result<Vec<ScanId>> {
        let doing = "claiming scans";
        let mut transaction = self
            .pool
            .begin_with(self.dialect.begin())
            .await
            .doing(doing)?;
        let claimed = claim_all(&mut transaction, batch, scans).await?;
        for (scan, _) in claimed.iter().zip(scans).filter(|(_, new)| new.bytes > 0) {
            stand_in(&mut *transaction, *scan).await?;
        }
        transaction.commit().await.doing(doing)?;
        Ok(claimed)
    }

    /// Claims scans and marks them as further copies in one step, so that a run
    /// that is cut off never leaves a copy claimed as if it were new.
    pub async fn record_duplicates(&self, batch: &Batch, scans: &[NewScan]) -> Result<()> {
        let doing = "recording duplicates";
        let mut transaction = self
            .pool
            .begin_with(self.dialect.begin())
            .await
            .doing(doing)?;
        for copy in claim_all(&mut transaction, batch, scans).await? {
            mark_duplicate(&mut *transaction, copy).await?;
        }
        transaction.commit().await.doing(doing)
    }

    /// Sets a claimed scan aside with its reason.
    pub async fn set_aside(&self, scan: ScanId, rejection: &Rejection) -> Result<()> {
        let set = sqlx::query(
            "update scans set state = 'set_aside', code = $2, reason = $3, settled_at = $4
             where id = $1 and state = 'claimed'",
        )
        .bind(scan.to_string())
        .bind(rejection.code.name())
        .bind(storable(&rejection.reason))
        .bind(ids::now())
        .execute(&self.pool)
        .await
        .doing("setting a scan aside")?;
        if set.rows_affected() == 1 {
            return Ok(());
        }
        Err(not_claimed(&self.pool, scan).await)
    }
}

impl Change {
    /// Marks a claimed scan as filed, all of its pages, so many, to follow in this change.
    /// The only way to filed, and it leads there once. The same bytes under other
    /// names wait no longer then.
    pub async fn scan_filed(&mut self, scan: ScanId, pages: u32) -> Result<()> {
        let at = self.at.clone();
        let set = sqlx::query(
            "update scans set state = 'filed', pages = $2, settled_at = $3
             where id = $1 and state = 'claimed'",
        )
        .bind(scan.to_string())
        .bind(i64::from(pages))
        .bind(at)
        .execute(self.connection())
        .await
        .doing("filing a scan")?;
        if set.rows_affected() == 1 {
            return self.settle_copies(scan).await;
        }
        Err(not_claimed(self.connection(), scan).await)
    }

    /// The file of a filed scan as it is now, of so many pages: nothing changes unless a
    /// person mended it. One with another number of pages is another file.
    pub async fn scan_mended(&mut self, scan: ScanId, to: SourceFile, pages: u32) -> Result<()> {
        let doing = "noting a mended file";
        let row = sqlx::query("select digest, pages from scans where id = $1")
            .bind(scan.to_string())
            .fetch_one(self.connection())
            .await
            .doing(doing)?;
        let before: Digest = row.parsed("digest")?;
        if before == to.digest {
            return Ok(());
        }
        if row.number::<u32>("pages")? != pages {
            return Err(StoreError::OtherPages { scan });
        }
        sqlx::query("update scans set digest = $2, bytes = $3, gone_at = null where id = $1")
            .bind(scan.to_string())
            .bind(to.digest.to_string())
            .bind(to.bytes as i64)
            .execute(self.connection())
            .await
            .doing(doing)?;
        let detail = json!({ "before": before.to_string(), "after": to.digest.to_string() });
        self.event(EventKind::FileMended, About::scan(scan), detail)
            .await
    }

    /// Whatever else has the bytes of a scan that is filed, and is not settled, is a
    /// copy of it.
    async fn settle_copies(&mut self, filed: ScanId) -> Result<()> {
        let at = self.at.clone();
        sqlx::query(
            "update scans set state = 'duplicate', duplicate_of = $1, code = null, reason = null,
                 gone_at = null, settled_at = $2
             where digest = (select digest from scans where id = $1) and id <> $1
               and state in ('claimed', 'set_aside')",
        )
        .bind(filed.to_string())
        .bind(at)
        .execute(self.connection())
        .await
        .doing("settling copies")?;
        Ok(())
    }
}

async fn claim_all(
    connection: &mut AnyConnection,
    batch: &Batch,
    scans: &[NewScan],
) -> Result<Vec<ScanId>> {
    let at = ids::now();
    let mut claimed = Vec::with_capacity(scans.len());
    for new in scans {
        // The row is the claim. One that is there already is taken over unless
        // it is settled: then nothing comes back.
        let row = sqlx::query(
            "insert into scans (id, batch_id, folder, path, digest, bytes, state, claimed_at,
                                received, received_origin)
             values ($1, $2, $3, $4, $5, $6, 'claimed', $7, $8, $9)
             on conflict (folder, path, digest) do update
             set batch_id = excluded.batch_id, state = 'claimed', code = null, reason = null,
                 duplicate_of = null, gone_at = null,
                 claimed_at = excluded.claimed_at, settled_at = null,
                 received = excluded.received, received_origin = excluded.received_origin
             where scans.state <> 'filed'
             returning id",
        )
        .bind(ScanId::new().to_string())
        .bind(batch.id.to_string())
        .bind(storable(&new.folder))
        .bind(storable(&new.path))
        .bind(new.digest.to_string())
        .bind(new.bytes as i64)
        .bind(at.as_str())
        .bind(new.receipt.day.to_string())
        .bind(new.receipt.origin.name())
        .fetch_optional(&mut *connection)
        .await
        .doing("claiming a scan")?;
        match row {
            Some(row) => claimed.push(row.parsed("id")?),
            None => return Err(settled(connection, new).await),
        }
    }
    Ok(claimed)
}

/// What waits in the same folder with the same bytes is looked at through the scan
/// that is claimed now: whatever comes of that is told once.
async fn stand_in(executor: impl Executor<'_, Database = Any>, claimed: ScanId) -> Result<()> {
    sqlx::query(
        "update scans set state = 'duplicate', duplicate_of = $1, code = null, reason = null,
             gone_at = null, settled_at = $2
         where state = 'set_aside' and id <> $1
           and digest = (select digest from scans where id = $1)
           and folder = (select folder from scans where id = $1)",
    )
    .bind(claimed.to_string())
    .bind(ids::now())
    .execute(executor)
    .await
    .doing("claiming a scan")?;
    Ok(())
}

async fn mark_duplicate(executor: impl Executor<'_, Database = Any>, copy: ScanId) -> Result<()> {
    sqlx::query(
        "update scans set state = 'duplicate', settled_at = $2, duplicate_of = (
             select min(twin.id) from scans as twin
             where twin.digest = scans.digest and twin.id <> scans.id and twin.state <> 'duplicate'
         )
         where id = $1 and state = 'claimed'",
    )
    .bind(copy.to_string())
    .bind(ids::now())
    .execute(executor)
    .await
    .doing("marking a duplicate")?;
    Ok(())
}

/// The refusal to claim what is settled.
async fn settled(connection: &mut AnyConnection, new: &NewScan) -> StoreError {
    let row = sqlx::query("select id from scans where folder = $1 and path = $2 and digest = $3")
        .bind(storable(&new.folder))
        .bind(storable(&new.path))
        .bind(new.digest.to_string())
        .fetch_one(&mut *connection)
        .await
        .doing("looking at a scan");
    match row.and_then(|row| row.parsed("id")) {
        Ok(scan) => not_claimed(connection, scan).await,
        Err(error) => error,
    }
}

async fn not_claimed(executor: impl Executor<'_, Database = Any>, scan: ScanId) -> StoreError {
    let row = sqlx::query("select state from scans where id = $1")
        .bind(scan.to_string())
        .fetch_optional(executor)
        .await
        .doing("looking at a scan");
    let state = row.and_then(|row| row.map(|row| row.text("state")).transpose());
    match state {
        Ok(Some(state)) => StoreError::NotClaimed { scan, state },
        Ok(None) => StoreError::unknown("scan", scan),
        Err(error) => error,
    }
}

pub(super) fn scan(row: &AnyRow) -> Result<ScanRecord> {
    Ok(ScanRecord {
        id: row.parsed("id")?,
        folder: row.text("folder")?,
        path: row.text("path")?,
        digest: row.parsed("digest")?,
        state: row.named("state", ScanState::from_name)?,
        pages: row.maybe_number("pages")?.unwrap_or(0),
        rejection: rejection(row, "code", "reason")?,
        receipt: receipt(row)?,
    })
}

/// The day of receipt, where it is known.
pub(super) fn receipt(row: &AnyRow) -> Result<Option<Receipt>> {
    let day = row.maybe_parsed("received")?;
    let origin = row.maybe_named("received_origin", ReceiptOrigin::from_name)?;
    Ok(day.zip(origin).map(|(day, origin)| Receipt { day, origin }))
}

/// The reason in two columns, where there is one.
pub(super) fn rejection(row: &AnyRow, code: &str, reason: &str) -> Result<Option<Rejection>> {
    let Some(code) = row.maybe_named(code, RejectionCode::from_name)? else {
        return Ok(None);
    };
    Ok(Some(Rejection::new(
        code,
        row.maybe_text(reason)?.unwrap_or_default(),
    )))
}

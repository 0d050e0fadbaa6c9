//! Nightly runs: begun, cut off and resumed, finished with their summary.

use std::collections::HashMap;

use crate::domain::page::PageKind;
use crate::domain::rejection::RejectionCode;

use super::Store;
use super::error::{Doing, Result, StoreError};
use super::ids::{self, BatchId, ScanId};
use super::rows::{Columns, storable};

/// One nightly run over one folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its id.
    pub id: BatchId,
    /// 1, 2, ... in this store.
    pub number: u64,
    /// Whether it goes on with a run that was cut off.
    pub resumed: bool,
}

/// What the store holds of a batch's filed scans, counted row by row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OnRecord {
    /// The scans themselves.
    pub scans: u64,
    /// Their pages that were read, by kind.
    pub pages: HashMap<PageKind, u64>,
    /// Their pages that were set aside.
    pub pages_aside: u64,
}

impl OnRecord {
    /// What has come since: a batch that is resumed has scans of an earlier run.
    #[must_use]
    pub fn since(&self, before: &Self) -> Self {
        let pages = self.pages.iter().map(|(kind, now)| {
            let then = before.pages.get(kind).copied().unwrap_or(0);
            (*kind, now.saturating_sub(then))
        });
        Self {
            scans: self.scans.saturating_sub(before.scans),
            pages: pages.collect(),
            pages_aside: self.pages_aside.saturating_sub(before.pages_aside),
        }
    }
}

/// Why a claim is left over when its batch ends.
const GONE: &str = "a run that was cut off had taken it up, and it was gone or changed when the \
                    run went on; see that the sheet was scanned again, then discard this";

impl Store {
    /// Begins a batch, or goes on with the unfinished one of the same folder.
    pub async fn begin_batch(&self, folder: &str) -> Result<Batch> {
        let doing = "beginning a batch";
        let mut transaction = self
            .pool
            .begin_with(self.dialect.begin())
            .await
            .doing(doing)?;
        // The counter's row first: its lock makes two runs take turns.
        let next: i64 = sqlx::query_scalar(
            "update counters set value = value + 1 where name = 'batch' returning value",
        )
        .fetch_one(&mut *transaction)
        .await
        .doing(doing)?;
        let unfinished =
            sqlx::query("select id, number from batches where folder = $1 and finished_at is null")
                .bind(storable(folder))
                .fetch_optional(&mut *transaction)
                .await
                .doing(doing)?;
        if let Some(row) = unfinished {
            // Dropping the transaction gives the number back.
            return Ok(Batch {
                id: row.parsed("id")?,
                number: row.number("number")?,
                resumed: true,
            });
        }
        let id = BatchId::new();
        sqlx::query("insert into batches (id, number, folder, begun_at) values ($1, $2, $3, $4)")
            .bind(id.to_string())
            .bind(next)
            .bind(storable(folder))
            .bind(ids::now())
            .execute(&mut *transaction)
            .await
            .doing(doing)?;
        transaction.commit().await.doing(doing)?;
        Ok(Batch {
            id,
            number: next.unsigned_abs(),
            resumed: false,
        })
    }

    /// Ends a batch with its summary as JSON. What it claimed and never settled,
    /// because the file was gone when a run that was cut off went on, is set
    /// aside: no sheet goes unseen.
    pub async fn finish_batch(&self, batch: &Batch, summary: &str) -> Result<()> {
        let doing = "finishing a batch";
        let at = ids::now();
        let mut transaction = self
            .pool
            .begin_with(self.dialect.begin())
            .await
            .doing(doing)?;
        sqlx::query(
            "update scans set state = 'set_aside', code = $2, reason = $3, settled_at = $4
             where batch_id = $1 and state = 'claimed'",
        )
        .bind(batch.id.to_string())
        .bind(RejectionCode::Unreadable.name())
        .bind(GONE)
        .bind(at.clone())
        .execute(&mut *transaction)
        .await
        .doing(doing)?;
        sqlx::query("update batches set finished_at = $2, summary = $3 where id = $1")
            .bind(batch.id.to_string())
            .bind(at)
            .bind(storable(summary))
            .execute(&mut *transaction)
            .await
            .doing(doing)?;
        transaction.commit().await.doing(doing)
    }

    /// Counts what is on record of a batch's filed scans.
    pub async fn on_record(&self, batch: &Batch) -> Result<OnRecord> {
        let doing = "counting what was filed";
        let scans: i64 = sqlx::query_scalar(
            "select count(*) from scans where batch_id = $1 and state = 'filed'",
        )
        .bind(batch.id.to_string())
        .fetch_one(&self.pool)
        .await
        .doing(doing)?;
        let rows = sqlx::query(
            "select pages.kind, count(*) as pages from pages
             join scans on scans.id = pages.scan_id
             where scans.batch_id = $1 and scans.state = 'filed'
             group by pages.kind",
        )
        .bind(batch.id.to_string())
        .fetch_all(&self.pool)
        .await
        .doing(doing)?;
        let mut record = OnRecord {
            scans: scans.unsigned_abs(),
            ..OnRecord::default()
        };
        for row in &rows {
            let pages = row.number("pages")?;
            if let Some(kind) = row.maybe_named("kind", PageKind::from_name)? {
                record.pages.insert(kind, pages);
            } else {
                record.pages_aside = pages;
            }
        }
        Ok(record)
    }

    /// The scans that a batch has claimed and not settled yet, with their paths.
    pub async fn claimed(&self, batch: &Batch) -> Result<Vec<(ScanId, String)>> {
        let rows = sqlx::query(
            "select id, path from scans where batch_id = $1 and state = 'claimed' order by id",
        )
        .bind(batch.id.to_string())
        .fetch_all(&self.pool)
        .await
        .doing("looking for open claims")?;
        rows.iter()
            .map(|row| Ok((row.parsed("id")?, row.text("path")?)))
            .collect()
    }

    /// The id and the number of the batch of this id or number; `last` is the newest.
    pub async fn batch(&self, name: &str) -> Result<(BatchId, u64)> {
        // An id is never a number, and a number that is too large is no batch's.
        let number = name.parse::<i64>().unwrap_or(0);
        let row = sqlx::query(
            "select id, number from batches where id = $1 or number = $2 or $1 = 'last'
             order by number desc limit 1",
        )
        .bind(storable(name))
        .bind(number)
        .fetch_optional(&self.pool)
        .await
        .doing("looking for a batch")?;
        let row = row.ok_or_else(|| StoreError::unknown("batch", name))?;
        Ok((row.parsed("id")?, row.number("number")?))
    }
}

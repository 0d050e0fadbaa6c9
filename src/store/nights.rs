//! How the nights went: batches as they stand, and what waits for whom in the morning.

use std::collections::BTreeMap;

use jiff::civil::Date;
use sqlx::any::AnyRow;

use super::Store;
use super::error::{Doing, Result};
use super::ids::BatchId;
use super::rows::Columns;
use super::scans::ScanState;
use super::work::AWAITED;

/// A batch as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Night {
    /// Its id.
    pub id: BatchId,
    /// 1, 2, ... in this store.
    pub number: u64,
    /// The folder of its scans.
    pub folder: String,
    /// When it began, in UTC.
    pub begun_at: String,
    /// When it ended; none while it runs, or where it was cut off.
    pub finished_at: Option<String>,
    /// Its summary as JSON, once it ended.
    pub summary: Option<String>,
    /// Its scans by their state now: what people settled since counts as settled.
    pub scans: BTreeMap<&'static str, u64>,
    /// Pages of its filed scans.
    pub pages: u64,
    /// When it last took up or settled a scan, in UTC.
    pub last_at: Option<String>,
}

impl Night {
    /// Scans in a state.
    pub fn in_state(&self, state: ScanState) -> u64 {
        self.scans.get(state.name()).copied().unwrap_or(0)
    }
}

/// What waits in a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamLoad {
    /// The team.
    pub team: String,
    /// Its open cases.
    pub open: u64,
    /// Of these, those without an answer whose day is past.
    pub late: u64,
    /// Those without an answer whose day is today or within two days.
    pub near: u64,
    /// Those that nobody has.
    pub unowned: u64,
}

impl Store {
    /// The newest batches, the newest first.
    pub async fn nights(&self, limit: u32) -> Result<Vec<Night>> {
        let doing = "reading batches";
        let rows = sqlx::query(
            "select id, number, folder, begun_at, finished_at, summary from batches
             order by number desc limit $1",
        )
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await
        .doing(doing)?;
        let mut nights = Vec::new();
        for row in &rows {
            nights.push(self.night(row).await?);
        }
        Ok(nights)
    }

    async fn night(&self, row: &AnyRow) -> Result<Night> {
        let id: BatchId = row.parsed("id")?;
        let states = sqlx::query(
            "select state, count(*) as scans, coalesce(sum(pages), 0) as pages,
                    max(coalesce(settled_at, claimed_at)) as last_at
             from scans where batch_id = $1 group by state",
        )
        .bind(id.to_string())
        .fetch_all(&self.pool)
        .await
        .doing("reading batches")?;
        let mut night = Night {
            id,
            number: row.number("number")?,
            folder: row.text("folder")?,
            begun_at: row.text("begun_at")?,
            finished_at: row.maybe_text("finished_at")?,
            summary: row.maybe_text("summary")?,
            scans: BTreeMap::new(),
            pages: 0,
            last_at: None,
        };
        for state in &states {
            let name = state.named("state", ScanState::from_name)?.name();
            night.scans.insert(name, state.number("scans")?);
            night.pages += state.number::<u64>("pages")?;
            night.last_at = night.last_at.max(state.maybe_text("last_at")?);
        }
        Ok(night)
    }

    /// What waits in each team that has open cases, on this day.
    pub async fn team_loads(&self, today: Date) -> Result<Vec<TeamLoad>> {
        let near = today.saturating_add(jiff::Span::new().days(2));
        // Only constant text is put together here.
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "select team, count(*) as open,
                    sum(case when answered_at is null and deadline < $1 then 1 else 0 end) as late,
                    sum(case when answered_at is null and deadline >= $1 and deadline <= $2
                        then 1 else 0 end) as near,
                    sum(case when owner is null and answered_at is null then 1 else 0 end) as unowned
             from cases where state = 'open' and {AWAITED} group by team order by team"
        )))
        .bind(today.to_string())
        .bind(near.to_string())
        .fetch_all(&self.pool)
        .await
        .doing("counting what waits")?;
        let loads = rows.iter().map(|row| {
            Ok(TeamLoad {
                team: row.text("team")?,
                open: row.number("open")?,
                late: row.number("late")?,
                near: row.number("near")?,
                unowned: row.number("unowned")?,
            })
        });
        loads.collect()
    }

    /// Documents that nobody could read and nobody has settled yet.
    pub async fn count_unread(&self) -> Result<u64> {
        let count: i64 = sqlx::query_scalar(
            "select count(*) from documents
             where in_review = 1 and (legibility = 'unreadable' or torn is not null)",
        )
        .fetch_one(&self.pool)
        .await
        .doing("counting what waits")?;
        Ok(count.unsigned_abs())
    }
}

//! What was set aside: listed, put away for good, or given back to the next run.

use serde_json::json;
use sqlx::any::AnyRow;

use crate::domain::rejection::{Rejection, RejectionCode};

use super::Store;
use super::change::Change;
use super::error::{Doing, Result, StoreError};
use super::events::{About, Actor, EventKind};
use super::ids::{DocumentId, ScanId};
use super::rows::{Columns, corrupt, storable};
use super::scans::rejection;

/// A scan, or one page of a filed scan, that was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsideRecord {
    /// The scan; of a file that cannot be read, what it goes by until it is one.
    pub scan: ScanId,
    /// The page, when only that was set aside.
    pub page: Option<u32>,
    /// The scanner's folder.
    pub folder: String,
    /// The scan's path below it.
    pub path: String,
    /// Why.
    pub rejection: Rejection,
    /// The document that misses the page.
    pub document: Option<DocumentId>,
}

/// Why a scan is put away whose file has other bytes now.
const REPLACED: &str = "the file was replaced and filed";

impl Store {
    /// Everything that waits for a person or for the next run, in scan order.
    pub async fn asides(&self) -> Result<Vec<AsideRecord>> {
        let rows = sqlx::query(
            "select scans.id, 0 as page, scans.folder, scans.path, scans.code, scans.reason,
                    null as document_id
             from scans where scans.state = 'set_aside'
             union all
             select scans.id, pages.number as page, scans.folder, scans.path,
                    pages.aside_code as code, pages.aside_reason as reason, pages.document_id
             from pages join scans on scans.id = pages.scan_id
             where pages.aside_code is not null and pages.aside_code <> 'discarded'
             union all
             select id, 0 as page, folder, path, code, reason, null as document_id
             from unreadable where code <> 'discarded'
             order by 1, 2",
        )
        .fetch_all(&self.pool)
        .await
        .doing("listing what was set aside")?;
        rows.iter().map(aside).collect()
    }

    /// Puts a scan, or a page of a filed one, away for good.
    pub async fn discard(
        &self,
        scan: ScanId,
        page: Option<u32>,
        reason: &str,
        actor: &Actor,
    ) -> Result<()> {
        let mut change = self.change(actor).await?;
        let was = match page {
            None if change.discard_unreadable(scan, reason).await? => {
                RejectionCode::Unreadable.name().to_owned()
            }
            None => change.discard_scan(scan, reason).await?,
            Some(page) => change.discard_page(scan, page, reason).await?,
        };
        let detail = json!({ "page": page, "was": was, "reason": reason });
        change
            .event(EventKind::Discarded, About::scan(scan), detail)
            .await?;
        change.commit().await
    }
}

impl Change {
    async fn discard_scan(&mut self, scan: ScanId, reason: &str) -> Result<String> {
        let was = self.aside_code(scan).await?;
        self.put_away(scan, reason).await?;
        Ok(was)
    }

    /// Puts away what the file of a scan that is filed held before: nothing lies
    /// there any more that could be tried again.
    pub(super) async fn replaced_by(&mut self, filed: ScanId) -> Result<()> {
        // The same file under another id has other bytes.
        let rows = sqlx::query(
            "select scans.id, scans.code from scans
             join scans as filed on filed.folder = scans.folder and filed.path = scans.path
             where filed.id = $1 and scans.id <> filed.id
               and scans.state in ('set_aside', 'claimed')",
        )
        .bind(filed.to_string())
        .fetch_all(self.connection())
        .await
        .doing("looking at what a file held before")?;
        for row in rows {
            let scan = row.parsed("id")?;
            self.put_away(scan, REPLACED).await?;
            let detail = json!({
                "page": null,
                "was": row.maybe_text("code")?,
                "reason": REPLACED,
                "replaced_by": filed.to_string(),
            });
            self.event(EventKind::Discarded, About::scan(scan), detail)
                .await?;
        }
        Ok(())
    }

    async fn put_away(&mut self, scan: ScanId, reason: &str) -> Result<()> {
        let at = self.at.clone();
        sqlx::query(
            "update scans set state = 'discarded', code = 'discarded', reason = $2, settled_at = $3
             where id = $1",
        )
        .bind(scan.to_string())
        .bind(storable(reason))
        .bind(at)
        .execute(self.connection())
        .await
        .doing("discarding a scan")?;
        Ok(())
    }

    async fn discard_page(&mut self, scan: ScanId, page: u32, reason: &str) -> Result<String> {
        let row = sqlx::query(
            "select aside_code, document_id from pages
             where scan_id = $1 and number = $2 and aside_code is not null",
        )
        .bind(scan.to_string())
        .bind(i64::from(page))
        .fetch_optional(self.connection())
        .await
        .doing("looking at a page")?;
        let row = row
            .ok_or_else(|| StoreError::unknown("page set aside", format!("{scan} page {page}")))?;
        sqlx::query(
            "update pages set aside_code = 'discarded', aside_reason = $3
             where scan_id = $1 and number = $2",
        )
        .bind(scan.to_string())
        .bind(i64::from(page))
        .bind(storable(reason))
        .execute(self.connection())
        .await
        .doing("discarding a page")?;
        if let Some(document) = row.maybe_parsed("document_id")? {
            self.refresh_document(document).await?;
        }
        row.text("aside_code")
    }

    /// Why a scan is set aside; refuses one that is not.
    async fn aside_code(&mut self, scan: ScanId) -> Result<String> {
        let row = sqlx::query("select code from scans where id = $1 and state = 'set_aside'")
            .bind(scan.to_string())
            .fetch_optional(self.connection())
            .await
            .doing("looking at a scan")?;
        row.ok_or_else(|| StoreError::unknown("scan set aside", scan))?
            .text("code")
    }
}

fn aside(row: &AnyRow) -> Result<AsideRecord> {
    let page: u32 = row.number("page")?;
    Ok(AsideRecord {
        scan: row.parsed("id")?,
        page: (page > 0).then_some(page),
        folder: row.text("folder")?,
        path: row.text("path")?,
        rejection: rejection(row, "code", "reason")?.ok_or_else(|| corrupt("code", "nothing"))?,
        document: row.maybe_parsed("document_id")?,
    })
}

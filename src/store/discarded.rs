//! What a person put away for good, should it have been a mistake.

use super::Store;
use super::aside::{AsideRecord, aside};
use super::error::{Doing, Result};

impl Store {
    /// The whole scans that were put away, in scan order. One of them comes back when it
    /// is claimed again.
    pub async fn discarded_scans(&self) -> Result<Vec<AsideRecord>> {
        let rows = sqlx::query(
            "select id, 0 as page, folder, path, code, reason, null as document_id,
                    gone_at, received, received_origin
             from scans where state = 'discarded' order by id",
        )
        .fetch_all(&self.pool)
        .await
        .doing("listing what was put away")?;
        rows.iter().map(aside).collect()
    }
}

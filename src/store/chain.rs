//! The chain that holds history together: every event's link is the hash of the link before it
//! with what the event says, so that nobody can take one out, put one in or alter one without
//! breaking all that follow. What can be erased of a person lies beside the events, and is no
//! part of it.
//!
//! A chain whose end is cut off is whole still: [`Head`] is what to write down elsewhere.

use std::fmt;

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe};

use crate::domain::identity::Digest;

use super::Store;
use super::change::Change;
use super::error::{Doing, Result};
use super::rows::{Columns, storable};
use super::waiting::NewEvent;

/// The end of the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// How many events are linked.
    pub position: u64,
    /// The last link.
    pub link: Digest,
}

/// Where the chain breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The event whose link is not what it must be.
    pub event: String,
    /// Its place in the chain.
    pub position: u64,
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.position, self.link)
    }
}

/// What a link is over: an event as its row has it.
pub(super) struct Linked {
    pub(super) id: String,
    pub(super) at: String,
    pub(super) actor: String,
    pub(super) kind: String,
    pub(super) case: Option<i64>,
    pub(super) document: Option<String>,
    pub(super) scan: Option<String>,
    pub(super) detail: String,
}

impl Linked {
    /// An event that is written at this moment.
    pub(super) fn new(event: &NewEvent, at: &str) -> Self {
        let about = event.about;
        Self {
            id: event.id.to_string(),
            at: at.to_owned(),
            actor: event.actor.clone(),
            kind: event.kind.name().to_owned(),
            case: about.case.map(|case| case.number() as i64),
            document: about.document.map(|id| id.to_string()),
            scan: about.scan.map(|id| id.to_string()),
            detail: storable(&event.detail),
        }
    }

    fn of(row: &AnyRow) -> Result<Self> {
        Ok(Self {
            id: row.text("id")?,
            at: row.text("at")?,
            actor: row.text("actor")?,
            kind: row.text("kind")?,
            case: row.maybe_int("case_number")?,
            document: row.maybe_text("document_id")?,
            scan: row.maybe_text("scan_id")?,
            detail: row.text("detail")?,
        })
    }

    /// The link behind `before`: each part with its length before it, so that no two events
    /// are the same bytes.
    fn after(&self, before: Digest) -> Digest {
        let before = before.to_string();
        let case = self.case.map(|number| number.to_string());
        let parts = [
            Some(before.as_str()),
            Some(self.id.as_str()),
            Some(self.at.as_str()),
            Some(self.actor.as_str()),
            Some(self.kind.as_str()),
            case.as_deref(),
            self.document.as_deref(),
            self.scan.as_deref(),
            Some(self.detail.as_str()),
        ];
        let mut bytes = Vec::new();
        for part in parts {
            match part {
                Some(part) => bytes.extend(format!("{}:{part},", part.len()).into_bytes()),
                None => bytes.extend(b"-,"),
            }
        }
        Digest::of(&bytes)
    }
}

/// Before the first link.
fn nothing() -> Digest {
    Digest::of(b"postroom history")
}

/// Events that are read at once.
const AT_ONCE: i64 = 5_000;

const LINKED: &str = "select id, at, actor, kind, case_number, document_id, scan_id, detail,
                             coalesce(position, 0) as position, coalesce(link, '') as link
                      from events ";

impl Change {
    /// The places and the links of events that are written next. Changes take turns, so nobody
    /// else writes one meanwhile.
    pub(super) async fn link(&mut self, events: &[Linked]) -> Result<Vec<Head>> {
        let mut head = match self.head {
            Some(head) => head,
            None => self.find_head().await?,
        };
        let mut heads = Vec::new();
        for event in events {
            head = Head {
                position: head.position + 1,
                link: event.after(head.link),
            };
            heads.push(head);
        }
        self.head = Some(head);
        Ok(heads)
    }

    async fn find_head(&mut self) -> Result<Head> {
        let row = sqlx::query(
            "select position, link from events where position is not null
             order by position desc limit 1",
        )
        .fetch_optional(self.connection())
        .await
        .doing("linking history")?;
        if let Some(row) = row {
            return Ok(Head {
                position: row.number("position")?,
                link: row.parsed("link")?,
            });
        }
        // The first event of this program: its link is over all that an older one wrote.
        before_the_chain(self.connection()).await
    }
}

/// Where the chain begins: behind the events of an older program, which have no places.
async fn before_the_chain(connection: &mut AnyConnection) -> Result<Head> {
    let mut link = nothing();
    let mut last = String::new();
    loop {
        // Only constant text is put together here.
        let sql = format!("{LINKED} where position is null and id > $1 order by id limit $2");
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(last.clone())
            .bind(AT_ONCE)
            .fetch_all(&mut *connection)
            .await
            .doing("reading history")?;
        let Some(row) = rows.last() else {
            return Ok(Head { position: 0, link });
        };
        last = row.text("id")?;
        for row in &rows {
            link = Linked::of(row)?.after(link);
        }
    }
}

impl Store {
    /// Goes through the whole chain; says where it ends, or where it breaks first.
    pub async fn check_chain(&self) -> Result<std::result::Result<Head, Broken>> {
        let doing = "verifying history";
        let mut connection = self.pool.acquire().await.doing(doing)?;
        let mut head = before_the_chain(&mut connection).await?;
        loop {
            // Only constant text is put together here.
            let sql = format!("{LINKED} where position > $1 order by position limit $2");
            let rows = sqlx::query(AssertSqlSafe(sql))
                .bind(head.position as i64)
                .bind(AT_ONCE)
                .fetch_all(&mut *connection)
                .await
                .doing(doing)?;
            if rows.is_empty() {
                return Ok(Ok(head));
            }
            for row in &rows {
                let position: u64 = row.number("position")?;
                let right = Linked::of(row)?.after(head.link);
                if position != head.position + 1 || row.text("link")? != right.to_string() {
                    let event = row.text("id")?;
                    return Ok(Err(Broken { event, position }));
                }
                head = Head {
                    position,
                    link: right,
                };
            }
        }
    }
}

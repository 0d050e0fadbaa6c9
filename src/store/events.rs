//! History: one append-only row for everything that ever changed.

use std::fmt;

use jiff::Timestamp;
use serde_json::Value;
use sqlx::any::AnyRow;

use crate::domain::grammar::case_reference::CaseReference;

use super::change::Change;
use super::documents::maybe_case;
use super::error::{Doing, Result};
use super::ids::{self, DocumentId, EventId, ScanId};
use super::rows::{Columns, storable};
use super::waiting::NewEvent;
use super::{Store, personal};

/// Who did it: the program or a person by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor(String);

impl Actor {
    /// The program itself.
    pub fn postroom() -> Self {
        Self("postroom".into())
    }

    /// A person, by the name they go by here.
    pub fn person(name: &str) -> Self {
        Self(storable(name))
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// A case was opened.
    CaseOpened,
    /// A closed case was opened again.
    CaseReopened,
    /// A case was closed.
    CaseClosed,
    /// A case's priority, deadline or customer changed.
    CaseChanged,
    /// A closed case was put away.
    CaseArchived,
    /// A case or a task that is late, or nearly, was put to somebody higher.
    Escalated,
    /// A message was filed on a case.
    MessageFiled,
    /// A message went from one case to another.
    MessageMoved,
    /// A reply was written, changed its state, or left.
    Replied,
    /// A task was set.
    TaskSet,
    /// A task was done or dropped.
    TaskEnded,
    /// Somebody noted something.
    Noted,
    /// Two records turned out to be one person's, or not to be.
    CustomersMerged,
    /// A document was filed on a case.
    DocumentFiled,
    /// A document was read again, with pages that had been missing.
    DocumentReread,
    /// A document went from one case to another.
    DocumentMoved,
    /// A person settled a field.
    FieldSettled,
    /// A person keyed an accepted field again without seeing its value.
    FieldRekeyed,
    /// A customer became known.
    CustomerMade,
    /// What is known of a customer changed.
    CustomerChanged,
    /// A person mended the file of a filed scan: its bytes are others now.
    FileMended,
    /// A scan or a page was put away for good.
    Discarded,
    /// Somebody looked at the image of a page.
    PageSeen,
    /// Somebody signed in, or could not.
    SignedIn,
    /// A user was made, or may do other things now.
    UserChanged,
    /// A clerk left a field to a supervisor.
    Referred,
    /// Records left the store for other programs.
    Exported,
    /// A report of the work was made.
    Reported,
}

crate::domain::named!(EventKind {
    CaseOpened => "case_opened",
    CaseReopened => "case_reopened",
    CaseClosed => "case_closed",
    CaseChanged => "case_changed",
    CaseArchived => "case_archived",
    Escalated => "escalated",
    MessageFiled => "message_filed",
    MessageMoved => "message_moved",
    Replied => "replied",
    TaskSet => "task_set",
    TaskEnded => "task_ended",
    Noted => "noted",
    CustomersMerged => "customers_merged",
    DocumentFiled => "document_filed",
    DocumentReread => "document_reread",
    DocumentMoved => "document_moved",
    FieldSettled => "field_settled",
    FieldRekeyed => "field_rekeyed",
    CustomerMade => "customer_made",
    CustomerChanged => "customer_changed",
    FileMended => "file_mended",
    Discarded => "discarded",
    PageSeen => "page_seen",
    SignedIn => "signed_in",
    UserChanged => "user_changed",
    Referred => "referred",
    Exported => "exported",
    Reported => "reported",
});

/// What an event is about, as far as each applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct About {
    /// The case.
    pub case: Option<CaseReference>,
    /// The document.
    pub document: Option<DocumentId>,
    /// The scan.
    pub scan: Option<ScanId>,
}

impl About {
    /// About a case.
    pub fn case(case: CaseReference) -> Self {
        Self {
            case: Some(case),
            ..Self::default()
        }
    }

    /// About a document and the case that it lies on, if any.
    pub const fn document(document: DocumentId, case: Option<CaseReference>) -> Self {
        Self {
            case,
            document: Some(document),
            scan: None,
        }
    }

    /// About a scan.
    pub fn scan(scan: ScanId) -> Self {
        Self {
            scan: Some(scan),
            ..Self::default()
        }
    }

    /// And about this document.
    #[must_use]
    pub fn and(self, document: DocumentId) -> Self {
        Self {
            document: Some(document),
            ..self
        }
    }
}

/// One row of history.
#[derive(Debug, Clone, PartialEq)]
pub struct EventRecord {
    /// Its id; later events have greater ones.
    pub id: EventId,
    /// When, in UTC.
    pub at: String,
    /// Who.
    pub actor: String,
    /// What.
    pub kind: EventKind,
    /// The case, if it is about one.
    pub case: Option<CaseReference>,
    /// The document, if it is about one.
    pub document: Option<DocumentId>,
    /// What was before and what is after, as JSON; without values that were erased.
    pub detail: Value,
}

/// Which of all events are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventScope {
    /// Those at this moment or later.
    pub since: Option<Timestamp>,
    /// Those before this one.
    pub until: Option<Timestamp>,
    /// What one person did, or the program.
    pub actor: Option<String>,
    /// Those of one kind.
    pub kind: Option<EventKind>,
}

impl Change {
    /// Adds a row of history. What its detail tells of a person lies beside it, where
    /// it can be erased.
    pub async fn event(&mut self, kind: EventKind, about: About, detail: Value) -> Result<()> {
        let (detail, personal) = personal::split(detail);
        self.waiting.events.push(NewEvent {
            id: EventId::new(),
            actor: self.actor.to_string(),
            kind,
            about,
            detail: detail.to_string(),
            personal: (!personal.is_null()).then(|| personal.to_string()),
        });
        self.write_if_much().await
    }
}

impl Store {
    /// The history of a case, oldest first.
    pub async fn history(&self, case: CaseReference) -> Result<Vec<EventRecord>> {
        let rows = sqlx::query(
            "select events.*, event_values.detail as personal from events
             left join event_values on event_values.event_id = events.id
             where events.case_number = $1 order by events.id",
        )
        .bind(case.number() as i64)
        .fetch_all(&self.pool)
        .await
        .doing("reading history")?;
        rows.iter().map(event).collect()
    }

    /// The history of a document, oldest first.
    pub async fn history_of(&self, document: DocumentId) -> Result<Vec<EventRecord>> {
        let rows = sqlx::query(
            "select events.*, event_values.detail as personal from events
             left join event_values on event_values.event_id = events.id
             where events.document_id = $1 order by events.id",
        )
        .bind(document.to_string())
        .fetch_all(&self.pool)
        .await
        .doing("reading history")?;
        rows.iter().map(event).collect()
    }

    /// The newest of the events that are asked for, so many at most, oldest first.
    pub async fn log(&self, scope: &EventScope, most: u32) -> Result<Vec<EventRecord>> {
        let moment = |at: Option<Timestamp>| at.map(ids::moment).unwrap_or_default();
        let rows = sqlx::query(
            "select events.*, event_values.detail as personal from events
             left join event_values on event_values.event_id = events.id
             where ($1 = '' or events.at >= $1) and ($2 = '' or events.at < $2)
               and ($3 = '' or events.actor = $3) and ($4 = '' or events.kind = $4)
             order by events.id desc limit $5",
        )
        .bind(moment(scope.since))
        .bind(moment(scope.until))
        .bind(scope.actor.clone().unwrap_or_default())
        .bind(scope.kind.map_or("", EventKind::name))
        .bind(i64::from(most))
        .fetch_all(&self.pool)
        .await
        .doing("reading the audit log")?;
        rows.iter().rev().map(event).collect()
    }
}

fn event(row: &AnyRow) -> Result<EventRecord> {
    Ok(EventRecord {
        id: row.parsed("id")?,
        at: row.text("at")?,
        actor: row.text("actor")?,
        kind: row.named("kind", EventKind::from_name)?,
        case: maybe_case(row)?,
        document: row.maybe_parsed("document_id")?,
        detail: personal::joined(
            row.parsed("detail")?,
            row.maybe_parsed("personal")?.unwrap_or_default(),
        ),
    })
}

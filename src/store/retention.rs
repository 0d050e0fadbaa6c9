//! Closed cases as the rules of retention see them: how old each is, what lies on it, and what is
//! still to be done there.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sqlx::any::AnyRow;

use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::retention::{ClosedCase, Pending, ThingKind};

use super::Store;
use super::change::Change;
use super::documents;
use super::error::{Doing, Result};
use super::rekeying::awaits_rekeying;
use super::rows::{Columns, corrupt};

/// Closed cases that are not put away. `$1` is the number of one, or 0 for all of them.
const CLOSED: &str = concat!(
    "select cases.number, cases.topic, cases.closed_at, cases.opened_at,
            (select max(received) from documents where case_number = cases.number) as paper_received,
            (select max(received) from messages
             where case_number = cases.number and state = 'filed') as mail_received,
            (select count(*) from documents
             where case_number = cases.number and kind = 'letter') as letters,
            (select count(*) from documents
             where case_number = cases.number and kind = 'card') as cards,
            (select count(*) from messages
             where case_number = cases.number and state = 'filed') as mails,
            (select count(*) from tasks
             where case_number = cases.number and state = 'open') as open_tasks,
            (select count(*) from documents
             where case_number = cases.number and in_review = 1) as in_review,
            (select count(*) from card_fields
             join documents on documents.id = card_fields.document_id
             where documents.case_number = cases.number and ",
    awaits_rekeying!(),
    ") as to_key,
            (select count(*) from attachments
             join messages on messages.id = attachments.message
             where messages.case_number = cases.number
               and attachments.state = 'waiting') as to_read,
            -- A reply that failed is with a person until it is sent again or withdrawn.
            (select count(*) from replies
             where case_number = cases.number and state in ('waiting', 'failed')) as to_send
     from cases
     where state = 'closed' and archived_at is null and ($1 = 0 or number = $1)
     order by number"
);

impl Store {
    /// Every case that is closed and not put away, oldest number first; days are those of the zone.
    pub async fn closed_cases(&self, zone: &TimeZone) -> Result<Vec<ClosedCase>> {
        let rows = sqlx::query(CLOSED)
            .bind(0_i64)
            .fetch_all(&self.pool)
            .await
            .doing("looking for closed cases")?;
        rows.iter().map(|row| closed(row, zone)).collect()
    }

    /// Every topic that a case is about, also those that the rules have no more.
    pub async fn topics_of_cases(&self) -> Result<Vec<String>> {
        let rows = sqlx::query("select distinct topic from cases order by topic")
            .fetch_all(&self.pool)
            .await
            .doing("looking for topics")?;
        rows.iter().map(|row| row.text("topic")).collect()
    }
}

impl Change {
    /// The same of one case, as this change sees it; `None` where it is open or put away.
    pub async fn closed_case(
        &mut self,
        case: CaseReference,
        zone: &TimeZone,
    ) -> Result<Option<ClosedCase>> {
        let row = sqlx::query(CLOSED)
            .bind(case.number() as i64)
            .fetch_optional(self.connection())
            .await
            .doing("looking at a closed case")?;
        row.map(|row| closed(&row, zone)).transpose()
    }
}

fn closed(row: &AnyRow, zone: &TimeZone) -> Result<ClosedCase> {
    let opened = day(&row.text("opened_at")?, "opened_at", zone)?;
    // Cases that were closed before there was a column for when have none.
    let closed = match row.maybe_text("closed_at")? {
        Some(at) => day(&at, "closed_at", zone)?,
        None => opened,
    };
    let received: [Option<Date>; 2] = [
        row.maybe_parsed("paper_received")?,
        row.maybe_parsed("mail_received")?,
    ];
    let there = |column: &str| Ok(row.int(column)? > 0);
    let mut kinds = Vec::new();
    for (column, kind) in [
        ("letters", ThingKind::Letter),
        ("cards", ThingKind::Card),
        ("mails", ThingKind::Email),
    ] {
        if there(column)? {
            kinds.push(kind);
        }
    }
    let mut pending = Vec::new();
    for (columns, what) in [
        (&["open_tasks"][..], Pending::Task),
        (&["in_review", "to_key"], Pending::Review),
        (&["to_read"], Pending::Attachment),
        (&["to_send"], Pending::Reply),
    ] {
        let found: Result<Vec<bool>> = columns.iter().map(|column| there(column)).collect();
        if found?.contains(&true) {
            pending.push(what);
        }
    }
    Ok(ClosedCase {
        case: documents::case_number(row, "number")?,
        topic: row.text("topic")?,
        closed,
        received: received.into_iter().flatten().max().unwrap_or(opened),
        kinds,
        pending,
    })
}

/// The day of a moment in UTC, where the post comes in.
fn day(at: &str, column: &str, zone: &TimeZone) -> Result<Date> {
    let moment: Timestamp = at.parse().map_err(|_| corrupt(column, at))?;
    Ok(moment.to_zoned(zone.clone()).date())
}

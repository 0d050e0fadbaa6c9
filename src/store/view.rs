//! Cases as people look at them: a list, and one with all that lies on it.

use jiff::civil::Date;
use sqlx::any::AnyRow;

use crate::domain::case::Priority;
use crate::domain::document::Legibility;
use crate::domain::grammar::case_reference::CaseReference;

use super::Store;
use super::cases::CaseState;
use super::documents::case_number;
use super::error::{Doing, Result, StoreError};
use super::ids::CustomerId;
use super::rows::{Columns, storable};
use super::work::AWAITED;

/// A case on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseRecord {
    /// Its reference.
    pub reference: CaseReference,
    /// Whether it is open.
    pub state: CaseState,
    /// Whose it is, if that is known.
    pub customer: Option<CustomerId>,
    /// Who wrote: the customer's name, else the name on its first document.
    pub name: Option<String>,
    /// What it is about.
    pub topic: String,
    /// Who works on it.
    pub team: String,
    /// How urgent it is.
    pub priority: Priority,
    /// The day by which there must be an answer.
    pub deadline: Date,
    /// When it was opened, in UTC.
    pub opened_at: String,
    /// Whether somebody waits for an answer: not where machines alone wrote.
    pub awaited: bool,
    /// Letters, cards and e-mails on it.
    pub documents: u64,
    /// Of these, those that a person must look at.
    pub in_review: u64,
    /// How well the one of them that reads worst could be read; none when a case has
    /// no document left.
    pub legibility: Option<Legibility>,
}

/// Which cases to list; everything that is `None` or false asks for all.
#[derive(Debug, Clone, Default)]
pub struct CaseFilter {
    /// Only in this state.
    pub state: Option<CaseState>,
    /// Only of this team.
    pub team: Option<String>,
    /// Only about this topic.
    pub topic: Option<String>,
    /// Only with an answer due by this day.
    pub due_by: Option<Date>,
    /// Only with documents in review.
    pub in_review: bool,
    /// At most so many; 0 is no limit.
    pub limit: u32,
}

/// A case with what is told of it.
pub(super) fn selected() -> String {
    format!("{CASE}, case when {AWAITED} then 1 else 0 end as awaited {OF_CASES}")
}

const CASE: &str = "
    select cases.*,
           coalesce(customers.name, (
               select fields.value from documents
               join fields on fields.document_id = documents.id and fields.name = 'sender_name'
               where documents.case_number = cases.number
               order by documents.id limit 1
           ), (
               select coalesce(messages.from_name, messages.from_address) from messages
               where messages.case_number = cases.number order by messages.id limit 1
           )) as customer_name,
           (select count(*) from documents where case_number = cases.number)
           + (select count(*) from messages where case_number = cases.number) as documents,
           (select count(*) from documents
            where case_number = cases.number and in_review = 1) as in_review,
           -- The worst of clear, poor and unreadable is the last in the alphabet.
           (select max(legibility) from documents
            where case_number = cases.number) as legibility";

const OF_CASES: &str = "
    from cases left join customers on customers.id = cases.customer_id";

impl Store {
    /// Cases, the most urgent deadline first; those on which nobody waits last.
    pub async fn cases(&self, filter: &CaseFilter) -> Result<Vec<CaseRecord>> {
        // An empty text asks for all: parameters without a type of their own, as
        // a null would be, are refused by PostgreSQL.
        let case_sql = selected();
        let sql = format!(
            "{case_sql}
             where ($1 = '' or cases.state = $1) and ($2 = '' or cases.team = $2)
               and ($3 = '' or cases.topic = $3) and ($4 = '' or cases.deadline <= $4)
               and ($5 = 0 or exists (select 1 from documents
                                      where case_number = cases.number and in_review = 1))
             order by awaited desc, cases.deadline, cases.number limit $6"
        );
        let limit = match filter.limit {
            0 => i64::MAX,
            limit => i64::from(limit),
        };
        // Only constant text was put together above.
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(filter.state.map_or("", CaseState::name).to_owned())
            .bind(storable(filter.team.as_deref().unwrap_or_default()))
            .bind(storable(filter.topic.as_deref().unwrap_or_default()))
            .bind(filter.due_by.map(|day| day.to_string()).unwrap_or_default())
            .bind(i64::from(filter.in_review))
            .bind(limit)
            .fetch_all(&self.pool)
            .await
            .doing("listing cases")?;
        rows.iter().map(case).collect()
    }

    /// One case.
    pub async fn case(&self, reference: CaseReference) -> Result<CaseRecord> {
        // Only constant text is put together here.
        let row = sqlx::query(sqlx::AssertSqlSafe(format!(
            "{} where cases.number = $1",
            selected()
        )))
        .bind(reference.number() as i64)
        .fetch_optional(&self.pool)
        .await
        .doing("reading a case")?;
        case(&row.ok_or_else(|| StoreError::unknown("case", reference))?)
    }
}

pub(super) fn case(row: &AnyRow) -> Result<CaseRecord> {
    Ok(CaseRecord {
        reference: case_number(row, "number")?,
        state: row.named("state", CaseState::from_name)?,
        customer: row.maybe_parsed("customer_id")?,
        name: row.maybe_text("customer_name")?,
        topic: row.text("topic")?,
        team: row.text("team")?,
        priority: row.named("priority", Priority::from_name)?,
        deadline: row.parsed("deadline")?,
        opened_at: row.text("opened_at")?,
        awaited: row.flag("awaited")?,
        documents: row.number("documents")?,
        in_review: row.number("in_review")?,
        legibility: row.maybe_named("legibility", Legibility::from_name)?,
    })
}

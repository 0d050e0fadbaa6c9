//! The inbox: cases as an agent sees them, a page at a time, letters and e-mail alike.

use std::collections::BTreeSet;

use jiff::civil::Date;
use sqlx::any::AnyRow;

use crate::domain::grammar::case_reference::CaseReference;

use super::Store;
use super::cases::CaseState;
use super::documents::case_number;
use super::error::{Doing, Result};
use super::rows::{Columns, storable};
use super::users::Reach;
use super::view::{CaseRecord, case, selected};
use super::waiting::parameters;
use super::work::AWAITED;

/// Cases that are asked for at once.
const AT_ONCE: usize = 200;

/// Which cases; everything that is `None` or false asks for all.
#[derive(Debug, Clone)]
pub struct InboxFilter {
    /// Whose cases may be seen at all.
    pub reach: Reach,
    /// Who looks: their own cases they see, of whatever team.
    pub own: String,
    /// In this state.
    pub state: CaseState,
    /// Only of this team.
    pub team: Option<String>,
    /// Only of this owner; an empty name asks for cases that nobody has.
    pub owner: Option<String>,
    /// Only about this topic.
    pub topic: Option<String>,
    /// Only with an answer due by this day.
    pub due_by: Option<Date>,
    /// Only with something that a person must look at.
    pub in_review: bool,
    /// Only those without an answer.
    pub unanswered: bool,
    /// Those on which machines alone wrote, and nobody waits: they are left out otherwise.
    pub machines: bool,
}

/// Where a page goes on: after this deadline and this number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InboxCursor {
    /// The deadline of the last case on the page before.
    pub deadline: Date,
    /// Its number.
    pub number: u64,
}

/// A case in the inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxCase {
    /// The case.
    pub case: CaseRecord,
    /// Who has it.
    pub owner: Option<String>,
    /// When the customer last had an answer, in UTC.
    pub answered_at: Option<String>,
    /// Letters and cards on it.
    pub paper: u64,
    /// E-mails on it.
    pub mail: u64,
    /// What its first document or message is about, in its own words.
    pub says: Option<String>,
}

impl Store {
    /// A page of the inbox, nearest deadline first, after `after`, at most `limit`.
    pub async fn inbox(
        &self,
        filter: &InboxFilter,
        after: Option<InboxCursor>,
        limit: u32,
    ) -> Result<Vec<InboxCase>> {
        let teams = match &filter.reach {
            Reach::All => Vec::new(),
            Reach::Teams(teams) => teams.iter().cloned().collect(),
        };
        let within = match &filter.reach {
            Reach::All => String::new(),
            Reach::Teams(_) => {
                let of_teams = match teams.len() {
                    // PostgreSQL takes no empty list.
                    0 => "''".to_owned(),
                    some => parameters(12, some),
                };
                format!(
                    "and ((cases.owner = $9 and cases.state = 'open') or cases.team in ({of_teams}))"
                )
            }
        };
        let own_team = filter.team.as_deref().map_or("", |_| "and cases.team = $2");
        let case_sql = selected();
        let awaited = if filter.machines { "and not" } else { "and" };
        // The page first, then what is shown of each case on it. A condition that is not asked for is
        // left out where an index serves the other; $2 and $9 are named all the same, for parameters
        // have no gaps. Only constant text and numbers of parameters are put together.
        let sql = format!(
            "with page as (
                 select number as picked from cases
                 where cases.state = $1 {own_team} {within} {awaited} ({AWAITED}) and ($2 = $2) and ($9 = $9)
                   and ($3 = '' or cases.topic = $3)
                   and ($4 = '' or cases.deadline <= $4)
                   and ($5 = 0 or exists (select 1 from documents
                                          where case_number = cases.number and in_review = 1))
                   and ($6 = 0 or cases.answered_at is null)
                   and ($7 = '*' or coalesce(cases.owner, '') = $7)
                   and ($8 = '' or cases.deadline > $8
                        or (cases.deadline = $8 and cases.number > $10))
                 order by cases.deadline, cases.number limit $11
             ),
             shown as ({case_sql})
             select shown.*,
                    (select count(*) from documents where case_number = shown.number) as paper,
                    (select subject from messages where case_number = shown.number
                     order by messages.id limit 1) as says
             from page join shown on shown.number = page.picked
             order by shown.deadline, shown.number"
        );
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(filter.state.name())
            .bind(storable(filter.team.as_deref().unwrap_or_default()))
            .bind(storable(filter.topic.as_deref().unwrap_or_default()))
            .bind(filter.due_by.map(|day| day.to_string()).unwrap_or_default())
            .bind(i64::from(filter.in_review))
            .bind(i64::from(filter.unanswered))
            .bind(storable(filter.owner.as_deref().unwrap_or("*")))
            .bind(
                after
                    .map(|after| after.deadline.to_string())
                    .unwrap_or_default(),
            )
            .bind(storable(&filter.own))
            .bind(after.map_or(0, |after| after.number as i64))
            .bind(i64::from(limit));
        for team in teams {
            query = query.bind(storable(&team));
        }
        let rows = query
            .fetch_all(&self.pool)
            .await
            .doing("listing the inbox")?;
        rows.iter().map(inbox_case).collect()
    }

    /// Of these cases, those that may be seen: of the teams in reach, and one's own.
    pub async fn within_reach(
        &self,
        cases: &[CaseReference],
        reach: &Reach,
        own: &str,
    ) -> Result<BTreeSet<CaseReference>> {
        let mut seen = BTreeSet::new();
        for some in cases.chunks(AT_ONCE) {
            // Only numbers of parameters are put together.
            let sql = format!(
                "select number, team, state, owner from cases where number in ({})",
                parameters(1, some.len())
            );
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
            for case in some {
                query = query.bind(case.number() as i64);
            }
            let rows = query
                .fetch_all(&self.pool)
                .await
                .doing("looking whose cases they are")?;
            for row in &rows {
                let state = row.named("state", CaseState::from_name)?;
                let owns =
                    state == CaseState::Open && row.maybe_text("owner")?.as_deref() == Some(own);
                if owns || reach.has(&row.text("team")?) {
                    seen.insert(case_number(row, "number")?);
                }
            }
        }
        Ok(seen)
    }

    /// Who owns open cases and which teams and topics they have: what an inbox can be narrowed to.
    pub async fn inbox_words(&self) -> Result<InboxWords> {
        let list = async |sql: &'static str| -> Result<Vec<String>> {
            let rows = sqlx::query(sql)
                .fetch_all(&self.pool)
                .await
                .doing("listing the inbox")?;
            rows.iter().map(|row| row.text("word")).collect()
        };
        Ok(InboxWords {
            teams: list(
                "select distinct team as word from cases where state = 'open' order by team",
            )
            .await?,
            owners: list(
                "select distinct owner as word from cases
                 where state = 'open' and owner is not null order by owner",
            )
            .await?,
            topics: list(
                "select distinct topic as word from cases where state = 'open' order by topic",
            )
            .await?,
        })
    }
}

/// What an inbox can be narrowed to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InboxWords {
    /// Teams that have open cases.
    pub teams: Vec<String>,
    /// People who have some.
    pub owners: Vec<String>,
    /// What they are about.
    pub topics: Vec<String>,
}

fn inbox_case(row: &AnyRow) -> Result<InboxCase> {
    let case = case(row)?;
    let paper: u64 = row.number("paper")?;
    Ok(InboxCase {
        owner: row.maybe_text("owner")?,
        answered_at: row.maybe_text("answered_at")?,
        mail: case.documents.saturating_sub(paper),
        paper,
        says: row.maybe_text("says")?,
        case,
    })
}

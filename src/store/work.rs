//! The work on a case: who has it, how far it is, and which ones a rule must look at.

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::domain::grammar::case_reference::CaseReference;

use super::Store;
use super::cases::{CaseState, KnownCase};
use super::change::Change;
use super::documents;
use super::error::{Doing, Result, StoreError};
use super::events::{About, EventKind};
use super::rows::{Columns, storable};

/// How far the work on a case is, as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Progress {
    /// Who has it.
    pub owner: Option<String>,
    /// When the customer last had an answer, in UTC.
    pub answered_at: Option<String>,
    /// When they were told that we have their letter, or why not.
    pub acknowledged: Option<String>,
    /// When it was closed, in UTC.
    pub closed_at: Option<String>,
    /// When it was archived, in UTC.
    pub archived_at: Option<String>,
    /// Whether the customer is told when it moves.
    pub tells: bool,
}

/// What may be told of a case to somebody who knows its reference and their postcode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownToCustomer {
    /// The customer's postcode without its space, where it is sure.
    pub postcode_key: Option<String>,
    /// Whether it is open.
    pub state: CaseState,
    /// How far the work on it is.
    pub progress: Progress,
    /// The day on which it was opened.
    pub opened: Option<Date>,
    /// By when there must be an answer.
    pub deadline: Date,
}

/// A case of whose customer nobody has said yet whether they are told that we have what they sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unacknowledged {
    /// The case.
    pub case: CaseReference,
    /// Whether they have had an answer.
    pub answered: bool,
    /// The first e-mail on it, if there is one.
    pub mail: Option<FirstMail>,
}

/// An e-mail that opened a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstMail {
    /// Its day of receipt.
    pub received: Date,
    /// Whether a machine wrote it.
    pub automatic: bool,
}

/// A word for how far a case is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CaseStatus {
    /// Nobody has it yet.
    New,
    /// Somebody has it.
    InWork,
    /// The customer has an answer, and it is not closed.
    Answered,
    /// Nothing is left to do.
    Closed,
    /// Closed, and put away.
    Archived,
}

crate::domain::named!(CaseStatus {
    New => "new",
    InWork => "in_work",
    Answered => "answered",
    Closed => "closed",
    Archived => "archived",
});

impl Progress {
    /// The word for it.
    pub const fn status(&self, state: CaseState) -> CaseStatus {
        match (state, &self.archived_at, &self.answered_at, &self.owner) {
            (CaseState::Closed, Some(_), _, _) => CaseStatus::Archived,
            (CaseState::Closed, None, _, _) => CaseStatus::Closed,
            (CaseState::Open, _, Some(_), _) => CaseStatus::Answered,
            (CaseState::Open, _, None, Some(_)) => CaseStatus::InWork,
            (CaseState::Open, _, None, None) => CaseStatus::New,
        }
    }
}

/// Whether somebody waits for an answer on a case: not where machines alone wrote.
pub(super) const AWAITED: &str = "
    (exists (select 1 from documents where case_number = cases.number)
     or exists (select 1 from messages where case_number = cases.number and automatic is null)
     or not exists (select 1 from messages where case_number = cases.number))";

impl Store {
    /// How far the work on a case is.
    pub async fn progress(&self, case: CaseReference) -> Result<Progress> {
        let row = sqlx::query(
            "select owner, answered_at, acknowledged, closed_at, archived_at, tells
             from cases where number = $1",
        )
        .bind(case.number() as i64)
        .fetch_optional(&self.pool)
        .await
        .doing("reading a case")?;
        let row = row.ok_or_else(|| StoreError::unknown("case", case))?;
        Ok(Progress {
            owner: row.maybe_text("owner")?,
            answered_at: row.maybe_text("answered_at")?,
            acknowledged: row.maybe_text("acknowledged")?,
            closed_at: row.maybe_text("closed_at")?,
            archived_at: row.maybe_text("archived_at")?,
            tells: row.flag("tells")?,
        })
    }

    /// What its customer may be told of a case; none where there is no such case.
    pub async fn status_for(&self, case: CaseReference) -> Result<Option<KnownToCustomer>> {
        let row = sqlx::query(
            "select cases.state, cases.opened_at, cases.deadline, customers.postcode_key,
                    coalesce(customers.postcode_sure, 0) as sure
             from cases left join customers on customers.id = cases.customer_id
             where cases.number = $1",
        )
        .bind(case.number() as i64)
        .fetch_optional(&self.pool)
        .await
        .doing("reading a case")?;
        let Some(row) = row else {
            return Ok(None);
        };
        let key = row.maybe_text("postcode_key")?;
        let sure = row.flag("sure")?;
        Ok(Some(KnownToCustomer {
            postcode_key: key.filter(|key| sure && !key.is_empty()),
            state: row.named("state", CaseState::from_name)?,
            progress: self.progress(case).await?,
            opened: row
                .text("opened_at")?
                .get(..10)
                .and_then(|day| day.parse().ok()),
            deadline: row.parsed("deadline")?,
        }))
    }

    /// Open cases of whose customers nobody has said yet whether they are told that we have
    /// what they sent, oldest first.
    pub async fn unacknowledged(&self, limit: u32) -> Result<Vec<Unacknowledged>> {
        let rows = sqlx::query(
            "select cases.number, cases.answered_at, first.automatic, first.received
             from cases
             left join messages as first on first.id =
                 (select min(id) from messages where case_number = cases.number)
             where cases.acknowledged is null and cases.state = 'open'
             order by cases.number limit $1",
        )
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await
        .doing("listing cases")?;
        let cases = rows.iter().map(|row| {
            let received: Option<Date> = row.maybe_parsed("received")?;
            let automatic = row.maybe_text("automatic")?.is_some();
            Ok(Unacknowledged {
                case: documents::case_number(row, "number")?,
                answered: row.maybe_text("answered_at")?.is_some(),
                mail: received.map(|received| FirstMail {
                    received,
                    automatic,
                }),
            })
        });
        cases.collect()
    }

    /// New cases with paper of customers whose tier is known, with that.
    pub async fn new_with_tier(&self) -> Result<Vec<(CaseReference, String)>> {
        let rows = sqlx::query(
            "select * from (
                 select cases.number, coalesce(customers.tier, (
                     select joined.tier from customers as joined
                     where joined.person_id = customers.id and joined.tier is not null
                     order by joined.id limit 1
                 )) as tier
                 from cases join customers on customers.id = cases.customer_id
                 where cases.acknowledged is null and cases.state = 'open'
                   and exists (select 1 from documents where case_number = cases.number)
             ) as fresh
             where tier is not null order by number",
        )
        .fetch_all(&self.pool)
        .await
        .doing("looking for new cases")?;
        let new = rows
            .iter()
            .map(|row| Ok((documents::case_number(row, "number")?, row.text("tier")?)));
        new.collect()
    }

    /// Open cases with an answer due by this day, which nobody has given, and of which the task to
    /// reply was not put to somebody higher as often as it should: once, or twice where the answer
    /// was due before `today`. Nobody waits for one where machines alone wrote.
    pub async fn to_escalate(&self, day: Date, today: Date) -> Result<Vec<CaseReference>> {
        // Only constant text is put together here.
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "select number from cases
             where state = 'open' and answered_at is null and deadline <= $1 and {AWAITED}
               and coalesce((
                       select escalated from tasks
                       where case_number = cases.number and kind = 'reply' and state = 'open'
                       order by id limit 1
                   ), 0) < case when deadline < $2 then 2 else 1 end
             order by deadline, number"
        )))
        .bind(day.to_string())
        .bind(today.to_string())
        .fetch_all(&self.pool)
        .await
        .doing("looking for cases that are due")?;
        let cases = rows.iter().map(|row| documents::case_number(row, "number"));
        cases.collect()
    }

    /// Cases that were closed before this moment and not archived, about a topic where one is
    /// named, each with when that was.
    pub async fn closed_before(
        &self,
        moment: jiff::Timestamp,
        topic: Option<&str>,
    ) -> Result<Vec<(CaseReference, String)>> {
        let rows = sqlx::query(
            "select number, closed_at from cases
             where state = 'closed' and archived_at is null and closed_at < $1
               and ($2 = '' or topic = $2)
             order by number",
        )
        .bind(super::ids::moment(moment))
        .bind(storable(topic.unwrap_or_default()))
        .fetch_all(&self.pool)
        .await
        .doing("looking for old cases")?;
        let old = rows.iter().map(|row| {
            Ok((
                documents::case_number(row, "number")?,
                row.text("closed_at")?,
            ))
        });
        old.collect()
    }
}

impl Change {
    /// A case that must be there.
    pub async fn known_case(&mut self, case: CaseReference) -> Result<KnownCase> {
        let known = self.case(case).await?;
        known.ok_or_else(|| StoreError::unknown("case", case))
    }

    /// Gives a case to a person, or to nobody; and to a team, where one is named.
    pub async fn give_work(
        &mut self,
        case: CaseReference,
        owner: Option<&str>,
        team: Option<&str>,
    ) -> Result<()> {
        let before = self.known_case(case).await?;
        let was = self.owner_of(case).await?;
        sqlx::query("update cases set owner = $2, team = $3 where number = $1")
            .bind(case.number() as i64)
            .bind(owner.map(storable))
            .bind(storable(team.unwrap_or(&before.team)))
            .execute(self.connection())
            .await
            .doing("giving a case to somebody")?;
        let detail = json!({
            "before": { "owner": was, "team": before.team },
            "after": { "owner": owner, "team": team.unwrap_or(&before.team) },
        });
        self.event(EventKind::CaseChanged, About::case(case), detail)
            .await
    }

    /// Who has a case.
    pub async fn owner_of(&mut self, case: CaseReference) -> Result<Option<String>> {
        let row = sqlx::query("select owner from cases where number = $1")
            .bind(case.number() as i64)
            .fetch_one(self.connection())
            .await
            .doing("looking at a case")?;
        row.maybe_text("owner")
    }

    /// Closes a case; says whether it was open.
    pub async fn close_case(&mut self, case: CaseReference, reason: &str) -> Result<bool> {
        let known = self.known_case(case).await?;
        if known.state == CaseState::Closed {
            return Ok(false);
        }
        self.set_state(case, CaseState::Closed).await?;
        let detail = json!({ "reason": reason });
        self.event(EventKind::CaseClosed, About::case(case), detail)
            .await?;
        Ok(true)
    }

    /// Opens a closed case again; says whether it was closed.
    pub async fn reopen_case(&mut self, case: CaseReference, reason: &str) -> Result<bool> {
        let known = self.known_case(case).await?;
        if known.state == CaseState::Open {
            return Ok(false);
        }
        self.set_state(case, CaseState::Open).await?;
        self.set_answered(case, false).await?;
        let detail = json!({ "reason": reason });
        self.event(EventKind::CaseReopened, About::case(case), detail)
            .await?;
        Ok(true)
    }

    /// Puts a closed case away; says whether it was closed and not put away. The detail tells by
    /// which rule, for the history.
    pub async fn archive_case(&mut self, case: CaseReference, detail: Value) -> Result<bool> {
        let at = self.at.clone();
        let set = sqlx::query(
            "update cases set archived_at = $2
             where number = $1 and state = 'closed' and archived_at is null",
        )
        .bind(case.number() as i64)
        .bind(at)
        .execute(self.connection())
        .await
        .doing("archiving a case")?;
        if set.rows_affected() == 0 {
            return Ok(false);
        }
        self.event(EventKind::CaseArchived, About::case(case), detail)
            .await?;
        Ok(true)
    }

    /// The customer has an answer now; or has none any more, since they wrote again.
    pub async fn set_answered(&mut self, case: CaseReference, answered: bool) -> Result<()> {
        let at = answered.then(|| self.at.clone());
        sqlx::query("update cases set answered_at = $2 where number = $1")
            .bind(case.number() as i64)
            .bind(at)
            .execute(self.connection())
            .await
            .doing("noting an answer")?;
        Ok(())
    }

    /// Notes what became of an acknowledgement; says whether nobody, no other program either, had.
    pub async fn set_acknowledged(&mut self, case: CaseReference, how: &str) -> Result<bool> {
        let set = sqlx::query(
            "update cases set acknowledged = $2 where number = $1 and acknowledged is null",
        )
        .bind(case.number() as i64)
        .bind(storable(how))
        .execute(self.connection())
        .await
        .doing("noting an acknowledgement")?;
        Ok(set.rows_affected() == 1)
    }

    /// Whether a case's customer is told when it moves.
    pub async fn set_tells(&mut self, case: CaseReference, tells: bool) -> Result<()> {
        sqlx::query("update cases set tells = $2 where number = $1")
            .bind(case.number() as i64)
            .bind(i64::from(tells))
            .execute(self.connection())
            .await
            .doing("noting who is told")?;
        let detail = json!({ "tells": tells });
        self.event(EventKind::CaseChanged, About::case(case), detail)
            .await
    }

    pub(super) async fn set_state(&mut self, case: CaseReference, state: CaseState) -> Result<()> {
        let closed_at = (state == CaseState::Closed).then(|| self.at.clone());
        sqlx::query(
            "update cases set state = $2, closed_at = $3, archived_at = null where number = $1",
        )
        .bind(case.number() as i64)
        .bind(state.name())
        .bind(closed_at)
        .execute(self.connection())
        .await
        .doing("opening or closing a case")?;
        Ok(())
    }
}

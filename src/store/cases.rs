//! Case rows: opened with a number that is given out once, changed with history.

use jiff::civil::Date;
use serde_json::json;
use sqlx::any::AnyRow;

use crate::domain::case::{Judgement, Priority};
use crate::domain::grammar::case_reference::CaseReference;

use super::change::Change;
use super::customers::{self, Keys};
use super::error::{Doing, Result, StoreError};
use super::events::{About, EventKind};
use super::ids::CustomerId;
use super::rows::{Columns, storable};

/// Whether a case is being worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CaseState {
    /// It is.
    Open,
    /// Nothing is left to do.
    Closed,
}

crate::domain::named!(CaseState {
    Open => "open",
    Closed => "closed",
});

/// A case as matching and changing see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownCase {
    /// Its reference.
    pub reference: CaseReference,
    /// Whether it is open.
    pub state: CaseState,
    /// Whether the customer has had an answer to what lies on it.
    pub answered: bool,
    /// Whose it is, if anybody is known.
    pub customer: Option<(CustomerId, Keys)>,
    /// Who works on it.
    pub team: String,
    /// How urgent it is.
    pub priority: Priority,
    /// The day by which there must be an answer.
    pub deadline: Date,
}

impl Change {
    /// A case by its reference.
    pub async fn case(&mut self, reference: CaseReference) -> Result<Option<KnownCase>> {
        let row = sqlx::query(
            "select cases.state, cases.team, cases.priority, cases.deadline, cases.customer_id,
                    cases.answered_at,
                    customers.postcode_key, customers.house_key, customers.surname_key,
                    customers.postcode_sure, customers.surname_sure
             from cases left join customers on customers.id = cases.customer_id
             where cases.number = $1",
        )
        .bind(reference.number() as i64)
        .fetch_optional(self.connection())
        .await
        .doing("looking for a case")?;
        row.map(|row| known(reference, &row)).transpose()
    }

    /// Opens a case by what the rules decided of its first document.
    pub async fn open_case(&mut self, judged: &Judgement) -> Result<CaseReference> {
        let number = self.next_case();
        let case = CaseReference::new(number.unsigned_abs()).ok_or(StoreError::NoMoreCases)?;
        let at = self.at.clone();
        sqlx::query(
            "insert into cases (number, reference, state, topic, team, priority, deadline, opened_at)
             values ($1, $2, 'open', $3, $4, $5, $6, $7)",
        )
        .bind(number)
        .bind(case.to_string())
        .bind(storable(&judged.topic.choice))
        .bind(storable(&judged.team.choice))
        .bind(judged.priority.choice.name())
        .bind(judged.deadline.choice.to_string())
        .bind(at)
        .execute(self.connection())
        .await
        .doing("opening a case")?;
        let detail = json!({
            "topic": judged.topic.choice,
            "team": judged.team.choice,
            "priority": judged.priority.choice.name(),
            "deadline": judged.deadline.choice.to_string(),
            "why": judged.deadline.why,
        });
        self.event(EventKind::CaseOpened, About::case(case), detail)
            .await?;
        Ok(case)
    }

    /// Says whose case it is, by a record of theirs.
    pub async fn give_case(&mut self, case: CaseReference, to: CustomerId) -> Result<()> {
        sqlx::query(
            "update cases set record_id = $2,
                    customer_id = (select person_id from customers where id = $2)
             where number = $1",
        )
        .bind(case.number() as i64)
        .bind(to.to_string())
        .execute(self.connection())
        .await
        .doing("giving a case its customer")?;
        let detail = json!({ "customer": to.to_string() });
        self.event(EventKind::CaseChanged, About::case(case), detail)
            .await
    }

    /// Something more joins a case: it opens it again if it was closed, and
    /// can make it more urgent, never less; then its team takes the case over. One that was
    /// closed or answered has a new deadline: the old one was kept; and so has one on which machines
    /// alone wrote, for nobody waited.
    pub async fn press_case(&mut self, case: &KnownCase, judged: &Judgement) -> Result<()> {
        let about = About::case(case.reference);
        if case.state == CaseState::Closed {
            self.set_state(case.reference, CaseState::Open).await?;
            self.event(EventKind::CaseReopened, about, json!({}))
                .await?;
        }
        let waits_anew = case.state == CaseState::Closed
            || case.answered
            || self.only_machines_wrote(case.reference).await?;
        let deadline = match waits_anew {
            true => judged.deadline.choice,
            false => case.deadline.min(judged.deadline.choice),
        };
        let (priority, team) = if judged.priority.choice > case.priority {
            (judged.priority.choice, &judged.team.choice)
        } else {
            (case.priority, &case.team)
        };
        if case.answered {
            self.set_answered(case.reference, false).await?;
        }
        if (priority, deadline) == (case.priority, case.deadline) {
            return Ok(());
        }
        sqlx::query("update cases set priority = $2, team = $3, deadline = $4 where number = $1")
            .bind(case.reference.number() as i64)
            .bind(priority.name())
            .bind(storable(team))
            .bind(deadline.to_string())
            .execute(self.connection())
            .await
            .doing("pressing a case")?;
        let state = |priority: Priority, team: &str, deadline: Date| json!({ "priority": priority.name(), "team": team, "deadline": deadline.to_string() });
        let detail = json!({
            "before": state(case.priority, &case.team, case.deadline),
            "after": state(priority, team, deadline),
        });
        self.event(EventKind::CaseChanged, about, detail).await
    }

    async fn only_machines_wrote(&mut self, case: CaseReference) -> Result<bool> {
        let by_people: i64 = sqlx::query_scalar(
            "select (select count(*) from documents where case_number = $1)
                  + (select count(*) from messages
                     where case_number = $1 and automatic is null)",
        )
        .bind(case.number() as i64)
        .fetch_one(self.connection())
        .await
        .doing("looking at a case")?;
        Ok(by_people == 0)
    }

    /// Closes a case that no document and no message is left on; says whether it did.
    pub async fn close_if_empty(&mut self, case: CaseReference) -> Result<bool> {
        let left: i64 = sqlx::query_scalar(
            // One that is closed is as good as one with something on it.
            "select case when state = 'closed' then 1 else 0 end
                  + (select count(*) from documents where case_number = $1)
                  + (select count(*) from messages where case_number = $1)
             from cases where number = $1",
        )
        .bind(case.number() as i64)
        .fetch_one(self.connection())
        .await
        .doing("looking at a case")?;
        if left > 0 {
            return Ok(false);
        }
        self.set_state(case, CaseState::Closed).await?;
        let detail = json!({ "why": "the last thing on it was moved away" });
        self.event(EventKind::CaseClosed, About::case(case), detail)
            .await?;
        Ok(true)
    }
}

fn known(reference: CaseReference, row: &AnyRow) -> Result<KnownCase> {
    let customer = match row.maybe_parsed("customer_id")? {
        Some(id) => Some((id, customers::keys(row)?)),
        None => None,
    };
    Ok(KnownCase {
        reference,
        state: row.named("state", CaseState::from_name)?,
        answered: row.maybe_text("answered_at")?.is_some(),
        customer,
        team: row.text("team")?,
        priority: row.named("priority", Priority::from_name)?,
        deadline: row.parsed("deadline")?,
    })
}

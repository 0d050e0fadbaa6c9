//! What is to be done on a case, each thing with its own deadline.

use jiff::civil::Date;
use serde_json::json;
use sqlx::any::AnyRow;

use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::reply::TaskKind;

use super::Store;
use super::change::Change;
use super::documents;
use super::error::{Doing, Result, StoreError};
use super::events::{About, EventKind};
use super::ids::TaskId;
use super::rows::{Columns, storable};

/// Whether a task is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TaskState {
    /// Not yet.
    Open,
    /// It is.
    Done,
    /// It need not be.
    Dropped,
}

crate::domain::named!(TaskState {
    Open => "open",
    Done => "done",
    Dropped => "dropped",
});

/// Something to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTask {
    /// On this case.
    pub case: CaseReference,
    /// What kind of thing.
    pub kind: TaskKind,
    /// In a few words.
    pub what: String,
    /// Who does it; none for whoever comes first.
    pub owner: Option<String>,
    /// By this day.
    pub due: Date,
}

/// Something to be done, on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskRecord {
    /// Its id.
    pub id: TaskId,
    /// What is to be done.
    pub task: NewTask,
    /// The team of its case.
    pub team: String,
    /// Whether it is done.
    pub state: TaskState,
    /// How often it was put to somebody higher.
    pub escalated: u32,
    /// When it was set, in UTC.
    pub made_at: String,
    /// By whom.
    pub made_by: String,
    /// Who did or dropped it.
    pub done_by: Option<String>,
}

const TASK: &str = "select tasks.*, cases.team from tasks
                    join cases on cases.number = tasks.case_number ";

impl Store {
    /// The tasks of a case, nearest deadline first.
    pub async fn tasks_of(&self, case: CaseReference) -> Result<Vec<TaskRecord>> {
        // Only constant text is put together here.
        let sql = format!("{TASK} where tasks.case_number = $1 order by tasks.due, tasks.id");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(case.number() as i64)
            .fetch_all(&self.pool)
            .await
            .doing("reading tasks")?;
        rows.iter().map(task).collect()
    }

    /// What is open, of a team and an owner where they are named, nearest deadline first.
    pub async fn tasks(&self, team: Option<&str>, owner: Option<&str>) -> Result<Vec<TaskRecord>> {
        let sql = format!(
            "{TASK} where tasks.state = 'open' and ($1 = '' or cases.team = $1)
                      and ($2 = '' or tasks.owner = $2)
             order by tasks.due, tasks.id"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(storable(team.unwrap_or_default()))
            .bind(storable(owner.unwrap_or_default()))
            .fetch_all(&self.pool)
            .await
            .doing("listing tasks")?;
        rows.iter().map(task).collect()
    }

    /// What is to be done by this day on open cases, nearest deadline first.
    pub async fn tasks_due_by(&self, day: Date) -> Result<Vec<TaskRecord>> {
        let sql = format!(
            "{TASK} where tasks.state = 'open' and cases.state = 'open' and tasks.due <= $1
             order by tasks.due, tasks.id"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(day.to_string())
            .fetch_all(&self.pool)
            .await
            .doing("looking for tasks that are due")?;
        rows.iter().map(task).collect()
    }

    /// The one task whose id has this part.
    pub async fn task_with(&self, part: &str) -> Result<Option<TaskId>> {
        self.one_with("select id from tasks where id like $1 limit 2", part)
            .await?
            .map(|id| id.parse())
            .transpose()
    }
}

impl Change {
    /// Sets a task.
    pub async fn task(&mut self, new: &NewTask) -> Result<TaskId> {
        let id = TaskId::new();
        let (at, by) = (self.at.clone(), self.actor.to_string());
        sqlx::query(
            "insert into tasks (id, case_number, kind, what, owner, due, state, made_at, made_by)
             values ($1, $2, $3, $4, $5, $6, 'open', $7, $8)",
        )
        .bind(id.to_string())
        .bind(new.case.number() as i64)
        .bind(new.kind.name())
        .bind(storable(&new.what))
        .bind(new.owner.as_deref().map(storable))
        .bind(new.due.to_string())
        .bind(at)
        .bind(by)
        .execute(self.connection())
        .await
        .doing("setting a task")?;
        let detail = json!({
            "task": id.to_string(),
            "kind": new.kind.name(),
            "due": new.due.to_string(),
        });
        self.event(EventKind::TaskSet, About::case(new.case), detail)
            .await?;
        Ok(id)
    }

    /// The open tasks of a case.
    pub async fn open_tasks(&mut self, case: CaseReference) -> Result<Vec<TaskRecord>> {
        let sql = format!(
            "{TASK} where tasks.case_number = $1 and tasks.state = 'open' order by tasks.id"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(case.number() as i64)
            .fetch_all(self.connection())
            .await
            .doing("looking at tasks")?;
        rows.iter().map(task).collect()
    }

    /// Ends a task; says whether it was open.
    pub async fn end_task(&mut self, id: TaskId, state: TaskState) -> Result<bool> {
        let (at, by) = (self.at.clone(), self.actor.to_string());
        let row = sqlx::query(
            "update tasks set state = $2, done_at = $3, done_by = $4
             where id = $1 and state = 'open' returning case_number",
        )
        .bind(id.to_string())
        .bind(state.name())
        .bind(at)
        .bind(by)
        .fetch_optional(self.connection())
        .await
        .doing("ending a task")?;
        let Some(row) = row else {
            let known = sqlx::query("select id from tasks where id = $1")
                .bind(id.to_string())
                .fetch_optional(self.connection())
                .await
                .doing("looking at a task")?;
            known.ok_or_else(|| StoreError::unknown("task", id))?;
            return Ok(false);
        };
        let about = About::case(documents::case_number(&row, "case_number")?);
        let detail = json!({ "task": id.to_string(), "state": state.name() });
        self.event(EventKind::TaskEnded, about, detail).await?;
        Ok(true)
    }

    /// Drops what is left to do on a case that is closed.
    pub async fn drop_tasks(&mut self, case: CaseReference) -> Result<()> {
        for task in self.open_tasks(case).await? {
            self.end_task(task.id, TaskState::Dropped).await?;
        }
        Ok(())
    }

    /// Takes up again what was dropped when a case was closed; the case is closed still.
    pub async fn take_up_tasks(&mut self, case: CaseReference) -> Result<()> {
        // What was dropped before is dropped: closing and dropping are one change, at one moment.
        let rows = sqlx::query(
            "update tasks set state = 'open', done_at = null, done_by = null, escalated = 0
             where case_number = $1 and state = 'dropped'
               and done_at = (select closed_at from cases where number = $1)
             returning id, kind, due",
        )
        .bind(case.number() as i64)
        .fetch_all(self.connection())
        .await
        .doing("taking up tasks again")?;
        for row in &rows {
            let detail = json!({ "task": row.text("id")?, "kind": row.text("kind")?,
                                 "due": row.text("due")?, "again": true });
            self.event(EventKind::TaskSet, About::case(case), detail)
                .await?;
        }
        Ok(())
    }

    /// Notes that a task was put to somebody higher.
    pub async fn escalate_task(
        &mut self,
        id: TaskId,
        case: CaseReference,
        level: u32,
    ) -> Result<()> {
        sqlx::query("update tasks set escalated = $2 where id = $1")
            .bind(id.to_string())
            .bind(i64::from(level))
            .execute(self.connection())
            .await
            .doing("escalating a task")?;
        let detail = json!({ "task": id.to_string(), "level": level });
        self.event(EventKind::Escalated, About::case(case), detail)
            .await
    }
}

fn task(row: &AnyRow) -> Result<TaskRecord> {
    Ok(TaskRecord {
        id: row.parsed("id")?,
        task: NewTask {
            case: documents::case_number(row, "case_number")?,
            kind: row.named("kind", TaskKind::from_name)?,
            what: row.text("what")?,
            owner: row.maybe_text("owner")?,
            due: row.parsed("due")?,
        },
        team: row.text("team")?,
        state: row.named("state", TaskState::from_name)?,
        escalated: row.number("escalated")?,
        made_at: row.text("made_at")?,
        made_by: row.text("made_by")?,
        done_by: row.maybe_text("done_by")?,
    })
}

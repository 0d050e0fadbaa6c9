//! A change to the store: one transaction with its actor, whole or not at all.

use sqlx::{Any, AnyConnection, Transaction};

use super::chain::Head;
use super::dialect::Dialect;
use super::error::{Doing, Result};
use super::events::Actor;
use super::waiting::Waiting;
use super::{Store, ids};

/// A change in progress. It becomes true when it is committed; dropped before,
/// it never was.
pub struct Change {
    transaction: Transaction<'static, Any>,
    pub(super) dialect: Dialect,
    /// The number of the newest case, and whether it is one of this change.
    last_case: i64,
    opened: bool,
    pub(super) actor: Actor,
    pub(super) at: String,
    /// The end of history's chain, once this change has looked.
    pub(super) head: Option<Head>,
    pub(super) waiting: Waiting,
}

impl Store {
    /// Begins a change. Changes wait for each other, so that what one has looked
    /// up is still so when it writes.
    pub async fn change(&self, actor: &Actor) -> Result<Change> {
        let doing = "beginning a change";
        let transaction = self
            .pool
            .begin_with(self.dialect.begin())
            .await
            .doing(doing)?;
        let mut change = Change {
            transaction,
            last_case: 0,
            opened: false,
            dialect: self.dialect,
            actor: actor.clone(),
            at: ids::now(),
            head: None,
            waiting: Waiting::default(),
        };
        // PostgreSQL takes the row's lock by this; SQLite has its lock already.
        change.last_case = sqlx::query_scalar(
            "update counters set value = value where name = 'case' returning value",
        )
        .fetch_one(change.connection())
        .await
        .doing(doing)?;
        Ok(change)
    }
}

impl Change {
    /// What follows in this change is somebody else's doing.
    pub fn by(&mut self, actor: &Actor) {
        self.actor = actor.clone();
    }

    /// Makes the change true and durable.
    pub async fn commit(mut self) -> Result<()> {
        self.write_waiting().await?;
        if self.opened {
            sqlx::query("update counters set value = $1 where name = 'case'")
                .bind(self.last_case)
                .execute(self.connection())
                .await
                .doing("counting cases")?;
        }
        self.transaction.commit().await.doing("committing a change")
    }

    /// The number of a new case: this change alone gives them out until its end.
    pub(super) fn next_case(&mut self) -> i64 {
        self.opened = true;
        self.last_case += 1;
        self.last_case
    }

    pub(super) fn connection(&mut self) -> &mut AnyConnection {
        &mut self.transaction
    }
}

impl std::fmt::Debug for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a change by {}", self.actor)
    }
}

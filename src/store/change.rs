//! A change to the store: one transaction with its actor, whole or not at all.

use sqlx::{Any, AnyConnection, Transaction};

use super::chain::Head;
use super::dialect::Dialect;
use super::error::{Doing, Result};
use super::events::Actor;
use super::{Store, ids};

/// A change in progress. It becomes true when it is committed; dropped before,
/// it never was.
pub struct Change {
    transaction: Transaction<'static, Any>,
    pub(super) dialect: Dialect,
    pub(super) actor: Actor,
    pub(super) at: String,
    /// The end of history's chain, once this change has looked.
    pub(super) head: Option<Head>,
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
            dialect: self.dialect,
            actor: actor.clone(),
            at: ids::now(),
            head: None,
        };
        // PostgreSQL takes the row's lock by this; SQLite has its lock already.
        sqlx::query("update counters set value = value where name = 'case'")
            .execute(change.connection())
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
    pub async fn commit(self) -> Result<()> {
        self.transaction.commit().await.doing("committing a change")
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

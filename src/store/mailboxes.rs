//! Up to where each mailbox on a server was read, and which messages there could not be had or marked.

use super::Store;
use super::error::{Doing, Result};
use super::ids;
use super::rows::{Columns, storable};

/// A mailbox on a server, at a moment when all that came from it is committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailboxState {
    /// As people name it: `user@host/INBOX`.
    pub name: String,
    /// The server's epoch of numbers.
    pub uid_validity: u32,
    /// The last number that is done.
    pub last_uid: u32,
    /// What could not be had or marked since the state before.
    pub troubles: Vec<MailboxTrouble>,
    /// Numbers in trouble before, and now not any more.
    pub settled: Vec<u32>,
}

/// A message on a server that could not be had, or that stays as it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailboxTrouble {
    /// Its number.
    pub uid: u32,
    /// Why, for a person.
    pub reason: String,
    /// Whether it may be otherwise the next time.
    pub may_pass: bool,
}

/// A message that is in trouble, for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOnServer {
    /// Which: `user@host/INBOX;uid=7`.
    pub origin: String,
    /// Why.
    pub reason: String,
    /// How often it was tried.
    pub attempts: u32,
    /// Whether it will be tried again.
    pub again: bool,
    /// When it was tried last, in UTC.
    pub tried_at: String,
}

/// So often a message is tried that its server does not give or mark.
const MOST_ATTEMPTS: i64 = 5;

impl Store {
    /// The server's epoch of numbers and the last one that is done, where the mailbox was read before.
    pub async fn mailbox(&self, name: &str) -> Result<Option<(u32, u32)>> {
        let row = sqlx::query("select uid_validity, last_uid from mailboxes where name = $1")
            .bind(storable(name))
            .fetch_optional(&self.pool)
            .await
            .doing("looking where a mailbox was read up to")?;
        row.map(|row| Ok((row.number("uid_validity")?, row.number("last_uid")?)))
            .transpose()
    }

    /// The numbers that are to be tried again.
    pub async fn mailbox_again(&self, name: &str, uid_validity: u32) -> Result<Vec<u32>> {
        let rows = sqlx::query(
            "select uid from mailbox_troubles
             where mailbox = $1 and uid_validity = $2 and attempts < $3 order by uid",
        )
        .bind(storable(name))
        .bind(i64::from(uid_validity))
        .bind(MOST_ATTEMPTS)
        .fetch_all(&self.pool)
        .await
        .doing("looking for messages in trouble")?;
        rows.iter().map(|row| row.number("uid")).collect()
    }

    /// The messages on servers that are in trouble, by mailbox and number.
    pub async fn left_on_servers(&self) -> Result<Vec<LeftOnServer>> {
        let rows = sqlx::query("select * from mailbox_troubles order by mailbox, uid")
            .fetch_all(&self.pool)
            .await
            .doing("looking for messages in trouble")?;
        let left = rows.iter().map(|row| {
            let uid: u32 = row.number("uid")?;
            let attempts: u32 = row.number("attempts")?;
            Ok(LeftOnServer {
                origin: format!("{};uid={uid}", row.text("mailbox")?),
                reason: row.text("reason")?,
                attempts,
                again: i64::from(attempts) < MOST_ATTEMPTS,
                tried_at: row.text("tried_at")?,
            })
        });
        left.collect()
    }

    /// Remembers how a mailbox is: up to where it is done and what is in trouble, both or neither.
    pub async fn mailbox_is(&self, state: &MailboxState) -> Result<()> {
        let doing = "remembering where a mailbox was read up to";
        let mut transaction = self
            .pool
            .begin_with(self.dialect.begin())
            .await
            .doing(doing)?;
        let (name, at) = (storable(&state.name), ids::now());
        sqlx::query(
            "insert into mailboxes (name, uid_validity, last_uid, fetched_at)
             values ($1, $2, $3, $4)
             on conflict (name) do update
             set uid_validity = excluded.uid_validity, last_uid = excluded.last_uid,
                 fetched_at = excluded.fetched_at",
        )
        .bind(name.clone())
        .bind(i64::from(state.uid_validity))
        .bind(i64::from(state.last_uid))
        .bind(at.clone())
        .execute(&mut *transaction)
        .await
        .doing(doing)?;
        for trouble in &state.troubles {
            sqlx::query(
                "insert into mailbox_troubles (mailbox, uid_validity, uid, reason, attempts, tried_at)
                 values ($1, $2, $3, $4, $5, $6)
                 on conflict (mailbox, uid_validity, uid) do update
                 set reason = excluded.reason, tried_at = excluded.tried_at,
                     attempts = mailbox_troubles.attempts + excluded.attempts",
            )
            .bind(name.clone())
            .bind(i64::from(state.uid_validity))
            .bind(i64::from(trouble.uid))
            .bind(storable(&trouble.reason))
            .bind(if trouble.may_pass { 1 } else { MOST_ATTEMPTS })
            .bind(at.clone())
            .execute(&mut *transaction)
            .await
            .doing(doing)?;
        }
        for uid in &state.settled {
            sqlx::query(
                "delete from mailbox_troubles
                 where mailbox = $1 and uid_validity = $2 and uid = $3",
            )
            .bind(name.clone())
            .bind(i64::from(state.uid_validity))
            .bind(i64::from(*uid))
            .execute(&mut *transaction)
            .await
            .doing(doing)?;
        }
        // Numbers of another epoch name other messages.
        sqlx::query("delete from mailbox_troubles where mailbox = $1 and uid_validity <> $2")
            .bind(name)
            .bind(i64::from(state.uid_validity))
            .execute(&mut *transaction)
            .await
            .doing(doing)?;
        transaction.commit().await.doing(doing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::{self, Bench};

    testing::on_both!(
        a_message_in_trouble_is_tried_so_often,
        another_epoch_has_other_numbers,
    );

    fn trouble(uid: u32, may_pass: bool) -> MailboxTrouble {
        MailboxTrouble {
            uid,
            reason: "NO".to_owned(),
            may_pass,
        }
    }

    fn state(uid_validity: u32, troubles: Vec<MailboxTrouble>, settled: &[u32]) -> MailboxState {
        MailboxState {
            name: "ann@mail/INBOX".to_owned(),
            uid_validity,
            last_uid: 9,
            troubles,
            settled: settled.to_vec(),
        }
    }

    async fn again(bench: &Bench, uid_validity: u32) -> Vec<u32> {
        let again = bench.store.mailbox_again("ann@mail/INBOX", uid_validity);
        again.await.unwrap()
    }

    async fn a_message_in_trouble_is_tried_so_often(bench: Bench) {
        for left in (0..MOST_ATTEMPTS).rev() {
            let both = vec![trouble(3, true), trouble(4, false)];
            bench.store.mailbox_is(&state(7, both, &[])).await.unwrap();
            assert_eq!(
                again(&bench, 7).await.len(),
                usize::from(left > 0),
                "{left}"
            );
        }
        let told = bench.store.left_on_servers().await.unwrap();
        assert_eq!((told.len(), told[0].attempts, told[0].again), (2, 5, false));
        assert_eq!(told[0].origin, "ann@mail/INBOX;uid=3");
        bench
            .store
            .mailbox_is(&state(7, vec![], &[3, 4]))
            .await
            .unwrap();
        assert_eq!(bench.store.left_on_servers().await.unwrap(), []);
        assert_eq!(
            bench.store.mailbox("ann@mail/INBOX").await.unwrap(),
            Some((7, 9))
        );
    }

    async fn another_epoch_has_other_numbers(bench: Bench) {
        let before = state(7, vec![trouble(3, true)], &[]);
        bench.store.mailbox_is(&before).await.unwrap();
        assert_eq!(again(&bench, 7).await, [3]);
        assert!(again(&bench, 8).await.is_empty());
        bench
            .store
            .mailbox_is(&state(8, vec![], &[]))
            .await
            .unwrap();
        assert_eq!(bench.store.left_on_servers().await.unwrap(), []);
    }
}

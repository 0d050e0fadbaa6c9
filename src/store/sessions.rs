//! Who is signed in. The secret stays with the browser: here is its hash alone, so that nobody
//! who reads the database can be anybody.

use crate::domain::identity::Digest;

use super::Store;
use super::change::Change;
use super::error::{Doing, Result};
use super::ids::{UserId, moment};
use super::rows::Columns;

impl Store {
    /// Keeps a session until a moment.
    pub async fn begin_session(
        &self,
        secret: &str,
        user: UserId,
        until: jiff::Timestamp,
    ) -> Result<()> {
        sqlx::query(
            "insert into sessions (digest, user_id, begun_at, ends_at) values ($1, $2, $3, $4)",
        )
        .bind(digest(secret))
        .bind(user.to_string())
        .bind(super::ids::now())
        .bind(moment(until))
        .execute(&self.pool)
        .await
        .doing("beginning a session")?;
        Ok(())
    }

    /// Whose session this is, if it is one, and when it ends, in UTC.
    pub async fn session(&self, secret: &str) -> Result<Option<(UserId, String)>> {
        let row =
            sqlx::query("select user_id, ends_at from sessions where digest = $1 and ends_at > $2")
                .bind(digest(secret))
                .bind(super::ids::now())
                .fetch_optional(&self.pool)
                .await
                .doing("looking for a session")?;
        row.map(|row| Ok((row.parsed("user_id")?, row.text("ends_at")?)))
            .transpose()
    }

    /// Moves the end of a session on; those that are over are forgotten.
    pub async fn prolong_session(&self, secret: &str, until: jiff::Timestamp) -> Result<()> {
        let doing = "prolonging a session";
        sqlx::query("update sessions set ends_at = $2 where digest = $1")
            .bind(digest(secret))
            .bind(moment(until))
            .execute(&self.pool)
            .await
            .doing(doing)?;
        sqlx::query("delete from sessions where ends_at <= $1")
            .bind(super::ids::now())
            .execute(&self.pool)
            .await
            .doing(doing)?;
        Ok(())
    }

    /// Ends a session.
    pub async fn end_session(&self, secret: &str) -> Result<()> {
        sqlx::query("delete from sessions where digest = $1")
            .bind(digest(secret))
            .execute(&self.pool)
            .await
            .doing("ending a session")?;
        Ok(())
    }
}

impl Change {
    /// Ends all sessions of a user, and gives back what they had before them.
    pub(super) async fn sign_out_everywhere(&mut self, user: UserId) -> Result<()> {
        for sql in [
            "delete from sessions where user_id = $1",
            "delete from leases where user_id = $1",
        ] {
            sqlx::query(sql)
                .bind(user.to_string())
                .execute(self.connection())
                .await
                .doing("signing a user out")?;
        }
        Ok(())
    }
}

fn digest(secret: &str) -> String {
    Digest::of(secret.as_bytes()).to_string()
}

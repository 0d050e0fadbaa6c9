//! People who sign in, what they may do, and whose cases they see.

use std::collections::BTreeSet;

use serde_json::json;
use sqlx::any::AnyRow;

use crate::domain::role::Role;

use super::Store;
use super::change::Change;
use super::error::{Doing, Result, StoreError};
use super::events::{About, EventKind};
use super::ids::{self, UserId};
use super::rows::{Columns, storable};

/// Whose cases somebody sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// Everybody's.
    All,
    /// Those of these teams.
    Teams(BTreeSet<String>),
}

impl Reach {
    /// Whether the cases of a team are within it.
    pub fn has(&self, team: &str) -> bool {
        match self {
            Self::All => true,
            Self::Teams(teams) => teams.contains(team),
        }
    }
}

/// Somebody who signs in, without their password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// What they type, and what history calls them.
    pub name: String,
    /// What others see.
    pub display: String,
    /// What they may do.
    pub roles: BTreeSet<Role>,
    /// Whose cases they see.
    pub reach: Reach,
    /// Whether their password is one that somebody gave them.
    pub one_time: bool,
    /// Whether they may no longer sign in.
    pub barred: bool,
    /// The review station's keys where they are their own; JSON.
    pub keys: Option<String>,
    /// When they last signed in, in UTC.
    pub seen_at: Option<String>,
}

/// What makes a user, and what may change of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duties {
    /// What others see.
    pub display: String,
    /// What they may do.
    pub roles: BTreeSet<Role>,
    /// Whose cases they see.
    pub reach: Reach,
}

impl Store {
    /// Everybody who signs in, by name.
    pub async fn users(&self) -> Result<Vec<User>> {
        let rows = sqlx::query("select * from users order by name")
            .fetch_all(&self.pool)
            .await
            .doing("reading users")?;
        let mut users = Vec::new();
        for row in &rows {
            users.push(self.whole(row).await?);
        }
        Ok(users)
    }

    /// The user of this name, with the hash of their password.
    pub async fn user_named(&self, name: &str) -> Result<Option<(User, String)>> {
        let row = sqlx::query("select * from users where name = $1")
            .bind(storable(name))
            .fetch_optional(&self.pool)
            .await
            .doing("reading a user")?;
        match row {
            Some(row) => Ok(Some((self.whole(&row).await?, row.text("password")?))),
            None => Ok(None),
        }
    }

    /// A user.
    pub async fn user(&self, id: UserId) -> Result<User> {
        let row = sqlx::query("select * from users where id = $1")
            .bind(id.to_string())
            .fetch_optional(&self.pool)
            .await
            .doing("reading a user")?;
        let row = row.ok_or_else(|| StoreError::unknown("user", id))?;
        self.whole(&row).await
    }

    /// Keeps the keys that somebody wants in the review station.
    pub async fn keep_keys(&self, id: UserId, keys: &str) -> Result<()> {
        sqlx::query("update users set keys = $2 where id = $1")
            .bind(id.to_string())
            .bind(storable(keys))
            .execute(&self.pool)
            .await
            .doing("keeping a user's keys")?;
        Ok(())
    }

    async fn whole(&self, row: &AnyRow) -> Result<User> {
        let doing = "reading a user";
        let id: UserId = row.parsed("id")?;
        let roles = sqlx::query("select role from user_roles where user_id = $1")
            .bind(id.to_string())
            .fetch_all(&self.pool)
            .await
            .doing(doing)?;
        let teams = sqlx::query("select team from user_teams where user_id = $1")
            .bind(id.to_string())
            .fetch_all(&self.pool)
            .await
            .doing(doing)?;
        let roles = roles.iter().map(|row| row.named("role", Role::from_name));
        let teams = teams.iter().map(|row| row.text("team"));
        Ok(User {
            id,
            name: row.text("name")?,
            display: row.text("display")?,
            roles: roles.collect::<Result<_>>()?,
            reach: match row.flag("all_teams")? {
                true => Reach::All,
                false => Reach::Teams(teams.collect::<Result<_>>()?),
            },
            one_time: row.flag("one_time")?,
            barred: row.flag("barred")?,
            keys: row.maybe_text("keys")?,
            seen_at: row.maybe_text("seen_at")?,
        })
    }
}

impl Change {
    /// Makes a user with the hash of a password that they change when they first sign in; none where the
    /// name is taken.
    pub async fn make_user(
        &mut self,
        name: &str,
        password: &str,
        duties: &Duties,
    ) -> Result<Option<UserId>> {
        let id = UserId::new();
        let at = self.at.clone();
        let made = sqlx::query(
            "insert into users (id, name, display, password, one_time, barred, all_teams, made_at)
             values ($1, $2, $3, $4, 1, 0, 0, $5) on conflict (name) do nothing",
        )
        .bind(id.to_string())
        .bind(storable(name))
        .bind(storable(&duties.display))
        .bind(password.to_owned())
        .bind(at)
        .execute(self.connection())
        .await
        .doing("making a user")?;
        if made.rows_affected() == 0 {
            return Ok(None);
        }
        self.set_duties(id, duties).await?;
        Ok(Some(id))
    }

    /// Says what a user may do from now on, and whose cases they see.
    pub async fn set_duties(&mut self, id: UserId, duties: &Duties) -> Result<()> {
        let doing = "changing a user";
        let none = BTreeSet::new();
        let (all, teams) = match &duties.reach {
            Reach::All => (true, &none),
            Reach::Teams(teams) => (false, teams),
        };
        sqlx::query("update users set display = $2, all_teams = $3 where id = $1")
            .bind(id.to_string())
            .bind(storable(&duties.display))
            .bind(i64::from(all))
            .execute(self.connection())
            .await
            .doing(doing)?;
        for table in [
            "delete from user_roles where user_id = $1",
            "delete from user_teams where user_id = $1",
        ] {
            sqlx::query(table)
                .bind(id.to_string())
                .execute(self.connection())
                .await
                .doing(doing)?;
        }
        for role in &duties.roles {
            sqlx::query("insert into user_roles (user_id, role) values ($1, $2)")
                .bind(id.to_string())
                .bind(role.name())
                .execute(self.connection())
                .await
                .doing(doing)?;
        }
        for team in teams {
            sqlx::query("insert into user_teams (user_id, team) values ($1, $2)")
                .bind(id.to_string())
                .bind(storable(team))
                .execute(self.connection())
                .await
                .doing(doing)?;
        }
        let roles: Vec<&str> = duties.roles.iter().map(|role| role.name()).collect();
        let detail =
            json!({ "user": id.to_string(), "roles": roles, "all_teams": all, "teams": teams });
        self.event(EventKind::UserChanged, About::default(), detail)
            .await
    }

    /// Gives a user another password, as its hash; with `one_time` they must choose their own
    /// when they next sign in. Whoever was signed in by the old one is signed out.
    pub async fn set_password(&mut self, id: UserId, password: &str, one_time: bool) -> Result<()> {
        let doing = "changing a password";
        sqlx::query("update users set password = $2, one_time = $3 where id = $1")
            .bind(id.to_string())
            .bind(password.to_owned())
            .bind(i64::from(one_time))
            .execute(self.connection())
            .await
            .doing(doing)?;
        self.sign_out_everywhere(id).await?;
        let detail = json!({ "user": id.to_string(), "password": true, "one_time": one_time });
        self.event(EventKind::UserChanged, About::default(), detail)
            .await
    }

    /// Bars a user from signing in, or lets them in again.
    pub async fn bar_user(&mut self, id: UserId, barred: bool) -> Result<()> {
        sqlx::query("update users set barred = $2 where id = $1")
            .bind(id.to_string())
            .bind(i64::from(barred))
            .execute(self.connection())
            .await
            .doing("barring a user")?;
        if barred {
            self.sign_out_everywhere(id).await?;
        }
        let detail = json!({ "user": id.to_string(), "barred": barred });
        self.event(EventKind::UserChanged, About::default(), detail)
            .await
    }

    /// Notes that somebody signed in.
    pub async fn signed_in(&mut self, id: UserId) -> Result<()> {
        sqlx::query("update users set seen_at = $2 where id = $1")
            .bind(id.to_string())
            .bind(ids::now())
            .execute(self.connection())
            .await
            .doing("noting a sign-in")?;
        let detail = json!({ "user": id.to_string(), "let_in": true });
        self.event(EventKind::SignedIn, About::default(), detail)
            .await
    }
}

//! `postroom users`: who signs in to the web pages, what they may do, and whose cases they see.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::exit::{Exit, Misused};
use super::output::{plain, say, say_json};
use super::table::Table;
use super::{By, Opened, Place};
use crate::domain::role::{Role, user_name};
use crate::store::users::{Duties, Reach, User};
use crate::store::{Actor, Store, UserId};
use crate::web;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom users list
  postroom users add mary.hopkins --role agent --team product
  postroom users set mary.hopkins --role agent --role supervisor --all-teams
  postroom users password mary.hopkins   # a new one that serves once
  postroom users bar mary.hopkins        # she signs in no more

Roles: operator (the nightly batch and its sheets), clerk (doubtful fields), agent (cases), marketing \
(exports), supervisor (all of that, and how well it goes), admin (users; sees no post).")]
pub(super) struct UsersArguments {
    #[command(subcommand)]
    command: UsersCommand,
}

#[derive(Debug, Subcommand)]
enum UsersCommand {
    /// Who there is
    #[command(after_help = "\
Examples:
  postroom users list
  postroom users list --json")]
    List,
    /// Make a user; shows the password that they sign in with once
    Add(AddArguments),
    /// Change what a user may do and whose cases they see
    Set(SetArguments),
    /// Give a user a new password that serves once; ends their sessions
    Password(NamedArguments),
    /// Let a user sign in no more
    Bar(NamedArguments),
    /// Let a barred user sign in again
    Unbar(NamedArguments),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom users add mary.hopkins --role agent --team product
  postroom users add jo --display \"Jo Price\" --role supervisor --all-teams")]
struct AddArguments {
    /// What they type: small letters, digits, dots, hyphens
    name: String,
    /// What others see [default: the name]
    #[arg(long, value_name = "TEXT")]
    display: Option<String>,
    #[command(flatten)]
    duties: DutyArguments,
    #[command(flatten)]
    by: By,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom users set mary.hopkins --role agent --role clerk
  postroom users set mary.hopkins --team product --team delivery

What is named takes the place of what was; what is not named stays.")]
struct SetArguments {
    /// The user
    name: String,
    /// What others see
    #[arg(long, value_name = "TEXT")]
    display: Option<String>,
    #[command(flatten)]
    duties: DutyArguments,
    #[command(flatten)]
    by: By,
}

#[derive(Debug, Args)]
struct DutyArguments {
    /// A role; again for another
    #[arg(long, value_name = "ROLE")]
    role: Vec<RoleName>,
    /// A team whose cases they see; again for another
    #[arg(long, value_name = "TEAM", conflicts_with = "all_teams")]
    team: Vec<String>,
    /// They see the cases of all teams
    #[arg(long)]
    all_teams: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom users password mary.hopkins
  postroom users bar mary.hopkins --by \"Jo Price\"
  postroom users unbar mary.hopkins")]
struct NamedArguments {
    /// The user
    name: String,
    #[command(flatten)]
    by: By,
}

/// A role as it is typed.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum RoleName {
    Operator,
    Clerk,
    Agent,
    Marketing,
    Supervisor,
    Admin,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Operator => Self::Operator,
            RoleName::Clerk => Self::Clerk,
            RoleName::Agent => Self::Agent,
            RoleName::Marketing => Self::Marketing,
            RoleName::Supervisor => Self::Supervisor,
            RoleName::Admin => Self::Admin,
        }
    }
}

pub(super) fn users(place: &Place, arguments: &UsersArguments) -> Result<Exit> {
    let opened = Opened::at(place)?;
    match &arguments.command {
        UsersCommand::List => list(place, &opened)?,
        UsersCommand::Add(add) => make(&opened, add)?,
        UsersCommand::Set(set) => change(&opened, set)?,
        UsersCommand::Password(named) => {
            let password = web::one_time().context("making a password")?;
            let sealed = sealed(&password)?;
            let user = user(&opened, &named.name)?;
            opened.wait(async {
                let mut change = opened.store.change(&named.by.actor()?).await?;
                change.set_password(user.id, &sealed, true).await?;
                anyhow::Ok(change.commit().await?)
            })?;
            show(&user.name, &password)?;
        }
        UsersCommand::Bar(named) => bar(&opened, named, true)?,
        UsersCommand::Unbar(named) => bar(&opened, named, false)?,
    }
    Ok(Exit::Done)
}

/// The first user of a store that has none, with the password that it shows once.
pub(super) async fn first_admin(store: &Store) -> Result<Option<String>> {
    if !store.users().await?.is_empty() {
        return Ok(None);
    }
    let password = web::one_time().context("making a password")?;
    let duties = Duties {
        display: "Administrator".to_owned(),
        roles: BTreeSet::from([Role::Admin]),
        reach: Reach::Teams(BTreeSet::new()),
    };
    let mut change = store.change(&Actor::postroom()).await?;
    let made = change
        .make_user("admin", &sealed(&password)?, &duties)
        .await?;
    change.commit().await?;
    Ok(made.map(|_| password))
}

fn sealed(password: &str) -> Result<String> {
    web::sealed(password).map_err(|error| anyhow::anyhow!("hashing the password: {error}"))
}

fn list(place: &Place, opened: &Opened) -> Result<()> {
    let users = opened.wait(opened.store.users())?;
    if place.json {
        return Ok(say_json(&users.iter().map(user_json).collect::<Value>())?);
    }
    let mut table = Table::new(["name", "who", "roles", "teams", "last here"]);
    for user in &users {
        let teams = match &user.reach {
            Reach::All => "all".to_owned(),
            Reach::Teams(teams) if teams.is_empty() => "none".to_owned(),
            Reach::Teams(teams) => joined(teams.iter().map(String::as_str)),
        };
        let seen = match (&user.seen_at, user.barred) {
            (_, true) => "barred".to_owned(),
            (Some(at), false) => at.get(..10).unwrap_or(at).to_owned(),
            (None, false) => "never".to_owned(),
        };
        let roles = joined(user.roles.iter().map(|role| role.name()));
        table.row([user.name.clone(), user.display.clone(), roles, teams, seen]);
    }
    Ok(say(&table.text())?)
}

fn joined<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(", ")
}

fn user_json(user: &User) -> Value {
    let roles: Vec<&str> = user.roles.iter().map(|role| role.name()).collect();
    let teams = match &user.reach {
        Reach::All => Value::Null,
        Reach::Teams(teams) => json!(teams),
    };
    json!({
        "name": user.name,
        "display": user.display,
        "roles": roles,
        "all_teams": user.reach == Reach::All,
        "teams": teams,
        "barred": user.barred,
        "last_seen": user.seen_at,
    })
}

fn make(opened: &Opened, add: &AddArguments) -> Result<()> {
    let name = name(&add.name)?;
    if add.duties.role.is_empty() {
        return Err(Misused(
            "a user needs a --role; `postroom users --help` names them".to_owned(),
        )
        .into());
    }
    let duties = Duties {
        display: add.display.clone().unwrap_or_else(|| name.clone()),
        roles: roles(&add.duties),
        reach: reach(&add.duties).unwrap_or(Reach::Teams(BTreeSet::new())),
    };
    let password = web::one_time().context("making a password")?;
    let sealed = sealed(&password)?;
    let made: Option<UserId> = opened.wait(async {
        let mut change = opened.store.change(&add.by.actor()?).await?;
        let made = change.make_user(&name, &sealed, &duties).await?;
        change.commit().await?;
        anyhow::Ok(made)
    })?;
    if made.is_none() {
        return Err(Misused(format!(
            "there is a user '{name}' already; `postroom users set` changes what they may do"
        ))
        .into());
    }
    show(&name, &password)
}

fn change(opened: &Opened, set: &SetArguments) -> Result<()> {
    let user = user(opened, &set.name)?;
    let roles = match set.duties.role.is_empty() {
        true => user.roles.clone(),
        false => roles(&set.duties),
    };
    let duties = Duties {
        display: set.display.clone().unwrap_or(user.display),
        roles,
        reach: reach(&set.duties).unwrap_or(user.reach),
    };
    opened.wait(async {
        let mut change = opened.store.change(&set.by.actor()?).await?;
        change.set_duties(user.id, &duties).await?;
        anyhow::Ok(change.commit().await?)
    })
}

fn bar(opened: &Opened, named: &NamedArguments, barred: bool) -> Result<()> {
    let user = user(opened, &named.name)?;
    opened.wait(async {
        let mut change = opened.store.change(&named.by.actor()?).await?;
        change.bar_user(user.id, barred).await?;
        anyhow::Ok(change.commit().await?)
    })
}

fn roles(duties: &DutyArguments) -> BTreeSet<Role> {
    duties.role.iter().map(|role| Role::from(*role)).collect()
}

/// Whose cases, where that was said.
fn reach(duties: &DutyArguments) -> Option<Reach> {
    match (duties.all_teams, duties.team.is_empty()) {
        (true, _) => Some(Reach::All),
        (false, true) => None,
        (false, false) => Some(Reach::Teams(duties.team.iter().cloned().collect())),
    }
}

fn user(opened: &Opened, name: &str) -> Result<User> {
    let found = opened.wait(opened.store.user_named(&name.trim().to_lowercase()))?;
    let found = found.map(|(user, _)| user);
    found.ok_or_else(|| {
        Misused(format!(
            "there is no user '{name}'; `postroom users list` shows them"
        ))
        .into()
    })
}

/// A name that is typed the same by everybody.
fn name(typed: &str) -> Result<String> {
    user_name(typed).ok_or_else(|| {
        Misused(format!(
            "'{typed}' is no user's name: up to 64 letters a to z, digits, dots, hyphens"
        ))
        .into()
    })
}

fn show(name: &str, password: &str) -> Result<()> {
    Ok(say(&format!(
        "{} signs in with the password {password}, which serves once: they choose their own then.\n",
        plain(name)
    ))?)
}

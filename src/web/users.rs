//! Users: who signs in, what they may do, whose cases they see. The same as `postroom users`.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};

use crate::domain::role::{Role, user_name};
use crate::store::UserId;
use crate::store::users::{Duties, Reach, User};

use super::error::PageError;
use super::password::{one_time, sealed_apart};
use super::session::Person;
use super::state::App;
use super::view::{self, words};

const ROLES: [(Role, &str); 6] = [
    (Role::Agent, "answers customers"),
    (Role::Clerk, "settles doubtful fields"),
    (Role::Supervisor, "sees that nothing is lost, late or wrong"),
    (
        Role::Operator,
        "runs the nightly batch and settles its sheets",
    ),
    (Role::Marketing, "exports loyalty data"),
    (Role::Admin, "makes users; sees no post"),
];

/// `GET /users`
pub(super) async fn list(State(app): State<App>, person: Person) -> Result<Markup, PageError> {
    page(&app, &person, None, None).await
}

async fn page(
    app: &App,
    person: &Person,
    trouble: Option<&str>,
    given: Option<(&str, &str)>,
) -> Result<Markup, PageError> {
    let users = app.store().users().await?;
    let teams: BTreeSet<String> = app.setup.rules.teams().map(str::to_owned).collect();
    Ok(view::page(
        person,
        "Users",
        html! {
            header.head { h1 { "Users" } }
            (view::alert(trouble))
            @if let Some((name, password)) = given {
                div.said role="status" { p { b { (name) } " signs in with the password " code { (password) } ", which serves once. It is not shown again." } }
            }
            @for user in &users { (one(user, &teams)) }
            section.card {
                h2 { "A new user" }
                form method="post" action="/users" {
                    label { "Name to sign in with" input name="name" pattern="[a-z0-9._@\\-]{1,64}" title="small letters, digits, dots, hyphens" autocomplete="off" required; }
                    label { "Name that others see" input name="display" autocomplete="off" required; }
                    (duties(None, &teams))
                    button.primary { "Make the user" }
                }
            }
        },
    ))
}

fn one(user: &User, teams: &BTreeSet<String>) -> Markup {
    let roles: Vec<&str> = user.roles.iter().map(|role| role.name()).collect();
    html! {
        details.card.user {
            summary {
                (user.display) " " span.hint { (user.name) " · " (roles.join(", ")) }
                @if user.barred { " " span.badge { "barred" } }
                @if user.one_time { " " span.badge.review { "has not signed in" } }
            }
            form method="post" action={ "/users/" (user.id) } {
                label { "Name that others see" input name="display" value=(user.display) required; }
                (duties(Some(user), teams))
                button { "Keep" }
            }
            div.row {
                form method="post" action={ "/users/" (user.id) "/password" } data-ask="Their old password and their sessions end. Go on?" { button { "New password" } }
                form method="post" action={ "/users/" (user.id) "/bar" } {
                    input type="hidden" name="barred" value=(!user.barred);
                    button { @if user.barred { "Let them in again" } @else { "Let them in no more" } }
                }
            }
        }
    }
}

fn duties(user: Option<&User>, teams: &BTreeSet<String>) -> Markup {
    let has = |role: Role| user.is_some_and(|user| user.roles.contains(&role));
    let all = user.is_some_and(|user| user.reach == Reach::All);
    let sees = |team: &String| {
        user.is_some_and(|user| matches!(&user.reach, Reach::Teams(teams) if teams.contains(team)))
    };
    html! {
        fieldset { legend { "What they do" }
            @for (role, what) in ROLES { label.check { input type="checkbox" name="role" value=(role.name()) checked[has(role)]; " " (words(role.name())) ": " (what) } }
        }
        fieldset { legend { "Whose cases they see" }
            label.check { input type="checkbox" name="all_teams" value="yes" checked[all]; " all teams" }
            @for team in teams { label.check { input type="checkbox" name="team" value=(team) checked[sees(team)]; " " (words(team)) } }
        }
    }
}

/// What the form says, pair by pair: boxes of one name come several times.
type Pairs = Vec<(String, String)>;

fn read(pairs: &Pairs) -> Result<Duties, PageError> {
    let of = |name: &'static str| {
        let named = pairs.iter().filter(move |(key, _)| key == name);
        named.map(|(_, value)| value.as_str())
    };
    let roles: BTreeSet<Role> = of("role").filter_map(Role::from_name).collect();
    if roles.is_empty() {
        return Err(PageError::Wrong(
            "a user does something: choose a role".to_owned(),
        ));
    }
    let display = of("display").next().unwrap_or_default().trim();
    if display.is_empty() {
        return Err(PageError::Wrong(
            "a user has a name that others see".to_owned(),
        ));
    }
    Ok(Duties {
        display: display.to_owned(),
        roles,
        reach: match of("all_teams").next() {
            Some(_) => Reach::All,
            None => Reach::Teams(of("team").map(str::to_owned).collect()),
        },
    })
}

/// `POST /users`
pub(super) async fn make(
    State(app): State<App>,
    person: Person,
    axum::Form(pairs): axum::Form<Pairs>,
) -> Result<Response, PageError> {
    let typed = pairs.iter().find(|(key, _)| key == "name");
    let name = typed
        .and_then(|(_, typed)| user_name(typed))
        .ok_or_else(|| {
            PageError::Wrong("a user's name is small letters, digits, dots and hyphens".to_owned())
        })?;
    let duties = read(&pairs)?;
    let password = one_time().map_err(|_| PageError::broken("making a password"))?;
    let sealed = sealed_apart(password.clone()).await?;
    let mut change = app.store().change(&person.actor()).await?;
    let made = change.make_user(&name, &sealed, &duties).await?;
    change.commit().await?;
    if made.is_none() {
        let told = format!("there is a user '{name}' already");
        return Ok(page(&app, &person, Some(&told), None)
            .await?
            .into_response());
    }
    Ok(page(&app, &person, None, Some((&name, &password)))
        .await?
        .into_response())
}

/// `POST /users/{id}`
pub(super) async fn change(
    State(app): State<App>,
    person: Person,
    Path(id): Path<String>,
    axum::Form(pairs): axum::Form<Pairs>,
) -> Result<Redirect, PageError> {
    let user = user(&app, &id).await?;
    let duties = read(&pairs)?;
    if user.id == person.user.id && !duties.roles.contains(&Role::Admin) {
        return Err(PageError::Wrong(
            "you would lock yourself out: another administrator can take that role from you"
                .to_owned(),
        ));
    }
    let mut change = app.store().change(&person.actor()).await?;
    change.set_duties(user.id, &duties).await?;
    change.commit().await?;
    Ok(Redirect::to("/users"))
}

/// `POST /users/{id}/password`
pub(super) async fn renew(
    State(app): State<App>,
    person: Person,
    Path(id): Path<String>,
) -> Result<Markup, PageError> {
    let user = user(&app, &id).await?;
    let password = one_time().map_err(|_| PageError::broken("making a password"))?;
    let sealed = sealed_apart(password.clone()).await?;
    let mut change = app.store().change(&person.actor()).await?;
    change.set_password(user.id, &sealed, true).await?;
    change.commit().await?;
    page(&app, &person, None, Some((&user.name, &password))).await
}

/// `POST /users/{id}/bar`
pub(super) async fn bar(
    State(app): State<App>,
    person: Person,
    Path(id): Path<String>,
    axum::Form(pairs): axum::Form<Pairs>,
) -> Result<Redirect, PageError> {
    let user = user(&app, &id).await?;
    if user.id == person.user.id {
        return Err(PageError::Wrong("you would lock yourself out".to_owned()));
    }
    let barred = pairs
        .iter()
        .any(|(key, value)| key == "barred" && value == "true");
    let mut change = app.store().change(&person.actor()).await?;
    change.bar_user(user.id, barred).await?;
    change.commit().await?;
    Ok(Redirect::to("/users"))
}

async fn user(app: &App, id: &str) -> Result<User, PageError> {
    let id: UserId = id.parse().map_err(|_| PageError::Missing("user"))?;
    Ok(app.store().user(id).await?)
}

//! Signing in and out, and choosing a password.

use std::net::SocketAddr;

use axum::Form;
use axum::extract::{ConnectInfo, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

use crate::store::Actor;

use super::error::PageError;
use super::password::{checked, is_right, sealed_apart};
use super::session::{Person, no_cookie};
use super::state::App;
use super::view;

/// What somebody typed.
#[derive(Debug, Deserialize)]
pub(super) struct SignIn {
    name: String,
    password: String,
}

/// `GET /sign-in`
pub(super) async fn form(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    Ok(match Person::behind(app.store(), &headers).await? {
        Some(_) => Redirect::to("/").into_response(),
        None => sign_in_page("", None).into_response(),
    })
}

/// `POST /sign-in`
pub(super) async fn enter(
    State(app): State<App>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    Form(typed): Form<SignIn>,
) -> Result<Response, PageError> {
    let name = typed.name.trim().to_lowercase();
    let key = format!("{}/{name}", from.ip());
    if !app.sign_ins.admits(key.clone()) {
        let told = PageError::TooMany.to_string();
        let page = sign_in_page(&name, Some(&told));
        return Ok((StatusCode::TOO_MANY_REQUESTS, page).into_response());
    }
    let found = app.store().user_named(&name).await?;
    let (user, hash) = found.unzip();
    let right = is_right(typed.password, hash).await?;
    let Some(user) = user.filter(|user| right && !user.barred) else {
        let page = sign_in_page(
            &name,
            Some("that name and that password do not go together"),
        );
        return Ok((StatusCode::UNAUTHORIZED, page).into_response());
    };
    app.sign_ins.forgive(&key);
    let mut change = app.store().change(&Actor::person(&user.name)).await?;
    change.signed_in(user.id).await?;
    change.commit().await?;
    let cookie = Person::sign_in(app.store(), &user, app.setup.secure).await?;
    Ok(([(SET_COOKIE, cookie)], Redirect::to("/")).into_response())
}

/// `POST /sign-out`
pub(super) async fn leave(State(app): State<App>, person: Person) -> Result<Response, PageError> {
    app.store().end_session(&person.secret).await?;
    let cookie = no_cookie(app.setup.secure)?;
    Ok(([(SET_COOKIE, cookie)], Redirect::to("/sign-in")).into_response())
}

/// The old password and the new one twice.
#[derive(Debug, Deserialize)]
pub(super) struct NewPassword {
    old: String,
    new: String,
    again: String,
}

/// `GET /password`
pub(super) async fn password(person: Person) -> Markup {
    password_page(&person, None)
}

/// `POST /password`
pub(super) async fn change(
    State(app): State<App>,
    person: Person,
    Form(typed): Form<NewPassword>,
) -> Result<Response, PageError> {
    let refused = |why: &str| {
        let page = password_page(&person, Some(why));
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    };
    let name = &person.user.name;
    let key = format!("password/{name}");
    if !app.sign_ins.admits(key.clone()) {
        return Err(PageError::TooMany);
    }
    if typed.new != typed.again {
        return refused("the two new passwords differ");
    }
    if typed.new == typed.old {
        return refused("the new password is the old one");
    }
    if let Err(why) = checked(&typed.new, name) {
        return refused(&why.to_string());
    }
    let hash = app.store().user_named(name).await?.map(|(_, hash)| hash);
    if !is_right(typed.old, hash).await? {
        return refused("the old password is not right");
    }
    app.sign_ins.forgive(&key);
    let sealed = sealed_apart(typed.new).await?;
    let mut change = app.store().change(&person.actor()).await?;
    change.set_password(person.user.id, &sealed, false).await?;
    change.commit().await?;
    // Every session of theirs is over, this one too: it goes on under a new secret.
    let cookie = Person::sign_in(app.store(), &person.user, app.setup.secure).await?;
    Ok(([(SET_COOKIE, cookie)], Redirect::to("/")).into_response())
}

fn sign_in_page(name: &str, trouble: Option<&str>) -> Markup {
    view::bare(
        "Sign in",
        html! {
            form.card.narrow method="post" action="/sign-in" {
                h1 { "Sign in" }
                (view::alert(trouble))
                label for="name" { "Name" }
                input #name name="name" value=(name) autocomplete="username" autocapitalize="none"
                    spellcheck="false" required autofocus[name.is_empty()];
                label for="password" { "Password" }
                input #password name="password" type="password" autocomplete="current-password"
                    required autofocus[!name.is_empty()];
                button.primary { "Sign in" }
            }
        },
    )
}

fn password_page(person: &Person, trouble: Option<&str>) -> Markup {
    let first = person.user.one_time;
    view::page(
        person,
        "Your password",
        html! {
            form.card.narrow method="post" action="/password" {
                h1 { @if first { "Choose a password" } @else { "Your password" } }
                @if first {
                    p { "The password that you were given serves once. Choose one that nobody else knows." }
                }
                (view::alert(trouble))
                input type="text" name="username" value=(person.user.name) autocomplete="username" hidden;
                label for="old" { @if first { "The password that you were given" } @else { "Old password" } }
                input #old name="old" type="password" autocomplete="current-password" required autofocus;
                label for="new" { "New password" }
                input #new name="new" type="password" autocomplete="new-password" minlength="12"
                    required aria-describedby="new-help";
                p.hint #new-help { "At least 12 characters: four words that have nothing to do with each other are easy to keep in mind." }
                label for="again" { "The same once more" }
                input #again name="again" type="password" autocomplete="new-password" minlength="12" required;
                button.primary { "Keep it" }
            }
        },
    )
}

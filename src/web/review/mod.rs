//! The review station: one doubtful field after another, by keyboard alone. The page is a shell;
//! a script fetches fields ahead, shows the next one at once and sends every answer as it is given.

mod keys;
mod picture;
mod sheet;
mod suggest;
#[cfg(test)]
mod tests;
mod wire;

use std::time::Duration;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cases::station::{self, Taken};
use crate::store::DocumentId;
use crate::store::leases::Taker;

use super::access::Right;
use super::error::PageError;
use super::session::Person;
use super::state::App;
use super::{assets, view};

pub(super) use keys::keep as keep_keys;
pub(super) use picture::picture;
pub(super) use sheet::{confirm as confirm_sheet, sheet};
pub(super) use suggest::suggest;

/// A field is somebody's for so long; the station asks anew every two minutes while its page is open.
const LEASE: Duration = Duration::from_secs(600);
/// Fields that are fetched ahead: a picture takes longer to cut than a clerk to press Enter, but not five
/// times as long.
const AHEAD: u32 = 6;

/// What went wrong, for the script.
#[derive(Debug)]
pub(super) struct Told(PageError);

impl<E: Into<PageError>> From<E> for Told {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Told {
    fn into_response(self) -> Response {
        match self.0 {
            error @ (PageError::SignIn | PageError::NewPassword) => error.into_response(),
            error => (error.status(), Json(json!({ "error": error.told() }))).into_response(),
        }
    }
}

/// Which queue.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Which {
    /// `1` for what clerks left to a supervisor.
    referred: String,
}

/// `GET /review`
pub(super) async fn station(
    State(app): State<App>,
    person: Person,
    Query(which): Query<Which>,
) -> Result<Markup, PageError> {
    let referred = which.referred == "1";
    if referred && !person.has(Right::Supervise) {
        return Err(PageError::NotYours);
    }
    let (waiting, left) = app.store().waiting_fields().await?;
    let keys = keys::of(&person.user);
    let title = if referred {
        "Left to a supervisor"
    } else {
        "Review"
    };
    Ok(view::page(
        &person,
        "Review",
        html! {
            link rel="stylesheet" href=(assets::path("review.css"));
            script src=(assets::path("review.js")) defer {}
            header.head.station-head {
                h1 { (title) }
                p.hint { span #waiting { (if referred { left } else { waiting }) } " to settle" }
                nav.station-ways aria-label="Ways to work" {
                    @if referred { a href="/review" { "Doubtful fields" } }
                    @else { a href="/review/sheet" { "Single characters on one sheet" } }
                    @if !referred && person.has(Right::Supervise) { a href="/review?referred=1" { "Left to a supervisor: " (left) } }
                }
                button #show-keys type="button" { "Keys " kbd { (keys.shown("help")) } }
            }
            noscript { p.alert { "The review station needs scripts. Switch them on, or settle fields with `postroom review` on the command line." } }
            p #unsent.alert role="status" hidden {}
            p #trouble.alert role="alert" hidden {}
            section #station.station aria-label="Field to settle" hidden
                data-user=(person.user.name) data-referred=(u8::from(referred)) data-keys=(keys.json()) { (shell(&keys, referred)) }
            p #nothing.empty hidden { "Nothing waits for you. This page looks again by itself." }
            (keys::dialog(&keys))
        },
    ))
}

/// What the script fills.
fn shell(keys: &keys::Keys, referred: bool) -> Markup {
    let button = |does: &str, label: &str, class: Option<&str>| {
        html! {
            button type="button" class=[class] data-does=(does) { (label) " " kbd data-key-of=(does) { (keys.shown(does)) } }
        }
    };
    html! {
        div.look {
            div #crop.crop {}
            div #around.around tabindex="0" role="region" aria-label="The page around it" {}
        }
        form #answer.card.answer autocomplete="off" {
            p.hint { span #document-kind {} " " span #scan {} }
            h2 #field-label tabindex="-1" {}
            p #asked.badge.review hidden {}
            p #referral.said hidden {}
            p #about.hint hidden {}
            p #reason.hint hidden {}
            div #text-input {
                label for="value" { "What it says" }
                input #value name="value" type="text" autocapitalize="off" spellcheck="false" aria-describedby="how help" maxlength="400";
                p #how.hint {}
                ul #help.suggestions aria-live="polite" hidden {}
            }
            div #tick-input.ticks hidden {
                p.proposed { "It looks " strong #tick-proposed {} }
                (button("marked", "Marked", None)) (button("empty", "Empty", None))
            }
            ol #choices.choices aria-label="What it may say" hidden {}
            p #as-read.hint hidden {}
            p #error.alert role="alert" hidden {}
            div.station-buttons {
                (button("accept", "Accept", Some("primary"))) (button("later", "Later", None))
                (button("unreadable", "Unreadable", None))
                @if !referred { (button("supervisor", "Ask a supervisor", None)) }
                (button("undo", "Undo", None))
            }
        }
        dialog #why.card aria-labelledby="why-title" {
            form method="dialog" {
                h2 #why-title { "Ask a supervisor" }
                label for="why-text" { "Why, in a few words" }
                input #why-text type="text" maxlength="300" required;
                div.row { button.primary value="yes" { "Ask " kbd { "Enter" } } button type="button" data-closes="why" { "Back " kbd { "Esc" } } }
            }
        }
    }
}

fn taker<'a>(person: &'a Person, referred: bool, but: &'a [(DocumentId, String)]) -> Taker<'a> {
    Taker {
        user: person.user.id,
        name: &person.user.name,
        referred,
        boxed: false,
        but,
    }
}

fn until() -> Timestamp {
    Timestamp::now() + LEASE
}

/// A number from 0 to 1 that nobody can foresee; 1, by which nothing is drawn, where there is none.
fn lot() -> f64 {
    let mut bytes = [0; 4];
    match getrandom::fill(&mut bytes) {
        Ok(()) => f64::from(u32::from_le_bytes(bytes)) / 2_f64.powi(32),
        Err(_) => 1.0,
    }
}

/// Whether this person may work on that queue.
fn admitted(person: &Person, referred: bool) -> Result<(), PageError> {
    match !referred || person.has(Right::Supervise) {
        true => Ok(()),
        false => Err(PageError::NotYours),
    }
}

/// `POST /review/lease`: the fields that are theirs now, most doubtful first.
pub(super) async fn lease(
    State(app): State<App>,
    person: Person,
    Json(ask): Json<wire::Ask>,
) -> Result<Json<Value>, Told> {
    admitted(&person, ask.referred)?;
    let but = ask.left()?;
    let taker = taker(&person, ask.referred, &but);
    let items = station::ahead(app.store(), taker, AHEAD, until(), lot()).await?;
    let mut shown = Vec::new();
    for item in items {
        shown.push(wire::Shown::of(&app, item).await?);
    }
    let (waiting, left) = app.store().waiting_fields().await?;
    let waiting = if ask.referred { left } else { waiting };
    Ok(Json(json!({ "items": shown, "waiting": waiting })))
}

/// `POST /review/answer`
pub(super) async fn answer(
    State(app): State<App>,
    person: Person,
    Json(said): Json<wire::Said>,
) -> Result<Json<Value>, Told> {
    let answer = said.answer()?;
    let taken = station::take(app.store(), taker(&person, false, &[]), &answer).await?;
    Ok(Json(json!({ "taken": taken == Taken::Now })))
}

/// `POST /review/later`: gives a field back that they do not settle now.
pub(super) async fn later(
    State(app): State<App>,
    person: Person,
    Json(one): Json<wire::One>,
) -> Result<StatusCode, Told> {
    let document = one.document()?;
    app.store()
        .give_back(person.user.id, document, &one.name)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /review/again`: a field that was theirs a moment ago, once more.
pub(super) async fn again(
    State(app): State<App>,
    person: Person,
    Json(one): Json<wire::One>,
) -> Result<Json<wire::Shown>, Told> {
    admitted(&person, one.referred)?;
    let document = one.document()?;
    let taker = taker(&person, one.referred, &[]);
    let item = station::again(app.store(), taker, document, &one.name, until()).await?;
    Ok(Json(wire::Shown::of(&app, item).await?))
}

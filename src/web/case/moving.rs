//! Laying a document or a message on another case, and taking that back.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::Redirect;
use maud::{Markup, html};
use serde::Deserialize;

use crate::cases::{self, Destination, Timeline, TimelineDocument};
use crate::domain::grammar::case_reference::CaseReference as Reference;
use crate::store::DocumentId;
use crate::store::ids::MailId;
use crate::store::messages::MailRecord;

use super::super::error::PageError;
use super::super::session::Person;
use super::super::state::App;
use super::super::view;
use super::{Looking, seen, seen_document, seen_message};

/// Where to, and why.
#[derive(Debug, Deserialize)]
pub(in super::super) struct Move {
    /// A case's reference, or `new`.
    to: String,
    reason: String,
}

/// `POST /documents/{id}/move`
pub(in super::super) async fn move_document(
    State(app): State<App>,
    person: Person,
    Path(id): Path<String>,
    Form(asked): Form<Move>,
) -> Result<Redirect, PageError> {
    let on = seen_document(&app, &person, &id).await?;
    let to = destination(&app, &person, &asked.to).await?;
    let from = on.attachment.map(|lies| lies.case);
    let now =
        cases::move_document(app.store(), on.id, to, reason(&asked)?, &person.actor()).await?;
    Ok(back(
        from.unwrap_or(now),
        format!("documents/{}", on.id),
        now,
    ))
}

/// `POST /messages/{id}/move`
pub(in super::super) async fn move_message(
    State(app): State<App>,
    person: Person,
    Path(id): Path<String>,
    Form(asked): Form<Move>,
) -> Result<Redirect, PageError> {
    let mail = seen_message(&app, &person, &id).await?;
    let to = destination(&app, &person, &asked.to).await?;
    let reason = reason(&asked)?;
    let now = cases::mail::move_mail(app.store(), mail.id, to, reason, &person.actor()).await?;
    Ok(back(
        mail.attachment.case,
        format!("messages/{}", mail.id),
        now,
    ))
}

/// Where it was, with the way to undo it.
fn back(from: Reference, moved: String, to: Reference) -> Redirect {
    let looking = Looking {
        moved,
        to: to.to_string(),
        ..Looking::default()
    };
    Redirect::to(&view::address(&format!("/cases/{from}"), &looking))
}

/// A new case, or one that this person may see.
async fn destination(app: &App, person: &Person, typed: &str) -> Result<Destination, PageError> {
    let typed = typed.trim();
    if typed.eq_ignore_ascii_case("new") {
        return Ok(Destination::NewCase);
    }
    match seen(app, person, typed).await {
        Ok(case) => Ok(Destination::Case(case)),
        Err(PageError::Missing(_)) => Err(PageError::Wrong(format!(
            "'{typed}' is no case that you can see; type its whole reference, as PR-0000417-11"
        ))),
        Err(error) => Err(error),
    }
}

fn reason(asked: &Move) -> Result<&str, PageError> {
    match asked.reason.trim() {
        "" => Err(PageError::Wrong("say why it belongs elsewhere".to_owned())),
        reason => Ok(reason),
    }
}

/// Says what was moved a moment ago, and takes it back.
pub(super) fn undo(timeline: &Timeline, looking: &Looking) -> Markup {
    let case = timeline.case.reference;
    html! {
        @if is_movable(&looking.moved) && looking.to.parse::<Reference>().is_ok() {
            form.said.row method="post" action={ "/" (looking.moved) "/move" } role="status" {
                span { "Moved to " a href={ "/cases/" (looking.to) } { (looking.to) } "." }
                input type="hidden" name="to" value=(case);
                input type="hidden" name="reason" value="taken back";
                button { "Undo" }
            }
        }
    }
}

/// Whether it is the path of something that can be moved: it comes from an address, and anybody can
/// write one.
fn is_movable(path: &str) -> bool {
    match path.split_once('/') {
        Some(("documents", id)) => id.parse::<DocumentId>().is_ok(),
        Some(("messages", id)) => id.parse::<MailId>().is_ok(),
        _ => false,
    }
}

pub(super) fn form(timeline: &Timeline, on: &TimelineDocument) -> Markup {
    moving(
        timeline,
        &format!("/documents/{}/move", on.document.id),
        "This does not belong here",
    )
}

pub(super) fn message_form(timeline: &Timeline, mail: &MailRecord) -> Markup {
    moving(
        timeline,
        &format!("/messages/{}/move", mail.id),
        "This does not belong here",
    )
}

fn moving(timeline: &Timeline, to: &str, summary: &str) -> Markup {
    let lies = timeline.case.reference;
    html! {
        details.moving {
            summary { (summary) }
            form method="post" action=(to) {
                label { "To the case" input name="to" placeholder={ "as " (lies) ", or: new" } autocomplete="off" required; }
                label { "Why" input name="reason" required; }
                button { "Move it" }
            }
        }
    }
}

//! A case: one timeline of letters, cards, e-mails, replies, notes and tasks, and beside it the one
//! thing that is looked at. A letter shows its page at once.

mod actions;
mod document;
mod head;
mod message;
mod moving;
mod reply;
mod timeline;

use std::collections::HashMap;

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use axum::response::Redirect;
use maud::{Markup, html};
use serde::{Deserialize, Serialize};

use crate::cases::{self, Timeline};
use crate::domain::grammar::case_reference::CaseReference;
use crate::store::DocumentId;
use crate::store::documents::DocumentRecord;
use crate::store::messages::MailRecord;

use super::error::PageError;
use super::session::Person;
use super::state::App;
use super::view;

pub(super) use actions::{close, end_task, give, note, reopen, task, tell};
pub(super) use document::{alone, image, may_look, viewer};
pub(super) use message::{attachment, body};
pub(super) use moving::{move_document, move_message};
pub(super) use reply::{
    form as reply_form, preview as reply_preview, send as reply_send, sent_file,
};

/// What of a case is looked at.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Looking {
    /// The id of a document, a message, a reply; empty for the newest that came in.
    #[serde(skip_serializing_if = "String::is_empty")]
    item: String,
    /// The page of a document, by the number that it has there.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<u32>,
    /// Words that were searched: they are marked.
    #[serde(skip_serializing_if = "String::is_empty")]
    q: String,
    /// What was moved away a moment ago, as `documents/ID`, and where to: so that it can be undone.
    #[serde(skip_serializing_if = "String::is_empty")]
    moved: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    to: String,
}

/// `GET /cases/{reference}`
pub(super) async fn show(on: OnCase, Query(looking): Query<Looking>) -> Result<Markup, PageError> {
    let timeline = on.timeline().await?;
    let OnCase { app, person, .. } = on;
    let items = timeline::items(&timeline);
    let chosen = timeline::chosen(&items, &looking.item);
    let title = format!("Case {}", timeline.case.reference);
    let pane = match chosen {
        Some(item) => timeline::pane(&app, &timeline, item, &looking).await?,
        None => html! { p.empty { "Nothing is on this case." } },
    };
    Ok(view::page(
        &person,
        &title,
        html! {
            (moving::undo(&timeline, &looking))
            (head::head(&app, &person, &timeline))
            div.case {
                div.timeline {
                    h2.hidden-words { "Timeline" }
                    (timeline::list(&timeline, &items, chosen, &app))
                    (actions::forms(&timeline, &person, app.today()))
                }
                section #pane.pane aria-label="What is looked at" { (pane) }
            }
            (view::viewer_scripts())
        },
    ))
}

/// The case in a request's path, which this person may see: of others nobody learns that they are
/// there. A handler has no other way to one.
#[derive(Debug)]
pub(super) struct OnCase {
    app: App,
    person: Person,
    case: CaseReference,
}

impl OnCase {
    async fn timeline(&self) -> Result<Timeline, PageError> {
        Ok(cases::timeline(self.app.store(), self.case).await?)
    }

    /// The way back to it.
    fn redirect(&self) -> Redirect {
        Redirect::to(&format!("/cases/{}", self.case))
    }
}

impl FromRequestParts<App> for OnCase {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let person = Person::from_request_parts(parts, app).await?;
        let named = Path::<HashMap<String, String>>::from_request_parts(parts, app).await;
        let Path(named) = named.map_err(|_| PageError::Missing("case"))?;
        let typed = named.get("reference").map_or("", String::as_str);
        Ok(Self {
            case: seen(app, &person, typed).await?,
            app: app.clone(),
            person,
        })
    }
}

/// A case by the reference that somebody typed, if they may see it.
async fn seen(app: &App, person: &Person, typed: &str) -> Result<CaseReference, PageError> {
    let missing = || PageError::Missing("case");
    let case = typed.parse().map_err(|_| missing())?;
    match person.sees(app.store(), case).await? {
        true => Ok(case),
        false => Err(missing()),
    }
}

/// A document that lies on a case that this person may see; a card on none is for everybody whose work
/// it is.
async fn seen_document(
    app: &App,
    person: &Person,
    typed: &str,
) -> Result<DocumentRecord, PageError> {
    let missing = || PageError::Missing("document");
    let id: DocumentId = typed.parse().map_err(|_| missing())?;
    let record = app.store().document(id).await?;
    match &record.attachment {
        Some(lies) if !person.sees(app.store(), lies.case).await? => Err(missing()),
        _ => Ok(record),
    }
}

/// A message on a case that this person may see.
async fn seen_message(app: &App, person: &Person, typed: &str) -> Result<MailRecord, PageError> {
    let missing = || PageError::Missing("message");
    let id = typed.parse().map_err(|_| missing())?;
    let record = app.store().mail(id).await?;
    match person.sees(app.store(), record.attachment.case).await? {
        true => Ok(record),
        false => Err(missing()),
    }
}

/// Where something on a case is looked at.
fn address(timeline: &Timeline, looking: &Looking) -> String {
    view::address(&format!("/cases/{}", timeline.case.reference), looking)
}

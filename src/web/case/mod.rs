//! A case: one timeline of letters, cards, e-mails, replies, notes and tasks, and beside it the one
//! thing that is looked at. A letter shows its page at once.

mod actions;
mod document;
mod head;
mod message;
mod moving;
mod reply;
mod timeline;

use axum::extract::{Path, Query, State};
use maud::{Markup, html};
use serde::{Deserialize, Serialize};

use crate::cases::{self, Timeline};
use crate::domain::grammar::case_reference::CaseReference;
use crate::store::{DocumentId, StoreError};

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
pub(super) async fn show(
    State(app): State<App>,
    person: Person,
    Path(reference): Path<String>,
    Query(looking): Query<Looking>,
) -> Result<Markup, PageError> {
    let timeline = visible(&app, &person, &reference).await?;
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

/// A case that this person may see; of others nobody learns that they are there.
pub(super) async fn visible(
    app: &App,
    person: &Person,
    typed: &str,
) -> Result<Timeline, PageError> {
    let missing = || PageError::Missing("case");
    let reference: CaseReference = typed.parse().map_err(|_| missing())?;
    let timeline = match cases::timeline(app.store(), reference).await {
        Ok(timeline) => timeline,
        Err(StoreError::Unknown { .. }) => return Err(missing()),
        Err(error) => return Err(error.into()),
    };
    match person.sees(&timeline.case, timeline.progress.owner.as_deref()) {
        true => Ok(timeline),
        false => Err(missing()),
    }
}

/// The case of something that lies on one, if this person may see it; a card on none is for
/// everybody whose work it is.
pub(super) async fn visible_document(
    app: &App,
    person: &Person,
    typed: &str,
) -> Result<cases::Alone, PageError> {
    let missing = || PageError::Missing("document");
    let id: DocumentId = typed.parse().map_err(|_| missing())?;
    let alone = match cases::alone(app.store(), id).await {
        Ok(alone) => alone,
        Err(StoreError::Unknown { .. }) => return Err(missing()),
        Err(error) => return Err(error.into()),
    };
    if let Some(lies) = &alone.on.document.attachment {
        let case = app.store().case(lies.case).await?;
        let progress = app.store().progress(lies.case).await?;
        if !person.sees(&case, progress.owner.as_deref()) {
            return Err(missing());
        }
    }
    Ok(alone)
}

/// Where something on a case is looked at.
fn address(timeline: &Timeline, looking: &Looking) -> String {
    view::address(&format!("/cases/{}", timeline.case.reference), looking)
}

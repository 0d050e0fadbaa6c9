//! For customers themselves: how far their case is, by its reference and their postcode. Whoever
//! guesses learns nothing: a case that is not there, a wrong postcode and a case that shows nothing all
//! say the same, and guesses are few.

use std::net::SocketAddr;

use axum::Form;
use axum::extract::{ConnectInfo, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;

use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::grammar::postcode::Postcode;
use crate::store::work::CaseStatus;

use super::error::PageError;
use super::state::App;
use super::view::{self, day};

/// What a customer types.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    reference: String,
    postcode: String,
}

/// What a customer learns.
struct Told {
    status: CaseStatus,
    received: Option<Date>,
    deadline: Date,
}

/// `GET /status`
pub(super) async fn form() -> Markup {
    page(None, &[])
}

/// `POST /status`
pub(super) async fn tell(
    State(app): State<App>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    Form(asked): Form<Asked>,
) -> Result<Response, PageError> {
    let reference = asked.reference.trim().to_uppercase();
    // Both: one house that tries many cases, and many houses that try one.
    let admitted = app.guesses.admits(format!("from/{}", from.ip()))
        && app.guesses.admits(format!("case/{reference}"));
    if !admitted {
        let page = page(None, &[&PageError::TooMany.to_string()]);
        return Ok((StatusCode::TOO_MANY_REQUESTS, page).into_response());
    }
    let found = find(&app, &reference, &asked.postcode).await?;
    let said = match &found {
        Some(_) => page(found.as_ref(), &[]),
        None => page(
            None,
            &[
                "we have no case of that reference and that postcode; both stand on our letter or e-mail, or write to us",
            ],
        ),
    };
    Ok(said.into_response())
}

async fn find(app: &App, reference: &str, postcode: &str) -> Result<Option<Told>, PageError> {
    let reference: Option<CaseReference> = reference.parse().ok();
    let postcode: Option<Postcode> = postcode.parse().ok();
    let (Some(reference), Some(postcode)) = (reference, postcode) else {
        return Ok(None);
    };
    let Some(known) = app.store().status_for(reference).await? else {
        return Ok(None);
    };
    let theirs = known.postcode_key.as_deref() == Some(postcode.compact());
    Ok(theirs.then(|| Told {
        status: known.progress.status(known.state),
        received: known.opened,
        deadline: known.deadline,
    }))
}

fn page(told: Option<&Told>, trouble: &[&str]) -> Markup {
    view::bare(
        "Your case",
        html! {
            form.card.narrow method="post" action="/status" {
                h1 { "Your case" }
                @if let Some(told) = told { (answer(told)) }
                (view::alert(trouble.first().copied()))
                label for="reference" { "Reference" }
                input #reference name="reference" placeholder="PR-0000417-11" autocomplete="off" required;
                label for="postcode" { "Your postcode" }
                input #postcode name="postcode" autocomplete="postal-code" required;
                button.primary { "Look" }
            }
        },
    )
}

fn answer(told: &Told) -> Markup {
    let words = match told.status {
        CaseStatus::New => "We have what you sent. Somebody will look at it soon.",
        CaseStatus::InWork => "Somebody is working on it.",
        CaseStatus::Answered => "We have answered you.",
        CaseStatus::Closed | CaseStatus::Archived => "It is closed.",
    };
    let open = matches!(told.status, CaseStatus::New | CaseStatus::InWork);
    html! {
        div.said role="status" {
            p { (words) }
            @if let Some(received) = told.received { p { "It came on " (day(received)) "." } }
            @if open { p { "You will have an answer by " (day(told.deadline)) "." } }
        }
    }
}

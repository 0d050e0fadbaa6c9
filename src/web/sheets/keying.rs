//! A letter keyed by hand: its page, and beside it a form of all that can be said of it.

use axum::Form;
use axum::extract::{Path, Query, RawForm, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

use crate::cases::keying::{self, Keyed};
use crate::cases::review::{self, Asked, Question};
use crate::cases::{self, work};
use crate::store::DocumentId;
use crate::store::notes::NotePlace;

use super::super::case::{may_look, viewer};
use super::super::error::PageError;
use super::super::session::Person;
use super::super::state::App;
use super::super::view;
use super::{back, reason};

/// Which page is looked at.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in super::super) struct Looking {
    page: Option<u32>,
}

/// What a sheet may be besides a letter to be keyed.
const KINDS: [&str; 6] = [
    "a drawing or a photograph",
    "advertising",
    "an enclosure without its letter",
    "post for somebody else",
    "an empty sheet",
    "to be scanned again",
];

/// `GET /sheets/documents/{id}`
pub(in super::super) async fn form(
    State(app): State<App>,
    person: Person,
    Path(id): Path<String>,
    Query(looking): Query<Looking>,
) -> Result<Markup, PageError> {
    let document = document(&id)?;
    shown(&app, &person, document, looking.page, None).await
}

fn document(id: &str) -> Result<DocumentId, PageError> {
    id.parse().map_err(|_| PageError::Missing("document"))
}

/// The page and its form, with what was typed and what is wrong with it.
async fn shown(
    app: &App,
    person: &Person,
    document: DocumentId,
    page: Option<u32>,
    tried: Option<(&[Keyed], &str)>,
) -> Result<Markup, PageError> {
    may_look(app, person, document).await?;
    let alone = cases::alone(app.store(), document).await?;
    let on = &alone.on;
    let questions = review::fields_of(app.store(), document).await?;
    let read = on.pages.iter().find(|page| page.result.is_ok());
    let first = read.or_else(|| on.pages.first());
    let sheet = page.or_else(|| first.map(|page| page.sheet));
    let looked_at = on.pages.iter().find(|page| Some(page.sheet) == sheet);
    Ok(view::page(
        person,
        "Sheets",
        html! {
            header.head {
                p { a href="/sheets" { "← Sheets" } }
                h1 { (on.document.path) }
                @if let Some(lies) = &on.document.attachment { p.hint { "On case " (lies.case) } }
            }
            @if on.pages.len() > 1 {
                nav.pages aria-label="Pages" {
                    @for (page, number) in on.pages.iter().zip(1..) {
                        a href={ "?page=" (page.sheet) } aria-current=[(Some(page.sheet) == sheet).then_some("page")] { "Page " (number) }
                    }
                }
            }
            article.page-and-text data-document=(document) {
                @match looked_at { Some(page) => (viewer(None, on, page)), None => p.empty { "No page could be kept." } }
                div.beside {
                    section aria-labelledby="key" {
                        h2 #key { "What it says" }
                        p.hint { "Key what you can read; leave empty what does not stand there. What was read stays on record beside it." }
                        (view::alert(tried.map(|(_, why)| why)))
                        (fields_form(document, &questions, tried.map(|(keyed, _)| keyed)))
                    }
                    @if on.document.attachment.is_some() { section aria-labelledby="kind" { h2 #kind { "Something else" } (kind_form(document)) } }
                }
            }
            (view::viewer_scripts())
        },
    ))
}

fn fields_form(document: DocumentId, questions: &[Question], tried: Option<&[Keyed]>) -> Markup {
    let asked = questions
        .iter()
        .filter(|question| question.asked != Some(Asked::Blind));
    html! {
        form method="post" action={ "/sheets/documents/" (document) } autocomplete="off" {
            @for question in asked {
                @let name = question.name.name();
                @let was = question.field.value.as_deref().unwrap_or_default();
                @let typed = tried.and_then(|tried| tried.iter().find(|keyed| keyed.name == name));
                label for={ "field-" (name) } { (view::label(name)) }
                input type="hidden" name={ "was." (name) } value=(was);
                input id={ "field-" (name) } name={ "is." (name) } value=(typed.map_or(was, |keyed| &keyed.value)) maxlength="400" spellcheck="false";
            }
            div.row { button.primary { "Keep what I keyed" } button name="nobody" value="1" { "Nobody can tell who wrote it" } }
        }
    }
}

fn kind_form(document: DocumentId) -> Markup {
    html! {
        form method="post" action={ "/sheets/documents/" (document) "/note" } {
            label for="what" { "What it is" }
            select #what name="what" { @for kind in KINDS { option { (kind) } } }
            label for="why" { "What you see, or why: it stays on the case" }
            input #why name="why" required maxlength="300";
            div.row { button { "Note it on the case" } }
        }
    }
}

/// `POST /sheets/documents/{id}`
pub(in super::super) async fn key(
    State(app): State<App>,
    person: Person,
    Path(id): Path<String>,
    RawForm(form): RawForm,
) -> Result<Response, PageError> {
    let document = document(&id)?;
    may_look(&app, &person, document).await?;
    let (keyed, nobody) = typed(&form)?;
    let done = match nobody {
        true => keying::nobody_can_tell(app.store(), document, &person.actor()).await,
        false => keying::key(app.store(), document, &keyed, &person.actor())
            .await
            .map(|_| ()),
    };
    match done.map_err(PageError::from) {
        Ok(()) => Ok(back("keyed").into_response()),
        // What was typed is not thrown away for one value that is none.
        Err(PageError::Wrong(why) | PageError::Conflict(why)) => {
            let page = shown(&app, &person, document, None, Some((&keyed, &why))).await?;
            Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error),
    }
}

/// What the form says, and whether that is that nobody can tell.
fn typed(form: &[u8]) -> Result<(Vec<Keyed>, bool), PageError> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(form)
        .map_err(|_| PageError::Wrong("that is no form of ours".into()))?;
    let was = |name: &str| {
        let mut pairs = pairs.iter();
        let found = pairs.find(|(known, _)| known.strip_prefix("was.") == Some(name));
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let keyed = pairs.iter().filter_map(|(name, value)| {
        let name = name.strip_prefix("is.")?;
        Some(Keyed {
            name: name.to_owned(),
            was: was(name),
            value: value.clone(),
        })
    });
    let nobody = pairs.iter().any(|(name, _)| name == "nobody");
    Ok((keyed.collect(), nobody))
}

/// What a sheet is.
#[derive(Debug, Deserialize)]
pub(in super::super) struct What {
    what: String,
    why: String,
}

/// `POST /sheets/documents/{id}/note`: what a sheet is, for whoever has its case.
pub(in super::super) async fn note(
    State(app): State<App>,
    person: Person,
    Path(id): Path<String>,
    Form(said): Form<What>,
) -> Result<Redirect, PageError> {
    let document = document(&id)?;
    may_look(&app, &person, document).await?;
    let mut kinds = KINDS.iter();
    let what = kinds.find(|kind| **kind == said.what);
    let what = what.ok_or_else(|| PageError::Wrong("choose what it is".into()))?;
    let record = app.store().document(document).await?;
    let lies = record.attachment.ok_or(PageError::Missing("case"))?;
    let text = format!("This is {what}: {}", reason(&said.why)?);
    let place = NotePlace { document, on: None };
    work::note(app.store(), lies.case, Some(place), &text, &person.actor()).await?;
    Ok(back("noted"))
}

//! Replying from a template, by e-mail or by post, with a preview; and what was sent, as it left.

use axum::Form;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

use crate::cases::Timeline;
use crate::cases::answering::{self, Answer};
use crate::domain::reply::{Channel, ReplyKind};
use crate::store::replies::{NewReply, ReplyRecord};

use super::super::error::PageError;
use super::super::session::Person;
use super::super::state::App;
use super::super::view::{self, words};
use super::OnCase;
use super::timeline::{by, state};

/// What an agent writes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in super::super) struct Draft {
    template: String,
    /// `email`, `post`, or empty for the way in which the customer wrote last.
    channel: String,
    text: String,
    /// There when the reply settles the matter.
    settles: Option<String>,
}

/// `GET /cases/{reference}/reply`
pub(in super::super) async fn form(on: OnCase) -> Result<Markup, PageError> {
    let timeline = on.timeline().await?;
    Ok(page(&on, &timeline, &Draft::default(), None))
}

/// `POST /cases/{reference}/reply/preview`: what it would look like; nothing is stored.
pub(in super::super) async fn preview(
    on: OnCase,
    Form(draft): Form<Draft>,
) -> Result<Markup, PageError> {
    let (app, answer) = (&on.app, answer(&on, &draft));
    let with = &app.setup.correspondence;
    Ok(
        match answering::preview(app.store(), with, &answer, app.today()).await {
            Ok(reply) => looks_like(&reply),
            Err(answering::ReplyError::Store(error)) => return Err(error.into()),
            Err(error) => view::alert(Some(&for_the_web(&error.to_string()))),
        },
    )
}

/// `POST /cases/{reference}/reply`
pub(in super::super) async fn send(
    on: OnCase,
    Form(draft): Form<Draft>,
) -> Result<Response, PageError> {
    let (app, answer) = (&on.app, answer(&on, &draft));
    let (with, rules) = (&app.setup.correspondence, &app.setup.rules);
    let actor = on.person.actor();
    match answering::answer(app.store(), with, rules, &answer, app.today(), &actor).await {
        Ok(id) => {
            let to = format!("/cases/{}?item={id}", on.case);
            Ok(Redirect::to(&to).into_response())
        }
        Err(answering::ReplyError::Store(error)) => Err(error.into()),
        Err(error) => {
            let told = for_the_web(&error.to_string());
            let page = page(&on, &on.timeline().await?, &draft, Some(&told));
            Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// A message that names a flag of the command line names the choice on the page.
fn for_the_web(told: &str) -> String {
    told.replace(" (--by-post, --by-email)", "")
}

fn answer(on: &OnCase, draft: &Draft) -> Answer {
    let text = draft.text.trim();
    Answer {
        case: on.case,
        template: draft.template.clone(),
        channel: Channel::from_name(&draft.channel),
        text: (!text.is_empty()).then(|| text.to_owned()),
        settles: draft.settles.is_some(),
        agent: Some(on.person.user.display.clone()),
    }
}

fn page(on: &OnCase, timeline: &Timeline, draft: &Draft, trouble: Option<&str>) -> Markup {
    let case = on.case;
    let with = &on.app.setup.correspondence;
    let kinds = [ReplyKind::Reply, ReplyKind::CallBack];
    let topic = &timeline.case.topic;
    let fits = with.templates.fitting(&kinds, topic, &with.language);
    let settles = draft.template.is_empty() || draft.settles.is_some();
    let chosen = match fits.iter().find(|template| template.name == draft.template) {
        Some(template) => template.name.as_str(),
        None => fits.first().map_or("", |template| template.name.as_str()),
    };
    view::page(
        &on.person,
        "Reply",
        html! {
            header.head { h1 { "Reply" } p { "On case " a href={ "/cases/" (case) } { (case) } ", about " (words(&timeline.case.topic)) } }
            (view::alert(trouble))
            @if fits.is_empty() { p.alert { "There is no template for replies; see " code { "postroom templates list" } "." } }
            div.reply {
                form.card #reply method="post" action={ "/cases/" (case) "/reply" }
                    hx-post={ "/cases/" (case) "/reply/preview" } hx-target="#preview" hx-trigger="load, change, input changed delay:400ms from:find textarea" {
                    label for="template" { "Template" }
                    select #template name="template" required { @for template in &fits { option value=(template.name) selected[template.name == chosen] { (words(&template.name)) } } }
                    label for="channel" { "By" }
                    select #channel name="channel" {
                        option value="" selected[draft.channel.is_empty()] { "the way they wrote last" }
                        option value="email" selected[draft.channel == "email"] { "e-mail" }
                        option value="post" selected[draft.channel == "post"] { "post" }
                    }
                    label for="text" { "What you write for this customer" }
                    textarea #text name="text" rows="10" { (draft.text) }
                    label.check { input type="checkbox" name="settles" value="yes" checked[settles]; " This settles the matter" }
                    p.hint { "Otherwise a call back is proposed." }
                    div.row {
                        button.primary { "Send" }
                        a.button href={ "/cases/" (case) } { "Leave it" }
                    }
                }
                section.card aria-label="Preview" { h2 { "How it looks" } div #preview aria-live="polite" { p.hint { "Choose a template to see the letter or e-mail." } } }
            }
        },
    )
}

fn looks_like(reply: &NewReply) -> Markup {
    html! {
        dl.facts {
            dt { "By" } dd { @match reply.channel { Channel::Email => "e-mail", Channel::Post => "post" } }
            dt { "To" } dd { (reply.to_name) br; (view::lines(&reply.to_address)) }
            dt { "Subject" } dd { (reply.subject) }
        }
        div.as-written { (view::lines(&reply.body.replace('\u{c}', "\n"))) }
    }
}

/// What we wrote, and where it is on its way.
pub(super) fn pane(app: &App, sent: &ReplyRecord) -> Markup {
    html! {
        article.card {
            h2 { (sent.reply.subject) " " (state(sent)) }
            (looks_like(&sent.reply))
            @if let Some(trouble) = &sent.trouble { p.alert { (view::sentence(trouble)) } }
            (by(app, &sent.made_at, &sent.made_by))
            @if sent.digest.is_some() {
                p { a.button href={ "/replies/" (sent.id) "/file" } { @match sent.reply.channel {
                    Channel::Post => "The letter as it was printed", Channel::Email => "The e-mail as it was sent",
                } } }
            }
        }
    }
}

/// `GET /replies/{id}/file`: a letter as PDF, an e-mail as its bytes.
pub(in super::super) async fn sent_file(
    State(app): State<App>,
    person: Person,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let missing = || PageError::Missing("reply");
    let id = id.parse().map_err(|_| missing())?;
    let record = app.store().reply_on_record(id).await?;
    if !person.sees(app.store(), record.reply.case).await? {
        return Err(missing());
    }
    let bytes = app.store().blob(record.digest.ok_or_else(missing)?).await?;
    let (media, shown) = match record.reply.channel {
        Channel::Post => ("application/pdf", "inline; filename=\"letter.pdf\""),
        Channel::Email => ("message/rfc822", "attachment; filename=\"message.eml\""),
    };
    let headers = [
        (CONTENT_TYPE, media),
        (CONTENT_DISPOSITION, shown),
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'",
        ),
    ];
    Ok((headers, bytes).into_response())
}

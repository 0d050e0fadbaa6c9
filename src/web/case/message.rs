//! An e-mail: its text, or its HTML in a frame where nothing runs and nothing is fetched, and
//! what came with it.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::header::{
    CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_FRAME_OPTIONS,
};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use maud::{DOCTYPE, Markup, html};

use crate::cases::Timeline;
use crate::domain::message::Message;
use crate::mail::html::{SafeHtml, safe};
use crate::mail::{MailLimits, parse};
use crate::store::messages::{AttachmentState, MailRecord};

use super::super::error::PageError;
use super::super::session::Person;
use super::super::state::App;
use super::super::view;
use super::timeline::moment;
use super::{Looking, moving, seen_message};

/// What the frame around a stranger's HTML may do: show its own text and pictures that came with it.
const FRAME: &str = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:; \
                     style-src 'self'; frame-ancestors 'self'; form-action 'none'; base-uri 'none'";

/// Pictures that came with a message are shown up to so many bytes of all together.
const MOST_INLINE: usize = 8 << 20;

pub(super) fn pane(app: &App, timeline: &Timeline, mail: &MailRecord, looking: &Looking) -> Markup {
    let from = mail.from.as_ref();
    let frame = format!("/messages/{}/html", mail.id);
    html! {
        article.card.message {
            h2 { @if mail.subject.is_empty() { "(no subject)" } @else { (marked_line(&mail.subject, &looking.q)) } }
            dl.facts {
                dt { "From" }
                dd { @match from {
                    Some(from) => { @if let Some(name) = &from.name { (name) " " } span.hint { (from.address) } },
                    None => "nobody",
                } }
                dt { "To" } dd { (mail.recipients) }
                dt { "Came" } dd { (moment(app, &mail.taken_at)) }
                @if let Some(kind) = mail.automatic { dt { "Written by" } dd { "a machine (" (view::words(kind.name())) ")" } }
            }
            div.message-text tabindex="0" role="region" aria-label="Text of the e-mail" { (marked(&mail.text, &looking.q)) }
            details.as-sent {
                summary { "As it was laid out" }
                iframe src=(frame) title="The e-mail as it was laid out" sandbox="allow-popups allow-popups-to-escape-sandbox" loading="lazy" referrerpolicy="no-referrer" {}
            }
            (attachments(mail))
            (moving::message_form(timeline, mail))
        }
    }
}

/// The text with the words that were searched.
pub(super) fn marked(text: &str, searched: &str) -> Markup {
    html! { @for line in text.lines() { (marked_line(line, searched)) br; } }
}

/// One line of it.
fn marked_line(line: &str, searched: &str) -> Markup {
    let searched: Vec<String> = searched.split_whitespace().map(str::to_lowercase).collect();
    html! {
        @for word in line.split_inclusive(|sign: char| !sign.is_alphanumeric()) {
            @let bare = word.trim_end_matches(|sign: char| !sign.is_alphanumeric());
            @if !bare.is_empty() && searched.contains(&bare.to_lowercase()) { mark { (bare) } (&word[bare.len()..]) }
            @else { (word) }
        }
    }
}

fn attachments(mail: &MailRecord) -> Markup {
    html! {
        @if !mail.attachments.is_empty() {
            section aria-label="What came with it" {
                h3 { "What came with it" }
                ul.files {
                    @for file in &mail.attachments {
                        li {
                            a href={ "/messages/" (mail.id) "/attachments/" (file.number) } download { (file.name) }
                            span.hint { " " (file.media) ", " (size(file.bytes)) }
                            " " @match file.state {
                                AttachmentState::Read => span.badge.good { "read as a scan" },
                                AttachmentState::Waiting => span.badge.review { "waits to be read" },
                                AttachmentState::Kept | AttachmentState::SetAside => span.badge { "not read" },
                            }
                            @if let Some(why) = &file.why { p.hint { (view::sentence(why)) } }
                        }
                    }
                }
            }
        }
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{bytes} bytes"),
        10_000..10_000_000 => format!("{} kB", bytes / 1000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}

/// `GET /messages/{id}/html`
pub(in super::super) async fn body(
    State(app): State<App>,
    person: Person,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let message = taken_apart(&app, &person, &id).await?;
    let shown = match &message.html {
        Some(html) => safe(html, &inline(&message)),
        None => SafeHtml {
            html: view::lines(&message.text).into_string(),
            blocked_images: 0,
        },
    };
    let blocked = shown.blocked_images;
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="referrer" content="no-referrer";
                title { "E-mail" }
                base target="_blank";
                link rel="stylesheet" href=(super::super::assets::path("mail.css"));
            }
            body {
                @if blocked > 0 {
                    p.blocked { (blocked) @if blocked == 1 { " picture was" } @else { " pictures were" }
                        " not fetched: that would tell the sender that the message was read." }
                }
                (view::drawn(shown.html))
            }
        }
    };
    let headers = [
        (CONTENT_SECURITY_POLICY, FRAME),
        (X_FRAME_OPTIONS, "SAMEORIGIN"),
    ];
    Ok((headers, page).into_response())
}

/// Pictures that came with the message, by the names that its HTML calls them.
fn inline(message: &Message) -> BTreeMap<String, String> {
    let mut left = MOST_INLINE;
    let mut shown = BTreeMap::new();
    for file in &message.attachments {
        let Some(id) = &file.content_id else { continue };
        let picture = ["image/png", "image/jpeg", "image/gif", "image/webp"];
        if !picture.contains(&file.media.as_str()) || file.bytes.len() > left {
            continue;
        }
        left -= file.bytes.len();
        let address = format!(
            "data:{};base64,{}",
            file.media,
            BASE64_STANDARD.encode(&file.bytes)
        );
        shown.insert(id.to_string(), address);
    }
    shown
}

/// `GET /messages/{id}/attachments/{number}`: to be kept, never to be shown by the browser.
pub(in super::super) async fn attachment(
    State(app): State<App>,
    person: Person,
    Path((id, number)): Path<(String, usize)>,
) -> Result<Response, PageError> {
    let message = taken_apart(&app, &person, &id).await?;
    let at = number.checked_sub(1);
    let file = at.and_then(|at| message.attachments.into_iter().nth(at));
    let file = file.ok_or(PageError::Missing("attachment"))?;
    let safe: String = file
        .name
        .chars()
        .map(
            |sign| match sign.is_ascii_alphanumeric() || "._- ".contains(sign) {
                true => sign,
                false => '_',
            },
        )
        .collect();
    let kept = format!("attachment; filename=\"{safe}\"");
    let kept = HeaderValue::from_str(&kept).map_err(|_| PageError::broken("naming a file"))?;
    let headers = [
        (
            CONTENT_TYPE,
            HeaderValue::from_static("application/octet-stream"),
        ),
        (CONTENT_DISPOSITION, kept),
        (
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("sandbox; default-src 'none'"),
        ),
    ];
    Ok((headers, file.bytes).into_response())
}

/// A message that this person may see, taken apart.
async fn taken_apart(app: &App, person: &Person, typed: &str) -> Result<Message, PageError> {
    let record = seen_message(app, person, typed).await?;
    let bytes = app.store().blob(record.digest).await?;
    let parsed = tokio::task::spawn_blocking(move || parse(&bytes, &MailLimits::default()));
    let broken = || PageError::broken("taking a message apart");
    // It was taken in by the same reading.
    parsed.await.map_err(|_| broken())?.map_err(|_| broken())
}

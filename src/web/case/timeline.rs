//! What is on a case in the order in which it came and went, and the one thing that is looked at.

use maud::{Markup, html};

use crate::cases::{Timeline, TimelineDocument};
use crate::domain::reply::{Channel, ReplyKind};
use crate::store::documents::DocumentKind;
use crate::store::events::EventRecord;
use crate::store::messages::MailRecord;
use crate::store::notes::NoteRecord;
use crate::store::replies::{ReplyRecord, ReplyState};

use super::super::error::PageError;
use super::super::state::App;
use super::super::view::{self, day, words};
use super::{Looking, address, document, message, reply};

/// Something on a case.
#[derive(Debug, Clone, Copy)]
pub(super) enum Item<'a> {
    Document(&'a TimelineDocument),
    Mail(&'a MailRecord),
    Reply(&'a ReplyRecord),
    Note(&'a NoteRecord),
}

impl Item<'_> {
    fn id(&self) -> String {
        match self {
            Self::Document(on) => on.document.id.to_string(),
            Self::Mail(mail) => mail.id.to_string(),
            Self::Reply(reply) => reply.id.to_string(),
            Self::Note(note) => note.id.to_string(),
        }
    }

    /// The day and the moment by which it is put in order.
    fn when(&self) -> (String, String) {
        let day = |at: &str| at.get(..10).unwrap_or(at).to_owned();
        match self {
            Self::Document(on) => (
                on.document.receipt.day.to_string(),
                on.document.filed_at.clone(),
            ),
            Self::Mail(mail) => {
                let at = mail.sent_at.as_ref().unwrap_or(&mail.taken_at);
                (mail.receipt.day.to_string(), at.clone())
            }
            Self::Reply(reply) => (day(&reply.made_at), reply.made_at.clone()),
            Self::Note(note) => (day(&note.made_at), note.made_at.clone()),
        }
    }

    /// Whether the customer sent it.
    const fn came_in(&self) -> bool {
        matches!(self, Self::Document(_) | Self::Mail(_))
    }
}

/// Everything on a case, oldest first.
pub(super) fn items(timeline: &Timeline) -> Vec<Item<'_>> {
    let documents = timeline.documents.iter().map(Item::Document);
    let mail = timeline.mail.iter().map(Item::Mail);
    let replies = timeline.replies.iter().map(Item::Reply);
    let notes = timeline.notes.iter().map(Item::Note);
    let mut items: Vec<Item<'_>> = documents.chain(mail).chain(replies).chain(notes).collect();
    items.sort_by_cached_key(Item::when);
    items
}

/// The one that is asked for, else the newest that came in.
pub(super) fn chosen<'a>(items: &[Item<'a>], wanted: &str) -> Option<Item<'a>> {
    let asked = items.iter().find(|item| item.id() == wanted);
    let newest = || items.iter().rev().find(|item| item.came_in());
    asked.or_else(newest).or_else(|| items.last()).copied()
}

/// The one thing that is looked at.
pub(super) async fn pane(
    app: &App,
    timeline: &Timeline,
    item: Item<'_>,
    looking: &Looking,
) -> Result<Markup, PageError> {
    match item {
        Item::Document(on) => document::pane(app, Some(timeline), on, looking).await,
        Item::Mail(mail) => Ok(message::pane(app, timeline, mail, looking)),
        Item::Reply(sent) => Ok(reply::pane(app, sent)),
        Item::Note(note) => Ok(html! {
            article.card { h2 { "Note" } (view::lines(&note.text)) (by(app, &note.made_at, &note.made_by)) }
        }),
    }
}

/// The list at the side; each leads to its pane.
pub(super) fn list(
    timeline: &Timeline,
    items: &[Item<'_>],
    chosen: Option<Item<'_>>,
    app: &App,
) -> Markup {
    let chosen = chosen.map(|item| item.id());
    html! {
        ol.items {
            @for item in items {
                @let here = chosen.as_deref() == Some(item.id().as_str());
                @let to = address(timeline, &Looking { item: item.id(), ..Looking::default() });
                li {
                    a href=(to) hx-get=(to) hx-target="#pane" hx-select="#pane" hx-swap="outerHTML"
                        hx-push-url="true" aria-current=[here.then_some("true")] { (line(item, app)) }
                }
            }
        }
        details.history {
            summary { "History" }
            ol { @for event in &timeline.events { li { (happened(event, app)) } } }
        }
    }
}

fn line(item: &Item<'_>, app: &App) -> Markup {
    match item {
        Item::Document(on) => {
            let kind = match on.document.kind {
                DocumentKind::Letter => "Letter",
                DocumentKind::Card => "Card",
            };
            let subject = on.fields.get(&crate::domain::letter::LetterField::Subject);
            let subject = subject.and_then(|field| field.value.as_deref());
            let pages = on.pages.len();
            entry(
                "paper",
                kind,
                html! { time datetime=(on.document.receipt.day) { (day(on.document.receipt.day)) } },
                html! {
                    @if let Some(subject) = subject { (subject) } @else { (pages) @if pages == 1 { " page" } @else { " pages" } }
                    @if on.document.in_review { " " span.badge.review { "to check" } }
                },
            )
        }
        Item::Mail(mail) => entry(
            "mail",
            "E-mail",
            moment(app, mail.sent_at.as_ref().unwrap_or(&mail.taken_at)),
            html! {
                @if mail.subject.is_empty() { "(no subject)" } @else { (mail.subject) }
                @if !mail.attachments.is_empty() { " " span.hint { "· " (mail.attachments.len()) " attached" } }
            },
        ),
        Item::Reply(sent) => entry(
            "ours",
            sent_as(sent),
            moment(app, &sent.made_at),
            html! {
                (sent.reply.subject) " " (state(sent))
            },
        ),
        Item::Note(note) => entry(
            "note",
            "Note",
            moment(app, &note.made_at),
            html! {
                span.short { (note.text) } " " span.hint { "by " (note.made_by) }
            },
        ),
    }
}

fn entry(class: &str, kind: &str, when: Markup, says: Markup) -> Markup {
    html! {
        span class={ "item " (class) } {
            span.item-head { span.item-kind { (kind) } span.hint { (when) } }
            span.item-says { (says) }
        }
    }
}

fn sent_as(sent: &ReplyRecord) -> &'static str {
    match (sent.reply.kind, sent.reply.channel) {
        (ReplyKind::Acknowledgement, Channel::Email) => "Acknowledgement by e-mail",
        (ReplyKind::Acknowledgement, Channel::Post) => "Acknowledgement by post",
        (ReplyKind::Status, _) => "Status by e-mail",
        (ReplyKind::CallBack, _) => "Call back",
        (ReplyKind::Reply, Channel::Email) => "Reply by e-mail",
        (ReplyKind::Reply, Channel::Post) => "Reply by post",
    }
}

/// Where a reply is on its way.
pub(super) fn state(sent: &ReplyRecord) -> Markup {
    let (class, word) = match sent.state {
        ReplyState::Waiting => ("badge review", "waits to leave"),
        ReplyState::Sent => ("badge good", "sent"),
        ReplyState::Failed => ("badge priority", "failed"),
        ReplyState::Withdrawn => ("badge", "withdrawn"),
    };
    html! { span class=(class) { (word) } }
}

/// A moment where the post comes in.
pub(super) fn moment(app: &App, at: &str) -> Markup {
    html! { time datetime=(at) { (app.local(at)) } }
}

/// Who did something, and when.
pub(super) fn by(app: &App, at: &str, who: &str) -> Markup {
    html! { p.hint { (moment(app, at)) " by " (who) } }
}

fn happened(event: &EventRecord, app: &App) -> Markup {
    html! {
        (moment(app, &event.at)) " " b { (event.actor) } " " (words(event.kind.name()))
    }
}

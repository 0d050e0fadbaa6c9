//! A letter or a card: its page at once, its text beside it, what was read off it and how sure.

use axum::extract::{Path, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use crate::cases::{self, Timeline, TimelineDocument};
use crate::domain::document::Legibility;
use crate::domain::field::Field;
use crate::domain::geometry::Rect;
use crate::domain::text::{PageText, Word};
use crate::domain::verdict::Verdict;
use crate::export::picture;
use crate::store::DocumentId;
use crate::store::documents::DocumentKind;
use crate::store::pages::PageRecord;

use super::super::access::Right;
use super::super::error::PageError;
use super::super::looks::Look;
use super::super::session::Person;
use super::super::state::App;
use super::super::view::{self, words};
use super::{Looking, address, moving, seen_document};

/// Below this a word that was read is shown as doubtful.
const DOUBTFUL_WORD: f64 = 0.7;

/// `GET /documents/{id}`: a card that lies on no case, or any document by itself.
pub(in super::super) async fn alone(
    State(app): State<App>,
    person: Person,
    Path(id): Path<String>,
    Query(looking): Query<Looking>,
) -> Result<Markup, PageError> {
    let record = seen_document(&app, &person, &id).await?;
    let alone = cases::alone(app.store(), record.id).await?;
    let pane = pane(&app, None, &alone.on, &looking).await?;
    let title = match alone.on.document.kind {
        DocumentKind::Letter => "Letter",
        DocumentKind::Card => "Card",
    };
    Ok(view::page(
        &person,
        title,
        html! {
            header.head {
                h1 { (title) }
                @if let Some(lies) = &alone.on.document.attachment {
                    p { "On case " a href={ "/cases/" (lies.case) "?item=" (id) } { (lies.case) } }
                } @else { p.hint { "On no case: it needs no answer." } }
            }
            section #pane.pane aria-label=(title) { (pane) }
            (view::viewer_scripts())
        },
    ))
}

/// `GET /documents/{id}/pages/{sheet}`: the image of a page. The look is on record first.
pub(in super::super) async fn image(
    State(app): State<App>,
    person: Person,
    Path((id, sheet)): Path<(String, u32)>,
) -> Result<Response, PageError> {
    let missing = || PageError::Missing("page");
    let document = id.parse().map_err(|_| missing())?;
    may_look(&app, &person, document).await?;
    let pages = app.store().pages_of(document).await?;
    let page = pages.iter().find(|page| page.sheet == sheet);
    let image = page
        .and_then(|page| page.result.as_ref().ok())
        .ok_or_else(missing)?;
    let who = person.user.name.clone();
    app.looks
        .record(Look {
            who,
            document,
            sheet,
        })
        .await?;
    let image = picture::page(app.store(), image).await?;
    let headers = [
        (CONTENT_TYPE, image.media.name()),
        // This browser alone, for as long as a look is the same look.
        (CACHE_CONTROL, "private, max-age=600"),
    ];
    Ok((headers, image.bytes).into_response())
}

/// Whether this person may look at the paper of a document: it lies on a case that they see, or on
/// none, or they have a field of it before them.
pub(in super::super) async fn may_look(
    app: &App,
    person: &Person,
    document: DocumentId,
) -> Result<(), PageError> {
    let store = app.store();
    let record = store.document(document).await?;
    let Some(lies) = &record.attachment else {
        return Ok(());
    };
    if !person.has(Right::Work) || store.has_before(person.user.id, document).await? {
        return Ok(());
    }
    match person.sees(store, lies.case).await? {
        true => Ok(()),
        false => Err(PageError::Missing("page")),
    }
}

pub(super) async fn pane(
    app: &App,
    timeline: Option<&Timeline>,
    on: &TimelineDocument,
    looking: &Looking,
) -> Result<Markup, PageError> {
    let sheet = match looking.page {
        Some(sheet) => sheet,
        None => first_page(app, on, &looking.q).await?,
    };
    let page = on.pages.iter().find(|page| page.sheet == sheet);
    let text = match page {
        Some(page) => app.store().words_of(page.scan, page.number).await?,
        None => None,
    };
    Ok(html! {
        article.document data-document=(on.document.id) {
            (pages(timeline, on, sheet, looking))
            div.page-and-text {
                @match page { Some(page) => (viewer(timeline, on, page)), None => p.empty { "No page could be kept." } }
                div.beside {
                    @if let Some(text) = &text { (page_text(text, &looking.q)) }
                    @else if on.document.legibility == Legibility::Unreadable { p.empty { "Nothing could be read: it is handwritten, or no letter." } }
                    (read_off(on, sheet))
                    @if let Some(timeline) = timeline { (moving::form(timeline, on)) }
                }
            }
        }
    })
}

/// The first page with one of the words that were searched, else the first that can be seen.
async fn first_page(app: &App, on: &TimelineDocument, searched: &str) -> Result<u32, PageError> {
    let searched = wanted(searched);
    let several = on.pages.len() > 1 && !searched.is_empty();
    for page in on.pages.iter().filter(|_| several) {
        let text = app.store().words_of(page.scan, page.number).await?;
        let mut words = text.iter().flat_map(PageText::words);
        if words.any(|word| searched.contains(&bare(word))) {
            return Ok(page.sheet);
        }
    }
    let seen = on.pages.iter().find(|page| page.result.is_ok());
    let first = seen.or_else(|| on.pages.first());
    Ok(first.map_or(0, |page| page.sheet))
}

/// The words that were searched, in small letters.
fn wanted(searched: &str) -> Vec<String> {
    searched.split_whitespace().map(str::to_lowercase).collect()
}

/// A word as the search knows it.
fn bare(word: &Word) -> String {
    let signs = word.text.chars().filter(|sign| sign.is_alphanumeric());
    signs.collect::<String>().to_lowercase()
}

/// The pages by number; the one that is shown is marked.
fn pages(
    timeline: Option<&Timeline>,
    on: &TimelineDocument,
    shown: u32,
    looking: &Looking,
) -> Markup {
    let to = |sheet: u32| {
        let looking = Looking {
            item: on.document.id.to_string(),
            page: Some(sheet),
            q: looking.q.clone(),
            ..Looking::default()
        };
        match timeline {
            Some(timeline) => address(timeline, &looking),
            None => view::address(&format!("/documents/{}", on.document.id), &looking),
        }
    };
    html! {
        @if on.pages.len() > 1 {
            nav.pages aria-label="Pages" {
                @for (page, number) in on.pages.iter().zip(1..) {
                    a href=(to(page.sheet)) hx-get=(to(page.sheet)) hx-target="#pane" hx-select="#pane"
                        hx-swap="outerHTML" hx-push-url="true" data-page=(number)
                        aria-current=[(page.sheet == shown).then_some("page")] { "Page " (number) }
                }
            }
        }
    }
}

/// The page itself: a plain picture that the viewer takes over where there is script.
pub(in super::super) fn viewer(
    timeline: Option<&Timeline>,
    on: &TimelineDocument,
    page: &PageRecord,
) -> Markup {
    let image = match &page.result {
        Ok(image) => image,
        Err(why) => {
            return html! {
                div.viewer.missing { p.alert { "This page was set aside: " (why.reason) } }
            };
        }
    };
    let source = format!("/documents/{}/pages/{}", on.document.id, page.sheet);
    let notes = timeline
        .map(|timeline| notes_on(timeline, on, page))
        .unwrap_or_default();
    html! {
        div.viewer data-viewer data-source=(source) data-width=(image.size.width) data-height=(image.size.height)
            data-case=[timeline.map(|timeline| timeline.case.reference.to_string())] data-sheet=(page.sheet) data-number=(page.number) {
            div.viewer-tools hidden {
                (tool("in", "Zoom in", "+")) (tool("out", "Zoom out", "−")) (tool("fit", "Fit the whole page", "Fit"))
                (tool("width", "Width of the page", "Width")) (tool("left", "Turn left", "↺")) (tool("right", "Turn right", "↻"))
                @if timeline.is_some() { (tool("note", "Note: draw a box and write on it", "Note")) }
            }
            div.viewer-stage tabindex="0" role="group" aria-label="Page image: plus and minus zoom, arrow keys move, R turns, 0 fits" {
                img src=(source) width=(image.size.width) height=(image.size.height) alt="The page; its text stands beside it";
            }
            @for (rect, text, by) in notes {
                span.note-on-page hidden data-box=(boxed(rect)) data-by=(by) { (text) }
            }
        }
    }
}

fn tool(does: &str, title: &str, shown: &str) -> Markup {
    html! { button type="button" data-does=(does) title=(title) aria-label=(title) { (shown) } }
}

fn notes_on<'a>(
    timeline: &'a Timeline,
    on: &TimelineDocument,
    page: &PageRecord,
) -> Vec<(Rect, &'a str, &'a str)> {
    let here = timeline.notes.iter().filter_map(|note| {
        let place = note
            .place
            .filter(|place| place.document == on.document.id)?;
        let (number, rect) = place.on?;
        (number == page.number).then_some((rect, note.text.as_str(), note.made_by.as_str()))
    });
    here.collect()
}

fn boxed(rect: Rect) -> String {
    format!("{},{},{},{}", rect.x, rect.y, rect.w, rect.h)
}

/// The text of a page, each word with its place, so that one leads to the other.
fn page_text(text: &PageText, searched: &str) -> Markup {
    let searched = wanted(searched);
    let mut block = None;
    html! {
        section.text aria-label="Text of the page" tabindex="0" {
            h2 { "Text" }
            div.lines {
                @for line in &text.lines {
                    @if block.replace(line.block).is_some_and(|before| before != line.block) { br; }
                    div.line { @for word in line.words() { (one_word(word, &searched)) " " } }
                }
            }
        }
    }
}

fn one_word(word: &Word, searched: &[String]) -> Markup {
    let hit = searched.contains(&bare(word));
    let doubtful = word.confidence.get() < DOUBTFUL_WORD;
    let class = match (hit, doubtful) {
        (true, _) => "w hit",
        (false, true) => "w doubtful",
        (false, false) => "w",
    };
    html! { span class=(class) data-box=(boxed(word.bounds)) { (word.text) } }
}

/// What was read off it, with how sure, and where it stands.
fn read_off(on: &TimelineDocument, sheet: u32) -> Markup {
    let letter = on.fields.iter().map(|(name, field)| (name.name(), field));
    let card = on
        .card
        .fields
        .iter()
        .map(|card| (card.name.as_str(), &card.field));
    let fields: Vec<(&str, &Field)> = letter
        .chain(card)
        .filter(|(_, field)| field.verdict != Verdict::Empty)
        .collect();
    html! {
        @if !fields.is_empty() {
            section.read-off aria-label="Read off it" {
                h2 { "Read off it" }
                dl.facts { @for (name, field) in fields { (one_field(name, field, sheet)) } }
            }
        }
        @if !on.card.ticks.is_empty() {
            section.ticks aria-label="Ticks" {
                h2 { "Ticks" }
                dl.facts { @for tick in &on.card.ticks { dt { (words(&tick.tick.name)) } dd { (words(tick.tick.state.name())) " " (sure(tick.tick.verdict)) } } }
            }
        }
    }
}

fn one_field(name: &str, field: &Field, sheet: u32) -> Markup {
    let place = field.place.filter(|place| place.page == sheet);
    html! {
        dt { (words(name)) }
        dd {
            @match place {
                Some(place) => button.value type="button" data-box=(boxed(place.bounds)) title="Show where it stands" { (field.value.as_deref().unwrap_or("—")) },
                None => span { (field.value.as_deref().unwrap_or("—")) },
            }
            " " (sure(field.verdict))
            @if field.as_read.is_some() && field.as_read != field.value { span.hint { " read as " q { (field.as_read.as_deref().unwrap_or_default()) } } }
        }
    }
}

/// How sure a value is, in a word.
fn sure(verdict: Verdict) -> Markup {
    let (class, word) = match verdict {
        Verdict::Accepted => ("badge good", "sure"),
        Verdict::Review => ("badge review", "to check"),
        Verdict::Rejected => ("badge", "unreadable"),
        Verdict::Empty => ("badge", "empty"),
    };
    html! { span class=(class) { (word) } }
}

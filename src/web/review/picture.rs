//! A field's own picture, cut from its page.

use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use crate::cases::review;
use crate::domain::field::Place;
use crate::domain::geometry::Rect;
use crate::export::picture as pictures;

use super::super::case::may_look;
use super::super::error::PageError;
use super::super::looks::Look;
use super::super::session::Person;
use super::super::state::App;
use super::wire;

/// `GET /documents/{id}/fields/{name}`. A look at it is a look at its page, and on record first.
pub(in super::super) async fn picture(
    State(app): State<App>,
    person: Person,
    Path((id, name)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let missing = || PageError::Missing("picture");
    let document = wire::document(&id)?;
    may_look(&app, &person, document).await?;
    let question = review::named(app.store(), document, &name).await?;
    let place = question.field.place.ok_or_else(missing)?;
    let card = app.store().card_of(document).await?;
    let is_tick = card.ticks.iter().any(|tick| tick.tick.name == name);
    app.looks
        .record(Look {
            who: person.user.name.clone(),
            document,
            sheet: place.page,
        })
        .await?;
    let pages = app.store().pages_of(document).await?;
    let image = pictures::field(app.store(), &pages, cut(place, is_tick)).await?;
    let image = image.ok_or_else(missing)?;
    let headers = [
        (CONTENT_TYPE, image.media.name()),
        (CACHE_CONTROL, "private, max-age=600"),
    ];
    Ok((headers, image.bytes).into_response())
}

/// What is cut out for a field, before the margin. A box to tick says nothing without the words beside
/// it: some of them are shown on either side, in parts of its height.
pub(super) fn cut(place: Place, is_tick: bool) -> Place {
    const BEFORE: u32 = 4;
    const WITH_WORDS: u32 = 18;
    if !is_tick {
        return place;
    }
    let Rect { x, y, w, h } = place.bounds;
    let left = x.saturating_sub(h * BEFORE);
    Place {
        bounds: Rect::new(left, y, (x - left) + w + h * WITH_WORDS, h),
        ..place
    }
}

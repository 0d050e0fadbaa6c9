//! All doubtful sevens on one sheet: single boxes grouped by the character that is proposed there. The
//! clerk marks those that are not it; what is left is confirmed.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Query, RawForm, State};
use axum::response::Redirect;
use jiff::Timestamp;
use maud::{Markup, html};
use serde::{Deserialize, Serialize};

use crate::cases::review::{Asked, ReviewItem};
use crate::cases::station::{self, Answer, Says};
use crate::domain::card::Ink;
use crate::domain::card_draft::CardField;
use crate::domain::geometry::Rect;
use crate::export::picture::frame;
use crate::store::leases::Taker;

use super::super::error::PageError;
use super::super::session::Person;
use super::super::state::App;
use super::super::{assets, view};
use super::{taker, until, wire};

/// Fields on a sheet: some hundred boxes, which is what an eye goes over in a minute or two.
const ON_A_SHEET: u32 = 60;

/// What came of the sheet before.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(in super::super) struct Done {
    #[serde(skip_serializing_if = "is_none")]
    settled: usize,
    #[serde(skip_serializing_if = "is_none")]
    left: usize,
    #[serde(skip_serializing_if = "is_none")]
    lost: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_none(count: &usize) -> bool {
    *count == 0
}

/// A box on the sheet.
#[derive(Debug)]
struct Tile {
    field: usize,
    number: u32,
    /// What of the field's picture shows it.
    place: Rect,
}

/// A field of which boxes are on the sheet.
#[derive(Debug)]
struct OnSheet {
    key: String,
    value: String,
    picture: String,
    cut: Rect,
}

/// `GET /review/sheet`
pub(in super::super) async fn sheet(
    State(app): State<App>,
    person: Person,
    Query(done): Query<Done>,
) -> Result<Markup, PageError> {
    let (fields, groups) = laid_out(&app, &person).await?;
    Ok(view::page(
        &person,
        "Review",
        html! {
            link rel="stylesheet" href=(assets::path("review.css"));
            script src=(assets::path("review.js")) defer {}
            header.head.station-head {
                h1 { "Single characters" }
                p.hint { "Mark what is " strong { "not" } " the character above it; the rest is confirmed. Arrows go from box to box, " kbd { "Space" } " marks, " kbd { "Enter" } " is done with the sheet." }
                nav.station-ways aria-label="Ways to work" { a href="/review" { "One field at a time" } }
            }
            (told(&done))
            @if fields.is_empty() {
                p.empty { "No single character is in doubt. " a href="/review" { "Go on with whole fields" } }
            } @else { (sheet_form(&fields, &groups)) }
        },
    ))
}

fn told(done: &Done) -> Markup {
    html! {
        @if done.settled + done.left + done.lost > 0 {
            p.said role="status" {
                (done.settled) " settled as proposed"
                @if done.left > 0 { ", " (done.left) " left to be looked at " a href="/review" { "one at a time" } }
                @if done.lost > 0 { "; " (done.lost) " had changed in the meantime and were not touched" }
                "."
            }
        }
    }
}

fn sheet_form(fields: &[OnSheet], groups: &BTreeMap<char, Vec<Tile>>) -> Markup {
    html! {
        form #sheet method="post" action="/review/sheet" {
            input type="hidden" name="shown" value=(Timestamp::now().as_second());
            input type="hidden" name="sheet" value=(uuid());
            @for field in fields { input type="hidden" name="field" value={ (field.key) "/" (field.value) }; }
            @for (sign, tiles) in groups {
                fieldset.card.tiles {
                    legend { span.sign { (sign) } " " span.hint { (tiles.len()) @if tiles.len() == 1 { " box" } @else { " boxes" } } }
                    div.tile-row { @for tile in tiles { (one_tile(*sign, tile, &fields[tile.field])) } }
                }
            }
            div.row.sheet-end { button.primary { "Confirm the rest " kbd { "Enter" } } }
        }
    }
}

fn one_tile(sign: char, tile: &Tile, field: &OnSheet) -> Markup {
    let Rect { x, y, w, h } = tile.place;
    let says = format!("Not {sign}: box {} of {}", tile.number, field.value);
    html! {
        label.tile {
            svg viewBox={ (x) " " (y) " " (w) " " (h) } role="img" aria-hidden="true" {
                image href=(field.picture) x=(field.cut.x) y=(field.cut.y) width=(field.cut.w) height=(field.cut.h) {}
            }
            span.word title=(field.value) {
                input type="checkbox" name="not" value=(field.key) aria-label=(says); (field.value)
            }
        }
    }
}

/// The fields that go on the sheet, and their boxes by character. What does not go on it is given back.
async fn laid_out(
    app: &App,
    person: &Person,
) -> Result<(Vec<OnSheet>, BTreeMap<char, Vec<Tile>>), PageError> {
    let boxed = Taker {
        boxed: true,
        ..taker(person, false, &[])
    };
    let items = station::ahead(app.store(), boxed, ON_A_SHEET, until(), 1.0).await?;
    let (mut fields, mut groups) = (Vec::new(), BTreeMap::<char, Vec<Tile>>::new());
    for item in items {
        let Some((on_sheet, boxes)) = single(app, &item).await? else {
            let name = item.question.name.name();
            app.store()
                .give_back(person.user.id, item.document, name)
                .await?;
            continue;
        };
        for (sign, number, place) in boxes {
            let tile = Tile {
                field: fields.len(),
                number,
                place,
            };
            groups.entry(sign).or_default().push(tile);
        }
        fields.push(on_sheet);
    }
    Ok((fields, groups))
}

/// A field's doubtful boxes, each with what is proposed there; none where its value cannot be laid
/// over its boxes.
async fn single(
    app: &App,
    item: &ReviewItem,
) -> Result<Option<(OnSheet, Vec<(char, u32, Rect)>)>, PageError> {
    let (question, document) = (&item.question, item.document);
    if question.asked != Some(Asked::Doubt) {
        return Ok(None);
    }
    let name = question.name.name();
    let card = app.store().card_of(document).await?;
    let field = card.fields.iter().find(|field| field.name == name);
    let Some((boxes, value)) =
        field.and_then(|field| Some((signs(field)?, field.field.value.clone()?)))
    else {
        return Ok(None);
    };
    let pages = app.store().pages_of(document).await?;
    let Some(place) = question.field.place else {
        return Ok(None);
    };
    let page = pages.iter().find(|page| page.sheet == place.page);
    let Some(image) = page.and_then(|page| page.result.as_ref().ok()) else {
        return Ok(None);
    };
    let on_sheet = OnSheet {
        key: format!("{document}/{name}"),
        value,
        picture: format!("/documents/{document}/fields/{name}"),
        cut: frame(place.bounds, image.size.width, image.size.height),
    };
    Ok(Some((on_sheet, boxes)))
}

/// The doubtful boxes of a field with the characters of its value; none unless the value has a
/// character for each written box, and the same as was read in each that nobody doubts.
fn signs(field: &CardField) -> Option<Vec<(char, u32, Rect)>> {
    let plain = |text: &str| -> Vec<char> {
        let signs = text.chars().filter(|sign| sign.is_alphanumeric());
        signs.flat_map(char::to_uppercase).collect()
    };
    let value = plain(field.field.value.as_deref()?);
    let read = plain(field.field.as_read.as_deref()?);
    let numbered = (1..).zip(&field.boxes);
    let written: Vec<(u32, Rect)> = numbered
        .filter(|(_, place)| place.ink != Ink::Empty)
        .map(|(number, place)| (number, place.place))
        .collect();
    if field.doubtful.is_empty() || value.len() != written.len() || read.len() != value.len() {
        return None;
    }
    let mut doubtful = Vec::new();
    for ((sign, seen), (number, place)) in value.iter().zip(&read).zip(written) {
        if field.doubtful.contains(&number) {
            doubtful.push((*sign, number, place));
        } else if sign != seen {
            return None;
        }
    }
    (doubtful.len() == field.doubtful.len()).then_some(doubtful)
}

/// What a sheet says.
#[derive(Debug, Default)]
struct Confirmed {
    shown: i64,
    sheet: String,
    /// Document, name and value.
    fields: Vec<(String, String, String)>,
    not: BTreeSet<String>,
}

impl Confirmed {
    fn of(form: &[u8]) -> Result<Self, PageError> {
        let wrong = || PageError::Wrong("that is no sheet of ours".into());
        let pairs: Vec<(String, String)> =
            serde_urlencoded::from_bytes(form).map_err(|_| wrong())?;
        let mut confirmed = Self::default();
        for (name, value) in pairs {
            match name.as_str() {
                "shown" => confirmed.shown = value.parse().map_err(|_| wrong())?,
                "sheet" => confirmed.sheet = value,
                "not" => {
                    confirmed.not.insert(value);
                }
                "field" => {
                    let mut parts = value.splitn(3, '/').map(str::to_owned);
                    let field = (|| Some((parts.next()?, parts.next()?, parts.next()?)))();
                    confirmed.fields.push(field.ok_or_else(wrong)?);
                }
                _ => {}
            }
        }
        match confirmed.sheet.is_empty() || confirmed.fields.len() > ON_A_SHEET as usize {
            true => Err(wrong()),
            false => Ok(confirmed),
        }
    }
}

/// `POST /review/sheet`: settles what nobody marked as proposed, and gives the rest back for the
/// station.
pub(in super::super) async fn confirm(
    State(app): State<App>,
    person: Person,
    RawForm(form): RawForm,
) -> Result<Redirect, PageError> {
    let confirmed = Confirmed::of(&form)?;
    let taken = (Timestamp::now().as_second() - confirmed.shown) as f64;
    let each = taken / confirmed.fields.len().max(1) as f64;
    let mut done = Done::default();
    for (number, (id, name, value)) in confirmed.fields.into_iter().enumerate() {
        let document = wire::document(&id)?;
        if confirmed.not.contains(&format!("{id}/{name}")) {
            app.store()
                .give_back(person.user.id, document, &name)
                .await?;
            done.left += 1;
            continue;
        }
        let answer = Answer {
            id: format!("{}-{number}", confirmed.sheet),
            document,
            name,
            says: Says::Proposed(value),
            seconds: wire::seconds(each),
        };
        match station::take(app.store(), taker(&person, false, &[]), &answer).await {
            Ok(_) => done.settled += 1,
            Err(error) => match PageError::from(error) {
                PageError::Conflict(_) | PageError::Wrong(_) => done.lost += 1,
                error => return Err(error),
            },
        }
    }
    Ok(Redirect::to(&view::address("/review/sheet", &done)))
}

/// What no two sheets are called.
fn uuid() -> String {
    let mut bytes = [0_u8; 16];
    // Where there is no chance, the time parts sheets well enough: one person's, seconds apart.
    if getrandom::fill(&mut bytes).is_err() {
        return Timestamp::now().as_nanosecond().to_string();
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::card::WrittenBox;
    use crate::domain::form::FieldKind;
    use crate::domain::verdict::Verdict;
    use crate::store::testing::read_field;

    fn field(value: &str, read: &str, doubtful: &[u32]) -> CardField {
        let mut field = read_field(FieldKind::Postcode, value, 0.6, Verdict::Review);
        field.field.as_read = Some(read.into());
        field.doubtful = doubtful.to_vec();
        field.boxes = (0..8)
            .map(|at| WrittenBox {
                place: Rect::new(at * 10, 0, 10, 10),
                // The postcode's space is an empty box, and the last was not needed.
                ink: if at == 3 || at == 7 {
                    Ink::Empty
                } else {
                    Ink::Written
                },
            })
            .collect();
        field
    }

    #[test]
    fn a_value_lies_over_its_boxes_or_is_no_matter_for_the_sheet() {
        let over = |value, read, doubtful| {
            let found = signs(&field(value, read, doubtful))?;
            let found = found.into_iter().map(|(sign, number, _)| (sign, number));
            Some(found.collect::<Vec<_>>())
        };
        // Box 4 is the space: the fourth character is in box 5.
        assert_eq!(over("LS6 7HN", "LS67HN", &[5]), Some(vec![('7', 5)]));
        assert_eq!(over("LS6 7HN", "LS61HN", &[5]), Some(vec![('7', 5)]));
        // What nobody doubts is another than was read; a character is missing; an empty box is doubted.
        assert_eq!(over("LS6 7HN", "LS57HN", &[5]), None);
        assert_eq!(over("LS6 7H", "LS67H", &[5]), None);
        assert_eq!(over("LS6 7HN", "LS67HN", &[4]), None);
        assert_eq!(over("LS6 7HN", "LS67HN", &[]), None);
    }
}

//! What the station's script and the server say to each other.

use serde::{Deserialize, Serialize};

use crate::cases::review::{Asked, FieldName, Question, ReviewItem};
use crate::cases::station::{Answer, Says, plain_reason};
use crate::domain::card_draft::{CardField, DraftTick};
use crate::domain::form::FieldKind;
use crate::domain::geometry::Rect;
use crate::domain::letter::LetterField;
use crate::export::picture::frame;
use crate::store::DocumentId;

use super::super::error::PageError;
use super::super::state::App;
use super::super::view::{label, sentence};
use super::picture::cut;

/// No answer took longer, in seconds: who answers after that was away.
const LONGEST: f64 = 300.0;
/// Fields that can be left for later at once.
const MOST_LEFT: usize = 500;
/// Signs of an answer's id.
const LONGEST_ID: usize = 64;

/// What the script asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in super::super) struct Ask {
    pub(super) referred: bool,
    /// Documents and names of fields that were left for later.
    but: Vec<(String, String)>,
}

impl Ask {
    pub(super) fn left(&self) -> Result<Vec<(DocumentId, String)>, PageError> {
        let left = self.but.iter().take(MOST_LEFT);
        left.map(|(id, name)| Ok((document(id)?, name.clone())))
            .collect()
    }
}

/// A field by its names.
#[derive(Debug, Deserialize)]
pub(in super::super) struct One {
    document: String,
    pub(super) name: String,
    #[serde(default)]
    pub(super) referred: bool,
}

impl One {
    pub(super) fn document(&self) -> Result<DocumentId, PageError> {
        document(&self.document)
    }
}

/// An answer as the script sends it.
#[derive(Debug, Deserialize)]
pub(in super::super) struct Said {
    id: String,
    document: String,
    name: String,
    says: String,
    #[serde(default)]
    value: String,
    #[serde(default)]
    seconds: f64,
}

impl Said {
    pub(super) fn answer(self) -> Result<Answer, PageError> {
        let says = match self.says.as_str() {
            "value" => Says::Value(self.value),
            "proposed" => Says::Proposed(self.value),
            "unreadable" => Says::Unreadable,
            "refer" => Says::Refer(self.value),
            other => return Err(PageError::Wrong(format!("'{other}' is no answer"))),
        };
        if self.id.is_empty() || self.id.len() > LONGEST_ID {
            return Err(PageError::Wrong("an answer needs an id of its own".into()));
        }
        Ok(Answer {
            document: document(&self.document)?,
            id: self.id,
            name: self.name,
            says,
            seconds: seconds(self.seconds),
        })
    }
}

/// Seconds that can be meant.
pub(super) fn seconds(told: f64) -> f64 {
    if told.is_finite() {
        told.clamp(0.0, LONGEST)
    } else {
        LONGEST
    }
}

pub(super) fn document(id: &str) -> Result<DocumentId, PageError> {
    id.parse().map_err(|_| PageError::Missing("document"))
}

/// A place on a page.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Place {
    x: u32,
    y: u32,
    w: u32,
    h: u32,
}

impl From<Rect> for Place {
    fn from(Rect { x, y, w, h }: Rect) -> Self {
        Self { x, y, w, h }
    }
}

/// A field as it is shown.
#[derive(Debug, Serialize)]
pub(in super::super) struct Shown {
    document: String,
    name: String,
    label: String,
    /// `letter` or `card`.
    kind: &'static str,
    scan: String,
    /// `doubt`, `blind`, `contested`.
    asked: &'static str,
    /// `text` or `tick`.
    input: &'static str,
    /// What numbers are keyed: none picks a choice then.
    numeric: bool,
    proposed: Option<String>,
    as_read: Option<String>,
    reason: Option<String>,
    about: Option<String>,
    /// How such a field is written.
    how: &'static str,
    choices: Vec<String>,
    /// `postcode` or `town` where the gazetteer helps.
    help: Option<&'static str>,
    referral: Option<String>,
    picture: Option<Picture>,
}

/// Where a field stands.
#[derive(Debug, Serialize)]
struct Picture {
    /// The page around it.
    page: String,
    width: u32,
    height: u32,
    /// The field's own picture, and what of the page that shows.
    field: String,
    cut: Place,
    /// The field.
    place: Place,
    /// Its doubtful boxes.
    doubtful: Vec<Place>,
}

impl Shown {
    pub(super) async fn of(app: &App, item: ReviewItem) -> Result<Self, PageError> {
        let ReviewItem {
            document,
            path,
            question,
            ..
        } = item;
        let store = app.store();
        let card = store.card_of(document).await?;
        let name = question.name.name().to_owned();
        let field = card.fields.iter().find(|field| field.name == name);
        let tick = card.ticks.iter().find(|tick| tick.tick.name == name);
        let referral = store.referral(document, &name).await?;
        let nature = Nature::of(&question.name, field, tick);
        let picture = picture(app, document, &question, field, tick.is_some()).await?;
        let blind = question.asked == Some(Asked::Blind);
        let reason = plain_reason(&question.field.reason);
        let reason = Some(reason).filter(|reason| !blind && !reason.is_empty());
        Ok(Self {
            document: document.to_string(),
            label: label(&name),
            kind: match question.name {
                FieldName::Letter(_) => "letter",
                FieldName::Card(_) => "card",
            },
            scan: path,
            asked: question.asked.unwrap_or(Asked::Doubt).name(),
            input: if tick.is_some() { "tick" } else { "text" },
            numeric: nature.numeric,
            proposed: question.field.value,
            as_read: question.field.as_read,
            reason: reason.map(sentence),
            about: tick
                .and_then(|tick| tick.tick.consent.as_ref())
                .map(|consent| format!("Printed beside it: “{}”", consent.wording)),
            how: nature.how,
            choices: question
                .choices
                .into_iter()
                .map(|choice| choice.value)
                .collect(),
            help: nature.help,
            referral: referral.map(|(why, by)| format!("{by} asks: {why}")),
            picture,
            name,
        })
    }
}

/// What sort of value a field has.
struct Nature {
    numeric: bool,
    how: &'static str,
    help: Option<&'static str>,
}

impl Nature {
    fn of(name: &FieldName, field: Option<&CardField>, tick: Option<&DraftTick>) -> Self {
        let plain = |numeric, how| Self {
            numeric,
            how,
            help: None,
        };
        let postcode = Self {
            numeric: true,
            how: "As LS6 3HN",
            help: Some("postcode"),
        };
        let town = Self {
            numeric: false,
            how: "",
            help: Some("town"),
        };
        let kind = field.map(|field| field.kind);
        match (name, kind) {
            _ if tick.is_some() => plain(false, ""),
            (FieldName::Letter(LetterField::Postcode), _) | (_, Some(FieldKind::Postcode)) => {
                postcode
            }
            (FieldName::Letter(LetterField::Town), _) | (_, Some(FieldKind::Town)) => town,
            (FieldName::Letter(LetterField::Date), _) | (_, Some(FieldKind::DateOfBirth)) => {
                plain(true, "As 22/11/2026 or 2026-11-22")
            }
            (FieldName::Letter(LetterField::Phone), _) | (_, Some(FieldKind::Phone)) => plain(
                true,
                "As 01632 960123; from abroad with + and the country’s code",
            ),
            (FieldName::Letter(LetterField::MemberNumber), _)
            | (_, Some(FieldKind::MemberNumber)) => plain(true, "6 to 19 digits"),
            (FieldName::Letter(LetterField::Email), _) | (_, Some(FieldKind::Email)) => {
                plain(true, "As name@example.com")
            }
            (
                _,
                Some(
                    FieldKind::Title
                    | FieldKind::FirstName
                    | FieldKind::Surname
                    | FieldKind::County,
                ),
            ) => plain(false, ""),
            _ => plain(true, ""),
        }
    }
}

async fn picture(
    app: &App,
    document: DocumentId,
    question: &Question,
    field: Option<&CardField>,
    is_tick: bool,
) -> Result<Option<Picture>, PageError> {
    let Some(place) = question.field.place else {
        return Ok(None);
    };
    let pages = app.store().pages_of(document).await?;
    let page = pages.iter().find(|page| page.sheet == place.page);
    let Some(image) = page.and_then(|page| page.result.as_ref().ok()) else {
        return Ok(None);
    };
    let (width, height) = (image.size.width, image.size.height);
    let boxes = field
        .map(|field| field.boxes.as_slice())
        .unwrap_or_default();
    let numbered = question.doubtful.iter();
    let doubtful = numbered.filter_map(|number| {
        let at = (*number as usize).checked_sub(1)?;
        Some(Place::from(boxes.get(at)?.place))
    });
    let name = question.name.name();
    Ok(Some(Picture {
        page: format!("/documents/{document}/pages/{}", place.page),
        width,
        height,
        field: format!("/documents/{document}/fields/{name}"),
        cut: frame(cut(place, is_tick).bounds, width, height).into(),
        place: place.bounds.into(),
        doubtful: doubtful.collect(),
    }))
}

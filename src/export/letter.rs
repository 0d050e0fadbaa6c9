//! The shape of a letter or a card outside: its names are what other programs rely on,
//! so they are changed by addition only.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::domain::field::Field;
use crate::domain::geometry::{PageSize, Rect};
use crate::domain::letter::LetterField;
use crate::store::documents::DocumentRecord;
use crate::store::export::ExportedDocument;

/// A letter with everything that was read off it.
#[derive(Debug, Serialize)]
pub struct Letter {
    /// The document itself.
    #[serde(flatten)]
    pub about: About,
    /// Every field by its name.
    pub fields: BTreeMap<&'static str, LetterValue>,
}

/// What is known of every document.
#[derive(Debug, Serialize)]
pub struct About {
    /// The scan's path below the scanner's folder.
    pub scan: String,
    /// 1, 2, ... within the scan.
    pub document: u32,
    /// The document's id, as other commands take it.
    pub id: String,
    /// Numbers of its pages in the scan, from 1.
    pub pages: Vec<u32>,
    /// The size of each page's image; `null` for a page that could not be read.
    pub page_images: Vec<Option<PageImage>>,
    /// Of these pages, those that could not be read.
    pub missing_pages: Vec<u32>,
    /// The day of receipt.
    pub received: Date,
    /// How that is known.
    pub received_origin: &'static str,
    /// The case it lies on; `null` for a card that needs no answer.
    pub case: Option<String>,
    /// By which rule it lies there.
    pub attached_by: Option<&'static str>,
    /// The same for a person.
    pub attached_why: Option<String>,
    /// What it is about; this and the others down to the deadline are `null` where
    /// there is no case.
    pub topic: Option<String>,
    /// Why.
    pub topic_why: Option<String>,
    /// Who works on it.
    pub team: Option<String>,
    /// Why.
    pub team_why: Option<String>,
    /// How urgent it is.
    pub priority: Option<&'static str>,
    /// Why.
    pub priority_why: Option<String>,
    /// The day by which there must be an answer.
    pub deadline: Option<Date>,
    /// Why.
    pub deadline_why: Option<String>,
    /// How well it could be read.
    pub legibility: &'static str,
    /// Whether a person must look.
    pub in_review: bool,
    /// The lines as read, a form feed between pages.
    pub text: String,
}

/// The size of a page image.
#[derive(Debug, Serialize)]
pub struct PageImage {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Dots per inch.
    pub dpi: u32,
}

/// One field.
#[derive(Debug, Serialize)]
pub struct LetterValue {
    /// The value, or the best candidate when it is in review.
    pub value: Option<String>,
    /// The characters as read.
    pub as_read: Option<String>,
    /// That the value is right.
    pub probability: f64,
    /// The decision.
    pub verdict: &'static str,
    /// Why.
    pub reason: String,
    /// The page that it stands on.
    pub page: Option<u32>,
    /// `[x, y, w, h]` in pixels of the page image.
    #[serde(rename = "box")]
    pub bounds: Option<[u32; 4]>,
}

impl Letter {
    /// The field of this name; every field is there.
    pub(super) fn field(&self, name: LetterField) -> Option<&LetterValue> {
        self.fields.get(name.name())
    }
}

impl From<&ExportedDocument> for Letter {
    fn from(exported: &ExportedDocument) -> Self {
        let absent = Field::empty("");
        let field = |name: LetterField| {
            let field = exported.fields.get(&name).unwrap_or(&absent);
            (name.name(), LetterValue::from(field))
        };
        Self {
            about: exported.into(),
            fields: LetterField::ALL.into_iter().map(field).collect(),
        }
    }
}

impl From<&ExportedDocument> for About {
    fn from(exported: &ExportedDocument) -> Self {
        let pages = &exported.pages;
        let missing = pages.iter().filter(|(_, size)| size.is_none());
        let DocumentRecord {
            id,
            path,
            ordinal,
            attachment,
            receipt,
            legibility,
            text,
            judgement,
            in_review,
            ..
        } = &exported.document;
        let lies = attachment.as_ref();
        // Nobody keeps the deadline of what needs no answer.
        let judged = lies.map(|_| judgement);
        Self {
            scan: path.clone(),
            document: *ordinal,
            id: id.to_string(),
            pages: pages.iter().map(|(number, _)| *number).collect(),
            page_images: pages.iter().map(|(_, size)| size.map(Into::into)).collect(),
            missing_pages: missing.map(|(number, _)| *number).collect(),
            received: receipt.day,
            received_origin: receipt.origin.name(),
            case: lies.map(|lies| lies.case.to_string()),
            attached_by: lies.map(|lies| lies.by.name()),
            attached_why: lies.map(|lies| lies.why.clone()),
            topic: judged.map(|judged| judged.topic.choice.clone()),
            topic_why: judged.map(|judged| judged.topic.why.clone()),
            team: judged.map(|judged| judged.team.choice.clone()),
            team_why: judged.map(|judged| judged.team.why.clone()),
            priority: judged.map(|judged| judged.priority.choice.name()),
            priority_why: judged.map(|judged| judged.priority.why.clone()),
            deadline: judged.map(|judged| judged.deadline.choice),
            deadline_why: judged.map(|judged| judged.deadline.why.clone()),
            legibility: legibility.name(),
            in_review: *in_review,
            text: text.clone(),
        }
    }
}

impl From<&Field> for LetterValue {
    fn from(field: &Field) -> Self {
        Self {
            value: field.value.clone(),
            as_read: field.as_read.clone(),
            probability: field.probability.get(),
            verdict: field.verdict.name(),
            reason: field.reason.clone(),
            page: field.place.map(|place| place.page),
            bounds: field.place.map(|place| corners(place.bounds)),
        }
    }
}

impl From<PageSize> for PageImage {
    fn from(size: PageSize) -> Self {
        Self {
            width: size.width,
            height: size.height,
            dpi: size.dpi,
        }
    }
}

pub(super) const fn corners(Rect { x, y, w, h }: Rect) -> [u32; 4] {
    [x, y, w, h]
}

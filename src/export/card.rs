//! The shape of a card outside: as a letter, with its form, what is ticked and what is
//! signed. Its names are changed by addition only.

use std::collections::BTreeMap;

use serde::Serialize;

use super::letter::{About, LetterValue, corners};
use crate::domain::card::Tick;
use crate::domain::card_draft::{Alternative, CardField, DraftSide, DraftSignature, DraftTick};
use crate::domain::form::Channel;
use crate::store::export::ExportedDocument;

/// A card with everything that was read off it.
#[derive(Debug, Serialize)]
pub struct Card {
    /// The document itself.
    #[serde(flatten)]
    pub about: About,
    /// The id of the customer whose card it is; `null` while nobody knows.
    pub customer: Option<String>,
    /// The form's id.
    pub form: Option<String>,
    /// Its version.
    pub version: Option<u32>,
    /// The first of its sides, counted from 1.
    pub side: Option<u32>,
    /// How far the worst of its sides lies off its form, in mm.
    pub residual_mm: Option<f64>,
    /// Every side.
    pub sides: Vec<CardSide>,
    /// Every field by its name on the form.
    pub fields: BTreeMap<String, CardValue>,
    /// Every box to tick by its name on the form.
    pub ticks: BTreeMap<String, CardTick>,
    /// Every signature box by its name on the form.
    pub signatures: BTreeMap<String, CardSignature>,
}

/// One side.
#[derive(Debug, Serialize)]
pub struct CardSide {
    /// The page that it is.
    pub page: u32,
    /// The side, counted from 1.
    pub side: u32,
    /// What told which form it is.
    pub recognised: &'static str,
    /// How far it lies off its form, in mm.
    pub residual_mm: f64,
}

/// One field.
#[derive(Debug, Serialize)]
pub struct CardValue {
    /// As a field of a letter.
    #[serde(flatten)]
    pub value: LetterValue,
    /// What is written in it.
    pub kind: &'static str,
    /// `[x, y, w, h]` of its boxes on the page image, in writing order.
    pub boxes: Vec<[u32; 4]>,
    /// What is in each: `empty`, `faint`, `written`.
    pub ink: Vec<&'static str>,
    /// The numbers of those that are doubtful, from 1.
    pub doubtful: Vec<u32>,
    /// What the machine took it for, best first, whatever was decided since.
    pub alternatives: Vec<CardAlternative>,
}

/// One value that a field may have.
#[derive(Debug, Serialize)]
pub struct CardAlternative {
    /// The value.
    pub value: String,
    /// That it is right.
    pub probability: f64,
}

/// One box to tick.
#[derive(Debug, Serialize)]
pub struct CardTick {
    /// `empty`, `marked`, `corrected` or `unsure`.
    pub state: &'static str,
    /// What the machine saw, whatever a person decided since.
    pub as_read: &'static str,
    /// How sure that is.
    pub probability: f64,
    /// The decision.
    pub verdict: &'static str,
    /// Why.
    pub reason: String,
    /// The page that it is on.
    pub page: u32,
    /// `[x, y, w, h]` in pixels of the page image.
    #[serde(rename = "box")]
    pub bounds: [u32; 4],
    /// What a mark consents to; `null` for all other ticks.
    pub consent: Option<CardConsent>,
}

/// What a customer was asked, and whether they agreed.
#[derive(Debug, Serialize)]
pub struct CardConsent {
    /// Only by a clean mark that nobody doubts.
    pub given: bool,
    /// What for.
    pub purpose: String,
    /// How they may be reached.
    pub channels: Vec<&'static str>,
    /// The words on the form.
    pub wording: String,
}

/// One signature box.
#[derive(Debug, Serialize)]
pub struct CardSignature {
    /// Whether it is signed.
    pub signed: bool,
    /// The page that it is on.
    pub page: u32,
    /// `[x, y, w, h]` in pixels of the page image.
    #[serde(rename = "box")]
    pub bounds: [u32; 4],
}

impl From<&ExportedDocument> for Card {
    fn from(exported: &ExportedDocument) -> Self {
        let card = &exported.card;
        let first = card.sides.first();
        let residuals = card.sides.iter().map(|side| side.residual);
        let fields = card.fields.iter();
        let ticks = card.ticks.iter();
        let signatures = card.signatures.iter();
        Self {
            about: exported.into(),
            customer: exported.document.customer.map(|id| id.to_string()),
            form: first.map(|side| side.form.clone()),
            version: first.map(|side| side.version),
            side: first.map(|side| side.side),
            residual_mm: residuals.reduce(f64::max),
            sides: card.sides.iter().map(Into::into).collect(),
            fields: fields
                .map(|field| (field.name.clone(), field.into()))
                .collect(),
            ticks: ticks
                .map(|tick| (tick.tick.name.clone(), tick.into()))
                .collect(),
            signatures: signatures
                .map(|signed| (signed.signature.name.clone(), signed.into()))
                .collect(),
        }
    }
}

impl From<&DraftSide> for CardSide {
    fn from(side: &DraftSide) -> Self {
        Self {
            page: side.page,
            side: side.side,
            recognised: side.recognised.name(),
            residual_mm: side.residual,
        }
    }
}

impl From<&CardField> for CardValue {
    fn from(card: &CardField) -> Self {
        let boxes = card.boxes.iter();
        Self {
            value: (&card.field).into(),
            kind: card.kind.name(),
            boxes: boxes
                .clone()
                .map(|written| corners(written.place))
                .collect(),
            ink: boxes.map(|written| written.ink.name()).collect(),
            doubtful: card.doubtful.clone(),
            alternatives: card.alternatives.iter().map(Into::into).collect(),
        }
    }
}

impl From<&Alternative> for CardAlternative {
    fn from(alternative: &Alternative) -> Self {
        Self {
            value: alternative.value.clone(),
            probability: alternative.probability.get(),
        }
    }
}

impl From<&DraftTick> for CardTick {
    fn from(DraftTick { page, seen, tick }: &DraftTick) -> Self {
        Self {
            state: tick.state.name(),
            as_read: seen.name(),
            probability: tick.probability.get(),
            verdict: tick.verdict.name(),
            reason: tick.reason.clone(),
            page: *page,
            bounds: corners(tick.place),
            consent: consent(tick),
        }
    }
}

fn consent(tick: &Tick) -> Option<CardConsent> {
    let asked = tick.consent.as_ref()?;
    Some(CardConsent {
        given: tick.consents(),
        purpose: asked.purpose.clone(),
        channels: asked.channels.iter().copied().map(Channel::name).collect(),
        wording: asked.wording.clone(),
    })
}

impl From<&DraftSignature> for CardSignature {
    fn from(DraftSignature { page, signature }: &DraftSignature) -> Self {
        Self {
            signed: signature.signed,
            page: *page,
            bounds: corners(signature.place),
        }
    }
}

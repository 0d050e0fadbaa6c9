//! Cards and separators that a script says, placed on a made-up grid: what the way of a
//! card through the program is tested with, apart from finding it on paper.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::domain::card::{
    CardSide, Ink, RecognisedBy, SerialSeen, Signature, Tick, TickState, WrittenBox, WrittenField,
};
use crate::domain::confidence::Probability;
use crate::domain::form::{Channel, Consent};
use crate::domain::geometry::{Rect, Turn};
use crate::domain::lattice::Lattice;
use crate::domain::verdict::Verdict;

/// The sheets of a script that are no letters, by the height of their image.
#[derive(Debug, Default)]
pub struct ScriptedCards {
    sheets: BTreeMap<u32, Sheet>,
}

/// What a page is.
#[derive(Debug, Clone, PartialEq)]
pub enum Sheet {
    /// A separator sheet.
    Separator,
    /// A side of a card, and the turn that brings it upright.
    Card(Turn, CardSide),
}

impl ScriptedCards {
    /// These sheets, by height.
    pub const fn new(sheets: BTreeMap<u32, Sheet>) -> Self {
        Self { sheets }
    }

    /// What a page of that height is; `None` when it is neither.
    pub fn sheet(&self, height: u32) -> Option<&Sheet> {
        self.sheets.get(&height)
    }
}

/// A side as a script has it: `{"form": "loyalty-a5", "side": 1, "residual": 0.1,
/// "fields": {"surname": ["written", "empty"], "title": ["M", "RA"]}, "ticks": {"offers_post": "marked"},
/// "consents": ["offers_post"], "signatures": {"signature": true}, "serials": {"card": "417"}}`. A box that is none of
/// `empty`, `faint`, `written` says what may stand in it: its first character with a probability of 0.9, the others
/// share the rest. A serial that says nothing could not be read.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScriptedSide {
    form: String,
    #[serde(default = "one")]
    version: u32,
    #[serde(default = "one")]
    side: u32,
    #[serde(default)]
    residual: f64,
    #[serde(default)]
    turn: u16,
    #[serde(default)]
    fields: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    ticks: BTreeMap<String, String>,
    /// The ticks that are consents.
    #[serde(default)]
    consents: Vec<String>,
    #[serde(default)]
    signatures: BTreeMap<String, bool>,
    #[serde(default)]
    serials: BTreeMap<String, String>,
}

const fn one() -> u32 {
    1
}

/// Pixels from one made-up box to the next.
const STEP: u32 = 40;

/// How large it is.
const BOX: u32 = 30;

impl ScriptedSide {
    pub(super) fn turn(&self) -> Turn {
        Turn::from_degrees(self.turn).unwrap_or_default()
    }

    /// Fields stand in rows from the top, ticks below them, then signatures.
    pub(super) fn side(&self) -> CardSide {
        let mut row = 0;
        let mut next = || {
            row += STEP;
            row
        };
        let fields = self.fields.iter().map(|(name, boxes)| {
            let y = next();
            written(name, boxes, y)
        });
        let fields = fields.collect();
        let ticks = self.ticks.iter().map(|(name, state)| {
            let place = Rect::new(STEP, next(), BOX, BOX);
            self.tick(name, state, place)
        });
        let ticks = ticks.collect();
        let signatures = self.signatures.iter().map(|(name, signed)| Signature {
            name: name.clone(),
            signed: *signed,
            place: Rect::new(STEP, next(), 10 * BOX, BOX),
        });
        let signatures = signatures.collect();
        let serials = self.serials.iter().map(|(name, number)| {
            let place = Rect::new(STEP, next(), 10 * BOX, BOX);
            serial(name, number, place)
        });
        CardSide {
            serials: serials.collect(),
            signatures,
            form: self.form.clone(),
            version: self.version,
            side: self.side,
            recognised: RecognisedBy::Code,
            residual: self.residual,
            fields,
            ticks,
        }
    }

    fn tick(&self, name: &str, state: &str, place: Rect) -> Tick {
        let state = TickState::from_name(state).unwrap_or(TickState::Unsure);
        let (verdict, probability, reason) = match state {
            TickState::Empty => (Verdict::Accepted, 0.999, "no ink in it"),
            TickState::Marked => (Verdict::Accepted, 0.998, "a clean mark"),
            TickState::Corrected => (Verdict::Accepted, 0.95, "struck out"),
            TickState::Unsure => (Verdict::Review, 0.5, "hardly any ink"),
        };
        let consent = self.consents.iter().any(|consent| consent == name);
        Tick {
            name: name.to_owned(),
            consent: consent.then(|| Consent {
                purpose: "marketing".to_owned(),
                channels: vec![Channel::Post, Channel::Email],
                wording: format!("Yes, please send me more: {name}."),
            }),
            state,
            probability: Probability::clamped(probability),
            verdict,
            reason: reason.to_owned(),
            place,
        }
    }
}

fn serial(name: &str, number: &str, place: Rect) -> SerialSeen {
    let read = !number.is_empty();
    let (verdict, probability, reason) = match read {
        true => (Verdict::Accepted, 0.999, "its bar code"),
        false => (Verdict::Review, 0.0, "it could not be read"),
    };
    SerialSeen {
        name: name.to_owned(),
        number: read.then(|| number.to_owned()),
        probability: Probability::clamped(probability),
        verdict,
        reason: reason.to_owned(),
        place,
    }
}

fn written(name: &str, boxes: &[String], y: u32) -> WrittenField {
    let lattice = lattice(boxes);
    let boxes: Vec<WrittenBox> = (1..)
        .zip(boxes)
        .map(|(at, ink)| WrittenBox {
            place: Rect::new(at * STEP, y, BOX, BOX),
            ink: Ink::from_name(ink).unwrap_or(Ink::Written),
        })
        .collect();
    WrittenField {
        name: name.to_owned(),
        place: Rect::around(boxes.iter().map(|written| written.place)).unwrap_or_default(),
        boxes,
        lattice,
    }
}

/// What the boxes say; nothing at all, when the script says of each only how it looks.
fn lattice(boxes: &[String]) -> Lattice {
    const SURE: f64 = 0.9;
    let mut lattice = Lattice::default();
    if boxes.iter().all(|one| Ink::from_name(one).is_some()) {
        return lattice;
    }
    for text in boxes {
        let signs: Vec<char> = match Ink::from_name(text) {
            Some(_) => Vec::new(),
            None => text.chars().collect(),
        };
        let others = (1.0 - SURE) / signs.len().saturating_sub(1).max(1) as f64;
        let share = |at: usize| if at == 0 { SURE } else { others };
        let likely = signs.iter().enumerate();
        let likely = likely.map(|(at, sign)| (*sign, share(at).ln()));
        let blank = signs.is_empty().then_some(0.0);
        // Logarithms of shares below 1 are likelihoods.
        lattice.push(likely, blank).unwrap_or_default();
    }
    lattice
}

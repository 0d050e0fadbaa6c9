//! A whole card, ready to be filed: what its sides say, gathered over its pages, with
//! the verdicts that decide what a person must look at.

use super::card::{RecognisedBy, Signature, Tick, TickState, WrittenBox};
use super::confidence::Probability;
use super::field::Field;
use super::form::FieldKind;
use super::verdict::Verdict;

/// What was read off all sides of one card.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CardDraft {
    /// Its sides, in the order of its pages.
    pub sides: Vec<DraftSide>,
    /// What is written by hand, and before it the numbers that were on the card already;
    /// no name twice.
    pub fields: Vec<CardField>,
    /// What is ticked; no name twice.
    pub ticks: Vec<DraftTick>,
    /// Where it is signed; no name twice.
    pub signatures: Vec<DraftSignature>,
}

/// Which side of which form a page is.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftSide {
    /// The page's number in its scan, from 1.
    pub page: u32,
    /// The form's id.
    pub form: String,
    /// Its version.
    pub version: u32,
    /// The side, counted from 1.
    pub side: u32,
    /// What told which form it is.
    pub recognised: RecognisedBy,
    /// How badly it lies on its form, in mm.
    pub residual: f64,
}

/// A field of a card: as every field, and what its boxes look like.
#[derive(Debug, Clone, PartialEq)]
pub struct CardField {
    /// Its name on the form.
    pub name: String,
    /// What is written in it.
    pub kind: FieldKind,
    /// As read, as matched, how sure, why, where.
    pub field: Field,
    /// Its boxes in writing order, on the page of the field's place; none of a number that
    /// was on the card already.
    pub boxes: Vec<WrittenBox>,
    /// What it may say, best first, the field's own value among them; none where it is
    /// not read.
    pub alternatives: Vec<Alternative>,
    /// The numbers of the boxes that are doubtful, from 1 in writing order.
    pub doubtful: Vec<u32>,
}

/// A value that a field may have.
#[derive(Debug, Clone, PartialEq)]
pub struct Alternative {
    /// In its standard form.
    pub value: String,
    /// That it is right.
    pub probability: Probability,
}

/// A box to tick and the page that it is on.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftTick {
    /// The page's number in its scan, from 1.
    pub page: u32,
    /// What the machine saw, whatever a person decided since.
    pub seen: TickState,
    /// What the box is, and what that means.
    pub tick: Tick,
}

/// A signature box and the page that it is on.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftSignature {
    /// The page's number in its scan, from 1.
    pub page: u32,
    /// Whether it is signed.
    pub signature: Signature,
}

impl CardDraft {
    /// Whether the customer wrote something in their own words: that needs an answer,
    /// and so a case.
    pub fn has_comment(&self) -> bool {
        let mut fields = self.fields.iter();
        fields.any(|field| {
            let written = |place: &WrittenBox| place.ink == super::card::Ink::Written;
            field.kind == FieldKind::FreeText && field.boxes.iter().any(written)
        })
    }

    /// The verdict on each field and on each box to tick.
    pub fn verdicts(&self) -> impl Iterator<Item = Verdict> + '_ {
        let fields = self.fields.iter().map(|field| field.field.verdict);
        fields.chain(self.ticks.iter().map(|tick| tick.tick.verdict))
    }
}

impl CardField {
    /// Whether it was on the card before the customer got it.
    pub const fn is_serial(&self) -> bool {
        self.boxes.is_empty()
    }

    /// Whether there is ink in any of its boxes, be it faint.
    pub fn is_written(&self) -> bool {
        self.boxes
            .iter()
            .any(|place| place.ink != super::card::Ink::Empty)
    }
}

impl Tick {
    /// Whether the customer consents by it: only ever by a clean mark that nobody
    /// doubts.
    pub fn consents(&self) -> bool {
        self.consent.is_some()
            && self.state == TickState::Marked
            && self.verdict == Verdict::Accepted
    }
}

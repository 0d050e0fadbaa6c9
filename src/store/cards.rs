//! Cards as they are kept: sides, fields with their boxes, ticks, signatures.

use sqlx::any::AnyRow;
use sqlx::{Any, Executor};

use crate::domain::card::{Ink, RecognisedBy, Signature, Tick, TickState, WrittenBox};
use crate::domain::card_draft::{
    Alternative, CardDraft, CardField, DraftSide, DraftSignature, DraftTick,
};
use crate::domain::confidence::Probability;
use crate::domain::field::Field;
use crate::domain::form::{Channel, Consent, FieldKind};
use crate::domain::geometry::Rect;
use crate::domain::verdict::Verdict;

use super::Store;
use super::change::Change;
use super::error::{Doing, Result};
use super::fields::field;
use super::ids::DocumentId;
use super::rows::{Columns, corrupt, storable};

impl Store {
    /// What is on a card; nothing at all when the document is none.
    pub async fn card_of(&self, document: DocumentId) -> Result<CardDraft> {
        Ok(CardDraft {
            sides: sides(&self.pool, document).await?,
            fields: fields(&self.pool, document).await?,
            ticks: ticks(&self.pool, document).await?,
            signatures: signatures(&self.pool, document).await?,
        })
    }
}

impl Change {
    /// The fields of a card as this change sees them.
    pub async fn card_fields_of(&mut self, document: DocumentId) -> Result<Vec<CardField>> {
        fields(self.connection(), document).await
    }

    /// The ticks of a card as this change sees them.
    pub async fn ticks_of(&mut self, document: DocumentId) -> Result<Vec<DraftTick>> {
        ticks(self.connection(), document).await
    }

    /// Puts what is on a new card on record.
    pub(super) async fn card(&mut self, document: DocumentId, card: &CardDraft) -> Result<()> {
        for side in &card.sides {
            self.card_side(document, side).await?;
        }
        for field in &card.fields {
            self.card_field(document, field).await?;
        }
        for tick in &card.ticks {
            self.tick(document, tick, None).await?;
        }
        for signature in &card.signatures {
            self.signature(document, signature).await?;
        }
        Ok(())
    }

    /// The sides of a card as this change sees them.
    pub async fn sides_of(&mut self, document: DocumentId) -> Result<Vec<DraftSide>> {
        sides(self.connection(), document).await
    }

    /// Adds the sides of a card that could be read after all; what was known of it
    /// stays. A document that turns out to be a card has no letter's fields any more.
    pub(super) async fn add_to_card(
        &mut self,
        document: DocumentId,
        card: &CardDraft,
    ) -> Result<()> {
        sqlx::query("delete from fields where document_id = $1 and settled_by is null")
            .bind(document.to_string())
            .execute(self.connection())
            .await
            .doing("reading a card again")?;
        self.card(document, card).await
    }

    async fn card_side(&mut self, document: DocumentId, side: &DraftSide) -> Result<()> {
        sqlx::query(
            "insert into card_sides (document_id, page, form, version, side, recognised,
                                     residual_mm)
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(document.to_string())
        .bind(i64::from(side.page))
        .bind(storable(&side.form))
        .bind(i64::from(side.version))
        .bind(i64::from(side.side))
        .bind(side.recognised.name())
        .bind(side.residual)
        .execute(self.connection())
        .await
        .doing("filing a side of a card")?;
        Ok(())
    }

    /// Puts what the machine made of a field of a card on record, over what it had made
    /// of it before; what a person settled stays.
    pub(super) async fn card_field(
        &mut self,
        document: DocumentId,
        card: &CardField,
    ) -> Result<()> {
        let field = &card.field;
        let place = field.place.ok_or_else(|| corrupt("page", "nothing"))?;
        let Rect { x, y, w, h } = place.bounds;
        sqlx::query(
            "insert into card_fields (document_id, name, kind, as_read, value, probability,
                                      verdict, reason, page, x, y, w, h, boxes, alternatives,
                                      doubtful, machine_value, machine_probability,
                                      machine_verdict)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
                     $5, $6, $7)
             on conflict (document_id, name) do update
             set as_read = excluded.as_read, value = excluded.value,
                 probability = excluded.probability, verdict = excluded.verdict,
                 reason = excluded.reason, alternatives = excluded.alternatives,
                 doubtful = excluded.doubtful, machine_value = excluded.machine_value,
                 machine_probability = excluded.machine_probability,
                 machine_verdict = excluded.machine_verdict
             where card_fields.settled_by is null",
        )
        .bind(document.to_string())
        .bind(storable(&card.name))
        .bind(card.kind.name())
        .bind(field.as_read.as_deref().map(storable))
        .bind(field.value.as_deref().map(storable))
        .bind(field.probability.get())
        .bind(field.verdict.name())
        .bind(storable(&field.reason))
        .bind(i64::from(place.page))
        .bind(i64::from(x))
        .bind(i64::from(y))
        .bind(i64::from(w))
        .bind(i64::from(h))
        .bind(encode(&card.boxes))
        .bind(encode_alternatives(&card.alternatives))
        .bind(encode_doubtful(&card.doubtful))
        .execute(self.connection())
        .await
        .doing("filing a field of a card")?;
        Ok(())
    }

    /// Puts a person's decision on a field of a card on record, and whether it is the
    /// value that the machine had made of it; what the machine had made stays beside it.
    pub async fn settle_card_field(
        &mut self,
        document: DocumentId,
        name: &str,
        field: &Field,
        agrees: bool,
    ) -> Result<()> {
        let by = self.actor.name().to_owned();
        sqlx::query(
            "update card_fields set value = $3, probability = $4, verdict = $5, reason = $6,
                 agrees = $7, settled_by = $8
             where document_id = $1 and name = $2",
        )
        .bind(document.to_string())
        .bind(storable(name))
        .bind(field.value.as_deref().map(storable))
        .bind(field.probability.get())
        .bind(field.verdict.name())
        .bind(storable(&field.reason))
        .bind(i64::from(agrees))
        .bind(by)
        .execute(self.connection())
        .await
        .doing("settling a field of a card")?;
        Ok(())
    }

    /// What the machine made of a field of a card, whatever was decided since.
    pub async fn machine_value_of(
        &mut self,
        document: DocumentId,
        name: &str,
    ) -> Result<Option<String>> {
        let row = sqlx::query(
            "select machine_value from card_fields where document_id = $1 and name = $2",
        )
        .bind(document.to_string())
        .bind(storable(name))
        .fetch_one(self.connection())
        .await
        .doing("reading a field of a card")?;
        row.maybe_text("machine_value")
    }

    /// Puts a box to tick on record, over what was decided of it; `settled_by` when a
    /// person decided it.
    pub async fn tick(
        &mut self,
        document: DocumentId,
        DraftTick { page, seen, tick }: &DraftTick,
        settled_by: Option<&str>,
    ) -> Result<()> {
        let Rect { x, y, w, h } = tick.place;
        let consent = tick.consent.as_ref();
        sqlx::query(
            "insert into ticks (document_id, name, as_read, state, probability, verdict, reason,
                                page, x, y, w, h, consent_purpose, consent_channels,
                                consent_wording, settled_by)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
             on conflict (document_id, name) do update
             set state = excluded.state, probability = excluded.probability,
                 verdict = excluded.verdict, reason = excluded.reason,
                 settled_by = excluded.settled_by",
        )
        .bind(document.to_string())
        .bind(storable(&tick.name))
        .bind(seen.name())
        .bind(tick.state.name())
        .bind(tick.probability.get())
        .bind(tick.verdict.name())
        .bind(storable(&tick.reason))
        .bind(i64::from(*page))
        .bind(i64::from(x))
        .bind(i64::from(y))
        .bind(i64::from(w))
        .bind(i64::from(h))
        .bind(consent.map(|consent| storable(&consent.purpose)))
        .bind(consent.map(channels))
        .bind(consent.map(|consent| storable(&consent.wording)))
        .bind(settled_by.map(str::to_owned))
        .execute(self.connection())
        .await
        .doing("filing a tick")?;
        Ok(())
    }

    async fn signature(
        &mut self,
        document: DocumentId,
        DraftSignature { page, signature }: &DraftSignature,
    ) -> Result<()> {
        let Rect { x, y, w, h } = signature.place;
        sqlx::query(
            "insert into signatures (document_id, name, signed, page, x, y, w, h)
             values ($1, $2, $3, $4, $5, $6, $7, $8)
             on conflict (document_id, name) do nothing",
        )
        .bind(document.to_string())
        .bind(storable(&signature.name))
        .bind(i64::from(signature.signed))
        .bind(i64::from(*page))
        .bind(i64::from(x))
        .bind(i64::from(y))
        .bind(i64::from(w))
        .bind(i64::from(h))
        .execute(self.connection())
        .await
        .doing("filing a signature")?;
        Ok(())
    }
}

async fn sides(
    executor: impl Executor<'_, Database = Any>,
    document: DocumentId,
) -> Result<Vec<DraftSide>> {
    let rows = sqlx::query("select * from card_sides where document_id = $1 order by page")
        .bind(document.to_string())
        .fetch_all(executor)
        .await
        .doing("reading a card")?;
    let side = |row: &AnyRow| {
        Ok(DraftSide {
            page: row.number("page")?,
            form: row.text("form")?,
            version: row.number("version")?,
            side: row.number("side")?,
            recognised: row.named("recognised", RecognisedBy::from_name)?,
            residual: row.float("residual_mm")?,
        })
    };
    rows.iter().map(side).collect()
}

/// In the order in which they stand on the card.
async fn fields(
    executor: impl Executor<'_, Database = Any>,
    document: DocumentId,
) -> Result<Vec<CardField>> {
    let rows =
        sqlx::query("select * from card_fields where document_id = $1 order by page, y, x, name")
            .bind(document.to_string())
            .fetch_all(executor)
            .await
            .doing("reading the fields of a card")?;
    let card_field = |row: &AnyRow| {
        Ok(CardField {
            name: row.text("name")?,
            kind: row.named("kind", FieldKind::from_name)?,
            field: field(row)?,
            boxes: decode(&row.text("boxes")?)?,
            alternatives: decode_alternatives(&row.text("alternatives")?)?,
            doubtful: decode_doubtful(&row.text("doubtful")?)?,
        })
    };
    rows.iter().map(card_field).collect()
}

async fn ticks(
    executor: impl Executor<'_, Database = Any>,
    document: DocumentId,
) -> Result<Vec<DraftTick>> {
    let rows = sqlx::query("select * from ticks where document_id = $1 order by page, y, x, name")
        .bind(document.to_string())
        .fetch_all(executor)
        .await
        .doing("reading the ticks of a card")?;
    let tick = |row: &AnyRow| {
        Ok(DraftTick {
            page: row.number("page")?,
            seen: row.named("as_read", TickState::from_name)?,
            tick: Tick {
                name: row.text("name")?,
                consent: consent(row)?,
                state: row.named("state", TickState::from_name)?,
                probability: Probability::clamped(row.float("probability")?),
                verdict: row.named("verdict", Verdict::from_name)?,
                reason: row.text("reason")?,
                place: place(row)?,
            },
        })
    };
    rows.iter().map(tick).collect()
}

async fn signatures(
    executor: impl Executor<'_, Database = Any>,
    document: DocumentId,
) -> Result<Vec<DraftSignature>> {
    let rows =
        sqlx::query("select * from signatures where document_id = $1 order by page, y, x, name")
            .bind(document.to_string())
            .fetch_all(executor)
            .await
            .doing("reading the signatures of a card")?;
    let signature = |row: &AnyRow| {
        Ok(DraftSignature {
            page: row.number("page")?,
            signature: Signature {
                name: row.text("name")?,
                signed: row.flag("signed")?,
                place: place(row)?,
            },
        })
    };
    rows.iter().map(signature).collect()
}

fn place(row: &AnyRow) -> Result<Rect> {
    Ok(Rect::new(
        row.number("x")?,
        row.number("y")?,
        row.number("w")?,
        row.number("h")?,
    ))
}

fn consent(row: &AnyRow) -> Result<Option<Consent>> {
    let Some(purpose) = row.maybe_text("consent_purpose")? else {
        return Ok(None);
    };
    let channels = row.text("consent_channels")?;
    let channel =
        |name: &str| Channel::from_name(name).ok_or_else(|| corrupt("consent_channels", name));
    Ok(Some(Consent {
        purpose,
        channels: channels
            .split_whitespace()
            .map(channel)
            .collect::<Result<_>>()?,
        wording: row.text("consent_wording")?,
    }))
}

/// `post email`.
fn channels(consent: &Consent) -> String {
    let names: Vec<&str> = consent.channels.iter().map(|way| way.name()).collect();
    names.join(" ")
}

/// A box as `[x, y, w, h, ink]`.
type BoxRow = (u32, u32, u32, u32, String);

fn encode(boxes: &[WrittenBox]) -> String {
    let row = |written: &WrittenBox| -> BoxRow {
        let Rect { x, y, w, h } = written.place;
        (x, y, w, h, written.ink.name().to_owned())
    };
    // Tuples of numbers and words cannot fail to serialise.
    serde_json::to_string(&boxes.iter().map(row).collect::<Vec<_>>()).unwrap_or_default()
}

fn decode(boxes: &str) -> Result<Vec<WrittenBox>> {
    let column = "card_fields.boxes";
    let rows: Vec<BoxRow> = serde_json::from_str(boxes).map_err(|error| corrupt(column, error))?;
    let written = |(x, y, w, h, ink): BoxRow| {
        Ok(WrittenBox {
            place: Rect::new(x, y, w, h),
            ink: Ink::from_name(&ink).ok_or_else(|| corrupt(column, ink))?,
        })
    };
    rows.into_iter().map(written).collect()
}

/// An alternative as `[value, probability]`.
fn encode_alternatives(alternatives: &[Alternative]) -> String {
    let row = |other: &Alternative| (storable(&other.value), other.probability.get());
    let rows: Vec<(String, f64)> = alternatives.iter().map(row).collect();
    // Words and finite numbers cannot fail to serialise.
    serde_json::to_string(&rows).unwrap_or_default()
}

pub(super) fn decode_alternatives(text: &str) -> Result<Vec<Alternative>> {
    let rows: Vec<(String, f64)> =
        serde_json::from_str(text).map_err(|error| corrupt("card_fields.alternatives", error))?;
    let alternative = |(value, probability)| Alternative {
        value,
        probability: Probability::clamped(probability),
    };
    Ok(rows.into_iter().map(alternative).collect())
}

fn encode_doubtful(boxes: &[u32]) -> String {
    // Numbers cannot fail to serialise.
    serde_json::to_string(boxes).unwrap_or_default()
}

pub(super) fn decode_doubtful(text: &str) -> Result<Vec<u32>> {
    serde_json::from_str(text).map_err(|error| corrupt("card_fields.doubtful", error))
}

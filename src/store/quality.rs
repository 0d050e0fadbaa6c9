//! What people found of what the machine had read off cards: counted for the report, and
//! one by one for the samples by which thresholds are certified.

use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::domain::card::MAX_RESIDUAL;
use crate::domain::confidence::Probability;
use crate::domain::form::FieldKind;
use crate::domain::guarantee::Counted;
use crate::domain::identity::Digest;

use super::Store;
use super::error::{Doing, Result};
use super::ids;
use super::rekeying::awaits_rekeying;
use super::rows::Columns;

/// Which cards are counted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    /// Those filed at this moment or later.
    pub since: Option<Timestamp>,
    /// Those filed before this one.
    pub until: Option<Timestamp>,
    /// Those of this form, in any version.
    pub form: Option<String>,
}

/// How many cards there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cards {
    /// All.
    pub cards: u64,
    /// Those that no person had to look at: nothing on them was doubtful.
    pub straight_through: u64,
}

/// What became of the fields of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindQuality {
    /// The kind.
    pub kind: FieldKind,
    /// How many the machine accepted.
    pub accepted: u64,
    /// Of these, the ones that were keyed again, and how many of those it had read wrong: a
    /// difference that nobody has decided yet is counted as such.
    pub rekeyed: Counted,
    /// The ones that were keyed as something else,
    pub differences: u64,
    /// and the ones of those that wait for a second person.
    pub undecided: u64,
    /// The ones that wait to be keyed.
    pub waiting: u64,
    /// How many the machine sent to a person.
    pub in_review: u64,
    /// Of these, the ones that were decided and for which the machine had proposed a value,
    pub decided: u64,
    /// and those of which it was another.
    pub changed: u64,
}

/// A reading of a card that the lot fell on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Checked {
    /// What is written in the field.
    pub kind: FieldKind,
    /// What the machine gave its value.
    pub probability: Probability,
    /// Whether that was right; none while a person has still to say so.
    pub right: Option<bool>,
}

impl Store {
    /// How many cards there are, and how many needed no person.
    pub async fn cards_counted(&self, scope: &Scope) -> Result<Cards> {
        let row = sqlx::query(
            "select count(*) as cards, coalesce(sum(case
                 when exists (select 1 from card_fields
                              where document_id = documents.id and machine_verdict = 'review')
                   or exists (select 1 from ticks
                              where document_id = documents.id
                                and (verdict = 'review' or settled_by is not null))
                   or exists (select 1 from pages
                              where document_id = documents.id and aside_code is not null)
                 then 0 else 1 end), 0) as straight
             from documents
             where kind = 'card' and filed_at >= $1 and ($3 = '' or filed_at < $3)
               and ($2 = '' or exists (select 1 from card_sides
                                       where document_id = documents.id and form = $2))",
        )
        .bind(at(scope.since))
        .bind(scope.form.clone().unwrap_or_default())
        .bind(at(scope.until))
        .fetch_one(&self.pool)
        .await
        .doing("counting cards")?;
        Ok(Cards {
            cards: row.number("cards")?,
            straight_through: row.number("straight")?,
        })
    }

    /// The forms whose cards were filed.
    pub async fn forms_seen(&self) -> Result<Vec<String>> {
        let rows = sqlx::query("select distinct form from card_sides order by form")
            .fetch_all(&self.pool)
            .await
            .doing("listing forms")?;
        rows.iter().map(|row| row.text("form")).collect()
    }

    /// What became of the fields of each kind that there is, in the order of the kinds.
    pub async fn quality(&self, scope: &Scope) -> Result<Vec<KindQuality>> {
        let rows = sqlx::query(concat!(
            "select card_fields.kind as kind,
                    sum(case when machine_verdict = 'accepted' then 1 else 0 end) as accepted,
                    count(rekeyings.name) as rekeyed,
                    sum(case when rekeyings.agrees = 0 then 1 else 0 end) as differences,
                    sum(case when rekeyings.name is not null
                              and coalesce(card_fields.agrees, 0) = 0
                        then 1 else 0 end) as wrong,
                    sum(case when rekeyings.agrees = 0 and card_fields.agrees is null
                        then 1 else 0 end) as undecided,
                    sum(case when ",
            awaits_rekeying!(),
            "        then 1 else 0 end) as waiting,
                    sum(case when machine_verdict = 'review' then 1 else 0 end) as in_review,
                    sum(case when machine_verdict = 'review' and machine_value is not null
                              and card_fields.agrees is not null
                        then 1 else 0 end) as decided,
                    sum(case when machine_verdict = 'review' and machine_value is not null
                              and card_fields.agrees = 0
                        then 1 else 0 end) as changed
             from card_fields
             join documents on documents.id = card_fields.document_id
             join card_sides on card_sides.document_id = card_fields.document_id
                  and card_sides.page = card_fields.page
             left join rekeyings on rekeyings.document_id = card_fields.document_id
                  and rekeyings.name = card_fields.name
             where documents.filed_at >= $1 and ($3 = '' or documents.filed_at < $3)
               and ($2 = '' or card_sides.form = $2)
             group by card_fields.kind"
        ))
        .bind(at(scope.since))
        .bind(scope.form.clone().unwrap_or_default())
        .bind(at(scope.until))
        .fetch_all(&self.pool)
        .await
        .doing("counting what was found of cards")?;
        let kinds: Result<Vec<KindQuality>> = rows.iter().map(of_kind).collect();
        let mut kinds = kinds?;
        kinds.sort_by_key(|of| of.kind as usize);
        Ok(kinds)
    }

    /// Every reading of handprint, on cards of a form that the lot fell on, by this network;
    /// those on sides that lie too badly to be accepted are left out, as they are when it is
    /// decided what is accepted, and so are numbers that were on the card already and what is
    /// held against them.
    pub async fn checked(&self, form: &str, version: u32, network: Digest) -> Result<Vec<Checked>> {
        let rows = sqlx::query(
            "select card_fields.kind, machine_probability, agrees
             from card_fields
             join documents on documents.id = card_fields.document_id
             join card_sides on card_sides.document_id = card_fields.document_id
                  and card_sides.page = card_fields.page
             where documents.drawn = 1 and machine_verdict <> 'empty'
               and card_sides.form = $1 and card_sides.version = $2
               and card_sides.residual_mm <= $3
               and card_fields.boxes <> '[]'
               and not exists (select 1 from card_fields as printed
                               where printed.document_id = card_fields.document_id
                                 and printed.kind = card_fields.kind and printed.boxes = '[]')
               and not exists (select 1 from readings
                               where document_id = documents.id
                                 and coalesce(handprint, '') <> $4)
             order by card_fields.document_id, card_fields.name",
        )
        .bind(form.to_owned())
        .bind(i64::from(version))
        .bind(MAX_RESIDUAL)
        .bind(network.to_string())
        .fetch_all(&self.pool)
        .await
        .doing("looking for checked readings")?;
        let checked = |row: &AnyRow| {
            Ok(Checked {
                kind: row.named("kind", FieldKind::from_name)?,
                probability: Probability::clamped(row.float("machine_probability")?),
                right: row.maybe_int("agrees")?.map(|agrees| agrees != 0),
            })
        };
        rows.iter().map(checked).collect()
    }
}

/// A moment as the rows have it; nothing is before no text at all.
fn at(moment: Option<Timestamp>) -> String {
    moment.map(ids::moment).unwrap_or_default()
}

fn of_kind(row: &AnyRow) -> Result<KindQuality> {
    Ok(KindQuality {
        kind: row.named("kind", FieldKind::from_name)?,
        accepted: row.number("accepted")?,
        rekeyed: Counted {
            of: row.number("rekeyed")?,
            wrong: row.number("wrong")?,
        },
        differences: row.number("differences")?,
        undecided: row.number("undecided")?,
        waiting: row.number("waiting")?,
        in_review: row.number("in_review")?,
        decided: row.number("decided")?,
        changed: row.number("changed")?,
    })
}

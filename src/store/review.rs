//! Doubtful fields and ticks, as a person settles them.

use sqlx::any::AnyRow;

use crate::domain::card_draft::{Alternative, CardField};
use crate::domain::confidence::Probability;
use crate::domain::field::{Field, Place};
use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::letter::LetterField;
use crate::domain::verdict::Verdict;

use super::Store;
use super::cards::{decode_alternatives, decode_doubtful};
use super::documents::maybe_case;
use super::error::{Doing, Result};
use super::fields;
use super::ids::DocumentId;
use super::rekeying::{Rekeyings, awaits_rekeying};
use super::rows::Columns;

/// What a person settles: a field of a letter, or what a card's form calls one of its
/// fields or boxes to tick.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum FieldName {
    /// On a letter.
    Letter(LetterField),
    /// On a card.
    Card(String),
}

impl FieldName {
    /// The name in SQL and on screen.
    pub fn name(&self) -> &str {
        match self {
            Self::Letter(field) => field.name(),
            Self::Card(name) => name,
        }
    }
}

impl From<LetterField> for FieldName {
    fn from(field: LetterField) -> Self {
        Self::Letter(field)
    }
}

/// Why a person is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Asked {
    /// It is doubtful.
    Doubt,
    /// The lot fell on its card: it was accepted, and is keyed again by somebody who does
    /// not see as what.
    Blind,
    /// It was keyed so as another value, and a second person decides.
    Contested,
}

crate::domain::named!(Asked {
    Doubt => "doubt",
    Blind => "blind",
    Contested => "contested",
});

/// A value that a field may have, as a person sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// In its standard form.
    pub value: String,
    /// That it is right; none where that would tell whose value it is.
    pub probability: Option<Probability>,
}

/// A field or a tick as the person who settles it may see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Which one.
    pub name: FieldName,
    /// Why they are asked; none where it is decided.
    pub asked: Option<Asked>,
    /// As read, as matched, how sure, why, where; without what would lead the person,
    /// where they must not be led.
    pub field: Field,
    /// What it may say; numbered from 1 where it is shown.
    pub choices: Vec<Choice>,
    /// The numbers of its doubtful boxes, from 1.
    pub doubtful: Vec<u32>,
}

/// One field that waits for a person.
#[derive(Debug, Clone, PartialEq)]
pub struct ReviewItem {
    /// Its document.
    pub document: DocumentId,
    /// The case of that; none for a card without one.
    pub case: Option<CaseReference>,
    /// The scan's path below its folder.
    pub path: String,
    /// What is asked.
    pub question: Question,
}

/// Where a list goes on: after this field of this document.
pub type ReviewCursor = (DocumentId, FieldName);

/// A document that cannot be read as print, or may lack pages, and of which no person
/// has settled anything yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadItem {
    /// The document.
    pub document: DocumentId,
    /// The case that it lies on.
    pub case: Option<CaseReference>,
    /// The scan's path below its folder.
    pub path: String,
    /// Why nobody knows where it begins or ends, if that is what is wrong with it.
    pub torn: Option<String>,
}

/// What a person is asked: fields and ticks in review, and accepted fields that are keyed again. The
/// machine's value of those does not even leave the database.
macro_rules! asked {
    () => {
        concat!(
            "
                 select 'letter' as source, document_id, name, as_read, value, probability,
                        verdict, reason, page, x, y, w, h,
                        '[]' as alternatives, '[]' as doubtful,
                        null as keyed_by, null as keyed
                 from fields where verdict = 'review'
                 union all
                 select 'card' as source, card_fields.document_id, card_fields.name, as_read,
                        card_fields.value, probability, verdict, reason, page, x, y, w, h,
                        alternatives, doubtful,
                        rekeyings.keyed_by, rekeyings.value as keyed
                 from card_fields
                 left join rekeyings on rekeyings.document_id = card_fields.document_id
                      and rekeyings.name = card_fields.name
                 where verdict = 'review'
                 union all
                 select 'card' as source, document_id, name, as_read,
                        nullif(state, 'unsure') as value, probability,
                        verdict, reason, page, x, y, w, h,
                        '[]' as alternatives, '[]' as doubtful,
                        null as keyed_by, null as keyed
                 from ticks where verdict = 'review'
                 union all
                 -- The machine's value does not even leave the database.
                 select 'blind' as source, card_fields.document_id, card_fields.name,
                        null as as_read, null as value, 0.0 as probability,
                        'review' as verdict, '' as reason, page, x, y, w, h,
                        '[]' as alternatives, '[]' as doubtful,
                        null as keyed_by, null as keyed
                 from card_fields join documents on documents.id = card_fields.document_id
                 where ",
            awaits_rekeying!(),
            "
"
        )
    };
}
pub(super) use asked;

impl Store {
    /// Documents that a person must read, oldest first, after `after`, at most `limit`.
    pub async fn unread(&self, after: Option<DocumentId>, limit: u32) -> Result<Vec<UnreadItem>> {
        let rows = sqlx::query(
            "select documents.id, documents.case_number, documents.torn, scans.path
             from documents join scans on scans.id = documents.scan_id
             where documents.in_review = 1
               and (documents.legibility = 'unreadable' or documents.torn is not null)
               and documents.id > $1
               and not exists (select 1 from fields
                               where document_id = documents.id and settled_by is not null)
               and not exists (select 1 from card_fields
                               where document_id = documents.id and settled_by is not null)
               and not exists (select 1 from ticks
                               where document_id = documents.id and settled_by is not null)
             order by documents.id limit $2",
        )
        .bind(after.map(|id| id.to_string()).unwrap_or_default())
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await
        .doing("listing documents that cannot be read")?;
        let unread = rows.iter().map(|row| {
            Ok(UnreadItem {
                document: row.parsed("id")?,
                case: maybe_case(row)?,
                path: row.text("path")?,
                torn: row.maybe_text("torn")?,
            })
        });
        unread.collect()
    }

    /// Fields and ticks in review and those to be keyed blind, oldest document first, after
    /// `after`, at most `limit`.
    pub async fn fields_in_review(
        &self,
        after: Option<ReviewCursor>,
        limit: u32,
    ) -> Result<Vec<ReviewItem>> {
        let (document, name) = after.map_or_else(Default::default, |(document, name)| {
            (document.to_string(), name.name().to_owned())
        });
        let rows = sqlx::query(concat!(
            "select asked.*, documents.case_number, scans.path
             from (",
            asked!(),
            ") as asked
             join documents on documents.id = asked.document_id
             join scans on scans.id = documents.scan_id
             where asked.document_id > $1
                or (asked.document_id = $1 and asked.name > $2)
             order by asked.document_id, asked.name limit $3"
        ))
        .bind(document)
        .bind(name)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await
        .doing("listing fields in review")?;
        rows.iter().map(item).collect()
    }
}

impl Question {
    /// About a field of a letter, or a tick.
    pub fn plain(name: FieldName, field: Field) -> Self {
        Self {
            name,
            asked: (field.verdict == Verdict::Review).then_some(Asked::Doubt),
            field,
            choices: Vec::new(),
            doubtful: Vec::new(),
        }
    }

    /// About a field of a card.
    pub fn of_card(card: CardField, rekeyings: &Rekeyings) -> Self {
        let place = card.field.place;
        let name = FieldName::Card(card.name);
        if rekeyings.waiting.contains(name.name()) {
            return Self::blind(name, place);
        }
        match rekeyings.keyed.get(name.name()) {
            Some(keyed) if card.field.verdict == Verdict::Review => {
                Self::contested(name, card.field, keyed.value.clone())
            }
            _ => Self {
                choices: card.alternatives.into_iter().map(Choice::from).collect(),
                doubtful: card.doubtful,
                ..Self::plain(name, card.field)
            },
        }
    }

    /// Nothing that the machine made of it is shown.
    pub fn blind(name: FieldName, place: Option<Place>) -> Self {
        let field = Field {
            verdict: Verdict::Review,
            place,
            ..Field::empty("key what stands there; it is compared with what was read")
        };
        Self {
            asked: Some(Asked::Blind),
            ..Self::plain(name, field)
        }
    }

    /// The two values in the order of the alphabet, neither of them proposed.
    fn contested(name: FieldName, field: Field, keyed: Option<String>) -> Self {
        let mut values: Vec<String> = [field.value, keyed].into_iter().flatten().collect();
        values.sort();
        let choice = |value| Choice {
            value,
            probability: None,
        };
        let field = Field {
            verdict: field.verdict,
            place: field.place,
            ..Field::empty(field.reason)
        };
        Self {
            asked: Some(Asked::Contested),
            choices: values.into_iter().map(choice).collect(),
            ..Self::plain(name, field)
        }
    }
}

impl From<Alternative> for Choice {
    fn from(alternative: Alternative) -> Self {
        Self {
            value: alternative.value,
            probability: Some(alternative.probability),
        }
    }
}

pub(super) fn item(row: &AnyRow) -> Result<ReviewItem> {
    Ok(ReviewItem {
        document: row.parsed("document_id")?,
        case: maybe_case(row)?,
        path: row.text("path")?,
        question: question(row)?,
    })
}

fn question(row: &AnyRow) -> Result<Question> {
    let field = fields::field(row)?;
    let source = row.text("source")?;
    if source == "letter" {
        let name = row.named("name", LetterField::from_name)?;
        return Ok(Question::plain(FieldName::Letter(name), field));
    }
    let name = FieldName::Card(row.text("name")?);
    if source == "blind" {
        return Ok(Question::blind(name, field.place));
    }
    if row.maybe_text("keyed_by")?.is_some() {
        return Ok(Question::contested(name, field, row.maybe_text("keyed")?));
    }
    let alternatives = decode_alternatives(&row.text("alternatives")?)?;
    Ok(Question {
        choices: alternatives.into_iter().map(Choice::from).collect(),
        doubtful: decode_doubtful(&row.text("doubtful")?)?,
        ..Question::plain(name, field)
    })
}

//! The review station: which fields somebody gets, and what becomes of their answers. An answer is taken
//! once, from the one who has the field before them, and in one change with all that hangs on it.

use jiff::Timestamp;

use crate::domain::card_draft::CardField;
use crate::domain::field::Field;
use crate::domain::verdict::Verdict;
use crate::lexicon::same_value;
use crate::store::error::StoreError;
use crate::store::leases::{Held, Taker};
use crate::store::review::{Choice, FieldName, Question, ReviewItem};
use crate::store::station::{AnswerKind, Answered};
use crate::store::{Actor, DocumentId, Store};

use super::card_review::checked_field;
use super::review::{self, Asked, Decision, SettleError};

/// The share of golden fields among all that a clerk gets. Of 600 fields a day these are 18, in two weeks
/// 180: an error rate of 2 % is then known to within 2 % either way, for 3 % of the work.
pub const GOLDEN_SHARE: f64 = 0.03;

/// Golden fields among which one is drawn.
const GOLDEN_CHOICE: u32 = 20;

/// An answer of somebody at the station.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// What the browser calls it, so that it is taken once however often it is sent.
    pub id: String,
    /// The document.
    pub document: DocumentId,
    /// The field's name.
    pub name: String,
    /// What they say.
    pub says: Says,
    /// From when it was shown until it was answered.
    pub seconds: f64,
}

/// What somebody says of a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Says {
    /// This is what stands there.
    Value(String),
    /// The value that was proposed, which was this, is right.
    Proposed(String),
    /// Nobody can tell, or there is nothing of the kind.
    Unreadable,
    /// A supervisor must look, for this reason.
    Refer(String),
}

/// Whether an answer was new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It was.
    Now,
    /// It had been taken before.
    Before,
}

/// Why an answer was not taken.
#[derive(Debug, thiserror::Error)]
pub enum StationError {
    /// The field is not before them.
    #[error(
        "somebody else has {0} before them, or it is not yours to answer: go on with the next one"
    )]
    NotYours(String),
    /// It was settled elsewhere, or is read otherwise now.
    #[error(
        "{0} was settled or read again in the meantime: nothing of yours was taken, go on with the next one"
    )]
    Overtaken(String),
    /// What was keyed blind stays.
    #[error(
        "{0} was keyed without seeing what was read, and stays as it was keyed: where the two differ, somebody else decides"
    )]
    KeyedBlind(String),
    /// A supervisor wants to know why.
    #[error("say in a few words why a supervisor must look at {0}")]
    NoReason(String),
    /// It is no such value, or there is no such field.
    #[error(transparent)]
    Settle(#[from] SettleError),
}

impl From<StoreError> for StationError {
    fn from(error: StoreError) -> Self {
        Self::Settle(error.into())
    }
}

/// The fields that somebody works on next: those before them already, then the most doubtful that
/// nobody has; theirs until a moment. `lot`, from 0 to 1, draws a golden field among them.
pub async fn ahead(
    store: &Store,
    taker: Taker<'_>,
    limit: u32,
    until: Timestamp,
    lot: f64,
) -> Result<Vec<ReviewItem>, StationError> {
    let mut items = store.lease(taker, limit, until).await?;
    // Where nothing waits, a golden field would be known for what it is.
    if taker.referred || taker.boxed || items.is_empty() {
        return Ok(items);
    }
    let mut golden = store.held_golden(taker.user).await?;
    if golden.is_empty() && lot < GOLDEN_SHARE {
        let mut fields = store
            .certain_fields(taker.user, taker.name, GOLDEN_CHOICE)
            .await?;
        let drawn = (lot / GOLDEN_SHARE * fields.len() as f64) as usize;
        if drawn < fields.len() {
            golden.push(fields.swap_remove(drawn));
        }
    }
    for field in golden {
        let mut change = store.change(&Actor::person(taker.name)).await?;
        change
            .hold(taker.user, field.document, &field.name, Held::Golden, until)
            .await?;
        change.commit().await?;
        items.push(ReviewItem {
            question: golden_question(store, field.document, &field.name).await?,
            document: field.document,
            case: field.case,
            path: field.path,
        });
    }
    Ok(items)
}

/// Takes an answer.
pub async fn take(store: &Store, taker: Taker<'_>, answer: &Answer) -> Result<Taken, StationError> {
    let actor = Actor::person(taker.name);
    let (document, name) = (answer.document, answer.name.as_str());
    let question = review::named(store, document, name).await?;
    let mut change = store.change(&actor).await?;
    if change.is_answered(&answer.id).await? {
        return Ok(Taken::Before);
    }
    let held = change.held(taker.user, document, name).await?;
    let held = held.ok_or_else(|| StationError::NotYours(name.to_owned()))?;
    let answered = |kind| Answered {
        id: &answer.id,
        user: taker.user,
        document,
        name,
        kind,
        seconds: answer.seconds,
    };
    let kind = match held {
        Held::Golden => {
            let cards = change.card_fields_of(document).await?;
            let card = cards.iter().find(|card| card.name == name);
            let card = card.ok_or_else(|| StationError::NotYours(name.to_owned()))?;
            if let Some(agrees) = agrees(card, &answer.says)? {
                let golden = answered(AnswerKind::Golden);
                change.golden_answer(golden, agrees).await?;
            }
            change.release(document, name).await?;
            AnswerKind::Golden
        }
        Held::Asked if !change.is_asked(document, name).await? => {
            change.release(document, name).await?;
            change.commit().await?;
            return Err(StationError::Overtaken(name.to_owned()));
        }
        Held::Asked | Held::Again => match decision(&question, &answer.says)? {
            Some(decision) => {
                review::settle_in(&mut change, document, question.name, &decision, &actor).await?;
                change.release(document, name).await?;
                match held {
                    Held::Again => AnswerKind::Again,
                    _ => AnswerKind::Asked,
                }
            }
            None => {
                let why = reason(name, &answer.says)?;
                change
                    .leave_to_supervisor(document, &question.name, why)
                    .await?;
                AnswerKind::Referred
            }
        },
    };
    change.answer_once(answered(kind)).await?;
    change.commit().await?;
    Ok(Taken::Now)
}

/// Puts a field before somebody once more: one that they left for later, left to a supervisor, or
/// settled a moment ago.
pub async fn again(
    store: &Store,
    taker: Taker<'_>,
    document: DocumentId,
    name: &str,
    until: Timestamp,
) -> Result<ReviewItem, StationError> {
    let not_theirs = || StationError::NotYours(name.to_owned());
    // All is read before the change begins: changes wait for each other, and one that waits for a
    // connection meanwhile would keep the rest waiting.
    let rekeyings = store.rekeyings_of(document).await?;
    let keyed = rekeyings.keyed.get(name);
    let question = review::named(store, document, name).await?;
    let on = store.document(document).await?;
    let item = ReviewItem {
        document,
        case: on.attachment.map(|lies| lies.case),
        path: on.path,
        question,
    };
    let golden = golden_question(store, document, name).await;
    let is_left = store.referral(document, name).await?.is_some();
    let mut change = store.change(&Actor::person(taker.name)).await?;
    if change.is_anothers(taker.user, document, name).await? {
        return Err(not_theirs());
    }
    let own = change.own_answer(taker.user, document, name).await?;
    let waits = change.is_asked(document, name).await?;
    let held = match own {
        Some(AnswerKind::Golden) => Held::Golden,
        _ if keyed.is_some_and(|keyed| keyed.by == taker.name) => {
            return Err(StationError::KeyedBlind(name.to_owned()));
        }
        Some(AnswerKind::Referred) if waits => Held::Asked,
        _ if waits && is_left == taker.referred => Held::Asked,
        Some(_) if !waits => Held::Again,
        _ => return Err(not_theirs()),
    };
    let item = match held {
        Held::Golden => ReviewItem {
            question: golden?,
            ..item
        },
        Held::Asked | Held::Again => item,
    };
    if held == Held::Golden && item.question.asked == Some(Asked::Blind) {
        return Err(StationError::KeyedBlind(name.to_owned()));
    }
    change.hold(taker.user, document, name, held, until).await?;
    change.commit().await?;
    Ok(item)
}

/// Where the evidence begins in a reason of the machine's.
const EVIDENCE: &str = "its probability";

/// What of a field's reason says something to who looks at the paper: thresholds and their evidence do not,
/// and a golden field has others than a doubt.
pub fn plain_reason(reason: &str) -> &str {
    let plain = reason.split(EVIDENCE).next().unwrap_or_default();
    plain.trim_end_matches([' ', ';'])
}

fn no_field(document: DocumentId, name: &str) -> StationError {
    review::unknown(document, &FieldName::Card(name.to_owned())).into()
}

/// What is decided by what somebody says; nothing where they leave it to a supervisor.
fn decision(question: &Question, says: &Says) -> Result<Option<Decision>, StationError> {
    Ok(Some(match says {
        Says::Value(value) => Decision::Value(value.clone()),
        Says::Proposed(seen) if question.field.value.as_ref() == Some(seen) => Decision::AsProposed,
        Says::Proposed(_) => {
            return Err(StationError::Overtaken(question.name.name().to_owned()));
        }
        Says::Unreadable => Decision::Unreadable,
        Says::Refer(_) => return Ok(None),
    }))
}

/// Whether an answer is the value that is certain; none where it was left to a supervisor.
fn agrees(card: &CardField, says: &Says) -> Result<Option<bool>, SettleError> {
    let value = match says {
        Says::Value(value) | Says::Proposed(value) => Some(checked_field(card, value)?),
        Says::Unreadable => None,
        Says::Refer(_) => return Ok(None),
    };
    let certain = card.field.value.as_deref();
    Ok(Some(same_value(card.kind, certain, value.as_deref())))
}

/// Why a supervisor must look.
fn reason<'a>(name: &str, says: &'a Says) -> Result<&'a str, StationError> {
    match says {
        Says::Refer(why) if !why.trim().is_empty() => Ok(why.trim()),
        _ => Err(StationError::NoReason(name.to_owned())),
    }
}

async fn golden_question(
    store: &Store,
    document: DocumentId,
    name: &str,
) -> Result<Question, StationError> {
    let card = store.card_of(document).await?;
    let mut fields = card.fields.into_iter();
    let card = fields.find(|card| card.name == name);
    Ok(disguised(card.ok_or_else(|| no_field(document, name))?))
}

/// A field whose value is certain as a doubtful one: what is proposed is the likeliest other value, so
/// that who confirms without looking is found out. Where the machine sees no other, it is keyed blind.
fn disguised(card: CardField) -> Question {
    let name = FieldName::Card(card.name);
    let certain = card.field.value.as_deref();
    let is_other = |choice: &Choice| !same_value(card.kind, certain, Some(&choice.value));
    let mut choices: Vec<Choice> = card.alternatives.into_iter().map(Choice::from).collect();
    let Some(other) = choices.iter().position(is_other) else {
        return Question::blind(name, card.field.place);
    };
    let other = choices.remove(other);
    choices.insert(0, other.clone());
    Question {
        name,
        asked: Some(Asked::Doubt),
        field: Field {
            value: Some(other.value),
            verdict: Verdict::Review,
            reason: match card.field.reason.contains(EVIDENCE) {
                true => plain_reason(&card.field.reason).to_owned(),
                false => String::new(),
            },
            ..card.field
        },
        choices,
        doubtful: card.doubtful,
    }
}

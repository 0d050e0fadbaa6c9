//! The work on a case until the customer has an answer: who has it, what is to be done by when,
//! what people note, and its end.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::domain::geometry::Rect;
use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::reply::TaskKind;
use crate::domain::retention::Pending;
use crate::rules::{Facts, Rules};
use crate::store::Store;
use crate::store::cases::CaseState;
use crate::store::change::Change;
use crate::store::error::{Result, StoreError};
use crate::store::events::Actor;
use crate::store::ids::{NoteId, TaskId};
use crate::store::notes::NotePlace;
use crate::store::tasks::{NewTask, TaskRecord, TaskState};

/// Gives a case to a person, or to nobody, and to another team where one is named; says whether that
/// was otherwise.
pub async fn give(
    store: &Store,
    case: CaseReference,
    owner: Option<&str>,
    team: Option<&str>,
    actor: &Actor,
) -> Result<bool> {
    let mut change = store.change(actor).await?;
    let known = change.known_case(case).await?;
    let same_team = team.is_none_or(|team| team == known.team);
    if same_team && change.owner_of(case).await?.as_deref() == owner {
        return Ok(false);
    }
    change.give_work(case, owner, team).await?;
    change.commit().await?;
    Ok(true)
}

/// Says whether a case's customer is told by e-mail when it moves: only who asked for it is.
pub async fn tell(store: &Store, case: CaseReference, tells: bool, actor: &Actor) -> Result<()> {
    let mut change = store.change(actor).await?;
    change.known_case(case).await?;
    change.set_tells(case, tells).await?;
    change.commit().await
}

/// Closes a case; says whether it was open. What was to be done on it is dropped, which its history
/// tells: who opens it again has it to do again.
pub async fn close(
    store: &Store,
    case: CaseReference,
    reason: &str,
    actor: &Actor,
) -> Result<bool> {
    let mut change = store.change(actor).await?;
    let closed = change.close_case(case, reason).await?;
    if closed {
        change.drop_tasks(case).await?;
    }
    change.commit().await?;
    Ok(closed)
}

/// Opens a closed case again; says whether it was closed. It has its deadline as before, and what was
/// to be done on it when it was closed is to be done.
pub async fn reopen(
    store: &Store,
    case: CaseReference,
    reason: &str,
    actor: &Actor,
) -> Result<bool> {
    let mut change = store.change(actor).await?;
    change.take_up_tasks(case).await?;
    let opened = change.reopen_case(case, reason).await?;
    change.commit().await?;
    Ok(opened)
}

/// Notes something on a case, or on a document of it, or on a place of a page of that.
pub async fn note(
    store: &Store,
    case: CaseReference,
    place: Option<NotePlace>,
    text: &str,
    actor: &Actor,
) -> Result<NoteId> {
    if let Some(place) = place {
        check_place(store, case, place).await?;
    }
    let mut change = store.change(actor).await?;
    change.known_case(case).await?;
    let id = change.note(case, place, text).await?;
    change.commit().await?;
    Ok(id)
}

/// Changes what a note says, and its box where one is given; what it said is in the history.
pub async fn change_note(
    store: &Store,
    id: NoteId,
    text: &str,
    on: Option<(u32, Rect)>,
    actor: &Actor,
) -> Result<()> {
    let known = store.note(id).await?;
    if on.is_some() {
        let place = known.place.map(|place| NotePlace { on, ..place });
        let place = place.ok_or_else(|| StoreError::Unknown {
            what: "document under the note",
            name: id.to_string(),
        })?;
        check_place(store, known.case, place).await?;
    }
    let mut change = store.change(actor).await?;
    change.change_note(id, text, on).await?;
    change.commit().await
}

/// Takes a note away; what it said is in the history.
pub async fn remove_note(store: &Store, id: NoteId, actor: &Actor) -> Result<()> {
    let mut change = store.change(actor).await?;
    change.remove_note(id).await?;
    change.commit().await
}

/// A note's place must be on the case, and on the page.
async fn check_place(store: &Store, case: CaseReference, place: NotePlace) -> Result<()> {
    let document = store.document(place.document).await?;
    if document.attachment.map(|lies| lies.case) != Some(case) {
        return Err(StoreError::Unknown {
            what: "document on that case",
            name: place.document.to_string(),
        });
    }
    let Some((number, rect)) = place.on else {
        return Ok(());
    };
    let pages = store.pages_of(place.document).await?;
    let page = pages.iter().find(|page| page.number == number);
    let size = page
        .and_then(|page| page.result.as_ref().ok())
        .map(|image| image.size);
    let within = |rect: &Rect, (width, height): (u32, u32)| {
        rect.w > 0 && rect.h > 0 && rect.right() <= width && rect.bottom() <= height
    };
    match size {
        Some(size) if within(&rect, (size.width, size.height)) => Ok(()),
        _ => Err(StoreError::Unknown {
            what: "place on that document",
            name: format!(
                "page {number}, box {},{},{},{}",
                rect.x, rect.y, rect.w, rect.h
            ),
        }),
    }
}

/// Sets a task on an open case.
pub async fn set_task(store: &Store, task: &NewTask, actor: &Actor) -> Result<TaskId> {
    let mut change = store.change(actor).await?;
    if change.known_case(task.case).await?.state == CaseState::Closed {
        return Err(StoreError::CaseClosed { case: task.case });
    }
    let id = change.task(task).await?;
    change.commit().await?;
    Ok(id)
}

/// Sets a task that something made necessary: a closed case is open again by it.
pub(super) async fn must_be_done(change: &mut Change, task: &NewTask) -> Result<()> {
    let why = format!("to be done: {}", task.what);
    change.reopen_case(task.case, &why).await?;
    change.task(task).await?;
    Ok(())
}

/// Whether this person, or whoever comes first, has the customer to ring already.
pub(super) fn is_to_ring(open: &[TaskRecord], owner: Option<&str>) -> bool {
    let mut open = open.iter().map(|task| &task.task);
    open.any(|task| task.kind == TaskKind::CallBack && task.owner.as_deref() == owner)
}

/// Ends a task; says whether it was open.
pub async fn end_task(store: &Store, id: TaskId, state: TaskState, actor: &Actor) -> Result<bool> {
    let mut change = store.change(actor).await?;
    let ended = change.end_task(id, state).await?;
    change.commit().await?;
    Ok(ended)
}

/// Working days before its deadline from which on a case is nearly late.
const NEAR: u16 = 2;
/// The same of a task: most are set for two or three days, and are no news when they are set.
const NEAR_TASK: u16 = 1;

/// Cases that share a transaction, and the flush of the disk that it costs.
pub(super) const CASES_A_CHANGE: usize = 64;

/// What was put to somebody higher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escalation {
    /// The case.
    pub case: CaseReference,
    /// What is to be done, where it is something else than to answer.
    pub task: Option<TaskKind>,
    /// By when that was promised, or is to be done.
    pub deadline: Date,
    /// Whether that day is past.
    pub late: bool,
}

/// Puts what is late or nearly so to the team, each thing once when it is near and once when it is past:
/// answers that were promised, and tasks by their own deadlines. An answer that nobody has to write gets a task.
pub async fn escalate(store: &Store, rules: &Rules, today: Date) -> Result<Vec<Escalation>> {
    let mut found = Vec::new();
    let horizon = rules.working_days_after(today, NEAR);
    for some in store
        .to_escalate(horizon, today)
        .await?
        .chunks(CASES_A_CHANGE)
    {
        let mut change = store.change(&Actor::postroom()).await?;
        for &case in some {
            let known = change.known_case(case).await?;
            let late = known.deadline < today;
            if escalate_one(&mut change, case, known.deadline, late).await? {
                found.push(Escalation {
                    case,
                    task: None,
                    deadline: known.deadline,
                    late,
                });
            }
        }
        change.commit().await?;
    }
    let horizon = rules.working_days_after(today, NEAR_TASK);
    for record in store.tasks_due_by(horizon).await? {
        let task = &record.task;
        let late = task.due < today;
        if record.escalated < level(late) {
            let mut change = store.change(&Actor::postroom()).await?;
            change
                .escalate_task(record.id, task.case, level(late))
                .await?;
            change.commit().await?;
            found.push(Escalation {
                case: task.case,
                task: Some(task.kind),
                deadline: task.due,
                late,
            });
        }
    }
    Ok(found)
}

/// How high something is put: once when it is near, once more when it is past.
const fn level(late: bool) -> u32 {
    late as u32 + 1
}

/// Says whether there was anything to do.
async fn escalate_one(
    change: &mut Change,
    case: CaseReference,
    deadline: Date,
    late: bool,
) -> Result<bool> {
    let level = level(late);
    let tasks = change.open_tasks(case).await?;
    let reply = tasks.iter().find(|task| task.task.kind == TaskKind::Reply);
    if let Some(task) = reply {
        if task.escalated >= level {
            return Ok(false);
        }
        change.escalate_task(task.id, case, level).await?;
        return Ok(true);
    }
    let owner = change.owner_of(case).await?;
    let what = match late {
        true => "answer the customer: the promised day is past",
        false => "answer the customer: the promised day is near",
    };
    let task = NewTask {
        case,
        kind: TaskKind::Reply,
        what: what.to_owned(),
        owner,
        due: deadline,
    };
    let id = change.task(&task).await?;
    change.escalate_task(id, case, level).await?;
    Ok(true)
}

/// Looks at new paper once more with what the company's list says of who wrote it: the readers do not
/// know it. A case becomes more urgent by it, never less. Says how many did.
pub async fn weigh_tiers(store: &Store, rules: &Rules) -> Result<usize> {
    let mut pressed = 0;
    for (case, tier) in store.new_with_tier().await? {
        let Some(document) = store.documents_of(case).await?.into_iter().next() else {
            continue;
        };
        let judged = rules.judge(&Facts {
            text: &document.text,
            addressee: None,
            salutation: None,
            subject: None,
            member_tier: Some(&tier),
            received: document.receipt.day,
        });
        let mut change = store.change(&Actor::postroom()).await?;
        let known = change.known_case(case).await?;
        if judged.priority.choice > known.priority {
            change.press_case(&known, &judged).await?;
            change.commit().await?;
            pressed += 1;
        }
    }
    Ok(pressed)
}

/// What a sweep through closed cases would do, or did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retired {
    /// The case.
    pub case: CaseReference,
    /// Why.
    pub why: String,
    /// What keeps it where it is: it is put away where nothing does.
    pub held: Vec<Pending>,
}

/// Archives cases that were closed for so many days; with `dry` says only which it would be.
pub async fn archive_old(
    store: &Store,
    closed_before: jiff::Timestamp,
    topic: Option<&str>,
    dry: bool,
    actor: &Actor,
) -> Result<Vec<Retired>> {
    // Its zone counts for days alone, and none is counted here.
    let closed = store.closed_cases(&TimeZone::UTC).await?;
    let mut pending: BTreeMap<CaseReference, Vec<Pending>> = closed
        .into_iter()
        .map(|closed| (closed.case, closed.pending))
        .collect();
    let mut retired = Vec::new();
    for (case, closed_at) in store.closed_before(closed_before, topic).await? {
        let mut held = pending.remove(&case).unwrap_or_default();
        if !dry && held.is_empty() {
            let mut change = store.change(actor).await?;
            // Somebody may have taken it up meanwhile.
            let Some(now) = change.closed_case(case, &TimeZone::UTC).await? else {
                continue;
            };
            held = now.pending;
            if held.is_empty() {
                change.archive_case(case, serde_json::json!({})).await?;
                change.commit().await?;
            }
        }
        retired.push(Retired {
            case,
            why: format!("closed since {}", closed_at.get(..10).unwrap_or(&closed_at)),
            held,
        });
    }
    Ok(retired)
}

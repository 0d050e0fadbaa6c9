//! What an agent does with a case besides replying: hand it over, note something, set a task,
//! close it. Each is a form that works without script.

use axum::Form;
use axum::extract::Path;
use axum::response::Redirect;
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;

use crate::cases::answering;
use crate::cases::{Timeline, work};
use crate::domain::geometry::Rect;
use crate::domain::reply::TaskKind;
use crate::store::cases::CaseState;
use crate::store::ids::TaskId;
use crate::store::notes::NotePlace;
use crate::store::tasks::{NewTask, TaskRecord, TaskState};

use super::super::error::PageError;
use super::super::session::Person;
use super::super::view::{day, words};
use super::OnCase;

/// To whom.
#[derive(Debug, Deserialize)]
pub(in super::super) struct Give {
    /// A user's name; empty for nobody.
    #[serde(default)]
    owner: String,
    /// Another team, where it changes.
    #[serde(default)]
    team: String,
}

/// `POST /cases/{reference}/give`
pub(in super::super) async fn give(
    on: OnCase,
    Form(asked): Form<Give>,
) -> Result<Redirect, PageError> {
    let OnCase { app, person, case } = &on;
    let owner = some(&asked.owner);
    if let Some(name) = owner {
        let known = app.store().user_named(name).await?;
        if known.is_none_or(|(user, _)| user.barred) {
            return Err(PageError::Wrong(format!("there is no user '{name}'")));
        }
    }
    let team = some(&asked.team);
    if let Some(team) = team
        && !app.setup.rules.teams().any(|known| known == team)
    {
        return Err(PageError::Wrong(format!("there is no team '{team}'")));
    }
    work::give(app.store(), *case, owner, team, &person.actor()).await?;
    // Who gave it to a team that they do not see is back at their own cases.
    match team.is_none_or(|team| person.user.reach.has(team)) || owner == Some(&person.user.name) {
        true => Ok(on.redirect()),
        false => Ok(Redirect::to("/cases")),
    }
}

/// What is noted, and where.
#[derive(Debug, Deserialize)]
pub(in super::super) struct Note {
    text: String,
    #[serde(default)]
    document: String,
    /// A page's number and the box on it, `x,y,w,h` in pixels.
    page: Option<u32>,
    #[serde(default)]
    region: String,
}

/// `POST /cases/{reference}/note`
pub(in super::super) async fn note(
    on: OnCase,
    Form(asked): Form<Note>,
) -> Result<Redirect, PageError> {
    let text = asked.text.trim();
    if text.is_empty() {
        return Err(PageError::Wrong("a note says something".to_owned()));
    }
    let place = place(&asked)?;
    work::note(on.app.store(), on.case, place, text, &on.person.actor()).await?;
    match place {
        None => Ok(on.redirect()),
        Some(place) => Ok(Redirect::to(&format!(
            "/cases/{}?item={}",
            on.case, place.document
        ))),
    }
}

fn place(asked: &Note) -> Result<Option<NotePlace>, PageError> {
    if asked.document.is_empty() {
        return Ok(None);
    }
    let wrong = || PageError::Wrong("that is no place on a page".to_owned());
    let numbers: Vec<u32> = asked
        .region
        .split(',')
        .map_while(|number| number.parse().ok())
        .collect();
    let on = match (asked.page, numbers.as_slice()) {
        (Some(page), &[x, y, w, h]) => Some((page, Rect::new(x, y, w, h))),
        (None, []) => None,
        _ => return Err(wrong()),
    };
    let document = asked.document.parse().map_err(|_| wrong())?;
    Ok(Some(NotePlace { document, on }))
}

/// What is to be done by whom and when.
#[derive(Debug, Deserialize)]
pub(in super::super) struct Task {
    kind: String,
    what: String,
    due: Date,
    #[serde(default)]
    owner: String,
}

/// `POST /cases/{reference}/tasks`
pub(in super::super) async fn task(
    on: OnCase,
    Form(asked): Form<Task>,
) -> Result<Redirect, PageError> {
    let kind = TaskKind::from_name(&asked.kind)
        .ok_or_else(|| PageError::Wrong("that is no kind of task".to_owned()))?;
    let new = NewTask {
        case: on.case,
        kind,
        what: asked.what.trim().to_owned(),
        owner: some(&asked.owner).map(str::to_owned),
        due: asked.due,
    };
    work::set_task(on.app.store(), &new, &on.person.actor()).await?;
    Ok(on.redirect())
}

/// How a task ends.
#[derive(Debug, Deserialize)]
pub(in super::super) struct EndTask {
    /// `done` or `dropped`.
    state: String,
}

/// `POST /cases/{reference}/tasks/{id}`
pub(in super::super) async fn end_task(
    on: OnCase,
    Path((_, id)): Path<(String, String)>,
    Form(asked): Form<EndTask>,
) -> Result<Redirect, PageError> {
    let missing = || PageError::Missing("task");
    let id: TaskId = id.parse().map_err(|_| missing())?;
    let tasks = on.app.store().tasks_of(on.case).await?;
    if !tasks.iter().any(|task| task.id == id) {
        return Err(missing());
    }
    let state = match asked.state.as_str() {
        "done" => TaskState::Done,
        _ => TaskState::Dropped,
    };
    work::end_task(on.app.store(), id, state, &on.person.actor()).await?;
    Ok(on.redirect())
}

/// Why.
#[derive(Debug, Deserialize)]
pub(in super::super) struct Why {
    #[serde(default)]
    reason: String,
}

/// `POST /cases/{reference}/close`
pub(in super::super) async fn close(
    on: OnCase,
    Form(asked): Form<Why>,
) -> Result<Redirect, PageError> {
    let reason = some(&asked.reason).unwrap_or("settled");
    if work::close(on.app.store(), on.case, reason, &on.person.actor()).await? {
        tell_status(&on).await?;
    }
    Ok(Redirect::to("/cases"))
}

/// `POST /cases/{reference}/reopen`
pub(in super::super) async fn reopen(
    on: OnCase,
    Form(asked): Form<Why>,
) -> Result<Redirect, PageError> {
    let reason = some(&asked.reason).unwrap_or("opened again");
    if work::reopen(on.app.store(), on.case, reason, &on.person.actor()).await? {
        tell_status(&on).await?;
    }
    Ok(on.redirect())
}

/// Tells a customer who asked for it that their case has moved.
async fn tell_status(on: &OnCase) -> Result<(), PageError> {
    let with = &on.app.setup.correspondence;
    answering::tell_status(on.app.store(), with, on.case, on.app.today()).await?;
    Ok(())
}

/// Whether.
#[derive(Debug, Deserialize)]
pub(in super::super) struct Tell {
    #[serde(default)]
    tells: bool,
}

/// `POST /cases/{reference}/tell`
pub(in super::super) async fn tell(
    on: OnCase,
    Form(asked): Form<Tell>,
) -> Result<Redirect, PageError> {
    work::tell(on.app.store(), on.case, asked.tells, &on.person.actor()).await?;
    Ok(on.redirect())
}

fn some(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

/// All that can be done with a case, below its timeline.
pub(super) fn forms(timeline: &Timeline, person: &Person, today: Date) -> Markup {
    let case = timeline.case.reference;
    let path = format!("/cases/{case}");
    html! {
        section.tasks aria-labelledby="tasks" {
            h2 #tasks { "To do" }
            (tasks(timeline, &path, today))
        }
        section.actions aria-label="Work on the case" {
            details { summary { "Write a note" }
                form method="post" action={ (path) "/note" } {
                    label for="note-text" { "Note" }
                    textarea #note-text name="text" required {}
                    button { "Keep the note" }
                }
            }
            details { summary { "Set a task" } (new_task(&path, person, timeline.case.deadline)) }
            details { summary { "Hand it over" }
                form method="post" action={ (path) "/give" } {
                    label { "To (a user's name; empty for nobody)" input name="owner" autocomplete="off" value=(timeline.progress.owner.as_deref().unwrap_or_default()); }
                    label { "Team" input name="team" value=(timeline.case.team) autocomplete="off"; }
                    button { "Hand it over" }
                }
            }
            form method="post" action={ (path) "/tell" } {
                @let tells = timeline.progress.tells;
                input type="hidden" name="tells" value=(!tells);
                p.hint { @if tells { "The customer is told by e-mail when the case moves." } @else { "The customer is not told when the case moves." } }
                button { @if tells { "Tell them no more" } @else { "They asked to be told" } }
            }
            @if timeline.case.state == CaseState::Open {
                details { summary { "Close the case" }
                    form method="post" action={ (path) "/close" } {
                        label { "Why" input name="reason" value="settled" required; }
                        button { "Close it" }
                    }
                }
            } @else {
                form method="post" action={ (path) "/reopen" } { button { "Open it again" } }
            }
        }
    }
}

fn tasks(timeline: &Timeline, path: &str, today: Date) -> Markup {
    let (open, ended): (Vec<&TaskRecord>, Vec<&TaskRecord>) = timeline
        .tasks
        .iter()
        .partition(|task| task.state == TaskState::Open);
    html! {
        @if open.is_empty() { p.hint { "Nothing is to be done." } }
        ul.task-list { @for record in open {
            li {
                div { b { (words(record.task.kind.name())) } " " (record.task.what) }
                div.hint {
                    span class=[(record.task.due < today).then_some("due late")] { "by " (day(record.task.due)) @if record.task.due < today { " (late)" } }
                    @if let Some(owner) = &record.task.owner { ", " (owner) }
                }
                form.row method="post" action={ (path) "/tasks/" (record.id) } {
                    button name="state" value="done" { "Done" }
                    button.quiet name="state" value="dropped" { "Not needed" }
                }
            }
        } }
        @if !ended.is_empty() { p.hint { (ended.len()) " done or dropped before" } }
    }
}

fn new_task(path: &str, person: &Person, due: Date) -> Markup {
    let kinds = [
        (TaskKind::CallBack, "Call back"),
        (TaskKind::Reply, "Reply"),
        (TaskKind::FollowUp, "Follow up"),
        (TaskKind::PrintAndPost, "Print and post"),
    ];
    html! {
        form method="post" action={ (path) "/tasks" } {
            label { "What" select name="kind" { @for (kind, name) in kinds { option value=(kind.name()) { (name) } } } }
            label { "In a few words" input name="what" required; }
            label { "By" input type="date" name="due" value=(due) required; }
            label { "Who (empty for whoever comes first)" input name="owner" value=(person.user.name) autocomplete="off"; }
            button { "Set it" }
        }
    }
}

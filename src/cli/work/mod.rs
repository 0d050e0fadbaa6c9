//! The work on a case at the command line: who has it, notes, tasks, its end.

mod notes;
mod on_case;
mod retain;

use anyhow::Result;
use clap::{Args, ValueEnum};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use serde_json::json;

pub(super) use notes::{NoteArguments, NotesArguments, list_notes, write_note};
use on_case::task_json;
pub(super) use on_case::{add_json, message, note, reply, tasks};
pub(super) use retain::{RetainArguments, retain};

use super::cases::{reference, words};
use super::exit::{Exit, Misused};
use super::mail::short_id;
use super::output::{count, plain, say, say_json, store_flag, tell};
use super::table::Table;
use super::timeline::local;
use super::{By, Opened, Place};
use crate::cases::answering::{self, ReplyError, Status};
use crate::cases::work::Retired;
use crate::cases::{self, Destination};
use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::reply::TaskKind;
use crate::store::Actor;
use crate::store::ids::MailId;
use crate::store::tasks::{NewTask, TaskRecord, TaskState};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom cases give PR-0000417-11 --to ann
  postroom cases give PR-0000417-11 --to nobody --team accounts")]
pub(super) struct GiveArguments {
    /// The case
    case: String,
    /// Who has it from now on, or `nobody`
    #[arg(long, value_name = "NAME")]
    to: String,
    /// And this team
    #[arg(long, value_name = "TEAM")]
    team: Option<String>,
    #[command(flatten)]
    by: By,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom cases tell PR-0000417-11
  postroom cases tell PR-0000417-11 --stop")]
pub(super) struct TellArguments {
    /// The case
    case: String,
    /// Tell them no more
    #[arg(long)]
    stop: bool,
    #[command(flatten)]
    by: By,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom cases task PR-0000417-11 call-back \"ask for the receipt\" \\
      --due 2026-12-04
  postroom cases task PR-0000417-11 follow-up \"has the parcel come?\" --in 5 \\
      --owner ann")]
pub(super) struct TaskArguments {
    /// The case
    case: String,
    /// What kind of thing
    #[arg(value_enum)]
    kind: Kind,
    /// In a few words
    what: String,
    /// By this day
    #[arg(long, value_name = "YYYY-MM-DD")]
    due: Option<Date>,
    /// Within so many working days [default: 2]
    #[arg(long = "in", value_name = "DAYS", conflicts_with = "due")]
    within: Option<u16>,
    /// Who does it [default: whoever comes first]
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
    #[command(flatten)]
    by: By,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    /// Write an answer
    Reply,
    /// Ring the customer
    CallBack,
    /// Look at it again
    FollowUp,
    /// Print a letter and post it
    PrintAndPost,
}

impl From<Kind> for TaskKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Reply => Self::Reply,
            Kind::CallBack => Self::CallBack,
            Kind::FollowUp => Self::FollowUp,
            Kind::PrintAndPost => Self::PrintAndPost,
        }
    }
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom cases close PR-0000417-11 --reason \"refunded\"
  postroom cases reopen PR-0000417-11 --reason \"the cheque did not come\"

A case that is closed is opened again by itself when its customer writes again.")]
pub(super) struct EndArguments {
    /// The case
    case: String,
    /// Why, for the history
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    by: By,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom cases archive --closed-for 90 --dry-run
  postroom cases archive --closed-for 365 --topic privacy")]
pub(super) struct ArchiveArguments {
    /// Those closed for so many days
    #[arg(long, value_name = "DAYS")]
    closed_for: u16,
    /// Only about this topic
    #[arg(long, value_name = "TOPIC")]
    topic: Option<String>,
    /// Only say which
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    by: By,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom tasks
  postroom tasks --team accounts
  postroom tasks --done 3f04ab12c7e1
  postroom tasks --escalate  what is late or nearly so becomes a task, once each")]
pub(super) struct TasksArguments {
    /// Only of this team's cases
    #[arg(long, value_name = "TEAM")]
    team: Option<String>,
    /// Only this person's
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
    /// Mark this task as done
    #[arg(long, value_name = "ID", conflicts_with_all = ["team", "owner"])]
    done: Option<String>,
    /// Drop this task: it need not be done
    #[arg(long, value_name = "ID", conflicts_with_all = ["team", "owner", "done"])]
    drop: Option<String>,
    /// Make a task of every answer that is late or nearly so
    #[arg(long, conflicts_with_all = ["team", "owner", "done", "drop"])]
    escalate: bool,
    #[command(flatten)]
    by: By,
}

pub(super) fn give(place: &Place, arguments: &GiveArguments) -> Result<Exit> {
    let case = reference(&arguments.case)?;
    let actor = arguments.by.actor()?;
    let opened = Opened::at(place)?;
    let owner = Some(arguments.to.trim()).filter(|name| *name != "nobody" && !name.is_empty());
    if let Some(team) = &arguments.team {
        check_team(&opened, team)?;
    }
    let team = arguments.team.as_deref();
    let given = opened.wait(cases::work::give(&opened.store, case, owner, team, &actor))?;
    let whose = owner.unwrap_or("nobody");
    if !given {
        tell!("{case} is {whose}'s already: nothing is changed.");
        return Ok(Exit::Done);
    }
    tell!("{case} is {whose}'s now.");
    moved(place, &opened, case);
    Ok(Exit::Done)
}

/// A team that the rules do not know would never be looked for.
fn check_team(opened: &Opened, team: &str) -> Result<()> {
    let rules = opened.settings.rules()?;
    let known: Vec<&str> = rules.teams().collect();
    if known.contains(&team) {
        return Ok(());
    }
    let known = known.join(", ");
    Err(Misused(format!(
        "--team {team}: the rules have no such team; they have {known}"
    ))
    .into())
}

pub(super) fn tell(place: &Place, arguments: &TellArguments) -> Result<Exit> {
    let case = reference(&arguments.case)?;
    let actor = arguments.by.actor()?;
    let opened = Opened::at(place)?;
    let tells = !arguments.stop;
    opened.wait(cases::work::tell(&opened.store, case, tells, &actor))?;
    if !tells {
        tell!("The customer of {case} is told no more when it moves.");
        return Ok(Exit::Done);
    }
    let with = super::reply::correspondence(place, &opened.settings)?;
    match opened.wait(answering::whom_to_tell(&opened.store, &with, case)) {
        Ok(address) => tell!(
            "The customer of {case} is told by e-mail when it moves, at {}.",
            plain(&address)
        ),
        Err(ReplyError::NoAddress { why }) => {
            tell!("The customer of {case} is told when it moves, once they can be: {why}.");
            tell!("{}", address_wanted(&opened, case, &store_flag(place)));
            return Ok(Exit::Look);
        }
        Err(error) => return Err(error.into()),
    }
    Ok(Exit::Done)
}

/// Tells the customer who asked for it that their case has moved; the move itself is done.
fn moved(place: &Place, opened: &Opened, case: CaseReference) {
    let told = super::reply::correspondence(place, &opened.settings).and_then(|with| {
        let today = opened.settings.today();
        Ok(opened.wait(answering::tell_status(&opened.store, &with, case, today))?)
    });
    let store = store_flag(place);
    match told {
        Ok(Status::NotAsked) => {}
        Ok(Status::Waits) => tell!("The customer is told: postroom mail send{store}"),
        Ok(Status::WaitsUntil(moment)) => tell!(
            "The customer was told within a day: how it stands then is sent from {} on.",
            local(&moment, &opened.settings.config.time_zone)
        ),
        Ok(Status::NotTold(why)) => {
            tell!("The customer asked to be told and was not: {why}.");
            tell!("{}", address_wanted(opened, case, &store));
        }
        Err(error) => tell!("The customer could not be told: {error:#}"),
    }
}

/// What to do about a customer whom no e-mail reaches.
fn address_wanted(opened: &Opened, case: CaseReference, store: &str) -> String {
    match opened
        .wait(opened.store.case(case))
        .map(|case| case.customer)
    {
        Ok(Some(id)) => format!(
            "Enter an address: postroom customers set {} --email ADDRESS{store}",
            short_id(&id)
        ),
        _ => format!("Nobody knows whose case it is: postroom show {case}{store}"),
    }
}

/// Working days that a task has unless something else is said.
const USUAL_DAYS: u16 = 2;

pub(super) fn set_task(place: &Place, arguments: &TaskArguments) -> Result<Exit> {
    let case = reference(&arguments.case)?;
    let actor = arguments.by.actor()?;
    let opened = Opened::at(place)?;
    let rules = opened.settings.rules()?;
    let within = arguments.within.unwrap_or(USUAL_DAYS);
    let due = arguments
        .due
        .unwrap_or_else(|| rules.working_days_after(opened.settings.today(), within));
    let task = NewTask {
        case,
        kind: arguments.kind.into(),
        what: arguments.what.trim().to_owned(),
        owner: arguments.owner.clone(),
        due,
    };
    let id = opened.wait(cases::work::set_task(&opened.store, &task, &actor))?;
    if place.json {
        say_json(
            &json!({ "case": case.to_string(), "task": id.to_string(), "due": due.to_string() }),
        )?;
    } else {
        tell!("Task {} on {case}, due {due}.", short_id(&id));
    }
    Ok(Exit::Done)
}

pub(super) fn close(place: &Place, arguments: &EndArguments) -> Result<Exit> {
    let case = reference(&arguments.case)?;
    let actor = arguments.by.actor()?;
    let opened = Opened::at(place)?;
    let open = opened.wait(opened.store.tasks_of(case))?;
    let open = open.iter().filter(|task| task.state == TaskState::Open);
    let closed = cases::work::close(&opened.store, case, &arguments.reason, &actor);
    match opened.wait(closed)? {
        true => {
            tell!("{case} is closed.");
            for task in open {
                tell!("Dropped with it: {}", in_words(task));
            }
            moved(place, &opened, case);
        }
        false => tell!("{case} was closed already; nothing was changed."),
    }
    Ok(Exit::Done)
}

pub(super) fn reopen(place: &Place, arguments: &EndArguments) -> Result<Exit> {
    let case = reference(&arguments.case)?;
    let actor = arguments.by.actor()?;
    let opened = Opened::at(place)?;
    let reopened = cases::work::reopen(&opened.store, case, &arguments.reason, &actor);
    match opened.wait(reopened)? {
        true => {
            let record = opened.wait(opened.store.case(case))?;
            tell!("{case} is open again; its deadline is {}.", record.deadline);
            for task in &opened.wait(opened.store.tasks_of(case))? {
                if task.state == TaskState::Open {
                    tell!("To be done again: {}", in_words(task));
                }
            }
            moved(place, &opened, case);
        }
        false => tell!("{case} is open; nothing was changed."),
    }
    Ok(Exit::Done)
}

pub(super) fn archive(place: &Place, arguments: &ArchiveArguments) -> Result<Exit> {
    let actor = arguments.by.actor()?;
    let opened = Opened::at(place)?;
    let days = i64::from(arguments.closed_for);
    let before = Timestamp::now().checked_sub((days * 24).hours())?;
    let topic = arguments.topic.as_deref();
    let dry = arguments.dry_run;
    let retired = cases::work::archive_old(&opened.store, before, topic, dry, &actor);
    let retired = opened.wait(retired)?;
    let (held, put_away): (Vec<Retired>, Vec<Retired>) =
        retired.into_iter().partition(|one| !one.held.is_empty());
    if place.json {
        let stays = held
            .iter()
            .map(|one| json!({ "case": one.case.to_string(), "stays": retain::names(&one.held) }));
        let rows = put_away
            .iter()
            .map(|one| json!({ "case": one.case.to_string(), "why": one.why }));
        say_json(&json!({
            "dry_run": dry,
            "cases": rows.collect::<Vec<_>>(),
            "held": stays.collect::<Vec<_>>(),
        }))?;
        return Ok(Exit::Done);
    }
    for one in &put_away {
        say(&format!("{}  {}\n", one.case, one.why))?;
    }
    for one in &held {
        let stays = retain::names(&one.held).join(", ");
        say(&format!("{}  stays: {stays}\n", one.case))?;
    }
    let number = count(put_away.len(), "case", "cases");
    match dry {
        true => tell!(
            "{number} would be archived; {} wait for somebody.",
            held.len()
        ),
        false => tell!("{number} archived; {} wait for somebody.", held.len()),
    }
    Ok(Exit::Done)
}

pub(super) fn move_message(
    place: &Place,
    opened: &Opened,
    message: MailId,
    to: Destination,
    (reason, actor): (&str, &Actor),
) -> Result<Exit> {
    let moved = cases::mail::move_mail(&opened.store, message, to, reason, actor);
    let case = opened.wait(moved)?;
    if place.json {
        say_json(&json!({ "message": message.to_string(), "case": case.to_string() }))?;
    } else {
        tell!("Message {} lies on {case} now.", short_id(&message));
    }
    Ok(Exit::Done)
}

pub(super) fn tasks_command(place: &Place, arguments: &TasksArguments) -> Result<Exit> {
    let actor = arguments.by.actor()?;
    let opened = Opened::at(place)?;
    let ended = [
        (&arguments.done, TaskState::Done),
        (&arguments.drop, TaskState::Dropped),
    ];
    for (typed, state) in ended {
        if let Some(typed) = typed {
            return end_task(&opened, typed, state, &actor);
        }
    }
    if arguments.escalate {
        return escalate(place, &opened);
    }
    let tasks = opened
        .store
        .tasks(arguments.team.as_deref(), arguments.owner.as_deref());
    let tasks = opened.wait(tasks)?;
    if place.json {
        say_json(&tasks.iter().map(task_json).collect())?;
    } else if tasks.is_empty() {
        tell!(
            "Nothing is to be done{}.",
            match arguments.team.is_some() || arguments.owner.is_some() {
                true => " there; all of it: postroom tasks",
                false => "",
            }
        );
    } else {
        say(&task_table(&tasks, opened.settings.today()))?;
        tell!(
            "When it is done: postroom tasks --done ID{}",
            store_flag(place)
        );
    }
    Ok(Exit::Done)
}

fn end_task(opened: &Opened, typed: &str, state: TaskState, actor: &Actor) -> Result<Exit> {
    let id = opened.wait(opened.store.task_with(typed))?;
    let id = id.ok_or_else(|| {
        Misused(format!(
            "'{typed}' is not the id of one task; `postroom tasks` shows them"
        ))
    })?;
    let ended = cases::work::end_task(&opened.store, id, state, actor);
    match opened.wait(ended)? {
        true => tell!("Task {} is {}.", short_id(&id), state.name()),
        false => tell!(
            "Task {} had ended already; nothing was changed.",
            short_id(&id)
        ),
    }
    Ok(Exit::Done)
}

fn escalate(place: &Place, opened: &Opened) -> Result<Exit> {
    let rules = opened.settings.rules()?;
    let today = opened.settings.today();
    let found = opened.wait(cases::work::escalate(&opened.store, &rules, today))?;
    if place.json {
        let rows = found.iter().map(|one| {
            json!({
                "case": one.case.to_string(), "task": one.task.map(TaskKind::name),
                "deadline": one.deadline.to_string(), "late": one.late,
            })
        });
        say_json(&rows.collect())?;
        return Ok(Exit::Done);
    }
    for one in &found {
        let how = if one.late { "late" } else { "nearly late" };
        let what = match one.task {
            None => "answer, promised for".to_owned(),
            Some(kind) => format!("{}, due", words(kind.name())),
        };
        say(&format!("{}  {how}: {what} {}\n", one.case, one.deadline))?;
    }
    tell!(
        "{} put to the teams.",
        count(found.len(), "thing", "things")
    );
    Ok(Exit::Done)
}

/// `call back: ask for the receipt (due 2026-12-04)`.
fn in_words(record: &TaskRecord) -> String {
    let task = &record.task;
    let what = plain(&task.what);
    format!("{}: {what} (due {})", words(task.kind.name()), task.due)
}

fn task_table(tasks: &[TaskRecord], today: Date) -> String {
    let mut table = Table::new(["task", "due", "case", "team", "who", "what"]).yielding(&[5, 4, 3]);
    for record in tasks {
        let task = &record.task;
        let late = if task.due < today { " !" } else { "" };
        table.row([
            short_id(&record.id),
            format!("{}{late}", task.due),
            task.case.to_string(),
            words(&record.team),
            task.owner.clone().unwrap_or_default(),
            format!("{}: {}", words(task.kind.name()), task.what),
        ]);
    }
    table.text()
}

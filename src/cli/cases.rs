//! `postroom cases`: what is open, moving what lies on the wrong case, and the work on one.

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::exit::{Exit, Misused};
use super::output::{count, say, say_json, short, store_flag, tell};
use super::table::Table;
use super::{By, Opened, Place, reply, work};
use crate::cases::{self, CaseFilter, CaseRecord, CaseState, Destination};
use crate::domain::document::Legibility;
use crate::domain::grammar::case_reference::CaseReference;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom cases                              open cases, nearest deadline first
  postroom cases --team accounts
  postroom cases --all --json
  postroom cases move 9d04ab12c7e1 PR-0000417-11 --reason \"same complaint\"
  postroom cases give PR-0000417-11 --to ann
  postroom cases close PR-0000417-11 --reason \"refunded\"

A deadline that has passed is marked with !; where machines alone wrote there is none.")]
pub(super) struct CasesArguments {
    #[command(subcommand)]
    command: Option<CasesCommand>,
    /// Closed cases too
    #[arg(long)]
    all: bool,
    /// Only this team's
    #[arg(long, value_name = "TEAM")]
    team: Option<String>,
    /// Only about this topic
    #[arg(long, value_name = "TOPIC")]
    topic: Option<String>,
}

#[derive(Debug, Subcommand)]
enum CasesCommand {
    /// Move a document or a message to another case, or to a new one; the history is kept
    Move(MoveArguments),
    /// Give a case to a person or a team
    Give(work::GiveArguments),
    /// Note something on a case, or on a place of a page; change or take away a note
    Note(work::NoteArguments),
    /// List what is noted on a case
    Notes(work::NotesArguments),
    /// Set a task with its own deadline
    Task(work::TaskArguments),
    /// Answer the customer from a template
    Reply(reply::ReplyArguments),
    /// Tell the customer by e-mail whenever the case moves, because they asked for it
    Tell(work::TellArguments),
    /// Close a case
    Close(work::EndArguments),
    /// Open a closed case again
    Reopen(work::EndArguments),
    /// Put cases away that were closed long ago
    Archive(work::ArchiveArguments),
    /// Put cases away by the rules of retention
    Retain(work::RetainArguments),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom cases move 9d04ab12c7e1 PR-0000417-11 --reason \"same complaint\"
  postroom cases move 9d04ab12c7e1 new \\
      --reason \"another person in the same house\"

DOCUMENT is an id as `postroom show` shows it, or the end of one.")]
struct MoveArguments {
    /// The document or the message
    document: String,
    /// The case that it belongs to, or `new`
    #[arg(value_name = "CASE|new")]
    to: String,
    /// Why, for the history
    #[arg(long, default_value = "no reason given")]
    reason: String,
    #[command(flatten)]
    by: By,
}

pub(super) fn cases(place: &Place, arguments: &CasesArguments) -> Result<Exit> {
    match &arguments.command {
        None => list(place, arguments),
        Some(CasesCommand::Move(to)) => move_document(place, to),
        Some(CasesCommand::Give(give)) => work::give(place, give),
        Some(CasesCommand::Note(note)) => work::write_note(place, note),
        Some(CasesCommand::Notes(notes)) => work::list_notes(place, notes),
        Some(CasesCommand::Task(task)) => work::set_task(place, task),
        Some(CasesCommand::Reply(answer)) => reply::reply(place, answer),
        Some(CasesCommand::Tell(tell)) => work::tell(place, tell),
        Some(CasesCommand::Close(close)) => work::close(place, close),
        Some(CasesCommand::Reopen(reopen)) => work::reopen(place, reopen),
        Some(CasesCommand::Archive(archive)) => work::archive(place, archive),
        Some(CasesCommand::Retain(retain)) => work::retain(place, retain),
    }
}

/// A case reference as a person typed it.
pub(super) fn reference(typed: &str) -> Result<CaseReference> {
    typed
        .parse()
        .map_err(|error| Misused(format!("{error}")).into())
}

fn list(place: &Place, arguments: &CasesArguments) -> Result<Exit> {
    let opened = Opened::at(place)?;
    let filter = CaseFilter {
        state: (!arguments.all).then_some(CaseState::Open),
        team: arguments.team.clone(),
        topic: arguments.topic.clone(),
        ..CaseFilter::default()
    };
    let cases = opened.wait(cases::list(&opened.store, &filter))?;
    if place.json {
        say_json(&cases.iter().map(case_json).collect())?;
    } else if cases.is_empty() {
        tell!("{}", nothing(place, arguments));
    } else {
        say(&table(&cases, arguments.all, opened.settings.today()))?;
    }
    Ok(Exit::Done)
}

fn nothing(place: &Place, arguments: &CasesArguments) -> String {
    let store = store_flag(place);
    if arguments.team.is_some() || arguments.topic.is_some() {
        format!("No such case. All of them: postroom cases --all{store}")
    } else if arguments.all {
        format!("No cases yet. A run opens them: postroom run DIR{store}")
    } else {
        format!("No open cases. Closed ones too: postroom cases --all{store}")
    }
}

fn table(cases: &[CaseRecord], all: bool, today: jiff::civil::Date) -> String {
    let header = [
        "case", "deadline", "priority", "topic", "team", "customer", "items", "review",
    ];
    let mut table = Table::new(header).yielding(&[2, 3, 4, 5]).numbers(&[6, 7]);
    let mut late = 0;
    for case in cases {
        let open = case.state == CaseState::Open;
        let passed = open && case.awaited && case.deadline < today;
        late += usize::from(passed);
        let due = match (open, passed) {
            (false, _) => "closed".to_owned(),
            (true, _) if !case.awaited => "none".to_owned(),
            (true, true) => format!("{} !", case.deadline),
            (true, false) => case.deadline.to_string(),
        };
        table.row([
            case.reference.to_string(),
            due,
            words(case.priority.name()),
            words(&case.topic),
            words(&case.team),
            case.name.clone().unwrap_or_else(|| "(not known)".into()),
            case.documents.to_string(),
            match (case.in_review, case.legibility) {
                (0, _) => String::new(),
                (number, Some(Legibility::Unreadable)) => format!("{number} unreadable"),
                (number, _) => number.to_string(),
            },
        ]);
    }
    let kind = if all { "case" } else { "open case" };
    let mut text = table.text();
    text.push_str(&format!(
        "\n{}{}\n",
        count(cases.len(), kind, &format!("{kind}s")),
        match late {
            0 => String::new(),
            _ => format!(", {late} past the deadline"),
        }
    ));
    text
}

/// A name of the program or of the rules as people read it.
pub(super) fn words(name: &str) -> String {
    name.replace('_', " ")
}

/// A case for machines.
pub(super) fn case_json(case: &CaseRecord) -> Value {
    json!({
        "case": case.reference.to_string(),
        "state": case.state.name(),
        "deadline": case.deadline.to_string(),
        "awaited": case.awaited,
        "priority": case.priority.name(),
        "topic": case.topic,
        "team": case.team,
        "customer": case.name,
        "documents": case.documents,
        "in_review": case.in_review,
        "legibility": case.legibility.map(Legibility::name),
        "opened_at": case.opened_at,
    })
}

fn move_document(place: &Place, arguments: &MoveArguments) -> Result<Exit> {
    let to = match arguments.to.as_str() {
        "new" => Destination::NewCase,
        case => Destination::Case(reference(case)?),
    };
    let actor = arguments.by.actor()?;
    let opened = Opened::at(place)?;
    if opened
        .wait(opened.store.document_with(arguments.document.trim()))?
        .is_none()
        && let Some(message) = opened.wait(opened.store.mail_with(&arguments.document))?
    {
        return work::move_message(place, &opened, message, to, (&arguments.reason, &actor));
    }
    let document = opened.document(&arguments.document)?;
    let from = opened.wait(opened.store.document(document))?;
    let from = from.attachment.map(|lies| lies.case);
    let reason = &arguments.reason;
    let case = opened.wait(cases::move_document(
        &opened.store,
        document,
        to,
        reason,
        &actor,
    ))?;
    if place.json {
        say_json(&json!({
            "document": document.to_string(),
            "from": from.map(|case| case.to_string()),
            "case": case.to_string(),
        }))?;
    } else if Some(case) == from {
        tell!("The document lies on {case} already; nothing was changed.");
    } else {
        let short = short(document);
        match from {
            Some(from) => tell!("Document {short} went from {from} to {case}."),
            None => tell!("Document {short} lies on {case} now."),
        }
        tell!("See it there: postroom show {case}{}", store_flag(place));
    }
    Ok(Exit::Done)
}

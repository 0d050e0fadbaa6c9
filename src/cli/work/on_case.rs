//! How e-mails, replies, notes and tasks look on a case, to people and to machines.

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::super::cases::words;
use super::super::mail::short_id;
use super::super::output::plain;
use super::super::timeline::{as_read, entry, local};
use crate::cases::Timeline;
use crate::domain::message::Automatic;
use crate::domain::reply::Channel;
use crate::export::annotation::annotation;
use crate::store::messages::{AttachmentState, MailRecord};
use crate::store::notes::NoteRecord;
use crate::store::replies::{ReplyRecord, ReplyState};
use crate::store::tasks::{TaskRecord, TaskState};

/// The tasks of a case; nothing where there is none.
pub(in crate::cli) fn tasks(tasks: &[TaskRecord]) -> String {
    let mut text = String::new();
    for record in tasks
        .iter()
        .filter(|record| record.state == TaskState::Open)
    {
        if text.is_empty() {
            text.push_str("\nTo be done\n");
        }
        let task = &record.task;
        let who = task.owner.as_deref().unwrap_or("anybody");
        let what = format!(
            "{}: {} ({who}; {})",
            words(task.kind.name()),
            task.what,
            short_id(&record.id)
        );
        entry(&mut text, &task.due.to_string(), &what);
    }
    text
}

/// An e-mail on a case.
pub(in crate::cli) fn message(mail: &MailRecord, zone: &TimeZone) -> String {
    let mut text = format!("E-mail: {}\n", plain(&mail.subject));
    entry(&mut text, "message", &short_id(&mail.id));
    let from = mail.from.as_ref().map_or_else(
        || "nobody that it names".to_owned(),
        |from| match &from.name {
            Some(name) => format!("{name} <{}>", from.address),
            None => from.address.clone(),
        },
    );
    entry(&mut text, "from", &from);
    if let Some(wanted) = &mail.reply_to {
        let answers = match &wanted.unused {
            Some(why) => format!("not to {}: {why}", wanted.address),
            None => format!("to {}", wanted.address),
        };
        entry(&mut text, "answers", &answers);
    }
    if !mail.recipients.is_empty() {
        let to = match mail.more_recipients {
            0 => mail.recipients.clone(),
            more => format!("{}, and {more} more", mail.recipients),
        };
        entry(&mut text, "to", &to);
    }
    let origin = words(mail.receipt.origin.name());
    entry(
        &mut text,
        "received",
        &format!("{} ({origin})", mail.receipt.day),
    );
    if let Some(sent) = &mail.sent_at {
        entry(&mut text, "sent", &local(sent, zone));
    }
    if let Some(automatic) = mail.automatic {
        entry(
            &mut text,
            "written by",
            &format!("a machine ({})", words(automatic.name())),
        );
    }
    entry(&mut text, "why here", &mail.attachment.why);
    let judged = &mail.judgement;
    entry(
        &mut text,
        "topic",
        &format!("{}: {}", words(&judged.topic.choice), judged.topic.why),
    );
    for file in &mail.attachments {
        let state = match (file.state, &file.why, file.elsewhere) {
            (AttachmentState::Kept, Some(why), _) => format!("kept; {why}"),
            (_, _, Some(case)) => format!("the same was read already, on case {case}"),
            (state, Some(why), _) => format!("{}: {why}", words(state.name())),
            (state, None, _) => words(state.name()),
        };
        let what = format!(
            "{} {} ({} bytes), {state}",
            file.number, file.name, file.bytes
        );
        entry(&mut text, "attached", &what);
    }
    text.push('\n');
    text.push_str(&as_read(&mail.text));
    text
}

/// What we wrote.
pub(in crate::cli) fn reply(record: &ReplyRecord, zone: &TimeZone) -> String {
    let reply = &record.reply;
    let by = match reply.channel {
        Channel::Email => "e-mail",
        Channel::Post => "post",
    };
    let mut text = format!(
        "Our {} by {by}: {}\n",
        words(reply.kind.name()),
        plain(&reply.subject)
    );
    let state = match (&record.sent_at, &record.trouble) {
        (Some(sent), _) => format!("sent {}", local(sent, zone)),
        (None, Some(trouble)) => format!("{}: {trouble}", record.state.name()),
        (None, None) if record.state == ReplyState::Waiting && record.due_at > record.made_at => {
            format!("waiting until {}", local(&record.due_at, zone))
        }
        (None, None) => record.state.name().to_owned(),
    };
    entry(&mut text, "reply", &short_id(&record.id));
    entry(&mut text, "state", &state);
    entry(
        &mut text,
        "to",
        &format!(
            "{}, {}",
            reply.to_name,
            reply.to_address.replace('\n', ", ")
        ),
    );
    entry(
        &mut text,
        "written",
        &format!("{} by {}", local(&record.made_at, zone), record.made_by),
    );
    // What never left is no part of what the customer heard.
    if record.state != ReplyState::Withdrawn {
        text.push('\n');
        text.push_str(&as_read(&reply.body));
    }
    text
}

/// What somebody noted.
pub(in crate::cli) fn note(note: &NoteRecord, zone: &TimeZone) -> String {
    let mut text = format!(
        "Note by {}, {}\n",
        plain(&note.made_by),
        local(&note.made_at, zone)
    );
    entry(&mut text, "note", &short_id(&note.id));
    if let Some((at, by)) = &note.changed {
        entry(
            &mut text,
            "changed",
            &format!("{} by {by}", local(at, zone)),
        );
    }
    if let Some(place) = note.place {
        let mut about = format!("document {}", short_id(&place.document));
        if let Some((page, rect)) = place.on {
            about.push_str(&format!(
                ", page {page} at {},{},{},{}",
                rect.x, rect.y, rect.w, rect.h
            ));
        }
        entry(&mut text, "about", &about);
    }
    text.push_str(&as_read(&note.text));
    text
}

/// Adds to a case for machines what is on it beside paper.
pub(in crate::cli) fn add_json(value: &mut Value, timeline: &Timeline) {
    value["status"] = json!(timeline.progress.status(timeline.case.state).name());
    value["owner"] = json!(timeline.progress.owner);
    value["answered_at"] = json!(timeline.progress.answered_at);
    value["messages"] = timeline.mail.iter().map(mail_json).collect();
    value["replies"] = timeline.replies.iter().map(reply_json).collect();
    value["notes"] = timeline.notes.iter().map(annotation).collect();
    value["tasks"] = timeline.tasks.iter().map(task_json).collect();
}

fn mail_json(mail: &MailRecord) -> Value {
    let attachments = mail.attachments.iter().map(|file| {
        json!({
            "number": file.number,
            "name": file.name,
            "media": file.media,
            "bytes": file.bytes,
            "state": file.state.name(),
            "why": file.why,
            "read_on": file.elsewhere.map(|case| case.to_string()),
        })
    });
    json!({
        "message": mail.id.to_string(),
        "message_id": mail.message_id.as_ref().map(ToString::to_string),
        "from": mail.from.as_ref().map(|from| json!({ "name": from.name, "address": from.address })),
        "reply_to": mail.reply_to.as_ref().map(|wanted| json!({ "address": wanted.address, "unused": wanted.unused })),
        "recipients": mail.recipients,
        "more_recipients": mail.more_recipients,
        "subject": mail.subject,
        "sent_at": mail.sent_at,
        "received": mail.receipt.day.to_string(),
        "automatic": mail.automatic.map(Automatic::name),
        "attached_by": mail.attachment.by.name(),
        "why": mail.attachment.why,
        "topic": mail.judgement.topic.choice,
        "text": mail.text,
        "attachments": attachments.collect::<Vec<_>>(),
    })
}

fn reply_json(record: &ReplyRecord) -> Value {
    json!({
        "reply": record.id.to_string(),
        "kind": record.reply.kind.name(),
        "channel": record.reply.channel.name(),
        "template": record.reply.template,
        "subject": record.reply.subject,
        "body": record.reply.body,
        "to": record.reply.to_name,
        "address": record.reply.to_address,
        "message_id": record.message_id,
        "state": record.state.name(),
        "attempts": record.attempts,
        "trouble": record.trouble,
        "made_at": record.made_at,
        "made_by": record.made_by,
        "sent_at": record.sent_at,
    })
}

pub(super) fn task_json(record: &TaskRecord) -> Value {
    json!({
        "task": record.id.to_string(),
        "case": record.task.case.to_string(),
        "team": record.team,
        "kind": record.task.kind.name(),
        "what": record.task.what,
        "owner": record.task.owner,
        "due": record.task.due.to_string(),
        "state": record.state.name(),
        "escalated": record.escalated,
        "made_at": record.made_at,
        "made_by": record.made_by,
        "done_by": record.done_by,
    })
}

//! How a case looks to a person: its letters with their fields and text, its cards with
//! what is ticked, then its history in local time.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::card;
use super::cases::words;
use super::output::{plain, short};
use super::table::{Table, WIDTH, wrapped};
use super::work;
use crate::cases::{Alone, Timeline, TimelineDocument};
use crate::domain::day::day_of;
use crate::domain::letter::LetterField;
use crate::domain::verdict::Verdict;
use crate::store::cases::CaseState;
use crate::store::customers::Customer;
use crate::store::documents::DocumentKind;
use crate::store::events::{EventKind, EventRecord};

/// The whole case.
pub(super) fn text(timeline: &Timeline, zone: &TimeZone) -> String {
    let mut text = head(timeline, zone);
    for entry in entries(timeline, zone) {
        text.push('\n');
        text.push_str(&entry);
    }
    text.push_str(&work::tasks(&timeline.tasks));
    history(&mut text, &timeline.events, zone);
    text
}

/// Letters, cards, e-mails, replies and notes, in the order in which they came and went.
fn entries(timeline: &Timeline, zone: &TimeZone) -> Vec<String> {
    let of = timeline.documents.len();
    let documents = timeline.documents.iter().zip(1..).map(|(on, index)| {
        let record = &on.document;
        let when = (record.receipt.day.to_string(), record.filed_at.clone());
        (when, document(on, index, of))
    });
    let mail = timeline.mail.iter().map(|mail| {
        let at = mail.sent_at.as_ref().unwrap_or(&mail.taken_at);
        let when = (mail.receipt.day.to_string(), at.clone());
        (when, work::message(mail, zone))
    });
    // Receipts have days of this place, and so must all that stands between them.
    let day = |at: &str| match day_of(at, zone) {
        Some(day) => day.to_string(),
        None => at.to_owned(),
    };
    let replies = timeline.replies.iter().map(|reply| {
        let when = (day(&reply.made_at), reply.made_at.clone());
        (when, work::reply(reply, zone))
    });
    let notes = timeline.notes.iter().map(|note| {
        let when = (day(&note.made_at), note.made_at.clone());
        (when, work::note(note, zone))
    });
    let mut entries: Vec<_> = documents.chain(mail).chain(replies).chain(notes).collect();
    entries.sort_by(|one, other| one.0.cmp(&other.0));
    entries.into_iter().map(|(_, text)| text).collect()
}

/// A document by itself.
pub(super) fn document_text(alone: &Alone, zone: &TimeZone) -> String {
    let mut text = document(&alone.on, 1, 1);
    if let Some(known) = &alone.customer {
        text.push('\n');
        entry(&mut text, "customer", &customer(known));
    }
    history(&mut text, &alone.events, zone);
    text
}

fn history(text: &mut String, events: &[EventRecord], zone: &TimeZone) {
    text.push_str("\nHistory\n");
    for event in events {
        let line = format!(
            "{}  {}  {}",
            local(&event.at, zone),
            event.actor,
            happened(event)
        );
        wrap(text, 2, 20, &line);
    }
}

fn head(timeline: &Timeline, zone: &TimeZone) -> String {
    let case = &timeline.case;
    let mut text = format!("Case {}", case.reference);
    if case.state == CaseState::Closed {
        text.push_str(" (closed)");
    }
    text.push('\n');
    let deadline = match case.awaited {
        true => case.deadline.to_string(),
        false => "none: machines alone wrote, and nobody waits".to_owned(),
    };
    entry(&mut text, "deadline", &deadline);
    entry(&mut text, "priority", &words(case.priority.name()));
    entry(&mut text, "topic", &words(&case.topic));
    entry(&mut text, "team", &words(&case.team));
    let status = timeline.progress.status(case.state).name();
    let owner = timeline.progress.owner.as_deref();
    let status = match owner {
        Some(owner) => format!("{}, with {}", words(status), plain(owner)),
        None => words(status),
    };
    entry(&mut text, "status", &status);
    let told = timeline.progress.acknowledged.as_deref();
    if let Some(why) = told.and_then(|told| told.strip_prefix("not told: ")) {
        entry(&mut text, "not told", why);
    }
    entry(&mut text, "opened", &local(&case.opened_at, zone));
    let known = match &timeline.customer {
        None => case.name.clone().unwrap_or_else(|| "not known".to_owned()),
        Some(known) => customer(known),
    };
    entry(&mut text, "customer", &known);
    text
}

/// `Mrs Mary Harris, 14 Mill Lane, Leeds, LS6 3HN`.
fn customer(customer: &Customer) -> String {
    let name = [customer.title.as_deref(), Some(&*customer.name)];
    let name: Vec<&str> = name.into_iter().flatten().collect();
    let name = name.join(" ");
    let known = [
        Some(&*name),
        customer.street.as_deref(),
        customer.town.as_deref(),
        customer.postcode.as_deref(),
        customer.email.as_deref(),
        customer.phone.as_deref(),
    ];
    let known: Vec<&str> = known.into_iter().flatten().collect();
    known.join(", ")
}

fn document(on: &TimelineDocument, index: usize, of: usize) -> String {
    let record = &on.document;
    let judged = &record.judgement;
    let mut text = format!(
        "{} {index} of {of}: {}{}\n",
        match record.kind {
            DocumentKind::Letter => "Letter",
            DocumentKind::Card => "Card",
        },
        plain(&record.path),
        if record.in_review {
            "   [in review]"
        } else {
            ""
        }
    );
    entry(&mut text, "document", &short(record.id));
    let origin = words(record.receipt.origin.name());
    entry(
        &mut text,
        "received",
        &format!("{} ({origin})", record.receipt.day),
    );
    let why = record.attachment.as_ref().map(|lies| &*lies.why);
    let why = why.unwrap_or("it lies on no case: a card without a comment needs none");
    entry(&mut text, "why here", why);
    entry(&mut text, "legibility", record.legibility.name());
    entry(&mut text, "pages", &pages(on));
    if let Some(why) = &record.torn {
        entry(&mut text, "may lack", why);
    }
    if record.kind == DocumentKind::Card {
        text.push_str(&card::text(&on.card));
        return text;
    }
    for (name, choice, why) in [
        ("topic", &*judged.topic.choice, &judged.topic.why),
        (
            "priority",
            judged.priority.choice.name(),
            &judged.priority.why,
        ),
        ("team", &*judged.team.choice, &judged.team.why),
        (
            "deadline",
            &*judged.deadline.choice.to_string(),
            &judged.deadline.why,
        ),
    ] {
        entry(&mut text, name, &format!("{}: {why}", words(choice)));
    }
    text.push('\n');
    text.push_str(&fields(on));
    text.push('\n');
    text.push_str(&as_read(&record.text));
    text
}

/// `1 letter, 2 blank, 3 missing: its reader died`.
fn pages(on: &TimelineDocument) -> String {
    let pages = on.pages.iter().map(|page| match &page.result {
        Ok(image) => format!("{} {}", page.sheet, image.kind.name()),
        Err(rejection) => format!("{} missing ({})", page.sheet, rejection.reason),
    });
    pages.collect::<Vec<_>>().join(", ")
}

/// The table in which what was read off a document stands.
pub(super) fn field_table() -> Table {
    Table::new(["", "field", "value", "verdict", "prob.", "reason"])
        .yielding(&[2, 5])
        .numbers(&[4])
        .wrapping()
        .indented(2)
}

fn fields(on: &TimelineDocument) -> String {
    let mut table = field_table();
    let mut empty = Vec::new();
    for name in LetterField::ALL {
        let field = on.fields.get(&name);
        let Some(field) = field.filter(|field| field.verdict != Verdict::Empty) else {
            empty.push(name.name());
            continue;
        };
        let doubtful = field.verdict == Verdict::Review;
        table.row([
            if doubtful { "?" } else { "" }.to_owned(),
            name.name().to_owned(),
            field.value.clone().unwrap_or_default(),
            field.verdict.name().to_owned(),
            format!("{:.3}", field.probability.get()),
            reason(field),
        ]);
    }
    let mut text = String::new();
    if empty.len() < LetterField::ALL.len() {
        text.push_str(&table.text());
    }
    if !empty.is_empty() {
        wrap(&mut text, 5, 7, &format!("empty: {}", empty.join(", ")));
    }
    text
}

/// Why, and what stands on the paper where that is something else.
fn reason(field: &crate::domain::field::Field) -> String {
    match &field.as_read {
        Some(read) if Some(read) != field.value.as_ref() => {
            format!("read '{read}'; {}", field.reason)
        }
        _ => field.reason.clone(),
    }
}

pub(super) fn as_read(text: &str) -> String {
    let mut out = String::new();
    for (index, page) in text.split('\u{c}').enumerate() {
        if index > 0 {
            out.push_str("  | ---- next page ----\n");
        }
        for line in page.lines() {
            let line = format!("  | {}", plain(line));
            out.push_str(line.trim_end());
            out.push('\n');
        }
    }
    if text.trim().is_empty() {
        out.push_str("  (no text could be read)\n");
    }
    out
}

/// What an event says, in a line.
/// What an event did, in words.
pub(super) fn happened(event: &EventRecord) -> String {
    let part = |path: &[&str]| {
        let mut value = &event.detail;
        for key in path {
            value = value.get(key).unwrap_or(&Value::Null);
        }
        match value {
            Value::String(text) => plain(text),
            Value::Null => "nothing".to_owned(),
            other => other.to_string(),
        }
    };
    let document = event.document.map(short).unwrap_or_default();
    match event.kind {
        EventKind::CaseOpened => format!("opened the case, deadline {}", part(&["deadline"])),
        EventKind::CaseReopened if event.detail.get("reason").is_some() => {
            format!("opened the case again: {}", part(&["reason"]))
        }
        EventKind::CaseReopened => "opened the case again".to_owned(),
        EventKind::CaseClosed if event.detail.get("reason").is_some() => {
            format!("closed the case: {}", part(&["reason"]))
        }
        EventKind::CaseClosed => format!("closed the case: {}", part(&["why"])),
        EventKind::DocumentFiled => format!("filed document {document}"),
        EventKind::DocumentReread => format!("read pages of document {document} again"),
        EventKind::DocumentMoved if event.detail["from"].is_null() => format!(
            "laid document {document} on {}: {}",
            part(&["to"]),
            part(&["reason"])
        ),
        EventKind::DocumentMoved => format!(
            "moved document {document} from {} to {}: {}",
            part(&["from"]),
            part(&["to"]),
            part(&["reason"])
        ),
        EventKind::FieldSettled => format!(
            "settled {} of document {document}: {} -> {} ({})",
            part(&["field"]),
            part(&["before", "value"]),
            part(&["after", "value"]),
            part(&["after", "verdict"])
        ),
        EventKind::FieldRekeyed if event.detail["after"]["verdict"] == "accepted" => format!(
            "keyed {} of document {document} again: the same",
            part(&["field"])
        ),
        EventKind::FieldRekeyed => format!(
            "keyed {} of document {document} again: {}, not {}; a second person decides",
            part(&["field"]),
            part(&["after", "value"]),
            part(&["before", "value"])
        ),
        EventKind::CaseChanged if event.detail.get("customer").is_some() => {
            "gave the case its customer".to_owned()
        }
        EventKind::CaseChanged if event.detail.get("tells").is_some() => {
            "changed whether the customer is told when it moves".to_owned()
        }
        EventKind::CaseChanged if event.detail["after"].get("owner").is_some() => format!(
            "gave the case from {} to {}, team {}",
            event.detail["before"]["owner"]
                .as_str()
                .map_or_else(nobody, plain),
            event.detail["after"]["owner"]
                .as_str()
                .map_or_else(nobody, plain),
            words(&part(&["after", "team"]))
        ),
        EventKind::CaseChanged => format!(
            "changed priority {} -> {}, deadline {} -> {}",
            words(&part(&["before", "priority"])),
            words(&part(&["after", "priority"])),
            part(&["before", "deadline"]),
            part(&["after", "deadline"])
        ),
        EventKind::CustomerMade => "wrote down a new customer".to_owned(),
        EventKind::CustomerChanged => "changed what is known of the customer".to_owned(),
        _ => happened_at_work(event, &part),
    }
}

fn nobody() -> String {
    "nobody".to_owned()
}

/// The same of e-mails, replies and the work on a case.
fn happened_at_work(event: &EventRecord, part: &dyn Fn(&[&str]) -> String) -> String {
    match event.kind {
        EventKind::MessageFiled => "filed a message".to_owned(),
        EventKind::MessageMoved => format!(
            "moved a message from {} to {}: {}",
            part(&["from"]),
            part(&["to"]),
            part(&["reason"])
        ),
        EventKind::Replied => format!("{} {}", words(&part(&["kind"])), part(&["state"])),
        EventKind::TaskSet if event.detail["again"] == true => format!(
            "took a task up again: {} by {}",
            words(&part(&["kind"])),
            part(&["due"])
        ),
        EventKind::TaskSet => format!(
            "set a task: {} by {}",
            words(&part(&["kind"])),
            part(&["due"])
        ),
        EventKind::TaskEnded => format!("a task is {}", part(&["state"])),
        EventKind::Noted if event.detail["changed"] == true => format!(
            "changed a note: {} -> {}",
            part(&["before", "value"]),
            part(&["after", "value"])
        ),
        EventKind::Noted if event.detail["removed"] == true => {
            format!("took a note away: {}", part(&["before", "value"]))
        }
        EventKind::Noted => "wrote a note".to_owned(),
        EventKind::Escalated => "put it to somebody higher: it is late or nearly so".to_owned(),
        EventKind::CaseArchived if event.detail["rule"].is_string() => format!(
            "archived the case by the rule {}: {} since it was {} on {}",
            part(&["rule"]),
            part(&["after"]),
            part(&["since"]),
            part(&["day"])
        ),
        EventKind::CaseArchived => "archived the case".to_owned(),
        EventKind::CustomersMerged if event.detail["parted"] == true => {
            "parted two records of customers".to_owned()
        }
        EventKind::CustomersMerged => "joined two records of one customer".to_owned(),
        EventKind::Exported => format!(
            "exported {} as {}: {} rows",
            words(&part(&["what"])),
            part(&["format"]),
            part(&["rows"])
        ),
        EventKind::Reported => format!("made the report {}", words(&part(&["what"]))),
        kind => words(kind.name()),
    }
}

/// A moment in UTC as the clock on the wall had it.
pub(super) fn local(at: &str, zone: &TimeZone) -> String {
    match at.parse::<Timestamp>() {
        Ok(moment) => moment
            .to_zoned(zone.clone())
            .strftime("%Y-%m-%d %H:%M")
            .to_string(),
        Err(_) => at.to_owned(),
    }
}

/// Where the words after an entry's name begin.
const ENTRY: usize = 14;

pub(super) fn entry(text: &mut String, name: &str, what: &str) {
    wrap(
        text,
        2,
        ENTRY,
        &format!("{name:<width$}{what}", width = ENTRY - 2),
    );
}

/// Adds a paragraph: its first line at `first`, the others at `rest`.
pub(super) fn wrap(text: &mut String, first: usize, rest: usize, paragraph: &str) {
    let mut indent = first;
    for line in wrapped(&plain(paragraph), WIDTH - first.max(rest)) {
        let _ = writeln!(text, "{:indent$}{}", "", line.trim_end());
        indent = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_reason_is_broken_between_words() {
        let mut text = String::new();
        entry(&mut text, "topic", &"because of it ".repeat(30));
        assert!(text.lines().count() > 3);
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH));
        assert!(text.starts_with("  topic       because of"), "{text}");
        assert!(
            text.lines()
                .skip(1)
                .all(|line| line.starts_with(&" ".repeat(ENTRY)))
        );
    }

    #[test]
    fn times_are_those_of_the_clock_on_the_wall() {
        let london = TimeZone::get("Europe/London").unwrap();
        assert_eq!(
            local("2026-07-01T23:30:00.000000Z", &london),
            "2026-07-02 00:30"
        );
    }
}

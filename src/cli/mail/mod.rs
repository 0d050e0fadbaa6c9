//! `postroom mail`: e-mail in, from files and from a server; what could not be read; attachments.

mod attachments;
mod fetch;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::exit::{Exit, Misused};
use super::output::{count, plain, say, say_json, store_flag, tell};
use super::progress::Counting;
use super::run::{self, ReadingOptions, Stop};
use super::settings::Settings;
use super::table::Table;
use super::{By, Opened, Place, reply};
use crate::batch::BatchError;
use crate::export::whole;
use crate::mail::intake::{Incoming, Intake, Taken, are_enough};
use crate::mail::{MailLimits, parse, sources};
use crate::rules::Rules;
use crate::store::Store;
use crate::store::replies::ReplyState;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom mail fetch
  postroom mail import post.mbox
  postroom mail import /var/mail/care/Maildir /old/letters/*.eml
  postroom mail aside
  postroom mail take 9d04ab12c7e1 --attachment 2 --out photo.jpg")]
pub(super) struct MailArguments {
    #[command(subcommand)]
    command: MailCommand,
}

#[derive(Debug, Subcommand)]
enum MailCommand {
    /// Take in .eml files, folders of them, mbox files and Maildirs
    Import(ImportArguments),
    /// Fetch what came into a mailbox on a server
    Fetch(fetch::FetchArguments),
    /// Send the replies that wait
    #[command(after_help = "\
Examples:
  postroom mail send
  postroom mail send --json

Every run, import and fetch ends with the same. Ends with 1 when something was given up or waits in trouble.")]
    Send,
    /// Put a reply that was given up back into the outbox
    Retry(SetArguments),
    /// Take a reply that waits out of the outbox
    Withdraw(SetArguments),
    /// List the messages that could not be read
    #[command(after_help = "\
Examples:
  postroom mail aside
  postroom mail aside --json

`postroom mail take ID --out FILE.eml` writes one out as it came.")]
    Aside,
    /// Write a message, or what is attached to it, to a file
    Take(TakeArguments),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom mail import post.mbox
  postroom mail import /var/mail/care/Maildir --json

Nothing is moved or changed where it lies. Take the same in again at any time: what is known stays as it \
is. Attached scans and photographs are read at the end, like those of a night.")]
struct ImportArguments {
    /// Files and folders
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    options: ReadingOptions,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom mail retry a27f317ba124  after the server, or the address, was mended
  postroom mail withdraw a27f317ba124")]
struct SetArguments {
    /// The reply, by its id or a part of it
    reply: String,
    #[command(flatten)]
    by: By,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom mail take 9d04ab12c7e1 --out message.eml
  postroom mail take 9d04ab12c7e1 --attachment 2 --out photo.jpg")]
struct TakeArguments {
    /// The message, by its id or a part of it
    message: String,
    /// This attachment, from 1 [default: the whole message as it came]
    #[arg(long, value_name = "N")]
    attachment: Option<u32>,
    /// The file to write; one that is there is not overwritten
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn mail(place: &Place, arguments: &MailArguments) -> Result<Exit> {
    match &arguments.command {
        MailCommand::Import(import) => take_in(place, import),
        MailCommand::Fetch(arguments) => fetch::fetch(place, arguments),
        MailCommand::Send => reply::send(place),
        MailCommand::Retry(set) => {
            let states = (ReplyState::Failed, ReplyState::Waiting);
            reply::set(place, &set.reply, states, &set.by.actor()?)
        }
        MailCommand::Withdraw(set) => {
            let states = (ReplyState::Waiting, ReplyState::Withdrawn);
            reply::set(place, &set.reply, states, &set.by.actor()?)
        }
        MailCommand::Aside => aside(place),
        MailCommand::Take(take) => take_out(place, take),
    }
}

fn take_in(place: &Place, arguments: &ImportArguments) -> Result<Exit> {
    let stop = Stop::on_interrupt()?;
    let settings = Settings::settle(place)?;
    let rules = settings.rules()?;
    let runtime = super::runtime()?;
    let (store, created) = settings.create_or_open(&runtime)?;
    run::say_when_new(place, &settings, created);
    let intake = intake(&store, &rules, &settings, &arguments.options);
    let mut taken = Taken::default();
    let count = Counting::new("messages");
    for path in &arguments.paths {
        let messages = match sources::open(path, &intake.limits) {
            Ok(messages) => messages,
            Err(error) => {
                taken
                    .not_had
                    .push((path.display().to_string(), error.to_string()));
                continue;
            }
        };
        let mut together = Vec::new();
        for message in messages {
            match message {
                Ok(raw) => together.push(Incoming {
                    place: raw.place,
                    bytes: raw.bytes,
                }),
                Err(error) => taken
                    .not_had
                    .push((error.place().to_owned(), error.to_string())),
            }
            if are_enough(&together) {
                runtime.block_on(intake.take(&together, &mut taken))?;
                together.clear();
                count.set(taken.messages);
            }
            if stop.asked() {
                return Ok(Exit::Interrupted);
            }
        }
        runtime.block_on(intake.take(&together, &mut taken))?;
    }
    count.finish();
    taken.balance().map_err(BatchError::Balance)?;
    let exit = finish(
        place,
        &settings,
        (&runtime, &store),
        &arguments.options,
        (&stop, &taken),
    )?;
    match taken.messages == 0 && !taken.not_had.is_empty() {
        true => Ok(Exit::Files),
        false => Ok(exit),
    }
}

/// What messages are taken in with.
fn intake<'a>(
    store: &'a Store,
    rules: &'a Rules,
    settings: &Settings,
    options: &ReadingOptions,
) -> Intake<'a> {
    Intake {
        store,
        rules,
        limits: MailLimits::default(),
        today: options.today(settings),
        zone: settings.config.time_zone.clone(),
        own: settings.config.own_addresses(),
    }
}

/// Attachments, acknowledgements, the outbox; then what came of it all.
fn finish(
    place: &Place,
    settings: &Settings,
    (runtime, store): (&Runtime, &Store),
    options: &ReadingOptions,
    (stop, taken): (&Stop, &Taken),
) -> Result<Exit> {
    let read = attachments::read(place, settings, runtime, store, options, stop);
    reply::after(place, settings, runtime, store, options);
    let read = tell_read(read);
    tell_taken(place, taken, &read)?;
    Ok(match taken.needs_a_person() || read.aside > 0 {
        true => Exit::Look,
        false => Exit::Done,
    })
}

/// The messages are filed: attachments that could not be read now wait for the next time.
fn tell_read(read: Result<attachments::Read>) -> attachments::Read {
    read.unwrap_or_else(|error| {
        tell!("Attached scans wait, because they could not be read: {error:#}");
        attachments::Read { scans: 0, aside: 1 }
    })
}

/// What came of it, for people or for machines.
fn tell_taken(place: &Place, taken: &Taken, read: &attachments::Read) -> Result<()> {
    if place.json {
        return Ok(say_json(&taken_json(taken, read))?);
    }
    let mut text = format!(
        "{}: {} filed ({} on new cases, {} written by machines), {} known before, {}, {} set aside\n",
        count(taken.messages as usize, "message", "messages"),
        taken.filed,
        taken.opened,
        taken.automatic,
        taken.known,
        count(taken.copies as usize, "copy", "copies"),
        taken.aside.len(),
    );
    if read.scans > 0 {
        text.push_str(&format!(
            "{} read, {} set aside\n",
            count(read.scans, "attached scan", "attached scans"),
            read.aside
        ));
    }
    for (origin, why) in &taken.aside {
        text.push_str(&format!("  {}: {}\n", plain(origin), plain(&why.reason)));
    }
    say(&text)?;
    for (origin, why) in &taken.not_had {
        match why.contains(origin) {
            true => tell!("Not taken in: {why}"),
            false => tell!("Not taken in: {origin}: {why}"),
        }
    }
    tell_not_marked(&taken.not_marked);
    if !taken.aside.is_empty() {
        tell!(
            "Those that were set aside are kept: postroom mail aside{}",
            store_flag(place)
        );
    }
    Ok(())
}

/// One line for all: a folder that is not there is the same for each, and `mail aside` lists them.
fn tell_not_marked(not_marked: &[(String, String)]) {
    let Some((origin, why)) = not_marked.first() else {
        return;
    };
    tell!(
        "On record, but left as on the server: {}, the first {origin}: {why}",
        count(not_marked.len(), "message", "messages")
    );
}

fn taken_json(taken: &Taken, read: &attachments::Read) -> Value {
    let aside = taken.aside.iter().map(
        |(origin, why)| json!({ "origin": origin, "code": why.code.name(), "reason": why.reason }),
    );
    let not_had = taken
        .not_had
        .iter()
        .map(|(origin, why)| json!({ "origin": origin, "reason": why }));
    let not_marked = taken.not_marked.iter();
    let not_marked = not_marked.map(|(origin, why)| json!({ "origin": origin, "reason": why }));
    json!({
        "messages": taken.messages,
        "filed": taken.filed,
        "opened": taken.opened,
        "automatic": taken.automatic,
        "known": taken.known,
        "copies": taken.copies,
        "set_aside": aside.collect::<Vec<_>>(),
        "not_taken_in": not_had.collect::<Vec<_>>(),
        "not_marked": not_marked.collect::<Vec<_>>(),
        "attached_scans": read.scans,
        "attached_scans_set_aside": read.aside,
    })
}

fn aside(place: &Place) -> Result<Exit> {
    let opened = Opened::at(place)?;
    let aside = opened.wait(opened.store.mail_aside())?;
    let left = opened.wait(opened.store.left_on_servers())?;
    if place.json {
        let rows = aside.iter().map(|one| {
            json!({
                "message": one.id.to_string(),
                "origin": one.origin,
                "code": one.rejection.code.name(),
                "reason": one.rejection.reason,
                "taken_at": one.taken_at,
            })
        });
        let left = left.iter().map(|one| {
            json!({
                "message": null,
                "origin": one.origin,
                "reason": one.reason,
                "attempts": one.attempts,
                "again": one.again,
                "tried_at": one.tried_at,
            })
        });
        say_json(&rows.chain(left).collect())?;
        return Ok(Exit::Done);
    }
    if aside.is_empty() && left.is_empty() {
        tell!("No message is set aside.");
    }
    if !left.is_empty() {
        let mut table = Table::new(["on the server", "tried", "why"]).yielding(&[0, 2]);
        for one in &left {
            let tried = match one.again {
                true => count(one.attempts as usize, "time", "times"),
                false => "no more".to_owned(),
            };
            table.row([one.origin.clone(), tried, one.reason.clone()]);
        }
        let messages = count(left.len(), "message", "messages");
        say(&format!(
            "{}\n{messages} left on a server.\n\n",
            table.text()
        ))?;
    }
    if !aside.is_empty() {
        let mut table = Table::new(["message", "taken from", "why"]).yielding(&[1, 2]);
        for one in &aside {
            table.row([
                short_id(&one.id),
                one.origin.clone(),
                one.rejection.reason.clone(),
            ]);
        }
        say(&format!(
            "{}\n{}. Take one out: postroom mail take ID --out FILE.eml{}\n",
            table.text(),
            count(aside.len(), "message", "messages"),
            store_flag(place)
        ))?;
    }
    Ok(Exit::Done)
}

fn take_out(place: &Place, arguments: &TakeArguments) -> Result<Exit> {
    let opened = Opened::at(place)?;
    let id = opened.wait(opened.store.mail_with(&arguments.message))?;
    let id = id.ok_or_else(|| {
        Misused(format!(
            "'{}' is not the id of one message; `postroom show CASE` shows them, and a part of at \
             least four characters is enough",
            arguments.message
        ))
    })?;
    let digest = opened.wait(opened.store.mail_bytes(id))?;
    let mut bytes = opened.wait(opened.store.blob(digest))?;
    if let Some(number) = arguments.attachment {
        let message = parse(&bytes, &MailLimits::default())
            .map_err(|why| Misused(format!("the message cannot be read: {}", why.reason)))?;
        let has = message.attachments.len();
        let file = number
            .checked_sub(1)
            .and_then(|at| message.attachments.into_iter().nth(at as usize));
        let file = file.ok_or_else(|| {
            Misused(format!(
                "--attachment {number}: the message has {}",
                count(has, "attachment", "attachments")
            ))
        })?;
        bytes = file.bytes;
    }
    if arguments.out.exists() {
        let what = format!(
            "{}: is there already; name another file",
            arguments.out.display()
        );
        return Err(Misused(what).into());
    }
    whole::write(&arguments.out, &bytes)?;
    tell!("Wrote {}.", arguments.out.display());
    Ok(Exit::Done)
}

/// The end of an id, which tells it from others.
pub(super) fn short_id(id: &impl ToString) -> String {
    let id = id.to_string();
    id.rsplit('-').next().unwrap_or(&id).to_owned()
}

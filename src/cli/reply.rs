//! Replies at the command line: `cases reply`, `mail send`, `post print`, and the acknowledgements that
//! follow a run.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use serde_json::json;
use tokio::runtime::Runtime;

use super::cases::reference;
use super::exit::{Exit, Misused};
use super::mail::short_id;
use super::output::{count, plain, say, say_json, store_flag, tell};
use super::run::ReadingOptions;
use super::settings::Settings;
use super::templates::Shelf;
use super::{By, Opened, Place};
use crate::cases;
use crate::cases::answering::{self, Acknowledged, Answer, Correspondence};
use crate::config::{Config, OutboxConfig};
use crate::domain::day::day_of;
use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::reply::Channel;
use crate::export::whole;
use crate::mail::outbox::{self, Sent};
use crate::mail::{Delivery, Folder, Smtp};
use crate::post::{self, PostLetter};
use crate::store::replies::{NewReply, ReplyRecord, ReplyState};
use crate::store::{Actor, Store};
use crate::templates::CompanyFacts;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom cases reply PR-0000417-11 --template refund \\
      --text \"The kettle is on its way back to us.\"
  postroom cases reply PR-0000417-11 --template explanation \\
      --text-file answer.txt --by-post
  postroom cases reply PR-0000417-11 --template more_needed --text \"...\" \\
      --unsettled --preview

The reply goes as the customer wrote last, unless something else is said. It waits in the outbox: `postroom mail \
send` and `postroom post print` take it from there. With --unsettled a call-back is proposed; when somebody else \
owns the case, they get a call-back by themselves.")]
pub(super) struct ReplyArguments {
    /// The case
    case: String,
    /// The template
    #[arg(long, value_name = "NAME")]
    template: String,
    /// What you write for this customer
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
    /// The same, from a file
    #[arg(long, value_name = "FILE", conflicts_with = "text")]
    text_file: Option<PathBuf>,
    /// By post, however the customer wrote
    #[arg(long)]
    by_post: bool,
    /// By e-mail, however the customer wrote
    #[arg(long, conflicts_with = "by_post")]
    by_email: bool,
    /// It does not settle the matter: propose a call-back
    #[arg(long)]
    unsettled: bool,
    /// The name that stands under it [default: who you are here]
    #[arg(long, value_name = "NAME")]
    signed: Option<String>,
    /// Only show it
    #[arg(long)]
    preview: bool,
    #[command(flatten)]
    by: By,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom post print --out letters.pdf")]
pub(super) struct PostArguments {
    #[command(subcommand)]
    command: PostCommand,
}

#[derive(Debug, Subcommand)]
enum PostCommand {
    /// Write the letters that wait into one PDF, each on sheets of its own
    Print(PrintArguments),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom post print --out letters.pdf
  lp -o sides=two-sided-long-edge letters.pdf

The letters count as sent once the file is there; each stays on its case as it was printed.")]
struct PrintArguments {
    /// The file to write; one that is there is not overwritten
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Who we are and with which words we write.
pub(super) fn correspondence(place: &Place, settings: &Settings) -> Result<Correspondence> {
    let config = &settings.config;
    let from = config.reply.from.as_ref();
    let host = from
        .and_then(|from| from.address.rsplit_once('@'))
        .map(|(_, host)| host.to_owned());
    Ok(Correspondence {
        templates: Shelf::open(place, None)?.templates,
        company: company(config).unwrap_or_else(|| CompanyFacts {
            name: from.and_then(|from| from.name.clone()).unwrap_or_default(),
            ..CompanyFacts::default()
        }),
        language: config.reply.language.clone(),
        own: config.own_addresses(),
        host: host.unwrap_or_else(|| "localhost".to_owned()),
        acknowledge_letters: Some(config.reply.acknowledge_letters_from)
            .filter(|days| *days > 0 && config.own.is_some()),
        acknowledge_mail: config.reply.acknowledge_mail && from.is_some(),
        zone: config.time_zone.clone(),
    })
}

/// Who we are to customers.
pub(super) fn company(config: &Config) -> Option<CompanyFacts> {
    let own = config.own.clone()?;
    Some(CompanyFacts {
        name: own.name,
        address: own.address,
        email: own.email,
        phone: own.phone,
        web: own.web,
    })
}

pub(super) fn reply(place: &Place, arguments: &ReplyArguments) -> Result<Exit> {
    let case = reference(&arguments.case)?;
    let actor = arguments.by.actor()?;
    let opened = Opened::at(place)?;
    let with = correspondence(place, &opened.settings)?;
    let answer = answer(case, arguments, &actor)?;
    let today = opened.settings.today();
    let preview = opened.wait(answering::preview(&opened.store, &with, &answer, today))?;
    check_sender(&opened.settings.config, &preview)?;
    if arguments.preview {
        return show(place, &preview);
    }
    let rules = opened.settings.rules()?;
    let written = answering::answer(&opened.store, &with, &rules, &answer, today, &actor);
    let id = opened.wait(written)?;
    if place.json {
        say_json(
            &json!({ "case": case.to_string(), "reply": id.to_string(), "channel": preview.channel.name() }),
        )?;
        return Ok(Exit::Done);
    }
    let next = match preview.channel {
        Channel::Email => "postroom mail send",
        Channel::Post => "postroom post print --out letters.pdf",
    };
    tell!(
        "Reply {} to {} waits: {next}{}",
        short_id(&id),
        plain(&preview.to_name),
        store_flag(place)
    );
    Ok(Exit::Done)
}

fn answer(case: CaseReference, arguments: &ReplyArguments, actor: &Actor) -> Result<Answer> {
    let text = match (&arguments.text, &arguments.text_file) {
        (Some(text), _) => Some(text.clone()),
        (None, Some(file)) => Some(
            std::fs::read_to_string(file)
                .with_context(|| format!("{}: cannot be read", file.display()))?,
        ),
        (None, None) => None,
    };
    let channel = match (arguments.by_post, arguments.by_email) {
        (true, _) => Some(Channel::Post),
        (_, true) => Some(Channel::Email),
        _ => None,
    };
    let signed = arguments.signed.clone();
    Ok(Answer {
        case,
        template: arguments.template.clone(),
        channel,
        text,
        settles: !arguments.unsettled,
        agent: Some(signed.unwrap_or_else(|| actor.name().to_owned())),
    })
}

/// A reply that nobody could send, or from nobody, is refused while somebody looks.
fn check_sender(config: &Config, reply: &NewReply) -> Result<()> {
    let lacks = match reply.channel {
        Channel::Email if config.reply.from.is_none() => "[reply] from",
        Channel::Post if config.own.is_none() => "[[company]]",
        _ => return Ok(()),
    };
    Err(Misused(format!(
        "nobody knows who writes: put {lacks} into postroom.toml"
    ))
    .into())
}

fn show(place: &Place, reply: &NewReply) -> Result<Exit> {
    if place.json {
        say_json(&json!({
            "channel": reply.channel.name(), "to": reply.to_name, "address": reply.to_address,
            "subject": reply.subject, "body": reply.body,
        }))?;
    } else {
        say(&format!(
            "By {} to {}, {}\n{}\n\n{}\n",
            reply.channel.name(),
            plain(&reply.to_name),
            plain(&reply.to_address.replace('\n', ", ")),
            plain(&reply.subject),
            reply
                .body
                .replace('\u{c}', "\n")
                .lines()
                .map(plain)
                .collect::<Vec<_>>()
                .join("\n"),
        ))?;
    }
    Ok(Exit::Done)
}

/// The end of whatever took something in. What came in is filed: who is not told today is told by
/// the next run.
pub(super) fn after(
    place: &Place,
    settings: &Settings,
    runtime: &Runtime,
    store: &Store,
    options: &ReadingOptions,
) {
    match acknowledge_and_send(place, settings, runtime, store, options) {
        Ok(answered) if !place.json => tell_answered(&answered),
        Ok(_) => {}
        Err(error) => tell!("Not everybody was told that we have what they sent: {error:#}"),
    }
}

/// What a pass over new cases and the outbox did.
#[derive(Debug, Clone, Default)]
struct Answered {
    /// Cases that are late or nearly so, and were put to their teams.
    late: usize,
    acknowledged: Acknowledged,
    sent: Sent,
}

/// Tells the customers of new cases that we have what they sent, and sends what waits.
fn acknowledge_and_send(
    place: &Place,
    settings: &Settings,
    runtime: &Runtime,
    store: &Store,
    options: &ReadingOptions,
) -> Result<Answered> {
    let with = correspondence(place, settings)?;
    let mut answered = Answered::default();
    let today = options.today(settings);
    let rules = settings.rules()?;
    runtime.block_on(cases::work::weigh_tiers(store, &rules))?;
    let late = cases::work::escalate(store, &rules, today);
    answered.late = runtime.block_on(late)?.len();
    if with.acknowledge_mail || with.acknowledge_letters.is_some() {
        let pass = answering::acknowledge(store, &with, &rules, today);
        match runtime.block_on(pass) {
            Ok(acknowledged) => answered.acknowledged = acknowledged,
            // What waits is sent all the same.
            Err(error) => tell!("Not everybody was told that we have what they sent: {error}"),
        }
    }
    if let Some(from) = &settings.config.reply.from {
        let delivery = delivery(settings)?;
        answered.sent = runtime.block_on(outbox::send(store, from, &delivery))?;
    }
    Ok(answered)
}

fn tell_answered(answered: &Answered) {
    let Answered {
        late,
        acknowledged,
        sent,
    } = answered;
    if *late > 0 {
        tell!(
            "{} late or nearly so: postroom tasks",
            count(*late, "case is", "cases are")
        );
    }
    if acknowledged.by_mail + acknowledged.by_post > 0 {
        tell!(
            "Acknowledged: {} by e-mail, {} by post (`postroom post print`).",
            acknowledged.by_mail,
            acknowledged.by_post
        );
    }
    tell_sent(sent);
}

fn tell_sent(sent: &Sent) {
    if sent.sent > 0 {
        tell!("Sent {}.", count(sent.sent as usize, "e-mail", "e-mails"));
    }
    if let Some(trouble) = &sent.trouble {
        tell!(
            "{} not sent yet: {trouble}",
            count(sent.later as usize, "e-mail is", "e-mails are")
        );
    }
    for (case, why) in &sent.failed {
        tell!("The e-mail on {case} was given up: {why}");
    }
}

/// What waits for another attempt, and what was given up.
fn tell_troubled(troubled: &[ReplyRecord]) {
    for record in troubled {
        let why = record.trouble.as_deref().unwrap_or_default();
        let id = short_id(&record.id);
        let case = record.reply.case;
        match record.state {
            ReplyState::Failed => {
                tell!("{case}: reply {id} was given up: {why} (`mail retry {id}`)")
            }
            _ => tell!("{case}: reply {id} waits until {}: {why}", record.due_at),
        }
    }
}

/// Where e-mails go.
fn delivery(settings: &Settings) -> Result<Delivery> {
    Ok(match &settings.config.outbox {
        OutboxConfig::Folder(named) => {
            let folder = named
                .clone()
                .unwrap_or_else(|| settings.folder_of_store("outbox"));
            std::fs::create_dir_all(&folder)
                .with_context(|| format!("{}: cannot be made", folder.display()))?;
            Delivery::Folder(Folder::new(folder))
        }
        OutboxConfig::Smtp(smtp) => Delivery::Smtp(Smtp::new(smtp.clone())?),
    })
}

/// `postroom mail send`.
pub(super) fn send(place: &Place) -> Result<Exit> {
    let opened = Opened::at(place)?;
    let Some(from) = opened.settings.config.reply.from.clone() else {
        let what = "nobody knows who writes: put [reply] from into postroom.toml";
        return Err(Misused(what.to_owned()).into());
    };
    let delivery = delivery(&opened.settings)?;
    let sent = opened.wait(outbox::send(&opened.store, &from, &delivery))?;
    if place.json {
        say_json(&json!({
            "sent": sent.sent, "later": sent.later, "trouble": sent.trouble, "busy": sent.busy,
            "failed": sent.failed.iter().map(|(case, why)| json!({ "case": case, "why": why })).collect::<Vec<_>>(),
        }))?;
    } else if sent.busy {
        tell!("Another program is sending what waits.");
    } else {
        tell_sent(&sent);
    }
    let troubled = opened.wait(opened.store.replies_in_trouble())?;
    if !place.json {
        tell_troubled(&troubled);
        if sent == Sent::default() && troubled.is_empty() {
            tell!("Nothing waits to be sent.");
        }
    }
    Ok(match sent.failed.is_empty() && troubled.is_empty() {
        true => Exit::Done,
        false => Exit::Look,
    })
}

/// `postroom mail retry` and `postroom mail withdraw`.
pub(super) fn set(
    place: &Place,
    typed: &str,
    states: (ReplyState, ReplyState),
    actor: &Actor,
) -> Result<Exit> {
    let opened = Opened::at(place)?;
    let id = opened.wait(opened.store.reply_with(typed))?;
    let id = id.ok_or_else(|| {
        let what = format!("'{typed}' is not the id of one reply; `postroom show CASE` shows them");
        Misused(what)
    })?;
    let (from, to) = states;
    match opened.wait(answering::set(&opened.store, id, states, actor))? {
        true => tell!("Reply {} is {} now.", short_id(&id), to.name()),
        false => tell!(
            "Reply {} is not {}; nothing was changed.",
            short_id(&id),
            from.name()
        ),
    }
    Ok(Exit::Done)
}

pub(super) fn post(place: &Place, arguments: &PostArguments) -> Result<Exit> {
    let PostCommand::Print(print) = &arguments.command;
    if print.out.exists() {
        let what = format!(
            "{}: is there already; name another file",
            print.out.display()
        );
        return Err(Misused(what).into());
    }
    let opened = Opened::at(place)?;
    let waiting = opened.wait(opened.store.outbox(Channel::Post, MOST_LETTERS))?;
    let (mut letters, mut printed, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    for record in waiting {
        let letter = post_letter(&opened.settings.config, &record);
        match post::letter(&letter) {
            Ok(pdf) => {
                letters.push(letter);
                printed.push((record, pdf));
            }
            Err(error) => refused.push((record, error.to_string())),
        }
    }
    if letters.is_empty() && refused.is_empty() {
        tell!("No letter waits to be printed.");
        return Ok(Exit::Done);
    }
    if !letters.is_empty() {
        whole::write(&print.out, &post::collected(&letters)?)?;
        tell!(
            "{} in {}.",
            count(letters.len(), "letter", "letters"),
            print.out.display()
        );
    }
    opened.wait(note_printed(&opened.store, &printed, &refused))?;
    for (record, why) in &refused {
        tell!("{}: {why}", record.reply.case);
    }
    Ok(if refused.is_empty() {
        Exit::Done
    } else {
        Exit::Look
    })
}

/// Letters in one file: printers choke on more.
const MOST_LETTERS: u32 = 2_000;

/// The media type of a letter.
const LETTER: &str = "application/pdf";

async fn note_printed(
    store: &Store,
    printed: &[(ReplyRecord, Vec<u8>)],
    refused: &[(ReplyRecord, String)],
) -> Result<()> {
    let pdfs: Vec<&[u8]> = printed.iter().map(|(_, pdf)| pdf.as_slice()).collect();
    let digests = store.keep_bytes(&pdfs).await?;
    let mut change = store.change(&Actor::postroom()).await?;
    for ((record, pdf), digest) in printed.iter().zip(digests) {
        let (case, kind, bytes) = (record.reply.case, record.reply.kind, pdf.len() as u64);
        if change.reply_sent(record.id, digest, LETTER, bytes).await? {
            answering::told(&mut change, case, kind, "printed").await?;
        }
    }
    for (record, why) in refused {
        change.reply_not_sent(record.id, why, None).await?;
        let (case, kind) = (record.reply.case, record.reply.kind);
        answering::given_up(&mut change, case, kind, why).await?;
    }
    change.commit().await?;
    Ok(())
}

/// A reply as the letter that it is on paper.
fn post_letter(config: &Config, record: &ReplyRecord) -> PostLetter {
    let reply = &record.reply;
    let own = company(config).unwrap_or_default();
    let contact = [&own.phone, &own.email, &own.web];
    let (body, signature) = reply.body.split_once('\u{c}').unwrap_or((&reply.body, ""));
    let day = day_of(&record.made_at, &config.time_zone);
    PostLetter {
        from: std::iter::once(own.name.clone())
            .chain(own.address.iter().cloned())
            .collect(),
        contact: contact.into_iter().flatten().cloned().collect(),
        to: std::iter::once(reply.to_name.as_str())
            .chain(reply.to_address.lines())
            .map(str::to_owned)
            .collect(),
        reference: reply.case,
        date: day.unwrap_or_default(),
        subject: reply.subject.clone(),
        paragraphs: body.trim_end().split("\n\n").map(str::to_owned).collect(),
        signature: signature.lines().map(str::to_owned).collect(),
        language: reply.language.clone(),
    }
}

//! What customers hear from us: that we have what they sent, answers, and that their case has moved.
//! Every word of it is a reply in the outbox, written in the change that decided on it; nothing leaves
//! from here.
//!
//! Machines never get an answer (RFC 3834), nor do we ourselves, nor anybody twice in a day.

mod address;
mod facts;
mod status;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use crate::domain::document::Legibility;
use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::reply::{Channel, ReplyKind, TaskKind};
use crate::rules::Rules;
use crate::store::Store;
use crate::store::change::Change;
use crate::store::error::{Result, StoreError};
use crate::store::events::{About, Actor, EventKind};
use crate::store::ids::{self, ReplyId};
use crate::store::replies::{NewReply, ReplyState};
use crate::store::tasks::{NewTask, TaskState};
use crate::store::typed::{Particular, Typed};
use crate::store::work::Unacknowledged;
use crate::templates::{CompanyFacts, Facts, Template, TemplateError, Templates};

use super::work::CASES_A_CHANGE;
use super::{Timeline, TimelineDocument, work};
use address::{mail_address, paper, post_address, wrote_by};
use facts::facts;

pub use status::{Status, tell_status, whom_to_tell};

/// Who we are when we write, and with which words.
#[derive(Debug)]
pub struct Correspondence {
    /// The words.
    pub templates: Templates,
    /// Who we are.
    pub company: CompanyFacts,
    /// The language that we write in.
    pub language: String,
    /// Our own addresses, in small letters: what comes from them gets no answer.
    pub own: Vec<String>,
    /// The host of the Message-IDs that we give.
    pub host: String,
    /// A letter is acknowledged when its answer is due in so many working days or more; none is
    /// where this is `None`.
    pub acknowledge_letters: Option<u16>,
    /// Whether e-mails are acknowledged.
    pub acknowledge_mail: bool,
    /// Where the days are that we write.
    pub zone: TimeZone,
}

/// A reply that was not written.
#[derive(Debug, thiserror::Error)]
pub enum ReplyError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The template cannot be filled.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// There is no such template.
    #[error("there is no template '{name}'; `postroom templates list` shows them")]
    NoTemplate {
        /// Its name.
        name: String,
    },
    /// The template says nothing by that way.
    #[error(
        "template '{name}' is not for replies by {channel}; `postroom templates list` shows which are"
    )]
    OtherChannel {
        /// Its name.
        name: String,
        /// The way.
        channel: &'static str,
    },
    /// Nobody knows where to.
    #[error(
        "nobody knows where to send it: {why}; settle that first (`postroom customers set`), or reply by another way (--by-post, --by-email)"
    )]
    NoAddress {
        /// Why.
        why: String,
    },
}

/// What an agent decided to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The case.
    pub case: CaseReference,
    /// The template's name.
    pub template: String,
    /// By which way; none: as the customer wrote last.
    pub channel: Option<Channel>,
    /// What the agent wrote for this customer.
    pub text: Option<String>,
    /// Whether this settles the matter.
    pub settles: bool,
    /// The name that stands under it.
    pub agent: Option<String>,
}

/// Working days after which the customer is rung where a reply did not settle the matter, and by
/// which the owner of a case rings who heard from somebody else.
pub(super) const CALL_BACK_DAYS: u16 = 3;

/// Writes an answer into the outbox.
pub async fn answer(
    store: &Store,
    with: &Correspondence,
    rules: &Rules,
    answer: &Answer,
    today: Date,
    actor: &Actor,
) -> Result<ReplyId, ReplyError> {
    let timeline = super::timeline(store, answer.case).await?;
    let reply = written(store, with, answer, &timeline, today).await?;
    let mut change = store.change(actor).await?;
    let id = change.reply(&reply).await?;
    told(&mut change, answer.case, reply.kind, "written").await?;
    let due = rules.working_days_after(today, CALL_BACK_DAYS);
    for (owner, what) in call_backs(&mut change, answer, actor).await? {
        let task = NewTask {
            case: answer.case,
            kind: TaskKind::CallBack,
            what,
            owner,
            due,
        };
        work::must_be_done(&mut change, &task).await?;
    }
    // More from us is no answer: the clock runs on until there is one.
    let answers = reply.kind == ReplyKind::Reply && answer.settles;
    if answers {
        change.set_answered(answer.case, true).await?;
    }
    for task in change.open_tasks(answer.case).await? {
        if answers && task.task.kind == TaskKind::Reply {
            change.end_task(task.id, TaskState::Done).await?;
        }
    }
    change.commit().await?;
    Ok(id)
}

/// What an answer would look like: nothing is stored.
pub async fn preview(
    store: &Store,
    with: &Correspondence,
    answer: &Answer,
    today: Date,
) -> Result<NewReply, ReplyError> {
    let timeline = super::timeline(store, answer.case).await?;
    written(store, with, answer, &timeline, today).await
}

async fn written(
    store: &Store,
    with: &Correspondence,
    answer: &Answer,
    timeline: &Timeline,
    today: Date,
) -> Result<NewReply, ReplyError> {
    let channel = answer.channel.unwrap_or_else(|| wrote_by(timeline));
    let name = &answer.template;
    let template = with
        .templates
        .get(name)
        .ok_or_else(|| ReplyError::NoTemplate { name: name.clone() })?;
    if !template.channels.contains(&channel) {
        let channel = channel.name();
        return Err(ReplyError::OtherChannel {
            name: name.clone(),
            channel,
        });
    }
    let mut facts = facts(store, with, timeline, channel, today).await?;
    facts.text.clone_from(&answer.text);
    facts.agent.name.clone_from(&answer.agent);
    let ways = ways(store, timeline).await?;
    filled(with, template, &facts, (timeline, &ways))
}

/// Who rings the customer after this answer, and why.
async fn call_backs(
    change: &mut Change,
    answer: &Answer,
    actor: &Actor,
) -> Result<Vec<(Option<String>, String)>> {
    let owner = change.owner_of(answer.case).await?;
    let mut tasks = Vec::new();
    let open = change.open_tasks(answer.case).await?;
    if work::is_to_ring(&open, owner.as_deref()) {
        return Ok(tasks);
    }
    if let Some(owner) = owner.as_ref().filter(|owner| *owner != actor.name()) {
        let what = format!("{actor} answered your customer: see that it is settled");
        tasks.push((Some(owner.clone()), what));
    } else if !answer.settles {
        let what = "proposed: the reply did not settle the matter".to_owned();
        tasks.push((owner, what));
    }
    Ok(tasks)
}

/// What became of a pass over the cases of which nobody had said whether their customers hear
/// that we have what they sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Acknowledged {
    /// By e-mail.
    pub by_mail: u64,
    /// By a letter, which waits to be printed.
    pub by_post: u64,
    /// Not told, for a reason that is on the case.
    pub not_told: u64,
    /// Left for later: the address is in review.
    pub later: u64,
}

/// Cases that are looked at in one pass.
const AT_ONCE: u32 = 10_000;

/// Tells the customers of new cases that we have what they sent, each case once.
pub async fn acknowledge(
    store: &Store,
    with: &Correspondence,
    rules: &Rules,
    today: Date,
) -> Result<Acknowledged, ReplyError> {
    let mut done = Acknowledged::default();
    for some in store.unacknowledged(AT_ONCE).await?.chunks(CASES_A_CHANGE) {
        let mut decided = Vec::new();
        for new in some {
            let told = acknowledgement(store, with, rules, new, today).await?;
            match told {
                Told::Later => done.later += 1,
                told => decided.push((new.case, told)),
            }
        }
        if decided.is_empty() {
            continue;
        }
        let mut change = store.change(&Actor::postroom()).await?;
        let mut of_these = Acknowledged::default();
        for (case, told) in decided {
            tell(&mut change, case, told, &mut of_these).await?;
        }
        change.commit().await?;
        done.by_mail += of_these.by_mail;
        done.by_post += of_these.by_post;
        done.not_told += of_these.not_told;
    }
    Ok(done)
}

/// Notes on a case what its customer hears, and writes it.
async fn tell(
    change: &mut Change,
    case: CaseReference,
    told: Told,
    done: &mut Acknowledged,
) -> Result<(), ReplyError> {
    let told = match told {
        Told::Reply(reply) if heard_today(change, &reply).await? => {
            Told::Not("they heard from us within a day".to_owned())
        }
        other => other,
    };
    let how = match &told {
        Told::Not(why) => format!("not told: {why}"),
        Told::Reply(_) | Told::Later => ids::now(),
    };
    // Another program may have told them meanwhile.
    if !change.set_acknowledged(case, &how).await? {
        return Ok(());
    }
    match told {
        Told::Reply(reply) => {
            change.reply(&reply).await?;
            told_of(change, &reply).await?;
            match reply.channel {
                Channel::Email => done.by_mail += 1,
                Channel::Post => done.by_post += 1,
            }
        }
        Told::Not(_) | Told::Later => done.not_told += 1,
    }
    Ok(())
}

/// Days after which nobody is told any more that we have what they sent: who takes in an old
/// mailbox does not write to everybody in it.
const STILL_NEWS: i32 = 14;

const LONG_AGO: &str = "it came in long ago";

/// What the customer of a new case hears.
enum Told {
    Reply(Box<NewReply>),
    Not(String),
    Later,
}

async fn acknowledgement(
    store: &Store,
    with: &Correspondence,
    rules: &Rules,
    new: &Unacknowledged,
    today: Date,
) -> Result<Told, ReplyError> {
    let not = |why: &str| Ok(Told::Not(why.to_owned()));
    let is_old = |received: Date| (today - received).get_days() > STILL_NEWS;
    // An old mailbox has ten thousand such: each is decided without a look at its case.
    match new.mail {
        _ if new.answered => return not("they have an answer already"),
        Some(mail) if mail.automatic => return not("a machine wrote"),
        Some(_) if !with.acknowledge_mail => return not("e-mails are not acknowledged"),
        Some(mail) if is_old(mail.received) => return not(LONG_AGO),
        _ => {}
    }
    let timeline = &super::timeline(store, new.case).await?;
    let channel = match (new.mail, paper(timeline).next()) {
        (Some(_), _) => Channel::Email,
        (None, Some(on)) if is_old(on.document.receipt.day) => return not(LONG_AGO),
        (None, Some(_)) => Channel::Post,
        (None, None) => return not("nothing is on the case"),
    };
    if channel == Channel::Post {
        let Some(days) = with.acknowledge_letters else {
            return not("letters are not acknowledged");
        };
        if timeline.case.deadline < rules.working_days_after(today, days) {
            return not("the answer itself is due soon");
        }
        let read = |on: &TimelineDocument| on.document.legibility != Legibility::Unreadable;
        if !paper(timeline).any(read) {
            return Ok(Told::Later);
        }
    }
    let template = with.templates.pick(
        ReplyKind::Acknowledgement,
        &timeline.case.topic,
        &with.language,
        channel,
    );
    let Some(template) = template else {
        return not("there is no template for it");
    };
    let facts = facts(store, with, timeline, channel, today).await?;
    let ways = ways(store, timeline).await?;
    match filled(with, template, &facts, (timeline, &ways)) {
        Ok(reply) if with.own.contains(&reply.to_address.to_lowercase()) => {
            not("it is our own address")
        }
        Ok(reply) => Ok(Told::Reply(Box::new(reply))),
        // On paper the address may yet be settled in review.
        Err(ReplyError::NoAddress { .. }) if channel == Channel::Post => Ok(Told::Later),
        Err(ReplyError::NoAddress { why }) => Ok(Told::Not(why)),
        // One template that cannot be filled must not keep the others from hearing.
        Err(ReplyError::Template(error)) => Ok(Told::Not(error.to_string())),
        Err(error) => Err(error),
    }
}

/// By which addresses a case's customer is reached.
#[derive(Debug, Default)]
struct Ways {
    /// Those that they write from, in small letters.
    writes_from: Vec<String>,
    /// The one that a person typed: it is the one to write to.
    typed: Option<String>,
}

async fn ways(store: &Store, timeline: &Timeline) -> Result<Ways> {
    let Some(id) = timeline.case.customer else {
        return Ok(Ways::default());
    };
    let profile = store.profile(id).await?;
    let is_email = |typed: &Typed| typed.particular == Particular::Email;
    let typed = profile.typed.iter().any(is_email);
    Ok(Ways {
        writes_from: profile.addresses,
        typed: profile.customer.email.filter(|_| typed),
    })
}

/// Whether who is to hear heard from us by itself within a day.
async fn heard_today(change: &mut Change, reply: &NewReply) -> Result<bool> {
    let day_ago = Timestamp::now() - 24.hours();
    change
        .acknowledged_since(&reply.to_address, &ids::moment(day_ago))
        .await
}

/// A reply to whoever wrote, by this template.
fn filled(
    with: &Correspondence,
    template: &Template,
    facts: &Facts,
    (timeline, ways): (&Timeline, &Ways),
) -> Result<NewReply, ReplyError> {
    let (to_name, to_address, in_reply_to) = match facts.channel {
        Channel::Email => mail_address(timeline, ways, &with.own)?,
        Channel::Post => post_address(timeline, facts)?,
    };
    let filled = with.templates.fill(template, facts)?;
    Ok(NewReply {
        case: timeline.case.reference,
        kind: template.kind,
        channel: facts.channel,
        template: template.name.clone(),
        language: template.language.clone(),
        subject: filled.subject.clone(),
        body: match facts.channel {
            Channel::Email => filled.text(),
            Channel::Post => format!("{}\n\u{c}{}", filled.body, filled.signature.join("\n")),
        },
        to_name,
        to_address,
        host: with.host.clone(),
        in_reply_to,
    })
}

async fn told_of(change: &mut Change, reply: &NewReply) -> Result<()> {
    told(change, reply.case, reply.kind, "written").await
}

/// Notes in the history what became of a reply.
pub async fn told(
    change: &mut Change,
    case: CaseReference,
    kind: ReplyKind,
    state: &str,
) -> Result<()> {
    let detail = serde_json::json!({ "kind": kind.name(), "state": state });
    change
        .event(EventKind::Replied, About::case(case), detail)
        .await
}

/// Puts a reply that was given up back into the outbox, or takes one that waits out of it; says whether
/// it was so.
pub async fn set(
    store: &Store,
    id: ReplyId,
    (from, to): (ReplyState, ReplyState),
    actor: &Actor,
) -> Result<bool> {
    let record = store.reply_on_record(id).await?;
    // Who tries again after a new address was typed means that one.
    let typed = match (to, record.reply.channel) {
        (ReplyState::Waiting, Channel::Email) => {
            let timeline = super::timeline(store, record.reply.case).await?;
            ways(store, &timeline).await?.typed
        }
        _ => None,
    };
    let mut change = store.change(actor).await?;
    let reply = change.reply_of(id).await?.reply;
    let set = change.set_reply(id, from, to).await?;
    if set {
        if let Some(address) = typed.filter(|address| *address != reply.to_address) {
            change.redirect_reply(id, &address).await?;
        }
        told(&mut change, reply.case, reply.kind, to.name()).await?;
        if reply.kind == ReplyKind::Reply {
            change
                .set_answered(reply.case, to == ReplyState::Waiting)
                .await?;
        }
    }
    change.commit().await?;
    Ok(set)
}

/// A reply was given up: its case is answered no more, and somebody must write it anew.
pub async fn given_up(
    change: &mut Change,
    case: CaseReference,
    kind: ReplyKind,
    trouble: &str,
) -> Result<()> {
    told(change, case, kind, "failed").await?;
    if kind != ReplyKind::Reply {
        return Ok(());
    }
    change.set_answered(case, false).await?;
    let known = change.known_case(case).await?;
    let task = NewTask {
        case,
        kind: TaskKind::Reply,
        what: format!("the reply could not be sent: {trouble}"),
        owner: change.owner_of(case).await?,
        due: known.deadline,
    };
    work::must_be_done(change, &task).await
}

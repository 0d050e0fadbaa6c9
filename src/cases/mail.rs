//! Files e-mails: each on a case, with the reason why there, or noted as a copy of one that is
//! there already. What came with it and looks like a scan waits for a reader.

use serde_json::json;

use crate::domain::case::{AttachedBy, Judgement, Receipt};
use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::identity::Digest;
use crate::domain::message::{Attachment as AttachedFile, Mailbox, Message};
use crate::domain::rejection::Rejection;
use crate::rules::{Facts, Rules};
use crate::store::Store;
use crate::store::change::Change;
use crate::store::customers::{Customer, Keys};
use crate::store::documents::Attachment;
use crate::store::error::Result;
use crate::store::events::{About, Actor, EventKind};
use crate::store::ids::{CustomerId, MailId};
use crate::store::messages::{
    AttachmentRecord, AttachmentState, MailBefore, MailPlace, MailRecord, RawMail, subject_key,
};
use crate::store::people::AddressSource;

use super::exchange::Now;
use super::going_on::{self, Said};
use super::matching::Decision;
use super::threading::{self, Surroundings};
use super::{came_back, elsewhere, exchange, moving, quoted, reply_to, sender};

/// A message to be filed; its bytes are kept already.
#[derive(Debug, Clone)]
pub struct MailDraft<'a> {
    /// Its bytes.
    pub raw: RawMail<'a>,
    /// What it says, or why that cannot be read.
    pub message: std::result::Result<Message, Rejection>,
    /// The day of receipt.
    pub receipt: Receipt,
    /// Whether it comes from an address of our own: a copy of what we wrote, or something that
    /// somebody here forwarded.
    pub ours: bool,
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FiledMail {
    /// It lies on a case.
    Filed {
        /// Its id.
        id: MailId,
        /// The case.
        case: CaseReference,
        /// By which rule.
        by: AttachedBy,
    },
    /// What it says came before.
    Copy(MailId),
    /// Its very bytes came before.
    Known,
    /// It cannot be read.
    SetAside(MailId),
}

/// Files messages in their order, in one transaction.
pub async fn file_mail(
    store: &Store,
    rules: &Rules,
    drafts: &[MailDraft<'_>],
) -> Result<Vec<FiledMail>> {
    let mut change = store.change(&Actor::postroom()).await?;
    let digests: Vec<Digest> = drafts.iter().map(|draft| draft.raw.digest).collect();
    let contents = drafts
        .iter()
        .filter_map(|draft| draft.message.as_ref().ok());
    let contents: Vec<Digest> = contents.map(|message| message.content).collect();
    let mut before = change.mail_before(&digests, &contents).await?;
    let mut filed = Vec::new();
    for draft in drafts {
        filed.push(file_one(&mut change, rules, draft, &mut before).await?);
    }
    change.commit().await?;
    Ok(filed)
}

async fn file_one(
    change: &mut Change,
    rules: &Rules,
    draft: &MailDraft<'_>,
    before: &mut MailBefore,
) -> Result<FiledMail> {
    if !before.digests.insert(draft.raw.digest) {
        return Ok(FiledMail::Known);
    }
    let message = match &draft.message {
        Ok(message) => message,
        Err(why) => {
            return Ok(FiledMail::SetAside(
                change.mail_aside(draft.raw, why).await?,
            ));
        }
    };
    if let Some(twin) = before.contents.get(&message.content) {
        change.mail_is_copy(draft.raw, message, *twin).await?;
        return Ok(FiledMail::Copy(*twin));
    }
    let mut around = surroundings(change, message, &draft.receipt).await?;
    around.automatic |= draft.ours;
    let judged = judged(rules, message, &around, &draft.receipt);
    let sender = threading::sender(&around).filter(|known| known.open_case.is_some());
    let to_many = exchange::says_how_to_leave(&message.fresh);
    if let Some(known) = sender.filter(|_| !to_many && around.needs_its_sender()) {
        let open = change.open_cases_of(known.id, going_on::MOST_CASES).await?;
        around.continues = going_on::goes_on(&said(message, &judged), &open);
    }
    let lies = lay_on_a_case(change, message, &around, &judged).await?;
    let attachments = attachments(&message.attachments);
    let place = MailPlace {
        lies: &lies,
        receipt: &draft.receipt,
        judged: &judged,
        reply_to_unused: reply_to::unused(change, message, &around.senders).await?,
    };
    let id = change
        .file_mail(draft.raw, message, place, &attachments)
        .await?;
    before.contents.insert(message.content, id);
    let detail = json!({ "message": id.to_string(), "by": lies.by.name(), "why": lies.why });
    change
        .event(EventKind::MessageFiled, About::case(lies.case), detail)
        .await?;
    came_back::note(change, message, lies.case).await?;
    if draft.ours {
        let on = (lies.case, &draft.receipt);
        elsewhere::answered_by_others(change, rules, message, on).await?;
    }
    Ok(FiledMail::Filed {
        id,
        case: lies.case,
        by: lies.by,
    })
}

/// What of a message tells which matter it is about.
fn said<'a>(message: &'a Message, judged: &'a Judgement) -> Said<'a> {
    let from = message.writer();
    Said {
        subject: &message.subject,
        fresh: &message.fresh,
        topic: &judged.topic.choice,
        answers: !message.references.is_empty() || is_answer(&message.subject),
        name: from.and_then(name).unwrap_or_default(),
        address: from.map_or("", |from| &from.address),
    }
}

/// Whether a subject says that it answers or passes on something.
fn is_answer(subject: &str) -> bool {
    let bare = subject.to_lowercase();
    subject_key(subject) != bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Looks up where a message may belong.
async fn surroundings(
    change: &mut Change,
    message: &Message,
    receipt: &Receipt,
) -> Result<Surroundings> {
    let from = message.writer();
    let key = from.map(Mailbox::key).unwrap_or_default();
    let mut around = Surroundings {
        thread: change
            .cases_of_thread(message.id.as_ref(), &message.references)
            .await?,
        name: from.and_then(name).unwrap_or_default().to_owned(),
        automatic: message.automatic.is_some(),
        ..Surroundings::default()
    };
    let returned = message.undelivered.as_ref().map(|of| &of.subject);
    // Each is looked up once: one message must not hold up the others.
    let mut named: Vec<CaseReference> = Vec::new();
    let texts = [&message.subject, &message.fresh, &message.text];
    for text in texts.into_iter().chain(returned) {
        let room = quoted::MOST - named.len();
        let fresh = quoted::in_text(text);
        let fresh = fresh.into_iter().filter(|one| !named.contains(one));
        named.extend(fresh.take(room).collect::<Vec<_>>());
    }
    for reference in named {
        if change.case(reference).await?.is_some() {
            around.quoted.push(reference);
        }
    }
    // Behind such an address is whoever filled in a form.
    if !key.is_empty() && !from.is_some_and(Mailbox::takes_no_answer) {
        around.senders = change.customers_writing_from(&key).await?;
        let subject = subject_key(&message.subject);
        if exchange::says_something(&subject) {
            let earlier = change.exchange(&key, &subject).await?;
            let now = Now::of(message, receipt.day);
            around.exchange = exchange::goes_on(&now, &around, &earlier);
        }
    }
    Ok(around)
}

/// What the rules make of a message: by what its sender wrote now, not what it quotes.
fn judged(rules: &Rules, message: &Message, around: &Surroundings, receipt: &Receipt) -> Judgement {
    let tier = threading::sender(around).and_then(|known| known.tier.as_deref());
    let addressee: Vec<String> = message
        .to
        .iter()
        .chain(&message.cc)
        .map(|to| format!("{} {}", to.name.as_deref().unwrap_or_default(), to.address))
        .collect();
    let addressee = addressee.join("\n");
    let facts = Facts {
        text: &message.fresh,
        addressee: (!addressee.is_empty()).then_some(addressee.as_str()),
        salutation: None,
        subject: (!message.subject.is_empty()).then_some(message.subject.as_str()),
        member_tier: tier,
        received: receipt.day,
    };
    match message.automatic {
        Some(_) => rules.judge_automatic(&facts),
        None => rules.judge(&facts),
    }
}

/// Finds or opens the case, and sees that it has its customer.
async fn lay_on_a_case(
    change: &mut Change,
    message: &Message,
    around: &Surroundings,
    judged: &Judgement,
) -> Result<Attachment> {
    match threading::decide(around) {
        Decision::Attach { case, by, why } => {
            let known = change.known_case(case).await?;
            // A holiday answer opens nothing again, and makes nothing urgent.
            if !around.automatic {
                change.press_case(&known, judged).await?;
                if known.customer.is_none()
                    && let Some(customer) = customer(change, message, around, case).await?
                {
                    change.give_case(case, customer).await?;
                }
            }
            Ok(Attachment { case, by, why })
        }
        Decision::Open { why, .. } => {
            let case = change.open_case(judged).await?;
            if let Some(customer) = customer(change, message, around, case).await? {
                change.give_case(case, customer).await?;
            }
            let by = AttachedBy::Opened;
            Ok(Attachment { case, by, why })
        }
    }
}

/// Who wrote a message: known by the address, else a new customer, also one who shares an address
/// with others and gives another name. Nobody is whom a machine names, or who shares it and gives none.
async fn customer(
    change: &mut Change,
    message: &Message,
    around: &Surroundings,
    case: CaseReference,
) -> Result<Option<CustomerId>> {
    let Some(from) = message
        .writer()
        .filter(|from| !around.automatic && !from.takes_no_answer())
    else {
        return Ok(None);
    };
    if let Some(known) = threading::sender(around) {
        return Ok(Some(known.record));
    }
    // Several write from there, and this one does not say who they are.
    if name(from).is_none() && !around.senders.is_empty() {
        return Ok(None);
    }
    let known_as = name(from).unwrap_or_else(|| from.address.trim());
    let person = Customer {
        name: known_as.to_owned(),
        title: None,
        street: None,
        town: None,
        postcode: None,
        email: Some(from.address.trim().to_owned()),
        phone: None,
        keys: Keys {
            postcode: String::new(),
            house: String::new(),
            surname: name(from).map(sender::surname).unwrap_or_default(),
            postcode_sure: false,
            surname_sure: name(from).is_some(),
        },
    };
    let id = change.make_customer(&person, About::case(case)).await?;
    change
        .add_address(id, &from.key(), AddressSource::Message)
        .await?;
    Ok(Some(id))
}

/// A name that is one, not the address once more.
fn name(from: &Mailbox) -> Option<&str> {
    let name = from.name.as_deref()?.trim();
    (!name.is_empty() && !name.contains('@')).then_some(name)
}

/// What of the files that came with a message is read, and why the others are not.
fn attachments(files: &[AttachedFile]) -> Vec<AttachmentRecord> {
    let record = |(file, number): (&AttachedFile, u32)| {
        let (state, why) = match not_read(file) {
            None => (AttachmentState::Waiting, None),
            Some(why) => (AttachmentState::Kept, Some(why.to_owned())),
        };
        AttachmentRecord {
            number,
            name: file.name.clone(),
            media: file.media.clone(),
            bytes: file.bytes.len() as u64,
            state,
            why,
            scan: None,
            elsewhere: None,
        }
    };
    files.iter().zip(1..).map(record).collect()
}

/// The pictures of signatures and logos are smaller than a page of a letter ever is, bytes.
const LEAST_PICTURE: usize = 20_000;

/// Why a file is not read like a scan; `None` where it is.
fn not_read(file: &AttachedFile) -> Option<&'static str> {
    let starts = |magic: &[u8]| file.bytes.starts_with(magic);
    let picture = starts(b"\xff\xd8\xff") || starts(b"\x89PNG") || starts(b"BM");
    let paper = starts(b"%PDF") || starts(b"II*\0") || starts(b"MM\0*");
    match (paper, picture) {
        (true, _) => None,
        (false, true) if file.inline || file.bytes.len() < LEAST_PICTURE => {
            Some("a small picture, or one within the text: not read as a page")
        }
        (false, true) => None,
        (false, false) => Some("neither a scan nor a photograph: its text was not read"),
    }
}

/// Moves a message to another case and says on which it lies now, as
/// [`move_document`](super::move_document) does for paper.
pub async fn move_mail(
    store: &Store,
    id: MailId,
    to: moving::Destination,
    reason: &str,
    actor: &Actor,
) -> Result<CaseReference> {
    let mail = store.mail(id).await?;
    let mut change = store.change(actor).await?;
    let (from, judged) = change.mail_lies(id).await?;
    let case = match to {
        moving::Destination::Case(case) if case == from => return Ok(case),
        moving::Destination::Case(case) => {
            let known = change.known_case(case).await?;
            change.press_case(&known, &judged).await?;
            case
        }
        moving::Destination::NewCase => {
            let case = change.open_case(&judged).await?;
            give_to_writer(&mut change, &mail, case).await?;
            case
        }
    };
    let lies = Attachment {
        case,
        by: AttachedBy::Person,
        why: format!("moved from {from} by {actor}: {reason}"),
    };
    change.move_mail(id, &lies).await?;
    let detail = json!({ "message": id.to_string(), "from": from.to_string(),
                         "to": case.to_string(), "reason": reason });
    for side in [from, case] {
        change
            .event(EventKind::MessageMoved, About::case(side), detail.clone())
            .await?;
    }
    let with_it = Attachment {
        by: AttachedBy::Message,
        ..lies
    };
    for document in change.documents_with(id).await? {
        if change.case_of(document).await? == Some(from) {
            moving::lay(&mut change, document, Some(from), &with_it, reason).await?;
        }
    }
    change.close_if_empty(from).await?;
    change.commit().await?;
    Ok(case)
}

/// A case of a message's own is whose the message is: of the customer who is known by its sender's name and
/// address.
async fn give_to_writer(change: &mut Change, mail: &MailRecord, case: CaseReference) -> Result<()> {
    let from = mail.writer().filter(|from| !from.takes_no_answer());
    let Some(from) = from.filter(|_| mail.automatic.is_none()) else {
        return Ok(());
    };
    let around = Surroundings {
        senders: change.customers_writing_from(&from.key()).await?,
        name: name(&from).unwrap_or_default().to_owned(),
        ..Surroundings::default()
    };
    match threading::sender(&around) {
        Some(known) => change.give_case(case, known.record).await,
        None => Ok(()),
    }
}

//! Where a reply goes: to the customer whose case it is, or nowhere.

use crate::domain::case::AttachedBy;
use crate::domain::reply::Channel;
use crate::store::messages::MailRecord;
use crate::templates::Facts;

use super::super::{Timeline, TimelineDocument};
use super::{ReplyError, Ways};

/// To whom, the address, and the Message-ID that is answered.
pub(super) type Addressee = (String, String, Option<String>);

/// Where an e-mail goes: to the address that a person typed, else to the one that the customer wrote from
/// last, or that was asked for there, else to the one on their record.
/// Others may write on a case too, a neighbour or a machine: they get no word of it.
pub(super) fn mail_address(
    timeline: &Timeline,
    ways: &Ways,
    own: &[String],
) -> Result<Addressee, ReplyError> {
    let wrote = last_of_customer(timeline, &ways.writes_from, own);
    if let (Some(to), Some(known)) = (&ways.typed, &timeline.customer) {
        let answers = wrote.and_then(|mail| mail.message_id.as_ref());
        let answers = answers.map(ToString::to_string);
        return Ok((known.name.clone(), to.clone(), answers));
    }
    if let Some((mail, from)) = wrote.and_then(|mail| Some((mail, mail.from.as_ref()?))) {
        let elsewhere = mail.answers_elsewhere();
        // Not to ourselves, whoever asks for it.
        let to = elsewhere.filter(|to| !own.contains(&to.key()));
        let to = to.as_ref().unwrap_or(from);
        if to.takes_no_answer() {
            return Err(ReplyError::NoAddress {
                why: format!("{} takes no answers", to.address),
            });
        }
        let name = match (&timeline.customer, from.takes_no_answer()) {
            // That of a form is not theirs.
            (Some(known), true) => known.name.clone(),
            _ => from.name.clone().unwrap_or_default(),
        };
        let answers = mail.message_id.as_ref().map(ToString::to_string);
        return Ok((name, to.address.clone(), answers));
    }
    let customer = timeline.customer.as_ref();
    let known = customer.and_then(|known| Some((known.name.clone(), known.email.clone()?)));
    let (name, address) = known.ok_or_else(|| ReplyError::NoAddress {
        why: "the customer has no e-mail address on record".to_owned(),
    })?;
    Ok((name, address, None))
}

/// The last message of the customer, by when it came in: its own clock may be wrong, or lie.
fn last_of_customer<'a>(
    timeline: &'a Timeline,
    addresses: &[String],
    own: &[String],
) -> Option<&'a MailRecord> {
    let theirs = |mail: &&MailRecord| {
        let key = mail.writer().map(|from| from.key()).unwrap_or_default();
        let known = timeline.customer.is_none() || addresses.contains(&key);
        mail.automatic.is_none() && !own.contains(&key) && known
    };
    let mail = timeline.mail.iter().filter(theirs);
    mail.max_by_key(|mail| (&mail.taken_at, mail.id))
}

/// Where a letter goes. A name or a postcode that is still doubtful sends it to a stranger.
pub(super) fn post_address(timeline: &Timeline, facts: &Facts) -> Result<Addressee, ReplyError> {
    let no = |why: &str| ReplyError::NoAddress {
        why: why.to_owned(),
    };
    let customer = timeline.customer.as_ref();
    let customer = customer.ok_or_else(|| no("nobody knows whose case it is"))?;
    if customer.street.is_none() || customer.postcode.is_none() {
        return Err(no("the customer's postal address is not known"));
    }
    if !(customer.keys.postcode_sure && customer.keys.surname_sure) {
        return Err(no("the customer's name or postcode is still in review"));
    }
    let title = customer.title.iter().map(String::as_str);
    let name: Vec<&str> = title.chain([customer.name.as_str()]).collect();
    Ok((name.join(" "), facts.customer.address.join("\n"), None))
}

/// Letters that came as such: a photograph that came with an e-mail is part of that.
pub(super) fn paper(timeline: &Timeline) -> impl Iterator<Item = &TimelineDocument> {
    let came_with = |on: &&TimelineDocument| {
        let lies = on.document.attachment.as_ref();
        lies.is_none_or(|lies| lies.by != AttachedBy::Message)
    };
    timeline.documents.iter().filter(came_with)
}

/// How the customer wrote last.
pub(super) fn wrote_by(timeline: &Timeline) -> Channel {
    let mail = timeline.mail.iter().filter(|mail| mail.automatic.is_none());
    let mail = mail.map(|mail| &mail.taken_at).max();
    let paper = paper(timeline).map(|on| &on.document.filed_at).max();
    match mail >= paper && mail.is_some() {
        true => Channel::Email,
        false => Channel::Post,
    }
}

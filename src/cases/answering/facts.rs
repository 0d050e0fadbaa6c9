//! What a template may tell of a case: what is known for certain, never a guess.

use jiff::civil::Date;

use crate::domain::day::day_of;
use crate::domain::reply::Channel;
use crate::store::Store;
use crate::store::error::Result;
use crate::store::people::Standing;
use crate::templates::{AgentFacts, CaseFacts, CustomerFacts, Facts, MessageFacts};

use super::super::Timeline;
use super::Correspondence;
use super::address::{paper, wrote_by};

/// All that a template may tell of a case.
pub(super) async fn facts(
    store: &Store,
    with: &Correspondence,
    timeline: &Timeline,
    channel: Channel,
    today: Date,
) -> Result<Facts> {
    let case = &timeline.case;
    let standing = match case.customer {
        Some(id) => store.profile(id).await?.standing,
        None => Standing::default(),
    };
    let opened = day_of(&case.opened_at, &with.zone);
    Ok(Facts {
        case: CaseFacts {
            reference: case.reference,
            opened: opened.unwrap_or(today),
            deadline: case.deadline,
            topic: case.topic.clone(),
            topic_words: topic_words(&case.topic),
            status: timeline.progress.status(case.state).name(),
        },
        customer: CustomerFacts {
            member_number: standing.number,
            tier: standing.tier,
            ..customer(timeline)
        },
        message: answered(timeline, today),
        company: with.company.clone(),
        // The names of teams are the rules' own, and say nothing to a customer.
        agent: AgentFacts::default(),
        text: None,
        channel,
        today,
    })
}

/// A topic as it stands after "about".
fn topic_words(topic: &str) -> String {
    match topic {
        "other" => "your message".to_owned(),
        topic => topic.replace('_', " "),
    }
}

fn customer(timeline: &Timeline) -> CustomerFacts {
    let Some(known) = &timeline.customer else {
        return CustomerFacts::default();
    };
    // A name in doubt is nobody's: "Dear Customer".
    let sure = known.keys.surname_sure;
    let (first, last) = match known.name.rsplit_once(' ') {
        Some((first, last)) => (Some(first.to_owned()), Some(last.to_owned())),
        None => (None, Some(known.name.clone())),
    };
    let lines = [&known.street, &known.town, &known.postcode];
    CustomerFacts {
        title: known.title.clone().filter(|_| sure),
        first_name: first.filter(|_| sure),
        surname: last.filter(|_| sure),
        address: lines.into_iter().flatten().cloned().collect(),
        ..CustomerFacts::default()
    }
}

/// What is answered: what the customer sent last.
fn answered(timeline: &Timeline, today: Date) -> MessageFacts {
    let mail = timeline
        .mail
        .iter()
        .rev()
        .find(|mail| mail.automatic.is_none());
    let paper = paper(timeline).last();
    match (mail, paper, wrote_by(timeline)) {
        (Some(mail), _, Channel::Email) => MessageFacts {
            received: mail.receipt.day,
            subject: (!mail.subject.is_empty()).then(|| mail.subject.clone()),
            channel: Channel::Email,
        },
        (_, Some(on), _) => MessageFacts {
            received: on.document.receipt.day,
            subject: None,
            channel: Channel::Post,
        },
        _ => MessageFacts {
            received: today,
            subject: None,
            channel: Channel::Email,
        },
    }
}

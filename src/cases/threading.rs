//! On which case does an e-mail go? A decision over values, with its reason.
//!
//! By strength: what it answers, a reference of ours whose check digits hold, the same exchange
//! going on without the marks of an answer, an open case of whoever writes from that address where it
//! is about the same topic or asks after an answer, else a case of its own: one address sends
//! about many things. What machines write (lists, bounces, holiday answers) joins a thread or a
//! quoted case and nothing else: its sender says little about whose matter it is.

use crate::domain::case::AttachedBy;
use crate::domain::grammar::case_reference::CaseReference;
use crate::store::customers::KnownCustomer;

use super::matching::Decision;
use super::sender::is_namesake;

/// What is known of where an e-mail may belong.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// The cases of what it answers and of what answers it, what was named last first.
    pub thread: Vec<CaseReference>,
    /// The cases that it quotes and that exist, in reading order.
    pub quoted: Vec<CaseReference>,
    /// The cases on which the same sender wrote about the same subject, newest first.
    pub exchange: Vec<CaseReference>,
    /// Who writes from its address, the one with the newest open case first.
    pub senders: Vec<KnownCustomer>,
    /// The surname of its sender by the name beside the address, folded; empty where there is none.
    pub surname: String,
    /// Whether what it says goes on with the open case of its sender, and how that shows.
    pub continues: Option<&'static str>,
    /// Whether a machine wrote it.
    pub automatic: bool,
}

/// Decides for one message.
pub fn decide(around: &Surroundings) -> Decision {
    let attach = |case: CaseReference, by, why: String| Decision::Attach { case, by, why };
    if let Some(case) = around.thread.first() {
        return attach(
            *case,
            AttachedBy::Thread,
            format!("it answers a message on {case}, or is answered by one"),
        );
    }
    if let Some(case) = around.quoted.first() {
        return attach(
            *case,
            AttachedBy::Reference,
            format!("it quotes {case}, check digits and all"),
        );
    }
    if around.automatic {
        return open(None, "a machine wrote it, and it answers nothing of ours");
    }
    if let Some(case) = around.exchange.first() {
        return attach(
            *case,
            AttachedBy::Thread,
            format!("the same address wrote about the same subject on {case}"),
        );
    }
    match (sender(around), around.continues) {
        (
            Some(KnownCustomer {
                open_case: Some(case),
                ..
            }),
            Some(how),
        ) => attach(
            *case,
            AttachedBy::Customer,
            format!("it comes from an address of the customer of {case}, which is open, and {how}"),
        ),
        (Some(known), None) if known.open_case.is_some() => open(
            Some(known),
            "the customer has an open case, but this seems to be another matter",
        ),
        (Some(known), _) => open(
            Some(known),
            "the customer has written before, but has no open case",
        ),
        (None, _) if around.senders.is_empty() => open(None, "nobody is known by its address"),
        (None, _) => open(
            None,
            "several people write from its address, and its name is none of theirs",
        ),
    }
}

fn open(customer: Option<&KnownCustomer>, why: &str) -> Decision {
    Decision::Open {
        customer: customer.map(|known| known.id),
        why: why.to_owned(),
        doubt: None,
    }
}

/// How a text shows that its writer goes on with something: the topic of the open case, where
/// that says more than "other", or words that ask after an answer.
pub fn goes_on(fresh: &str, topic: &str, of_case: &str) -> Option<&'static str> {
    const NO_TOPIC: &str = "other";
    if topic == of_case && topic != NO_TOPIC {
        return Some("is about the same topic");
    }
    // A text about something else that mentions a letter is about something else.
    if topic != NO_TOPIC {
        return None;
    }
    let folded: String = fresh.to_lowercase().replace('\u{2019}', "'");
    let words = folded.split_whitespace().collect::<Vec<_>>().join(" ");
    ASKING
        .iter()
        .any(|asking| words.contains(asking))
        .then_some("asks after an answer")
}

/// What people write who wait for an answer, or add to what they wrote.
const ASKING: [&str; 24] = [
    "my complaint",
    "my letter",
    "my email",
    "my e-mail",
    "my message",
    "my case",
    "my enquiry",
    "my claim",
    "i wrote",
    "i have written",
    "i've written",
    "still waiting",
    "still not heard",
    "not heard",
    "no reply",
    "no answer",
    "your reply",
    "your letter",
    "your email",
    "your e-mail",
    "further to",
    "following up",
    "chasing",
    "any news",
];

/// Which of those who write from the address it is: the only one, or the one of that surname.
pub fn sender(around: &Surroundings) -> Option<&KnownCustomer> {
    match around.senders.as_slice() {
        [only] => Some(only),
        several => {
            let mut namesakes = several
                .iter()
                .filter(|known| is_namesake(&around.surname, &known.keys.surname));
            let first = namesakes.next()?;
            namesakes.next().is_none().then_some(first)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::customers::Keys;
    use proptest::prelude::*;

    fn case(number: u64) -> CaseReference {
        CaseReference::new(number).unwrap()
    }

    fn known(id: u8, surname: &str, open: Option<u64>) -> KnownCustomer {
        KnownCustomer {
            id: format!("01900000-0000-7000-8000-0000000000{id:02x}")
                .parse()
                .unwrap(),
            keys: Keys {
                postcode: String::new(),
                house: String::new(),
                surname: surname.into(),
                postcode_sure: false,
                surname_sure: true,
            },
            open_case: open.and_then(CaseReference::new),
        }
    }

    fn lies_on(around: &Surroundings) -> Option<u64> {
        match decide(around) {
            Decision::Attach { case, .. } => Some(case.number()),
            Decision::Open { .. } => None,
        }
    }

    #[test]
    fn an_answer_is_stronger_than_a_reference_and_that_than_the_sender() {
        let mut around = Surroundings {
            thread: vec![case(1)],
            quoted: vec![case(2)],
            exchange: vec![case(3)],
            senders: vec![known(1, "harris", Some(4))],
            continues: Some("asks"),
            ..Surroundings::default()
        };
        assert_eq!(lies_on(&around), Some(1));
        around.thread.clear();
        assert_eq!(lies_on(&around), Some(2));
        around.quoted.clear();
        assert_eq!(lies_on(&around), Some(3));
        around.exchange.clear();
        assert_eq!(lies_on(&around), Some(4));
        around.senders[0].open_case = None;
        assert_eq!(lies_on(&around), None);
    }

    #[test]
    fn a_family_shares_an_address() {
        let mut around = Surroundings {
            senders: vec![known(1, "harris", Some(4)), known(2, "patel", Some(3))],
            surname: "patel".into(),
            continues: Some("asks"),
            ..Surroundings::default()
        };
        assert_eq!(lies_on(&around), Some(3));
        around.surname = "jones".into();
        assert_eq!(lies_on(&around), None);
        // Two of one surname: nobody knows which.
        around.senders.push(known(3, "patel", None));
        around.surname = "patel".into();
        assert_eq!(lies_on(&around), None);
    }

    #[test]
    fn another_matter_has_a_case_of_its_own() {
        let around = Surroundings {
            senders: vec![known(1, "harris", Some(4))],
            ..Surroundings::default()
        };
        assert_eq!(lies_on(&around), None);
        assert!(goes_on("Any news?", "other", "goods").is_some());
        assert!(goes_on("I\u{2019}ve written twice", "other", "goods").is_some());
        assert!(goes_on("It broke again", "goods", "goods").is_some());
        assert!(goes_on("Ten new toys this week", "other", "other").is_none());
        assert!(goes_on("Where is my parcel? I wrote", "delivery", "goods").is_none());
    }

    proptest! {
        #[test]
        fn what_a_machine_wrote_joins_nothing_by_its_sender(
            exchange in proptest::collection::vec(1_u64..50, 0..3),
            open in proptest::option::of(1_u64..50),
        ) {
            let around = Surroundings {
                exchange: exchange.into_iter().map(case).collect(),
                senders: vec![known(1, "harris", open)],
                continues: Some("asks"),
                automatic: true,
                ..Surroundings::default()
            };
            prop_assert_eq!(lies_on(&around), None);
        }
    }
}

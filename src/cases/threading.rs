//! On which case does an e-mail go? A decision over values, with its reason.
//!
//! By strength: what it answers, a reference of ours whose check digits hold, the same exchange
//! going on without the marks of an answer, an open case of whoever writes from that address where it
//! goes on with that ([`going_on`](super::going_on)), else a case of its own: one address sends
//! about many things. What machines write (lists, bounces, holiday answers) joins a thread or a
//! quoted case and nothing else: its sender says little about whose matter it is.

use crate::domain::case::AttachedBy;
use crate::domain::grammar::case_reference::CaseReference;
use crate::store::customers::KnownCustomer;

use super::matching::Decision;
use super::sender::{is_namesake, surname};

/// What is known of where an e-mail may belong.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// The cases of what it answers and of what answers it, what was named last first.
    pub thread: Vec<CaseReference>,
    /// The cases that it quotes and that exist, in reading order.
    pub quoted: Vec<CaseReference>,
    /// The case on which the same person wrote about the same subject not long ago.
    pub exchange: Option<CaseReference>,
    /// Who writes from its address, the one with the newest open case first.
    pub senders: Vec<KnownCustomer>,
    /// The name beside its address; empty where there is none.
    pub name: String,
    /// The open case of its sender that what it says goes on with, and how that shows.
    pub continues: Option<(CaseReference, &'static str)>,
    /// Whether a machine wrote it.
    pub automatic: bool,
}

impl Surroundings {
    /// Whether nothing stronger than its sender says where it belongs.
    pub fn needs_its_sender(&self) -> bool {
        let stronger = [&self.thread, &self.quoted];
        let stronger = stronger.iter().any(|cases| !cases.is_empty());
        !self.automatic && !stronger && self.exchange.is_none()
    }
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
    if let Some(case) = around.exchange {
        return attach(
            case,
            AttachedBy::Thread,
            format!("the same person wrote about the same subject on {case} not long ago"),
        );
    }
    match (sender(around), around.continues) {
        (Some(_), Some((case, how))) => attach(
            case,
            AttachedBy::Customer,
            format!("it comes from an address of the customer of {case}, which is open, and {how}"),
        ),
        (Some(known), None) if known.open_case.is_some() => open(
            Some(known),
            "the customer has an open case, but this seems to be another matter",
        ),
        (Some(known), None) => open(
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
        customer: customer.map(|known| known.record),
        why: why.to_owned(),
        doubt: None,
    }
}

/// Which of those who write from the address it is: the only one, unless another name stands beside
/// the address now, or the one of that surname.
pub fn sender(around: &Surroundings) -> Option<&KnownCustomer> {
    if let [only] = around.senders.as_slice() {
        return Some(only).filter(|known| may_be(&around.name, &known.name));
    }
    let surname = surname(&around.name);
    let mut namesakes = around
        .senders
        .iter()
        .filter(|known| is_namesake(&surname, &known.keys.surname));
    let first = namesakes.next()?;
    namesakes.next().is_none().then_some(first)
}

/// Whether two names may be of one person: one of them says nothing, or a word of one stands in the
/// other. "Lucy", "lharris" and "Harris, L." may be Lucy Harris; Tom Patel is not.
pub(super) fn may_be(given: &str, known: &str) -> bool {
    const SHORTEST: usize = 3;
    let (given, known) = (given.to_lowercase(), known.to_lowercase());
    let words = |name: &str| -> Vec<String> {
        let words = name.split(|sign: char| !sign.is_alphanumeric());
        let words = words.filter(|word| word.chars().count() >= SHORTEST);
        words.map(str::to_owned).collect()
    };
    let (of_given, of_known) = (words(&given), words(&known));
    of_given.is_empty()
        || of_known.is_empty()
        || known.contains('@')
        || of_given.iter().any(|word| known.contains(word.as_str()))
        || of_known.iter().any(|word| given.contains(word.as_str()))
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
        let id = format!("01900000-0000-7000-8000-0000000000{id:02x}");
        let id = id.parse().unwrap();
        KnownCustomer {
            name: format!("Mary {surname}"),
            id,
            record: id,
            keys: Keys {
                postcode: String::new(),
                house: String::new(),
                surname: surname.into(),
                postcode_sure: false,
                surname_sure: true,
            },
            tier: None,
            open_case: open.and_then(CaseReference::new),
        }
    }

    fn continues(number: u64) -> Option<(CaseReference, &'static str)> {
        Some((case(number), "asks after an answer"))
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
            exchange: Some(case(3)),
            senders: vec![known(1, "harris", Some(4))],
            continues: continues(4),
            ..Surroundings::default()
        };
        assert_eq!(lies_on(&around), Some(1));
        around.thread.clear();
        assert_eq!(lies_on(&around), Some(2));
        around.quoted.clear();
        assert_eq!(lies_on(&around), Some(3));
        around.exchange = None;
        assert_eq!(lies_on(&around), Some(4));
        around.continues = None;
        assert_eq!(lies_on(&around), None);
    }

    #[test]
    fn a_family_shares_an_address() {
        let mut around = Surroundings {
            senders: vec![known(1, "harris", Some(4)), known(2, "patel", Some(3))],
            name: "Tom Patel".into(),
            continues: continues(3),
            ..Surroundings::default()
        };
        assert_eq!(lies_on(&around), Some(3));
        around.name = "Ann Jones".into();
        assert_eq!(lies_on(&around), None);
        // Two of one surname: nobody knows which.
        around.senders.push(known(3, "patel", None));
        around.name = "T. Patel".into();
        assert_eq!(lies_on(&around), None);
    }

    #[test]
    fn another_matter_has_a_case_of_its_own() {
        let around = Surroundings {
            senders: vec![known(1, "harris", Some(4))],
            ..Surroundings::default()
        };
        assert_eq!(lies_on(&around), None);
    }

    #[test]
    fn another_name_under_the_only_known_address_is_another_person() {
        let mut around = Surroundings {
            senders: vec![known(1, "harris", Some(4))],
            continues: continues(4),
            ..Surroundings::default()
        };
        for (name, is_her) in [
            ("", true),
            ("Mary Harris", true),
            ("Mary", true),
            ("M. H.", true),
            ("Harris, M.", true),
            ("maryh68", true),
            ("Tom Patel", false),
            ("boingboing", false),
        ] {
            around.name = name.into();
            assert_eq!(lies_on(&around).is_some(), is_her, "{name}");
        }
        around.senders[0].name = "home@example.com".into();
        around.name = "Tom Patel".into();
        assert_eq!(lies_on(&around), Some(4));
    }

    proptest! {
        #[test]
        fn what_a_machine_wrote_joins_nothing_by_its_sender(
            exchange in proptest::option::of(1_u64..50),
            open in proptest::option::of(1_u64..50),
        ) {
            let around = Surroundings {
                exchange: exchange.map(case),
                senders: vec![known(1, "harris", open)],
                continues: open.and_then(continues),
                automatic: true,
                ..Surroundings::default()
            };
            prop_assert_eq!(lies_on(&around), None);
        }
    }
}

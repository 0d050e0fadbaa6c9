//! Whether a message goes on with an earlier one from its address about the same subject, without the marks
//! of an answer: people who hear nothing write once more.
//!
//! Of the same person only, where several write from one address, and within a time: "Your order has not
//! come" a year later is another order. What is sent to many goes on with nothing.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::message::Message;
use crate::store::messages::Exchange;

use super::threading::{Surroundings, may_be, sender};

/// Days after which the same subject is another matter: some more than the longest deadline. Chosen,
/// not measured.
const LONGEST_PAUSE: i64 = 90;

/// The same where the case is closed, and the matter seemed settled.
const LONGEST_PAUSE_CLOSED: i64 = 30;

/// The message of now.
#[derive(Debug, Clone)]
pub struct Now {
    /// When it was sent, by its writer's clock.
    pub sent: Option<Timestamp>,
    /// The day of receipt.
    pub received: Date,
    /// Whether it says of itself that it goes to many.
    pub to_many: bool,
}

impl Now {
    /// As much of a message as counts here.
    pub fn of(message: &Message, received: Date) -> Self {
        Self {
            sent: message.sent,
            received,
            to_many: says_how_to_leave(&message.fresh),
        }
    }
}

/// The case of the newest of the earlier messages that it goes on with.
pub fn goes_on(now: &Now, around: &Surroundings, earlier: &[Exchange]) -> Option<CaseReference> {
    if now.to_many {
        return None;
    }
    let one = earlier
        .iter()
        .find(|one| is_soon(now, one) && is_same_person(around, one))?;
    Some(one.case)
}

/// Whether it was sent not long after, by the writer's clock where both say it: what is taken in together
/// may be of many years.
fn is_soon(now: &Now, earlier: &Exchange) -> bool {
    let days = match (now.sent, earlier.sent) {
        (Some(now), Some(then)) => (now.as_second() - then.as_second()) / 86_400,
        _ => i64::from((now.received - earlier.received).get_days()),
    };
    let most = match earlier.open {
        true => LONGEST_PAUSE,
        false => LONGEST_PAUSE_CLOSED,
    };
    // Messages need not be taken in in the order in which they were sent.
    days.abs() <= most
}

/// Whether the case is of whoever writes now; where it is nobody's, whether the names may be of one person.
fn is_same_person(around: &Surroundings, earlier: &Exchange) -> bool {
    match earlier.customer {
        Some(customer) => sender(around).is_some_and(|known| known.id == customer),
        None => may_be(&around.name, &earlier.name),
    }
}

/// Whether a subject tells one exchange from others: "complaint" or "help" does not.
pub fn says_something(subject_key: &str) -> bool {
    const LEAST_WORDS: usize = 3;
    subject_key.split_whitespace().count() >= LEAST_WORDS
}

/// Whether a text tells its readers how to get no more of the kind, as whatever is sent to many has to.
pub(super) fn says_how_to_leave(fresh: &str) -> bool {
    const WAYS_OUT: [&str; 6] = [
        "unsubscribe",
        "to be removed from",
        "remove yourself from",
        "opt out of",
        "stop receiving",
        "manage your subscription",
    ];
    let folded = fresh.to_lowercase();
    WAYS_OUT.iter().any(|way| folded.contains(way))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::customers::{Keys, KnownCustomer};
    use crate::store::ids::CustomerId;
    use proptest::prelude::*;

    fn id(number: u8) -> CustomerId {
        format!("01900000-0000-7000-8000-0000000000{number:02x}")
            .parse()
            .unwrap()
    }

    fn known(number: u8, name: &str) -> KnownCustomer {
        KnownCustomer {
            id: id(number),
            record: id(number),
            tier: None,
            name: name.to_owned(),
            keys: Keys {
                postcode: String::new(),
                house: String::new(),
                surname: super::super::sender::surname(name),
                postcode_sure: false,
                surname_sure: true,
            },
            open_case: None,
        }
    }

    fn earlier(case: u64, customer: Option<u8>, name: &str, second: i64) -> Exchange {
        Exchange {
            case: CaseReference::new(case).unwrap(),
            open: true,
            customer: customer.map(id),
            name: name.to_owned(),
            sent: Timestamp::from_second(second).ok(),
            received: jiff::civil::date(2026, 11, 20),
        }
    }

    fn now(second: i64) -> Now {
        Now {
            sent: Timestamp::from_second(second).ok(),
            received: jiff::civil::date(2026, 11, 20),
            to_many: false,
        }
    }

    fn of(name: &str, senders: &[KnownCustomer]) -> Surroundings {
        Surroundings {
            name: name.to_owned(),
            senders: senders.to_vec(),
            ..Surroundings::default()
        }
    }

    #[test]
    fn an_address_of_several_people_is_several_exchanges() {
        let both = [known(1, "Mary Harris"), known(2, "Tom Patel")];
        let hers = [earlier(4, Some(1), "Mary Harris", 0)];
        let joins = |name, senders: &[KnownCustomer], earlier: &[Exchange]| {
            goes_on(&now(86_400), &of(name, senders), earlier).map(|case| case.number())
        };
        assert_eq!(joins("M. Harris", &both, &hers), Some(4));
        assert_eq!(joins("Tom Patel", &both, &hers), None);
        assert_eq!(joins("Ann Jones", &both, &hers), None);
        // Who of them it is nobody says.
        assert_eq!(joins("", &both, &hers), None);
        assert_eq!(joins("Tom Patel", &both[..1], &hers), None);
        let nobodys = [earlier(5, None, "Mary Harris", 0)];
        assert_eq!(joins("Mary Harris", &[], &nobodys), Some(5));
        assert_eq!(joins("Tom Patel", &[], &nobodys), None);
    }

    #[test]
    fn the_newest_that_fits_counts() {
        let both = [known(1, "Mary Harris"), known(2, "Tom Patel")];
        let earlier = [
            earlier(6, Some(2), "Tom Patel", 0),
            earlier(4, Some(1), "Mary Harris", 0),
            earlier(3, Some(1), "Mary Harris", 0),
        ];
        let case = goes_on(&now(0), &of("Mary Harris", &both), &earlier);
        assert_eq!(case.map(|case| case.number()), Some(4));
    }

    #[test]
    fn what_is_sent_to_many_goes_on_with_nothing() {
        for (text, many) in [
            ("Where is my kettle?", false),
            ("News. To unsubscribe, click here.", true),
            (
                "If you wish to be removed from our list, write to us.",
                true,
            ),
        ] {
            assert_eq!(says_how_to_leave(text), many, "{text}");
        }
        let now = Now {
            to_many: true,
            ..now(0)
        };
        let her = [known(1, "Mary Harris")];
        let earlier = [earlier(4, Some(1), "Mary Harris", 0)];
        assert_eq!(goes_on(&now, &of("Mary Harris", &her), &earlier), None);
    }

    proptest! {
        /// Whatever is joined is of the same person, and within the time.
        #[test]
        fn nothing_joins_another_persons_case_or_one_of_long_ago(
            cases in proptest::collection::vec((1_u64..9, 1_u8..4, -200_i64..200, any::<bool>()), 0..6),
            writer in 1_u8..4,
            day in -200_i64..200,
            several in any::<bool>(),
        ) {
            const NAMES: [&str; 3] = ["Mary Harris", "Tom Patel", "Ann Jones"];
            let name = |number: u8| NAMES[usize::from(number) - 1];
            let senders: Vec<_> = match several {
                true => (1..4).map(|number| known(number, name(number))).collect(),
                false => vec![known(writer, name(writer))],
            };
            let earlier: Vec<_> = cases.iter().map(|(case, whose, day, open)| Exchange {
                open: *open,
                ..earlier(*case, Some(*whose), name(*whose), day * 86_400)
            }).collect();
            let around = of(name(writer), &senders);
            let Some(case) = goes_on(&now(day * 86_400), &around, &earlier) else {
                return Ok(());
            };
            let reason = cases.iter().any(|(joined, whose, then, open)| {
                let most = if *open { LONGEST_PAUSE } else { LONGEST_PAUSE_CLOSED };
                *joined == case.number() && *whose == writer && (day - then).abs() <= most
            });
            prop_assert!(reason, "{:?} {:?}", case, cases);
        }
    }
}

//! On which case does a letter go? A decision over values, with its reason.
//!
//! The order is by strength: a reference of ours whose check digits hold, then
//! an open case of the same person, then a case of its own. A wrong case is
//! worse than a case too many, so every doubt opens one.

use crate::domain::case::AttachedBy;
use crate::domain::grammar::case_reference::CaseReference;
use crate::store::cases::KnownCase;
use crate::store::customers::{Keys, KnownCustomer};
use crate::store::ids::CustomerId;

use super::sender::{contradicts, same_person};

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It joins this case.
    Attach {
        /// The case.
        case: CaseReference,
        /// By which rule.
        by: AttachedBy,
        /// Why, for a person.
        why: String,
    },
    /// It opens a case.
    Open {
        /// Whose the new case is, when they have written before.
        customer: Option<CustomerId>,
        /// Why, for a person.
        why: String,
        /// A reference that it quotes and that seems to be someone else's: a
        /// person must look.
        doubt: Option<CaseReference>,
    },
}

/// Decides for one letter: `quoted` are the cases it quotes that exist, in
/// reading order; `sender` is who wrote, where that is known; `known` are the
/// customers of the sender's house.
pub fn decide(quoted: &[KnownCase], sender: Option<&Keys>, known: &[KnownCustomer]) -> Decision {
    let fits = |case: &&KnownCase| match (sender, &case.customer) {
        (Some(sender), Some((_, customer))) => !contradicts(sender, customer),
        _ => true,
    };
    if let Some(case) = quoted.iter().find(fits) {
        return Decision::Attach {
            case: case.reference,
            by: AttachedBy::Reference,
            why: format!("it quotes {}, check digits and all", case.reference),
        };
    }
    let doubt = quoted.first().map(|case| case.reference);
    let same =
        |customer: &&KnownCustomer| sender.is_some_and(|keys| same_person(keys, &customer.keys));
    let newest = known
        .iter()
        .filter(same)
        .max_by_key(|customer| customer.open_case);
    if let Some(doubt) = doubt {
        return Decision::Open {
            customer: newest.map(|customer| customer.record),
            why: format!("it quotes {doubt}, but postcode and surname are not those of that case"),
            doubt: Some(doubt),
        };
    }
    match (newest, newest.and_then(|customer| customer.open_case)) {
        (Some(_), Some(case)) => Decision::Attach {
            case,
            by: AttachedBy::Customer,
            why: format!("postcode, house and surname are those of {case}, which is open"),
        },
        (Some(customer), None) => Decision::Open {
            customer: Some(customer.record),
            why: "the customer has written before, but has no open case".into(),
            doubt: None,
        },
        (None, _) => Decision::Open {
            customer: None,
            why: match sender {
                Some(_) => "no open case has this postcode, house and surname",
                None => "name, house and postcode of the sender are not all known",
            }
            .into(),
            doubt: None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::case::Priority;
    use crate::store::cases::CaseState;

    fn keys(postcode: &str, surname: &str) -> Keys {
        Keys {
            postcode: postcode.into(),
            house: "14".into(),
            surname: surname.into(),
            postcode_sure: true,
            surname_sure: true,
        }
    }

    fn customer() -> CustomerId {
        "01900000-0000-7000-8000-000000000001".parse().unwrap()
    }

    fn case(number: u64, of: Option<Keys>) -> KnownCase {
        KnownCase {
            reference: CaseReference::new(number).unwrap(),
            state: CaseState::Open,
            answered: false,
            customer: of.map(|keys| (customer(), keys)),
            team: "goods".into(),
            priority: Priority::Normal,
            deadline: jiff::civil::date(2026, 12, 18),
        }
    }

    fn known(open_case: Option<u64>) -> KnownCustomer {
        KnownCustomer {
            id: customer(),
            record: customer(),
            name: "Mary Harris".into(),
            keys: keys("LS63HN", "harris"),
            tier: None,
            open_case: open_case.and_then(CaseReference::new),
        }
    }

    fn case_of(decision: &Decision) -> Option<u64> {
        match decision {
            Decision::Attach { case, .. } => Some(case.number()),
            Decision::Open { .. } => None,
        }
    }

    #[test]
    fn a_quoted_reference_is_stronger_than_the_sender() {
        let sender = keys("LS63HN", "harris");
        let quoted = [case(7, Some(sender.clone()))];
        let decision = decide(&quoted, Some(&sender), &[known(Some(9))]);
        assert_eq!(case_of(&decision), Some(7));
        assert_eq!(
            case_of(&decide(&[], Some(&sender), &[known(Some(9))])),
            Some(9)
        );
    }

    #[test]
    fn of_two_references_the_one_that_is_not_contradicted() {
        let sender = keys("LS63HN", "harris");
        let quoted = [
            case(6, Some(keys("M11AA", "patel"))),
            case(7, Some(sender.clone())),
        ];
        assert_eq!(case_of(&decide(&quoted, Some(&sender), &[])), Some(7));
        // Nobody knows who wrote it, so nothing contradicts the first.
        assert_eq!(case_of(&decide(&quoted, None, &[])), Some(6));
    }

    #[test]
    fn a_contradicted_reference_opens_a_case_of_the_senders_own() {
        let quoted = [case(6, Some(keys("M11AA", "patel")))];
        let decision = decide(&quoted, Some(&keys("LS63HN", "harris")), &[known(Some(9))]);
        let Decision::Open {
            customer: whose,
            doubt,
            ..
        } = decision
        else {
            panic!("{decision:?}");
        };
        assert_eq!((whose, doubt), (Some(customer()), CaseReference::new(6)));
    }

    #[test]
    fn the_newest_open_case_is_joined_and_a_closed_one_is_not() {
        let sender = keys("LS63HN", "harris");
        let two = [known(Some(3)), known(Some(9)), known(None)];
        assert_eq!(case_of(&decide(&[], Some(&sender), &two)), Some(9));
        assert_eq!(case_of(&decide(&[], Some(&sender), &[known(None)])), None);
        assert_eq!(case_of(&decide(&[], None, &two)), None);
    }
}

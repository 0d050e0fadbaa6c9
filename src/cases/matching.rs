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
            customer: newest.map(|customer| customer.id),
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
            customer: Some(customer.id),
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

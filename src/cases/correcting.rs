//! A person says who a customer is: what they type stays, whatever a list, a letter or a card says
//! afterwards, until they leave it to those again.

use crate::store::Store;
use crate::store::change::Change;
use crate::store::customers::{Customer, Keys};
use crate::store::error::{Result, StoreError};
use crate::store::events::{About, Actor};
use crate::store::ids::CustomerId;
use crate::store::people::{AddressSource, Standing};
use crate::store::typed::Particular;

use super::people::{self, Listed};

/// What a person says of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Correction {
    /// What is so; `None` where they have no such thing.
    pub typed: Vec<(Particular, Option<String>)>,
    /// What lists, letters and cards may change again.
    pub left: Vec<Particular>,
    /// The number by which they are known.
    pub number: Option<String>,
}

/// Makes somebody known whom nobody wrote of yet; their name must be among what is typed.
pub async fn add(store: &Store, correction: &Correction, actor: &Actor) -> Result<CustomerId> {
    let mut change = store.change(actor).await?;
    let person = corrected(nobody(), &correction.typed);
    let id = change.make_customer(&person, About::default()).await?;
    correct_in(&mut change, id, correction).await?;
    change.commit().await?;
    Ok(id)
}

/// Corrects what is known of a customer; says whether anything was otherwise.
pub async fn correct(
    store: &Store,
    id: CustomerId,
    correction: &Correction,
    actor: &Actor,
) -> Result<bool> {
    people::check_person(store, id).await?;
    let mut change = store.change(actor).await?;
    let changed = correct_in(&mut change, id, correction).await?;
    change.commit().await?;
    Ok(changed)
}

async fn correct_in(change: &mut Change, id: CustomerId, correction: &Correction) -> Result<bool> {
    let mut says = correction.typed.clone();
    for typed in change.typed(id).await? {
        if correction.left.contains(&typed.particular) {
            change.forget_typed(id, typed.particular).await?;
            // What they said meanwhile holds from now on.
            if let Some(otherwise) = typed.otherwise {
                says.push((typed.particular, Some(otherwise)));
            }
        }
    }
    for (particular, _) in &correction.typed {
        change.set_typed(id, *particular).await?;
    }
    let before = change.customer(id).await?;
    let after = corrected(before, &says);
    let changed = change.correct_customer(id, &after).await?;
    for (particular, email) in &correction.typed {
        if let (Particular::Email, Some(email)) = (particular, email) {
            change.add_address(id, email, AddressSource::Person).await?;
        }
    }
    Ok(set_standing(change, id, correction.number.clone(), &says).await? || changed)
}

/// Number and tier; says whether they were otherwise.
async fn set_standing(
    change: &mut Change,
    id: CustomerId,
    number: Option<String>,
    says: &[(Particular, Option<String>)],
) -> Result<bool> {
    let now = change.standing(id).await?;
    if let Some(number) = &number
        && let Some(other) = change.customer_numbered(number).await?
        && other != id
    {
        return Err(StoreError::NumberTaken {
            number: number.clone(),
            customer: other,
        });
    }
    let tier = says.iter().rev().find(|(is, _)| *is == Particular::Tier);
    let wanted = Standing {
        number: number.or_else(|| now.number.clone()),
        tier: tier.map_or_else(|| now.tier.clone(), |(_, tier)| tier.clone()),
    };
    change.set_standing(id, &wanted).await?;
    Ok(wanted != now)
}

/// What is known, with what a person says in its place.
fn corrected(before: Customer, says: &[(Particular, Option<String>)]) -> Customer {
    let mut listed = Listed {
        name: before.name.clone(),
        ..Listed::default()
    };
    for (particular, value) in says {
        let value = value.clone();
        match particular {
            Particular::Name => listed.name = value.unwrap_or_default(),
            Particular::Title => listed.title = value,
            Particular::Street => listed.street = value,
            Particular::Town => listed.town = value,
            Particular::Postcode => listed.postcode = value,
            Particular::Email => listed.email = value,
            Particular::Phone => listed.phone = value,
            Particular::Tier => {}
        }
    }
    let said = people::person(&listed);
    let mut after = before;
    for (particular, _) in says {
        after.take(*particular, &said);
    }
    after
}

fn nobody() -> Customer {
    Customer {
        name: String::new(),
        title: None,
        street: None,
        town: None,
        postcode: None,
        email: None,
        phone: None,
        keys: Keys {
            postcode: String::new(),
            house: String::new(),
            surname: String::new(),
            postcode_sure: false,
            surname_sure: false,
        },
    }
}

//! One person over all channels: the company's own list of customers, and records that are joined
//! or parted by a person.

use crate::domain::grammar::postcode::Postcode;
use crate::store::Store;
use crate::store::change::Change;
use crate::store::customers::{Customer, Keys};
use crate::store::error::{Result, StoreError};
use crate::store::events::{About, Actor};
use crate::store::ids::{CustomerId, MergeId};
use crate::store::people::{AddressSource, Standing};

use super::sender;

/// A line of the company's own list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listed {
    /// The number by which they are known.
    pub number: Option<String>,
    /// Mr, Mrs, Dr, ...
    pub title: Option<String>,
    /// First name and surname.
    pub name: String,
    /// House and street.
    pub street: Option<String>,
    /// Post town.
    pub town: Option<String>,
    /// A postcode.
    pub postcode: Option<String>,
    /// An e-mail address.
    pub email: Option<String>,
    /// A telephone number.
    pub phone: Option<String>,
    /// How important they are.
    pub tier: Option<String>,
}

/// What a line did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Imported {
    /// Somebody new.
    New,
    /// Somebody known, of whom something was not.
    Changed,
    /// Nothing new.
    Same,
}

/// Takes lines in, in one transaction.
pub async fn import(store: &Store, lines: &[Listed], actor: &Actor) -> Result<Vec<Imported>> {
    let mut change = store.change(actor).await?;
    let mut done = Vec::new();
    for line in lines {
        done.push(import_one(&mut change, line).await?);
    }
    change.commit().await?;
    Ok(done)
}

async fn import_one(change: &mut Change, line: &Listed) -> Result<Imported> {
    let person = person(line);
    let known = find(change, line, &person).await?;
    let (id, before) = match known {
        Some(id) => (id, Some(change.customer(id).await?)),
        None => (change.make_customer(&person, About::default()).await?, None),
    };
    let mut done = Imported::New;
    if let Some(before) = before {
        // The list is the company's own word on who somebody is; what it leaves out stays.
        let after = Customer {
            title: person.title.or_else(|| before.title.clone()),
            street: person.street.or_else(|| before.street.clone()),
            town: person.town.or_else(|| before.town.clone()),
            postcode: person.postcode.or_else(|| before.postcode.clone()),
            email: person.email.or_else(|| before.email.clone()),
            phone: person.phone.or_else(|| before.phone.clone()),
            keys: match person.keys.postcode.is_empty() {
                true => Keys {
                    surname: person.keys.surname,
                    surname_sure: true,
                    ..before.keys.clone()
                },
                false => person.keys,
            },
            name: person.name,
        };
        let standing = change.standing(id).await?;
        let same = after == before && standing == wanted(line, &standing);
        done = if same {
            Imported::Same
        } else {
            Imported::Changed
        };
        change.change_customer(id, &after, About::default()).await?;
    }
    let standing = change.standing(id).await?;
    let wanted = wanted(line, &standing);
    change.set_standing(id, &wanted).await?;
    if let Some(email) = &line.email {
        change.add_address(id, email, AddressSource::Import).await?;
    }
    Ok(done)
}

fn wanted(line: &Listed, now: &Standing) -> Standing {
    Standing {
        // Who was joined from two has two: the one that they go by stays.
        number: now.number.clone().or_else(|| line.number.clone()),
        tier: line.tier.clone().or_else(|| now.tier.clone()),
    }
}

/// Who a line is of: by number, else by address and surname, on paper or in e-mail. Who has
/// another number is another person.
async fn find(change: &mut Change, line: &Listed, person: &Customer) -> Result<Option<CustomerId>> {
    if let Some(number) = &line.number
        && let Some(known) = change.customer_numbered(number).await?
    {
        return Ok(Some(known));
    }
    let mut near = Vec::new();
    let keys = &person.keys;
    if !keys.postcode.is_empty() && !keys.house.is_empty() {
        let there = change.customers_at(&keys.postcode, &keys.house).await?;
        near.extend(
            there
                .into_iter()
                .filter(|known| sender::same_person(keys, &known.keys)),
        );
    }
    if let Some(email) = &line.email {
        let there = change.customers_writing_from(email.trim()).await?;
        near.extend(
            there
                .into_iter()
                .filter(|known| sender::is_namesake(&keys.surname, &known.keys.surname)),
        );
    }
    for known in near {
        if line.number.is_none() || change.standing(known.id).await?.number.is_none() {
            return Ok(Some(known.id));
        }
    }
    Ok(None)
}

fn person(line: &Listed) -> Customer {
    let code: Option<Postcode> = line.postcode.as_deref().and_then(|code| code.parse().ok());
    Customer {
        name: line.name.trim().to_owned(),
        title: line.title.clone(),
        street: line.street.clone(),
        town: line.town.clone(),
        postcode: match &code {
            Some(code) => Some(code.to_string()),
            None => line.postcode.clone(),
        },
        email: line.email.clone(),
        phone: line.phone.clone(),
        keys: Keys {
            house: line
                .street
                .as_deref()
                .map(sender::house)
                .unwrap_or_default(),
            surname: sender::surname(&line.name),
            postcode_sure: code.is_some(),
            surname_sure: true,
            postcode: code
                .map(|code| code.compact().to_owned())
                .unwrap_or_default(),
        },
    }
}

/// Joins the record `gone` to `kept`: one person from now on.
pub async fn merge(
    store: &Store,
    kept: CustomerId,
    gone: CustomerId,
    reason: &str,
    actor: &Actor,
) -> Result<MergeId> {
    for id in [kept, gone] {
        if let Some(other) = store.profile(id).await?.same_as {
            return Err(StoreError::Unknown {
                what: "customer of their own",
                name: format!("{id} (joined to {other})"),
            });
        }
    }
    let mut change = store.change(actor).await?;
    let id = change.merge(kept, gone, reason).await?;
    change.commit().await?;
    Ok(id)
}

/// Parts what was joined; says whether it was.
pub async fn unmerge(store: &Store, gone: CustomerId, reason: &str, actor: &Actor) -> Result<bool> {
    let mut change = store.change(actor).await?;
    let parted = change.unmerge(gone, reason).await?;
    change.commit().await?;
    Ok(parted)
}

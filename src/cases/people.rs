//! One person over all channels: the company's own list of customers, and records that are joined
//! or parted by a person.

use crate::domain::grammar::phone::PhoneNumber;
use crate::domain::grammar::postcode::Postcode;
use crate::store::Store;
use crate::store::change::Change;
use crate::store::customers::{Customer, Keys};
use crate::store::error::{Result, StoreError};
use crate::store::events::{About, Actor};
use crate::store::ids::{CustomerId, MergeId};
use crate::store::people::{AddressSource, Standing};
use crate::store::typed::Particular;

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
    let said = person(line);
    let (record, mut done) = match find(change, line, &said).await? {
        Some(known) => (known, Imported::Same),
        None => {
            let new = change.make_customer(&said, About::default()).await?;
            (new, Imported::New)
        }
    };
    let changed = bring_up_to_date(change, record, said).await?;
    let changed = give_standing(change, record, line).await? || changed;
    if changed && done == Imported::Same {
        done = Imported::Changed;
    }
    if let Some(email) = &line.email {
        change
            .add_address(record, email, AddressSource::Import)
            .await?;
    }
    Ok(done)
}

/// The list is the company's own word on who somebody is; what it leaves out stays, and so does what a
/// person typed. It speaks of its own record, also where that was joined to another: parted again, each is
/// as the list has it. Says whether anything changed.
async fn bring_up_to_date(change: &mut Change, id: CustomerId, said: Customer) -> Result<bool> {
    let before = change.customer(id).await?;
    // Each key is of what it was made from: a new street is another house, also without a postcode.
    let mut keys = Keys {
        surname: said.keys.surname,
        surname_sure: true,
        ..before.keys.clone()
    };
    if said.street.is_some() {
        keys.house = said.keys.house;
    }
    if !said.keys.postcode.is_empty() {
        keys.postcode = said.keys.postcode;
        keys.postcode_sure = said.keys.postcode_sure;
    }
    let after = Customer {
        title: said.title.or_else(|| before.title.clone()),
        street: said.street.or_else(|| before.street.clone()),
        town: said.town.or_else(|| before.town.clone()),
        postcode: said.postcode.or_else(|| before.postcode.clone()),
        email: said.email.or_else(|| before.email.clone()),
        phone: said.phone.or_else(|| before.phone.clone()),
        keys,
        name: said.name,
    };
    change.change_customer(id, &after, About::default()).await
}

/// The record has its number and its tier by the list; a tier that a person typed stays. Says whether
/// anything changed.
async fn give_standing(change: &mut Change, record: CustomerId, line: &Listed) -> Result<bool> {
    let now = change.standing(record).await?;
    let mut wanted = wanted(line, &now);
    let typed = change.typed(record).await?;
    if typed
        .iter()
        .any(|typed| typed.particular == Particular::Tier)
        && wanted.tier != now.tier
    {
        if let Some(tier) = &line.tier {
            change
                .said_otherwise(record, Particular::Tier, tier)
                .await?;
        }
        wanted.tier.clone_from(&now.tier);
    }
    change.set_standing(record, &wanted).await?;
    Ok(wanted != now)
}

fn wanted(line: &Listed, now: &Standing) -> Standing {
    Standing {
        number: now.number.clone().or_else(|| line.number.clone()),
        tier: line.tier.clone().or_else(|| now.tier.clone()),
    }
}

/// The record that a line is of: by number, else by address and surname, on paper or in e-mail. Who has
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
        if line.number.is_none() || change.person_standing(known.id).await?.number.is_none() {
            return Ok(Some(known.record));
        }
    }
    Ok(None)
}

/// What a line says of a person, with what letters are matched by.
pub(super) fn person(line: &Listed) -> Customer {
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
        phone: line.phone.as_deref().map(national),
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

/// A telephone number as it is written here, so that two spellings are one; one of another country
/// stays as it is.
fn national(phone: &str) -> String {
    match phone.parse::<PhoneNumber>() {
        Ok(number) => number.to_string(),
        Err(_) => phone.trim().to_owned(),
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
        check_person(store, id).await?;
    }
    let mut change = store.change(actor).await?;
    let id = change.merge(kept, gone, reason).await?;
    change.commit().await?;
    Ok(id)
}

/// A record that was joined to another is nobody of their own.
pub(super) async fn check_person(store: &Store, id: CustomerId) -> Result<()> {
    match store.profile(id).await?.same_as {
        None => Ok(()),
        Some(other) => Err(StoreError::Unknown {
            what: "customer of their own",
            name: format!("{id} (joined to {other})"),
        }),
    }
}

/// Parts what was joined; says whether it was.
pub async fn unmerge(store: &Store, gone: CustomerId, reason: &str, actor: &Actor) -> Result<bool> {
    let mut change = store.change(actor).await?;
    let parted = change.unmerge(gone, reason).await?;
    change.commit().await?;
    Ok(parted)
}

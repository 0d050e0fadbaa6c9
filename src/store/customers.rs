//! Customers: who writes, and the keys by which letters are matched to them.

use serde_json::json;
use sqlx::any::AnyRow;

use crate::domain::grammar::case_reference::CaseReference;

use super::Store;
use super::change::Change;
use super::documents::case_number;
use super::error::{Doing, Result, StoreError};
use super::events::{About, EventKind};
use super::ids::CustomerId;
use super::people::AddressSource;
use super::rows::{Columns, storable};

/// What is known of a person who writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// Without title.
    pub name: String,
    /// Mr, Mrs, Dr, ...
    pub title: Option<String>,
    /// House and street.
    pub street: Option<String>,
    /// Post town.
    pub town: Option<String>,
    /// As it is written, with its space.
    pub postcode: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// What letters are matched by.
    pub keys: Keys,
}

/// What letters are matched by: folded, so that equal people have equal keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    /// Without its space, upper case.
    pub postcode: String,
    /// House number or name, folded.
    pub house: String,
    /// Small letters only.
    pub surname: String,
    /// Whether the postcode was accepted; doubtful otherwise.
    pub postcode_sure: bool,
    /// Whether the name was accepted; doubtful otherwise.
    pub surname_sure: bool,
}

/// A customer whom a letter may come from, and the newest open case of theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownCustomer {
    /// The person.
    pub id: CustomerId,
    /// The record of theirs that says so: another one, where several were joined.
    pub record: CustomerId,
    /// First name and surname, as far as they are known; an address where nothing else is.
    pub name: String,
    /// What they are matched by.
    pub keys: Keys,
    /// How important they are to the company: a word of its own.
    pub tier: Option<String>,
    /// Their newest open case.
    pub open_case: Option<CaseReference>,
}

/// A customer with the tier and the newest open case of the person that they are.
macro_rules! known_customers {
    () => {
        "select customers.*, coalesce((
             select own.tier from customers as own where own.id = customers.person_id
         ), (
             select joined.tier from customers as joined
             where joined.person_id = customers.person_id and joined.tier is not null
             order by joined.id limit 1
         )) as person_tier, (
             select max(cases.number) from cases
             where cases.customer_id = customers.person_id and cases.state = 'open'
         ) as open_case "
    };
}
pub(super) use known_customers;

impl Store {
    /// A customer on record.
    pub async fn customer(&self, id: CustomerId) -> Result<Customer> {
        let row = sqlx::query("select * from customers where id = $1")
            .bind(id.to_string())
            .fetch_optional(&self.pool)
            .await
            .doing("reading a customer")?;
        customer(&row.ok_or_else(|| StoreError::unknown("customer", id))?)
    }
}

impl Change {
    /// Every customer of this house, oldest first.
    pub async fn customers_at(
        &mut self,
        postcode_key: &str,
        house_key: &str,
    ) -> Result<Vec<KnownCustomer>> {
        let rows = sqlx::query(concat!(
            known_customers!(),
            "from customers where postcode_key = $1 and house_key = $2 order by id"
        ))
        .bind(postcode_key.to_owned())
        .bind(house_key.to_owned())
        .fetch_all(self.connection())
        .await
        .doing("looking for customers")?;
        rows.iter().map(known_customer).collect()
    }

    /// A customer becomes known, by a letter on a case or by a card.
    pub async fn make_customer(&mut self, customer: &Customer, by: About) -> Result<CustomerId> {
        let id = CustomerId::new();
        let at = self.at.clone();
        sqlx::query(
            "insert into customers (id, name, title, street, town, postcode, email, phone,
                                    postcode_key, house_key, surname_key,
                                    postcode_sure, surname_sure, made_at, person_id)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $1)",
        )
        .bind(id.to_string())
        .bind(storable(&customer.name))
        .bind(customer.title.as_deref().map(storable))
        .bind(customer.street.as_deref().map(storable))
        .bind(customer.town.as_deref().map(storable))
        .bind(customer.postcode.as_deref().map(storable))
        .bind(customer.email.as_deref().map(storable))
        .bind(customer.phone.as_deref().map(storable))
        .bind(customer.keys.postcode.clone())
        .bind(customer.keys.house.clone())
        .bind(customer.keys.surname.clone())
        .bind(i64::from(customer.keys.postcode_sure))
        .bind(i64::from(customer.keys.surname_sure))
        .bind(at)
        .execute(self.connection())
        .await
        .doing("filing a customer")?;
        let detail = json!({ "customer": id.to_string() });
        self.event(EventKind::CustomerMade, by, detail).await?;
        if let Some(email) = &customer.email {
            self.add_address(id, email, AddressSource::Letter).await?;
        }
        Ok(id)
    }

    /// What is known of a customer changes, by something on a case or on a card, or by the company's
    /// list: what a person typed stays. Says whether anything changed.
    pub async fn change_customer(
        &mut self,
        id: CustomerId,
        to: &Customer,
        by: About,
    ) -> Result<bool> {
        let before = self.customer(id).await?;
        let to = self.with_typed(id, &before, to).await?;
        self.store_customer(id, &before, &to, by).await
    }

    /// A person says what is known of a customer. Says whether anything changed.
    pub async fn correct_customer(&mut self, id: CustomerId, to: &Customer) -> Result<bool> {
        let before = self.customer(id).await?;
        self.store_customer(id, &before, to, About::default()).await
    }

    async fn store_customer(
        &mut self,
        id: CustomerId,
        before: &Customer,
        to: &Customer,
        by: About,
    ) -> Result<bool> {
        if before == to {
            return Ok(false);
        }
        sqlx::query(
            "update customers
             set name = $2, title = $3, street = $4, town = $5, postcode = $6, email = $7,
                 phone = $8, postcode_key = $9, house_key = $10, surname_key = $11,
                 postcode_sure = $12, surname_sure = $13
             where id = $1",
        )
        .bind(id.to_string())
        .bind(storable(&to.name))
        .bind(to.title.as_deref().map(storable))
        .bind(to.street.as_deref().map(storable))
        .bind(to.town.as_deref().map(storable))
        .bind(to.postcode.as_deref().map(storable))
        .bind(to.email.as_deref().map(storable))
        .bind(to.phone.as_deref().map(storable))
        .bind(to.keys.postcode.clone())
        .bind(to.keys.house.clone())
        .bind(to.keys.surname.clone())
        .bind(i64::from(to.keys.postcode_sure))
        .bind(i64::from(to.keys.surname_sure))
        .execute(self.connection())
        .await
        .doing("changing a customer")?;
        let detail = json!({
            "customer": id.to_string(),
            "changed": differing(before, to),
            "before": known(before),
            "after": known(to),
        });
        self.event(EventKind::CustomerChanged, by, detail).await?;
        Ok(true)
    }

    /// A customer as this change sees them.
    pub async fn customer(&mut self, id: CustomerId) -> Result<Customer> {
        let row = sqlx::query("select * from customers where id = $1")
            .bind(id.to_string())
            .fetch_one(self.connection())
            .await
            .doing("reading a customer")?;
        customer(&row)
    }
}

/// The particulars that are others now, by name: what history keeps when their values
/// are erased.
fn differing(before: &Customer, after: &Customer) -> Vec<String> {
    let (before, after) = (known(before), known(after));
    let entries = after.as_object().into_iter().flatten();
    entries
        .filter(|(name, value)| before.get(name) != Some(value))
        .map(|(name, _)| name.clone())
        .collect()
}

fn known(customer: &Customer) -> serde_json::Value {
    json!({
        "name": customer.name,
        "title": customer.title,
        "street": customer.street,
        "town": customer.town,
        "postcode": customer.postcode,
        "email": customer.email,
        "phone": customer.phone,
    })
}

/// A customer with their newest open case.
pub(super) fn known_customer(row: &AnyRow) -> Result<KnownCustomer> {
    let open = row.maybe_int("open_case")?;
    Ok(KnownCustomer {
        id: row.parsed("person_id")?,
        record: row.parsed("id")?,
        name: row.text("name")?,
        keys: keys(row)?,
        tier: row.maybe_text("person_tier")?,
        open_case: open.map(|_| case_number(row, "open_case")).transpose()?,
    })
}

pub(super) fn customer(row: &AnyRow) -> Result<Customer> {
    Ok(Customer {
        name: row.text("name")?,
        title: row.maybe_text("title")?,
        street: row.maybe_text("street")?,
        town: row.maybe_text("town")?,
        postcode: row.maybe_text("postcode")?,
        email: row.maybe_text("email")?,
        phone: row.maybe_text("phone")?,
        keys: keys(row)?,
    })
}

pub(super) fn keys(row: &AnyRow) -> Result<Keys> {
    Ok(Keys {
        postcode: row.text("postcode_key")?,
        house: row.text("house_key")?,
        surname: row.text("surname_key")?,
        postcode_sure: row.flag("postcode_sure")?,
        surname_sure: row.flag("surname_sure")?,
    })
}

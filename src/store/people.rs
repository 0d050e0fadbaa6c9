//! One person over all channels: the addresses they write from, their number and tier with the
//! company. Several records may be of one person ([`merging`](super::merging)).

use jiff::civil::Date;
use serde_json::json;
use sqlx::any::AnyRow;

use crate::domain::grammar::case_reference::CaseReference;

use super::Store;
use super::change::Change;
use super::customers::{self, Customer, KnownCustomer};
use super::documents::case_number;
use super::error::{Doing, Result, StoreError};
use super::events::{About, EventKind};
use super::ids::{CustomerId, DocumentId};
use super::rows::{Columns, storable};
use super::typed::Typed;

/// How an address became known as somebody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AddressSource {
    /// A letter said so.
    Letter,
    /// They wrote from it.
    Message,
    /// The company's own list.
    Import,
    /// A person typed it.
    Person,
}

crate::domain::named!(AddressSource {
    Letter => "letter",
    Message => "message",
    Import => "import",
    Person => "person",
});

/// What a customer is to the company.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// The number by which they are known.
    pub number: Option<String>,
    /// How important they are: a word of the company's own.
    pub tier: Option<String>,
}

/// An open case of somebody, and what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCase {
    /// The case.
    pub case: CaseReference,
    /// Its topic.
    pub topic: String,
    /// What its first e-mails have as subjects, and its first letters say at all.
    pub subjects: String,
    /// What was written on it first, on paper and by e-mail.
    pub words: String,
}

/// All that is known of a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Their record.
    pub id: CustomerId,
    /// Who they are.
    pub customer: Customer,
    /// Their number and tier.
    pub standing: Standing,
    /// The addresses they write from, in small letters.
    pub addresses: Vec<String>,
    /// Their cases, oldest first.
    pub cases: Vec<CaseReference>,
    /// How many cards are theirs.
    pub cards: u64,
    /// The record that this one was joined to.
    pub same_as: Option<CustomerId>,
    /// The records that are of this person too.
    pub joined: Vec<CustomerId>,
    /// What a person typed of them.
    pub typed: Vec<Typed>,
}

/// Two records that may be of one person, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LikelyTwins {
    /// The older record.
    pub one: CustomerId,
    /// The younger one.
    pub other: CustomerId,
    /// Their names.
    pub names: (String, String),
    /// What they share, in words.
    pub why: String,
}

/// As many as a person looks at.
const MOST_FOUND: i64 = 200;

/// The number and the tier of a person: of their own record, else of one that is joined to it.
macro_rules! standing {
    () => {
        "coalesce(customers.number, (
             select min(joined.number) from customers as joined
             where joined.person_id = customers.id
         )) as person_number,
         coalesce(customers.tier, (
             select joined.tier from customers as joined
             where joined.person_id = customers.id and joined.tier is not null
             order by joined.id limit 1
         )) as person_tier"
    };
}

impl Store {
    /// All that is known of a person.
    pub async fn profile(&self, id: CustomerId) -> Result<Profile> {
        let doing = "reading a customer";
        let row = sqlx::query(concat!(
            "select customers.*, ",
            standing!(),
            ", (select count(*) from documents
                    where documents.customer_id = customers.id) as cards
                 from customers where id = $1"
        ))
        .bind(id.to_string())
        .fetch_optional(&self.pool)
        .await
        .doing(doing)?;
        let row = row.ok_or_else(|| StoreError::unknown("customer", id))?;
        let addresses = sqlx::query(
            "select distinct address from customer_addresses
             join customers on customers.id = customer_addresses.customer_id
             where customers.id = $1 or customers.person_id = $1 order by address",
        )
        .bind(id.to_string())
        .fetch_all(&self.pool)
        .await
        .doing(doing)?;
        let cases = sqlx::query("select number from cases where customer_id = $1 order by number")
            .bind(id.to_string())
            .fetch_all(&self.pool)
            .await
            .doing(doing)?;
        let joined =
            sqlx::query("select id from customers where person_id = $1 and id <> $1 order by id")
                .bind(id.to_string())
                .fetch_all(&self.pool)
                .await
                .doing(doing)?;
        Ok(Profile {
            id,
            customer: customers::customer(&row)?,
            standing: person_standing(&row)?,
            addresses: addresses
                .iter()
                .map(|row| row.text("address"))
                .collect::<Result<_>>()?,
            cases: cases
                .iter()
                .map(|row| case_number(row, "number"))
                .collect::<Result<_>>()?,
            cards: row.number("cards")?,
            same_as: row.maybe_parsed("same_as")?,
            joined: joined
                .iter()
                .map(|row| row.parsed("id"))
                .collect::<Result<_>>()?,
            typed: self.typed(id).await?,
        })
    }

    /// The records that were joined to this one.
    pub async fn joined_to(&self, id: CustomerId) -> Result<Vec<(CustomerId, Customer)>> {
        let rows = sqlx::query("select * from customers where same_as = $1 order by id")
            .bind(id.to_string())
            .fetch_all(&self.pool)
            .await
            .doing("reading joined customers")?;
        let joined = rows
            .iter()
            .map(|row| Ok((row.parsed("id")?, customers::customer(row)?)));
        joined.collect()
    }

    /// The cards of a customer, newest first.
    pub async fn cards_of(&self, id: CustomerId) -> Result<Vec<(DocumentId, Date)>> {
        let rows = sqlx::query(
            "select id, received from documents where customer_id = $1 order by id desc limit $2",
        )
        .bind(id.to_string())
        .bind(MOST_FOUND)
        .fetch_all(&self.pool)
        .await
        .doing("reading a customer's cards")?;
        let cards = rows
            .iter()
            .map(|row| Ok((row.parsed("id")?, row.parsed("received")?)));
        cards.collect()
    }

    /// Customers with this in their name, address, postcode, e-mail address or number.
    pub async fn customers(&self, text: &str) -> Result<Vec<(CustomerId, Customer, Standing)>> {
        let wanted = storable(&text.to_lowercase()).replace(['%', '_', '\\'], " ");
        let rows = sqlx::query(concat!(
            "select customers.*, ",
            standing!(),
            " from customers where same_as is null and exists (
                      select 1 from customers as own where own.person_id = customers.id and (
                          lower(own.name) like $1 or lower(coalesce(own.street, '')) like $1
                          or lower(coalesce(own.postcode, '')) like $1
                          or lower(coalesce(own.number, '')) like $1
                          or exists (select 1 from customer_addresses
                                     where customer_id = own.id and address like $1)))
                  order by name, id limit $2"
        ))
        .bind(format!("%{}%", wanted.trim()))
        .bind(MOST_FOUND)
        .fetch_all(&self.pool)
        .await
        .doing("looking for customers")?;
        let found = rows.iter().map(|row| {
            Ok((
                row.parsed("id")?,
                customers::customer(row)?,
                person_standing(row)?,
            ))
        });
        found.collect()
    }

    /// The record with this number.
    pub async fn record_numbered(&self, number: &str) -> Result<Option<CustomerId>> {
        self.numbered("select id from customers where number = $1", number)
            .await
    }

    /// The person with this number, on their own record or on one that is joined to it.
    pub async fn person_numbered(&self, number: &str) -> Result<Option<CustomerId>> {
        const SQL: &str = "select person_id as id from customers where number = $1";
        self.numbered(SQL, number).await
    }

    /// The number that stands on a record itself.
    pub async fn own_number(&self, record: CustomerId) -> Result<Option<String>> {
        let row = sqlx::query("select number from customers where id = $1")
            .bind(record.to_string())
            .fetch_one(&self.pool)
            .await
            .doing("reading a customer")?;
        row.maybe_text("number")
    }

    async fn numbered(&self, sql: &'static str, number: &str) -> Result<Option<CustomerId>> {
        let row = sqlx::query(sql)
            .bind(storable(number))
            .fetch_optional(&self.pool)
            .await
            .doing("looking for a customer")?;
        row.map(|row| row.parsed("id")).transpose()
    }

    /// The one customer whose id has this part.
    pub async fn customer_with(&self, part: &str) -> Result<Option<CustomerId>> {
        self.one_with("select id from customers where id like $1 limit 2", part)
            .await?
            .map(|id| id.parse())
            .transpose()
    }

    /// Records that may be of one person: the same e-mail address or telephone number and
    /// surname, or the same postcode, house and surname, which letters in doubt leave apart.
    pub async fn likely_twins(&self) -> Result<Vec<LikelyTwins>> {
        let rows = sqlx::query(
            "select one.id as one, other.id as other, min(found.why) as why,
                    one.name, other.name as other_name
             from (
                 -- Each pair once, and only pairs: a list of a hundred thousand is looked through.
                 select one.id as one, other.id as other, 'phone' as why
                 from customers as one
                 join customers as other on other.phone = one.phone
                      and other.surname_key = one.surname_key and other.id > one.id
                 union all
                 select one.id, other.id, 'home'
                 from customers as one
                 join customers as other on other.postcode_key = one.postcode_key
                      and other.house_key = one.house_key
                      and other.surname_key = one.surname_key and other.id > one.id
                 where one.postcode_key <> '' and one.house_key <> ''
                 union all
                 select mine.customer_id, theirs.customer_id, 'address'
                 from customer_addresses as mine
                 join customer_addresses as theirs on theirs.address = mine.address
                      and theirs.customer_id > mine.customer_id
             ) as found
             join customers as mine on mine.id = found.one
             join customers as theirs on theirs.id = found.other
             join customers as one on one.id = mine.person_id
             join customers as other on other.id = theirs.person_id
             where one.id < other.id and mine.surname_key = theirs.surname_key
               and mine.surname_key <> ''
               -- The company itself says that they are two.
               and (mine.number is null or theirs.number is null)
               and (one.number is null or other.number is null)
             group by one.id, other.id, one.name, other.name
             order by one.id, other.id limit $1",
        )
        .bind(MOST_FOUND)
        .fetch_all(&self.pool)
        .await
        .doing("looking for records of one person")?;
        let twins = rows.iter().map(|row| {
            let shared = match row.text("why")?.as_str() {
                "phone" => "surname and telephone number",
                "home" => "surname, postcode and house",
                _ => "surname and e-mail address",
            };
            Ok(LikelyTwins {
                one: row.parsed("one")?,
                other: row.parsed("other")?,
                names: (row.text("name")?, row.text("other_name")?),
                why: format!("the same {shared}"),
            })
        });
        twins.collect()
    }

    /// The one thing whose id has this part: people type some of what is shown to them.
    pub(super) async fn one_with(&self, sql: &'static str, part: &str) -> Result<Option<String>> {
        let Some(pattern) = id_pattern(part) else {
            return Ok(None);
        };
        let rows = sqlx::query(sql)
            .bind(pattern)
            .fetch_all(&self.pool)
            .await
            .doing("looking for an id")?;
        match rows.as_slice() {
            [row] => row.text("id").map(Some),
            _ => Ok(None),
        }
    }
}

/// Fewer characters of an id say nothing.
const SHORTEST_PART: usize = 4;

/// What an id with this part is like; nothing but an id's own signs, so that none is a wildcard.
pub(super) fn id_pattern(part: &str) -> Option<String> {
    let wanted = part.trim().to_lowercase();
    let own = |sign: char| sign.is_ascii_hexdigit() || sign == '-';
    (wanted.len() >= SHORTEST_PART && wanted.chars().all(own)).then(|| format!("%{wanted}%"))
}

impl Change {
    /// Everybody who writes from this address, the one with the newest open case first.
    pub async fn customers_writing_from(&mut self, address: &str) -> Result<Vec<KnownCustomer>> {
        let rows = sqlx::query(concat!(
            customers::known_customers!(),
            "from customer_addresses
             join customers on customers.id = customer_addresses.customer_id
             where customer_addresses.address = $1
             order by customers.id"
        ))
        .bind(storable(&address.to_lowercase()))
        .fetch_all(self.connection())
        .await
        .doing("looking for customers")?;
        let mut known: Vec<KnownCustomer> = rows
            .iter()
            .map(customers::known_customer)
            .collect::<Result<_>>()?;
        // Two records of one person are one, by their own where it has the address.
        known.sort_by_key(|known| (known.id, known.record != known.id, known.record));
        known.dedup_by_key(|known| known.id);
        known.sort_by_key(|known| std::cmp::Reverse(known.open_case));
        Ok(known)
    }

    /// The open cases of a customer, newest first; none where they are more than `most`.
    pub async fn open_cases_of(
        &mut self,
        customer: CustomerId,
        most: u32,
    ) -> Result<Vec<OpenCase>> {
        let doing = "looking for open cases";
        let rows = sqlx::query(
            "select number, topic from cases where customer_id = $1 and state = 'open'
             order by number desc limit $2",
        )
        .bind(customer.to_string())
        .bind(i64::from(most) + 1)
        .fetch_all(self.connection())
        .await
        .doing(doing)?;
        if rows.len() > most as usize {
            return Ok(Vec::new());
        }
        let mut open: Vec<OpenCase> = rows
            .iter()
            .map(|row| {
                Ok(OpenCase {
                    case: case_number(row, "number")?,
                    topic: row.text("topic")?,
                    subjects: String::new(),
                    words: String::new(),
                })
            })
            .collect::<Result<_>>()?;
        self.first_words(customer, &mut open).await?;
        Ok(open)
    }

    /// What was written first on the open cases of a customer: their subjects, and all of it.
    async fn first_words(&mut self, customer: CustomerId, open: &mut [OpenCase]) -> Result<()> {
        if open.is_empty() {
            return Ok(());
        }
        let rows = sqlx::query(
            "with theirs as (
                 select number from cases where customer_id = $1 and state = 'open'
             ), written as (
                 select case_number, id, subject, text from messages
                 where case_number in (select number from theirs)
                   and state = 'filed' and automatic is null
                 union all
                 select case_number, id, text as subject, text from documents
                 where case_number in (select number from theirs)
             ), placed as (
                 select case_number, subject, text,
                        row_number() over (partition by case_number order by id) as place
                 from written
             )
             select case_number, subject, text from placed where place <= 3
             order by case_number, place",
        )
        .bind(customer.to_string())
        .fetch_all(self.connection())
        .await
        .doing("reading what was written on cases")?;
        for row in &rows {
            let on = case_number(row, "case_number")?;
            if let Some(case) = open.iter_mut().find(|case| case.case == on) {
                let subject = row.text("subject")?;
                case.words
                    .push_str(&format!("{subject}\n{}\n", row.text("text")?));
                case.subjects.push_str(&format!("{subject}\n"));
            }
        }
        Ok(())
    }

    /// An address is a customer's.
    pub async fn add_address(
        &mut self,
        customer: CustomerId,
        address: &str,
        source: AddressSource,
    ) -> Result<()> {
        sqlx::query(
            "insert into customer_addresses (address, customer_id, source) values ($1, $2, $3)
             on conflict do nothing",
        )
        .bind(storable(&address.trim().to_lowercase()))
        .bind(customer.to_string())
        .bind(source.name())
        .execute(self.connection())
        .await
        .doing("noting an address")?;
        Ok(())
    }

    /// The addresses that a case's customer writes from, in small letters.
    pub async fn addresses_of_customer(&mut self, case: CaseReference) -> Result<Vec<String>> {
        let rows = sqlx::query(
            "select distinct customer_addresses.address from cases
             join customers on customers.person_id = cases.customer_id
             join customer_addresses on customer_addresses.customer_id = customers.id
             where cases.number = $1",
        )
        .bind(case.number() as i64)
        .fetch_all(self.connection())
        .await
        .doing("looking for addresses")?;
        rows.iter().map(|row| row.text("address")).collect()
    }

    /// The record with this number.
    pub async fn customer_numbered(&mut self, number: &str) -> Result<Option<CustomerId>> {
        let row = sqlx::query("select id from customers where number = $1")
            .bind(storable(number))
            .fetch_optional(self.connection())
            .await
            .doing("looking for a customer")?;
        row.map(|row| row.parsed("id")).transpose()
    }

    /// What a person is to the company, by any of their records.
    pub async fn person_standing(&mut self, person: CustomerId) -> Result<Standing> {
        let row = sqlx::query(concat!(
            "select ",
            standing!(),
            " from customers where id = $1"
        ))
        .bind(person.to_string())
        .fetch_one(self.connection())
        .await
        .doing("reading a customer")?;
        person_standing(&row)
    }

    /// What a record says that a customer is to the company.
    pub async fn standing(&mut self, customer: CustomerId) -> Result<Standing> {
        let row = sqlx::query("select number, tier from customers where id = $1")
            .bind(customer.to_string())
            .fetch_one(self.connection())
            .await
            .doing("reading a customer")?;
        standing(&row)
    }

    /// Says what a customer is to the company, on this record.
    pub async fn set_standing(&mut self, customer: CustomerId, to: &Standing) -> Result<()> {
        let before = self.standing(customer).await?;
        if before == *to {
            return Ok(());
        }
        sqlx::query("update customers set number = $2, tier = $3 where id = $1")
            .bind(customer.to_string())
            .bind(to.number.as_deref().map(storable))
            .bind(to.tier.as_deref().map(storable))
            .execute(self.connection())
            .await
            .doing("changing a customer")?;
        let detail = json!({ "customer": customer.to_string(), "changed": ["number", "tier"],
                             "tier": to.tier });
        self.event(EventKind::CustomerChanged, About::default(), detail)
            .await
    }
}

fn standing(row: &AnyRow) -> Result<Standing> {
    Ok(Standing {
        number: row.maybe_text("number")?,
        tier: row.maybe_text("tier")?,
    })
}

fn person_standing(row: &AnyRow) -> Result<Standing> {
    Ok(Standing {
        number: row.maybe_text("person_number")?,
        tier: row.maybe_text("person_tier")?,
    })
}

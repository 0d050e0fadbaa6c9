//! What a person typed of a customer: it stays, whatever a list, a letter or a card says afterwards, and
//! what they say is kept beside it.

use sqlx::any::AnyRow;

use super::Store;
use super::change::Change;
use super::customers::Customer;
use super::error::{Doing, Result};
use super::ids::CustomerId;
use super::rows::{Columns, storable};

/// What a person may type of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Particular {
    /// First name and surname.
    Name,
    /// Mr, Mrs, Dr, ...
    Title,
    /// House and street.
    Street,
    /// Post town.
    Town,
    /// A postcode.
    Postcode,
    /// The e-mail address to write to.
    Email,
    /// A telephone number.
    Phone,
    /// How important they are.
    Tier,
}

crate::domain::named!(Particular {
    Name => "name",
    Title => "title",
    Street => "street",
    Town => "town",
    Postcode => "postcode",
    Email => "email",
    Phone => "phone",
    Tier => "tier",
});

/// That a person typed a particular.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// Which.
    pub particular: Particular,
    /// What a list, a letter or a card has said since, where that is something else.
    pub otherwise: Option<String>,
    /// When, in UTC.
    pub at: String,
    /// Who.
    pub by: String,
}

const TYPED: &str = "select * from typed_particulars where customer_id = $1 order by particular";

impl Store {
    /// What a person typed of a customer.
    pub async fn typed(&self, id: CustomerId) -> Result<Vec<Typed>> {
        let rows = sqlx::query(TYPED)
            .bind(id.to_string())
            .fetch_all(&self.pool)
            .await
            .doing("reading a customer")?;
        rows.iter().map(typed).collect()
    }
}

impl Change {
    /// What a person typed of a customer.
    pub async fn typed(&mut self, id: CustomerId) -> Result<Vec<Typed>> {
        let rows = sqlx::query(TYPED)
            .bind(id.to_string())
            .fetch_all(self.connection())
            .await
            .doing("reading a customer")?;
        rows.iter().map(typed).collect()
    }

    /// From now on this is what a person typed.
    pub async fn set_typed(&mut self, id: CustomerId, particular: Particular) -> Result<()> {
        let (at, by) = (self.at.clone(), self.actor.to_string());
        sqlx::query(
            "insert into typed_particulars (customer_id, particular, typed_at, typed_by)
             values ($1, $2, $3, $4)
             on conflict (customer_id, particular) do update
             set typed_at = excluded.typed_at, typed_by = excluded.typed_by, otherwise = null",
        )
        .bind(id.to_string())
        .bind(particular.name())
        .bind(at)
        .bind(by)
        .execute(self.connection())
        .await
        .doing("noting what was typed")?;
        Ok(())
    }

    /// From now on lists, letters and cards may change it again.
    pub async fn forget_typed(&mut self, id: CustomerId, particular: Particular) -> Result<()> {
        sqlx::query("delete from typed_particulars where customer_id = $1 and particular = $2")
            .bind(id.to_string())
            .bind(particular.name())
            .execute(self.connection())
            .await
            .doing("forgetting that it was typed")?;
        Ok(())
    }

    /// A list, a letter or a card says something else than a person typed.
    pub async fn said_otherwise(
        &mut self,
        id: CustomerId,
        particular: Particular,
        what: &str,
    ) -> Result<()> {
        sqlx::query(
            "update typed_particulars set otherwise = $3
             where customer_id = $1 and particular = $2",
        )
        .bind(id.to_string())
        .bind(particular.name())
        .bind(storable(what))
        .execute(self.connection())
        .await
        .doing("noting what is said otherwise")?;
        Ok(())
    }

    /// What a customer becomes by somebody's word: what a person typed stays.
    pub(super) async fn with_typed(
        &mut self,
        id: CustomerId,
        before: &Customer,
        said: &Customer,
    ) -> Result<Customer> {
        let mut after = said.clone();
        for Typed { particular, .. } in self.typed(id).await? {
            let (was, says) = (before.get(particular), said.get(particular));
            if was == says {
                continue;
            }
            if let Some(says) = says.map(str::to_owned) {
                self.said_otherwise(id, particular, &says).await?;
            }
            after.take(particular, before);
        }
        Ok(after)
    }
}

impl Customer {
    /// A particular of theirs; the tier is none of the record's own.
    pub fn get(&self, particular: Particular) -> Option<&str> {
        match particular {
            Particular::Name => Some(&self.name),
            Particular::Title => self.title.as_deref(),
            Particular::Street => self.street.as_deref(),
            Particular::Town => self.town.as_deref(),
            Particular::Postcode => self.postcode.as_deref(),
            Particular::Email => self.email.as_deref(),
            Particular::Phone => self.phone.as_deref(),
            Particular::Tier => None,
        }
    }

    /// Takes a particular of another, and what letters are matched by of it.
    pub fn take(&mut self, particular: Particular, of: &Self) {
        let (keys, theirs) = (&mut self.keys, &of.keys);
        match particular {
            Particular::Name => {
                self.name.clone_from(&of.name);
                keys.surname.clone_from(&theirs.surname);
                keys.surname_sure = theirs.surname_sure;
            }
            Particular::Title => self.title.clone_from(&of.title),
            Particular::Street => {
                self.street.clone_from(&of.street);
                keys.house.clone_from(&theirs.house);
            }
            Particular::Town => self.town.clone_from(&of.town),
            Particular::Postcode => {
                self.postcode.clone_from(&of.postcode);
                keys.postcode.clone_from(&theirs.postcode);
                keys.postcode_sure = theirs.postcode_sure;
            }
            Particular::Email => self.email.clone_from(&of.email),
            Particular::Phone => self.phone.clone_from(&of.phone),
            Particular::Tier => {}
        }
    }
}

fn typed(row: &AnyRow) -> Result<Typed> {
    Ok(Typed {
        particular: row.named("particular", Particular::from_name)?,
        otherwise: row.maybe_text("otherwise")?,
        at: row.text("typed_at")?,
        by: row.text("typed_by")?,
    })
}

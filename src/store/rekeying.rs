//! Blind re-keying: the lot that decides on which cards it falls, which fields wait for
//! it, and what was keyed.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::any::AnyRow;
use sqlx::{Any, Executor};

use crate::domain::guarantee::Rate;
use crate::domain::identity::Digest;

use super::Store;
use super::change::Change;
use super::error::{Doing, Result};
use super::ids::{self, DocumentId};
use super::rows::{Columns, storable};

/// What a person keyed who did not see the machine's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rekeying {
    /// In its standard form; none where they found it unreadable.
    pub value: Option<String>,
    /// Whether it is the value that was accepted.
    pub agrees: bool,
    /// Who keyed it.
    pub by: String,
}

/// The fields of a card that wait to be keyed blind, and those that were.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rekeyings {
    /// By their names on the form.
    pub waiting: BTreeSet<String>,
    /// The same.
    pub keyed: BTreeMap<String, Rekeying>,
}

/// Whether a row of `card_fields`, joined with its document, waits to be keyed blind.
macro_rules! awaits_rekeying {
    () => {
        "documents.drawn = 1 and card_fields.verdict = 'accepted'
         and card_fields.settled_by is null
         and not exists (select 1 from rekeyings
                         where rekeyings.document_id = card_fields.document_id
                           and rekeyings.name = card_fields.name)"
    };
}
pub(super) use awaits_rekeying;

/// The row of `secrets` that lots are drawn by.
const LOTS: &str = "lots";

impl Store {
    /// What is keyed blind of a card.
    pub async fn rekeyings_of(&self, document: DocumentId) -> Result<Rekeyings> {
        Ok(Rekeyings {
            waiting: waiting(&self.pool, document).await?,
            keyed: keyed(&self.pool, document).await?,
        })
    }
}

impl Change {
    /// Draws the lot of a new card: whether it is one of the `share` whose fields are
    /// keyed again. The lot is a hash of the store's secret and the document's id, so
    /// nothing on the paper and nobody who files it can sway it.
    pub async fn draw(&mut self, document: DocumentId, share: Rate) -> Result<bool> {
        let drawn = falls(&self.secret().await?, document, share);
        if drawn {
            sqlx::query("update documents set drawn = 1 where id = $1")
                .bind(document.to_string())
                .execute(self.connection())
                .await
                .doing("drawing a lot")?;
        }
        Ok(drawn)
    }

    /// What is keyed blind of a card, as this change sees it.
    pub async fn rekeyings_of(&mut self, document: DocumentId) -> Result<Rekeyings> {
        Ok(Rekeyings {
            waiting: waiting(self.connection(), document).await?,
            keyed: keyed(self.connection(), document).await?,
        })
    }

    /// Puts on record what this change's actor keyed without seeing the machine's value,
    /// and whether it is that value; another sends the field to a second person, for the
    /// reason that is given.
    pub async fn rekey(
        &mut self,
        document: DocumentId,
        name: &str,
        value: Option<&str>,
        difference: Option<&str>,
    ) -> Result<()> {
        let (by, at) = (self.actor.name().to_owned(), self.at.clone());
        let agrees = difference.is_none();
        sqlx::query(
            "insert into rekeyings (document_id, name, value, agrees, keyed_by, keyed_at)
             values ($1, $2, $3, $4, $5, $6)",
        )
        .bind(document.to_string())
        .bind(storable(name))
        .bind(value.map(storable))
        .bind(i64::from(agrees))
        .bind(by)
        .bind(at)
        .execute(self.connection())
        .await
        .doing("filing what was keyed again")?;
        // The value stays in either case: nobody is overruled without being asked.
        let update = match difference {
            None => sqlx::query(
                "update card_fields set agrees = 1 where document_id = $1 and name = $2",
            )
            .bind(document.to_string())
            .bind(storable(name)),
            Some(why) => sqlx::query(
                "update card_fields set verdict = 'review', reason = $3
                 where document_id = $1 and name = $2",
            )
            .bind(document.to_string())
            .bind(storable(name))
            .bind(storable(why)),
        };
        let updated = update.execute(self.connection()).await;
        updated.doing("filing what was keyed again").map(|_| ())
    }

    /// The store's own secret, made when it is first asked for.
    async fn secret(&mut self) -> Result<String> {
        let doing = "drawing a lot";
        sqlx::query(
            "insert into secrets (name, value) values ($1, $2) on conflict (name) do nothing",
        )
        .bind(LOTS)
        .bind(ids::secret())
        .execute(self.connection())
        .await
        .doing(doing)?;
        let row = sqlx::query("select value from secrets where name = $1")
            .bind(LOTS)
            .fetch_one(self.connection())
            .await
            .doing(doing)?;
        row.text("value")
    }
}

/// Whether the lot falls on a document: the first 13 digits of the hash, which a float
/// holds exactly, as a number from 0 to 1, are below the share.
fn falls(secret: &str, document: DocumentId, share: Rate) -> bool {
    const DIGITS: usize = 13;
    let hash = Digest::of(format!("{secret}/{document}").as_bytes()).to_string();
    let lot = hash
        .get(..DIGITS)
        .and_then(|digits| u64::from_str_radix(digits, 16).ok());
    let of = (1_u64 << (4 * DIGITS)) as f64;
    lot.is_some_and(|lot| (lot as f64 / of) < share.get())
}

async fn waiting(
    executor: impl Executor<'_, Database = Any>,
    document: DocumentId,
) -> Result<BTreeSet<String>> {
    let rows = sqlx::query(concat!(
        "select card_fields.name from card_fields
         join documents on documents.id = card_fields.document_id
         where documents.id = $1 and ",
        awaits_rekeying!()
    ))
    .bind(document.to_string())
    .fetch_all(executor)
    .await
    .doing("looking for fields to key again")?;
    rows.iter().map(|row| row.text("name")).collect()
}

async fn keyed(
    executor: impl Executor<'_, Database = Any>,
    document: DocumentId,
) -> Result<BTreeMap<String, Rekeying>> {
    let rows = sqlx::query("select * from rekeyings where document_id = $1")
        .bind(document.to_string())
        .fetch_all(executor)
        .await
        .doing("reading what was keyed again")?;
    let named = |row: &AnyRow| Ok((row.text("name")?, rekeying(row)?));
    rows.iter().map(named).collect()
}

fn rekeying(row: &AnyRow) -> Result<Rekeying> {
    Ok(Rekeying {
        value: row.maybe_text("value")?,
        agrees: row.flag("agrees")?,
        by: row.text("keyed_by")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lot_falls_on_its_share_and_nothing_sways_it() {
        let documents: Vec<DocumentId> = (0..20_000).map(|_| DocumentId::new()).collect();
        let drawn = |secret: &str, share: f64| -> Vec<DocumentId> {
            let share = Rate::new(share).unwrap();
            let all = documents.iter().copied();
            all.filter(|id| falls(secret, *id, share)).collect()
        };
        let few = drawn("one", 0.02);
        // 400 of 20,000 on average, with a standard deviation of 20.
        assert!((300..500).contains(&few.len()), "{}", few.len());
        assert_eq!(few, drawn("one", 0.02));
        // A larger share holds the smaller one; another store draws others.
        let more = drawn("one", 0.1);
        assert!(few.iter().all(|id| more.contains(id)));
        let others = drawn("two", 0.02);
        let both = others.iter().filter(|id| few.contains(id)).count();
        assert!(both < 40, "{both}");
        assert_eq!(
            (drawn("one", 0.0).len(), drawn("one", 1.0).len()),
            (0, 20_000)
        );
    }
}

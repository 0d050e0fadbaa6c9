//! The store: what was read and filed, and the page images, kept for good.
//!
//! A store is two places, named by its [`StoreAddress`]: a *database* (SQLite or
//! PostgreSQL, one SQL text for both) and *blobs* (a folder or S3, by content).
//! [`Store::create_or_open`] opens both. From there:
//!
//! - [`Store::lock_intake`] ([`lock`]): one run takes in scans at a time; the
//!   lock dies with its holder.
//! - [`Store::begin_batch`] ([`batches`]) and [`Store::claim`] ([`scans`]): the
//!   nightly run and its files; claiming a file is a row.
//! - [`Store::keep`] ([`blobs`]): images first, durable before any row names them.
//! - [`Store::change`] ([`change`]): a transaction with its actor. Everything that
//!   alters a case, a field or a customer goes through one and leaves an event
//!   ([`events`]). Its writes stand with what they write: [`pages`],
//!   [`documents`], [`fields`], [`customers`], [`cases`]. The commit of that
//!   transaction is the only moment at which something becomes true.
//! - Reading: [`view`] for one case, [`search`] for words, [`export`] for all
//!   letters, [`review`] for doubtful fields, [`rekeying`] for accepted ones that are
//!   keyed again, [`quality`] for what people found, [`aside`] for what was set aside,
//!   scans that were taken in and files that could not even be read ([`unreadable`]).
//! - [`Store::verify`] ([`verify`]): every blob hashed, every reference followed.
//!
//! The rest is plumbing: [`address`], [`ids`], [`error`], and, not seen from
//! outside, `dialect` (all that the two databases do not share), `personal`, `rows` and
//! `waiting` (what a change adds at its end, many rows with a statement).
//! sqlx and object_store are named nowhere else in the program.

pub mod address;
pub mod aside;
pub mod batches;
pub mod blobs;
pub mod cards;
pub mod cases;
pub mod chain;
pub mod change;
pub mod customers;
mod dialect;
mod discarded;
pub mod documents;
pub mod error;
pub mod events;
pub mod export;
pub mod fields;
pub mod ids;
pub mod inbox;
pub mod leases;
pub mod lock;
pub mod mailboxes;
mod merging;
pub mod messages;
pub mod nights;
pub mod notes;
pub mod pages;
pub mod people;
mod personal;
pub mod quality;
pub mod rekeying;
pub mod replies;
pub mod retention;
pub mod review;
mod rows;
pub mod scans;
pub mod search;
pub mod sessions;
pub mod station;
pub mod tasks;
#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;
pub mod typed;
pub mod unreadable;
pub mod users;
pub mod verify;
pub mod view;
mod waiting;
pub mod work;

use std::fs;
use std::path::Path;

use sqlx::any::AnyPoolOptions;
use sqlx::migrate::MigrateError;
use sqlx::{AnyConnection, AnyPool, Connection};

pub use address::{BlobAddress, DatabaseAddress, StoreAddress};
pub use batches::{Batch, OnRecord};
pub use documents::Provenance;
pub use error::StoreError;
pub use events::Actor;
pub use ids::{BatchId, CustomerId, DocumentId, ScanId, UserId};
pub use lock::{IntakeLock, OutboxLock};
pub use scans::{NewScan, ScanRecord, ScanState, SourceFile};

use blobs::Blobs;
use dialect::Dialect;
use error::{Doing, Result};

/// An open store. Cheap to clone; clones share their connections.
#[derive(Debug, Clone)]
pub struct Store {
    address: StoreAddress,
    dialect: Dialect,
    pool: AnyPool,
    blobs: Blobs,
}

/// Enough for one writer beside a few readers of one process.
const MOST_CONNECTIONS: u32 = 6;

impl Store {
    /// Opens a store that exists; [`StoreError::Missing`] when it does not.
    ///
    /// Tables of an older program are brought up to date.
    pub async fn open(address: &StoreAddress) -> Result<Self> {
        if let DatabaseAddress::Sqlite(path) = &address.database
            && !path.exists()
        {
            return Err(missing(address));
        }
        let store = Self::connect(address).await?;
        if store.is_new().await? {
            return Err(missing(address));
        }
        store.migrate().await?;
        Ok(store)
    }

    /// Opens a store, made first where there is none; says whether it was made.
    pub async fn create_or_open(address: &StoreAddress) -> Result<(Self, bool)> {
        if let DatabaseAddress::Sqlite(path) = &address.database {
            make_folder(path.parent().unwrap_or(Path::new(".")))?;
        }
        let store = Self::connect(address).await?;
        let created = store.is_new().await?;
        store.migrate().await?;
        Ok((store, created))
    }

    /// Where it lies.
    pub fn address(&self) -> &StoreAddress {
        &self.address
    }

    /// Waits for the connections to end; a store that is only dropped leaves
    /// that to the runtime.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    async fn connect(address: &StoreAddress) -> Result<Self> {
        sqlx::any::install_default_drivers();
        let (dialect, url) = (Dialect::of(&address.database), address.database.url());
        let doing = "opening the store";
        // One connection by hand first: a pool would try for half a minute, and
        // then not say why it failed. SQLite refuses it the change to a write-ahead log
        // without waiting when another program makes the store: they take turns.
        let turn = take_turn(&address.database)?;
        let mut first = AnyConnection::connect(&url).await.doing(doing)?;
        dialect.greet(&mut first).await.doing(doing)?;
        first.close().await.doing(doing)?;
        drop(turn);
        let pool = AnyPoolOptions::new()
            .max_connections(MOST_CONNECTIONS)
            .after_connect(move |connection, _| Box::pin(dialect.greet(connection)))
            .connect_lazy(&url)
            .doing(doing)?;
        Ok(Self {
            address: address.clone(),
            dialect,
            pool,
            blobs: Blobs::open(&address.blobs)?,
        })
    }

    async fn is_new(&self) -> Result<bool> {
        let tables: i64 = sqlx::query_scalar(self.dialect.count_tables())
            .fetch_one(&self.pool)
            .await
            .doing("looking at the store")?;
        Ok(tables == 0)
    }

    async fn migrate(&self) -> Result<()> {
        let _turn = take_turn(&self.address.database)?;
        let place = self.address.database.to_string();
        match self.dialect.migrations().run(&self.pool).await {
            Ok(()) => self.index_anew().await,
            Err(MigrateError::VersionMissing(_)) => Err(StoreError::Newer { place }),
            Err(source) => Err(StoreError::Migration { place, source }),
        }
    }
}

/// PostgreSQL locks its own migrations; for SQLite two programs that make the same store at
/// once take turns by a file.
fn take_turn(database: &DatabaseAddress) -> Result<Option<fs::File>> {
    match database {
        DatabaseAddress::Sqlite(path) => lock::take_turn(path).map(Some),
        DatabaseAddress::Postgres(_) => Ok(None),
    }
}

fn missing(address: &StoreAddress) -> StoreError {
    StoreError::Missing {
        place: address.database.to_string(),
    }
}

fn make_folder(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(|source| StoreError::Files {
        doing: "making the folder",
        place: folder.display().to_string(),
        source,
    })
}

//! One run takes in scans at a time, and one program sends what waits; their locks die with them.
//!
//! On SQLite the lock is the kernel's on a file beside the database; on
//! PostgreSQL it is an advisory lock of a connection of its own. Both go when
//! their process goes, however it goes. Everything but taking in scans works
//! beside a run.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use sqlx::{AnyConnection, Connection};

use super::address::DatabaseAddress;
use super::error::{Doing, Result};
use super::{Store, StoreError};

/// The right to take in scans, until it is dropped.
#[derive(Debug)]
pub struct IntakeLock {
    holds: Holds,
    place: String,
}

/// The right to send what waits in the outbox, until it is dropped: two that sent at once would
/// send everything twice.
#[derive(Debug)]
pub struct OutboxLock {
    _holds: Holds,
}

enum Holds {
    File { _file: File },
    Connection { connection: Box<AnyConnection> },
}

impl IntakeLock {
    /// Asks whether it still holds, before each commit: a file's lock goes only with
    /// this process, but a connection can drop, and another run then has the right.
    pub async fn still_held(&mut self) -> Result<()> {
        match &mut self.holds {
            Holds::File { .. } => Ok(()),
            Holds::Connection { connection } => {
                connection
                    .ping()
                    .await
                    .map_err(|source| StoreError::LockLost {
                        place: self.place.clone(),
                        source,
                    })
            }
        }
    }
}

impl std::fmt::Debug for Holds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::File { .. } => "a file",
            Self::Connection { .. } => "a connection",
        })
    }
}

/// How long a run waits for the last one to be gone: PostgreSQL learns of a
/// killed client only when it next looks at its socket.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(50);

impl Store {
    /// Takes the lock; [`StoreError::Busy`] when another run holds it.
    pub async fn lock_intake(&self) -> Result<IntakeLock> {
        let holds = match &self.address.database {
            DatabaseAddress::Sqlite(path) => self.lock_file(&path.with_extension("intake"))?,
            DatabaseAddress::Postgres(url) => self.lock_connection(url, "postroom intake").await?,
        };
        Ok(IntakeLock {
            holds,
            place: self.address.database.to_string(),
        })
    }

    /// Takes the right to send; `None` while another program has it.
    pub async fn lock_outbox(&self) -> Result<Option<OutboxLock>> {
        let taken = match &self.address.database {
            DatabaseAddress::Sqlite(path) => self.lock_file(&path.with_extension("outbox")),
            DatabaseAddress::Postgres(url) => self.lock_connection(url, "postroom outbox").await,
        };
        match taken {
            Ok(holds) => Ok(Some(OutboxLock { _holds: holds })),
            Err(StoreError::Busy { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn lock_file(&self, path: &Path) -> Result<Holds> {
        let failed = |source| StoreError::Files {
            doing: "locking",
            place: path.display().to_string(),
            source,
        };
        let mut file = open(path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // The file says who; without it the message is still right.
                let _ = file.read_to_string(&mut holder);
                return Err(self.busy(holder.trim()));
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        file.set_len(0).map_err(failed)?;
        file.rewind().map_err(failed)?;
        write!(file, "{}", std::process::id()).map_err(failed)?;
        Ok(Holds::File { _file: file })
    }

    async fn lock_connection(&self, url: &str, what: &'static str) -> Result<Holds> {
        let doing = "taking a lock";
        let mut connection = AnyConnection::connect(url).await.doing(doing)?;
        let begun = Instant::now();
        loop {
            // A store is a schema: two stores in one database do not wait for each other.
            let taken: bool = sqlx::query_scalar(
                "select pg_try_advisory_lock(hashtext($1), hashtext(current_schema()))",
            )
            .bind(what)
            .fetch_one(&mut connection)
            .await
            .doing(doing)?;
            if taken {
                return Ok(Holds::Connection {
                    connection: Box::new(connection),
                });
            }
            if begun.elapsed() > PATIENCE {
                return Err(self.busy(""));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    fn busy(&self, holder: &str) -> StoreError {
        StoreError::Busy {
            place: self.address.database.to_string(),
            holder: if holder.is_empty() {
                String::new()
            } else {
                format!(" (process {holder})")
            },
        }
    }
}

/// Waits for one's turn to make the tables of an SQLite file.
pub(super) fn take_turn(database: &Path) -> Result<File> {
    let path = database.with_extension("making");
    let failed = |source| StoreError::Files {
        doing: "locking",
        place: path.display().to_string(),
        source,
    };
    let file = open(&path).map_err(failed)?;
    file.lock().map_err(failed)?;
    Ok(file)
}

fn open(path: &Path) -> std::io::Result<File> {
    File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
}

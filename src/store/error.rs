//! What can go wrong with the store: what, where, and what to do about it.
//!
//! The message of each error is whole; its source repeats the cause for logs.

use std::error::Error;
use std::io;

use crate::domain::grammar::case_reference::CaseReference;

use super::ids::{CustomerId, ScanId};

/// The store failed, or refused.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address cannot be understood.
    #[error("'{given}' is no place for a store: {why}")]
    Address {
        /// What was given, without its password.
        given: String,
        /// What would be one.
        why: &'static str,
    },
    /// Nothing was ever stored there.
    #[error("there is no store at {place}; 'postroom init' makes one")]
    Missing {
        /// The database's address.
        place: String,
    },
    /// Its tables are of a later program.
    #[error(
        "the store at {place} was made by a newer postroom; use that or a newer program with it"
    )]
    Newer {
        /// The database's address.
        place: String,
    },
    /// Another run is taking in scans.
    #[error("another run is taking in scans at {place}{holder}; wait until it ends, or end it")]
    Busy {
        /// The store's address.
        place: String,
        /// ` (process 4711)` where it is known.
        holder: String,
    },
    /// The database did not do as asked.
    #[error("{doing}: the database answered '{source}'{}", hint(.source))]
    Database {
        /// What was being done.
        doing: &'static str,
        /// Its answer.
        source: sqlx::Error,
    },
    /// The tables could not be made.
    #[error("making the tables of {place}: {source}{}", hint(.source))]
    Migration {
        /// The database's address.
        place: String,
        /// Why not.
        source: sqlx::migrate::MigrateError,
    },
    /// A folder or file of the store.
    #[error("{doing} {place}: {source}{}", hint(.source))]
    Files {
        /// What was being done.
        doing: &'static str,
        /// The path.
        place: String,
        /// Why it failed.
        source: io::Error,
    },
    /// The blob store did not do as asked.
    #[error("{doing} in the blobs at {place}: {source}{}", hint(.source))]
    Blobs {
        /// What was being done.
        doing: &'static str,
        /// The blob store's address.
        place: String,
        /// Its answer.
        source: object_store::Error,
    },
    /// The bytes of a blob are not those that were stored.
    #[error(
        "the blob {digest} at {place} is damaged; restore it from a backup, then run 'postroom verify'"
    )]
    BlobDamaged {
        /// Its name.
        digest: String,
        /// The blob store's address.
        place: String,
    },
    /// The scan is filed already, or its claim was lost; nothing was changed.
    #[error("scan {scan} cannot be changed: it is {state}")]
    NotClaimed {
        /// Which.
        scan: ScanId,
        /// What it is instead of claimed.
        state: String,
    },
    /// A file that was to take the place of a filed one has other pages; nothing was
    /// changed.
    #[error("the file of scan {scan} has another number of pages now: it is another file")]
    OtherPages {
        /// Which.
        scan: ScanId,
    },
    /// The connection that held the right to take in scans is gone; what was filed
    /// before stays filed.
    #[error(
        "the lock of this run on {place} was lost ({source}); nothing more was filed, run again"
    )]
    LockLost {
        /// The store's address.
        place: String,
        /// What the database said.
        source: sqlx::Error,
    },
    /// There is nothing of that name.
    #[error("there is no {what} '{name}' in this store")]
    Unknown {
        /// What kind of thing.
        what: &'static str,
        /// The name that was given.
        name: String,
    },
    /// Nothing is to be done on a closed case.
    #[error("case {case} is closed; open it first: postroom cases reopen {case} --reason ...")]
    CaseClosed {
        /// Which.
        case: CaseReference,
    },
    /// Somebody else goes by that number.
    #[error(
        "the number {number} is that of customer {customer}; join the two (`postroom customers \
         merge`), or give another number"
    )]
    NumberTaken {
        /// The number.
        number: String,
        /// Whose it is.
        customer: CustomerId,
    },
    /// A row holds what no postroom writes.
    #[error("the store's {column} holds '{value}', which is no such thing; run 'postroom verify'")]
    Corrupt {
        /// The column.
        column: String,
        /// What is in it.
        value: String,
    },
    /// All case numbers are given out.
    #[error("all case numbers are given out; begin a new store")]
    NoMoreCases,
}

/// What every operation of the store returns.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

impl StoreError {
    /// Whether the blob store answered, and has no such blob.
    pub(super) const fn is_missing_blob(&self) -> bool {
        matches!(
            self,
            Self::Blobs {
                source: object_store::Error::NotFound { .. },
                ..
            }
        )
    }

    /// Whether it may pass by itself: another run ends, a disk has room again, a
    /// server is back. What is wrong with an address or with a row stays wrong.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Busy { .. } | Self::Files { .. } | Self::Blobs { .. } => true,
            Self::Database { source, .. } => {
                matches!(source, sqlx::Error::Io(_)) || want_in(source).is_some()
            }
            Self::Migration { source, .. } => want_in(source).is_some(),
            _ => false,
        }
    }

    /// Nothing of that name.
    pub(super) fn unknown(what: &'static str, name: impl ToString) -> Self {
        Self::Unknown {
            what,
            name: name.to_string(),
        }
    }
}

/// Says what was being done when the database failed.
pub(super) trait Doing<T> {
    /// The result, its error told with what was being done.
    fn doing(self, doing: &'static str) -> Result<T>;
}

impl<T> Doing<T> for Result<T, sqlx::Error> {
    fn doing(self, doing: &'static str) -> Result<T> {
        self.map_err(|source| StoreError::Database { doing, source })
    }
}

/// What the machine was short of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Want {
    Space,
    Right,
    Connection,
}

/// The advice that goes with a cause, to end its message.
fn hint(source: &(dyn Error + 'static)) -> &'static str {
    match want_in(source) {
        Some(Want::Space) => "; make room, then run the same command again",
        Some(Want::Right) => "; give postroom the right to write there, then run it again",
        Some(Want::Connection) => {
            "; see that it is running and reachable, then run the same command again"
        }
        None => "",
    }
}

/// Follows an error to its root for what was wanting.
fn want_in(error: &(dyn Error + 'static)) -> Option<Want> {
    let mut next = Some(error);
    while let Some(cause) = next {
        let want = cause
            .downcast_ref::<io::Error>()
            .and_then(want_of_files)
            .or_else(|| cause.downcast_ref().and_then(want_of_database));
        if want.is_some() {
            return want;
        }
        next = cause.source();
    }
    None
}

fn want_of_files(error: &io::Error) -> Option<Want> {
    use io::ErrorKind as Kind;
    match error.kind() {
        Kind::StorageFull | Kind::QuotaExceeded | Kind::FileTooLarge => Some(Want::Space),
        Kind::PermissionDenied | Kind::ReadOnlyFilesystem => Some(Want::Right),
        Kind::ConnectionRefused
        | Kind::ConnectionReset
        | Kind::ConnectionAborted
        | Kind::BrokenPipe
        | Kind::TimedOut
        | Kind::UnexpectedEof => Some(Want::Connection),
        _ => None,
    }
}

fn want_of_database(error: &sqlx::Error) -> Option<Want> {
    let code = match error {
        sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
            return Some(Want::Connection);
        }
        sqlx::Error::Database(answer) => answer.code()?,
        _ => return None,
    };
    if let Ok(sqlite) = code.parse::<u32>()
        && code.len() < SQLSTATE_LENGTH
    {
        // Extended codes carry the primary one in their low byte.
        return match sqlite & 0xff {
            SQLITE_FULL => Some(Want::Space),
            SQLITE_READONLY | SQLITE_CANTOPEN | SQLITE_PERM => Some(Want::Right),
            SQLITE_BUSY | SQLITE_NOMEM | SQLITE_IOERR => Some(Want::Connection),
            _ => None,
        };
    }
    match code.get(..2)? {
        "53" if code == "53100" => Some(Want::Space),
        // A lock that was not given in time, and a turn that was lost, too.
        "53" | "08" | "57" | "58" | "55" | "40" => Some(Want::Connection),
        _ => None,
    }
}

/// PostgreSQL's codes have five characters; SQLite's numbers have fewer.
const SQLSTATE_LENGTH: usize = 5;
const SQLITE_PERM: u32 = 3;
const SQLITE_BUSY: u32 = 5;
const SQLITE_NOMEM: u32 = 7;
const SQLITE_READONLY: u32 = 8;
const SQLITE_IOERR: u32 = 10;
const SQLITE_FULL: u32 = 13;
const SQLITE_CANTOPEN: u32 = 14;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_known_however_deep_it_lies() {
        let full = io::Error::from(io::ErrorKind::StorageFull);
        let error = StoreError::Blobs {
            doing: "storing a page",
            place: "blobs".into(),
            source: object_store::Error::Generic {
                store: "LocalFileSystem",
                source: Box::new(full),
            },
        };
        assert!(
            error
                .to_string()
                .ends_with("make room, then run the same command again")
        );
    }

    #[test]
    fn waiting_helps_against_want_and_not_against_a_fault() {
        let database = |source| StoreError::Database {
            doing: "counting",
            source,
        };
        // PostgreSQL's socket goes while it is away.
        let away = io::Error::from(io::ErrorKind::NotFound);
        assert!(database(sqlx::Error::Io(away)).may_pass());
        assert!(database(sqlx::Error::PoolTimedOut).may_pass());
        assert!(!database(sqlx::Error::RowNotFound).may_pass());
        assert!(!StoreError::NoMoreCases.may_pass());
    }

    #[test]
    fn a_denied_folder_wants_a_right_not_room() {
        let error = StoreError::Files {
            doing: "opening",
            place: "/store".into(),
            source: io::Error::from(io::ErrorKind::PermissionDenied),
        };
        assert!(error.to_string().contains("give postroom the right"));
    }
}

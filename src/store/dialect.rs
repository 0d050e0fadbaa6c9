//! All that SQLite and PostgreSQL do not share. Everything else is one SQL text.

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AnyConnection, SqlSafeStr};

use super::address::DatabaseAddress;
use super::search::{Fts5, SearchIndex, TsVector};

/// Which of the two databases a store uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    pub(super) fn of(address: &DatabaseAddress) -> Self {
        match address {
            DatabaseAddress::Sqlite(_) => Self::Sqlite,
            DatabaseAddress::Postgres(_) => Self::Postgres,
        }
    }

    /// Sets up a new connection.
    pub(super) async fn greet(self, connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
        for words in self.greeting() {
            sqlx::query(*words).execute(&mut *connection).await?;
        }
        Ok(())
    }

    fn greeting(self) -> &'static [&'static str] {
        match self {
            // The timeout first: switching to WAL itself needs the file's lock.
            Self::Sqlite => &[
                "pragma busy_timeout = 30000",
                "pragma journal_mode = wal",
                // A commit that was answered survives a power cut.
                "pragma synchronous = full",
                "pragma foreign_keys = on",
                // What is erased is overwritten.
                "pragma secure_delete = on",
            ],
            Self::Postgres => &[
                "set synchronous_commit = on",
                // A lost server must not hold a nightly run for ever.
                "set lock_timeout = '60s'",
            ],
        }
    }

    /// Begins a transaction that will write.
    pub(super) fn begin(self) -> &'static str {
        match self {
            // A transaction that begins by reading and then writes is refused by
            // SQLite when another wrote in between: take the lock at once.
            Self::Sqlite => "begin immediate",
            Self::Postgres => "begin",
        }
    }

    /// Counts the store's tables: 0 on a new database.
    pub(super) fn count_tables(self) -> &'static str {
        match self {
            Self::Sqlite => {
                "select count(*) from sqlite_master where type = 'table' and name = 'batches'"
            }
            Self::Postgres => {
                "select count(*) from information_schema.tables
                 where table_schema = current_schema() and table_name = 'batches'"
            }
        }
    }

    /// Every migration in order. One that was applied is never edited.
    pub(super) fn migrations(self) -> Migrator {
        macro_rules! both {
            ($version:literal, $name:literal, $file:literal) => {
                step(
                    $version,
                    $name,
                    include_str!(concat!("../../migrations/", $file)),
                )
            };
        }
        macro_rules! each {
            ($version:literal, $name:literal, $file:literal) => {
                match self {
                    Self::Sqlite => step(
                        $version,
                        $name,
                        include_str!(concat!("../../migrations/sqlite/", $file)),
                    ),
                    Self::Postgres => step(
                        $version,
                        $name,
                        include_str!(concat!("../../migrations/postgres/", $file)),
                    ),
                }
            };
        }
        let mut steps = vec![
            both!(1, "foundation", "0001_foundation.sql"),
            each!(2, "search", "0002_search.sql"),
            each!(3, "append only", "0003_append_only.sql"),
            both!(4, "unreadable", "0004_unreadable.sql"),
            both!(5, "waiting", "0005_waiting.sql"),
            both!(6, "words", "0006_words.sql"),
            each!(7, "personal", "0007_personal.sql"),
            each!(8, "no case", "0008_no_case.sql"),
            both!(9, "cards", "0009_cards.sql"),
            both!(10, "stacks", "0010_stacks.sql"),
            both!(11, "quality", "0011_quality.sql"),
            both!(12, "lexicons", "0012_lexicons.sql"),
            both!(13, "messages", "0013_messages.sql"),
            each!(14, "search all", "0014_search_all.sql"),
            both!(15, "mail in", "0015_mail_in.sql"),
            both!(16, "speed", "0016_speed.sql"),
            both!(18, "classifier", "0018_classifier.sql"),
            both!(19, "people", "0019_people.sql"),
            both!(20, "web", "0020_web.sql"),
            both!(22, "station", "0022_station.sql"),
        ];
        // SQLite's rows have places by themselves.
        if self == Self::Postgres {
            steps.push(both!(
                17,
                "search places",
                "postgres/0017_search_places.sql"
            ));
        }
        Migrator::with_migrations(steps)
    }

    /// The search index of this database.
    pub(super) fn search(self) -> &'static dyn SearchIndex {
        match self {
            Self::Sqlite => &Fts5,
            Self::Postgres => &TsVector,
        }
    }
}

fn step(version: i64, name: &'static str, sql: &'static str) -> Migration {
    Migration::new(
        version,
        name.into(),
        MigrationType::Simple,
        sql.into_sql_str(),
        false,
    )
}

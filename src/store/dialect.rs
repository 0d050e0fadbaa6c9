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
        let own = match self {
            Self::Sqlite => [
                include_str!("../../migrations/sqlite/0002_search.sql"),
                include_str!("../../migrations/sqlite/0003_append_only.sql"),
                include_str!("../../migrations/sqlite/0007_personal.sql"),
                include_str!("../../migrations/sqlite/0008_no_case.sql"),
                include_str!("../../migrations/sqlite/0014_search_all.sql"),
            ],
            Self::Postgres => [
                include_str!("../../migrations/postgres/0002_search.sql"),
                include_str!("../../migrations/postgres/0003_append_only.sql"),
                include_str!("../../migrations/postgres/0007_personal.sql"),
                include_str!("../../migrations/postgres/0008_no_case.sql"),
                include_str!("../../migrations/postgres/0014_search_all.sql"),
            ],
        };
        let [search, append_only, personal, no_case, search_all] = own;
        let mut steps = vec![
            step(
                1,
                "foundation",
                include_str!("../../migrations/0001_foundation.sql"),
            ),
            step(2, "search", search),
            step(3, "append only", append_only),
            step(
                4,
                "unreadable",
                include_str!("../../migrations/0004_unreadable.sql"),
            ),
            step(
                5,
                "waiting",
                include_str!("../../migrations/0005_waiting.sql"),
            ),
            step(6, "words", include_str!("../../migrations/0006_words.sql")),
            step(7, "personal", personal),
            step(8, "no case", no_case),
            step(9, "cards", include_str!("../../migrations/0009_cards.sql")),
            step(
                10,
                "stacks",
                include_str!("../../migrations/0010_stacks.sql"),
            ),
            step(
                11,
                "quality",
                include_str!("../../migrations/0011_quality.sql"),
            ),
            step(
                12,
                "lexicons",
                include_str!("../../migrations/0012_lexicons.sql"),
            ),
            step(
                13,
                "messages",
                include_str!("../../migrations/0013_messages.sql"),
            ),
            step(14, "search all", search_all),
            step(
                15,
                "mail in",
                include_str!("../../migrations/0015_mail_in.sql"),
            ),
            step(16, "speed", include_str!("../../migrations/0016_speed.sql")),
            step(
                18,
                "classifier",
                include_str!("../../migrations/0018_classifier.sql"),
            ),
            step(
                19,
                "people",
                include_str!("../../migrations/0019_people.sql"),
            ),
            step(20, "web", include_str!("../../migrations/0020_web.sql")),
            step(
                22,
                "station",
                include_str!("../../migrations/0022_station.sql"),
            ),
        ];
        // SQLite's rows have places by themselves.
        if self == Self::Postgres {
            let places = include_str!("../../migrations/postgres/0017_search_places.sql");
            steps.push(step(17, "search places", places));
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

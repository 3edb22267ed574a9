//! The database, and the only module that knows SQL: one file a table or two. The SQL is portable (`$1`, TEXT and BIGINT, no vendor's functions), the
//! driver is named in this file alone.
//!
//! There is one writing connection, so writers wait for each other here and not in the database; readers see the last committed state.

mod backup;
pub(crate) mod holds;
pub(crate) mod log;
pub(crate) mod packages;
mod quotas;
mod search;
mod uploads;
mod users;

pub use holds::{Hold, HoldState};
pub use log::Batch;
pub use packages::{Existing, Standing};
pub use search::{Document, Words};
pub use uploads::{Ending, Upload};
pub use users::{StoredToken, User};

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, SqlSafeStr as _};
use std::path::Path;
use std::time::Duration;

/// The driver.
pub(crate) type Driver = sqlx::Sqlite;

/// What queries run on: a connection, or a transaction.
pub(crate) type Connection = <Driver as sqlx::Database>::Connection;

/// Migrations in order. Their text must never change once released: a database remembers their checksums.
const MIGRATIONS: [(i64, &str, &str); 3] = [
    (1, "core", include_str!("../../migrations/0001_core.sql")),
    (2, "accounts", include_str!("../../migrations/0002_accounts.sql")),
    (3, "search", include_str!("../../migrations/0003_search.sql")),
];

/// How long a connection waits for another process that writes, such as `registry-server user add`.
const BUSY: Duration = Duration::from_secs(10);

/// How many connections read.
const READERS: u32 = 8;

/// A handle; clones are of the same database.
#[derive(Debug, Clone)]
pub struct Database {
    readers: sqlx::Pool<Driver>,
    writer: sqlx::Pool<Driver>,
}

/// Why the database did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// A query failed.
    #[error("database: {0}")]
    Query(#[from] sqlx::Error),
    /// The schema cannot be brought up to date.
    #[error("database: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A row holds what no version of this program writes.
    #[error("database: {table} holds an unreadable {what}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column, in words.
        what: &'static str,
    },
}

/// SQLite's codes for a file that cannot grow: `SQLITE_FULL`, and, where a limit or quota stands in the way and not the disk,
/// `SQLITE_IOERR_WRITE` and `SQLITE_IOERR_SHMSIZE`.
const FULL: [&str; 3] = ["13", "778", "4874"];

impl DatabaseError {
    /// Whether the database's files cannot grow.
    pub fn is_full(&self) -> bool {
        match self {
            Self::Query(sqlx::Error::Database(error)) => {
                error.code().is_some_and(|code| FULL.contains(&&*code))
            }
            _ => false,
        }
    }
}

impl Database {
    /// Opens the database in a file, makes it if need be, and brings its schema up to date. A commit is durable when it returns (WAL, `synchronous = FULL`).
    ///
    /// # Errors
    /// If that fails; a database of a later version of this program is refused.
    pub async fn open(path: &Path) -> Result<Self, DatabaseError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            // SQLite ends a transaction of its own when a file cannot grow, which the driver does not notice: its connection would refuse to begin another for ever.
            .before_acquire(|connection, _| {
                let idle = !connection.is_in_transaction();
                Box::pin(async move { Ok(idle) })
            })
            .connect_with(options.clone())
            .await?;
        let migrations = MIGRATIONS.map(|(version, name, sql)| {
            Migration::new(
                version,
                name.into(),
                MigrationType::Simple,
                sql.into_sql_str(),
                false,
            )
        });
        Migrator::with_migrations(migrations.into()).run(&writer).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(options.read_only(true).create_if_missing(false))
            .await?;
        Ok(Self { readers, writer })
    }

    /// A connection to read with.
    pub(crate) async fn reader(&self) -> Result<sqlx::pool::PoolConnection<Driver>, DatabaseError> {
        Ok(self.readers.acquire().await?)
    }

    /// A transaction that writes. It has the write lock from its beginning, so that what it reads stays true until it commits.
    pub(crate) async fn write(&self) -> Result<sqlx::Transaction<'static, Driver>, DatabaseError> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// Whether it answers.
    ///
    /// # Errors
    /// If it does not.
    pub async fn ping(&self) -> Result<(), DatabaseError> {
        let mut connection = self.reader().await?;
        sqlx::query("SELECT 1").execute(&mut *connection).await?;
        Ok(())
    }

    /// Ends all connections; SQLite folds its write-ahead log into the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// A count, index or time for a BIGINT column. None of them comes near its end.
pub(crate) fn integer(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// What [`integer`] has written.
pub(crate) fn natural(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

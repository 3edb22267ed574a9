//! Leaves and batches: the log as it was decided. What is here has happened; every file of log, map and records can be made from it again.

use super::{Connection, Database, DatabaseError, Driver, integer, natural};
use lumen_pkg::{Digest, PackageName};
use sqlx::Row as _;

/// Leaves that were added together, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The size of the log before.
    pub start: u64,
    /// The size of the log after.
    pub size: u64,
    /// The time of its leaves.
    pub time: u64,
    /// The root of the log's tree after.
    pub tree_root: Digest,
    /// The root of the map after.
    pub map_root: Digest,
    /// How many packages the map has.
    pub packages: u64,
    /// Whether everything made from it is durable, and may be spoken of.
    pub published: bool,
}

impl Database {
    /// The last batch, published or not; `None` in a registry that has never run.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn last_batch(&self) -> Result<Option<Batch>, DatabaseError> {
        let mut connection = self.reader().await?;
        sqlx::query(
            "SELECT start, size, time, tree_root, map_root, packages, published FROM batches ORDER BY size DESC LIMIT 1",
        )
        .fetch_optional(&mut *connection)
        .await?
        .as_ref()
        .map(read_batch)
        .transpose()
    }

    /// The batch after which the log had a size.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn batch_of_size(&self, size: u64) -> Result<Option<Batch>, DatabaseError> {
        let mut connection = self.reader().await?;
        sqlx::query(
            "SELECT start, size, time, tree_root, map_root, packages, published FROM batches WHERE size = $1",
        )
        .bind(integer(size))
        .fetch_optional(&mut *connection)
        .await?
        .as_ref()
        .map(read_batch)
        .transpose()
    }

    /// Says that everything made from a batch is durable.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn mark_published(&self, size: u64) -> Result<(), DatabaseError> {
        let mut transaction = self.write().await?;
        sqlx::query("UPDATE batches SET published = 1 WHERE size = $1")
            .bind(integer(size))
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The texts of at most `limit` leaves from an index on.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn leaves(&self, from: u64, limit: u64) -> Result<Vec<String>, DatabaseError> {
        let mut connection = self.reader().await?;
        let rows = sqlx::query("SELECT body FROM leaves WHERE position >= $1 ORDER BY position LIMIT $2")
            .bind(integer(from))
            .bind(integer(limit))
            .fetch_all(&mut *connection)
            .await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    /// The packages that leaves from an index on are about, each once, sorted.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn packages_since(&self, from: u64) -> Result<Vec<PackageName>, DatabaseError> {
        let mut connection = self.reader().await?;
        let rows = sqlx::query(
            "SELECT DISTINCT package FROM leaves WHERE position >= $1 AND package IS NOT NULL ORDER BY package",
        )
        .bind(integer(from))
        .fetch_all(&mut *connection)
        .await?;
        let name = |text: String| {
            PackageName::parse(&text).map_err(|_| DatabaseError::Corrupt {
                table: "leaves",
                what: "package",
            })
        };
        rows.iter().map(|row| name(row.try_get(0)?)).collect()
    }
}

/// Adds a leaf.
pub(crate) async fn insert_leaf(
    connection: &mut Connection,
    position: u64,
    package: Option<&PackageName>,
    body: &str,
) -> Result<(), DatabaseError> {
    sqlx::query("INSERT INTO leaves (position, package, body) VALUES ($1, $2, $3)")
        .bind(integer(position))
        .bind(package.map(PackageName::as_str))
        .bind(body)
        .execute(connection)
        .await?;
    Ok(())
}

/// Adds a batch.
pub(crate) async fn insert_batch(connection: &mut Connection, batch: &Batch) -> Result<(), DatabaseError> {
    sqlx::query(
        "INSERT INTO batches (start, size, time, tree_root, map_root, packages, published) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(integer(batch.start))
    .bind(integer(batch.size))
    .bind(integer(batch.time))
    .bind(batch.tree_root.to_string())
    .bind(batch.map_root.to_string())
    .bind(integer(batch.packages))
    .bind(i64::from(batch.published))
    .execute(connection)
    .await?;
    Ok(())
}

fn read_batch(row: &<Driver as sqlx::Database>::Row) -> Result<Batch, DatabaseError> {
    let number = |column| row.try_get::<i64, _>(column).map(natural);
    let digest = |column| -> Result<Digest, DatabaseError> {
        Digest::parse(&row.try_get::<String, _>(column)?).ok_or(DatabaseError::Corrupt {
            table: "batches",
            what: "root",
        })
    };
    Ok(Batch {
        start: number(0)?,
        size: number(1)?,
        time: number(2)?,
        tree_root: digest(3)?,
        map_root: digest(4)?,
        packages: number(5)?,
        published: number(6)? != 0,
    })
}

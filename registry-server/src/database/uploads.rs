//! Publishes under way.

use super::{Database, DatabaseError, integer, natural};
use lumen_pkg::Digest;
use lumen_pkg::protocol::Begin;
use sqlx::Row as _;

/// A publish that has begun.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Names it in requests: 32 hexadecimal digits, random.
    pub id: String,
    /// Who began it.
    pub user: String,
    /// What is to be published.
    pub begin: Begin,
    /// Whether its archive is there, checked.
    pub received: bool,
}

impl Database {
    /// The upload of a user with this content: the one that was there, or a new one called `id`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn begin_upload(
        &self,
        id: &str,
        user: &str,
        begin: &Begin,
        now: u64,
    ) -> Result<Upload, DatabaseError> {
        let mut transaction = self.write().await?;
        sqlx::query(
            "INSERT INTO uploads (id, user_name, package, version, archive, size, created) VALUES ($1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (user_name, package, version, archive) DO NOTHING",
        )
        .bind(id)
        .bind(user)
        .bind(begin.package.as_str())
        .bind(begin.version.to_string())
        .bind(begin.archive.to_string())
        .bind(integer(begin.size))
        .bind(integer(now))
        .execute(&mut *transaction)
        .await?;
        let query = sqlx::query(
            "SELECT id, user_name, package, version, archive, size, received FROM uploads \
             WHERE user_name = $1 AND package = $2 AND version = $3 AND archive = $4",
        );
        let row = query
            .bind(user)
            .bind(begin.package.as_str())
            .bind(begin.version.to_string())
            .bind(begin.archive.to_string())
            .fetch_one(&mut *transaction)
            .await?;
        transaction.commit().await?;
        read(&row)
    }

    /// An upload by its id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn upload(&self, id: &str) -> Result<Option<Upload>, DatabaseError> {
        let mut connection = self.reader().await?;
        sqlx::query(
            "SELECT id, user_name, package, version, archive, size, received FROM uploads WHERE id = $1",
        )
        .bind(id)
        .fetch_optional(&mut *connection)
        .await?
        .as_ref()
        .map(read)
        .transpose()
    }

    /// Marks an upload's archive as there and checked.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn mark_received(&self, id: &str) -> Result<(), DatabaseError> {
        let mut transaction = self.write().await?;
        sqlx::query("UPDATE uploads SET received = 1 WHERE id = $1")
            .bind(id)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }
}

fn read(row: &<super::Driver as sqlx::Database>::Row) -> Result<Upload, DatabaseError> {
    let corrupt = |what| DatabaseError::Corrupt {
        table: "uploads",
        what,
    };
    let text = |column| row.try_get::<String, _>(column);
    Ok(Upload {
        id: text(0)?,
        user: text(1)?,
        begin: Begin {
            package: lumen_pkg::PackageName::parse(&text(2)?).map_err(|_| corrupt("package"))?,
            version: text(3)?.parse().map_err(|_| corrupt("version"))?,
            archive: Digest::parse(&text(4)?).ok_or(corrupt("archive"))?,
            size: natural(row.try_get(5)?),
        },
        received: row.try_get::<i64, _>(6)? != 0,
    })
}

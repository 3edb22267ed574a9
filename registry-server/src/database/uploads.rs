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
    /// When it was begun last.
    pub created: u64,
}

impl Database {
    /// The upload of a user with this content: the one that was there, or a new one called `id`. One that was begun before `expired` has no archive
    /// any more. It lasts from now on again.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn begin_upload(
        &self,
        id: &str,
        user: &str,
        begin: &Begin,
        now: u64,
        expired: u64,
    ) -> Result<Upload, DatabaseError> {
        let mut transaction = self.write().await?;
        sqlx::query(
            "INSERT INTO uploads (id, user_name, package, version, archive, size, created) VALUES ($1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (user_name, package, version, archive) DO UPDATE SET \
             received = CASE WHEN uploads.created < $8 THEN 0 ELSE uploads.received END, created = excluded.created",
        )
        .bind(id)
        .bind(user)
        .bind(begin.package.as_str())
        .bind(begin.version.to_string())
        .bind(begin.archive.to_string())
        .bind(integer(begin.size))
        .bind(integer(now))
        .bind(integer(expired))
        .execute(&mut *transaction)
        .await?;
        let query = sqlx::query(
            "SELECT id, user_name, package, version, archive, size, received, created FROM uploads \
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
            "SELECT id, user_name, package, version, archive, size, received, created FROM uploads WHERE id = $1",
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

    /// At most `limit` uploads that were begun before a time, oldest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn uploads_before(&self, time: u64, limit: u64) -> Result<Vec<Upload>, DatabaseError> {
        let mut connection = self.reader().await?;
        let rows = sqlx::query(
            "SELECT id, user_name, package, version, archive, size, received, created FROM uploads \
             WHERE created < $1 ORDER BY created, id LIMIT $2",
        )
        .bind(integer(time))
        .bind(integer(limit))
        .fetch_all(&mut *connection)
        .await?;
        rows.iter().map(read).collect()
    }

    /// Begins to end an upload that was begun before a time; `None` if it is not there or was begun again.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn end_upload(&self, upload: &Upload, time: u64) -> Result<Option<Ending>, DatabaseError> {
        let mut transaction = self.write().await?;
        let ended = sqlx::query("DELETE FROM uploads WHERE id = $1 AND created < $2")
            .bind(&upload.id)
            .bind(integer(time))
            .execute(&mut *transaction)
            .await?;
        if ended.rows_affected() == 0 {
            return Ok(None);
        }
        let archive = upload.begin.archive.to_string();
        let wanted = sqlx::query(
            "SELECT 1 FROM versions WHERE archive = $1 UNION ALL SELECT 1 FROM uploads WHERE archive = $1 LIMIT 1",
        )
        .bind(archive)
        .fetch_optional(&mut *transaction)
        .await?
        .is_some();
        Ok(Some(Ending { transaction, wanted }))
    }
}

/// An upload that ends when its files are gone. Until then nobody can begin another, so that none counts on a file that goes.
pub struct Ending {
    transaction: sqlx::Transaction<'static, super::Driver>,
    /// Whether a version or another upload has the same archive.
    pub wanted: bool,
}

impl Ending {
    /// The upload has ended.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn finish(self) -> Result<(), DatabaseError> {
        Ok(self.transaction.commit().await?)
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
        created: natural(row.try_get(7)?),
    })
}

//! What backups need of the database.

use super::{Database, DatabaseError, integer};
use lumen_pkg::Digest;
use lumen_pkg::protocol::{PublishedVersion, from_canonical};
use sqlx::Row as _;
use std::path::Path;

impl Database {
    /// Writes one state of the whole database into a new file, whatever is written meanwhile. The file is not flushed.
    ///
    /// # Errors
    /// If the database fails, or the file is there.
    pub async fn copy_into(&self, path: &Path) -> Result<(), DatabaseError> {
        let mut connection = self.reader().await?;
        sqlx::query("VACUUM INTO $1")
            .bind(path.to_string_lossy().into_owned())
            .execute(&mut *connection)
            .await?;
        Ok(())
    }

    /// All archives and the lengths of their tars, each once.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn archives(&self) -> Result<Vec<(Digest, u64)>, DatabaseError> {
        let mut connection = self.reader().await?;
        let rows = sqlx::query("SELECT MIN(body) FROM versions GROUP BY archive ORDER BY archive")
            .fetch_all(&mut *connection)
            .await?;
        let archive = |body: String| {
            let version: PublishedVersion =
                from_canonical(body.as_bytes()).map_err(|_| DatabaseError::Corrupt {
                    table: "versions",
                    what: "body",
                })?;
            Ok((version.archive, version.size))
        };
        rows.iter().map(|row| archive(row.try_get(0)?)).collect()
    }

    /// After a restore: everything made from leaves has to be made anew, and uploads have lost their archives.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn forget_what_is_not_backed_up(&self, size: u64) -> Result<(), DatabaseError> {
        let mut transaction = self.write().await?;
        sqlx::query("DELETE FROM uploads")
            .execute(&mut *transaction)
            .await?;
        sqlx::query("UPDATE batches SET published = 0 WHERE size = $1")
            .bind(integer(size))
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }
}

//! Users and tokens.

use super::{Connection, Database, DatabaseError, integer, natural};
use lumen_pkg::Digest;
use sqlx::Row as _;

/// A token as it is stored. The token itself is not.
#[derive(Debug, Clone)]
pub struct StoredToken {
    /// For people and for revoking it.
    pub id: String,
    /// SHA-256 of the token's text.
    pub hash: Digest,
    /// Whose it is.
    pub user: String,
    /// What the user calls it.
    pub label: String,
    /// The scopes in their JSON names, separated by spaces.
    pub scopes: String,
    /// `@acme/*`, `@acme/money`; `None`: all.
    pub packages: Option<String>,
    /// When it was made.
    pub created: u64,
    /// When it ends.
    pub expires: u64,
    /// Whether it was ended before that.
    pub revoked: bool,
}

impl Database {
    /// Adds a user; false if there is one of that name.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn add_user(&self, name: &str, now: u64) -> Result<bool, DatabaseError> {
        let mut transaction = self.write().await?;
        let added =
            sqlx::query("INSERT INTO users (name, created) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING")
                .bind(name)
                .bind(integer(now))
                .execute(&mut *transaction)
                .await?;
        transaction.commit().await?;
        Ok(added.rows_affected() == 1)
    }

    /// Adds a token to a user who is there.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn add_token(&self, token: &StoredToken) -> Result<(), DatabaseError> {
        let mut transaction = self.write().await?;
        insert_token(&mut transaction, token).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The token with a hash, ended or not.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn token(&self, hash: &Digest) -> Result<Option<StoredToken>, DatabaseError> {
        let mut connection = self.reader().await?;
        let row = sqlx::query(
            "SELECT id, user_name, label, scopes, packages, created, expires, revoked FROM tokens WHERE hash = $1",
        )
        .bind(hash.to_string())
        .fetch_optional(&mut *connection)
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(StoredToken {
            id: row.try_get(0)?,
            hash: *hash,
            user: row.try_get(1)?,
            label: row.try_get(2)?,
            scopes: row.try_get(3)?,
            packages: row.try_get(4)?,
            created: natural(row.try_get(5)?),
            expires: natural(row.try_get(6)?),
            revoked: row.try_get::<i64, _>(7)? != 0,
        }))
    }
}

async fn insert_token(connection: &mut Connection, token: &StoredToken) -> Result<(), DatabaseError> {
    sqlx::query(
        "INSERT INTO tokens (id, hash, user_name, label, scopes, packages, created, expires, revoked) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(&token.id)
    .bind(token.hash.to_string())
    .bind(&token.user)
    .bind(&token.label)
    .bind(&token.scopes)
    .bind(&token.packages)
    .bind(integer(token.created))
    .bind(integer(token.expires))
    .bind(i64::from(token.revoked))
    .execute(connection)
    .await?;
    Ok(())
}

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

/// A user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// His name.
    pub name: String,
    /// Since when.
    pub created: u64,
    /// Whether he may do nothing any more.
    pub disabled: bool,
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

    /// All users by name.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn users(&self) -> Result<Vec<User>, DatabaseError> {
        let mut connection = self.reader().await?;
        let rows = sqlx::query("SELECT name, created, disabled FROM users ORDER BY name")
            .fetch_all(&mut *connection)
            .await?;
        let user = |row: &<super::Driver as sqlx::Database>::Row| {
            Ok(User {
                name: row.try_get(0)?,
                created: natural(row.try_get(1)?),
                disabled: row.try_get::<i64, _>(2)? != 0,
            })
        };
        rows.iter().map(user).collect()
    }

    /// Whether there is a user of a name, and he is not disabled.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn is_active(&self, name: &str) -> Result<bool, DatabaseError> {
        let mut connection = self.reader().await?;
        let row = sqlx::query("SELECT 1 FROM users WHERE name = $1 AND disabled = 0")
            .bind(name)
            .fetch_optional(&mut *connection)
            .await?;
        Ok(row.is_some())
    }

    /// Disables a user, or takes that back; false if there is none of the name.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn disable_user(&self, name: &str, disabled: bool) -> Result<bool, DatabaseError> {
        let mut transaction = self.write().await?;
        let done = sqlx::query("UPDATE users SET disabled = $1 WHERE name = $2")
            .bind(i64::from(disabled))
            .bind(name)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    /// All tokens of a user, ended ones too, oldest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn tokens(&self, user: &str) -> Result<Vec<StoredToken>, DatabaseError> {
        let mut connection = self.reader().await?;
        let rows = sqlx::query(
            "SELECT id, user_name, label, scopes, packages, created, expires, revoked, hash FROM tokens \
             WHERE user_name = $1 ORDER BY created, id",
        )
        .bind(user)
        .fetch_all(&mut *connection)
        .await?;
        rows.iter().map(read_token).collect()
    }

    /// Revokes a token, of one user or of any; false if there is none.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn revoke_token(&self, id: &str, user: Option<&str>) -> Result<bool, DatabaseError> {
        let mut transaction = self.write().await?;
        let done =
            sqlx::query("UPDATE tokens SET revoked = 1 WHERE id = $1 AND ($2 IS NULL OR user_name = $2)")
                .bind(id)
                .bind(user)
                .execute(&mut *transaction)
                .await?;
        transaction.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    /// The token with a hash, ended or not; that of a disabled user is revoked.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn token(&self, hash: &Digest) -> Result<Option<StoredToken>, DatabaseError> {
        let mut connection = self.reader().await?;
        let row = sqlx::query(
            "SELECT id, user_name, label, scopes, packages, tokens.created, expires, \
             CASE WHEN disabled <> 0 THEN 1 ELSE revoked END, hash \
             FROM tokens JOIN users ON users.name = tokens.user_name WHERE hash = $1",
        )
        .bind(hash.to_string())
        .fetch_optional(&mut *connection)
        .await?;
        row.as_ref().map(read_token).transpose()
    }
}

fn read_token(row: &<super::Driver as sqlx::Database>::Row) -> Result<StoredToken, DatabaseError> {
    let hash = Digest::parse(&row.try_get::<String, _>(8)?).ok_or(DatabaseError::Corrupt {
        table: "tokens",
        what: "hash",
    })?;
    Ok(StoredToken {
        id: row.try_get(0)?,
        hash,
        user: row.try_get(1)?,
        label: row.try_get(2)?,
        scopes: row.try_get(3)?,
        packages: row.try_get(4)?,
        created: natural(row.try_get(5)?),
        expires: natural(row.try_get(6)?),
        revoked: row.try_get::<i64, _>(7)? != 0,
    })
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

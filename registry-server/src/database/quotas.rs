//! How much of their quotas users have used.

use super::{Connection, Database, DatabaseError, integer, natural};
use crate::policy::Rate;
use sqlx::Row as _;

impl Database {
    /// Takes one from a quota; or says in how many seconds there is one again.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn charge(
        &self,
        user: &str,
        action: &str,
        rate: Rate,
        now: u64,
    ) -> Result<Result<(), u64>, DatabaseError> {
        let mut transaction = self.write().await?;
        let earliest = earliest(&mut transaction, user, action).await?;
        let next = match rate.admit(earliest, now) {
            Ok(next) => next,
            Err(wait) => return Ok(Err(wait)),
        };
        sqlx::query(
            "INSERT INTO quotas (user_name, action, earliest) VALUES ($1, $2, $3) \
             ON CONFLICT (user_name, action) DO UPDATE SET earliest = excluded.earliest",
        )
        .bind(user)
        .bind(action)
        .bind(integer(next))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(Ok(()))
    }

    /// What [`Rate::admit`] has given last; 0 if it was never asked.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn quota(&self, user: &str, action: &str) -> Result<u64, DatabaseError> {
        let mut connection = self.reader().await?;
        earliest(&mut connection, user, action).await
    }
}

async fn earliest(connection: &mut Connection, user: &str, action: &str) -> Result<u64, DatabaseError> {
    let row = sqlx::query("SELECT earliest FROM quotas WHERE user_name = $1 AND action = $2")
        .bind(user)
        .bind(action)
        .fetch_optional(connection)
        .await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?.map_or(0, natural))
}

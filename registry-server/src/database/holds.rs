//! New names that wait for a person, and what others have that they may look like.

use super::{Connection, Database, DatabaseError, Driver, integer, natural};
use crate::policy::Neighbours;
use lumen_pkg::PackageName;
use sqlx::Row as _;

/// A name that somebody wants to publish and a person looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// The package.
    pub package: PackageName,
    /// Who wants to publish it.
    pub user: String,
    /// Why a person should look.
    pub reason: String,
    /// What the person has said.
    pub state: HoldState,
    /// Since when.
    pub created: u64,
}

/// What has become of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldState {
    /// Nobody has looked yet.
    Held,
    /// The user may publish it.
    Released,
    /// He may not.
    Refused,
}

const STATES: [(HoldState, &str); 3] = [
    (HoldState::Held, "held"),
    (HoldState::Released, "released"),
    (HoldState::Refused, "refused"),
];

impl HoldState {
    /// As it is stored and shown.
    pub fn name(self) -> &'static str {
        STATES
            .iter()
            .find(|(state, _)| *state == self)
            .map_or("", |(_, name)| *name)
    }

    fn parse(text: &str) -> Option<Self> {
        STATES
            .iter()
            .find(|(_, name)| *name == text)
            .map(|(state, _)| *state)
    }
}

const COLUMNS: &str = "SELECT package, user_name, reason, state, created FROM holds";

impl Database {
    /// What was said about a name that a user wants to publish.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn hold(&self, package: &PackageName, user: &str) -> Result<Option<Hold>, DatabaseError> {
        let mut connection = self.reader().await?;
        hold(&mut connection, package, user).await
    }

    /// All names that were ever held, oldest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn holds(&self) -> Result<Vec<Hold>, DatabaseError> {
        let mut connection = self.reader().await?;
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "{COLUMNS} ORDER BY created, package, user_name"
        )))
        .fetch_all(&mut *connection)
        .await?;
        rows.iter().map(read).collect()
    }

    /// How many names wait.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn held_names(&self) -> Result<u64, DatabaseError> {
        let mut connection = self.reader().await?;
        let row = sqlx::query("SELECT COUNT(*) FROM holds WHERE state = 'held'")
            .fetch_one(&mut *connection)
            .await?;
        Ok(natural(row.try_get(0)?))
    }

    /// Holds a name, unless it is held already.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn add_hold(
        &self,
        package: &PackageName,
        user: &str,
        reason: &str,
        now: u64,
    ) -> Result<(), DatabaseError> {
        let mut transaction = self.write().await?;
        add_hold(&mut transaction, package, user, reason, now).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Says what is to become of a name; false if it was never held.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn decide_hold(
        &self,
        package: &PackageName,
        user: &str,
        state: HoldState,
    ) -> Result<bool, DatabaseError> {
        let mut transaction = self.write().await?;
        let done = sqlx::query("UPDATE holds SET state = $1 WHERE package = $2 AND user_name = $3")
            .bind(state.name())
            .bind(package.as_str())
            .bind(user)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    /// Scopes and packages of everybody but a user.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn neighbours(&self, user: &str) -> Result<Neighbours, DatabaseError> {
        let mut connection = self.reader().await?;
        let scopes = sqlx::query("SELECT name FROM scopes WHERE owner <> $1 ORDER BY name")
            .bind(user)
            .fetch_all(&mut *connection)
            .await?;
        let packages = sqlx::query(
            "SELECT name FROM packages WHERE name NOT IN (SELECT package FROM owners WHERE owner = $1) ORDER BY name",
        )
        .bind(user)
        .fetch_all(&mut *connection)
        .await?;
        let scopes: Result<Vec<String>, _> = scopes.iter().map(|row| row.try_get(0)).collect();
        let packages: Result<Vec<_>, _> = packages
            .iter()
            .map(|row| name(row.try_get(0)?, "packages"))
            .collect();
        Ok(Neighbours {
            scopes: scopes?,
            packages: packages?,
        })
    }
}

/// What was said about a name that a user wants to publish.
pub(crate) async fn hold(
    connection: &mut Connection,
    package: &PackageName,
    user: &str,
) -> Result<Option<Hold>, DatabaseError> {
    sqlx::query(sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE package = $1 AND user_name = $2"
    )))
    .bind(package.as_str())
    .bind(user)
    .fetch_optional(connection)
    .await?
    .as_ref()
    .map(read)
    .transpose()
}

/// Holds a name, unless it is held already.
pub(crate) async fn add_hold(
    connection: &mut Connection,
    package: &PackageName,
    user: &str,
    reason: &str,
    now: u64,
) -> Result<(), DatabaseError> {
    sqlx::query(
        "INSERT INTO holds (package, user_name, reason, state, created) VALUES ($1, $2, $3, 'held', $4) \
         ON CONFLICT (package, user_name) DO NOTHING",
    )
    .bind(package.as_str())
    .bind(user)
    .bind(reason)
    .bind(integer(now))
    .execute(connection)
    .await?;
    Ok(())
}

/// Scopes and packages of everybody but a user, of those that leaves from an index on are about. A scope comes with its first package.
pub(crate) async fn neighbours_since(
    connection: &mut Connection,
    user: &str,
    from: u64,
) -> Result<Neighbours, DatabaseError> {
    let rows = sqlx::query(
        "SELECT DISTINCT package FROM leaves WHERE position >= $1 AND package IS NOT NULL \
         AND package NOT IN (SELECT package FROM owners WHERE owner = $2) ORDER BY package",
    )
    .bind(integer(from))
    .bind(user)
    .fetch_all(connection)
    .await?;
    let packages: Result<Vec<_>, _> = rows.iter().map(|row| name(row.try_get(0)?, "leaves")).collect();
    let packages = packages?;
    let mut scopes: Vec<String> = packages
        .iter()
        .map(|package| package.scope().to_owned())
        .collect();
    scopes.dedup();
    Ok(Neighbours { scopes, packages })
}

fn read(row: &<Driver as sqlx::Database>::Row) -> Result<Hold, DatabaseError> {
    let corrupt = DatabaseError::Corrupt {
        table: "holds",
        what: "state",
    };
    Ok(Hold {
        package: name(row.try_get(0)?, "holds")?,
        user: row.try_get(1)?,
        reason: row.try_get(2)?,
        state: HoldState::parse(&row.try_get::<String, _>(3)?).ok_or(corrupt)?,
        created: natural(row.try_get(4)?),
    })
}

fn name(text: String, table: &'static str) -> Result<PackageName, DatabaseError> {
    PackageName::parse(&text).map_err(|_| DatabaseError::Corrupt {
        table,
        what: "package",
    })
}

//! Packages, versions, scopes, owners and keys: what the log says, in a form that can be asked. Written in the transactions that add leaves, and nowhere else.

use super::{Connection, Database, DatabaseError, Driver, integer, natural};
use lumen_pkg::protocol::{MapValue, PublicKey, PublishedVersion, Record, from_canonical, to_canonical};
use lumen_pkg::{Digest, PackageName, Version};
use sqlx::Row as _;

/// How a user stands to a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// One of its owners.
    Owner,
    /// There is no such package, and the scope is the user's.
    NewPackage,
    /// There is no such scope either; it becomes the user's.
    NewScope,
    /// Package or scope are somebody else's.
    Stranger,
}

/// A version that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Existing {
    /// The index of its leaf.
    pub leaf: u64,
    /// Its archive.
    pub archive: Digest,
    /// Whether it is yanked.
    pub yanked: bool,
}

impl Database {
    /// How a user stands to a package.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn standing(&self, user: &str, package: &PackageName) -> Result<Standing, DatabaseError> {
        let mut connection = self.reader().await?;
        standing(&mut connection, user, package).await
    }

    /// A version of a package, if it is there.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn existing(
        &self,
        package: &PackageName,
        version: &Version,
    ) -> Result<Option<Existing>, DatabaseError> {
        let mut connection = self.reader().await?;
        existing(&mut connection, package, version).await
    }

    /// The owners of a package, sorted.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn owners(&self, package: &PackageName) -> Result<Vec<String>, DatabaseError> {
        let mut connection = self.reader().await?;
        owners(&mut connection, package).await
    }

    /// All packages, sorted.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn packages(&self) -> Result<Vec<PackageName>, DatabaseError> {
        let mut connection = self.reader().await?;
        let rows = sqlx::query("SELECT name FROM packages ORDER BY name")
            .fetch_all(&mut *connection)
            .await?;
        let name = |text: String| PackageName::parse(&text).map_err(|_| corrupt("packages", "name"));
        rows.iter().map(|row| name(row.try_get(0)?)).collect()
    }

    /// The owner of a scope, if it is there.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn scope_owner(&self, scope: &str) -> Result<Option<String>, DatabaseError> {
        let mut connection = self.reader().await?;
        let row = sqlx::query("SELECT owner FROM scopes WHERE name = $1")
            .bind(scope)
            .fetch_optional(&mut *connection)
            .await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }

    /// The announced keys of a user, sorted by their text.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn keys(&self, user: &str) -> Result<Vec<PublicKey>, DatabaseError> {
        let mut connection = self.reader().await?;
        let rows = sqlx::query("SELECT public_key FROM publisher_keys WHERE owner = $1 ORDER BY public_key")
            .bind(user)
            .fetch_all(&mut *connection)
            .await?;
        let key = |text: String| PublicKey::parse(&text).map_err(|_| corrupt("publisher_keys", "key"));
        rows.iter().map(|row| key(row.try_get(0)?)).collect()
    }

    /// Record and map value of a package, as of the last leaf.
    ///
    /// # Errors
    /// If the database fails or there is no such package.
    pub async fn record(&self, package: &PackageName) -> Result<(Vec<u8>, MapValue), DatabaseError> {
        let mut connection = self.reader().await?;
        let bytes = record_bytes(&mut connection, package).await?;
        let value = map_value(&mut connection, package).await?;
        Ok((bytes, value))
    }

    /// The length of the tar of an archive that some version has.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn archive_size(&self, archive: &Digest) -> Result<Option<u64>, DatabaseError> {
        let mut connection = self.reader().await?;
        let row = sqlx::query("SELECT body FROM versions WHERE archive = $1 LIMIT 1")
            .bind(archive.to_string())
            .fetch_optional(&mut *connection)
            .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(read_version(row.try_get(0)?)?.size))
    }
}

/// See [`Database::standing`]: the one rule of who may publish what.
pub(crate) async fn standing(
    connection: &mut Connection,
    user: &str,
    package: &PackageName,
) -> Result<Standing, DatabaseError> {
    let owners = owners(connection, package).await?;
    if !owners.is_empty() {
        return Ok(match owners.iter().any(|owner| owner == user) {
            true => Standing::Owner,
            false => Standing::Stranger,
        });
    }
    let scope = sqlx::query("SELECT owner FROM scopes WHERE name = $1")
        .bind(package.scope())
        .fetch_optional(connection)
        .await?;
    Ok(match scope {
        None => Standing::NewScope,
        Some(row) if row.try_get::<String, _>(0)? == user => Standing::NewPackage,
        Some(_) => Standing::Stranger,
    })
}

/// See [`Database::owners`].
pub(crate) async fn owners(
    connection: &mut Connection,
    package: &PackageName,
) -> Result<Vec<String>, DatabaseError> {
    let rows = sqlx::query("SELECT owner FROM owners WHERE package = $1 ORDER BY owner")
        .bind(package.as_str())
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// See [`Database::existing`].
pub(crate) async fn existing(
    connection: &mut Connection,
    package: &PackageName,
    version: &Version,
) -> Result<Option<Existing>, DatabaseError> {
    let row = sqlx::query("SELECT leaf, archive, yanked FROM versions WHERE package = $1 AND version = $2")
        .bind(package.as_str())
        .bind(without_build(version))
        .fetch_optional(connection)
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Existing {
        leaf: natural(row.try_get(0)?),
        archive: digest(&row, 1, "versions")?,
        yanked: row.try_get::<i64, _>(2)? != 0,
    }))
}

/// Whether a user has announced a key.
pub(crate) async fn has_key(
    connection: &mut Connection,
    user: &str,
    key: &PublicKey,
) -> Result<bool, DatabaseError> {
    let row = sqlx::query("SELECT 1 FROM publisher_keys WHERE owner = $1 AND public_key = $2")
        .bind(user)
        .bind(key.to_string())
        .fetch_optional(connection)
        .await?;
    Ok(row.is_some())
}

/// The index of the last leaf about a package.
pub(crate) async fn last_leaf(
    connection: &mut Connection,
    package: &PackageName,
) -> Result<Option<u64>, DatabaseError> {
    let row = sqlx::query("SELECT last FROM packages WHERE name = $1")
        .bind(package.as_str())
        .fetch_optional(connection)
        .await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?.map(natural))
}

/// Counts a leaf about a package.
pub(crate) async fn count_leaf(
    connection: &mut Connection,
    package: &PackageName,
    leaf: u64,
) -> Result<(), DatabaseError> {
    sqlx::query(
        "INSERT INTO packages (name, last, count, record) VALUES ($1, $2, 1, '') \
         ON CONFLICT (name) DO UPDATE SET last = excluded.last, count = packages.count + 1",
    )
    .bind(package.as_str())
    .bind(integer(leaf))
    .execute(connection)
    .await?;
    Ok(())
}

/// Adds a version.
pub(crate) async fn insert_version(
    connection: &mut Connection,
    package: &PackageName,
    version: &PublishedVersion,
) -> Result<(), DatabaseError> {
    sqlx::query(
        "INSERT INTO versions (package, version, leaf, archive, yanked, body) VALUES ($1, $2, $3, $4, 0, $5)",
    )
    .bind(package.as_str())
    .bind(without_build(&version.version))
    .bind(integer(version.leaf))
    .bind(version.archive.to_string())
    .bind(text(version))
    .execute(connection)
    .await?;
    Ok(())
}

/// Yanks a version that is there, or takes that back.
pub(crate) async fn set_yanked(
    connection: &mut Connection,
    package: &PackageName,
    version: &Version,
    yanked: bool,
) -> Result<(), DatabaseError> {
    let row = sqlx::query("SELECT body FROM versions WHERE package = $1 AND version = $2")
        .bind(package.as_str())
        .bind(without_build(version))
        .fetch_one(&mut *connection)
        .await?;
    let mut line = read_version(row.try_get(0)?)?;
    line.yanked = yanked;
    sqlx::query("UPDATE versions SET yanked = $1, body = $2 WHERE package = $3 AND version = $4")
        .bind(i64::from(yanked))
        .bind(text(&line))
        .bind(package.as_str())
        .bind(without_build(version))
        .execute(connection)
        .await?;
    Ok(())
}

/// Gives a scope its owner.
pub(crate) async fn insert_scope(
    connection: &mut Connection,
    scope: &str,
    owner: &str,
) -> Result<(), DatabaseError> {
    sqlx::query("INSERT INTO scopes (name, owner) VALUES ($1, $2)")
        .bind(scope)
        .bind(owner)
        .execute(connection)
        .await?;
    Ok(())
}

/// Adds an owner, or takes one away.
pub(crate) async fn set_owner(
    connection: &mut Connection,
    package: &PackageName,
    owner: &str,
    owns: bool,
) -> Result<(), DatabaseError> {
    let query = match owns {
        true => "INSERT INTO owners (package, owner) VALUES ($1, $2) ON CONFLICT (package, owner) DO NOTHING",
        false => "DELETE FROM owners WHERE package = $1 AND owner = $2",
    };
    sqlx::query(query)
        .bind(package.as_str())
        .bind(owner)
        .execute(connection)
        .await?;
    Ok(())
}

/// Announces a key, or withdraws one.
pub(crate) async fn set_key(
    connection: &mut Connection,
    owner: &str,
    key: &PublicKey,
    announced: bool,
) -> Result<(), DatabaseError> {
    let query = match announced {
        true => {
            "INSERT INTO publisher_keys (owner, public_key) VALUES ($1, $2) ON CONFLICT (owner, public_key) DO NOTHING"
        }
        false => "DELETE FROM publisher_keys WHERE owner = $1 AND public_key = $2",
    };
    sqlx::query(query)
        .bind(owner)
        .bind(key.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Makes a package's record anew and notes its digest.
pub(crate) async fn renew_record(
    connection: &mut Connection,
    package: &PackageName,
) -> Result<(Vec<u8>, MapValue), DatabaseError> {
    let bytes = record_bytes(connection, package).await?;
    sqlx::query("UPDATE packages SET record = $1 WHERE name = $2")
        .bind(Digest::of(&bytes).to_string())
        .bind(package.as_str())
        .execute(&mut *connection)
        .await?;
    let value = map_value(connection, package).await?;
    Ok((bytes, value))
}

async fn record_bytes(connection: &mut Connection, package: &PackageName) -> Result<Vec<u8>, DatabaseError> {
    let versions = versions(connection, package).await?;
    let record = Record {
        package: package.clone(),
        versions,
    };
    Ok(record.to_bytes())
}

async fn map_value(connection: &mut Connection, package: &PackageName) -> Result<MapValue, DatabaseError> {
    let row = sqlx::query("SELECT last, count, record FROM packages WHERE name = $1")
        .bind(package.as_str())
        .fetch_one(connection)
        .await?;
    Ok(MapValue {
        last: natural(row.try_get(0)?),
        count: natural(row.try_get(1)?),
        record: digest(&row, 2, "packages")?,
    })
}

/// How many packages there are.
pub(crate) async fn count_packages(connection: &mut Connection) -> Result<u64, DatabaseError> {
    let row = sqlx::query("SELECT COUNT(*) FROM packages")
        .fetch_one(connection)
        .await?;
    Ok(natural(row.try_get(0)?))
}

async fn versions(
    connection: &mut Connection,
    package: &PackageName,
) -> Result<Vec<PublishedVersion>, DatabaseError> {
    let rows = sqlx::query("SELECT body FROM versions WHERE package = $1 ORDER BY leaf")
        .bind(package.as_str())
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| read_version(row.try_get(0)?)).collect()
}

fn read_version(body: String) -> Result<PublishedVersion, DatabaseError> {
    from_canonical(body.as_bytes()).map_err(|_| corrupt("versions", "body"))
}

fn text(version: &PublishedVersion) -> String {
    String::from_utf8(to_canonical(version)).expect("canonical JSON is UTF-8")
}

fn without_build(version: &Version) -> String {
    let mut version = version.clone();
    version.build = semver::BuildMetadata::EMPTY;
    version.to_string()
}

fn digest(
    row: &<Driver as sqlx::Database>::Row,
    column: usize,
    table: &'static str,
) -> Result<Digest, DatabaseError> {
    Digest::parse(&row.try_get::<String, _>(column)?).ok_or(corrupt(table, "digest"))
}

const fn corrupt(table: &'static str, what: &'static str) -> DatabaseError {
    DatabaseError::Corrupt { table, what }
}

//! The search index. With SQLite's FTS5: another database has another text search, behind the same functions.

use super::{Connection, Database, DatabaseError, Driver, integer, natural};
use lumen_pkg::protocol::Hit;
use lumen_pkg::{PackageName, Version};
use sqlx::Row as _;

/// What is found of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The version that a search shows.
    pub version: Version,
    /// Of that version.
    pub description: Option<String>,
    /// Of that version.
    pub keywords: Vec<String>,
}

/// Words to look for, checked: lower-case letters and digits, at least one word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words(Vec<String>);

/// The most words that are looked for.
const MOST_WORDS: usize = 8;

impl Words {
    /// The words of a text; `None` if it has none, or too many.
    pub fn parse(text: &str) -> Option<Self> {
        let words = text.split(|character: char| !character.is_alphanumeric());
        let words = words.filter(|word| !word.is_empty()).map(str::to_lowercase);
        let words: Vec<String> = words.take(MOST_WORDS + 1).collect();
        (1..=MOST_WORDS).contains(&words.len()).then_some(Self(words))
    }

    /// A query of FTS5: each word quoted, so that none is an operator, and each the beginning of one.
    fn query(&self) -> String {
        let quoted: Vec<String> = self.0.iter().map(|word| format!("\"{word}\"*")).collect();
        quoted.join(" ")
    }

    fn joined(&self) -> String {
        self.0.join("-")
    }
}

impl Database {
    /// How many leaves are in the index.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn search_size(&self) -> Result<u64, DatabaseError> {
        let mut connection = self.reader().await?;
        let row = sqlx::query("SELECT size FROM search_state WHERE id = 1")
            .fetch_one(&mut *connection)
            .await?;
        Ok(natural(row.try_get(0)?))
    }

    /// The version that the index has of a package.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn searched_version(&self, package: &PackageName) -> Result<Option<String>, DatabaseError> {
        let mut connection = self.reader().await?;
        let row = sqlx::query("SELECT version FROM search_documents WHERE package = $1")
            .bind(package.as_str())
            .fetch_optional(&mut *connection)
            .await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }

    /// Puts packages into the index, or takes those without a document out of it, and notes how many leaves it has now.
    ///
    /// # Errors
    /// If the database fails; then nothing has changed.
    pub async fn index(
        &self,
        size: u64,
        packages: &[(PackageName, Option<Document>)],
    ) -> Result<(), DatabaseError> {
        let mut transaction = self.write().await?;
        for (package, document) in packages {
            remove(&mut transaction, package).await?;
            if let Some(document) = document {
                insert(&mut transaction, package, document).await?;
            }
        }
        sqlx::query("UPDATE search_state SET size = $1 WHERE id = 1")
            .bind(integer(size))
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Packages that have all words: those of exactly this name, then those whose name begins so, then all others, the better match first. And how many
    /// there are in all.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn search(
        &self,
        words: &Words,
        limit: u64,
        offset: u64,
    ) -> Result<(Vec<Hit>, u64), DatabaseError> {
        let mut connection = self.reader().await?;
        let count = sqlx::query("SELECT COUNT(*) FROM search_text WHERE search_text MATCH $1")
            .bind(words.query())
            .fetch_one(&mut *connection)
            .await?;
        let rows = sqlx::query(
            "SELECT package, version, search_documents.description FROM search_text \
             JOIN search_documents ON search_documents.id = search_text.rowid WHERE search_text MATCH $1 \
             ORDER BY CASE WHEN base = $2 OR whole = $2 THEN 0 \
             WHEN substr(base, 1, length($2)) = $2 OR substr(whole, 1, length($2)) = $2 THEN 1 ELSE 2 END, \
             bm25(search_text, 4.0, 8.0, 4.0, 1.0), package LIMIT $3 OFFSET $4",
        )
        .bind(words.query())
        .bind(words.joined())
        .bind(integer(limit))
        .bind(integer(offset))
        .fetch_all(&mut *connection)
        .await?;
        let hits: Result<Vec<Hit>, DatabaseError> = rows.iter().map(read).collect();
        Ok((hits?, natural(count.try_get(0)?)))
    }
}

async fn remove(connection: &mut Connection, package: &PackageName) -> Result<(), DatabaseError> {
    sqlx::query(
        "DELETE FROM search_text WHERE rowid IN (SELECT id FROM search_documents WHERE package = $1)",
    )
    .bind(package.as_str())
    .execute(&mut *connection)
    .await?;
    sqlx::query("DELETE FROM search_documents WHERE package = $1")
        .bind(package.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

async fn insert(
    connection: &mut Connection,
    package: &PackageName,
    document: &Document,
) -> Result<(), DatabaseError> {
    let row = sqlx::query(
        "INSERT INTO search_documents (package, base, whole, version, description) VALUES ($1, $2, $3, $4, $5) RETURNING id",
    )
    .bind(package.as_str())
    .bind(package.base())
    .bind(format!("{}-{}", package.scope(), package.base()))
    .bind(document.version.to_string())
    .bind(document.description.as_deref())
    .fetch_one(&mut *connection)
    .await?;
    sqlx::query(
        "INSERT INTO search_text (rowid, scope, name, keywords, description) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(row.try_get::<i64, _>(0)?)
    .bind(package.scope())
    .bind(package.base())
    .bind(document.keywords.join(" "))
    .bind(document.description.as_deref())
    .execute(connection)
    .await?;
    Ok(())
}

fn read(row: &<Driver as sqlx::Database>::Row) -> Result<Hit, DatabaseError> {
    let corrupt = |what| DatabaseError::Corrupt {
        table: "search_documents",
        what,
    };
    Ok(Hit {
        package: PackageName::parse(&row.try_get::<String, _>(0)?).map_err(|_| corrupt("package"))?,
        version: row
            .try_get::<String, _>(1)?
            .parse()
            .map_err(|_| corrupt("version"))?,
        description: row.try_get(2)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_an_operator_of_the_search() {
        let cases = [
            ("@acme/Money", Some("\"acme\"* \"money\"*")),
            ("a OR \"b", Some("\"a\"* \"or\"* \"b\"*")),
            ("name:x*", Some("\"name\"* \"x\"*")),
            ("Straße", Some("\"straße\"*")),
            (" - \" * ", None),
            ("", None),
            ("1 2 3 4 5 6 7 8 9", None),
        ];
        for (text, expected) in cases {
            assert_eq!(
                Words::parse(text).map(|words| words.query()).as_deref(),
                expected,
                "{text}"
            );
        }
    }
}

//! What may be proposed to the log, what each proposal needs to be true, and what it changes. All of it happens in the transaction that adds the leaf.

use super::journal::Journal;
use super::name::review_name;
use crate::database::packages::{self, Standing, existing, has_key, standing};
use crate::database::{Connection, DatabaseError};
use lumen_pkg::protocol::{
    Change, Commit, Event, MAXIMUM_LEAF_BYTES, PublicKey, PublishStatement, PublishedVersion,
};
use lumen_pkg::{PackageName, Version};

/// An event that somebody wants in the log. That he is who he says, and that the statement agrees with its archive, has been checked.
#[derive(Debug, Clone)]
pub enum Proposal {
    /// Publish a version whose archive is in its place.
    Publish {
        /// Statement, key and signature.
        commit: Box<Commit>,
        /// Who publishes.
        user: String,
        /// With names of leaves from this index on the package's name has not been compared.
        compared: u64,
    },
    /// Yank a version, or take that back.
    Yank {
        /// Its package.
        package: PackageName,
        /// The version.
        version: Version,
        /// Yanked or not.
        yanked: bool,
        /// Who does it.
        user: String,
    },
    /// Make somebody an owner, or no longer.
    Owner {
        /// The package.
        package: PackageName,
        /// Who is concerned.
        owner: String,
        /// Added or removed.
        change: Change,
        /// Who does it.
        user: String,
    },
    /// Announce a publishing key, or withdraw it.
    Key {
        /// Whose key.
        owner: String,
        /// The key.
        key: PublicKey,
        /// Added or removed.
        change: Change,
    },
}

/// What became of a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Its leaf is in the log.
    Added {
        /// The index of the leaf.
        leaf: u64,
    },
    /// Things were so already.
    Already {
        /// The leaf of the version that is published already.
        leaf: Option<u64>,
    },
    /// A person looks at the new name first; no leaf is in the log.
    Held {
        /// Why, in words.
        reason: String,
    },
}

impl Outcome {
    /// The index of the leaf that was added, if one was.
    pub const fn added(&self) -> Option<u64> {
        match self {
            Self::Added { leaf } => Some(*leaf),
            Self::Already { .. } | Self::Held { .. } => None,
        }
    }
}

/// Why a proposal is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The version is there, with another archive.
    #[error(
        "{package} {version} is published already, as leaf {leaf}, with other content; a version never changes, so publish a new one"
    )]
    VersionExists {
        /// The package.
        package: PackageName,
        /// The version.
        version: Version,
        /// Its leaf.
        leaf: u64,
    },
    /// There is no such version.
    #[error("there is no {package} {version}")]
    NoSuchVersion {
        /// The package.
        package: PackageName,
        /// The version.
        version: Version,
    },
    /// The user owns neither package nor scope.
    #[error("{user} is not an owner of {package}")]
    NotOwner {
        /// The user.
        user: String,
        /// The package.
        package: PackageName,
    },
    /// The last owner cannot go.
    #[error("{owner} is the only owner of {package}; add another first")]
    LastOwner {
        /// The owner.
        owner: String,
        /// The package.
        package: PackageName,
    },
    /// A person has refused the name to the user.
    #[error("The registry's operator has refused `{package}`: {reason}.")]
    NameRefused {
        /// The package.
        package: PackageName,
        /// Why a person looked at it.
        reason: String,
    },
    /// The key is not announced.
    #[error("the key is not one that {user} has announced; announce it first")]
    UnknownKey {
        /// The user.
        user: String,
    },
    /// The leaf would be too long.
    #[error(
        "the leaf would have {bytes} bytes; at most {MAXIMUM_LEAF_BYTES} are allowed: the package has too many dependencies or grants"
    )]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// The sequencer is ending, or has failed; it is not known whether the proposal will be in the log.
    #[error("the registry is shutting down or cannot write; ask again later")]
    Unavailable,
}

/// A refusal, or a failure that ends the batch.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error(transparent)]
    Rejected(#[from] Rejection),
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// Adds a proposal's leaves, and makes its changes.
pub(super) async fn apply(journal: &mut Journal<'_>, proposal: Proposal) -> Result<Outcome, Fault> {
    match proposal {
        Proposal::Publish {
            commit,
            user,
            compared,
        } => publish(journal, *commit, user, compared).await,
        Proposal::Yank {
            package,
            version,
            yanked,
            user,
        } => yank(journal, package, version, yanked, user).await,
        Proposal::Owner {
            package,
            owner,
            change,
            user,
        } => change_owner(journal, package, owner, change, user).await,
        Proposal::Key { owner, key, change } => change_key(journal, owner, key, change).await,
    }
}

async fn publish(
    journal: &mut Journal<'_>,
    commit: Commit,
    user: String,
    compared: u64,
) -> Result<Outcome, Fault> {
    let Commit {
        statement,
        key,
        signature,
    } = commit;
    let package = statement.package.clone();
    let standing = standing(journal.connection(), &user, &package).await?;
    if standing == Standing::Stranger {
        return Err(Rejection::NotOwner { user, package }.into());
    }
    if let Some(there) = existing(journal.connection(), &package, &statement.version).await? {
        return match there.archive == statement.archive {
            true => Ok(Outcome::Already {
                leaf: Some(there.leaf),
            }),
            false => Err(Rejection::VersionExists {
                package,
                version: statement.version,
                leaf: there.leaf,
            }
            .into()),
        };
    }
    if !has_key(journal.connection(), &user, &key).await? {
        return Err(Rejection::UnknownKey { user }.into());
    }
    let event = Event::Publish {
        statement: Box::new(statement.clone()),
        user: user.clone(),
        key,
        signature,
    };
    journal.check_length(&event)?;
    if standing != Standing::Owner
        && let Some(reason) = review_name(journal, &user, &package, standing, compared).await?
    {
        return Ok(Outcome::Held { reason });
    }
    if standing == Standing::NewScope {
        let scope = package.scope().to_owned();
        packages::insert_scope(journal.connection(), &scope, &user).await?;
        let owner = user.clone();
        journal.add(Event::ScopeCreate { scope, owner }).await?;
    }
    let leaf = journal.add(event).await?;
    if standing != Standing::Owner {
        packages::set_owner(journal.connection(), &package, &user, true).await?;
    }
    let time = journal.time();
    let version = line(statement, leaf, time, user, (key, signature));
    packages::insert_version(journal.connection(), &package, &version).await?;
    Ok(Outcome::Added { leaf })
}

fn line(
    statement: PublishStatement,
    leaf: u64,
    time: u64,
    user: String,
    (key, signature): (PublicKey, lumen_pkg::protocol::Signature),
) -> PublishedVersion {
    PublishedVersion {
        version: statement.version,
        leaf,
        time,
        archive: statement.archive,
        size: statement.size,
        files: statement.files,
        manifest: statement.manifest,
        dependencies: statement.dependencies,
        grants: statement.grants,
        yanked: false,
        user,
        key,
        signature,
    }
}

async fn yank(
    journal: &mut Journal<'_>,
    package: PackageName,
    version: Version,
    yanked: bool,
    user: String,
) -> Result<Outcome, Fault> {
    owned(journal.connection(), &user, &package).await?;
    let Some(there) = existing(journal.connection(), &package, &version).await? else {
        return Err(Rejection::NoSuchVersion { package, version }.into());
    };
    if there.yanked == yanked {
        return Ok(Outcome::Already { leaf: None });
    }
    packages::set_yanked(journal.connection(), &package, &version, yanked).await?;
    let leaf = journal
        .add(match yanked {
            true => Event::Yank {
                package,
                version,
                user,
            },
            false => Event::Unyank {
                package,
                version,
                user,
            },
        })
        .await?;
    Ok(Outcome::Added { leaf })
}

async fn change_owner(
    journal: &mut Journal<'_>,
    package: PackageName,
    owner: String,
    change: Change,
    user: String,
) -> Result<Outcome, Fault> {
    owned(journal.connection(), &user, &package).await?;
    let owners = packages::owners(journal.connection(), &package).await?;
    let owns = owners.contains(&owner);
    if owns == (change == Change::Add) {
        return Ok(Outcome::Already { leaf: None });
    }
    if owns && owners.len() == 1 {
        return Err(Rejection::LastOwner { owner, package }.into());
    }
    packages::set_owner(journal.connection(), &package, &owner, !owns).await?;
    let leaf = journal
        .add(Event::OwnerChange {
            package,
            owner,
            change,
            user,
        })
        .await?;
    Ok(Outcome::Added { leaf })
}

async fn change_key(
    journal: &mut Journal<'_>,
    owner: String,
    key: PublicKey,
    change: Change,
) -> Result<Outcome, Fault> {
    let announced = has_key(journal.connection(), &owner, &key).await?;
    if announced == (change == Change::Add) {
        return Ok(Outcome::Already { leaf: None });
    }
    packages::set_key(journal.connection(), &owner, &key, !announced).await?;
    let leaf = journal.add(Event::KeyChange { owner, key, change }).await?;
    Ok(Outcome::Added { leaf })
}

/// Refuses users who are no owners of a package that is there.
async fn owned(connection: &mut Connection, user: &str, package: &PackageName) -> Result<(), Fault> {
    match standing(connection, user, package).await? {
        Standing::Owner => Ok(()),
        _ => Err(Rejection::NotOwner {
            user: user.to_owned(),
            package: package.clone(),
        }
        .into()),
    }
}

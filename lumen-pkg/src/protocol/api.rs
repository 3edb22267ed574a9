//! Bodies of requests and answers of `/api/v1`, all JSON. Unknown keys in requests are refused, in answers ignored.

use super::key::{PublicKey, Signature};
use super::statement::PublishStatement;
use crate::digest::Digest;
use crate::name::PackageName;
use semver::Version;
use serde::{Deserialize, Serialize};

/// `POST publish/begin`. The same request again gives the same answer, so that a client can go on after a crash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Begin {
    /// The package.
    pub package: PackageName,
    /// The version.
    pub version: Version,
    /// SHA-256 of the canonical tar.
    pub archive: Digest,
    /// Its length, in bytes.
    pub size: u64,
}

/// Where a publish stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BeginAnswer {
    /// Names the upload in `publish/ID/archive` and `publish/ID/commit`.
    pub upload: String,
    /// What to do next.
    pub state: UploadState,
}

/// What a publish needs next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "next")]
pub enum UploadState {
    /// `PUT publish/ID/archive`, the archive compressed with zstd.
    Upload,
    /// `POST publish/ID/commit`.
    Commit,
    /// Nothing: this very archive is published.
    Done {
        /// The index of its leaf.
        leaf: u64,
    },
}

/// `POST publish/ID/commit`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commit {
    /// What is published.
    pub statement: PublishStatement,
    /// One of the user's announced keys.
    pub key: PublicKey,
    /// Over the statement's signed bytes.
    pub signature: Signature,
}

/// The answer to a commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "outcome")]
pub enum PublishAnswer {
    /// In the log, durably.
    Published {
        /// The index of its leaf.
        leaf: u64,
    },
    /// A person has to look at it first, for instance since the name looks like another.
    Held {
        /// Why, in words.
        reason: String,
    },
}

/// The answer to a request that wrote one leaf: yank, unyank, owners, keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeafAnswer {
    /// The index of the leaf; `None` if things were so already.
    pub leaf: Option<u64>,
}

/// `GET whoami`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The user's name.
    pub user: String,
    /// What the token may do.
    pub scopes: Vec<TokenScope>,
    /// The packages that the token is limited to: a pattern such as `@acme/*`; `None` means all of the user's.
    pub packages: Option<String>,
    /// When the token expires, seconds since 1970.
    pub expires: Option<u64>,
    /// The user's publishing keys.
    pub keys: Vec<PublicKey>,
}

/// What a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenScope {
    /// Publish packages that do not exist yet.
    PublishNew,
    /// Publish further versions.
    PublishUpdate,
    /// Yank and unyank.
    Yank,
    /// Add and remove owners.
    ChangeOwners,
    /// Announce and withdraw publishing keys, make and revoke tokens.
    Account,
}

/// `POST tokens`. A token can only make tokens that may do no more than itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// What the user calls it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<TokenScope>,
    /// `@acme/*`, `@acme/money`; absent means all.
    #[serde(default)]
    pub packages: Option<String>,
    /// In seconds from now; absent means 90 days.
    #[serde(default)]
    pub lifetime: Option<u64>,
}

/// The answer to `POST tokens`: the only time that the token is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenAnswer {
    /// For `DELETE tokens/ID`.
    pub id: String,
    /// `lumen_` and 43 characters of base64url.
    pub token: String,
    /// When it expires, seconds since 1970.
    pub expires: u64,
}

/// `GET tokens`: the user's tokens that are still good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenList {
    /// Oldest first.
    pub tokens: Vec<TokenEntry>,
}

/// A token, without what is secret about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenEntry {
    /// For `DELETE tokens/ID`.
    pub id: String,
    /// What the user calls it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<TokenScope>,
    /// The packages that it is limited to; `None` means all of the user's.
    pub packages: Option<String>,
    /// When it was made, seconds since 1970.
    pub created: u64,
    /// When it expires, seconds since 1970.
    pub expires: u64,
}

/// `PUT` or `DELETE packages/SCOPE/NAME/owners`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnerRequest {
    /// A user's name.
    pub owner: String,
}

/// `GET packages/SCOPE/NAME/owners`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owners {
    /// User names, sorted.
    pub owners: Vec<String>,
}

/// `PUT` or `DELETE keys`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyRequest {
    /// A publishing key of the user.
    pub key: PublicKey,
    /// For `PUT`: over `lumen key v1\n` and the user's name, to show that the user has the secret half.
    #[serde(default)]
    pub proof: Option<Signature>,
}

/// `GET search?q=TEXT&limit=N&offset=N`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchAnswer {
    /// Best first.
    pub hits: Vec<Hit>,
    /// How many there are in all.
    pub total: u64,
}

/// One package found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// The package.
    pub package: PackageName,
    /// Its newest version that is not yanked; of pre-releases only if there is nothing else.
    pub version: Version,
    /// Of that version.
    pub description: Option<String>,
}

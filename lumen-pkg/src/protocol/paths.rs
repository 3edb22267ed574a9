//! Paths of the registry's static files, relative to its URL, without a leading `/`. Client and server build them here.

use crate::digest::Digest;
use crate::name::PackageName;

/// The log's latest checkpoint (C2SP tlog-tiles). Tiles are at `log/` and `tlog_tiles`' own paths.
pub const CHECKPOINT: &str = "log/checkpoint";

/// The folder of TUF metadata.
pub const TUF: &str = "tuf";

/// The folder of the log's tiles.
pub const LOG: &str = "log";

/// `index/SCOPE/NAME`.
pub fn record(package: &PackageName) -> String {
    format!("index/{}/{}", package.scope(), package.base())
}

/// An archive, compressed with zstd: `blob/sha256/HH/HASH`, named by the digest of the canonical tar.
pub fn archive(digest: &Digest) -> String {
    spread("blob/sha256", digest)
}

/// A file of an archive, with its proof: `blob/sha256/HH/HASH/file/PATH`.
pub fn file(archive: &Digest, path: &str) -> String {
    format!("{}/file/{path}", self::archive(archive))
}

/// A tile of the verifiable map, named by the hash of the subtree that it holds: `map/tile/HH/HASH`.
pub fn map_tile(hash: &Digest) -> String {
    spread("map/tile", hash)
}

/// The inclusion proof of a leaf, with the leaf and a checkpoint: `log/proof/N`.
pub fn leaf_proof(leaf: u64) -> String {
    format!("log/proof/{leaf}")
}

/// Calls of the API are below it.
pub const API: &str = "api/v1";

/// `POST`: begin a publish.
pub const PUBLISH_BEGIN: &str = "api/v1/publish/begin";

/// `GET`: who the token belongs to.
pub const WHOAMI: &str = "api/v1/whoami";

/// `PUT`, `DELETE`: publishing keys of the user.
pub const KEYS: &str = "api/v1/keys";

/// `POST`: make a token; `GET`: list tokens.
pub const TOKENS: &str = "api/v1/tokens";

/// `GET`: look for packages.
pub const SEARCH: &str = "api/v1/search";

/// `PUT`: the archive of an upload, compressed with zstd.
pub fn publish_archive(upload: &str) -> String {
    format!("{API}/publish/{upload}/archive")
}

/// `POST`: commit an upload.
pub fn publish_commit(upload: &str) -> String {
    format!("{API}/publish/{upload}/commit")
}

/// `PUT`: yank a version; `DELETE`: take the yank back. A `+` of the version is written `%2B`.
pub fn yank(package: &PackageName, version: &semver::Version) -> String {
    let version = version.to_string().replace('+', "%2B");
    format!(
        "{API}/packages/{}/{}/{version}/yank",
        package.scope(),
        package.base()
    )
}

/// `GET`, `PUT`, `DELETE`: the owners of a package.
pub fn owners(package: &PackageName) -> String {
    format!("{API}/packages/{}/{}/owners", package.scope(), package.base())
}

/// `DELETE`: revoke a token.
pub fn token(id: &str) -> String {
    format!("{TOKENS}/{id}")
}

fn spread(folder: &str, digest: &Digest) -> String {
    let name = digest.to_string();
    let start = name.get(..2).unwrap_or_default();
    format!("{folder}/{start}/{name}")
}

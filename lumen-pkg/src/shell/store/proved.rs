//! Which publications a stored archive was proved to be. Bytes alone do not say where they come from: a lock that takes a package from one registry must not be
//! served with what another one has proved, be it the same name and version. So the store remembers who proved what. An origin is what a registry says of itself,
//! and the store is shared by workspaces that trust different ones; so it is the pinned root that counts.
//!
//! ```text
//! lumen-proved 2
//! 812 8297e0340ffa6f0b registry.acme.example       leaf, id of the pinned root (`TrustFolder::id`), origin; sorted
//! ```

use super::{PackageStore, StoreError, failed, lock, make_folder, read_limited};
use crate::digest::Digest;
use crate::protocol::is_origin;
use crate::shell::replace::{Durable, write_whole};
use std::collections::BTreeSet;
use std::path::PathBuf;

const FIRST_LINE: &str = "lumen-proved 2";

/// The largest list that is read, in bytes. One line a registry is usual.
const MAXIMUM_PROVED_BYTES: u64 = 64 * 1024;

/// A publication: the leaf of a registry's log.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Proved {
    leaf: u64,
    root: String,
    origin: String,
}

impl Proved {
    /// The leaf with this index in the log of that origin, by the registry whose pinned root has this id ([`super::super::TrustFolder::id`]).
    pub fn new(root: &str, origin: &str, leaf: u64) -> Self {
        Self {
            leaf,
            root: root.to_owned(),
            origin: origin.to_owned(),
        }
    }

    fn parse(line: &str) -> Option<Self> {
        let (leaf, rest) = line.split_once(' ')?;
        let (root, origin) = rest.split_once(' ')?;
        is_origin(origin).then_some(())?;
        Some(Self::new(root, origin, leaf.parse().ok()?))
    }
}

impl PackageStore {
    /// Whether a stored archive was proved to be one of these publications.
    pub fn is_proved(&self, archive: &Digest, mut publications: impl Iterator<Item = Proved>) -> bool {
        let proved = self.proved(archive);
        publications.any(|publication| proved.contains(&publication))
    }

    /// Remembers that an archive has been proved to be this publication.
    ///
    /// # Errors
    /// If the store cannot be written to.
    pub fn keep_proved(&self, archive: &Digest, publication: &Proved) -> Result<(), StoreError> {
        if self.proved(archive).contains(publication) {
            return Ok(());
        }
        let shelf = self.shelf(archive);
        make_folder(&shelf)?;
        let _lock = lock(&shelf)?;
        let mut proved = self.proved(archive);
        proved.insert(publication.clone());
        let mut text = format!("{FIRST_LINE}\n");
        for Proved { leaf, root, origin } in &proved {
            text += &format!("{leaf} {root} {origin}\n");
        }
        let path = self.proved_file(archive);
        write_whole(&path, text.as_bytes(), Durable::Yes).map_err(failed("write", &path))
    }

    /// What is remembered. Of a list that is damaged nothing: the package is then proved again.
    fn proved(&self, archive: &Digest) -> BTreeSet<Proved> {
        let text = read_limited(&self.proved_file(archive), MAXIMUM_PROVED_BYTES).unwrap_or_default();
        let text = String::from_utf8(text).unwrap_or_default();
        let entries = text
            .strip_prefix(FIRST_LINE)
            .and_then(|rest| rest.strip_prefix('\n'));
        let entries: Option<_> = entries.unwrap_or_default().lines().map(Proved::parse).collect();
        entries.unwrap_or_default()
    }

    fn proved_file(&self, archive: &Digest) -> PathBuf {
        self.shelf(archive).join(format!("{archive}.proved"))
    }
}

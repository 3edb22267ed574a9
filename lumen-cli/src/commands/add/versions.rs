//! The versions of a package that its registry proves to have.

use lumen_pkg::client::{ClientError, Freshness, RegistrySession};
use lumen_pkg::config::{Registries, Registry};
use lumen_pkg::edit::{Available, Versions};
use lumen_pkg::shell::{Disk, Home, Http, TrustFolder};
use lumen_pkg::{ManifestSource, PackageName};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// The largest first root that is read, in bytes.
const MAXIMUM_ROOT_BYTES: u64 = 1024 * 1024;

/// The registries of a workspace, over the network.
pub(super) struct FromRegistries<'s> {
    pub(super) home: &'s Home,
    pub(super) registries: &'s Registries,
}

impl Versions for FromRegistries<'_> {
    type Error = anyhow::Error;

    fn versions(&self, package: &PackageName, registry: Option<&str>) -> anyhow::Result<Vec<Available>> {
        let registry = self
            .registries
            .choose(package, registry)
            .map_err(|error| anyhow::anyhow!("{error}; {}, or use `--path` or `--git`", error.help()))?;
        let session = self.open(registry)?;
        let Some(found) = session.record(package)? else {
            anyhow::bail!(
                "there is no package `{package}` in the registry `{}`",
                registry.name
            );
        };
        let versions = &found.record.versions;
        Ok(versions
            .iter()
            .map(|published| Available {
                version: published.version.clone(),
                yanked: published.yanked,
            })
            .collect())
    }
}

impl FromRegistries<'_> {
    #[expect(clippy::disallowed_methods, reason = "a command says what time it is")]
    fn open(&self, registry: &Registry) -> anyhow::Result<RegistrySession> {
        let name = &registry.name;
        let Some(file) = &registry.root else {
            anyhow::bail!(
                "the registry `{name}` cannot be trusted: it has no `root`; get the file with its first root from whoever runs it"
            );
        };
        let root = Disk.read(file, MAXIMUM_ROOT_BYTES).map_err(|error| {
            anyhow::anyhow!("the root of the registry `{name}`, `{}`: {error}", file.display())
        })?;
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        let transport = Arc::new(Http::new(registry.url.as_str())?);
        let trust = Arc::new(TrustFolder::new(self.home.folder(), &root));
        Ok(RegistrySession::open(
            &root,
            transport,
            trust,
            now,
            Freshness::Now,
        )?)
    }
}

/// Whether an error means that something did not verify.
pub(super) fn is_security(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<ClientError>()
        .is_some_and(ClientError::is_security)
}

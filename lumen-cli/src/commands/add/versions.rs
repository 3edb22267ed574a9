//! The versions of a package that its registry proves to have.

use lumen_pkg::PackageName;
use lumen_pkg::client::Freshness;
use lumen_pkg::config::Registries;
use lumen_pkg::edit::{Available, Versions};
use lumen_pkg::shell::{Connector, Home};

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
        let session = Connector::new(self.home.folder(), Freshness::Now).connect(registry)?;
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

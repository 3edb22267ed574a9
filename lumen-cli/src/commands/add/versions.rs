//! The versions of a package that its registry proves to have.

use crate::commands::registry::Access;
use lumen_pkg::PackageName;
use lumen_pkg::config::Registry;
use lumen_pkg::edit::{Available, Versions};

/// The registries of a workspace, over the network.
pub(super) struct FromRegistries<'s> {
    pub(super) access: Access<'s>,
}

impl Versions for FromRegistries<'_> {
    type Error = anyhow::Error;

    fn versions(&self, package: &PackageName, registry: Option<&str>) -> anyhow::Result<Vec<Available>> {
        let registry = self
            .access
            .registries()
            .choose(package, registry)
            .map_err(|error| anyhow::anyhow!("{error}; {}, or use `--path` or `--git`", error.help()))?;
        let session = self.access.open(registry)?;
        let Some(found) = session.record(package)? else {
            anyhow::bail!(
                "there is no package `{package}` in the registry `{}`\n  help: {}",
                registry.name,
                self.elsewhere(package, registry)
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
    /// Where else a package may be: the other registries of the configuration are asked, as far as its scope may come from them.
    fn elsewhere(&self, package: &PackageName, asked: &Registry) -> String {
        let mut silent = Vec::new();
        let registries = self.access.registries();
        for other in registries.iter().filter(|other| other.name != asked.name) {
            if registries.choose(package, Some(&other.name)).is_err() {
                continue;
            }
            let found = self.access.connector().connect(other);
            match found.and_then(|session| session.record(package)) {
                Ok(Some(_)) => {
                    let name = &other.name;
                    return format!("the registry `{name}` has it: `lumen add {package} --registry {name}`");
                }
                Ok(None) => {}
                Err(_) => silent.push(format!("`{}`", other.name)),
            }
        }
        let name = package.as_str().rsplit('/').next().unwrap_or_default();
        let search = format!("`lumen search {name}` looks for the name");
        match silent.is_empty() {
            true => format!("{search}, `--path` and `--git` take a package from elsewhere"),
            false => format!("{search}; {} could not be asked", silent.join(", ")),
        }
    }
}

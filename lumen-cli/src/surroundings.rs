//! Registries, git repositories and the user's configuration, as builds get them: those of Lumen's home.

use crate::commands::Session;
use crate::output::{Downloads, Output};
use lumen_build::Surroundings;
use lumen_pkg::client::Freshness;
use lumen_pkg::config::{Registries, UserConfig};
use lumen_pkg::shell::git::GitRepositories;
use lumen_pkg::shell::{Home, ReadConfig, RegistryPackages};
use lumen_pkg::sync::{FetchError, Packages, Repositories};
use lumen_pkg::{Problem, Severity, Workspace};
use std::path::PathBuf;
use std::sync::Arc;

/// What Lumen's home has.
pub(crate) struct HomeSurroundings {
    output: Arc<Output>,
    home: Home,
    repositories: GitRepositories,
    freshness: Freshness,
}

impl HomeSurroundings {
    /// `offline`: nobody is asked.
    pub(crate) fn new(session: &Session, offline: bool) -> HomeSurroundings {
        let home = Home::new(&session.environment.home);
        HomeSurroundings {
            output: Arc::clone(&session.output),
            repositories: GitRepositories::new(home.git()),
            home,
            freshness: match offline {
                true => Freshness::LastSeen,
                false => Freshness::Now,
            },
        }
    }
}

impl Surroundings for HomeSurroundings {
    fn configuration_file(&self) -> Option<PathBuf> {
        Some(self.home.config_file())
    }

    fn configuration(&self) -> Result<UserConfig, Vec<Problem>> {
        let ReadConfig { config, problems, .. } = self.home.read_config();
        let is_error = |problem: &Problem| problem.severity == Severity::Error;
        match problems.iter().any(is_error) {
            true => Err(problems),
            false => Ok(config),
        }
    }

    fn packages<'s>(
        &'s self,
        _workspace: &Workspace,
        registries: &'s Registries,
    ) -> Result<Box<dyn Packages + 's>, FetchError> {
        let folder = self.home.folder();
        let downloads = Box::new(Downloads::new(&self.output));
        let packages = RegistryPackages::new(registries.clone(), folder, self.freshness, downloads);
        Ok(Box::new(packages))
    }

    fn repositories(&self) -> &dyn Repositories {
        &self.repositories
    }
}

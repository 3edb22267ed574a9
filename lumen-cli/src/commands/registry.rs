//! What the commands that talk to registries share: which registry, its session, its token; and names as people write them.

use super::{Session, manifest};
use crate::arguments::RegistryArguments;
use crate::paths::shown;
use anyhow::{Context, Result, anyhow, bail};
use lumen_pkg::client::{Freshness, RegistrySession, Token, Traffic};
use lumen_pkg::config::{DEFAULT_REGISTRY, Registries, Registry};
use lumen_pkg::shell::{Connector, Credentials, Disk};
use lumen_pkg::{PackageName, Problem, Version};
use std::path::Path;

/// Opens registries for a command.
pub(super) struct Access<'s> {
    session: &'s Session,
    connector: Connector,
    registries: Registries,
}

impl<'s> Access<'s> {
    /// With the registries of the workspace around the current folder, if there is one, and of the user.
    pub(super) fn new(session: &'s Session, freshness: Freshness) -> Result<Access<'s>> {
        let connector = Connector::new(&session.environment.home, freshness);
        let user = connector.user_config()?;
        let folder = &session.environment.folder;
        let registries = match lumen_pkg::load(&Disk, folder).root {
            Some(root) => {
                let text = manifest::read(&root, folder)?;
                Registries::of_workspace(&root, &text, &user)
                    .map_err(|problems| wrong_registries(&problems, folder))?
            }
            None => Registries::of_user(&user),
        };
        Ok(Access {
            session,
            connector,
            registries,
        })
    }

    /// The registry that is named, or that a package comes from, or `default`.
    pub(super) fn choose(
        &self,
        arguments: &RegistryArguments,
        package: Option<&PackageName>,
    ) -> Result<&Registry> {
        let asked = arguments.registry.as_deref();
        let chosen = match package {
            Some(package) => self.registries.choose(package, asked),
            None => {
                let name = asked.unwrap_or(DEFAULT_REGISTRY);
                return self.registries.get(name).ok_or_else(|| {
                    anyhow!("there is no registry `{name}`; `lumen login URL --root root.json --name {name}` adds one")
                });
            }
        };
        chosen.map_err(|error| anyhow!("{error}; {}", error.help()))
    }

    /// A verified session.
    pub(super) fn open(&self, registry: &Registry) -> Result<RegistrySession> {
        Ok(self.connector.connect(registry)?)
    }

    /// All registries.
    pub(super) fn registries(&self) -> &Registries {
        &self.registries
    }

    /// How sessions are opened.
    pub(super) fn connector(&self) -> &Connector {
        &self.connector
    }

    /// The token that is kept for a registry.
    pub(super) fn token(&self, registry: &Registry) -> Result<Token> {
        let url = registry.url.as_str();
        Credentials::new(&self.session.environment.home)
            .token(url)?
            .with_context(|| format!("there is no token for {url}; `lumen login {url}` keeps one"))
    }
}

/// Whatever a workspace's registries are, they are not guessed: a scope would be taken from another one.
fn wrong_registries(problems: &[Problem], folder: &Path) -> anyhow::Error {
    let lines = problems.iter().map(|problem| {
        let file = shown(&problem.location.file, folder);
        let line = problem
            .location
            .region
            .map(|region| format!(", line {}", region.line));
        format!("`{file}`{}: {}", line.unwrap_or_default(), problem.message)
    });
    anyhow!("{}", lines.collect::<Vec<_>>().join("\n"))
}

/// `@scope/name@1.2.0`.
pub(super) fn exact(text: &str) -> Result<(PackageName, Version)> {
    match optional_version(text)? {
        (package, Some(version)) => Ok((package, version)),
        (package, None) => bail!("`{text}` names no version; write `{package}@1.2.0`"),
    }
}

/// `@scope/name`, or `@scope/name@1.2.0`.
pub(super) fn optional_version(text: &str) -> Result<(PackageName, Option<Version>)> {
    let (name, version) = split(text);
    let version = version
        .map(|version| {
            Version::parse(version).map_err(|error| anyhow!("`{version}` is not a version: {error}"))
        })
        .transpose()?;
    Ok((package_name(name)?, version))
}

/// `NAME@REST`; the first `@` is the scope's.
pub(super) fn split(text: &str) -> (&str, Option<&str>) {
    let found = text.match_indices('@').map(|(at, _)| at).find(|at| *at > 0);
    match found.and_then(|at| text.split_at_checked(at)) {
        Some((name, rest)) => (name, rest.strip_prefix('@')),
        None => (text, None),
    }
}

/// `@scope/name`.
pub(super) fn package_name(text: &str) -> Result<PackageName> {
    PackageName::parse(text).map_err(|error| anyhow!("`{text}` is not a package name: {error}"))
}

/// What a command cost on the wire, for `--message-format json`.
pub(super) fn traffic_event(registry: &str, traffic: Traffic) -> serde_json::Value {
    serde_json::json!({
        "event": "traffic",
        "version": 1,
        "registry": registry,
        "requests": traffic.requests,
        "bytes": traffic.bytes,
        "tiles": traffic.tiles,
        "tile_bytes": traffic.tile_bytes,
    })
}

//! `lumen add`: adds a dependency to a manifest, and leaves everything else as it was. What is added is looked at first: the package must be where it is
//! said to be.

mod versions;

use super::manifest::Target;
use super::registry::{Access, package_name, split};
use super::{Session, manifest};
use crate::arguments::AddArguments;
use crate::exit::Exit;
use crate::paths::{absolute, shown};
use anyhow::{Context, Result, anyhow, bail};
use lumen_pkg::client::Freshness;
use lumen_pkg::edit::{
    Added, DependencyTable, NewDependency, Versions, add_dependency, declared_package, newest,
    shares_dependency,
};
use lumen_pkg::shell::Home;
use lumen_pkg::shell::git::{GitRepositories, Network};
use lumen_pkg::{GitReference, GitUrl, PackageName, Requirement, Version, relative_path};
use serde_json::json;
use std::path::Path;
use versions::FromRegistries;

/// Changes the manifest, or says why not and changes nothing.
pub(crate) fn add(session: &Session, arguments: &AddArguments) -> Result<Exit> {
    let (name, requirement) = parse_dependency(&arguments.dependency)?;
    let Some(target) = manifest::find(session, arguments.package.as_deref())? else {
        return Ok(Exit::Usage);
    };
    let dependency = locate(session, arguments, &target, &name, requirement)?;
    let table = match arguments.dev {
        true => DependencyTable::DevDependencies,
        false => DependencyTable::Dependencies,
    };
    let file = shown(&target.file(), &session.environment.folder);
    let place = format!("[{}] in {file}", table.key());
    let value = dependency.render();
    let added = add_dependency(&target.text, table, &name, &dependency)?;
    let (outcome, before) = match &added {
        Added::New(_) => ("added", None),
        Added::Changed { before, .. } => ("changed", Some(before.to_string())),
        Added::Unchanged => ("kept", None),
    };
    match added {
        Added::New(text) => {
            target.write(&text)?;
            session
                .output
                .status("Added", &format!("{name} = {value} to {place}"));
        }
        Added::Changed { text, before } => {
            target.write(&text)?;
            let change = format!("{name} from {before} to {value} in {place}");
            session.output.status("Changed", &change);
        }
        Added::Unchanged => session
            .output
            .status("Kept", &format!("{name} = {value}: it is so already in {place}")),
    }
    session.output.event(&json!({
        "event": "add", "version": 1, "outcome": outcome, "package": name, "dependency": value, "before": before,
        "table": table.key(), "manifest": file,
    }));
    Ok(Exit::Done)
}

/// `@acme/money`, `@acme/money@^1.2`.
fn parse_dependency(text: &str) -> Result<(PackageName, Option<Requirement>)> {
    let (name, requirement) = split(text);
    let requirement = requirement
        .map(|text| {
            Requirement::parse(text)
                .map_err(|error| anyhow!("`{text}` is not a version requirement: {error}"))
        })
        .transpose()?;
    Ok((package_name(name)?, requirement))
}

/// What the manifest is to say.
fn locate(
    session: &Session,
    arguments: &AddArguments,
    target: &Target,
    name: &PackageName,
    requirement: Option<Requirement>,
) -> Result<NewDependency> {
    if let Some(path) = &arguments.path {
        return in_folder(session, target, name, path, requirement);
    }
    if let Some(url) = &arguments.git {
        let reference = reference(arguments)?;
        return in_repository(session, name, url, reference, requirement);
    }
    let is_shared = arguments.registry.is_none() && requirement.is_none();
    if is_shared && shares_dependency(&target.root_text, name) {
        return Ok(NewDependency::Workspace);
    }
    let versions = FromRegistries {
        access: Access::new(session, Freshness::Now)?,
    };
    in_registry(&versions, name, arguments.registry.as_deref(), requirement)
}

/// The package in a folder; the path is written as seen from the manifest.
fn in_folder(
    session: &Session,
    target: &Target,
    name: &PackageName,
    path: &Path,
    requirement: Option<Requirement>,
) -> Result<NewDependency> {
    let start = &session.environment.folder;
    let folder = absolute(start, path);
    let text = manifest::read(&folder, start)?;
    check_package(
        &text,
        name,
        requirement.as_ref(),
        &format!("`{}`", path.display()),
    )?;
    Ok(NewDependency::Path {
        path: relative_path(&target.folder, &folder),
        requirement,
    })
}

/// Checks that a manifest describes the package that is meant.
fn check_package(
    manifest: &str,
    name: &PackageName,
    requirement: Option<&Requirement>,
    place: &str,
) -> Result<()> {
    match (declared_package(manifest), requirement) {
        (None, _) => bail!("there is no package in {place}"),
        (Some((found, _)), _) if found != *name => bail!("the package in {place} is `{found}`, not `{name}`"),
        (Some((_, Some(version))), Some(requirement)) if !requirement.matches(&version) => {
            bail!("the package in {place} has version {version}, which `{requirement}` does not allow")
        }
        _ => Ok(()),
    }
}

fn reference(arguments: &AddArguments) -> Result<GitReference> {
    let keys = [
        ("rev", &arguments.rev),
        ("tag", &arguments.tag),
        ("branch", &arguments.branch),
    ];
    for (key, value) in keys {
        if let Some(value) = value {
            return GitReference::parse(key, value).map_err(|reason| anyhow!("the {key} `{value}` {reason}"));
        }
    }
    Ok(GitReference::DefaultBranch)
}

/// The package in a git repository, which is fetched to look.
fn in_repository(
    session: &Session,
    name: &PackageName,
    url: &str,
    reference: GitReference,
    requirement: Option<Requirement>,
) -> Result<NewDependency> {
    let url = GitUrl::parse(url).map_err(|reason| anyhow!("the repository `{url}` {reason}"))?;
    let repositories = GitRepositories::new(Home::new(&session.environment.home).git());
    let commit = repositories.resolve(&url, &reference, Network::Allowed)?;
    let folder = repositories.checkout(&url, &commit, Network::Allowed)?;
    let text = manifest::read(&folder, &folder).with_context(|| format!("{url} at {commit}"))?;
    check_package(&text, name, requirement.as_ref(), &format!("{url} at {commit}"))?;
    session
        .output
        .status("Fetched", &format!("{url} at {commit}, {reference}"));
    Ok(NewDependency::Git {
        url,
        reference,
        requirement,
    })
}

/// The newest version of a registry that will do.
fn in_registry(
    versions: &impl Versions<Error = anyhow::Error>,
    name: &PackageName,
    registry: Option<&str>,
    requirement: Option<Requirement>,
) -> Result<NewDependency> {
    let available = versions.versions(name, registry)?;
    let Some(chosen) = newest(&available, requirement.as_ref()) else {
        match requirement {
            Some(requirement) => match newest(&available, None) {
                Some(other) => bail!(
                    "there is no version of `{name}` that `{requirement}` accepts; the newest is {other}, `lumen info {name}` shows all"
                ),
                None => bail!("there is no version of `{name}` that `{requirement}` accepts"),
            },
            None => bail!("there is no version of `{name}`"),
        }
    };
    Ok(NewDependency::Registry {
        requirement: match requirement {
            Some(requirement) => requirement,
            None => compatible(chosen)?,
        },
        registry: registry.map(str::to_owned),
    })
}

/// `^VERSION`.
fn compatible(version: &Version) -> Result<Requirement> {
    let text = format!("^{version}");
    Requirement::parse(&text).map_err(|reason| anyhow!("`{text}` is not a version requirement: {reason}"))
}

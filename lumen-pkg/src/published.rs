//! A manifest as it is in a published archive: of one package, without anything that only means something where it was written.
//!
//! Client and registry read it with the same function, so that what is signed, recorded and unpacked cannot disagree. Making one from the manifest
//! of a workspace's member is `published_manifest`.

use crate::manifest::{self, Declaration, Field, Origin};
use crate::name::PackageName;
use crate::problem::Severity;
use crate::protocol::{PublishStatement, PublishedDependency};
use semver::Version;
use toml_edit::{DocumentMut, Item, TableLike, value};

/// What the manifest of a published archive says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedManifest {
    /// The package.
    pub package: PackageName,
    /// Its version.
    pub version: Version,
    /// One sentence.
    pub description: Option<String>,
    /// As written.
    pub keywords: Vec<String>,
    /// Sorted by name; dev-dependencies are left out.
    pub dependencies: Vec<PublishedDependency>,
    /// What the package asks for, sorted.
    pub grants: Vec<String>,
}

/// Why a manifest is not fit for publishing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublishFault {
    /// Not UTF-8, not TOML, or wrong.
    #[error("{0}")]
    Manifest(String),
    /// `[package]` says so.
    #[error("`publish = false` in its manifest")]
    Private,
    /// Something is taken from a place that only the author has.
    #[error("the dependency `{name}` {problem}")]
    Dependency {
        /// As written.
        name: String,
        /// What is wrong with it.
        problem: &'static str,
    },
}

/// Where a manifest and what was signed disagree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found {found}")]
pub struct Disagreement {
    /// What was signed.
    pub expected: String,
    /// What the manifest says.
    pub found: String,
}

impl PublishedManifest {
    /// Reads the manifest of a published archive.
    ///
    /// # Errors
    /// See [`PublishFault`].
    pub fn read(bytes: &[u8]) -> Result<Self, PublishFault> {
        let text =
            std::str::from_utf8(bytes).map_err(|_| PublishFault::Manifest("it is not UTF-8".to_owned()))?;
        let (manifest, findings) = manifest::parse(text);
        let wrong = findings
            .into_iter()
            .find(|finding| finding.severity == Severity::Error);
        if let Some(finding) = wrong {
            return Err(PublishFault::Manifest(finding.message));
        }
        let missing = |what: &str| PublishFault::Manifest(format!("it has no {what}"));
        let manifest = manifest.ok_or_else(|| missing("content"))?;
        if let Some((section, _)) = manifest.root_only.first() {
            return Err(PublishFault::Manifest(format!(
                "`[{section}]` belongs to a workspace"
            )));
        }
        if manifest.workspace.is_some() || !manifest.dev_dependencies.is_empty() {
            let message = "`[workspace]` and `[dev-dependencies]` are not published";
            return Err(PublishFault::Manifest(message.to_owned()));
        }
        let package = manifest.package.ok_or_else(|| missing("`[package]`"))?;
        if matches!(&package.shared.publish, Field::Value(publish) if !publish.value) {
            return Err(PublishFault::Private);
        }
        let own = |field: &Field<String>| match field {
            Field::Value(text) => Some(text.value.clone()),
            _ => None,
        };
        let dependencies: Result<Vec<_>, _> =
            manifest.dependencies.iter().map(published_dependency).collect();
        let mut dependencies = dependencies?;
        dependencies.sort_by(|one, two| one.name.cmp(&two.name));
        let mut grants: Vec<String> = manifest
            .tools
            .iter()
            .map(|grant| grant.value.to_string())
            .collect();
        grants.sort();
        Ok(Self {
            package: package.name.ok_or_else(|| missing("name"))?.value,
            version: match package.shared.version {
                Field::Value(version) => version.value,
                _ => return Err(missing("version of its own")),
            },
            description: own(&package.shared.description),
            keywords: match package.shared.keywords {
                Field::Value(keywords) => keywords.value,
                _ => Vec::new(),
            },
            dependencies,
            grants,
        })
    }

    /// Whether the manifest says what was signed.
    ///
    /// # Errors
    /// The first difference.
    pub fn agrees_with(&self, statement: &PublishStatement) -> Result<(), Disagreement> {
        let pairs = [
            (statement.package.to_string(), self.package.to_string()),
            (statement.version.to_string(), self.version.to_string()),
            (
                dependencies(&statement.dependencies),
                dependencies(&self.dependencies),
            ),
            (grants(&statement.grants), grants(&self.grants)),
        ];
        match pairs.into_iter().find(|(expected, found)| expected != found) {
            Some((expected, found)) => Err(Disagreement { expected, found }),
            None => Ok(()),
        }
    }
}

fn dependencies(dependencies: &[PublishedDependency]) -> String {
    let shown = |dependency: &PublishedDependency| match &dependency.registry {
        Some(registry) => format!("{} {} of {registry}", dependency.name, dependency.requirement),
        None => format!("{} {}", dependency.name, dependency.requirement),
    };
    let shown: Vec<String> = dependencies.iter().map(shown).collect();
    format!("dependencies [{}]", shown.join(", "))
}

fn grants(grants: &[String]) -> String {
    format!("grants [{}]", grants.join(", "))
}

fn published_dependency(declaration: &Declaration) -> Result<PublishedDependency, PublishFault> {
    let fault = |problem| PublishFault::Dependency {
        name: declaration.key.clone(),
        problem,
    };
    let name = declaration
        .name
        .clone()
        .ok_or_else(|| fault("is not a package name"))?;
    match &declaration.origin {
        Origin::Registry(registry) if registry.registry.is_some() => Err(fault(
            "names a registry; a published package has its dependencies from its own registry",
        )),
        Origin::Registry(registry) => Ok(PublishedDependency {
            name,
            requirement: registry.requirement.to_string(),
            registry: None,
        }),
        Origin::Path(_) => Err(fault("is a folder")),
        Origin::Git(_) => Err(fault("is a git repository")),
        Origin::Workspace(_) => Err(fault("is inherited from a workspace")),
        Origin::Broken => Err(fault("comes from nowhere")),
    }
}

/// Sections that mean something only where the manifest was written.
const LOCAL_SECTIONS: [&str; 5] = ["dev-dependencies", "workspace", "registries", "patch", "grants"];

/// The text of a published manifest, from the text of a package's manifest and, if it is the member of one, of its workspace's. Inherited keys are filled
/// in; of dependencies with `path`, `git` or `registry` the version is kept; what only counts in the author's workspace is left out. Comments stay.
///
/// # Errors
/// See [`PublishFault`]: above all dependencies that have no version.
pub fn published_manifest(text: &str, workspace: Option<&str>) -> Result<String, PublishFault> {
    let parse = |text: &str| {
        text.parse::<DocumentMut>()
            .map_err(|error| PublishFault::Manifest(error.message().to_owned()))
    };
    let mut document = parse(text)?;
    let workspace = workspace.map(parse).transpose()?;
    let shared = |section: &str, key: &str| {
        let table = workspace.as_ref()?.get("workspace")?.get(section)?;
        table.get(key).cloned()
    };
    for section in LOCAL_SECTIONS {
        document.remove(section);
    }
    if let Some(package) = document.get_mut("package").and_then(Item::as_table_like_mut) {
        for key in keys(package) {
            if inherits(package.get(&key)) {
                let found = shared("package", &key).ok_or_else(|| {
                    PublishFault::Manifest(format!("`{key}` is inherited, and the workspace has none"))
                })?;
                package.insert(&key, found);
            }
        }
    }
    if let Some(table) = document.get_mut("dependencies").and_then(Item::as_table_like_mut) {
        for key in keys(table) {
            let own = table.get(&key).cloned().unwrap_or_default();
            let whole = match inherits(Some(&own)) {
                true => shared("dependencies", &key).unwrap_or_default(),
                false => own.clone(),
            };
            let requirement = whole.as_str().or_else(|| whole.get("version")?.as_str());
            let requirement = requirement.ok_or_else(|| PublishFault::Dependency {
                name: key.clone(),
                problem: "has no `version`; a published package cannot depend on a folder or repository, so say which versions will do",
            })?;
            if own.as_str().is_none() {
                let mut item = value(requirement);
                if let (Some(new), Some(old)) = (item.as_value_mut(), own.as_value()) {
                    *new.decor_mut() = old.decor().clone();
                }
                table.insert(&key, item);
            }
        }
    }
    let text = document.to_string();
    PublishedManifest::read(text.as_bytes())?;
    Ok(text)
}

fn keys(table: &dyn TableLike) -> Vec<String> {
    table.iter().map(|(key, _)| key.to_owned()).collect()
}

fn inherits(item: Option<&Item>) -> bool {
    item.and_then(|item| item.get("workspace")?.as_bool()) == Some(true)
}

#[cfg(test)]
mod tests {
    use super::{PublishFault, PublishedManifest, published_manifest};

    const WORKSPACE: &str = "[workspace]\nmembers = [\"a\"]\n[workspace.package]\nversion = \"1.2.3\"\nlicense = \"MIT\"\n\
        [workspace.dependencies]\n\"@acme/b\" = { version = \"^2\", path = \"b\" }\n";
    const MEMBER: &str = "# the package\n[package]\nname = \"@acme/a\"\nversion.workspace = true\nlicense.workspace = true\n\n\
        [dependencies]\n\"@acme/b\" = { workspace = true } # prices\n\"@acme/c\" = { version = \"1\", path = \"../c\" }\n\
        \"@acme/d\" = \"0.3\"\n\n[dev-dependencies]\n\"@acme/e\" = { path = \"../e\" }\n";

    #[test]
    fn a_members_manifest_is_made_whole() {
        let text = published_manifest(MEMBER, Some(WORKSPACE)).expect("fit");
        assert_eq!(
            text,
            "# the package\n[package]\nname = \"@acme/a\"\nversion = \"1.2.3\"\nlicense = \"MIT\"\n\n\
             [dependencies]\n\"@acme/b\" = \"^2\" # prices\n\"@acme/c\" = \"1\"\n\"@acme/d\" = \"0.3\"\n"
        );
        let manifest = PublishedManifest::read(text.as_bytes()).expect("readable");
        assert_eq!(manifest.version.to_string(), "1.2.3");
        let shown: Vec<String> = (manifest.dependencies.iter())
            .map(|dependency| format!("{} {}", dependency.name, dependency.requirement))
            .collect();
        assert_eq!(shown, ["@acme/b ^2", "@acme/c ^1", "@acme/d ^0.3"]);
    }

    #[test]
    fn what_only_the_author_has_is_refused() {
        let package = "[package]\nname = \"@acme/a\"\nversion = \"1.0.0\"\n";
        let with = |rest: &str| format!("{package}{rest}");
        for (text, fault) in [
            (with("publish = false\n"), "`publish = false` in its manifest"),
            (
                with("[dependencies]\n\"@acme/b\" = { path = \"../b\" }\n"),
                "has no `version`",
            ),
            (
                with("[dependencies]\n\"@acme/b\" = { workspace = true }\n"),
                "has no `version`",
            ),
        ] {
            let error = published_manifest(&text, None).expect_err(&text);
            assert!(error.to_string().contains(fault), "{error}");
        }
        for rest in [
            "[dependencies]\n\"@acme/b\" = { version = \"1\", path = \"../b\" }\n",
            "[dependencies]\n\"@acme/b\" = { version = \"1\", registry = \"other\" }\n",
            "[dev-dependencies]\n\"@acme/b\" = \"1\"\n",
            "[workspace]\n",
            "[grants]\n",
        ] {
            let refused = PublishedManifest::read(with(rest).as_bytes());
            assert!(refused.is_err(), "{rest}");
        }
        assert_eq!(
            PublishedManifest::read(&[0xff]),
            Err(PublishFault::Manifest("it is not UTF-8".to_owned()))
        );
    }
}

//! The registries of a workspace: its own table over the user's, and the choice of one for a package.

use super::section::{RegistryEntry, RegistrySection};
use super::url::RegistryUrl;
use super::user::UserConfig;
use crate::MANIFEST_FILE;
use crate::name::PackageName;
use crate::problem::{Problem, Severity};
use crate::suggest;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The registry of this name serves all scopes that are bound to none.
pub const DEFAULT_REGISTRY: &str = "default";

/// A registry that packages may come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registry {
    /// What manifests call it.
    pub name: String,
    /// Where it is.
    pub url: RegistryUrl,
    /// The file with its first TUF root, absolute if the folders that are handed in are. Without it the root is the one that `lumen login` pinned.
    pub root: Option<PathBuf>,
    /// Scopes that come from here and from nowhere else. Sorted.
    pub scopes: Vec<String>,
    /// Versions younger than this, in seconds, are not chosen. `None` leaves it to the registry's policy.
    pub minimum_release_age: Option<u64>,
}

/// All registries, by name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Registries {
    by_name: BTreeMap<String, Registry>,
    /// Scope to name of the registry.
    bound: BTreeMap<String, String>,
}

/// Why there is no registry for a package.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChoiceError {
    /// `registry = NAME`, and no table has that name.
    #[error("there is no registry `{name}`")]
    Unknown {
        /// As written.
        name: String,
        /// One with nearly the same name.
        near: Option<String>,
    },
    /// `registry = NAME`, but the scope is bound to another one.
    #[error("`{package}` cannot come from the registry `{asked}`: its scope is bound to `{bound}`")]
    Bound {
        /// The package.
        package: PackageName,
        /// As written.
        asked: String,
        /// Where the scope is bound to.
        bound: String,
    },
    /// The scope is bound to none, and there is no `default`.
    #[error(
        "there is no registry for `{package}`: its scope is bound to none, and none is called `{DEFAULT_REGISTRY}`"
    )]
    None {
        /// The package.
        package: PackageName,
    },
}

impl ChoiceError {
    /// What to do about it.
    pub fn help(&self) -> String {
        match self {
            Self::Unknown { near: Some(near), .. } => format!("did you mean `{near}`?"),
            Self::Unknown { name, near: None } => format!(
                "add `{name} = {{ url = \"https://...\", root = \"...\" }}` to `[registries]` of the workspace, or of `{}` in Lumen's home",
                super::USER_CONFIG_FILE
            ),
            Self::Bound { package, bound, .. } => format!(
                "leave `registry` out, or take \"{}\" out of the `scopes` of `{bound}`",
                package.scope()
            ),
            Self::None { package } => format!(
                "add a registry with `scopes = [\"{}\"]` to `[registries]`, or one called `{DEFAULT_REGISTRY}` (`lumen login URL --root root.json`, with `--no-token` to read only)",
                package.scope()
            ),
        }
    }
}

impl Registries {
    /// Joins the tables. Where both have a name, or bind a scope, the workspace's counts.
    pub(crate) fn join(workspace: Option<(&Path, &RegistrySection)>, user: Option<&UserConfig>) -> Self {
        let mut joined = Self::default();
        let tables = workspace
            .into_iter()
            .chain(user.map(|user| (user.folder.as_path(), &user.registries)));
        for (folder, section) in tables {
            for entry in &section.entries {
                joined.add(folder, entry);
            }
        }
        joined
    }

    /// Those of a workspace, from the text of its root manifest in `folder`, over the user's. The rest of the manifest may be wrong.
    ///
    /// # Errors
    /// What is wrong with `[registries]`, or with the text as a whole. An entry that was left out would leave its scopes to another registry.
    pub fn of_workspace(folder: &Path, manifest: &str, user: &UserConfig) -> Result<Self, Vec<Problem>> {
        let (own, mut problems) = RegistrySection::alone(&folder.join(MANIFEST_FILE), manifest);
        problems.retain(|problem| problem.severity == Severity::Error);
        match problems.is_empty() {
            true => Ok(Self::join(Some((folder, &own)), Some(user))),
            false => Err(problems),
        }
    }

    /// The user's registries alone, for commands outside of any workspace.
    pub fn of_user(user: &UserConfig) -> Self {
        Self::join(None, Some(user))
    }

    fn add(&mut self, folder: &Path, entry: &RegistryEntry) {
        if self.by_name.contains_key(&entry.name.value) {
            return;
        }
        let mut scopes = Vec::with_capacity(entry.scopes.len());
        for scope in &entry.scopes {
            if !self.bound.contains_key(&scope.value) {
                self.bound.insert(scope.value.clone(), entry.name.value.clone());
                scopes.push(scope.value.clone());
            }
        }
        scopes.sort();
        let registry = Registry {
            name: entry.name.value.clone(),
            url: entry.url.clone(),
            root: entry.root.as_ref().map(|root| root.resolve(folder)),
            scopes,
            minimum_release_age: entry.minimum_release_age,
        };
        self.by_name.insert(registry.name.clone(), registry);
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Registry> {
        self.by_name.values()
    }

    /// The one of this name.
    pub fn get(&self, name: &str) -> Option<&Registry> {
        self.by_name.get(name)
    }

    /// The registry that a scope is bound to: its packages come from there and from nowhere else.
    pub fn bound_to(&self, scope: &str) -> Option<&Registry> {
        self.bound.get(scope).and_then(|name| self.by_name.get(name))
    }

    /// The registry that a package comes from; `asked` is the value of `registry` in the dependency, if there is one.
    ///
    /// # Errors
    /// See [`ChoiceError`].
    pub fn choose(&self, package: &PackageName, asked: Option<&str>) -> Result<&Registry, ChoiceError> {
        let bound = self.bound.get(package.scope());
        let name = match (asked, bound) {
            (Some(asked), _) if !self.by_name.contains_key(asked) => {
                return Err(ChoiceError::Unknown {
                    name: asked.to_owned(),
                    near: suggest::nearest(asked, self.by_name.keys().map(String::as_str)).map(str::to_owned),
                });
            }
            (Some(asked), Some(bound)) if asked != bound => {
                return Err(ChoiceError::Bound {
                    package: package.clone(),
                    asked: asked.to_owned(),
                    bound: bound.clone(),
                });
            }
            (Some(asked), _) => asked,
            (None, Some(bound)) => bound,
            (None, None) => DEFAULT_REGISTRY,
        };
        self.by_name.get(name).ok_or_else(|| ChoiceError::None {
            package: package.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(folder: &str, text: &str) -> UserConfig {
        let (config, problems) = UserConfig::parse(&Path::new(folder).join("config.toml"), text);
        assert_eq!(problems, []);
        config
    }

    const USER: &str = "[registries]\ndefault = { url = \"https://user.example\", root = \"keys/root.json\" }\n\
        corp = { url = \"https://user-corp.example\", scopes = [\"corp\", \"lab\"] }\n";
    const WORKSPACE: &str = "[registries.corp]\nurl = \"https://corp.example\"\nroot = \"../root.json\"\nscopes = [\"corp\"]\n\
        minimum-release-age = \"3 days\"\n[registries.other]\nurl = \"http://localhost:1\"\nscopes = [\"lab\"]\n";

    fn joined() -> Registries {
        let workspace = config("/w/shop", WORKSPACE);
        Registries::join(
            Some((Path::new("/w/shop"), &workspace.registries)),
            Some(&config("/h", USER)),
        )
    }

    #[test]
    fn the_workspace_wins() {
        let registries = joined();
        let corp = registries.get("corp").expect("it is there");
        assert_eq!(corp.url.as_str(), "https://corp.example");
        assert_eq!(corp.root.as_deref(), Some(Path::new("/w/root.json")));
        assert_eq!(corp.minimum_release_age, Some(259_200));
        let default = registries.get("default").expect("it is there");
        assert_eq!(default.root.as_deref(), Some(Path::new("/h/keys/root.json")));
        let names: Vec<&str> = registries.iter().map(|registry| registry.name.as_str()).collect();
        assert_eq!(names, ["corp", "default", "other"]);
    }

    #[test]
    fn a_bound_scope_comes_from_nowhere_else() {
        let registries = joined();
        let name = |text: &str| PackageName::parse(text).expect("a name");
        let chosen = |package: &str, asked: Option<&str>| {
            registries
                .choose(&name(package), asked)
                .map(|registry| registry.name.clone())
                .map_err(|error| format!("{error}; {}", error.help()))
        };
        assert_eq!(chosen("@corp/a", None).as_deref(), Ok("corp"));
        assert_eq!(chosen("@corp/a", Some("corp")).as_deref(), Ok("corp"));
        assert_eq!(chosen("@lab/a", None).as_deref(), Ok("other"));
        assert_eq!(chosen("@free/a", None).as_deref(), Ok("default"));
        assert_eq!(chosen("@free/a", Some("other")).as_deref(), Ok("other"));
        let contradiction = "`@corp/a` cannot come from the registry `default`: its scope is bound to `corp`; \
            leave `registry` out, or take \"corp\" out of the `scopes` of `corp`";
        assert_eq!(chosen("@corp/a", Some("default")), Err(contradiction.to_owned()));
        assert!(chosen("@free/a", Some("othr")).is_err_and(|error| error.ends_with("did you mean `other`?")));
        let nothing = Registries::default();
        assert!(matches!(
            nothing.choose(&name("@free/a"), None),
            Err(ChoiceError::None { .. })
        ));
    }
}

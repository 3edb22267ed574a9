//! Packages from a registry in memory: what is built, shared, locked, and left alone.

use super::Workspace;
use super::workspace::{counts, digests, messages};
use crate::build::{Build, Keep};
use crate::files::Files;
use crate::progress::Silent;
use crate::store::Store;
use crate::{BuildError, Outcome, Surroundings};
use lumen_pkg::config::{Registries, UserConfig};
use lumen_pkg::solve::{Candidate, Need, Source, SourcedName};
use lumen_pkg::sync::{
    FetchError, MemoryPackages, MemoryRepositories, Packages, Repositories, SyncError, Update,
};
use lumen_pkg::{PackageName, Problem, Requirement, Version};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const ORIGIN: &str = "registry.example";

/// A registry and no repositories.
#[derive(Clone, Default)]
struct World {
    packages: Arc<MemoryPackages>,
    repositories: Arc<MemoryRepositories>,
}

/// What a build gets of it.
struct Shared<'p>(&'p MemoryPackages);

impl Surroundings for World {
    fn configuration_file(&self) -> Option<PathBuf> {
        None
    }

    fn configuration(&self) -> Result<UserConfig, Vec<Problem>> {
        Ok(UserConfig::default())
    }

    fn packages<'s>(
        &'s self,
        _workspace: &lumen_pkg::Workspace,
        _registries: &'s Registries,
    ) -> Result<Box<dyn Packages + 's>, FetchError> {
        Ok(Box::new(Shared(&self.packages)))
    }

    fn repositories(&self) -> &dyn Repositories {
        &*self.repositories
    }
}

impl lumen_pkg::solve::Provider for Shared<'_> {
    fn candidates(&self, package: &SourcedName) -> Result<Arc<[Candidate]>, lumen_pkg::solve::ProviderError> {
        self.0.candidates(package)
    }
}

impl Packages for Shared<'_> {
    fn origin(&self, registry: &lumen_pkg::config::Registry) -> Result<String, FetchError> {
        self.0.origin(registry)
    }

    fn minimum_release_age(&self, origin: &str) -> Result<Option<u64>, FetchError> {
        self.0.minimum_release_age(origin)
    }

    fn published(
        &self,
        package: &SourcedName,
        version: &Version,
    ) -> Result<lumen_pkg::sync::Published, FetchError> {
        self.0.published(package, version)
    }

    fn registry(&self, origin: &str) -> Result<lumen_pkg::LockedRegistry, FetchError> {
        self.0.registry(origin)
    }

    fn continues(&self, seen: &lumen_pkg::LockedRegistry) -> Result<(), FetchError> {
        self.0.continues(seen)
    }

    fn stored(&self, package: &lumen_pkg::LockedPackage) -> Option<PathBuf> {
        self.0.stored(package)
    }

    fn obtain(&self, packages: &[&lumen_pkg::LockedPackage]) -> Result<Vec<PathBuf>, FetchError> {
        self.0.obtain(packages)
    }

    fn prove(
        &self,
        registry: &lumen_pkg::LockedRegistry,
        packages: &[&lumen_pkg::LockedPackage],
    ) -> Result<(lumen_pkg::LockedCheckpoint, Vec<lumen_pkg::LockedBundle>), FetchError> {
        self.0.prove(registry, packages)
    }

    fn check_proofs(
        &self,
        proofs: &lumen_pkg::Proofs,
        packages: &[&lumen_pkg::LockedPackage],
    ) -> Result<(), FetchError> {
        self.0.check_proofs(proofs, packages)
    }

    fn is_yanked(&self, package: &lumen_pkg::LockedPackage) -> bool {
        self.0.is_yanked(package)
    }

    fn refused(&self, violation: Box<lumen_pkg::client::Violation>) -> FetchError {
        self.0.refused(violation)
    }
}

/// A workspace with a member `@w/app` and a registry.
struct Case {
    workspace: Workspace,
    world: World,
}

fn name(text: &str) -> PackageName {
    PackageName::parse(text).expect("a name")
}

fn version(text: &str) -> Version {
    Version::parse(text).expect("a version")
}

impl Case {
    fn new(needs: &str) -> Case {
        let case = Case {
            workspace: Workspace::new(&[]),
            world: World::default(),
        };
        case.world.packages.add_registry("default", ORIGIN);
        case.root();
        case.needs(needs);
        case
    }

    fn root(&self) {
        self.workspace.files.write(
            "/w/lumen.toml",
            "[workspace]\nmembers = [\"packages/*\"]\n[registries]\ndefault = { url = \"https://registry.example\" }\n",
        );
    }

    /// Writes the manifest of the member.
    fn needs(&self, needs: &str) {
        let text = format!("[package]\nname = \"@w/app\"\nversion = \"0.1.0\"\n[dependencies]\n{needs}");
        self.workspace.files.write("/w/packages/app/lumen.toml", text);
    }

    /// Publishes a version with one module, `lib`.
    fn publish(&self, package: &str, at: &str, needs: &[(&str, &str)], code: &str) {
        let (package, at) = (name(package), version(at));
        let need = |(of, requirement): &(&str, &str)| Need {
            package: SourcedName {
                name: name(of),
                source: Source::Registry(ORIGIN.into()),
            },
            requirement: Some(Requirement::parse(requirement).expect("a requirement")),
        };
        let candidate = Candidate {
            needs: needs.iter().map(need).collect(),
            ..Candidate::new(at.clone())
        };
        self.world
            .packages
            .publish(ORIGIN, &package, candidate, Vec::new());
        let folder = MemoryPackages::folder(ORIGIN, &package, &at);
        let mut manifest = format!("[package]\nname = \"{package}\"\nversion = \"{at}\"\n[dependencies]\n");
        for (of, requirement) in needs {
            manifest += &format!("\"{of}\" = \"{requirement}\"\n");
        }
        self.workspace.files.write(folder.join("lumen.toml"), manifest);
        self.workspace.files.write(folder.join("src/lib.lm.md"), code);
    }

    fn tool(&self) -> Build {
        self.workspace
            .tool()
            .with_surroundings(Box::new(self.world.clone()))
    }

    fn build(&self) -> Outcome {
        self.tool().run(&Silent).expect("the workspace can be built")
    }

    fn lock(&self) -> Option<String> {
        self.workspace.files.load_lock(Path::new("/w")).expect("readable")
    }

    fn update(&self, update: Update) -> Result<Vec<String>, BuildError> {
        let graph = self.tool().packages(update, Keep::Lock)?;
        Ok(graph.synced.changes.iter().map(ToString::to_string).collect())
    }
}

/// `@w/app` uses `@far/a` and `@far/b`, which use two versions of `@far/base`.
fn two_versions() -> Case {
    let case = Case::new("\"@far/a\" = \"1\"\n\"@far/b\" = \"1\"\n");
    case.publish("@far/base", "1.4.0", &[], "cell f Int\n");
    case.publish("@far/base", "2.0.0", &[], "cell f String\n");
    case.publish(
        "@far/a",
        "1.0.0",
        &[("@far/base", "1")],
        "import @far/base: f\ncell g Int\nwarn hidden\n",
    );
    case.publish(
        "@far/b",
        "1.0.0",
        &[("@far/base", "2")],
        "import @far/base: f\ncell h Int\n",
    );
    case.workspace
        .write("app.main", "import @far/a: g\nimport @far/b: h\n");
    case
}

#[test]
fn two_versions_of_a_package_are_in_one_program() {
    let case = two_versions();
    let outcome = case.build();
    assert_eq!(
        messages(&outcome),
        [] as [&str; 0],
        "no warnings of packages from elsewhere"
    );
    assert_eq!(counts(&outcome), (5, 0, 0, 0));
    let modules: Vec<String> = digests(&outcome).iter().map(|(id, ..)| id.to_string()).collect();
    let expected = [
        "@far/a@1.0.0:lib",
        "@far/b@1.0.0:lib",
        "@far/base@1.4.0:lib",
        "@far/base@2.0.0:lib",
        "@w/app@0.1.0:main",
    ];
    assert_eq!(modules, expected);
    let lock = case.lock().expect("written");
    assert!(lock.contains("\"@far/base 1.4.0\"") && lock.contains("\"@far/base 2.0.0\""));
}

#[test]
fn a_build_without_changes_asks_nobody_and_reads_nothing() {
    let case = two_versions();
    case.build();
    case.build();
    let lock = case.lock();
    case.world.packages.take_requests();
    case.workspace.files.take_reads();
    let outcome = case.build();
    assert!(outcome.is_up_to_date());
    assert_eq!(case.workspace.files.take_reads(), 0);
    assert_eq!(case.world.packages.take_requests(), [] as [&str; 0]);
    assert_eq!(case.lock(), lock);
    // With the state gone, the lock still says everything.
    case.workspace.files.forget_state();
    assert_eq!(counts(&case.build()), (0, 5, 0, 0));
    assert_eq!(case.world.packages.take_requests(), [] as [&str; 0]);
    assert_eq!(case.lock(), lock);
}

#[test]
fn an_update_compiles_what_it_reaches_and_no_more() {
    let case = two_versions();
    case.build();
    case.publish("@far/base", "1.5.0", &[], "cell f Int\n");
    assert!(case.build().is_up_to_date(), "the lock holds");
    let changes = case
        .update(Update::Packages(vec![name("@far/base")]))
        .expect("it fits");
    assert_eq!(changes, ["Updating @far/base 1.4.0 -> 1.5.0"]);
    // The new version, and the one package that imports it; what that one shows to others is the same.
    let outcome = case.build();
    assert_eq!(counts(&outcome).0, 2, "{:?}", counts(&outcome));
    let precise = Update::Precise(name("@far/base"), version("1.4.0"));
    assert_eq!(
        case.update(precise).expect("it fits"),
        ["Downgrading @far/base 1.5.0 -> 1.4.0"]
    );
    assert_eq!(counts(&case.build()).0, 0, "it was compiled before");
}

#[test]
fn what_was_compiled_for_one_workspace_is_there_for_another() {
    let case = two_versions();
    case.build();
    let other = Case {
        workspace: Workspace::new(&[]),
        world: case.world.clone(),
    };
    other.root();
    other.needs("\"@far/a\" = \"1\"\n");
    for (package, at) in [("@far/a", "1.0.0"), ("@far/base", "1.4.0")] {
        let folder = MemoryPackages::folder(ORIGIN, &name(package), &version(at));
        for file in ["lumen.toml", "src/lib.lm.md"] {
            let content = case
                .workspace
                .files
                .content(folder.join(file))
                .expect("published");
            other.workspace.files.write(folder.join(file), content);
        }
    }
    other.workspace.write("app.own", "import @far/a: g\n");
    let store: Box<dyn Store> = Box::new(Arc::clone(&case.workspace.store));
    let build = Build::with(
        other.workspace.options.clone(),
        Box::new(other.workspace.files.clone()),
        store,
        Box::new(other.workspace.toy.clone()),
    );
    let outcome = build
        .with_surroundings(Box::new(other.world.clone()))
        .run(&Silent)
        .expect("it can be built");
    assert_eq!(counts(&outcome), (1, 2, 0, 0), "only its own module is compiled");
}

#[test]
fn what_fails_leaves_the_lock_as_it_was() {
    let case = two_versions();
    case.build();
    let lock = case.lock();
    case.publish("@far/base", "1.6.0", &[], "cell f Int\n");
    case.world.packages.forge(&name("@far/base"));
    let failure = case
        .update(Update::Everything)
        .expect_err("the archive is not the published one");
    assert!(
        matches!(&failure, BuildError::Packages(error) if error.is_security()),
        "{failure}"
    );
    assert_eq!(case.lock(), lock);
    case.needs("\"@far/a\" = \"1\"\n\"@far/b\" = \"7\"\n");
    let failure = case.tool().run(&Silent).expect_err("there is no such version");
    assert!(matches!(failure, BuildError::Packages(SyncError::Unsolvable(_))));
    assert_eq!(case.lock(), lock);
}

#[test]
fn locked_and_offline_say_what_is_wrong() {
    let mut case = two_versions();
    case.build();
    case.publish("@far/c", "1.0.0", &[], "cell c Int\n");
    case.needs("\"@far/a\" = \"1\"\n\"@far/b\" = \"1\"\n\"@far/c\" = \"1\"\n");
    let lock = case.lock();
    case.workspace.options.locked = true;
    let failure = case
        .tool()
        .run(&Silent)
        .expect_err("the lock would change")
        .to_string();
    assert!(failure.contains("`@w/app` needs `@far/c`"), "{failure}");
    case.workspace.options.locked = false;
    case.workspace.options.offline = true;
    case.world.packages.take_requests();
    let failure = case
        .tool()
        .run(&Silent)
        .expect_err("nobody may be asked")
        .to_string();
    assert!(failure.contains("missing: `@far/c`"), "{failure}");
    assert_eq!(case.world.packages.take_requests(), [] as [&str; 0]);
    assert_eq!(case.lock(), lock);
    case.needs("\"@far/a\" = \"1\"\n\"@far/b\" = \"1\"\n");
    assert!(case.build().succeeded(), "everything is here");
    case.world.packages.empty_store();
    case.workspace.files.forget_state();
    let failure = case.tool().run(&Silent).expect_err("nothing is here").to_string();
    assert!(failure.contains("missing: `@far/base 1.4.0`"), "{failure}");
}

/// The disk has never seen the registry; the lock has.
#[test]
fn a_log_that_does_not_continue_that_of_the_lock_is_refused() {
    let case = two_versions();
    case.build();
    let lock = case.lock();
    case.publish("@far/base", "1.6.0", &[], "cell f Int\n");
    case.world.packages.rewrite_history();
    let failure = case
        .update(Update::Everything)
        .expect_err("the history is another one");
    assert!(
        matches!(&failure, BuildError::Packages(error) if error.is_security()),
        "{failure}"
    );
    assert_eq!(case.lock(), lock);
}

#[test]
fn a_lock_that_cannot_be_read_chooses_nothing_else() {
    let case = two_versions();
    case.build();
    let lock = " ".repeat(lumen_pkg::MAXIMUM_LOCK_BYTES as usize + 1);
    case.workspace.files.write("/w/lumen.lock", lock.as_str());
    let failure = case.tool().run(&Silent).map(drop);
    assert!(matches!(failure, Err(BuildError::LockNotRead(_))), "{failure:?}");
}

/// Edits of a lock that lead elsewhere than what was published, with everything already in the store. An archive that was never proved to be
/// this publication is asked for, and its registry does not have it; the rest is refused without asking.
#[test]
fn a_lock_that_lies_about_a_package_is_refused() {
    type Lie<'l> = (&'l str, &'l dyn Fn(&str) -> String, &'l str);
    let lies: [Lie<'_>; 5] = [
        (
            "the archive of another version",
            &|lock| {
                let (of, by) = (archive("@far/base", "1.4.0"), archive("@far/base", "2.0.0"));
                lock.replace(&of.0, &by.0).replace(&of.1, &by.1)
            },
            "does not have what the lock holds: @far/base 1.4.0",
        ),
        (
            "the archive of another package",
            &|lock| {
                let (of, by) = (archive("@far/b", "1.0.0"), archive("@far/a", "1.0.0"));
                lock.replace(&of.0, &by.0).replace(&of.1, &by.1)
            },
            "one of @far/a 1.0.0",
        ),
        (
            "a version that was not asked for",
            &|lock| {
                let (of, by) = ("\"@far/base 1.4.0\"", "\"@far/base 2.0.0\"");
                lock.replace(of, "?").replace(by, of).replace('?', by)
            },
            "2.0.0 in the lock",
        ),
        (
            "a dependency that is not one",
            &|lock| lock.replace("\"@far/base 1.4.0\"", "\"@far/b\", \"@far/base 1.4.0\""),
            "`@far/b` in the lock",
        ),
        (
            "a grant that nobody asked for",
            &|lock| {
                lock.replace(
                    "name = \"@far/a\"\n",
                    "name = \"@far/a\"\ngrants = [\"http.get\"]\n",
                )
            },
            "http.get",
        ),
    ];
    for (lie, edit, found) in lies {
        let mut case = two_versions();
        case.build();
        let lock = case.lock().expect("a lock");
        let edited = edit(&lock);
        assert_ne!(edited, lock, "{lie}");
        case.workspace.files.write("/w/lumen.lock", edited.as_str());
        for locked in [false, true] {
            case.workspace.options.locked = locked;
            let failure = case.tool().run(&Silent).map(drop);
            let Err(BuildError::Packages(error)) = failure else {
                panic!("{lie}: {failure:?}\n{edited}");
            };
            assert!(error.is_security(), "{lie}: {error}");
            assert!(error.to_string().contains(found), "{lie}: {error}");
        }
    }
}

/// Archive and file tree of a version, as locks write them.
fn archive(package: &str, at: &str) -> (String, String) {
    let folder = MemoryPackages::folder(ORIGIN, &name(package), &version(at));
    let archive = folder.file_name().expect("a name").to_string_lossy().into_owned();
    let digest = lumen_pkg::Digest::parse(&archive).expect("a digest");
    (archive, lumen_pkg::Digest::of(digest.as_bytes()).to_string())
}

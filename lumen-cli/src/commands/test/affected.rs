//! `--affected BASE`: which tests reach something that differs from a commit. That commit's tree is laid out in a temporary
//! folder, without touching index or working tree of the repository, built with the same cache, and its tests are keyed.

use super::keys::{Keyed, KeyedTest};
use super::names::{Named, named_tests};
use super::selection::Selection;
use crate::arguments::TestArguments;
use crate::commands::Session;
use crate::surroundings::HomeSurroundings;
use lumen_build::{Build, Options, Silent};
use lumen_compiler::interface::Digest;
use lumen_vm::lir::ModuleId;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Keys of the tests of a commit, by module and cell; nothing if it cannot be built, so that every test counts.
pub(super) struct Base(Option<BTreeMap<(ModuleId, String), Digest>>);

impl Base {
    /// The tests of a commit of the repository that `root`, the workspace's folder, lies in.
    ///
    /// # Errors
    /// In words: there is no repository, or it has no such commit.
    pub(super) fn of(
        session: &Session,
        arguments: &TestArguments,
        selection: &Selection,
        root: &Path,
        base: &str,
    ) -> Result<Base, String> {
        let repository = Repository { folder: root };
        let prefix = repository.prefix()?;
        let commit = repository.commit(base)?;
        let temporary =
            tempfile::tempdir().map_err(|error| format!("there is no temporary folder: {error}"))?;
        let tree = temporary.path().join("tree");
        repository.lay_out(&commit, temporary.path(), &tree)?;
        let options = Options {
            snippets: true,
            ..selection
                .target(session)
                .starting_at(tree.join(prefix))
                .options(session, &arguments.options)
        };
        match keys(session, arguments, selection, options) {
            Ok(keys) => Ok(Base(Some(keys))),
            Err(reason) => {
                session.output.note(&format!(
                    "note: `{base}` cannot be built ({reason}); every test counts as affected"
                ));
                Ok(Base(None))
            }
        }
    }

    /// Whether a test is another one than in the commit.
    pub(super) fn differs(&self, keyed: &KeyedTest<'_>) -> bool {
        let Some(keys) = &self.0 else { return true };
        let key = keyed.digest();
        key.is_none() || keys.get(&place(keyed.test)).copied() != key
    }
}

fn keys(
    session: &Session,
    arguments: &TestArguments,
    selection: &Selection,
    options: Options,
) -> Result<BTreeMap<(ModuleId, String), Digest>, String> {
    let offline = arguments.options.packages.is_offline();
    let build = Build::new(options).with_surroundings(Box::new(HomeSurroundings::new(session, offline)));
    let mut outcome = build.run(&Silent).map_err(|error| error.to_string())?;
    if !outcome.succeeded() {
        return Err("it has errors".to_owned());
    }
    let tests = named_tests(&build, &outcome);
    let entries: BTreeSet<ModuleId> = tests.iter().map(|test| test.case.module.clone()).collect();
    let entries: Vec<ModuleId> = entries.into_iter().collect();
    let modules = build
        .program(&mut outcome, &entries, &Silent)
        .map_err(|error| error.to_string())?;
    let all = tests.iter().collect();
    let keyed = Keyed::of(&build, &outcome, &modules, &tests, all, selection.test_limits());
    let keyed = keyed.tests.iter();
    let keyed = keyed.filter_map(|keyed| Some((place(keyed.test), keyed.digest()?)));
    Ok(keyed.collect())
}

/// What a test is found by in both trees: lines move.
fn place(test: &Named) -> (ModuleId, String) {
    (test.case.module.clone(), test.case.test.cell.clone())
}

/// The git repository around a folder.
struct Repository<'r> {
    folder: &'r Path,
}

impl Repository<'_> {
    /// The folder, as seen from the top of the working tree.
    fn prefix(&self) -> Result<PathBuf, String> {
        self.git(&["rev-parse", "--show-prefix"], None)
            .map(PathBuf::from)
            .map_err(|reason| {
                format!(
                    "`--affected` compares with a commit of the git repository around `{}`: {reason}",
                    self.folder.display()
                )
            })
    }

    fn commit(&self, base: &str) -> Result<String, String> {
        let name = format!("{base}^{{commit}}");
        self.git(
            &["rev-parse", "--verify", "--quiet", "--end-of-options", &name],
            None,
        )
        .map_err(|_| format!("the git repository has no commit, branch or tag `{base}`"))
    }

    /// Writes the files of a commit below `tree`.
    fn lay_out(&self, commit: &str, temporary: &Path, tree: &Path) -> Result<(), String> {
        let index = temporary.join("index");
        let top = PathBuf::from(self.git(&["rev-parse", "--show-toplevel"], None)?);
        let top = Repository { folder: &top };
        let mut prefix = tree.as_os_str().to_owned();
        prefix.push("/");
        let mut into = OsStr::new("--prefix=").to_owned();
        into.push(&prefix);
        top.git(&["read-tree", commit], Some(&index))?;
        top.git(
            &[OsStr::new("checkout-index"), OsStr::new("--all"), &into],
            Some(&index),
        )?;
        Ok(())
    }

    /// What a git command prints, without the line end.
    fn git(&self, arguments: &[impl AsRef<OsStr>], index: Option<&Path>) -> Result<String, String> {
        #[expect(clippy::disallowed_methods, reason = "git knows what a commit holds")]
        let mut command = Command::new("git");
        command
            .current_dir(self.folder)
            .args(["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false"])
            .args(arguments)
            .env_remove("GIT_DIR")
            .env_remove("GIT_WORK_TREE")
            .env_remove("GIT_INDEX_FILE");
        if let Some(index) = index {
            command.env("GIT_INDEX_FILE", index);
        }
        let output = command
            .output()
            .map_err(|error| format!("git cannot be run: {error}"))?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
        match output.status.success() {
            true => Ok(text(&output.stdout)),
            false => Err(text(&output.stderr)),
        }
    }
}

//! What does not verify is refused with exit status 4, and leaves a file that shows it: edited locks, forged proofs, changed files of the store. Through the
//! real binaries.
#![expect(
    clippy::disallowed_methods,
    reason = "the test makes files, starts processes, and says what it skips"
)]

mod support;

use std::path::{Path, PathBuf};
use support::registry::DevRegistry;
use support::text;

const MANIFEST: &str = "[package]\nname = \"@demo/app\"\nversion = \"0.1.0\"\n\n[dependencies]\n";
const LIBRARY: &str = "# Library\n\n```lumen\npub cell answer() -> Int\n  42\nend\n```\n";

/// A registry with `@demo/lib` 1.0.0, and an application that has built with it.
struct Application {
    registry: DevRegistry,
    folder: PathBuf,
}

impl Application {
    fn start() -> Option<Self> {
        let registry = DevRegistry::start()?;
        registry.publish("@demo/lib", "1.0.0", "", LIBRARY);
        let folder = registry.place().join("app");
        std::fs::create_dir_all(folder.join("src")).expect("a new folder");
        let manifest = format!("{MANIFEST}\"@demo/lib\" = \"^1\"\n");
        std::fs::write(folder.join("lumen.toml"), manifest).expect("a writable folder");
        let main =
            "# App\n\n```lumen\nimport @demo/lib: answer\n\ncell main() -> Int\n  answer()\nend\n```\n";
        std::fs::write(folder.join("src/main.lm.md"), main).expect("a writable folder");
        registry.run(&folder, &["build"]);
        Some(Self { registry, folder })
    }

    /// Replaces a part of a file of the application, which must be there.
    fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.folder.join(file);
        let before = std::fs::read_to_string(&path).expect("the file is there");
        assert!(before.contains(from), "{file} has no `{from}`:\n{before}");
        std::fs::write(&path, before.replacen(from, to, 1)).expect("a writable file");
    }

    /// The exit status, and what was said.
    fn said(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let output = self.registry.lumen(&self.folder).args(arguments).output();
        let output = output.expect("lumen starts");
        (output.status.code(), text(&output.stderr))
    }

    /// A command is refused: exit status 4, these words, and a file that has the evidence, whose text is returned.
    fn refused(&self, arguments: &[&str], words: &[&str]) -> String {
        let (status, said) = self.said(arguments);
        assert_eq!(status, Some(4), "{arguments:?}: {said}");
        for word in words {
            assert!(said.contains(word), "{arguments:?}: no `{word}` in\n{said}");
        }
        let file = said
            .lines()
            .find_map(|line| line.trim().strip_prefix("evidence: "));
        let file = file.unwrap_or_else(|| panic!("{arguments:?}: no evidence is named in\n{said}"));
        std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{file}: {error}"))
    }
}

/// The number of the library's leaf in a lock, as it is written there.
fn leaf(lock: &str) -> &str {
    let line = lock.lines().find(|line| line.starts_with("leaf = "));
    line.expect("the lock names a leaf")
}

fn read(folder: &Path, file: &str) -> String {
    std::fs::read_to_string(folder.join(file)).expect("the file is there")
}

#[test]
fn an_edited_lock_leaves_evidence() {
    let Some(app) = Application::start() else { return };
    let lock = read(&app.folder, "lumen.lock");
    // Grants that the package does not ask for.
    app.edit(
        "lumen.lock",
        leaf(&lock),
        &format!("{}\ngrants = [\"http.get\"]", leaf(&lock)),
    );
    let words = [
        "the lock does not say what the package itself says",
        "@demo/lib 1.0.0",
    ];
    for arguments in [&["build"][..], &["build", "--locked", "--offline"]] {
        let evidence = app.refused(arguments, &words);
        assert!(evidence.contains("http.get"), "{evidence}");
        assert!(evidence.contains("== entry of the lock"), "{evidence}");
        assert!(evidence.contains("== lumen.toml"), "{evidence}");
    }
}

#[test]
fn a_lock_with_another_leaf_leaves_evidence() {
    let Some(app) = Application::start() else { return };
    let lock = read(&app.folder, "lumen.lock");
    app.edit("lumen.lock", leaf(&lock), "leaf = 0");
    let words = [
        "the registry does not have what the lock holds",
        "@demo/lib 1.0.0",
    ];
    for arguments in [&["build"][..], &["fetch"], &["verify"]] {
        let evidence = app.refused(arguments, &words);
        assert!(evidence.contains("== entry of the lock"), "{evidence}");
    }
    let words = ["leaf 0", "@demo/lib 1.0.0"];
    let evidence = app.refused(&["verify", "--offline"], &words);
    assert!(evidence.contains("== proof"), "{evidence}");
}

#[test]
fn a_forged_proof_leaves_evidence() {
    let Some(app) = Application::start() else { return };
    let proofs = app.folder.join("lumen.lock.proofs");
    let text = read(&app.folder, "lumen.lock.proofs");
    let at = text.rfind("index ").expect("a bundle names the leaf's index");
    let (before, after) = text.split_at(at + "index ".len());
    // Of the same length, so that the file as such is well-formed.
    let digit = if after.starts_with('1') { "2" } else { "1" };
    std::fs::write(&proofs, format!("{before}{digit}{}", &after[1..])).expect("a writable file");
    for arguments in [&["verify", "--offline"][..], &["build", "--locked", "--offline"]] {
        let evidence = app.refused(arguments, &["the proof does not verify"]);
        assert!(evidence.contains("== proof"), "{evidence}");
    }
}

#[test]
fn damaged_proofs_are_told_from_missing_ones() {
    let Some(app) = Application::start() else { return };
    let frozen = ["build", "--locked", "--offline"];
    let proofs = app.folder.join("lumen.lock.proofs");
    let whole = read(&app.folder, "lumen.lock.proofs");
    std::fs::write(&proofs, &whole[..whole.len() - 1]).expect("a writable file");
    let (status, said) = app.said(&frozen);
    assert_eq!(status, Some(1), "{said}");
    assert!(
        said.contains("is damaged: it does not end where its table of contents says"),
        "{said}"
    );
    std::fs::remove_file(&proofs).expect("the file is there");
    let (status, said) = app.said(&frozen);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("is not there"), "{said}");
}

#[test]
fn a_changed_file_of_the_store_is_named_with_what_to_do() {
    let Some(app) = Application::start() else { return };
    let lock = read(&app.folder, "lumen.lock");
    let line = lock.lines().find_map(|line| line.strip_prefix("archive = \""));
    let archive = line.expect("the lock names an archive").trim_end_matches('"');
    let store = app.registry.home().join("packages/sha256");
    let folder = store.join(&archive[..2]).join(archive);
    let file = folder.join("src/lib.lm.md");
    std::fs::remove_file(&file).expect("a file of the package");
    std::fs::write(&file, LIBRARY.replace("42", "43")).expect("a writable folder");
    let help = format!(
        "help: delete the folder `{}`, then run `lumen fetch`",
        folder.display()
    );
    app.refused(
        &["verify"],
        &["the archive's files are not the ones that were published", &help],
    );
    std::fs::remove_dir_all(&folder).expect("the folder is there");
    app.registry.run(&app.folder, &["fetch"]);
    app.registry.run(&app.folder, &["verify"]);
}

#[test]
fn a_yanked_version_of_the_lock_is_told_of() {
    let Some(app) = Application::start() else { return };
    app.registry.run(&app.folder, &["yank", "@demo/lib@1.0.0"]);
    let note = "note: the lock has what was yanked since: `@demo/lib 1.0.0`";
    // A tree asks nobody: it is as the registry was last seen, which the yank has looked at.
    for arguments in [&["tree"][..], &["tree", "--offline"], &["fetch"]] {
        let (status, said) = app.said(arguments);
        assert_eq!(
            (status, said.contains(note)),
            (Some(0), true),
            "{arguments:?}: {said}"
        );
    }
}

#[test]
fn programs_are_told_what_add_update_and_prove_did() {
    let Some(app) = Application::start() else { return };
    app.registry.publish("@demo/more", "1.0.0", "", LIBRARY);
    let events = |arguments: &[&str]| {
        let arguments = [arguments, &["--message-format", "json"]].concat();
        text(&app.registry.run(&app.folder, &arguments).stdout)
    };
    let cases: [(&[&str], &str); 4] = [
        (&["add", "@demo/more"], r#""event":"add","#),
        (&["add", "@demo/more"], r#""outcome":"kept""#),
        (&["update"], r#""event":"update""#),
        (
            &["log", "prove", "@demo/lib@1.0.0", "-o", "proof"],
            r#""event":"proof""#,
        ),
    ];
    for (arguments, event) in cases {
        let printed = events(arguments);
        assert!(printed.contains(event), "{arguments:?}: {printed}");
        assert!(printed.contains(r#""version":1"#), "{arguments:?}: {printed}");
    }
}

#[test]
fn an_unknown_name_is_looked_for_in_the_other_registries() {
    let Some(app) = Application::start() else { return };
    let (status, said) = app.said(&["add", "@demo/nothing"]);
    assert_eq!(status, Some(1), "{said}");
    assert!(
        said.contains("help: `lumen search nothing` looks for the name"),
        "{said}"
    );
    let empty = DevRegistry::start().expect("the first one has started");
    let (url, root) = (empty.setting("url"), empty.setting("root"));
    let login = ["login", url, "--root", root, "--name", "other", "--no-token"];
    app.registry.run(&app.folder, &login);
    empty.publish("@demo/nothing", "1.0.0", "", LIBRARY);
    let (status, said) = app.said(&["add", "@demo/nothing"]);
    assert_eq!(status, Some(1), "{said}");
    let help = "the registry `other` has it: `lumen add @demo/nothing --registry other`";
    assert!(said.contains(help), "{said}");
}

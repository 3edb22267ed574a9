//! Edits of manifests: cases with their outcome in one snapshot, and what holds for all of them.

use lumen_pkg::edit::{
    Added, DependencyTable, EditError, NewDependency, add_dependency, remove_dependency, shares_dependency,
};
use lumen_pkg::{GitReference, GitUrl, PackageName, Requirement};
use proptest::prelude::*;
use std::fmt::Write;

const CASES: &str = include_str!("edits/cases.md");

fn name(text: &str) -> PackageName {
    PackageName::parse(text).expect("a package name")
}

fn requirement(text: &str) -> Requirement {
    Requirement::parse(text).expect("a requirement")
}

fn dependency(words: &[&str]) -> NewDependency {
    match words {
        ["workspace"] => NewDependency::Workspace,
        ["path", path] => NewDependency::Path {
            path: (*path).to_owned(),
            requirement: None,
        },
        ["git", url, key, value] => NewDependency::Git {
            url: GitUrl::parse(url).expect("a URL"),
            reference: GitReference::parse(key, value).expect("a reference"),
            requirement: None,
        },
        [version] => NewDependency::Registry {
            requirement: requirement(version),
            registry: None,
        },
        other => panic!("no dependency: {other:?}"),
    }
}

fn edit(command: &str, text: &str) -> Result<Added, EditError> {
    let words: Vec<&str> = command.split(' ').collect();
    let (verb, table) = match words[0].strip_prefix("dev-") {
        Some(verb) => (verb, DependencyTable::DevDependencies),
        None => (words[0], DependencyTable::Dependencies),
    };
    match verb {
        "add" => add_dependency(text, table, &name(words[1]), &dependency(&words[2..])),
        "remove" => remove_dependency(text, table, &name(words[1])).map(Added::New),
        other => panic!("no edit: {other}"),
    }
}

#[test]
fn cases_give_their_snapshot() {
    let mut shown = String::new();
    for case in CASES.split("\n## ").skip(1) {
        let (head, rest) = case.split_once("\n```\n").expect("a case has a manifest");
        let (title, command) = head.split_once('\n').expect("a case has an edit");
        let text = rest
            .strip_suffix("```")
            .or(rest.split("\n```").next())
            .expect("it ends");
        let text = format!("{}\n", text.trim_end_matches('\n'));
        let outcome = match edit(command, &text) {
            Ok(Added::New(new)) => new,
            Ok(Added::Changed { text, before }) => format!("{text}(was {before})\n"),
            Ok(Added::Unchanged) => "(unchanged)\n".to_owned(),
            Err(error) => format!("error: {error}\n"),
        };
        write!(shown, "## {title}\n{command}\n{text}---- gives\n{outcome}\n")
            .expect("strings can be written to");
    }
    insta::with_settings!({ snapshot_path => "edits", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("edits", shown);
    });
}

#[test]
fn every_form_of_a_dependency_is_read_as_it_is_meant() {
    let url = GitUrl::parse("https://git.example/a").expect("a URL");
    let some = Some(requirement(">=1.2, <2"));
    let forms = [
        NewDependency::Registry {
            requirement: requirement("^1.2.3-beta.1"),
            registry: Some("acme".to_owned()),
        },
        NewDependency::Path {
            path: "../a \"b\"".to_owned(),
            requirement: some.clone(),
        },
        NewDependency::Git {
            url: url.clone(),
            reference: GitReference::DefaultBranch,
            requirement: some,
        },
        NewDependency::Git {
            url,
            reference: GitReference::Branch("größe/x".to_owned()),
            requirement: None,
        },
        NewDependency::Workspace,
    ];
    for form in forms {
        let text = "[package]\nname = \"@x/x\"\nversion = \"1.0.0\"\n";
        let added = add_dependency(text, DependencyTable::Dependencies, &name("@a/b"), &form);
        assert!(matches!(added, Ok(Added::New(_))), "{form:?}: {added:?}");
    }
}

#[test]
fn the_workspace_is_asked_for_shared_dependencies() {
    let workspace = "[workspace]\nmembers = [\"a\"]\n[workspace.dependencies]\n\"@a/b\" = \"1\"\n";
    assert!(shares_dependency(workspace, &name("@a/b")));
    assert!(!shares_dependency(workspace, &name("@a/c")));
    assert!(!shares_dependency("[package]\n", &name("@a/b")));
}

#[test]
fn a_byte_order_mark_stays() {
    let text = "\u{feff}[package]\n[dependencies]\n\"@a/a\" = \"1\"\n";
    let added = edit("add @b/b ^1", text);
    let Ok(Added::New(added)) = added else {
        panic!("{added:?}")
    };
    assert_eq!(added, format!("{text}\"@b/b\" = \"^1\"\n"));
    assert_eq!(edit("remove @b/b", &added), Ok(Added::New(text.to_owned())));
}

/// Lines of a manifest that are not entries.
fn filler() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("# a comment".to_owned()),
        Just("  # \"@a/b\" = \"1\"".to_owned())
    ]
}

fn entry() -> impl Strategy<Value = (String, String)> {
    let value = prop_oneof![
        Just(" = \"^1.2\"".to_owned()),
        Just("   =  { path='../z' }  # why".to_owned()),
        Just(".workspace = true".to_owned()),
        Just(" = { path = \"../z\",\n  version = \"1\" }".to_owned()),
    ];
    ("@[a-e]/[a-e]", value)
}

/// A table with a header: some entries, comments and empty lines around each.
fn body(header: &'static str) -> impl Strategy<Value = String> {
    let entries = proptest::collection::vec((proptest::collection::vec(filler(), 0..3), entry()), 1..5);
    (entries, filler(), any::<bool>()).prop_map(move |(mut entries, last, sorted)| {
        if sorted {
            entries.sort_by(|(_, (left, _)), (_, (right, _))| left.cmp(right));
        }
        let mut seen = std::collections::BTreeSet::new();
        let mut text = format!("{header}\n");
        for (fillers, (key, value)) in entries {
            if seen.insert(key.clone()) {
                for filler in fillers {
                    text += &format!("{filler}\n");
                }
                text += &format!("\"{key}\"{value}\n");
            }
        }
        text + &last + "\n"
    })
}

fn manifest() -> impl Strategy<Value = String> {
    let head = "# top\n[package]\nname = \"@x/x\"\nversion = \"1.0.0\"\n";
    let dependencies = proptest::option::of(body("[dependencies] # used"));
    let tools = proptest::option::of(Just("[tools]\n\"time.now\" = {}\n\n"));
    (dependencies, tools, any::<bool>(), any::<bool>()).prop_map(
        move |(dependencies, tools, windows, ended)| {
            let text = format!(
                "{head}{}{}",
                dependencies.unwrap_or_default(),
                tools.unwrap_or_default()
            );
            let text = match ended {
                true => text,
                false => text.trim_end().to_owned(),
            };
            match windows {
                true => text.replace('\n', "\r\n"),
                false => text,
            }
        },
    )
}

proptest! {
    #[test]
    fn adding_and_removing_gives_back_the_same_bytes(text in manifest(), new in "@[a-f]/[f-i]", dev in any::<bool>()) {
        let table = match dev {
            true => DependencyTable::DevDependencies,
            false => DependencyTable::Dependencies,
        };
        let form = dependency(&["^1.2"]);
        let added = add_dependency(&text, table, &name(&new), &form);
        let Ok(Added::New(added)) = added else { panic!("{added:?}") };
        // Everything that was there is there in the same order: the old text is the new one without one piece.
        let lines = |text: &str| -> Vec<String> { text.lines().map(str::to_owned).collect() };
        let kept: Vec<String> = lines(&added).into_iter().filter(|line| !line.contains(&new)).collect();
        let old = lines(&text);
        prop_assert!(kept.len() <= old.len() + 2);
        prop_assert!(kept.starts_with(&old) || kept == old, "{:?} {:?}", kept, old);
        prop_assert_eq!(remove_dependency(&added, table, &name(&new)), Ok(text));
    }

    #[test]
    fn comments_on_their_own_lines_survive_every_removal(text in manifest(), gone in "@[a-e]/[a-e]") {
        if let Ok(new) = remove_dependency(&text, DependencyTable::Dependencies, &name(&gone)) {
            let comments = |text: &str| -> Vec<String> {
                text.lines().filter(|line| line.trim_start().starts_with('#')).map(str::to_owned).collect()
            };
            prop_assert_eq!(comments(&new), comments(&text));
            let key = format!("\n\"{gone}\"");
            prop_assert!(!new.contains(&key), "{}", new);
        }
    }

    #[test]
    fn any_text_is_changed_rightly_or_refused(text in "(\\[package\\]\n)?([\\[\\]a-z=\"'{}@/.,1 \r\n#]|\\PC|dependencies|\"@a/b\"){0,60}") {
        if let Ok(Added::New(new)) = add_dependency(&text, DependencyTable::Dependencies, &name("@q/q"), &dependency(&["^1"])) {
            prop_assert!(new.contains("\"@q/q\" = \"^1\""));
        }
        drop(remove_dependency(&text, DependencyTable::Dependencies, &name("@a/b")));
    }
}

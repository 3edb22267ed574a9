//! Trees of package graphs, as people see them.

use lumen_pkg::{MemoryTree, TreeOptions, Workspace, load, tree};
use std::path::Path;

fn workspace() -> Workspace {
    let mut files = MemoryTree::new();
    files.write("/w/lumen.toml", "[workspace]\nmembers = [\"*\"]\n".to_owned());
    let packages = [
        ("base", "", ""),
        ("left", "base", ""),
        ("right", "base", ""),
        ("app", "left right", "fixtures"),
        ("fixtures", "app", ""),
    ];
    for (name, needs, dev) in packages {
        let entries = |names: &str| -> String {
            names
                .split_whitespace()
                .map(|name| format!("\"@x/{name}\" = {{ path = \"../{name}\" }}\n"))
                .collect()
        };
        let text = format!(
            "[package]\nname = \"@x/{name}\"\nversion = \"1.0.0\"\n[dependencies]\n{}[dev-dependencies]\n{}",
            entries(needs),
            entries(dev)
        );
        files.write(format!("/w/{name}/lumen.toml"), text);
    }
    load(&files, Path::new("/w")).workspace.expect("no errors")
}

fn shown(options: &TreeOptions) -> String {
    let workspace = workspace();
    let lines = tree(&workspace, options);
    lines.iter().map(|line| line.text(&workspace) + "\n").collect()
}

#[test]
fn members_are_shown_with_what_they_need() {
    insta::assert_snapshot!(shown(&TreeOptions::default()), @r"
    @x/app 1.0.0 (app)
    ├── @x/left 1.0.0 (left)
    │   └── @x/base 1.0.0 (base)
    ├── @x/right 1.0.0 (right)
    │   └── @x/base 1.0.0 (base)
    └── @x/fixtures 1.0.0 (fixtures) [dev]
        └── @x/app 1.0.0 (app) (*)
    @x/base 1.0.0 (base)
    @x/fixtures 1.0.0 (fixtures) (*)
    @x/left 1.0.0 (left) (*)
    @x/right 1.0.0 (right) (*)
    ");
}

#[test]
fn a_tree_can_be_cut() {
    let options = TreeOptions {
        depth: Some(1),
        ..TreeOptions::default()
    };
    insta::assert_snapshot!(shown(&options), @r"
    @x/app 1.0.0 (app)
    ├── @x/left 1.0.0 (left)
    ├── @x/right 1.0.0 (right)
    └── @x/fixtures 1.0.0 (fixtures) [dev]
    @x/base 1.0.0 (base)
    @x/fixtures 1.0.0 (fixtures)
    └── @x/app 1.0.0 (app)
    @x/left 1.0.0 (left)
    └── @x/base 1.0.0 (base)
    @x/right 1.0.0 (right)
    └── @x/base 1.0.0 (base)
    ");
}

#[test]
fn an_inverted_tree_shows_who_needs_a_package() {
    let options = TreeOptions {
        roots: workspace().named("@x/base").collect(),
        invert: true,
        ..TreeOptions::default()
    };
    insta::assert_snapshot!(shown(&options), @r"
    @x/base 1.0.0 (base)
    ├── @x/left 1.0.0 (left)
    │   └── @x/app 1.0.0 (app)
    │       └── @x/fixtures 1.0.0 (fixtures)
    │           └── @x/app 1.0.0 (app) [dev] (*)
    └── @x/right 1.0.0 (right)
        └── @x/app 1.0.0 (app) (*)
    ");
}

#[test]
fn nothing_is_there_twice() {
    let options = TreeOptions {
        duplicates: true,
        ..TreeOptions::default()
    };
    assert_eq!(shown(&options), "");
}

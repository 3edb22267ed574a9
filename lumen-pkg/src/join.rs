//! A new package and the workspace around it: whether it is a member, or what the workspace's manifest would have to say.

use crate::discover::workspace_of;
use crate::files::{Files, ManifestFile, Slot};
use crate::glob::Pattern;
use crate::path::{normalise, relative};
use crate::source::ManifestSource;
use std::path::{Path, PathBuf};
use toml_edit::{Array, DocumentMut, Item, Value};

/// What a package is to the workspace around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Membership {
    /// There is no workspace above it, or one that excludes it.
    Alone,
    /// The workspace in this folder has it.
    Member(PathBuf),
    /// The workspace above it does not mention it.
    Missing {
        /// The workspace's manifest.
        manifest: PathBuf,
        /// The package's folder as seen from there, with `/`.
        path: String,
        /// The manifest's text with the folder among its `members`. Nothing if that cannot be written there.
        text: Option<String>,
    },
}

/// What the package in `folder`, whose manifest is there, is to the workspace around it.
pub fn membership(source: &dyn ManifestSource, folder: &Path) -> Membership {
    let mut files = Files::new(source);
    let folder = normalise(folder);
    let Some(found) = workspace_of(&mut files, &folder) else {
        return Membership::Alone;
    };
    if found.nearest == folder && found.root != folder {
        return match files.manifest(&found.root) {
            Slot::Ready(_) => Membership::Member(found.root),
            _ => Membership::Alone,
        };
    }
    match found.passed {
        Some(file) if found.nearest == folder => missing(&file, &folder),
        _ => Membership::Alone,
    }
}

fn missing(file: &ManifestFile, folder: &Path) -> Membership {
    let path = relative(&file.folder, folder);
    // A folder whose name would mean more than itself in a pattern cannot be listed.
    let is_plain = !path.contains(['*', '?', '[', '{']) && Pattern::parse(&path).is_ok();
    let text = is_plain.then(|| with_member(&file.text, &path)).flatten();
    Membership::Missing {
        manifest: file.path.clone(),
        path,
        text,
    }
}

/// The manifest with one more member, everything else as it was.
fn with_member(manifest: &str, path: &str) -> Option<String> {
    let mut document: DocumentMut = manifest.parse().ok()?;
    let workspace = document.get_mut("workspace")?.as_table_like_mut()?;
    if workspace.get("members").is_none() {
        workspace.insert("members", Item::Value(Value::Array(Array::new())));
    }
    let members = workspace.get_mut("members")?.as_array_mut()?;
    let before = members
        .iter()
        .last()
        .and_then(|last| last.decor().prefix())
        .cloned();
    let mut member = Value::from(path);
    match before.filter(|_| members.len() > 1 || members.trailing_comma()) {
        Some(prefix) => member.decor_mut().set_prefix(prefix),
        None if members.is_empty() => {}
        None => member.decor_mut().set_prefix(" "),
    }
    members.push_formatted(member);
    Some(document.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::MemoryTree;

    fn joined(workspace: &str, folder: &str) -> Membership {
        let mut tree = MemoryTree::new();
        tree.write("/w/lumen.toml", workspace);
        tree.write(format!("/w/{folder}/lumen.toml"), "[package]\nname = \"@a/b\"\n");
        membership(&tree, &Path::new("/w").join(folder))
    }

    #[test]
    fn a_package_that_a_pattern_has_is_a_member() {
        let found = joined("[workspace]\nmembers = [\"packages/*\"]\n", "packages/b");
        assert_eq!(found, Membership::Member("/w".into()));
    }

    #[test]
    fn a_package_that_is_excluded_or_below_a_package_is_alone() {
        let excluded = "[workspace]\nmembers = [\"a\"]\nexclude = [\"tools\"]\n";
        assert_eq!(joined(excluded, "tools/b"), Membership::Alone);
        assert_eq!(joined("[package]\nname = \"@a/a\"\n", "b"), Membership::Alone);
    }

    #[test]
    fn a_package_that_is_missing_is_added_to_the_list_as_it_is_written() {
        let cases = [
            ("members = []\n", "members = [\"tools/b\"]\n"),
            ("members = [\"a\"]\n", "members = [\"a\", \"tools/b\"]\n"),
            (
                "members = [\"a\", \"c\"] # all\n",
                "members = [\"a\", \"c\", \"tools/b\"] # all\n",
            ),
            (
                "members = [\n  \"a\",\n  \"c\",\n]\n",
                "members = [\n  \"a\",\n  \"c\",\n  \"tools/b\",\n]\n",
            ),
            (
                "members = [\n  \"a\", # one\n]\n",
                "members = [\n  \"a\",\n  \"tools/b\", # one\n]\n",
            ),
            ("exclude = []\n", "exclude = []\nmembers = [\"tools/b\"]\n"),
        ];
        for (before, after) in cases {
            let found = joined(&format!("# W\n[workspace]\n{before}"), "tools/b");
            let expected = Membership::Missing {
                manifest: "/w/lumen.toml".into(),
                path: "tools/b".to_owned(),
                text: Some(format!("# W\n[workspace]\n{after}")),
            };
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_folder_that_would_be_a_pattern_is_not_added() {
        let Membership::Missing { text, .. } = joined("[workspace]\nmembers = []\n", "tools/b*") else {
            panic!("it is missing")
        };
        assert_eq!(text, None);
    }
}

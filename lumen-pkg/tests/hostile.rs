//! Manifests that were made to hurt: they are refused with a problem, without a panic or unbounded work.

use lumen_pkg::{Loaded, MAXIMUM_MANIFEST_BYTES, MemoryTree, Severity, load};
use proptest::prelude::*;
use std::path::Path;

fn load_text(text: impl Into<Vec<u8>>) -> Loaded {
    let mut tree = MemoryTree::new();
    tree.write("/w/lumen.toml", text);
    load(&tree, Path::new("/w"))
}

/// The messages, and the place of the first.
fn refused(text: impl Into<Vec<u8>>) -> (Vec<String>, Option<(u32, u32)>) {
    let loaded = load_text(text);
    assert!(loaded.workspace.is_none());
    let place = loaded
        .problems
        .first()
        .and_then(|problem| problem.location.region);
    let messages = loaded
        .problems
        .into_iter()
        .map(|problem| problem.message)
        .collect();
    (messages, place.map(|region| (region.line, region.column)))
}

const PACKAGE: &str = "[package]\nname = \"@x/a\"\nversion = \"1.0.0\"\n";

#[test]
fn ten_megabytes_are_refused_unread() {
    let (messages, place) = refused(format!("{PACKAGE}{}", "#".repeat(10_000_000)));
    assert_eq!(
        messages,
        ["cannot read `lumen.toml`: it is larger than 1048576 bytes"]
    );
    assert_eq!(place, None);
}

#[test]
fn a_manifest_of_the_largest_size_loads() {
    let filler = "#".repeat(MAXIMUM_MANIFEST_BYTES as usize - PACKAGE.len());
    assert_eq!(load_text(format!("{PACKAGE}{filler}")).problems, []);
    assert_eq!(refused(format!("{PACKAGE}{filler}#")).0.len(), 1);
}

#[test]
fn bytes_that_are_not_utf8_have_a_place() {
    let mut text = PACKAGE.as_bytes().to_vec();
    text.extend(b"# \xc3\xa9\xff");
    assert_eq!(
        refused(text),
        (vec!["the file is not valid UTF-8".to_owned()], Some((4, 4)))
    );
}

#[test]
fn deep_nesting_is_refused() {
    let depth = 500_000;
    for text in [
        "[".repeat(depth),
        format!("a = {}", "[".repeat(depth)),
        format!("a = {}{}", "[".repeat(depth), "]".repeat(depth)),
        format!("a = {}", "{ b = ".repeat(100_000)),
        format!("{}a = 1", "a.".repeat(depth)),
        format!("[{}a]", "a.".repeat(depth)),
    ] {
        assert_eq!(refused(text).0.len(), 1);
    }
}

#[test]
fn many_problems_are_cut_short() {
    let unknown: String = (0..50_000).map(|number| format!("k{number} = 1\n")).collect();
    let loaded = load_text(format!("{PACKAGE}{unknown}"));
    assert_eq!(loaded.problems.len(), 101);
    let last = loaded.problems.last().map(|problem| problem.message.as_str());
    assert_eq!(last, Some("49900 more problems in this file are not shown"));
}

#[test]
fn many_broken_dependencies_on_one_line_are_cut_short() {
    let entries: Vec<String> = (0..30_000)
        .map(|number| format!("\"@x/n{number}\"={{path=\"n{number}\"}}"))
        .collect();
    let text = format!("dependencies = {{{}}}\n{PACKAGE}", entries.join(","));
    let loaded = load_text(text);
    assert_eq!(loaded.problems.len(), 201);
}

#[test]
fn a_list_of_half_a_million_numbers_is_cut_short() {
    let text = format!("{PACKAGE}keywords = [{}]\n", "1,".repeat(500_000));
    assert_eq!(load_text(text).problems.len(), 101);
}

#[test]
fn a_long_chain_of_packages_loads() {
    let mut tree = MemoryTree::new();
    let length = 3_000;
    for number in 0..length {
        let next = number + 1;
        let dependency = format!("\"@x/n{next}\" = {{ path = \"../n{next}\" }}");
        let dependencies = if next < length { dependency } else { String::new() };
        let text = format!(
            "[package]\nname = \"@x/n{number}\"\nversion = \"1.0.0\"\n[dependencies]\n{dependencies}\n"
        );
        tree.write(format!("/w/n{number}/lumen.toml"), text);
    }
    let workspace = load(&tree, Path::new("/w/n0"))
        .workspace
        .expect("nothing is wrong");
    assert_eq!(workspace.packages.len(), length);
    let first = workspace
        .order
        .first()
        .map(|index| workspace.package(*index).name.to_string());
    assert_eq!(first, Some(format!("@x/n{}", length - 1)));
}

#[test]
fn patterns_with_many_stars_match_in_bounded_time() {
    let mut tree = MemoryTree::new();
    let stars = "**/a*a*a*a*/".repeat(15);
    tree.write("/w/lumen.toml", format!("[workspace]\nmembers = [\"{stars}b\"]"));
    tree.create_folder(format!("/w/{}", format!("{}/", "a".repeat(40)).repeat(40)));
    let loaded = load(&tree, Path::new("/w"));
    assert_eq!(loaded.problems.len(), 1);
}

/// Pieces of manifests, so that texts get past the TOML parser often enough.
fn piece() -> impl Strategy<Value = String> {
    let pieces = [
        "[package]\n",
        "[workspace]\n",
        "[dependencies]\n",
        "[dev-dependencies]\n",
        "[workspace.package]\n",
        "[workspace.dependencies]\n",
        "[tools]\n",
        "name = \"@x/a\"\n",
        "name = \"a\"\n",
        "version = \"1.0.0\"\n",
        "version = \"1\"\n",
        "version.workspace = true\n",
        "members = [\"*\", \"a\"]\n",
        "exclude = [\"b\"]\n",
        "\"@x/a\" = \"^1\"\n",
        "\"@x/b\" = { path = \"b\" }\n",
        "\"@x/b\" = { workspace = true }\n",
        "\"@x/c\".path = \"../w\"\n",
        "authors = [1]\n",
        "é = 'ё'\n",
        "[[package]]\n",
        "= 1\n",
        "\u{feff}",
        "\r\n",
        "\"",
    ];
    prop_oneof![9 => proptest::sample::select(pieces.to_vec()).prop_map(str::to_owned), 1 => "\\PC{0,4}"]
}

proptest! {
    #[test]
    fn any_manifests_load_or_are_explained(
        root in proptest::collection::vec(piece(), 0..10),
        member in proptest::collection::vec(piece(), 0..10),
    ) {
        let mut tree = MemoryTree::new();
        tree.write("/w/lumen.toml", root.concat());
        tree.write("/w/b/lumen.toml", member.concat());
        for start in ["/w", "/w/b"] {
            let loaded = load(&tree, Path::new(start));
            let failed = loaded.problems.iter().any(|problem| problem.severity == Severity::Error);
            prop_assert_eq!(loaded.workspace.is_none(), failed);
            for problem in &loaded.problems {
                let text = loaded.source_text(&problem.location.file);
                let line = problem.location.region.map(|region| region.line as usize);
                let lines = text.map(|text| text.split('\n').count());
                prop_assert!(line <= lines, "{:?} in {:?}", line, text);
            }
        }
    }
}

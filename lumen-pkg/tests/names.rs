//! Package names against their definition, and template manifests against the loader.

use lumen_pkg::{MemoryTree, NameError, PackageName, load, package_manifest};
use proptest::prelude::*;
use std::path::Path;

/// Oracle: the definition, by hand.
fn is_name(text: &str) -> bool {
    let parts: Vec<&str> = match text.strip_prefix('@') {
        Some(rest) => rest.split('/').collect(),
        None => return false,
    };
    let good = |part: &&str| {
        let bytes = part.as_bytes();
        (1..=64).contains(&bytes.len())
            && bytes
                .iter()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
            && bytes[0] != b'-'
            && bytes[bytes.len() - 1] != b'-'
    };
    parts.len() == 2 && parts.iter().all(good)
}

proptest! {
    #[test]
    fn the_parser_agrees_with_the_definition(text in "@?[a-z0-9A-]{0,3}/?[a-z0-9-]{0,3}(/|é|_)?") {
        prop_assert_eq!(PackageName::parse(&text).is_ok(), is_name(&text));
    }

    #[test]
    fn any_text_is_a_name_or_refused(text in any::<String>()) {
        prop_assert_eq!(PackageName::parse(&text).is_ok(), is_name(&text));
    }

    #[test]
    fn parts_make_up_the_name(scope in "[a-z0-9]{1,64}", base in "[a-z0-9]{1,64}") {
        let name = PackageName::parse(&format!("@{scope}/{base}")).expect("a valid name");
        prop_assert_eq!((name.scope(), name.base()), (scope.as_str(), base.as_str()));
        prop_assert_eq!(name.to_string(), format!("@{scope}/{base}"));
    }
}

#[test]
fn parts_have_at_most_sixty_four_characters() {
    let long = "a".repeat(65);
    assert_eq!(
        PackageName::parse(&format!("@{long}/a")),
        Err(NameError::TooLong { part: "scope" })
    );
    assert_eq!(
        PackageName::parse(&format!("@a/{long}")),
        Err(NameError::TooLong { part: "name" })
    );
}

#[test]
fn the_template_loads_without_a_problem() {
    let name = PackageName::parse("@acme/fresh").expect("a valid name");
    let text = package_manifest(&name);
    insta::with_settings!({ snapshot_path => "template", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("package-manifest", &text);
    });
    let mut tree = MemoryTree::new();
    tree.write("/w/lumen.toml", text);
    let loaded = load(&tree, Path::new("/w"));
    assert_eq!(loaded.problems, []);
    let workspace = loaded.workspace.expect("nothing is wrong");
    assert_eq!(workspace.named("@acme/fresh").next(), workspace.current);
    assert_eq!(workspace.named("@acme/fresher").next(), None);
}

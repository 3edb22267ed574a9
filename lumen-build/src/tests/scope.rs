//! Parts of a workspace, and documents without one.

use super::Workspace;
use super::workspace::{counts, digests, messages};
use crate::{BuildError, Scope};

/// `a.base` <- `b.far`; `c.alone`.
fn three() -> Workspace {
    let workspace = Workspace::new(&[("a", &[]), ("b", &["a"]), ("c", &[])]);
    workspace.write("a.base", "cell f Int\n");
    workspace.write("a.other", "body 1\n");
    workspace.write("b.far", "import @w/a.base: f\n");
    workspace.write("c.alone", "body 1\n");
    workspace
}

#[test]
fn a_package_is_built_with_what_it_imports_and_no_more() {
    let workspace = three();
    let outcome = workspace.build_scope(Scope::Package("@w/b".to_owned()));
    assert_eq!((outcome.modules, counts(&outcome)), (2, (2, 0, 0, 0)));
    assert_eq!(counts(&workspace.build()), (2, 0, 0, 0));
    let outcome = workspace.build_scope(Scope::Package("@w/b".to_owned()));
    assert!(outcome.is_up_to_date());
    assert_eq!(
        outcome.modules, 1,
        "those that were asked for, when there is nothing to do"
    );
}

#[test]
fn warnings_of_modules_that_are_only_needed_are_not_shown() {
    let workspace = three();
    workspace.write("a.base", "cell f Int\nwarn base\n");
    workspace.write("b.far", "import @w/a.base: f\nwarn far\n");
    for _ in 0..2 {
        let outcome = workspace.build_scope(Scope::Package("@w/b".to_owned()));
        assert_eq!(messages(&outcome), ["packages/b/src/far.lm.md: W0001 far"]);
    }
    workspace.write("a.base", "cell f Int\nfail\n");
    let outcome = workspace.build_scope(Scope::Package("@w/b".to_owned()));
    assert_eq!(messages(&outcome), ["packages/a/src/base.lm.md: E0001 fail"]);
}

#[test]
fn what_a_partial_build_left_out_is_looked_at_later() {
    let workspace = three();
    workspace.build();
    workspace.write("a.base", "cell f Float\n");
    let document = Scope::Document(Workspace::path("a.base"));
    assert_eq!(counts(&workspace.build_scope(document)), (1, 0, 0, 0));
    assert_eq!(
        counts(&workspace.build()),
        (1, 0, 0, 0),
        "the user of f, which was not in scope"
    );
    workspace.write("c.alone", "body 2\n");
    assert!(
        workspace
            .build_scope(Scope::Package("@w/b".to_owned()))
            .is_up_to_date()
    );
    assert_eq!(counts(&workspace.build()), (1, 0, 0, 0));
}

#[test]
fn an_unknown_package_or_document_is_an_error() {
    let workspace = three();
    let try_scope = |scope| {
        let mut workspace = three();
        workspace.options.scope = scope;
        workspace.try_build()
    };
    let error = try_scope(Scope::Package("@w/x".to_owned()));
    assert!(
        matches!(error, Err(BuildError::NoPackage { packages, .. }) if packages == ["@w/a", "@w/b", "@w/c"])
    );
    let error = try_scope(Scope::Document("/w/notes.lm.md".into()));
    assert!(matches!(error, Err(BuildError::NoDocument { .. })));
    workspace.files.write("/w/notes.lm.md", "body 1\n");
    assert!(matches!(
        Workspace { options: crate::Options { scope: Scope::Document("/w/notes.lm.md".into()), ..workspace.options.clone() }, ..workspace }.try_build(),
        Err(BuildError::NoDocument { reason, .. }) if reason.contains("not a document of a package")
    ));
}

#[test]
fn a_document_without_a_manifest_stands_alone() {
    let workspace = three();
    workspace
        .files
        .write("/x/notes.lm.md", "cell f Int\nimport other: g\nwarn w\n");
    workspace.files.write("/x/other.lm.md", "cell g Int\n");
    let document = || workspace.build_scope(Scope::Document("/x/notes.lm.md".into()));
    assert_eq!(
        messages(&document()),
        ["notes.lm.md: E0030 no module other", "notes.lm.md: W0001 w"]
    );
    workspace.files.write("/x/notes.lm.md", "cell f Int\n");
    let first = document();
    assert_eq!(counts(&first), (1, 0, 0, 0));
    let second = document();
    assert_eq!(counts(&second), (0, 1, 0, 0));
    assert_eq!(digests(&first), digests(&second));
    assert_eq!(digests(&first)[0].0.as_str(), ":notes");
}

//! Results that the cache has lost, and somebody needs: they are made again, whoever waits for them and whoever asks at the same time.

use super::Workspace;
use super::workspace::{counts, digests, messages};
use crate::Options;
use crate::outcome::Outcome;
use crate::progress::Progress;
use lumen_vm::lir::ModuleId;

/// Two modules that import the same two.
fn workspace(digit: u8, signature: &str) -> Workspace {
    let workspace = Workspace::new(&[("a", &[])]);
    workspace.write("a.kept", "cell f Int\n");
    workspace.write("a.under", &format!("cell g {signature}\n"));
    for module in ["a.one", "a.two"] {
        workspace.write(
            module,
            &format!("import kept: f\nimport under: g\nbody {digit}\n"),
        );
    }
    workspace
}

#[test]
fn a_module_waits_for_one_that_is_made_again_for_somebody_else() {
    for jobs in [1, 3] {
        let mut incremental = workspace(1, "Int");
        incremental.options = Options {
            jobs,
            ..incremental.options
        };
        incremental.build();
        incremental.store.clear_plain();
        // Both have been read and wait for `under`, which is read last; the first to be built finds that the interface of `kept` is lost.
        let edited = workspace(2, "Float");
        for module in ["a.under", "a.one", "a.two"] {
            let path = Workspace::path(module);
            let content = edited.files.content(&path).expect("it was written");
            incremental.files.write(path, content);
        }
        let outcome = incremental.build();
        assert_eq!(messages(&outcome), [""; 0]);
        assert_eq!(counts(&outcome), (4, 0, 0, 0), "{jobs} jobs");
        assert_eq!(digests(&outcome), digests(&edited.build()));
        assert!(incremental.build().is_up_to_date());
    }
}

/// Saves documents once a module is being compiled.
struct Save<'w> {
    workspace: &'w Workspace,
    while_compiling: &'static str,
    documents: &'static [(&'static str, &'static str)],
}

impl Progress for Save<'_> {
    fn compiling(&self, module: &ModuleId) {
        if module.path() == self.while_compiling {
            for (name, text) in self.documents {
                self.workspace.write(name, text);
            }
        }
    }
}

/// `under`, whose interface is lost and asked for by `user`; `other` and, over it, `top`, which nothing touches.
fn used_by_two() -> Workspace {
    let workspace = Workspace::new(&[("a", &[])]);
    workspace.write("a.under", "cell g Int\n");
    workspace.write("a.other", "import under: g\ncell h Int\n");
    workspace.write("a.top", "import other: h\nimport under: g\n");
    workspace.write("a.user", "import under: g\nbody 1\n");
    workspace.build();
    workspace.store.clear_plain();
    workspace.write("a.user", "import under: g\nbody 2\n");
    workspace
}

/// What a clean build of the same documents tells and makes.
fn clean(workspace: &Workspace) -> Outcome {
    let fresh = Workspace {
        files: workspace.files.clone(),
        ..Workspace::new(&[])
    };
    fresh.files.forget_state();
    fresh.build()
}

#[test]
fn what_was_settled_against_an_interface_that_is_made_again_differently_is_looked_at_again() {
    for jobs in [1, 3] {
        let mut workspace = used_by_two();
        workspace.options.jobs = jobs;
        let save = Save {
            workspace: &workspace,
            while_compiling: "user",
            documents: &[("a.under", "cell g Float\n")],
        };
        let outcome = workspace.tool().run(&save).expect("it can be built");
        assert_eq!(messages(&outcome), [""; 0]);
        assert_eq!(counts(&outcome), (4, 0, 0, 0), "{jobs} jobs");
        assert!(workspace.build().is_up_to_date());
        assert_eq!(digests(&outcome), digests(&clean(&workspace)), "{jobs} jobs");
    }
}

#[test]
fn what_was_settled_against_an_interface_that_cannot_be_made_again_is_skipped() {
    let workspace = used_by_two();
    let save = Save {
        workspace: &workspace,
        while_compiling: "user",
        documents: &[("a.under", "fail\n")],
    };
    let outcome = workspace.tool().run(&save).expect("it can be built");
    assert_eq!(counts(&outcome), (0, 0, 1, 3));
    // As it was, and as nobody has compiled anything against yet.
    for signature in ["Int", "Float"] {
        workspace.write("a.under", &format!("cell g {signature}\n"));
        let outcome = workspace.build();
        assert_eq!(messages(&outcome), [""; 0]);
        assert_eq!(digests(&outcome), digests(&clean(&workspace)), "{signature}");
    }
}

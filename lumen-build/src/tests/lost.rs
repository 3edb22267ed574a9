//! Results that the cache has lost, and somebody needs: they are made again, whoever waits for them and whoever asks at the same time.

use super::Workspace;
use super::workspace::{counts, digests, messages};
use crate::Options;

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

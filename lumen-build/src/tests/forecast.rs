//! That a build does what was foretold, and that foretelling changes nothing.

use super::Workspace;
use super::edits::{Edit, MODULES, apply, edits, small};
use crate::files::Files as _;
use crate::forecast::Prediction;
use crate::progress::Silent;
use crate::reason::{Decision, Reason};
use lumen_vm::lir::ModuleId;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::Ordering;

/// `PATH WORD` for each module that is not up to date.
fn told(workspace: &Workspace) -> Vec<String> {
    let forecast = workspace.tool().forecast(&Silent).expect("a workspace");
    let told = forecast.modules.iter().filter_map(|module| {
        let word = match &module.prediction {
            Prediction::UpToDate => return None,
            Prediction::Cached(reason) => format!("cached: {}", reason.name()),
            Prediction::Compiled(reason) => format!("compiled: {}", reason.name()),
            Prediction::Maybe(because) => format!("maybe: {}", because.path()),
            Prediction::Unreadable(_) => "unreadable".to_owned(),
        };
        Some(format!("{} {word}", module.module.path()))
    });
    told.collect()
}

#[test]
fn a_forecast_says_what_each_edit_would_do() {
    let workspace = small();
    assert_eq!(
        told(&workspace),
        ["base", "user", "far", "top"].map(|module| format!("{module} compiled: first build"))
    );
    workspace.build();
    assert_eq!(told(&workspace), [""; 0]);
    let before = "Prose.\ncell f Int\ncell g Int\nbody 1\n";
    let cases: [(&str, &[&str]); 4] = [
        ("Other prose.\ncell f Int\ncell g Int\nbody 1\n", &[]),
        (
            "cell f Float\ncell g Int\nbody 1\n",
            &[
                "base compiled: code changed",
                "user maybe: base",
                "far maybe: base",
                "top maybe: far",
            ],
        ),
        (
            "import user: h\ncell f Int\n",
            &[
                "base compiled: import cycle",
                "user compiled: import cycle",
                "far maybe: base",
                "top maybe: far",
            ],
        ),
        (
            "cell f Int\nfail\n",
            &[
                "base compiled: code changed",
                "user maybe: base",
                "far maybe: base",
                "top maybe: far",
            ],
        ),
    ];
    for (text, expected) in cases {
        workspace.write("a.base", text);
        assert_eq!(told(&workspace), expected, "{text}");
    }
    // Built, and taken back: the cache is known to have it, so everything that follows is known too.
    workspace.write("a.base", "cell f Float\ncell g Float\nbody 1\n");
    workspace.build();
    workspace.write("a.base", before);
    assert_eq!(
        told(&workspace),
        [
            "base cached: code changed",
            "user cached: item changed",
            "far cached: item changed"
        ]
    );
    workspace.remove("a.base");
    assert_eq!(
        told(&workspace),
        [
            "user compiled: import moved",
            "far compiled: import moved",
            "top maybe: far"
        ]
    );
}

proptest! {
    #[test]
    fn a_forecast_comes_true_and_changes_nothing(history in proptest::collection::vec(edits(), 1..40)) {
        let mut workspace = Workspace::new(&[("a", &[]), ("b", &["a"])]);
        workspace.options.keep_going = true;
        for module in MODULES {
            workspace.write(module, "cell i0 T\n");
        }
        for edit in history.iter().chain([&Edit::Build(true)]) {
            apply(&workspace, edit);
            if !matches!(edit, Edit::Build(_)) { continue }
            let kept = || (workspace.files.load_state(Path::new("/w")), workspace.files.logs(Path::new("/w")).len());
            let (before, compilations) = (kept(), workspace.toy.compilations.load(Ordering::Relaxed));
            let forecast = workspace.tool().forecast(&Silent).expect("a workspace");
            prop_assert!(kept() == before, "it wrote something");
            prop_assert_eq!(workspace.toy.compilations.load(Ordering::Relaxed), compilations);
            let outcome = workspace.build();
            let events = outcome.log.map(|log| log.events).unwrap_or_default();
            let done: BTreeMap<&ModuleId, &Decision> = events.iter().rev().map(|event| (&event.module, &event.decision)).collect();
            prop_assert_eq!(forecast.modules.len(), outcome.modules);
            for module in &forecast.modules {
                let decision = done.get(&module.module).copied();
                let came_true = match &module.prediction {
                    Prediction::UpToDate => matches!(decision, None | Some(Decision::Kept)),
                    Prediction::Cached(_) => decision == Some(&Decision::Cached),
                    Prediction::Compiled(Reason::ImportCycle) => decision == Some(&Decision::Failed),
                    Prediction::Compiled(_) => matches!(decision, Some(Decision::Compiled | Decision::Failed | Decision::Skipped(_))),
                    Prediction::Maybe(_) => true,
                    Prediction::Unreadable(_) => false,
                };
                prop_assert!(came_true, "{:?} became {:?}", module, decision);
            }
        }
    }
}

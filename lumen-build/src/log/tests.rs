//! Logs read back as they were written; and small logs for the tests of questions about them.

use super::*;
use crate::reason::PackagePart;

/// A module's name, the microseconds spent on it, and the positions of what it imports.
pub(crate) type Case<'c> = (&'c str, u64, &'c [u32]);

/// A log of these modules.
pub(crate) fn log(modules: &[Case<'_>]) -> BuildLog {
    let event = |(name, duration, needs): &Case<'_>| {
        let module = ModuleId::in_package("@a/b", "1.0.0", name);
        let mut event = ModuleEvent::untimed(module, Decision::Compiled, Reason::FirstBuild);
        event.needs = needs.to_vec();
        event.build = Some(Work {
            lane: 0,
            start: 0,
            end: *duration,
        });
        event
    };
    BuildLog {
        time: 7,
        settings: ["0a".to_owned(), "2".to_owned(), "dev \"x\"".to_owned()],
        jobs: 2,
        modules: 9,
        duration: 1234,
        phases: Vec::new(),
        events: modules.iter().map(event).collect(),
    }
}

fn reasons(module: &ModuleId) -> Vec<Reason> {
    let (old, new) = ([1; 32], [0xfe; 32]);
    let mut reasons = vec![
        Reason::FirstBuild,
        Reason::NewModule,
        Reason::ProseChanged,
        Reason::ImportCycle,
        Reason::DocumentGone,
        Reason::ImportFailed,
        Reason::NoResult,
        Reason::ResultGone,
        Reason::CodeChanged { old, new },
        Reason::gone(Some(module.clone())),
        Reason::ImportMoved {
            import: "x".to_owned(),
            old: None,
            new: Some(module.clone()),
        },
        Reason::ItemChanged {
            module: module.clone(),
            name: "f\"\n".to_owned(),
            old: Some(old),
            new: None,
        },
        Reason::ItemChanged {
            module: module.clone(),
            name: String::new(),
            old: None,
            new: Some(new),
        },
    ];
    let (old, new) = ("one".to_owned(), "zwölf".to_owned());
    reasons.extend(Setting::ALL.map(|setting| Reason::SettingChanged {
        setting,
        old: old.clone(),
        new: new.clone(),
    }));
    reasons.extend(PackagePart::ALL.map(|part| Reason::PackageChanged {
        part,
        old: old.clone(),
        new: new.clone(),
    }));
    reasons
}

#[test]
fn a_log_reads_back_as_it_was_written() {
    let module = ModuleId::in_package("@a/b", "1.0.0", "c.d");
    let decisions = [
        Decision::Compiled,
        Decision::Cached,
        Decision::Kept,
        Decision::Failed,
        Decision::Removed,
        Decision::Skipped(module.clone()),
    ];
    let mut written = log(&[("x", 5, &[1, 2]), ("y", 0, &[]), ("z", 3, &[])]);
    written.phases = PhaseKind::ALL
        .iter()
        .map(|kind| Phase {
            kind: *kind,
            start: 1,
            end: 1 << 40,
        })
        .collect();
    for decision in &decisions {
        for reason in reasons(&module) {
            let mut event = ModuleEvent::untimed(module.clone(), decision.clone(), reason.clone());
            event.lookup = Some(match &reason {
                Reason::ItemChanged { .. } | Reason::ImportMoved { .. } => {
                    Lookup::Miss(Miss::OtherAnswer(reason.clone()))
                }
                Reason::ResultGone => Lookup::Miss(Miss::ResultGone),
                Reason::ProseChanged => Lookup::Hit,
                _ => Lookup::Miss(Miss::NoResult),
            });
            event.read = Some(Work {
                lane: 3,
                start: 4,
                end: 5,
            });
            event.bytes = 77;
            written.events.push(event);
        }
    }
    assert_eq!(BuildLog::parse(&written.render()), Some(written));
}

#[test]
fn lines_that_are_not_understood_are_passed_over() {
    let written = log(&[("x", 5, &[])]);
    let mut text = written.render();
    text.push_str("{\"event\":\"module\",\"module\":\"@a/b@1.0.0:y\",\"decision\":\"sung\"}\nnot json\n{\"event\":\"new\"}\n");
    assert_eq!(BuildLog::parse(&text), Some(written));
    assert_eq!(
        BuildLog::parse("{\"event\":\"build\",\"version\":1,\"time\":3}\n"),
        None
    );
    assert_eq!(BuildLog::parse(""), None);
}

#[test]
fn two_builds_are_compared_by_module() {
    let (old, new) = (
        log(&[("x", 5, &[]), ("y", 2, &[])]),
        log(&[("z", 1, &[]), ("x", 9, &[])]),
    );
    let found: Vec<(&str, bool, bool, i64)> = difference(&old, &new)
        .iter()
        .map(|one| {
            (
                one.module.path(),
                one.old.is_some(),
                one.new.is_some(),
                one.longer(),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("x", true, true, 4),
            ("y", true, false, -2),
            ("z", false, true, 1)
        ]
    );
    assert_eq!(new.slowest(), [1, 0]);
}

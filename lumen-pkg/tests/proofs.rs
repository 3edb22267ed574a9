//! `lumen.lock.proofs`: round trips, and what is refused.

use lumen_pkg::{LockedBundle, LockedCheckpoint, PackageName, Proofs, ProofsError, Version};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn example() -> Proofs {
    let bundle = |name: &str, version: &str| LockedBundle {
        name: PackageName::parse(name).expect("a name"),
        version: Version::parse(version).expect("a version"),
        origin: "registry.example".to_owned(),
        bundle: format!("c2sp.org/tlog-proof@v1\n\n{name}\n"),
    };
    Proofs {
        checkpoints: vec![LockedCheckpoint {
            origin: "registry.example".to_owned(),
            note: "registry.example\n7\nroot\n\n— registry.example x\n".to_owned(),
        }],
        bundles: vec![bundle("@a/b", "1.0.0"), bundle("@a/b", "2.0.0")],
    }
}

const TEXT: &str = "lumen.lock.proofs version 1\ncheckpoint registry.example 5\npackage @a/b 1.0.0 registry.example 3\n\
    package @a/b 2.0.0 registry.example 3\n\nregistry.example\n7\nroot\n\n— registry.example x\nc2sp.org/tlog-proof@v1\n\n@a/b\n\
    c2sp.org/tlog-proof@v1\n\n@a/b\n";

#[test]
fn the_text_is_as_the_specification_shows_it() {
    assert_eq!(example().render(), TEXT);
    assert_eq!(Proofs::parse(TEXT), Ok(example()));
    let found = example();
    let name = PackageName::parse("@a/b").expect("a name");
    assert!(found.bundle(&name, &Version::new(2, 0, 0)).is_some());
    assert!(found.bundle(&name, &Version::new(3, 0, 0)).is_none());
    assert!(found.checkpoint("registry.example").is_some());
}

#[test]
fn what_is_not_exactly_that_is_refused() {
    let cases = [
        ("version 1", "version 2", ProofsError::Format),
        (
            "checkpoint registry.example 5",
            "checkpoint registry.example 05",
            ProofsError::Entry(2),
        ),
        (
            "checkpoint registry.example 5",
            "checkpoint registry.example 0",
            ProofsError::Entry(2),
        ),
        (
            "checkpoint registry.example 5",
            "checkpoint  registry.example 5",
            ProofsError::Entry(2),
        ),
        ("package @a/b 1.0.0", "package @a/B 1.0.0", ProofsError::Entry(3)),
        ("package @a/b 1.0.0", "package @a/b 2.0.0", ProofsError::Order(4)),
        ("registry.example 5", "registry.example 6", ProofsError::Length),
        ("registry.example 5", "registry.example 4", ProofsError::Length),
        (
            "registry.example 5",
            "registry.example 99999999999999999999",
            ProofsError::Entry(2),
        ),
        (
            "registry.example 5",
            "registry.example 9999999999",
            ProofsError::Length,
        ),
        ("\n\nregistry", "\nregistry", ProofsError::Entry(5)),
    ];
    for (from, to, error) in cases {
        let text = TEXT.replacen(from, to, 1);
        assert_ne!(text, TEXT, "{from}");
        assert_eq!(Proofs::parse(&text), Err(error), "{to}");
    }
    assert_eq!(Proofs::parse(TEXT.trim_end()), Err(ProofsError::Length));
    assert_eq!(Proofs::parse(""), Err(ProofsError::Format));
}

proptest! {
    #[test]
    fn parsing_undoes_rendering(
        notes in proptest::collection::btree_map("[a-z.]{1,6}", "([a-zé]{0,3}\n){1,4}", 0..3),
        bundles in proptest::collection::vec(("@[a-c]/[a-c]", 0u64..3, "([a-z]{0,3}\n){1,4}"), 0..5),
    ) {
        let bundles: BTreeMap<(String, u64), String> =
            bundles.into_iter().map(|(name, major, text)| ((name, major), text)).collect();
        let proofs = Proofs {
            checkpoints: notes.into_iter().map(|(origin, note)| LockedCheckpoint { origin, note }).collect(),
            bundles: bundles
                .into_iter()
                .map(|((name, major), bundle)| LockedBundle {
                    name: PackageName::parse(&name).expect("a name"),
                    version: Version::new(major, 0, 0),
                    origin: "o".to_owned(),
                    bundle,
                })
                .collect(),
        };
        prop_assert_eq!(Proofs::parse(&proofs.render()), Ok(proofs));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "lumen.lock.proofs version 1\n(checkpoint a [0-9]\n|package @a/b 1.0.0 a 1\n|\n|x\n){0,6}") {
        if let Ok(proofs) = Proofs::parse(&text) {
            prop_assert_eq!(proofs.render(), text);
        }
    }
}

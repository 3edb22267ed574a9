//! Several builds at once: in one workspace, in two checkouts that share a cache, while files are edited and the cache is emptied. All
//! end in order, and what they leave is what a clean build gives.

use crate::builds::{end, start};
use crate::history::{Ask, Part, Random, World, copy};
use crate::oracle::{clean, compare};
use crate::support::lumen;
use std::process::{Child, Stdio};
use std::time::Duration;

/// What eight people ask for.
fn asks() -> Vec<Ask> {
    let package = |name: &str| Some(Part::Package(name.to_owned()));
    let document = Some(Part::Document("packages/a/src/two.lm.md".to_owned()));
    let parts = [
        None,
        None,
        None,
        package("@w/a"),
        package("@w/b"),
        document,
        None,
        None,
    ];
    let asks = parts.into_iter().enumerate().map(|(number, part)| Ask {
        jobs: 1 + number % 3,
        paranoid: number == 7,
        part,
        ..Ask::default()
    });
    asks.collect()
}

/// Waits for builds; all of them must succeed without a word about the cache.
fn succeed(builds: Vec<Child>, image: Option<&str>) {
    for build in builds {
        let (status, said) = end(build);
        assert_eq!(status, Some(0), "{said}");
        assert!(!said.contains("\"note\""), "{said}");
        assert!(image.is_none_or(|image| said.contains(image)), "{said}");
    }
}

#[test]
fn eight_builds_at_once_give_one_program() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let mut world = World::new(place.path());
    for round in 0..3 {
        world.edit_bodies(|| (0, round));
        let expected = clean(
            &world,
            &Ask::default(),
            &place.path().join(format!("expected{round}")),
        );
        let (whole, parts): (Vec<Ask>, Vec<Ask>) = asks().into_iter().partition(|ask| ask.part.is_none());
        let parts: Vec<Child> = parts.iter().map(|ask| start(&world, ask)).collect();
        succeed(
            whole.iter().map(|ask| start(&world, ask)).collect(),
            Some(&expected.image),
        );
        succeed(parts, None);
        let difference = compare(
            &world,
            &Ask::default(),
            &place.path().join(format!("clean{round}")),
        );
        assert_eq!(difference.err(), None, "round {round}");
    }
}

#[test]
fn builds_while_files_are_edited_leave_what_a_clean_one_gives() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let mut world = World::new(place.path());
    let mut random = Random::new(4);
    for round in 0..4 {
        let builds: Vec<Child> = asks()
            .iter()
            .map(|ask| {
                let build = start(&world, ask);
                world.edit_bodies(|| (random.below(4), random.below(10)));
                std::thread::sleep(Duration::from_millis(random.below(8) as u64));
                build
            })
            .collect();
        for build in builds {
            let (status, said) = end(build);
            assert!(matches!(status, Some(0 | 1)), "{said}");
            assert!(!said.contains("panicked"), "{said}");
        }
        let difference = compare(
            &world,
            &Ask::default(),
            &place.path().join(format!("clean{round}")),
        );
        assert_eq!(difference.err(), None, "round {round}");
    }
}

#[test]
fn two_checkouts_share_a_cache_that_somebody_empties() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let mut left = World::new(place.path());
    left.moves = 1;
    copy(&place.path().join("work0"), &left.root(), &|_| true);
    let mut right = World::new(place.path());
    for round in 0..3 {
        left.edit_bodies(|| (1, round));
        right.edit_bodies(|| (1, round + 1));
        let mut builds = Vec::new();
        for _ in 0..2 {
            builds.extend([start(&left, &Ask::default()), start(&right, &Ask::default())]);
            for arguments in [&["cache", "gc", "--max-size", "1 KB"][..], &["cache", "clear"]] {
                let mut command = lumen(&left.cache(), &left.root());
                // Two that empty it at once may find nothing left to remove.
                command
                    .args(arguments)
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .status()
                    .expect("lumen starts");
            }
        }
        for build in builds {
            let (status, said) = end(build);
            assert_eq!(status, Some(0), "{said}");
        }
        for (world, name) in [(&left, "left"), (&right, "right")] {
            let difference = compare(
                world,
                &Ask::default(),
                &place.path().join(format!("{name}{round}")),
            );
            assert_eq!(difference.err(), None, "{name}, round {round}");
        }
    }
}

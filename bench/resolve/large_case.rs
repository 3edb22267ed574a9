//! Reads `large_case_u16_NumberVersion.ron`, a case that PubGrub's repository carried until 2024: only the one shape of RON that the
//! file has. Shared by the benchmark and the test that compares with PubGrub.

use lumen_pkg::solve::{Candidate, MemoryProvider, Need, SourcedName};
use lumen_pkg::{Requirement, Version};
use pubgrub::{OfflineDependencyProvider, Ranges};
use std::collections::BTreeMap;
use std::path::Path;

/// What a version needs: a package in a version from the first number up to, not including, the second.
pub(crate) type Needs = Vec<(usize, u64, Option<u64>)>;

/// Packages, their versions, and what those need.
pub(crate) type LargeCase = BTreeMap<usize, BTreeMap<u64, Needs>>;

/// The case in the folder of public test data (`$LUMEN_TEST_DATA`, or `shared/data` beside the repository); a line that says so if it
/// is not there.
#[expect(clippy::disallowed_methods, reason = "test data outside of the repository")]
pub(crate) fn large_case() -> Result<LargeCase, String> {
    let data = std::env::var_os("LUMEN_TEST_DATA")
        .map(std::path::PathBuf::from)
        .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"));
    match std::fs::read_to_string(data.join("pubgrub/large_case_u16_NumberVersion.ron")) {
        Ok(text) => Ok(parse(&text)),
        Err(_) => Err(format!(
            "skipped: pubgrub/large_case_u16_NumberVersion.ron, not in {}",
            data.display()
        )),
    }
}

/// A case for this solver, as minor versions of 1.x, so that all of a package lie in one compatible range; and for PubGrub alone,
/// as plain numbers.
pub(crate) fn providers(
    case: &LargeCase,
    package: impl Fn(usize) -> SourcedName,
) -> (MemoryProvider, OfflineDependencyProvider<usize, Ranges<u64>>) {
    let mut plain = OfflineDependencyProvider::new();
    let mut provider = MemoryProvider::default();
    for (number, versions) in case {
        let mut candidates = Vec::new();
        for (minor, needs) in versions {
            let mut candidate = Candidate::new(Version::new(1, *minor, 0));
            let mut ranges = Vec::new();
            for (dependency, low, high) in needs {
                let end = high.map_or("<2".to_owned(), |high| format!("<1.{high}.0"));
                let requirement = Requirement::parse(&format!(">=1.{low}.0, {end}"));
                candidate.needs.push(Need {
                    package: package(*dependency),
                    requirement: Some(requirement.expect("a requirement")),
                });
                let end = high.map_or(Ranges::full(), Ranges::strictly_lower_than);
                ranges.push((*dependency, Ranges::higher_than(*low).intersection(&end)));
            }
            plain.add_dependencies(*number, *minor, ranges);
            candidates.push(candidate);
        }
        provider.insert(package(*number), candidates);
    }
    (provider, plain)
}

fn parse(text: &str) -> LargeCase {
    let mut packages = LargeCase::new();
    let (mut package, mut version, mut dependency) = (0, 0, 0);
    for line in text.lines() {
        let depth = line.len() - line.trim_start().len();
        let number = || {
            line.trim()
                .split(':')
                .next()
                .and_then(|word| word.parse::<usize>().ok())
        };
        match (depth, number()) {
            (4, Some(number)) => {
                package = number;
                packages.entry(package).or_default();
            }
            (8, Some(number)) => {
                version = number as u64;
                packages.entry(package).or_default().entry(version).or_default();
            }
            (12, Some(number)) => dependency = number,
            (16, None) => {
                let inside = line.trim().trim_start_matches('(').trim_end_matches([')', ',']);
                let (low, high) = inside.split_once(", ").expect("two ends");
                let high = high
                    .trim_start_matches("Some(")
                    .trim_end_matches(')')
                    .parse()
                    .ok();
                let needs = packages.entry(package).or_default().entry(version).or_default();
                needs.push((dependency, low.parse().expect("a number"), high));
            }
            _ => {}
        }
    }
    packages
}

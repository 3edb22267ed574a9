//! Reads `large_case_u16_NumberVersion.ron`, a case that PubGrub's repository carried until 2024: only the one shape of RON that the
//! file has. Shared by the benchmark and the test that compares with PubGrub.

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

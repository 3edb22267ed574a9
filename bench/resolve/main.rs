//! Speed of resolution, in CPU time of the one thread that does it, best of some rounds. `make bench-resolve` builds and runs it; with
//! `--gate`, a bound that is not held is exit status 1. Words choose cases: `graph`, `large`, `sparse`, `dense`.
//!
//! - `graph`: 2,000 packages with 20 versions each, nearly all of them chosen; PubGrub alone on the same graph as plain numbers is the floor.
//! - `large case`: PubGrub's own, every one of 641 roots (skipped if the data is not there); again with PubGrub alone as the floor.
//! - `warm cache`: 200 direct dependencies in a registry of 100,000 packages, from the bytes of index records to the solution: sparse (most
//!   packages share their dependencies, as in real registries) and dense (more than twice as many packages are needed). To read the
//!   records and do nothing with them is the floor.

mod large_case;

use ed25519_dalek::SigningKey;
use large_case::{LargeCase, providers};
use lumen_pkg::protocol::{PublicKey, PublishedDependency, PublishedVersion, Record, Signature};
use lumen_pkg::solve::{Candidate, Need, Problem, Provider, ProviderError, Source, SourcedName, solve};
use lumen_pkg::{Digest, PackageName, Requirement, Version};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;

const ROUNDS: usize = 7;
const ORIGIN: &str = "registry.example";

#[expect(clippy::print_stdout, reason = "it prints a table")]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let gate = arguments.iter().any(|argument| argument == "--gate");
    let only: Vec<&String> = arguments.iter().filter(|word| !word.starts_with("--")).collect();
    let wanted = |name: &str| only.is_empty() || only.iter().any(|word| name.starts_with(word.as_str()));
    let rows = [
        wanted("graph").then(graph),
        wanted("large").then(large).flatten(),
        wanted("sparse").then(|| warm_cache("warm, sparse", SPARSE)),
        wanted("dense").then(|| warm_cache("warm, dense", DENSE)),
    ];
    println!(
        "{:<12} {:>46} {:>10} {:>10} {:>9} {:>10}",
        "case", "size", "CPU ms", "floor ms", "x floor", "bound ms"
    );
    let mut held = true;
    for row in rows.into_iter().flatten() {
        let floor = row.floor.map_or("-".to_owned(), |floor| format!("{floor:.1}"));
        let ratio = row
            .floor
            .map_or("-".to_owned(), |floor| format!("{:.1}", row.milliseconds / floor));
        println!(
            "{:<12} {:>46} {:>10.1} {floor:>10} {ratio:>9} {:>10}",
            row.name, row.size, row.milliseconds, row.bound
        );
        held &= row.milliseconds <= row.bound;
    }
    match gate && !held {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    }
}

struct Row {
    name: &'static str,
    size: String,
    milliseconds: f64,
    /// The same by the bare minimum that could do it.
    floor: Option<f64>,
    bound: f64,
}

/// CPU time of this thread so far, in milliseconds: Linux counts it in nanoseconds, but only up to the last time that the scheduler looked,
/// so it is made to look. Elsewhere the wall clock.
#[expect(clippy::disallowed_methods, reason = "it measures")]
fn clock() -> f64 {
    thread_local!(static START: std::time::Instant = std::time::Instant::now());
    std::thread::yield_now();
    let counted = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds =
        counted.and_then(|text| text.split(' ').next().and_then(|word| word.parse::<f64>().ok()));
    nanoseconds.map_or_else(
        || START.with(|start| start.elapsed().as_secs_f64() * 1e3),
        |count| count / 1e6,
    )
}

fn best(mut work: impl FnMut()) -> f64 {
    let round = |_| {
        let before = clock();
        work();
        clock() - before
    };
    (0..ROUNDS).map(round).fold(f64::INFINITY, f64::min)
}

/// SplitMix64: the same graphs on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    /// From 0 to 1.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

fn name(number: usize) -> PackageName {
    PackageName::parse(&format!("@p/p{number}")).expect("a name")
}

fn package(number: usize) -> SourcedName {
    SourcedName {
        name: name(number),
        source: Source::Registry(ORIGIN.into()),
    }
}

fn need(number: usize, requirement: &str) -> Need {
    Need {
        package: package(number),
        requirement: Some(Requirement::parse(requirement).expect("a requirement")),
    }
}

/// Package 0 needs 200 of 2,000; every version needs up to four packages of higher numbers, from a version on that is not too new.
fn graph() -> Row {
    const PACKAGES: usize = 2_000;
    let mut random = Random(1);
    let mut case = LargeCase::new();
    let roots = (1..=200).map(|number| (number, 0, None)).collect();
    case.entry(0).or_default().insert(0, roots);
    for number in 1..=PACKAGES {
        for version in 0..20 {
            let needs = case.entry(number).or_default().entry(version).or_default();
            for _ in 0..4 {
                let other = number + 1 + random.below(400);
                if other <= PACKAGES {
                    let low = random.below(16) as u64;
                    needs.push((other, low, (random.below(100) == 0).then_some(19)));
                }
            }
        }
    }
    let (provider, floor) = providers(&case, package);
    let problem = Problem {
        roots: vec![need(0, "^1")],
        ..Problem::default()
    };
    let chosen = solve(&problem, &provider).map_or(0, |solution| solution.packages.len());
    Row {
        name: "graph",
        size: format!("2000 packages x 20 versions, {chosen} chosen"),
        milliseconds: best(|| drop(solve(&problem, &provider))),
        floor: Some(best(|| drop(pubgrub::resolve(&floor, 0usize, 0u64)))),
        bound: 20.0,
    }
}

#[expect(clippy::print_stdout, reason = "it says what it skips")]
fn large() -> Option<Row> {
    let case = match large_case::large_case() {
        Ok(case) => case,
        Err(skipped) => {
            println!("{skipped}");
            return None;
        }
    };
    let (provider, floor) = providers(&case, package);
    let roots: Vec<(usize, u64)> = case
        .iter()
        .flat_map(|(number, versions)| versions.keys().map(|version| (*number, *version)))
        .collect();
    let problem = |(number, minor): &(usize, u64)| Problem {
        roots: vec![need(*number, &format!("=1.{minor}.0"))],
        ..Problem::default()
    };
    let problems: Vec<Problem> = roots.iter().map(problem).collect();
    let solved = problems
        .iter()
        .filter(|problem| solve(problem, &provider).is_ok())
        .count();
    Some(Row {
        name: "large case",
        size: format!("{} roots, {solved} solved", roots.len()),
        milliseconds: best(|| {
            problems
                .iter()
                .for_each(|problem| drop(solve(problem, &provider)))
        }),
        floor: Some(best(|| {
            roots
                .iter()
                .for_each(|(number, minor)| drop(pubgrub::resolve(&floor, *number, *minor)));
        })),
        bound: 100.0,
    })
}

/// Index records as a cache on disk has them: bytes, parsed when they are asked for.
struct Cache {
    records: RefCell<BTreeMap<PackageName, Vec<u8>>>,
    parsed: Cell<usize>,
    bytes: Cell<usize>,
    /// Whether to make what is not there yet.
    filling: bool,
    /// See [`SPARSE`].
    exponent: i32,
}

const REGISTRY: usize = 100_000;

/// A share of all packages, from 0 to 1, to this power is which package a dependency is on: the higher, the more often the same ones.
const SPARSE: i32 = 8;
const DENSE: i32 = 4;

impl Provider for Cache {
    fn candidates(&self, package: &SourcedName) -> Result<Arc<[Candidate]>, ProviderError> {
        if self.filling {
            let number = package
                .name
                .base()
                .trim_start_matches('p')
                .parse()
                .expect("p and a number");
            let made = record(number, self.exponent).to_bytes();
            self.records.borrow_mut().insert(package.name.clone(), made);
        }
        let records = self.records.borrow();
        let bytes = records.get(&package.name).ok_or(ProviderError::NotFound)?;
        self.parsed.set(self.parsed.get() + 1);
        self.bytes.set(self.bytes.get() + bytes.len());
        let record = Record::from_bytes(bytes).map_err(|error| ProviderError::Failed(Box::new(error)))?;
        let candidates = Candidate::published(&record, &ORIGIN.into());
        Ok(candidates
            .map_err(|error| ProviderError::Failed(Box::new(error)))?
            .into())
    }
}

/// Package `number` of the registry: up to 15 versions, each with up to four dependencies on packages of lower numbers, the more so the
/// lower they are, as in real registries.
fn record(number: usize, exponent: i32) -> Record {
    let mut random = Random(number as u64);
    // Each package has a publisher of its own: the most keys that there can be.
    let secret = SigningKey::from_bytes(Digest::of(&number.to_le_bytes()).as_bytes());
    let key = PublicKey::from_bytes(secret.verifying_key().as_bytes()).expect("a key");
    let others: Vec<usize> = (0..random.below(5))
        .map(|_| (number as f64 * random.share().powi(exponent)) as usize)
        .filter(|other| *other < number)
        .collect();
    let version = |at: usize| {
        let mut dependencies: Vec<PublishedDependency> = others
            .iter()
            .map(|other| PublishedDependency {
                name: name(*other),
                requirement: "^1".to_owned(),
                registry: None,
            })
            .collect();
        dependencies.sort_by(|left, right| left.name.cmp(&right.name));
        dependencies.dedup_by(|left, right| left.name == right.name);
        let digest = Digest::of(&[number.to_le_bytes(), at.to_le_bytes()].concat());
        PublishedVersion {
            version: Version::new(1, at as u64, 0),
            leaf: (number * 20 + at) as u64,
            time: 1_700_000_000 + at as u64,
            archive: digest,
            size: 20_000,
            files: digest,
            manifest: digest,
            dependencies,
            grants: Vec::new(),
            yanked: false,
            user: "somebody".to_owned(),
            key,
            signature: Signature::from_bytes([7; 64]),
        }
    };
    Record {
        package: name(number),
        versions: (0..1 + random.below(15)).map(version).collect(),
    }
}

fn warm_cache(name: &'static str, exponent: i32) -> Row {
    let mut random = Random(3);
    let problem = Problem {
        roots: (0..200).map(|_| need(random.below(REGISTRY), "^1")).collect(),
        ..Problem::default()
    };
    let mut cache = Cache {
        records: RefCell::default(),
        parsed: Cell::new(0),
        bytes: Cell::new(0),
        filling: true,
        exponent,
    };
    let solution = solve(&problem, &cache).expect("it can be solved");
    cache.filling = false;
    let milliseconds = best(|| {
        cache.parsed.set(0);
        cache.bytes.set(0);
        drop(solve(&problem, &cache));
    });
    let floor = best(|| {
        for bytes in cache.records.borrow().values() {
            drop(Record::from_bytes(bytes));
        }
    });
    Row {
        name,
        size: format!(
            "200 of 100000: {} chosen, {} kB of records",
            solution.packages.len(),
            cache.bytes.get() / 1000
        ),
        milliseconds,
        floor: Some(floor),
        bound: 100.0,
    }
}

//! The solver against others: a SAT solver on random graphs, PubGrub's own large case, and a chain that no recursion survives.
//! `LUMEN_RESOLVER_GRAPHS` says how many random graphs there are (500).

#[path = "../../bench/resolve/large_case.rs"]
mod large_case;

use lumen_pkg::solve::{
    Candidate, Locked, MemoryProvider, Need, Preference, Problem, Solution, SolveError, Source, SourcedName,
    solve,
};
use lumen_pkg::{PackageName, Requirement, Version};
use std::collections::{BTreeMap, BTreeSet};
use varisat::{CnfFormula, ExtendFormula as _, Lit, Solver, Var};

fn package(number: usize) -> SourcedName {
    SourcedName {
        name: PackageName::parse(&format!("@p/p{number}")).expect("a name"),
        source: Source::Registry("main".into()),
    }
}

fn need(package: SourcedName, requirement: &str) -> Need {
    Need {
        package,
        requirement: Some(Requirement::parse(requirement).expect("a requirement")),
    }
}

fn version(text: &str) -> Version {
    Version::parse(text).expect("a version")
}

/// SplitMix64 (Steele, Lea and Flood 2014): the same graphs on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % bound as u64) as usize
    }

    fn pick<'t>(&mut self, list: &[&'t str]) -> &'t str {
        list[self.below(list.len())]
    }
}

const VERSIONS: [&str; 10] = [
    "0.1.0",
    "0.1.1",
    "0.2.0",
    "1.0.0-beta.1",
    "1.0.0",
    "1.1.0",
    "1.2.0",
    "2.0.0",
    "2.1.0-rc.1",
    "2.1.0",
];
const REQUIREMENTS: [&str; 16] = [
    "*",
    "^1",
    "~1.1",
    "=1.0.0",
    "=1.2.0",
    ">=1, <3",
    "<1.1",
    ">1",
    "^0.1",
    "^2",
    "=2.0.0",
    "^1.0.0-beta.1",
    "<=1.0.0",
    ">=0.2",
    "^2.1.0-rc.1",
    "1.*",
];

struct Graph {
    packages: BTreeMap<SourcedName, Vec<Candidate>>,
    problem: Problem,
}

/// A few packages whose needs point anywhere (`cyclic`) or only to packages of lower numbers.
fn graph(seed: u64, cyclic: bool) -> Graph {
    let mut random = Random(seed);
    let count = 3 + random.below(8);
    let mut packages = BTreeMap::new();
    for number in 0..count {
        let mut candidates = Vec::new();
        for text in VERSIONS {
            if random.below(100) >= 45 {
                continue;
            }
            let mut candidate = Candidate::new(version(text));
            candidate.yanked = random.below(10) == 0;
            for _ in 0..random.below(4) {
                let lower = if cyclic { count } else { number };
                if lower > 0 {
                    let other = package(random.below(lower));
                    candidate.needs.push(need(other, random.pick(&REQUIREMENTS)));
                }
            }
            candidates.push(candidate);
        }
        packages.insert(package(number), candidates);
    }
    let mut problem = Problem::default();
    for _ in 0..1 + random.below(4) {
        let other = package(random.below(count));
        problem.roots.push(need(other, random.pick(&REQUIREMENTS)));
    }
    for _ in 0..random.below(3) {
        problem.locked.push(Locked {
            package: package(random.below(count)),
            version: version(random.pick(&VERSIONS)),
        });
    }
    if random.below(4) == 0 {
        problem.policy.preference = Preference::Oldest;
    }
    Graph { packages, problem }
}

impl Graph {
    /// What may be chosen: all but what is yanked and not locked.
    fn usable(&self) -> Vec<(&SourcedName, &Candidate)> {
        let all = self
            .packages
            .iter()
            .flat_map(|(name, list)| list.iter().map(move |one| (name, one)));
        let locked = |name: &SourcedName, candidate: &Candidate| {
            let wanted = &self.problem.locked;
            wanted
                .iter()
                .any(|lock| lock.package == *name && lock.version == candidate.version)
        };
        all.filter(|(name, candidate)| !candidate.yanked || locked(name, candidate))
            .collect()
    }

    /// One variable a candidate; a need is a clause, and so are two candidates of one compatible range.
    fn satisfiable(&self) -> bool {
        let usable = self.usable();
        let literal = |index: usize| Lit::from_var(Var::from_index(index), true);
        let clause = |need: &Need| {
            let requirement = semver::VersionReq::parse(&need.requirement.as_ref().expect("one").to_string());
            let requirement = requirement.expect("a requirement");
            let fits = usable.iter().enumerate().filter(|(_, (name, candidate))| {
                **name == need.package && requirement.matches(&candidate.version)
            });
            fits.map(|(index, _)| literal(index)).collect::<Vec<_>>()
        };
        let mut formula = CnfFormula::new();
        for root in &self.problem.roots {
            formula.add_clause(&clause(root));
        }
        for (index, (name, candidate)) in usable.iter().enumerate() {
            for one in &candidate.needs {
                let mut needed = clause(one);
                needed.push(!literal(index));
                formula.add_clause(&needed);
            }
            for (other, (other_name, rival)) in usable.iter().enumerate().skip(index + 1) {
                if name == other_name && range(&candidate.version) == range(&rival.version) {
                    formula.add_clause(&[!literal(index), !literal(other)]);
                }
            }
        }
        let mut solver = Solver::new();
        solver.add_formula(&formula);
        solver.solve().expect("the SAT solver answers")
    }

    fn solve(&self, problem: &Problem) -> Result<Solution, SolveError> {
        let mut provider = MemoryProvider::default();
        for (name, list) in &self.packages {
            provider.insert(name.clone(), list.clone());
        }
        solve(problem, &provider)
    }

    /// That a solution is one, by nothing but its own edges.
    fn check(&self, solution: &Solution, seed: u64) {
        let usable = self.usable();
        let mut ranges = BTreeSet::new();
        let mut reached: BTreeSet<usize> = solution.roots.iter().copied().collect();
        let meets = |need: &Need, places: &[usize]| {
            places.iter().any(|at| {
                let chosen = &solution.packages[*at].chosen;
                let fits = need.requirement.as_ref().expect("one").matches(&chosen.version);
                chosen.name == need.package.name && fits
            })
        };
        for root in &self.problem.roots {
            assert!(meets(root, &solution.roots), "seed {seed}: {root:?}");
        }
        for resolved in &solution.packages {
            let chosen = &resolved.chosen;
            assert!(
                ranges.insert((chosen.name.clone(), range(&chosen.version))),
                "seed {seed}: {chosen} twice"
            );
            let known = usable
                .iter()
                .find(|(name, one)| name.name == chosen.name && one.version == chosen.version);
            let (_, candidate) = known.unwrap_or_else(|| panic!("seed {seed}: {chosen} may not be chosen"));
            for one in &candidate.needs {
                assert!(
                    meets(one, &resolved.dependencies),
                    "seed {seed}: {chosen} lacks {one:?}"
                );
            }
            let needless = resolved.dependencies.len() > candidate.needs.len();
            assert!(!needless, "seed {seed}: {chosen} uses what it does not need");
            reached.extend(&resolved.dependencies);
        }
        assert_eq!(
            reached.len(),
            solution.packages.len(),
            "seed {seed}: something is not used"
        );
        let mut done = BTreeSet::new();
        for at in &solution.order {
            let before = solution.packages[*at]
                .dependencies
                .iter()
                .all(|one| done.contains(one));
            assert!(before && done.insert(*at), "seed {seed}: order");
        }
        assert_eq!(
            done.len(),
            solution.packages.len(),
            "seed {seed}: order is not whole"
        );
    }
}

fn range(version: &Version) -> (u64, u64, u64) {
    match (version.major, version.minor, version.patch) {
        (0, 0, patch) => (0, 0, patch),
        (0, minor, _) => (0, minor, 0),
        (major, _, _) => (major, 0, 0),
    }
}

fn locked(solution: &Solution) -> Vec<Locked> {
    let lock = |resolved: &lumen_pkg::solve::Resolved| Locked {
        package: SourcedName {
            name: resolved.chosen.name.clone(),
            source: resolved.chosen.source.clone(),
        },
        version: resolved.chosen.version.clone(),
    };
    solution.packages.iter().map(lock).collect()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a count for the soak")]
fn random_graphs_are_solved_exactly_if_a_sat_solver_can() {
    let graphs = std::env::var("LUMEN_RESOLVER_GRAPHS").ok();
    let graphs: u64 = graphs.map_or(500, |text| text.parse().expect("a number"));
    let (mut solved, mut refused, mut circles) = (0, 0, 0);
    for seed in 0..graphs {
        let graph = graph(seed, seed % 4 == 3);
        let satisfiable = graph.satisfiable();
        match graph.solve(&graph.problem) {
            Ok(solution) => {
                assert!(satisfiable, "seed {seed}");
                graph.check(&solution, seed);
                let again = Problem {
                    locked: locked(&solution),
                    ..graph.problem.clone()
                };
                assert_eq!(
                    graph.solve(&again).ok().as_ref(),
                    Some(&solution),
                    "seed {seed}: the lock moves"
                );
                solved += 1;
            }
            Err(SolveError::Conflict(conflict)) => {
                assert!(!satisfiable, "seed {seed}: {conflict}");
                let end = conflict
                    .explanation()
                    .last()
                    .map(String::as_str)
                    .unwrap_or_default();
                assert!(end.ends_with("nothing fits."), "seed {seed}: {conflict}");
                refused += 1;
            }
            Err(SolveError::Cycle(_)) => {
                assert!(satisfiable && seed % 4 == 3, "seed {seed}");
                circles += 1;
            }
            Err(error) => panic!("seed {seed}: {error}"),
        }
    }
    println!("{graphs} graphs: {solved} solved, {refused} refused, {circles} with circles");
    assert!(graphs < 100 || (solved > 0 && refused > 0 && circles > 0));
}

/// Every version of the case as the root.
#[test]
fn the_large_case_of_pubgrub_is_solved_as_pubgrub_does() {
    let case = match large_case::large_case() {
        Ok(case) => case,
        Err(skipped) => return println!("{skipped}"),
    };
    let (provider, oracle) = large_case::providers(&case, package);
    let (mut solved, mut refused) = (0, 0);
    for (number, versions) in &case {
        for minor in versions.keys() {
            let problem = Problem {
                roots: vec![need(package(*number), &format!("=1.{minor}.0"))],
                ..Problem::default()
            };
            let found = solve(&problem, &provider);
            let expected = pubgrub::resolve(&oracle, *number, *minor).is_ok();
            match found {
                Ok(_) | Err(SolveError::Cycle(_)) => solved += 1,
                Err(SolveError::Conflict(_)) => refused += 1,
                Err(ref error) => panic!("{number} {minor}: {error}"),
            }
            let solvable = !matches!(found, Err(SolveError::Conflict(_)));
            assert_eq!(solvable, expected, "{number} {minor}");
        }
    }
    println!("{} roots: {solved} solvable, {refused} not", solved + refused);
    assert_eq!(solved + refused, 641);
}

#[test]
fn a_conflict_at_the_end_of_a_long_chain_is_explained_without_recursion() {
    const LENGTH: usize = 100_000;
    let mut provider = MemoryProvider::default();
    for number in 0..LENGTH {
        let mut candidate = Candidate::new(Version::new(1, 0, 0));
        candidate.needs.push(need(package(number + 1), "^1"));
        provider.insert(package(number), vec![candidate]);
    }
    let problem = Problem {
        roots: vec![need(package(0), "^1")],
        ..Problem::default()
    };
    let Err(SolveError::Conflict(conflict)) = solve(&problem, &provider) else {
        panic!("the last package is missing")
    };
    assert!(conflict.explanation().len() >= LENGTH / 4);
    let shown = conflict.to_string();
    assert!(
        shown.contains("@p/p100000 ^1 (the registry main does not have it)"),
        "{shown}"
    );
    assert!(shown.contains("@p/p0 ^1 is asked for"), "{shown}");
    assert!(shown.lines().count() < 100);
}

//! Cases of resolution: each file of `tests/solve` holds cases with packages, what the workspace asks for, and the solution or message.
//! `tests/solve/README.md` says how they are written. `LUMEN_UPDATE_CASES=1` writes what was found into the files, to be read.

use lumen_pkg::solve::{
    Candidate, Locked, MemoryProvider, Need, Policy, Preference, Problem, Solution, Source, SourcedName,
    solve,
};
use lumen_pkg::{PackageName, Requirement, Version};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use toml_edit::{Array, DocumentMut, Item, Table, Value};

const REGISTRY: &str = "registry+main";

#[test]
#[expect(clippy::disallowed_methods, reason = "cases are files")]
fn every_case_gives_its_solution_or_message() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/solve");
    let update = std::env::var_os("LUMEN_UPDATE_CASES").is_some();
    let entries = std::fs::read_dir(&folder).expect("the folder of cases is there");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    let (mut cases, mut conflicts, mut wrong) = (0, 0, String::new());
    for path in files {
        let text = std::fs::read_to_string(&path).expect("a case file is text");
        let mut document: DocumentMut = text
            .parse()
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let tables = document
            .get_mut("case")
            .and_then(Item::as_array_of_tables_mut)
            .expect("a file has [[case]]");
        for case in tables.iter_mut() {
            cases += 1;
            let name = string(case, "name").expect("a case has a name");
            assert!(string(case, "why").is_some(), "{name}: a case says why");
            let found = run(case);
            conflicts += usize::from(found.is_err());
            if expectation(case) != Some(found.clone()) {
                let _ = writeln!(wrong, "{}: {name}\n{}\n", path.display(), shown(&found));
                write(case, found);
            }
        }
        if update {
            std::fs::write(&path, document.to_string()).expect("the case file is written");
        }
    }
    assert!(wrong.is_empty() || update, "{wrong}");
    println!("{cases} cases, {conflicts} of them conflicts");
}

type Found = Result<Vec<String>, String>;

fn shown(found: &Found) -> String {
    match found {
        Ok(lines) => lines.join("\n"),
        Err(message) => message.clone(),
    }
}

fn expectation(case: &Table) -> Option<Found> {
    match (case.contains_key("solution"), string(case, "message")) {
        (true, None) => Some(Ok(strings(case, "solution"))),
        (false, Some(message)) => Some(Err(message.trim_end().to_owned())),
        _ => None,
    }
}

fn write(case: &mut Table, found: Found) {
    case.remove("solution");
    case.remove("message");
    match found {
        Ok(lines) => {
            let mut array: Array = lines.iter().map(String::as_str).collect();
            for line in array.iter_mut() {
                line.decor_mut().set_prefix("\n    ");
            }
            array.set_trailing(if lines.is_empty() { "" } else { ",\n" });
            case.insert("solution", Item::Value(Value::Array(array)));
        }
        Err(message) => {
            let text = format!("message = '''\n{message}\n'''");
            let parsed: DocumentMut = text.parse().expect("messages have no '''");
            let value = parsed.get("message").expect("it was written").clone();
            case.insert("message", value);
        }
    }
}

fn string(table: &Table, key: &str) -> Option<String> {
    table.get(key).and_then(Item::as_str).map(str::to_owned)
}

fn strings(table: &Table, key: &str) -> Vec<String> {
    let array = table.get(key).and_then(Item::as_array);
    let texts = array
        .into_iter()
        .flatten()
        .map(|value| value.as_str().expect("texts"));
    texts.map(str::to_owned).collect()
}

fn run(case: &Table) -> Found {
    let mut packages: BTreeMap<SourcedName, Vec<Candidate>> = BTreeMap::new();
    let mut roots = Vec::new();
    let mut add = |key: &str, needs: Vec<Need>, dev_needs: Vec<Need>| {
        let (package, candidate) = candidate(key);
        if package.source == Source::Workspace {
            roots.push(Need {
                package: package.clone(),
                requirement: None,
            });
        }
        let candidate = Candidate {
            needs,
            dev_needs,
            ..candidate
        };
        packages.entry(package).or_default().push(candidate);
    };
    let needs = |texts: &[String]| texts.iter().map(|text| need(text)).collect::<Vec<_>>();
    if case.contains_key("needs") || case.contains_key("dev-needs") {
        let own = (needs(&strings(case, "needs")), needs(&strings(case, "dev-needs")));
        add("@app/main 0.1.0 from=workspace", own.0, own.1);
    }
    let dev = case.get("dev").and_then(Item::as_table);
    for (key, _) in case
        .get("packages")
        .and_then(Item::as_table)
        .into_iter()
        .flatten()
    {
        let table = case
            .get("packages")
            .and_then(Item::as_table)
            .expect("it was there");
        let dev = dev.map(|dev| strings(dev, key)).unwrap_or_default();
        add(key, needs(&strings(table, key)), needs(&dev));
    }
    roots.extend(needs(&strings(case, "roots")));
    let problem = Problem {
        roots,
        locked: strings(case, "locked").iter().map(|text| locked(text)).collect(),
        policy: policy(case),
    };
    let mut provider = MemoryProvider::default();
    for (package, candidates) in packages {
        provider.insert(package, candidates);
    }
    match solve(&problem, &provider) {
        Ok(solution) => {
            let again = Problem {
                locked: solution
                    .packages
                    .iter()
                    .map(|package| Locked {
                        package: SourcedName {
                            name: package.chosen.name.clone(),
                            source: package.chosen.source.clone(),
                        },
                        version: package.chosen.version.clone(),
                    })
                    .collect(),
                ..problem
            };
            assert_eq!(
                solve(&again, &provider).ok().as_ref(),
                Some(&solution),
                "a lock stays as it is"
            );
            Ok(lines(&solution))
        }
        Err(error) => Err(error.to_string()),
    }
}

/// `@a/x 1.0.0 -> @b/y 1.2.0, @c/z 2.0.0`, one a package; the source where it is not the usual registry, `dev` before what tests use.
fn lines(solution: &Solution) -> Vec<String> {
    let shown = |at: &usize| {
        solution
            .packages
            .get(*at)
            .expect("edges lead to packages")
            .chosen
            .to_string()
    };
    let line = |package: &lumen_pkg::solve::Resolved| {
        let mut line = package.chosen.to_string();
        let source = package.chosen.source.to_string();
        if source != REGISTRY {
            let _ = write!(line, " from={source}");
        }
        let normal = package.dependencies.iter().map(shown);
        let dev = package
            .dev_dependencies
            .iter()
            .map(|at| format!("dev {}", shown(at)));
        let edges: Vec<String> = normal.chain(dev).collect();
        if !edges.is_empty() {
            let _ = write!(line, " -> {}", edges.join(", "));
        }
        line
    };
    solution.packages.iter().map(line).collect()
}

/// `NAME VERSION [yanked] [time=SECONDS] [from=SOURCE]`
fn candidate(text: &str) -> (SourcedName, Candidate) {
    let mut words = text.split(' ');
    let name = words.next().expect("a name");
    let version = words.next().expect("a version");
    let mut candidate =
        Candidate::new(Version::parse(version).unwrap_or_else(|error| panic!("{text}: {error}")));
    let mut from = REGISTRY;
    candidate.time = Some(0);
    for word in words {
        match word.split_once('=') {
            None if word == "yanked" => candidate.yanked = true,
            Some(("time", "none")) => candidate.time = None,
            Some(("time", seconds)) => candidate.time = Some(seconds.parse().expect("seconds")),
            Some(("from", source)) => from = source,
            _ => panic!("{text}: {word}"),
        }
    }
    (sourced(name, from), candidate)
}

fn sourced(name: &str, source: &str) -> SourcedName {
    SourcedName {
        name: PackageName::parse(name).unwrap_or_else(|error| panic!("{name}: {error}")),
        source: Source::parse(source).unwrap_or_else(|| panic!("{name}: {source}")),
    }
}

/// `NAME [REQUIREMENT] [from=SOURCE]`
fn need(text: &str) -> Need {
    let (text, source) = text.split_once(" from=").unwrap_or((text, REGISTRY));
    let (name, requirement) = text
        .split_once(' ')
        .map_or((text, None), |(name, rest)| (name, Some(rest)));
    let parse = |text| Requirement::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    Need {
        package: sourced(name, source),
        requirement: requirement.map(parse),
    }
}

fn locked(text: &str) -> Locked {
    let (package, candidate) = candidate(text);
    Locked {
        package,
        version: candidate.version,
    }
}

fn policy(case: &Table) -> Policy {
    let table = |key: &str| case.get(key).and_then(Item::as_table_like);
    let integer = |item: &Item| u64::try_from(item.as_integer().expect("a number")).expect("not negative");
    let text = |item: &Item| item.as_str().expect("a text").to_owned();
    let mut policy = Policy::default();
    if case.get("minimal").and_then(Item::as_bool) == Some(true) {
        policy.preference = Preference::Oldest;
    }
    policy.now = case.get("now").map(integer).unwrap_or_default();
    policy.maximum_steps = case
        .get("maximum-steps")
        .map(integer)
        .unwrap_or(policy.maximum_steps);
    for (origin, age) in table("minimum-release-age")
        .into_iter()
        .flat_map(|table| table.iter())
    {
        policy.minimum_release_age.insert(origin.to_owned(), integer(age));
    }
    for (name, source) in table("patch").into_iter().flat_map(|table| table.iter()) {
        let package = sourced(name, &text(source));
        policy.patches.insert(package.name, package.source);
    }
    for (scope, origin) in table("scopes").into_iter().flat_map(|table| table.iter()) {
        policy.scopes.insert(scope.to_owned(), text(origin));
    }
    policy
}

//! Runs the cases in `tests/cases/*.md`: a tree of manifests in memory goes in, problems or the package graph come out.
//!
//! A case is a `## ` heading and what follows it:
//!
//! - a fence whose info string is a path holds that file, relative to the folder `/w`;
//! - `- start: PATH` is the folder to load from (the default is `/w` itself); `- folder: PATH` makes an empty folder;
//!   `- deny: PATH` makes a path unreadable; `- show: inputs` adds what the answer depends on; `- show: lock` the lock.
//!
//! Each case has a snapshot that shows input and output.
#![expect(clippy::disallowed_methods, reason = "cases are read from the repository")]

use lumen_pkg::{Loaded, Location, Lock, MemoryTree, Place, Problem, Severity, Want, Workspace, load};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

const HOME: &str = "/w";

struct Case {
    slug: String,
    input: String,
    tree: MemoryTree,
    start: PathBuf,
    show: Vec<String>,
}

#[test]
fn cases_give_their_snapshots() {
    let cases = all_cases();
    let mut failed = Vec::new();
    for case in &cases {
        let output = run(case);
        let shown = format!("{}\n\n==== output ====\n{output}", case.input.trim_end());
        let checked = std::panic::catch_unwind(|| {
            insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
                insta::assert_snapshot!(case.slug.as_str(), shown);
            });
        });
        if checked.is_err() {
            failed.push(case.slug.as_str());
        }
    }
    assert!(
        failed.is_empty(),
        "{} of {} cases differ: {failed:?}",
        failed.len(),
        cases.len()
    );
}

#[test]
fn every_snapshot_has_a_case() {
    let cases: BTreeSet<String> = all_cases()
        .into_iter()
        .map(|case| format!("{}.snap", case.slug))
        .collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let names = std::fs::read_dir(folder)
        .expect("there are snapshots")
        .map(|entry| entry.expect("readable").file_name());
    let snapshots: BTreeSet<String> = names
        .map(|name| name.into_string().expect("an ASCII name"))
        .collect();
    assert_eq!(snapshots, cases);
}

#[test]
fn loading_twice_gives_the_same() {
    for case in all_cases() {
        assert_eq!(run(&case), run(&case), "{}", case.slug);
    }
}

#[test]
fn a_workspace_comes_exactly_without_errors() {
    for case in all_cases() {
        let loaded = load(&case.tree, &case.start);
        let errors = loaded
            .problems
            .iter()
            .any(|problem| problem.severity == Severity::Error);
        assert_eq!(
            loaded.workspace.is_some(),
            loaded.root.is_some() && !errors,
            "{}",
            case.slug
        );
    }
}

fn all_cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("there are cases")
        .map(|entry| entry.expect("readable").path())
        .collect();
    files.sort();
    let cases: Vec<Case> = files.iter().flat_map(|file| file_cases(file)).collect();
    let slugs: BTreeSet<&str> = cases.iter().map(|case| case.slug.as_str()).collect();
    assert_eq!(
        slugs.len(),
        cases.len(),
        "two cases of one file have the same title"
    );
    cases
}

fn file_cases(file: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(file).expect("a case file is readable");
    let topic = file
        .file_stem()
        .expect("a case file has a name")
        .to_str()
        .expect("UTF-8");
    text.split("\n## ")
        .skip(1)
        .map(|section| parse_case(topic, section))
        .collect()
}

fn parse_case(topic: &str, section: &str) -> Case {
    let title = section.lines().next().expect("a case has a title");
    let slug = |text: &str| {
        text.to_lowercase()
            .replace(|character: char| !character.is_ascii_alphanumeric(), "-")
    };
    let mut case = Case {
        slug: format!("{topic}__{}", slug(title).trim_matches('-')),
        input: section.to_owned(),
        tree: MemoryTree::new(),
        start: PathBuf::from(HOME),
        show: Vec::new(),
    };
    case.tree.create_folder(HOME);
    let place = |path: &str| Path::new(HOME).join(path);
    let mut lines = section.lines().skip(1);
    while let Some(line) = lines.next() {
        if let Some(path) = line.strip_prefix("```") {
            let content: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            case.tree.write(place(path), content.join("\n") + "\n");
        } else if let Some((key, value)) = line.strip_prefix("- ").and_then(|line| line.split_once(": ")) {
            match key {
                "start" => case.start = place(value),
                "folder" => case.tree.create_folder(place(value)),
                "deny" => case.tree.deny(place(value)),
                "show" => case.show.push(value.to_owned()),
                _ => panic!("{}: unknown directive {key:?}", case.slug),
            }
        }
    }
    case
}

fn run(case: &Case) -> String {
    let loaded = load(&case.tree, &case.start);
    let mut output = String::new();
    if loaded.root.is_none() {
        output.push_str("no manifest\n");
    }
    for problem in &loaded.problems {
        show_problem(&mut output, &loaded, problem).expect("strings can be written to");
    }
    if let Some(workspace) = &loaded.workspace {
        show_workspace(&mut output, workspace).expect("strings can be written to");
        for want in &loaded.outside.wants {
            show_want(&mut output, workspace, want).expect("strings can be written to");
        }
        if case.show.iter().any(|part| part == "lock") {
            write!(output, "---- lumen.lock\n{}", Lock::of(workspace).render())
                .expect("strings can be written to");
        }
    }
    if case.show.iter().any(|part| part == "inputs") {
        let inputs = &loaded.inputs;
        for (kind, paths) in [
            ("file", &inputs.files),
            ("folder", &inputs.folders),
            ("absent", &inputs.absent),
        ] {
            paths.iter().for_each(|path| {
                writeln!(output, "{kind} {}", shown(path)).expect("strings can be written to")
            });
        }
    }
    output
}

fn show_problem(output: &mut String, loaded: &Loaded, problem: &Problem) -> std::fmt::Result {
    let severity = match problem.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let code = problem.code.map(|code| format!("[{code}]")).unwrap_or_default();
    writeln!(output, "{severity}{code}: {}", problem.message)?;
    show_place(output, loaded, &problem.location, "")?;
    for label in &problem.labels {
        show_place(output, loaded, &label.location, &label.message)?;
    }
    problem
        .help
        .iter()
        .try_for_each(|help| writeln!(output, "   help: {help}"))
}

fn show_place(output: &mut String, loaded: &Loaded, location: &Location, message: &str) -> std::fmt::Result {
    let file = shown(&location.file);
    let Some(region) = location.region else {
        return writeln!(output, "  --> {file} {message}");
    };
    let end = match region.end_line == region.line {
        true => format!("{}", region.end_column),
        false => format!("{}:{}", region.end_line, region.end_column),
    };
    writeln!(
        output,
        "  --> {file}:{}:{}-{end} {message}",
        region.line, region.column
    )?;
    let text = loaded.source_text(&location.file);
    let Some(line) = text.and_then(|text| text.lines().nth(region.line as usize - 1)) else {
        return Ok(());
    };
    let width = match region.end_line == region.line {
        true => (region.end_column - region.column).max(1) as usize,
        false => line
            .chars()
            .count()
            .saturating_sub(region.column as usize - 1)
            .max(1),
    };
    writeln!(
        output,
        "    | {line}\n    | {}{}",
        " ".repeat(region.column as usize - 1),
        "^".repeat(width)
    )
}

fn show_want(output: &mut String, workspace: &Workspace, want: &Want) -> std::fmt::Result {
    let owner = &workspace.package(want.owner).name;
    let kind = if want.dev { "tests want" } else { "wants" };
    let requirement = want
        .requirement
        .as_ref()
        .map(|requirement| format!(" {requirement}"));
    let place = match &want.place {
        Place::Registry { asked } => format!("the registry {}", asked.as_deref().unwrap_or("of its scope")),
        Place::Git { url, reference } => format!("{reference} of {url}"),
    };
    let name = &want.name;
    writeln!(
        output,
        "{owner} {kind} {name}{} from {place}",
        requirement.unwrap_or_default()
    )
}

fn show_workspace(output: &mut String, workspace: &Workspace) -> std::fmt::Result {
    writeln!(output, "workspace {}", shown(&workspace.root))?;
    if let Some(current) = workspace.current {
        writeln!(output, "current {}", workspace.package(current).name)?;
    }
    for index in &workspace.order {
        let package = workspace.package(*index);
        let membership = if package.is_member() { "member" } else { "path" };
        let place = workspace.relative_root(package);
        writeln!(
            output,
            "{membership} {} {} at {place}",
            package.name, package.version
        )?;
        for (kind, dependencies) in [
            ("needs", &package.dependencies),
            ("tests need", &package.dev_dependencies),
        ] {
            for dependency in dependencies {
                assert_eq!(workspace.package(dependency.package).name, dependency.name);
                writeln!(output, "  {kind} {}", dependency.name)?;
            }
        }
        if package.metadata != lumen_pkg::Metadata::default() {
            writeln!(output, "  {:?}", package.metadata)?;
        }
    }
    Ok(())
}

fn shown(path: &Path) -> String {
    path.to_str().expect("UTF-8").to_owned()
}

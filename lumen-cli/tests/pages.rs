//! The pages that `lumen graph` and `lumen build --timings` write, in a real browser, on a workspace of ten thousand modules and thirty
//! thousand imports; and the graph for graphviz, read by graphviz.
//!
//! Needs `chromium` (or `chromium-browser`, `google-chrome`) and `dot`; what is not there is skipped by name. How long a page takes is
//! printed, never judged. `LUMEN_PAGE_MODULES` makes the workspace smaller or larger.
#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "the test makes files, starts processes, and says what it skips and measures"
)]

mod support;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use support::{lumen, text};

const PACKAGES: usize = 200;

fn module_count() -> usize {
    let set = std::env::var("LUMEN_PAGE_MODULES").ok();
    set.and_then(|number| number.parse().ok()).unwrap_or(10_000)
}

/// Module `number` imports about three smaller ones: neighbours of its package, and some of packages before that.
fn imports(number: usize) -> Vec<usize> {
    let mut found: Vec<usize> = [1, 7]
        .iter()
        .filter_map(|step| number.checked_sub(*step))
        .collect();
    if number >= 400 {
        found.push((number * 7919) % (number - 200));
    }
    if number >= 2000 {
        found.push(number % 13);
    }
    found.retain(|target| package(*target) == package(number) || target % 2 == 0);
    found.sort_unstable();
    found.dedup();
    found
}

fn package(number: usize) -> usize {
    number * PACKAGES / module_count()
}

fn write(path: &Path, content: &str) {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
    std::fs::write(path, content).expect("a writable folder");
}

/// Writes the workspace; how many imports it has.
fn workspace(root: &Path) -> usize {
    write(
        &root.join("lumen.toml"),
        "[workspace]\nmembers = [\"packages/*\"]\n",
    );
    for number in 0..PACKAGES {
        let mut manifest =
            format!("[package]\nname = \"@big/p{number:03}\"\nversion = \"0.1.0\"\n\n[dependencies]\n");
        for other in 0..number {
            let _ = writeln!(manifest, "\"@big/p{other:03}\" = {{ path = \"../p{other:03}\" }}");
        }
        write(&root.join(format!("packages/p{number:03}/lumen.toml")), &manifest);
    }
    let mut count = 0;
    for number in 0..module_count() {
        let own = package(number);
        let mut document = String::from("```lumen\n");
        for target in imports(number) {
            count += 1;
            let from = match package(target) {
                other if other == own => format!("m{target:05}"),
                other => format!("@big/p{other:03}.m{target:05}"),
            };
            let _ = writeln!(document, "import {from}: f{target}");
        }
        let _ = write!(
            document,
            "\npub cell f{number}(x: Int) -> Int\n  x + {number}\nend\n```\n"
        );
        write(
            &root.join(format!("packages/p{own:03}/src/m{number:05}.lm.md")),
            &document,
        );
    }
    count
}

fn there_is(program: &str) -> bool {
    // Graphviz knows the short form alone.
    ["--version", "-V"].iter().any(|question| {
        let asked = Command::new(program).arg(question).stdin(Stdio::null()).output();
        asked.is_ok_and(|output| output.status.success())
    })
}

/// A program that is there, or a line that says what is skipped for want of it.
fn found(programs: &[&'static str], test: &str) -> Option<&'static str> {
    let found = programs.iter().find(|program| there_is(program));
    if found.is_none() {
        eprintln!("skipped: {test} needs {}", programs.join(" or "));
    }
    found.copied()
}

/// A browser, by its program.
struct Browser(&'static str);

impl Browser {
    fn found(test: &str) -> Option<Browser> {
        found(&["chromium", "chromium-browser", "google-chrome"], test).map(Browser)
    }

    /// The page as the browser leaves it. It says nothing on its console.
    fn open(&self, place: &Place, address: &str) -> String {
        let output: Output = Command::new(self.0)
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--window-size=1400,900",
            ])
            .args([
                "--enable-logging=stderr",
                "--virtual-time-budget=4000",
                "--dump-dom",
            ])
            .arg(format!(
                "--user-data-dir={}",
                place.0.path().join("profile").display()
            ))
            .arg(address)
            .stdin(Stdio::null())
            .output()
            .expect("the browser starts");
        let said = text(&output.stderr);
        let console: Vec<&str> = said.lines().filter(|line| line.contains(":CONSOLE")).collect();
        assert_eq!(console, [""; 0]);
        text(&output.stdout)
    }
}

/// A temporary folder: for a workspace, the cache of its builds, and the profile of a browser.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Place {
        Place(tempfile::tempdir().expect("a temporary folder"))
    }

    /// The folder of the workspace.
    fn root(&self) -> PathBuf {
        self.0.path().join("workspace")
    }

    /// Makes the workspace a package of modules `m0`, `m1` and so on.
    fn package(&self, name: &str, modules: usize, document: impl Fn(usize) -> String) {
        let manifest = format!("[package]\nname = \"@big/{name}\"\nversion = \"0.1.0\"\n");
        write(&self.root().join("lumen.toml"), &manifest);
        for number in 0..modules {
            let path = self.root().join(format!("src/m{number}.lm.md"));
            write(&path, &document(number));
        }
    }

    fn run(&self, arguments: &[&str]) {
        let output = lumen(&self.0.path().join("cache"), &self.root())
            .args(arguments)
            .output()
            .expect("lumen starts");
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    }

    /// Runs a command that makes a page; the page's address.
    fn page(&self, arguments: &[&str], file: &str) -> String {
        self.run(arguments);
        format!("file://{}", self.root().join(".lumen").join(file).display())
    }
}

/// The number in `data-NAME="..."` of the page's body.
fn figure(page: &str, name: &str) -> usize {
    let value = page
        .split(&format!("data-{name}=\""))
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    let value = value.unwrap_or_else(|| panic!("the page has data-{name}"));
    value.parse().expect("a number")
}

#[test]
fn ten_thousand_modules_can_be_browsed() {
    let Some(browser) = Browser::found("the page of the graph") else {
        return;
    };
    let place = Place::new();
    let imports = workspace(&place.root());
    let file = place.page(&["graph", "--format", "html"], "graph.html");
    let modules = module_count();

    let page = browser.open(&place, &file);
    assert_eq!(figure(&page, "modules"), modules);
    assert_eq!(figure(&page, "imports"), imports);
    assert_eq!(figure(&page, "nodes"), PACKAGES, "packages come first, closed");
    let packages = page
        .split("id=\"packages\"")
        .nth(1)
        .and_then(|rest| rest.split("</ul>").next());
    assert_eq!(packages.map(|list| list.matches("<li>").count()), Some(PACKAGES));
    eprintln!(
        "{modules} modules, {imports} imports, {} KiB: ready after {} ms in {}",
        std::fs::metadata(place.root().join(".lumen/graph.html"))
            .expect("the page")
            .len()
            / 1024,
        figure(&page, "ready"),
        browser.0
    );

    let last = modules - 1;
    let page = browser.open(&place, &format!("{file}#find=m{last:05}"));
    let results = page
        .split("id=\"results\"")
        .nth(1)
        .and_then(|rest| rest.split("</ol>").next());
    let results = results.expect("a list of results");
    assert_eq!(results.matches("<li").count(), 1, "{results}");
    assert!(results.contains(&format!("@big/p{:03} m{last:05}", package(last))));

    let name = format!("@big/p{:03}%20m{last:05}", package(last)).replace('/', "%2F");
    let page = browser.open(&place, &format!("{file}#module={name}"));
    assert_eq!(
        figure(&page, "nodes"),
        1 + self::imports(last).len(),
        "the module and what it imports"
    );
    assert!(page.contains(&format!("Imports ({})", self::imports(last).len())));
}

/// The page of a package of `count` modules without folders: each imports up to two before it, the first imports what `first` says.
fn flat_graph(browser: &Browser, count: usize, first: Option<usize>) -> String {
    let place = Place::new();
    place.package("flat", count, |number| {
        let targets = match number {
            0 => Vec::from_iter(first),
            _ => vec![number - 1, (number * 7919) % number],
        };
        let imports = targets.iter().fold(String::new(), |mut text, target| {
            let _ = writeln!(text, "import m{target}: f{target}");
            text
        });
        format!("```lumen\n{imports}\npub cell f{number}(x: Int) -> Int\n  x\nend\n```\n")
    });
    let file = place.page(&["graph", "--format", "html"], "graph.html");
    browser.open(&place, &file)
}

#[test]
fn only_modules_that_import_each_other_are_shown_as_a_cycle() {
    let Some(browser) = Browser::found("import cycles on the page of the graph") else {
        return;
    };
    // A package too large to be shown whole, in names that sort as text otherwise than as numbers.
    let page = flat_graph(&browser, 600, None);
    assert_eq!(figure(&page, "nodes"), 4);
    assert!(figure(&page, "edges") >= 3);
    assert_eq!((figure(&page, "cycles"), figure(&page, "back")), (0, 0));
    assert!(page.contains("layer 2: m150, …"), "layers follow the imports");

    let page = flat_graph(&browser, 20, Some(2));
    assert_eq!(figure(&page, "nodes"), 20);
    // Between 0, 1 and 2: 1 and 2 import what is before them, 0 imports 2.
    assert_eq!(figure(&page, "cycles"), 4);
}

#[test]
fn the_page_of_times_shows_what_the_build_did() {
    let Some(browser) = Browser::found("the page of times") else {
        return;
    };
    let place = Place::new();
    place.package("one", 40, |number| match number {
        0 => "```lumen\npub cell f(x: Int) -> Int\n  x\nend\n```\n".to_owned(),
        _ => format!("```lumen\nimport m0: f\n\npub cell g{number}(x: Int) -> Int\n  f(x)\nend\n```\n"),
    });
    let file = place.page(&["build", "--timings", "-j", "2"], "timings.html");
    let page = browser.open(&place, &file);
    assert_eq!(figure(&page, "modules"), 40);
    assert_eq!(figure(&page, "spans"), 80, "reading and compiling of each");
    assert!((1..=2).contains(&figure(&page, "lanes")));
    assert!(page.contains("Critical path") && page.contains("@big/one m0"));
    eprintln!(
        "40 modules: ready after {} ms in {}",
        figure(&page, "ready"),
        browser.0
    );
}

#[test]
fn graphviz_reads_the_graph() {
    let Some(dot) = found(&["dot"], "the graph for graphviz") else {
        return;
    };
    let place = Place::new();
    place.package("one", 2, |number| match number {
        0 => "```lumen\npub cell f() -> Int\n  1\nend\n```\n".to_owned(),
        _ => "```lumen\nimport m0: f\n\npub cell g() -> Int\n  f()\nend\n```\n".to_owned(),
    });
    place.run(&["graph", "-o", "graph.dot"]);
    let output = Command::new(dot)
        .args(["-Tplain", "graph.dot"])
        .current_dir(place.root())
        .output()
        .expect("graphviz starts");
    assert!(output.status.success(), "{}", text(&output.stderr));
    let drawn = text(&output.stdout);
    let count = |word: &str| drawn.lines().filter(|line| line.starts_with(word)).count();
    assert_eq!((count("node "), count("edge ")), (2, 1), "{drawn}");
}

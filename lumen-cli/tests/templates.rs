//! Every bundled template gives a project that builds without a finding, passes its tests, and whose CI recipe keeps what it says: a
//! second checkout with the first one's cache compiles nothing.
#![expect(
    clippy::disallowed_methods,
    reason = "the test makes files, starts processes, and says what it skips"
)]

mod support;

use std::path::Path;
use std::process::Output;
use support::registry::DevRegistry;
use support::{lumen, text};

fn run(cache: &Path, folder: &Path, arguments: &[&str]) -> Output {
    let output = lumen(cache, folder)
        .args(arguments)
        .output()
        .expect("lumen starts");
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    output
}

fn make(cache: &Path, place: &Path, folder: &str, template: &str) {
    run(
        cache,
        place,
        &[
            "new",
            folder,
            "--template",
            template,
            "--name",
            "@acme/thing",
            "--no-input",
        ],
    );
}

#[test]
fn templates_build_and_test_clean() {
    let listed = {
        let place = tempfile::tempdir().expect("a folder");
        text(&run(place.path(), place.path(), &["new", "--list"]).stdout)
    };
    let names: Vec<&str> = listed
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(names, ["app", "lib", "workspace", "pipeline"]);
    for name in names {
        let place = tempfile::tempdir().expect("a folder");
        let cache = place.path().join("cache");
        make(&cache, place.path(), "first", name);
        let first = place.path().join("first");
        let built = text(&run(&cache, &first, &["build"]).stderr);
        assert!(
            !built.contains("warning") && built.contains("compiled"),
            "{name}: {built}"
        );
        let tested = text(&run(&cache, &first, &["test"]).stderr);
        assert!(
            tested.contains("0 failed") && !tested.contains("Tested 0 passed"),
            "{name}: {tested}"
        );

        make(&cache, place.path(), "second", name);
        let rebuilt = text(&run(&cache, &place.path().join("second"), &["build"]).stderr);
        assert!(rebuilt.contains(": 0 compiled"), "{name}: {rebuilt}");
    }
}

/// The steps of the recipe that call `lumen` are run as they stand.
#[test]
fn ci_recipes_run_as_written() {
    for name in ["app", "lib", "workspace", "pipeline"] {
        let place = tempfile::tempdir().expect("a folder");
        make(&place.path().join("cache"), place.path(), "project", name);
        let project = place.path().join("project");
        let recipe = std::fs::read_to_string(project.join(".github/workflows/ci.yml")).expect("a recipe");
        let cache = project.join(".lumen-cache");
        assert!(recipe.contains("LUMEN_CACHE_DIR: ${{ github.workspace }}/.lumen-cache"));
        assert!(recipe.contains("hashFiles("));
        let steps: Vec<&str> = recipe
            .lines()
            .filter_map(|line| line.trim().strip_prefix("- run: lumen "))
            .collect();
        assert_eq!(steps.len(), 2, "{name}");
        for step in steps {
            run(&cache, &project, &step.split_whitespace().collect::<Vec<_>>());
        }
        assert!(cache.is_dir());
    }
}

/// The template of a published package, from its folder `template`.
#[test]
fn a_package_can_be_a_template() {
    let Some(registry) = DevRegistry::start() else {
        return;
    };
    let package = registry.place().join("start");
    let write = |path: &str, text: &str| {
        let path = package.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
        std::fs::write(path, text).expect("a writable folder");
    };
    write(
        "lumen.toml",
        "[package]\nname = \"@demo/start\"\nversion = \"1.0.0\"\n",
    );
    write("src/lib.lm.md", "# Start\n");
    write(
        "template/template.toml",
        "description = \"a start\"\n[variables.name]\nquestion = \"Name?\"\nkind = \"package-name\"\n",
    );
    write(
        "template/lumen.toml",
        "[package]\nname = \"__name__\"\nversion = \"0.1.0\"\n",
    );
    write(
        "template/src/main.lm.md",
        "```lumen\ncell main() -> String\n  \"__name.base__\"\nend\n```\n",
    );
    registry.run(&package, &["publish"]);
    for (folder, template) in [("newest", "@demo/start"), ("exact", "@demo/start@1.0.0")] {
        registry.run(registry.place(), &["new", folder, "--template", template]);
        let ran = registry.run(&registry.place().join(folder), &["run", "--quiet"]);
        assert_eq!(text(&ran.stdout), "");
        let ran = registry.run(&registry.place().join(folder), &["run"]);
        assert_eq!(text(&ran.stdout), format!("{folder}\n"));
    }
    let missing = registry
        .lumen(registry.place())
        .args(["new", "none", "--template", "@demo/nothing"])
        .output()
        .expect("lumen starts");
    assert!(!missing.status.success() && !registry.place().join("none").exists());
}

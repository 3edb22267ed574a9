//! `kill -9` of `lumen build` while it fetches and installs: afterwards the store holds whole packages or nothing of them, the lock is the old or the
//! new one, and the next build succeeds. 10 rounds; `LUMEN_CRASH_ROUNDS` says another number.
#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    reason = "the test makes files, starts processes, and says what it skips"
)]

mod support;

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};
use support::registry::DevRegistry;
use support::text;

const MANIFEST: &str = "[package]\nname = \"@demo/app\"\nversion = \"0.1.0\"\n\n[dependencies]\n";

#[test]
fn a_killed_install_leaves_nothing_half_done() {
    let Some(registry) = DevRegistry::start() else {
        return;
    };
    let mut dependencies = String::new();
    for number in 0..6 {
        let name = format!("@demo/part{number}");
        // Large enough that an install takes a while.
        let filler = "Prose that nobody compiles, and everybody unpacks.\n".repeat(4_000);
        let document =
            format!("# Part\n\n{filler}\n```lumen\npub cell part{number}() -> Int\n  {number}\nend\n```\n");
        registry.publish(&name, "1.0.0", "", &document);
        dependencies.push_str(&format!("\"{name}\" = \"^1\"\n"));
    }
    let app = registry.place().join("app");
    std::fs::create_dir_all(app.join("src")).expect("a new folder");
    std::fs::write(app.join("lumen.toml"), format!("{MANIFEST}{dependencies}")).expect("a writable folder");
    let main = "# App\n\n```lumen\nimport @demo/part5: part5\n\ncell main() -> Int\n  part5()\nend\n```\n";
    std::fs::write(app.join("src/main.lm.md"), main).expect("a writable folder");

    let whole = time_of_an_install(&registry, &app);
    let rounds = std::env::var("LUMEN_CRASH_ROUNDS")
        .ok()
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(10u32);
    for round in 0..rounds {
        forget_packages(&registry, &app);
        let mut build = registry
            .lumen(&app)
            .arg("build")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("lumen starts");
        // Moments spread over the whole of an install.
        std::thread::sleep(whole * (round + 1) / (rounds + 1));
        drop(build.kill());
        drop(build.wait());

        let built = registry.run(&app, &["build"]);
        assert!(text(&built.stderr).contains("Built"), "{}", text(&built.stderr));
        registry.run(&app, &["verify"]);
        let ran = registry.run(&app, &["run"]);
        assert_eq!(text(&ran.stdout), "5\n", "round {round}");
    }
}

/// How long an install takes here, to know when to interrupt one.
fn time_of_an_install(registry: &DevRegistry, app: &Path) -> Duration {
    forget_packages(registry, app);
    let started = Instant::now();
    registry.run(app, &["build"]);
    started.elapsed()
}

/// Back to a machine that has no package and no lock.
fn forget_packages(registry: &DevRegistry, app: &Path) {
    for path in [
        registry.home().join("packages"),
        app.join(".lumen"),
        app.join("lumen.lock"),
    ] {
        let removed = match path.is_dir() {
            true => std::fs::remove_dir_all(&path),
            false => std::fs::remove_file(&path),
        };
        drop(removed);
        assert!(!path.exists(), "{} is still there", path.display());
    }
}

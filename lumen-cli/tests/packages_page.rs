//! `docs/packages.md`, played from top to bottom by a shell against a registry: Ann's machine publishes, Bob's uses what she published. Each
//! `sh` fence goes on in the folder where the one before has ended.
#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    reason = "the test reads the page, starts processes, and says what it skips"
)]

mod support;

use std::path::{Path, PathBuf};
use support::registry::DevRegistry;
use support::{LUMEN, fences, program, text};

/// Somebody of the page, with a home and a folder of his own.
struct Person {
    home: PathBuf,
    folder: PathBuf,
}

impl Person {
    fn new(registry: &DevRegistry, name: &str) -> Self {
        let place = registry.place().join(name);
        let (home, folder) = (place.join("home"), place.join("work"));
        std::fs::create_dir_all(&folder).expect("a new folder");
        std::fs::copy(registry.setting("root"), folder.join("root.json")).expect("the root");
        std::fs::write(folder.join("token"), registry.setting("token")).expect("the token");
        Self { home, folder }
    }

    /// Types these lines into a shell, and stays where they lead to.
    fn types(&mut self, registry: &DevRegistry, line: usize, script: &str) {
        let script = script.replace("http://127.0.0.1:8474", registry.setting("url"));
        let ended = registry.place().join("ended");
        let binaries = Path::new(LUMEN).parent().expect("a folder");
        let path = std::env::var("PATH").unwrap_or_default();
        let output = program("sh")
            .args(["-eu", "-c", &format!("{script}\npwd > \"$ENDED\"")])
            .current_dir(&self.folder)
            .env("PATH", format!("{}:{path}", binaries.display()))
            .env("ENDED", &ended)
            .env("LUMEN_HOME", &self.home)
            .env("LUMEN_CACHE_DIR", self.home.join("cache"))
            .env("NO_COLOR", "1")
            .envs(["AUTHOR", "COMMITTER"].map(|role| (format!("GIT_{role}_NAME"), "ann")))
            .envs(["AUTHOR", "COMMITTER"].map(|role| (format!("GIT_{role}_EMAIL"), "ann@example.com")))
            .output()
            .expect("a shell");
        assert!(
            output.status.success(),
            "docs/packages.md:{line}:\n{script}\n{}{}",
            text(&output.stdout),
            text(&output.stderr)
        );
        let ended = std::fs::read_to_string(ended).expect("where it ended");
        self.folder = PathBuf::from(ended.trim_end());
    }
}

#[test]
fn the_commands_of_the_page_on_packages_work_in_their_order() {
    let Some(registry) = DevRegistry::start() else {
        return;
    };
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/packages.md");
    let page = std::fs::read_to_string(page).expect("a readable page");
    let (mut ann, mut bob) = (Person::new(&registry, "ann"), Person::new(&registry, "bob"));
    let using = page
        .lines()
        .position(|line| line == "## Using")
        .expect("the second half")
        + 1;
    let mut commands = 0;
    for fence in fences(&page).iter().filter(|fence| fence.info == "sh") {
        if fence.content.starts_with("registry-server serve --dev") {
            // It runs already, and would not end.
            assert_eq!(fence.content.lines().count(), 1);
            continue;
        }
        commands += fence.content.lines().count();
        let reads = |line: &&str| line.contains("--no-token");
        match fence.line > using {
            true => bob.types(&registry, fence.line, &fence.content),
            false => {
                let (of_bob, of_ann): (Vec<&str>, Vec<&str>) = fence.content.lines().partition(reads);
                ann.types(&registry, fence.line, &of_ann.join("\n"));
                bob.types(&registry, fence.line, &of_bob.join("\n"));
            }
        }
    }
    assert!(commands >= 15, "only {commands} commands");
    assert!(bob.folder.join("lumen.lock").is_file() && bob.folder.join("lumen.lock.proofs").is_file());
}

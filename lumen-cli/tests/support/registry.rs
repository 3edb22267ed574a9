//! A registry for tests: the real `registry-server --dev` on a free port of the loopback, stopped when it is dropped.

use super::{lumen, text};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// A running registry and a home that is logged in to it.
pub(crate) struct DevRegistry {
    server: Child,
    place: tempfile::TempDir,
    settings: BTreeMap<String, String>,
}

impl DevRegistry {
    /// Starts one and logs in; `None` (with a line on standard error) where the server's binary was not built, as by
    /// `cargo test -p lumen-cli` alone.
    pub(crate) fn start() -> Option<Self> {
        let binary = Path::new(env!("CARGO_BIN_EXE_lumen")).with_file_name("registry-server");
        if !binary.is_file() {
            eprintln!("skipped: registry-server is not built (`cargo build -p registry-server`)");
            return None;
        }
        let place = tempfile::tempdir().expect("a temporary folder");
        let mut server = Command::new(binary)
            .args(["serve", "--dev", "--data"])
            .arg(place.path().join("registry"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the registry starts");
        let announced = BufReader::new(server.stdout.take().expect("a pipe"));
        let mut settings = BTreeMap::new();
        for line in announced.lines().map_while(Result::ok) {
            match line.split_once(" = ") {
                Some((key, value)) => drop(settings.insert(key.to_owned(), value.to_owned())),
                // The line that a user copies comes last.
                None => break,
            }
        }
        let registry = Self {
            server,
            place,
            settings,
        };
        let setting = |key: &str| registry.setting(key).to_owned();
        let login = registry
            .lumen(registry.place())
            .args(["login", &setting("url"), "--root", &setting("root")])
            .env("LUMEN_REGISTRY_TOKEN", setting("token"))
            .output()
            .expect("lumen starts");
        assert!(login.status.success(), "{}", text(&login.stderr));
        Some(registry)
    }

    /// What the server has announced: `url`, `origin`, `root`, `token`.
    pub(crate) fn setting(&self, key: &str) -> &str {
        self.settings.get(key).expect("the server announces it")
    }

    /// What a shell needs to find it, and the home that is logged in.
    pub(crate) fn environment(&self) -> [(&'static str, String); 6] {
        let path = |path: PathBuf| path.display().to_string();
        [
            ("LUMEN_HOME", path(self.home())),
            ("REGISTRY_URL", self.setting("url").to_owned()),
            ("REGISTRY_ROOT", self.setting("root").to_owned()),
            ("REGISTRY_TOKEN", self.setting("token").to_owned()),
            ("REGISTRY_DATA", path(self.place().join("registry"))),
            ("REGISTRY_PID", self.server.id().to_string()),
        ]
    }

    /// A text without what is another in every run: address, port, origin, folder.
    pub(crate) fn without_names(&self, text: &str) -> String {
        let url = self.setting("url");
        let host = url.trim_start_matches("http://");
        text.replace(url, "REGISTRY_URL")
            .replace(host, "REGISTRY_HOST")
            .replace(self.setting("origin"), "ORIGIN")
            .replace(&self.place().display().to_string(), "/REGISTRY")
    }

    /// A folder for the test's own files.
    pub(crate) fn place(&self) -> &Path {
        self.place.path()
    }

    /// `LUMEN_HOME` of [`DevRegistry::lumen`].
    pub(crate) fn home(&self) -> PathBuf {
        self.place.path().join("home")
    }

    /// The command, with the home that is logged in.
    pub(crate) fn lumen(&self, folder: &Path) -> Command {
        let mut command = lumen(&self.place.path().join("cache"), folder);
        command.env("LUMEN_HOME", self.home());
        command
    }

    /// Runs the command, which must succeed.
    pub(crate) fn run(&self, folder: &Path, arguments: &[&str]) -> Output {
        let output = self.lumen(folder).args(arguments).output().expect("lumen starts");
        assert!(
            output.status.success(),
            "lumen {}: {}{}",
            arguments.join(" "),
            text(&output.stdout),
            text(&output.stderr)
        );
        output
    }

    /// Publishes a package of one module with this text, and gives its folder.
    pub(crate) fn publish(&self, name: &str, version: &str, dependencies: &str, document: &str) -> PathBuf {
        let folder = self
            .place()
            .join("published")
            .join(name.replace(['@', '/'], ""))
            .join(version);
        std::fs::create_dir_all(folder.join("src")).expect("a new folder");
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"{version}\"\n\n[dependencies]\n{dependencies}"
        );
        std::fs::write(folder.join("lumen.toml"), manifest).expect("a writable folder");
        std::fs::write(folder.join("src/lib.lm.md"), document).expect("a writable folder");
        self.run(&folder, &["publish"]);
        folder
    }
}

impl Drop for DevRegistry {
    fn drop(&mut self) {
        drop(self.server.kill());
        drop(self.server.wait());
    }
}

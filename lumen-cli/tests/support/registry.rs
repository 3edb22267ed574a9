//! The real `registry-server`, as `serve --dev` on a free port: one for a case, in a temporary folder, stopped when the case is over.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// The server beside the command under test, as the sources have it now.
pub(crate) fn server() -> PathBuf {
    let lumen = Path::new(env!("CARGO_BIN_EXE_lumen"));
    let mut build = Command::new(env!("CARGO"));
    build.args([
        "build",
        "--quiet",
        "--package",
        "registry-server",
        "--bin",
        "registry-server",
    ]);
    if lumen.parent().is_some_and(|folder| folder.ends_with("release")) {
        build.arg("--release");
    }
    let built = build
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .expect("cargo starts");
    assert!(built.success(), "the registry's server is built");
    lumen.with_file_name(format!("registry-server{}", std::env::consts::EXE_SUFFIX))
}

/// A running registry.
pub(crate) struct Registry {
    child: Child,
    data: TempDir,
    url: String,
    origin: String,
    root: String,
    token: String,
}

impl Registry {
    /// Starts one; it is ready when this returns.
    pub(crate) fn start(server: &Path) -> Registry {
        let data = tempfile::tempdir().expect("a temporary folder");
        let mut child = Command::new(server)
            .args(["serve", "--dev", "--listen", "127.0.0.1:0", "--data"])
            .arg(data.path().join("registry"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the registry's server starts");
        let output = BufReader::new(child.stdout.take().expect("it is piped"));
        let (mut url, mut origin, mut root, mut token) = Default::default();
        for line in output.lines() {
            let line = line.expect("it introduces itself");
            match line.split_once(" = ") {
                Some(("url", value)) => url = value.to_owned(),
                Some(("origin", value)) => origin = value.to_owned(),
                Some(("root", value)) => root = value.to_owned(),
                Some(("token", value)) => token = value.to_owned(),
                Some(_) => {}
                // The last line is a command for people.
                None => break,
            }
        }
        assert!(!token.is_empty(), "the registry has introduced itself");
        Registry {
            child,
            data,
            url,
            origin,
            root,
            token,
        }
    }

    /// What commands are given.
    pub(crate) fn environment(&self) -> [(&'static str, String); 5] {
        [
            ("REGISTRY_URL", self.url.clone()),
            ("REGISTRY_ROOT", self.root.clone()),
            ("REGISTRY_TOKEN", self.token.clone()),
            (
                "REGISTRY_DATA",
                self.data.path().join("registry").display().to_string(),
            ),
            ("REGISTRY_PID", self.child.id().to_string()),
        ]
    }

    /// A text without what is another in every run: address, port and origin.
    pub(crate) fn without_names(&self, text: &str) -> String {
        let host = self.url.trim_start_matches("http://");
        text.replace(&self.url, "REGISTRY_URL")
            .replace(host, "REGISTRY_HOST")
            .replace(&self.origin, "ORIGIN")
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        // A case may have stopped it already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

//! A small workspace in a folder of its own, and a cache beside it.

use crate::history::copy;
use crate::shim::{Ended, Plan, Shim};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// A workspace with a cache beside it.
pub(crate) struct Place {
    folder: TempDir,
}

pub(crate) const BASE: &str = "# Base\n\n```lumen\npub cell base() -> Int\n  1\nend\n```\n";
pub(crate) const USER: &str = "# User\n\n```lumen\nimport deep.base: base\n\ncell main() -> Int\n  let unused = 1\n  base() + 1\nend\n```\n";

impl Place {
    pub(crate) fn new() -> Place {
        let place = Place {
            folder: tempfile::tempdir().expect("a temporary folder"),
        };
        place.write("lumen.toml", "[workspace]\nmembers = [\"p\"]\n");
        place.write(
            "p/lumen.toml",
            "[package]\nname = \"@demo/p\"\nversion = \"0.1.0\"\n",
        );
        place.write("p/src/deep/base.lm.md", BASE);
        place.write("p/src/user.lm.md", USER);
        place
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// Holds everything.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn cache(&self) -> PathBuf {
        self.folder.path().join("cache")
    }

    pub(crate) fn write(&self, path: &str, content: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
        fs::write(path, content).expect("a writable folder");
    }

    /// A copy of this place as it is now.
    pub(crate) fn copy(&self) -> Place {
        let folder = tempfile::tempdir().expect("a temporary folder");
        copy(self.folder.path(), folder.path(), &|_| true);
        Place { folder }
    }

    pub(crate) fn build(&self, shim: &Shim, plan: &Plan) -> Ended {
        let arguments = ["build", "--message-format", "json", "--jobs", "1"].map(str::to_owned);
        shim.run(&self.root(), &self.cache(), self.folder.path(), &arguments, plan)
    }

    pub(crate) fn lock(&self) -> Option<String> {
        fs::read_to_string(self.root().join("lumen.lock")).ok()
    }
}

/// Built so long ago that times of files say something.
pub(crate) fn built(shim: &Shim) -> Place {
    let place = Place::new();
    std::thread::sleep(Duration::from_millis(60));
    for _ in 0..2 {
        let ended = place.build(shim, &Plan::Nothing);
        assert_eq!(ended.status, Some(0), "{ended}");
    }
    place
}

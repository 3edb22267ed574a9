//! The files that keep failing cases of properties: `tests/regressions/` of a package, or beside a document.

use lumen_build::{TestCase, TestPlace};
use lumen_pkg::shell::replace_file;
use lumen_vm::property::KeptCase;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// The largest file that is read, in bytes (1 MiB).
const MAXIMUM_BYTES: u64 = 1 << 20;

/// The file of a test.
pub(super) struct Regressions {
    /// As seen from the workspace's folder, with `/`.
    name: String,
    path: PathBuf,
}

impl Regressions {
    pub(super) fn of(root: &Path, case: &TestCase) -> Regressions {
        let name = TestPlace::of(case).regressions();
        let path = root.join(&name);
        Regressions { name, path }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The cases that are kept; none if there is no file. The error is a sentence.
    pub(super) fn read(&self) -> Result<Vec<KeptCase>, String> {
        let cannot = |error: std::io::Error| format!("{} cannot be read: {error}", self.name);
        #[expect(clippy::disallowed_methods, reason = "tests keep failing cases in files")]
        let file = match std::fs::File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(cannot(error)),
        };
        let mut text = String::new();
        file.take(MAXIMUM_BYTES + 1)
            .read_to_string(&mut text)
            .map_err(cannot)?;
        if text.len() as u64 > MAXIMUM_BYTES {
            return Err(format!(
                "{} is larger than 1 MiB: remove cases from it",
                self.name
            ));
        }
        KeptCase::parse_all(&text).map_err(|error| format!("{}: {error}", self.name))
    }

    /// Writes the file, at once.
    pub(super) fn write(&self, cases: &[KeptCase]) -> std::io::Result<()> {
        if let Some(folder) = self.path.parent() {
            #[expect(clippy::disallowed_methods, reason = "tests keep failing cases in files")]
            std::fs::create_dir_all(folder)?;
        }
        replace_file(&self.path, &KeptCase::write_all(cases))
    }
}

//! Documents as they would be: a workspace whose files are those of another window, except for some texts. Nothing is
//! written through it, so that a build over it leaves no state and no log.

use crate::files::{Files, Found, Stat};
use lumen_pkg::ManifestSource;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Texts in the place of documents, by absolute path.
pub(crate) type Texts = BTreeMap<PathBuf, Arc<str>>;

/// Files with some texts in the place of theirs.
pub(crate) struct Overlay<F> {
    /// What lies below.
    pub(crate) files: F,
    /// What covers it.
    pub(crate) texts: Texts,
}

impl<F: Files> Overlay<F> {
    /// The state of a document, which is that of no file: it is read whatever was known of it.
    fn covered(&self, path: &Path, stat: Stat) -> Stat {
        match self.texts.get(path) {
            Some(text) => Stat {
                size: text.len() as u64,
                modified: i64::MAX,
                changed: i64::MAX,
                ..stat
            },
            None => stat,
        }
    }
}

impl<F: Files> Files for Overlay<F> {
    fn list(&self, folder: &Path, visit: &mut dyn FnMut(&OsStr, Found)) -> Result<(), Option<String>> {
        self.files.list(folder, &mut |name, found| {
            let found = match found {
                Found::Document(stat) => Found::Document(self.covered(&folder.join(name), stat)),
                other => other,
            };
            visit(name, found);
        })
    }

    fn stat(&self, path: &Path) -> Option<Stat> {
        self.files.stat(path).map(|stat| self.covered(path, stat))
    }

    fn read(&self, path: &Path, limit: u64) -> Result<(Vec<u8>, Option<Stat>), String> {
        match self.texts.get(path) {
            Some(text) => Ok((text.as_bytes().to_vec(), None)),
            None => self.files.read(path, limit),
        }
    }

    fn manifests(&self) -> &dyn ManifestSource {
        self.files.manifests()
    }

    fn now(&self) -> i64 {
        self.files.now()
    }

    fn load_state(&self, root: &Path) -> Option<Vec<u8>> {
        self.files.load_state(root)
    }

    fn save_state(&self, _root: &Path, _content: &[u8]) -> Result<(), String> {
        Ok(())
    }

    fn load_tests(&self, root: &Path) -> Option<Vec<u8>> {
        self.files.load_tests(root)
    }

    fn save_tests(&self, _root: &Path, _content: &[u8]) -> Result<(), String> {
        Ok(())
    }

    fn save_log(&self, _root: &Path, _content: &str) -> Result<(), String> {
        Ok(())
    }

    fn logs(&self, root: &Path) -> Vec<String> {
        self.files.logs(root)
    }

    fn load_lock(&self, root: &Path) -> Result<Option<String>, String> {
        self.files.load_lock(root)
    }

    fn save_lock(&self, _root: &Path, _text: &str) -> Result<(), String> {
        Ok(())
    }

    fn load_proofs(&self, root: &Path) -> Result<Option<String>, String> {
        self.files.load_proofs(root)
    }

    fn save_proofs(&self, _root: &Path, _text: Option<&str>) -> Result<(), String> {
        Ok(())
    }
}

//! The package that comes with the compiler, `@lumen/std`: its documents are part of the binary, and every document may
//! import them. They are compiled and cached like those of any other package, when somebody imports them.

use crate::files::{Stat, document_stem};
use crate::package::{Package, PackageTable};

/// A package that lies in the binary.
#[derive(Debug)]
pub(crate) struct Bundle {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    /// By path.
    pub(crate) documents: &'static [BundledDocument],
}

/// A document of it.
#[derive(Debug)]
pub(crate) struct BundledDocument {
    /// Its path below `src/`.
    pub(crate) name: &'static str,
    pub(crate) text: &'static str,
    /// The state that it seems to have: another text has another one.
    pub(crate) stat: Stat,
}

/// Where the package seems to lie, as seen from any workspace: no folder is called that.
const ROOT: &str = "lumen:std";

macro_rules! documents {
    ($($name:literal)*) => {
        &[$(document($name, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../std/src/", $name))),)*]
    };
}

/// The name of the package that is part of the compiler.
pub const BUNDLED_PACKAGE: &str = "@lumen/std";

/// `@lumen/std`.
pub(crate) const STD: Bundle = Bundle {
    name: BUNDLED_PACKAGE,
    version: "1.0.0",
    documents: documents!["list.lm.md" "map.lm.md" "math.lm.md" "result.lm.md" "text.lm.md"],
};

/// The text of a document of the bundled package, by the path that reports and programs have for it.
pub fn bundled_text(path: &str) -> Option<&'static str> {
    STD.text(path)
}

/// Path and text of a module of the bundled package, by its dotted path.
pub fn bundled_module(path: &str) -> Option<(String, &'static str)> {
    let mut documents = STD.documents.iter();
    let document = documents.find(|document| document_stem(document.name) == Some(path))?;
    Some((format!("{ROOT}/src/{}", document.name), document.text))
}

/// The dotted paths of all modules of the bundled package.
pub fn bundled_modules() -> impl Iterator<Item = &'static str> {
    STD.documents
        .iter()
        .filter_map(|document| document_stem(document.name))
}

impl Bundle {
    /// The text of the document at a path as seen from a workspace.
    pub(crate) fn text(&self, path: &str) -> Option<&'static str> {
        let name = path.strip_prefix(ROOT)?.strip_prefix("/src/")?;
        let document = self.documents.iter().find(|document| document.name == name)?;
        Some(document.text)
    }
}

const fn document(name: &'static str, text: &'static str) -> BundledDocument {
    let stat = Stat {
        device: 0,
        inode: fingerprint(text.as_bytes()),
        size: text.len() as u64,
        modified: 0,
        changed: 0,
    };
    BundledDocument { name, text, stat }
}

/// FNV-1a, worked out when Lumen is built.
const fn fingerprint(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut position = 0;
    while position < bytes.len() {
        hash = (hash ^ bytes[position] as u64).wrapping_mul(0x100_0000_01b3);
        position += 1;
    }
    hash
}

impl Package {
    /// Whether it lies in the binary.
    pub(crate) fn is_bundled(&self) -> bool {
        self.root == ROOT
    }
}

impl PackageTable {
    /// Whether the package of that number lies in the binary.
    pub(crate) fn is_bundled(&self, package: u32) -> bool {
        self.get(package).is_some_and(Package::is_bundled)
    }

    /// The same packages, and behind them the bundled one of this compiler, unless one of them goes by its name.
    pub(crate) fn with_bundle(mut self, bundle: Option<&Bundle>) -> PackageTable {
        self.packages.retain(|package| !package.is_bundled());
        if let Some(bundle) = bundle.filter(|bundle| self.named(bundle.name).is_none()) {
            self.packages.push(Package {
                name: bundle.name.to_owned(),
                version: bundle.version.to_owned(),
                root: ROOT.to_owned(),
                member: false,
                content: String::new(),
                dependencies: Vec::new(),
                dev_dependencies: Vec::new(),
            });
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::Path;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the test reads the package's folder")]
    fn the_bundle_is_the_package() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../std");
        let entries = fs::read_dir(folder.join("src")).expect("the folder exists");
        let mut names: Vec<String> = entries
            .map(|entry| {
                entry
                    .expect("readable")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        let bundled: Vec<&str> = STD.documents.iter().map(|document| document.name).collect();
        assert_eq!(names, bundled);
        let manifest = fs::read_to_string(folder.join("lumen.toml")).expect("readable");
        assert!(manifest.contains(&format!("name = \"{}\"", STD.name)));
        assert!(manifest.contains(&format!("version = \"{}\"", STD.version)));
    }
}
